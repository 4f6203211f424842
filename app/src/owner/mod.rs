//! 担当: which section and which people answer for each KPI and initiative, now and from a day on; what a person hands over.

pub mod actions;
pub mod cases;
pub mod handover;
pub mod list;
pub mod transfer;

use std::collections::BTreeMap;

use jiff::civil::Date;
use rashin_domain::{
    access::{Member, Role, SectionTree, can_answer_for},
    clock::date_label,
    form::{Form, FormErrors},
    ids::{MemberId, SectionId},
    obligation::{Charge, Item},
    organisation::{self, Span},
    text::sentences,
};
use rashin_store::{TenantTx, owed::Owed, responsibility::Owner, tenancy::Section};

use crate::web::Refusal;

pub fn owners_url(city: &str) -> String {
    format!("/{city}/staff/owners")
}

pub fn transfers_url(city: &str) -> String {
    format!("/{city}/staff/transfers")
}

/// All that pages about owners look at.
struct Register {
    owed: Owed,
    sections: Vec<Section>,
    /// Those that ended and those that are prepared, too.
    all_sections: Vec<organisation::Section>,
    /// Everybody with a post today or later.
    coming: Vec<Member>,
    /// Titles of nodes by key.
    titles: BTreeMap<String, String>,
    today: Date,
}

/// Who works where on a day.
struct Staffing {
    members: Vec<Member>,
    sections: SectionTree,
}

impl Register {
    /// `None` without a plan to work on.
    async fn load(tx: &mut TenantTx) -> Result<Option<Self>, Refusal> {
        let Some(owed) = tx.owed(None).await? else { return Ok(None) };
        let (sections, nodes) = (tx.sections().await?, tx.nodes(owed.plan.id).await?);
        let (all_sections, coming) = (tx.all_sections().await?, tx.members_in(Span { from: tx.today(), until: None }).await?);
        let titles = nodes.into_iter().map(|node| (node.key, node.title)).collect();
        Ok(Some(Self { owed, sections, all_sections, coming, titles, today: tx.today() }))
    }

    fn section(&self, id: SectionId) -> &str {
        self.all_sections.iter().find(|section| section.id == id).map_or("", |section| &section.name)
    }

    fn member(&self, id: MemberId) -> Option<&Member> {
        self.coming.iter().find(|member| member.id == id)
    }

    /// The people and sections of a day, as far as they are known today.
    async fn staffing(&self, tx: &mut TenantTx, on: Date) -> Result<Staffing, Refusal> {
        let standing = self.all_sections.iter().filter(|section| section.span.holds(on));
        let sections = SectionTree(standing.map(|section| (section.id, section.parent_on(on))).collect());
        Ok(Staffing { members: tx.members_in(Span { from: on, until: Some(on) }).await?, sections })
    }

    /// Whether somebody can be named then for what a section answers for. Of a section that has ended by then it counts who
    /// works for it today: its things follow it.
    fn can_answer(&self, then: &Staffing, member: MemberId, section: SectionId) -> bool {
        let stands = then.sections.0.iter().any(|(id, _)| *id == section);
        let (members, sections) = if stands { (&then.members, &then.sections) } else { (&self.owed.members, &self.owed.sections) };
        members.iter().any(|one| one.id == member && can_answer_for(one, section, sections))
    }

    /// 「佐藤 健」; whoever has left is said to have.
    fn name(&self, id: MemberId) -> String {
        self.member(id).map_or_else(|| "（在籍していない職員）".to_owned(), |member| member.name.clone())
    }

    /// 「市民課　佐藤 健（代理 木村 愛）」
    fn words(&self, charge: &Charge) -> String {
        let person = charge.person.map(|id| format!("　{}", self.name(id))).unwrap_or_default();
        let deputy = charge.deputy.map(|id| format!("（代理 {}）", self.name(id))).unwrap_or_default();
        format!("{}{person}{deputy}", self.section(charge.section))
    }

    /// What begins later, oldest first.
    fn prepared(&self, item: &Item) -> Vec<&Charge> {
        self.owed.charges.iter().filter(|charge| charge.item == *item && self.today < charge.span.from).collect()
    }

    /// Members who can be named, by the section they stand under: (id, 「市民課　佐藤 健」).
    fn candidates(&self) -> Vec<(String, String)> {
        let reports = |member: &&Member| member.has(Role::Reporter) || member.has(Role::Approver);
        let own = |member: &Member| member.assignments.iter().find_map(|held| held.section).map(|id| self.section(id).to_owned());
        let mut known: Vec<(String, String)> = (self.coming.iter().filter(reports))
            .map(|member| (member.id.to_string(), format!("{}　{}", own(member).unwrap_or_default(), member.name)))
            .collect();
        known.sort_by(|a, b| a.1.cmp(&b.1));
        known
    }

    /// The ticked boxes `item.{item}`, with the names of the log; all that are shown where `all` is on.
    fn chosen(&self, form: &Form, shown: &[&Item]) -> Vec<(Item, String)> {
        let ticked = |item: &Item| form.get(&format!("item.{item}")) == "on" || (form.get("all") == "on" && shown.contains(&item));
        let items = self.owed.named.iter().filter(|named| ticked(&named.entry.item));
        items.map(|named| (named.entry.item.clone(), named.code.clone())).collect()
    }

    /// Fields `section` (empty: nobody), `person`, `deputy`.
    fn owner(&self, form: &Form, then: &Staffing, errors: &mut FormErrors) -> Option<Owner> {
        let chosen = form.get("section");
        let section = self.sections.iter().find(|section| section.id.to_string() == chosen).map(|section| section.id);
        let Some(section) = section else {
            if chosen != "none" {
                errors.push::<()>("section", sentences::choose("担当課"));
            }
            return None;
        };
        let mut named = |field: &str, label: &str| {
            let typed = form.get(field);
            let member = self.coming.iter().find(|member| member.id.to_string() == typed);
            match member {
                None if typed.is_empty() => None,
                Some(member) if self.can_answer(then, member.id, section) => Some(member.id),
                Some(member) => errors.push(
                    field,
                    format!("{}さんは{}の担当でも承認者でもありません。{label}を選び直してください。", member.name, self.section(section)),
                ),
                None => errors.push(field, format!("{label}を一覧から選択してください。")),
            }
        };
        Some(Owner { section, person: named("person", "担当者"), deputy: named("deputy", "代理") })
    }

    /// Fields `from_year` …: today or later; today when empty.
    fn from(&self, form: &Form, errors: &mut FormErrors) -> Date {
        match form.date("from", "いつから", errors) {
            Some(Some(date)) if date < self.today => {
                errors.push::<()>("from_year", format!("いつからは、今日（{}）以降の日付にしてください。", date_label(self.today)));
                date
            }
            Some(Some(date)) => date,
            Some(None) | None => self.today,
        }
    }
}
