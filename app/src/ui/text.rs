//! Written text: Markdown of plans, and glossary terms explained where they occur.

use comrak::Options;
use leptos::prelude::*;
use rashin_domain::plan::Term;

use super::section::section;

/// Markdown as safe HTML: raw HTML is dropped, and what remains goes through a sanitiser.
pub fn markdown(text: &str) -> String {
    let mut options = Options::default();
    options.extension.table = true;
    options.render.r#unsafe = false;
    let html = comrak::markdown_to_html(text, &options);
    // No pictures: they would come from elsewhere. No titles: `explain` takes a tag to end at its first `>`.
    ammonia::Builder::default().rm_tags(["img"]).rm_generic_attributes(["title"]).clean(&html).to_string()
}

/// Markdown below a heading of the page: its sections (`##`) come one level under it. Tables in a scrolling region,
/// terms explained.
pub fn prose(text: &str, terms: &[Term], heading: u8) -> impl IntoView + use<> {
    let html = below(markdown(text), heading)
        .replace(
            "<table>",
            "<div class=\"dads-table__region\" role=\"region\" tabindex=\"0\" aria-label=\"表\"><table class=\"dads-table__table\">",
        )
        .replace("</table>", "</table></div>");
    view! { <div class="prose rashin-prose" inner_html=explain(&html, terms)></div> }
}

fn below(html: String, heading: u8) -> String {
    // The deepest first: what has been moved is not met again.
    (1..=6u8).rev().fold(html, |html, level| {
        let moved = (level.max(2) - 1 + heading).min(6);
        html.replace(&format!("<h{level}>"), &format!("<h{moved}>")).replace(&format!("</h{level}>"), &format!("</h{moved}>"))
    })
}

/// Marks the first occurrence of each term outside tags with `<abbr>`; longer terms first.
fn explain(html: &str, terms: &[Term]) -> String {
    let mut sorted: Vec<&Term> = terms.iter().collect();
    sorted.sort_by_key(|term| std::cmp::Reverse(term.term.chars().count()));
    let mut done = vec![false; sorted.len()];
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while !rest.is_empty() {
        let (words, tag) = match rest.find('<') {
            Some(0) => {
                let end = rest.find('>').map_or(rest.len(), |end| end + 1);
                (&rest[..0], &rest[..end])
            }
            Some(start) => (&rest[..start], &rest[..0]),
            None => (rest, &rest[..0]),
        };
        explain_words(words, &sorted, &mut done, &mut out);
        out.push_str(tag);
        rest = &rest[words.len() + tag.len()..];
    }
    out
}

fn explain_words(words: &str, terms: &[&Term], done: &mut [bool], out: &mut String) {
    let mut rest = words;
    while let Some((at, which)) = next_term(rest, terms, done) {
        let term = terms[which];
        done[which] = true;
        out.push_str(&rest[..at]);
        let title =
            if term.formal_name.is_empty() { term.explanation.clone() } else { format!("{}：{}", term.formal_name, term.explanation) };
        out.push_str(&format!("<abbr title=\"{}\">{}</abbr>", escape(&title), escape(&term.term)));
        rest = &rest[at + term.term.len()..];
    }
    out.push_str(rest);
}

fn next_term(words: &str, terms: &[&Term], done: &[bool]) -> Option<(usize, usize)> {
    let found = terms.iter().enumerate().filter(|(which, _)| !done[*which]).filter_map(|(which, term)| {
        let at = whole_word(words, &term.term)?;
        Some((at, which))
    });
    found.min()
}

/// The terms that stand in a text, with their explanations: for pages of names and figures, also on a touch screen.
pub fn terms_in(text: &str, terms: &[Term]) -> Option<impl IntoView + use<>> {
    let found = terms.iter().filter(|term| whole_word(text, &term.term).is_some());
    let rows: Vec<_> = found.map(|term| view! { <div><dt>{term.term.clone()}</dt><dd>{term.explanation.clone()}</dd></div> }).collect();
    (!rows.is_empty()).then(|| section("terms", "このページの用語", (), view! { <dl class="dads-description-list">{rows}</dl> }))
}

/// Where a term stands by itself: 「AI」 is not in 「KAI」.
fn whole_word(words: &str, term: &str) -> Option<usize> {
    words.match_indices(term).map(|(at, _)| at).find(|at| {
        let before = words[..*at].chars().next_back();
        let after = words[at + term.len()..].chars().next();
        let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '&');
        !latin(before) && !latin(after)
    })
}

pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use rashin_domain::provenance::Provenance;

    fn term(term: &str) -> Term {
        Term { term: term.into(), formal_name: "<Formal>".into(), explanation: "説明".into(), provenance: Provenance::default() }
    }

    #[test]
    fn markdown_carries_no_script() {
        let html = markdown("# A\n<script>alert(1)</script>\n\n[x](javascript:alert(1)) **b**\n\n|a|b|\n|-|-|\n|1|2|");
        assert!(!html.contains("script"), "{html}");
        assert!(html.contains("<strong>b</strong>") && html.contains("<table>"));
    }

    #[test]
    fn headings_come_right_below_the_heading_of_their_place() {
        let html = "<h2>a</h2><h3>b</h3><h2>c</h2>";
        assert_eq!(below(html.to_owned(), 1), html);
        assert_eq!(below(html.to_owned(), 3), "<h4>a</h4><h5>b</h5><h4>c</h4>");
        assert_eq!(below("<h1>a</h1><h6>b</h6>".to_owned(), 2), "<h3>a</h3><h6>b</h6>");
    }

    #[test]
    fn a_term_is_explained_once_where_it_stands_alone() {
        let html = explain("<p title=\"AI\">KAIとAI、AIとAI活用</p>", &[term("AI")]);
        assert_eq!(html, "<p title=\"AI\">KAIと<abbr title=\"&lt;Formal&gt;：説明\">AI</abbr>、AIとAI活用</p>");
    }
}
