//! From the files of a folder to its content.

use std::collections::HashMap;

use crate::{
    initiative::MOST_SLIP,
    plan::{
        Attribute, Body, BodyKind, CellKind, Duty, Issuer, Lineage, Milestone, Node, NodeStanding, PlanContent, RelatedPlan, Relation,
        RoadmapCell, Ruling, RulingEffect, Term, YearNote,
    },
};

use super::{
    Fault, Faults, Files, Folder, KEY_SHAPE, chapters, check,
    head::{self, Head},
    is_key, kpis,
    layout::{
        self, ATTRIBUTES, BODIES, DUTIES, GLOSSARY, LINEAGE, MILESTONES, NODE_NOTES, NODES, RELATED_PLANS, ROADMAP, RULINGS, STANDINGS,
    },
    row::{Keys, Once, Row},
    table::Table,
};

/// Reads a folder, or says everything that is wrong in it, by file and line.
pub fn read(files: &Files) -> Result<Folder, Vec<Fault>> {
    let faults = Faults::default();
    for file in files.keys().filter(|file| layout::is_unknown_table(file)) {
        faults.push(file, None, format!("この名前の表は使いません。名前を {} のいずれかにしてください。", layout::table_names()));
    }
    if !files.contains_key(NODES.file) {
        faults.push(NODES.file, None, "ファイルがありません。計画の戦略・項目・施策を書いた nodes.csv を置いてください。");
    }
    let reader = Reader { files, faults: &faults, head: head::read(files, &faults) };
    let (attributes, attribute_keys) = reader.attributes();
    let (nodes, node_keys) = reader.nodes(&attribute_keys);
    let kpis = kpis::read(files, &node_keys, &faults);
    let roadmap = reader.roadmap(&node_keys);
    let (milestones, rulings, standings) = (reader.milestones(&node_keys), reader.rulings(&node_keys), reader.standings(&node_keys));
    let bodies = reader.bodies();
    let (related_plans, glossary) = (reader.related_plans(), reader.glossary());
    let (chapters, lineage) = (chapters::read(files, &faults), reader.lineage(&node_keys));
    let head = reader.head;
    match (head, faults.in_order()) {
        (Some(Head { municipality, plan }), faults) if faults.is_empty() => {
            let content = PlanContent {
                plan,
                attributes,
                nodes,
                kpis,
                roadmap,
                bodies,
                related_plans,
                glossary,
                chapters,
                lineage,
                milestones,
                rulings,
                standings,
            };
            Ok(Folder { municipality, content })
        }
        (_, faults) => Err(faults),
    }
}

struct Reader<'a> {
    files: &'a Files,
    faults: &'a Faults,
    head: Option<Head>,
}

impl Reader<'_> {
    fn table(&self, layout: &'static layout::Layout) -> Table<'_> {
        Table::read(self.files, layout, self.faults)
    }

    /// What a list of `plan.toml` names; an entry without a name, or no list at all, leaves it open.
    fn names(&self, place: &'static str, list: impl Fn(&Head) -> Vec<&String>) -> Keys {
        let names = self.head.as_ref().map(list);
        let whole = names.as_ref().is_some_and(|names| names.iter().all(|name| !name.is_empty()));
        Keys::new(place, whole, names.unwrap_or_default().into_iter().map(String::as_str))
    }

    fn attributes(&self) -> (Vec<Attribute>, Keys) {
        let (table, mut once) = (self.table(&ATTRIBUTES), Once::new(&["key"]));
        let rows = table.rows().inspect(|row| once.check(row));
        let attribute = |row: Row| Attribute {
            key: row.key("key"),
            name: row.filled("name"),
            description: row.text("description"),
            provenance: row.provenance(),
        };
        let attributes = rows.map(attribute).collect();
        (attributes, Keys::new(ATTRIBUTES.file, table.whole, table.rows().map(|row| row.raw("key"))))
    }

    fn nodes(&self, attributes: &Keys) -> (Vec<Node>, Keys) {
        let (table, mut once) = (self.table(&NODES), Once::new(&["key"]));
        let rows: Vec<_> = table.rows().inspect(|row| once.check(row)).collect();
        let whole = table.whole && self.files.contains_key(NODES.file);
        let keys = Keys::new(NODES.file, whole, rows.iter().map(|row| row.raw("key")));
        let levels = self.names("plan.toml の [[levels]]", |head| head.plan.levels.iter().map(|level| &level.key).collect());
        let markers = self.names("plan.toml の [[markers]]", |head| head.plan.markers.iter().map(|marker| &marker.symbol).collect());
        self.depths(&rows);
        let mut notes = self.notes(&keys);
        let node = |row: &Row| Node {
            key: row.key("key"),
            parent: row.maybe("parent", &keys),
            level: row.refers("level", &levels),
            number: row.text("number"),
            marker: row.maybe("marker", &markers).unwrap_or_default(),
            title: row.filled("title"),
            description: row.text("description"),
            attributes: attributes_of(row, attributes),
            status: row.text("status"),
            gap: row.text("gap"),
            notes: notes.remove(row.raw("key")).unwrap_or_default(),
            provenance: row.provenance(),
        };
        (rows.iter().map(node).collect(), keys)
    }

    /// A parent's level is above its child's, so that nobody stands above itself.
    fn depths(&self, rows: &[Row]) {
        let cyclic = check::cycles(rows);
        let Some(head) = &self.head else { return };
        let levels: HashMap<_, _> = rows.iter().map(|row| (row.raw("key"), row.raw("level"))).collect();
        let level = |key| levels.get(key).and_then(|level| head.plan.level(level)).filter(|level| level.depth > 0);
        for row in rows.iter().filter(|row| !cyclic.contains(row.raw("key"))) {
            let (Some(own), Some(above)) = (level(row.raw("key")), level(row.raw("parent"))) else { continue };
            if above.depth >= own.depth {
                row.fault(format!(
                    "列「parent」の「{}」の階層「{}」（深さ{}）は、この行の階層「{}」（深さ{}）より上にありません。列「parent」か「level」を直してください。",
                    row.raw("parent"), above.key, above.depth, own.key, own.depth
                ));
            }
        }
    }

    fn notes(&self, nodes: &Keys) -> HashMap<String, Vec<YearNote>> {
        let mut notes: HashMap<String, Vec<YearNote>> = HashMap::new();
        for row in self.table(&NODE_NOTES).rows() {
            let note = YearNote { from_year: row.fiscal_year("from_year"), text: row.filled("text"), provenance: row.provenance() };
            notes.entry(row.refers("node", nodes)).or_default().push(note);
        }
        notes
    }

    fn roadmap(&self, nodes: &Keys) -> Vec<RoadmapCell> {
        let (table, mut once) = (self.table(&ROADMAP), Once::new(&["node", "fiscal_year", "phase", "kind"]));
        let phases = self.phases();
        let cell = |row: Row| {
            let cell = RoadmapCell {
                node: row.refers("node", nodes),
                fiscal_year: row.fiscal_year("fiscal_year"),
                phase: row.refers("phase", &phases),
                kind: row.word("kind", CellKind::ALL, CellKind::code),
                provenance: row.provenance(),
            };
            // What was done may lie outside the plan; what is planned may not.
            let known = cell.kind == CellKind::Planned && row.raw("kind") == CellKind::Planned.code() && cell.fiscal_year.0 != 0;
            if let Some(head) = self.head.as_ref().filter(|head| known && !head.covers(cell.fiscal_year)) {
                let (from, until) = (head.plan.period_from.0, head.plan.period_until.0);
                row.wrong("fiscal_year", &format!("計画期間（{from}～{until}年度）の年度"));
            }
            cell
        };
        table.rows().inspect(|row| once.check(row)).map(cell).collect()
    }

    fn milestones(&self, nodes: &Keys) -> Vec<Milestone> {
        let (table, mut once) = (self.table(&MILESTONES), Once::new(&["key"]));
        let milestone = |row: Row| Milestone {
            key: row.key("key"),
            node: row.refers("node", nodes),
            title: row.filled("title"),
            fiscal_year: row.fiscal_year("fiscal_year"),
            season: row.text("season"),
            done: row.yes_no("done"),
            provenance: row.provenance(),
        };
        table.rows().inspect(|row| once.check(row)).map(milestone).collect()
    }

    fn rulings(&self, nodes: &Keys) -> Vec<Ruling> {
        let (table, mut once) = (self.table(&RULINGS), Once::new(&["key"]));
        let ruling = |row: Row| Ruling {
            key: row.key("key"),
            node: row.refers("node", nodes),
            effect: row.word("effect", RulingEffect::ALL, RulingEffect::code),
            fiscal_year: row.fiscal_year("fiscal_year"),
            decided_on: row.day("decided_on"),
            body: row.filled("body"),
            document: row.text("document"),
            case: None,
        };
        table.rows().inspect(|row| once.check(row)).map(ruling).collect()
    }

    fn standings(&self, nodes: &Keys) -> Vec<NodeStanding> {
        let (table, mut once) = (self.table(&STANDINGS), Once::new(&["node", "fiscal_year"]));
        let phases = self.phases();
        let standing = |row: Row| {
            let slip_years = row.raw("slip_years").parse().ok().filter(|years| *years <= MOST_SLIP);
            if slip_years.is_none() {
                row.wrong("slip_years", &format!("0から{MOST_SLIP}までの数"));
            }
            if slip_years.is_some_and(|years| (years > 0) == row.raw("slip_reason").is_empty()) {
                row.fault("列「slip_reason」は、列「slip_years」が1以上のときだけ、遅れの理由を入力してください。");
            }
            NodeStanding {
                node: row.refers("node", nodes),
                fiscal_year: row.fiscal_year("fiscal_year"),
                phase: row.maybe("phase", &phases),
                slip_years: slip_years.unwrap_or_default(),
                slip_reason: row.text("slip_reason"),
            }
        };
        table.rows().inspect(|row| once.check(row)).map(standing).collect()
    }

    fn phases(&self) -> Keys {
        self.names("plan.toml の [[phases]]", |head| head.plan.phases.iter().map(|phase| &phase.key).collect())
    }

    fn bodies(&self) -> Vec<Body> {
        let (table, mut once) = (self.table(&BODIES), Once::new(&["key"]));
        let rows: Vec<_> = table.rows().inspect(|row| once.check(row)).collect();
        let keys = Keys::new(BODIES.file, table.whole, rows.iter().map(|row| row.raw("key")));
        check::cycles(&rows);
        let mut duties: HashMap<String, Vec<Duty>> = HashMap::new();
        for row in self.table(&DUTIES).rows() {
            let duty = Duty { text: row.filled("text"), provenance: row.provenance() };
            duties.entry(row.refers("body", &keys)).or_default().push(duty);
        }
        let body = |row: &Row| Body {
            key: row.key("key"),
            name: row.filled("name"),
            kind: row.word("kind", BodyKind::ALL, BodyKind::code),
            composition: row.text("composition"),
            parent: row.maybe("parent", &keys),
            note: row.text("note"),
            duties: duties.remove(row.raw("key")).unwrap_or_default(),
            provenance: row.provenance(),
        };
        rows.iter().map(body).collect()
    }

    fn related_plans(&self) -> Vec<RelatedPlan> {
        let (table, mut once) = (self.table(&RELATED_PLANS), Once::new(&["key"]));
        let plan = |row: Row| RelatedPlan {
            key: row.key("key"),
            title: row.filled("title"),
            issuer: row.word("issuer", Issuer::ALL, Issuer::code),
            aligned: row.yes_no("aligned"),
            summary: row.text("summary"),
            provenance: row.provenance(),
        };
        table.rows().inspect(|row| once.check(row)).map(plan).collect()
    }

    fn glossary(&self) -> Vec<Term> {
        let (table, mut once) = (self.table(&GLOSSARY), Once::new(&["term"]));
        let term = |row: Row| Term {
            term: row.filled("term"),
            formal_name: row.text("formal_name"),
            explanation: row.text("explanation"),
            provenance: row.provenance(),
        };
        table.rows().inspect(|row| once.check(row)).map(term).collect()
    }

    fn lineage(&self, nodes: &Keys) -> Vec<Lineage> {
        let (table, mut once) = (self.table(&LINEAGE), Once::new(&["from_plan", "from_node", "to_node"]));
        let lineage = |row: Row| {
            let relation = row.word("relation", Relation::ALL, Relation::label);
            let known = Relation::from_label(row.raw("relation"));
            match row.raw("from_node") {
                "" if known.is_some_and(|relation| relation != Relation::New) => row.fault("列「from_node」を入力してください。"),
                "" => {}
                _ if known == Some(Relation::New) => row.wrong("from_node", "、関係が「新規」のときは空欄"),
                key if !is_key(key) => row.wrong("from_node", KEY_SHAPE),
                _ => {}
            }
            match (known, row.raw("to_node")) {
                (None, _) | (Some(Relation::Ended), "") => {}
                (Some(Relation::Ended), _) => row.wrong("to_node", "、関係が「廃止」のときは空欄"),
                (Some(_), key) => row.check("to_node", key, nodes),
            }
            Lineage {
                from_plan: row.key("from_plan"),
                from_node: row.raw("from_node").to_owned(),
                to_node: row.raw("to_node").to_owned(),
                relation,
            }
        };
        table.rows().inspect(|row| once.check(row)).map(lineage).collect()
    }
}

/// Keys separated by spaces, each known and named once.
fn attributes_of(row: &Row, known: &Keys) -> Vec<String> {
    let mut attributes: Vec<String> = Vec::new();
    for key in row.raw("attributes").split_whitespace() {
        row.check("attributes", key, known);
        if attributes.iter().any(|other| other == key) {
            row.fault(format!("列「attributes」に「{key}」が2回あります。1回にしてください。"));
        }
        attributes.push(key.to_owned());
    }
    attributes
}
