//! Forms of the editor: made from the table of fields, and merged when two people change the same.

use std::hash::{DefaultHasher, Hash, Hasher};

use leptos::prelude::*;
use rashin_domain::{
    draft::fields::{Choices, Control, Field, options},
    form::{Form, FormErrors},
    plan::PlanContent,
};

use crate::ui::field::{Filled, Input, TEXT, checkbox, checkboxes, input, optional, required, select, textarea};

/// A page with several forms: `whole` is a field that its main form always sends. When another form came back, the
/// main one still shows what stands.
pub fn filled(held: Option<(Form, FormErrors)>, whole: &str, fresh: impl FnOnce() -> Form) -> Filled {
    match held {
        Some((form, errors)) if form.get(whole).is_empty() => {
            let mut all = fresh();
            form.iter().for_each(|(name, value)| all.set(name, value));
            Filled { form: all, errors }
        }
        held => Filled::new(held, fresh),
    }
}

/// The hidden field that says what the person saw.
pub const SEEN: &str = "seen";

/// Controls for fields. `others`: slugs and titles of the tenant's other plans.
pub fn controls(filled: &Filled, prefix: &str, fields: &[Field], content: &PlanContent, others: &[(String, String)]) -> AnyView {
    fields.iter().map(|field| control(filled, prefix, field, content, others)).collect_view().into_any()
}

fn control(filled: &Filled, prefix: &str, field: &Field, content: &PlanContent, others: &[(String, String)]) -> AnyView {
    let name = format!("{prefix}{}", field.name);
    let label = if field.required { required(field.label) } else { optional(field.label) };
    let label = if field.hint.is_empty() { label } else { label.hint(field.hint) };
    match field.control {
        Control::Line => input(filled, &name, &label, Input { width: (field.limit <= 20).then_some("8"), ..TEXT }).into_any(),
        Control::Whole => input(filled, &name, &label, Input { width: Some("4"), numeric: true, ..TEXT }).into_any(),
        Control::Long(rows) => textarea(filled, &name, &label, rows).into_any(),
        Control::YearNotes | Control::Duties => textarea(filled, &name, &label, 3).into_any(),
        Control::YesNo => checkbox(filled, &name, field.label.to_owned()).into_any(),
        Control::Attributes => {
            let options: Vec<_> = content.attributes.iter().map(|a| (a.key.clone(), a.name.clone())).collect();
            (!options.is_empty()).then(|| checkboxes(filled, &name, &label, &options)).into_any()
        }
        Control::Choice(choices) => {
            let options = if choices == Choices::Predecessors { others.to_vec() } else { options(choices, content) };
            let first = if field.required { "選択してください" } else { "なし" };
            select(filled, &name, &label, &options, first).into_any()
        }
    }
}

/// A short mark of a text, to see whether it is the same.
pub fn digest(text: &str) -> String {
    let mut hasher = DefaultHasher::new();
    // Browsers send line ends as CRLF.
    text.replace("\r\n", "\n").trim().hash(&mut hasher);
    format!("{:08x}", hasher.finish() as u32)
}

/// What a form shows, field by field, for the comparison when it comes back.
pub fn seen(form: &Form) -> String {
    form.iter().filter(|(name, _)| *name != SEEN).map(|(name, value)| format!("{name}={}", digest(value))).collect::<Vec<_>>().join(" ")
}

/// What came of two people's changes of one form.
pub struct Merged {
    pub form: Form,
    /// Fields that both changed, with what the other wrote.
    pub conflicts: Vec<(String, String)>,
}

/// Three-way merge by field: what the person saw, what they sent, what stands there now. A field that only the
/// other changed takes the other's text; one that both changed keeps the person's and is a conflict.
pub fn merge(sent: &Form, now: &Form) -> Merged {
    let was: std::collections::HashMap<&str, &str> = sent.get(SEEN).split(' ').filter_map(|pair| pair.rsplit_once('=')).collect();
    let (mut form, mut conflicts) = (sent.clone(), Vec::new());
    let names: std::collections::BTreeSet<&str> =
        sent.iter().chain(now.iter()).map(|(name, _)| name).filter(|name| *name != SEEN).collect();
    for name in names {
        let (mine, theirs) = (sent.get(name), now.get(name));
        // A field that was not there (an unticked box) was empty.
        let empty = digest("");
        let was = was.get(name).copied().unwrap_or(&empty);
        if digest(mine) == digest(theirs) || digest(theirs) == was {
            continue;
        }
        if digest(mine) == was {
            form.set(name, theirs);
        } else {
            conflicts.push((name.to_owned(), theirs.to_owned()));
        }
    }
    Merged { form, conflicts }
}

/// Sentences for fields that somebody else changed meanwhile.
pub fn conflict_errors(conflicts: &[(String, String)], who: &str) -> FormErrors {
    let mut errors = FormErrors::default();
    for (name, theirs) in conflicts {
        let theirs = if theirs.is_empty() { "（空欄）" } else { theirs };
        errors.push::<()>(
            name,
            format!("{who}が同時に変更しました。いまの内容：「{theirs}」。残したい内容に直して、もう一度保存してください。"),
        );
    }
    errors
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pairs: &[(&str, &str)]) -> Form {
        Form::from_pairs(pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())))
    }

    fn sent(was: &[(&str, &str)], now: &[(&str, &str)]) -> Form {
        let mut sent = form(now);
        sent.set(SEEN, seen(&form(was)));
        sent
    }

    #[test]
    fn changes_of_different_fields_come_together() {
        let was = [("title", "旧"), ("note", "a"), ("box", "on")];
        let mine = sent(&was, &[("title", "新"), ("note", "a"), ("box", "on")]);
        let merged = merge(&mine, &form(&[("title", "旧"), ("note", "b")]));
        assert!(merged.conflicts.is_empty());
        assert_eq!((merged.form.get("title"), merged.form.get("note"), merged.form.get("box")), ("新", "b", ""));
    }

    #[test]
    fn a_field_that_both_changed_is_a_conflict_and_both_texts_are_kept() {
        let mine = sent(&[("title", "旧")], &[("title", "甲")]);
        let merged = merge(&mine, &form(&[("title", "乙")]));
        assert_eq!(merged.conflicts, [("title".to_owned(), "乙".to_owned())]);
        assert_eq!(merged.form.get("title"), "甲");
        let same = merge(&mine, &form(&[("title", "甲")]));
        assert!(same.conflicts.is_empty());
    }
}
