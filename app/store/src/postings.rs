//! Posts that members hold: now, before and prepared for a later day.

use jiff::civil::Date;
use rashin_domain::{
    access::{Capacity, Permit, Role},
    ids::{AssignmentId, MemberId, SectionId},
    organisation::Span,
    staff::{Posting, SectionTerm},
};
use serde_json::json;

use crate::{Result, StoreError, TenantTx, organisation::span};

/// A post of a member, whenever it is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldPosting {
    pub id: AssignmentId,
    pub member: MemberId,
    pub section_name: Option<String>,
    pub posting: Posting,
}

impl TenantTx {
    /// All posts of a member, or of everybody: main ones first, then by their first day.
    pub async fn postings(&mut self, member: Option<MemberId>) -> Result<Vec<HeldPosting>> {
        let rows = sqlx::query!(
            r#"select a.id, a.member_id, a.section_id, s.name as "section_name?", a.role, a.post, a.capacity,
                 a.valid_from as "from", a.valid_until as "until"
               from rashin.assignments a left join rashin.sections s on s.tenant_id = a.tenant_id and s.id = a.section_id
               where $1::uuid is null or a.member_id = $1
               order by a.capacity <> 'main', a.valid_from, a.id"#,
            member.map(|member| member.0)
        )
        .fetch_all(self.sql())
        .await?;
        let held = rows.into_iter().map(|row| HeldPosting {
            id: AssignmentId(row.id),
            member: MemberId(row.member_id),
            section_name: row.section_name,
            posting: Posting {
                // The columns' check constraints admit the enums' codes only; what they would not is without power.
                role: Role::from_code(&row.role).unwrap_or(Role::Viewer),
                section: row.section_id.map(SectionId),
                post: row.post,
                capacity: Capacity::from_code(&row.capacity).unwrap_or(Capacity::Concurrent),
                term: span(row.from, row.until),
            },
        });
        Ok(held.collect())
    }

    /// Sections that exist today or will, with their days.
    pub async fn coming_sections(&mut self) -> Result<Vec<SectionTerm>> {
        let today = jiff_sqlx::Date::from(self.today());
        let rows = sqlx::query!(
            r#"select id, key, name, valid_from as "from", valid_until as "until"
               from rashin.sections where valid_until is null or $1 <= valid_until order by position, name"#,
            today as _
        )
        .fetch_all(self.sql())
        .await?;
        let sections = rows.into_iter().map(|row| SectionTerm {
            id: SectionId(row.id),
            key: row.key,
            name: row.name,
            term: span(row.from, row.until),
        });
        Ok(sections.collect())
    }

    /// Gives a post to a member. What it must not clash with is the caller's to check ([`Posting::clashes`]). Where a
    /// reorganisation is prepared, the post goes on in the section that follows.
    pub async fn add_posting(&mut self, permit: Permit, member: MemberId, new: &Posting) -> Result<()> {
        let line = match new.section {
            Some(section) => self.organisation().await?.organisation.line(section, new.term.from),
            None => Vec::new(),
        };
        // Without a section, or in one that the organisation does not know on that day: as it was said.
        let mut terms = vec![(new.section, new.term)];
        if !line.is_empty() {
            let end = |span: &Span| [span.until, new.term.until].into_iter().flatten().min();
            terms = line
                .iter()
                .filter(|(_, span)| new.term.reaches(span.from))
                .map(|(id, span)| (Some(*id), Span { from: span.from, until: end(span) }))
                .collect();
        }
        let city = self.city().id.0;
        for (section, term) in terms {
            let id = self.new_id();
            sqlx::query!(
                "insert into rashin.assignments (tenant_id, id, member_id, section_id, role, post, capacity, valid_from, valid_until)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                city,
                id,
                member.0,
                section.map(|section| section.0),
                new.role.code(),
                new.post,
                new.capacity.code(),
                jiff_sqlx::Date::from(term.from) as _,
                term.until.map(jiff_sqlx::Date::from) as _,
            )
            .execute(self.sql())
            .await?;
        }
        self.used(permit, member.to_string(), described("assignment", new));
        Ok(())
    }

    /// Ends a post on a day, included. One that is over stays as it is: [`StoreError::NotFound`].
    pub async fn end_posting(&mut self, permit: Permit, held: &HeldPosting, until: Date) -> Result<()> {
        let before = self.without_admin_from().await?;
        let (today, day) = (jiff_sqlx::Date::from(self.today()), jiff_sqlx::Date::from(until));
        let done = sqlx::query!(
            "update rashin.assignments set valid_until = $2
             where id = $1 and valid_from <= $2 and (valid_until is null or valid_until >= $3)",
            held.id.0,
            day as _,
            today as _
        )
        .execute(self.sql())
        .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::NotFound);
        }
        self.refuse_without_admin(before).await?;
        let ended = Posting { term: Span { until: Some(until), ..held.posting.term }, ..held.posting.clone() };
        self.used(permit, held.member.to_string(), described("ended", &ended));
        Ok(())
    }

    /// Takes back a post before its first day, as if it had never been prepared; the log keeps it.
    pub async fn withdraw_posting(&mut self, permit: Permit, held: &HeldPosting) -> Result<()> {
        let before = self.without_admin_from().await?;
        let today = jiff_sqlx::Date::from(self.today());
        let done = sqlx::query!("delete from rashin.assignments where id = $1 and valid_from > $2", held.id.0, today as _)
            .execute(self.sql())
            .await?;
        if done.rows_affected() == 0 {
            return Err(StoreError::NotFound);
        }
        self.refuse_without_admin(before).await?;
        self.used(permit, held.member.to_string(), described("withdrawn", &held.posting));
        Ok(())
    }
}

/// A post as the log keeps it.
fn described(what: &str, posting: &Posting) -> serde_json::Value {
    json!({ what: {
        "role": posting.role,
        "section": posting.section,
        "post": posting.post,
        "capacity": posting.capacity,
        "from": posting.term.from.to_string(),
        "until": posting.term.until.map(|day| day.to_string()),
    } })
}
