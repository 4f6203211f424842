//! Folders that nobody wrote: whatever is written reads back, and nothing that is read makes it panic.

use std::collections::HashSet;

use jiff::civil::Date;
use proptest::{collection::vec, option, prelude::*, sample::select};
use rust_decimal::Decimal;

use super::folder;
use crate::{
    clock::FiscalYear,
    grading::{self, RuleSet},
    kpi::{Accumulation, Direction, Frequency, Maturity, Role},
    period::Period,
    plan::*,
    plan_folder::{Files, layout, read, write},
    provenance::{Provenance, Reading},
    template::{Correspondence, Mapping},
    value::{Unknown, Value, ValueKind},
};

/// Verbatim text: quotation marks, commas, line ends, spaces around.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "[ ,\"\\\\\n\ta-cあ　]{0,6}", "\\PC{0,6}"]
}

fn filled() -> impl Strategy<Value = String> {
    (text(), "[a-zあ-ん]", text()).prop_map(|(before, word, after)| before + &word + &after)
}

/// Text whose ends are no spaces.
fn trimmed() -> impl Strategy<Value = String> {
    filled().prop_map(|text| text.replace('\n', "").trim().to_owned())
}

fn any_of<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = T> {
    select(all)
}

fn provenance() -> impl Strategy<Value = Provenance> {
    (any_of(Reading::ALL), text(), text()).prop_map(|(reading, source_text, source_place)| Provenance {
        reading,
        source_text,
        source_place,
    })
}

fn value(kind: ValueKind) -> BoxedStrategy<Value> {
    let figure = match kind {
        ValueKind::Number => (-999_999_999i64..999_999_999, 0u32..4).prop_map(|(n, scale)| Value::number(Decimal::new(n, scale))).boxed(),
        ValueKind::Ratio => {
            let ratio = |(n, rest): (u32, u32)| Value::Ratio { n: n.into(), of: (u64::from(n) + u64::from(rest) + 1).into() };
            any::<(u32, u32)>().prop_map(ratio).boxed()
        }
        ValueKind::YesNo => any::<bool>().prop_map(|yes| Value::YesNo { yes }).boxed(),
        ValueKind::Text => trimmed()
            .prop_filter("a word of an unknown", |t| Unknown::from_label(t).is_none())
            .prop_map(|words| Value::Text { words })
            .boxed(),
        ValueKind::Milestone => (any::<u16>(), trimmed()).prop_map(|(rank, state)| Value::Milestone { rank, state }).boxed(),
        ValueKind::Score => (-9_999i64..9_999, 0u32..4, option::of(1u32..))
            .prop_map(|(n, scale, sample)| Value::Score { amount: Decimal::new(n, scale), sample })
            .boxed(),
    };
    let expected = option::of(date()).prop_map(|expected| Value::Unknown { reason: Unknown::Collecting, expected });
    prop_oneof![6 => figure, 2 => any_of(Unknown::ALL).prop_map(Value::unknown), 1 => expected].boxed()
}

fn period() -> impl Strategy<Value = Period> {
    let year = 1950i16..2150;
    prop_oneof![
        year.clone().prop_map(Period::year),
        (year.clone(), 1u8..=2).prop_map(|(year, half)| Period::Half(FiscalYear(year), half)),
        (year.clone(), 1u8..=4).prop_map(|(year, quarter)| Period::Quarter(FiscalYear(year), quarter)),
        (year.clone(), 1i8..=12).prop_map(|(year, month)| Period::Month(year, month)),
        year.clone().prop_map(Period::CalendarYear),
        date().prop_map(Period::Instant),
        (year, 1i8..=12).prop_map(|(year, month)| Period::Range((year - 1, 3), (year, month))),
    ]
}

fn date() -> impl Strategy<Value = Date> {
    (1950i16..2150, 1i8..=12, 1i8..=28).prop_map(|(year, month, day)| Date::constant(year, month, day))
}

/// Earlier values, some of a kind that the part had before.
fn replaced(kind: ValueKind) -> impl Strategy<Value = Vec<Replaced>> {
    let old = prop_oneof![3 => value(kind), 1 => any_of(ValueKind::ALL).prop_flat_map(value)];
    vec((old, date(), text()).prop_map(|(value, on, reason)| Replaced { value, on, reason }), 0..3)
}

prop_compose! {
    fn point(kind: ValueKind)(
        role in any_of(Role::ALL), period in period(), value in value(kind), note in text(), reason in text(),
        decided_on in option::of(date()), replaced in replaced(kind), provenance in provenance(),
    ) -> Point {
        Point { role, period, value, note, reason, decided_on, replaced, provenance }
    }
}

prop_compose! {
    fn actual(kind: ValueKind)(
        period in period(), value in prop_oneof![9 => value(kind), 1 => any_of(ValueKind::ALL).prop_flat_map(value)],
        maturity in any_of(Maturity::ALL), as_of in option::of(date()), note in text(), link in text(), replaced in replaced(kind),
        provenance in provenance(),
    ) -> Actual {
        Actual { period, revision: 1, value, maturity, as_of, note, link, section: String::new(), replaced, provenance }
    }
}

fn code() -> impl Strategy<Value = String> {
    "[A-Za-z0-9][A-Za-z0-9_.-]{0,5}"
}

fn mapping() -> impl Strategy<Value = Mapping> {
    let mapping = |indicator, correspondence, note| Mapping { indicator, correspondence, note };
    prop_oneof![
        (code(), text()).prop_map(move |(indicator, note)| mapping(indicator, Correspondence::Same, note)),
        (code(), filled()).prop_map(move |(indicator, note)| mapping(indicator, Correspondence::Similar, note)),
        text().prop_map(move |note| mapping(String::new(), Correspondence::Nothing, note)),
    ]
}

fn change() -> impl Strategy<Value = DefinitionChange> {
    let change = |(year, series_break, note)| DefinitionChange { from_year: FiscalYear(year), series_break, note };
    (1950i16..2150, any::<bool>(), filled()).prop_map(change)
}

fn part() -> impl Strategy<Value = Part> {
    let values = |kind| (Just(kind), vec(point(kind), 0..4), vec(actual(kind), 0..3));
    let rest = (text(), text(), any_of(Direction::ALL), any_of(Accumulation::ALL), any::<bool>());
    (any_of(ValueKind::ALL).prop_flat_map(values), rest).prop_map(|((kind, mut points, mut actuals), rest)| {
        let (name, unit, direction, accumulation, accumulation_confirmed) = rest;
        points.sort_by_key(|point| (point.period.last_day(), point.role, point.period.to_string()));
        points.dedup_by_key(|point| (point.role, point.period));
        actuals.sort_by_key(|actual| (actual.period.last_day(), actual.period.to_string()));
        actuals.dedup_by_key(|actual| actual.period);
        Part { key: String::new(), name, kind, unit, direction, accumulation, accumulation_confirmed, points, actuals }
    })
}

/// The key, the node and the parts' keys are set by `plan`.
fn kpi() -> impl Strategy<Value = Kpi> {
    let words = (filled(), text(), text(), text(), text());
    let references = (option::of(code()), vec(mapping(), 0..3), vec(change(), 0..3));
    (words, any::<bool>(), any_of(Frequency::ALL), vec(part(), 1..4), references, provenance()).prop_map(
        |(words, headline, frequency, mut parts, (template, indicators, changes), provenance)| {
            parts.iter_mut().enumerate().for_each(|(i, part)| part.key = format!("part-{i}"));
            let (name, formula, how_to_count, source, doubt) = words;
            Kpi {
                code: String::new(),
                name,
                node: String::new(),
                headline,
                frequency,
                formula,
                how_to_count,
                source,
                doubt,
                parts,
                template,
                indicators,
                changes,
                set_grade: None,
                provenance,
            }
        },
    )
}

fn node() -> impl Strategy<Value = (Node, u8)> {
    let words = (text(), filled(), text(), text(), text());
    let note = (1950i16..2150, filled(), provenance());
    let notes = vec(note.prop_map(|(year, text, provenance)| YearNote { from_year: FiscalYear(year), text, provenance }), 0..3);
    (words, any::<[bool; 3]>(), notes, provenance(), any::<u8>()).prop_map(|(words, [marked, life, work], notes, provenance, level)| {
        let (number, title, description, status, gap) = words;
        let attributes = [(life, "life"), (work, "work")].into_iter().filter(|(on, _)| *on).map(|(_, key)| key.to_owned()).collect();
        let (key, parent, marker) = (String::new(), None, if marked { "●".to_owned() } else { String::new() });
        (Node { key, parent, level: String::new(), number, marker, title, description, attributes, status, gap, notes, provenance }, level)
    })
}

/// A shipped set with words of somebody's own.
fn grades() -> impl Strategy<Value = RuleSet> {
    (select(grading::templates()), trimmed(), trimmed()).prop_map(|(mut set, word, name)| {
        let plain = |text: String| text.replace(char::is_control, "");
        set.bands[0].label = format!("い{}", plain(word));
        (set.name, set.bands[0].meaning) = (format!("ろ{}", plain(name.clone())), plain(name));
        set
    })
}

fn head() -> impl Strategy<Value = PlanHead> {
    let words = (filled(), filled(), text(), text(), text(), filled(), grades());
    (words, any_of(PlanKind::ALL), 1950i16..2150, 0i16..20, any::<bool>(), filled()).prop_map(|(words, kind, from, length, again, word)| {
        let (title, editor, vision, future_image, notice, source, grades) = words;
        let depths = [("top", 1), ("middle", 2), ("low", 3), ("also-low", 3)];
        PlanHead {
            slug: "plan".into(),
            kind,
            title,
            period_from: FiscalYear(from),
            period_until: FiscalYear(from + length),
            published: "2025-03".into(),
            editor,
            vision,
            future_image,
            notice,
            predecessor: again.then(|| "before".into()),
            source,
            levels: depths.map(|(key, depth)| Level { key: key.into(), name: word.clone(), depth }).to_vec(),
            phases: [("a", Look::Survey), ("b", Look::Run)].map(|(key, look)| Phase { key: key.into(), name: word.clone(), look }).to_vec(),
            markers: vec![Marker { symbol: "●".into(), meaning: word.clone() }],
            grades: if again { RuleSet::default() } else { grades },
        }
    })
}

fn texts() -> impl Strategy<Value = (Vec<Body>, Vec<RelatedPlan>, Vec<Term>, Vec<Chapter>)> {
    let body = (filled(), any_of(BodyKind::ALL), text(), text(), vec((filled(), provenance()), 0..3), provenance());
    let related = (filled(), any_of(Issuer::ALL), any::<bool>(), text(), provenance());
    let chapter =
        (prop_oneof![Just(String::new()), "[0-9a-z参考-]{1,5}"], trimmed(), prop_oneof![Just(String::new()), "[#a](\\PC|\n){0,9}[a-z]"]);
    (vec(body, 0..4), vec(related, 0..3), vec((text(), text(), provenance()), 0..3), vec(chapter, 0..12)).prop_map(
        |(bodies, related, terms, mut chapters)| {
            let mut numbers = HashSet::new();
            chapters.retain(|(number, ..)| numbers.insert(number.clone()));
            let body = |(i, (name, kind, composition, note, duties, provenance)): (usize, (String, BodyKind, _, _, Vec<_>, _))| {
                let duties = duties.into_iter().map(|(text, provenance)| Duty { text, provenance }).collect();
                let parent = i.checked_sub(1).map(|above| format!("b{above}"));
                Body { key: format!("b{i}"), name, kind, composition, parent, note, duties, provenance }
            };
            let related_plan = |(i, (title, issuer, aligned, summary, provenance))| RelatedPlan {
                key: format!("r{i}"),
                title,
                issuer,
                aligned,
                summary,
                provenance,
            };
            let term = |(i, (formal_name, explanation, provenance))| Term { term: format!("語{i}"), formal_name, explanation, provenance };
            (
                bodies.into_iter().enumerate().map(body).collect(),
                related.into_iter().enumerate().map(related_plan).collect(),
                terms.into_iter().enumerate().map(term).collect(),
                chapters.into_iter().map(|(number, title, body)| Chapter { number, title, body }).collect(),
            )
        },
    )
}

/// Milestones, and what was reported of the first nodes.
fn course(plan: &PlanHead, nodes: &[Node], drawn: Vec<(bool, String, String, Provenance)>) -> (Vec<Milestone>, Vec<NodeStanding>) {
    let standing = |(node, (late, words, ..)): (&Node, &(bool, String, String, Provenance))| NodeStanding {
        node: node.key.clone(),
        fiscal_year: plan.period_from,
        phase: late.then(|| "a".to_owned()),
        slip_years: if *late { 2 } else { 0 },
        slip_reason: if *late { words.clone() } else { String::new() },
    };
    let standings = nodes.iter().zip(&drawn).map(standing).collect();
    let milestone = |(i, (done, title, season, provenance)): (usize, (bool, String, String, Provenance))| Milestone {
        key: format!("d{i}"),
        node: nodes[i % nodes.len()].key.clone(),
        title,
        fiscal_year: plan.period_until,
        season,
        done,
        provenance,
    };
    (drawn.into_iter().enumerate().map(milestone).collect(), standings)
}

fn plan() -> impl Strategy<Value = PlanContent> {
    let label = (any::<bool>(), any::<bool>(), provenance());
    let course_of = vec((any::<bool>(), filled(), text(), provenance()), 0..4);
    (head(), vec(node(), 1..8), vec(kpi(), 0..4), vec(label, 0..4), texts(), provenance(), course_of).prop_map(
        |(plan, drawn, mut kpis, labels, texts, said, course_of)| {
            let mut nodes: Vec<Node> = Vec::new();
            for (i, (mut node, level)) in drawn.into_iter().enumerate() {
                let level = &plan.levels[usize::from(level) % plan.levels.len()];
                let above = |other: &&Node| plan.level(&other.level).is_some_and(|above| above.depth < level.depth);
                node.parent = nodes.iter().rfind(above).map(|node| node.key.clone());
                (node.key, node.level) = (format!("n{i}"), level.key.clone());
                nodes.push(node);
            }
            let node = |i: usize| nodes[i % nodes.len()].key.clone();
            kpis.iter_mut().enumerate().for_each(|(i, kpi)| (kpi.code, kpi.node) = (format!("K-{i}"), node(i)));
            let cell = |(i, (phase, actual, provenance)): (usize, (bool, bool, Provenance))| RoadmapCell {
                node: node(i),
                fiscal_year: if actual { FiscalYear(1940 + i as i16) } else { plan.period_until },
                phase: if phase { "a" } else { "b" }.to_owned(),
                kind: if actual { CellKind::Actual } else { CellKind::Planned },
                provenance,
            };
            let mut roadmap: Vec<_> = labels.into_iter().enumerate().map(cell).collect();
            roadmap.sort_by_key(|cell| (cell.node.clone(), cell.fiscal_year, cell.phase.clone(), cell.kind));
            roadmap.dedup_by_key(|cell| (cell.node.clone(), cell.fiscal_year, cell.phase.clone(), cell.kind));
            let attribute = |key: &str| Attribute {
                key: key.into(),
                name: said.source_text.clone() + "属性",
                description: String::new(),
                provenance: said.clone(),
            };
            let lineage =
                |from: &str, to: String, relation| Lineage { from_plan: "before".into(), from_node: from.into(), to_node: to, relation };
            let lineage = vec![
                lineage("t1", node(0), Relation::Split),
                lineage("", node(1), Relation::New),
                lineage("t2", String::new(), Relation::Ended),
            ];
            let (bodies, related_plans, glossary, chapters) = texts;
            let attributes = ["life", "work"].map(attribute).to_vec();
            let (milestones, standings) = course(&plan, &nodes, course_of);
            let ruling = |m: &Milestone| Ruling {
                key: format!("e{}", m.key),
                node: m.node.clone(),
                effect: if m.done { RulingEffect::Starts } else { RulingEffect::Scraps },
                fiscal_year: m.fiscal_year,
                decided_on: jiff::civil::date(2026, 12, 1),
                body: m.title.clone(),
                document: m.season.clone(),
                case: None,
            };
            let rulings = milestones.iter().map(ruling).collect();
            PlanContent {
                plan,
                attributes,
                nodes,
                kpis,
                roadmap,
                bodies,
                related_plans,
                glossary,
                chapters,
                lineage,
                milestones,
                rulings,
                standings,
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_is_written_reads_back(content in plan()) {
        let files = write("192104", &content);
        match read(&files) {
            Ok(folder) => {
                prop_assert_eq!(&folder.municipality, "192104");
                // JSON too: equal numbers may have different scales.
                prop_assert_eq!(serde_json::to_string(&folder.content).unwrap(), serde_json::to_string(&content).unwrap());
                prop_assert_eq!(folder.content, content);
            }
            Err(faults) => prop_assert!(false, "{:#?}", faults),
        }
    }

    #[test]
    fn no_bytes_make_it_panic(name in select(&[layout::PLAN, "nodes.csv", "values.csv", "chapters/1.md"]), bytes in vec(any::<u8>(), 0..200)) {
        let mut files = folder("demo/aobadai/dx-kousou");
        files.insert(name.to_owned(), bytes);
        let _ = read(&files);
    }

    #[test]
    fn no_text_makes_it_panic(name in select(&[layout::PLAN, "nodes.csv", "kpis.csv", "lineage.csv", "chapters/1.md"]), text in "[ #\\[\\]=\",\r\n\\PC]{0,80}") {
        let mut files = folder("demo/aobadai/dx-kousou");
        let before = files.get(name).cloned().unwrap_or_default();
        files.insert(name.to_owned(), [&before[..], text.as_bytes()].concat());
        let _ = read(&files);
        let _ = read(&Files::from([(name.to_owned(), text.into_bytes())]));
    }

    #[test]
    fn one_changed_cell_is_read_or_refused(at in any::<prop::sample::Index>(), file in any::<prop::sample::Index>(), cell in "\\PC{0,8}") {
        let mut files = folder("kai/dx-action-plan");
        let tables: Vec<_> = files.keys().filter(|name| name.ends_with(".csv")).cloned().collect();
        let name = file.get(&tables);
        let text = String::from_utf8(files[name].clone()).unwrap();
        let mut cells: Vec<_> = text.split_inclusive([',', '\n']).map(str::to_owned).collect();
        let end = at.index(cells.len());
        cells[end] = format!("{cell}{}", if cells[end].ends_with('\n') { '\n' } else { ',' });
        files.insert(name.clone(), cells.concat().into_bytes());
        if let Err(faults) = read(&files) {
            prop_assert!(!faults.is_empty() && faults.iter().all(|fault| !fault.reason.is_empty()));
        }
    }
}
