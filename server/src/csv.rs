//! KPIs as CSV: UTF-8 with BOM for Excel, one line a value, formulas neutralised.

use rashin_domain::{
    clock::FiscalYear,
    period::{Period, date_code},
    plan::{Kpi, Part},
    provenance::Provenance,
    publish::Edition,
    text::neutral,
    value::Value,
};

const HEADER: [&str; 23] = [
    "団体コード",
    "団体名",
    "計画",
    "版",
    "公表日",
    "指標コード",
    "指標名",
    "部分",
    "単位",
    "担当課",
    "区分",
    "期間",
    "年度",
    "値",
    "全体の数",
    "値のない理由",
    "確かさ",
    "時点",
    "読み取り",
    "計画書での場所",
    "原文",
    "判定",
    "判定のしかた",
];

/// The whole file.
pub fn kpis(edition: &Edition) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(HEADER)?;
    for kpi in &edition.content.kpis {
        for part in &kpi.parts {
            for point in &part.points {
                let row = Row {
                    role: point.role.label(),
                    period: point.period,
                    value: &point.value,
                    maturity: "",
                    as_of: String::new(),
                    provenance: &point.provenance,
                };
                writer.write_record(record(edition, kpi, part, &row))?;
            }
            for actual in &part.actuals {
                let as_of = actual.as_of.map(date_code).unwrap_or_default();
                let row = Row {
                    role: "実績値",
                    period: actual.period,
                    value: &actual.value,
                    maturity: actual.maturity.label(),
                    as_of,
                    provenance: &actual.provenance,
                };
                writer.write_record(record(edition, kpi, part, &row))?;
            }
        }
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

struct Row<'a> {
    role: &'a str,
    period: Period,
    value: &'a Value,
    maturity: &'a str,
    as_of: String,
    provenance: &'a Provenance,
}

fn record(edition: &Edition, kpi: &Kpi, part: &Part, row: &Row) -> Vec<String> {
    let (value, of, unknown) = match row.value {
        Value::Number { amount } => (amount.to_string(), String::new(), ""),
        Value::Ratio { n, of } => (n.to_string(), of.to_string(), ""),
        Value::Unknown { reason, .. } => (String::new(), String::new(), reason.label()),
        Value::Score { amount, sample } => (amount.to_string(), sample.map(|n| n.to_string()).unwrap_or_default(), ""),
        other @ (Value::YesNo { .. } | Value::Text { .. } | Value::Milestone { .. }) => (other.plain(), String::new(), ""),
    };
    let judgement = edition.statuses.get(&kpi.code);
    let FiscalYear(year) = row.period.fiscal_year();
    let cells = [
        edition.municipality.code.clone(),
        edition.municipality.name.clone(),
        edition.content.plan.title.clone(),
        edition.number.to_string(),
        date_code(edition.published_on),
        kpi.code.clone(),
        kpi.name.clone(),
        part.name.clone(),
        part.unit.clone(),
        edition.sections.get(&kpi.code).cloned().unwrap_or_default(),
        row.role.to_owned(),
        row.period.to_string(),
        year.to_string(),
        value,
        of,
        unknown.to_owned(),
        row.maturity.to_owned(),
        row.as_of.clone(),
        row.provenance.reading.label().to_owned(),
        row.provenance.source_place.clone(),
        row.provenance.source_text.clone(),
        judgement.map(|judgement| judgement.word.clone()).unwrap_or_default(),
        judgement.map(|judgement| if judgement.overruled { "事務局による判定" } else { "計算" }).unwrap_or_default().to_owned(),
    ];
    cells.into_iter().map(|cell| neutral(&cell)).collect()
}

#[cfg(test)]
mod tests {
    use super::neutral;

    #[test]
    fn formulas_are_neutralised_and_numbers_are_not() {
        for evil in ["=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "＝1"] {
            assert!(neutral(evil).starts_with('\''), "{evil}");
        }
        for fine in ["-584646", "-1.5", "86.0", "▲3", "甲斐市", ""] {
            assert_eq!(neutral(fine), fine);
        }
    }
}
