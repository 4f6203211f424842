//! What a workbook would change: each difference with what stands, or why it cannot be.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;
use rashin_domain::{
    clock::date_label,
    doubt::doubts,
    form::FormErrors,
    initiative,
    kpi::{ActualReport, Maturity},
    plan::PlanHead,
    value::Value,
};

use serde::{Deserialize, Serialize};

use crate::{
    column::Column,
    fields::{form_of, value_of},
    overlay::Overlay,
    read::{Content, Row, Sheet, Stray},
    subject::{About, Subject},
};

/// What every line is read by.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    pub plan: &'a PlanHead,
    pub today: Date,
}

/// Something that is wrong with a cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// 「M12」, 「12行目」, or 「12行目 「2028年度」」
    pub at: String,
    pub sentence: String,
}

/// A field that would change, in words; empty where there is nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub field: String,
    pub before: String,
    pub after: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing was written that does not stand already.
    Same,
    /// Nothing stands yet, or what was filed was sent back.
    New(ActualReport),
    /// Replaces what the workbook showed.
    Change(ActualReport),
    /// Somebody reported something else since the workbook was made.
    Conflict(ActualReport),
    Refused(Vec<Fault>),
}

/// The outcome for one report: of a subject, or of a row that belongs to none.
#[derive(Clone, Debug)]
pub struct Finding<'s, 'a> {
    pub subject: Option<&'s Subject<'a>>,
    /// As Excel counts.
    pub rows: Vec<u32>,
    pub verdict: Verdict,
    pub differences: Vec<Difference>,
    /// What is strange about a figure: (key of the part, cell, question).
    pub doubts: Vec<(String, String, String)>,
}

impl<'s, 'a> Finding<'s, 'a> {
    fn new(subject: Option<&'s Subject<'a>>, rows: Vec<u32>, verdict: Verdict) -> Self {
        Self { subject, rows, verdict, differences: Vec::new(), doubts: Vec::new() }
    }

    fn refused(subject: Option<&'s Subject<'a>>, rows: Vec<u32>, faults: Vec<Fault>) -> Self {
        Self::new(subject, rows, Verdict::Refused(faults))
    }

    /// The report that would be recorded.
    pub fn report(&self) -> Option<&ActualReport> {
        match &self.verdict {
            Verdict::New(report) | Verdict::Change(report) | Verdict::Conflict(report) => Some(report),
            Verdict::Same | Verdict::Refused(_) => None,
        }
    }

    /// Refuses it for a reason that lies in a column.
    pub fn refuse(&mut self, sheet: &Sheet, column: Column, sentence: String) {
        let at = self.rows.first().map_or_else(String::new, |row| sheet.address(column, *row));
        self.verdict = Verdict::Refused(vec![Fault { at, sentence }]);
        self.doubts.clear();
    }
}

/// Compares a sheet with what stands, in the order of its rows.
pub fn compare<'s, 'a>(sheet: &Sheet, subjects: &'s [Subject<'a>], rules: Rules<'_>) -> Vec<Finding<'s, 'a>> {
    let mut known: HashMap<String, (usize, &str)> = HashMap::new();
    for (at, subject) in subjects.iter().enumerate() {
        known.extend(subject.parts().into_iter().map(|part| (subject.line_id(part), (at, part))));
    }
    let stray = |stray: &Stray| Finding::refused(None, vec![stray.row], vec![stray.fault.clone()]);
    let mut findings: Vec<_> = sheet.strays.iter().map(stray).collect();
    let mut groups = BTreeMap::<usize, Vec<(&str, &Row)>>::new();
    for row in &sheet.rows {
        let fault = |sentence: &str| Fault { at: sheet.address(Column::Id, row.number), sentence: sentence.to_owned() };
        match row.cells.get(&Column::Id) {
            Some(Content::Text(id)) => match known.get(id) {
                Some((at, part)) => groups.entry(*at).or_default().push((part, row)),
                None => {
                    let fault = fault("いまの計画にない行です。指標か取組がなくなったか、ほかの団体のファイルです。");
                    findings.push(Finding::refused(None, vec![row.number], vec![fault]));
                }
            },
            Some(_) => findings.push(Finding::refused(None, vec![row.number], vec![fault("管理番号が書き換えられています。")])),
            // A line of remarks between the rows says nothing about a report.
            None if row.cells.keys().all(|column| !column.is_filled_in()) => {}
            None => {
                let fault = fault("管理番号がありません。行を増やして報告することはできません。");
                findings.push(Finding::refused(None, vec![row.number], vec![fault]));
            }
        }
    }
    findings.extend(groups.into_iter().map(|(at, rows)| finding(sheet, &subjects[at], &rows, rules)));
    findings.sort_by_key(|finding| finding.rows.first().copied());
    findings
}

fn finding<'s, 'a>(sheet: &Sheet, subject: &'s Subject<'a>, lines: &[(&str, &Row)], rules: Rules<'_>) -> Finding<'s, 'a> {
    let numbers: Vec<u32> = lines.iter().map(|(_, row)| row.number).collect();
    let refused = |faults| Finding::refused(Some(subject), numbers.clone(), faults);
    if let Some(fault) = twice(sheet, lines) {
        return refused(vec![fault]);
    }
    let Some(seen) = lines.iter().map(|(_, row)| seen(row)).min().flatten().filter(|seen| *seen <= subject.revision()) else {
        let at = sheet.address(Column::Seen, numbers[0]);
        return refused(vec![Fault {
            at, sentence: "版の番号が書き換えられています。もう一度受け取ってください。".to_owned()
        }]);
    };
    let was = subject.revised(seen);
    let shown = form_of(subject, was);
    let mut overlay = Overlay { sheet, form: shown.clone(), faults: Vec::new() };
    let rows: Vec<&Row> = lines.iter().map(|(_, row)| *row).collect();
    overlay.whole(&rows);
    match &subject.about {
        About::Kpi { kpi, .. } => {
            for (key, row) in lines {
                if let Some(part) = kpi.parts.iter().find(|part| part.key == *key) {
                    overlay.figure(row, part, was.and_then(|was| value_of(was, key)));
                }
            }
        }
        About::Initiative { phases, .. } => rows.iter().for_each(|row| overlay.standing(row, phases)),
    }
    let Overlay { mut form, faults, .. } = overlay;
    let is_conflict = seen != subject.revision();
    if faults.is_empty() && form.clone().without(&["reason"]) == shown.without(&["reason"]) {
        return Finding::new(Some(subject), numbers, Verdict::Same);
    }
    if let Some(bar) = &subject.bar {
        return refused(vec![Fault { at: sheet.address(Column::Name, numbers[0]), sentence: bar.clone() }]);
    }
    if !faults.is_empty() {
        return refused(faults);
    }
    form.set("seen_revision", subject.revision().to_string());
    let stands = subject.stands() && !is_conflict;
    let period = subject.asked.period;
    let report = match &subject.about {
        About::Kpi { kpi, .. } => {
            form.set("period", period.to_string());
            ActualReport::parse(&form, rules.plan, kpi, &[period], stands, rules.today)
        }
        About::Initiative { phases, .. } => {
            let maturity = Maturity::from_code(form.get("maturity")).unwrap_or(subject.asked.maturity);
            initiative::parse(&form, phases, (period, maturity), stands, None)
        }
    };
    let report = match report {
        Ok(report) => report,
        Err(errors) => return refused(faults_of(sheet, lines, &errors)),
    };
    let before = subject.newest().map(|filed| &filed.said);
    let differences = differences(subject, before, &report);
    if differences.is_empty() {
        return Finding::new(Some(subject), numbers, Verdict::Same);
    }
    let doubts = strange(sheet, subject, lines, before, &report, rules.today);
    let verdict = match (is_conflict, subject.stands()) {
        (true, true) => Verdict::Conflict(report),
        (false, true) => Verdict::Change(report),
        (_, false) => Verdict::New(report),
    };
    Finding { subject: Some(subject), rows: numbers, verdict, differences, doubts }
}

/// Two rows of the same line that do not say the same.
fn twice(sheet: &Sheet, lines: &[(&str, &Row)]) -> Option<Fault> {
    let mut first: BTreeMap<&str, &Row> = BTreeMap::new();
    for (part, row) in lines {
        let before = *first.entry(part).or_insert(row);
        if before.cells != row.cells {
            let sentence = format!("{}行目と同じ指標（取組）の同じ期間です。どちらか一つの行にしてください。", before.number);
            return Some(Fault { at: sheet.address(Column::Id, row.number), sentence });
        }
    }
    None
}

/// The revision that a row showed.
fn seen(row: &Row) -> Option<i32> {
    match row.cells.get(&Column::Seen)? {
        Content::Number(digits) | Content::Text(digits) => digits.parse().ok().filter(|seen| *seen >= 0),
        Content::Percent(_) | Content::Day(_) | Content::Flag(_) | Content::Broken(_) => None,
    }
}

/// Faults of the form's fields at the cells they come from.
fn faults_of(sheet: &Sheet, lines: &[(&str, &Row)], errors: &FormErrors) -> Vec<Fault> {
    let first = lines.first().map_or(0, |(_, row)| row.number);
    let row_of = |part: &str| lines.iter().find(|(key, _)| *key == part).map_or(first, |(_, row)| row.number);
    let place = |field: &str| {
        let (name, part) = field.split_once('.').unwrap_or((field, ""));
        match name {
            "value" => (Column::Value, row_of(part)),
            "answer" => (Column::Answer, row_of(part)),
            "expected_year" | "expected_month" => (Column::Expected, row_of(part)),
            "phase" => (Column::Phase, first),
            "slip_years" => (Column::Slip, first),
            "slip_reason" => (Column::SlipReason, first),
            "note" => (Column::Note, first),
            "link" => (Column::Link, first),
            "reason" => (Column::Reason, first),
            "maturity" => (Column::Maturity, first),
            "as_of_year" | "as_of_month" | "as_of_day" => (Column::AsOf, first),
            _ => (Column::Period, first),
        }
    };
    let fault = |(field, sentence): (&str, &str)| {
        let (column, row) = place(field);
        Fault { at: sheet.address(column, row), sentence: sentence.to_owned() }
    };
    errors.iter().map(fault).collect()
}

/// Questions about figures that would change.
fn strange(
    sheet: &Sheet,
    subject: &Subject<'_>,
    lines: &[(&str, &Row)],
    before: Option<&ActualReport>,
    report: &ActualReport,
    today: Date,
) -> Vec<(String, String, String)> {
    let About::Kpi { kpi, .. } = &subject.about else { return Vec::new() };
    let mut found = Vec::new();
    for part in &kpi.parts {
        let Some(value) = value_of(report, &part.key) else { continue };
        if before.and_then(|before| value_of(before, &part.key)) == Some(value) {
            continue;
        }
        let questions: Vec<String> = doubts(kpi, part, report.period, value, today).iter().map(|doubt| doubt.question(part)).collect();
        if !questions.is_empty() {
            let row = lines.iter().find(|(key, _)| *key == part.key).or(lines.first()).map_or(0, |(_, row)| row.number);
            found.push((part.key.clone(), sheet.address(Column::Value, row), questions.concat()));
        }
    }
    found
}

/// The fields that differ, in words.
fn differences(subject: &Subject<'_>, before: Option<&ActualReport>, after: &ActualReport) -> Vec<Difference> {
    let after = in_words(subject, after);
    let before =
        before.map_or_else(|| vec![String::new(); after.len()], |said| in_words(subject, said).into_iter().map(|(_, text)| text).collect());
    let pairs = after.into_iter().zip(before).filter(|((_, after), before)| after != before);
    pairs.map(|((field, after), before)| Difference { field, before, after }).collect()
}

/// Every field of a report: (its name, what it says). The same names in the same order for every report of a subject.
fn in_words(subject: &Subject<'_>, said: &ActualReport) -> Vec<(String, String)> {
    let mut words = Vec::new();
    match &subject.about {
        About::Kpi { kpi, .. } => {
            for part in &kpi.parts {
                let name = if part.name.is_empty() { "実績値".to_owned() } else { format!("実績値（{}）", part.name) };
                words.push((name, value_of(said, &part.key).map_or_else(String::new, |value| value_in_words(value, &part.unit))));
            }
            words.push(("値の確かさ".to_owned(), said.maturity.label().to_owned()));
            words.push(("時点".to_owned(), said.as_of.map_or_else(String::new, date_label)));
        }
        About::Initiative { phases, .. } => {
            let standing = said.standing.as_ref();
            let phase = standing.and_then(|standing| standing.phase.as_deref());
            let name = phase.map(|key| phases.iter().find(|phase| phase.key == key).map_or(key, |phase| phase.name.as_str()));
            words.push(("いまの段階".to_owned(), name.unwrap_or_default().to_owned()));
            let slip = standing.filter(|standing| standing.slip_years > 0).map_or_else(String::new, |it| format!("{}年", it.slip_years));
            words.push(("遅れの年数".to_owned(), slip));
            words.push(("遅れの理由".to_owned(), standing.map_or_else(String::new, |standing| standing.slip_reason.clone())));
        }
    }
    words.push(("備考・取組の状況".to_owned(), said.note.trim().to_owned()));
    words.push(("根拠のリンク".to_owned(), said.link.trim().to_owned()));
    words
}

fn value_in_words(value: &Value, unit: &str) -> String {
    match value {
        Value::Unknown { expected: Some(month), .. } => format!("{}（{}年{}月ごろの見込み）", value.plain(), month.year(), month.month()),
        Value::Number { amount } => Value::number(amount.normalize()).with_unit(unit),
        Value::Ratio { .. }
        | Value::YesNo { .. }
        | Value::Text { .. }
        | Value::Milestone { .. }
        | Value::Score { .. }
        | Value::Unknown { .. } => value.with_unit(unit),
    }
}
