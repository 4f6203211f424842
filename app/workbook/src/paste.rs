//! A table that was copied out of Excel becomes a sheet: its lines are found by code or name, its figures by their headings.

use std::collections::{BTreeMap, HashMap};

use rashin_domain::{obligation::Item, period::Period, value::Unknown, written};
use unicode_normalization::UnicodeNormalization;

use crate::{
    clipboard::cells,
    column::Column,
    compare::Fault,
    headings::{Head, Heads},
    read::{Content, MOST_ROWS, MOST_TEXT, Origin, Pasted, Row, Sheet, Stray, line_address, words},
    subject::{About, Subject},
};

/// Reads the text of a clipboard, or says in a sentence why it is no table. The first line has the headings: a column of
/// codes or names, and either columns of a period and of what is reported, or a column of figures for each period.
/// `reason` is why figures that stand are replaced, where the table itself does not say; may be empty.
pub fn paste(text: &str, subjects: &[Subject<'_>], reason: &str) -> Result<Sheet, String> {
    if text.len() > MOST_TEXT {
        return Err("文字の多すぎる表です。行を分けて貼り付けてください。".to_owned());
    }
    let lines = cells(text);
    let lines = (1..).zip(&lines).map(|(number, line)| (number, line.iter().map(|cell| words(cell)).collect::<Vec<_>>()));
    let mut lines = lines.filter(|(_, line)| line.iter().any(Option::is_some));
    let Some((heads_at, heads)) = lines.next() else {
        return Err("Excelで選んでコピーした表を貼り付けてください。".to_owned());
    };
    let heads = Heads::read(heads)?;
    let mut reading = Reading { known: Known::of(subjects), reason: words(reason), heads: &heads, rows: Vec::new(), strays: Vec::new() };
    let lines: Vec<Line> = lines.collect();
    reading.pass_over(heads_at, &lines);
    for (number, line) in &lines {
        reading.line(*number, line);
        if reading.rows.len() + reading.strays.len() > MOST_ROWS {
            return Err(format!("表が大きすぎます。値は一度に{MOST_ROWS}件までです。行か期間を分けて貼り付けてください。"));
        }
    }
    let Reading { rows, strays, .. } = reading;
    let pasted = Pasted { headings: heads.named(), text: text.to_owned(), reason: reason.to_owned() };
    Ok(Sheet { origin: Origin::Paste(pasted), places: BTreeMap::new(), rows, strays })
}

/// The number of a line of the table, 1 for the first, and its cells without those where there is nothing to see.
type Line = (u32, Vec<Option<String>>);

/// Headings and names without space, in one width.
pub(crate) fn bare(text: &str) -> String {
    text.nfkc().filter(|c| !c.is_whitespace()).collect()
}

/// Says that there is nothing to report: 「—」, 「…」, or what pages have for it.
fn says_nothing(cell: &str) -> bool {
    cell == Unknown::Unreported.label() || cell.chars().all(|c| "-－‐‑–—―─−ー…‥・.".contains(c))
}

pub(crate) fn quoted(text: &str) -> String {
    let start: String = text.chars().take(40).collect();
    if start.len() < text.len() { format!("「{start}…」") } else { format!("「{start}」") }
}

/// What can be reported on, by what a table calls it.
struct Known<'s, 'a> {
    by_code: HashMap<String, Vec<&'s Item>>,
    by_name: HashMap<String, Vec<&'s Item>>,
    subjects: HashMap<(&'s Item, Period), &'s Subject<'a>>,
}

impl<'s, 'a> Known<'s, 'a> {
    fn of(subjects: &'s [Subject<'a>]) -> Self {
        let mut known = Self { by_code: HashMap::new(), by_name: HashMap::new(), subjects: HashMap::new() };
        for subject in subjects {
            let item: &'s Item = subject.item;
            if known.subjects.insert((item, subject.asked.period), subject).is_none() {
                for (names, name) in [(&mut known.by_code, subject.code()), (&mut known.by_name, subject.name)] {
                    let items = names.entry(bare(name)).or_default();
                    if !items.contains(&item) {
                        items.push(item);
                    }
                }
            }
        }
        known
    }

    /// What a line is about: the code decides, but not against the name.
    fn find(&self, code: Option<&str>, name: Option<&str>) -> Result<&'s Item, String> {
        let of = |names: &HashMap<String, Vec<&'s Item>>, called: &str| names.get(&bare(called)).cloned().unwrap_or_default();
        let named = name.map(|name| of(&self.by_name, name)).unwrap_or_default();
        match (code, name) {
            (Some(code), _) => match of(&self.by_code, code).as_slice() {
                [] => Err(format!("コード{}の指標は、いまの計画にありません。", quoted(code))),
                [item] if named.is_empty() || named.contains(item) => Ok(item),
                [_] => Err(format!("コード{}と名前が別の指標のものです。行がずれていないか確かめてください。", quoted(code))),
                many => Err(format!("コード{}のものが{}件あります。指標や取組のページから報告してください。", quoted(code), many.len())),
            },
            (None, Some(name)) => match named.as_slice() {
                [] => {
                    Err(format!("{}は、いまの計画にありません。計画と同じ名前にするか、「指標コード」の列を加えてください。", quoted(name)))
                }
                [item] => Ok(item),
                many => Err(format!("{}という名前のものが{}件あります。「指標コード」の列を加えてください。", quoted(name), many.len())),
            },
            (None, None) => Err("指標のコードも名前もありません。".to_owned()),
        }
    }
}

/// Key of the part that a line calls by its name; a KPI of one part need not be asked.
fn part<'s>(subject: &'s Subject<'_>, called: Option<&str>) -> Result<&'s str, String> {
    let About::Kpi { kpi, .. } = &subject.about else { return Ok("") };
    let found: Vec<_> = kpi.parts.iter().filter(|part| called.is_none_or(|called| bare(&part.name) == bare(called))).collect();
    match (found.as_slice(), called) {
        ([one], _) => Ok(&one.key),
        (_, None) => {
            let names: String = kpi.parts.iter().map(|part| format!("「{}」", part.name)).collect();
            Err(format!("内訳のある指標です。「内訳」の列に{names}のどれかを書いてください。"))
        }
        ([], Some(called)) => Err(format!("内訳{}は、この指標にありません。", quoted(called))),
        (_, Some(called)) => Err(format!("内訳{}が二つ以上あります。指標のページから報告してください。", quoted(called))),
    }
}

/// What is said in a line about one period.
struct Said<'h> {
    /// The heading that names the period, or stands above it.
    heading: &'h str,
    period: Result<Period, String>,
    cells: BTreeMap<Column, Content>,
}

struct Reading<'h, 's, 'a> {
    known: Known<'s, 'a>,
    reason: Option<String>,
    heads: &'h Heads,
    rows: Vec<Row>,
    strays: Vec<Stray>,
}

impl<'h> Reading<'h, '_, '_> {
    /// Tells of the columns whose cells are not read although they seem to say something.
    fn pass_over(&mut self, heads_at: u32, lines: &[Line]) {
        for (at, (typed, head)) in self.heads.all.iter().enumerate() {
            let any = |says: fn(&str) -> bool| lines.iter().filter_map(|(_, line)| line.get(at)?.as_deref()).any(says);
            let sentence = match head {
                Head::Unknown if any(|cell| cell.nfkc().any(|c| c.is_ascii_digit())) => {
                    "何の列か分からないので、読んでいません。期間なら「2026年度」「2026年度上半期」「2026年9月」のような見出しにしてください。"
                }
                Head::Column(column) if column.is_filled_in() && !self.heads.is_common(*column) && any(|cell| !says_nothing(cell)) => {
                    "どの期間のことか分からないので、読んでいません。「期間」と「実績値」の列のある表にして貼り付けてください。"
                }
                Head::Code | Head::Column(_) | Head::Figures(_) | Head::PassedOver | Head::Unknown => continue,
            };
            self.strays.push(stray(heads_at, typed, sentence.to_owned()));
        }
    }

    fn line(&mut self, number: u32, line: &[Option<String>]) {
        let cell = |at: usize| line.get(at).and_then(Option::as_deref).filter(|cell| !says_nothing(cell));
        let of = |head: Head| self.heads.at(head).and_then(cell);
        let said = self.said(cell);
        if said.is_empty() {
            return;
        }
        let (code, name) = (of(Head::Code), of(Head::Column(Column::Name)));
        let item = match self.known.find(code, name) {
            Ok(item) => item,
            Err(sentence) => {
                let head = if code.is_some() || self.heads.at(Head::Column(Column::Name)).is_none() {
                    Head::Code
                } else {
                    Head::Column(Column::Name)
                };
                return self.strays.push(stray(number, self.heads.typed(head), sentence));
            }
        };
        let called = of(Head::Column(Column::Part));
        for said in said {
            let row = said.period.and_then(|period| {
                let subject = self.known.subjects.get(&(item, period)).ok_or_else(|| {
                    format!("{}は報告できません。まだ始まっていないか、計画の期間の外か、報告期のない期間です。", period.label())
                })?;
                if matches!(subject.about, About::Initiative { .. }) && said.cells.contains_key(&Column::Value) {
                    return Err("取組には実績値がありません。「いまの段階」や「備考」の列で報告してください。".to_owned());
                }
                Ok((subject, part(subject, called)?))
            });
            match row {
                Ok((subject, part)) => {
                    let mut cells = said.cells;
                    cells.insert(Column::Id, Content::Text(subject.line_id(part)));
                    cells.insert(Column::Seen, Content::Number(subject.revision().to_string()));
                    if let Some(reason) = self.reason.as_ref().filter(|_| subject.stands()) {
                        cells.entry(Column::Reason).or_insert_with(|| Content::Text(reason.clone()));
                    }
                    self.rows.push(Row { number, cells });
                }
                Err(sentence) => self.strays.push(stray(number, said.heading, sentence)),
            }
        }
    }

    /// What a line has to say, period by period.
    fn said<'c>(&self, cell: impl Fn(usize) -> Option<&'c str>) -> Vec<Said<'h>> {
        let typed = |at: usize| cell(at).map(|words| Content::Text(words.to_owned()));
        let filled = self.heads.filled_in().filter(|(_, column)| self.heads.is_common(*column));
        let cells: BTreeMap<Column, Content> = filled.filter_map(|(at, column)| Some((column, typed(at)?))).collect();
        let mut said: Vec<Said> = (self.heads.figures())
            .map(|(at, heading, period)| {
                let figure = typed(at).map(|figure| (Column::Value, figure));
                Said { heading, period: Ok(period), cells: cells.clone().into_iter().chain(figure).collect() }
            })
            .collect();
        if let Some(at) = self.heads.at(Head::Column(Column::Period)) {
            let period = cell(at).ok_or_else(|| "期間が書かれていません。".to_owned()).and_then(|words| {
                let example = "「2026年度」「2026年度上半期」「2026年9月」のように書いてください。";
                written::period(words).ok_or_else(|| format!("{}は期間として読めません。{example}", quoted(words)))
            });
            said.push(Said { heading: self.heads.typed(Head::Column(Column::Period)), period, cells });
        }
        // A reason alone says nothing.
        said.retain(|said| said.cells.keys().any(|column| *column != Column::Reason));
        said
    }
}

fn stray(row: u32, heading: &str, sentence: String) -> Stray {
    let at = if heading.is_empty() { format!("{row}行目の見出しのない列") } else { line_address(row, heading) };
    Stray { row, fault: Fault { at, sentence } }
}
