//! 担当: which section and which people answer for each KPI and initiative, now and from a day on; what a person hands over.

pub mod actions;
pub mod cases;
pub mod handover;
pub mod list;
pub mod transfer;

use std::collections::BTreeMap;

use jiff::civil::Date;
use rashin_domain::{
    access::{Member, Role, can_answer_for},
    clock::date_label,
    form::{Form, FormErrors},
    ids::{MemberId, SectionId},
    obligation::{Charge, Item},
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
    /// Names of all sections, those that ended and those that are prepared included.
    names: BTreeMap<SectionId, String>,
    /// Titles of nodes by key.
    titles: BTreeMap<String, String>,
    today: Date,
}

impl Register {
    /// `None` without a plan to work on.
    async fn load(tx: &mut TenantTx) -> Result<Option<Self>, Refusal> {
        let Some(owed) = tx.owed(None).await? else { return Ok(None) };
        let (sections, nodes) = (tx.sections().await?, tx.nodes(owed.plan.id).await?);
        let names = tx.all_sections().await?.into_iter().map(|section| (section.id, section.name)).collect();
        let titles = nodes.into_iter().map(|node| (node.key, node.title)).collect();
        Ok(Some(Self { owed, sections, names, titles, today: tx.today() }))
    }

    fn section(&self, id: SectionId) -> &str {
        self.names.get(&id).map_or("", String::as_str)
    }

    fn member(&self, id: MemberId) -> Option<&Member> {
        self.owed.members.iter().find(|member| member.id == id)
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
        let mut known: Vec<(String, String)> = (self.owed.members.iter().filter(reports))
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
    fn owner(&self, form: &Form, errors: &mut FormErrors) -> Option<Owner> {
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
            let member = self.owed.members.iter().find(|member| member.id.to_string() == typed);
            match member {
                None if typed.is_empty() => None,
                Some(member) if can_answer_for(member, section, &self.owed.sections) => Some(member.id),
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
