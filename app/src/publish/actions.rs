//! Publishing and withdrawing editions.

use axum::{extract::Path, response::Response};
use rashin_domain::{
    access::Action,
    form::FormErrors,
    kpi::NOTE_LIMIT,
    publish::{Decision, edition_label},
};

use super::pages::digest;
use crate::web::{Posted, Refusal, Visit};

const SHORT: usize = 100;

pub async fn publish(visit: Visit, Path(city): Path<String>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = format!("/{city}/staff/publish");
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let permit = visit.permit(&mut tx, &Action::Publish).await?;
    let plan = tx.current_plan().await?.ok_or(Refusal::NotFound)?;
    let mut errors = FormErrors::default();
    let reason = form.required("reason", "公表の理由", NOTE_LIMIT, &mut errors);
    let decision = Decision {
        document_number: form.text("document_number", "文書番号", SHORT, &mut errors),
        decided_on: form.date("decided_on", "決裁日", &mut errors).flatten(),
        decided_by: form.text("decided_by", "決裁者の職名", SHORT, &mut errors),
    };
    if decision.decided_on.is_some_and(|day| day > tx.today()) {
        errors.push::<()>("decided_on_year", "決裁日は今日までの日付にしてください。".to_owned());
    }
    if !errors.is_empty() {
        return visit.back(&page, form, errors).await;
    }
    let elsewhere = || Refusal::Conflict {
        what: "この版は、先にほかの人が公表しています。公表の画面で最新の状態を確かめてください。".to_owned(),
        back: page.clone(),
    };
    let decision = (decision != Decision::default()).then_some(decision);
    let seen = form.get("seen");
    if !seen.is_empty() && seen != digest(&tx.next_edition(plan.id, String::new(), None).await?) {
        let what = "公表の画面を開いたあとに、公表される内容が変わりました。変わることをもう一度確かめてから公表してください。".to_owned();
        return Err(Refusal::Conflict { what, back: page });
    }
    let number = match tx.publish(permit, plan.id, &reason, decision).await {
        Ok(number) if number.to_string() == form.get("number") => number,
        // A second click, or a colleague: the page was about another number. Without a commit nothing happened.
        Ok(_) => return Err(elsewhere()),
        Err(error) if error.is_conflict_on("editions_one_per_number") => return Err(elsewhere()),
        Err(error) => return Err(error.into()),
    };
    tx.commit().await?;
    visit.go(&format!("/{city}/staff"), format!("{}を公表しました", edition_label(number)), "公開ページとデータに反映されました。").await
}

pub async fn withdraw(visit: Visit, Path((city, number)): Path<(String, i32)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = format!("/{city}/staff/publish");
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let permit = visit.permit(&mut tx, &Action::Publish).await?;
    let plan = tx.current_plan().await?.ok_or(Refusal::NotFound)?;
    let mut errors = FormErrors::default();
    let reason = form.required("withdrawal_reason", "取り下げの理由", NOTE_LIMIT, &mut errors);
    if !errors.is_empty() {
        return visit.back(&page, form, errors).await;
    }
    tx.withdraw_edition(permit, plan.id, number, &reason).await?;
    tx.commit().await?;
    visit.go(&page, format!("{}を取り下げました", edition_label(number)), "").await
}
