//! Tables of a TOML file with the line of every entry.

use std::collections::HashMap;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{Faults, layout::PLAN, quoted, text};

struct Source<'a> {
    text: &'a str,
    faults: &'a Faults,
    /// Where the lines end.
    ends: Vec<usize>,
}

impl Source<'_> {
    fn line(&self, offset: usize) -> usize {
        1 + self.ends.partition_point(|end| *end < offset)
    }
}

/// More levels, phases or markers than this are no plan.
const MOST_ENTRIES: usize = 100;

pub struct Block<'a> {
    source: &'a Source<'a>,
    table: &'a DeTable<'a>,
    /// Where the table starts; the whole file has no line.
    line: Option<usize>,
}

impl<'a> Block<'a> {
    /// Reads the file with `read`, or reports what is no TOML.
    pub fn read<T>(text: &str, faults: &Faults, read: impl FnOnce(&Block) -> T) -> Option<T> {
        let ends = text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at).collect();
        let source = Source { text, faults, ends };
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let line = error.span().map_or(1, |span| source.line(span.start));
            faults.push(PLAN, Some(line), match error.message() {
                "duplicate key" => "同じ名前が2回書かれています。どちらかを消してください。",
                _ => "TOMLとして読めません。「名前 = \"文字\"」または「名前 = 数字」の形で、「\"」や「]」の閉じ忘れがないか確かめてください。",
            });
        }
        errors.is_empty().then(|| read(&Block { source: &source, table: table.get_ref(), line: None }))
    }

    fn get(&self, name: &str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.table.get(name)
    }

    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Reports at the line of the entry, or where the table starts when the entry is missing.
    pub fn fault(&self, name: &str, reason: impl Into<String>) {
        let line = self.get(name).map(|value| self.source.line(value.span().start));
        self.source.faults.push(PLAN, line.or(self.line), reason);
    }

    pub fn wrong(&self, name: &str, want: &str) {
        match self.get(name) {
            Some(value) => {
                let typed = self.source.text.get(value.span()).unwrap_or_default();
                self.fault(name, format!("「{name}」は{want}にしてください（入力：{}）。", quoted(typed.trim_matches('"'))));
            }
            None => self.fault(name, format!("「{name}」がありません。{want}で足してください。")),
        }
    }

    /// Entries must be among these.
    pub fn only(&self, names: &[&str]) {
        for name in self.table.keys().filter(|name| !names.contains(&name.get_ref().as_ref())) {
            let line = self.source.line(name.span().start);
            let known = names.join("・");
            let reason = format!("「{}」は使いません。名前は {known} のいずれかにしてください。", quoted(name.get_ref()));
            self.source.faults.push(PLAN, Some(line), reason);
        }
    }

    /// The text of an entry, empty when there is none.
    pub fn text(&self, name: &str) -> String {
        let Some(value) = self.get(name) else { return String::new() };
        let Some(text) = value.get_ref().as_str() else {
            self.wrong(name, "「\"」で囲んだ文字");
            return String::new();
        };
        if let Some(reason) = text::wrong_characters(&format!("「{name}」"), text) {
            self.fault(name, reason);
        }
        text.to_owned()
    }

    /// The text of an entry that must be there, though it may say nothing yet.
    pub fn present(&self, name: &str) -> String {
        if !self.has(name) {
            self.fault(name, format!("「{name}」がありません。「{name} = \"…\"」の行を足してください。"));
        }
        self.text(name)
    }

    pub fn filled(&self, name: &str) -> String {
        let text = self.present(name);
        if self.get(name).is_some_and(|value| value.get_ref().is_str()) && text.trim().is_empty() {
            self.fault(name, format!("「{name}」を入力してください。"));
        }
        text
    }

    /// A whole number; 0 for anything else, which the caller refuses.
    pub fn number(&self, name: &str) -> i64 {
        let integer = self.get(name).and_then(|value| value.get_ref().as_integer());
        integer.and_then(|n| i64::from_str_radix(n.as_str(), n.radix()).ok()).unwrap_or_default()
    }

    /// One word of a list, which is never empty. A wrong one stands in as the first.
    pub fn word<T: Copy>(&self, name: &str, all: &[T], word: impl Fn(T) -> &'static str) -> T {
        let typed = self.get(name).and_then(|value| value.get_ref().as_str()).unwrap_or_default();
        all.iter().copied().find(|v| word(*v) == typed).unwrap_or_else(|| {
            let words: Vec<_> = all.iter().map(|v| word(*v)).collect();
            self.wrong(name, &format!(" {} のいずれか", words.join("・")));
            all[0]
        })
    }

    /// `[name]`
    pub fn block<T>(&self, name: &str, read: impl FnOnce(&Block) -> T) -> Option<T> {
        let value = self.get(name)?;
        let block = self.inner(value);
        if block.is_none() {
            self.fault(name, format!("「{name}」は [{name}] の見出しの下に書いてください。"));
        }
        block.map(|block| read(&block))
    }

    /// `[[name]]`, once per entry.
    pub fn list<T>(&self, name: &str, read: impl Fn(&Block) -> T) -> Vec<T> {
        self.blocks(name, true).iter().map(read).collect()
    }

    /// Each `[[name]]` has its own `key`.
    pub fn once(&self, name: &str, key: &str) {
        let mut lines = HashMap::new();
        for block in self.blocks(name, false) {
            let Some(value) = block.get(key) else { continue };
            let Some(text) = value.get_ref().as_str().filter(|text| !text.is_empty()) else { continue };
            if let Some(line) = lines.get(text) {
                let shown = quoted(text);
                block.fault(key, format!("「{name}」の「{key}」の「{shown}」は{line}行目にもあります。別のものにしてください。"));
            } else {
                lines.insert(text, self.source.line(value.span().start));
            }
        }
    }

    fn blocks(&self, name: &str, report: bool) -> Vec<Block<'a>> {
        let Some(value) = self.get(name) else { return Vec::new() };
        let array = value.get_ref().as_array();
        if report && array.is_some_and(|array| array.len() > MOST_ENTRIES) {
            self.fault(name, format!("「{name}」は{MOST_ENTRIES}個以内にしてください。"));
            return Vec::new();
        }
        let entries = array.map(|array| array.iter().map(|entry| self.inner(entry)).collect::<Option<Vec<_>>>());
        entries.flatten().unwrap_or_else(|| {
            if report {
                self.fault(name, format!("「{name}」は [[{name}]] の見出しの下に、1つずつ書いてください。"));
            }
            Vec::new()
        })
    }

    fn inner(&self, value: &'a Spanned<DeValue<'a>>) -> Option<Block<'a>> {
        let line = Some(self.source.line(value.span().start));
        value.get_ref().as_table().map(|table| Block { source: self.source, table, line })
    }
}
