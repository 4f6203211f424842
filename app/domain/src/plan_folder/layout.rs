//! The tables of a folder: their files and columns, in the order they are written.

pub struct Layout {
    pub file: &'static str,
    pub columns: &'static [&'static str],
    /// Columns that are never missing: their cells say something, but for an earlier value's `reading`.
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
        "template",
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
pub const KPI_SHARED: &[&str] = &[
    "name",
    "node",
    "headline",
    "frequency",
    "formula",
    "how_to_count",
    "source",
    "doubt",
    "template",
    "reading",
    "source_text",
    "source_place",
];

pub const INDICATORS: Layout =
    Layout { file: "indicators.csv", columns: &["kpi", "indicator", "correspondence", "note"], needed: &["kpi", "correspondence"] };

pub const DEFINITION_CHANGES: Layout = Layout {
    file: "definition_changes.csv",
    columns: &["kpi", "from_year", "series_break", "note"],
    needed: &["kpi", "from_year", "series_break", "note"],
};

pub const VALUES: Layout = Layout {
    file: "values.csv",
    columns: &[
        "kpi",
        "part",
        "role",
        "period",
        "value",
        "kind",
        "expected_on",
        "maturity",
        "as_of",
        "note",
        "reason",
        "decided_on",
        "link",
        "replaced_on",
        "reading",
        "source_text",
        "source_place",
    ],
    needed: &["kpi", "part", "role", "period", "value", "reading"],
};

/// Columns of `values.csv` that say nothing of an earlier value.
pub const NOT_OF_REPLACED: &[&str] = &["maturity", "as_of", "note", "decided_on", "link", "reading", "source_text", "source_place"];

pub const ROADMAP: Layout = Layout {
    file: "roadmap.csv",
    columns: &["node", "fiscal_year", "phase", "kind", "reading", "source_text", "source_place"],
    needed: &["node", "fiscal_year", "phase", "kind", "reading"],
};

pub const MILESTONES: Layout = Layout {
    file: "milestones.csv",
    columns: &["key", "node", "title", "fiscal_year", "season", "done", "reading", "source_text", "source_place"],
    needed: &["key", "node", "title", "fiscal_year", "done", "reading"],
};

/// Decisions about initiatives. Cases are the tenant's own: their numbers stay away.
pub const RULINGS: Layout = Layout {
    file: "rulings.csv",
    columns: &["key", "node", "effect", "fiscal_year", "decided_on", "body", "document"],
    needed: &["key", "node", "effect", "fiscal_year", "decided_on", "body"],
};

/// Accepted reports of initiatives.
pub const STANDINGS: Layout = Layout {
    file: "standings.csv",
    columns: &["node", "fiscal_year", "phase", "slip_years", "slip_reason"],
    needed: &["node", "fiscal_year", "slip_years"],
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

const TABLES: &[&Layout] = &[
    &ATTRIBUTES,
    &NODES,
    &NODE_NOTES,
    &KPIS,
    &INDICATORS,
    &DEFINITION_CHANGES,
    &VALUES,
    &ROADMAP,
    &MILESTONES,
    &RULINGS,
    &STANDINGS,
    &BODIES,
    &DUTIES,
    &RELATED_PLANS,
    &GLOSSARY,
    &LINEAGE,
];

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
