//! What somebody wants done to sections, read from a form.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Act, Organisation, Section};
use crate::{
    form::{Form, FormErrors},
    ids::SectionId,
    text::sentences::choose,
};

/// Kinds of sections, as the table knows them.
pub const KINDS: [&str; 4] = ["部", "課", "係", "その他"];
/// How many sections one form takes on either side.
pub const PARTS: usize = 4;
pub const REASON_LIMIT: usize = 500;
const NAME_LIMIT: usize = 60;

/// An order to change sections as of a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    pub act: Act,
    /// The first day of what is new.
    pub on: Date,
    /// Sections that end, or the one that moves.
    pub old: Vec<SectionId>,
    pub new: Vec<NewSection>,
    /// A section that is there already and takes the others in.
    pub into: Option<SectionId>,
    /// What a moved section comes under.
    pub under: Option<SectionId>,
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewSection {
    pub id: SectionId,
    pub key: String,
    pub name: String,
    pub kind: String,
    pub parent: Option<SectionId>,
    pub position: i32,
}

/// When town halls reorganise: the first 1 April after a day.
pub fn next_april(today: Date) -> Date {
    let year = if today.month() < 4 { today.year() } else { today.year() + 1 };
    Date::constant(year, 4, 1)
}

/// The fields of the form and what is known about the town hall.
struct Reader<'a> {
    form: &'a Form,
    organisation: &'a Organisation,
    errors: FormErrors,
}

impl Order {
    /// What becomes of what, in one sentence: 「市民課」「産業課」を「地域振興課」に統合
    pub fn summary(&self, organisation: &Organisation) -> String {
        let quoted = |ids: &[SectionId]| ids.iter().map(|id| format!("「{}」", organisation.name(*id))).collect::<String>();
        let old = quoted(&self.old);
        let new: String = self.new.iter().map(|new| format!("「{}」", new.name)).chain(self.into.map(|into| quoted(&[into]))).collect();
        match self.act {
            Act::Found => format!("{new}を新設"),
            Act::Move => match self.under {
                Some(under) => format!("{old}を{}の下に移動", quoted(&[under])),
                None => format!("{old}を最上位に移動"),
            },
            Act::Rename => format!("{old}を{new}に名称変更"),
            Act::Merge => format!("{old}を{new}に統合"),
            Act::Split => format!("{old}を{new}に分割"),
            Act::Abolish => format!("{old}を廃止"),
        }
    }

    /// Reads `kind`, `old.1`…, `new.1.name`, `new.1.kind`, `new.1.parent`…, `into`, `under`, `on_*` and `reason`. Fields
    /// that do not belong to the kind are ignored.
    pub fn parse(form: &Form, organisation: &Organisation, today: Date, new_id: &mut dyn FnMut() -> Uuid) -> Result<Self, FormErrors> {
        let mut reader = Reader { form, organisation, errors: FormErrors::default() };
        let Some(act) = Act::from_code(form.get("kind")) else {
            return Err(FormErrors::one("kind", choose("行うこと")));
        };
        let old = reader.old(act);
        let into = if act == Act::Merge { reader.section("into") } else { None };
        let on = reader.day(act, today);
        let under = if act == Act::Move { reader.under(&old, on) } else { None };
        let wanted = match act {
            Act::Found | Act::Rename => 1..=1,
            Act::Merge => {
                if into.is_some() {
                    0..=0
                } else {
                    1..=1
                }
            }
            Act::Split => 2..=PARTS,
            Act::Move | Act::Abolish => 0..=0,
        };
        let first = old.first().and_then(|id| organisation.section(*id));
        let old: Vec<SectionId> = old.iter().copied().filter(|id| Some(*id) != into).collect();
        if act == Act::Merge && old.len() + usize::from(into.is_some()) < 2 && reader.errors.of("old.1").is_none() {
            reader.errors.push::<()>("old.2", "統合する組織を、2つ以上選択してください。".to_owned());
        }
        let mut new = reader.new_sections(wanted, first, on.unwrap_or(today));
        for section in &mut new {
            section.id = SectionId(new_id());
        }
        let reason = form.required("reason", "理由", REASON_LIMIT, &mut reader.errors);
        match (on, reader.errors.is_empty()) {
            (Some(on), true) => Ok(Self { act, on, old, new, into, under, reason }),
            _ => Err(reader.errors),
        }
    }
}

impl Reader<'_> {
    /// A section chosen by its id; `None` for the first entry of the list.
    fn section(&mut self, field: &str) -> Option<SectionId> {
        let typed = self.form.get(field);
        let known = typed.parse().ok().filter(|id| self.organisation.section(*id).is_some());
        if !typed.is_empty() && known.is_none() {
            self.errors.push::<()>(field, "組織を一覧から選択してください。".to_owned());
        }
        known
    }

    fn old(&mut self, act: Act) -> Vec<SectionId> {
        let count = match act {
            Act::Found => 0,
            Act::Merge => PARTS,
            Act::Move | Act::Rename | Act::Split | Act::Abolish => 1,
        };
        let mut old = Vec::new();
        for n in 1..=count {
            let chosen = self.section(&format!("old.{n}"));
            old.extend(chosen.filter(|id| !old.contains(id)));
        }
        if count > 0 && old.is_empty() && self.errors.is_empty() {
            self.errors.push::<()>("old.1", choose("組織"));
        }
        old
    }

    fn day(&mut self, act: Act, today: Date) -> Option<Date> {
        let on = self.form.date("on", "実施日", &mut self.errors)?;
        match on {
            None => self.errors.push("on_year", "実施日を入力してください。".to_owned()),
            // A forgotten section can be added as of when it began; what others hold changes from today on at the earliest.
            Some(on) if on < today && act != Act::Found => self.errors.push("on_year", "実施日は今日以後の日付にしてください。".to_owned()),
            on => on,
        }
    }

    fn under(&mut self, old: &[SectionId], on: Option<Date>) -> Option<SectionId> {
        let under = self.section("under");
        let section = old.first().and_then(|id| self.organisation.section(*id));
        if let (Some(section), Some(on)) = (section, on)
            && section.parent_on(on) == under
            && self.errors.of("under").is_none()
        {
            self.errors.push::<()>("under", "いまの上の組織と同じです。ほかの組織を選択してください。".to_owned());
        }
        under
    }

    fn new_sections(&mut self, wanted: std::ops::RangeInclusive<usize>, first: Option<&Section>, on: Date) -> Vec<NewSection> {
        let last = self.organisation.sections.iter().map(|section| section.position).max().unwrap_or(0);
        let mut new: Vec<NewSection> = Vec::new();
        for n in 1..=*wanted.end() {
            let field = |part: &str| format!("new.{n}.{part}");
            let name = match n <= *wanted.start() {
                true => self.form.required(&field("name"), "新しい組織の名称", NAME_LIMIT, &mut self.errors),
                false => self.form.text(&field("name"), "新しい組織の名称", NAME_LIMIT, &mut self.errors),
            };
            if name.is_empty() {
                continue;
            }
            let kind = self.form.get(&field("kind")).to_owned();
            if !KINDS.contains(&kind.as_str()) {
                self.errors.push::<()>(&field("kind"), choose("種類"));
            }
            let parent = self.section(&field("parent"));
            let base = match first {
                Some(section) => section.key.as_str(),
                None => parent.and_then(|id| self.organisation.section(id)).map_or("section", |section| section.key.as_str()),
            };
            let key = self.fresh_key(base, on, &new);
            let position = first.map_or(last + 1, |section| section.position);
            new.push(NewSection { id: SectionId(Uuid::nil()), key, name, kind, parent, position });
        }
        new
    }

    /// `shimin` → `shimin-2027`, `shimin-2027-2`; of `shimin-2027` → `shimin-2028`.
    fn fresh_key(&self, base: &str, on: Date, others: &[NewSection]) -> String {
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let stem = base.split('-').take_while(|part| !digits(part)).collect::<Vec<_>>().join("-");
        let stem = if stem.is_empty() { "section" } else { stem.as_str() };
        let plain = format!("{stem}-{}", on.year());
        let numbered = (2..).map(|n| format!("{plain}-{n}"));
        let taken = |key: &String| self.organisation.by_key(key).is_some() || others.iter().any(|other| other.key == *key);
        std::iter::once(plain.clone()).chain(numbered).find(|key| !taken(key)).unwrap_or(plain)
    }
}
