//! `/{city}/staff/routes/new` and `…/{route}/edit`: a route as a form, with its picture beside it.
//!
//! The form is drawn from itself: every button but the last one posts it and gets it back, put in another order or drawn
//! anew. What does not belong to the work of a stage is hidden by the style sheet, and not read in any case.

use axum::extract::{Path, Query};
use leptos::prelude::*;
use rashin_domain::{
    access::Action,
    route::{Acts, MOST_STAGES, Outcome, Requirement, Route, Stage, To, Work, form, templates},
};
use rashin_store::roster::Body;
use serde::Deserialize;

use super::{crumbs, diagram::diagram, edits::Shown, route_url, routes_url};
use crate::{
    council::Council,
    ui::{
        field::{Filled, Input, TEXT, checkbox, group, hidden, input, optional, required, select, textarea},
        frame::{Frame, Here},
        section::{note, page_head, section},
    },
    web::{Page, Refusal, Visit},
};

const DAYS: Input = Input { width: Some("4"), numeric: true, ..TEXT };

/// What a new route begins as.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Begun {
    /// `template.{key}`, `route.{key}`; one empty stage else.
    from: String,
}

pub async fn new(visit: Visit, Path(city): Path<String>, Query(begun): Query<Begun>, Query(shown): Query<Shown>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let _may = visit.permit(&mut tx, &Action::Constitute).await?;
    let (bodies, kept) = (tx.rosters().await?, tx.routes().await?);
    let source = match begun.from.split_once('.') {
        Some(("template", key)) => templates().into_iter().find(|template| template.key == key).map(|template| template.route),
        Some(("route", key)) => kept
            .into_iter()
            .find(|kept| kept.key == key)
            .map(|kept| Route { name: format!("{}（写し）", kept.route.name), ..kept.route }),
        _ => None,
    };
    let typed = shown.form(&visit, &tx).await?;
    let filled = Filled::new(visit.take_held().await?, || typed.unwrap_or_else(|| form::fill(&source.unwrap_or_else(empty))));
    let key = input(
        &filled,
        "key",
        &required("記号").hint("半角の英小文字・数字・ハイフン。アドレスで使い、あとから変えられません。例：window"),
        TEXT,
    );
    let title = "新しい経路";
    let main = view! {
        {filled.summary()}
        {page_head("経路", title, ())}
        {note("案件が通る段階を、上から順に決めます。保存すると、案件を起こすときに選べるようになります。")}
        {desk(&city, &bodies, &filled, routes_url(&city), key.into_any(), "保存すると第1版になります。")}
    };
    let frame = Frame::staff(&tx, None, Here::Cases)
        .crumbs(crumbs(&city, vec![("経路".to_owned(), routes_url(&city))]))
        .flash(visit.take_flash().await?);
    Ok(Page::new(filled.title(title), frame, main))
}

/// 起案 and nothing else.
fn empty() -> Route {
    let start = Stage {
        key: "s1".to_owned(),
        name: "起案".to_owned(),
        work: Work::Draft,
        acts: Acts::Proposer,
        requires: Default::default(),
        days: None,
        ways: Vec::new(),
    };
    Route { name: String::new(), note: String::new(), stages: vec![start] }
}

pub async fn edit(visit: Visit, Path((city, key)): Path<(String, String)>, Query(shown): Query<Shown>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let versions = tx.route_versions(&key).await?;
    let _may = visit.permit(&mut tx, &Action::Constitute).await?;
    let council = Council::load(&mut tx).await?;
    let (under_way, bodies) = (super::versions::under_way(&mut tx, &council).await?, tx.rosters().await?);
    let newest = &versions[0];
    let typed = shown.form(&visit, &tx).await?;
    let saved = || {
        let mut form = form::fill(&newest.route);
        form.set("seen", newest.version.to_string());
        form
    };
    let filled = Filled::new(visit.take_held().await?, || typed.unwrap_or_else(saved));
    let stay: Vec<String> =
        (versions.iter().rev()).filter_map(|kept| Some(format!("{}件は第{}版", under_way.get(&kept.id)?, kept.version))).collect();
    let cases = match stay.is_empty() {
        true => "この経路を進行中の案件はありません。".to_owned(),
        false => format!("進行中の案件は、{}のまま進みます。", stay.join("、")),
    };
    let identity = view! { {hidden("route", key.clone())}{hidden("seen", filled.form.get("seen"))} };
    let words = format!("保存すると第{}版になり、これから起こす案件に使います。{cases}", newest.version + 1);
    let title = "経路を編集する";
    let links = view! { <p class="links"><a href=route_url(&city, &key)>{format!("いまの第{}版を見る", newest.version)}</a></p> };
    let main = view! {
        {filled.summary()}
        {page_head(newest.route.name.clone(), title, links)}
        {desk(&city, &bodies, &filled, format!("{}/revisions", route_url(&city, &key)), identity.into_any(), &words)}
    };
    let above = vec![("経路".to_owned(), routes_url(&city)), (newest.route.name.clone(), route_url(&city, &key))];
    let frame = Frame::staff(&tx, None, Here::Cases).crumbs(crumbs(&city, above)).flash(visit.take_flash().await?);
    Ok(Page::new(filled.title(title), frame, main))
}

/// The form and the picture of what stands in it.
fn desk(city: &str, bodies: &[Body], filled: &Filled, action: String, identity: AnyView, consequence: &str) -> AnyView {
    let (route, _) = form::read(&filled.form);
    let stages = (0..route.stages.len()).map(|at| stage(city, bodies, filled, &route, at)).collect_view();
    let add = route.stages.is_empty().then(|| arrange(city, "add.0", "段階を加える", None));
    view! {
        <div class="rashin-routing">
            <form class="stack rashin-form" method="post" action=action novalidate>
                // The first button is the one that the Enter key presses: it only draws.
                <p class="actions">{arrange(city, "draw", "図を描き直す", None)}</p>
                {identity}
                {input(filled, "name", &required("経路の名前").hint("例：窓口の改善の経路"), TEXT)}
                {textarea(filled, "note", &optional("説明").hint("どのような案件の経路か。推定した順序があれば、それも書きます。"), 3)}
                {section("stages", "段階", note("上から順に並べます。最初の段階から案件が始まります。"), view! { {group_of_stages(filled, stages.into_any())}{add} })}
                {meanings()}
                <div class="rashin-submit">
                    <p>{consequence.to_owned()}</p>
                    <button class="dads-button" data-type="solid-fill">"保存する"</button>
                </div>
            </form>
            <section class="rashin-routing__picture" aria-labelledby="picture">
                <h2 id="picture">"図"</h2>
                {note("いまのフォームの内容です。書き換えたら「図を描き直す」を押してください。保存はされません。")}
                {diagram(&route, None)}
            </section>
        </div>
    }
    .into_any()
}

/// What is wrong with the stages together stands above them.
fn group_of_stages(filled: &Filled, stages: AnyView) -> AnyView {
    let error = filled.errors.of("stages").map(|sentence| format!("＊{sentence}"));
    view! { {error.map(|error| view! { <p class="dads-form-control-label__error-text">{error}</p> })}{stages} }.into_any()
}

/// A button that posts the form and gets it back.
fn arrange(city: &str, act: impl Into<String>, words: &'static str, of: Option<&str>) -> AnyView {
    let of = of.map(|of| view! { <span class="vh">{format!("（{of}）")}</span> });
    view! { <button class="dads-button" data-type="outline" data-size="sm" formaction=format!("{}/drafts", routes_url(city)) name="do" value=act.into()>{words}{of}</button> }.into_any()
}

fn called(route: &Route, at: usize) -> String {
    match route.stages[at].name.as_str() {
        "" => format!("{}番目の段階", at + 1),
        name => name.to_owned(),
    }
}

fn stage(city: &str, bodies: &[Body], filled: &Filled, route: &Route, at: usize) -> AnyView {
    let (of, name) = (|name: &str| form::field(at, name), called(route, at));
    let works: Vec<_> = Work::ALL.iter().map(|work| (work.code().to_owned(), work.label().to_owned())).collect();
    let own = [(Acts::Proposer, "提案者"), (Acts::Chief, "提案者の課の承認者（課長など）"), (Acts::Secretariat, "事務局")];
    let own = own.map(|(acts, words)| (form::acts_code(&acts), words.to_owned()));
    let bodies = bodies.iter().map(|body| (form::acts_code(&Acts::Body(body.charter.key.clone())), body.charter.name.clone()));
    let acts: Vec<_> = own.into_iter().chain(bodies).collect();
    let requires = Requirement::ALL.iter().map(|one| {
        let offered = at_works(|work| work.requirements().contains(one));
        view! { <div data-work=offered>{checkbox(filled, &of(&format!("requires.{}", one.code())), one.label().to_owned())}</div> }
    });
    let ways = Outcome::ALL.iter().map(|outcome| {
        let offered = at_works(|work| work.outcomes().contains(outcome));
        let leads = leads(route, at, *outcome);
        view! { <div data-work=offered>{select(filled, &of(&format!("to.{}", outcome.code())), &optional(outcome.label()), &leads, "しない")}</div> }
    });
    let (last, is_full) = (route.stages.len() - 1, route.stages.len() >= MOST_STAGES);
    let add = match is_full {
        true => note(format!("段階は{MOST_STAGES}個までです。")).into_any(),
        false => arrange(city, format!("add.{}", at + 1), "この下に段階を加える", Some(&name)),
    };
    let (by, id) = (format!("stage-{at}"), format!("stage-{at}"));
    view! {
        <div class="rashin-stage" role="group" aria-labelledby=by>
            <div class="rashin-stage__head">
                <h3 id=id>{format!("{}　{name}", at + 1)}</h3>
                <p class="rashin-stage__moves">
                    {(at > 0).then(|| arrange(city, format!("up.{at}"), "上へ", Some(&name)))}
                    {(at < last).then(|| arrange(city, format!("down.{at}"), "下へ", Some(&name)))}
                    {arrange(city, format!("remove.{at}"), "外す", Some(&name))}
                </p>
            </div>
            {hidden(&of("key"), route.stages[at].key.clone())}
            <div class="rashin-stage__row">
                {input(filled, &of("name"), &required("段階の名前"), TEXT)}
                {select(filled, &of("work"), &required("種類"), &works, "選択してください")}
                {select(filled, &of("acts"), &required("担い手"), &acts, "選択してください")}
                <div data-work=at_works(|work| work != Work::Trial)>{input(filled, &of("days"), &optional("期限（営業日）"), DAYS)}</div>
            </div>
            {group(filled, &of("requires"), &optional("次へ進むために要るもの"), view! { <div class="rashin-update__choices">{requires.collect_view()}</div> })}
            {group(filled, &of("ways"), &required("結果と行き先"), view! { <div class="rashin-stage__row">{ways.collect_view()}</div> })}
            <div class="actions">{add}</div>
        </div>
    }
    .into_any()
}

/// The kinds of work at which a field counts, as the style sheet reads them.
fn at_works(counts: impl Fn(Work) -> bool) -> String {
    Work::ALL.iter().filter(|work| counts(**work)).map(|work| work.code()).collect::<Vec<_>>().join(" ")
}

/// Where an outcome can lead: (code, words).
fn leads(route: &Route, at: usize, outcome: Outcome) -> Vec<(String, String)> {
    let stage = |other: usize| form::to_code(&To::Stage(route.stages[other].key.clone()));
    if outcome == Outcome::Continued {
        return vec![(stage(at), "この段階に留まる".to_owned())];
    }
    let stages = (0..route.stages.len())
        .filter(|other| *other != at)
        .map(|other| (stage(other), format!("{}　{}", other + 1, called(route, other))));
    let ends = outcome.endings().iter().map(|ending| (form::to_code(&To::End(*ending)), format!("終わり（{}）", ending.label())));
    stages.chain(ends).collect()
}

/// What each kind of work and each outcome means.
fn meanings() -> AnyView {
    let works = Work::ALL.iter().map(|work| {
        let outcomes = work.outcomes().iter().map(|outcome| outcome.label()).collect::<Vec<_>>().join("、");
        view! { <div><dt>{work.label()}</dt><dd>{work.task()}<br/><span class="note">{format!("選べる結果：{outcomes}")}</span></dd></div> }
    });
    let outcomes = Outcome::ALL.iter().map(|outcome| view! { <div><dt>{outcome.label()}</dt><dd>{outcome.meaning()}</dd></div> });
    view! {
        <details class="rashin-detail">
            <summary>"種類と結果の意味"</summary>
            <div class="stack">
                <dl class="dads-description-list">{works.collect_view()}</dl>
                <dl class="dads-description-list">{outcomes.collect_view()}</dl>
            </div>
        </details>
    }
    .into_any()
}
