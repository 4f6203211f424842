//! The fields of each kind of object: what they are called, how they are typed in, and what they mean in JSON.
//! Forms, history and 新旧対照 are made from this one table.

use serde_json::{Value, json};

use crate::{
    form::{Form, FormErrors},
    kpi::{Accumulation, Direction, Frequency},
    period::parse_date,
    plan::{BodyKind, CellKind, Issuer, Look, PlanContent, Relation, RulingEffect},
    provenance::Reading,
    text::sentences,
    value::ValueKind,
    written,
};

use super::{Kind, node_label};

/// One field of an object.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Name in the JSON body.
    pub name: &'static str,
    pub label: &'static str,
    pub hint: &'static str,
    pub required: bool,
    /// Characters.
    pub limit: usize,
    pub control: Control,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    Line,
    /// Several lines of text, this many shown.
    Long(u8),
    /// A fiscal year or a depth.
    Whole,
    YesNo,
    /// One of a list; empty allowed unless required.
    Choice(Choices),
    /// Any of the plan's attributes.
    Attributes,
    /// One year note a line: 「2022 申請書を統合」.
    YearNotes,
    /// One duty a line.
    Duties,
}

/// Where the words of a choice come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choices {
    Readings,
    Looks,
    BodyKinds,
    Issuers,
    Relations,
    CellKinds,
    RulingEffects,
    Frequencies,
    ValueKinds,
    Directions,
    Accumulations,
    Markers,
    Levels,
    Phases,
    Nodes,
    /// `null` when none is chosen.
    Bodies,
    ParentNodes,
    Predecessors,
}

const fn field(name: &'static str, label: &'static str, control: Control) -> Field {
    let limit = match control {
        Control::Long(_) | Control::YearNotes | Control::Duties => 4_000,
        _ => 200,
    };
    Field { name, label, hint: "", required: false, limit, control }
}

impl Field {
    const fn needed(self) -> Self {
        Self { required: true, ..self }
    }

    const fn hint(self, hint: &'static str) -> Self {
        Self { hint, ..self }
    }

    const fn limit(self, limit: usize) -> Self {
        Self { limit, ..self }
    }
}

use Control::{Attributes, Choice, Duties, Line, Long, Whole, YearNotes, YesNo};

const READING: Field = field("reading", "読み取り", Choice(Choices::Readings)).needed();
const SOURCE_TEXT: Field = field("source_text", "原文の文章", Long(2)).hint("計画書に印刷されたとおりの文章。上の内容と同じなら空欄。");
const SOURCE_PLACE: Field = field("source_place", "計画書での場所", Line).hint("例：3-2 重点戦略2");
const MARKDOWN: &str = "見出し・箇条書き・表は Markdown で書けます。";

const HEAD: &[Field] = &[
    field("title", "計画の名称", Line).needed(),
    field("period_from", "計画期間の最初の年度", Whole).needed().hint("西暦。例：2025"),
    field("period_until", "計画期間の最後の年度", Whole).needed(),
    field("published", "計画書を公表した年月", Line).hint("例：2025-03"),
    field("editor", "編集", Line),
    field("vision", "基本理念・ビジョン", Long(2)),
    field("future_image", "将来像", Line),
    field("notice", "公開ページの注記", Long(2)).hint("公開ページのすべてに表示します。"),
    field("predecessor", "前の計画", Choice(Choices::Predecessors)),
    field("source", "もとになった文書", Line),
];
const LEVEL: &[Field] = &[
    field("name", "階層の名称", Line).needed().limit(40).hint("例：重点戦略、施策、取組"),
    field("depth", "深さ", Whole).needed().hint("1が最上位。1から5まで。"),
];
const PHASE: &[Field] =
    &[field("name", "段階の名称", Line).needed().limit(40), field("look", "ロードマップでの描き方", Choice(Choices::Looks)).needed()];
const MARKER: &[Field] = &[field("symbol", "印", Line).needed().limit(4).hint("例：◆"), field("meaning", "意味", Line).needed()];
const ATTRIBUTE: &[Field] =
    &[field("name", "属性の名称", Line).needed(), field("description", "説明", Long(3)), READING, SOURCE_TEXT, SOURCE_PLACE];
const NODE: &[Field] = &[
    field("number", "番号", Line).limit(20).hint("計画書に印刷されたとおり。例：1、(1)"),
    field("title", "名称", Line).needed().limit(400),
    field("description", "内容", Long(5)),
    field("marker", "印", Choice(Choices::Markers)),
    field("attributes", "属性", Attributes),
    field("status", "計画書に書かれた進捗状況", Line),
    field("gap", "原文欠落", Long(2)).limit(400).hint("計画書の文章が失われているとき、何が失われたかを一文で。埋めたら消します。"),
    field("notes", "年度ごとの経過", YearNotes).hint("1行に1件、年度と文章。例：2022 申請書を統合"),
    READING,
    SOURCE_TEXT,
    SOURCE_PLACE,
];
const NODE_PLACE: &[Field] =
    &[field("level", "階層", Choice(Choices::Levels)), field("parent", "上位の項目", Choice(Choices::ParentNodes))];
const KPI: &[Field] = &[
    field("name", "指標の名称", Line).needed().limit(200),
    field("node", "属する施策・取組", Choice(Choices::Nodes)).needed(),
    field("headline", "戦略・項目全体の指標", YesNo),
    field("frequency", "報告の頻度", Choice(Choices::Frequencies)).needed(),
    field("formula", "計算式", Line).limit(400),
    field("how_to_count", "数え方", Long(3)),
    field("source", "データの出どころ", Line),
    field("doubt", "読み取りの疑問", Line).limit(400),
    READING,
    SOURCE_TEXT,
    SOURCE_PLACE,
];
/// What one part of a KPI counts.
pub const PART: &[Field] = &[
    field("name", "部分の名称", Line).limit(60).hint("部分が1つなら空欄"),
    field("kind", "値の種類", Choice(Choices::ValueKinds)).needed(),
    field("unit", "単位", Line).limit(20).hint("例：件、%、人"),
    field("direction", "望ましい向き", Choice(Choices::Directions)).needed(),
    field("accumulation", "積み上げ", Choice(Choices::Accumulations)).needed(),
    field("accumulation_confirmed", "積み上げの読み方を確認済み", YesNo),
];
const BODY: &[Field] = &[
    field("name", "組織の名称", Line).needed(),
    field("kind", "種類", Choice(Choices::BodyKinds)).needed(),
    field("composition", "構成", Long(2)),
    field("parent", "上の組織", Choice(Choices::Bodies)),
    field("note", "備考", Long(2)),
    field("duties", "役割", Duties).hint("1行に1つ"),
    READING,
    SOURCE_TEXT,
    SOURCE_PLACE,
];
const RELATED_PLAN: &[Field] = &[
    field("title", "計画の名称", Line).needed(),
    field("issuer", "策定した団体", Choice(Choices::Issuers)).needed(),
    field("aligned", "この計画が整合をとると書いている", YesNo),
    field("summary", "概要", Long(4)).hint(MARKDOWN),
    READING,
    SOURCE_TEXT,
    SOURCE_PLACE,
];
const TERM: &[Field] = &[
    field("term", "用語", Line).needed(),
    field("formal_name", "正式名称", Line),
    field("explanation", "説明", Long(4)),
    READING,
    SOURCE_TEXT,
    SOURCE_PLACE,
];
const CHAPTER: &[Field] = &[
    field("number", "番号", Line).limit(20).hint("例：1-1。番号のない章は、計画に1つだけ置けます。"),
    field("title", "見出し", Line).needed(),
    field("body", "本文", Long(16)).limit(60_000).hint(MARKDOWN),
];
const CELL: &[Field] = &[
    field("node", "取組", Choice(Choices::Nodes)).needed(),
    field("fiscal_year", "年度", Whole).needed(),
    field("phase", "段階", Choice(Choices::Phases)).needed(),
    field("kind", "予定・実際", Choice(Choices::CellKinds)).needed(),
    READING,
    SOURCE_TEXT,
    SOURCE_PLACE,
];
const MILESTONE: &[Field] = &[
    field("node", "取組", Choice(Choices::Nodes)).needed(),
    field("title", "節目", Line).needed().limit(100).hint("例：条例の改正、窓口の稼働開始"),
    field("fiscal_year", "年度", Whole).needed().hint("西暦。例：2026"),
    field("season", "年度の中の時期", Line).limit(20).hint("例：10月、上半期"),
    field("done", "済んだ", YesNo),
    READING,
    SOURCE_TEXT,
    SOURCE_PLACE,
];
const RULING: &[Field] = &[
    field("node", "取組", Choice(Choices::Nodes)).needed(),
    field("effect", "決まったこと", Choice(Choices::RulingEffects)).needed(),
    field("fiscal_year", "年度", Whole).needed().hint("この決定で変わる最初の年度。廃止のときは、行わなくなる最初の年度。例：2027"),
    field("decided_on", "決定した日", Line).needed().limit(10).hint("例：2026-12-01"),
    field("body", "決定した会議体", Line).needed().limit(60).hint("例：DX推進本部"),
    field("document", "文書番号", Line).limit(60),
];
const LINEAGE: &[Field] = &[
    field("from_plan", "前の計画", Choice(Choices::Predecessors)).needed(),
    field("from_node", "前の計画の取組のキー", Line).hint("「新規」のときは空欄"),
    field("relation", "関係", Choice(Choices::Relations)).needed(),
    field("to_node", "この計画の取組", Choice(Choices::Nodes)).hint("「廃止」のときは空欄"),
];

/// The fields that a form of the kind shows.
pub fn fields(kind: Kind) -> &'static [Field] {
    match kind {
        Kind::Head => HEAD,
        Kind::Level => LEVEL,
        Kind::Phase => PHASE,
        Kind::Marker => MARKER,
        Kind::Attribute => ATTRIBUTE,
        Kind::Node => NODE,
        Kind::Kpi => KPI,
        Kind::Cell => CELL,
        Kind::Milestone => MILESTONE,
        Kind::Ruling => RULING,
        Kind::Body => BODY,
        Kind::RelatedPlan => RELATED_PLAN,
        Kind::Term => TERM,
        Kind::Chapter => CHAPTER,
        Kind::Lineage => LINEAGE,
    }
}

/// What a comparison shows besides: the place of a node.
pub fn place_fields(kind: Kind) -> &'static [Field] {
    if kind == Kind::Node { NODE_PLACE } else { &[] }
}

macro_rules! labels {
    ($type:ty) => {
        <$type>::ALL.iter().map(|v| (v.code().to_owned(), v.label().to_owned())).collect()
    };
}

/// (value, words) of a choice in a plan.
pub fn options(choices: Choices, content: &PlanContent) -> Vec<(String, String)> {
    let nodes = || content.nodes.iter().map(|node| (node.key.clone(), node_label(node))).collect();
    match choices {
        Choices::Readings => labels!(Reading),
        Choices::Looks => labels!(Look),
        Choices::BodyKinds => labels!(BodyKind),
        Choices::Issuers => labels!(Issuer),
        Choices::Relations => labels!(Relation),
        Choices::CellKinds => labels!(CellKind),
        Choices::RulingEffects => labels!(RulingEffect),
        Choices::Frequencies => labels!(Frequency),
        Choices::ValueKinds => labels!(ValueKind),
        Choices::Directions => labels!(Direction),
        Choices::Accumulations => labels!(Accumulation),
        Choices::Markers => content.plan.markers.iter().map(|m| (m.symbol.clone(), format!("{} {}", m.symbol, m.meaning))).collect(),
        Choices::Levels => content.plan.levels.iter().map(|l| (l.key.clone(), l.name.clone())).collect(),
        Choices::Phases => content.plan.phases.iter().map(|p| (p.key.clone(), p.name.clone())).collect(),
        Choices::Nodes | Choices::ParentNodes => nodes(),
        Choices::Bodies => content.bodies.iter().map(|b| (b.key.clone(), b.name.clone())).collect(),
        // Plans lie outside the content: the page adds the tenant's others.
        Choices::Predecessors => content.plan.predecessor.iter().map(|slug| (slug.clone(), slug.clone())).collect(),
    }
}

/// Choices for which 「なし」 is `null`.
fn is_nullable(choices: Choices) -> bool {
    matches!(choices, Choices::Bodies | Choices::ParentNodes | Choices::Predecessors)
}

/// A field as the text that a form or a comparison shows; lists one entry a line.
pub fn shown(field: &Field, body: &Value) -> String {
    let value = &body[field.name];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let lines = |line: &dyn Fn(&Value) -> String| value.as_array().into_iter().flatten().map(line).collect::<Vec<_>>().join("\n");
    match field.control {
        Whole => value.as_i64().map(|n| n.to_string()).unwrap_or_default(),
        YesNo => {
            if value.as_bool() == Some(true) {
                "on".to_owned()
            } else {
                String::new()
            }
        }
        Attributes => lines(&text),
        YearNotes => lines(&|note| format!("{} {}", note["from_year"], text(&note["text"]).replace('\n', " "))),
        Duties => lines(&|duty| text(&duty["text"]).replace('\n', " ")),
        Line | Long(_) | Choice(_) => text(value),
    }
}

/// The same in words for people: codes as their labels, keys as names.
pub fn in_words(field: &Field, body: &Value, content: &PlanContent) -> String {
    let plain = shown(field, body);
    let words = |options: Vec<(String, String)>, key: &str| {
        options.into_iter().find(|(value, _)| value == key).map_or_else(|| key.to_owned(), |(_, w)| w)
    };
    match field.control {
        YesNo => (if plain == "on" { "はい" } else { "いいえ" }).to_owned(),
        Choice(choices) if !plain.is_empty() => words(options(choices, content), &plain),
        Attributes => {
            let name = |key: &str| content.attributes.iter().find(|a| a.key == key).map_or_else(|| key.to_owned(), |a| a.name.clone());
            plain.lines().map(name).collect::<Vec<_>>().join("、")
        }
        YearNotes => plain.lines().map(|line| line.replacen(' ', "年度～　", 1)).collect::<Vec<_>>().join("\n"),
        _ => plain,
    }
}

/// Fills a form from a body. `prefix` stands before each field's name.
pub fn fill(form: &mut Form, prefix: &str, fields: &[Field], body: &Value) {
    for field in fields {
        let name = format!("{prefix}{}", field.name);
        let text = shown(field, body);
        match field.control {
            Attributes => text.lines().for_each(|key| form.set(&format!("{name}.{key}"), "on")),
            _ => form.set(&name, text),
        }
    }
}

/// Reads a form into a body: `base` with the form's fields in it. Faults are named by field.
pub fn read(form: &Form, prefix: &str, fields: &[Field], base: &Value, content: &PlanContent, errors: &mut FormErrors) -> Value {
    let mut body = base.clone();
    for field in fields {
        let name = format!("{prefix}{}", field.name);
        let value = match field.control {
            Attributes => {
                let chosen = content.attributes.iter().filter(|a| form.get(&format!("{name}.{}", a.key)) == "on");
                Some(chosen.map(|a| json!(a.key)).collect())
            }
            YesNo => Some(json!(form.get(&name) == "on")),
            _ => typed(field, &name, form, base, content, errors),
        };
        if let Some(value) = value {
            // Absent is how empty provenance is written.
            let is_absent = value == json!("") && matches!(field.name, "source_text" | "source_place");
            match body.as_object_mut().filter(|_| is_absent) {
                Some(map) => _ = map.remove(field.name),
                None => body[field.name] = value,
            }
        }
    }
    body
}

fn typed(field: &Field, name: &str, form: &Form, base: &Value, content: &PlanContent, errors: &mut FormErrors) -> Option<Value> {
    let text = if field.required && !matches!(field.control, Choice(_)) {
        form.required(name, field.label, field.limit, errors)
    } else {
        form.text(name, field.label, field.limit, errors)
    };
    match field.control {
        Whole if text.is_empty() => None,
        Whole => match written::year(&text).or_else(|| crate::text::number::parse(&text).ok().and_then(|n| i16::try_from(n).ok())) {
            Some(number) => Some(json!(number)),
            None => errors.push(name, format!("{}を数字で入力してください（入力：{text}）。", field.label)),
        },
        Choice(choices) if text.is_empty() && is_nullable(choices) => Some(Value::Null),
        Choice(_) if text.is_empty() && field.required => errors.push(name, sentences::choose(field.label)),
        // Predecessors are known to the page alone.
        Choice(choices)
            if !text.is_empty()
                && choices != Choices::Predecessors
                && !options(choices, content).iter().any(|(value, _)| *value == text) =>
        {
            errors.push(name, sentences::choose(field.label))
        }
        YearNotes => year_notes(&text, name, &base[field.name], errors),
        Duties => {
            Some(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(|line| known(&base[field.name], line, None)).collect())
        }
        Line if text.contains('\n') => errors.push(name, format!("{}は1行で入力してください。", field.label)),
        _ => Some(json!(text)),
    }
}

fn year_notes(text: &str, name: &str, old: &Value, errors: &mut FormErrors) -> Option<Value> {
    let mut notes = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (year, words) = line.split_once([' ', '\u{3000}', '：', ':', ',']).unwrap_or((line, ""));
        match written::year(year) {
            Some(year) if !words.trim().is_empty() => notes.push(known(old, words.trim(), Some(year))),
            _ => return errors.push(name, format!("「{line}」を、西暦の年度と文章の形にしてください。例：2022 申請書を統合")),
        }
    }
    Some(Value::Array(notes))
}

/// The entry that was there with this text keeps its source; a new one has none.
fn known(old: &Value, text: &str, year: Option<i16>) -> Value {
    let same = |entry: &&Value| {
        entry["text"].as_str().is_some_and(|t| t.replace('\n', " ") == text) && year.is_none_or(|year| entry["from_year"] == json!(year))
    };
    if let Some(entry) = old.as_array().into_iter().flatten().find(same) {
        return entry.clone();
    }
    let mut entry = json!({ "text": text, "reading": Reading::Original.code() });
    if let Some(year) = year {
        entry["from_year"] = json!(year);
    }
    entry
}

/// What only the whole object can tell: years in order, a relation with its ends.
pub fn check_body(kind: Kind, body: &Value, errors: &mut FormErrors) {
    match kind {
        Kind::Head => {
            if body["period_from"].as_i64() > body["period_until"].as_i64() {
                errors.push::<()>("period_until", "計画期間の最後の年度は、最初の年度と同じか後にしてください。".to_owned());
            }
            for name in ["period_from", "period_until"] {
                if body[name].as_i64().is_some_and(|year| !(1950..=2150).contains(&year)) {
                    errors.push::<()>(name, "年度は西暦4桁で入力してください。例：2025".to_owned());
                }
            }
            let published = body["published"].as_str().unwrap_or_default();
            if !published.is_empty() && parse_date(&format!("{published}-01")).is_err() {
                errors.push::<()>("published", "公表した年月は 2025-03 の形で入力してください。".to_owned());
            }
        }
        Kind::Level if body["depth"].as_i64().is_some_and(|depth| !(1..=5).contains(&depth)) => {
            errors.push::<()>("depth", "深さは1から5までの数で入力してください。".to_owned());
        }
        Kind::Cell | Kind::Milestone | Kind::Ruling if body["fiscal_year"].as_i64().is_some_and(|year| !(1950..=2150).contains(&year)) => {
            errors.push::<()>("fiscal_year", "年度は西暦4桁で入力してください。例：2026".to_owned());
        }
        Kind::Ruling if parse_date(body["decided_on"].as_str().unwrap_or_default()).is_err() => {
            errors.push::<()>("decided_on", "決定した日は 2026-12-01 の形で入力してください。".to_owned());
        }
        Kind::Lineage => {
            let relation = body["relation"].as_str().unwrap_or_default();
            if body["from_node"].as_str().unwrap_or_default().is_empty() != (relation == Relation::New.code()) {
                errors.push::<()>("from_node", "前の計画の取組は、「新規」のときだけ空欄にします。".to_owned());
            }
            if body["to_node"].as_str().unwrap_or_default().is_empty() != (relation == Relation::Ended.code()) {
                errors.push::<()>("to_node", "この計画の取組は、「廃止」のときだけ空欄にします。".to_owned());
            }
        }
        _ => {}
    }
}
