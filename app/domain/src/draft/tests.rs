//! Sequences of edits on Kai's own plan.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{
    Change, Draft, Kind, ObjectKey, body,
    compare::{self, What},
    edit::{self, Edited, Fault, Share, Way},
    fields,
    shared::rebase,
};
use crate::{
    clock::FiscalYear,
    plan::{CellKind, DefinitionChange, Kpi, Node, Part, PlanContent, Relation, RoadmapCell},
    plan_folder::tests::seeds::content,
    provenance::Provenance,
};

fn kai() -> PlanContent {
    let mut content = content("kai/dx-action-plan");
    edit::in_tree_order(&mut content.nodes);
    content
}

/// One edit, by numbers that are taken modulo what is there.
#[derive(Clone, Debug)]
enum Step {
    Rename(usize, String),
    Add(usize, String),
    Move(usize, usize),
    Shift(Kind, usize, bool),
    Split(usize, usize),
    Merge(usize, usize),
    End(usize),
    Remove(Kind, usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let kind = || prop::sample::select(&Kind::ALL[1..]);
    let title = "[一-龠ぁ-ん]{1,8}";
    let step = prop_oneof![
        (any::<usize>(), title).prop_map(|(n, t)| Step::Rename(n, t)),
        (any::<usize>(), title).prop_map(|(n, t)| Step::Add(n, t)),
        (any::<usize>(), any::<usize>()).prop_map(|(a, b)| Step::Move(a, b)),
        (kind(), any::<usize>(), any::<bool>()).prop_map(|(k, n, up)| Step::Shift(k, n, up)),
        (any::<usize>(), any::<usize>()).prop_map(|(a, b)| Step::Split(a, b)),
        (any::<usize>(), any::<usize>()).prop_map(|(a, b)| Step::Merge(a, b)),
        any::<usize>().prop_map(Step::End),
        (kind(), any::<usize>()).prop_map(|(k, n)| Step::Remove(k, n)),
    ];
    prop::collection::vec(step, 1..12)
}

fn keys(content: &PlanContent, kind: Kind) -> Vec<String> {
    use super::object::{Object, for_list};
    for_list!(content, kind, list => list.iter().map(Object::key).collect())
}

fn take(step: &Step, content: &PlanContent, fresh: usize) -> Edited {
    let node = |n: usize| content.nodes[n % content.nodes.len()].clone();
    let new = |like: &Node, title: &str| Node {
        key: format!("new-{fresh}"),
        title: title.to_owned(),
        notes: Vec::new(),
        gap: String::new(),
        provenance: Provenance::default(),
        ..like.clone()
    };
    match step {
        Step::Rename(n, title) => {
            let node = Node { title: title.clone(), ..node(*n) };
            edit::put_node(content, Some(&node.key.clone()), node)
        }
        Step::Add(n, title) => edit::put_node(content, None, new(&node(*n), title)),
        Step::Move(a, b) => edit::move_node(content, &node(*a).key, Some(&node(*b).key), None),
        Step::Shift(kind, n, up) => {
            let keys = keys(content, *kind);
            let Some(key) = keys.get(n % keys.len().max(1)) else { return Err(Fault::Missing) };
            edit::shift(content, *kind, key, if *up { Way::Up } else { Way::Down })
        }
        Step::Split(n, which) => {
            let old = node(*n);
            let every = |i: &usize| i % 2 == which % 2;
            let children = content.children(Some(&old.key)).enumerate().filter(|(i, _)| every(i)).map(|(_, c)| c.key.clone()).collect();
            let kpis = content.kpis.iter().filter(|k| k.node == old.key).map(|k| k.code.clone()).collect();
            edit::split_node(content, &old.key, new(&old, "分割"), &Share { children, kpis })
        }
        Step::Merge(a, b) => edit::merge_nodes(content, &node(*a).key, &node(*b).key),
        Step::End(n) => edit::end_node(content, &node(*n).key, true),
        Step::Remove(Kind::Kpi, _) => Err(Fault::Missing),
        Step::Remove(kind, n) => {
            let keys = keys(content, *kind);
            let Some(key) = keys.get(n % keys.len().max(1)) else { return Err(Fault::Missing) };
            edit::remove(content, *kind, key)
        }
    }
}

fn codes(content: &PlanContent) -> Vec<&str> {
    let mut codes: Vec<_> = content.kpis.iter().map(|kpi| kpi.code.as_str()).collect();
    codes.sort_unstable();
    codes
}

#[test]
fn kai_is_in_order() {
    assert_eq!(edit::check(&kai()), Vec::<String>::new());
    assert_eq!(Draft::of(kai()).changes_to(&kai()), []);
    assert!(compare::compare(&kai(), &kai()).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn what_is_stored_step_by_step_gives_the_same_plan(steps in steps()) {
        let live = kai();
        let mut newest: BTreeMap<ObjectKey, Change> = BTreeMap::new();
        let mut draft = Draft::of(live.clone());
        for (fresh, step) in steps.iter().enumerate() {
            let Ok(after) = take(step, draft.content(), fresh) else { continue };
            for change in draft.changes_to(&after) {
                newest.insert((change.kind, change.key.clone()), change);
            }
            draft = Draft::over(live.clone(), newest.values().cloned()).unwrap();
            prop_assert_eq!(draft.content(), &after, "{:?}", step);
            prop_assert_eq!(edit::check(&after), Vec::<String>::new(), "{:?}", step);
        }
        // Discarded: nothing of it lies in the live plan.
        let discarded = Draft::over(live.clone(), []).unwrap();
        prop_assert_eq!(discarded.content(), &live);
    }

    #[test]
    fn moving_merging_and_splitting_lose_no_kpi_no_figure_and_no_link(steps in steps()) {
        let live = kai();
        let mut content = live.clone();
        for (fresh, step) in steps.iter().enumerate() {
            let Ok(after) = take(step, &content, fresh) else { continue };
            prop_assert_eq!(codes(&after), codes(&live));
            for kpi in &after.kpis {
                let before = live.kpi(&kpi.code).unwrap();
                prop_assert_eq!(&kpi.parts, &before.parts);
            }
            // What a node of the predecessor led to still leads somewhere, or is said to have ended.
            if !matches!(step, Step::Remove(..)) {
                for line in &content.lineage {
                    prop_assert!(after.lineage.iter().any(|l| l.from_plan == line.from_plan && l.from_node == line.from_node), "{:?}", line);
                }
            }
            if let Step::Merge(a, _) = step {
                let from = &content.nodes[a % content.nodes.len()].key;
                prop_assert!(after.lineage.iter().any(|l| l.from_node == *from && l.relation == Relation::Merged));
                prop_assert!(after.roadmap.iter().all(|cell| cell.node != *from));
            }
            content = after;
        }
    }

    #[test]
    fn the_comparison_names_what_changed_and_nothing_else(steps in steps()) {
        let live = kai();
        let mut content = live.clone();
        for (fresh, step) in steps.iter().enumerate() {
            content = take(step, &content, fresh).unwrap_or(content);
        }
        let differences = compare::compare(&live, &content);
        let added = content.nodes.iter().filter(|n| live.node(&n.key).is_none()).count();
        let removed = live.nodes.iter().filter(|n| content.node(&n.key).is_none()).count();
        let count = |what| differences.iter().filter(|d| d.kind == Kind::Node && d.what == what).count();
        prop_assert_eq!((count(What::Added), count(What::Removed)), (added, removed));
        prop_assert_eq!(differences.is_empty(), Draft::of(live).changes_to(&content).is_empty());
    }
}

#[test]
fn a_level_cannot_stand_under_a_lower_one() {
    let content = kai();
    let top = content.nodes.iter().find(|n| n.parent.is_none()).unwrap();
    let leaf =
        content.nodes.iter().find(|n| content.children(Some(&n.key)).next().is_none() && n.parent.as_deref() != Some(&top.key)).unwrap();
    assert!(matches!(edit::move_node(&content, &top.key, Some(&leaf.key), None), Err(Fault::Level { .. } | Fault::Within)));
    assert_eq!(edit::move_node(&content, &top.key, Some(&top.key), None), Err(Fault::Within));
}

#[test]
fn what_others_use_is_not_removed() {
    let content = kai();
    let level = &content.plan.levels[0].key;
    assert!(matches!(edit::remove(&content, Kind::Level, level), Err(Fault::InUse(_))));
    let parent = content.nodes.iter().find(|n| content.children(Some(&n.key)).next().is_some()).unwrap();
    assert!(matches!(edit::end_node(&content, &parent.key, true), Err(Fault::HasChildren(_))));
    let with_kpi = &content.kpis[0].node;
    assert!(matches!(edit::end_node(&content, with_kpi, true), Err(Fault::HasKpis(_) | Fault::HasChildren(_))));
}

#[test]
fn what_is_taken_out_is_put_back_in_its_place() {
    let live = kai();
    let mut tried = 0;
    for kind in Kind::ALL.iter().copied().filter(|kind| !matches!(kind, Kind::Head | Kind::Node | Kind::Kpi)) {
        for key in keys(&live, kind) {
            // What others hang on stays.
            let Ok(without) = edit::remove(&live, kind, &key) else { continue };
            assert_eq!(edit::put_back(&without, &live, kind, &key).unwrap(), live, "{kind:?} {key}");
            tried += 1;
        }
    }
    assert!(tried > 60, "{tried}");
    assert!(matches!(edit::put_back(&live, &live, Kind::Term, "KPI"), Err(Fault::Taken(_))));
}

#[test]
fn a_changed_head_is_stored_beside_everything_else() {
    let live = kai();
    let mut after = live.clone();
    after.plan.vision = "別のビジョン".to_owned();
    after.glossary.reverse();
    let changes = Draft::of(live.clone()).changes_to(&after);
    assert_eq!(Draft::over(live, changes).unwrap().content(), &after);
}

#[test]
fn no_organisation_stands_above_itself() {
    let content = kai();
    let keys = keys(&content, Kind::Body);
    let under = |content: &PlanContent, key: &str, parent: &str| {
        let mut body = body(content, Kind::Body, key).unwrap();
        body["parent"] = parent.into();
        edit::put_body(content, Kind::Body, Some(key), body)
    };
    assert_eq!(under(&content, &keys[0], &keys[0]).unwrap_err(), Fault::Within);
    let mut chained = content.clone();
    chained.bodies.iter_mut().for_each(|body| body.parent = None);
    let (chained, _) = under(&chained, &keys[1], &keys[0]).unwrap();
    assert_eq!(under(&chained, &keys[0], &keys[1]).unwrap_err(), Fault::Within);
}

#[test]
fn a_changed_word_is_marked_and_the_rest_is_not() {
    let (old, new) = compare::pieces("オンライン申請を30件にする", "オンライン申請を45件にする");
    let marked = |pieces: &[(bool, String)]| pieces.iter().filter(|(differs, _)| *differs).map(|(_, t)| t.clone()).collect::<String>();
    assert_eq!((marked(&old).as_str(), marked(&new).as_str()), ("30", "45"));
    let joined = |pieces: &[(bool, String)]| pieces.iter().map(|(_, t)| t.as_str()).collect::<String>();
    assert_eq!(joined(&old), "オンライン申請を30件にする");
}

/// A KPI of Kai with another name, unit and way of counting.
fn redefined(kpi: &Kpi, name: &str, unit: &str, how: &str) -> Kpi {
    let mut kpi = Kpi { name: name.to_owned(), how_to_count: how.to_owned(), ..kpi.clone() };
    kpi.parts[0].unit = unit.to_owned();
    kpi
}

#[test]
fn of_a_shared_kpi_what_one_side_changed_is_taken_and_what_both_changed_is_told() {
    let (plan, base) = (kai(), kai().kpis[0].clone());
    let mine = redefined(&base, "甲の名", &base.parts[0].unit, "甲の数え方");
    let now = redefined(&base, &base.name, "乙の単位", "乙の数え方");
    let (merged, clashes) = rebase(&mine, Some(&base), &now, &plan);
    assert_eq!(merged, redefined(&mine, "甲の名", "乙の単位", "甲の数え方"));
    let told: Vec<_> = clashes.iter().map(|c| [c.field.as_str(), &c.label, &c.mine, &c.theirs]).collect();
    assert_eq!(told, [["how_to_count", "数え方", "甲の数え方", "乙の数え方"]]);
    // Nobody knew the other one's: everything that differs is told.
    let fields: Vec<_> = rebase(&mine, None, &now, &plan).1.into_iter().map(|clash| clash.field).collect();
    assert_eq!(fields, ["name", "how_to_count", "part.main.unit"]);
}

#[test]
fn of_two_new_definitions_both_are_kept_and_told() {
    let (plan, base) = (kai(), kai().kpis[0].clone());
    let change = |year, note: &str| DefinitionChange { from_year: FiscalYear(year), series_break: true, note: note.to_owned() };
    let (mut mine, mut now) = (base.clone(), base.clone());
    mine.changes.push(change(2027, "甲の改め"));
    now.changes.push(change(2026, "乙の改め"));
    let (merged, clashes) = rebase(&mine, Some(&base), &now, &plan);
    assert_eq!(merged.changes, [change(2026, "乙の改め"), change(2027, "甲の改め")]);
    assert!(clashes.len() == 1 && clashes[0].mine.contains("甲の改め") && clashes[0].theirs.contains("乙の改め"), "{clashes:?}");
}

proptest! {
    #[test]
    fn a_rebased_kpi_keeps_planned_values_and_figures_and_a_side_that_did_nothing_gives_way(
        name in "[甲乙]{1,2}", unit in "[件人]", how in "[一二]{0,2}", at in any::<usize>(),
    ) {
        let plan = kai();
        let base = plan.kpis[at % plan.kpis.len()].clone();
        let other = redefined(&base, &name, &unit, &how);
        prop_assert_eq!(rebase(&base, Some(&base), &other, &plan), (other.clone(), Vec::new()));
        prop_assert_eq!(rebase(&other, Some(&base), &base, &plan), (other.clone(), Vec::new()));
        prop_assert_eq!(rebase(&other, Some(&base), &other, &plan), (other.clone(), Vec::new()));
        let bare = Kpi {
            parts: other.parts.iter().map(|part| Part { points: Vec::new(), actuals: Vec::new(), ..part.clone() }).collect(),
            ..other.clone()
        };
        prop_assert_eq!(rebase(&base, Some(&base), &bare, &plan).0, other, "a definition has no values of its own");
    }

    #[test]
    fn a_node_that_was_taken_out_comes_back_as_it_was(at in any::<usize>()) {
        let plan = kai();
        let leaves: Vec<&Node> = plan.nodes.iter()
            .filter(|node| plan.children(Some(&node.key)).count() == 0 && plan.kpis.iter().all(|kpi| kpi.node != node.key)).collect();
        let node = leaves[at % leaves.len()];
        let without = edit::end_node(&plan, &node.key, true).unwrap();
        let back = edit::bring_back(&without, &plan, &node.key, node.parent.as_deref()).unwrap();
        prop_assert_eq!(back.node(&node.key), Some(node));
        prop_assert_eq!(edit::check(&back), Vec::<String>::new());
        let cells = |content: &PlanContent| content.roadmap.iter().filter(|cell| cell.node == node.key).cloned().collect::<Vec<_>>();
        prop_assert_eq!(cells(&back), cells(&plan));
        let sorted = |content: &PlanContent| { let mut lines = keys(content, Kind::Lineage); lines.sort(); lines };
        prop_assert_eq!(sorted(&back), sorted(&plan));
    }
}

#[test]
fn a_year_note_is_told_as_in_the_document() {
    let body = serde_json::json!({ "notes": [{ "from_year": 2022, "text": "申請書を 統合" }, { "from_year": 2024, "text": "拡大" }] });
    let field = fields::fields(Kind::Node).iter().find(|field| field.name == "notes").unwrap();
    assert_eq!(fields::in_words(field, &body, &kai()), "2022年度～　申請書を 統合\n2024年度～　拡大");
}

#[test]
fn a_cell_moves_within_the_plans_years_and_never_onto_another() {
    let live = content("demo/midorino/dx-plan");
    let planned = |content: &PlanContent| {
        let of_node = content.roadmap.iter().filter(|cell| cell.node == "f1-1-1-1" && cell.kind == CellKind::Planned);
        of_node.map(|cell| (cell.fiscal_year.0, cell.phase.clone())).collect::<Vec<_>>()
    };
    let before = planned(&live);
    let (first, until) = (live.plan.period_from.0, live.plan.period_until.0);
    assert_eq!(before.first().unwrap().0, first);
    assert_eq!(edit::move_cells(&live, "f1-1-1-1", None, -1), Err(Fault::OutOfPeriod));
    let moved = edit::move_cells(&live, "f1-1-1-1", None, 1).unwrap();
    assert_eq!(planned(&moved), before.iter().map(|(year, phase)| (year + 1, phase.clone())).collect::<Vec<_>>());
    assert_eq!(edit::move_cells(&moved, "f1-1-1-1", None, -1).map(|back| planned(&back)), Ok(before.clone()));
    assert_eq!(edit::move_cells(&live, "f1-1-1-1", Some("nothing-like-it"), 1), Err(Fault::Missing));
    assert_eq!(edit::move_cells(&live, "f1-1-1-1", None, until), Err(Fault::OutOfPeriod));
    let (year, phase) = &before[0];
    let mut twice = live.clone();
    twice.roadmap.push(RoadmapCell {
        fiscal_year: FiscalYear(year + 1),
        ..live.roadmap.iter().find(|cell| cell.node == "f1-1-1-1").unwrap().clone()
    });
    let key = format!("f1-1-1-1/{year}/{phase}/planned");
    assert!(matches!(edit::move_cells(&twice, "f1-1-1-1", Some(&key), 1), Err(Fault::Taken(_))));
}
