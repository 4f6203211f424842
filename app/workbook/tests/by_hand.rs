//! Workbooks as people and their programs make them.

mod support;

use jiff::civil::Date;
use rashin_domain::{
    ids::KpiId,
    kpi::{Accumulation, ActualReport, Direction},
    obligation::Item,
    plan::Part,
    value::{Unknown, Value, ValueKind},
};
use rashin_workbook::{Column, Fault, Verdict, read};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet};
use support::{Entry, asked, found, kpi, phases};
use uuid::Uuid;

enum Cell {
    T(&'static str),
    N(f64),
    Percent(f64),
    Day(u16, u8, u8),
    Flag(bool),
    /// A formula with what Excel kept as its result.
    F(&'static str, &'static str),
}
use Cell::{Day, F, Flag, N, Percent, T};

type Line = (usize, Vec<(Column, Cell)>);

/// KPIs of one part each, nothing reported: 0 a number in 件, 1 a number in %, 2 a ratio, 3 yes or no.
fn entries() -> Vec<Entry> {
    let part = |kind, unit: &str| Part {
        key: "main".into(),
        name: String::new(),
        kind,
        unit: unit.into(),
        direction: Direction::Up,
        accumulation: Accumulation::PointInTime,
        accumulation_confirmed: true,
        points: Vec::new(),
        actuals: Vec::new(),
    };
    let kinds = [(ValueKind::Number, "件"), (ValueKind::Number, "%"), (ValueKind::Ratio, "台"), (ValueKind::YesNo, "")];
    let entry = |(at, (kind, unit)): (usize, (ValueKind, &str))| Entry {
        item: Item::Kpi(KpiId(Uuid::from_u128(at as u128))),
        kpi: Some(kpi(format!("指標{at}"), vec![part(kind, unit)])),
        said: None,
        returned: false,
    };
    kinds.into_iter().enumerate().map(entry).collect()
}

fn id(entry: usize) -> String {
    let phases = phases();
    format!("{}/main", entries()[entry].subject(&phases).key())
}

/// A sheet with headings in a row of its choice; each line has the id of an entry and was made before anything was said.
fn sheet(heads: (u32, &[Column]), lines: Vec<Line>, more: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let (row, columns) = heads;
    let mut book = Workbook::new();
    book.add_worksheet().set_name("メモ").unwrap().write_string(0, 0, "ほかのシート").unwrap();
    let sheet = book.add_worksheet();
    let place = |column: Column| columns.iter().position(|it| *it == column).unwrap() as u16;
    columns.iter().for_each(|column| _ = sheet.write_string(row, place(*column), column.heading()).unwrap());
    for ((entry, cells), at) in lines.into_iter().zip(row + 1..) {
        sheet.write_string(at, place(Column::Id), id(entry)).unwrap();
        sheet.write_number(at, place(Column::Seen), 0).unwrap();
        for (column, cell) in cells {
            write(sheet, at, place(column), cell);
        }
    }
    more(sheet);
    book.save_to_buffer().unwrap()
}

fn write(sheet: &mut Worksheet, row: u32, column: u16, cell: Cell) {
    let percent = Format::new().set_num_format("0.0%");
    let day = Format::new().set_num_format("yyyy/m/d");
    match cell {
        T(text) => sheet.write_string(row, column, text),
        N(number) => sheet.write_number(row, column, number),
        Percent(number) => sheet.write_number_with_format(row, column, number, &percent),
        Day(y, m, d) => sheet.write_datetime_with_format(row, column, ExcelDateTime::from_ymd(y, m, d).unwrap(), &day),
        Flag(flag) => sheet.write_boolean(row, column, flag),
        F(formula, result) => sheet.write_formula(row, column, rust_xlsxwriter::Formula::new(formula).set_result(result)),
    }
    .unwrap();
}

fn verdicts(bytes: &[u8], entries: &[Entry]) -> Vec<Verdict> {
    let phases = phases();
    let subjects: Vec<_> = entries.iter().map(|entry| entry.subject(&phases)).collect();
    found(&read(bytes).unwrap(), &subjects).into_iter().map(|finding| finding.verdict).collect()
}

fn value(verdict: &Verdict) -> &Value {
    match verdict {
        Verdict::New(report) | Verdict::Change(report) | Verdict::Conflict(report) => &report.values[0].1,
        Verdict::Same | Verdict::Refused(_) => panic!("no report: {verdict:?}"),
    }
}

const ORDER: [Column; 5] = [Column::Note, Column::Value, Column::Seen, Column::Expected, Column::Id];

#[test]
fn columns_in_another_order_and_rows_in_another_order_are_found() {
    let lines = vec![
        (1, vec![(Column::Value, T("４２．５"))]),
        (0, vec![(Column::Note, T("数え直した\n二行目")), (Column::Value, T("▲１，２３４"))]),
    ];
    let bytes = sheet((7, &ORDER), lines, |sheet| {
        sheet.write_string(3, 0, "集計用に列を並べ替えた").unwrap();
        // Between the rows of the table somebody wrote beside it.
        sheet.write_string(11, 9, "以上").unwrap();
    });
    let verdicts = verdicts(&bytes, &entries());
    assert_eq!(verdicts.iter().map(value).collect::<Vec<_>>(), [&Value::number("42.5".parse().unwrap()), &Value::number((-1234).into())]);
    assert!(matches!(&verdicts[1], Verdict::New(ActualReport { note, .. }) if note == "数え直した\n二行目"));
}

#[test]
fn figures_are_read_as_excel_shows_them() {
    for (entry, cell, wanted) in [
        (0, N(156.0), "156"),
        (0, T(" １５６ "), "156"),
        (0, T("△３"), "-3"),
        (0, F("=100+56", "156"), "156"),
        (0, F("=0.1+0.2", "0.30000000000000004"), "0.3"),
        (1, Percent(0.42), "42"),
        (1, Percent(0.123), "12.3"),
        (1, N(42.0), "42"),
    ] {
        let bytes = sheet((0, &ORDER), vec![(entry, vec![(Column::Value, cell)])], |_| {});
        assert_eq!(value(&verdicts(&bytes, &entries())[0]), &Value::number(wanted.parse().unwrap()), "{wanted}");
    }
    let bytes = sheet((0, &ORDER), vec![(3, vec![(Column::Value, Flag(true))])], |_| {});
    assert_eq!(value(&verdicts(&bytes, &entries())[0]), &Value::YesNo { yes: true });
}

#[test]
fn a_month_is_a_date_of_excel_or_words() {
    let expected = Value::Unknown { reason: Unknown::Collecting, expected: Some(Date::constant(2026, 12, 1)) };
    for cell in [Day(2026, 12, 20), T("２０２６年１２月"), T("R8.12"), N(46_357.0)] {
        let bytes = sheet((0, &ORDER), vec![(0, vec![(Column::Expected, cell)])], |_| {});
        assert_eq!(value(&verdicts(&bytes, &entries())[0]), &expected);
    }
}

#[test]
fn a_merged_cell_speaks_for_all_its_rows() {
    let lines = vec![(0, vec![(Column::Value, N(1.0))]), (1, vec![(Column::Value, N(2.0))])];
    let bytes = sheet((0, &ORDER), lines, |sheet| {
        sheet.merge_range(1, 0, 2, 0, "どちらも10月末の値", &Format::new()).unwrap();
    });
    for verdict in verdicts(&bytes, &entries()) {
        assert!(matches!(&verdict, Verdict::New(ActualReport { note, .. }) if note == "どちらも10月末の値"), "{verdict:?}");
    }
}

#[test]
fn a_format_in_the_last_row_of_excel_is_no_million_rows() {
    let bytes = sheet((0, &ORDER), vec![(0, vec![(Column::Value, N(1.0))])], |sheet| {
        sheet.write_blank(1_048_575, 16_383, &Format::new().set_bold()).unwrap();
        sheet.write_string(1_048_575, 9, "端").unwrap();
    });
    assert_eq!(read(&bytes).unwrap().rows.len(), 1);
}

#[test]
fn what_cannot_be_taken_is_named_by_its_cell() {
    let lines = vec![
        (0, vec![(Column::Value, T("約20"))]),
        (1, vec![(Column::Value, N(101.0)), (Column::Expected, T("来年"))]),
        (2, vec![(Column::Value, Day(2026, 5, 6))]),
        (3, vec![(Column::Note, T("値を忘れた"))]),
    ];
    let bytes = sheet((1, &ORDER), lines, |sheet| {
        sheet.write_string(6, 4, "kpi.nobody@FY2026/main").unwrap();
        sheet.write_number(7, 1, 5).unwrap();
    });
    let faults: Vec<Fault> = verdicts(&bytes, &entries())
        .into_iter()
        .flat_map(|verdict| match verdict {
            Verdict::Refused(faults) => faults,
            other => panic!("{other:?}"),
        })
        .collect();
    let told: Vec<(&str, &str)> = faults.iter().map(|fault| (fault.at.as_str(), fault.sentence.as_str())).collect();
    for (at, (place, words)) in [
        ("B3", "数字だけで入力してください（入力：約20）"),
        ("D4", "「2026年12月」のように"),
        ("B5", "日付になっています"),
        ("B6", "選択してください"),
        ("E7", "いまの計画にない行"),
        ("E8", "管理番号がありません"),
    ]
    .iter()
    .enumerate()
    {
        assert!(told[at].0 == *place && told[at].1.contains(words), "{place} {words}: {told:?}");
    }
    assert_eq!(told.len(), 6);
}

#[test]
fn per_cent_is_refused_where_the_unit_is_another() {
    let bytes = sheet((0, &ORDER), vec![(0, vec![(Column::Value, Percent(0.5))])], |_| {});
    assert!(matches!(&verdicts(&bytes, &entries())[0], Verdict::Refused(faults) if faults[0].sentence.contains("単位は「件」")));
}

#[test]
fn the_same_line_twice_must_say_the_same() {
    let twice = |second| {
        let lines = vec![(0, vec![(Column::Value, N(1.0))]), (0, vec![(Column::Value, N(second))])];
        verdicts(&sheet((0, &ORDER), lines, |_| {}), &entries())
    };
    assert!(matches!(twice(1.0).as_slice(), [Verdict::New(_)]));
    assert!(
        matches!(twice(2.0).as_slice(), [Verdict::Refused(faults)] if faults[0].sentence.contains("2行目と同じ指標（取組）の同じ期間"))
    );
}

#[test]
fn what_somebody_reported_meanwhile_is_a_conflict_unless_it_is_the_same() {
    let mut entries = entries();
    let said = ActualReport {
        period: asked().period,
        maturity: asked().maturity,
        as_of: None,
        values: vec![("main".into(), Value::number(150.into()))],
        standing: None,
        note: String::new(),
        link: String::new(),
        reason: String::new(),
        seen_revision: 0,
    };
    entries[0].said = Some(said);
    let typed = |cells| verdicts(&sheet((0, &ORDER), vec![(0, cells)], |_| {}), &entries).remove(0);
    assert!(matches!(typed(vec![(Column::Value, N(151.0))]), Verdict::Conflict(report) if report.seen_revision == 1));
    assert_eq!(typed(vec![(Column::Value, N(150.0))]), Verdict::Same);
    assert_eq!(typed(vec![]), Verdict::Same, "a blank cell deletes nothing");
}

#[test]
fn a_figure_that_stands_is_replaced_for_a_reason_only() {
    let mut entries = entries();
    let phases = phases();
    let bytes = sheet((0, &ORDER), vec![(0, vec![(Column::Value, N(150.0))])], |_| {});
    let Verdict::New(said) = verdicts(&bytes, &entries).remove(0) else { panic!() };
    entries[0].said = Some(said);
    let columns = [Column::Id, Column::Seen, Column::Value, Column::Reason, Column::Answer];
    let typed = |cells| {
        let subjects: Vec<_> = entries.iter().map(|entry| entry.subject(&phases)).collect();
        let bytes = sheet((0, &columns), vec![(0, cells)], |sheet| _ = sheet.write_number(1, 1, 1).unwrap());
        found(&read(&bytes).unwrap(), &subjects).remove(0).verdict
    };
    assert!(matches!(typed(vec![(Column::Value, N(151.0))]), Verdict::Refused(faults) if faults[0].at == "D2"));
    assert!(matches!(typed(vec![(Column::Value, N(151.0)), (Column::Reason, T("数え直し"))]), Verdict::Change(_)));
    assert_eq!(typed(vec![(Column::Value, N(150.0)), (Column::Reason, T("数え直し"))]), Verdict::Same);
    let clash = typed(vec![(Column::Answer, T("まだ集計できない")), (Column::Value, N(151.0))]);
    assert!(matches!(clash, Verdict::Refused(faults) if faults[0].at == "E2" && faults[0].sentence.contains("合っていません")));
}
