//! ETag and 304 for what is public: whole pages and open data. Inside compression, so that the tag is of the content.

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http_body_util::BodyExt;
use sha2::{Digest, Sha256};

/// Tags successful public answers, and answers 304 to who has them already.
pub async fn etag(request: Request, next: Next) -> Response {
    let asked = request.headers().get(header::IF_NONE_MATCH).cloned();
    let is_get = matches!(*request.method(), Method::GET | Method::HEAD);
    let mut response = next.run(request).await;
    let is_public = response.headers().get(header::CACHE_CONTROL).is_some_and(|v| v.as_bytes().starts_with(b"public"));
    if is_public && response.headers().contains_key(header::SET_COOKIE) {
        // A session's cookie must never be kept by a cache.
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        return response;
    }
    if !is_get || !is_public || response.status() != StatusCode::OK || response.headers().contains_key(header::ETAG) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(body) = body.collect().await.map(|body| body.to_bytes()) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let tag: String = Sha256::digest(&body).iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("\"{tag}\"");
    if asked.is_some_and(|asked| asked.to_str().is_ok_and(|asked| matches(asked, &tag))) {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_LENGTH);
        parts.headers.remove(header::CONTENT_TYPE);
        insert_tag(&mut parts.headers, &tag);
        return Response::from_parts(parts, Body::empty());
    }
    insert_tag(&mut parts.headers, &tag);
    Response::from_parts(parts, Body::from(body))
}

fn insert_tag(headers: &mut axum::http::HeaderMap, tag: &str) {
    // Hexadecimal in quotes is always a header value.
    if let Ok(value) = HeaderValue::from_str(tag) {
        headers.insert(header::ETAG, value);
    }
}

/// Compression makes tags weak on their way; the comparison is the weak one.
fn matches(asked: &str, tag: &str) -> bool {
    asked.split(',').map(str::trim).any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}
