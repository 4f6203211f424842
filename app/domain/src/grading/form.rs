//! A rule set as a form: `name`, `key`, `basis`, `source`, the fields of six bands `band.1.label` … `band.6.meaning`, and
//! `renamed.{status}.label` and `.symbol`. A band of which nothing is filled in is none.

use super::{Band, Basis, Bound, MOST_BANDS, Renamed, RuleSet};
use crate::{
    form::{Form, FormErrors},
    progress::Status,
    text::sentences,
};

/// Field that faults of the set as a whole belong to.
pub const BANDS: &str = "bands";

/// Longer texts are refused before the set is checked.
const LIMIT: usize = 1_000;

impl RuleSet {
    /// Reads the form. What one field tells is its fault; what only the set tells is `bands`'.
    pub fn parse_form(form: &Form) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::default();
        let mut text = |name: &str| form.text(name, "判定の決まり", LIMIT, &mut errors);
        let (key, name, source) = (text("key"), text("name"), text("source").replace('\n', " "));
        let basis = Basis::from_code(form.get("basis")).or_else(|| errors.push("basis", sentences::choose("何を測るか")));
        let bands: Vec<_> = (1..=MOST_BANDS).filter_map(|n| band(form, n, &mut errors)).collect();
        let renamed = Status::UNGRADED.iter().filter_map(|status| {
            let [label, symbol] =
                ["label", "symbol"].map(|field| form.get(&format!("renamed.{}.{field}", status.code())).trim().to_owned());
            (!label.is_empty() || !symbol.is_empty()).then_some(Renamed { status: *status, label, symbol })
        });
        let renamed = renamed.collect();
        let Some(basis) = basis.filter(|_| errors.is_empty()) else { return Err(errors) };
        let set = Self { key, name, basis, bands, renamed, source };
        for fault in set.check() {
            errors.push::<()>(BANDS, fault);
        }
        if errors.is_empty() { Ok(set) } else { Err(errors) }
    }

    /// Fills the fields that [`RuleSet::parse_form`] reads.
    pub fn as_form(&self) -> Form {
        let mut form = Form::default();
        for (name, text) in [("key", &self.key), ("name", &self.name), ("source", &self.source)] {
            form.set(name, text);
        }
        form.set("basis", self.basis.code());
        for (at, band) in self.bands.iter().enumerate() {
            let from = band.from.text();
            let fields = [
                ("label", band.label.as_str()),
                ("symbol", &band.symbol),
                ("from", &from),
                ("class", band.class.code()),
                ("meaning", &band.meaning),
            ];
            fields.iter().for_each(|(field, text)| form.set(&format!("band.{}.{field}", at + 1), *text));
        }
        for one in &self.renamed {
            let prefix = format!("renamed.{}", one.status.code());
            form.set(&format!("{prefix}.label"), &one.label);
            form.set(&format!("{prefix}.symbol"), &one.symbol);
        }
        form
    }
}

fn band(form: &Form, n: usize, errors: &mut FormErrors) -> Option<Band> {
    let name = |field: &str| format!("band.{n}.{field}");
    let text = |field: &str| form.get(&name(field)).trim().to_owned();
    let (label, symbol, from, class, meaning) = (text("label"), text("symbol"), text("from"), text("class"), text("meaning"));
    if [&label, &symbol, &from, &class, &meaning].iter().all(|text| text.is_empty()) {
        return None;
    }
    if label.is_empty() {
        errors.push::<()>(&name("label"), format!("{n}番目の区分の名称を入力してください。"));
    }
    let bound = Bound::parse(&from).ok().or_else(|| {
        let words = "「95%以上」「110%超」「最終目標」「それ以外」のように入力してください";
        errors.push(&name("from"), format!("{n}番目の区分の下限は、{words}（入力：{from}）。"))
    });
    let class = Status::from_code(&class).filter(|class| class.is_judged());
    let class = class.or_else(|| errors.push(&name("class"), format!("{n}番目の区分の分類を選択してください。")));
    Some(Band { label, symbol, from: bound?, class: class?, meaning })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grading::templates;

    #[test]
    fn every_shipped_set_reads_back_from_its_form() {
        for set in templates() {
            assert_eq!(RuleSet::parse_form(&set.as_form()), Ok(set));
        }
    }

    #[test]
    fn faults_are_told_at_their_fields_and_those_of_the_set_together() {
        let wrong = |field: &str, text: &str| {
            let mut form = RuleSet::default().as_form();
            form.set(field, text);
            RuleSet::parse_form(&form).unwrap_err().fields().map(str::to_owned).collect::<Vec<_>>()
        };
        for field in ["band.2.label", "band.2.from", "band.2.class", "basis"] {
            assert_eq!(wrong(field, ""), [field]);
        }
        assert_eq!(wrong("band.3.class", "unreported"), ["band.3.class"]);
        // Overlapping, and after the last.
        assert_eq!(wrong("band.2.from", "70%以上"), [BANDS, BANDS]);
        assert_eq!(wrong("band.5.label", "最下"), ["band.5.from", "band.5.class"]);
        assert_eq!(wrong("name", ""), [BANDS]);
    }

    #[test]
    fn an_empty_row_is_no_band_and_full_width_will_do() {
        let mut form = RuleSet::default().as_form();
        for field in ["label", "from", "class"] {
            form.set(&format!("band.3.{field}"), " ");
        }
        form.set("band.2.from", "１００％以上");
        let set = RuleSet::parse_form(&form).unwrap();
        assert_eq!(set.bands.iter().map(|band| band.label.as_str()).collect::<Vec<_>>(), ["達成", "順調", "遅れ"]);
    }
}
