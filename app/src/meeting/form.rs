//! A new meeting or series; another day; calling off; 招集.

use axum::{
    extract::{Path, Query},
    response::Response,
};
use leptos::prelude::*;
use rashin_domain::{
    access::Action,
    form::{Form, FormErrors},
    kpi::NOTE_LIMIT,
    meeting::{
        Act, Arrangement, Event, Manner, Refused, State, day_label,
        series::{Nth, Series, Weekday},
    },
    text::sentences,
};
use rashin_store::{TenantTx, meeting::STALE_MEETING, roster::Body};
use serde::Deserialize;

use super::{Hall, crumbs, hosts, meeting_url, meetings_url, notice};
use crate::council::Council;
use crate::{
    council::bodies_url,
    ui::{
        field::{Filled, Input, TEXT, date, day, hidden, input, optional, post_form, radios, required, select, side_form, textarea},
        frame::{Frame, Here},
        section::{empty, note, page_head, section},
    },
    web::{Page, Posted, Refusal, Visit},
};

const TIME: Input = Input { width: Some("8"), ..TEXT };

#[derive(Deserialize)]
pub struct Kind {
    /// `series`: every month.
    #[serde(default)]
    kind: String,
}

/// Bodies for which a member arranges meetings.
async fn own_bodies(tx: &mut TenantTx, council: &Council) -> Result<Vec<Body>, Refusal> {
    let me = tx.member().map(|member| member.id);
    let bodies = tx.rosters().await?;
    Ok(bodies.into_iter().filter(|body| me.is_some_and(|me| hosts(council, &body.charter.key).contains(&me))).collect())
}

/// Leave to arrange something for some body.
async fn permit_some(visit: &Visit, tx: &mut TenantTx, council: &Council) -> Result<rashin_domain::access::Permit, Refusal> {
    let bodies = tx.rosters().await?;
    // Where there is no body yet, who could found one is led to it.
    let may = match bodies.is_empty() {
        true => council.town().turn(&rashin_domain::route::Acts::Secretariat, super::of_nobody()).members,
        false => bodies.iter().flat_map(|body| hosts(council, &body.charter.key)).collect(),
    };
    visit.permit(tx, &Action::Meet { may: &may }).await
}

/// `/{city}/staff/meetings/new`
pub async fn new(visit: Visit, Path(city): Path<String>, Query(Kind { kind }): Query<Kind>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let council = Council::load(&mut tx).await?;
    let _may = permit_some(&visit, &mut tx, &council).await?;
    let bodies = own_bodies(&mut tx, &council).await?;
    let is_series = kind == "series";
    let title = "会議を予定する";
    let frame = Frame::staff(&tx, None, Here::Cases).crumbs(crumbs(&city, None)).flash(visit.take_flash().await?);
    if bodies.is_empty() {
        let words = "会議を開く会議体が、まだありません。先に会議体と委員を登録してください。";
        let main = view! { {page_head("", title, ())}{empty(words, Some((bodies_url(&city), "会議体と委員を見る")))} };
        return Ok(Page::new(title, frame, main));
    }
    let filled = Filled::new(visit.take_held().await?, || {
        let mut form = Form::default();
        form.set("manner", Manner::InPerson.code());
        form.set("every", "weekday");
        if let [only] = &bodies[..] {
            form.set("body", only.charter.key.clone());
            form.set("title", only.charter.name.clone());
        }
        form
    });
    let choices: Vec<_> = bodies.iter().map(|body| (body.charter.key.clone(), body.charter.name.clone())).collect();
    let when = match is_series {
        true => series_fields(&filled),
        false => {
            date(&filled, &required("開く日").hint("持ち回りのときは、回答期限。西暦で入力。例：2026年12月10日"), &day("on")).into_any()
        }
    };
    let url = format!("{}/new", meetings_url(&city));
    let tab = |series: bool, href: String, words: &'static str| {
        let is_here = series == is_series;
        view! { <li><a class="dads-tab__tab" href=(!is_here).then_some(href) aria-current=is_here.then_some("page")>{words}</a></li> }
    };
    let main = view! {
        {filled.summary()}
        {page_head("", title, ())}
        <div class="stack">
        <nav aria-label="会議の種類"><ul class="dads-tab__list">{tab(false, url.clone(), "1回だけ")}{tab(true, format!("{url}?kind=series"), "毎月の定例")}</ul></nav>
        {post_form(meetings_url(&city), view! {
            {hidden("kind", kind.clone())}
            {select(&filled, "body", &required("会議体"), &choices, "選択してください")}
            {input(&filled, "title", &required("会議名").hint("例：令和8年度 第3回 部会"), TEXT)}
            {when}
            {manner_and_place(&filled)}
        }, if is_series { "定例を予定する" } else { "予定する" })}
        {note("予定しただけでは、委員に知らせは届きません。次第を整えてから招集すると届きます。")}
        </div>
    };
    Ok(Page::new(filled.title(title), frame, main))
}

fn manner_and_place(filled: &Filled) -> AnyView {
    let manners: Vec<_> = Manner::ALL.iter().map(|manner| (manner.code(), manner.label().to_owned())).collect();
    view! {
        {radios(filled, "manner", &required("開き方").hint("持ち回りでは、委員が資料を読んで画面で回答します。"), &manners)}
        {input(filled, "from", &optional("始まる時刻").hint("例：14:00"), TIME)}
        {input(filled, "until", &optional("終わる時刻"), TIME)}
        {input(filled, "place", &optional("場所").hint("例：本庁舎 第1会議室"), TEXT)}
    }
    .into_any()
}

fn series_fields(filled: &Filled) -> AnyView {
    let nth: Vec<_> = Nth::ALL.iter().map(|nth| (nth.code().to_owned(), nth.label().to_owned())).collect();
    let weekdays: Vec<_> = Weekday::ALL.iter().map(|day| (day.code().to_owned(), day.label().to_owned())).collect();
    let number = Input { width: Some("4"), numeric: true, ..TEXT };
    view! {
        {radios(filled, "every", &required("毎月の日").hint("閉庁日にあたる月は、次の開庁日になります。"), &[("weekday", "曜日で決める".to_owned()), ("day", "日で決める".to_owned())])}
        {select(filled, "nth", &optional("第何週").hint("曜日で決めるとき。"), &nth, "選択してください")}
        {select(filled, "weekday", &optional("曜日").hint("曜日で決めるとき。"), &weekdays, "選択してください")}
        {input(filled, "day", &optional("毎月何日").hint("日で決めるとき。31とすると、月の最後の日になります。"), number)}
        {date(filled, &required("定例の始まり"), &day("begin"))}
        {date(filled, &required("定例の終わり"), &day("end"))}
    }
    .into_any()
}

/// `POST /{city}/staff/meetings`
pub async fn arrange(visit: Visit, Path(city): Path<String>, Posted(form): Posted) -> Result<Response, Refusal> {
    let is_series = form.get("kind") == "series";
    let page = format!("{}/new{}", meetings_url(&city), if is_series { "?kind=series" } else { "" });
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let council = Council::load(&mut tx).await?;
    let permit = permit_some(&visit, &mut tx, &council).await?;
    let bodies = own_bodies(&mut tx, &council).await?;
    let body = bodies.into_iter().find(|body| body.charter.key == form.get("body"));
    let (arrangement, series) = (Arrangement::parse(&form, !is_series), is_series.then(|| Series::parse(&form)).transpose());
    match (body, arrangement, series) {
        (Some(body), Ok(arrangement), Ok(series)) => {
            let days = series.map_or_else(|| vec![arrangement.on], |series| series.days());
            let all: Vec<_> = days.iter().map(|on| Arrangement { on: *on, ..arrangement.clone() }).collect();
            let number = tx.arrange_meetings(permit, &body, &all, series.as_ref()).await?;
            tx.commit().await?;
            match (&series, &all[..]) {
                (Some(series), [.., last]) => {
                    let heading = format!("定例の会議を{}回予定しました", all.len());
                    let words = format!("{}（最後は{}）", series.label(), day_label(last.on));
                    visit.go(&meetings_url(&city), heading, words).await
                }
                _ => visit.go(&meeting_url(&city, number), "会議を予定しました", "次第を整えてから招集してください。").await,
            }
        }
        (body, arrangement, series) => {
            let missing = if body.is_none() { FormErrors::one("body", sentences::choose("会議体")) } else { FormErrors::default() };
            let errors = missing.and(arrangement.err().unwrap_or_default()).and(series.err().unwrap_or_default());
            visit.back(&page, form, errors).await
        }
    }
}

/// `/{city}/staff/meetings/{number}/change`: another day or place, or calling it off.
pub async fn change(visit: Visit, Path((city, number)): Path<(String, i32)>) -> Result<Page, Refusal> {
    let (tx, hall, _may) = Hall::run(&visit, &city, number).await?;
    let meeting = &hall.sitting.meeting;
    let filled = Filled::new(visit.take_held().await?, || {
        let mut form = Form::default();
        meeting.arrangement.fill(&mut form);
        form
    });
    let frame = Frame::staff(&tx, None, Here::Cases).crumbs(crumbs(&city, Some(&hall.sitting))).flash(visit.take_flash().await?);
    let title = "日時・場所を変える";
    let url = meeting_url(&city, number);
    if meeting.is_over() {
        let main = view! { {page_head("", title, ())}{empty(Refused::Over.label(), Some((url, "会議に戻る")))} };
        return Ok(Page::new(title, frame, main));
    }
    let seen = || hidden("seen", meeting.version.to_string());
    let why = match meeting.state {
        State::Convened => required("変える理由").hint("委員に知らせます。"),
        _ => optional("変える理由").hint("委員に知らせます。"),
    };
    let main = view! {
        {filled.summary()}
        {page_head(hall.sitting.meeting.arrangement.title.clone(), title, ())}
        {note(format!("いまの予定：{}。前の予定は経緯に残ります。", meeting.arrangement.when()))}
        {post_form(format!("{url}/arrangements"), view! {
            {seen()}
            {input(&filled, "title", &required("会議名"), TEXT)}
            {date(&filled, &required("開く日").hint("持ち回りのときは、回答期限。"), &day("on"))}
            {manner_and_place(&filled)}
            {textarea(&filled, "reason", &why, 3)}
        }, "予定を変える")}
        {section("call-off", "会議を中止する", (), view! {
            {note("中止は取り消せません。次第の案件は、次の会議に載せられます。")}
            {side_form(format!("{url}/cancellations"), view! { {seen()}{textarea(&filled, "called_off", &required("中止の理由").hint("委員に知らせます。"), 3)} }, "中止する")}
        })}
    };
    Ok(Page::new(filled.title(title), frame, main))
}

/// `POST /{city}/staff/meetings/{number}/arrangements`
pub async fn rearrange(visit: Visit, Path((city, number)): Path<(String, i32)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = format!("{}/change", meeting_url(&city, number));
    visit.or_hold(&page, &form).await?;
    let mut errors = FormErrors::default();
    let reason = form.text("reason", "変える理由", NOTE_LIMIT, &mut errors);
    let act = match Arrangement::parse(&form, true) {
        Ok(arrangement) if errors.is_empty() => Ok(Act::Arranged { arrangement, reason }),
        read => Err(read.err().unwrap_or_default().and(errors)),
    };
    happen(visit, &city, number, form, Step { page, field: "reason", act, done: "会議の予定を変えました" }).await
}

/// `POST /{city}/staff/meetings/{number}/cancellations`
pub async fn call_off(visit: Visit, Path((city, number)): Path<(String, i32)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = format!("{}/change", meeting_url(&city, number));
    visit.or_hold(&page, &form).await?;
    let mut errors = FormErrors::default();
    let reason = form.required("called_off", "中止の理由", NOTE_LIMIT, &mut errors);
    let act = if errors.is_empty() { Ok(Act::CalledOff { reason }) } else { Err(errors) };
    happen(visit, &city, number, form, Step { page, field: "called_off", act, done: "会議を中止しました" }).await
}

/// `POST /{city}/staff/meetings/{number}/convocations`: 招集. The papers are out.
pub async fn convene(visit: Visit, Path((city, number)): Path<(String, i32)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = meeting_url(&city, number);
    visit.or_hold(&page, &form).await?;
    happen(visit, &city, number, form, Step { page, field: "convene", act: Ok(Act::Convened), done: "会議を招集しました" }).await
}

/// What is to happen to a meeting: where its form is, the field that a refusal belongs to, and what is said when it is done.
struct Step {
    page: String,
    field: &'static str,
    act: Result<Act, FormErrors>,
    done: &'static str,
}

/// Leave, the rules of a meeting, one of two at once; then everybody concerned is told.
async fn happen(visit: Visit, city: &str, number: i32, form: Form, step: Step) -> Result<Response, Refusal> {
    let Step { page, field, act, done } = step;
    let (mut tx, hall, permit) = Hall::run(&visit, city, number).await?;
    let overtaken = "画面を開いたあとに、この会議が変更されました。いまの予定を確かめて、もう一度送信してください。";
    let after = match act {
        Err(errors) => Err(errors),
        Ok(_) if !hall.is_seen(&form) => Err(FormErrors::one(field, overtaken)),
        Ok(Act::Arranged { arrangement, .. }) if arrangement == hall.sitting.meeting.arrangement => {
            return visit.go(&meeting_url(city, number), "変更はありません", "").await;
        }
        Ok(act) => match hall.sitting.meeting.after(&Event { on: hall.council.today, act: act.clone() }) {
            Ok(after) => Ok((act, after)),
            Err(refused) => Err(FormErrors::one(field, refused.label())),
        },
    };
    let (act, after) = match after {
        Ok(after) => after,
        Err(errors) => return visit.back(&page, form, errors).await,
    };
    match tx.record_meeting(permit, &hall.sitting, &act).await {
        Err(error) if error.is_conflict_on(STALE_MEETING) => return visit.back(&page, form, FormErrors::one(field, overtaken)).await,
        recorded => recorded?,
    }
    let told = tx.notify(&notice::of(&hall, &act, &after)).await?;
    tx.commit().await?;
    visit.go(&meeting_url(city, number), done, if told > 0 { format!("委員{told}人に知らせました。") } else { String::new() }).await
}
