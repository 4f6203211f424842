//! A submitted form, read strictly.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use axum::{
    body::Bytes,
    extract::{DefaultBodyLimit, FromRequest, Multipart, Request, multipart::MultipartError},
    http::{StatusCode, header},
};
use rashin_domain::form::Form;

use super::Refusal;

/// Larger than any form of the product: a chapter may have 60,000 characters, each nine bytes on the way.
const LIMIT: usize = 640 * 1024;

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
        storable(form_urlencoded::parse(&body).into_owned().collect()).map(Self)
    }
}

fn storable(pairs: Vec<(String, String)>) -> Result<Form, Refusal> {
    // Broken UTF-8 is read as replacement characters: it must not be stored.
    if pairs.iter().any(|(name, value)| name.contains('\u{fffd}') || value.contains('\u{fffd}')) {
        return Err(Refusal::bad_request("文字コードがUTF-8ではない部分があります。入力し直してください。"));
    }
    // No keyboard makes it and PostgreSQL stores it nowhere.
    if pairs.iter().any(|(name, value)| name.contains('\0') || value.contains('\0')) {
        return Err(Refusal::bad_request("使えない文字（NUL）が含まれています。入力し直してください。"));
    }
    Ok(Form::from_pairs(pairs))
}

/// Stands in a form for what its page showed: what changed meanwhile must be looked at again.
pub fn digest(seen: impl std::fmt::Debug) -> String {
    let mut hasher = DefaultHasher::new();
    format!("{seen:?}").hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// The largest file that is taken, in bytes.
pub const FILE_LIMIT: usize = 20 * 1024 * 1024;

/// One file as it was sent. Name and bytes are the sender's word: look before you trust.
#[derive(Debug)]
pub struct SentFile {
    pub name: String,
    pub bytes: Bytes,
}

/// A form that carries files. A file field left empty is absent. Its route needs [`file_limit`].
pub struct Uploaded {
    pub form: Form,
    files: BTreeMap<String, SentFile>,
}

impl Uploaded {
    pub fn file(&self, name: &str) -> Option<&SentFile> {
        self.files.get(name)
    }
}

/// Lets a route take files.
pub fn file_limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(FILE_LIMIT + LIMIT)
}

impl<S: Send + Sync> FromRequest<S> for Uploaded {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let broken = |error: MultipartError| match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Refusal::TooLarge,
            _ => Refusal::bad_request("送信の形式が正しくありません。画面のボタンから送信してください。"),
        };
        let mut parts = Multipart::from_request(request, state)
            .await
            .map_err(|_| Refusal::bad_request("送信の形式が正しくありません。画面のボタンから送信してください。"))?;
        let (mut pairs, mut files) = (Vec::new(), BTreeMap::new());
        while let Some(part) = parts.next_field().await.map_err(broken)? {
            let field = part.name().unwrap_or_default().to_owned();
            let file = part.file_name().map(str::to_owned);
            let bytes = part.bytes().await.map_err(broken)?;
            match file {
                // A browser sends an empty file field as a file without a name.
                Some(name) if name.is_empty() && bytes.is_empty() => {}
                Some(name) if bytes.len() <= FILE_LIMIT => _ = files.insert(field, SentFile { name, bytes }),
                Some(_) => return Err(Refusal::TooLarge),
                None if bytes.len() > LIMIT => return Err(Refusal::TooLarge),
                None => pairs.push((field, String::from_utf8_lossy(&bytes).into_owned())),
            }
        }
        Ok(Self { form: storable(pairs)?, files })
    }
}
