//! A whole page: the document around a view.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use leptos::prelude::*;

use crate::ui::frame::{Frame, framed};

/// A rendered page. Holds no request data beyond what it shows, so it can be cached whole when public.
pub struct Page {
    pub title: String,
    pub frame: Frame,
    pub main: AnyView,
    pub status: StatusCode,
}

impl Page {
    pub fn new(title: impl Into<String>, frame: Frame, main: impl IntoAny) -> Self {
        Self { title: title.into(), frame, main: main.into_any(), status: StatusCode::OK }
    }

    pub fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let is_public = self.frame.is_public();
        let style = format!("/pkg/rashin.css?v={}", style_version());
        // As inner HTML and escaped by hand: after a text node Leptos writes `<!>`, which a title shows as it is.
        let title = format!("{}｜羅針", self.title).replace('&', "&amp;").replace('<', "&lt;");
        let html = Owner::new().with(|| {
            view! {
                <html lang="ja">
                    <head>
                        <meta charset="utf-8"/>
                        <meta name="viewport" content="width=device-width, initial-scale=1"/>
                        <title inner_html=title></title>
                        <link rel="stylesheet" href=style/>
                        <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                    </head>
                    <body>{framed(self.frame, self.main)}</body>
                </html>
            }
            .to_html()
        });
        let cache = if is_public { "public, max-age=0, must-revalidate" } else { "no-store" };
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
            (header::CACHE_CONTROL, HeaderValue::from_static(cache)),
        ];
        (self.status, headers, format!("<!DOCTYPE html>{html}")).into_response()
    }
}

static STYLE_VERSION: std::sync::OnceLock<String> = std::sync::OnceLock::new();

/// Set once at start: refusals are rendered where no state is at hand.
pub fn set_style_version(version: &str) {
    // A second server in one test process has the same style sheet.
    let _ = STYLE_VERSION.set(version.to_owned());
}

fn style_version() -> &'static str {
    STYLE_VERSION.get().map_or("0", String::as_str)
}
