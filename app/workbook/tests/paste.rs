//! Tables as people copy them out of Excel.

mod support;

use proptest::{collection::vec, prelude::*};
use rashin_domain::{
    ids::{KpiId, PlanId},
    kpi::{Accumulation, ActualReport, Direction, Maturity},
    obligation::Item,
    plan::Part,
    value::{Value, ValueKind},
};
use rashin_workbook::{Verdict, paste};
use support::{Entry, asked, found, kpi, phases, reported, standing};
use uuid::Uuid;

fn part(key: &str, name: &str, kind: ValueKind, unit: &str) -> Part {
    Part {
        key: key.into(),
        name: name.into(),
        kind,
        unit: unit.into(),
        direction: Direction::Up,
        accumulation: Accumulation::PointInTime,
        accumulation_confirmed: true,
        points: Vec::new(),
        actuals: Vec::new(),
    }
}

/// K-0 in 件, K-1 in %, K-2 of two parts, K-3 and K-4 of one name, and an initiative; nothing is reported.
fn entries() -> Vec<Entry> {
    let one = |kind, unit| vec![part("main", "", kind, unit)];
    let kpis = [
        ("オンライン申請の件数", one(ValueKind::Number, "件")),
        ("利用率", one(ValueKind::Number, "%")),
        ("公用車", vec![part("all", "保有台数", ValueKind::Number, "台"), part("electric", "電動車", ValueKind::Ratio, "台")]),
        ("満足度", one(ValueKind::Score, "点")),
        ("満足度", one(ValueKind::YesNo, "")),
    ];
    let entry = |(at, (name, parts)): (usize, (&str, Vec<Part>))| {
        let mut kpi = kpi(name.to_owned(), parts);
        kpi.code = format!("K-{at}");
        Entry { item: Item::Kpi(KpiId(Uuid::from_u128(at as u128))), kpi: Some(kpi), said: None, returned: false }
    };
    let mut entries: Vec<_> = kpis.into_iter().enumerate().map(entry).collect();
    entries.push(Entry { item: Item::Initiative(PlanId(Uuid::nil()), "m01".into()), kpi: None, said: None, returned: false });
    entries
}

fn said(value: Value) -> ActualReport {
    ActualReport {
        period: asked().period,
        maturity: asked().maturity,
        as_of: None,
        values: vec![("main".into(), value)],
        standing: None,
        note: String::new(),
        link: String::new(),
        reason: String::new(),
        seen_revision: 0,
    }
}

/// What a table comes to: of each report its name and verdict, of what is refused the places and sentences.
fn outcome(entries: &[Entry], text: &str, reason: &str) -> Result<Vec<(String, Verdict)>, String> {
    let phases = phases();
    let subjects: Vec<_> = entries.iter().map(|entry| entry.subject(&phases)).collect();
    let sheet = paste(text, &subjects, reason)?;
    let findings = found(&sheet, &subjects).into_iter();
    Ok(findings.map(|finding| (finding.subject.map(|it| it.name.to_owned()).unwrap_or_default(), finding.verdict)).collect())
}

/// The reports that a table makes.
fn reports(text: &str) -> Vec<ActualReport> {
    let report = |(name, verdict)| match verdict {
        Verdict::New(report) => report,
        other => panic!("{name}: {other:?}"),
    };
    outcome(&entries(), text, "").unwrap().into_iter().map(report).collect()
}

/// (place, sentence) of all that is refused.
fn faults(entries: &[Entry], text: &str) -> Vec<(String, String)> {
    let verdicts = outcome(entries, text, "").unwrap().into_iter();
    let faults = verdicts.flat_map(|(_, verdict)| if let Verdict::Refused(faults) = verdict { faults } else { Vec::new() });
    faults.map(|fault| (fault.at, fault.sentence)).collect()
}

#[test]
fn a_line_for_each_figure_is_read_by_its_headings() {
    let table = "指標コード\t期間\t実績値\t備考\t値の確かさ\t時点\r\n\
                 Ｋ－０\tR8上半期\t１，２３４\t\"窓口と\r\n\"\"郵送\"\"\"\t確定\t2026/9/30\r\n\
                 K-1\t2026年度上半期\t42.5％\t\t\t\r\n";
    let [first, second] = reports(table).try_into().unwrap();
    assert_eq!((&first.values[0].1, first.note.as_str()), (&Value::number(1234.into()), "窓口と\n\"郵送\""));
    assert_eq!((first.maturity, first.as_of.map(|day| day.to_string()).as_deref()), (Maturity::Final, Some("2026-09-30")));
    assert_eq!((second.values[0].1.plain().as_str(), second.maturity), ("42.5", asked().maturity));
}

#[test]
fn a_column_for_each_period_is_read_and_what_says_nothing_changes_nothing() {
    let table = "指標\t内訳\t単位\t現状値\t2026(令和8)年度 上半期\t目標値\t判定\n\
                 重点戦略1\t\t\t\t\t\t\n\
                 オンライン 申請の件数\t\t件\t100\t120件\t200\t順調\n\
                 利用率\t\t%\t10\t—\t50\t\n\
                 利用率\t\t%\t10\t未報告\t50\t\n\
                 公用車\t保有台数\t台\t30\t▲1\t\t\n\
                 公用車\t電動車\t台\t3/30\t5台/28台\t\t\n";
    let [first, cars] = reports(table).try_into().unwrap();
    assert_eq!(first.values[0].1, Value::number(120.into()));
    let plain: Vec<_> = cars.values.iter().map(|(_, value)| value.plain()).collect();
    assert_eq!(plain, ["▲1", "5/28"]);
}

#[test]
fn an_initiative_is_reported_by_its_words() {
    let table = "指標・取組\t期間\tいまの段階\t備考\n手続きのオンライン化\tR8上半期\t導入\t転出届を加えた\n";
    let [report] = reports(table).try_into().unwrap();
    assert_eq!((report.standing.unwrap().phase.as_deref(), report.note.as_str()), (Some("build"), "転出届を加えた"));
    let table = "取組\tR8上半期\n手続きのオンライン化\t3\n";
    assert!(faults(&entries(), table)[0].1.contains("取組には実績値がありません"));
}

#[test]
fn what_cannot_be_read_is_named_by_its_line_and_its_heading() {
    let table = "コード\t指標\t内訳\tR8上半期\t2028年度\tメモ\t小計\t備考\n\
                 K-9\t\t\t5\t\t\t\tあ\n\
                 K-0\t利用率\t\t5\t\tよし\t１２\t\n\
                 \tない指標\t\t5\t\t\t\t\n\
                 \t満足度\t\t5\t\t\t\t\n\
                 \t\t\t5\t\t\t\t\n\
                 K-2\t\t\t5\t\t\t\t\n\
                 K-2\t\tバス\t5\t\t\t\t\n\
                 K-0\t\t\t約5\t7\t\t\t\n";
    let told = faults(&entries(), table);
    for (at, (place, words)) in [
        ("1行目 「小計」", "何の列か分からない"),
        ("1行目 「備考」", "どの期間のことか"),
        ("2行目 「コード」", "「K-9」の指標は、いまの計画にありません"),
        ("3行目 「コード」", "別の指標"),
        ("4行目 「指標」", "「ない指標」は、いまの計画にありません"),
        ("5行目 「指標」", "2件あります"),
        ("6行目 「指標」", "コードも名前もありません"),
        ("7行目 「R8上半期」", "「保有台数」「電動車」のどれか"),
        ("8行目 「R8上半期」", "「バス」は、この指標にありません"),
        ("9行目 「2028年度」", "2028(令和10)年度は報告できません"),
        ("9行目", "数字だけで入力してください（入力：約5）"),
    ]
    .iter()
    .enumerate()
    {
        assert!(told[at].0 == *place && told[at].1.contains(words), "{place} {words}: {told:?}");
    }
    assert_eq!(told.len(), 11);
    let told = faults(&entries(), "コード\t年度\t実績\nK-0\t来年\t5\nK-0\t\t5\nK-0\tR8上半期\t約5\n");
    assert!(told[0].0 == "2行目 「年度」" && told[0].1.contains("「来年」は期間として読めません"), "{told:?}");
    assert!(told[1].1.contains("期間が書かれていません") && told[2].0 == "4行目 「実績」", "{told:?}");
}

#[test]
fn a_table_without_its_headings_is_answered_with_what_they_must_be() {
    for (text, words) in [
        ("", "コピーした表を貼り付けて"),
        (" \t\r\n\t", "コピーした表を貼り付けて"),
        ("K-0\t120\n", "「指標コード」か「指標」の見出しがありません"),
        ("指標\t目標値\nオンライン\t5", "期間の見出しがありません"),
        ("指標\t期間\nオンライン\tR8", "「実績値」の見出しがありません"),
        ("指標\t期間\tR8\n", "両方があります"),
        ("指標\tR8\t2026年度\n", "「R8」と「2026年度」は同じことを表す見出し"),
        ("指標\t値\tR8\t実績\n", "「値」と「実績」は同じ"),
    ] {
        let sentence = outcome(&entries(), text, "").unwrap_err();
        assert!(sentence.contains(words), "{text}: {sentence}");
    }
    let many = format!("コード\tR8上半期\n{}", "K-0\t1\n".repeat(10_001));
    assert!(outcome(&entries(), &many, "").unwrap_err().contains("10000件まで"));
    assert!(outcome(&entries(), &" ".repeat(8 * 1024 * 1024 + 1), "").unwrap_err().contains("文字の多すぎる"));
}

#[test]
fn the_same_cell_twice_must_say_the_same() {
    let twice = |second: &str| outcome(&entries(), &format!("コード\tR8上半期\nK-0\t5\nK-0\t{second}\n"), "").unwrap();
    assert!(matches!(twice("5").as_slice(), [(_, Verdict::New(_))]));
    let found = twice("6");
    let [(_, Verdict::Refused(faults))] = found.as_slice() else { panic!("{found:?}") };
    assert!(faults[0].at == "3行目" && faults[0].sentence.contains("2行目と同じ指標"), "{faults:?}");
}

#[test]
fn the_reason_is_for_what_stands_unless_a_line_has_its_own() {
    let mut entries = entries();
    entries[0].said = Some(said(Value::number(5.into())));
    let typed = |table: &str, reason: &str| outcome(&entries, table, reason).unwrap();
    let table = "コード\tR8上半期\nK-0\t6\nK-1\t7\n";
    let found = typed(table, "");
    assert!(matches!(&found[0].1, Verdict::Refused(faults) if faults[0].sentence.contains("訂正の理由")), "{found:?}");
    let found = typed(table, "数え直し");
    assert!(matches!(&found[0].1, Verdict::Change(report) if report.reason == "数え直し"), "{found:?}");
    assert!(matches!(&found[1].1, Verdict::New(report) if report.reason.is_empty()), "{found:?}");
    let found = typed("コード\tR8上半期\t訂正の理由\nK-0\t6\t誤記\n", "数え直し");
    assert!(matches!(&found[0].1, Verdict::Change(report) if report.reason == "誤記"), "{found:?}");
    assert_eq!(typed("コード\tR8上半期\t訂正の理由\nK-0\t5\t誤記\nK-1\t\t誤記\n", "数え直し"), [(found[0].0.clone(), Verdict::Same)]);
}

#[test]
fn what_is_reported_after_the_paste_is_a_conflict() {
    let mut entries = entries();
    let phases = phases();
    let subjects: Vec<_> = entries.iter().map(|entry| entry.subject(&phases)).collect();
    let sheet = paste("コード\tR8上半期\nK-0\t6\n", &subjects, "").unwrap();
    drop(subjects);
    entries[0].said = Some(said(Value::number(5.into())));
    let subjects: Vec<_> = entries.iter().map(|entry| entry.subject(&phases)).collect();
    assert!(matches!(found(&sheet, &subjects)[0].verdict, Verdict::Conflict(_)));
}

/// Entries whose codes and parts can be told apart.
fn told_apart(entries: Vec<Entry>) -> Vec<Entry> {
    let mut entries: Vec<_> = entries.into_iter().filter(|entry| entry.kpi.is_some()).collect();
    for (at, entry) in entries.iter_mut().enumerate() {
        let Some(kpi) = &mut entry.kpi else { continue };
        kpi.code = format!("K-{at}");
        kpi.parts.iter_mut().enumerate().for_each(|(at, part)| part.name = format!("内訳{at}"));
    }
    entries
}

fn cell(text: &str) -> String {
    if text.contains(['\t', '\n', '"']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

/// The grid of what was said, as a page or a file shows it.
fn grid(entries: &[Entry], with_unit: bool) -> String {
    let mut text = format!("指標コード\t指標\t内訳\t単位\t{}\t目標値\r\n", asked().period.label());
    for entry in entries {
        let kpi = entry.kpi.as_ref().unwrap();
        for part in &kpi.parts {
            let value = entry.said.as_ref().and_then(|said| said.values.iter().find(|(key, _)| *key == part.key));
            let shown = value.map(|(_, value)| if with_unit { value.with_unit(&part.unit) } else { value.plain() }).unwrap_or_default();
            let cells = [&kpi.code, &kpi.name, &part.name, &part.unit, &shown, "100"];
            text += &cells.map(cell).join("\t");
            text += "\r\n";
        }
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_grid_that_nobody_wrote_into_changes_nothing(entries in standing(), with_unit: bool) {
        let entries = told_apart(entries);
        let verdicts = outcome(&entries, &grid(&entries, with_unit), "").unwrap();
        for (name, verdict) in verdicts {
            prop_assert_eq!(verdict, Verdict::Same, "{}", name);
        }
    }

    #[test]
    fn what_is_typed_into_a_grid_is_what_is_reported(entries in reported(), with_unit: bool) {
        let all_known = |entry: &Entry| entry.said.iter().flat_map(|said| &said.values).all(|(_, value)| value.is_known());
        // A state is shown without its rank, which cannot be read back.
        let readable = |entry: &Entry| !with_unit || entry.kpi.iter().flat_map(|kpi| &kpi.parts).all(|part| part.kind != ValueKind::Milestone);
        let entries: Vec<_> = told_apart(entries).into_iter().filter(|entry| all_known(entry) && readable(entry)).collect();
        let unsaid: Vec<_> = entries.iter().map(Entry::unsaid).collect();
        let verdicts = if entries.is_empty() { Vec::new() } else { outcome(&unsaid, &grid(&entries, with_unit), "").unwrap() };
        prop_assert_eq!(verdicts.len(), entries.len());
        for ((name, verdict), entry) in verdicts.into_iter().zip(entries) {
            let Verdict::New(report) = verdict else { panic!("{name}: {verdict:?}") };
            prop_assert_eq!(report.values, entry.said.unwrap().values);
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,40}", table in vec("指標|コード|期間|R8上半期|実績|内訳|K-[0-5]|[\"0-9▲,.%—]{0,4}|[\t\n]|\t|\n", 0..60)) {
        let _ = outcome(&entries(), &text, "理由");
        let _ = outcome(&entries(), &format!("コード\tR8上半期\t内訳\n{}", table.concat()), "理由");
        let _ = outcome(&entries(), &table.concat(), "");
    }
}
