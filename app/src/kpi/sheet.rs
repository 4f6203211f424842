//! The KPI sheet that staff and public share: status with its reason, figures, chart, table, definition.

use jiff::civil::Date;
use leptos::prelude::*;
use rashin_domain::{
    clock::date_label,
    kpi::Role,
    period::Period,
    plan::{Actual, Kpi, Part, PlanHead, Point, Replaced},
    progress::{Judgement, Path, judge_part, printed_path},
};

use crate::ui::{
    chart,
    provenance::{reading, source},
    section::{col, facts, note, num, section, table},
    status::{cell, figure, planned, status, status_large},
};

/// What a sheet shows.
pub struct Sheet<'a> {
    pub plan: &'a PlanHead,
    pub kpi: &'a Kpi,
    pub judgement: Option<&'a Judgement>,
    pub section: Option<&'a str>,
    pub attributes: Vec<&'a str>,
    /// Day that statuses are as of.
    pub today: Date,
    pub actions: AnyView,
}

pub fn view(sheet: Sheet<'_>) -> AnyView {
    let Sheet { plan, kpi, judgement, section: owner, attributes, today, actions } = sheet;
    let chips = attributes.into_iter().map(|name| view! { <li class="dads-chip-label">{name.to_owned()}</li> }).collect_view();
    let owner = owner.map_or_else(|| "担当課は未設定".to_owned(), |name| format!("担当 {name}"));
    let parts = kpi.parts.iter().map(|part| part_view(plan, kpi, part, today)).collect_view();
    view! {
        <div class="page-head">
            <p class="page-head__kicker">{format!("指標 {}", kpi.code)}</p>
            <div class="page-head__row"><h1>{kpi.name.clone()}</h1>{actions}</div>
            <ul class="rashin-chips" aria-label="属性と担当">{chips}<li class="dads-chip-label" data-style="fill">{owner}</li></ul>
        </div>
        {judgement.map(|judgement| view! {
            <section class="section" aria-labelledby="standing">
                <h2 class="vh" id="standing">"いまの判定"</h2>
                <div class="stack">
                    <p>{status_large(judgement)}</p>
                    <p class="lead prose">{judgement.reason.clone()}</p>
                    <p class="note">{rule_words(plan, judgement, today)}</p>
                </div>
            </section>
        })}
        {(!kpi.doubt.is_empty()).then(|| view! {
            <div class="dads-notification-banner" data-type="warning"><p class="dads-notification-banner__heading">"要確認"</p><p class="dads-notification-banner__body">{kpi.doubt.clone()}</p></div>
        })}
        {parts}
        {definition(kpi)}
    }
    .into_any()
}

/// What the rule measures, and by which set.
fn rule_words(plan: &PlanHead, judgement: &Judgement, today: Date) -> String {
    let what = if judgement.overruled { "計算による判定" } else { "判定" };
    let (measure, name) = (plan.grades.basis.label(), &plan.grades.name);
    format!("{}時点。{what}は、{measure}から自動で行います。判定の決まりは「{name}」です。", date_label(today))
}

fn part_view(plan: &PlanHead, kpi: &Kpi, part: &Part, today: Date) -> impl IntoView + use<> {
    let named = !part.name.is_empty();
    let heading = if named { part.name.clone() } else { "推移".to_owned() };
    let id = format!("part-{}", part.key);
    let judgement = named.then(|| {
        let judgement = judge_part(plan, kpi, part, today);
        view! { <p>{status(&judgement)}<span class="note">{format!("　{}", judgement.reason)}</span></p> }
    });
    let comparable = kpi.comparable(part, today);
    let broken = kpi.series_break(today).map(|year| {
        note(format!("{}から定義が変わりました。前の値とは比べられないため、図と判定には含めず、表だけに示しています。", year.label()))
    });
    view! {
        <section class="section" aria-labelledby=id.clone()>
            <div class="section__head"><h2 id=id.clone()>{heading}</h2></div>
            {judgement}
            {broken}
            {figures(part)}
            <div class="cols" data-cols="1-1">
                {chart::trend(&format!("c-{}", part.key), plan, kpi, &comparable, today)}
                {years(plan, kpi, part, today)}
            </div>
        </section>
    }
}

fn figures(part: &Part) -> impl IntoView + use<> {
    let of = |role: Role, word: &str| {
        let point = part.point(role);
        let label = point.map_or_else(|| word.to_owned(), |p| format!("{word} {}", p.period.fiscal_year().short()));
        let mark = point.and_then(|p| reading(&p.provenance));
        let value = planned(point.map(|point| &point.value), &part.unit);
        view! { <div><dt>{label}</dt><dd>{value}{mark}</dd></div> }
    };
    let newest = part.actuals.last();
    let label = newest.map_or_else(|| "実績".to_owned(), |a| format!("実績 {}", a.period.fiscal_year().short()));
    view! {
        <dl class="rashin-figures">
            {of(Role::Baseline, "現状値")}
            <div><dt>{label}</dt><dd>{figure(newest.map(|a| &a.value), &part.unit)}</dd></div>
            {of(Role::Interim, "中間目標")}
            {of(Role::Target, "目標")}
        </dl>
    }
}

/// The values of each year: what the chart shows, and why there is none.
pub fn years(plan: &PlanHead, kpi: &Kpi, part: &Part, today: Date) -> AnyView {
    let path = Path::of(plan, &kpi.comparable(part, today));
    let mut periods: Vec<Period> = part.points.iter().map(|p| p.period).chain(part.actuals.iter().map(|a| a.period)).collect();
    periods.extend(plan.years().filter(|year| year.is_due(today)).map(Period::FiscalYear));
    periods.sort_by_key(|p| std::cmp::Reverse((p.last_day(), p.to_string())));
    periods.dedup();
    let rows = periods.into_iter().map(|period| {
        let actual = part.actual(period);
        let of_period = || part.points.iter().filter(|p| p.period == period);
        let points: Vec<String> = of_period().map(|p| format!("{} {}", p.role.label(), p.value.with_unit(&part.unit))).collect();
        let revised = of_period().map(|point| replaced_points(point, &part.unit)).collect_view();
        let expected = match period {
            Period::FiscalYear(year) => path.as_ref().and_then(|path| path.at(year)).map(|value| printed_path(part, value)),
            _ => None,
        };
        let is_due = period.fiscal_year().is_due(today) && period.fiscal_year() >= plan.period_from;
        let value = match actual {
            Some(actual) => cell(Some(&actual.value), &part.unit),
            None if is_due => view! { <span class="rashin-unknown">"未報告"</span> }.into_any(),
            None => "".into_any(),
        };
        view! {
            <tr>
                <th scope="row" class="nobr">{period_label(period)}</th>
                <td class="num">{value}{actual.and_then(|a| reading(&a.provenance))}</td>
                <td class="num">{expected}</td>
                <td>{points.join("、")}{revised}{actual.map(|actual| actual_note(actual, &part.unit))}</td>
            </tr>
        }
    });
    let body = view! { <tbody>{rows.collect_view()}</tbody> }.into_any();
    let unit = if part.unit.is_empty() { String::new() } else { format!("、単位：{}", part.unit) };
    let name = if part.name.is_empty() { String::new() } else { format!("{}　", part.name) };
    let heads = vec![col("年度"), num("実績"), num("道筋"), col("目標・時点・理由")];
    view! {
        <div class="stack">
            {table(&format!("t-{}", part.key), format!("{name}年度ごとの値（新しい順{unit}）"), heads, body, false)}
            {note(format!("「道筋」は現状値・中間目標・目標を結んだ線の値です。出典：{}", first_source(plan, kpi)))}
        </div>
    }
    .into_any()
}

fn period_label(period: Period) -> String {
    match period {
        Period::FiscalYear(year) => format!("{}({})", year.0, year.era()),
        other => other.label(),
    }
}

fn first_source(plan: &PlanHead, kpi: &Kpi) -> String {
    if kpi.source.is_empty() { plan.source.clone() } else { kpi.source.clone() }
}

/// Maturity, as-of date, note, and the values that corrections replaced.
fn actual_note(actual: &Actual, unit: &str) -> impl IntoView + use<> {
    let as_of = actual.as_of.map(|date| format!("（{}時点）", date_label(date))).unwrap_or_default();
    let link = (!actual.link.is_empty())
        .then(|| view! { <span class="dads-table__sub"><a href=actual.link.clone() rel="noopener nofollow">"根拠"</a></span> });
    let replaced = actual.replaced.iter().map(|old| {
        let (on, before) = (date_label(old.on), old.value.with_unit(unit));
        // Without a reason a more settled figure took the place of a preliminary one: no erratum.
        let words = match old.reason.is_empty() {
            true => format!("{on}に更新。前の値 {before}"),
            false => format!("訂正 {on}　前の値 {before}　理由：{}", old.reason),
        };
        view! { <span class="dads-table__sub">{words}</span> }
    });
    view! {
        <span class="dads-table__sub">{actual.maturity.label()}{as_of}</span>
        {(!actual.note.is_empty()).then(|| view! { <span class="dads-table__sub">{actual.note.clone()}</span> })}
        {link}
        {replaced.collect_view()}
    }
}

/// Earlier values of a target, with the reason for the new one.
fn replaced_points(point: &Point, unit: &str) -> impl IntoView + use<> {
    let line = |old: &Replaced| {
        let words =
            format!("{}を{}に見直し。前の値 {}。理由：{}", point.role.label(), date_label(old.on), old.value.with_unit(unit), old.reason);
        view! { <span class="dads-table__sub">{words}</span> }
    };
    point.replaced.iter().map(line).collect_view()
}

pub fn definition(kpi: &Kpi) -> impl IntoView + use<> {
    let text = |words: &str| match words.is_empty() {
        true => view! { <span class="rashin-unknown">"計画に記載なし"</span> }.into_any(),
        false => words.to_owned().into_any(),
    };
    let mut rows = vec![("何を数えるか", text(&kpi.how_to_count)), ("算式", text(&kpi.formula)), ("データの出所", text(&kpi.source))];
    for part in &kpi.parts {
        let name = if part.name.is_empty() { String::new() } else { format!("{}：", part.name) };
        let unit = if part.unit.is_empty() { part.kind.label() } else { &part.unit };
        let confirmed = if part.accumulation_confirmed { "" } else { "（推定）" };
        let words = format!("{name}{unit}、{}、{}{confirmed}", part.direction.label(), part.accumulation.label());
        rows.push(("単位・向き・累計", words.into_any()));
    }
    rows.push(("頻度", kpi.frequency.label().into_any()));
    for change in &kpi.changes {
        let broken = if change.series_break { "（前後の値は比べられません）" } else { "" };
        rows.push(("定義の変更", format!("{}から{broken}：{}", change.from_year.label(), change.note).into_any()));
    }
    rows.push(("出典", view! { {source(&kpi.provenance)}{reading(&kpi.provenance)} }.into_any()));
    section("definition", "定義と数え方", (), facts(rows))
}
