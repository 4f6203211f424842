//! 評価と改善: the yearly review of each KPI and initiative.

pub mod form;
pub mod list;
mod open;

pub use open::{OpenReviews, open_line, open_reviews};

use leptos::prelude::*;
use rashin_domain::clock::{FiscalYear, moment_label};
use rashin_store::review::Written;

use crate::ui::section::{empty, section};

pub fn reviews_url(city: &str) -> String {
    format!("/{city}/staff/reviews")
}

/// Who wrote it and when: 「市民課 佐藤 健　2026年8月6日 10:42」.
fn signature(written: &Written) -> String {
    format!("{} {}　{}", written.section_name.clone().unwrap_or_default(), written.author_name, moment_label(written.at)).trim().to_owned()
}

/// All reviews of something on its own page, newest first. `url`: its address.
pub fn shelf(url: &str, reviews: &[Written], may: bool, now: FiscalYear) -> AnyView {
    let items = reviews.iter().map(|written| {
        let change = may.then(|| view! { <a href=format!("{url}/review?year={}", written.year.0)>"変更"<span class="vh">{format!("（{}の評価）", written.year.label())}</span></a> });
        view! {
            <li>
                <span>{written.year.label()}</span>
                <div><b>{written.review.in_brief()}</b><blockquote>{written.review.why.clone()}</blockquote><span class="note">{signature(written)}"　"</span>{change}</div>
            </li>
        }
    });
    let body = match reviews.is_empty() {
        true => empty("まだ評価はありません。", None).into_any(),
        false => view! { <ol class="rashin-timeline">{items.collect_view()}</ol> }.into_any(),
    };
    let last = FiscalYear(now.0 - 1);
    let is_open = may && !reviews.iter().any(|written| written.year == last);
    let write =
        is_open.then(|| view! { <p><a href=format!("{url}/review?year={}", last.0)>{format!("{}を評価する", last.short())}</a></p> });
    section("reviews", "評価と改善", write, body)
}

/// What last year's review promised, beside this year's report.
pub fn promised<'a>(reviews: impl IntoIterator<Item = &'a Written>, year: FiscalYear) -> Option<String> {
    let written = reviews.into_iter().find(|written| written.year.0 == year.0 - 1)?;
    Some(format!("{}の改善　{}", written.year.short(), written.review.in_brief()))
}
