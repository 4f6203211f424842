//! What members say about a figure among themselves. Nothing of it is public.

use axum::{extract::Path, response::Response};
use leptos::prelude::*;
use rashin_domain::{access::Action, clock::moment_label, form::FormErrors, ids::ReportId, kpi::NOTE_LIMIT};
use rashin_store::{report::Report, report_comment::Comment};

use crate::{
    ui::{
        field::{Filled, required, side_form, textarea},
        section::{note, section},
    },
    web::{Posted, Refusal, Visit},
};

pub fn comments(city: &str, report: &Report, said: &[Comment], filled: &Filled) -> AnyView {
    let item = |comment: &Comment| {
        view! {
            <li>
                <time>{moment_label(comment.at)}</time>
                <div><b>{comment.member_name.clone()}</b><blockquote class="rashin-quote">{comment.text.clone()}</blockquote></div>
            </li>
        }
    };
    let list = match said.is_empty() {
        true => note("まだありません。数え方の質問や気づいたことを書くと、庁内の全員が読めます。").into_any(),
        false => view! { <ol class="rashin-timeline">{said.iter().map(item).collect_view()}</ol> }.into_any(),
    };
    let field = textarea(filled, "comment", &required("コメント").hint("庁内だけで読めます。あとから消せません。"), 3);
    let form = side_form(format!("/{city}/staff/reports/{}/comments", report.id), field, "コメントする");
    section("comments", "コメント", note(count(said.len() as i64).unwrap_or_default()), view! { {list}{form} })
}

/// 「コメント2件」; `None` without any.
pub fn count(comments: i64) -> Option<String> {
    (comments > 0).then(|| format!("コメント{comments}件"))
}

/// `POST /{city}/staff/reports/{report}/comments`
pub async fn say(visit: Visit, Path((city, id)): Path<(String, ReportId)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = format!("/{city}/staff/reports/{id}");
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let report = tx.report(id).await?;
    let permit = visit.permit(&mut tx, &Action::Read).await?;
    let mut errors = FormErrors::default();
    let text = form.required("comment", "コメント", NOTE_LIMIT, &mut errors);
    if !errors.is_empty() {
        return visit.back(&page, form, errors).await;
    }
    tx.comment_on_report(permit, &report, &text).await?;
    tx.commit().await?;
    visit.go(&format!("{page}#comments"), "コメントしました", "").await
}
