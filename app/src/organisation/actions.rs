//! Changing the organisation: enter, permit, parse, plan, record, commit, go.

use axum::{
    extract::Path,
    response::{IntoResponse, Redirect, Response},
};
use rashin_domain::{
    access::Action,
    clock::date_label,
    form::FormErrors,
    ids::{ReorganisationId, SectionId},
    organisation::{Act, Choices, Fault, Order},
};
use rashin_store::StoreError;

use super::{
    chart_url,
    check::{DRAFT, Draft, chosen, seen},
    section, section_url,
};
use crate::web::{Posted, Refusal, Visit};

/// Reads the form and keeps it as a draft to be checked; with `again` it leads back to the form.
pub async fn check(visit: Visit, Path(city): Path<String>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = format!("/{city}/staff/reorganisations/new");
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let _may = visit.permit(&mut tx, &Action::Organise).await?;
    if form.get("again") == "on" {
        let draft = Draft::waiting(&visit, &tx).await?;
        return visit.back(&page, draft.map(|draft| draft.form).unwrap_or_default(), FormErrors::default()).await;
    }
    let organisation = tx.organisation().await?.organisation;
    let mut ids = || visit.app.db.ids.uuid(tx.now());
    let order = match Order::parse(&form, &organisation, tx.today(), &mut ids) {
        Ok(order) => order,
        Err(errors) => return visit.back(&page, form, errors).await,
    };
    match organisation.plan(&order, &Choices::new(), &mut ids) {
        // Where later rows go is chosen on the next page.
        Ok(_) | Err(Fault::NowhereToGo { .. }) => {}
        Err(fault) => return visit.back(&page, form, FormErrors::one(field_of(order.act), fault.to_string())).await,
    }
    let draft = Draft { id: ReorganisationId(ids()), tenant: tx.city().id, order, form };
    visit.session.insert(DRAFT, draft).await?;
    Ok(Redirect::to(&format!("/{city}/staff/reorganisations/check")).into_response())
}

/// The field that a fault of the whole is about.
fn field_of(act: Act) -> &'static str {
    match act {
        Act::Found => "new.1.parent",
        Act::Move => "under",
        Act::Rename | Act::Merge | Act::Split | Act::Abolish => "old.1",
    }
}

/// Carries out the checked draft. A second click finds it done.
pub async fn reorganise(visit: Visit, Path(city): Path<String>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = format!("/{city}/staff/reorganisations/check");
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let permit = visit.permit(&mut tx, &Action::Organise).await?;
    let draft = Draft::waiting(&visit, &tx).await?.filter(|draft| draft.id.to_string() == form.get("draft"));
    let Some(Draft { id, order, .. }) = draft else {
        // Confirmed already, or another window began anew: the chart or the empty check page says which.
        let known = tx.reorganisations().await?.iter().any(|act| act.id.to_string() == form.get("draft"));
        return Ok(Redirect::to(&if known { chart_url(&city) } else { page }).into_response());
    };
    let organisation = tx.organisation_to_change().await?.organisation;
    if form.get("seen") != seen(&organisation, &order) {
        let what = "確認している間に、担当、配置または組織が変わりました。案をもう一度確かめてから確定してください。";
        return visit.back(&page, form, FormErrors::one("proposal", what)).await;
    }
    let choices = match chosen(&form, &organisation, &order) {
        Ok(choices) => choices,
        Err(errors) => return visit.back(&page, form, errors).await,
    };
    let changes = match organisation.plan(&order, &choices, &mut || visit.app.db.ids.uuid(tx.now())) {
        Ok(changes) => changes,
        Err(fault) => return visit.back(&page, form, FormErrors::one("proposal", fault.to_string())).await,
    };
    let summary = order.summary(&organisation);
    match tx.reorganise(permit, id, &order, &changes, &summary).await {
        Ok(()) => {}
        // Both halves of a double click at once.
        Err(error) if error.is_conflict_on("reorganisations_pkey") => return Ok(Redirect::to(&chart_url(&city)).into_response()),
        Err(error) => return Err(error.into()),
    }
    let (done, next) = match order.on > tx.today() {
        true => ("する準備ができました", format!("{}に切り替わります。それまでは何も変わらず、取り下げられます。", date_label(order.on))),
        false => ("しました", String::new()),
    };
    tx.commit().await?;
    visit.session.remove_value(DRAFT).await?;
    visit.go(&chart_url(&city), format!("{summary}{done}"), next).await
}

/// Takes a prepared act back before its day.
pub async fn withdraw(visit: Visit, Path((city, id)): Path<(String, ReorganisationId)>) -> Result<Response, Refusal> {
    let page = chart_url(&city);
    let mut tx = visit.enter(&city).await?;
    let act = tx.reorganisation(id).await?;
    let permit = visit.permit(&mut tx, &Action::Organise).await?;
    let organisation = tx.organisation_to_change().await?.organisation;
    let refused = |what: String| Refusal::Conflict { what, back: page.clone() };
    if act.is_withdrawn {
        return Err(refused("この準備は、先に取り下げられています。".to_owned()));
    }
    if act.on <= tx.today() {
        let words = "実施日を過ぎた変更は取り下げられません。元に戻すときは、新しい変更を準備してください。";
        return Err(refused(words.to_owned()));
    }
    organisation.undo(&act.changes).map_err(|fault| refused(fault.to_string()))?;
    match tx.withdraw_reorganisation(permit, &act).await {
        Ok(()) => {}
        Err(StoreError::Conflict(_)) => {
            return Err(refused(
                "この準備は、先に取り下げられたか、新しい組織がほかで使われています。組織の画面で確かめてください。".to_owned(),
            ));
        }
        Err(error) => return Err(error.into()),
    }
    tx.commit().await?;
    visit.go(&page, "準備を取り下げました", format!("{}：組織、担当、配置は元のとおりです。", act.summary)).await
}

/// Puts a section after another one beside it, or first.
pub async fn place(visit: Visit, Path((city, key)): Path<(String, String)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = section_url(&city, &key);
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let organisation = tx.organisation_to_change().await?.organisation;
    let moved = organisation.by_key(&key).ok_or(Refusal::NotFound)?;
    let permit = visit.permit(&mut tx, &Action::Organise).await?;
    let day = tx.today().max(moved.span.from);
    let beside = section::beside(&organisation, moved, day);
    if form.get("seen") != section::seen(&beside) {
        let what = "この画面を開いたあとに、並び順か組織が変わりました。いまの並びを確かめてから選び直してください。";
        return visit.back(&page, form, FormErrors::one("after", what)).await;
    }
    let mut order: Vec<SectionId> = beside.iter().map(|other| other.id).filter(|id| *id != moved.id).collect();
    let at = match form.get("after") {
        "" => Some(0),
        after => order.iter().position(|id| id.to_string() == after).map(|at| at + 1),
    };
    let Some(at) = at else {
        return visit.back(&page, form, FormErrors::one("after", "並び順を一覧から選択してください。")).await;
    };
    order.insert(at, moved.id);
    tx.order_sections(permit, &order).await?;
    tx.commit().await?;
    visit.go(&page, "並び順を保存しました", "").await
}
