//! What is wrong with a rule set, told to the person who writes it.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::{Basis, Bound, MOST_BANDS, RuleSet};
use crate::progress::Status;

/// Fewest and most bands of a set.
const BANDS: std::ops::RangeInclusive<usize> = 2..=MOST_BANDS;
/// Longest label, symbol, name, meaning and source, in characters.
const LABEL: usize = 20;
const SYMBOL: usize = 4;
const NAME: usize = 60;
const SOURCE: usize = 500;
/// Bounds lie within 0–1,000 %.
const MOST: Decimal = Decimal::from_parts(1000, 0, 0, false, 0);

impl RuleSet {
    /// Reads a set from JSON and checks it. Every fault in a sentence.
    #[cfg(feature = "server")]
    pub fn parse(json: &str) -> Result<Self, Vec<String>> {
        let set: Self = serde_json::from_str(json).map_err(|error| vec![format!("判定基準として読めません（{error}）。")])?;
        let faults = set.check();
        if faults.is_empty() { Ok(set) } else { Err(faults) }
    }

    /// Every fault in a sentence; none when the set can be used.
    pub fn check(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let is_key = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.key.is_empty() || self.key.len() > 40 || !self.key.chars().all(is_key) {
            faults.push("判定基準の記号名は、半角の英小文字・数字・ハイフンで40文字以内にしてください。".to_owned());
        }
        text(&mut faults, "判定基準の名称", &self.name, 1..=NAME);
        text(&mut faults, "出典と注記", &self.source, 0..=SOURCE);
        self.check_words(&mut faults);
        if BANDS.contains(&self.bands.len()) {
            self.check_bounds(&mut faults);
            self.check_classes(&mut faults);
        } else {
            faults.push(format!("区分は{}個から{}個までにしてください（いまは{}個）。", BANDS.start(), BANDS.end(), self.bands.len()));
        }
        faults
    }

    fn check_words(&self, faults: &mut Vec<String>) {
        let bands = self.bands.iter().map(|band| (&band.label, &band.symbol));
        let (mut labels, mut symbols) = (BTreeSet::new(), BTreeSet::new());
        for (label, symbol) in bands {
            text(faults, "区分の名称", label, 1..=LABEL);
            text(faults, "区分の記号", symbol, 0..=SYMBOL);
            if !label.trim().is_empty() && !labels.insert(label.trim()) {
                faults.push(format!("区分の名称「{label}」が重なっています。"));
            }
            if !symbol.is_empty() && !symbols.insert(symbol) {
                faults.push(format!("区分の記号「{symbol}」が重なっています。"));
            }
        }
        for band in &self.bands {
            text(faults, "区分の意味", &band.meaning, 0..=NAME);
        }
        let mut statuses = BTreeSet::new();
        for one in &self.renamed {
            text(faults, "判定しないときの名称", &one.label, 1..=LABEL);
            text(faults, "判定しないときの記号", &one.symbol, 0..=SYMBOL);
            if one.status.is_judged() {
                faults.push(format!("「{}」の名称は区分で決めてください。", one.status.label()));
            }
            if !statuses.insert(one.status) {
                faults.push(format!("「{}」の名称が二つあります。", one.status.label()));
            }
            // 「D」 must be either a grade or none.
            if labels.contains(one.label.trim()) {
                faults.push(format!("「{}」は区分の名称です。判定しないときの名称には別の言葉を使ってください。", one.label));
            }
        }
    }

    fn check_bounds(&self, faults: &mut Vec<String>) {
        let last = self.bands.len() - 1;
        for (at, band) in self.bands.iter().enumerate() {
            let label = &band.label;
            match band.from {
                Bound::FinalTarget if at != 0 => faults.push(format!("「最終目標」の区分は先頭に置いてください（いまは「{label}」）。")),
                Bound::Rest if at != last => faults.push(format!("「それ以外」の区分は最後に置いてください（いまは「{label}」）。")),
                Bound::AtLeast(_) | Bound::Above(_) if at == last => {
                    faults.push(format!("最後の区分「{label}」の下限は「それ以外」にしてください。"));
                }
                Bound::AtLeast(from) | Bound::Above(from) if !(Decimal::ZERO..=MOST).contains(&from) => {
                    faults.push(format!("「{label}」の下限は0%から1,000%までにしてください（入力：{from}）。"));
                }
                // Sentences print one decimal; the share of the way is printed in whole percent and has no such limit.
                Bound::AtLeast(from) | Bound::Above(from) if self.basis != Basis::Path && from.normalize().scale() > 1 => {
                    faults.push(format!("「{label}」の下限は小数第1位までにしてください（入力：{from}）。"));
                }
                Bound::FinalTarget | Bound::Rest | Bound::AtLeast(_) | Bound::Above(_) => {}
            }
        }
        let bounded: Vec<_> = self.bands.iter().filter_map(|band| Some((band.from.percent()?, band))).collect();
        for pair in bounded.windows(2) {
            let ((better, worse), (first, second)) = ((pair[0].0, pair[1].0), (pair[0].1, pair[1].1));
            // A threshold of 1.0 in a plan's `grades` means that nothing is only slightly late.
            let never = self.basis == Basis::Path && second.class == Status::SlightlyLate && better == worse;
            if worse >= better && !never {
                faults.push(format!("下限は上の区分ほど大きくしてください（「{}」と「{}」）。", first.label, second.label));
            }
        }
        let meets_point = |band: &super::Band| band.from.percent() == Some((Decimal::ONE_HUNDRED, false));
        if self.basis == Basis::Path && !self.bands.iter().any(meets_point) {
            faults.push("計画の道筋で判定するときは、下限が「100%以上」の区分が要ります。".to_owned());
        }
    }

    fn check_classes(&self, faults: &mut Vec<String>) {
        for band in self.bands.iter().filter(|band| !band.class.is_judged()) {
            faults.push(format!("「{}」の分類は、達成・順調・やや遅れ・遅れのどれかにしてください。", band.label));
        }
        for pair in self.bands.windows(2).filter(|pair| pair[1].class < pair[0].class) {
            faults.push(format!("「{}」の分類が、下の「{}」より悪くなっています。", pair[0].label, pair[1].label));
        }
    }
}

fn text(faults: &mut Vec<String>, what: &str, text: &str, length: std::ops::RangeInclusive<usize>) {
    if text.trim().is_empty() && *length.start() > 0 {
        faults.push(crate::text::sentences::enter(what));
    } else if text.chars().count() > *length.end() {
        faults.push(crate::text::sentences::too_long(what, *length.end()));
    } else if text.chars().any(char::is_control) {
        faults.push(format!("{what}に改行などの制御文字は使えません（入力：{}）。", text.escape_default()));
    }
}
