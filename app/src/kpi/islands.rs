//! What helps while typing. Without JavaScript the check page says the same.

use leptos::prelude::*;
use rashin_domain::{
    kpi::Direction,
    progress::{meets, rate_of_target},
    text::number,
    value::{Value, ValueKind},
};
use serde::{Deserialize, Serialize};

/// What a hint needs to know about the part that is being reported.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct HintFor {
    /// Element id of the number field.
    pub field: String,
    pub kind: ValueKind,
    pub direction: Direction,
    pub unit: String,
    /// The target it is compared with: (「2026年度の目標」, the figure as typed). Text, not [`Value`]: reading that from JSON
    /// would bring the parser of dates, 30 KB, to the browser.
    pub target: Option<(String, String)>,
    /// The figure of the last report, as typed.
    pub previous: Option<String>,
}

/// 「目標154件の101.3%。前回より12件多い値です。」; empty while there is nothing to say.
pub fn hint(about: &HintFor, typed: &str) -> String {
    // A rate of 「はい」 or of a state says nothing.
    if about.kind.is_stepwise() || about.kind == ValueKind::Text {
        return String::new();
    }
    let Ok(value) = Value::parse_figure(about.kind, &about.unit, typed) else {
        return if typed.trim().is_empty() { String::new() } else { "数字として読み取れません。".to_owned() };
    };
    let Some(figure) = value.comparable() else { return String::new() };
    let mut words = String::new();
    let read = |figure: &String| Value::parse_figure(about.kind, &about.unit, figure).ok();
    if let Some((name, target)) = &about.target
        && let Some(target) = read(target)
        && let Some(goal) = target.comparable()
    {
        let shown = target.with_unit(&about.unit);
        let reached = if meets(about.direction, figure, goal) { "届いています" } else { "届いていません" };
        match rate_of_target(figure, goal).filter(|_| about.direction == Direction::Up) {
            Some(rate) => words.push_str(&format!("{name}{shown}の{}%。", number::format(rate))),
            None => words.push_str(&format!("{name}{shown}に{reached}。")),
        }
    }
    if let (Some(Value::Number { amount: before }), Value::Number { amount }) = (about.previous.as_ref().and_then(read), &value) {
        let difference = *amount - before;
        let size = number::format(difference.abs());
        match difference.is_zero() {
            true => words.push_str("前回と同じ値です。"),
            false if difference.is_sign_positive() => words.push_str(&format!("前回より{size}{}多い値です。", about.unit)),
            false => words.push_str(&format!("前回より{size}{}少ない値です。", about.unit)),
        }
    }
    words
}

/// Says at once what a typed figure means. The server's check page says it again.
#[island]
pub fn RateHint(about: HintFor) -> impl IntoView {
    let words = RwSignal::new(String::new());
    // Once awake: hydration takes over the empty sentence of the server, also where a figure stands in the field.
    #[cfg(feature = "hydrate")]
    Effect::new(move || listen(about.clone(), words));
    #[cfg(not(feature = "hydrate"))]
    let _ = about;
    view! { <p class="note rashin-hint" aria-live="polite">{move || words.get()}</p> }
}

/// Follows the field beside the island; the field itself is plain HTML and works without us.
#[cfg(feature = "hydrate")]
fn listen(about: HintFor, words: RwSignal<String>) {
    use wasm_bindgen::{JsCast, closure::Closure};
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    let Some(field) = document.get_element_by_id(&about.field) else { return };
    let Ok(field) = field.dyn_into::<web_sys::HtmlInputElement>() else { return };
    words.set(hint(&about, &field.value()));
    let typed = field.clone();
    let follow = Closure::<dyn FnMut()>::new(move || words.set(hint(&about, &typed.value())));
    // The field lives as long as the page: so may its listener.
    if field.add_event_listener_with_callback("input", follow.as_ref().unchecked_ref()).is_ok() {
        follow.forget();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about() -> HintFor {
        HintFor {
            field: "value-main".into(),
            kind: ValueKind::Number,
            direction: Direction::Up,
            unit: "件".into(),
            target: Some(("2026年度の目標".into(), "154".into())),
            previous: Some("144".into()),
        }
    }

    #[test]
    fn the_hint_says_rate_and_difference() {
        assert_eq!(hint(&about(), "１５６"), "2026年度の目標154件の101.3%。前回より12件多い値です。");
        assert_eq!(hint(&about(), ""), "");
        assert_eq!(hint(&about(), "約20"), "数字として読み取れません。");
    }

    #[test]
    fn where_less_is_better_there_is_no_rate() {
        let about = HintFor { direction: Direction::Down, previous: None, ..about() };
        assert_eq!(hint(&about, "150"), "2026年度の目標154件に届いています。");
        assert_eq!(hint(&about, "160"), "2026年度の目標154件に届いていません。");
    }
}
