use proptest::prelude::*;

use super::*;
use crate::{indicator::Library, plan::sample_kpi};

/// What is typed, and the fields that are at fault.
type Fault<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str]);

fn indicator() -> Indicator {
    Indicator {
        code: "DA-13".into(),
        library: Library::Dashboard,
        category: "住民サービスのDX".into(),
        name: "よく使う32手続のオンライン化状況".into(),
        kind: Some(ValueKind::Ratio),
        unit: "手続".into(),
        direction: Some(Direction::Up),
        accumulation: Some(Accumulation::PointInTime),
        frequency: Some(Frequency::Year),
        formula: "オンライン化済の手続数 ÷ 実施されている手続総数".into(),
        definition: "よく使う32手続のオンライン化状況".into(),
        as_of: String::new(),
        pitfalls: String::new(),
        for_municipalities: true,
        for_prefectures: true,
        source: "デジタル庁".into(),
        source_place: "比較".into(),
        reading: Reading::Doubtful,
        numerator: String::new(),
        denominator: String::new(),
        survey: String::new(),
        no_ranking: true,
    }
}

fn form(changes: &[(&str, &str)]) -> Form {
    let mut form = indicator().as_form();
    for (name, value) in changes {
        form.set(name, *value);
    }
    form
}

fn parse(changes: &[(&str, &str)]) -> Result<Template, FormErrors> {
    Template::parse(&form(changes), "", &[indicator()])
}

#[test]
fn a_copied_indicator_is_a_template_and_says_where_it_is_from() {
    let template = parse(&[]).unwrap();
    assert_eq!(template.name, indicator().name);
    assert_eq!((template.kind, template.unit.as_str()), (ValueKind::Ratio, "手続"));
    assert_eq!(template.provenance.reading, Reading::Doubtful, "the label is no definition");
    let mapping = Mapping { indicator: "DA-13".into(), correspondence: Correspondence::Same, note: String::new() };
    assert_eq!(template.mapping, Some(mapping));
}

#[test]
fn what_the_source_does_not_say_must_be_chosen() {
    let bare = Indicator { kind: None, unit: String::new(), direction: None, accumulation: None, frequency: None, ..indicator() };
    for field in ["correspondence", "indicator", "source"] {
        assert_eq!(bare.as_form().get(field), "", "{field} of a mere heading");
    }
    let errors = Template::parse(&bare.as_form(), "", &[indicator()]).unwrap_err();
    assert_eq!(errors.fields().collect::<Vec<_>>(), ["kind", "direction", "accumulation", "frequency"]);
}

#[test]
fn every_fault_is_named_in_the_order_of_the_page() {
    let cases: &[Fault] = &[
        (&[("code", ""), ("name", ""), ("description", "")], &["code", "name", "description"]),
        (&[("code", "あ1")], &["code"]),
        (&[("code", "-1")], &["code"]),
        (&[("code", "new")], &["code"]),
        (&[("kind", "yes_no")], &["unit"]),
        (&[("unit", " ")], &["unit"]),
        (&[("indicator", "DA-99")], &["indicator"]),
        (&[("correspondence", "similar")], &["mapping_note"]),
        (&[("correspondence", "")], &["correspondence"]),
        (&[("correspondence", "nonsense")], &["correspondence"]),
        (&[("reading", "")], &["reading"]),
    ];
    for (changes, fields) in cases {
        assert_eq!(parse(changes).unwrap_err().fields().collect::<Vec<_>>(), *fields, "{changes:?}");
    }
}

#[test]
fn a_full_width_code_is_the_same_code() {
    assert_eq!(parse(&[("code", "Ｔ－０１")]).unwrap().code, "T-01");
}

#[test]
fn no_correspondence_names_no_indicator() {
    let mapping = parse(&[("correspondence", "none")]).unwrap().mapping.unwrap();
    assert_eq!((mapping.correspondence, mapping.indicator.as_str()), (Correspondence::Nothing, ""));
    assert_eq!(parse(&[("correspondence", ""), ("indicator", "")]).unwrap().mapping, None, "nobody has looked yet");
}

#[test]
fn a_kpi_says_what_it_changed() {
    let kpi = sample_kpi();
    let template = parse(&[
        ("name", &kpi.name),
        ("formula", ""),
        ("kind", "number"),
        ("unit", "件"),
        ("source", "市民課の受付簿"),
        ("how_to_count", ""),
    ]);
    let template = template.unwrap();
    let only = Difference { field: "データの出所", before: "市民課の受付簿".into(), after: String::new() };
    assert_eq!(differences(&template, &kpi), [only]);
    let mut changed = kpi.clone();
    changed.parts[0].direction = Direction::Down;
    changed.parts[0].unit = "%".into();
    let found = differences(&template, &changed);
    assert_eq!(found.iter().map(|d| d.field).collect::<Vec<_>>(), ["単位", "向き", "データの出所"]);
    assert_eq!((found[1].before.as_str(), found[1].after.as_str()), ("多いほどよい", "少ないほどよい"));
    changed.parts.clear();
    assert!(differences(&template, &changed).iter().any(|d| d.field == "種類" && d.after.is_empty()), "no part, nothing to compare");
}

#[cfg(feature = "server")]
#[test]
fn a_search_finds_words_of_any_width() {
    let template = parse(&[("pitfalls", "ＲＰＡは除く")]).unwrap();
    assert!(template.has_words("オンライン　rpa"));
    assert!(template.has_words("おんらいん da-13") && template.has_words(""));
    assert!(!template.has_words("オンライン 図書館"));
}

proptest! {
    #[test]
    fn what_the_editor_shows_reads_back(name in "[あ-んA-Z]{1,10}", text in "[あ-ん、。\n]{0,20}", unit in "[人件%]{1}", mapped in prop::sample::select(Correspondence::ALL)) {
        let text = text.trim();
        let template = parse(&[
            ("name", &name), ("formula", text), ("how_to_count", text), ("pitfalls", text), ("unit", &unit),
            ("correspondence", mapped.code()), ("mapping_note", "範囲が違う"),
        ]).unwrap();
        prop_assert_eq!(Template::parse(&template.as_form(), "", &[indicator()]).unwrap(), template.clone());
        prop_assert_eq!(template.changes_to(&template), []);
    }

    #[test]
    fn no_form_makes_it_panic(fields in prop::collection::vec(("code|name|kind|unit|indicator|correspondence|mapping_note|reading", "\\PC{0,20}"), 0..8)) {
        let changes: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let _ = parse(&changes);
    }
}
