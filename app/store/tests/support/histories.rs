//! Plans with a past that nobody wrote: revised targets, corrected figures, new definitions.

use jiff::civil::Date;
use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::select,
    strategy::ValueTree,
    test_runner::{RngAlgorithm, TestRng, TestRunner},
};
use rashin_domain::{
    clock::FiscalYear,
    kpi::Maturity,
    period::Period,
    plan::{Actual, DefinitionChange, Kpi, Milestone, NodeStanding, PlanContent, Point, Replaced},
    provenance::{Provenance, Reading},
    template::{Correspondence, Mapping},
    value::{Unknown, Value, ValueKind},
};
use rust_decimal::Decimal;

fn text() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "[ ,\"\\\\\n\ta-cあ　]{0,6}", "\\PC{0,6}"]
}

fn filled() -> impl Strategy<Value = String> {
    (text(), "[a-zあ-ん]").prop_map(|(before, word)| before + &word)
}

fn date() -> impl Strategy<Value = Date> {
    (2020i16..2030, 1i8..=12, 1i8..=28).prop_map(|(year, month, day)| Date::constant(year, month, day))
}

fn value(kind: ValueKind) -> BoxedStrategy<Value> {
    let figure = match kind {
        ValueKind::Number => (-99_999i64..99_999, 0u32..4).prop_map(|(n, scale)| Value::number(Decimal::new(n, scale))).boxed(),
        ValueKind::Ratio => (0u32..99, 1u32..99).prop_map(|(n, rest)| Value::Ratio { n: n.into(), of: (n + rest).into() }).boxed(),
        ValueKind::YesNo => any::<bool>().prop_map(|yes| Value::YesNo { yes }).boxed(),
        ValueKind::Text => "[a-zあ-ん]{1,6}".prop_map(|words| Value::Text { words }).boxed(),
        ValueKind::Milestone => (0u16..9, "[a-zあ-ん]{1,6}").prop_map(|(rank, state)| Value::Milestone { rank, state }).boxed(),
        ValueKind::Score => (-999i64..999, 0u32..3, option::of(1u32..999))
            .prop_map(|(n, scale, sample)| Value::Score { amount: Decimal::new(n, scale), sample })
            .boxed(),
    };
    let expected = option::of(date()).prop_map(|expected| Value::Unknown { reason: Unknown::Collecting, expected });
    prop_oneof![4 => figure, 1 => select(Unknown::ALL).prop_map(Value::unknown), 1 => expected].boxed()
}

fn replaced(kind: ValueKind) -> impl Strategy<Value = Vec<Replaced>> {
    let old = prop_oneof![3 => value(kind), 1 => select(ValueKind::ALL).prop_flat_map(value)];
    // Without a reason the same value again would be a correction of its note.
    vec((old, date(), filled()).prop_map(|(value, on, reason)| Replaced { value, on, reason }), 0..4)
}

fn provenance() -> impl Strategy<Value = Provenance> {
    let provenance = |(reading, source_text, source_place)| Provenance { reading, source_text, source_place };
    (select(Reading::ALL), text(), text()).prop_map(provenance)
}

fn actuals(kind: ValueKind) -> impl Strategy<Value = Vec<Actual>> {
    let said = (select(Maturity::ALL), option::of(date()), text(), text());
    let actual =
        (value(kind), said, replaced(kind), provenance()).prop_map(|(value, (maturity, as_of, note, link), replaced, provenance)| {
            let (period, revision, section) = (Period::year(0), 1, String::new());
            Actual { period, revision, value, maturity, as_of, note, link, section, replaced, provenance }
        });
    vec(actual, 0..4)
}

fn references() -> impl Strategy<Value = (Option<String>, Vec<Mapping>, Vec<DefinitionChange>)> {
    let mapping = prop_oneof![
        filled().prop_map(|note| Mapping { indicator: "DA-01".into(), correspondence: Correspondence::Similar, note }),
        text().prop_map(|note| Mapping { indicator: String::new(), correspondence: Correspondence::Nothing, note }),
    ];
    let change = |(year, series_break, note)| DefinitionChange { from_year: FiscalYear(year), series_break, note };
    (option::of("[A-Z]{3}-[0-9]{2}"), vec(mapping, 0..3), vec((2020i16..2030, any::<bool>(), filled()).prop_map(change), 0..3))
}

/// Draws pasts; the same ones each time.
pub struct Pasts(TestRunner);

impl Pasts {
    pub fn new() -> Self {
        Self(TestRunner::new_with_rng(ProptestConfig::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha)))
    }

    fn draw<T>(&mut self, strategy: impl Strategy<Value = T>) -> T {
        strategy.new_tree(&mut self.0).unwrap().current()
    }

    /// The plan, with another past.
    pub fn give(&mut self, mut plan: PlanContent) -> PlanContent {
        for kpi in &mut plan.kpis {
            (kpi.template, kpi.indicators, kpi.changes) = self.draw(references());
            for part in &mut kpi.parts {
                part.points.iter_mut().for_each(|point| self.point(part.kind, point));
                part.actuals = self.draw(actuals(part.kind));
                for (at, actual) in part.actuals.iter_mut().enumerate() {
                    actual.period = Period::year(2022 + at as i16);
                }
            }
            if self.draw(any::<bool>()) {
                together(kpi);
            }
        }
        self.course(&mut plan);
        plan
    }

    /// Milestones of each node, and what was reported of it in the plan's first years.
    fn course(&mut self, plan: &mut PlanContent) {
        let (years, phases) = (plan.plan.years().collect::<Vec<_>>(), plan.plan.phases.clone());
        plan.milestones.clear();
        plan.rulings.clear();
        plan.standings.clear();
        for (at, node) in plan.nodes.iter().enumerate() {
            let (title, season, done, provenance) = self.draw((filled(), text(), any::<bool>(), provenance()));
            let (key, fiscal_year) = (format!("d{at}x"), years[at % years.len()]);
            plan.milestones.push(Milestone { key, node: node.key.clone(), title, fiscal_year, season, done, provenance });
            for fiscal_year in years.iter().copied().take(self.draw(0usize..3)) {
                let (slip_years, reason) = self.draw((0u8..3, filled()));
                let phase = phases.first().filter(|_| slip_years < 2).map(|phase| phase.key.clone());
                let slip_reason = if slip_years > 0 { reason } else { String::new() };
                plan.standings.push(NodeStanding { node: node.key.clone(), fiscal_year, phase, slip_years, slip_reason });
            }
        }
    }

    /// A revised value: mostly as decided when the one before it went, at times set again after it was withdrawn.
    fn point(&mut self, kind: ValueKind, point: &mut Point) {
        point.replaced = self.draw(replaced(kind));
        (point.reason, point.decided_on) = self.draw((text(), option::of(date())));
        if let Some(last) = point.replaced.first().filter(|_| self.0.rng().random_bool(0.7)) {
            (point.reason, point.decided_on) = (last.reason.clone(), point.decided_on.map(|_| last.on));
        }
    }
}

/// All parts as if they had always been reported in one act.
fn together(kpi: &mut Kpi) {
    let Some((first, others)) = kpi.parts.split_first_mut() else { return };
    for (actual, lead) in others.iter_mut().flat_map(|part| part.actuals.iter_mut().zip(&first.actuals)) {
        (actual.maturity, actual.as_of) = (lead.maturity, lead.as_of);
        (actual.note, actual.link) = (lead.note.clone(), lead.link.clone());
        for (old, lead) in actual.replaced.iter_mut().zip(&lead.replaced) {
            (old.on, old.reason) = (lead.on, lead.reason.clone());
        }
    }
}
