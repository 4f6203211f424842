//! Figures that ask back before they are taken. A doubt never blocks: the form sends `sure.{field}` = `yes`.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::{
    form::Form,
    kpi::{Accumulation, Direction},
    period::Period,
    plan::{Actual, Kpi, Part},
    value::{Value, ValueKind},
};

/// What is strange about a figure. `last` is the figure it is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// About ten times the last one or more: a digit too many?
    TenTimes {
        last: Actual,
    },
    /// About a tenth of the last one or less: a digit too few?
    Tenth {
        last: Actual,
    },
    /// A total that went down.
    FallingTotal {
        last: Actual,
    },
    AboveHundred,
    /// Exactly the last one: typed anew, or left as it was?
    SameAsLast {
        last: Actual,
    },
    /// From above 0 to below it, or back: ▲ forgotten, or typed by mistake?
    SignChange {
        last: Actual,
    },
}

/// A slip of a digit is found also where the figure itself moved by a fifth.
const TEN: Decimal = Decimal::from_parts(8, 0, 0, false, 0);

/// What to ask about a figure that is to be reported. It is compared with the newest figure of an earlier period: for
/// 年度ごと of a period like it, so that a half is never compared with a year; and never across a series break.
pub fn doubts(kpi: &Kpi, part: &Part, period: Period, value: &Value, today: Date) -> Vec<Doubt> {
    let Some(amount) = value.comparable().filter(|_| !matches!(part.kind, ValueKind::YesNo | ValueKind::Milestone)) else {
        return Vec::new();
    };
    let mut doubts = Vec::new();
    if part.kind == ValueKind::Number && part.unit == "%" && amount > Decimal::ONE_HUNDRED {
        doubts.push(Doubt::AboveHundred);
    }
    let part = kpi.comparable(part, today);
    let comparable = |other: &Period| part.accumulation != Accumulation::PerYear || is_like(*other, period);
    let earlier = part.actuals.iter().filter(|actual| actual.period.last_day() < period.last_day() && comparable(&actual.period));
    let newest = earlier.filter_map(|actual| Some((actual, actual.value.comparable()?))).max_by_key(|(actual, _)| actual.period.last_day());
    let Some((last, before)) = newest else { return doubts };
    let last = last.clone();
    let (size, size_before) = (amount.abs(), before.abs());
    if before == amount {
        // What is to be kept, has not begun or is complete stays the same of itself.
        let complete = match part.kind {
            ValueKind::Ratio => amount == Decimal::ONE,
            ValueKind::Number | ValueKind::YesNo | ValueKind::Text | ValueKind::Milestone | ValueKind::Score => {
                part.unit == "%" && amount == Decimal::ONE_HUNDRED
            }
        };
        let settled = part.direction == Direction::Keep || amount.is_zero() || complete;
        doubts.extend((!settled).then_some(Doubt::SameAsLast { last }));
    } else if !amount.is_zero() && !before.is_zero() && amount.is_sign_negative() != before.is_sign_negative() {
        doubts.push(Doubt::SignChange { last });
    } else if part.accumulation == Accumulation::Cumulative && amount < before {
        doubts.push(Doubt::FallingTotal { last });
    } else if !size_before.is_zero() && size >= size_before.saturating_mul(TEN) {
        doubts.push(Doubt::TenTimes { last });
    } else if !size.is_zero() && size.saturating_mul(TEN) <= size_before {
        doubts.push(Doubt::Tenth { last });
    }
    doubts
}

/// Whether the person has confirmed what was asked about a field.
pub fn is_sure(form: &Form, field: &str) -> bool {
    form.get(&format!("sure.{field}")) == "yes"
}

impl Doubt {
    /// The question, in the part's unit.
    pub fn question(&self, part: &Part) -> String {
        let of = |last: &Actual| format!("前回（{}）の{}", last.period.label(), last.value.with_unit(&part.unit));
        match self {
            Doubt::TenTimes { last } => format!("{}に比べて、およそ10倍以上です。桁は合っていますか。", of(last)),
            Doubt::Tenth { last } => format!("{}に比べて、およそ10分の1以下です。桁は合っていますか。", of(last)),
            Doubt::FallingTotal { last } => format!("累計が{}より減っています。累計の値ですか。", of(last)),
            Doubt::AboveHundred => "100%を超えています。このままでよいですか。".to_owned(),
            Doubt::SameAsLast { last } => format!("{}と同じ値です。今回の値ですか。", of(last)),
            Doubt::SignChange { last } => format!("{}と、プラスとマイナスが逆です。▲の有無は合っていますか。", of(last)),
        }
    }
}

/// Whether two periods are as long, at the same time of the year.
fn is_like(a: Period, b: Period) -> bool {
    match (a, b) {
        (Period::FiscalYear(_), Period::FiscalYear(_)) | (Period::CalendarYear(_), Period::CalendarYear(_)) => true,
        (Period::Half(_, a), Period::Half(_, b)) | (Period::Quarter(_, a), Period::Quarter(_, b)) => a == b,
        (Period::Month(_, a), Period::Month(_, b)) => a == b,
        (Period::Instant(_), Period::Instant(_)) => true,
        (Period::Range(a, b), Period::Range(c, d)) => (b.0 - a.0, a.1, b.1) == (d.0 - c.0, c.1, d.1),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::FiscalYear,
        plan::{DefinitionChange, sample_actual, sample_kpi},
        value::Unknown,
    };

    const TODAY: Date = Date::constant(2027, 4, 10);

    /// A KPI with figures, its part changed.
    fn kpi(actuals: &[(&str, &str)], change: impl Fn(&mut Part)) -> Kpi {
        let mut kpi = sample_kpi();
        let part = &mut kpi.parts[0];
        change(part);
        let actual = |(period, text): &(&str, &str)| Actual {
            period: Period::parse(period).unwrap(),
            value: Value::parse(part.kind, text).unwrap(),
            ..sample_actual("0")
        };
        part.actuals = actuals.iter().map(actual).collect();
        kpi
    }

    /// What is asked about a figure for FY2026, in the first words of each question.
    fn asked(kpi: &Kpi, text: &str) -> Vec<String> {
        let part = &kpi.parts[0];
        let value = Value::parse(part.kind, text).unwrap();
        doubts(kpi, part, Period::year(2026), &value, TODAY).iter().map(|doubt| doubt.question(part)).collect()
    }

    fn plain(_: &mut Part) {}

    #[test]
    fn a_digit_too_many_or_too_few_is_asked_about() {
        let kpi = kpi(&[("FY2024", "9"), ("FY2025", "150")], plain);
        assert_eq!(asked(&kpi, "1,560"), ["前回（2025(令和7)年度）の150件に比べて、およそ10倍以上です。桁は合っていますか。"]);
        assert_eq!(asked(&kpi, "15.6"), ["前回（2025(令和7)年度）の150件に比べて、およそ10分の1以下です。桁は合っていますか。"]);
        assert_eq!(asked(&kpi, "156"), [""; 0]);
        assert_eq!(asked(&kpi, "0"), [""; 0], "0 is a figure of its own");
    }

    #[test]
    fn a_forgotten_minus_is_asked_about_before_its_size() {
        let kpi = kpi(&[("FY2025", "▲584,646")], plain);
        assert!(asked(&kpi, "600,000")[0].contains("▲の有無"));
        assert!(asked(&kpi, "▲60,000")[0].contains("10分の1"));
    }

    #[test]
    fn a_total_does_not_fall_unasked_and_a_yearly_figure_may() {
        let cumulative = kpi(&[("FY2025", "16"), ("FY2026H1", "20")], |part| part.accumulation = Accumulation::Cumulative);
        assert!(asked(&cumulative, "18")[0].contains("累計が前回（2026(令和8)年度 上半期）の20件より減っています"));
        let yearly = kpi(&[("FY2025", "30"), ("FY2026H1", "3")], |part| part.accumulation = Accumulation::PerYear);
        assert_eq!(asked(&yearly, "28"), [""; 0], "the half is not compared with the year");
    }

    #[test]
    fn the_last_figure_typed_again_is_asked_about_unless_it_is_settled() {
        assert!(asked(&kpi(&[("FY2025", "150")], plain), "150.0")[0].contains("と同じ値です"));
        let unasked = |text, kpi: Kpi| assert_eq!(asked(&kpi, text), [""; 0], "{text}");
        unasked("150", kpi(&[("FY2025", "150")], |part| part.direction = Direction::Keep));
        unasked("100", kpi(&[("FY2025", "100")], |part| part.unit = "%".into()));
        unasked("64/64", kpi(&[("FY2025", "64/64")], |part| part.kind = ValueKind::Ratio));
        unasked("0", kpi(&[("FY2025", "0")], plain));
        // The same period again is no new figure: 速報 becomes 確定.
        unasked("150", kpi(&[("FY2026", "150")], plain));
    }

    #[test]
    fn more_than_all_is_asked_about() {
        let percent = kpi(&[], |part| part.unit = "%".into());
        assert_eq!(asked(&percent, "100.1"), ["100%を超えています。このままでよいですか。"]);
        assert_eq!(asked(&percent, "100"), [""; 0]);
    }

    #[test]
    fn nothing_is_asked_across_a_series_break_or_of_words() {
        let change = DefinitionChange { from_year: FiscalYear(2026), series_break: true, note: String::new() };
        let broken = Kpi { changes: vec![change], ..kpi(&[("FY2025", "150")], plain) };
        assert_eq!(asked(&broken, "1,560"), [""; 0]);
        let yes_no = kpi(&[("FY2025", "はい")], |part| part.kind = ValueKind::YesNo);
        assert_eq!(asked(&yes_no, "はい"), [""; 0]);
        let unknown = Value::unknown(Unknown::NotApplicable);
        assert_eq!(doubts(&broken, &broken.parts[0], Period::year(2026), &unknown, TODAY), []);
    }

    #[test]
    fn a_confirmed_field_is_sure() {
        let mut form = Form::default();
        assert!(!is_sure(&form, "value.main"));
        form.set("sure.value.main", "yes");
        assert!(is_sure(&form, "value.main"));
    }
}
