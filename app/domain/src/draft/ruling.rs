//! What a decision of a body does to a draft (スクラップ&ビルド).

use super::edit::{self, Edited, Fault, put};
use crate::{
    clock::FiscalYear,
    plan::{CellKind, Kpi, Node, PlanContent, RoadmapCell, Ruling, RulingEffect},
    provenance::Provenance,
};

/// An initiative that a decision starts.
#[derive(Clone, Debug)]
pub struct Begun {
    pub node: Node,
    /// What the roadmap plans: (year, key of the phase).
    pub phases: Vec<(FiscalYear, String)>,
    /// Of the new node.
    pub kpi: Option<Kpi>,
}

/// Puts the initiative into the draft, with its roadmap, its KPI and the decision.
pub fn start(content: &PlanContent, begun: Begun, ruling: Ruling) -> Edited {
    let node = begun.node.key.clone();
    let mut after = edit::put_node(content, None, begun.node)?;
    for (fiscal_year, phase) in begun.phases {
        let cell = RoadmapCell { node: node.clone(), fiscal_year, phase, kind: CellKind::Planned, provenance: Provenance::default() };
        put(&mut after.roadmap, None, cell)?;
    }
    if let Some(kpi) = begun.kpi {
        after = edit::put_kpi(&after, None, kpi)?;
    }
    rule(&after, ruling)
}

/// Ties a decision to an initiative of the draft. 廃止 takes away what the roadmap plans from its year on; what was planned
/// for and reported of the years before stays.
pub fn rule(content: &PlanContent, ruling: Ruling) -> Edited {
    content.node(&ruling.node).ok_or(Fault::Missing)?;
    let mut after = content.clone();
    if ruling.effect == RulingEffect::Scraps {
        let is_over =
            |cell: &RoadmapCell| cell.node == ruling.node && cell.kind == CellKind::Planned && cell.fiscal_year >= ruling.fiscal_year;
        after.roadmap.retain(|cell| !is_over(cell));
    }
    put(&mut after.rulings, None, ruling)?;
    Ok(after)
}

#[cfg(all(test, feature = "server"))]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::{
        plan_folder::tests::seeds::content,
        roadmap::{Slot, row},
    };

    const NODE: &str = "f1-1-1-1";

    fn ruling(node: &str, effect: RulingEffect, year: i16) -> Ruling {
        let (key, body) = ("e1".to_owned(), "本部".to_owned());
        let decided_on = date(2026, 12, 1);
        Ruling { key, node: node.into(), effect, fiscal_year: FiscalYear(year), decided_on, body, document: String::new(), case: Some(1) }
    }

    #[test]
    fn a_decision_starts_an_initiative_with_its_roadmap() {
        let before = content("demo/midorino/dx-plan");
        let (phase, old) = (before.plan.phases[0].key.clone(), before.node(NODE).unwrap().clone());
        let node = Node { key: "n900".into(), title: "新しい取組".into(), ..old };
        let begun = || Begun { node: node.clone(), phases: vec![(FiscalYear(2027), phase.clone())], kpi: None };
        let after = start(&before, begun(), ruling("n900", RulingEffect::Starts, 2027)).unwrap();
        assert_eq!(after.nodes.len(), before.nodes.len() + 1);
        assert_eq!(after.rulings[0].node, "n900");
        assert!(row(&after, "n900", FiscalYear(2026)).unwrap().iter().any(|cell| matches!(cell.planned, Slot::Printed(_))));
        assert_eq!(edit::check(&after), Vec::<String>::new());
        // The same decision once.
        assert!(start(&after, begun(), ruling("n900", RulingEffect::Starts, 2027)).is_err());
        assert!(rule(&before, ruling("gone", RulingEffect::Changes, 2027)).is_err());
    }

    proptest! {
        #[test]
        fn what_is_scrapped_ends_with_its_year_and_loses_nothing_before(year in 2023i16..2030) {
            let before = content("demo/midorino/dx-plan");
            let after = rule(&before, ruling(NODE, RulingEffect::Scraps, year)).unwrap();
            prop_assert_eq!(&after.kpis, &before.kpis);
            prop_assert_eq!(&after.standings, &before.standings);
            let (was, is) = (row(&before, NODE, FiscalYear(2026)).unwrap(), row(&after, NODE, FiscalYear(2026)).unwrap());
            for (was, is) in was.iter().zip(&is) {
                prop_assert_eq!(is.planned == Slot::Scrapped, is.year.0 >= year, "{:?}", is);
                if is.year.0 < year {
                    prop_assert_eq!(was, is);
                }
            }
            prop_assert_eq!(edit::check(&after), Vec::<String>::new());
        }
    }
}
