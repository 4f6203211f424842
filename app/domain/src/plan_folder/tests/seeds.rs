//! The folders of the repository, with what was counted in the documents.

use std::collections::HashSet;

use super::{faults_of, folder};
use crate::{
    kpi::{Maturity, Role},
    plan::{CellKind, Node, PlanContent, PlanKind},
    plan_folder::{Files, read, write},
    progress::Status,
    provenance::Reading,
    value::{Unknown, Value},
};

pub(crate) fn content(path: &str) -> PlanContent {
    read(&folder(path)).map_err(|faults| faults.iter().map(ToString::to_string).collect::<Vec<_>>()).unwrap().content
}

fn nodes_of(plan: &PlanContent, level: &str) -> usize {
    plan.nodes.iter().filter(|node| node.level == level).count()
}

fn points(plan: &PlanContent) -> usize {
    plan.kpis.iter().flat_map(|kpi| &kpi.parts).map(|part| part.points.len()).sum()
}

fn actuals(plan: &PlanContent) -> usize {
    plan.kpis.iter().flat_map(|kpi| &kpi.parts).map(|part| part.actuals.len()).sum()
}

#[test]
fn kais_plan_has_what_its_document_has() {
    let plan = content("kai/dx-action-plan");
    assert_eq!(["strategy", "item", "initiative", "measure"].map(|level| nodes_of(&plan, level)), [4, 14, 35, 20]);
    // Printed with their marks in the lists of strategies 2 and 4; the rest stands only in the roadmap.
    let initiatives = |printed: bool, marker| {
        let read = |node: &&Node| matches!(node.provenance.reading, Reading::Original | Reading::Corrected) == printed;
        plan.nodes.iter().filter(|node| node.level == "initiative" && node.marker == marker).filter(read).count()
    };
    assert_eq!([initiatives(true, "◆"), initiatives(true, "◇"), initiatives(false, "◆"), initiatives(false, "◇")], [13, 12, 10, 0]);
    assert!(plan.nodes.iter().filter(|node| node.level == "measure").all(|node| plan.kpis_within(&node.key).count() == 1));
    assert_eq!((plan.kpis.len(), points(&plan), actuals(&plan)), (22, 72, 0));
    assert_eq!(plan.attributes.len(), 7);
    let rows: HashSet<_> = plan.roadmap.iter().map(|cell| &cell.node).collect();
    assert_eq!((rows.len(), plan.roadmap.len()), (23, 47));
    assert_eq!((plan.bodies.len(), plan.bodies.iter().map(|body| body.duties.len()).sum::<usize>()), (4, 13));
    assert_eq!((plan.glossary.len(), plan.chapters.len()), (12, 8));
    assert_eq!(plan.chapters[0].number, "1-1");
    assert_eq!(plan.chapters[0].title, "策定の目的");
}

#[test]
fn kais_figures_keep_their_printed_form() {
    let plan = content("kai/dx-action-plan");
    let value = |code: &str, part: usize, role| plan.kpi(code).unwrap().parts[part].point(role).unwrap().value.clone();
    assert_eq!(value("KAI-07", 0, Role::Target).plain(), "86.0");
    assert_eq!(value("KAI-13", 0, Role::Interim).plain(), "50.0");
    assert_eq!(value("KAI-15", 0, Role::Target).plain(), "1,106,000");
    assert_eq!(value("KAI-22", 1, Role::Target).plain(), "12/63");
    assert_eq!(value("KAI-22", 2, Role::Target), Value::YesNo { yes: true });
    assert_eq!(value("KAI-05", 0, Role::Target), Value::unknown(Unknown::SetAtIntroduction));
    let roles: Vec<_> = plan.kpis[0].parts[0].points.iter().map(|point| point.role).collect();
    assert_eq!(roles, [Role::Baseline, Role::Interim, Role::Target]);
}

#[test]
fn the_predecessor_has_what_its_document_has() {
    let plan = content("kai/smart-kai-promotion");
    assert_eq!(plan.plan.kind, PlanKind::Predecessor);
    assert_eq!(["policy", "measure", "item"].map(|level| nodes_of(&plan, level)), [3, 10, 14]);
    assert_eq!((plan.roadmap.len(), plan.kpis.len(), points(&plan), actuals(&plan)), (65, 9, 0, 14));
    assert!(plan.roadmap.iter().all(|cell| cell.kind == CellKind::Planned));
    assert_eq!(plan.nodes.iter().map(|node| node.notes.len()).sum::<usize>(), 45);
    let reduction = &plan.kpi("SKP-5").unwrap().parts[0].actuals[0];
    assert_eq!((reduction.value.plain().as_str(), reduction.maturity, reduction.revision), ("▲584,646", Maturity::Forecast, 1));
    assert_eq!(plan.kpi("SKP-6").unwrap().parts[0].actuals[0].value.plain(), "98.90");
}

#[test]
fn the_fictional_plans_are_read() {
    let midorino = content("demo/midorino/dx-plan");
    assert_eq!(midorino.plan.grades.word(Status::Achieved), "A 目標達成");
    assert!(midorino.kpis.iter().flat_map(|kpi| &kpi.parts).all(|part| part.points.is_sorted_by_key(|p| p.period.last_day())));
    assert_eq!(content("demo/aobadai/dx-kousou").kpis.len(), 6);
}

#[test]
fn every_seed_is_written_as_it_was_read() {
    for path in ["kai/dx-action-plan", "kai/smart-kai-promotion", "demo/midorino/dx-plan", "demo/aobadai/dx-kousou"] {
        let once = read(&folder(path)).unwrap();
        let twice = read(&write(&once.municipality, &once.content)).unwrap();
        assert_eq!(once, twice, "{path}");
        let scales = |plan: &PlanContent| serde_json::to_string(plan).unwrap();
        assert_eq!(scales(&once.content), scales(&twice.content), "{path}");
    }
}

#[test]
fn the_example_of_the_format_is_read() {
    let page = include_str!("../../../../../docs/plan-format.md").split("\n## Example\n").nth(1).unwrap();
    let file = |block: &str| {
        let (name, rest) = block.split_once("`\n```")?;
        let (_, text) = rest.split_once('\n')?;
        Some((name.to_owned(), text.split_once("\n```").map_or(text, |(text, _)| text).as_bytes().to_vec()))
    };
    let files: Files = page.split("\n\n`").filter_map(file).collect();
    assert_eq!((files.len(), faults_of(&files)), (10, Vec::new()));
}
