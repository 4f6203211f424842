//! `/{city}/staff/records`: 保存年限.

use axum::{extract::Path, response::Response};
use leptos::prelude::*;
use rashin_domain::{
    access::Action,
    form::{Form, FormErrors},
    record::{Periods, RecordKind, field},
};
use rashin_store::record::STALE_PERIODS;

use crate::{
    case::area::{Area, areas},
    ui::{
        field::{Filled, Input, TEXT, hidden, input, post_form, required},
        frame::{Frame, Here},
        section::{note, page_head},
    },
    web::{Page, Posted, Refusal, Visit},
};

const TITLE: &str = "記録の保存年限";

pub fn records_url(city: &str) -> String {
    format!("/{city}/staff/records")
}

pub async fn records(visit: Visit, Path(city): Path<String>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let _may = visit.permit(&mut tx, &Action::Constitute).await?;
    let periods = tx.record_periods().await?;
    let filled = Filled::new(visit.take_held().await?, || {
        let mut form = Form::default();
        periods.fill(&mut form);
        form
    });
    // What stands now: a form that comes back was told of it.
    let seen = serde_json::to_string(&periods).map_err(Refusal::incident)?;
    let years = Input { width: Some("4"), numeric: true, ..TEXT };
    let inputs = RecordKind::ALL.iter().map(|kind| input(&filled, &field(*kind), &required(format!("{}（年）", kind.label())), years));
    let main = view! {
        {filled.summary()}
        {areas(&tx, Area::Records)}
        {page_head("", TITLE, ())}
        {note("終わった日の次の4月1日から数えます。団体の文書管理規程に合わせてください。羅針は、期限を過ぎた記録を自動では消しません。")}
        {post_form(records_url(&city), view! { {hidden("seen", seen)}{inputs.collect_view()} }, "保存する")}
    };
    let frame = Frame::staff(&tx, None, Here::Cases).flash(visit.take_flash().await?);
    Ok(Page::new(filled.title(TITLE), frame, main))
}

/// Fields: `seen`, `years.{kind}`.
pub async fn keep(visit: Visit, Path(city): Path<String>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = records_url(&city);
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let permit = visit.permit(&mut tx, &Action::Constitute).await?;
    let periods = match Periods::parse(&form) {
        Ok(periods) => periods,
        Err(errors) => return visit.back(&page, form, errors).await,
    };
    let stands = tx.record_periods().await?;
    let seen = serde_json::from_str(form.get("seen")).unwrap_or_default();
    match tx.keep_record_periods(permit, &seen, &periods).await {
        Err(error) if error.is_conflict_on(STALE_PERIODS) => {
            let now = RecordKind::ALL.iter().map(|kind| format!("{}は{}年", kind.label(), stands.of(*kind)));
            let sentence = format!(
                "編集中にほかの人が変更しました。いまは、{}です。あなたの入力は残しています。確かめて、もう一度保存してください。",
                now.collect::<Vec<_>>().join("、")
            );
            return visit.back(&page, form, FormErrors::one(&field(RecordKind::Cases), sentence)).await;
        }
        done => done?,
    }
    tx.commit().await?;
    visit.go(&page, "保存年限を保存しました", "").await
}
