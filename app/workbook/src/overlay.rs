//! The cells of a line laid over the form of the report that the workbook showed: a blank cell leaves what is there.

use jiff::civil::Date;
use rashin_domain::{
    clock::date_label,
    form::Form,
    kpi::{Answer, Maturity},
    plan::{Part, Phase},
    value::Value,
    written,
};
use rust_decimal::Decimal;

use crate::{
    column::Column,
    compare::Fault,
    read::{Content, Row, Sheet},
};

/// Reads cells into a form and notes what cannot be read.
pub struct Overlay<'s> {
    pub sheet: &'s Sheet,
    pub form: Form,
    pub faults: Vec<Fault>,
}

impl Overlay<'_> {
    /// What is typed into a cell, by a reader that says what is wrong with it.
    fn typed<T>(&mut self, row: &Row, column: Column, read: impl FnOnce(&Content) -> Result<T, String>) -> Option<T> {
        match read(row.cells.get(&column)?) {
            Ok(typed) => Some(typed),
            Err(sentence) => {
                self.faults.push(Fault { at: self.sheet.address(column, row.number), sentence });
                None
            }
        }
    }

    /// The figure of a part, or why there is none. `was`: what the workbook showed.
    pub fn figure(&mut self, row: &Row, part: &Part, was: Option<&Value>) {
        let field = |name: &str| format!("{name}.{}", part.key);
        let shown = Answer::from_code(self.form.get(&field("answer"))).unwrap_or(Answer::Figure);
        let chosen = self.typed(row, Column::Answer, answer).filter(|chosen| *chosen != shown);
        let value = self.typed(row, Column::Value, |content| figure(part, content));
        let value = value.filter(|typed| !was.is_some_and(|was| is_same(part, typed, was)));
        let was_month = self.form.get(&field("expected_year")).parse().ok().zip(self.form.get(&field("expected_month")).parse().ok());
        let month = self.typed(row, Column::Expected, month).map(|day| (day.year(), day.month())).filter(|month| Some(*month) != was_month);
        // What was newly written says what is meant, unless the answer was chosen anew.
        let meant = match (&value, month) {
            (Some(_), None) => Some(Answer::Figure),
            (None, Some(_)) => Some(Answer::Collecting),
            (None, None) => chosen,
            (Some(_), Some(_)) => None,
        };
        let clash = match (meant, chosen) {
            (None, None) => value.is_some(),
            (None, Some(_)) => true,
            (Some(meant), Some(chosen)) => meant != chosen,
            (Some(_), None) => false,
        };
        if clash {
            let sentence = "報告のしかたと、実績値・集計できる見込みが合っていません。使わないほうを消してください。".to_owned();
            self.faults.push(Fault { at: self.sheet.address(Column::Answer, row.number), sentence });
            return;
        }
        let Some(meant) = meant else { return };
        self.form.set(&field("answer"), meant.code());
        self.form.set(&field("value"), value.unwrap_or_default());
        if let Some((year, month)) = month {
            self.form.set(&field("expected_year"), year.to_string());
            self.form.set(&field("expected_month"), month.to_string());
        }
    }

    pub fn standing(&mut self, row: &Row, phases: &[Phase]) {
        let shown = self.form.get("phase").to_owned();
        let names: Vec<&str> = phases.iter().map(|phase| phase.name.as_str()).collect();
        let chosen = self.typed(row, Column::Phase, |content| {
            // Of two phases with one name it is the one that the workbook showed.
            let named = |name: &str| phases.iter().filter(|phase| tidy(&phase.name) == name).max_by_key(|phase| phase.key == shown);
            chosen(content, |name| named(name).map(|phase| phase.key.clone()), &names)
        });
        if let Some(key) = chosen {
            self.form.set("phase", key);
        }
        if let Some(years) = self.typed(row, Column::Slip, words) {
            self.lay("slip_years", years);
        }
        if let Some(reason) = self.typed(row, Column::SlipReason, words) {
            self.lay("slip_reason", reason);
        }
    }

    /// What is said once of the whole; written in one of its rows, or in several alike.
    pub fn whole(&mut self, rows: &[&Row]) {
        for (column, name) in [(Column::Note, "note"), (Column::Link, "link"), (Column::Reason, "reason")] {
            if let Some(text) = self.once(rows, column, words) {
                self.lay(name, text);
            }
        }
        if let Some(day) = self.once(rows, Column::AsOf, day) {
            self.form.set_date("as_of", day);
        }
        if let Some(maturity) = self.once(rows, Column::Maturity, maturity) {
            self.form.set("maturity", maturity.code());
        }
    }

    fn once<T>(&mut self, rows: &[&Row], column: Column, read: impl FnOnce(&Content) -> Result<T, String>) -> Option<T> {
        let mut written = rows.iter().filter(|row| row.cells.contains_key(&column));
        let first = written.next()?;
        if let Some(other) = written.find(|other| other.cells.get(&column) != first.cells.get(&column)) {
            let (at, first) = (self.sheet.address(column, other.number), self.sheet.address(column, first.number));
            let sentence = format!("{first}と違います。内訳のある指標の「{}」は、はじめの行に一つだけ書いてください。", column.heading());
            self.faults.push(Fault { at, sentence });
            return None;
        }
        self.typed(first, column, read)
    }

    /// Sets a text, unless it is the one that is there.
    fn lay(&mut self, name: &str, text: String) {
        if tidy(self.form.get(name)) != tidy(&text) {
            self.form.set(name, text);
        }
    }
}

/// As it is compared: spaces around and what no cell can hold make no difference.
fn tidy(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.trim().chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

/// Whether what is typed is what stands, as pages and files show it.
fn is_same(part: &Part, typed: &str, was: &Value) -> bool {
    let shown = [was.plain(), was.with_unit(&part.unit)];
    shown.iter().any(|shown| tidy(typed) == tidy(shown))
        || Value::parse_figure(part.kind, &part.unit, typed).is_ok_and(|value| value == *was)
}

fn broken(what: &str) -> String {
    format!("計算の結果が「{what}」になっています。値を入力し直してください。")
}

fn words(content: &Content) -> Result<String, String> {
    match content {
        Content::Text(text) | Content::Number(text) | Content::Percent(text) => Ok(text.clone()),
        Content::Day(day) => Ok(date_label(*day)),
        Content::Flag(flag) => Ok(if *flag { "はい" } else { "いいえ" }.to_owned()),
        Content::Broken(what) => Err(broken(what)),
    }
}

fn figure(part: &Part, content: &Content) -> Result<String, String> {
    match content {
        Content::Percent(fraction) if part.unit == "%" => {
            hundredfold(fraction).ok_or_else(|| "実績値は18桁以内の数字で入力してください。".to_owned())
        }
        Content::Percent(_) => Err(match part.unit.as_str() {
            "" => "%で表示された値です。%を付けずに入力してください。".to_owned(),
            unit => format!("%で表示された値です。単位は「{unit}」です。%を付けずに入力してください。"),
        }),
        Content::Day(_) if part.kind != rashin_domain::value::ValueKind::Text => {
            Err("日付になっています。セルの書式を「文字列」にして、入力し直してください。".to_owned())
        }
        Content::Text(_) | Content::Number(_) | Content::Day(_) | Content::Flag(_) | Content::Broken(_) => words(content),
    }
}

fn hundredfold(fraction: &str) -> Option<String> {
    let fraction: Decimal = fraction.parse().ok()?;
    Some(fraction.checked_mul(Decimal::ONE_HUNDRED)?.normalize().to_string())
}

fn answer(content: &Content) -> Result<Answer, String> {
    chosen(content, Answer::from_label, &Answer::ALL.iter().map(|answer| answer.label()).collect::<Vec<_>>())
}

fn maturity(content: &Content) -> Result<Maturity, String> {
    chosen(content, Maturity::from_label, &Maturity::ALL.iter().map(|maturity| maturity.label()).collect::<Vec<_>>())
}

fn chosen<T>(content: &Content, read: impl Fn(&str) -> Option<T>, labels: &[&str]) -> Result<T, String> {
    let typed = words(content)?;
    read(&tidy(&typed)).ok_or_else(|| {
        let quoted: String = typed.chars().take(20).collect();
        format!("「{}」から選んでください（入力：{quoted}）。", labels.join("」「"))
    })
}

fn month(content: &Content) -> Result<Date, String> {
    date(content, written::month)
        .map(|day| day.first_of_month())
        .ok_or_else(|| "集計できる見込みは「2026年12月」のように入力してください。".to_owned())
}

fn day(content: &Content) -> Result<Date, String> {
    date(content, written::day).ok_or_else(|| "時点は「2026年9月30日」のように、実在する日付で入力してください。".to_owned())
}

fn date(content: &Content, read: impl Fn(&str) -> Option<Date>) -> Option<Date> {
    match content {
        Content::Day(day) => Some(*day),
        Content::Text(text) => read(text),
        Content::Number(serial) => read(serial).or_else(|| of_serial(serial.parse().ok()?)),
        Content::Percent(_) | Content::Flag(_) | Content::Broken(_) => None,
    }
}

/// The day of a serial number of Excel (1 is 1 January 1900, and 1900 had a 29 February).
fn of_serial(serial: f64) -> Option<Date> {
    let days = serial.floor();
    // From 1950 to 2149: a number outside is no date that anybody meant.
    (18_264.0..=91_312.0)
        .contains(&days)
        .then(|| Date::constant(1899, 12, 30).checked_add(jiff::Span::new().days(days as i64)).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_from_excels_serial_number() {
        assert_eq!(of_serial(46_295.0), Some(Date::constant(2026, 9, 30)));
        assert_eq!(of_serial(f64::NAN).or(of_serial(202_612.0)).or(of_serial(-1.0)), None);
    }
}
