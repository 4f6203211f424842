//! `/{city}/staff/plans/{plan}/inquiries`: the inquiries about a plan and where they stand.

use axum::extract::Path;
use leptos::prelude::*;
use rashin_domain::clock::date_label;

use super::url;
use crate::{
    editor::{Place, look, page},
    ui::section::{empty, page_head},
    web::{Page, Refusal, Visit},
};

pub async fn inquiries(visit: Visit, Path((city, plan)): Path<(String, String)>) -> Result<Page, Refusal> {
    let place = Place::new(&city, &plan);
    let (mut tx, desk) = look(&visit, &place).await?;
    let (inquiries, today) = (tx.inquiries(Some(desk.plan.id)).await?, tx.today());
    let new = place.url("/inquiries/new");
    let items = inquiries.iter().map(|inquiry| {
        let answered = inquiry.asked.len() - inquiry.missing().count();
        let counts = format!("期限 {}　回答 {answered}/{}部署", date_label(inquiry.deadline), inquiry.asked.len());
        let waiting = (inquiry.unanswered > 0).then(|| format!("　対応していない意見 {}件", inquiry.unanswered));
        let what = if inquiry.branch.is_some() { "計画の一部" } else { "計画全体" };
        view! {
            <li>
                <span class="rashin-task-list__kind">{inquiry.standing(today).label()}</span>
                <span class="rashin-task-list__body"><a href=url(&city, inquiry.id)>{inquiry.title.clone()}</a><br/><span class="note">{counts}{waiting}</span></span>
                <span class="rashin-task-list__when">{what}</span>
            </li>
        }
    });
    let main = view! {
        {page_head(desk.plan.title.clone(), "庁内照会", (!inquiries.is_empty()).then(|| view! { <p><a href=new.clone()>"新しく照会する"</a></p> }))}
        {if inquiries.is_empty() {
            empty("この計画の照会は、まだありません。案を部署へ送り、意見を集めて、会議の資料にまとめられます。", Some((new.clone(), "最初の照会を作る"))).into_any()
        } else {
            view! { <ul class="rashin-task-list">{items.collect_view()}</ul> }.into_any()
        }}
    };
    page(&visit, &tx, &place, &desk, &[(desk.plan.title.clone(), place.url(""))], format!("庁内照会 {}", desk.plan.title), main).await
}
