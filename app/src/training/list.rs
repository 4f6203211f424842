//! `/{city}/staff/trainings`: by fiscal year, with sums; the same as a file.

use std::collections::BTreeMap;

use axum::{
    extract::{Path, Query},
    response::Response,
};
use jiff::civil::Date;
use leptos::prelude::*;
use rashin_domain::{
    clock::{FiscalYear, date_label},
    form::Form,
    text::search::Words,
    training::TrainingKind,
};
use rashin_store::{
    TenantTx,
    training::{Attended, Held},
};
use serde::{Deserialize, Serialize};

use super::{TITLE, may, page::place, people, training_url, trainings_url};
use crate::{
    case::area::{Area, areas},
    ui::{
        field::{Filled, TEXT, hidden, input, optional, select},
        frame::{Frame, Here},
        section::{col, empty, note, num, page_head, section, table},
    },
    web::{Page, Refusal, Visit, csv_file},
};

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Filter {
    /// A fiscal year, as digits; all when empty.
    year: String,
    /// Code of a [`TrainingKind`]; all when empty.
    kind: String,
    /// Id of a section from which somebody came; all when empty.
    section: String,
    /// Code of the KPI that it counts for; all when empty.
    kpi: String,
    q: String,
}

impl Filter {
    fn holds(&self, held: &Held) -> bool {
        let training = &held.training;
        (self.year.is_empty() || self.year == year_of(held).0.to_string())
            && (self.kind.is_empty() || self.kind == training.kind.code())
            && (self.section.is_empty() || held.attendance.iter().any(|attended| id_of(attended) == self.section))
            && (self.kpi.is_empty() || training.tie.as_ref().is_some_and(|tie| tie.code == self.kpi))
            && Words::new(&self.q).are_in(&[&training.title, &training.place, &training.text])
    }

    fn fields(&self) -> [(&'static str, &String); 5] {
        [("year", &self.year), ("kind", &self.kind), ("section", &self.section), ("kpi", &self.kpi), ("q", &self.q)]
    }
}

/// Names a section in the filter; empty of people from outside.
fn id_of(attended: &Attended) -> String {
    attended.section.as_ref().map(|(id, _)| id.to_string()).unwrap_or_default()
}

fn year_of(held: &Held) -> FiscalYear {
    FiscalYear::of(held.training.on)
}

/// What was held of some.
#[derive(Clone, Copy, Default)]
struct Sums {
    workshops: usize,
    information: usize,
    attendees: i64,
}

impl Sums {
    fn of<'a>(held: impl Iterator<Item = &'a &'a Held>, today: Date) -> Self {
        held.filter(|held| held.training.was_held(today)).fold(Self::default(), |sums, held| Self {
            workshops: sums.workshops + usize::from(held.training.kind == TrainingKind::Workshop),
            information: sums.information + usize::from(held.training.kind == TrainingKind::Information),
            attendees: sums.attendees + held.attendees(),
        })
    }

    /// 「研修会 3回、情報発信 2件、参加者 延べ42人」
    fn words(self) -> String {
        format!("研修会 {}回、情報発信 {}件、参加者 延べ{}人", self.workshops, self.information, self.attendees)
    }
}

pub async fn trainings(visit: Visit, Path(city): Path<String>, Query(filter): Query<Filter>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let (all, may, today) = (tx.trainings().await?, may(&mut tx).await?, tx.today());
    let shown: Vec<&Held> = all.iter().filter(|held| filter.holds(held)).collect();
    let add = may.then(|| view! { <p class="actions"><a class="dads-button" data-type="solid-fill" href=format!("{}/new", trainings_url(&city))>"記録を加える"</a></p> });
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(filter.fields()).finish();
    let file = (!shown.is_empty()).then(|| view! { <a href=format!("{}.csv?{query}", trainings_url(&city))>"CSVで取り出す"</a> });
    let list = match (all.is_empty(), shown.is_empty()) {
        (true, _) if may => empty("研修会・情報発信の記録はまだありません。「記録を加える」から、予定も、済んだものも登録できます。", None),
        (true, _) => empty("研修会・情報発信の記録はまだありません。CoE（DX推進員）の会議体の委員か事務局が記録します。", None),
        (false, true) => empty("条件に合う記録はありません。", Some((trainings_url(&city), "すべてを表示する"))),
        (false, false) => listed(&city, &shown, today),
    };
    let by_section = by_section(&mut tx, &shown).await?;
    let this_year: Vec<&Held> = all.iter().filter(|held| year_of(held) == FiscalYear::of(today)).collect();
    let main = view! {
        {areas(&tx, Area::Trainings)}
        {page_head("", TITLE, view! { {file.map(|file| view! { <p class="links">{file}</p> })}{add} })}
        {(!all.is_empty()).then(|| view! {
            <p class="lead">{format!("{}は、これまでに{}です。", FiscalYear::of(today).label(), Sums::of(this_year.iter(), today).words())}</p>
            {filters(&all, &filter)}
        })}
        {list}
        {by_section}
    };
    let frame = Frame::staff(&tx, None, Here::Cases).flash(visit.take_flash().await?);
    Ok(Page::new(TITLE, frame, main))
}

fn filters(all: &[Held], filter: &Filter) -> AnyView {
    let mut form = Form::default();
    for (name, value) in filter.fields() {
        form.set(name, value.clone());
    }
    let filled = Filled { form, ..Filled::default() };
    let mut years: Vec<FiscalYear> = all.iter().map(year_of).collect();
    years.dedup();
    let years: Vec<_> = years.into_iter().map(|year| (year.0.to_string(), year.label())).collect();
    let kinds: Vec<_> = TrainingKind::ALL.iter().map(|kind| (kind.code().to_owned(), kind.label().to_owned())).collect();
    let from_sections = all.iter().flat_map(|held| &held.attendance).filter(|attended| attended.section.is_some());
    let sections: BTreeMap<String, String> = from_sections.map(|attended| (id_of(attended), place(attended))).collect();
    let mut sections: Vec<_> = sections.into_iter().collect();
    sections.sort_by(|(_, a), (_, b)| a.cmp(b));
    let counting = (!filter.kpi.is_empty())
        .then(|| view! { {hidden("kpi", filter.kpi.clone())}{note(format!("指標 {} に数える記録だけを表示しています。", filter.kpi))} });
    view! {
        <form class="rashin-filter" method="get" role="search" aria-label="研修会・情報発信の絞り込み">
            {select(&filled, "year", &optional("年度"), &years, "すべて")}
            {select(&filled, "kind", &optional("種類"), &kinds, "すべて")}
            {select(&filled, "section", &optional("参加した部署"), &sections, "すべて")}
            {input(&filled, "q", &optional("言葉"), TEXT)}
            {counting}
            <p class="actions"><button class="dads-button" data-type="outline">"絞り込む"</button></p>
        </form>
    }
    .into_any()
}

/// A group for each fiscal year, the newest first, under its sums.
fn listed(city: &str, shown: &[&Held], today: Date) -> AnyView {
    let groups = shown.chunk_by(|a, b| year_of(a) == year_of(b)).map(|year| {
        let rows = year.iter().map(|held| row(city, held, today)).collect_view();
        let head = year.first().map(|held| format!("{}　{}", year_of(held).label(), Sums::of(year.iter(), today).words()));
        view! {
            <tbody role="rowgroup" data-group="">
                <tr role="row"><th scope="rowgroup" role="rowheader" colspan="5">{head}</th></tr>
                {rows}
            </tbody>
        }
    });
    let heads = vec![col("題名"), col("日"), col("種類"), col("開き方・場所"), num("参加者")];
    table("trainings", format!("{}件（新しい順）", shown.len()), heads, groups.collect_view().into_any(), true)
}

fn row(city: &str, held: &Held, today: Date) -> AnyView {
    let training = &held.training;
    let place = [training.manner.label(), &training.place].join("　");
    let tie = training.tie.as_ref().map(|tie| view! { <span class="dads-table__sub">{format!("指標 {} に数える", tie.code)}</span> });
    let people = if training.was_held(today) { people(held) } else { state(held, today).to_owned() };
    view! {
        <tr role="row">
            <th scope="row" role="rowheader"><a href=training_url(city, held.number)>{training.title.clone()}</a>{tie}</th>
            <td role="cell"><span class="dads-table__cell-label">"日"</span><span class="nobr">{date_label(training.on)}</span></td>
            <td role="cell"><span class="dads-table__cell-label">"種類"</span><span>{training.kind.label()}</span></td>
            <td role="cell"><span class="dads-table__cell-label">"開き方・場所"</span><span>{place.trim().to_owned()}</span></td>
            <td role="cell" class="num"><span class="dads-table__cell-label">"参加者"</span><span>{people}</span></td>
        </tr>
    }
    .into_any()
}

fn state(held: &Held, today: Date) -> &'static str {
    match (held.training.called_off, held.training.was_held(today)) {
        (true, _) => "中止",
        (false, true) => "済み",
        (false, false) => "予定",
    }
}

/// From which sections people came to what is shown, and from which 課 nobody did.
async fn by_section(tx: &mut TenantTx, shown: &[&Held]) -> Result<Option<AnyView>, Refusal> {
    // Two sections may have one name.
    let mut sums: BTreeMap<String, (String, usize, i64)> = BTreeMap::new();
    for attended in shown.iter().filter(|held| !held.training.called_off).flat_map(|held| &held.attendance) {
        let (_, times, attendees) = sums.entry(id_of(attended)).or_insert_with(|| (place(attended), 0, 0));
        (*times, *attendees) = (*times + 1, *attendees + i64::from(attended.attendees));
    }
    if sums.is_empty() {
        return Ok(None);
    }
    let absent: Vec<String> = tx
        .sections()
        .await?
        .into_iter()
        .filter(|section| section.kind == "課" && !sums.contains_key(&section.id.to_string()))
        .map(|section| section.name)
        .collect();
    let mut sums: Vec<_> = sums.into_values().collect();
    sums.sort_by_key(|(_, _, attendees)| std::cmp::Reverse(*attendees));
    let rows = sums.iter().map(|(name, times, attendees)| {
        view! {
            <tr role="row">
                <th scope="row" role="rowheader">{name.clone()}</th>
                <td role="cell" class="num"><span class="dads-table__cell-label">"回数"</span><span>{format!("{times}回")}</span></td>
                <td role="cell" class="num"><span class="dads-table__cell-label">"延べ人数"</span><span>{format!("{attendees}人")}</span></td>
            </tr>
        }
    });
    let body = view! { <tbody role="rowgroup">{rows.collect_view()}</tbody> }.into_any();
    let heads = vec![col("部署"), num("回数"), num("延べ人数")];
    let absent = (!absent.is_empty()).then(|| {
        view! { <details class="rashin-detail"><summary>{format!("まだ参加のない課　{}", absent.len())}</summary><p>{absent.join("、")}</p></details> }
    });
    let body = view! { {table("by-section", "表示している記録の合計（多い順）", heads, body, true)}{absent} };
    Ok(Some(section("sections", "部署ごとの参加", (), body)))
}

const CSV_HEADER: [&str; 12] = ["番号", "年度", "日", "種類", "題名", "開き方", "場所", "状態", "数える指標", "部署", "参加者数", "内容"];

/// `/{city}/staff/trainings.csv`, with the filter of the page: a line for each section that came, one for a training without any.
pub async fn csv(visit: Visit, Path(city): Path<String>, Query(filter): Query<Filter>) -> Result<Response, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let (all, today) = (tx.trainings().await?, tx.today());
    let lines = |held: &Held| {
        let training = &held.training;
        let line = |section: String, attendees: String| {
            vec![
                held.number.to_string(),
                year_of(held).0.to_string(),
                training.on.to_string(),
                training.kind.label().to_owned(),
                training.title.clone(),
                training.manner.label().to_owned(),
                training.place.clone(),
                state(held, today).to_owned(),
                training.tie.as_ref().map(|tie| tie.code.clone()).unwrap_or_default(),
                section,
                attendees,
                training.text.clone(),
            ]
        };
        match held.attendance.is_empty() {
            true => vec![line(String::new(), String::new())],
            false => held.attendance.iter().map(|attended| line(place(attended), attended.attendees.to_string())).collect(),
        }
    };
    csv_file(&format!("{city}-trainings.csv"), &CSV_HEADER, all.iter().filter(|held| filter.holds(held)).flat_map(lines))
}
