//! `/{city}/staff/meetings/{number}`: when and where, what is before it, what came of it, what is to be done next.

use axum::extract::Path;
use leptos::prelude::*;
use rashin_domain::{
    clock::moment_label,
    meeting::{Act, Arrangement, Manner, State},
};
use rashin_store::{
    meeting::Sitting,
    minutes::{Attended, Errands, Minutes},
};

use super::{Hall, agenda, answers, attendance, crumbs, errands, meeting_url, state_words};
use crate::{
    council::body_url,
    ui::{
        field::{Filled, hidden},
        frame::{Frame, Here},
        section::{facts, page_head, section},
    },
    web::{Page, Refusal, Visit},
};

pub async fn meeting(visit: Visit, Path((city, number)): Path<(String, i32)>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let hall = Hall::load(&mut tx, number).await?;
    let me = tx.member().map(|member| member.id);
    let is_host = me.is_some_and(|me| hall.hosts().contains(&me));
    let is_member = me.is_some_and(|me| hall.members().contains(&me));
    let (cases, answered) = (tx.cases(None).await?, tx.answers(&hall.sitting).await?);
    let (attended, minutes) = (tx.attendance(&hall.sitting).await?, tx.minutes(&hall.sitting).await?);
    let errands = tx.errands(Errands::OfMeeting(number)).await?;
    let filled = Filled::new(visit.take_held().await?, || answers::filled(&answered, me));
    let meeting = &hall.sitting.meeting;
    let url = meeting_url(&city, number);
    let links = view! {
        <p class="links">
            <a href=format!("{url}/packet")>"資料（印刷用）"</a>
            <a href=format!("{url}/invitation.ics") download="">"予定表に入れる"</a>
            {(!minutes.is_empty()).then(|| view! { <a href=format!("{url}/minutes")>"議事録"</a> })}
            {(is_host && !meeting.is_over()).then(|| view! { <a href=format!("{url}/change")>"日時の変更・中止"</a> })}
        </p>
    };
    let main = view! {
        {filled.summary()}
        {page_head(hall.body.charter.name.clone(), meeting.arrangement.title.clone(), links)}
        <p class="lead">{lead(&hall)}</p>
        <div class="cols" data-cols="8-4">
            <div class="stack">
                {about(&city, &hall)}
                {agenda::section_of(&city, &hall, &cases, is_host, &filled)}
                {answers::section_of(&city, &hall, &answered, me.filter(|_| is_member), &filled)}
                {errands::section_of(&city, &hall, &errands, is_host, me, &filled)}
            </div>
            <div class="stack">
                {is_host.then(|| next(&city, &hall, &attended, &minutes, &filled))}
                {attendance::section_of(&city, &hall, &attended, &answered)}
                {section("history", "経緯", (), history(&hall.sitting))}
            </div>
        </div>
    };
    let frame = Frame::staff(&tx, None, Here::Cases).crumbs(crumbs(&city, None)).flash(visit.take_flash().await?);
    Ok(Page::new(filled.title(&meeting.arrangement.title), frame, main))
}

/// 「2026年12月10日（木） 14:00～15:30、第1会議室で開きます。議題は3件です。」
fn lead(hall: &Hall) -> String {
    let (meeting, today) = (&hall.sitting.meeting, hall.council.today);
    let Arrangement { manner, place, .. } = &meeting.arrangement;
    let when = meeting.arrangement.when();
    let at = if place.is_empty() { String::new() } else { format!("、{place}で") };
    let points = match hall.sitting.agenda.len() {
        0 => "議題はまだありません。".to_owned(),
        count => format!("議題は{count}件です。"),
    };
    match (meeting.state, manner) {
        (State::CalledOff, _) => format!("{when}の予定でしたが、中止になりました。"),
        (State::Closed, Manner::InPerson) => format!("{when}に開き、議事録を確定しました。{points}"),
        (State::Closed, Manner::Written) => format!("持ち回り（{when}）を終え、議事録を確定しました。{points}"),
        (State::Planned, Manner::Written) => format!("持ち回りの予定です。回答期限は{when}。招集すると、委員が回答できます。{points}"),
        (State::Convened, Manner::Written) if meeting.takes_answers(today) => {
            format!("持ち回りで回答を受け付けています（{when}）。{points}")
        }
        (State::Convened, Manner::Written) => format!("持ち回りの回答は締め切りました（{when}）。{points}"),
        (_, Manner::InPerson) if meeting.has_met(today) && meeting.arrangement.on < today => {
            format!("開く日（{when}）は過ぎました。結果と議事録を書き、議事録を確定すると会議が終わります。{points}")
        }
        (State::Planned, Manner::InPerson) => format!("{when}{at}開く予定です。まだ招集していません。{points}"),
        (State::Convened, Manner::InPerson) => format!("{when}{at}開きます。{points}"),
    }
}

fn about(city: &str, hall: &Hall) -> impl IntoView + use<> {
    let (sitting, arrangement) = (&hall.sitting, &hall.sitting.meeting.arrangement);
    let written = arrangement.manner == Manner::Written;
    let place = Some(arrangement.place.clone()).filter(|place| !place.is_empty()).unwrap_or_else(|| "未定".to_owned());
    let mut rows =
        vec![(if written { "回答期限" } else { "日時" }, arrangement.when().into_any()), ("開き方", arrangement.manner.label().into_any())];
    if !written {
        rows.push(("場所", place.into_any()));
    }
    let body = view! { <a href=body_url(city, &sitting.body)>{hall.body.charter.name.clone()}</a> };
    rows.push(("会議体", body.into_any()));
    rows.push(("状態", state_words(sitting, hall.council.today).into_any()));
    if let Some(series) = &sitting.series {
        rows.push(("定例", series.label().into_any()));
    }
    facts(rows)
}

/// What whoever runs the meeting does next: one solid button.
fn next(city: &str, hall: &Hall, attended: &[Attended], minutes: &[Minutes], filled: &Filled) -> Option<AnyView> {
    let (meeting, url, today) = (&hall.sitting.meeting, meeting_url(city, hall.sitting.number), hall.council.today);
    let link = |path: &str, words: &'static str, solid: bool| {
        let look = if solid { "solid-fill" } else { "outline" };
        view! { <p class="actions"><a class="dads-button" data-type=look href=format!("{url}/{path}")>{words}</a></p> }
    };
    let body = if meeting.is_recorded_on(today) {
        let (came, decided) = (!attended.is_empty(), hall.sitting.agenda.iter().all(agenda::is_settled));
        view! {
            {link("attendance", if came { "出席を直す" } else { "出席を記録する" }, !came)}
            {link("outcomes", "結果を記録する", came && !decided)}
            {link("minutes", if minutes.is_empty() { "議事録を書く" } else { "議事録を続ける" }, came && decided)}
            // Called on the day itself.
            {(!came && meeting.state == State::Planned && meeting.arrangement.on == today).then(|| convene(hall, &url, "outline", filled))}
        }
        .into_any()
    } else if meeting.state == State::Planned {
        convene(hall, &url, "solid-fill", filled)
    } else if meeting.state == State::Convened && meeting.arrangement.manner == Manner::Written {
        view! { <p>"回答期限の日から、結果を記録して終えられます。回答がそろったときは、期限を今日に変えると、すぐに記録できます。"</p> }
            .into_any()
    } else if meeting.state == State::Convened {
        view! { <p>"当日から、出席と結果を記録できます。"</p> }.into_any()
    } else if meeting.state == State::Closed {
        link("minutes", "議事録を見る・訂正する", false).into_any()
    } else {
        return None;
    };
    Some(section("next", "次にすること", (), body))
}

fn convene(hall: &Hall, url: &str, look: &'static str, filled: &Filled) -> AnyView {
    let error =
        filled.errors.of("convene").map(|sentence| view! { <p class="dads-form-control-label__error-text">{format!("＊{sentence}")}</p> });
    view! {
        <p>"次第を整えたら招集します。委員に知らせます。"</p>
        <form method="post" action=format!("{url}/convocations")>
            {hidden("seen", hall.sitting.meeting.version.to_string())}
            {error}
            <p class="actions"><button class="dads-button" data-type=look id="convene">"招集する"</button></p>
        </form>
    }
    .into_any()
}

/// What happened to the meeting itself, newest first.
fn history(sitting: &Sitting) -> AnyView {
    let items = sitting.history.iter().rev().map(|past| {
        let (words, why) = match &past.event.act {
            Act::Arranged { arrangement, reason } => (format!("予定：{}", arrangement.when()), reason.as_str()),
            Act::Convened => ("招集した".to_owned(), ""),
            Act::CalledOff { reason } => ("中止した".to_owned(), reason.as_str()),
            Act::Closed => ("議事録を確定して終えた".to_owned(), ""),
        };
        let quote = (!why.is_empty()).then(|| view! { <blockquote class="rashin-lines">{why.to_owned()}</blockquote> });
        view! { <li><time>{moment_label(past.at)}</time><div><b>{words}</b><br/><span class="note">{past.name.clone()}</span>{quote}</div></li> }
    });
    view! { <ol class="rashin-timeline rashin-task-list">{items.collect_view()}</ol> }.into_any()
}
