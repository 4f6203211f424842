//! 職員: who belongs to the tenant, which posts they hold and when, how they are invited.

pub mod actions;
pub mod imports;
pub mod invitations;
pub mod list;
pub mod member;
pub mod new;
pub mod roles;

use leptos::prelude::*;
use rashin_domain::{
    access::{Capacity, Role},
    clock::date_label,
    form::Form,
    ids::MemberId,
    organisation::Span,
    staff::{Posting, SectionTerm},
};
use rashin_store::{TenantTx, postings::HeldPosting};

use crate::ui::{
    field::{Filled, TEXT, date, day, input, optional, radios, required, select},
    frame::{Frame, Here},
};

fn people_url(city: &str) -> String {
    format!("/{city}/staff/people")
}

fn member_url(city: &str, member: MemberId) -> String {
    format!("/{city}/staff/people/{member}")
}

/// The frame of a page below the list of people.
fn frame_below(tx: &TenantTx, city: &str) -> Frame {
    let crumbs = vec![("ホーム".to_owned(), format!("/{city}/staff")), ("職員".to_owned(), people_url(city))];
    Frame::staff(tx, None, Here::People).crumbs(crumbs)
}

/// 「市民課　課長（承認者・本務）」
fn posting_words(held: &HeldPosting) -> String {
    let Posting { role, capacity, post, .. } = &held.posting;
    let place = held.section_name.as_deref().unwrap_or("全庁");
    let post = if post.is_empty() { String::new() } else { format!("　{post}") };
    format!("{place}{post}（{}・{}）", role.label(), capacity.label())
}

/// 「2026年4月1日から2027年3月31日まで」
fn term_words(term: &Span) -> String {
    let from = format!("{}から", date_label(term.from));
    term.until.map_or_else(|| from.clone(), |until| format!("{from}{}まで", date_label(until)))
}

fn name_fields(filled: &Filled) -> impl IntoView + use<> {
    view! {
        {input(filled, "name", &required("氏名"), TEXT)}
        {input(filled, "kana", &optional("かな").hint("一覧の順番に使います。"), TEXT)}
    }
}

/// What stands in the fields of a post before anybody typed.
fn set_posting_defaults(form: &mut Form, today: jiff::civil::Date) {
    form.set("capacity", Capacity::Main.code());
    form.set_date("from", today);
}

/// The fields that [`Posting::parse`] reads.
fn posting_fields(filled: &Filled, sections: &[SectionTerm], today: jiff::civil::Date) -> impl IntoView + use<> {
    let name = |section: &SectionTerm| match section.term {
        Span { from, .. } if from > today => format!("{}（{}から）", section.name, date_label(from)),
        Span { until: Some(until), .. } => format!("{}（{}まで）", section.name, date_label(until)),
        Span { .. } => section.name.clone(),
    };
    let sections: Vec<_> = sections.iter().map(|section| (section.id.to_string(), name(section))).collect();
    let roles: Vec<_> = Role::ALL.iter().map(|role| (role.code().to_owned(), role.label().to_owned())).collect();
    let capacities: Vec<_> = Capacity::ALL.iter().map(|capacity| (capacity.code(), capacity.label().to_owned())).collect();
    view! {
        {select(filled, "section", &optional("所属").hint("承認者と担当には必要です。"), &sections, "全庁（所属なし）")}
        {select(filled, "role", &required("役割").hint("できることは「誰が何をできるか」で確かめられます。"), &roles, "選択してください")}
        {input(filled, "post", &optional("職名").hint("例：課長、主査"), TEXT)}
        {radios(filled, "capacity", &required("区分"), &capacities)}
        {date(filled, &required("開始日").hint("先の日付にすると、その日から有効になります。西暦で入力。例：2027年4月1日"), &day("from"))}
        {date(filled, &optional("終了日").hint("その日まで有効です。決まっていないときは空のままにします。"), &day("until"))}
    }
}
