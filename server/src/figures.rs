//! Figures of the national library: files of the Digital Agency as they are downloaded, and those that come with the seeds.

use std::{collections::HashMap, path::Path};

use jiff::civil::Date;
use rashin_domain::{
    clock::FiscalYear,
    figure::{
        Body, Dataset, Differences, Level, Table,
        dashboard::{self, Masters, Reading},
        printed,
        sheet::{self, Gauge},
    },
    indicator::Indicator,
    text::from_excel,
};
use rashin_store::{
    Maintenance,
    figure::{NewRelease, Release},
};
use serde::Deserialize;

use crate::seed::{day, rows};

type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

/// Restated figures that are printed one by one.
const MOST_PRINTED: usize = 40;

/// A file that was read, beside what stands.
pub struct Look {
    pub reading: Reading,
    pub year: FiscalYear,
    /// The newest release of the year, if there is one.
    pub before: Option<Release>,
    pub differences: Differences,
    library: Vec<Indicator>,
    /// Names by code.
    names: HashMap<String, String>,
}

/// Reads a file of the dashboard and compares it with the newest release of its year. Writes nothing.
pub async fn look(db: &Maintenance, bytes: &[u8], year: FiscalYear) -> Result<Look> {
    let text = from_excel(bytes).ok_or("文字コードを読み取れません。ダウンロードしたCSVファイルを、そのまま選んでください。")?;
    let (prefectures, municipalities) = (db.local_bodies(Level::Prefecture).await?, db.local_bodies(Level::Municipality).await?);
    let library = db.indicators().await?;
    let masters = Masters { prefectures: &prefectures, municipalities: &municipalities, library: &library };
    let reading = dashboard::read(&text, &masters).map_err(|faults| faults.join("\n"))?;
    let newest = db.newest_release(reading.dataset, year).await?;
    let (before, differences) = match newest {
        Some((release, table)) => (Some(release), reading.table.since(&table)),
        None => (None, reading.table.since(&Table::default())),
    };
    let names = prefectures.into_iter().chain(municipalities).map(|Body { code, name }| (code, name)).collect();
    Ok(Look { reading, year, before, differences, library, names })
}

impl Look {
    /// What was read and what it changes, for the person at the terminal.
    pub fn report(&self) -> String {
        let Reading { dataset, table, rows, remarks } = &self.reading;
        let mut lines = vec![format!(
            "{} {}：{}団体、{}行（指標{}件）",
            dataset.label(),
            self.year.label(),
            table.bodies.len(),
            rows,
            table.columns.len()
        )];
        let unknowns: Vec<String> = table.unknowns().iter().map(|(reason, count)| format!("{} {count}", reason.label())).collect();
        if !unknowns.is_empty() {
            lines.push(format!("値のないセル：{}", unknowns.join("、")));
        }
        lines.extend(remarks.iter().map(|remark| format!("注意：{remark}")));
        let found = &self.differences;
        match &self.before {
            None => lines.push("この年度の版は、まだありません。".to_owned()),
            Some(before) => {
                let restated = found.restated().count();
                let (added, gone, same) = (found.added(), found.gone(), found.same);
                lines.push(format!(
                    "第{}版と比べて：変わった値 {restated}、加わった値 {added}、なくなった値 {gone}、同じ値 {same}",
                    before.revision
                ));
                let name = |code: &String| self.names.get(code).cloned().unwrap_or_else(|| code.clone());
                for change in found.restated().take(MOST_PRINTED) {
                    let indicator = self.library.iter().find(|one| one.code == change.indicator);
                    let said = |value: &Option<_>| {
                        value.as_ref().map(|value| printed(value, indicator.map_or("", |one| &one.unit))).unwrap_or_default()
                    };
                    let what = indicator.map_or(change.indicator.as_str(), |one| &one.name);
                    lines.push(format!("  {} {what}：{} → {}", name(&change.body), said(&change.before), said(&change.after)));
                }
                if restated > MOST_PRINTED {
                    lines.push(format!("  ほかに{}か所", restated - MOST_PRINTED));
                }
            }
        }
        lines.join("\n")
    }

    /// Whether there is something to write. A part of what stands is only written on purpose (`fewer`).
    pub fn may_write(&self, fewer: bool) -> Result<(), String> {
        match self.differences.gone() {
            _ if self.differences.changes.is_empty() => Err("変わった値がないため、新しい版は作りません。".to_owned()),
            0 => Ok(()),
            _ if fewer => Ok(()),
            gone => Err(format!("前の版にある値が{gone}件ありません。それでも取り込むなら --fewer を付けてください。")),
        }
    }

    /// Keeps it as the next revision, and returns that.
    pub async fn write(&self, db: &Maintenance, as_of: Date, file_name: &str) -> Result<i32> {
        let seen = self.before.as_ref().map_or(0, |before| before.revision);
        let new = NewRelease { dataset: self.reading.dataset, year: self.year, seen, as_of, file_name };
        Ok(db.write_release(new, &self.reading.table).await?)
    }
}

#[derive(Deserialize)]
struct ReleaseRow {
    file: String,
    dataset: Dataset,
    fiscal_year: i16,
    as_of: String,
}

/// Loads the releases of a folder (`seeds/figures`) whose year has none yet.
pub async fn seed(db: &Maintenance, folder: &Path) -> Result<()> {
    let library = db.indicators().await?;
    let gauges: Vec<Gauge<'_>> = library.iter().filter_map(Indicator::gauge).collect();
    for row in rows::<ReleaseRow>(&folder.join("releases.csv"))? {
        let year = FiscalYear(row.fiscal_year);
        if db.newest_release(row.dataset, year).await?.is_some() {
            continue;
        }
        let bodies = db.local_bodies(row.dataset.level()).await?;
        let text = std::fs::read_to_string(folder.join(&row.file))?;
        let table = sheet::read(&text, &bodies, &gauges).map_err(|faults| format!("{}: {}", row.file, faults.join("\n")))?;
        let new = NewRelease { dataset: row.dataset, year, seen: 0, as_of: day(&row.as_of)?, file_name: &row.file };
        db.write_release(new, &table).await?;
    }
    Ok(())
}
