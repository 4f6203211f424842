//! The whole service, from the edge inwards.

use std::path::Path;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderValue, StatusCode, header},
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::get,
};
use rashin_app::{
    routes::routes,
    web::{App, Refusal, log_attempts, set_style_version},
};
use rashin_domain::identity::ABSOLUTE_LIMIT;
use sha2::{Digest, Sha256};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{CompressionLayer, DefaultPredicate, Predicate, predicate::NotForContentType},
    services::{ServeDir, ServeFile},
    set_header::SetResponseHeaderLayer,
    trace::TraceLayer,
};
use tower_sessions::{
    Expiry, SessionManagerLayer,
    cookie::{SameSite, time::Duration},
};

use crate::{
    api, caching,
    edge::{Edge, guard, same_origin},
    session::DbSessions,
};

/// Builds the service. `site` is the folder with `pkg/` and the public files.
pub fn build(app: App, edge: Edge, site: &Path) -> Router {
    set_style_version(&style_version(site));
    // `__Host-` binds the cookie to this host and to TLS; browsers refuse it without TLS.
    let cookie = if edge.secure { "__Host-rashin" } else { "rashin" };
    let sessions = SessionManagerLayer::new(DbSessions(app.db.clone()))
        .with_name(cookie)
        .with_secure(edge.secure)
        .with_http_only(true)
        // Strict would lose the session on the way from a mail or a bookmark of the intranet.
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(Duration::seconds(ABSOLUTE_LIMIT.as_secs())));
    let pages = routes().into_router().layer(from_fn_with_state(app.clone(), log_attempts)).layer(sessions);
    let health = get(async |axum::extract::State(app): axum::extract::State<App>| match app.db.is_alive().await {
        true => (StatusCode::OK, "ok").into_response(),
        false => (StatusCode::SERVICE_UNAVAILABLE, "database").into_response(),
    });
    protected(api::router().route("/health", health).merge(pages).with_state(app).merge(files(site)), edge)
}

/// What stands around every route.
pub fn protected(routes: Router, edge: Edge) -> Router {
    routes
        .layer(DefaultBodyLimit::max(1024 * 1024))
        .layer(from_fn(caching::etag))
        .layer(from_fn_with_state(edge.clone(), same_origin))
        .layer(CompressionLayer::new().compress_when(not_packed()))
        // A panicking page would close the connection without an answer.
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(edge, guard))
        .layer(TraceLayer::new_for_http())
}

/// Exports, PDF and Office files are packed already.
fn not_packed() -> impl Predicate {
    let except = NotForContentType::const_new;
    DefaultPredicate::new().and(except("application/zip")).and(except("application/pdf")).and(except("application/vnd.openxmlformats"))
}

fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let words = panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned()));
    Refusal::incident(format!("panic: {}", words.unwrap_or_default())).into_response()
}

/// Style sheet, islands and the few files at the top.
fn files(site: &Path) -> Router {
    let cached = |value: &'static str| SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static(value));
    let pkg = ServeDir::new(site.join("pkg")).precompressed_br();
    let file = |name: &str| ServeFile::new(site.join(name));
    Router::new()
        .nest_service("/pkg", tower::ServiceBuilder::new().layer(cached("no-cache")).service(pkg))
        .route_service("/boot.js", tower::ServiceBuilder::new().layer(cached("no-cache")).service(file("boot.js")))
        .route_service("/favicon.svg", file("favicon.svg"))
        .route_service("/robots.txt", file("robots.txt"))
}

fn style_version(site: &Path) -> String {
    let style = std::fs::read(site.join("pkg/rashin.css")).unwrap_or_default();
    Sha256::digest(&style).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}
