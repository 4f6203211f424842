//! The figures behind a comparison: columns of one year, rows of bodies, and what they come to.

use std::collections::{BTreeSet, HashMap};

use rashin_domain::{
    clock::FiscalYear,
    figure::{Body, Dataset, Level, Summary, level_of},
    indicator::{Indicator, Library},
    kpi::Direction,
    value::{Value, ValueKind},
};
use rashin_store::{
    Result, TenantTx,
    figure::{Area, Release},
};

use super::lens::{Lens, NATION};

/// An indicator with the release that its figures are of.
#[derive(Clone)]
pub struct Column {
    pub indicator: Indicator,
    pub release: Release,
    /// What all bodies of the release come to.
    pub whole: Summary,
}

impl Column {
    pub fn code(&self) -> &str {
        &self.indicator.code
    }

    /// Whether its figures may stand in an order of their own.
    pub fn is_ranked(&self) -> bool {
        !self.indicator.no_ranking && matches!(self.indicator.kind, Some(ValueKind::Number | ValueKind::Ratio))
    }

    /// 「高い順」
    pub fn order(&self) -> &'static str {
        match self.indicator.direction {
            Some(Direction::Down) => "低い順",
            Some(Direction::Up | Direction::Keep) | None => "高い順",
        }
    }
}

pub struct Row {
    pub body: Body,
    /// In the order of the columns; `None` where the release does not speak of the body.
    pub values: Vec<Option<Value>>,
}

/// Indicators that are chosen together: `set` in the address and its words.
pub struct Set {
    pub key: String,
    pub words: String,
    codes: BTreeSet<String>,
}

pub struct Board {
    pub level: Level,
    pub year: FiscalYear,
    /// Years with figures, newest first.
    pub years: Vec<FiscalYear>,
    /// Prefectures of whose municipalities there are figures.
    pub areas: Vec<Area>,
    /// `None`: all of the nation.
    pub area: Option<Area>,
    /// How many bodies there are in the nation.
    pub nation: usize,
    /// All indicators with figures.
    pub offered: Vec<Column>,
    pub sets: Vec<Set>,
    pub columns: Vec<Column>,
    /// Bodies of the area, to choose from.
    pub choice: Vec<Body>,
    /// How many of them are shown, on all pages.
    pub shown: usize,
    pub rows: Vec<Row>,
    /// What the shown bodies of all pages come to, by column.
    pub sums: Vec<Summary>,
    /// The column by which bodies are ordered, if not by code.
    pub sorted: Option<usize>,
    pub page: usize,
    pub pages: usize,
}

impl Board {
    /// With so many bodies on a page. `None`: nothing was imported for bodies of the level.
    pub async fn load(tx: &mut TenantTx, lens: &Lens, per_page: usize) -> Result<Option<Self>> {
        let level = lens.level();
        let mut releases = tx.releases().await?;
        releases.retain(|release| release.dataset.level() == level);
        let mut years: Vec<FiscalYear> = releases.iter().map(|release| release.year).collect();
        years.dedup();
        let asked = years.iter().copied().find(|year| year.0.to_string() == lens.get("year"));
        let Some(year) = asked.or(years.first().copied()) else { return Ok(None) };
        // Newest revision first: of each table that one counts.
        let mut newest: Vec<Release> = Vec::new();
        for release in releases.into_iter().filter(|release| release.year == year) {
            if newest.iter().all(|other| other.dataset != release.dataset) {
                newest.push(release);
            }
        }
        let offered = offered(tx, &newest).await?;
        let sets = sets(&offered);
        let (areas, nation) = areas(tx, level, &offered).await?;
        let area = area(tx, lens, &areas);
        let columns = chosen(lens, &offered, &sets);
        let sorted = columns.iter().position(|column| column.is_ranked() && column.code() == lens.get("sort"));

        let choice = tx.local_bodies(level, area.as_ref().map(|area| area.code.as_str())).await?;
        let picked = lens.bodies();
        let mut bodies: Vec<Body> = choice.iter().filter(|body| lens.holds(body, &picked)).cloned().collect();
        let nation = if level == Level::Prefecture { choice.len() } else { nation };
        let shown = bodies.len();
        if let Some(at) = sorted {
            in_order(tx, &columns[at], &mut bodies).await?;
        }
        let pages = shown.div_ceil(per_page).max(1);
        let page = lens.page().clamp(1, pages);
        let on_page = bodies.iter().skip((page - 1) * per_page).take(per_page);
        // What the whole nation comes to was reckoned once.
        let is_whole = shown == nation && columns.iter().all(|column| column.whole.bodies == nation);
        let needed: Vec<String> = match is_whole {
            true => on_page.clone().map(|body| body.code.clone()).collect(),
            false => bodies.iter().map(|body| body.code.clone()).collect(),
        };
        let numbers: Vec<i32> = columns.iter().map(|column| column.release.number).collect::<BTreeSet<_>>().into_iter().collect();
        let codes: Vec<String> = columns.iter().map(|column| column.code().to_owned()).collect();
        let mut figures = tx.figures(&numbers, &codes, &needed).await?;
        let key = |column: &Column, body: &str| (column.release.number, column.code().to_owned(), body.to_owned());
        let sum = |column: &Column| match is_whole {
            true => column.whole.clone(),
            false => {
                let values = needed.iter().filter_map(|body| figures.get(&key(column, body)));
                Summary { bodies: shown, ..Summary::of(values) }
            }
        };
        let sums = columns.iter().map(sum).collect();
        let rows = on_page.map(|body| Row {
            body: body.clone(),
            values: columns.iter().map(|column| figures.remove(&key(column, &body.code))).collect(),
        });
        let rows = rows.collect();
        Ok(Some(Self { level, year, years, areas, area, nation, offered, sets, columns, choice, shown, rows, sums, sorted, page, pages }))
    }

    /// 「山梨県」, 「全国」
    pub fn place(&self) -> &str {
        self.area.as_ref().map_or("全国", |area| &area.name)
    }

    /// Where all bodies of the nation are in the release: what it comes to, as a line to compare with.
    pub fn has_nation(&self) -> bool {
        self.shown < self.nation && self.columns.iter().all(|column| column.whole.bodies == self.nation)
    }

    /// Releases of the columns, each once.
    pub fn releases(&self) -> Vec<&Release> {
        let mut releases: Vec<&Release> = Vec::new();
        for column in &self.columns {
            if !releases.contains(&&column.release) {
                releases.push(&column.release);
            }
        }
        releases
    }
}

async fn offered(tx: &mut TenantTx, releases: &[Release]) -> Result<Vec<Column>> {
    let numbers: Vec<i32> = releases.iter().map(|release| release.number).collect();
    let mut summaries = tx.summaries(&numbers).await?;
    let mut columns = Vec::new();
    for indicator in tx.indicators().await? {
        for release in releases {
            if let Some(whole) = summaries.remove(&(release.number, indicator.code.clone())) {
                columns.push(Column { indicator: indicator.clone(), release: release.clone(), whole });
            }
        }
    }
    Ok(columns)
}

/// The tables that figures came from, and their headings.
fn sets(offered: &[Column]) -> Vec<Set> {
    let mut sets: Vec<Set> = Vec::new();
    for library in Library::ALL.iter().copied() {
        let of_library: Vec<&Column> = offered.iter().filter(|column| column.indicator.library == library).collect();
        let codes = |columns: &[&Column]| columns.iter().map(|column| column.code().to_owned()).collect::<BTreeSet<_>>();
        let mut headings: Vec<&str> = of_library.iter().map(|column| column.indicator.category.as_str()).collect();
        headings.dedup();
        let name = match library {
            Library::Dashboard => format!("国の{}指標", of_library.len()),
            Library::Applications => format!("オンライン申請率（{}手続）", of_library.len()),
            Library::DxPlan => continue,
        };
        if !of_library.is_empty() {
            sets.push(Set { key: library.code().to_owned(), words: name, codes: codes(&of_library) });
        }
        for (at, heading) in headings.iter().enumerate() {
            let under: Vec<&Column> = of_library.iter().filter(|column| column.indicator.category == *heading).copied().collect();
            let words = format!("{heading}（{}）", under.len());
            sets.push(Set { key: format!("{}-{}", library.code(), at + 1), words, codes: codes(&under) });
        }
    }
    sets
}

/// Single ones, or those of a set; the first set without a wish.
fn chosen(lens: &Lens, offered: &[Column], sets: &[Set]) -> Vec<Column> {
    let picked = lens.indicators();
    let set = sets.iter().find(|set| set.key == lens.get("set")).or(sets.first());
    let is_wanted = |column: &&Column| match picked.is_empty() {
        true => set.is_some_and(|set| set.codes.contains(column.code())),
        false => picked.contains(&column.code()),
    };
    offered.iter().filter(is_wanted).cloned().collect()
}

/// Prefectures with figures of their municipalities, and how many municipalities there are.
async fn areas(tx: &mut TenantTx, level: Level, offered: &[Column]) -> Result<(Vec<Area>, usize)> {
    let first = offered.iter().find(|column| column.release.dataset == Dataset::MunicipalComparison).or(offered.first());
    let (Level::Municipality, Some(column)) = (level, first) else { return Ok((Vec::new(), 0)) };
    let mut areas = tx.areas(column.release.number, column.code()).await?;
    let nation = areas.iter().map(|area| area.bodies).sum::<i64>();
    areas.retain(|area| area.covered > 0);
    Ok((areas, usize::try_from(nation).unwrap_or_default()))
}

/// The asked one; else the own prefecture; else the only one there is.
fn area(tx: &TenantTx, lens: &Lens, areas: &[Area]) -> Option<Area> {
    let find = |code: &str| areas.iter().find(|area| area.code == code).cloned();
    match lens.get("area") {
        NATION => None,
        asked => find(asked).or_else(|| find(&tx.city().prefecture)).or_else(|| areas.first().filter(|_| areas.len() == 1).cloned()),
    }
}

/// By the figures of a column, the better one first; those without a figure last, equal ones by code.
async fn in_order(tx: &mut TenantTx, column: &Column, bodies: &mut [Body]) -> Result<()> {
    let figures: HashMap<String, Value> = tx.column(column.release.number, column.code()).await?.into_iter().collect();
    let level = |body: &Body| figures.get(&body.code).and_then(level_of);
    let down = column.indicator.direction == Some(Direction::Down);
    let key = |body: &Body| level(body).map_or((true, None), |level| (false, Some(if down { level } else { -level })));
    bodies.sort_by_cached_key(|body| (key(body), body.code.clone()));
    Ok(())
}
