//! `/{city}/staff/cards/new`: a card begins with what was seen.

use axum::{
    extract::{Path, Query},
    response::Response,
};
use leptos::prelude::*;
use rashin_domain::{
    access::Action,
    card::{MOST_DAYS, Opening, Step},
    case::Standing,
    form::{Form, FormErrors},
    ids::MemberId,
    text::sentences,
};
use rashin_store::{
    TenantTx,
    card::{CardFile, Concerns, Subject},
};
use serde::Deserialize;

use super::{TITLE, card_url, cards_url, subject_key, subject_words, tell, written};
use crate::{
    case::{offer::Offer, people::writers},
    council::Council,
    ui::{
        field::{Filled, Input, TEXT, input, post_form, required, select, textarea},
        frame::{Frame, Here},
        section::{empty, note, page_head},
    },
    web::{Page, Posted, Refusal, Visit},
};

/// Business days that a card has unless it says so.
const DAYS: &str = "10";
/// The choice of 事務局 among the bodies that are told; no key of a body.
const OFFICE: &str = "@office";

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// `kpi.K-1`, `case.3`
    about: String,
}

/// KPIs of the plan, then cases on their way.
async fn subjects(tx: &mut TenantTx, council: &Council) -> Result<Vec<Subject>, Refusal> {
    let Offer { targets, .. } = Offer::load(tx).await?;
    let kpis = targets.into_iter().filter_map(|(key, words)| {
        let name = words.split_once('　').map_or(words.as_str(), |(_, name)| name).to_owned();
        Some(Subject::Kpi { code: key.strip_prefix("kpi.")?.to_owned(), name })
    });
    let cases = tx.cases(None).await?.into_iter().filter(|filed| matches!(council.standing(filed), Standing::At(_)));
    let cases = cases.map(|filed| Subject::Case { number: filed.number, title: filed.newest.content.title });
    Ok(kpis.chain(cases).collect())
}

pub async fn new(visit: Visit, Path(city): Path<String>, Query(asked): Query<Asked>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let _may = visit.permit(&mut tx, &Action::OpenCard).await?;
    let council = Council::load(&mut tx).await?;
    let subjects = subjects(&mut tx, &council).await?;
    let me = tx.member().map(|member| member.id.to_string()).unwrap_or_default();
    let filled = Filled::new(visit.take_held().await?, || {
        let fields = [("about", asked.about), ("days", DAYS.to_owned()), ("owner", me), ("body", OFFICE.to_owned())];
        Form::from_pairs(fields.map(|(name, value)| (name.to_owned(), value)))
    });
    let options: Vec<_> = subjects.iter().map(|subject| (subject_key(subject), subject_words(subject))).collect();
    let bodies: Vec<_> = told(&council).map(|(key, name)| (key.to_owned(), name.to_owned())).collect();
    let days = Input { width: Some("4"), numeric: true, ..TEXT };
    let fields = view! {
        {select(&filled, "about", &required("対象").hint("このカードが扱う指標か案件です。"), &options, "選択してください")}
        {input(&filled, "title", &required("題名").hint("例：9月からオンライン申請が急に減った"), TEXT)}
        {textarea(&filled, "observation", &required(Step::Observe.label()).hint(Step::Observe.hint()), 5)}
        {input(&filled, "days", &required("期限（営業日）").hint(format!("結果を書いて終えるまでの日数です。明日から数えます。1から{MOST_DAYS}まで。")), days)}
        {select(&filled, "owner", &required("担当").hint("残りの段階を書き進める人です。"), &writers(&council, &[]), "選択してください")}
        {select(&filled, "body", &required("期限を過ぎたら知らせる先").hint("期限の次の営業日に、その委員に知らせます。"), &bodies, "選択してください")}
    };
    let body = match subjects.is_empty() {
        true => empty("指標も案件も、まだありません。計画を取り込むか案件を起こすと、カードを作れます。", None),
        false => post_form(cards_url(&city), fields, "カードを作る").into_any(),
    };
    let main = view! {
        {filled.summary()}
        {page_head(TITLE, "カードを作る", ())}
        {note("観察 → 状況判断 → 意思決定 → 実行を、期限のうちに1回まわします。年に一度の評価（PDCA）とは別に、いつでも作れます。")}
        {body}
    };
    let frame = Frame::staff(&tx, None, Here::Cases).crumbs(vec![(TITLE.to_owned(), cards_url(&city))]);
    Ok(Page::new(filled.title("OODAカードを作る"), frame, main))
}

/// Who can be told that a card is late: (key, name), 事務局 first.
fn told(council: &Council) -> impl Iterator<Item = (&str, &str)> {
    [(OFFICE, "事務局")].into_iter().chain(council.names())
}

/// `POST /{city}/staff/cards`. Fields: `about`, `title`, `observation`, `days`, `owner`, `body`.
pub async fn open(visit: Visit, Path(city): Path<String>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = format!("{}/new", cards_url(&city));
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let permit = visit.permit(&mut tx, &Action::OpenCard).await?;
    let council = Council::load(&mut tx).await?;
    let opening = Opening::parse(&form);
    let mut errors = FormErrors::default();
    let subject = subjects(&mut tx, &council).await?.into_iter().find(|subject| subject_key(subject) == form.get("about"));
    let subject = subject.or_else(|| errors.push("about", sentences::choose("対象")));
    let owner = owner(&form, &council, &[]).or_else(|| errors.push("owner", sentences::choose("担当")));
    let body = told(&council).map(|(key, _)| key).find(|key| *key == form.get("body"));
    let body = body.or_else(|| errors.push("body", sentences::choose("期限を過ぎたら知らせる先")));
    let (opening, subject, owner, body) = match (opening, subject, owner, body) {
        (Ok(opening), Some(subject), Some(owner), Some(body)) => (opening, subject, owner, body),
        (opening, ..) => return visit.back(&page, form, opening.err().unwrap_or_default().and(errors)).await,
    };
    let number = match twin(&mut tx, &opening, &subject).await? {
        Some(number) => number,
        None => {
            let concerns = Concerns { subject: &subject, owner, body: Some(body).filter(|key| *key != OFFICE) };
            let number = tx.open_card(permit, &opening, concerns).await?;
            tell::owner(&mut tx, number).await?;
            tx.commit().await?;
            number
        }
    };
    visit.go(&card_url(&city, number), "OODAカードを作りました", "次は「状況判断」です。").await
}

/// The card that a first click has made of the same form.
async fn twin(tx: &mut TenantTx, opening: &Opening, subject: &Subject) -> Result<Option<i32>, Refusal> {
    let me = tx.member().map(|member| member.id);
    let cards = tx.cards(subject.wanted()).await?;
    let is_same = |filed: &&CardFile| {
        let seen = written(filed, Step::Observe).filter(|(happened, _)| Some(happened.by) == me).map(|(_, text)| text);
        filed.card.is_open() && (filed.title.as_str(), seen) == (&opening.title, Some(&opening.observation))
    };
    Ok(cards.iter().find(is_same).map(|filed| filed.number))
}

/// The member that `owner` names, but for some; who only looks on writes nothing.
pub fn owner(form: &Form, council: &Council, but: &[MemberId]) -> Option<MemberId> {
    let known = writers(council, but).into_iter().any(|(id, _)| id == form.get("owner"));
    form.get("owner").parse().ok().filter(|_| known)
}
