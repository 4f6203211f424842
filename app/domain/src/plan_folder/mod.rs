//! Plan folders, format version 1 (docs/plan-format.md): text files ↔ [`PlanContent`].
//!
//! `read` refuses a folder with everything that is wrong in it, at its file and line, in sentences for the
//! people who wrote it. `write` gives back what `read` takes. A folder holds all of [`PlanContent`] but what
//! belongs to one tenant's reporting: the section that reported an actual, and how many reports there were.

mod chapters;
mod check;
mod head;
mod kpis;
mod layout;
mod read;
mod row;
mod table;
mod text;
mod toml_block;
mod values;
mod write;

#[cfg(test)]
pub(crate) mod tests;

use std::{cell::RefCell, collections::BTreeMap, fmt};

use crate::plan::PlanContent;

pub use read::read;
pub(crate) use table::records;
pub use write::write;

/// The files of a folder: path relative to it (with `/`) and bytes.
pub type Files = BTreeMap<String, Vec<u8>>;

/// What a folder says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// Six-digit code of the organisation, check digit verified.
    pub municipality: String,
    pub content: PlanContent,
}

/// One thing that is wrong, and its cure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub file: String,
    /// Line of the file; of a row over several lines, the first.
    pub line: Option<usize>,
    pub reason: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{} {line}行目：{}", self.file, self.reason),
            None => write!(f, "{}：{}", self.file, self.reason),
        }
    }
}

/// Nobody reads further, and a hostile folder costs no memory.
const MOST_FAULTS: usize = 1_000;

/// Collects what is wrong. A faulty cell stands in as an empty one so that the rest is still read; content
/// is handed out only when nothing was collected.
#[derive(Default)]
struct Faults(RefCell<Vec<Fault>>);

impl Faults {
    fn push(&self, file: &str, line: Option<usize>, reason: impl Into<String>) {
        let mut found = self.0.borrow_mut();
        if found.len() < MOST_FAULTS {
            found.push(Fault { file: file.to_owned(), line, reason: reason.into() });
        }
    }

    /// In the order of the format's files, then by line.
    fn in_order(self) -> Vec<Fault> {
        let mut found = self.0.into_inner();
        found.sort_by(|a, b| (layout::rank(&a.file), &a.file, a.line).cmp(&(layout::rank(&b.file), &b.file, b.line)));
        if found.len() == MOST_FAULTS {
            let reason = format!("誤りが{MOST_FAULTS}件あります。これより後は確かめていません。直してからもう一度読み込んでください。");
            found.push(Fault { file: "計画フォルダ全体".to_owned(), line: None, reason });
        }
        found
    }
}

/// The first 20 characters of what was typed, in one line.
fn quoted(typed: &str) -> String {
    let typed = typed.trim();
    let mut shown: String = typed.chars().take(20).map(|c| if c.is_control() { ' ' } else { c }).collect();
    match typed.chars().nth(20) {
        Some(_) => shown.push('…'),
        None if shown.is_empty() => shown.push_str("空欄"),
        None => {}
    }
    shown
}

/// 「s1-1」: lower-case letters, digits and hyphens, as in addresses.
fn is_key(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=60).contains(&text.len()) && text.bytes().all(plain) && !text.starts_with('-')
}

const KEY_SHAPE: &str = "英小文字・数字・ハイフンだけの60文字以内";
