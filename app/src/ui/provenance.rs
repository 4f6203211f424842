//! Where a value came from, said beside it when it is not simply as printed.

use leptos::prelude::*;
use rashin_domain::provenance::{Provenance, Reading};

/// 「推定」, 「補正」 or 「要確認」 as a small word with the source text behind it; nothing for 原文.
pub fn reading(provenance: &Provenance) -> Option<impl IntoView + use<>> {
    (provenance.reading != Reading::Original).then(|| {
        let label = provenance.reading.label();
        let source = source(provenance);
        view! { <span class="rashin-reading" title=source>{label}</span> }
    })
}

/// 「原文「…」（3-2 重点戦略2）」
pub fn source(provenance: &Provenance) -> String {
    let place = if provenance.source_place.is_empty() { String::new() } else { format!("（{}）", provenance.source_place) };
    match provenance.source_text.is_empty() {
        true => format!("原文のとおり{place}"),
        false => format!("原文「{}」{place}", provenance.source_text),
    }
}
