//! Writing a case: a new one, or the next version of its text.

use axum::{extract::Path, response::Response};
use leptos::prelude::*;
use rashin_domain::{
    access::{Action, Member},
    case::{
        content::{Answer, Principle, principle_field},
        phase,
    },
    form::{Form, FormErrors},
    ids::{RouteId, SectionId},
    text::sentences,
};
use rashin_store::{
    TenantTx,
    case::{CaseFile, STALE_TEXT},
    route::Kept,
};

use super::{case_url, cases_url, offer::Offer, sheet, versions::versions_url};
use crate::{
    council::Council,
    ui::{
        field::{
            Filled, Input, TEXT, cell_input, checkboxes, group, hidden, input, optional, post_form, radios, required, select, textarea,
        },
        frame::{Frame, Here},
        section::{col, empty, note, num, page_head, section, table},
    },
    web::{Flash, Page, Posted, Refusal, Tone, Visit},
};

const AMOUNT: Input = Input { width: Some("8"), numeric: true, ..TEXT };

/// `/{city}/staff/cases/new`
pub async fn new(visit: Visit, Path(city): Path<String>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let _may = visit.permit(&mut tx, &Action::Propose).await?;
    let (routes, offer, council) = (tx.routes_in_use().await?, Offer::load(&mut tx).await?, Council::load(&mut tx).await?);
    let own = tx.member().map(|member| own_sections(member, &council)).unwrap_or_default();
    let filled = Filled::new(visit.take_held().await?, || {
        let mut form = Form::default();
        form.set("section", own.first().map(|(id, _)| id.clone()).unwrap_or_default());
        form.set("route", routes.first().filter(|_| routes.len() == 1).map(|kept| kept.id.to_string()).unwrap_or_default());
        form
    });
    let frame = Frame::staff(&tx, None, Here::Cases).crumbs(crumbs(&city, None)).flash(visit.take_flash().await?);
    let title = "案件を起こす";
    if routes.is_empty() {
        let words = "案件の進む経路が、まだありません。事務局が会議体と経路を決めると、案件を起こせます。";
        let main = view! { {page_head("", title, ())}{empty(words, Some((format!("/{city}/staff/routes"), "経路を見る")))} };
        return Ok(Page::new(title, frame, main));
    }
    let choices: Vec<_> = routes.iter().map(|kept| (kept.id.to_string(), kept.route.name.clone())).collect();
    let begin = view! {
        {select(&filled, "route", &required("経路").hint("どの会議体に諮るかが決まります。あとから変えられません。"), &choices, "選択してください")}
        {section_field(&filled, &own)}
    };
    let main = view! {
        {filled.summary()}
        {page_head("", title, ())}
        {note("件名だけで下書きとして保存できます。提出するまで、段階は進みません。")}
        {post_form(cases_url(&city), view! { {begin}{fields(&filled, &offer)} }, "下書きを保存する")}
    };
    Ok(Page::new(filled.title(title), frame, main))
}

/// `/{city}/staff/cases/{number}/edit`
pub async fn edit(visit: Visit, Path((city, number)): Path<(String, i32)>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let (filed, council) = load(&mut tx, number).await?;
    let _may = permit_to_act(&visit, &mut tx, &council, &filed).await?;
    let offer = Offer::load(&mut tx).await?;
    let filled = Filled::new(visit.take_held().await?, || {
        let mut form = Form::default();
        filed.newest.content.fill(&mut form);
        form.set("seen", filed.newest.revision.to_string());
        form
    });
    let main = view! {
        {filled.summary()}
        {page_head(format!("案件 {number}"), "内容を書き直す", ())}
        <p class="note">"保存すると新しい版になります。前の版は残ります。"<a href=versions_url(&city, number)>"版と違いを見る"</a></p>
        {post_form(format!("{}/versions", case_url(&city, number)), view! { {hidden("seen", filled.form.get("seen"))}{fields(&filled, &offer)} }, "保存する")}
    };
    let frame = Frame::staff(&tx, None, Here::Cases).crumbs(crumbs(&city, Some(&filed))).flash(visit.take_flash().await?);
    Ok(Page::new(filled.title("内容を書き直す"), frame, main))
}

/// `POST /{city}/staff/cases`
pub async fn open(visit: Visit, Path(city): Path<String>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = format!("{}/new", cases_url(&city));
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let permit = visit.permit(&mut tx, &Action::Propose).await?;
    let (routes, offer, council) = (tx.routes_in_use().await?, Offer::load(&mut tx).await?, Council::load(&mut tx).await?);
    let member = tx.member().cloned().ok_or(Refusal::NotFound)?;
    let own = own_sections(&member, &council);
    let mut errors = FormErrors::default();
    let route = chosen_route(&form, &routes);
    if route.is_none() {
        errors.push::<()>("route", sentences::choose("経路"));
    }
    let section = chosen_section(&form, &own, &mut errors);
    let content = offer.parse(&form);
    match (content, route) {
        (Ok(content), Some(route)) if errors.is_empty() => {
            let acted_as = council.acting_as(&member, &rashin_domain::route::Acts::Proposer);
            let number = tx.open_case(permit, route, section, &content, &acted_as).await?;
            tx.commit().await?;
            visit.go(&case_url(&city, number), format!("案件 {number}を保存しました"), "提出するまで、ほかの人の番にはなりません。").await
        }
        (content, _) => {
            let errors = errors.and(content.err().unwrap_or_default());
            visit.back(&page, form, errors).await
        }
    }
}

/// `POST /{city}/staff/cases/{number}/versions`
pub async fn save(visit: Visit, Path((city, number)): Path<(String, i32)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = format!("{}/edit", case_url(&city, number));
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let (filed, council) = load(&mut tx, number).await?;
    let permit = permit_to_act(&visit, &mut tx, &council, &filed).await?;
    let offer = Offer::load(&mut tx).await?;
    let content = match offer.parse(&form) {
        Ok(content) => content,
        Err(errors) => return visit.back(&page, form, errors).await,
    };
    if content == filed.newest.content {
        return visit.go(&case_url(&city, number), "変更はありません", "").await;
    }
    let seen: i32 = form.get("seen").parse().unwrap_or_default();
    match tx.save_case(permit, &filed, &content, seen).await {
        Ok(()) => {}
        Err(error) if error.is_conflict_on(STALE_TEXT) => {
            // Nothing typed is lost: it comes back beside the newer version's number, to be saved after a look.
            let mut form = form;
            form.set("seen", filed.newest.revision.to_string());
            let sentence = format!(
                "{}さんが先に書き直しました（第{}版）。違いを確かめて、もう一度保存してください。",
                filed.newest.author, filed.newest.revision
            );
            return visit.back(&page, form, FormErrors::one("title", sentence)).await;
        }
        Err(error) => return Err(error.into()),
    }
    tx.commit().await?;
    let flash = Flash { tone: Tone::Success, heading: format!("第{}版を保存しました", seen + 1), body: String::new() };
    visit.go_with(&case_url(&city, number), flash).await
}

/// A case with who is who; `NotFound` without it.
pub async fn load(tx: &mut TenantTx, number: i32) -> Result<(CaseFile, Council), Refusal> {
    let filed = tx.cases(Some(number)).await?.pop().ok_or(Refusal::NotFound)?;
    Ok((filed, Council::load(tx).await?))
}

/// Leave to act where a case is today.
pub async fn permit_to_act(
    visit: &Visit,
    tx: &mut TenantTx,
    council: &Council,
    filed: &CaseFile,
) -> Result<rashin_domain::access::Permit, Refusal> {
    let turn = council.members.iter().map(|member| member.id).filter(|id| council.may_act(filed, *id)).collect();
    visit.permit(tx, &Action::ActOnCase { turn: &turn }).await
}

pub fn crumbs(city: &str, filed: Option<&CaseFile>) -> Vec<(String, String)> {
    let mut crumbs = vec![("案件".to_owned(), cases_url(city))];
    crumbs.extend(filed.map(|filed| (filed.newest.content.title.clone(), case_url(city, filed.number))));
    crumbs
}

fn chosen_route(form: &Form, routes: &[Kept]) -> Option<RouteId> {
    routes.iter().find(|kept| kept.id.to_string() == form.get("route")).map(|kept| kept.id)
}

/// Which of the proposer's sections a case is of; nothing is asked of who works in one.
pub fn section_field(filled: &Filled, own: &[(String, String)]) -> Option<AnyView> {
    (own.len() > 1).then(|| select(filled, "section", &required("提案する課"), own, "選択してください").into_any())
}

/// Reads [`section_field`]; `None` of who works in no section, and after an error.
pub fn chosen_section(form: &Form, own: &[(String, String)], errors: &mut FormErrors) -> Option<SectionId> {
    let chosen = match own {
        [only] => Some(only),
        _ => own.iter().find(|(id, _)| id == form.get("section")),
    };
    if chosen.is_none() && !own.is_empty() {
        errors.push::<()>("section", sentences::choose("提案する課"));
    }
    chosen.and_then(|(id, _)| id.parse().ok())
}

/// Sections in which a member works: (id, name).
pub fn own_sections(member: &Member, council: &Council) -> Vec<(String, String)> {
    let mut own: Vec<(String, String)> = Vec::new();
    for section in member.assignments.iter().filter_map(|held| held.section) {
        let Some(section) = council.sections.iter().find(|one| one.id == section) else { continue };
        let entry = (section.id.to_string(), section.name.clone());
        if !own.contains(&entry) {
            own.push(entry);
        }
    }
    own
}

fn fields(filled: &Filled, offer: &Offer) -> AnyView {
    let principles = Principle::ALL.iter().map(|principle| {
        let answers: Vec<_> = Answer::ALL.iter().map(|answer| (answer.code(), answer.label().to_owned())).collect();
        radios(filled, &principle_field(*principle), &optional(principle.label()).hint(principle.question()), &answers)
    });
    let money = |name: &str, label: &str| input(filled, name, &optional(label), AMOUNT);
    view! {
        {input(filled, "title", &required("件名"), TEXT)}
        {textarea(filled, "problem", &optional("いまの困りごと").hint("誰が、いつ、何に困っているか。"), 4)}
        {textarea(filled, "proposal", &optional("提案の内容").hint("何をどう変えるか。"), 4)}
        {select(filled, "target", &optional("対象の指標・取組"), &offer.targets, "新しい取組")}
        {(!offer.attributes.is_empty()).then(|| checkboxes(filled, "attribute", &optional("属性"), &offer.attributes))}
        {section("principles", "デジタル3原則", (), view! { <div class="stack">{principles.collect_view()}</div> })}
        {section("bpr", "BPRシート", note("1回の時間と年間の回数から、1年の時間を計算します。"), group(filled, "steps", &optional("手順"), sheet::inputs(filled)))}
        {section("costs", "費用と効果", (), view! {
            <div class="stack">
                {money("costs.initial", "初期費用（千円）")}
                {money("costs.running", "年間の運用費用（千円）")}
                {money("costs.saving", "年間の削減額（千円）")}
                {input(filled, "costs.hours", &optional("年間に減る時間").hint("BPRシートで計算できないときだけ。"), AMOUNT)}
                {textarea(filled, "costs.note", &optional("費用と効果の説明"), 3)}
            </div>
        })}
        {group(filled, "phases", &optional("進め方").hint("年度ごとに、何をするか。導入が決まると、ロードマップの案になります。"), phases(filled))}
        {textarea(filled, "risks", &optional("リスクと対応"), 3)}
    }
    .into_any()
}

/// Lines of a year and what is done in it, with free ones at the end.
fn phases(filled: &Filled) -> AnyView {
    let said = |n: &usize| ["year", "what"].iter().any(|name| !filled.form.get(&phase::field(*n, name)).is_empty());
    let lines = ((0..phase::MOST_PHASES).rev().find(said).map_or(0, |n| n + 1) + 2).clamp(4, phase::MOST_PHASES);
    let cell = |n: usize, name: &str, label: &'static str, numeric: bool| {
        let words = format!("進め方の{}番目の{label}", n + 1);
        view! { <td role="cell"><span class="dads-table__cell-label">{label}</span><span>{cell_input(filled, &phase::field(n, name), words, numeric)}</span></td> }
    };
    let rows = (0..lines).map(|n| view! { <tr role="row">{cell(n, "year", "年度（西暦）", true)}{cell(n, "what", "内容", false)}</tr> });
    let body = view! { <tbody role="rowgroup">{rows.collect_view()}</tbody> }.into_any();
    view! { <div class="rashin-phases">{table("phase-lines", "年度ごとの進め方", vec![num("年度（西暦）"), col("内容")], body, true)}</div> }.into_any()
}
