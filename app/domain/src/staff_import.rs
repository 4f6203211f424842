//! A list of people from Excel: read, checked row by row, and what it would change. Nothing is written here.

use std::collections::{BTreeMap, HashMap};

use jiff::civil::Date;

use crate::{
    access::{Capacity, Role},
    form::{Form, FormErrors},
    ids::MemberId,
    organisation::Span,
    plan_folder::records,
    staff::{MemberState, Newcomer, Posting, SectionTerm, fits},
    text::{from_excel, neutral, sentences},
    written,
};

/// The headings, in the order of the template.
pub const COLUMNS: [&str; 10] = ["氏名", "かな", "メール", "職員番号", "所属", "役割", "職名", "区分", "開始日", "終了日"];
const MOST_ROWS: usize = 1_000;
const MOST_BYTES: usize = 1_000_000;
/// A cell longer than this is no name and no post.
const MOST_CHARACTERS: usize = 254;

/// A member who is there already.
#[derive(Clone, Debug)]
pub struct Known {
    pub id: MemberId,
    pub name: String,
    pub email: Option<String>,
    pub staff_number: Option<String>,
    pub state: MemberState,
    pub postings: Vec<Posting>,
}

/// What a row would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Invites somebody.
    New,
    /// Gives a post to somebody who is there, or who stands further up.
    Adds,
    /// Is there already.
    Same,
    Refused(Vec<String>),
}

/// One row with its line in the file, as typed, in the order of [`COLUMNS`].
#[derive(Clone, Debug)]
pub struct Row {
    pub line: usize,
    pub cells: Vec<String>,
    pub verdict: Verdict,
}

/// What a list would change. Only a list without refused rows may be written.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    pub rows: Vec<Row>,
    pub newcomers: Vec<(Newcomer, Vec<Posting>)>,
    pub additions: Vec<(MemberId, Posting)>,
}

impl Checked {
    pub fn refused(&self) -> usize {
        self.rows.iter().filter(|row| matches!(row.verdict, Verdict::Refused(_))).count()
    }
}

/// The text of an uploaded file, or why it cannot be read.
pub fn text(bytes: &[u8]) -> Result<String, String> {
    if bytes.len() > MOST_BYTES {
        return Err("ファイルが大きすぎます。1MB以下、1,000行以内にしてください。".to_owned());
    }
    if bytes.starts_with(b"PK") {
        return Err(
            "Excelブック（.xlsx）は読めません。Excelで「名前を付けて保存」を選び、「CSV UTF-8（コンマ区切り）」で保存してください。"
                .to_owned(),
        );
    }
    let text = from_excel(bytes).ok_or("文字コードを読み取れません。Excelで「CSV UTF-8（コンマ区切り）」として保存し直してください。")?;
    match text.trim() {
        "" => Err("ファイルが空です。様式に記入して選び直してください。".to_owned()),
        _ => Ok(text),
    }
}

/// Checks a list against the people and sections of today. An error concerns the whole file. A blank 区分 is 本務, a blank
/// 開始日 is today.
pub fn check(text: &str, known: &[Known], sections: &[SectionTerm], today: Date) -> Result<Checked, String> {
    let (records, syntax) = records(text);
    if let Some(wrong) = syntax.first() {
        return Err(format!("{}行目：{}", wrong.line, wrong.reason));
    }
    let mut records = records.into_iter().filter(|record| record.cells.iter().any(|cell| !cell.trim().is_empty()));
    let order = order(&records.next().ok_or("ファイルが空です。様式に記入して選び直してください。")?.cells)?;
    let rows: Vec<_> = records.map(|record| (record.line, record.cells)).collect();
    match rows.len() {
        0 => return Err("見出しの行だけで、職員の行がありません。2行目から記入してください。".to_owned()),
        1..=MOST_ROWS => {}
        many => return Err(format!("{many}行あります。1回に{MOST_ROWS}行以内に分けてください。")),
    }
    let mut list = List { known, sections, today, newcomers: Vec::new(), additions: Vec::new(), seen: HashMap::new() };
    let rows = rows.into_iter().map(|(line, cells)| {
        let cell = |at: &usize| cells.get(*at).map(|cell| cell.trim().to_owned()).unwrap_or_default();
        let mut ordered: Vec<String> = order.iter().map(cell).collect();
        let usual = [("区分", Capacity::Main.label().to_owned()), ("開始日", today.strftime("%Y/%-m/%-d").to_string())];
        for (cell, column) in ordered.iter_mut().zip(COLUMNS) {
            if let (true, Some((_, usual))) = (cell.is_empty(), usual.iter().find(|(name, _)| *name == column)) {
                cell.clone_from(usual);
            }
        }
        let extra = cells.iter().skip(COLUMNS.len()).any(|cell| !cell.trim().is_empty());
        let verdict = match extra {
            true => Verdict::Refused(vec!["見出しより右に余分なセルがあります。カンマを含むセルは「\"」で囲んでください。".to_owned()]),
            false => list.take(&ordered).unwrap_or_else(Verdict::Refused),
        };
        Row { line, cells: ordered, verdict }
    });
    let rows = rows.collect();
    Ok(Checked { rows, newcomers: list.newcomers, additions: list.additions })
}

/// Where each column stands.
fn order(header: &[String]) -> Result<[usize; 10], String> {
    let header: Vec<&str> = header.iter().map(|name| name.trim()).collect();
    let missing: Vec<&str> = COLUMNS.into_iter().filter(|name| !header.contains(name)).collect();
    let unknown: Vec<&str> = header.iter().copied().filter(|name| !name.is_empty() && !COLUMNS.contains(name)).collect();
    let doubled = COLUMNS.iter().find(|name| header.iter().filter(|other| other == name).count() > 1);
    if missing.is_empty() && unknown.is_empty() && doubled.is_none() {
        return Ok(COLUMNS.map(|name| header.iter().position(|other| *other == name).unwrap_or_default()));
    }
    let mut words = vec![format!("1行目の見出しを、様式のとおり「{}」にしてください。", COLUMNS.join(","))];
    if !missing.is_empty() {
        words.push(format!("ない見出し：{}。", missing.join("、")));
    }
    if !unknown.is_empty() {
        let quoted: Vec<String> = unknown.iter().take(5).map(|name| name.chars().take(20).collect()).collect();
        words.push(format!("使わない見出し：{}。", quoted.join("、")));
    }
    words.extend(doubled.map(|name| format!("「{name}」が2つあります。")));
    Err(words.concat())
}

/// Who a row speaks of: a place in `List::known` or in `List::newcomers`, which only grows.
#[derive(Clone, Copy)]
enum Who {
    Known(usize),
    Newcomer(usize),
}

struct List<'a> {
    known: &'a [Known],
    sections: &'a [SectionTerm],
    today: Date,
    newcomers: Vec<(Newcomer, Vec<Posting>)>,
    additions: Vec<(MemberId, Posting)>,
    /// Newcomers of this list by address or number.
    seen: HashMap<String, usize>,
}

impl List<'_> {
    fn take(&mut self, cells: &[String]) -> Result<Verdict, Vec<String>> {
        let mut faults = Vec::new();
        for (column, cell) in COLUMNS.iter().zip(cells) {
            if neutral(cell) != *cell {
                faults.push(format!("{column}：「=」「+」「-」「@」で始まるセルは、数式のおそれがあるため受け付けません。"));
            }
            if cell.chars().count() > MOST_CHARACTERS || cell.chars().any(char::is_control) {
                faults.push(format!("{column}：長すぎるか、改行などの使えない文字があります。"));
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let newcomer = person(cells, &mut faults);
        let posting = self.posting(cells, &mut faults);
        let (Some(newcomer), Some(posting)) = (newcomer, posting) else { return Err(faults) };
        let one = |fault: String| vec![fault];
        match self.find(&newcomer).map_err(one)? {
            Some(Who::Known(at)) => {
                let known = &self.known[at];
                let listed = self.additions.iter().filter(|(member, _)| *member == known.id).map(|(_, posting)| posting);
                let held: Vec<Posting> = known.postings.iter().chain(listed).cloned().collect();
                if held.contains(&posting) {
                    return Ok(Verdict::Same);
                }
                if let Some(clash) = posting.clashes(&held) {
                    return Err(one(clash.to_owned()));
                }
                self.additions.push((known.id, posting));
                Ok(Verdict::Adds)
            }
            Some(Who::Newcomer(at)) => {
                let postings = &mut self.newcomers[at].1;
                if let Some(clash) = posting.clashes(postings) {
                    return Err(one(format!("上の行と合いません。{clash}")));
                }
                postings.push(posting);
                Ok(Verdict::Adds)
            }
            None => {
                let at = self.newcomers.len();
                self.seen.extend(names(&newcomer).map(|name| (name, at)));
                self.newcomers.push((newcomer, vec![posting]));
                Ok(Verdict::New)
            }
        }
    }

    /// The one person that both address and number name.
    fn find(&self, newcomer: &Newcomer) -> Result<Option<Who>, String> {
        let same = |a: &Option<String>, b: &Option<String>| {
            a.is_some() && a.as_ref().map(|a| a.to_lowercase()) == b.as_ref().map(|b| b.to_lowercase())
        };
        let found: Vec<usize> = (0..self.known.len())
            .filter(|at| same(&self.known[*at].email, &newcomer.email) || same(&self.known[*at].staff_number, &newcomer.staff_number))
            .collect();
        if let [_, _, ..] = found.as_slice() {
            return Err("メールと職員番号が、別々の職員のものです。".to_owned());
        }
        if let Some(at) = found.first() {
            let known = &self.known[*at];
            agree(&known.name, &newcomer.name)?;
            let differs = |mine: &Option<String>, theirs: &Option<String>| mine.is_some() && !same(mine, theirs);
            if differs(&newcomer.email, &known.email) || differs(&newcomer.staff_number, &known.staff_number) {
                return Err(format!("「{}」さんの登録済みのメールまたは職員番号と違います。", known.name));
            }
            return match known.state {
                MemberState::Invited | MemberState::Active => Ok(Some(Who::Known(*at))),
                MemberState::Suspended | MemberState::Left => {
                    Err(format!("「{}」さんは{}です。職員の画面で利用を再開してから追加してください。", known.name, known.state.label()))
                }
            };
        }
        let above: BTreeMap<usize, ()> = names(newcomer).filter_map(|name| self.seen.get(&name).map(|at| (*at, ()))).collect();
        match above.keys().collect::<Vec<_>>().as_slice() {
            [] => Ok(None),
            [at] => {
                let before = &self.newcomers[**at].0;
                agree(&before.name, &newcomer.name)?;
                match (&before.email, &before.staff_number) == (&newcomer.email, &newcomer.staff_number) {
                    true => Ok(Some(Who::Newcomer(**at))),
                    false => Err("同じ人の上の行と、メールまたは職員番号が違います。".to_owned()),
                }
            }
            _ => Err("メールと職員番号が、上の行の別々の人のものです。".to_owned()),
        }
    }

    fn posting(&self, cells: &[String], faults: &mut Vec<String>) -> Option<Posting> {
        let [.., section, role, post, capacity, from, until] = cells else { return None };
        let before = faults.len();
        let mut fault = |words: String| faults.push(words);
        let role = match Role::from_label(role) {
            Some(role) => Some(role),
            None => {
                fault(format!("役割：{}のいずれかにしてください。", labels(Role::ALL.iter().map(|role| role.label()))));
                None
            }
        };
        let capacity = match Capacity::from_label(capacity) {
            Some(capacity) => Some(capacity),
            None => {
                fault(format!("区分：{}のいずれかにしてください。", labels(Capacity::ALL.iter().map(|capacity| capacity.label()))));
                None
            }
        };
        if post.chars().count() > 40 {
            fault(format!("職名：{}", sentences::too_long("職名", 40)));
        }
        let starts = written::day(from);
        if starts.is_none() {
            fault("開始日：「2027/4/1」の形で書くか、今日からなら空にしてください。".to_owned());
        }
        let ends = if until.is_empty() { Some(None) } else { written::day(until).map(Some) };
        if ends.is_none() {
            fault("終了日：「2028/3/31」の形で書くか、空にしてください。".to_owned());
        }
        let section = self.section(section, starts.unwrap_or(self.today)).map_err(fault).ok();
        let (role, capacity, section, term) = (role?, capacity?, section?, Span { from: starts?, until: ends? });
        if let Err((_, words)) = fits(role, section, &term) {
            faults.push(words);
        }
        let posting = Posting { role, section: section.map(|section| section.id), post: post.clone(), capacity, term };
        (faults.len() == before).then_some(posting)
    }

    /// A section by name or key, as it stands on the first day.
    fn section(&self, typed: &str, from: Date) -> Result<Option<&SectionTerm>, String> {
        if typed.is_empty() {
            return Ok(None);
        }
        let named: Vec<_> = self.sections.iter().filter(|section| section.name == typed || section.key == typed).collect();
        let then: Vec<_> = named.iter().copied().filter(|section| section.term.holds(from)).collect();
        match (then.as_slice(), named.as_slice()) {
            ([section], _) => Ok(Some(section)),
            ([], []) => Err(format!("所属：「{typed}」という課・係はありません。組織の画面の名前で書いてください。")),
            ([], _) => Err(format!("所属：「{typed}」は開始日には置かれていません。")),
            (many, _) => Err(format!(
                "所属：「{typed}」が{}つあります。名前の代わりに記号（{}）で書いてください。",
                many.len(),
                labels(many.iter().map(|section| section.key.as_str()))
            )),
        }
    }
}

fn labels<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join("・")
}

fn agree(before: &str, now: &str) -> Result<(), String> {
    let plain = |name: &str| name.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    match plain(before) == plain(now) {
        true => Ok(()),
        false => Err(format!("氏名：同じメールまたは職員番号が「{before}」さんにあります。")),
    }
}

/// What a newcomer is found by.
fn names(newcomer: &Newcomer) -> impl Iterator<Item = String> {
    let number = newcomer.staff_number.as_ref().map(|number| format!("number {}", number.to_lowercase()));
    newcomer.email.clone().into_iter().chain(number)
}

/// The same rules as the form for one person.
fn person(cells: &[String], faults: &mut Vec<String>) -> Option<Newcomer> {
    let fields = ["name", "kana", "email", "staff_number"].iter().zip(cells).map(|(name, cell)| ((*name).to_owned(), cell.clone()));
    let mut errors = FormErrors::default();
    let newcomer = Newcomer::parse(&Form::from_pairs(fields), &mut errors);
    faults.extend(errors.iter().map(|(_, sentence)| sentence.to_owned()));
    newcomer
}

#[cfg(test)]
mod tests;
