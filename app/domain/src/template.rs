//! Templates of KPIs: what a tenant has agreed to count, and how; written once, used in many plans.

use serde::{Deserialize, Serialize};

use crate::{
    coded::coded,
    form::{Form, FormErrors},
    indicator::Indicator,
    kpi::{Accumulation, Direction, Frequency, NOTE_LIMIT},
    plan::Kpi,
    provenance::{Provenance, Reading},
    text::sentences,
    value::ValueKind,
};

coded! {
    /// How a template's figure relates to a national indicator's.
    Correspondence {
        /// The figure can stand beside other municipalities' figures.
        Same = "same", "同じ";
        /// Comparable only with the note that says how it differs.
        Similar = "similar", "似ている";
        /// Somebody looked, and there is none.
        Nothing = "none", "対応なし";
    }
}

/// Which national indicator a template or KPI corresponds to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct Mapping {
    /// Code of the indicator; empty for [`Correspondence::Nothing`].
    pub indicator: String,
    pub correspondence: Correspondence,
    /// How the two differ; never empty for [`Correspondence::Similar`].
    pub note: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// Stable, unique in the tenant; letters, digits, `-`, `_` and `.`.
    pub code: String,
    pub name: String,
    /// 定義
    pub description: String,
    pub formula: String,
    pub kind: ValueKind,
    pub unit: String,
    pub direction: Direction,
    pub accumulation: Accumulation,
    pub frequency: Frequency,
    pub source: String,
    pub how_to_count: String,
    pub pitfalls: String,
    /// `None`: nobody has looked yet.
    pub mapping: Option<Mapping>,
    /// Of the definition.
    pub provenance: Provenance,
}

/// One field that differs, in Japanese words. An empty text is a field that says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub field: &'static str,
    /// The template's.
    pub before: String,
    /// The KPI's, or the later template's.
    pub after: String,
}

/// A field's name and its value as people read it.
type Fact = (&'static str, String);

pub const NAME_LIMIT: usize = 100;
pub const SHORT_LIMIT: usize = 200;
const CODE_LIMIT: usize = 40;
const UNIT_LIMIT: usize = 20;

/// What a KPI made from the template says otherwise, by the first of its parts.
pub fn differences(template: &Template, kpi: &Kpi) -> Vec<Difference> {
    let word = str::to_owned;
    let part = kpi.parts.first();
    let theirs = [
        ("名称", kpi.name.clone()),
        ("算式", kpi.formula.clone()),
        ("種類", part.map_or_else(String::new, |part| word(part.kind.label()))),
        ("単位", part.map_or_else(String::new, |part| part.unit.clone())),
        ("向き", part.map_or_else(String::new, |part| word(part.direction.label()))),
        ("累計のしかた", part.map_or_else(String::new, |part| word(part.accumulation.label()))),
        ("頻度", word(kpi.frequency.label())),
        ("データの出所", kpi.source.clone()),
        ("数え方", kpi.how_to_count.clone()),
    ];
    differing(&template.facts(), &theirs)
}

/// Fields of both lists that differ, in the order of the first.
fn differing(before: &[Fact], after: &[Fact]) -> Vec<Difference> {
    let pairs = before.iter().filter_map(|(field, old)| after.iter().find(|(other, _)| other == field).map(|(_, new)| (*field, old, new)));
    pairs
        .filter(|(_, old, new)| old != new)
        .map(|(field, before, after)| Difference { field, before: before.clone(), after: after.clone() })
        .collect()
}

impl Mapping {
    /// 「DA-01 と同じ」, 「DA-01 に似ている（…）」, 「対応なし」
    fn words(&self) -> String {
        let note = if self.note.is_empty() { String::new() } else { format!("（{}）", self.note) };
        match self.correspondence {
            Correspondence::Same => format!("{} と同じ{note}", self.indicator),
            Correspondence::Similar => format!("{} に似ている{note}", self.indicator),
            Correspondence::Nothing => format!("対応なし{note}"),
        }
    }
}

impl Template {
    /// Every field but the code, in the order of the form.
    pub fn facts(&self) -> Vec<Fact> {
        let word = str::to_owned;
        vec![
            ("名称", self.name.clone()),
            ("定義", self.description.clone()),
            ("定義の確かさ", word(self.provenance.reading.label())),
            ("定義の出典", self.provenance.source_place.clone()),
            ("算式", self.formula.clone()),
            ("種類", word(self.kind.label())),
            ("単位", self.unit.clone()),
            ("向き", word(self.direction.label())),
            ("累計のしかた", word(self.accumulation.label())),
            ("頻度", word(self.frequency.label())),
            ("データの出所", self.source.clone()),
            ("数え方", self.how_to_count.clone()),
            ("注意点", self.pitfalls.clone()),
            ("国の指標との対応", self.mapping.as_ref().map_or_else(String::new, Mapping::words)),
        ]
    }

    /// What a later version says otherwise.
    pub fn changes_to(&self, later: &Template) -> Vec<Difference> {
        differing(&self.facts(), &later.facts())
    }

    /// What its editor shows.
    pub fn as_form(&self) -> Form {
        let mapping = self.mapping.as_ref();
        let fields = [
            ("code", self.code.as_str()),
            ("name", &self.name),
            ("description", &self.description),
            ("reading", self.provenance.reading.code()),
            ("source_place", &self.provenance.source_place),
            ("formula", &self.formula),
            ("kind", self.kind.code()),
            ("unit", &self.unit),
            ("direction", self.direction.code()),
            ("accumulation", self.accumulation.code()),
            ("frequency", self.frequency.code()),
            ("source", &self.source),
            ("how_to_count", &self.how_to_count),
            ("pitfalls", &self.pitfalls),
            ("correspondence", mapping.map_or("", |m| m.correspondence.code())),
            ("indicator", mapping.map_or("", |m| m.indicator.as_str())),
            ("mapping_note", mapping.map_or("", |m| m.note.as_str())),
        ];
        Form::from_pairs(fields.map(|(name, value)| (name.to_owned(), value.to_owned())))
    }

    /// Reads the editor's form. `source_text`: what the source says verbatim, which nobody types; `library`: the
    /// indicators that can be corresponded to.
    pub fn parse(form: &Form, source_text: &str, library: &[Indicator]) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::default();
        let code = code(form, &mut errors);
        let name = form.required("name", "名称", NAME_LIMIT, &mut errors);
        let description = form.required("description", "定義", NOTE_LIMIT, &mut errors);
        let reading = choice(form, "reading", "定義の確かさ", Reading::from_code, &mut errors);
        let source_place = form.text("source_place", "定義の出典", SHORT_LIMIT, &mut errors);
        let formula = form.text("formula", "算式", NOTE_LIMIT, &mut errors);
        let kind = choice(form, "kind", "種類", ValueKind::from_code, &mut errors);
        let unit = form.text("unit", "単位", UNIT_LIMIT, &mut errors);
        match kind {
            Some(kind) if kind.has_unit() && unit.is_empty() => {
                errors.push::<()>("unit", "単位を入力してください。数値・比・点数には単位が要ります（例：件、人、%）。".to_owned());
            }
            Some(kind) if !kind.has_unit() && !unit.is_empty() => {
                errors.push::<()>("unit", "単位を空欄にしてください。「はい・いいえ」・文章・到達段階に単位はありません。".to_owned());
            }
            Some(_) | None => {}
        }
        let direction = choice(form, "direction", "向き", Direction::from_code, &mut errors);
        let accumulation = choice(form, "accumulation", "累計のしかた", Accumulation::from_code, &mut errors);
        let frequency = choice(form, "frequency", "頻度", Frequency::from_code, &mut errors);
        let source = form.text("source", "データの出所", SHORT_LIMIT, &mut errors);
        let how_to_count = form.text("how_to_count", "数え方", NOTE_LIMIT, &mut errors);
        let pitfalls = form.text("pitfalls", "注意点", NOTE_LIMIT, &mut errors);
        let mapping = mapping(form, library, &mut errors);
        match (reading, kind, direction, accumulation, frequency) {
            (Some(reading), Some(kind), Some(direction), Some(accumulation), Some(frequency)) if errors.is_empty() => Ok(Self {
                code,
                name,
                description,
                formula,
                kind,
                unit,
                direction,
                accumulation,
                frequency,
                source,
                how_to_count,
                pitfalls,
                mapping,
                provenance: Provenance { reading, source_text: source_text.to_owned(), source_place },
            }),
            _ => Err(errors),
        }
    }

    /// Whether every word of a search stands somewhere in it, kana and width aside.
    #[cfg(feature = "server")]
    pub fn has_words(&self, words: &str) -> bool {
        use crate::text::search::search_form;
        let facts: String = self.facts().into_iter().map(|(_, text)| text + "\n").collect();
        let text = search_form(&format!("{}\n{facts}", self.code));
        search_form(words).split_whitespace().all(|word| text.contains(word))
    }
}

fn code(form: &Form, errors: &mut FormErrors) -> String {
    let half_width = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        other => other,
    };
    let code: String = form.required("code", "雛形番号", CODE_LIMIT, errors).chars().map(half_width).collect();
    let is_sound = code.starts_with(|c: char| c.is_ascii_alphanumeric())
        && code.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    if !code.is_empty() && !is_sound {
        errors.push::<()>("code", "雛形番号は、英数字で始め、英数字と「-」「_」「.」だけで入力してください（例：T-01）。".to_owned());
    }
    // The address of the form itself.
    if code == "new" {
        errors.push::<()>("code", "雛形番号「new」は使えません。別の番号にしてください。".to_owned());
    }
    code
}

fn choice<T>(form: &Form, name: &str, label: &str, read: fn(&str) -> Option<T>, errors: &mut FormErrors) -> Option<T> {
    match read(form.get(name)) {
        Some(chosen) => Some(chosen),
        None => errors.push(name, sentences::choose(label)),
    }
}

fn mapping(form: &Form, library: &[Indicator], errors: &mut FormErrors) -> Option<Mapping> {
    let note = form.text("mapping_note", "違い", NOTE_LIMIT, errors);
    let chosen = form.get("correspondence");
    if chosen.is_empty() && note.is_empty() && form.get("indicator").is_empty() {
        return None;
    }
    let correspondence = choice(form, "correspondence", "国の指標との対応", Correspondence::from_code, errors)?;
    // The choice says whether an indicator belongs to it: one that was left standing beside 対応なし does not.
    let indicator = match correspondence {
        Correspondence::Nothing => String::new(),
        Correspondence::Same | Correspondence::Similar => match library.iter().find(|one| one.code == form.get("indicator")) {
            Some(indicator) => indicator.code.clone(),
            None => return errors.push("indicator", sentences::choose("対応する国の指標")),
        },
    };
    if correspondence == Correspondence::Similar && note.is_empty() {
        return errors.push("mapping_note", "違いを入力してください。似ている指標は、違いが分からないと比べられません。".to_owned());
    }
    Some(Mapping { indicator, correspondence, note })
}

#[cfg(test)]
mod tests;
