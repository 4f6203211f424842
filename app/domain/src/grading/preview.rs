//! What another rule set would change, before anybody switches to it.

use jiff::civil::Date;

use super::{RuleSet, judge_overruled};
use crate::{
    plan::{Kpi, PlanHead},
    progress::{Judgement, Status},
};

/// One KPI under both sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// Code of the KPI.
    pub code: String,
    pub before: Judgement,
    pub after: Judgement,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// In the order of the KPIs.
    pub effects: Vec<Effect>,
    /// How many KPIs have each word, in the order of the set's bands, then the words for what is not judged.
    pub before: Vec<(String, usize)>,
    pub after: Vec<(String, usize)>,
}

impl Effect {
    /// The class changes: another colour, another sum. A new word alone is no change.
    pub fn changes(&self) -> bool {
        self.before.status != self.after.status
    }
}

impl Preview {
    /// KPIs whose class changes.
    pub fn changed(&self) -> usize {
        self.effects.iter().filter(|effect| effect.changes()).count()
    }
}

/// Judges KPIs of a plan by the set in force and by another, as of a day.
pub fn preview<'a>(plan: &PlanHead, kpis: impl IntoIterator<Item = &'a Kpi>, from: &RuleSet, to: &RuleSet, today: Date) -> Preview {
    let both = |kpi: &Kpi| Effect {
        code: kpi.code.clone(),
        before: judge_overruled(from, plan, kpi, today),
        after: judge_overruled(to, plan, kpi, today),
    };
    let effects: Vec<_> = kpis.into_iter().map(both).collect();
    let before = counts(from, effects.iter().map(|effect| &effect.before));
    let after = counts(to, effects.iter().map(|effect| &effect.after));
    Preview { effects, before, after }
}

/// How many judgements have each of a set's words; words that none has are left out.
fn counts<'a>(rules: &RuleSet, judgements: impl Iterator<Item = &'a Judgement> + Clone) -> Vec<(String, usize)> {
    let labels = rules.bands.iter().map(|band| band.label.clone());
    let others = Status::ALL.iter().filter(|status| !status.is_judged()).map(|status| rules.word(*status));
    let mut words: Vec<String> = Vec::new();
    // Several statuses may have one word: 「評価不能」.
    for word in labels.chain(others) {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    let count = |word: &String| judgements.clone().filter(|judgement| &judgement.word == word).count();
    let counted = words.into_iter().map(|word| (count(&word), word));
    counted.filter(|(count, _)| *count > 0).map(|(count, word)| (word, count)).collect()
}
