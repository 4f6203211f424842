//! Publishing editions, putting them off, correcting and withdrawing them.

use axum::{extract::Path, response::Response};
use rashin_domain::{
    access::{Action, Permit},
    clock::moment_label,
    draft::edit::check,
    form::{Form, FormErrors},
    ids::PlanId,
    kpi::NOTE_LIMIT,
    publish::{Erratum, Publication, Standing, edition_label, embargo},
};
use rashin_store::{TenantTx, editions::EditionRecord, publish::Base};

use super::{
    edition::url,
    pages::{chosen, digest, page_of},
};
use crate::{
    editor::desk::problems,
    web::{Posted, Refusal, Visit},
};

pub async fn publish(visit: Visit, Path(city): Path<String>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = format!("/{city}/staff/publish");
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let permit = visit.permit(&mut tx, &Action::Publish).await?;
    let plan = chosen(&mut tx, form.get("plan")).await?;
    let page = page_of(&city, form.get("plan"));
    // First nobody else changes or publishes, then everything is looked at.
    tx.hold_plans().await?;
    let base = if form.get("draft") == "without" { Base::Live } else { Base::Draft };
    let Publication { reason, decision, embargo } = match Publication::parse(&form, tx.now(), tx.today()) {
        Ok(publication) => publication,
        Err(errors) => return visit.back(&page, form, errors).await,
    };
    let (now, editions) = (tx.now(), tx.editions(&plan.slug).await?);
    if let Some(waiting) = editions.iter().find(|edition| edition.standing(now) == Standing::Waiting) {
        let what = format!("{}が公開を待っています。公開するか取りやめてから、次の版を公表してください。", edition_label(waiting.number));
        return Err(Refusal::Conflict { what, back: page });
    }
    let elsewhere = || Refusal::Conflict {
        what: "この版は、先にほかの人が公表しています。公表の画面で最新の状態を確かめてください。".to_owned(),
        back: page.clone(),
    };
    let seen = form.get(if base == Base::Draft { "seen" } else { "seen_live" });
    let next = tx.next_edition(plan.id, base, String::new(), None).await?;
    let wrong = match base {
        Base::Draft => problems(&tx.desk_of(plan.clone()).await?).into_iter().map(|(wrong, _)| wrong).next(),
        Base::Live => check(&next.content).into_iter().next(),
    };
    if let Some(wrong) = wrong {
        return visit.back(&page, form, FormErrors::one("draft", format!("計画の案に直すところがあります。{wrong}"))).await;
    }
    if !seen.is_empty() && seen != digest(&next) {
        let what = "公表の画面を開いたあとに、公表される内容が変わりました。変わることをもう一度確かめてから公表してください。".to_owned();
        return Err(Refusal::Conflict { what, back: page });
    }
    let number = match tx.publish(permit, plan.id, base, &reason, decision, embargo).await {
        Ok(number) if number.to_string() == form.get("number") => number,
        // A second click, or a colleague: the page was about another number. Without a commit nothing happened.
        Ok(_) => return Err(elsewhere()),
        Err(error) if error.is_conflict_on("editions_one_per_number") => return Err(elsewhere()),
        Err(error) => return Err(error.into()),
    };
    tx.commit().await?;
    let label = edition_label(number);
    match embargo {
        None => visit.go(&format!("/{city}/staff"), format!("{label}を公表しました"), "公開ページとデータに反映されました。").await,
        Some(until) => {
            let when = format!("{}に公開されます。それまでは職員だけが知っています。", moment_label(until));
            visit.go(&url(&city, &plan.slug, number), format!("{label}を公開待ちにしました"), when).await
        }
    }
}

/// City, plan and number of an edition.
type Address = (String, String, i32);

/// Opens an act on one edition.
async fn open(visit: &Visit, (city, plan, number): &Address, form: &Form) -> Result<(TenantTx, Permit, PlanId, EditionRecord), Refusal> {
    visit.or_hold(&url(city, plan, *number), form).await?;
    let mut tx = visit.enter(city).await?;
    let permit = visit.permit(&mut tx, &Action::Publish).await?;
    let plan = tx.plan_named(plan).await?;
    let edition = tx.edition_record(&plan.slug, *number).await?;
    Ok((tx, permit, plan.id, edition))
}

/// Gives a waiting edition another time, or makes it public at once.
pub async fn put_off(visit: Visit, Path(address): Path<Address>, Posted(form): Posted) -> Result<Response, Refusal> {
    let (mut tx, permit, plan, edition) = open(&visit, &address, &form).await?;
    let (city, slug, number) = address;
    let page = url(&city, &slug, number);
    let now = tx.now();
    let changed = || Refusal::Conflict {
        what: "この版はすでに公開されたか、公開日時が先に変更されています。何も変更していません。".to_owned(),
        back: page.clone(),
    };
    if edition.standing(now) != Standing::Waiting || edition.public_from.to_string() != form.get("seen") {
        return Err(changed());
    }
    let mut errors = FormErrors::default();
    let until = match form.get("at_once") {
        "on" => Some(now),
        _ => embargo(&form, now, &mut errors),
    };
    let Some(until) = until else {
        if errors.is_empty() {
            errors.push::<()>("public_from_year", "新しい公開日時を入力してください。".to_owned());
        }
        return visit.back(&page, form, errors).await;
    };
    if !tx.set_embargo(permit, plan, number, edition.public_from, until).await? {
        return Err(changed());
    }
    tx.commit().await?;
    let label = edition_label(number);
    match until == now {
        true => visit.go(&page, format!("{label}を公開しました"), "公開ページとデータに反映されました。").await,
        false => visit.go(&page, "公開日時を変えました", format!("{label}は{}に公開されます。", moment_label(until))).await,
    }
}

pub async fn correct(visit: Visit, Path(address): Path<Address>, Posted(form): Posted) -> Result<Response, Refusal> {
    let (mut tx, permit, plan, edition) = open(&visit, &address, &form).await?;
    let (city, slug, number) = address;
    let page = url(&city, &slug, number);
    let next = i32::try_from(edition.errata + 1).map_err(Refusal::incident)?;
    let changed = || Refusal::Conflict {
        what: "この訂正はすでに載っているか、先にほかの訂正が載ったか、版が公開されていません。何も変更していません。".to_owned(),
        back: page.clone(),
    };
    if form.get("erratum") != next.to_string() {
        return Err(changed());
    }
    let erratum = match Erratum::parse(&form, next, tx.today()) {
        Ok(erratum) => erratum,
        Err(errors) => return visit.back(&page, form, errors).await,
    };
    if !tx.add_erratum(permit, plan, number, &erratum).await? {
        return Err(changed());
    }
    tx.commit().await?;
    visit.go(&page, "訂正を載せました", format!("{}のページ、正誤表、データ（JSON）に反映されました。", edition_label(number))).await
}

pub async fn withdraw(visit: Visit, Path(address): Path<Address>, Posted(form): Posted) -> Result<Response, Refusal> {
    let (mut tx, permit, plan, edition) = open(&visit, &address, &form).await?;
    let (city, slug, number) = address;
    let page = url(&city, &slug, number);
    let waited = edition.standing(tx.now()) == Standing::Waiting;
    let mut errors = FormErrors::default();
    let reason = form.required("withdrawal_reason", if waited { "取りやめの理由" } else { "取り下げの理由" }, NOTE_LIMIT, &mut errors);
    if !errors.is_empty() {
        return visit.back(&page, form, errors).await;
    }
    tx.withdraw_edition(permit, plan, number, &reason).await?;
    tx.commit().await?;
    let label = edition_label(number);
    let done = if waited { format!("{label}の公開を取りやめました") } else { format!("{label}を取り下げました") };
    visit.go(&page, done, "").await
}
