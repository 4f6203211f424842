//! A KPI that several plans use. Its definition is the tenant's, so another plan's publication can change what a draft
//! stands on: what only the other side changed is taken over, what both changed is a clash that a person settles.

use serde_json::{Value, json};

use crate::plan::{DefinitionChange, Kpi, Part, PlanContent};

use super::{
    Kind,
    compare::{change_words, mapping_words},
    fields::{Field, PART, fields, in_words},
};

/// A field of the definition that a draft and a publication both changed, in the words of each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// Name of the form's field.
    pub field: String,
    pub label: String,
    pub mine: String,
    pub theirs: String,
}

/// Brings a draft's KPI, made on the definition `base` (`None`: there was none), up to the definition that stands now.
/// Its place in the plan, its planned values and its figures stay. Where both changed the same, `mine` stands.
pub fn rebase(mine: &Kpi, base: Option<&Kpi>, now: &Kpi, plan: &PlanContent) -> (Kpi, Vec<Clash>) {
    let mut merge = Merge { plan, clashes: Vec::new() };
    let mut body = json!(mine);
    // Where it stands in a plan is that plan's.
    let of_definition = fields(Kind::Kpi).iter().filter(|field| !matches!(field.name, "node" | "headline"));
    merge.fields(of_definition, ["", ""], &mut body, &json!(base), &json!(now));
    // Each field came from a KPI, so together they are one.
    let mut kpi: Kpi = serde_json::from_value(body).unwrap_or_else(|_| mine.clone());
    kpi.parts = merge.parts(mine, base, now);
    let none = Kpi { template: None, indicators: Vec::new(), changes: Vec::new(), ..now.clone() };
    let base = base.unwrap_or(&none);
    merge.text("template", "雛形", [mine, base, now], |kpi| kpi.template.clone().unwrap_or_default());
    if mine.template == base.template {
        kpi.template.clone_from(&now.template);
    }
    merge.text("map.0.correspondence", "国の指標との対応", [mine, base, now], mapping_words);
    if mine.indicators == base.indicators {
        kpi.indicators.clone_from(&now.indicators);
    }
    let without = |kpi: &Kpi, known: [&Kpi; 2]| -> Vec<DefinitionChange> {
        let is_new = |change: &&DefinitionChange| known.iter().all(|known| !known.changes.contains(change));
        kpi.changes.iter().filter(is_new).cloned().collect()
    };
    let (ours, theirs) = (without(mine, [base, now]), without(now, [base, mine]));
    // Two meanings at once: somebody has to say which one it is, whatever their words.
    if !ours.is_empty() && !theirs.is_empty() {
        merge.clash("change", "定義の変更", change_words(&ours), change_words(&theirs));
    }
    kpi.changes = [now.changes.clone(), ours].concat();
    (kpi, merge.clashes)
}

struct Merge<'p> {
    plan: &'p PlanContent,
    clashes: Vec<Clash>,
}

impl Merge<'_> {
    fn clash(&mut self, field: &str, label: &str, mine: String, theirs: String) {
        self.clashes.push(Clash { field: field.to_owned(), label: label.to_owned(), mine, theirs });
    }

    /// Fields of JSON objects; `prefix` stands before the name and the label of each.
    fn fields<'f>(&mut self, fields: impl Iterator<Item = &'f Field>, prefix: [&str; 2], mine: &mut Value, base: &Value, now: &Value) {
        for field in fields {
            let [own, was, is] = [&*mine, base, now].map(|body| body[field.name].clone());
            if own == is || is == was {
                continue;
            }
            if own != was {
                let [name, label] = [format!("{}{}", prefix[0], field.name), format!("{}{}", prefix[1], field.label)];
                let [own, is] = [&*mine, now].map(|body| in_words(field, body, self.plan));
                self.clash(&name, &label, own, is);
            } else if let Some(body) = mine.as_object_mut() {
                // Absent is how empty provenance is written.
                match is {
                    Value::Null => _ = body.remove(field.name),
                    is => _ = body.insert(field.name.to_owned(), is),
                }
            }
        }
    }

    fn text(&mut self, field: &str, label: &str, [mine, base, now]: [&Kpi; 3], words: impl Fn(&Kpi) -> String) {
        let [own, was, is] = [mine, base, now].map(words);
        if own != is && is != was && own != was {
            self.clash(field, label, own, is);
        }
    }

    /// Parts by key: new ones of both sides are there, one that only the other side took out goes.
    fn parts(&mut self, mine: &Kpi, base: Option<&Kpi>, now: &Kpi) -> Vec<Part> {
        let find = |kpi: Option<&'_ Kpi>, key: &str| kpi.and_then(|kpi| kpi.parts.iter().find(|part| part.key == key)).cloned();
        let counts = |part: &Part| Part { points: Vec::new(), actuals: Vec::new(), ..part.clone() };
        let mut parts = Vec::new();
        for own in &mine.parts {
            let (was, is) = (find(base, &own.key), find(Some(now), &own.key));
            let Some(is) = is else {
                if was.as_ref().map(counts) != Some(counts(own)) {
                    parts.push(own.clone());
                }
                continue;
            };
            let mut body = json!(own);
            let label = if mine.parts.len() == 1 || own.name.is_empty() { String::new() } else { format!("{}：", own.name) };
            self.fields(PART.iter(), [&format!("part.{}.", own.key), &label], &mut body, &json!(was), &json!(is));
            parts.push(serde_json::from_value(body).unwrap_or_else(|_| own.clone()));
        }
        let new = |part: &&Part| find(Some(mine), &part.key).is_none() && find(base, &part.key).is_none();
        parts.extend(now.parts.iter().filter(new).map(counts));
        parts
    }
}
