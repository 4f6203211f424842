use proptest::{prelude::*, sample::subsequence};

use super::{
    bodies::place,
    dashboard::{Masters, Reading, read as read_dashboard},
    sheet::{Gauge, read as read_sheet, rows},
    *,
};
use crate::{
    indicator::Indicator,
    kpi::{Accumulation, Direction, Frequency},
    plan_folder::records,
    provenance::Reading as Certainty,
    text::from_excel,
};

fn body(code: &str, name: &str) -> Body {
    Body { code: code.to_owned(), name: name.to_owned() }
}

/// A few of the real names, with one that occurs twice.
fn municipalities() -> Vec<Body> {
    [
        ("104264", "草津町"),
        ("132063", "府中市"),
        ("192015", "甲府市"),
        ("192104", "甲斐市"),
        ("342084", "府中市"),
        ("394050", "梼原町"),
        ("473821", "与那国町"),
    ]
    .map(|(code, name)| body(code, name))
    .into()
}

fn all() -> Vec<Body> {
    let file = include_str!("../../../../seeds/masters/municipalities.csv");
    records(file).0.iter().skip(1).map(|record| body(&record.cells[0], &record.cells[2])).collect()
}

fn indicator(code: &str, name: &str, kind: ValueKind, unit: &str) -> Indicator {
    Indicator {
        code: code.into(),
        library: Library::Dashboard,
        category: "住民サービスのDX".into(),
        name: name.into(),
        kind: Some(kind),
        unit: unit.into(),
        direction: Some(Direction::Up),
        accumulation: Some(Accumulation::PointInTime),
        frequency: Some(Frequency::Year),
        formula: String::new(),
        definition: name.into(),
        as_of: String::new(),
        pitfalls: String::new(),
        for_municipalities: true,
        for_prefectures: code != "DA-12",
        source: "デジタル庁".into(),
        source_place: String::new(),
        reading: Certainty::Doubtful,
        numerator: String::new(),
        denominator: String::new(),
        survey: String::new(),
        no_ranking: false,
    }
}

fn library() -> Vec<Indicator> {
    vec![
        indicator("DA-01", "CIOの任命", ValueKind::YesNo, ""),
        indicator("DA-12", "26手続", ValueKind::Number, "%"),
        indicator("DA-13", "32手続", ValueKind::Ratio, "手続"),
        Indicator { library: Library::Applications, ..indicator("OA-01", "図書貸出", ValueKind::Number, "%") },
    ]
}

/// All that the agency's municipal file does, on seven bodies.
const FILE: &str = "\u{feff},,草津町,府中市,甲府市,甲斐市,府中市,檮原町,与那国町,\r
住民サービスのDX,CIOの任命,実施,未実施,実施,未実施,実施,調査無し,実施,\r
住民サービスのDX,26手続 ,69%,100%,92%,100%,,0%,12%,\r
住民サービスのDX,32手続,%,58%,64%,70%,0%,100%,100%,\r
住民サービスのDX,32手続_実施されている手続総数（分母）,0,24,25,20,10,3,2,\r
住民サービスのDX,32手続_「オンライン化済」と回答した手続数（分子）,0,14,16,14,0,3,2,\r
";

fn read_file(file: &str) -> Result<Reading, Vec<String>> {
    let (municipalities, prefectures, library) = (municipalities(), [body("130001", "東京都"), body("190004", "山梨県")], library());
    let text = from_excel(file.as_bytes()).unwrap();
    read_dashboard(&text, &Masters { prefectures: &prefectures, municipalities: &municipalities, library: &library })
}

fn said(reading: &Reading, indicator: &str, body: &str) -> String {
    let found = reading.table.cells().find(|(of, at, _)| (*of, *at) == (indicator, body));
    printed(found.unwrap().2, "%")
}

fn fault(file: &str) -> String {
    read_file(file).unwrap_err().join("\n")
}

#[test]
fn a_file_of_the_agency_is_read_with_all_its_traps() {
    let reading = read_file(FILE).unwrap();
    assert_eq!(reading.dataset, Dataset::MunicipalComparison);
    assert_eq!((reading.rows, reading.table.columns.len(), reading.table.bodies.len()), (5, 3, 7));
    // Two bodies of one name by their place.
    assert_eq!((said(&reading, "DA-01", "132063"), said(&reading, "DA-01", "342084")), ("未実施".into(), "実施".into()));
    assert_eq!(said(&reading, "DA-01", "394050"), "調査なし", "neither 未実施 nor missing");
    assert_eq!(said(&reading, "DA-12", "342084"), "記載なし", "a blank cell says nothing");
    assert_eq!(said(&reading, "DA-12", "394050"), "0%");
    assert_eq!(said(&reading, "DA-13", "104264"), "該当なし", "0 of 0 is no rate");
    assert_eq!((said(&reading, "DA-13", "192104"), said(&reading, "DA-13", "342084")), ("14／20".into(), "0／10".into()));
    assert_eq!(reading.table.unknowns(), BTreeMap::from([(Unknown::NotStated, 1), (Unknown::NotApplicable, 1), (Unknown::NotSurveyed, 1)]));
    let remarks = reading.remarks.join("\n");
    for what in ["末尾の空の列（1列）", "空白を除きました（1行）", "梼原町"] {
        assert!(remarks.contains(what), "{what}: {remarks}");
    }
    assert_eq!(reading.remarks.len(), 3, "{remarks}");
}

#[test]
fn rates_are_computed_and_a_printed_one_that_differs_is_told() {
    let reading = read_file(&FILE.replace("58%,64%", "90%,64%")).unwrap();
    assert_eq!(said(&reading, "DA-13", "132063"), "14／24");
    assert!(
        reading.remarks.iter().any(|remark| remark.contains("合わない団体") && remark.contains("1団体（府中市）")),
        "{:?}",
        reading.remarks
    );
}

#[test]
fn a_fault_names_line_indicator_and_body() {
    for (from, to, wanted) in [
        ("未実施,実施,未実施", "未実施,検討中,未実施", "2行目「CIOの任命」の甲府市：「検討中」は読み取れません。「実施」「未実施」"),
        ("69%", "約7割", "3行目「26手続」の草津町：「約7割」は読み取れません。0以上の数字"),
        ("69%", "-1%", "3行目「26手続」の草津町：「-1%」"),
        ("0,14,16", "0,34,16", "4行目「32手続」の府中市：分子（34）が分母（24）より大きく"),
        ("0,24,25", "0,,25", "4行目「32手続」の府中市：分子と分母の片方"),
        ("CIOの任命", "CDOの任命", "2行目：「住民サービスのDX」の「CDOの任命」は、国の指標の一覧（市区町村）にありません"),
        ("26手続 ", "CIOの任命", "3行目：「CIOの任命」の行が2つあります"),
        ("（分母）", "（分ボ）", "5行目"),
        (",甲府市", ",甲武市", "5列目の「甲武市」は、団体コードの一覧にありません"),
        ("草津町,府中市,甲府市", "甲府市,府中市,草津町", "5列目の「草津町」が「府中市」の後ろにあります"),
        ("甲府市,甲斐市", "甲府市,甲府市", "6列目の「甲府市」が「甲府市」の後ろ"),
        ("実施,\r", "実施\r", ""),
        ("調査無し,実施,\r", "調査無し,実施,実施\r", "2行目：セルの数が"),
        ("調査無し,実施,\r", "調査無し\r", "2行目：セルの数が"),
        ("図", "図", ""),
    ] {
        match wanted {
            "" => assert!(read_file(&FILE.replace(from, to)).is_ok(), "{to}"),
            _ => assert!(fault(&FILE.replace(from, to)).contains(wanted), "{to}: {}", fault(&FILE.replace(from, to))),
        }
    }
    let swapped = FILE.replacen("住民サービスのDX,CIOの任命", "自治体業務のDX,CIOの任命", 1);
    assert!(fault(&swapped).contains("「自治体業務のDX」の「CIOの任命」"), "the area counts, too");
    assert!(fault("").contains("空です"));
    assert!(fault(",,\r\na,b,\r\n").contains("団体名がありません"));
    let mixed = format!("{FILE}住民サービスのDX,図書貸出,1%,1%,1%,1%,1%,1%,1%,\r\n");
    assert!(fault(&mixed).contains("種類の違う表"));
    let orphans = FILE.replace("住民サービスのDX,32手続,%", "住民サービスのDX,図書貸出,0%");
    assert!(fault(&orphans).contains("対応する指標の行がありません"));
}

#[test]
fn a_file_of_prefectures_is_told_by_its_first_body() {
    let reading = read_file("都道府県,,東京都,山梨県\n住民サービスのDX,図書貸出,88.8%,\n").unwrap();
    assert_eq!(reading.dataset, Dataset::PrefecturalApplications);
    assert_eq!((said(&reading, "OA-01", "130001"), said(&reading, "OA-01", "190004")), ("88.8%".into(), "記載なし".into()));
    let wrong = "都道府県,,東京都,山梨県\n住民サービスのDX,26手続,1%,1%\n";
    assert!(fault(wrong).contains("国の指標の一覧（都道府県）にありません"), "26手続 is asked of municipalities only");
}

#[test]
fn of_two_bodies_of_one_name_none_is_guessed() {
    let all = municipalities();
    let codes = |names: &[&str]| place(names, &all, 1).map(|found| found.iter().map(|body| body.code.clone()).collect::<Vec<_>>());
    assert_eq!(codes(&["府中市", "甲斐市"]).unwrap(), ["132063", "192104"]);
    assert_eq!(codes(&["甲斐市", "府中市"]).unwrap(), ["192104", "342084"]);
    assert_eq!(codes(&["府中市", "府中市"]).unwrap(), ["132063", "342084"]);
    let faults = codes(&["草津町", "府中市", "与那国町"]).unwrap_err();
    assert_eq!(faults, ["2列目の「府中市」は同じ名前の団体が2あり、前後の列からは決まりません。"]);
}

#[test]
fn the_master_itself_is_placed_without_a_doubt() {
    let all = all();
    let names: Vec<&str> = all.iter().map(|body| body.name.as_str()).collect();
    let placed: Vec<&Body> = place(&names, &all, 3).unwrap();
    assert_eq!(placed.len(), 1741);
    assert!(placed.iter().zip(&all).all(|(placed, body)| **placed == *body));
    let twice = all.iter().filter(|one| all.iter().filter(|other| other.name == one.name).count() > 1).count();
    assert_eq!(twice, 57);
}

#[test]
fn a_sheet_names_its_bodies_by_code_and_name() {
    let bodies = municipalities();
    let gauges = [Gauge { code: "DA-01", kind: ValueKind::YesNo, unit: "" }, Gauge { code: "DA-13", kind: ValueKind::Ratio, unit: "手続" }];
    let read = |text: &str| read_sheet(text, &bodies, &gauges);
    let table = read("団体コード,団体名,DA-13,DA-01\n394050,檮原町,3/3,調査無し\n192104,甲斐市,１４／２０,未実施\n").unwrap();
    assert_eq!(table.bodies, ["192104", "394050"]);
    assert_eq!(table.columns[0].indicator, "DA-01");
    assert_eq!(table.columns[1].values[0], Value::Ratio { n: 14.into(), of: 20.into() });
    for (text, wanted) in [
        ("", "1行目の見出し"),
        ("団体コード,団体名\n", "1行目の見出し"),
        ("団体コード,団体名,DA-99\n", "「DA-99」は、ここで取り込む指標の番号ではありません"),
        ("団体コード,団体名,DA-01,DA-01\n", "「DA-01」が2つ"),
        ("団体コード,団体名,DA-01\n", "団体の行がありません"),
        ("団体コード,団体名,DA-01\n19210,甲斐市,実施\n", "2行目：団体コード「19210」"),
        ("団体コード,団体名,DA-01\n192104,甲府市,実施\n", "192104は「甲斐市」です"),
        ("団体コード,団体名,DA-01\n192104,甲斐市,実施\n192104,甲斐市,実施\n", "3行目：「甲斐市」の行が2つ"),
        ("団体コード,団体名,DA-13\n192104,甲斐市,20/14\n", "「20/14」は読み取れません。「14/20」のように"),
        ("団体コード,団体名,DA-01\n\"192104,甲斐市\n", "閉じられていません"),
    ] {
        let faults = read(text).unwrap_err().join("\n");
        assert!(faults.contains(wanted), "{text}: {faults}");
    }
}

#[test]
fn a_summary_says_whom_it_counts() {
    let yes = |yes| Value::YesNo { yes };
    let values = [yes(true), yes(true), yes(false), Value::unknown(Unknown::NotSurveyed)];
    let sum = Summary::of(&values);
    assert_eq!((sum.bodies, sum.known, sum.yes), (4, 3, 2));
    assert_eq!(sum.unknowns[&Unknown::NotSurveyed], 1);
    assert_eq!((sum.rate(), sum.quartiles), (None, None));
    let ratio = |n: i64, of: i64| Value::Ratio { n: n.into(), of: of.into() };
    let sum = Summary::of(&[ratio(1, 2), ratio(9, 18), ratio(20, 20), Value::unknown(Unknown::NotApplicable)]);
    assert_eq!(sum.rate(), Some(75.into()), "30 of 40, not the mean of the rates");
    assert_eq!(sum.quartiles, Some([50.into(), 50.into(), 75.into()]));
}

#[test]
fn differences_tell_new_restated_and_lost_figures_apart() {
    let table = |cells: &[(&str, i64)]| Table {
        bodies: cells.iter().map(|(code, _)| (*code).to_owned()).collect(),
        columns: vec![Column { indicator: "DA-12".into(), values: cells.iter().map(|(_, n)| Value::number((*n).into())).collect() }],
    };
    let found = table(&[("192015", 1), ("192104", 3), ("473821", 4)]).since(&table(&[("192015", 1), ("192104", 2), ("394050", 9)]));
    assert_eq!((found.added(), found.gone(), found.same), (1, 1, 1));
    let restated: Vec<_> = found.restated().collect();
    assert_eq!(restated.len(), 1);
    assert_eq!((&*restated[0].body, &restated[0].before), ("192104", &Some(Value::number(2.into()))));
    let scaled = Table {
        columns: vec![Column { indicator: "DA-12".into(), values: vec![Value::number("1.0".parse().unwrap())] }],
        ..table(&[("192015", 1)])
    };
    assert_eq!(scaled.since(&table(&[("192015", 1)])).changes, [], "1.0 is 1");
}

fn any_value(kind: ValueKind) -> BoxedStrategy<Value> {
    let unknowns = proptest::sample::select(Unknown::ALL).prop_map(Value::unknown);
    let known = match kind {
        ValueKind::YesNo => any::<bool>().prop_map(|yes| Value::YesNo { yes }).boxed(),
        ValueKind::Ratio => (0i64..40, 1i64..40).prop_map(|(n, of)| Value::Ratio { n: n.min(of).into(), of: of.into() }).boxed(),
        _ => (0i64..100_000, 0u32..3).prop_map(|(mantissa, scale)| Value::number(Decimal::new(mantissa, scale))).boxed(),
    };
    prop_oneof![3 => known, 1 => unknowns].boxed()
}

proptest! {
    #[test]
    fn a_part_of_the_master_is_placed_rightly_or_not_at_all(kept in subsequence((0..1741usize).collect::<Vec<_>>(), 1..60)) {
        let all = all();
        let names: Vec<&str> = kept.iter().map(|at| all[*at].name.as_str()).collect();
        match place(&names, &all, 3) {
            Ok(placed) => prop_assert!(placed.iter().zip(&kept).all(|(placed, at)| **placed == all[*at])),
            Err(faults) => prop_assert!(faults.iter().all(|fault| fault.contains("同じ名前の団体")), "{faults:?}"),
        }
    }

    #[test]
    fn two_columns_that_changed_places_are_never_taken(at in 0..1740usize) {
        let all = all();
        let mut names: Vec<&str> = all.iter().map(|body| body.name.as_str()).collect();
        prop_assume!(names[at] != names[at + 1]);
        names.swap(at, at + 1);
        prop_assert!(place(&names, &all, 3).is_err());
    }

    #[test]
    fn a_sheet_that_is_written_reads_back(values in proptest::collection::vec((any_value(ValueKind::YesNo), any_value(ValueKind::Number), any_value(ValueKind::Ratio)), 7)) {
        let bodies = municipalities();
        let gauges = [
            Gauge { code: "A", kind: ValueKind::YesNo, unit: "" },
            Gauge { code: "B", kind: ValueKind::Number, unit: "%" },
            Gauge { code: "C", kind: ValueKind::Ratio, unit: "手続" },
        ];
        let column = |indicator: &str, values: Vec<Value>| Column { indicator: indicator.to_owned(), values };
        let table = Table {
            bodies: bodies.iter().map(|body| body.code.clone()).collect(),
            columns: vec![
                column("A", values.iter().map(|(value, ..)| value.clone()).collect()),
                column("B", values.iter().map(|(_, value, _)| value.clone()).collect()),
                column("C", values.iter().map(|(.., value)| value.clone()).collect()),
            ],
        };
        let line = |row: &Vec<String>| row.iter().map(|cell| format!("\"{cell}\"")).collect::<Vec<_>>().join(",") + "\n";
        let file: String = rows(&table, &bodies, &gauges).iter().map(line).collect();
        prop_assert_eq!(read_sheet(&file, &bodies, &gauges).unwrap(), table);
    }

    #[test]
    fn a_table_is_not_different_from_itself_and_differences_are_counted_once(amounts in proptest::collection::vec((any_value(ValueKind::Number), any_value(ValueKind::Number)), 1..30)) {
        let table = |values: Vec<Value>| Table {
            bodies: (0..values.len()).map(|at| format!("{at:06}")).collect(),
            columns: vec![Column { indicator: "B".into(), values }],
        };
        let (before, after) = (table(amounts.iter().map(|(a, _)| a.clone()).collect()), table(amounts.iter().map(|(_, b)| b.clone()).collect()));
        prop_assert_eq!(before.since(&before).changes, vec![]);
        let found = after.since(&before);
        prop_assert_eq!(found.changes.len() + found.same, amounts.len());
    }

    #[test]
    fn quartiles_lie_among_the_figures_in_their_order(amounts in proptest::collection::vec(0i64..1000, 1..50)) {
        let values: Vec<Value> = amounts.iter().map(|amount| Value::number((*amount).into())).collect();
        let [low, middle, high] = Summary::of(&values).quartiles.unwrap();
        prop_assert!(low <= middle && middle <= high);
        prop_assert!(Decimal::from(*amounts.iter().min().unwrap()) <= low && high <= Decimal::from(*amounts.iter().max().unwrap()));
        let below = amounts.iter().filter(|amount| Decimal::from(**amount) < middle).count();
        prop_assert!(below * 2 <= amounts.len());
    }
}
