//! One search for everything of a plan; for members with sections and people.

pub mod pages;

use leptos::prelude::*;
use rashin_domain::{
    search::{Hit, Kind, Thing, find},
    text::search::{Piece, Words},
};
use serde::Deserialize;

use crate::ui::section::{note, page_head, section};

/// What the address says.
#[derive(Deserialize)]
pub struct Query {
    #[serde(default)]
    q: String,
    /// Only this kind, all of it.
    #[serde(default)]
    kind: String,
}

/// The most characters that are looked for; nobody means more.
const MOST_CHARACTERS: usize = 200;

/// Hits of a kind that are shown while other kinds stand beside it.
const FIRST: usize = 20;

/// The field that leads to the search, for pages beside it.
pub fn search_field(action: String, label: &'static str) -> impl IntoView {
    view! {
        <form method="get" action=action role="search" aria-label=label class="rashin-filter">
            <div class="dads-form-control-label">
                <label class="dads-form-control-label__label" for="words">{label}</label>
                <input class="dads-input-text__input" type="search" id="words" name="q" autocomplete="off"/>
            </div>
            <button class="dads-button" data-type="outline">"探す"</button>
        </form>
    }
}

/// A page of results. `at` is its address, `scope` what it looks into, `href` where a hit leads.
fn results(at: &str, query: &Query, scope: &'static str, things: &[Thing], href: impl Fn(&Hit) -> Option<String>) -> AnyView {
    let typed: String = query.q.trim().chars().take(MOST_CHARACTERS).collect();
    let is_cut = query.q.trim().chars().count() > MOST_CHARACTERS;
    let words = Words::new(&typed);
    let only = Kind::from_code(&query.kind);
    let hits: Vec<Hit> = find(&words, things).into_iter().filter(|hit| only.is_none_or(|kind| kind == hit.kind)).collect();
    let groups: Vec<(Kind, Vec<&Hit>)> = (Kind::ALL.iter())
        .map(|kind| (*kind, hits.iter().filter(|hit| hit.kind == *kind).collect::<Vec<_>>()))
        .filter(|(_, hits)| !hits.is_empty())
        .collect();
    let outcome = match (words.is_empty(), groups.is_empty()) {
        (true, _) => note(format!("{scope}から探します。言葉を空白で区切ると、すべてを含むものを探します。")).into_any(),
        (false, true) => view! {
            <div class="rashin-empty">
                <p>{format!("「{typed}」に合うものはありません。")}</p>
                <p>"言葉を短くするか、言葉を減らすか、ほかの言い方で探してください。全角・半角、ひらがな・カタカナの違いは区別しません。"</p>
            </div>
        }
        .into_any(),
        (false, false) => found(at, &typed, only, hits.len(), &groups, &href),
    };
    view! {
        {page_head("", "検索", ())}
        <form method="get" role="search" aria-label="検索" class="rashin-filter">
            <div class="dads-form-control-label">
                <label class="dads-form-control-label__label" for="q">"探す言葉"</label>
                <input class="dads-input-text__input" type="search" id="q" name="q" value=typed.clone() autocomplete="off"/>
            </div>
            <button class="dads-button" data-type="solid-fill">"探す"</button>
        </form>
        {is_cut.then(|| note(format!("長いため、先頭の{MOST_CHARACTERS}文字で探しました。")))}
        {outcome}
    }
    .into_any()
}

fn found(
    at: &str,
    typed: &str,
    only: Option<Kind>,
    count: usize,
    groups: &[(Kind, Vec<&Hit>)],
    href: &impl Fn(&Hit) -> Option<String>,
) -> AnyView {
    let address = |kind: Option<Kind>| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("q", typed);
        if let Some(kind) = kind {
            query.append_pair("kind", kind.code());
        }
        format!("{at}?{}", query.finish())
    };
    let jumps = groups.iter().map(|(kind, hits)| {
        view! { <a href=format!("#{}", kind.code())>{format!("{} {}件", kind.label(), hits.len())}</a> }
    });
    let sections = groups.iter().map(|(kind, hits)| {
        let shown = if only.is_some() { hits.len() } else { FIRST };
        let items = hits.iter().take(shown).map(|hit| item(hit, href(hit))).collect_view();
        let rest = (hits.len() > shown).then(|| {
            view! { <p><a href=address(Some(*kind))>{format!("{} {}件をすべて見る", kind.label(), hits.len())}</a></p> }
        });
        section(kind.code(), kind.label(), note(format!("{}件", hits.len())), view! { <ul class="rashin-hits">{items}</ul>{rest} })
    });
    view! {
        <p class="lead">{format!("「{typed}」を含むものが{count}件あります。")}</p>
        <nav class="links rashin-hits__kinds" aria-label="種類">
            {match only {
                None => jumps.collect_view().into_any(),
                Some(_) => view! { <a href=address(None)>"すべての種類から探す"</a> }.into_any(),
            }}
        </nav>
        {sections.collect_view()}
    }
    .into_any()
}

fn item(hit: &Hit, href: Option<String>) -> impl IntoView + use<> {
    let title = marked(&hit.title);
    let title = match href {
        Some(href) => view! { <a href=href>{title}</a> }.into_any(),
        None => view! { <b>{title}</b> }.into_any(),
    };
    let beside = (!hit.beside.is_empty()).then(|| view! { <span class="note">{marked(&hit.beside)}</span> });
    view! {
        <li>
            <p class="rashin-hits__title">{title}{beside}</p>
            {hit.excerpt.as_deref().map(|pieces| view! { <p class="rashin-hits__excerpt">{marked(pieces)}</p> })}
        </li>
    }
}

fn marked(pieces: &[Piece]) -> AnyView {
    let piece = |piece: &Piece| match piece.is_hit {
        true => view! { <mark>{piece.text.clone()}</mark> }.into_any(),
        false => piece.text.clone().into_any(),
    };
    pieces.iter().map(piece).collect_view().into_any()
}
