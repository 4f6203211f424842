//! What is still to be reviewed: for the tasks of a member, the home page and the page of the year.

use leptos::prelude::*;
use rashin_domain::{
    clock::{FiscalYear, date_label},
    obligation::Item,
    review::Window,
    round::Asks,
};
use rashin_store::{
    TenantTx,
    owed::{Named, Owed},
};

use super::reviews_url;
use crate::web::Refusal;

/// How far the reviews of the year that is asked today have come.
pub struct OpenReviews {
    pub window: Window,
    /// Reviews that the year asks.
    pub asked: usize,
    /// Those that nobody has written.
    pub open: usize,
    /// Those of them that a member owes.
    pub mine: usize,
    pub is_over: bool,
}

/// What a year asks a review of, in the order of the plan: nothing outside the plan's years.
pub fn asked<'a>(owed: &'a Owed, window: &Window, years: &[FiscalYear]) -> Vec<&'a Named> {
    if !years.contains(&window.year) {
        return Vec::new();
    }
    owed.named.iter().filter(|named| named.entry.rhythm.is_asked(Asks::All, window.year)).collect()
}

/// `None` while no year of the plan is asked.
pub async fn open_reviews(tx: &mut TenantTx, owed: &Owed) -> Result<Option<OpenReviews>, Refusal> {
    let Some(member) = tx.member().map(|member| member.id) else { return Ok(None) };
    let today = tx.today();
    let window = Window::on(today, &owed.rounds);
    let years: Vec<_> = tx.plan_head(owed.plan.id).await?.years().collect();
    let asked = asked(owed, &window, &years);
    if asked.is_empty() {
        return Ok(None);
    }
    let written: Vec<Item> = tx.reviews(None, Some(window.year)).await?.into_iter().map(|written| written.item).collect();
    let desk = owed.desk();
    let open: Vec<_> = asked.iter().filter(|named| !written.contains(&named.entry.item)).collect();
    let mine = open.iter().filter(|named| desk.owers(&named.entry.item).contains_key(&member)).count();
    Ok(Some(OpenReviews { asked: asked.len(), open: open.len(), mine, is_over: window.is_over(today), window }))
}

impl OpenReviews {
    /// 「期限 2026年9月30日を過ぎています」
    pub fn until(&self) -> String {
        until(&self.window, self.is_over)
    }
}

pub fn until(window: &Window, is_over: bool) -> String {
    let day = date_label(window.until);
    if is_over {
        format!("期限 {day}を過ぎています")
    } else {
        format!("期限 {day}（次の上半期の報告が始まる前）")
    }
}

/// 「2025年度の評価が済んでいないもの 4件」, with the way there.
pub fn open_line(open: &OpenReviews, city: &str) -> Option<AnyView> {
    let href = format!("{}?year={}&show=open", reviews_url(city), open.window.year.0);
    let words = format!("{}の評価が済んでいないもの {}件", open.window.year.short(), open.open);
    (open.open > 0).then(|| view! { <p><a href=href>{words}</a><span class="note">{format!("　{}", open.until())}</span></p> }.into_any())
}
