//! A submitted form, read strictly.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::header,
};
use rashin_domain::form::Form;

use super::Refusal;

/// Larger than any form of the product; the notes of a report are 2,000 characters.
const LIMIT: usize = 128 * 1024;

/// The body of a form POST. Anything else is refused with a sentence, never with a panic.
pub struct Posted(pub Form);

impl<S: Send + Sync> FromRequest<S> for Posted {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("application/x-www-form-urlencoded") {
            return Err(Refusal::bad_request("送信の形式が正しくありません。画面のボタンから送信してください。"));
        }
        let body = Bytes::from_request(request, state).await.map_err(|_| Refusal::TooLarge)?;
        if body.len() > LIMIT {
            return Err(Refusal::TooLarge);
        }
        let pairs: Vec<(String, String)> = form_urlencoded::parse(&body).into_owned().collect();
        // Broken UTF-8 is read as replacement characters: it must not be stored.
        if pairs.iter().any(|(name, value)| name.contains('\u{fffd}') || value.contains('\u{fffd}')) {
            return Err(Refusal::bad_request("文字コードがUTF-8ではない部分があります。入力し直してください。"));
        }
        // No keyboard makes it and PostgreSQL stores it nowhere.
        if pairs.iter().any(|(name, value)| name.contains('\0') || value.contains('\0')) {
            return Err(Refusal::bad_request("使えない文字（NUL）が含まれています。入力し直してください。"));
        }
        Ok(Self(Form::from_pairs(pairs)))
    }
}
