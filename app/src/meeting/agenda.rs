//! 次第: the cases that wait for the body on that day, and points of its own.

use std::collections::BTreeSet;

use axum::{extract::Path, response::Response};
use leptos::prelude::*;
use rashin_domain::{
    case::Standing,
    form::FormErrors,
    ids::{AgendaId, CaseId},
};
use rashin_store::meeting::Point;

use super::{
    CaseFile, Hall, meeting_url,
    of_case::{reason, taken_words},
};
use crate::{
    case::{case_url, standing_words},
    ui::{
        field::{Filled, TEXT, checkboxes, input, optional, select, side_form},
        section::{empty, note, section},
    },
    web::{Posted, Refusal, Visit},
};

/// Longest point of its own, in characters.
const TEXT_LIMIT: usize = 200;

/// Whether what came of a point is known.
pub fn is_settled(point: &Point) -> bool {
    point.outcome.is_some() || !point.result.is_empty()
}

pub fn section_of(city: &str, hall: &Hall, cases: &[CaseFile], is_host: bool, filled: &Filled) -> AnyView {
    let sitting = &hall.sitting;
    let can_edit = is_host && !sitting.meeting.is_over();
    let items = sitting.agenda.iter().enumerate().map(|(n, point)| line(city, hall, cases, n, point, can_edit)).collect_view();
    let list = match (sitting.agenda.is_empty(), can_edit) {
        (true, true) => empty("議題はまだありません。下から、この会議体の番の案件や、そのほかの議題を加えてください。", None).into_any(),
        (true, false) => empty("議題はまだありません。", None).into_any(),
        (false, _) => view! { <ol class="rashin-points">{items}</ol> }.into_any(),
    };
    let add = can_edit.then(|| add_form(city, hall, cases, filled));
    section("agenda", "次第", note(format!("{}件", sitting.agenda.len())), view! { {list}{add} })
}

fn line(city: &str, hall: &Hall, cases: &[CaseFile], n: usize, point: &Point, can_edit: bool) -> AnyView {
    let title = match &point.case {
        Some(case) => view! { <a href=case_url(city, case.number)>{case.title.clone()}</a> }.into_any(),
        None => point.text.clone().into_any(),
    };
    let filed = point.case.as_ref().and_then(|case| cases.iter().find(|filed| filed.id == case.id));
    let below = match (filed, &point.outcome) {
        (Some(filed), None) => {
            let stage = standing_words(filed, &hall.council.standing(filed));
            let how = if hall.stage_of(filed).is_some() { String::new() } else { "（報告）".to_owned() };
            Some(format!("案件 {}　{stage}{how}", filed.number))
        }
        (Some(filed), Some(_)) => Some(format!("案件 {}", filed.number)),
        (None, _) => None,
    };
    let result = match &point.outcome {
        Some(taken) => Some((taken_words(taken), reason(taken).to_owned())),
        None => Some(("結果".to_owned(), point.result.clone())).filter(|(_, said)| !said.is_empty()),
    };
    let result = result.map(|(words, said)| {
        let said = (!said.is_empty()).then(|| view! { <blockquote class="rashin-lines">{said}</blockquote> });
        view! { <div class="rashin-points__result"><b>{words}</b>{said}</div> }
    });
    let moves = can_edit.then(|| {
        let button = |way: &'static str, words: &'static str| {
            view! { <button class="dads-button" data-type="outline" data-size="sm" name=way value=point.id.to_string()>{words}<span class="vh">{format!("：{}", point.title())}</span></button> }
        };
        let last = n + 1 == hall.sitting.agenda.len();
        view! {
            <form class="rashin-points__moves" method="post" action=format!("{}/agenda-moves", meeting_url(city, hall.sitting.number))>
                {(n > 0).then(|| button("up", "上へ"))}
                {(!last).then(|| button("down", "下へ"))}
                {(!is_settled(point)).then(|| button("off", "外す"))}
            </form>
        }
    });
    view! {
        <li>
            <div><span class="rashin-points__title">{title}</span>{below.map(|below| view! { <span class="dads-table__sub">{below}</span> })}{result}</div>
            {moves}
        </li>
    }
    .into_any()
}

/// Cases that wait for the body on that day and are not on the agenda; the other open ones can be brought for report.
fn add_form(city: &str, hall: &Hall, cases: &[CaseFile], filled: &Filled) -> AnyView {
    let is_new = |filed: &&CaseFile| hall.sitting.point_of(filed.id).is_none();
    let (waiting, others): (Vec<&CaseFile>, Vec<&CaseFile>) = cases.iter().filter(is_new).partition(|filed| hall.stage_of(filed).is_some());
    let name = |filed: &CaseFile| format!("案件 {}　{}", filed.number, filed.newest.content.title);
    let boxes: Vec<_> = waiting.iter().map(|filed| (filed.number.to_string(), name(filed))).collect();
    let is_open = |filed: &&&CaseFile| matches!(hall.council.standing(filed), Standing::At(_));
    let others: Vec<_> = others.iter().filter(is_open).map(|filed| (filed.number.to_string(), name(filed))).collect();
    let fields = view! {
        {(!boxes.is_empty()).then(|| checkboxes(filled, "case", &optional("この会議体の番の案件").hint("会議の日に、この会議体が審議する段階にあるものです。"), &boxes))}
        {boxes.is_empty().then(|| note("この会議体の番で、まだ次第にない案件はありません。"))}
        {(!others.is_empty()).then(|| select(filled, "report", &optional("報告する案件").hint("ほかの段階にある案件を、報告として載せます。"), &others, "なし"))}
        {input(filled, "point", &optional("そのほかの議題").hint("例：今年度の進め方について"), TEXT)}
    };
    view! { <details class="rashin-detail" open=hall.sitting.agenda.is_empty() || !filled.errors.is_empty()><summary>"議題を加える"</summary>{side_form(format!("{}/agenda", meeting_url(city, hall.sitting.number)), fields, "次第に加える")}</details> }.into_any()
}

/// `POST /{city}/staff/meetings/{number}/agenda`. Fields: `case.{number}`, `report`, `point`.
pub async fn add(visit: Visit, Path((city, number)): Path<(String, i32)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = meeting_url(&city, number);
    visit.or_hold(&page, &form).await?;
    let (mut tx, hall, permit) = Hall::run(&visit, &city, number).await?;
    let mut errors = FormErrors::default();
    let text = form.text("point", "そのほかの議題", TEXT_LIMIT, &mut errors);
    let chosen: BTreeSet<i32> = (form.under("case.").iter().filter(|(_, on)| *on == "on").map(|(number, _)| number))
        .chain([form.get("report")])
        .filter_map(|number| number.parse().ok())
        .collect();
    let mut cases = tx.cases(None).await?;
    // As they were opened.
    cases.reverse();
    let cases: Vec<CaseId> = cases.iter().filter(|filed| chosen.contains(&filed.number)).map(|filed| filed.id).collect();
    if hall.sitting.meeting.is_over() {
        errors.push::<()>("point", "この会議は終わっているか、中止されているため、次第を変えられません。".to_owned());
    } else if cases.is_empty() && text.is_empty() && errors.is_empty() {
        errors.push::<()>("point", "案件を選ぶか、そのほかの議題を入力してください。".to_owned());
    }
    if !errors.is_empty() {
        return visit.back(&page, form, errors).await;
    }
    tx.add_to_agenda(permit, &hall.sitting, &cases, &text).await?;
    tx.commit().await?;
    visit.go(&format!("{page}#agenda"), "次第に加えました", "").await
}

/// `POST /{city}/staff/meetings/{number}/agenda-moves`. One field: `up`, `down` or `off`, with the id of a point.
pub async fn shift(visit: Visit, Path((city, number)): Path<(String, i32)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = meeting_url(&city, number);
    visit.or_hold(&page, &form).await?;
    let (mut tx, hall, permit) = Hall::run(&visit, &city, number).await?;
    let place = |name: &str| {
        let id: AgendaId = form.get(name).parse().ok()?;
        hall.sitting.agenda.iter().position(|point| point.id == id)
    };
    let mut order: Vec<AgendaId> = hall.sitting.agenda.iter().map(|point| point.id).collect();
    if hall.sitting.meeting.is_over() {
        return Err(Refusal::Conflict {
            what: "この会議は終わっているか、中止されているため、次第を変えられません。".to_owned(),
            back: page,
        });
    }
    match (place("up"), place("down"), place("off")) {
        (Some(at), ..) if at > 0 => order.swap(at - 1, at),
        (_, Some(at), _) if at + 1 < order.len() => order.swap(at, at + 1),
        (.., Some(at)) => {
            let point = &hall.sitting.agenda[at];
            if is_settled(point) || tx.answers(&hall.sitting).await?.iter().any(|answered| answered.point == point.id) {
                let what = "結果や委員の回答がある議題は、次第から外せません。".to_owned();
                return Err(Refusal::Conflict { what, back: page });
            }
            tx.take_from_agenda(permit, &hall.sitting, point).await?;
            tx.commit().await?;
            return visit.go(&format!("{page}#agenda"), "次第から外しました", "").await;
        }
        // Somebody moved or took it meanwhile: the page shows how it is.
        _ => return visit.go(&format!("{page}#agenda"), "変更はありません", "").await,
    }
    tx.order_agenda(permit, &hall.sitting, &order).await?;
    tx.commit().await?;
    visit.go(&format!("{page}#agenda"), "順番を変えました", "").await
}
