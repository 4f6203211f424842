//! Reports of every kind that nobody wrote, and workbooks that somebody else did.
#![allow(dead_code, reason = "each test file uses its part")]

use jiff::civil::Date;
use proptest::{collection::vec, option, prelude::*, sample::select};
use rashin_domain::{
    clock::FiscalYear,
    grading::RuleSet,
    ids::{KpiId, PlanId},
    initiative::Standing,
    kpi::{Accumulation, ActualReport, Direction, Frequency, Maturity},
    obligation::Item,
    period::Period,
    plan::{Kpi, Look, Part, Phase, PlanHead, PlanKind},
    provenance::Provenance,
    round::Asked,
    value::{Unknown, Value, ValueKind},
};
use rashin_workbook::{About, Book, Filed, Finding, Rules, Sheet, Subject, compare, lines, write};
use rust_decimal::Decimal;
use uuid::Uuid;

pub const TODAY: Date = Date::constant(2026, 11, 22);
const YEAR: FiscalYear = FiscalYear(2026);

/// Something to report on that owns what a [`Subject`] borrows.
#[derive(Clone, Debug)]
pub struct Entry {
    pub item: Item,
    pub kpi: Option<Kpi>,
    pub said: Option<ActualReport>,
    pub returned: bool,
}

pub fn phases() -> Vec<Phase> {
    let phase = |key: &str, name: &str, look| Phase { key: key.to_owned(), name: name.to_owned(), look };
    vec![phase("survey", "調査", Look::Survey), phase("build", "導入", Look::Build), phase("run", "運用", Look::Run)]
}

pub fn plan() -> PlanHead {
    PlanHead {
        slug: "plan".into(),
        kind: PlanKind::DxPlan,
        title: "みどり野市DX計画（架空）".into(),
        period_from: FiscalYear(2025),
        period_until: FiscalYear(2029),
        published: "2025-03".into(),
        editor: String::new(),
        vision: String::new(),
        future_image: String::new(),
        notice: String::new(),
        predecessor: None,
        source: String::new(),
        levels: Vec::new(),
        phases: phases(),
        markers: Vec::new(),
        grades: RuleSet::default(),
    }
}

pub fn asked() -> Asked {
    Asked { period: Period::Half(YEAR, 1), maturity: Maturity::Preliminary }
}

impl Entry {
    /// As it stands: with what was said as its first report, if anything was.
    pub fn subject<'a>(&'a self, phases: &'a [Phase]) -> Subject<'a> {
        let filed = |said: &ActualReport| Filed { revision: 1, said: said.clone(), returned: self.returned, by: "架空 花子".into() };
        let about = match &self.kpi {
            Some(kpi) => {
                About::Kpi { kpi, beside: kpi.parts.iter().map(|_| ("前回 144件".to_owned(), "目標 154件".to_owned())).collect() }
            }
            None => About::Initiative { phases, beside: ("調査（2026年5月1日）".to_owned(), "導入".to_owned()) },
        };
        Subject {
            item: &self.item,
            asked: asked(),
            name: self.kpi.as_ref().map_or("手続きのオンライン化", |kpi| kpi.name.as_str()),
            above: "くらしのDX",
            section: "市民課",
            about,
            filed: self.said.iter().map(filed).collect(),
            bar: None,
        }
    }

    /// The same before anything was said.
    pub fn unsaid(&self) -> Self {
        Self { said: None, ..self.clone() }
    }
}

pub fn book(subjects: &[Subject<'_>]) -> Book {
    let lines = subjects.iter().flat_map(lines).collect();
    Book { title: "みどり野市（架空）　わたしの更新".to_owned(), made_on: TODAY, lines }
}

/// The workbook of what was said, as if it had been written into the workbook of those who said nothing yet.
pub fn filled_in(entries: &[Entry]) -> Vec<u8> {
    let phases = phases();
    let subjects: Vec<_> = entries.iter().map(|entry| entry.subject(&phases)).collect();
    let mut book = book(&subjects);
    book.lines.iter_mut().for_each(|line| line.seen = 0);
    write(&book).unwrap()
}

pub fn found<'s, 'a>(sheet: &Sheet, subjects: &'s [Subject<'a>]) -> Vec<Finding<'s, 'a>> {
    compare(sheet, subjects, Rules { plan: &plan(), today: TODAY })
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "[ ,=\"<&_x0041\n\ta-cあ　]{0,8}", "\\PC{0,6}", "=1\\+1"]
}

/// As a form keeps it: no space around.
fn note() -> impl Strategy<Value = String> {
    text().prop_map(|text| text.trim().to_owned())
}

fn word() -> impl Strategy<Value = String> {
    (note(), "[a-zあ-ん]").prop_map(|(text, word)| format!("{word}{}", text.replace('\n', "")))
}

fn figure(kind: ValueKind) -> BoxedStrategy<Value> {
    match kind {
        ValueKind::Number => {
            (-999_999_999_999_999i64..=999_999_999_999_999, 0u32..=4).prop_map(|(n, scale)| Value::number(Decimal::new(n, scale))).boxed()
        }
        ValueKind::Ratio => (0u32..=9_999, 1u32..=9_999)
            .prop_map(|(n, more)| Value::Ratio { n: n.into(), of: (u64::from(n) + u64::from(more)).into() })
            .boxed(),
        ValueKind::YesNo => any::<bool>().prop_map(|yes| Value::YesNo { yes }).boxed(),
        ValueKind::Text => word().prop_map(|words| Value::Text { words: words.trim().to_owned() }).boxed(),
        ValueKind::Milestone => {
            (any::<u16>(), word()).prop_map(|(rank, state)| Value::Milestone { rank, state: state.trim().to_owned() }).boxed()
        }
        ValueKind::Score => (-9_999i64..9_999, 0u32..4, option::of(1u32..))
            .prop_map(|(n, scale, sample)| Value::Score { amount: Decimal::new(n, scale), sample })
            .boxed(),
    }
}

fn month() -> impl Strategy<Value = Date> {
    (2027i16..2100, 1i8..=12).prop_map(|(year, month)| Date::constant(year, month, 1))
}

/// What a person may say of a part.
fn answer(kind: ValueKind) -> BoxedStrategy<Value> {
    let collecting = month().prop_map(|month| Value::Unknown { reason: Unknown::Collecting, expected: Some(month) });
    prop_oneof![6 => figure(kind), 1 => collecting, 1 => Just(Value::unknown(Unknown::NotApplicable))].boxed()
}

/// What may stand, from a paper too.
fn standing_value(kind: ValueKind) -> BoxedStrategy<Value> {
    prop_oneof![
        6 => answer(kind),
        1 => select(Unknown::ALL).prop_map(Value::unknown),
        1 => select(ValueKind::ALL).prop_flat_map(figure),
    ]
    .boxed()
}

fn day() -> impl Strategy<Value = Option<Date>> {
    option::of((1960i16..=2025, 1i8..=12, 1i8..=28).prop_map(|(year, month, day)| Date::constant(year, month, day)))
}

fn link() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "https://example\\.jp/[a-z0-9?&=%]{0,12}"]
}

fn uuid() -> impl Strategy<Value = Uuid> {
    any::<u128>().prop_map(Uuid::from_u128)
}

fn part(at: usize) -> impl Strategy<Value = Part> {
    let words = (text(), select(&["", "件", "人", "点"][..]));
    (words, select(ValueKind::ALL), select(Accumulation::ALL)).prop_map(move |((name, unit), kind, accumulation)| Part {
        key: format!("part-{at}"),
        name,
        kind,
        unit: unit.to_owned(),
        direction: Direction::Up,
        accumulation,
        accumulation_confirmed: true,
        points: Vec::new(),
        actuals: Vec::new(),
    })
}

/// A KPI of one to three parts of any kind, with what `value` makes of each.
fn of_kpi(value: fn(ValueKind) -> BoxedStrategy<Value>) -> impl Strategy<Value = Entry> {
    let parts = (1usize..=3).prop_flat_map(|count| (0..count).map(part).collect::<Vec<_>>());
    let values = parts.prop_flat_map(move |parts| {
        let values: Vec<_> = parts.iter().map(|part| value(part.kind)).collect();
        (Just(parts), values)
    });
    let whole = (word(), day(), link(), select(Maturity::ALL));
    (uuid(), word(), values, whole).prop_map(|(id, name, (parts, values), (note, as_of, link, maturity))| {
        let values = parts.iter().zip(values).map(|(part, value)| (part.key.clone(), value)).collect();
        let said = said(Period::Half(YEAR, 1), maturity, as_of, values, None, note, link);
        Entry { item: Item::Kpi(KpiId(id)), kpi: Some(kpi(name, parts)), said: Some(said), returned: false }
    })
}

pub fn kpi(name: String, parts: Vec<Part>) -> Kpi {
    Kpi {
        code: "K-1".into(),
        name,
        node: "m01".into(),
        headline: false,
        frequency: Frequency::Half,
        formula: String::new(),
        how_to_count: String::new(),
        source: String::new(),
        doubt: String::new(),
        parts,
        template: None,
        indicators: Vec::new(),
        changes: Vec::new(),
        set_grade: None,
        provenance: Provenance::default(),
    }
}

fn said(
    period: Period,
    maturity: Maturity,
    as_of: Option<Date>,
    values: Vec<(String, Value)>,
    standing: Option<Standing>,
    note: String,
    link: String,
) -> ActualReport {
    ActualReport { period, maturity, as_of, values, standing, note, link, reason: String::new(), seen_revision: 0 }
}

fn of_initiative() -> impl Strategy<Value = Entry> {
    let key = "[a-z0-9/@. あ-ん]{1,8}";
    let slip = prop_oneof![Just((0, String::new())), (1u8..=20, word())];
    (uuid(), key, select(&["survey", "build", "run"][..]), slip, word(), link()).prop_map(|(plan, key, phase, slip, note, link)| {
        let standing = Standing { phase: Some(phase.to_owned()), slip_years: slip.0, slip_reason: slip.1.trim().to_owned() };
        let said = said(Period::Half(YEAR, 1), Maturity::Preliminary, None, Vec::new(), Some(standing), note, link);
        Entry { item: Item::Initiative(PlanId(plan), key.trim_end().to_owned() + "k"), kpi: None, said: Some(said), returned: false }
    })
}

/// Reports as people may write them.
pub fn reported() -> impl Strategy<Value = Vec<Entry>> {
    vec(prop_oneof![3 => of_kpi(answer), 1 => of_initiative()], 1..8)
}

/// Whatever may stand: nothing, words of a paper, a figure of another kind; returned or not.
pub fn standing() -> impl Strategy<Value = Vec<Entry>> {
    let entry = prop_oneof![3 => of_kpi(standing_value), 1 => of_initiative()];
    let entry = (entry, 0u8..5, any::<bool>()).prop_map(|(entry, said, returned)| {
        let entry = Entry { returned, ..entry };
        if said == 0 { entry.unsaid() } else { entry }
    });
    vec(entry, 1..8)
}
