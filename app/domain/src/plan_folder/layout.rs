//! The tables of a folder: their files and columns, in the order they are written.

pub struct Layout {
    pub file: &'static str,
    pub columns: &'static [&'static str],
    /// Columns whose cells are never empty; the others may be missing.
    pub needed: &'static [&'static str],
}

pub const PLAN: &str = "plan.toml";

pub const ATTRIBUTES: Layout = Layout {
    file: "attributes.csv",
    columns: &["key", "name", "description", "reading", "source_text", "source_place"],
    needed: &["key", "name", "reading"],
};

pub const NODES: Layout = Layout {
    file: "nodes.csv",
    columns: &[
        "key",
        "parent",
        "level",
        "number",
        "marker",
        "title",
        "description",
        "attributes",
        "status",
        "gap",
        "reading",
        "source_text",
        "source_place",
    ],
    needed: &["key", "level", "title", "reading"],
};

pub const NODE_NOTES: Layout = Layout {
    file: "node_notes.csv",
    columns: &["node", "from_year", "text", "reading", "source_text", "source_place"],
    needed: &["node", "from_year", "text", "reading"],
};

pub const KPIS: Layout = Layout {
    file: "kpis.csv",
    columns: &[
        "code",
        "name",
        "node",
        "headline",
        "part",
        "part_name",
        "kind",
        "unit",
        "direction",
        "accumulation",
        "accumulation_confirmed",
        "frequency",
        "formula",
        "how_to_count",
        "source",
        "doubt",
        "reading",
        "source_text",
        "source_place",
    ],
    needed: &[
        "code",
        "name",
        "node",
        "headline",
        "part",
        "kind",
        "direction",
        "accumulation",
        "accumulation_confirmed",
        "frequency",
        "reading",
    ],
};

/// Columns of `kpis.csv` that belong to the KPI, not to one of its parts.
pub const KPI_SHARED: &[&str] =
    &["name", "node", "headline", "frequency", "formula", "how_to_count", "source", "doubt", "reading", "source_text", "source_place"];

pub const VALUES: Layout = Layout {
    file: "values.csv",
    columns: &["kpi", "part", "role", "period", "value", "maturity", "as_of", "note", "reading", "source_text", "source_place"],
    needed: &["kpi", "part", "role", "period", "value", "reading"],
};

pub const ROADMAP: Layout = Layout {
    file: "roadmap.csv",
    columns: &["node", "fiscal_year", "phase", "kind", "reading", "source_text", "source_place"],
    needed: &["node", "fiscal_year", "phase", "kind", "reading"],
};

pub const BODIES: Layout = Layout {
    file: "bodies.csv",
    columns: &["key", "name", "kind", "composition", "parent", "note", "reading", "source_text", "source_place"],
    needed: &["key", "name", "kind", "reading"],
};

pub const DUTIES: Layout = Layout {
    file: "duties.csv",
    columns: &["body", "text", "reading", "source_text", "source_place"],
    needed: &["body", "text", "reading"],
};

pub const RELATED_PLANS: Layout = Layout {
    file: "related_plans.csv",
    columns: &["key", "title", "issuer", "aligned", "summary", "reading", "source_text", "source_place"],
    needed: &["key", "title", "issuer", "aligned", "reading"],
};

pub const GLOSSARY: Layout = Layout {
    file: "glossary.csv",
    columns: &["term", "formal_name", "explanation", "reading", "source_text", "source_place"],
    needed: &["term", "reading"],
};

pub const LINEAGE: Layout =
    Layout { file: "lineage.csv", columns: &["from_plan", "from_node", "to_node", "relation"], needed: &["from_plan", "relation"] };

const TABLES: &[&Layout] =
    &[&ATTRIBUTES, &NODES, &NODE_NOTES, &KPIS, &VALUES, &ROADMAP, &BODIES, &DUTIES, &RELATED_PLANS, &GLOSSARY, &LINEAGE];

/// A chapter's path: `chapters/NN-name.md`, no deeper.
pub fn is_chapter(path: &str) -> bool {
    path.strip_prefix("chapters/").is_some_and(|name| name.ends_with(".md") && !name.contains('/'))
}

/// A table whose name the format does not know: misspelt, it would be passed over in silence.
pub fn is_unknown_table(path: &str) -> bool {
    path.ends_with(".csv") && TABLES.iter().all(|table| table.file != path)
}

pub fn table_names() -> String {
    TABLES.iter().map(|table| table.file).collect::<Vec<_>>().join("、")
}

/// Where a file stands among the files of a folder.
pub fn rank(file: &str) -> usize {
    match TABLES.iter().position(|table| table.file == file) {
        _ if file == PLAN => 0,
        Some(place) => place + 1,
        None => TABLES.len() + 1,
    }
}
