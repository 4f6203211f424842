//! `/{city}`: the plan at a glance.

use leptos::prelude::*;
use rashin_domain::{
    clock::{FiscalYear, date_label},
    grading::{Basis, RuleSet},
    kpi::Role,
    plan::{Kpi, Node},
    progress::Status,
    publish::Edition,
};

use super::{Asked, Shown};
use crate::{
    ui::{
        chart,
        frame::Here,
        section::{note, section},
        status::{dots, figure, lost, planned, tally_words},
    },
    web::{Page, Refusal},
};

pub async fn overview(asked: Asked) -> Result<Page, Refusal> {
    let shown = asked.shown().await?;
    let main = view! {
        {hero(&shown)}
        {corrected(&shown)}
        {now(&shown.edition)}
        {headline(&shown.edition)}
        {strategies(&shown)}
        {attributes(&shown)}
        {more(&shown)}
    };
    Ok(shown.page(Here::Overview, "", main))
}

/// Says that the edition has been corrected, before anybody reads a figure.
fn corrected(shown: &Shown) -> Option<impl IntoView + use<>> {
    (shown.errata > 0).then(|| {
        let words = format!("{}の正誤表（{}件）", shown.edition.label(), shown.errata);
        view! {
            <div class="dads-notification-banner" data-type="warning">
                <p class="dads-notification-banner__heading">"この版には訂正があります"</p>
                <p class="dads-notification-banner__body"><a href=shown.errata_url()>{words}</a></p>
            </div>
        }
    })
}

fn hero(shown: &Shown) -> impl IntoView + use<> {
    let edition = &shown.edition;
    let plan = &edition.content.plan;
    let document = Some(published_label(&plan.published)).filter(|day| !day.is_empty()).map(|day| format!("（計画書 {day}）"));
    let vision =
        [plan.vision.clone(), if plan.future_image.is_empty() { String::new() } else { format!("将来像「{}」", plan.future_image) }];
    let effective = edition.decision.as_ref().and_then(|decision| decision.effective_on);
    let editions = shown.is_public().then(|| view! { "　"<a class="nobr rashin-hit" href=shown.editions_url()>"過去の版"</a> });
    let vision = vision.into_iter().filter(|line| !line.is_empty()).map(|line| view! { <span>{line}</span><br/> }).collect_view();
    view! {
        <div class="rashin-hero cols" data-cols="8-4">
            <div>
                <p class="rashin-hero__period">{plan.period_label()}</p>
                <h1>{plan.title.clone()}</h1>
                <p class="rashin-hero__vision">{vision}</p>
            </div>
            <dl class="dads-description-list" data-narrow="">
                <div><dt>"版"</dt><dd>{edition.label()}{document}</dd></div>
                <div><dt>"編集"</dt><dd>{Some(plan.editor.clone()).filter(|editor| !editor.is_empty())}</dd></div>
                {effective.map(|day| view! { <div><dt>"施行日"</dt><dd>{date_label(day)}</dd></div> })}
                <div><dt>"データ更新"</dt><dd>{date_label(edition.published_on)}{editions}</dd></div>
            </dl>
        </div>
    }
}

/// 「2025年3月」 of `2025-03`.
pub fn published_label(published: &str) -> String {
    match published.split_once('-') {
        Some((year, month)) => format!("{year}年{}月", month.trim_start_matches('0')),
        None => published.to_owned(),
    }
}

/// Where we stand, in words, in years, in dots.
fn now(edition: &Edition) -> impl IntoView + use<> {
    let plan = &edition.content.plan;
    let today = FiscalYear::of(edition.published_on);
    let lead = lead(edition, today);
    let years = plan.years().map(|year| {
        let state = (year < today).then_some("completed");
        let current = (year == today).then_some("step");
        let words = year_note(edition, year, today);
        view! {
            <li data-state=state aria-current=current>
                <span class="rashin-route__name">{year.label()}</span><span class="rashin-route__note">{words}</span>
            </li>
        }
    });
    let groups = edition.tally(edition.content.kpis.iter()).into_iter().map(|(status, count)| {
        let word = plan.grades.word(status);
        view! {
            <div class="rashin-now__group">
                <h3>{word}<span class="rashin-now__n">{count}<small>"件"</small></span></h3>
                {dots(&[(status, count)], &plan.grades, true)}
                <p class="note">{explanation(&plan.grades, status)}</p>
            </div>
        }
    });
    section(
        "now",
        "いまの進み具合",
        note(format!("{}時点", date_label(edition.published_on))),
        view! {
            <p class="lead prose">{lead}</p>
            <ol class="rashin-route" aria-label="計画の期間">{years.collect_view()}</ol>
            <div class="rashin-now">{groups.collect_view()}</div>
        },
    )
}

/// The first line is a sentence that says where we stand.
fn lead(edition: &Edition, today: FiscalYear) -> String {
    let plan = &edition.content.plan;
    let length = plan.period_until.0 - plan.period_from.0 + 1;
    let opening = match today.0 - plan.period_from.0 + 1 {
        ..=0 => format!("{length}年計画は{}に始まります。", plan.period_from.label()),
        year if year <= length => format!("{length}年計画の{year}年目です。"),
        _ => format!("{length}年計画は{}に終わりました。", plan.period_until.label()),
    };
    let total = edition.content.kpis.len();
    let judged: Vec<_> = edition.tally(edition.content.kpis.iter()).into_iter().filter(|(status, _)| status.is_judged()).collect();
    let standing = match judged.iter().map(|(_, count)| count).sum::<usize>() {
        0 => format!("{total}の指標は、まだどれも判定していません。"),
        judged_count => {
            format!("{total}の指標のうち{judged_count}を判定し、{}です。", tally_words(&judged, &plan.grades))
        }
    };
    let next = next_target_year(edition, today)
        .map(|(year, role)| format!("次の区切りは、{}の{}です。", year.short(), role.label().trim_end_matches('値')));
    format!("{opening}{standing}{}", next.unwrap_or_default())
}

fn next_target_year(edition: &Edition, today: FiscalYear) -> Option<(FiscalYear, Role)> {
    let points = edition.content.kpis.iter().flat_map(|kpi| &kpi.parts).flat_map(|part| &part.points);
    let coming = points.filter(|point| point.role != Role::Baseline && point.value.is_known());
    coming.map(|point| (point.period.fiscal_year(), point.role)).filter(|(year, _)| *year >= today).min()
}

fn year_note(edition: &Edition, year: FiscalYear, today: FiscalYear) -> String {
    let parts = || edition.content.kpis.iter().flat_map(|kpi| &kpi.parts);
    let mut words = Vec::new();
    if year == today {
        words.push("いま".to_owned());
    }
    let has = |role| parts().flat_map(|part| &part.points).any(|point| point.role == role && point.period.fiscal_year() == year);
    if has(Role::Interim) {
        words.push("中間目標の年度".to_owned());
    }
    if has(Role::Target) {
        words.push("最終目標の年度".to_owned());
    }
    if year <= today {
        let reported = |kpi: &&Kpi| kpi.parts.iter().flat_map(|p| &p.actuals).any(|a| a.period.fiscal_year() == year && a.value.is_known());
        match edition.content.kpis.iter().filter(reported).count() {
            0 if year < today => words.push("実績は未報告".to_owned()),
            0 => {}
            count => words.push(format!("実績 {count}件")),
        }
    }
    words.join("。")
}

fn explanation(grades: &RuleSet, status: Status) -> String {
    if status.is_judged() && grades.basis != Basis::Path {
        let bands = grades.bands.iter().filter(|band| band.class == status);
        let words: Vec<_> = bands.map(|band| format!("「{}」は{}", band.label, grades.meaning(band))).collect();
        return format!("{}が、{}です。", grades.basis.label(), words.join("、"));
    }
    let words = match status {
        Status::Achieved => "最終目標に届いています。",
        Status::OnTrack => "計画の道筋どおりか、それより先に進んでいます。",
        Status::SlightlyLate => "計画の道筋を少し下回っています。",
        Status::Late => "計画の道筋を下回っています。",
        Status::Unreported => "目標までの道筋はあります。年度の実績がまだ報告されていません。",
        Status::AwaitsTargetYear => "基準値がないため、目標の年度に初めて判定します。",
        Status::TargetUnset => "目標値がまだ決まっていません（計画に「導入時に設定」など）。",
        Status::Collecting => "実績を集計しています。",
        Status::NotJudged => "調査がない、該当しないなどの理由で判定しません。",
    };
    words.to_owned()
}

/// KPIs of whole strategies: the plan's main figures.
fn headline(edition: &Edition) -> Option<impl IntoView + use<>> {
    let kpis: Vec<&Kpi> = edition.content.kpis.iter().filter(|kpi| kpi.headline).take(4).collect();
    (!kpis.is_empty()).then(|| {
        let blocks = kpis.into_iter().map(|kpi| headline_kpi(edition, kpi)).collect_view();
        section(
            "head",
            "計画全体の目標",
            note("左端から右端が、基準から目標までの道のりです。"),
            view! { <div class="cols" data-cols="1-1">{blocks}</div> },
        )
    })
}

fn headline_kpi(edition: &Edition, kpi: &Kpi) -> Option<impl IntoView + use<>> {
    let part = kpi.parts.first()?;
    let plan = &edition.content.plan;
    let year = |role| part.point(role).map_or_else(String::new, |p| p.period.fiscal_year().short());
    let newest = kpi.newest();
    let actual_label = newest.map_or_else(|| "実績".to_owned(), |a| format!("実績 {}", a.period.fiscal_year().short()));
    let judgement = edition.statuses.get(&kpi.code).map(|j| j.reason.clone());
    let node = edition.content.node(&kpi.node).map(|node| super::node_name(&edition.content, node));
    Some(view! {
        <div class="stack">
            <h3>{kpi.name.clone()}</h3>
            <dl class="rashin-figures">
                <div><dt>{format!("現状値 {}", year(Role::Baseline))}</dt><dd>{planned(part.point(Role::Baseline).map(|p| &p.value), &part.unit)}</dd></div>
                <div><dt>{actual_label}</dt><dd>{figure(newest.map(|a| &a.value), &part.unit)}</dd></div>
                <div><dt>{format!("目標 {}", year(Role::Target))}</dt><dd>{planned(part.point(Role::Target).map(|p| &p.value), &part.unit)}</dd></div>
            </dl>
            {chart::bullet(&format!("b-{}", kpi.code), plan, kpi, part)}
            <p class="note">{format!("{}の指標。{}", node.unwrap_or_default(), judgement.unwrap_or_default())}</p>
        </div>
    })
}

fn strategies(shown: &Shown) -> impl IntoView + use<> {
    let edition = &shown.edition;
    let content = &edition.content;
    let top: Vec<&Node> = content.children(None).collect();
    let level = top.first().and_then(|node| content.plan.level(&node.level)).map_or("戦略", |level| level.name.as_str());
    let heading = format!("{}つの{level}", top.len());
    let items = top.iter().map(|node| strategy(shown, node)).collect_view();
    section(
        "st",
        &heading,
        note("1点 = 1指標。形は上の「いまの進み具合」と同じです。"),
        view! { <ol class="rashin-strategies">{items}</ol> },
    )
}

fn strategy(shown: &Shown, node: &Node) -> impl IntoView + use<> {
    let edition = &shown.edition;
    let content = &edition.content;
    let below: Vec<_> = content.children(Some(&node.key)).filter(|n| n.level != "measure").map(|n| n.title.as_str()).collect();
    let kpis = content.kpis_within(&node.key).count();
    let tally = edition.tally(content.kpis_within(&node.key));
    // The level under which initiatives stand is the plan's own; the deepest marked one speaks for it.
    let leaf = content.plan.levels.iter().filter(|level| level.key != "measure").max_by_key(|level| level.depth);
    let count = leaf.map(|leaf| format!("{} {}件", leaf.name, content.count_within(&node.key, &leaf.key)));
    let standing = if kpis == 0 && !node.gap.is_empty() {
        view! { {lost("指標は原文欠落")}<p class="note">{node.gap.clone()}</p> }.into_any()
    } else if kpis == 0 {
        view! { <p class="note">"指標はありません。"</p> }.into_any()
    } else {
        view! { {dots(&tally, &content.plan.grades, false)}<p class="note">{format!("指標 {kpis}件　{}", tally_words(&tally, &content.plan.grades))}</p> }.into_any()
    };
    view! {
        <li>
            <div><h3><a href=shown.node_url(node)>{format!("{}　{}", node.number, node.title)}</a></h3><p class="rashin-strategies__items">{below.join("／")}</p></div>
            <div class="stack">{standing}</div>
            <p class="num">{count}</p>
        </li>
    }
}

fn attributes(shown: &Shown) -> Option<impl IntoView + use<>> {
    let content = &shown.edition.content;
    (!content.attributes.is_empty()).then(|| {
        let count = |key: &str| content.nodes.iter().filter(|node| node.attributes.iter().any(|a| a == key)).count();
        let most = content.attributes.iter().map(|a| count(&a.key)).max().unwrap_or(1).max(1);
        let bars = content.attributes.iter().map(|attribute| {
            let n = count(&attribute.key);
            let width = format!("{:.1}", n as f64 * 100.0 / most as f64);
            let href = format!("{}?attribute={}", shown.url("/kpis"), attribute.key);
            view! {
                <li>
                    <a href=href>{attribute.name.clone()}</a>
                    <svg viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true"><rect width=width height="12"/></svg>
                    <span>{n}<small class="vh">"件"</small></span>
                </li>
            }
        });
        let heading = format!("{}つの属性", content.attributes.len());
        section(
            "at",
            &heading,
            note("施策に付いた属性の数。一つの施策に複数付きます。"),
            view! { <ul class="rashin-barlist">{bars.collect_view()}</ul> },
        )
    })
}

fn more(shown: &Shown) -> impl IntoView + use<> {
    let predecessor = shown.edition.content.plan.predecessor.is_some();
    let link = |path: &str, label: &'static str, words: &'static str| view! { <li><a href=shown.url(path)>{label}</a><span class="note">{words}</span></li> };
    section(
        "more",
        "もっと詳しく",
        (),
        view! {
            <ul class="rashin-task-list" data-two="">
                {link("/kpis", "指標の一覧", "現状値・目標・実績・判定")}
                {link("/roadmap", "ロードマップ", "年度ごとの予定")}
                {link("/chapters", "計画書の本文", "策定の目的から進捗目標まで")}
                {link("/bodies", "推進体制と関連する計画", "本部・部会・CoEの役割")}
                {predecessor.then(|| link("/predecessor", "前の計画の実績", "取組ごとの経過と数値"))}
                {link("/glossary", "用語集", "略語とカタカナ語")}
                {shown.is_public().then(|| link("/data", "データ（CSV・JSON）", "機械で読める形"))}
            </ul>
        },
    )
}
