//! The organisation over time: the tree of a day, a section's history, and its changes.

pub mod actions;
pub mod chart;
pub mod check;
pub mod order;
pub mod section;

use rashin_domain::{
    access::{Action, decide},
    clock::date_label,
    ids::SectionId,
    organisation::{Organisation, Section, Span, in_tree_order},
};
use rashin_store::TenantTx;

use crate::ui::frame::{Frame, Here};

pub(crate) fn section_url(city: &str, key: &str) -> String {
    format!("/{city}/staff/sections/{key}")
}

fn chart_url(city: &str) -> String {
    format!("/{city}/staff/sections")
}

fn may_organise(tx: &TenantTx) -> bool {
    decide(tx.actor(), &Action::Organise).is_ok()
}

/// The frame of a page below the chart.
fn frame(tx: &TenantTx, city: &str) -> Frame {
    let crumbs = vec![("ホーム".to_owned(), format!("/{city}/staff")), ("組織".to_owned(), chart_url(city))];
    Frame::staff(tx, None, Here::Organisation).crumbs(crumbs)
}

/// 「2025年4月1日から」, 「2025年4月1日～2027年3月31日」
pub(crate) fn span_label(span: Span) -> String {
    match span.until {
        Some(until) => format!("{}～{}", date_label(span.from), date_label(until)),
        None => format!("{}から", date_label(span.from)),
    }
}

/// Sections that go on, prepared ones too, each as 「市民部 › 市民課」: ids and words for lists to choose from.
fn choices(organisation: &Organisation) -> Vec<(String, String)> {
    let mut open: Vec<&Section> = organisation.sections.iter().filter(|section| section.span.until.is_none()).collect();
    open.sort_by(|a, b| (a.position, &a.key).cmp(&(b.position, &b.key)));
    let parent = |section: &Section| section.places.last().and_then(|place| place.parent);
    let mut above: Vec<&str> = Vec::new();
    let mut options = Vec::with_capacity(open.len());
    for (depth, section) in in_tree_order(&open, |section| section.id, parent) {
        above.truncate(depth);
        above.push(&section.name);
        options.push((section.id.to_string(), above.join(" › ")));
    }
    options
}

/// The names of sections, quoted: 「市民課」「産業課」.
fn quoted(organisation: &Organisation, sections: &[SectionId]) -> String {
    sections.iter().map(|id| format!("「{}」", organisation.name(*id))).collect()
}
