//! Templates of KPIs: the list, a template with its history, its editor, and the national library.

pub mod actions;
pub mod editor;
pub mod library;
pub mod pages;

use leptos::prelude::*;
use rashin_domain::{
    access::{Action, decide},
    template::Difference,
    value::ValueKind,
};
use rashin_store::TenantTx;

use crate::ui::{
    frame::{Frame, Here},
    section::{col, table},
};

fn list_url(city: &str) -> String {
    format!("/{city}/staff/templates")
}

fn template_url(city: &str, code: &str) -> String {
    format!("/{city}/staff/templates/{code}")
}

fn library_url(city: &str) -> String {
    format!("/{city}/staff/indicators")
}

/// Whether this member may make and change templates.
fn may_edit(tx: &TenantTx) -> bool {
    decide(tx.actor(), &Action::Edit).is_ok()
}

/// The frame of a page under the list.
fn frame(tx: &TenantTx, city: &str) -> Frame {
    let crumbs = vec![("ホーム".to_owned(), format!("/{city}/staff")), ("雛形".to_owned(), list_url(city))];
    Frame::staff(tx, None, Here::Templates).crumbs(crumbs)
}

/// 「比（n/N）、手続」
fn measure(kind: Option<ValueKind>, unit: &str) -> AnyView {
    match kind {
        None => unstated("記載なし"),
        Some(kind) if unit.is_empty() => kind.label().into_any(),
        Some(kind) => format!("{}、{unit}", kind.label()).into_any(),
    }
}

fn unstated(words: &'static str) -> AnyView {
    view! { <span class="rashin-unknown">{words}</span> }.into_any()
}

/// A text, or 「記載なし」 where there is none.
fn stated(words: &str) -> AnyView {
    if words.is_empty() { unstated("記載なし") } else { words.to_owned().into_any() }
}

/// Both values of each field that differs, side by side.
fn comparison(id: &str, caption: String, heads: [&'static str; 2], differences: Vec<Difference>) -> AnyView {
    let rows = differences.into_iter().map(|one| {
        view! {
            <tr role="row">
                <th scope="row" role="rowheader">{one.field}</th>
                <td role="cell"><span class="dads-table__cell-label">{heads[0]}</span><span>{stated(&one.before)}</span></td>
                <td role="cell"><span class="dads-table__cell-label">{heads[1]}</span><span>{stated(&one.after)}</span></td>
            </tr>
        }
    });
    let body = view! { <tbody role="rowgroup">{rows.collect_view()}</tbody> }.into_any();
    table(id, caption, vec![col("項目"), col(heads[0]), col(heads[1])], body, true)
}
