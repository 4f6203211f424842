//! アイデア: what anybody in the town hall thinks of, in two fields, and what becomes of it.

use crate::{
    coded::coded,
    form::{Form, FormErrors},
    kpi::NOTE_LIMIT,
};

coded! {
    /// What becomes of an idea. Said once.
    Fate {
        Adopted = "adopted", "採用";
        /// With another one, whose fate it shares.
        Merged = "merged", "まとめた";
        Answered = "answered", "回答";
    }
}

/// Longest title, in characters: as of a case.
pub const TITLE_LIMIT: usize = 80;

/// An idea as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idea {
    pub title: String,
    pub text: String,
}

impl Idea {
    pub fn parse(form: &Form) -> Result<Self, FormErrors> {
        let mut errors = FormErrors::default();
        let title = form.required("title", "題名", TITLE_LIMIT, &mut errors);
        let text = form.required("text", "内容", NOTE_LIMIT, &mut errors);
        if errors.is_empty() { Ok(Self { title, text }) } else { Err(errors) }
    }
}
