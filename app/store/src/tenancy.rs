//! Sections and people of a tenant, as its pages need them.

use std::collections::BTreeMap;

use rashin_domain::{
    access::SectionTree,
    ids::{MemberId, SectionId},
    organisation::in_tree_order,
};

use crate::{Result, TenantTx};

/// A section that exists on the transaction's day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    pub id: SectionId,
    pub key: String,
    pub parent: Option<SectionId>,
    pub name: String,
    /// 部, 課, 係, その他
    pub kind: String,
}

/// Somebody who works here today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Colleague {
    pub member: MemberId,
    pub name: String,
    /// 「市民課 課長」, main post first.
    pub posts: Vec<String>,
}

impl TenantTx {
    /// People with a post today, by reading; those who were suspended or left are not among them.
    pub async fn people_today(&mut self) -> Result<Vec<Colleague>> {
        let today = jiff_sqlx::Date::from(self.today());
        let rows = sqlx::query!(
            r#"select m.id, m.name,
                 array_agg(concat_ws(' ', s.name, nullif(a.post, '')) order by a.capacity <> 'main', a.id) as "posts!: Vec<String>"
               from rashin.members m
               join rashin.assignments a on a.tenant_id = m.tenant_id and a.member_id = m.id
               left join rashin.sections s on s.tenant_id = a.tenant_id and s.id = a.section_id
               where m.state in ('invited', 'active') and a.valid_from <= $1 and (a.valid_until is null or $1 <= a.valid_until)
               group by m.id, m.name, m.kana order by m.kana, m.name, m.id"#,
            today as _
        )
        .fetch_all(self.sql())
        .await?;
        let colleague = rows.into_iter().map(|row| {
            let mut posts = row.posts;
            // Two roles of one post, or a role without one.
            posts.retain(|post| !post.is_empty());
            posts.dedup();
            Colleague { member: MemberId(row.id), name: row.name, posts }
        });
        Ok(colleague.collect())
    }

    /// Sections of today, in the order of the organisation.
    pub async fn sections(&mut self) -> Result<Vec<Section>> {
        let today = jiff_sqlx::Date::from(self.today());
        let rows = sqlx::query!(
            r#"select s.id, s.key, case when m.id is null then s.parent_id else m.parent_id end as parent, s.name, s.kind
               from rashin.sections s
               left join lateral (select m.id, m.parent_id from rashin.section_moves m
                                  where m.tenant_id = s.tenant_id and m.section_id = s.id and m.effective_on <= $1
                                  order by m.effective_on desc limit 1) m on true
               where s.valid_from <= $1 and (s.valid_until is null or $1 <= s.valid_until) order by s.position, s.key"#,
            today as _
        )
        .fetch_all(self.sql())
        .await?;
        let sections: Vec<Section> = rows
            .into_iter()
            .map(|row| Section { id: SectionId(row.id), key: row.key, parent: row.parent.map(SectionId), name: row.name, kind: row.kind })
            .collect();
        let refs: Vec<&Section> = sections.iter().collect();
        Ok(in_tree_order(&refs, |section| section.id, |section| section.parent).into_iter().map(|(_, section)| section.clone()).collect())
    }

    /// Names of people who act in this tenant, past ones included.
    pub async fn member_names(&mut self) -> Result<BTreeMap<MemberId, String>> {
        let rows = sqlx::query!("select id, name from rashin.members").fetch_all(self.sql()).await?;
        Ok(rows.into_iter().map(|row| (MemberId(row.id), row.name)).collect())
    }

    /// Names of those who hold a role today: who to turn to.
    pub async fn holders(&mut self, role: rashin_domain::access::Role) -> Result<Vec<String>> {
        let today = jiff_sqlx::Date::from(self.today());
        let rows = sqlx::query_scalar!(
            "select distinct m.name from rashin.assignments a join rashin.members m on m.tenant_id = a.tenant_id and m.id = a.member_id
             where a.role = $1 and m.state = 'active' and a.valid_from <= $2 and (a.valid_until is null or $2 <= a.valid_until)
             order by m.name",
            role.code(),
            today as _
        )
        .fetch_all(self.sql())
        .await?;
        Ok(rows)
    }
}

/// Parent links of the sections, for rules.
pub fn tree(sections: &[Section]) -> SectionTree {
    SectionTree(sections.iter().map(|section| (section.id, section.parent)).collect())
}
