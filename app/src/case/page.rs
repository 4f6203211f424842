//! `/{city}/staff/cases/{number}`: where it is, whose turn, for how long, what I can do; what it says; its whole way.

use axum::extract::Path;
use jiff::Timestamp;
use leptos::prelude::*;
use rashin_domain::{
    access::{Action, decide},
    case::{
        Act, Remark, Standing,
        content::{Content, Principle},
    },
    clock::{date_label, moment_label},
    ids::MemberId,
    record::{Periods, RecordKind, until_label},
    route::{Acts, Outcome, Requirement, Stage, Work},
    text::number,
};
use rashin_store::{
    card::Subject,
    case::{CaseFile, Happened, Said},
    case_watch::Escalation,
};
use rust_decimal::Decimal;

use super::{
    actions::{missing, seen},
    adoption, case_url, decided_words,
    form::{crumbs, load},
    line::due_words,
    offer::Offer,
    people::people,
    sheet, standing_words,
    versions::versions_url,
};
use crate::{
    attachment::{Owner, shelf},
    card,
    council::Council,
    initiative::initiative_url,
    kpi::staff::staff_url,
    meeting,
    record::export::export_url,
    ui::{
        field::{Filled, Label, TEXT, date, day, hidden, input, optional, post_form, radios, required, side_form, textarea},
        frame::{Frame, Here},
        section::{empty, facts, note, page_head, section},
    },
    web::{Page, Refusal, Visit},
};

pub async fn case(visit: Visit, Path((city, number)): Path<(String, i32)>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let (filed, council) = load(&mut tx, number).await?;
    let escalations = tx.escalations(Some(number)).await?.remove(&filed.id).unwrap_or_default();
    let (handovers, files) = (tx.handovers().await?, shelf(&mut tx, &Owner::of_case(&city, &filed, &council)).await?);
    let offer = Offer::of(&mut tx, &filed.newest.content).await?;
    let (periods, gives_out) = (tx.record_periods().await?, decide(tx.actor(), &Action::Constitute).is_ok());
    let me = tx.member().map(|member| member.id);
    let before = meeting::of_case::Before::load(&mut tx, &filed, &council).await?;
    let filled = Filled::new(visit.take_held().await?, || before.filled());
    let standing = council.standing(&filed);
    let mine = me.is_some_and(|me| council.may_act(&filed, me));
    let stage = match &standing {
        Standing::At(at) => filed.route.stage(&at.stage),
        Standing::Ended { .. } => None,
    };
    let subject = Subject::Case { number, title: filed.newest.content.title.clone() };
    let cards = card::shelf(&mut tx, &city, &subject).await?;
    let idea = crate::idea::source(&mut tx, &city, number).await?;
    let edit = mine.then(|| view! { <p class="links"><a href=format!("{}/edit", case_url(&city, number))>"内容を書き直す"</a></p> });
    let traces = adoption::traces(&mut tx, number).await?;
    let edits = decide(tx.actor(), &Action::Edit).is_ok();
    let main = view! {
        {filled.summary()}
        {page_head(format!("案件 {number}"), filed.newest.content.title.clone(), edit)}
        <p class="lead">{lead(&filed, &council, &standing, &escalations)}{kept(&standing, &periods)}</p>
        {idea}
        {way(&filed, &standing)}
        <div class="cols" data-cols="8-4">
            <div class="stack">
                {adoption::shelf(&city, &filed, council.today, traces.as_ref(), edits)}
                {content(&city, &filed.newest.content, &filed, &offer)}
                {meeting::of_case::section(&city, &filed, &before)}
                {files}
                {cards}
            </div>
            <div class="stack">
                {stage.filter(|_| mine).map(|stage| act(&city, &filed, &council, stage, &filled, &before))}
                {speak(&city, &filed, &council, me, &filled)}
                {people(&city, &filed, &council, me, &handovers, &filled)}
                {section("history", "経緯", (), history(&filed, &council, meeting::of_case::answers(&city, &before)))}
                {withdraw(&city, &filed, &standing, me, &filled)}
                {gives_out.then(|| view! { <p class="links"><a href=export_url(&city, number)>"情報公開のための写し"</a></p> })}
            </div>
        </div>
    };
    let frame = Frame::staff(&tx, None, Here::Cases).crumbs(crumbs(&city, None)).flash(visit.take_flash().await?);
    Ok(Page::new(filled.title(&filed.newest.content.title), frame, main))
}

/// 「部会 審議　部会の番です。期限 2026年6月30日」
fn lead(filed: &CaseFile, council: &Council, standing: &Standing, escalations: &[Escalation]) -> String {
    let words = standing_words(filed, standing);
    match (council.turn(filed), standing) {
        (Some((acts, turn)), Standing::At(at)) => {
            let who = council.acts_words(acts);
            let whose = if turn.instead {
                format!("{who}に担う人がいないため、事務局の番です")
            } else {
                format!("{who}の番です")
            };
            let due = due_words(at, council, escalations).map(|due| format!("{due}。")).unwrap_or_default();
            format!("いまは「{words}」、{whose}（{}から）。{due}", date_label(at.since))
        }
        (_, Standing::Ended { on, .. }) => format!("{}に「{words}」で終わりました。", date_label(*on)),
        (None, Standing::At(_)) => words,
    }
}

/// 「保存期限は令和13年度末です。」 of one that has ended.
fn kept(standing: &Standing, periods: &Periods) -> Option<String> {
    let Standing::Ended { on, .. } = standing else { return None };
    Some(format!("保存期限は{}です。", until_label(periods.last_year(RecordKind::Cases, *on))))
}

/// The stages in their order: those that were passed, where it is, those to come.
pub fn way(filed: &CaseFile, standing: &Standing) -> AnyView {
    let here = match standing {
        Standing::At(at) => Some(at.stage.as_str()),
        Standing::Ended { .. } => None,
    };
    let last = |key: &str| {
        filed.events.iter().rev().find_map(|happened| match &happened.event.act {
            Act::Decided { stage, outcome, .. } if stage == key => Some((*outcome, happened.decided_on)),
            _ => None,
        })
    };
    let stages = filed.route.stages.iter().map(|stage| {
        let is_here = here == Some(stage.key.as_str());
        let passed = last(&stage.key);
        let said = passed.map(|(outcome, on)| format!("{}　{}月{}日", outcome.label(), on.month(), on.day()));
        let state = (passed.is_some() && !is_here).then_some("completed");
        view! {
            <li data-state=state aria-current=is_here.then_some("step")>
                <span class="rashin-route__name">{stage.name.clone()}{is_here.then(|| view! { <span class="vh">"（いまここ）"</span> })}</span>
                {said.map(|said| view! { <span class="rashin-route__note">{said}</span> })}
            </li>
        }
    });
    view! { <ol class="rashin-route" aria-label="経路">{stages.collect_view()}</ol> }.into_any()
}

fn content(city: &str, content: &Content, filed: &CaseFile, offer: &Offer) -> AnyView {
    let text = |text: &str| (!text.is_empty()).then(|| view! { <span class="rashin-lines">{text.to_owned()}</span> }.into_any());
    let unsaid = || view! { <span class="rashin-unknown">"まだ書かれていません"</span> }.into_any();
    let target = match content.target.split_once('.') {
        Some(("kpi", code)) => view! { <a href=staff_url(city, code)>{offer.named(&content.target)}</a> }.into_any(),
        Some(("initiative", key)) => view! { <a href=initiative_url(city, key)>{offer.named(&content.target)}</a> }.into_any(),
        _ => "新しい取組".into_any(),
    };
    let attributes: Vec<String> = content.attributes.iter().map(|key| offer.named(&format!("attribute.{key}"))).collect();
    let rows = vec![
        ("いまの困りごと", text(&content.problem).unwrap_or_else(unsaid)),
        ("提案の内容", text(&content.proposal).unwrap_or_else(unsaid)),
        ("対象", target),
        ("属性", if attributes.is_empty() { unsaid() } else { attributes.join("、").into_any() }),
        ("デジタル3原則", principles(content).unwrap_or_else(unsaid)),
        ("リスクと対応", text(&content.risks).unwrap_or_else(unsaid)),
    ];
    let revision = format!("第{}版　{} {}", filed.newest.revision, filed.newest.author, moment_label(filed.newest.at));
    let versions = view! { <p class="note">{revision}"　"<a href=versions_url(city, filed.number)>"版と違い"</a></p> };
    let sheet = match content.sheet.is_blank() {
        true => empty("BPRシートはまだ書かれていません。", None).into_any(),
        false => sheet::shown(&content.sheet, ""),
    };
    view! {
        {section("case-text", "内容", versions, facts(rows))}
        {section("bpr", "BPRシート", (), sheet)}
        {section("costs", "費用と効果", (), costs(content))}
        {section("phases", "進め方", (), phases(content))}
    }
    .into_any()
}

/// Each principle with its answer; `None` before the first one.
fn principles(content: &Content) -> Option<AnyView> {
    let answer = |principle: &Principle| {
        let answer = content.principles.iter().find(|(asked, _)| asked == principle).map_or("未回答", |(_, answer)| answer.label());
        view! { <li><b>{answer}</b>{format!("　{}", principle.label())}<span class="dads-table__sub">{principle.question()}</span></li> }
    };
    let list = Principle::ALL.iter().map(answer).collect_view();
    (!content.principles.is_empty()).then(|| view! { <ul class="rashin-plain">{list}</ul> }.into_any())
}

fn phases(content: &Content) -> AnyView {
    if content.phases.is_empty() {
        return empty("年度ごとの進め方は、まだ書かれていません。", None).into_any();
    }
    let lines = content.phases.chunk_by(|one, other| one.year == other.year).map(|of_year| {
        let what = of_year.iter().map(|phase| view! { <li>{phase.what.clone()}</li> }).collect_view();
        view! { <div><dt>{of_year[0].year.label()}</dt><dd><ul class="rashin-plain">{what}</ul></dd></div> }
    });
    view! { <dl class="dads-description-list">{lines.collect_view()}</dl> }.into_any()
}

pub fn costs(content: &Content) -> AnyView {
    let costs = &content.costs;
    if costs.is_blank() {
        return empty("費用と効果はまだ書かれていません。", None).into_any();
    }
    let money = |amount: Option<i64>, unit: &str| match amount {
        Some(amount) => format!("{}{unit}", number::format(Decimal::from(amount))).into_any(),
        None => view! { <span class="rashin-unknown">"未記入"</span> }.into_any(),
    };
    let payback = costs
        .payback_years()
        .map_or_else(|| view! { <span class="rashin-unknown">"計算できません"</span> }.into_any(), |years| format!("{years}年").into_any());
    facts(vec![
        ("初期費用", money(costs.initial, "千円")),
        ("年間の運用費用", money(costs.running, "千円")),
        ("年間の削減額", money(costs.saving, "千円")),
        ("年間に減る時間", money(costs.hours, "時間")),
        ("回収までの年数", payback),
        (
            "説明",
            if costs.note.is_empty() {
                view! { <span class="rashin-unknown">"未記入"</span> }.into_any()
            } else {
                costs.note.clone().into_any()
            },
        ),
    ])
    .into_any()
}

/// The form of whoever's turn it is.
fn act(city: &str, filed: &CaseFile, council: &Council, stage: &Stage, filled: &Filled, before: &meeting::of_case::Before) -> AnyView {
    let Standing::At(at) = council.standing(filed) else { return ().into_any() };
    let met = !before.held.is_empty();
    let mut missing: Vec<&str> =
        stage.ways.iter().flat_map(|way| missing(filed, stage, &at, way.outcome, met)).map(|one| one.label()).collect();
    missing.sort_unstable();
    missing.dedup();
    let lacks = (!missing.is_empty()).then(|| note(format!("次へ進めるには、{}が要ります。", missing.join("、"))));
    let fields = view! {
        {hidden("seen", seen(filed, council))}
        {meeting::of_case::chooser(filled, before, stage)}
        {decision_fields(filled, "", required("結果"), stage, |outcome| outcome_words(filed, stage, outcome))}
        {is_decided_elsewhere(stage).then(|| date(filled, &decided_on(stage), &day("decided")))}
    };
    let heading = format!("{}として記録する", council.acts_words(&stage.acts));
    let to_meet = meeting::of_case::to_meet(city, &missing);
    section(
        "act",
        &heading,
        (),
        view! { {lacks}{to_meet}{post_form(format!("{}/decisions", case_url(city, filed.number)), fields, "記録する")} },
    )
}

/// The fields of a decision at a stage, their names under a prefix, as `actions::read` reads them.
pub fn decision_fields(filled: &Filled, prefix: &str, outcome: Label, stage: &Stage, words: impl Fn(Outcome) -> String) -> AnyView {
    let named = |field: &str| format!("{prefix}{field}");
    let outcomes: Vec<_> = stage.ways.iter().map(|way| (way.outcome.code(), words(way.outcome))).collect();
    let trial = stage.way(Outcome::Trial).is_some();
    let decides = stage.work == Work::Deliberation;
    view! {
        {radios(filled, &named("outcome"), &outcome, &outcomes)}
        {textarea(filled, &named("reason"), &optional("理由").hint("修正了承・継続審議・差戻し・見送りでは必須です。"), 3)}
        {trial.then(|| date(filled, &optional("トライアルの終わる日").hint("この日を過ぎると、結果を添えて戻ってきます。"), &day(&named("until"))))}
        {decides.then(|| input(filled, &named("document"), &optional("文書番号"), TEXT))}
    }
    .into_any()
}

/// Whether what is recorded at a stage may have been decided on an earlier day, on paper. Where the stage asks for a meeting,
/// the meeting has the day.
pub fn is_decided_elsewhere(stage: &Stage) -> bool {
    matches!(stage.work, Work::Deliberation | Work::Reception) && !stage.requires.contains(&Requirement::Meeting)
}

fn decided_on(stage: &Stage) -> Label {
    let empty = match stage.acts {
        Acts::Body(_) => "会議で決めたときは会議の日、ほかは記録した日",
        Acts::Proposer | Acts::Chief | Acts::Secretariat => "記録した日",
    };
    optional("決定日").hint(format!("紙の決裁などで先に決まったときだけ、西暦で入力。空欄なら、{empty}。"))
}

/// 「了承（部会 審議へ）」
pub fn outcome_words(filed: &CaseFile, stage: &Stage, outcome: Outcome) -> String {
    let to = stage.way(outcome).and_then(|way| match &way.to {
        rashin_domain::route::To::Stage(key) if *key != stage.key => filed.route.stage(key).map(|stage| format!("（{}へ）", stage.name)),
        _ => None,
    });
    format!("{}{}", outcome.label(), to.unwrap_or_default())
}

/// The form of an opinion; of a trial's result while one runs, or owes it.
fn speak(city: &str, filed: &CaseFile, council: &Council, me: Option<MemberId>, filled: &Filled) -> Option<AnyView> {
    let me = me?;
    let Standing::At(at) = council.standing(filed) else { return None };
    if !council.may_act(filed, me) && !filed.authors.contains(&me) {
        return None;
    }
    let kind = if at.trial_until.is_some() || at.owes_result { Remark::Result } else { Remark::Opinion };
    let fields = view! { {hidden("kind", kind.code())}{textarea(filled, "text", &required(kind.label()), 3)} };
    Some(section("speak", kind.label(), (), side_form(format!("{}/remarks", case_url(city, filed.number)), fields, "書き加える")))
}

/// Everything that happened and was said, newest first, with lines from elsewhere.
fn history(filed: &CaseFile, council: &Council, mut lines: Vec<(Timestamp, AnyView)>) -> AnyView {
    lines.extend(filed.events.iter().map(|happened| (happened.at, happening(filed, council, happened))));
    lines.extend(filed.remarks.iter().map(|said| (said.at, said_line(said))));
    // Of the same moment what came last is first.
    lines.reverse();
    lines.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let items = lines.into_iter().map(|(at, words)| view! { <li><time>{moment_label(at)}</time><div>{words}</div></li> });
    view! { <ol class="rashin-timeline rashin-task-list">{items.collect_view()}</ol> }.into_any()
}

fn happening(filed: &CaseFile, council: &Council, happened: &Happened) -> AnyView {
    let (words, reason) = match &happened.event.act {
        Act::Opened => ("案件を起こした".to_owned(), ""),
        Act::Decided { reason, .. } => (decided_words(filed, happened), reason.as_str()),
        Act::Withdrawn { reason } => ("取り下げた".to_owned(), reason.as_str()),
        Act::HandedOver { to } => (format!("提案者が{}さんに代わった", council.name(*to)), ""),
    };
    let document = (!happened.document.is_empty()).then(|| view! { <span class="note">{format!("　{}", happened.document)}</span> });
    let quote = (!reason.is_empty()).then(|| view! { <blockquote class="rashin-lines">{reason.to_owned()}</blockquote> });
    view! { <b>{words}</b>{document}<br/><span class="note">{format!("{}　{}", happened.acted_as, happened.name)}</span>{quote} }.into_any()
}

fn said_line(said: &Said) -> AnyView {
    view! { <b>{said.kind.label()}</b><br/><span class="note">{format!("{}　{}", said.acted_as, said.name)}</span><blockquote class="rashin-lines">{said.text.clone()}</blockquote> }
        .into_any()
}

fn withdraw(city: &str, filed: &CaseFile, standing: &Standing, me: Option<MemberId>, filled: &Filled) -> Option<AnyView> {
    let open = matches!(standing, Standing::At(_));
    me.filter(|me| open && filed.authors.contains(me)).map(|_| {
        let fields = textarea(filled, "withdrawal", &required("取り下げる理由"), 2);
        view! {
            <details class="rashin-detail">
                <summary>"取り下げる"</summary>
                {side_form(format!("{}/withdrawals", case_url(city, filed.number)), fields, "取り下げる")}
            </details>
        }
        .into_any()
    })
}
