//! `plan.toml`.

use rust_decimal::Decimal;

use crate::{
    clock::FiscalYear,
    grading::{Band, Basis, Bound, Renamed, RuleSet},
    period::Period,
    plan::{Grades, Level, Look, Marker, Phase, PlanHead, PlanKind},
    progress::Status,
    tenancy::LocalCode,
    text::number,
};

use super::{Faults, Files, KEY_SHAPE, is_key, layout::PLAN, quoted, text, toml_block::Block};

pub struct Head {
    pub municipality: String,
    pub plan: PlanHead,
}

impl Head {
    /// A fiscal year of the plan; any year while the period is in doubt.
    pub fn covers(&self, year: FiscalYear) -> bool {
        let (from, until) = (self.plan.period_from, self.plan.period_until);
        from.0 == 0 || until < from || (from..=until).contains(&year)
    }
}

/// `None` when it is missing or no TOML.
pub fn read(files: &Files, faults: &Faults) -> Option<Head> {
    if !files.contains_key(PLAN) {
        faults.push(PLAN, None, "ファイルがありません。計画の名前と期間を書いた plan.toml を置いてください。");
    }
    let text = text::read(files, PLAN, faults)?;
    Block::read(&text, faults, |top| {
        top.only(&[
            "format",
            "municipality",
            "slug",
            "kind",
            "title",
            "period_from",
            "period_until",
            "published",
            "editor",
            "vision",
            "future_image",
            "notice",
            "predecessor",
            "source",
            "levels",
            "phases",
            "markers",
            "grades",
        ]);
        if top.number("format") != 1 {
            top.wrong("format", " 1 ");
        }
        Head { municipality: municipality(top), plan: plan(top) }
    })
}

fn municipality(top: &Block) -> String {
    let code = top.filled("municipality");
    if let Some(error) = LocalCode::parse(&code).err().filter(|_| !code.is_empty()) {
        top.fault("municipality", format!("「municipality」の{error}（入力：{}）", quoted(&code)));
    }
    code
}

fn plan(top: &Block) -> PlanHead {
    let head = PlanHead {
        slug: key(top, "slug"),
        kind: top.word("kind", PlanKind::ALL, PlanKind::code),
        title: top.filled("title"),
        period_from: year(top, "period_from"),
        period_until: year(top, "period_until"),
        published: published(top),
        editor: top.present("editor"),
        vision: top.text("vision"),
        future_image: top.text("future_image"),
        notice: top.text("notice"),
        predecessor: top.has("predecessor").then(|| key(top, "predecessor")),
        source: top.present("source"),
        levels: top.list("levels", |block| {
            block.only(&["key", "name", "depth"]);
            Level { key: key(block, "key"), name: block.filled("name"), depth: depth(block) }
        }),
        phases: top.list("phases", |block| {
            block.only(&["key", "name", "look"]);
            Phase { key: key(block, "key"), name: block.filled("name"), look: block.word("look", Look::ALL, Look::code) }
        }),
        markers: top.list("markers", |block| {
            block.only(&["symbol", "meaning"]);
            Marker { symbol: block.filled("symbol"), meaning: block.filled("meaning") }
        }),
        grades: top.block("grades", grades).unwrap_or_default(),
    };
    top.once("levels", "key");
    top.once("phases", "key");
    top.once("markers", "symbol");
    if head.period_until < head.period_from && head.period_until.0 != 0 {
        top.wrong("period_until", &format!("「period_from」の{}以降", head.period_from.0));
    }
    if head.predecessor.as_ref() == Some(&head.slug) && !head.slug.is_empty() {
        top.fault("predecessor", "「predecessor」がこの計画自身の「slug」です。前計画のslugにするか、行を消してください。");
    }
    head
}

/// A rule set, or the default one with words and a threshold of the plan's own.
fn grades(block: &Block) -> RuleSet {
    let set = if block.has("bands") { rule_set(block) } else { Some(words(block).into()) };
    // What is missing was told where it is missing.
    let is_whole = |set: &RuleSet| !set.key.is_empty() && !set.name.is_empty() && set.bands.iter().all(|band| !band.label.is_empty());
    for fault in set.iter().filter(|set| is_whole(set)).flat_map(RuleSet::check) {
        block.fault("bands", format!("[grades] {fault}"));
    }
    set.unwrap_or_default()
}

/// `None` when a bound cannot be read.
fn rule_set(block: &Block) -> Option<RuleSet> {
    block.only(&["key", "name", "basis", "source", "bands", "renamed"]);
    let bands = block.list("bands", |band| {
        band.only(&["label", "symbol", "from", "class", "meaning"]);
        let (label, symbol, meaning) = (band.filled("label"), band.text("symbol"), band.text("meaning"));
        let class = band.word("class", Status::GRADES, Status::code);
        Some(Band { label, symbol, from: bound(band)?, class, meaning })
    });
    let renamed = block.list("renamed", |one| {
        one.only(&["status", "label", "symbol"]);
        let status = one.word("status", Status::UNGRADED, Status::code);
        Renamed { status, label: one.filled("label"), symbol: one.text("symbol") }
    });
    let (key, name, source) = (block.filled("key"), block.filled("name"), block.text("source"));
    let basis = block.word("basis", Basis::ALL, Basis::code);
    Some(RuleSet { key, name, basis, bands: bands.into_iter().collect::<Option<_>>()?, renamed, source })
}

fn bound(band: &Block) -> Option<Bound> {
    let bound = Bound::parse(&band.filled("from")).ok();
    if bound.is_none() {
        band.wrong("from", " 最終目標・95%以上・110%超・それ以外 のような文字");
    }
    bound
}

fn words(block: &Block) -> Grades {
    block.only(&["slightly_late_from", "achieved", "on_track", "slightly_late", "late"]);
    let default = Grades::default();
    let word = |name: &str, default: String| if block.has(name) { block.filled(name) } else { default };
    let grades = Grades {
        slightly_late_from: word("slightly_late_from", default.slightly_late_from),
        achieved: word("achieved", default.achieved),
        on_track: word("on_track", default.on_track),
        slightly_late: word("slightly_late", default.slightly_late),
        late: word("late", default.late),
    };
    let share = number::parse(&grades.slightly_late_from).ok();
    let within = share.is_some_and(|share| (Decimal::ZERO..=Decimal::ONE).contains(&share));
    if !within && !grades.slightly_late_from.is_empty() {
        block.wrong("slightly_late_from", " \"0.8\" のような0以上1以下の数字");
    }
    grades
}

fn key(block: &Block, name: &str) -> String {
    let key = block.filled(name);
    if !key.is_empty() && !is_key(&key) {
        block.wrong(name, KEY_SHAPE);
    }
    key
}

fn year(top: &Block, name: &str) -> FiscalYear {
    match i16::try_from(top.number(name)) {
        Ok(year) if (1900..=2200).contains(&year) => FiscalYear(year),
        _ => {
            top.wrong(name, " 2025 のような西暦4桁の年度");
            FiscalYear(0)
        }
    }
}

fn depth(block: &Block) -> i16 {
    match i16::try_from(block.number("depth")) {
        Ok(depth) if (1..=5).contains(&depth) => depth,
        _ => {
            block.wrong("depth", "1から5までの数字");
            0
        }
    }
}

fn published(top: &Block) -> String {
    let typed = top.present("published");
    if !typed.is_empty() && !matches!(Period::parse(&typed), Ok(Period::Month(..))) {
        top.wrong("published", " \"2025-03\" のような年と月");
    }
    typed
}
