//! `/{city}/staff/year`: a fiscal year with its rounds, for every member; and the rounds that could be added to it.

use axum::extract::{Path, Query};
use jiff::civil::Date;
use leptos::prelude::*;
use rashin_domain::{
    access::{Action, decide},
    clock::{FiscalYear, date_label, moment_label},
    form::Form,
    round::{Event, Round, RoundState, What, schedule},
};
use serde::Deserialize;

use super::{HERE, deadline, round_url, running, year_url};
use crate::{
    review::{open_line, open_reviews},
    ui::{
        field::{Filled, checkbox, group, hidden, post_form, required, side_form},
        frame::Frame,
        section::{note, page_head, section},
    },
    web::{Page, Refusal, Visit},
};

#[derive(Deserialize)]
pub struct Chosen {
    #[serde(default)]
    year: String,
}

impl Chosen {
    /// What is no year of our time is this one.
    fn year(&self, today: Date) -> FiscalYear {
        let year = self.year.parse().ok().filter(|year| (2000..=2098).contains(year));
        year.map_or(FiscalYear::of(today), FiscalYear)
    }
}

/// Of the defaults for a fiscal year, those that the tenant has not.
pub fn offered(rounds: &[Round], year: FiscalYear) -> Vec<Round> {
    let is_there = |round: &Round| rounds.iter().any(|other| (other.year, other.kind) == (round.year, round.kind));
    Round::defaults_in(year).into_iter().filter(|round| !is_there(round)).collect()
}

pub async fn year(visit: Visit, Path(city): Path<String>, Query(chosen): Query<Chosen>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let (rounds, today) = (tx.rounds().await?, tx.today());
    let year = chosen.year(today);
    let conducts = decide(tx.actor(), &Action::Conduct).is_ok();
    let offered = offered(&rounds, year);
    let filled = Filled::new(visit.take_held().await?, || {
        let mut form = Form::default();
        // What is over need not be opened any more.
        for round in offered.iter().filter(|round| today <= round.grace_until) {
            form.set(&format!("add.{}", round.key()), "on");
        }
        form
    });
    let shown: Vec<&Round> = rounds.iter().filter(|round| round.touches(year)).collect();
    let owed = if conducts { tx.owed(None).await? } else { None };
    let open = match owed {
        Some(owed) => open_reviews(&mut tx, &owed).await?,
        None => None,
    };
    let links = conducts.then(|| view! { <p class="links"><a href=format!("/{city}/staff/settings")>"報告と承認の設定"</a></p> });
    let printed = format!("{}　{}現在", tx.city().name, moment_label(tx.now()));
    let main = view! {
        {filled.summary()}
        {page_head("報告の年間計画", format!("{}　年間のイメージ", year.label()), links)}
        {years(&city, &rounds, year, today)}
        <div class="dads-tab__panel"><p class="lead prose">{lead(&rounds, &shown, year, today, conducts)}</p>{open.and_then(|open| open_line(&open, &city))}</div>
        {(!shown.is_empty()).then(|| view! {
            {picture(&city, &shown, year, today)}
            {agenda(&rounds, year, today)}
        })}
        <p class="note rashin-printed">{printed}</p>
        {(conducts && !offered.is_empty()).then(|| offer(&city, &offered, year, &filled, shown.is_empty()))}
    };
    let frame =
        Frame::staff(&tx, None, HERE).crumbs(vec![("ホーム".to_owned(), format!("/{city}/staff"))]).flash(visit.take_flash().await?);
    Ok(Page::new(filled.title(&format!("年間のイメージ {}", year.short())), frame, main))
}

/// The years that have rounds, this one and the next one; the chosen one whatever it is.
fn years(city: &str, rounds: &[Round], chosen: FiscalYear, today: Date) -> impl IntoView + use<> {
    let this = FiscalYear::of(today);
    let mut years: Vec<FiscalYear> = rounds.iter().map(|round| FiscalYear::of(round.opens_on)).collect();
    years.extend([this, FiscalYear(this.0 + 1), chosen]);
    years.sort();
    years.dedup();
    let tabs = years.into_iter().map(|year| {
        let here = year == chosen;
        let href = (!here).then(|| year_url(city, year));
        view! { <li><a class="dads-tab__tab" href=href aria-current=here.then_some("page")>{year.short()}</a></li> }
    });
    view! { <nav aria-label="年度"><ul class="dads-tab__list">{tabs.collect_view()}</ul></nav> }
}

/// Where the year stands, in a sentence.
fn lead(rounds: &[Round], shown: &[&Round], year: FiscalYear, today: Date, conducts: bool) -> String {
    let runs = running(rounds, today).filter(|round| round.touches(year));
    let next = || shown.iter().filter(|round| round.state(today) == RoundState::Upcoming).min_by_key(|round| round.opens_on);
    match (runs, next()) {
        _ if shown.is_empty() && conducts => {
            format!("{}の報告期は、まだありません。標準の日程から始められます。", year.short())
        }
        _ if shown.is_empty() => format!("{}の報告期は、まだ決まっていません。事務局が決めると、ここに表示されます。", year.short()),
        (Some(round), _) => format!("{}。", deadline(round, today)),
        (None, Some(next)) => format!("次は{}です。{}に始まります。", next.label(), date_label(next.opens_on)),
        (None, None) => format!("{}の報告期は、すべて終わりました。", year.short()),
    }
}

/// Where a day lies on a line of twelve months of the same width, 0 to 12.
fn place(year: FiscalYear, day: Date) -> f64 {
    let months = f64::from((i32::from(day.year()) - i32::from(year.0)) * 12 + i32::from(day.month()) - 4);
    (months + f64::from(day.day() - 1) / f64::from(day.days_in_month())).clamp(0.0, 12.0)
}

/// What a state looks like in style/year.css.
fn look(state: RoundState) -> &'static str {
    match state {
        RoundState::Upcoming => "coming",
        RoundState::Open | RoundState::Grace => "running",
        RoundState::Closed | RoundState::Locked => "over",
    }
}

fn picture(city: &str, shown: &[&Round], year: FiscalYear, today: Date) -> impl IntoView + use<> {
    let heads = (0..12).map(|n: i8| {
        let month = (n + 3) % 12 + 1;
        let now = FiscalYear::of(today) == year && today.month() == month;
        view! { <th scope="col" role="columnheader" data-now=now.then_some("") aria-current=now.then_some("date")>{month.to_string()}<span class="rashin-year__word">"月"</span></th> }
    });
    let rounds: Vec<Round> = shown.iter().map(|round| (*round).clone()).collect();
    let marks: Vec<Event> = schedule(&rounds, year).into_iter().filter(|event| event.what.round().is_none()).collect();
    let cells = (0..12).map(|n: i8| {
        let month = (n + 3) % 12 + 1;
        let words = marks.iter().filter(|event| event.on.month() == month).map(|event| match event.what.is_of_a_month() {
            true => event.what.words(),
            false => format!("{}日 {}", event.on.day(), event.what.words()),
        });
        view! { <td role="cell">{words.collect::<Vec<_>>().join("、")}</td> }
    });
    let rows = shown.iter().map(|round| {
        let state = round.state(today);
        view! {
            <tr role="row" data-state=look(state)>
                <th scope="row" role="rowheader">
                    <a href=round_url(city, round)>{format!("{}の報告", round.short())}</a>
                    <span class="rashin-year__state">{state.label()}</span>
                    <span class="dads-table__sub">{span(round)}</span>
                </th>
                <td role="cell" colspan="12">{strip(round, year, today)}</td>
            </tr>
        }
    });
    view! {
        <figure class="dads-table rashin-year">
            <figcaption class="stack">
                <p class="dads-table__caption" id="year-caption">{format!("{}の報告期（4月から翌年3月まで）", year.label())}</p>
                <dl class="rashin-legend" aria-hidden="true">
                    <div><dt>{sample("<rect x='0' y='.15' width='1' height='.7'/>", "coming")}</dt><dd>"受付"</dd></div>
                    <div><dt>{sample("<rect data-grace='' x='0' y='.15' width='1' height='.7'/>", "coming")}</dt><dd>"猶予"</dd></div>
                    <div><dt>{sample("<path data-close='' d='M.5 0V1'/>", "coming")}</dt><dd>"締切"</dd></div>
                    <div><dt>{sample("<path data-remind='' d='M.5 .5V1'/>", "coming")}</dt><dd>"催促"</dd></div>
                    <div><dt>{sample("<path data-today='' d='M.5 0V1'/>", "running")}</dt><dd>"今日"</dd></div>
                </dl>
            </figcaption>
            <table role="table" aria-labelledby="year-caption">
                <thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">"報告期"</th>{heads.collect_view()}</tr></thead>
                <tbody role="rowgroup">
                    {rows.collect_view()}
                    <tr role="row" data-marks=""><th scope="row" role="rowheader">"節目"</th>{cells.collect_view()}</tr>
                </tbody>
            </table>
        </figure>
    }
}

fn sample(shape: &'static str, look: &'static str) -> impl IntoView {
    view! { <svg class="rashin-year__strip" data-state=look viewBox="0 0 1 1" preserveAspectRatio="none" inner_html=shape></svg> }
}

/// 「10月1日～10月30日、猶予 11月9日まで」
fn span(round: &Round) -> String {
    let day = |day: Date| format!("{}月{}日", day.month(), day.day());
    let grace = match round.grace_until > round.closes_on {
        true => format!("、猶予 {}まで", day(round.grace_until)),
        false => String::new(),
    };
    format!("{}～{}{grace}", day(round.opens_on), day(round.closes_on))
}

/// A round on the line of the year. What it shows is said in words beside it.
fn strip(round: &Round, year: FiscalYear, today: Date) -> impl IntoView + use<> {
    let at = |day: Date| place(year, day);
    // A day is over at its end.
    let after = |day: Date| place(year, day.tomorrow().unwrap_or(day));
    let (opens, closes, grace) = (at(round.opens_on), after(round.closes_on), after(round.grace_until));
    let line = |day: Date, from: &str| (FiscalYear::of(day) == year).then(|| format!("M{:.3} {from}V1", at(day)));
    let reminders = round.reminders.iter().filter_map(|offset| line(round.reminder_day(*offset), ".72")).collect::<String>();
    let now = line(today, "0").map(|path| view! { <path data-today="" d=path/> });
    let closing = (FiscalYear::of(round.closes_on) == year).then(|| view! { <path data-close="" d=format!("M{closes:.3} 0V1")/> });
    let months = (0..12).map(|month| format!("M{month} 0V1")).collect::<String>();
    view! {
        <svg class="rashin-year__strip" data-state=look(round.state(today)) viewBox="0 0 12 1" preserveAspectRatio="none" aria-hidden="true">
            <path data-month="" d=months/>
            <rect data-grace="" x=format!("{closes:.3}") y=".2" width=format!("{:.3}", grace - closes) height=".45"/>
            <rect x=format!("{opens:.3}") y=".2" width=format!("{:.3}", closes - opens) height=".45"/>
            {closing}
            {(!reminders.is_empty()).then(|| view! { <path data-remind="" d=reminders.clone()/> })}
            {now}
        </svg>
    }
}

/// The year day by day: the same in words.
fn agenda(rounds: &[Round], year: FiscalYear, today: Date) -> AnyView {
    let events = schedule(rounds, year);
    let months = (0..12).filter_map(|n: i8| {
        let month = (n + 3) % 12 + 1;
        let of_month: Vec<&Event> = events.iter().filter(|event| event.on.month() == month).collect();
        (!of_month.is_empty()).then(|| {
            let lines = of_month.into_iter().map(|event| line(event, today)).collect_view();
            view! { <div><h3>{format!("{month}月")}</h3><ul>{lines}</ul></div> }
        })
    });
    section("agenda", "日程", (), view! { <div class="rashin-agenda">{months.collect_view()}</div> })
}

fn line(event: &Event, today: Date) -> impl IntoView + use<> {
    const DAYS: [&str; 7] = ["月", "火", "水", "木", "金", "土", "日"];
    let weekday = DAYS[event.on.weekday().to_monday_zero_offset() as usize];
    let day = match event.what.is_of_a_month() {
        true => "　".to_owned(),
        false => format!("{}日（{weekday}）", event.on.day()),
    };
    let past = !event.what.is_of_a_month() && event.on < today;
    let name = event.what.round().map(|round| format!("{}　", round.short()));
    let strong = matches!(event.what, What::Closes(_));
    let words = event.what.words();
    let words = if strong { view! { <b>{words}</b> }.into_any() } else { words.into_any() };
    view! { <li data-past=past.then_some("")><span class="rashin-agenda__day">{day}</span><span>{name}{words}</span></li> }
}

/// The defaults that could be added, with their days.
fn offer(city: &str, offered: &[Round], year: FiscalYear, filled: &Filled, is_first: bool) -> AnyView {
    let boxes = offered.iter().map(|round| {
        let words = format!("{}の報告　{}", round.short(), span(round));
        checkbox(filled, &format!("add.{}", round.key()), words)
    });
    let hint = "標準の日程です。加えたあとで、日程・催促の日・対象を報告期ごとに変えられます。";
    let fields = view! {
        {hidden("year", year.0.to_string())}
        {group(filled, "add", &required("加える報告期").hint(hint), view! { <div>{boxes.collect_view()}</div> })}
    };
    let action = format!("/{city}/staff/year/rounds");
    let form = match is_first {
        true => post_form(action, fields, "報告期を加える").into_any(),
        false => side_form(action, fields, "報告期を加える").into_any(),
    };
    let words = note("閉庁日（土日・祝日・年末年始）を避けた日程です。");
    section("offer", &format!("{}に加えられる報告期", year.short()), words, form)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_lies_in_its_month_and_what_is_outside_at_the_edge() {
        let year = FiscalYear(2026);
        for (day, expected) in [
            (Date::constant(2026, 4, 1), 0.0),
            (Date::constant(2026, 4, 16), 0.5),
            (Date::constant(2027, 3, 1), 11.0),
            (Date::constant(2026, 3, 31), 0.0),
            (Date::constant(2027, 5, 1), 12.0),
        ] {
            assert!((place(year, day) - expected).abs() < 1e-9, "{day}: {}", place(year, day));
        }
    }

    #[test]
    fn only_what_is_missing_is_offered() {
        let mut rounds = Round::defaults(FiscalYear(2026));
        assert_eq!(offered(&rounds, FiscalYear(2026)).iter().map(Round::key).collect::<Vec<_>>(), ["FY2025-preliminary", "FY2025-final"]);
        rounds.clear();
        assert_eq!(offered(&rounds, FiscalYear(2026)).len(), 4);
    }
}
