//! `/{city}/staff/meetings`: those to come, and those that were.

use axum::extract::{Path, Query};
use leptos::prelude::*;
use rashin_domain::{clock::FiscalYear, form::Form, meeting::Manner};
use rashin_store::{
    meeting::{Sitting, Wanted},
    roster::Body,
};
use serde::Deserialize;

use super::{hosts, meeting_url, meetings_url, state_words, year_of};
use crate::council::Council;
use crate::{
    case::area::{Area, areas},
    council::bodies_url,
    ui::{
        field::{Filled, optional, select},
        frame::{Frame, Here},
        section::{col, empty, note, page_head, section, table},
    },
    web::{Page, Refusal, Visit},
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// Key of a body.
    body: String,
    /// A fiscal year.
    year: String,
}

pub async fn meetings(visit: Visit, Path(city): Path<String>, Query(filter): Query<Filter>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let (all, bodies, council) = (tx.meetings(Wanted::default()).await?, tx.rosters().await?, Council::load(&mut tx).await?);
    let me = tx.member().map(|member| member.id);
    let today = council.today;
    let year = year_of(&filter.year);
    let is_shown = |sitting: &&Sitting| {
        (filter.body.is_empty() || sitting.body == filter.body) && year.is_none_or(|year| sitting.meeting.year() == year)
    };
    let is_ahead = |sitting: &&Sitting| !sitting.meeting.is_over() && today <= sitting.meeting.arrangement.on;
    let (ahead, mut past): (Vec<&Sitting>, Vec<&Sitting>) = all.iter().filter(is_shown).partition(is_ahead);
    past.reverse();
    let may = bodies.iter().any(|body| me.is_some_and(|me| hosts(&council, &body.charter.key).contains(&me)));
    let new = may.then(|| view! { <p class="actions"><a class="dads-button" data-type="solid-fill" href=format!("{}/new", meetings_url(&city))>"会議を予定する"</a></p> });
    let rows = |list: &[&Sitting]| {
        let rows = list.iter().map(|sitting| row(&city, &bodies, sitting, today)).collect_view();
        view! { <tbody role="rowgroup">{rows}</tbody> }.into_any()
    };
    let heads = || vec![col("会議"), col("日時"), col("開き方・場所"), col("議題"), col("状態")];
    let list = if all.is_empty() {
        let words = if bodies.is_empty() {
            "会議はまだありません。先に会議体と委員を登録すると、会議を予定できます。"
        } else {
            "会議はまだありません。日時を決めて予定すると、その会議体の番の案件を次第に載せられます。"
        };
        empty(words, Some((bodies_url(&city), "会議体と委員を見る"))).into_any()
    } else if ahead.is_empty() && past.is_empty() {
        empty("条件に合う会議はありません。", Some((meetings_url(&city), "すべてを表示する"))).into_any()
    } else {
        view! {
            {(!ahead.is_empty()).then(|| section("ahead", "これから", note(format!("{}件", ahead.len())), table("meetings-ahead", "これからの会議（日付順）", heads(), rows(&ahead), true)))}
            {(!past.is_empty()).then(|| section("past", "これまで", note(format!("{}件", past.len())), table("meetings-past", "これまでの会議（新しい順）", heads(), rows(&past), true)))}
        }
        .into_any()
    };
    let next = all.iter().find(is_ahead).map(|next| {
        let arrangement = &next.meeting.arrangement;
        view! { <p class="lead">{format!("次の会議は「{}」、{}です。", arrangement.title, arrangement.when())}</p> }
    });
    let main = view! {
        {areas(&tx, Area::Meetings)}
        {page_head("", "会議", new)}
        {next}
        {(!all.is_empty()).then(|| filters(&all, &bodies, &filter))}
        {list}
    };
    let frame = Frame::staff(&tx, None, Here::Cases).flash(visit.take_flash().await?);
    Ok(Page::new("会議", frame, main))
}

fn filters(all: &[Sitting], bodies: &[Body], filter: &Filter) -> impl IntoView + use<> {
    let mut form = Form::default();
    form.set("body", filter.body.clone());
    form.set("year", filter.year.clone());
    let filled = Filled { form, ..Filled::default() };
    let bodies: Vec<_> = bodies.iter().map(|body| (body.charter.key.clone(), body.charter.name.clone())).collect();
    let mut years: Vec<FiscalYear> = all.iter().map(|sitting| sitting.meeting.year()).collect();
    years.sort_unstable();
    years.dedup();
    let years: Vec<_> = years.iter().rev().map(|year| (year.0.to_string(), year.label())).collect();
    view! {
        <form class="rashin-filter" method="get" role="search" aria-label="会議の絞り込み">
            {select(&filled, "body", &optional("会議体"), &bodies, "すべて")}
            {select(&filled, "year", &optional("年度"), &years, "すべて")}
            <p class="actions"><button class="dads-button" data-type="outline">"絞り込む"</button></p>
        </form>
    }
}

fn row(city: &str, bodies: &[Body], sitting: &Sitting, today: jiff::civil::Date) -> AnyView {
    let arrangement = &sitting.meeting.arrangement;
    let body = bodies.iter().find(|body| body.charter.key == sitting.body).map_or("", |body| &body.charter.name).to_owned();
    let place = match (arrangement.manner, arrangement.place.is_empty()) {
        (Manner::InPerson, false) => arrangement.place.clone(),
        (manner, _) => manner.label().to_owned(),
    };
    let decided = sitting.agenda.iter().filter(|point| point.outcome.is_some()).count();
    let points = match (sitting.agenda.len(), decided) {
        (0, _) => "—".to_owned(),
        (all, 0) => format!("{all}件"),
        (all, decided) => format!("{all}件（決定{decided}件）"),
    };
    view! {
        <tr role="row">
            <th scope="row" role="rowheader"><a href=meeting_url(city, sitting.number)>{arrangement.title.clone()}</a><span class="dads-table__sub">{body}</span></th>
            <td role="cell"><span class="dads-table__cell-label">"日時"</span><span>{arrangement.when()}</span></td>
            <td role="cell"><span class="dads-table__cell-label">"開き方・場所"</span><span>{place}</span></td>
            <td role="cell"><span class="dads-table__cell-label">"議題"</span><span>{points}</span></td>
            <td role="cell"><span class="dads-table__cell-label">"状態"</span><span>{state_words(sitting, today)}</span></td>
        </tr>
    }
    .into_any()
}
