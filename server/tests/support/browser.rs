//! A browser without JavaScript: cookies, `Origin`, redirects.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, Method, Request, header};
use axum::{Router, body::Body};
use http_body_util::BodyExt;
use tower::ServiceExt;

#[derive(Clone)]
pub struct Browser {
    router: Router,
    pub origin: String,
    pub cookies: BTreeMap<String, String>,
}

/// What came back.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// What a test sends beyond an ordinary form.
pub struct Send<'a> {
    pub method: Method,
    pub path: &'a str,
    pub headers: &'a [(&'a str, &'a str)],
    pub body: Vec<u8>,
}

impl Browser {
    pub fn new(router: Router, origin: &str) -> Self {
        Self { router, origin: origin.to_owned(), cookies: BTreeMap::new() }
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Send { method: Method::GET, path, headers: &[], body: Vec::new() }).await
    }

    /// Sends a form as our own page would.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_raw(path, form(fields).into_bytes()).await
    }

    pub async fn post_raw(&mut self, path: &str, body: Vec<u8>) -> Answer {
        let origin = self.origin.clone();
        let headers =
            [("content-type", "application/x-www-form-urlencoded"), ("origin", origin.as_str()), ("sec-fetch-site", "same-origin")];
        self.send(Send { method: Method::POST, path, headers: &headers, body }).await
    }

    /// Sends a form with one file: (field, file name, bytes).
    pub async fn post_file(&mut self, path: &str, fields: &[(&str, &str)], file: (&str, &str, &[u8])) -> Answer {
        const MARK: &str = "----rashin-test";
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend(format!("--{MARK}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
        }
        let (field, name, bytes) = file;
        body.extend(format!("--{MARK}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\r\n").bytes());
        body.extend(bytes);
        body.extend(format!("\r\n--{MARK}--\r\n").bytes());
        let (origin, kind) = (self.origin.clone(), format!("multipart/form-data; boundary={MARK}"));
        let headers = [("content-type", kind.as_str()), ("origin", origin.as_str()), ("sec-fetch-site", "same-origin")];
        self.send(Send { method: Method::POST, path, headers: &headers, body }).await
    }

    /// Sends a form and follows the redirect to the page that shows the outcome.
    pub async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = self.post(path, fields).await;
        self.follow(answer).await
    }

    pub async fn follow(&mut self, mut answer: Answer) -> Answer {
        for _ in 0..5 {
            if !(300..400).contains(&answer.status) {
                return answer;
            }
            let to = answer.location();
            answer = self.get(&to).await;
        }
        panic!("redirects without end");
    }

    pub async fn sign_in(&mut self, login: &str, password: &str) -> Answer {
        self.post("/sign-in", &[("login", login), ("password", password)]).await
    }

    pub async fn send(&mut self, send: Send<'_>) -> Answer {
        let mut request =
            Request::builder().method(send.method).uri(send.path).header(header::HOST, self.origin.split("//").last().unwrap_or_default());
        for (name, value) in send.headers {
            request = request.header(*name, *value);
        }
        if !self.cookies.is_empty() {
            let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(header::COOKIE, pairs.join("; "));
        }
        let response = self.router.clone().oneshot(request.body(Body::from(send.body)).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let answer =
            Answer { status: parts.status.as_u16(), headers: parts.headers, body: body.collect().await.unwrap().to_bytes().to_vec() };
        for cookie in answer.set_cookies() {
            let (pair, attributes) = cookie.split_once(';').unwrap_or((&cookie, ""));
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn location(&self) -> String {
        self.header("location").to_owned()
    }

    pub fn set_cookies(&self) -> Vec<String> {
        self.headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap().to_owned()).collect()
    }

    /// Asserts a page in Japanese with this status and these words.
    #[track_caller]
    pub fn says(&self, status: u16, words: &[&str]) -> &Self {
        let text = self.text();
        assert_eq!(self.status, status, "{}", super::title(&text));
        assert!(self.header("content-type").starts_with("text/html"), "no page: {text}");
        assert!(text.contains("<html lang=\"ja\">"), "no Japanese page: {text}");
        for word in words {
            assert!(text.contains(word), "「{word}」 is missing from 「{}」\n{}", super::title(&text), super::html::main(&text));
        }
        self
    }
}

/// A form's body.
pub fn form(fields: &[(&str, &str)]) -> String {
    fields.iter().map(|(name, value)| format!("{}={}", percent(name), percent(value))).collect::<Vec<_>>().join("&")
}

/// Percent-encodes everything but letters and digits.
pub fn percent(text: &str) -> String {
    text.bytes().map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
