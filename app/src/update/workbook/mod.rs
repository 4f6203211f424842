//! Reports by Excel: a workbook of what is owed or of a whole plan, and its import with a look at every difference. A table
//! that is pasted ([`crate::grid::paste`]) is looked at and imported here, too.

pub mod actions;
pub mod page;
pub mod preview;
pub(crate) mod stock;
mod way;

use leptos::prelude::*;
use rashin_domain::ids::WorkbookId;

use super::updates_url;

fn workbooks_url(city: &str) -> String {
    format!("{}/workbooks", updates_url(city))
}

pub(crate) fn workbook_url(city: &str, id: WorkbookId) -> String {
    format!("{}/{id}", workbooks_url(city))
}

/// Where the reader is on the way to reports; `at` counts from 1, `first` is the name of the first step.
pub(crate) fn steps(first: &'static str, at: usize) -> impl IntoView {
    let steps = [first, "差分確認", "取込", "完了"];
    let count = steps.len();
    let step = (1..).zip(steps).map(|(number, name)| {
        let state = if number < at { "completed" } else { "reached" };
        view! {
            <li class="dads-step-navigation__step" data-state=if number == at { "editing" } else { state } aria-current=(number == at).then_some("step")>
                <span class="dads-step-navigation__number" aria-hidden="true">{number}</span>{name}
                {(number < at).then(|| view! { <span class="vh">"（済み）"</span> })}
            </li>
        }
    });
    view! {
        <nav aria-label="取り込みの手順">
            <p class="vh">{format!("全{count}ステップ中、{at}ステップ目")}</p>
            <ol class="dads-step-navigation">{step.collect_view()}</ol>
        </nav>
    }
}
