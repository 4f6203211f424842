//! `/{city}/staff/progress`: one sentence where we stand; who has reported; how the figures stand and how old they are.

use axum::extract::{Path, Query};
use leptos::prelude::*;
use rashin_domain::{
    access::{Action, decide},
    clock::date_label,
    obligation::{Coverage, Item},
    round::{Round, RoundState},
};
use rashin_store::survey::Survey;
use serde::Deserialize;

use super::groups::{Group, Judged, NOBODY, all, attributes, sections, strategies};
use crate::{
    grid::grid_url,
    kpi::staff::staff_url,
    ledger::{summary_of, summary_view},
    review::reviews_url,
    roadmap::pages::roadmap_url,
    ui::{
        field::{Filled, optional, select},
        frame::{Frame, Here},
        section::{col, empty, note, num, page_head, section, table},
        status::{dots, tally_words},
    },
    urging::reminders_url,
    web::{Page, Refusal, Visit},
    year,
};

#[derive(Deserialize)]
pub struct Wish {
    /// Key of a round; the one that runs, or ran last, where it is empty.
    #[serde(default)]
    round: String,
}

pub async fn progress(visit: Visit, Path(city): Path<String>, Query(wish): Query<Wish>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let survey = tx.survey().await?;
    let frame = Frame::staff(&tx, survey.as_ref().map(|survey| survey.head.notice.clone()).filter(|n| !n.is_empty()), Here::Progress)
        .flash(visit.take_flash().await?);
    let Some(survey) = survey else {
        let main = view! { {page_head("", "進み具合", ())}{empty("この団体の計画は、まだ登録されていません。", None)} };
        return Ok(Page::new("進み具合", frame, main));
    };
    let mut opened = survey.rounds.iter().filter(|round| round.opens_on <= survey.today);
    let round = opened.find(|round| round.key() == wish.round).or_else(|| year::latest(&survey.rounds, survey.today));
    let tables = [
        ("strategy", "重点戦略・分野ごと", strategies(&survey)),
        ("section", "担当課ごと", sections(&survey)),
        ("attribute", "属性ごと", attributes(&survey)),
    ];
    let judged = Judged::of(&survey);
    let urging = decide(tx.actor(), &Action::Conduct).is_ok().then(|| reminders_url(&city));
    let reporting = match round {
        Some(round) => reporting(&survey, round, &tables, &city, urging.as_deref()),
        None => {
            let link = Some((format!("/{city}/staff/year"), "年間のイメージで報告の時期を決める"));
            section("reports", "報告の状況", (), empty("報告の時期がまだ決まっていないか、始まっていません。", link))
        }
    };
    let links = view! {
        <p class="links">
            <a href=grid_url(&city)>"指標と期間の一覧"</a>
            <a href=roadmap_url(&city)>"ロードマップ"</a>
            <a href=reviews_url(&city)>"評価と改善"</a>
        </p>
    };
    let main = view! {
        {page_head(survey.head.title.clone(), "進み具合", links)}
        <p class="lead">{lead(&survey, round, &judged)}</p>
        {choice(&survey, round)}
        {reporting}
        {standing(&survey, &judged, &tables)}
        {old(&survey, &city)}
        {summary_view(&summary_of(&survey), &city)}
    };
    Ok(Page::new("進み具合", frame, main))
}

fn lead(survey: &Survey, round: Option<&Round>, judged: &Judged) -> String {
    let whole = all(survey);
    let tally = tally_words(&whole.tally(judged), &survey.head.grades);
    let figures = if tally.is_empty() { "指標はまだありません。".to_owned() } else { format!("指標は{tally}です。") };
    match round {
        Some(round) => {
            let coverage = whole.coverage(survey, round);
            let closing = match round.state(survey.today) {
                RoundState::Open | RoundState::Grace => format!("です。{}", year::closing(round, survey.today)),
                RoundState::Upcoming | RoundState::Closed | RoundState::Locked => "です".to_owned(),
            };
            format!("{}は{}{closing}。{figures}", round.label(), coverage.label())
        }
        None => figures,
    }
}

fn choice(survey: &Survey, round: Option<&Round>) -> Option<AnyView> {
    let opened: Vec<_> =
        survey.rounds.iter().rev().filter(|one| one.opens_on <= survey.today).map(|one| (one.key(), one.label())).collect();
    let mut form = rashin_domain::form::Form::default();
    form.set("round", round.map(Round::key).unwrap_or_default());
    let filled = Filled { form, ..Filled::default() };
    (opened.len() > 1).then(|| {
        view! {
            <form class="rashin-filter" method="get" aria-label="報告の時期">
                {select(&filled, "round", &optional("報告の時期"), &opened, "いまの時期")}
                <p class="actions"><button class="dads-button" data-type="outline">"表示する"</button></p>
            </form>
        }
        .into_any()
    })
}

type Tables = [(&'static str, &'static str, Vec<Group>); 3];

/// Who has reported, and who is late. `urging`: where those who may ask them.
fn reporting(survey: &Survey, round: &Round, tables: &Tables, city: &str, urging: Option<&str>) -> AnyView {
    let mut parts = Vec::new();
    for (id, caption, groups) in tables {
        let whole = all(survey);
        let rows = groups.iter().chain([&whole]).filter_map(|group| {
            let coverage = group.coverage(survey, round);
            (coverage.asked > 0).then(|| line(&group.name, coverage))
        });
        let body = view! { <tbody role="rowgroup">{rows.collect_view()}</tbody> }.into_any();
        let heads = vec![col("区分"), num("報告済み"), col("割合"), num("承認待ち"), num("差戻し"), num("集計中"), num("未報告")];
        if !groups.is_empty() {
            parts.push(table(&format!("reports-{id}"), format!("報告　{caption}"), heads, body, true));
        }
    }
    let late =
        matches!(round.state(survey.today), RoundState::Grace | RoundState::Closed).then(|| late(survey, round, &tables[1].2, urging));
    let asks = !matches!(round.state(survey.today), RoundState::Upcoming | RoundState::Locked);
    let urge = urging.filter(|_| asks).map(|url| view! { <a href=url.to_owned()>"催促する"</a> });
    let links = view! { <p class="links">{urge}<a href=format!("/{city}/staff/owners?show=none")>"担当課のないもの"</a></p> };
    section("reports", &format!("報告の状況　{}", round.label()), links, view! { <div class="stack">{late}{parts}</div> })
}

fn line(name: &str, coverage: Coverage) -> AnyView {
    let share = |n: usize| format!("{:.1}", n as f64 * 100.0 / coverage.asked as f64);
    let cell = |label: &'static str, n: usize| {
        view! { <td role="cell" class="num"><span class="dads-table__cell-label">{label}</span><span>{if n == 0 { "—".to_owned() } else { format!("{n}件") }}</span></td> }
    };
    let untouched = coverage.missing() - coverage.returned - coverage.collecting;
    let words = format!("{}のうち{}", coverage.label(), share(coverage.reported));
    view! {
        <tr role="row">
            <th scope="row" role="rowheader">{name.to_owned()}</th>
            <td role="cell" class="num"><span class="dads-table__cell-label">"報告済み"</span><span>{format!("{}／{}件", coverage.reported, coverage.asked)}</span></td>
            <td role="cell"><span class="dads-table__cell-label">"割合"</span><span class="rashin-share">
                <svg class="rashin-progress" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label=format!("{words}%")><rect width=share(coverage.reported) height="8"/></svg>
                {format!("{}%", share(coverage.reported))}
            </span></td>
            {cell("承認待ち", coverage.waiting)}{cell("差戻し", coverage.returned)}{cell("集計中", coverage.collecting)}{cell("未報告", untouched)}
        </tr>
    }
    .into_any()
}

/// After the closing day: which sections owe what.
fn late(survey: &Survey, round: &Round, sections: &[Group], urging: Option<&str>) -> AnyView {
    let name = |item: &Item| {
        let at = survey.entries.iter().position(|entry| entry.item == *item)?;
        match survey.kpis.get(at) {
            Some(kpi) => Some(kpi.name.clone()),
            None => survey.nodes.iter().find(|node| node.key == survey.places[at]).map(|node| node.title.clone()),
        }
    };
    let lines = sections.iter().filter_map(|group| {
        let names: Vec<String> = group.missing(survey, round).filter_map(|entry| name(&entry.item)).collect();
        let detail = names.join("、");
        let urge = urging.filter(|_| group.key != NOBODY).map(|url| {
            view! { <a href=format!("{url}?section={}", group.key)>"催促する"<span class="vh">{format!("：{}", group.name)}</span></a> }
        });
        (!names.is_empty()).then(|| {
            view! { <li><span class="rashin-task-list__kind">{format!("{}件", names.len())}</span><span class="rashin-task-list__body"><b>{group.name.clone()}</b><br/><span class="note">{detail}</span></span>{urge}</li> }
        })
    });
    let lines: Vec<_> = lines.collect();
    let since = format!("{}に締め切りました。まだ報告のないものです。", date_label(round.closes_on));
    match lines.is_empty() {
        true => note("すべて報告されました。").into_any(),
        false => {
            view! { <h3>"期限を過ぎているもの"</h3><p class="note">{since}</p><ul class="rashin-task-list">{lines.collect_view()}</ul> }
                .into_any()
        }
    }
}

/// How the accepted figures stand, each line with how many KPIs have one and how old the oldest is.
fn standing(survey: &Survey, judged: &Judged, tables: &Tables) -> AnyView {
    let mut parts = Vec::new();
    for (id, caption, groups) in tables {
        let whole = all(survey);
        let rows = groups.iter().chain([&whole]).filter(|group| group.kpis(survey).next().is_some()).map(|group| {
            let tally = group.tally(judged);
            let (oldest, with) = group.age(survey);
            let of = group.kpis(survey).count();
            let stale = group.stale(survey).count();
            let oldest = oldest.map_or_else(|| "—".to_owned(), date_label);
            let stale = (stale > 0).then(|| view! { <span class="dads-table__sub">{format!("{stale}件が{}か月超", survey.settings.stale_months)}</span> });
            view! {
                <tr role="row">
                    <th scope="row" role="rowheader">{group.name.clone()}</th>
                    <td role="cell"><span class="dads-table__cell-label">"判定"</span><span>{dots(&tally, &survey.head.grades, false)}<span class="dads-table__sub">{tally_words(&tally, &survey.head.grades)}</span></span></td>
                    <td role="cell" class="num"><span class="dads-table__cell-label">"値のある指標"</span><span>{format!("{with}／{of}件")}</span></td>
                    <td role="cell"><span class="dads-table__cell-label">"最も古い値"</span><span>{oldest}{stale}</span></td>
                </tr>
            }
        });
        let body = view! { <tbody role="rowgroup">{rows.collect_view()}</tbody> }.into_any();
        if groups.iter().any(|group| group.kpis(survey).next().is_some()) {
            let heads = vec![col("区分"), col("判定"), num("値のある指標"), col("最も古い値")];
            parts.push(table(&format!("standing-{id}"), format!("判定　{caption}"), heads, body, true));
        }
    }
    let how = note("承認された値による判定です。「最も古い値」は、指標ごとの最新の値のうち時点が最も古いものです。");
    section("standing", "指標の判定", (), view! { <div class="stack">{how}{parts}</div> })
}

fn old(survey: &Survey, city: &str) -> Option<AnyView> {
    let whole = all(survey);
    let lines = whole.stale(survey).map(|(kpi, stale)| {
        view! { <li><a href=staff_url(city, &kpi.code)>{kpi.name.clone()}</a><span class="note">{stale.sentence()}</span></li> }
    });
    let lines: Vec<_> = lines.collect();
    let count = format!("{}件", lines.len());
    (!lines.is_empty()).then(|| {
        section(
            "old",
            "更新が止まっている指標",
            note(count),
            view! { <ul class="rashin-task-list" data-two="">{lines.collect_view()}</ul> },
        )
    })
}
