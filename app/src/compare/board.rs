//! The figures behind a comparison: columns of one year, rows of bodies, and what they come to.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;
use rashin_domain::{
    clock::FiscalYear,
    figure::{Body, Dataset, Level, Summary, level_of},
    indicator::Indicator,
    kpi::Direction,
    value::{Value, ValueKind},
};
use rashin_store::{
    Result, TenantTx,
    figure::{Area, Release},
    own_indicator::{OwnIndicator, OwnRelease},
};

use super::lens::{Lens, NATION};

/// The set of indicators that a prefecture has made itself.
const OWN: &str = "own";
const OWN_NAME: &str = "独自の指標";

/// Which figures a column shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    National(Release),
    Own(OwnRelease),
}

impl Origin {
    pub fn year(&self) -> FiscalYear {
        match self {
            Origin::National(release) => release.year,
            Origin::Own(release) => release.year,
        }
    }

    /// The day of which the figures speak.
    pub fn as_of(&self) -> Date {
        match self {
            Origin::National(release) => release.as_of,
            Origin::Own(release) => release.as_of,
        }
    }

    pub fn revision(&self) -> i32 {
        match self {
            Origin::National(release) => release.revision,
            Origin::Own(release) => release.revision,
        }
    }

    pub fn bodies(&self) -> i32 {
        match self {
            Origin::National(release) => release.bodies,
            Origin::Own(release) => release.bodies,
        }
    }
}

/// An indicator with the figures of a year.
#[derive(Clone)]
pub struct Column {
    pub code: String,
    pub name: String,
    pub category: String,
    pub kind: ValueKind,
    pub unit: String,
    pub direction: Direction,
    pub no_ranking: bool,
    /// Whether only its label is known.
    pub is_label_only: bool,
    pub source: String,
    pub origin: Origin,
    /// What all bodies of the release come to; of national figures only.
    pub whole: Option<Summary>,
}

impl Column {
    fn national(indicator: Indicator, release: Release, whole: Summary) -> Option<Self> {
        Some(Self {
            is_label_only: indicator.is_label_only(),
            code: indicator.code,
            name: indicator.name,
            category: indicator.category,
            kind: indicator.kind?,
            unit: indicator.unit,
            direction: indicator.direction.unwrap_or(Direction::Up),
            no_ranking: indicator.no_ranking,
            source: indicator.source,
            origin: Origin::National(release),
            whole: Some(whole),
        })
    }

    fn own(indicator: OwnIndicator, release: OwnRelease) -> Self {
        Self {
            code: indicator.code(),
            category: OWN_NAME.to_owned(),
            kind: indicator.count.kind(),
            is_label_only: false,
            name: indicator.definition.name,
            unit: indicator.definition.unit,
            direction: indicator.definition.direction,
            no_ranking: indicator.definition.no_ranking,
            source: indicator.definition.survey,
            origin: Origin::Own(release),
            whole: None,
        }
    }

    /// Whether its figures are those of all bodies of the nation.
    fn covers(&self, nation: usize) -> bool {
        self.whole.as_ref().is_some_and(|whole| whole.bodies == nation)
    }

    /// Whether its figures may stand in an order of their own.
    pub fn is_ranked(&self) -> bool {
        !self.no_ranking && matches!(self.kind, ValueKind::Number | ValueKind::Ratio)
    }

    /// 「高い順」
    pub fn order(&self) -> &'static str {
        match self.direction {
            Direction::Down => "低い順",
            Direction::Up | Direction::Keep => "高い順",
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
        let own = match level {
            Level::Municipality => tx.own_releases().await?,
            Level::Prefecture => Vec::new(),
        };
        let every = releases.iter().map(|release| release.year).chain(own.iter().map(|release| release.year));
        let years: Vec<FiscalYear> = every.collect::<BTreeSet<_>>().into_iter().rev().collect();
        let asked = years.iter().copied().find(|year| year.0.to_string() == lens.get("year"));
        // Unless asked, the newest year that the nation was surveyed in: one own figure hides nothing.
        let surveyed = releases.first().map(|release| release.year);
        let Some(year) = asked.or(surveyed).or(years.first().copied()) else { return Ok(None) };
        // Newest revision first: of each table that one counts.
        let mut newest: Vec<Release> = Vec::new();
        for release in releases.into_iter().filter(|release| release.year == year) {
            if newest.iter().all(|other| other.dataset != release.dataset) {
                newest.push(release);
            }
        }
        let mut offered = offered(tx, &newest).await?;
        offered.extend(own_columns(tx, own, year).await?);
        let sets = sets(&offered);
        let (areas, nation) = areas(tx, level, &offered).await?;
        let area = area(tx, lens, &areas);
        let columns = chosen(lens, &offered, &sets);
        let sorted = columns.iter().position(|column| column.is_ranked() && column.code == lens.get("sort"));

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
        let is_whole = shown == nation && columns.iter().all(|column| column.covers(nation));
        let needed: Vec<String> = match is_whole {
            true => on_page.clone().map(|body| body.code.clone()).collect(),
            false => bodies.iter().map(|body| body.code.clone()).collect(),
        };
        let mut figures = figures(tx, &columns, &needed).await?;
        let key = |column: &Column, body: &str| (column.code.clone(), body.to_owned());
        let sum = |column: &Column| match &column.whole {
            Some(whole) if is_whole => whole.clone(),
            _ => {
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
        self.shown < self.nation && self.columns.iter().all(|column| column.covers(self.nation))
    }

    /// Where the figures of the columns come from, each once.
    pub fn origins(&self) -> Vec<&Column> {
        let mut columns: Vec<&Column> = Vec::new();
        for column in &self.columns {
            if columns.iter().all(|other| other.origin != column.origin) {
                columns.push(column);
            }
        }
        columns
    }
}

async fn offered(tx: &mut TenantTx, releases: &[Release]) -> Result<Vec<Column>> {
    let numbers: Vec<i32> = releases.iter().map(|release| release.number).collect();
    let mut summaries = tx.summaries(&numbers).await?;
    let mut columns = Vec::new();
    for indicator in tx.indicators().await? {
        for release in releases {
            if let Some(whole) = summaries.remove(&(release.number, indicator.code.clone())) {
                columns.extend(Column::national(indicator.clone(), release.clone(), whole));
            }
        }
    }
    Ok(columns)
}

/// Own indicators with figures of a year, by number.
async fn own_columns(tx: &mut TenantTx, releases: Vec<OwnRelease>, year: FiscalYear) -> Result<Vec<Column>> {
    let mut columns: Vec<Column> = Vec::new();
    let mut indicators: HashMap<i32, OwnIndicator> = HashMap::new();
    if releases.iter().any(|release| release.year == year) {
        indicators = tx.own_indicators().await?.into_iter().map(|one| (one.number, one)).collect();
    }
    // The newest revision first; the indicator is taken by it.
    for release in releases.into_iter().filter(|release| release.year == year) {
        columns.extend(indicators.remove(&release.number).map(|indicator| Column::own(indicator, release)));
    }
    Ok(columns)
}

/// Figures of the columns by (code of the column, body).
async fn figures(tx: &mut TenantTx, columns: &[Column], bodies: &[String]) -> Result<HashMap<(String, String), Value>> {
    let (mut national, mut own) = (BTreeSet::new(), HashMap::new());
    for column in columns {
        match &column.origin {
            Origin::National(release) => {
                national.insert(release.number);
            }
            Origin::Own(release) => {
                own.insert(release.id, column.code.clone());
            }
        }
    }
    let codes: Vec<String> = columns.iter().map(|column| column.code.clone()).collect();
    let numbers: Vec<i32> = national.into_iter().collect();
    let found = tx.figures(&numbers, &codes, bodies).await?;
    let mut figures: HashMap<_, _> = found.into_iter().map(|((_, code, body), value)| ((code, body), value)).collect();
    if !own.is_empty() {
        let ids: Vec<_> = own.keys().copied().collect();
        let found = tx.own_figures(&ids).await?.into_iter();
        figures.extend(found.filter_map(|(release, body, value)| Some(((own.get(&release)?.clone(), body), value))));
    }
    Ok(figures)
}

/// The tables that figures came from, and their headings.
fn sets(offered: &[Column]) -> Vec<Set> {
    let mut sets: Vec<Set> = Vec::new();
    let codes = |columns: &[&Column]| columns.iter().map(|column| column.code.clone()).collect::<BTreeSet<_>>();
    for dataset in Dataset::ALL {
        let of_table = |column: &&Column| matches!(&column.origin, Origin::National(release) if release.dataset == *dataset);
        let of_table: Vec<&Column> = offered.iter().filter(of_table).collect();
        let (key, words) = match dataset {
            Dataset::MunicipalComparison | Dataset::PrefecturalComparison => ("dashboard", format!("国の{}指標", of_table.len())),
            Dataset::MunicipalApplications | Dataset::PrefecturalApplications => {
                ("applications", format!("オンライン申請率（{}手続）", of_table.len()))
            }
        };
        if !of_table.is_empty() {
            sets.push(Set { key: key.to_owned(), words, codes: codes(&of_table) });
        }
        let headings = of_table.chunk_by(|a, b| a.category == b.category);
        sets.extend(headings.enumerate().map(|(at, under)| {
            let words = format!("{}（{}）", under[0].category, under.len());
            Set { key: format!("{key}-{}", at + 1), words, codes: codes(under) }
        }));
    }
    let own: Vec<&Column> = offered.iter().filter(|column| matches!(column.origin, Origin::Own(_))).collect();
    if !own.is_empty() {
        sets.push(Set { key: OWN.to_owned(), words: format!("{OWN_NAME}（{}）", own.len()), codes: codes(&own) });
    }
    sets
}

/// Single ones, or those of a set; the first set without a wish.
fn chosen(lens: &Lens, offered: &[Column], sets: &[Set]) -> Vec<Column> {
    let picked = lens.indicators();
    let set = sets.iter().find(|set| set.key == lens.get("set")).or(sets.first());
    let is_wanted = |column: &&Column| match picked.is_empty() {
        true => set.is_some_and(|set| set.codes.contains(&column.code)),
        false => picked.contains(&column.code.as_str()),
    };
    offered.iter().filter(is_wanted).cloned().collect()
}

/// Prefectures with figures of their municipalities, and how many municipalities there are.
async fn areas(tx: &mut TenantTx, level: Level, offered: &[Column]) -> Result<(Vec<Area>, usize)> {
    if level == Level::Prefecture {
        return Ok((Vec::new(), 0));
    }
    let national = |column: &Column| match &column.origin {
        Origin::National(release) => Some((release.number, column.code.clone())),
        Origin::Own(_) => None,
    };
    // Without national figures all prefectures can be chosen.
    let first = offered.iter().find_map(national);
    let (release, code) = first.clone().unwrap_or_default();
    let mut areas = tx.areas(release, &code).await?;
    let nation = areas.iter().map(|area| area.bodies).sum::<i64>();
    areas.retain(|area| area.covered > 0 || first.is_none());
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
    let figures: HashMap<String, Value> = match &column.origin {
        Origin::National(release) => tx.column(release.number, &column.code).await?.into_iter().collect(),
        Origin::Own(release) => tx.own_figures(&[release.id]).await?.into_iter().map(|(_, body, value)| (body, value)).collect(),
    };
    let level = |body: &Body| figures.get(&body.code).and_then(level_of);
    let down = column.direction == Direction::Down;
    let key = |body: &Body| level(body).map_or((true, None), |level| (false, Some(if down { level } else { -level })));
    bodies.sort_by_cached_key(|body| (key(body), body.code.clone()));
    Ok(())
}
