//! The edge: whose request it is, whether it comes from our own pages, and what the answer tells browsers.

use std::net::SocketAddr;

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use rashin_app::web::{ClientAddress, Refusal};

/// What the edge needs to know of the configuration.
#[derive(Clone, Debug)]
pub struct Edge {
    /// `https://rashin.example.jp`
    pub origin: String,
    pub secure: bool,
    pub trusted_proxy: bool,
}

/// No inline script or style anywhere, nothing from elsewhere; wasm may run. The same for every page, so that
/// pages can be cached whole.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'";

/// Lets an unsafe method through only when it was sent by one of our own pages.
pub async fn same_origin(State(edge): State<Edge>, request: Request, next: Next) -> Response {
    if is_safe(request.method()) || is_ours(&edge, request.headers()) {
        next.run(request).await
    } else {
        Refusal::ForeignOrigin.into_response()
    }
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Browsers send `Sec-Fetch-Site` and, with a POST, `Origin`. Whatever is there must say that it is us; a request
/// with neither is no browser's form and is refused, too.
fn is_ours(edge: &Edge, headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let site = text(HeaderName::from_static("sec-fetch-site"));
    let origin = text(header::ORIGIN);
    let site_ok = site.is_none_or(|site| site == "same-origin");
    let origin_ok = origin.is_none_or(|origin| origin == edge.origin || is_own_host(edge, origin, text(header::HOST)));
    site_ok && origin_ok && (site.is_some() || origin.is_some())
}

/// Without TLS (a town hall's closed network, a developer's machine) the server is reached by several names: there
/// the origin may be the host that was asked.
fn is_own_host(edge: &Edge, origin: &str, host: Option<&str>) -> bool {
    !edge.secure && host.is_some_and(|host| origin.strip_prefix("http://") == Some(host))
}

/// Finds out the client's address and puts the protective headers on the answer.
pub async fn guard(State(edge): State<Edge>, mut request: Request, next: Next) -> Response {
    let address = client_address(&edge, &request);
    request.extensions_mut().insert(ClientAddress(address));
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    // A downloaded file brings a stricter one.
    headers.entry("content-security-policy").or_insert(HeaderValue::from_static(POLICY));
    let mut set = |name: &'static str, value: &'static str| headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    set("referrer-policy", "same-origin");
    set("x-content-type-options", "nosniff");
    set("x-frame-options", "DENY");
    set("cross-origin-opener-policy", "same-origin");
    set("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
    if edge.secure {
        set("strict-transport-security", "max-age=63072000; includeSubDomains");
    }
    response
}

fn client_address(edge: &Edge, request: &Request) -> String {
    let forwarded = request.headers().get("x-forwarded-for").and_then(|value| value.to_str().ok());
    // The last entry is the one that our own proxy wrote.
    let forwarded = forwarded.filter(|_| edge.trusted_proxy).and_then(|list| list.rsplit(',').next()).map(|last| last.trim().to_owned());
    forwarded
        .unwrap_or_else(|| request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_string()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn only_our_own_pages_may_post() {
        let edge = Edge { origin: "https://rashin.example".into(), secure: true, trusted_proxy: false };
        let ours: [&[_]; 3] = [
            &[("origin", "https://rashin.example")],
            &[("sec-fetch-site", "same-origin")],
            &[("origin", "https://rashin.example"), ("sec-fetch-site", "same-origin")],
        ];
        let foreign: [&[_]; 6] = [
            &[],
            &[("origin", "https://evil.example")],
            &[("origin", "null")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("origin", "http://rashin.example"), ("host", "rashin.example"), ("sec-fetch-site", "same-origin")],
        ];
        for pairs in ours {
            assert!(is_ours(&edge, &headers(pairs)), "{pairs:?}");
        }
        for pairs in foreign {
            assert!(!is_ours(&edge, &headers(pairs)), "{pairs:?}");
        }
    }

    #[test]
    fn in_a_closed_network_the_asked_host_is_ours() {
        let edge = Edge { origin: "http://127.0.0.1:3000".into(), secure: false, trusted_proxy: false };
        assert!(is_ours(&edge, &headers(&[("origin", "http://10.0.0.5:3000"), ("host", "10.0.0.5:3000")])));
        assert!(!is_ours(&edge, &headers(&[("origin", "http://evil.example"), ("host", "10.0.0.5:3000")])));
    }
}
