//! Indicators that a prefecture defines and collects itself.

use crate::{
    coded::coded,
    form::{Form, FormErrors},
    kpi::{Direction, NOTE_LIMIT},
    value::ValueKind,
};

const NAME_LIMIT: usize = 100;
const SHORT_LIMIT: usize = 200;
const UNIT_LIMIT: usize = 10;

coded! {
    /// How it is counted; it stays as it was made, for figures are kept by it.
    Count {
        Number = "number", "数値";
        Ratio = "ratio", "比（分子／分母）";
        YesNo = "yes_no", "実施・未実施";
    }
}

impl Count {
    pub fn kind(self) -> ValueKind {
        match self {
            Count::Number => ValueKind::Number,
            Count::Ratio => ValueKind::Ratio,
            Count::YesNo => ValueKind::YesNo,
        }
    }
}

/// What an own indicator says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    pub name: String,
    pub definition: String,
    /// What a rate is of; empty unless it is one.
    pub numerator: String,
    pub denominator: String,
    pub unit: String,
    pub direction: Direction,
    /// The survey that its figures come from.
    pub survey: String,
    /// 「4月1日時点」
    pub as_of: String,
    /// Shown in the order of codes only.
    pub no_ranking: bool,
}

impl Definition {
    /// Reads the form of an indicator that is counted this way.
    pub fn parse(form: &Form, count: Count) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::default();
        let name = form.required("name", "名称", NAME_LIMIT, &mut errors);
        let definition = form.required("definition", "定義", NOTE_LIMIT, &mut errors);
        let (mut numerator, mut denominator, mut unit) = (String::new(), String::new(), String::new());
        if count == Count::Ratio {
            numerator = form.required("numerator", "分子", SHORT_LIMIT, &mut errors);
            denominator = form.required("denominator", "分母", SHORT_LIMIT, &mut errors);
        }
        if count != Count::YesNo {
            unit = form.required("unit", "単位", UNIT_LIMIT, &mut errors);
        }
        let survey = form.required("survey", "もとの調査", SHORT_LIMIT, &mut errors);
        let as_of = form.text("as_of", "時点", SHORT_LIMIT, &mut errors);
        let Some(direction) = Direction::from_code(form.get("direction")) else {
            errors.push::<()>("direction", "よい向きを選択してください。".to_owned());
            return Err(errors);
        };
        // What cannot be put in an order is not ranked, whatever is ticked.
        let no_ranking = count == Count::YesNo || form.get("no_ranking") == "on";
        match errors.is_empty() {
            true => Ok(Self { name, definition, numerator, denominator, unit, direction, survey, as_of, no_ranking }),
            false => Err(errors),
        }
    }

    pub fn as_form(&self) -> Form {
        let fields = [
            ("name", self.name.as_str()),
            ("definition", &self.definition),
            ("numerator", &self.numerator),
            ("denominator", &self.denominator),
            ("unit", &self.unit),
            ("direction", self.direction.code()),
            ("survey", &self.survey),
            ("as_of", &self.as_of),
            ("no_ranking", if self.no_ranking { "on" } else { "" }),
        ];
        Form::from_pairs(fields.map(|(name, value)| (name.to_owned(), value.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn form(changes: &[(&str, &str)]) -> Form {
        let mut form = Definition {
            name: "オンライン研修".into(),
            definition: "県の研修を受けた職員の割合".into(),
            numerator: "受けた職員".into(),
            denominator: "全職員".into(),
            unit: "人".into(),
            direction: Direction::Up,
            survey: "県の照会".into(),
            as_of: String::new(),
            no_ranking: false,
        }
        .as_form();
        changes.iter().for_each(|(name, value)| form.set(name, *value));
        form
    }

    #[test]
    fn only_what_belongs_to_the_count_is_asked() {
        let faults = |changes: &[(&str, &str)], count| {
            let errors = Definition::parse(&form(changes), count).unwrap_err();
            errors.iter().map(|(field, _)| field.to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(faults(&[("numerator", ""), ("denominator", "")], Count::Ratio), ["numerator", "denominator"]);
        assert_eq!(faults(&[("unit", "")], Count::Number), ["unit"]);
        assert_eq!(
            faults(&[("name", ""), ("definition", " "), ("survey", ""), ("direction", "x")], Count::YesNo),
            ["name", "definition", "survey", "direction"]
        );
        let yes_no = Definition::parse(&form(&[("unit", "")]), Count::YesNo).unwrap();
        assert!(yes_no.no_ranking && yes_no.unit.is_empty() && yes_no.numerator.is_empty());
        assert!(!Definition::parse(&form(&[]), Count::Number).unwrap().no_ranking);
    }

    proptest! {
        #[test]
        fn what_was_parsed_is_shown_again(name in "[ぁ-ん]{1,20}", unit in "[a-z%]{1,5}", no_ranking: bool) {
            let typed = form(&[("name", &name), ("unit", &unit), ("no_ranking", if no_ranking { "on" } else { "" })]);
            let parsed = Definition::parse(&typed, Count::Ratio).unwrap();
            prop_assert_eq!(Definition::parse(&parsed.as_form(), Count::Ratio).unwrap(), parsed);
        }
    }
}
