//! A new record, and changing one.

use axum::{
    extract::{Path, Query},
    response::Response,
};
use leptos::prelude::*;
use rashin_domain::{
    form::Form,
    plan::Part,
    training::{Counted, Manner, Tie, Training, TrainingKind},
};
use rashin_store::{
    TenantTx, kpi,
    training::{Held, STALE_TRAINING},
};
use serde::Deserialize;

use super::{crumbs, overtaken, page::said, permit, proposal, training_url, trainings_url};
use crate::{
    ui::{
        field::{Filled, TEXT, checkbox, date, day, hidden, input, optional, post_form, radios, required, select, textarea},
        frame::{Frame, Here},
        section::{facts, page_head, section},
    },
    web::{Page, Posted, Refusal, Visit},
};

/// What a training can count for: parts of KPIs with their words. `now`: what it counts for, be it gone from the plan.
async fn countable(tx: &mut TenantTx, now: Option<&Tie>) -> Result<Vec<(Tie, String)>, Refusal> {
    let mut offered = Vec::new();
    if let Some(plan) = tx.current_plan().await? {
        for kpi in kpi::of_plan(tx, plan.id, None).await? {
            let words = |part: &Part, counted: Counted| match part.name.as_str() {
                "" => format!("{}　{}（{}）", kpi.code, kpi.name, counted.label()),
                name => format!("{}　{}　{name}（{}）", kpi.code, kpi.name, counted.label()),
            };
            let tie = |part: &Part| Tie { code: kpi.code.clone(), part: part.key.clone() };
            offered.extend(kpi.parts.iter().filter_map(|part| Some((tie(part), words(part, Counted::of(part)?)))));
        }
    }
    if let Some(now) = now.filter(|now| !offered.iter().any(|(tie, _)| tie == *now)) {
        offered.push((now.clone(), now.code.clone()));
    }
    Ok(offered)
}

#[derive(Deserialize)]
pub struct Kind {
    /// Code of the kind that is chosen already.
    #[serde(default)]
    kind: String,
}

/// `/{city}/staff/trainings/new`
pub async fn new(visit: Visit, Path(city): Path<String>, Query(Kind { kind }): Query<Kind>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let _may = permit(&visit, &mut tx).await?;
    let offered = countable(&mut tx, None).await?;
    let filled = Filled::new(visit.take_held().await?, || {
        let mut form = Form::default();
        form.set("kind", TrainingKind::from_code(&kind).unwrap_or(TrainingKind::Workshop).code());
        form.set("manner", Manner::InPerson.code());
        form
    });
    let title = "研修会・情報発信を記録する";
    let main = view! {
        {filled.summary()}
        {page_head("", title, ())}
        {post_form(trainings_url(&city), fields(&filled, &offered, false), "保存する")}
    };
    let frame = Frame::staff(&tx, None, Here::Cases).crumbs(crumbs(&city, None)).flash(visit.take_flash().await?);
    Ok(Page::new(filled.title(title), frame, main))
}

/// `is_old`: it has been saved, and so can be called off.
fn fields(filled: &Filled, offered: &[(Tie, String)], is_old: bool) -> AnyView {
    let kinds: Vec<_> = TrainingKind::ALL.iter().map(|kind| (kind.code(), kind.label().to_owned())).collect();
    let manners: Vec<_> = Manner::ALL.iter().map(|manner| (manner.code(), manner.label().to_owned())).collect();
    let kpis: Vec<_> = offered.iter().map(|(tie, words)| (tie.to_string(), words.clone())).collect();
    let counts =
        optional("数える指標").hint("選ぶと、報告の時期に、指標の担当へ回数または人数を実績の案として示します。報告は担当がします。");
    view! {
        {radios(filled, "kind", &required("種類"), &kinds)}
        {input(filled, "title", &required("題名").hint("例：職員向けデジタル研修（第2回）"), TEXT)}
        {date(filled, &required("開く日").hint("情報発信は、出した日。西暦で入力。例：2026年12月10日"), &day("on"))}
        {radios(filled, "manner", &required("開き方"), &manners)}
        {input(filled, "place", &optional("場所").hint("例：本庁舎 大会議室、庁内ポータル"), TEXT)}
        {textarea(filled, "text", &optional("内容").hint("ねらい、対象、話したこと。"), 4)}
        {textarea(filled, "links", &optional("資料のリンク").hint("「https://」で始まるアドレスを、1行に1件。ファイルは、保存したあとに添付できます。"), 3)}
        {(!kpis.is_empty()).then(|| select(filled, "kpi", &counts, &kpis, "数えない"))}
        {is_old.then(|| checkbox(filled, "called_off", "中止した（回数と参加者に数えません）".to_owned()))}
    }
    .into_any()
}

fn ties(offered: Vec<(Tie, String)>) -> Vec<Tie> {
    offered.into_iter().map(|(tie, _)| tie).collect()
}

/// `POST /{city}/staff/trainings`
pub async fn arrange(visit: Visit, Path(city): Path<String>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = format!("{}/new", trainings_url(&city));
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let permit = permit(&visit, &mut tx).await?;
    let training = match Training::parse(&form, &ties(countable(&mut tx, None).await?)) {
        Ok(training) => training,
        Err(errors) => return visit.back(&page, form, errors).await,
    };
    // A second click: it is there.
    let there = tx.trainings().await?.into_iter().find(|held| held.training == training && held.revision == 1);
    let number = match there {
        Some(held) => held.number,
        None => {
            let number = tx.arrange_training(permit, &training).await?;
            proposal::tell(&mut tx).await?;
            tx.commit().await?;
            number
        }
    };
    visit.go(&training_url(&city, number), format!("{}を保存しました", training.kind.label()), training.title).await
}

/// `/{city}/staff/trainings/{number}/edit`
pub async fn edit(visit: Visit, Path((city, number)): Path<(String, i32)>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let held = tx.training(number).await?;
    let _may = permit(&visit, &mut tx).await?;
    let offered = countable(&mut tx, held.training.tie.as_ref()).await?;
    let filled = Filled::new(visit.take_held().await?, || {
        let mut form = Form::default();
        held.training.fill(&mut form);
        form.set("seen", held.revision.to_string());
        form
    });
    // Whoever came second looks at what stands before it is replaced.
    let stands = is_stale(&filled, &held).then(|| {
        let named = [("種類", held.training.kind.label().into_any()), ("題名", held.training.title.clone().into_any())];
        section("stands", "いま保存されている内容", (), facts(named.into_iter().chain(said(&city, &held.training, None)).collect()))
    });
    let title = "記録を直す";
    let main = view! {
        {filled.summary()}
        {page_head(held.training.title.clone(), title, ())}
        {stands}
        {post_form(format!("{}/revisions", training_url(&city, number)), view! { {hidden("seen", held.revision.to_string())}{fields(&filled, &offered, true)} }, "保存する")}
    };
    let frame = Frame::staff(&tx, None, Here::Cases).crumbs(crumbs(&city, Some(&held))).flash(visit.take_flash().await?);
    Ok(Page::new(filled.title(title), frame, main))
}

/// `POST /{city}/staff/trainings/{number}/revisions`
pub async fn revise(visit: Visit, Path((city, number)): Path<(String, i32)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let url = training_url(&city, number);
    let page = format!("{url}/edit");
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let held = tx.training(number).await?;
    let permit = permit(&visit, &mut tx).await?;
    let training = match Training::parse(&form, &ties(countable(&mut tx, held.training.tie.as_ref()).await?)) {
        Ok(training) => training,
        Err(errors) => return visit.back(&page, form, errors).await,
    };
    if training == held.training {
        return visit.go(&url, "変更はありません", "").await;
    }
    match tx.change_training(permit, &held, seen(&form), &training).await {
        Err(error) if error.is_conflict_on(STALE_TRAINING) => {
            let held = tx.training(number).await?;
            return visit.back(&page, form, overtaken("title", &held)).await;
        }
        done => done?,
    }
    proposal::tell(&mut tx).await?;
    tx.commit().await?;
    visit.go(&url, "保存しました", training.title).await
}

/// The revision that a form showed; 0 is none.
pub fn seen(form: &Form) -> i32 {
    form.get("seen").parse().unwrap_or(0)
}

/// Whether a form that came back was overtaken by another save.
pub fn is_stale(filled: &Filled, held: &Held) -> bool {
    seen(&filled.form) != held.revision
}
