//! Who may do what at which stage, in words: the tables of `docs/coe.md`.

use super::{Acts, Requirement, Route, Stage, Template, To};

/// One table a shipped route.
pub fn tables(templates: &[Template]) -> String {
    templates.iter().map(table).collect::<Vec<_>>().join("\n")
}

fn table(template: &Template) -> String {
    let Route { name, note, stages } = &template.route;
    let rows: String = stages.iter().map(|stage| row(template, stage)).collect();
    format!(
        "### {name} (`{}`)\n\n{note}\n\n| stage | who acts | within | outcome → where it leads (what it takes) |\n|-|-|-|-|\n{rows}",
        template.key
    )
}

fn row(template: &Template, stage: &Stage) -> String {
    let who = match &stage.acts {
        Acts::Proposer => "提案者 and co-authors".to_owned(),
        Acts::Chief => "承認者 of the proposer's section".to_owned(),
        Acts::Secretariat => "事務局 of the tenant".to_owned(),
        Acts::Body(key) => {
            let name = template.bodies.iter().find(|(body, _)| body == key).map_or(key.as_str(), |(_, name)| name);
            format!("members of {name} and deputies, the body's 事務局")
        }
    };
    let days = stage.days.map_or_else(|| "–".to_owned(), |days| format!("{days} business days"));
    let ways = stage.ways.iter().map(|way| {
        let to = match &way.to {
            To::Stage(key) => template.route.stage(key).map_or(key.as_str(), |to| &to.name),
            To::End(ending) => ending.label(),
        };
        let mut takes: Vec<&str> = Vec::new();
        if way.outcome.goes_on() {
            takes.extend(stage.requires.iter().copied().map(Requirement::label));
        }
        if way.outcome.needs_reason() {
            takes.push("理由");
        }
        let takes = if takes.is_empty() { String::new() } else { format!(" ({})", takes.join(", ")) };
        format!("{} → {to}{takes}", way.outcome.label())
    });
    format!("| {} | {who} | {days} | {} |\n", stage.name, ways.collect::<Vec<_>>().join("<br>"))
}
