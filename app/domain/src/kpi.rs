//! KPIs: what is measured, in what direction, and what a person types when reporting.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    accumulate::{Entered, before, total},
    coded::coded,
    form::{Form, FormErrors},
    initiative::Standing,
    period::Period,
    plan::{Kpi, Part, PlanHead},
    text::sentences,
    value::{Unknown, Value},
};

/// Longest code of a KPI, in characters.
pub const CODE_LIMIT: usize = 40;

/// A KPI's public code, `KAI-01`: Latin letters, digits, `-`, `_` and `.`; it begins with a letter or a digit. The check
/// of `kpis.code` in the database says the same.
pub fn is_code(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    text.len() <= CODE_LIMIT && text.bytes().all(plain) && text.starts_with(|c: char| c.is_ascii_alphanumeric())
}

coded! {
    Direction {
        Up = "up", "多いほどよい";
        Down = "down", "少ないほどよい";
        Keep = "keep", "保つ";
    }
}

coded! {
    Accumulation {
        PerYear = "per_year", "年度ごと";
        Cumulative = "cumulative", "累計";
        PointInTime = "point_in_time", "時点";
    }
}

coded! {
    Frequency {
        Once = "once", "一度";
        Year = "year", "年1回";
        Half = "half", "半年ごと";
        Quarter = "quarter", "四半期ごと";
        Month = "month", "毎月";
    }
}

coded! {
    /// What a planned value is for.
    Role {
        Baseline = "baseline", "現状値";
        Interim = "interim", "中間目標値";
        Target = "target", "目標値";
    }
}

coded! {
    /// How settled an actual is.
    Maturity {
        Forecast = "forecast", "見込";
        Preliminary = "preliminary", "速報";
        Final = "final", "確定";
    }
}

coded! {
    /// What a reporter has to say about one part.
    Answer {
        Figure = "figure", "実績を入力する";
        /// With the month a figure is expected.
        Collecting = "collecting", "まだ集計できない";
        /// With a reason.
        NotApplicable = "not_applicable", "該当なし";
    }
}

/// What a person typed, read: the values of all parts of a KPI for one period, or where an initiative stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActualReport {
    pub period: Period,
    pub maturity: Maturity,
    pub as_of: Option<Date>,
    /// (part key, value), in the order of the KPI's parts.
    pub values: Vec<(String, Value)>,
    /// Of an initiative.
    pub standing: Option<Standing>,
    pub note: String,
    pub link: String,
    /// Why an earlier figure is replaced; empty for a first report.
    pub reason: String,
    /// The revision of this period that the person saw; 0 when there was none.
    pub seen_revision: i32,
}

pub const NOTE_LIMIT: usize = 2_000;
pub const LINK_LIMIT: usize = 500;
pub const TEXT_LIMIT: usize = 500;

impl ActualReport {
    /// Reads the report form. Field names: `period`, `maturity`, `as_of_year` …, `answer.{part}`,
    /// `value.{part}`, `entered.{part}` (which of the two figures of a cumulative KPI it is; the total where it is absent),
    /// `expected_year.{part}`, `expected_month.{part}`, `note`, `link`, `reason`, `seen_revision`. `stands`: a report
    /// of the chosen period is there that was not returned; replacing it takes a reason.
    pub fn parse(form: &Form, plan: &PlanHead, kpi: &Kpi, periods: &[Period], stands: bool, today: Date) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::default();
        let period = match Period::parse(form.get("period")) {
            Ok(period) if periods.contains(&period) => Some(period),
            _ => errors.push("period", sentences::choose("報告する年度")),
        };
        let values = kpi.parts.iter().filter_map(|part| {
            let value = part_value(form, kpi, part, today, &mut errors)?;
            let value = period.map_or(Some(value.clone()), |period| as_total(form, plan, part, period, value, &mut errors))?;
            Some((part.key.clone(), value))
        });
        let values: Vec<_> = values.collect();
        let maturity = match Maturity::from_code(form.get("maturity")) {
            Some(maturity) => Some(maturity),
            None => errors.push("maturity", sentences::choose("値の確かさ")),
        };
        let as_of = form.date("as_of", "時点", &mut errors).flatten();
        if as_of.is_some_and(|date| date > today) {
            errors.push::<()>("as_of_year", "時点は今日までの日付にしてください。".to_owned());
        }
        let note = form.text("note", "備考", NOTE_LIMIT, &mut errors);
        let link = link_of(form, &mut errors);
        let reason = form.text("reason", "訂正の理由", NOTE_LIMIT, &mut errors);
        if stands && reason.is_empty() {
            errors.push::<()>("reason", "この年度には報告済みの値があります。訂正の理由を入力してください。".to_owned());
        }
        let seen_revision = form.get("seen_revision").parse().unwrap_or(0);
        match (period, maturity) {
            (Some(period), Some(maturity)) if errors.is_empty() => {
                Ok(Self { period, maturity, as_of, values, standing: None, note, link, reason, seen_revision })
            }
            _ => Err(errors),
        }
    }
}

/// The field `link`: empty or an address of the web.
pub fn link_of(form: &Form, errors: &mut FormErrors) -> String {
    let link = form.text("link", "根拠のリンク", LINK_LIMIT, errors);
    let is_address = link.starts_with("https://") || link.starts_with("http://");
    if !link.is_empty() && !is_address {
        errors.push::<()>("link", "根拠のリンクは「https://」で始まるアドレスにしてください。".to_owned());
    }
    link
}

fn part_value(form: &Form, kpi: &Kpi, part: &Part, today: Date, errors: &mut FormErrors) -> Option<Value> {
    let key = &part.key;
    let name = if part.name.is_empty() { "実績値".to_owned() } else { format!("「{}」の実績値", part.name) };
    match Answer::from_code(form.get(&format!("answer.{key}"))) {
        Some(Answer::Figure) => {
            let field = format!("value.{key}");
            let typed = form.get(&field);
            if typed.chars().count() > TEXT_LIMIT {
                return errors.push(&field, sentences::too_long(&name, TEXT_LIMIT));
            }
            match Value::parse_figure(part.kind, &part.unit, typed) {
                Ok(value) if part.unit == "%" && kpi.is_share(part) && !within_percent(&value) => {
                    errors.push(&field, format!("{name}は0以上100以下の数字で入力してください（入力：{typed}）。"))
                }
                Ok(value) => Some(value),
                Err(error) => errors.push(&field, sentences::value_error(&name, typed, error)),
            }
        }
        Some(Answer::Collecting) => {
            let (year, month) = (format!("expected_year.{key}"), format!("expected_month.{key}"));
            let expected = form.month(&year, &month, "集計できる見込み", errors)?;
            if expected.last_of_month() < today {
                return errors.push(&year, "集計できる見込みは今月以降の年月にしてください。".to_owned());
            }
            Some(Value::Unknown { reason: Unknown::Collecting, expected: Some(expected) })
        }
        Some(Answer::NotApplicable) => {
            if form.get("note").trim().is_empty() {
                return errors.push("note", "該当なしとする理由を備考に入力してください。".to_owned());
            }
            Some(Value::unknown(Unknown::NotApplicable))
        }
        None => errors.push(&format!("answer.{key}"), sentences::choose("報告のしかた")),
    }
}

/// What is kept of a cumulative figure is the total, whichever of the two was entered.
fn as_total(form: &Form, plan: &PlanHead, part: &Part, period: Period, value: Value, errors: &mut FormErrors) -> Option<Value> {
    let entered = Entered::from_code(form.get(&format!("entered.{}", part.key)));
    match (&value, part.accumulation, entered) {
        (Value::Number { amount }, Accumulation::Cumulative, Some(entered @ Entered::Year)) => match before(plan, part, period) {
            Ok(before) => Some(Value::number(total(entered, *amount, before))),
            Err(gap) => errors.push(&format!("value.{}", part.key), gap.to_string()),
        },
        _ => Some(value),
    }
}

fn within_percent(value: &Value) -> bool {
    value.comparable().is_none_or(|n| n >= 0.into() && n <= 100.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        plan::{sample_actual, sample_kpi},
        progress::tests::plan,
    };

    fn form(pairs: &[(&str, &str)]) -> Form {
        Form::from_pairs(pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())))
    }

    fn parse(pairs: &[(&str, &str)]) -> Result<ActualReport, FormErrors> {
        let base = [("period", "FY2026"), ("maturity", "preliminary"), ("answer.main", "figure"), ("value.main", "１５６")];
        let all: Vec<_> = base.iter().chain(pairs).copied().collect();
        ActualReport::parse(&form(&all), &plan(), &sample_kpi(), &[Period::year(2026)], false, Date::constant(2026, 11, 22))
    }

    #[test]
    fn a_code_is_what_the_database_takes() {
        let (longest, too_long) = ("A".repeat(CODE_LIMIT), "A".repeat(CODE_LIMIT + 1));
        for good in ["KAI-01", "0", "a_b.c-D", &longest] {
            assert!(is_code(good), "{good}");
        }
        for bad in ["", "-1", ".a", "甲1", "ＫＡＩ", "A 1", "A/1", "A\n", &too_long] {
            assert!(!is_code(bad), "{bad}");
        }
    }

    #[test]
    fn full_width_digits_are_a_figure() {
        let report = parse(&[]).unwrap();
        assert_eq!(report.values, [("main".to_owned(), Value::number(156.into()))]);
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let wrong = [("value.main", "約20"), ("as_of_year", "2026"), ("link", "javascript:alert(1)"), ("period", "FY1999")];
        let errors = parse(&wrong).unwrap_err();
        assert_eq!(errors.fields().collect::<Vec<_>>(), ["period", "value.main", "as_of_month", "link"], "in the order of the page");
        assert!(errors.of("value.main").unwrap().contains("約20"));
    }

    #[test]
    fn collecting_asks_for_a_coming_month() {
        let collecting = |year: &'static str, month: &'static str| {
            parse(&[("answer.main", "collecting"), ("expected_year.main", year), ("expected_month.main", month)])
        };
        assert!(collecting("2026", "12").is_ok());
        assert!(collecting("2026", "１１").is_ok());
        assert!(collecting("2026", "10").unwrap_err().of("expected_year.main").is_some());
        assert!(collecting("2026", "13").is_err());
        assert!(collecting("", "").is_err());
    }

    #[test]
    fn of_a_cumulative_kpi_the_years_figure_is_kept_as_the_total() {
        let mut kpi = sample_kpi();
        kpi.parts[0].accumulation = Accumulation::Cumulative;
        let pairs =
            [("period", "FY2026"), ("maturity", "final"), ("answer.main", "figure"), ("value.main", "12"), ("entered.main", "year")];
        let parse =
            |kpi: &Kpi| ActualReport::parse(&form(&pairs), &plan(), kpi, &[Period::year(2026)], false, Date::constant(2026, 11, 22));
        assert!(parse(&kpi).unwrap_err().of("value.main").unwrap().contains("2025年度末の累計"));
        kpi.parts[0].actuals = vec![crate::plan::Actual { period: Period::year(2025), ..sample_actual("150") }];
        assert_eq!(parse(&kpi).unwrap().values[0].1, Value::number(162.into()));
    }

    #[test]
    fn a_replaced_figure_needs_a_reason() {
        let base = [("period", "FY2026"), ("maturity", "final"), ("answer.main", "figure"), ("value.main", "3")];
        let result = ActualReport::parse(&form(&base), &plan(), &sample_kpi(), &[Period::year(2026)], true, Date::constant(2026, 11, 22));
        assert!(result.unwrap_err().of("reason").is_some());
    }
}
