//! From content to the files of a folder.

use crate::{
    grading::RuleSet,
    kpi::Maturity,
    period::{Period, date_code},
    plan::{Actual, Kpi, Part, PlanContent, PlanHead, Point, Replaced},
    provenance::Provenance,
    value::{Value, ValueKind},
};

use super::{
    Files, chapters,
    layout::{
        ATTRIBUTES, BODIES, DEFINITION_CHANGES, DUTIES, GLOSSARY, INDICATORS, KPIS, LINEAGE, Layout, MILESTONES, NODE_NOTES, NODES, PLAN,
        RELATED_PLANS, ROADMAP, RULINGS, STANDINGS, VALUES,
    },
    table,
};

/// Writes the folder that `read` reads back. Tables without rows are left out.
pub fn write(municipality: &str, content: &PlanContent) -> Files {
    let mut files = Files::from([(PLAN.to_owned(), head(municipality, &content.plan).into_bytes())]);
    for sheet in sheets(content) {
        if sheet.rows > 0 || sheet.layout.file == NODES.file {
            files.insert(sheet.layout.file.to_owned(), sheet.text.into_bytes());
        }
    }
    let width = content.chapters.len().to_string().len().max(2);
    for (at, chapter) in content.chapters.iter().enumerate() {
        files.insert(format!("chapters/{:0width$}-chapter.md", at + 1), chapters::written(chapter).into_bytes());
    }
    files
}

struct Sheet {
    layout: &'static Layout,
    text: String,
    rows: usize,
}

impl Sheet {
    fn new(layout: &'static Layout) -> Self {
        Self { layout, text: table::written(layout.columns.iter().copied()), rows: 0 }
    }

    fn row(&mut self, cells: &[&str], provenance: Option<&Provenance>) {
        let source = provenance.map(|p| [p.reading.label(), &p.source_text, &p.source_place]);
        let cells: Vec<_> = cells.iter().copied().chain(source.into_iter().flatten()).collect();
        debug_assert_eq!(cells.len(), self.layout.columns.len(), "{}", self.layout.file);
        self.text.push_str(&table::written(cells));
        self.rows += 1;
    }
}

fn yes_no(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

fn sheets(content: &PlanContent) -> Vec<Sheet> {
    let mut sheets = vec![attributes(content)];
    sheets.extend(nodes(content));
    sheets.extend(kpis(&content.kpis));
    sheets.extend([roadmap(content), milestones(content), rulings(content), standings(content)]);
    sheets.extend(bodies(content));
    sheets.extend([related_plans(content), glossary(content), lineage(content)]);
    sheets
}

fn attributes(content: &PlanContent) -> Sheet {
    let mut sheet = Sheet::new(&ATTRIBUTES);
    for a in &content.attributes {
        sheet.row(&[&a.key, &a.name, &a.description], Some(&a.provenance));
    }
    sheet
}

fn nodes(content: &PlanContent) -> [Sheet; 2] {
    let (mut nodes, mut notes) = (Sheet::new(&NODES), Sheet::new(&NODE_NOTES));
    for n in &content.nodes {
        let (parent, attributes) = (n.parent.as_deref().unwrap_or_default(), n.attributes.join(" "));
        let cells = [&n.key, parent, &n.level, &n.number, &n.marker, &n.title, &n.description, &attributes, &n.status, &n.gap];
        nodes.row(&cells, Some(&n.provenance));
        for note in &n.notes {
            notes.row(&[&n.key, &note.from_year.0.to_string(), &note.text], Some(&note.provenance));
        }
    }
    [nodes, notes]
}

fn kpis(all: &[Kpi]) -> [Sheet; 4] {
    let (mut kpis, mut values) = (Sheet::new(&KPIS), Sheet::new(&VALUES));
    let (mut indicators, mut changes) = (Sheet::new(&INDICATORS), Sheet::new(&DEFINITION_CHANGES));
    for kpi in all {
        for part in &kpi.parts {
            kpis.row(&kpi_cells(kpi, part), Some(&kpi.provenance));
            part.points.iter().for_each(|point| write_point(&mut values, kpi, part, point));
            part.actuals.iter().for_each(|actual| write_actual(&mut values, kpi, part, actual));
        }
        for mapping in &kpi.indicators {
            indicators.row(&[&kpi.code, &mapping.indicator, mapping.correspondence.label(), &mapping.note], None);
        }
        for change in &kpi.changes {
            changes.row(&[&kpi.code, &change.from_year.0.to_string(), yes_no(change.series_break), &change.note], None);
        }
    }
    [kpis, indicators, changes, values]
}

fn write_point(values: &mut Sheet, kpi: &Kpi, part: &Part, point: &Point) {
    let place = place(kpi, part, point.role.code(), point.period);
    let decided_on = point.decided_on.map(date_code).unwrap_or_default();
    let said = ["", "", &point.note, &point.reason, &decided_on, "", ""];
    write_value(values, &place, part, &point.value, said, Some(&point.provenance));
    write_replaced(values, &place, part, &point.replaced);
}

fn write_actual(values: &mut Sheet, kpi: &Kpi, part: &Part, actual: &Actual) {
    let place = place(kpi, part, "actual", actual.period);
    let as_of = actual.as_of.map(date_code).unwrap_or_default();
    let said = [Maturity::label(actual.maturity), &as_of, &actual.note, "", "", &actual.link, ""];
    write_value(values, &place, part, &actual.value, said, Some(&actual.provenance));
    write_replaced(values, &place, part, &actual.replaced);
}

/// Earlier values, under the one that stands.
fn write_replaced(values: &mut Sheet, place: &[String; 4], part: &Part, replaced: &[Replaced]) {
    for old in replaced {
        let said = ["", "", "", &old.reason, "", "", &date_code(old.on)];
        write_value(values, place, part, &old.value, said, None);
    }
}

/// The columns `kpi` to `period`.
fn place(kpi: &Kpi, part: &Part, role: &str, period: Period) -> [String; 4] {
    [kpi.code.clone(), part.key.clone(), role.to_owned(), period.to_string()]
}

/// One row: its place, the value, the columns `maturity` to `replaced_on`. The kind is written when it is not the part's.
fn write_value(values: &mut Sheet, place: &[String; 4], part: &Part, value: &Value, said: [&str; 7], provenance: Option<&Provenance>) {
    let kind = value.kind().filter(|kind| *kind != part.kind).map_or("", ValueKind::code);
    let expected = match value {
        Value::Unknown { expected: Some(date), .. } => date_code(*date),
        _ => String::new(),
    };
    let text = value.plain();
    let mut cells: Vec<_> = place.iter().map(String::as_str).chain([text.as_str(), kind, &expected]).chain(said).collect();
    if provenance.is_none() {
        cells.extend(["", "", ""]);
    }
    values.row(&cells, provenance);
}

fn kpi_cells<'a>(kpi: &'a Kpi, part: &'a Part) -> [&'a str; 17] {
    [
        &kpi.code,
        &kpi.name,
        &kpi.node,
        yes_no(kpi.headline),
        &part.key,
        &part.name,
        ValueKind::code(part.kind),
        &part.unit,
        part.direction.code(),
        part.accumulation.code(),
        yes_no(part.accumulation_confirmed),
        kpi.frequency.code(),
        &kpi.formula,
        &kpi.how_to_count,
        &kpi.source,
        &kpi.doubt,
        kpi.template.as_deref().unwrap_or_default(),
    ]
}

fn roadmap(content: &PlanContent) -> Sheet {
    let mut sheet = Sheet::new(&ROADMAP);
    for cell in &content.roadmap {
        sheet.row(&[&cell.node, &cell.fiscal_year.0.to_string(), &cell.phase, cell.kind.code()], Some(&cell.provenance));
    }
    sheet
}

fn milestones(content: &PlanContent) -> Sheet {
    let mut sheet = Sheet::new(&MILESTONES);
    for m in &content.milestones {
        let year = m.fiscal_year.0.to_string();
        sheet.row(&[&m.key, &m.node, &m.title, &year, &m.season, yes_no(m.done)], Some(&m.provenance));
    }
    sheet
}

fn rulings(content: &PlanContent) -> Sheet {
    let mut sheet = Sheet::new(&RULINGS);
    for r in &content.rulings {
        let (year, day) = (r.fiscal_year.0.to_string(), r.decided_on.to_string());
        sheet.row(&[&r.key, &r.node, r.effect.code(), &year, &day, &r.body, &r.document], None);
    }
    sheet
}

fn standings(content: &PlanContent) -> Sheet {
    let mut sheet = Sheet::new(&STANDINGS);
    for s in &content.standings {
        let (year, slip) = (s.fiscal_year.0.to_string(), s.slip_years.to_string());
        sheet.row(&[&s.node, &year, s.phase.as_deref().unwrap_or_default(), &slip, &s.slip_reason], None);
    }
    sheet
}

fn bodies(content: &PlanContent) -> [Sheet; 2] {
    let (mut bodies, mut duties) = (Sheet::new(&BODIES), Sheet::new(&DUTIES));
    for b in &content.bodies {
        let parent = b.parent.as_deref().unwrap_or_default();
        bodies.row(&[&b.key, &b.name, b.kind.code(), &b.composition, parent, &b.note], Some(&b.provenance));
        for duty in &b.duties {
            duties.row(&[&b.key, &duty.text], Some(&duty.provenance));
        }
    }
    [bodies, duties]
}

fn related_plans(content: &PlanContent) -> Sheet {
    let mut sheet = Sheet::new(&RELATED_PLANS);
    for p in &content.related_plans {
        sheet.row(&[&p.key, &p.title, p.issuer.code(), yes_no(p.aligned), &p.summary], Some(&p.provenance));
    }
    sheet
}

fn glossary(content: &PlanContent) -> Sheet {
    let mut sheet = Sheet::new(&GLOSSARY);
    for t in &content.glossary {
        sheet.row(&[&t.term, &t.formal_name, &t.explanation], Some(&t.provenance));
    }
    sheet
}

fn lineage(content: &PlanContent) -> Sheet {
    let mut sheet = Sheet::new(&LINEAGE);
    for l in &content.lineage {
        sheet.row(&[&l.from_plan, &l.from_node, &l.to_node, l.relation.label()], None);
    }
    sheet
}

fn head(municipality: &str, plan: &PlanHead) -> String {
    let mut out = "format = 1\n".to_owned();
    let mut line = |name: &str, value: String| out.push_str(&format!("{name} = {value}\n"));
    line("municipality", string(municipality));
    line("slug", string(&plan.slug));
    line("kind", string(plan.kind.code()));
    line("title", string(&plan.title));
    line("period_from", plan.period_from.0.to_string());
    line("period_until", plan.period_until.0.to_string());
    line("published", string(&plan.published));
    line("editor", string(&plan.editor));
    for (name, text) in [("vision", &plan.vision), ("future_image", &plan.future_image), ("notice", &plan.notice)] {
        if !text.is_empty() {
            line(name, string(text));
        }
    }
    if let Some(slug) = &plan.predecessor {
        line("predecessor", string(slug));
    }
    line("source", string(&plan.source));
    for level in &plan.levels {
        out.push_str(&format!("\n[[levels]]\nkey = {}\nname = {}\ndepth = {}\n", string(&level.key), string(&level.name), level.depth));
    }
    for phase in &plan.phases {
        let (key, name, look) = (string(&phase.key), string(&phase.name), string(phase.look.code()));
        out.push_str(&format!("\n[[phases]]\nkey = {key}\nname = {name}\nlook = {look}\n"));
    }
    for marker in &plan.markers {
        out.push_str(&format!("\n[[markers]]\nsymbol = {}\nmeaning = {}\n", string(&marker.symbol), string(&marker.meaning)));
    }
    if plan.grades != RuleSet::default() {
        grades(&mut out, &plan.grades);
    }
    out
}

fn grades(out: &mut String, set: &RuleSet) {
    let mut table = |head: &str, entries: &[(&str, &str)]| {
        out.push_str(&format!("\n{head}\n"));
        let filled = entries.iter().filter(|(_, text)| !text.is_empty());
        filled.for_each(|(name, text)| out.push_str(&format!("{name} = {}\n", string(text))));
    };
    table("[grades]", &[("key", &set.key), ("name", &set.name), ("basis", set.basis.code()), ("source", &set.source)]);
    for band in &set.bands {
        let (from, class) = (band.from.text(), band.class.code());
        let entries =
            [("label", band.label.as_str()), ("symbol", &band.symbol), ("from", &from), ("class", class), ("meaning", &band.meaning)];
        table("[[grades.bands]]", &entries);
    }
    for one in &set.renamed {
        table("[[grades.renamed]]", &[("status", one.status.code()), ("label", &one.label), ("symbol", &one.symbol)]);
    }
}

/// A basic string of TOML.
fn string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
