//! A KPI and a figure for tests.

use super::*;

pub(crate) fn sample_kpi() -> Kpi {
    let point = |role, year, text: &str| Point {
        role,
        period: Period::year(year),
        value: Value::parse(ValueKind::Number, text).unwrap(),
        note: String::new(),
        reason: String::new(),
        decided_on: None,
        replaced: Vec::new(),
        provenance: Provenance::default(),
    };
    Kpi {
        code: "K-1".into(),
        name: "各種申請手続き等のデジタル化数".into(),
        node: "m01".into(),
        headline: false,
        frequency: Frequency::Year,
        formula: String::new(),
        how_to_count: String::new(),
        source: String::new(),
        doubt: String::new(),
        parts: vec![Part {
            key: "main".into(),
            name: String::new(),
            kind: ValueKind::Number,
            unit: "件".into(),
            direction: Direction::Up,
            accumulation: Accumulation::PointInTime,
            accumulation_confirmed: true,
            points: vec![point(Role::Baseline, 2023, "144"), point(Role::Interim, 2026, "154"), point(Role::Target, 2029, "169")],
            actuals: Vec::new(),
        }],
        template: None,
        indicators: Vec::new(),
        changes: Vec::new(),
        set_grade: None,
        provenance: Provenance::default(),
    }
}

pub(crate) fn sample_actual(text: &str) -> Actual {
    Actual {
        period: Period::year(2026),
        revision: 1,
        value: Value::parse(ValueKind::Number, text).unwrap(),
        maturity: Maturity::Final,
        as_of: None,
        note: String::new(),
        link: String::new(),
        section: String::new(),
        replaced: Vec::new(),
        provenance: Provenance::default(),
    }
}
