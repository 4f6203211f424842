//! Links the islands of `app` and wakes them in the browser.

// Without this the islands' exports are dropped by the linker.
extern crate rashin_app;

#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
