//! What the form of a route does: its stages in another order, a version saved, a route put out of use.

use std::collections::BTreeSet;

use axum::{extract::Path, response::Response};
use rashin_domain::{
    access::Action,
    clock::moment_label,
    form::{Form, FormErrors},
    ids::TenantId,
    route::{
        Route,
        form::{self, Move},
    },
};
use rashin_store::{TenantTx, route::STALE};
use serde::{Deserialize, Serialize};

use super::{route_url, routes_url};
use crate::{
    council::Council,
    web::{Flash, Posted, Refusal, Tone, Visit},
};

/// A route's form as it was typed last, in the session: of one tenant, for one page.
#[derive(Serialize, Deserialize)]
struct Typed {
    tenant: TenantId,
    page: String,
    form: Form,
}

/// Session key of the one [`Typed`].
const TYPED: &str = "typed_route";

/// What was typed on this page, where its address asks for it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Shown {
    /// `typed`: what was typed last; else what was saved.
    show: String,
}

impl Shown {
    pub async fn form(&self, visit: &Visit, tx: &TenantTx) -> Result<Option<Form>, Refusal> {
        let typed = visit.session.get::<Typed>(TYPED).await?.filter(|_| self.show == "typed");
        Ok(typed.filter(|typed| typed.tenant == tx.city().id && typed.page == visit.path).map(|typed| typed.form))
    }
}

/// Back to the form, at an address that shows it as it stands, however often it is opened.
async fn back(visit: &Visit, tx: &TenantTx, (page, anchor): (&str, &str), form: Form, errors: FormErrors) -> Result<Response, Refusal> {
    visit.session.insert(TYPED, Typed { tenant: tx.city().id, page: page.to_owned(), form: form.clone() }).await?;
    visit.back(&format!("{page}?show=typed{anchor}"), form, errors).await
}

/// Addresses of their own below `/routes`.
const RESERVED: [&str; 2] = ["new", "drafts"];

/// `POST /{city}/staff/routes/drafts`: the form as it stands, put in another order or only drawn anew. Nothing is written;
/// the session has it until it is saved.
/// Fields: those of the form; `route` unless it is a new one; `do`.
pub async fn arrange(visit: Visit, Path(city): Path<String>, Posted(form): Posted) -> Result<Response, Refusal> {
    let key = form.get("route").to_owned();
    let page = match key.as_str() {
        "" => format!("{}/new", routes_url(&city)),
        key if form::is_key(key) => format!("{}/edit", route_url(&city, key)),
        _ => return Err(Refusal::NotFound),
    };
    let act = form.get("do").to_owned();
    let form = form.without(&["do"]);
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let _may = visit.permit(&mut tx, &Action::Constitute).await?;
    let change = Move::read(&act);
    let arranged = change.map_or_else(|| form.clone(), |change| form::arranged(&form, change));
    let anchor = match change {
        Some(Move::Add(at) | Move::Remove(at)) => format!("#stage-{at}"),
        Some(Move::Up(at)) => format!("#stage-{}", at.saturating_sub(1)),
        Some(Move::Down(at)) => format!("#stage-{}", at + 1),
        None => "#picture".to_owned(),
    };
    if let Some(Move::Remove(at)) = change {
        let (before, _) = form::read(&form);
        if let Some(flash) = loosened(&before, at) {
            visit.go_with(&page, flash).await?;
            return back(&visit, &tx, (&page, ""), arranged, FormErrors::default()).await;
        }
    }
    back(&visit, &tx, (&page, &anchor), arranged, FormErrors::default()).await
}

/// What led to a stage that was taken out, and leads nowhere now.
fn loosened(before: &Route, at: usize) -> Option<Flash> {
    let gone = before.stages.get(at)?;
    let leads = |way: &&rashin_domain::route::Way| way.to == rashin_domain::route::To::Stage(gone.key.clone());
    let loose: Vec<String> = (before.stages.iter().filter(|stage| stage.key != gone.key))
        .flat_map(|stage| stage.ways.iter().filter(leads).map(|way| format!("「{}」の「{}」", stage.name, way.outcome.label())))
        .collect();
    (!loose.is_empty()).then(|| Flash {
        tone: Tone::Warning,
        heading: format!("「{}」を外しました（まだ保存していません）", gone.name),
        body: format!("ここへ進んでいた{}は、行き先を選び直してください。", loose.join("、")),
    })
}

async fn keys(tx: &mut TenantTx) -> Result<BTreeSet<String>, Refusal> {
    Ok(tx.rosters().await?.into_iter().map(|body| body.charter.key).collect())
}

/// `POST /{city}/staff/routes`: a new route. Fields: those of the form, and `key`.
pub async fn make(visit: Visit, Path(city): Path<String>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = format!("{}/new", routes_url(&city));
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let permit = visit.permit(&mut tx, &Action::Constitute).await?;
    let key = form.get("key").trim().to_owned();
    let mut errors = FormErrors::default();
    if !form::is_key(&key) {
        errors.push::<()>("key", "記号は半角の英小文字・数字・ハイフン40文字までで入力してください。".to_owned());
    } else if RESERVED.contains(&key.as_str()) {
        errors.push::<()>("key", format!("「{key}」は画面のアドレスに使っています。別の記号にしてください。"));
    }
    let route = match form::parse(&form, &keys(&mut tx).await?) {
        Ok(route) if errors.is_empty() => route,
        read => return back(&visit, &tx, (&page, ""), form, errors.and(read.err().unwrap_or_default())).await,
    };
    match tx.keep_route(permit, &key, &route, 0).await {
        Err(error) if error.is_conflict_on(STALE) => {
            let taken = format!("記号「{key}」の経路は、もうあります。別の記号にするか、その経路を編集してください。");
            return back(&visit, &tx, (&page, ""), form, FormErrors::one("key", taken)).await;
        }
        done => done?,
    };
    tx.commit().await?;
    visit.session.remove_value(TYPED).await?;
    visit.go(&route_url(&city, &key), format!("経路「{}」を保存しました", route.name), "案件を起こすときに選べます。").await
}

/// `POST /{city}/staff/routes/{route}/revisions`: the next version. Fields: those of the form, and `seen`.
pub async fn revise(visit: Visit, Path((city, key)): Path<(String, String)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let (url, page) = (route_url(&city, &key), format!("{}/edit", route_url(&city, &key)));
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let newest = tx.route_versions(&key).await?.swap_remove(0);
    let permit = visit.permit(&mut tx, &Action::Constitute).await?;
    let route = match form::parse(&form, &keys(&mut tx).await?) {
        Ok(route) => route,
        Err(errors) => return back(&visit, &tx, (&page, ""), form, errors).await,
    };
    if route == newest.route {
        return visit.go(&url, "変更はありません", "新しい版は作っていません。").await;
    }
    let seen: i32 = form.get("seen").parse().unwrap_or_default();
    match tx.keep_route(permit, &key, &route, seen).await {
        Err(error) if error.is_conflict_on(STALE) => return overtaken(&visit, &mut tx, (&page, &key), form, &route).await,
        done => done?,
    };
    tx.commit().await?;
    visit.session.remove_value(TYPED).await?;
    visit.go(&url, format!("第{}版を保存しました", seen + 1), "これから起こす案件に使います。進行中の案件は、前の版のまま進みます。").await
}

/// Somebody was quicker: what was typed comes back, with who it was and where the two differ, to be saved after a look.
async fn overtaken(
    visit: &Visit,
    tx: &mut TenantTx,
    (page, key): (&str, &str),
    mut form: Form,
    route: &Route,
) -> Result<Response, Refusal> {
    let newest = tx.route_versions(key).await?.swap_remove(0);
    let council = Council::load(tx).await?;
    let who = newest.made_by.map_or("ほかの人", |id| council.name(id)).to_owned();
    form.set("seen", newest.version.to_string());
    let sentence = format!(
        "{who}さんが先に第{}版を保存しました（{}）。あなたの入力は残してあり、まだ保存していません。違うところ：{}。確かめて、この内容でよければもう一度保存してください。",
        newest.version,
        moment_label(newest.made_at),
        differing(&newest.route, route).join("、"),
    );
    back(visit, tx, (page, ""), form, FormErrors::one("name", sentence)).await
}

/// What differs between two routes, in words.
fn differing(one: &Route, other: &Route) -> Vec<String> {
    let of_one = one.stages.iter().filter(|stage| other.stage(&stage.key) != Some(stage));
    let of_other = other.stages.iter().filter(|stage| one.stage(&stage.key).is_none());
    let mut words: Vec<String> = of_one.chain(of_other).map(|stage| format!("「{}」", stage.name)).collect();
    let mut also = |differs: bool, what: &str| words.extend(differs.then(|| what.to_owned()));
    also(one.name != other.name, "名前");
    also(one.note != other.note, "説明");
    let order = |route: &Route| route.stages.iter().map(|stage| stage.key.clone()).collect::<Vec<_>>();
    also(one.stages.len() == other.stages.len() && order(one) != order(other), "段階の順");
    words
}

/// `POST /{city}/staff/routes/{route}/retirements`: no new cases.
pub async fn retire(visit: Visit, path: Path<(String, String)>, posted: Posted) -> Result<Response, Refusal> {
    set_use(visit, path, posted, false).await
}

/// `POST /{city}/staff/routes/{route}/restorations`: new cases again.
pub async fn restore(visit: Visit, path: Path<(String, String)>, posted: Posted) -> Result<Response, Refusal> {
    set_use(visit, path, posted, true).await
}

async fn set_use(visit: Visit, Path((city, key)): Path<(String, String)>, Posted(form): Posted, in_use: bool) -> Result<Response, Refusal> {
    let url = route_url(&city, &key);
    visit.or_hold(&url, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let newest = tx.route_versions(&key).await?.swap_remove(0);
    let permit = visit.permit(&mut tx, &Action::Constitute).await?;
    if newest.in_use != in_use {
        tx.use_route(permit, &newest, in_use).await?;
        tx.commit().await?;
    }
    match in_use {
        true => visit.go(&url, "ふたたび使えるようにしました", "案件を起こすときに選べます。").await,
        false => visit.go(&url, "使うのをやめました", "新しい案件には選べません。進行中の案件は、そのまま進みます。").await,
    }
}
