//! Adding, changing, locking and cancelling rounds; changing how the tenant reports.

use axum::{extract::Path, response::Response};
use rashin_domain::{
    access::{Action, Permit},
    approval::Settings,
    clock::{FiscalYear, date_label},
    form::{Form, FormErrors},
    round::{Round, RoundState},
};
use rashin_store::{TenantTx, rounds::SEEN};

use super::{calendar::offered, round::find, year_url};
use crate::web::{Posted, Refusal, Visit};

/// Makes rounds of the year from the defaults.
pub async fn add(visit: Visit, Path(city): Path<String>, Posted(form): Posted) -> Result<Response, Refusal> {
    let year = form.get("year").parse().ok().filter(|year| (2000..=2098).contains(year));
    let page = year.map_or_else(|| format!("/{city}/staff/year"), |year| year_url(&city, FiscalYear(year)));
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let permit = visit.permit(&mut tx, &Action::Conduct).await?;
    let rounds = tx.rounds().await?;
    let of_year = year.map(|year| offered(&rounds, FiscalYear(year))).unwrap_or_default();
    let added = match Round::added(&form, of_year, &rounds) {
        Ok(added) => added,
        Err(errors) => return visit.back(&page, form, errors).await,
    };
    match tx.plan_rounds(permit, &added).await {
        Ok(()) => {}
        Err(error) if error.is_conflict_on("rounds_one_per_kind") => {
            let errors = FormErrors::one("add", "先にほかの人が加えた報告期があります。残りを確かめてください。");
            return visit.back(&page, form, errors).await;
        }
        Err(error) => return Err(error.into()),
    }
    tx.commit().await?;
    let words = format!("報告期を{}件加えました", added.len());
    visit.go(&page, words, "日程や催促の日は、報告期の名前から開いて変えられます。").await
}

/// City and key of a round.
type Address = (String, String);

/// An act on a round: the round as it is, all rounds, and the page that asked.
struct Opened {
    tx: TenantTx,
    permit: Permit,
    round: Round,
    rounds: Vec<Round>,
    page: String,
}

async fn open(visit: &Visit, (city, key): &Address, form: &Form) -> Result<Opened, Refusal> {
    let page = format!("/{city}/staff/year/rounds/{key}");
    visit.or_hold(&page, form).await?;
    let mut tx = visit.enter(city).await?;
    let permit = visit.permit(&mut tx, &Action::Conduct).await?;
    let (round, rounds) = find(&mut tx, key).await?;
    Ok(Opened { tx, permit, round, rounds, page })
}

/// What stands now, for whoever saw something else.
fn changed_meanwhile(round: &Round) -> FormErrors {
    let day = |day| date_label(day);
    let stands = format!("開始{}、締切{}、猶予{}まで", day(round.opens_on), day(round.closes_on), day(round.grace_until));
    let sentence =
        format!("編集中にほかの人が変更しました。いまは{stands}です。あなたの入力は残しています。確かめて、もう一度保存してください。");
    FormErrors::one("opens_year", sentence)
}

/// Whether the form is about the round as it is.
fn is_seen(form: &Form, round: &Round) -> bool {
    serde_json::from_str::<Round>(form.get("seen")).is_ok_and(|seen| seen == *round)
}

fn too_late(page: String, what: &str) -> Refusal {
    Refusal::Conflict { what: what.to_owned(), back: page }
}

pub async fn change(visit: Visit, Path(address): Path<Address>, Posted(form): Posted) -> Result<Response, Refusal> {
    let Opened { mut tx, permit, round, rounds, page } = open(&visit, &address, &form).await?;
    let today = tx.today();
    if round.state(today) == RoundState::Locked {
        return Err(too_late(page, "この報告期は固定済みです。日程は変えられません。"));
    }
    if !is_seen(&form, &round) {
        return visit.back(&page, form, changed_meanwhile(&round)).await;
    }
    let (changed, reason) = match round.change(&form, &rounds, today) {
        Ok(changed) => changed,
        Err(errors) => return visit.back(&page, form, errors).await,
    };
    match tx.change_round(permit, &round, &changed, &reason).await {
        Ok(()) => {}
        Err(error) if error.is_conflict_on(SEEN) => return visit.back(&page, form, changed_meanwhile(&round)).await,
        Err(error) => return Err(error.into()),
    }
    tx.commit().await?;
    visit.go(&page, "報告期を保存しました", "").await
}

pub async fn lock(visit: Visit, Path(address): Path<Address>, Posted(form): Posted) -> Result<Response, Refusal> {
    let Opened { mut tx, permit, round, page, .. } = open(&visit, &address, &form).await?;
    let today = tx.today();
    if round.state(today) != RoundState::Closed || !is_seen(&form, &round) {
        return Err(too_late(page, "固定できるのは、猶予が終わった報告期だけです。先にほかの人が日程を変えたか、固定しています。"));
    }
    if form.get("confirm") != "on" {
        // The other form of the page goes on showing what stands.
        let errors = FormErrors::one("confirm", "固定することを確かめて、印を付けてください。");
        return visit.back(&page, round.as_form(), errors).await;
    }
    let locked = Round { locked_on: Some(today), ..round.clone() };
    match tx.change_round(permit, &round, &locked, "").await {
        Ok(()) => {}
        Err(error) if error.is_conflict_on(SEEN) => return Err(too_late(page, "先にほかの人が変更しています。")),
        Err(error) => return Err(error.into()),
    }
    tx.commit().await?;
    visit.go(&page, "値を固定しました", "このあとの変更は、理由を付けた訂正として受け付けます。").await
}

pub async fn cancel(visit: Visit, Path(address): Path<Address>, Posted(form): Posted) -> Result<Response, Refusal> {
    let Opened { mut tx, permit, round, page, .. } = open(&visit, &address, &form).await?;
    if round.state(tx.today()) != RoundState::Upcoming {
        return Err(too_late(page, "始まった報告期は取りやめられません。短くするときは、締切日を変えてください。"));
    }
    if !is_seen(&form, &round) {
        return Err(too_late(page, "先にほかの人が変更しています。いまの日程を確かめてください。"));
    }
    match tx.cancel_round(permit, &round).await {
        Ok(()) => {}
        Err(error) if error.is_conflict_on(SEEN) => {
            return Err(too_late(page, "先にほかの人が変更しています。いまの日程を確かめてください。"));
        }
        Err(error) => return Err(error.into()),
    }
    tx.commit().await?;
    let words = format!("{}を取りやめました", round.label());
    visit.go(&year_url(&address.0, FiscalYear::of(round.opens_on)), words, "この画面から加え直せます。").await
}

/// Changes how the tenant reports.
pub async fn set(visit: Visit, Path(city): Path<String>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = format!("/{city}/staff/settings");
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let permit = visit.permit(&mut tx, &Action::Conduct).await?;
    let settings = match Settings::parse(&form) {
        Ok(settings) => settings,
        Err(errors) => return visit.back(&page, form, errors).await,
    };
    let stands = tx.settings().await?;
    let seen = serde_json::from_str::<Settings>(form.get("seen")).unwrap_or_default();
    match tx.change_settings(permit, &seen, &settings).await {
        Ok(()) => {}
        Err(error) if error.is_conflict_on(SEEN) => {
            let sentence = format!(
                "編集中にほかの人が変更しました。いまは「{}」、古い値とみなすまで{}か月です。あなたの入力は残しています。確かめて、もう一度保存してください。",
                stands.approval.label(),
                stands.stale_months
            );
            return visit.back(&page, form, FormErrors::one("approval", sentence)).await;
        }
        Err(error) => return Err(error.into()),
    }
    tx.commit().await?;
    visit.go(&page, "設定を保存しました", "").await
}
