//! `/{city}/staff/sections`: the tree of a day, and the changes that are prepared.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{Path, Query};
use jiff::civil::Date;
use leptos::prelude::*;
use rashin_domain::{
    access::{Action, decide},
    clock::date_label,
    form::{Form, FormErrors},
    ids::{MemberId, SectionId},
    organisation::{Organisation, Section, Subject},
    period::parse_date,
    tenancy::TenantKind,
};
use rashin_store::organisation::{Chart, Reorganisation};

use super::{chart_url, may_organise, section_url};
use crate::{
    owner::{owners_url, transfers_url},
    ui::{
        field::{self, Filled, TEXT, date, input, optional},
        frame::{Frame, Here},
        section::{empty, note, page_head, section},
    },
    web::{Page, Refusal, Visit},
};

/// Longer than any name; keeps a pasted page out of the search.
const WORDS_LIMIT: usize = 60;

pub async fn chart(visit: Visit, Path(city): Path<String>, Query(asked): Query<BTreeMap<String, String>>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let chart = tx.organisation().await?;
    let acts = tx.reorganisations().await?;
    let (today, may) = (tx.today(), may_organise(&tx));
    let (day, filled) = asked_day(asked, today);
    let words: String = filled.form.get("q").trim().chars().take(WORDS_LIMIT).collect();
    let rows = rows(&chart, day, &words);
    let (shown, all) = (rows.len(), chart.organisation.tree(day).len());
    let body = if all == 0 {
        empty("この日の組織は登録されていません。日を変えるか、「組織を変更する」から新設してください。", None).into_any()
    } else if shown == 0 {
        empty("条件に合う組織はありません。", Some((format!("{}?on={day}", chart_url(&city)), "この日のすべての組織を表示"))).into_any()
    } else {
        branch(&city, &rows, today).into_any()
    };
    let heading = if day == today { "今日の組織".to_owned() } else { format!("{}の組織", date_label(day)) };
    let hands_over = decide(tx.actor(), &Action::Assign).is_ok() && tx.city().kind == TenantKind::Municipality;
    let hand_over = hands_over.then(|| view! { <p class="links"><a href=transfers_url(&city)>"人事異動の引き継ぎ"</a><a href=owners_url(&city)>"指標と取組の担当"</a></p> });
    let change = may.then(|| view! {
        <p class="actions"><a class="dads-button" data-type="solid-fill" href=format!("/{city}/staff/reorganisations/new")>"組織を変更する"</a></p>
    });
    let main = view! {
        {filled.summary()}
        {page_head("", "組織", view! { {hand_over}{change} })}
        <form class="rashin-filter" method="get" action=chart_url(&city) novalidate>
            {date(&filled, &optional("表示する日").hint("西暦で入力。例：2027年4月1日"), &field::day("on"))}
            {input(&filled, "q", &optional("組織の名称"), TEXT)}
            <p class="actions"><button class="dads-button" data-type="outline">"表示する"</button></p>
        </form>
        {section("tree", &heading, note(format!("{all}組織")), body)}
        {prepared(&city, &acts, today, may)}
        {done(&acts, today)}
    };
    let frame = Frame::staff(&tx, None, Here::Organisation)
        .crumbs(vec![("ホーム".to_owned(), format!("/{city}/staff"))])
        .flash(visit.take_flash().await?);
    Ok(Page::new(filled.title("組織"), frame, main))
}

/// The day of `on` or of its three fields; today when nothing or something impossible was asked.
fn asked_day(asked: BTreeMap<String, String>, today: Date) -> (Date, Filled) {
    let mut form = Form::from_pairs(asked);
    let mut errors = FormErrors::default();
    let linked = parse_date(form.get("on")).ok();
    let day = linked.or_else(|| form.date("on", "表示する日", &mut errors).flatten()).unwrap_or(today);
    if errors.is_empty() {
        for (part, number) in [("year", i32::from(day.year())), ("month", day.month().into()), ("day", day.day().into())] {
            form.set(&format!("on_{part}"), number.to_string());
        }
    }
    (day, Filled { form, errors })
}

struct Row<'a> {
    depth: usize,
    section: &'a Section,
    kpis: usize,
    people: usize,
}

/// Sections whose name has the words, with those above them.
fn rows<'a>(chart: &'a Chart, day: Date, words: &str) -> Vec<Row<'a>> {
    let mut held: BTreeMap<SectionId, (usize, BTreeSet<MemberId>)> = BTreeMap::new();
    for tenure in chart.organisation.tenures.iter().filter(|tenure| tenure.span.holds(day)) {
        let (kpis, people) = held.entry(tenure.section).or_default();
        match &tenure.subject {
            Subject::Kpi(_) => *kpis += 1,
            Subject::Initiative(..) => {}
            Subject::Assignment(member, _) => _ = people.insert(*member),
        }
    }
    let tree = chart.organisation.tree(day);
    let wanted = with_above(&chart.organisation, &tree, day, words);
    let row = |(depth, section): (usize, &'a Section)| {
        let (kpis, people) = held.remove(&section.id).unwrap_or_default();
        Row { depth, section, kpis, people: people.len() }
    };
    tree.into_iter().filter(|(_, section)| wanted.contains(&section.id)).map(row).collect()
}

fn with_above(organisation: &Organisation, tree: &[(usize, &Section)], day: Date, words: &str) -> BTreeSet<SectionId> {
    let words = rashin_domain::text::search::search_form(words);
    let mut wanted = BTreeSet::new();
    for (_, section) in tree.iter().filter(|(_, section)| rashin_domain::text::search::search_form(&section.name).contains(&words)) {
        let mut next = Some(section.id);
        // Each section once: the walk ends even if a circle were stored.
        while let Some(id) = next.filter(|id| wanted.insert(*id)) {
            next = organisation.section(id).and_then(|section| section.parent_on(day));
        }
    }
    wanted
}

/// A list of the first depth with the lists below it.
fn branch(city: &str, rows: &[Row], today: Date) -> AnyView {
    let top = rows.first().map_or(0, |row| row.depth);
    let starts: Vec<usize> = (0..rows.len()).filter(|at| rows[*at].depth == top).collect();
    let ends = starts.iter().skip(1).copied().chain([rows.len()]);
    let items = starts.iter().zip(ends).map(|(start, end)| {
        let Row { section, kpis, people, .. } = &rows[*start];
        let below = (start + 1 < end).then(|| branch(city, &rows[start + 1..end], today));
        let from = (section.span.from > today).then(|| format!("{}から", date_label(section.span.from)));
        let until = section.span.until.map(|until| format!("{}まで", date_label(until)));
        let when: Vec<String> = from.into_iter().chain(until).collect();
        let kpis = (*kpis > 0).then(|| format!("　指標{kpis}件"));
        let people = (*people > 0).then(|| format!("　{people}人"));
        view! {
            <li>
                <p class="rashin-sections__row">
                    <a href=section_url(city, &section.key)>{section.name.clone()}</a>
                    <span class="note">{section.kind.clone()}{kpis}{people}</span>
                    {(!when.is_empty()).then(|| view! { <b>{when.join("、")}</b> })}
                </p>
                {below}
            </li>
        }
    });
    view! { <ul class="rashin-sections">{items.collect_view()}</ul> }.into_any()
}

fn prepared(city: &str, acts: &[Reorganisation], today: Date, may: bool) -> AnyView {
    let mut waiting: Vec<&Reorganisation> = acts.iter().filter(|act| act.on > today && !act.is_withdrawn).collect();
    waiting.reverse();
    let items = waiting.iter().map(|act| {
        let who = act.planned_by.clone().unwrap_or_else(|| "コマンド".to_owned());
        let withdrawal = may.then(|| view! {
            <form method="post" action=format!("/{city}/staff/reorganisations/{}/withdrawals", act.id)>
                <button class="dads-button" data-type="outline" data-size="sm" aria-label=format!("{}の準備を取り下げる", act.summary)>"取り下げる"</button>
            </form>
        });
        view! {
            <li>
                <div>
                    <b>{format!("{}　{}", date_label(act.on), act.summary)}</b>
                    <p class="note">{format!("理由：{}（{who}）", act.reason)}</p>
                    <p><a href=format!("{}?on={}", chart_url(city), act.on)>{format!("{}の組織を見る", date_label(act.on))}</a></p>
                </div>
                {withdrawal}
            </li>
        }
    });
    let count = waiting.len();
    let body = match count {
        0 => empty("準備している変更はありません。4月の機構改革は、いつでも前もって準備できます。", None).into_any(),
        _ => view! { <ul class="rashin-task-list" data-two="">{items.collect_view()}</ul> }.into_any(),
    };
    section("prepared", "準備している変更", note(format!("{count}件。実施日までは、何も変わりません。")), body)
}

fn done(acts: &[Reorganisation], today: Date) -> Option<AnyView> {
    let past = acts.iter().filter(|act| act.on <= today && !act.is_withdrawn);
    let items: Vec<_> = past
        .map(|act| view! { <li><time>{date_label(act.on)}</time><div><b>{act.summary.clone()}</b><br/><span class="note">{format!("理由：{}", act.reason)}</span></div></li> })
        .collect();
    (!items.is_empty()).then(|| section("done", "これまでの変更", (), view! { <ol class="rashin-timeline">{items}</ol> }))
}
