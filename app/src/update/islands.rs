//! Keeps what is typed without a click. Without JavaScript a button does the same.

use leptos::prelude::*;

/// Sends the form quietly, a moment after the last key and when the page is left, and says when it was kept.
#[island]
pub fn AutoSave(
    /// Element id of the form.
    form: String,
    /// Address that keeps drafts.
    to: String,
) -> impl IntoView {
    let words = RwSignal::new(String::new());
    #[cfg(feature = "hydrate")]
    Effect::new(move || follow(&form, &to, words));
    #[cfg(not(feature = "hydrate"))]
    let _ = (form, to);
    view! { <p class="note" role="status">{move || words.get()}</p> }
}

#[cfg(feature = "hydrate")]
fn follow(form: &str, to: &str, words: RwSignal<String>) {
    use wasm_bindgen::{JsCast, closure::Closure};
    let Some(window) = web_sys::window() else { return };
    let Some(form) = window.document().and_then(|document| document.get_element_by_id(form)) else { return };
    let Ok(form) = form.dyn_into::<web_sys::HtmlFormElement>() else { return };
    let to = to.to_owned();
    let timer = std::rc::Rc::new(std::cell::Cell::new(None::<i32>));
    // Who types at once is quicker than we wake.
    if is_changed(&form) {
        leptos::task::spawn_local(keep(form.clone(), to.clone(), words));
    }
    let sender = form.clone();
    let send = Closure::<dyn FnMut()>::new(move || leptos::task::spawn_local(keep(sender.clone(), to.clone(), words)));
    let typed = Closure::<dyn FnMut()>::new(move || {
        if let Some(before) = timer.take() {
            window.clear_timeout_with_handle(before);
        }
        let later = window.set_timeout_with_callback_and_timeout_and_arguments_0(send.as_ref().unchecked_ref(), 800);
        timer.set(later.ok());
    });
    // The form lives as long as the page: so may its listener.
    if form.add_event_listener_with_callback("input", typed.as_ref().unchecked_ref()).is_ok() {
        typed.forget();
    }
}

/// Whether a field holds something else than the page was sent with.
#[cfg(feature = "hydrate")]
fn is_changed(form: &web_sys::HtmlFormElement) -> bool {
    let of = |field: &web_sys::Element, name: &str| js_sys::Reflect::get(field, &name.into()).ok();
    let differs = |field: &web_sys::Element, now: &str, first: &str| {
        of(field, first).is_some_and(|first| !first.is_undefined()) && of(field, now) != of(field, first)
    };
    let fields = (0..form.length() as u32).filter_map(|index| form.get_with_index(index));
    fields.into_iter().any(|field| differs(&field, "value", "defaultValue") || differs(&field, "checked", "defaultChecked"))
}

#[cfg(feature = "hydrate")]
async fn keep(form: web_sys::HtmlFormElement, to: String, words: RwSignal<String>) {
    let saved = sent(&form, &to).await;
    words.set(match saved {
        Some(at) => format!("下書きを保存しました（{at}）"),
        None => "下書きを保存できませんでした。「下書きを保存」を押してください。".to_owned(),
    });
}

/// The time at which it was kept; `None` when it was not.
#[cfg(feature = "hydrate")]
async fn sent(form: &web_sys::HtmlFormElement, to: &str) -> Option<String> {
    use wasm_bindgen::JsCast;
    use wasm_bindgen_futures::JsFuture;
    let fields = web_sys::FormData::new_with_form(form).ok()?;
    fields.append_with_str("quiet", "yes").ok()?;
    // As text: the server reads forms, not parts.
    let body = web_sys::UrlSearchParams::new_with_str_sequence_sequence(fields.unchecked_ref()).ok()?;
    let init = web_sys::RequestInit::new();
    init.set_method("POST");
    init.set_body(&body);
    let answer = JsFuture::from(web_sys::window()?.fetch_with_str_and_init(to, &init)).await.ok()?;
    let answer: web_sys::Response = answer.dyn_into().ok()?;
    if !answer.ok() || answer.redirected() {
        return None;
    }
    JsFuture::from(answer.text().ok()?).await.ok()?.as_string()
}
