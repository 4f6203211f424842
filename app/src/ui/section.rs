//! Sections of a page, tables and lists of facts.

use leptos::prelude::*;

/// A section under a 2 px rule, with its heading and a short note beside it.
pub fn section(id: &'static str, heading: &str, note: impl IntoView, body: impl IntoView) -> AnyView {
    view! {
        <section class="section" aria-labelledby=id>
            <div class="section__head"><h2 id=id>{with_whole_years(heading)}</h2>{note}</div>
            {body}
        </section>
    }
    .into_any()
}

/// A heading whose years, 「2029(令和11)年度」, are broken nowhere.
fn with_whole_years(words: &str) -> AnyView {
    const END: &str = ")年度";
    let year = words.find(END).map(|at| at + END.len()).and_then(|end| {
        let open = words[..end].rfind('(')?;
        let digits = words[..open].bytes().rev().take_while(u8::is_ascii_digit).count();
        (digits == 4).then(|| (open - digits, end))
    });
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let Some((start, end)) = year else { return some(words).into_any() };
    let (before, year, after) = (some(&words[..start]), words[start..end].to_owned(), with_whole_years(&words[end..]));
    view! { {before}<span class="nobr">{year}</span>{after} }.into_any()
}

pub fn note(words: impl Into<String>) -> impl IntoView {
    view! { <p class="note">{words.into()}</p> }
}

/// The head of a page: what it belongs to, its name, what can be done.
pub fn page_head(kicker: impl Into<String>, heading: impl Into<String>, actions: impl IntoView) -> impl IntoView {
    let kicker = kicker.into();
    view! {
        <div class="page-head">
            {(!kicker.is_empty()).then(|| view! { <p class="page-head__kicker">{kicker}</p> })}
            <div class="page-head__row"><h1>{with_whole_years(&heading.into())}</h1>{actions}</div>
        </div>
    }
}

/// Terms and descriptions; empty descriptions are left out.
pub fn facts(rows: Vec<(&'static str, AnyView)>) -> impl IntoView {
    let rows = rows.into_iter().map(|(term, description)| view! { <div><dt>{term}</dt><dd>{description}</dd></div> });
    view! { <dl class="dads-description-list">{rows.collect_view()}</dl> }
}

/// A table with its caption in a region that scrolls sideways if it must. `stack`: rows become blocks on a phone.
pub fn table(id: &str, caption: impl Into<String>, columns: Vec<Column>, rows: AnyView, stack: bool) -> AnyView {
    let (caption_id, region_by, table_by) = (id.to_owned(), id.to_owned(), id.to_owned());
    let heads = columns.into_iter().map(|column| {
        let class = column.numeric.then_some("num");
        view! { <th scope="col" role=stack.then_some("columnheader") class=class>{column.label}</th> }
    });
    let role = |role| stack.then_some(role);
    view! {
        <figure class="dads-table" data-size="dense">
            <figcaption class="dads-table__caption" id=caption_id>{caption.into()}</figcaption>
            {(!stack).then(|| view! { <p class="dads-table__hint">"表は横に動かして見られます。"</p> })}
            <div class="dads-table__region" role="region" tabindex="0" aria-labelledby=region_by>
                <table class="dads-table__table" data-stack=role("") role=role("table") aria-labelledby=table_by>
                    <thead role=role("rowgroup")><tr role=role("row")>{heads.collect_view()}</tr></thead>
                    {rows}
                </table>
            </div>
        </figure>
    }
    .into_any()
}

/// A column's head.
pub struct Column {
    label: String,
    numeric: bool,
}

impl Column {
    pub fn is_numeric(&self) -> bool {
        self.numeric
    }
}

pub fn col(label: impl Into<String>) -> Column {
    Column { label: label.into(), numeric: false }
}

pub fn num(label: impl Into<String>) -> Column {
    Column { label: label.into(), numeric: true }
}

/// Says what to do where there is nothing.
pub fn empty(words: impl Into<String>, link: Option<(String, &'static str)>) -> AnyView {
    view! {
        <div class="rashin-empty">
            <p>{words.into()}</p>
            {link.map(|(href, label)| view! { <p><a href=href>{label}</a></p> })}
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_of_a_heading_are_kept_whole() {
        let shown = |words: &str| with_whole_years(words).to_html().replace("<!>", "");
        assert_eq!(
            shown("2025(令和7)年度から2029(令和11)年度まで"),
            "<span class=\"nobr\">2025(令和7)年度</span>から<span class=\"nobr\">2029(令和11)年度</span>まで"
        );
        for plain in ["(仮称)年度計画", "KPI", "25(令和7)年度", ")年度"] {
            assert_eq!(shown(plain), plain);
        }
    }
}
