//! A case in words, field by field: what two versions are compared by, and what stands on paper.

use super::{
    bpr::{Side, Step, hours},
    content::{Answer, Content, Principle},
};
use crate::text::number;

/// One field of two versions; empty where nothing is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub label: &'static str,
    pub old: String,
    pub new: String,
}

impl Content {
    /// Every field with its label, in the order of the form; empty where nothing is said. `named` gives the names of
    /// targets (`kpi.K-1`) and attributes (`attribute.life`).
    pub fn in_words(&self, named: &dyn Fn(&str) -> String) -> Vec<(&'static str, String)> {
        let target = if self.target.is_empty() { "新しい取組".to_owned() } else { named(&self.target) };
        let attributes: Vec<String> = self.attributes.iter().map(|key| named(&format!("attribute.{key}"))).collect();
        let answer = |principle: &Principle| {
            let answer = self.principles.iter().find(|(asked, _)| asked == principle);
            answer.map_or("", |(_, answer)| Answer::label(*answer)).to_owned()
        };
        let amount =
            |amount: Option<i64>, unit: &str| amount.map(|amount| format!("{}{unit}", number::format(amount.into()))).unwrap_or_default();
        let phases = self.phases.iter().map(|phase| format!("{}　{}", phase.year.label(), phase.what));
        let mut words = vec![
            ("件名", self.title.clone()),
            ("いまの困りごと", self.problem.clone()),
            ("提案の内容", self.proposal.clone()),
            ("対象の指標・取組", target),
            ("属性", attributes.join("、")),
        ];
        words.extend(Principle::ALL.iter().map(|principle| (principle.label(), answer(principle))));
        words.extend(Side::ALL.map(|side| (side.label(), steps(self.sheet.side(side)))));
        words.extend([
            ("1年に減る時間（BPRシート）", self.sheet.minutes_saved().map(saved).unwrap_or_default()),
            ("初期費用", amount(self.costs.initial, "千円")),
            ("年間の運用費用", amount(self.costs.running, "千円")),
            ("年間の削減額", amount(self.costs.saving, "千円")),
            ("年間に減る時間", amount(self.costs.hours, "時間")),
            ("費用と効果の説明", self.costs.note.clone()),
            ("進め方", phases.collect::<Vec<_>>().join("\n")),
            ("リスクと対応", self.risks.clone()),
        ]);
        words
    }
}

/// Fields that differ between two versions, in the order of the form.
pub fn changes(old: &Content, new: &Content, named: &dyn Fn(&str) -> String) -> Vec<Change> {
    let both = old.in_words(named).into_iter().zip(new.in_words(named));
    both.map(|((label, old), (_, new))| Change { label, old, new }).filter(|change| change.old != change.new).collect()
}

/// 「-12時間」 when it takes more.
fn saved(minutes: i64) -> String {
    format!("{}{}", if minutes < 0 { "-" } else { "" }, hours(minutes.unsigned_abs()))
}

/// A line each: 「1. 申請書を書く（市民）　1回38分　年8,945回」.
fn steps(steps: &[Step]) -> String {
    let line = |(n, step): (usize, &Step)| {
        let actor = if step.actor.is_empty() { String::new() } else { format!("（{}）", step.actor) };
        let each = |before: &str, amount: Option<u32>, unit: &str| {
            amount.map(|amount| format!("　{before}{}{unit}", number::format(amount.into()))).unwrap_or_default()
        };
        let amounts =
            [each("1回", step.minutes, "分"), each("年", step.times, "回"), each("1回", step.yen, "円"), each("1回", step.sheets, "枚")];
        format!("{}. {}{actor}{}", n + 1, step.name, amounts.concat())
    };
    steps.iter().enumerate().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::case::content::tests::any_content;

    fn as_it_is(key: &str) -> String {
        key.to_owned()
    }

    proptest! {
        /// Whatever was changed is told, and nothing that was not.
        #[test]
        fn two_versions_differ_in_words_if_they_differ(old in any_content(), new in any_content()) {
            prop_assert!(changes(&old, &old, &as_it_is).is_empty());
            prop_assert_eq!(changes(&old, &new, &as_it_is).is_empty(), old == new);
        }

        #[test]
        fn one_changed_field_is_one_line(old in any_content(), risks in "[a-z]{1,20}") {
            let new = Content { risks: risks.clone(), ..old.clone() };
            let told = changes(&old, &new, &as_it_is);
            prop_assert_eq!(told, vec![Change { label: "リスクと対応", old: old.risks, new: risks }]);
        }
    }

    #[test]
    fn steps_and_amounts_are_read_as_they_are_written() {
        let step =
            Step {
                name: "申請書を書く".into(), actor: "市民".into(), minutes: Some(38), times: Some(8_945), yen: None, sheets: Some(0)
            };
        assert_eq!(steps(&[step]), "1. 申請書を書く（市民）　1回38分　年8,945回　1回0枚");
        assert_eq!((saved(-90).as_str(), saved(60).as_str()), ("-1時間30分", "1時間"));
    }
}
