//! What can be found in a plan, and what was found.

use crate::{
    coded::coded,
    plan::{Chapter, Node, PlanContent},
    text::search::{Piece, Words},
};

coded! {
    /// What a found thing is, in the order of the page.
    Kind {
        Plan = "plan", "計画のあらまし";
        Node = "node", "戦略と取組";
        Kpi = "kpi", "指標";
        Chapter = "chapter", "計画書の章";
        Body = "body", "推進体制";
        Related = "related", "関連する計画";
        Term = "term", "用語";
        Predecessor = "predecessor", "前の計画";
        Case = "case", "案件";
        Card = "card", "OODAカード";
        Section = "section", "課・係";
        Person = "person", "職員";
    }
}

/// A thing that can be found.
#[derive(Clone, Debug)]
pub struct Thing {
    pub kind: Kind,
    /// By which its page is known: key, code, number of a chapter; of a predecessor's node the key of its top.
    pub key: String,
    pub title: String,
    /// What is said of it on the line of its title: a code, a post.
    pub beside: String,
    pub texts: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    pub kind: Kind,
    pub key: String,
    pub title: Vec<Piece>,
    pub beside: Vec<Piece>,
    /// Around the first hit in its texts.
    pub excerpt: Option<Vec<Piece>>,
}

/// Characters on either side of a hit.
const AROUND: usize = 40;

/// The things in which every word stands, in the order they were given.
pub fn find(words: &Words, things: &[Thing]) -> Vec<Hit> {
    if words.is_empty() {
        return Vec::new();
    }
    let hit = |thing: &Thing| {
        let texts: Vec<&str> = [&thing.title, &thing.beside].into_iter().chain(&thing.texts).map(String::as_str).collect();
        words.are_in(&texts).then(|| Hit {
            kind: thing.kind,
            key: thing.key.clone(),
            title: words.marked(&thing.title),
            beside: words.marked(&thing.beside),
            excerpt: thing.texts.iter().find_map(|text| words.excerpt(text, AROUND)),
        })
    };
    things.iter().filter_map(hit).collect()
}

/// Everything of a plan that can be found.
pub fn of_plan(content: &PlanContent) -> Vec<Thing> {
    let plan = &content.plan;
    let mut things =
        vec![thing(Kind::Plan, "", &plan.title, &plan.period_label(), &[&plan.vision, &plan.future_image, &plan.editor, &plan.source])];
    things.extend(content.nodes.iter().map(|node| of_node(content, node, Kind::Node, &node.key)));
    things.extend(content.kpis.iter().map(|kpi| {
        let parts = kpi.parts.iter().map(|part| part.name.as_str()).collect::<Vec<_>>().join("、");
        thing(Kind::Kpi, &kpi.code, &kpi.name, &kpi.code, &[&kpi.how_to_count, &kpi.formula, &kpi.source, &kpi.doubt, &parts])
    }));
    things.extend(content.chapters.iter().enumerate().map(|(index, chapter)| of_chapter(index + 1, chapter)));
    things.extend(content.bodies.iter().map(|body| {
        let duties = body.duties.iter().map(|duty| duty.text.as_str()).collect::<Vec<_>>().join(" ");
        thing(Kind::Body, &body.key, &body.name, body.kind.label(), &[&body.composition, &duties, &body.note])
    }));
    things.extend(
        content
            .related_plans
            .iter()
            .map(|plan| thing(Kind::Related, &plan.key, &plan.title, plan.issuer.label(), &[&without_signs(&plan.summary)])),
    );
    things.extend(content.glossary.iter().map(|term| thing(Kind::Term, &term.term, &term.term, &term.formal_name, &[&term.explanation])));
    things
}

/// What can be found of the plan before: its tree and its figures, each known by the top that it stands under.
pub fn of_predecessor(content: &PlanContent) -> Vec<Thing> {
    let top = |node: &str| content.path(node).first().map_or("", |top| top.key.as_str()).to_owned();
    let nodes = content.nodes.iter().map(|node| of_node(content, node, Kind::Predecessor, &top(&node.key)));
    let kpis =
        content.kpis.iter().map(|kpi| thing(Kind::Predecessor, &top(&kpi.node), &kpi.name, "実績", &[&kpi.how_to_count, &kpi.doubt]));
    nodes.chain(kpis).collect()
}

fn of_node(content: &PlanContent, node: &Node, kind: Kind, key: &str) -> Thing {
    let title = if node.number.is_empty() { node.title.clone() } else { format!("{} {}", node.number, node.title) };
    let level = content.plan.level(&node.level).map_or("", |level| level.name.as_str());
    let notes = node.notes.iter().map(|note| note.text.as_str()).collect::<Vec<_>>().join(" ");
    let attributes = content.attribute_names(node).join("、");
    thing(kind, key, &title, level, &[&node.description, &notes, &attributes, &node.status, &node.gap])
}

fn of_chapter(number: usize, chapter: &Chapter) -> Thing {
    thing(Kind::Chapter, &number.to_string(), &format!("{}　{}", chapter.number, chapter.title), "", &[&without_signs(&chapter.body)])
}

fn thing(kind: Kind, key: &str, title: &str, beside: &str, texts: &[&str]) -> Thing {
    let texts = texts.iter().filter(|text| !text.is_empty()).map(|text| (*text).to_owned()).collect();
    Thing { kind, key: key.to_owned(), title: title.to_owned(), beside: beside.to_owned(), texts }
}

/// Markdown without the signs that are no words: headings, lists, lines of tables.
fn without_signs(markdown: &str) -> String {
    let line = |line: &str| line.trim_start_matches(['#', '-', '*', '>', ' ', '|']).replace(['|', '*', '`'], " ");
    let is_rule = |line: &&str| line.chars().all(|c| matches!(c, '|' | '-' | ':' | ' '));
    markdown.lines().filter(|l| !is_rule(l)).map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(query: &str, things: &[Thing]) -> Vec<String> {
        let text = |pieces: &[Piece]| pieces.iter().map(|piece| piece.text.as_str()).collect::<String>();
        find(&Words::new(query), things).iter().map(|hit| text(&hit.title)).collect()
    }

    #[test]
    fn every_word_must_stand_somewhere_in_the_thing() {
        let things = [
            thing(Kind::Kpi, "K-1", "オンライン申請の件数", "K-1", &["窓口の申請は数えない"]),
            thing(Kind::Kpi, "K-2", "オンライン相談の件数", "K-2", &[]),
        ];
        assert_eq!(found("ｵﾝﾗｲﾝ", &things), ["オンライン申請の件数", "オンライン相談の件数"]);
        assert_eq!(found("おんらいん　窓口", &things), ["オンライン申請の件数"]);
        assert_eq!(found("k-2", &things), ["オンライン相談の件数"]);
        assert_eq!(found("窓口 相談", &things), [""; 0]);
        assert_eq!(found(" ", &things), [""; 0]);
    }

    #[test]
    fn a_chapter_is_found_by_its_words_and_not_by_the_signs_of_markdown() {
        let body = "## 背景\n\n- **窓口**の混雑\n\n|年度|件数|\n|-|-|\n|2024|8|".to_owned();
        let things = [of_chapter(2, &Chapter { number: "第2章".into(), title: "現状".into(), body })];
        let hits = find(&Words::new("窓口"), &things);
        let excerpt = hits[0].excerpt.as_ref().unwrap().iter().map(|piece| piece.text.as_str()).collect::<String>();
        assert_eq!((hits[0].key.as_str(), excerpt.as_str()), ("2", "背景 窓口 の混雑 年度 件数 2024 8"));
        assert_eq!(find(&Words::new("##"), &things), []);
    }
}
