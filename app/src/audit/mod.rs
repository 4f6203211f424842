//! What 管理者 sees: the log, the sign-ins, and the complete export.

pub(crate) mod archive;
mod contents;
pub mod export;
pub mod log;
pub mod sign_ins;
mod terms;
mod words;

pub use words::COMMAND_LINE;

use leptos::prelude::*;
use rashin_store::TenantTx;

use crate::ui::frame::{Frame, Here};

/// A file to be saved under a name of ASCII letters, kept by no cache.
pub(crate) fn download(name: &str, kind: &'static str) -> [(axum::http::HeaderName, String); 3] {
    use axum::http::header;
    [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ]
}

fn frame(tx: &TenantTx, city: &str) -> Frame {
    Frame::staff(tx, None, Here::Log).crumbs(vec![("ホーム".to_owned(), format!("/{city}/staff"))])
}

/// The three pages as tabs; `here` is the path of the open one.
fn tabs(city: &str, here: &str) -> impl IntoView + use<> {
    let tabs = [("log", "操作の記録"), ("log/sign-ins", "サインインの記録"), ("exports", "データの持ち出し")];
    let tab = tabs.map(|(path, label)| {
        let is_here = path == here;
        let href = (!is_here).then(|| format!("/{city}/staff/{path}"));
        view! { <li><a class="dads-tab__tab" href=href aria-current=is_here.then_some("page")>{label}</a></li> }
    });
    view! { <nav aria-label="記録の種類"><ul class="dads-tab__list">{tab.collect_view()}</ul></nav> }
}
