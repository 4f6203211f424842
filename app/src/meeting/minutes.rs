//! `/{city}/staff/meetings/{number}/minutes`: 議事録 – who came, what came of each point, what was said – to read, to print and
//! to write.

use axum::{
    extract::{Path, Query},
    response::Response,
};
use leptos::prelude::*;
use rashin_domain::{
    clock::moment_label,
    form::{Form, FormErrors},
    meeting::{Act, Event, State},
};
use rashin_store::{
    meeting::STALE_MEETING,
    minutes::{Attended, Errand, Errands, Minutes, NewMinutes, STALE_MINUTES},
};
use serde::Deserialize;

use super::{
    Hall, attendance, crumbs, meeting_url,
    of_case::{reason, taken_words},
};
use crate::{
    ui::{
        field::{Filled, TEXT, hidden, input, required, textarea},
        frame::{Frame, Here},
        section::{col, empty, facts, note, page_head, section, table},
    },
    web::{Page, Posted, Refusal, Visit},
};

/// Longest text, in characters: a long day's meeting.
const TEXT_LIMIT: usize = 40_000;
const REASON_LIMIT: usize = 200;

#[derive(Deserialize)]
pub struct View {
    /// `posts`: posts instead of names, as it is published.
    #[serde(default)]
    view: String,
}

pub async fn minutes(visit: Visit, Path((city, number)): Path<(String, i32)>, Query(View { view }): Query<View>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let hall = Hall::load(&mut tx, number).await?;
    let (versions, attended) = (tx.minutes(&hall.sitting).await?, tx.attendance(&hall.sitting).await?);
    let errands = tx.errands(Errands::OfMeeting(number)).await?;
    let is_host = tx.member().is_some_and(|me| hall.hosts().contains(&me.id));
    let newest = versions.first();
    let named = view != "posts";
    let filled = Filled::new(visit.take_held().await?, || {
        let mut form = Form::default();
        form.set("text", newest.map_or_else(|| outline(&hall), |newest| newest.text.clone()));
        form.set("seen", newest.map_or(0, |newest| newest.revision).to_string());
        form
    });
    let url = format!("{}/minutes", meeting_url(&city, number));
    let other = match named {
        true => view! { <a href=format!("{url}?view=posts")>"職名で表示（公開用）"</a> },
        false => view! { <a href=url.clone()>"氏名で表示"</a> },
    };
    let state = newest.map(|newest| {
        let words = if newest.confirmed { "確定" } else { "案" };
        let by = if named { format!("　{}", newest.author) } else { String::new() };
        note(format!("{words}　第{}版{by}　{}", newest.revision, moment_label(newest.at)))
    });
    let text = newest.map(|newest| section("said", "議事", state, view! { <div class="rashin-lines prose">{newest.text.clone()}</div> }));
    let main = view! {
        {filled.summary()}
        {page_head(hall.body.charter.name.clone(), format!("議事録　{}", hall.sitting.meeting.arrangement.title), view! { <p class="links">{other}</p> })}
        {(newest.is_none() && !is_host).then(|| empty("議事録はまだ書かれていません。", Some((meeting_url(&city, number), "会議に戻る"))))}
        <div class="rashin-minutes">
            {about(&hall)}
            {present(&attended, named)}
            {outcomes(&hall)}
            {text}
            {to_do(&errands, named)}
        </div>
        {is_host.then(|| editor(&hall, &url, newest, &filled))}
        {(versions.len() > 1).then(|| section("versions", "版", note(format!("{}件", versions.len())), older(&versions)))}
    };
    let frame = Frame::staff(&tx, None, Here::Cases).crumbs(crumbs(&city, Some(&hall.sitting))).flash(visit.take_flash().await?);
    Ok(Page::new(filled.title(&format!("議事録　{}", hall.sitting.meeting.arrangement.title)), frame, main))
}

fn about(hall: &Hall) -> impl IntoView + use<> {
    let arrangement = &hall.sitting.meeting.arrangement;
    let mut rows = vec![("日時", arrangement.when().into_any()), ("開き方", arrangement.manner.label().into_any())];
    if !arrangement.place.is_empty() {
        rows.push(("場所", arrangement.place.clone().into_any()));
    }
    facts(rows)
}

fn present(attended: &[Attended], named: bool) -> Option<AnyView> {
    let rows = attended.iter().map(|one| {
        let who = match (named, one.sat_as.is_empty(), one.name.is_empty()) {
            (true, _, false) => one.name.clone(),
            (_, false, _) => one.sat_as.clone(),
            _ => "委員".to_owned(),
        };
        let below = (named && !one.name.is_empty()).then(|| view! { <span class="dads-table__sub">{one.sat_as.clone()}</span> });
        let deputy = if one.deputy.is_empty() || !named { String::new() } else { format!("（{}）", one.deputy) };
        view! {
            <tr role="row">
                <th scope="row" role="rowheader">{who}{below}</th>
                <td role="cell"><span class="dads-table__cell-label">"出欠"</span><span>{format!("{}{deputy}", one.presence.label())}</span></td>
            </tr>
        }
    });
    let body = view! { <tbody role="rowgroup">{rows.collect_view()}</tbody> }.into_any();
    (!attended.is_empty()).then(|| {
        section(
            "present",
            "出席",
            note(attendance::words(attended)),
            table("seats-present", "委員の出欠", vec![col("委員"), col("出欠")], body, true),
        )
    })
}

fn outcomes(hall: &Hall) -> Option<AnyView> {
    let items: Vec<_> = (hall.sitting.agenda.iter())
        .map(|point| {
            let (words, said) = match &point.outcome {
                Some(taken) => (taken_words(taken), reason(taken).to_owned()),
                None => (String::new(), point.result.clone()),
            };
            let words = (!words.is_empty()).then(|| view! { <b>{words}</b> });
            let number = point.case.as_ref().map(|case| view! { <span class="dads-table__sub">{format!("案件 {}", case.number)}</span> });
            let document = point.outcome.as_ref().filter(|taken| !taken.document.is_empty()).map(|taken| view! { <span class="note">{format!("　{}", taken.document)}</span> });
            let said = (!said.is_empty()).then(|| view! { <blockquote class="rashin-lines">{said}</blockquote> });
            view! { <li><div><span class="rashin-points__title">{point.title().to_owned()}</span>{number}<div class="rashin-points__result">{words}{document}{said}</div></div></li> }
        })
        .collect();
    (!items.is_empty())
        .then(|| section("outcomes", "議題と結果", note(format!("{}件", items.len())), view! { <ol class="rashin-points">{items}</ol> }))
}

fn to_do(errands: &[Errand], named: bool) -> Option<AnyView> {
    let items = errands.iter().map(|errand| {
        let who = if named { format!("（{}、", errand.owner_name) } else { "（".to_owned() };
        view! { <li>{format!("{}{who}期限 {}）", errand.text, rashin_domain::clock::date_label(errand.due))}</li> }
    });
    (!errands.is_empty()).then(|| section("to-do", "対応事項", (), view! { <ul class="prose">{items.collect_view()}</ul> }))
}

/// What a first draft begins with: a heading for each point.
fn outline(hall: &Hall) -> String {
    let points = hall.sitting.agenda.iter().enumerate();
    points.map(|(n, point)| format!("{}　{}\n・主な意見：\n", n + 1, point.title())).collect::<Vec<_>>().join("\n")
}

fn editor(hall: &Hall, url: &str, newest: Option<&Minutes>, filled: &Filled) -> AnyView {
    let meeting = &hall.sitting.meeting;
    if meeting.state == State::CalledOff {
        return empty("中止した会議に議事録はありません。", None).into_any();
    }
    let is_closed = meeting.state == State::Closed;
    let heading = match (is_closed, newest) {
        (true, _) => "議事録を訂正する",
        (false, Some(_)) => "議事録の案を書き直す",
        (false, None) => "議事録を書く",
    };
    let hint = "出席・議題と結果・対応事項は自動で載ります。公開することがあるため、発言者は職名で書いてください。";
    let why = is_closed.then(|| input(filled, "reason", &required("訂正の理由"), TEXT));
    let buttons = match (is_closed, meeting.is_recorded_on(hall.council.today)) {
        (true, _) => {
            view! { <button class="dads-button" data-type="solid-fill" name="do" value="confirm">"訂正して確定する"</button> }.into_any()
        }
        (false, true) => view! {
            <button class="dads-button" data-type="outline" name="do" value="draft">"案として保存する"</button>
            <button class="dads-button" data-type="solid-fill" name="do" value="confirm">"確定して会議を終える"</button>
        }
        .into_any(),
        (false, false) => {
            view! { <button class="dads-button" data-type="solid-fill" name="do" value="draft">"案として保存する"</button> }.into_any()
        }
    };
    let undecided = hall.sitting.agenda.iter().filter(|point| point.case.is_some() && !super::agenda::is_settled(point)).count();
    let warning = (!is_closed && undecided > 0).then(|| {
        note(format!("結果を記録していない案件が{undecided}件あります。会議を終えたあとは、案件の画面から、この会議を選んで記録します。"))
    });
    let form = view! {
        {warning}
        <form class="stack rashin-form" method="post" action=url.to_owned() novalidate>
            {hidden("seen", filled.form.get("seen"))}
            {textarea(filled, "text", &required("議事").hint(hint), 5)}
            {why}
            <p class="actions">{buttons}</p>
        </form>
    };
    view! { <div class="rashin-screen-only">{section("write", heading, (), form)}</div> }.into_any()
}

fn older(versions: &[Minutes]) -> AnyView {
    let items = versions.iter().skip(1).map(|version| {
        let words = if version.confirmed { "確定" } else { "案" };
        let why = (!version.reason.is_empty()).then(|| format!("　訂正の理由：{}", version.reason));
        view! {
            <details class="rashin-fold">
                <summary>{format!("第{}版　{words}　{} {}", version.revision, version.author, moment_label(version.at))}{why}</summary>
                <div class="rashin-lines prose">{version.text.clone()}</div>
            </details>
        }
    });
    let newest = versions
        .first()
        .filter(|newest| !newest.reason.is_empty())
        .map(|newest| note(format!("第{}版の訂正の理由：{}", newest.revision, newest.reason)));
    view! { <div class="rashin-screen-only">{newest}{items.collect_view()}</div> }.into_any()
}

/// `POST /{city}/staff/meetings/{number}/minutes`. Fields: `text`, `seen` (revision), `do` (`draft` or `confirm`), `reason`.
pub async fn write(visit: Visit, Path((city, number)): Path<(String, i32)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = format!("{}/minutes", meeting_url(&city, number));
    visit.or_hold(&page, &form).await?;
    let (mut tx, hall, permit) = Hall::run(&visit, &city, number).await?;
    let is_closed = hall.sitting.meeting.state == State::Closed;
    let mut errors = FormErrors::default();
    let text = form.required("text", "議事", TEXT_LIMIT, &mut errors);
    let reason = match is_closed {
        true => form.required("reason", "訂正の理由", REASON_LIMIT, &mut errors),
        false => String::new(),
    };
    let confirmed = is_closed || form.get("do") == "confirm";
    let event = Event { on: hall.council.today, act: Act::Closed };
    let closes = confirmed && !is_closed;
    if hall.sitting.meeting.state == State::CalledOff {
        errors.push::<()>("text", "中止した会議に議事録は書けません。".to_owned());
    } else if closes && let Err(refused) = hall.sitting.meeting.after(&event) {
        errors.push::<()>("text", refused.label().to_owned());
    }
    if !errors.is_empty() {
        return visit.back(&page, form, errors).await;
    }
    let seen: i32 = form.get("seen").parse().unwrap_or_default();
    let new = NewMinutes { text, confirmed, reason };
    match tx.write_minutes(permit, &hall.sitting, &new, seen).await {
        Err(error) if error.is_conflict_on(STALE_MINUTES) => return overtaken(&visit, &mut tx, &hall, &page, form).await,
        written => written?,
    }
    if closes {
        let permit = hall.permit(&visit, &mut tx).await?;
        match tx.record_meeting(permit, &hall.sitting, &event.act).await {
            Err(error) if error.is_conflict_on(STALE_MEETING) => return overtaken(&visit, &mut tx, &hall, &page, form).await,
            recorded => recorded?,
        }
    }
    tx.commit().await?;
    let heading = match (closes, is_closed) {
        (true, _) => "議事録を確定し、会議を終えました",
        (false, true) => "議事録を訂正しました",
        (false, false) => "議事録の案を保存しました",
    };
    visit.go(&page, heading, "").await
}

/// Somebody was quicker: what was typed comes back below what stands now, to be put together.
async fn overtaken(visit: &Visit, tx: &mut rashin_store::TenantTx, hall: &Hall, page: &str, form: Form) -> Result<Response, Refusal> {
    let newest = tx.minutes(&hall.sitting).await?.into_iter().next();
    let mut form = form;
    form.set("seen", newest.as_ref().map_or(0, |newest| newest.revision).to_string());
    let who = newest.map_or_else(|| "ほかの人".to_owned(), |newest| format!("{}さん（第{}版）", newest.author, newest.revision));
    let sentence = format!("{who}が先に保存しました。上のいまの議事録と見比べて、残す内容を確かめ、もう一度保存してください。");
    visit.back(page, form, FormErrors::one("text", sentence)).await
}
