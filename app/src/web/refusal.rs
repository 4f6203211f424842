//! What a person is told when something does not go: which page, which status, how to go on.

use axum::{
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;
use rashin_domain::{
    access::Denied,
    clock::{date_label, japan_date},
    publish::edition_label,
};
use rashin_store::{City, StoreError, audit, identity::SignedIn, publish::Withdrawal};

use super::{App, Page};
use crate::ui::frame::Frame;

/// What a member tried without the right to. Travels with the answer to [`log_attempts`].
#[derive(Clone, Debug)]
pub struct Attempt {
    pub who: SignedIn,
    pub city: String,
    pub action: &'static str,
    pub path: String,
}

/// Writes refused attempts into the tenant's log once the transaction that refused is over: two connections for
/// one request could starve the pool.
pub async fn log_attempts(State(app): State<App>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if let Some(attempt) = response.extensions().get::<Attempt>()
        && let Err(error) = audit::refused(&app.db, &attempt.who, &attempt.city, attempt.action, &attempt.path).await
    {
        tracing::error!(%error, "a refusal was not written down");
    }
    response
}

#[derive(Debug)]
pub enum Refusal {
    /// Sign in first, then come back here.
    SignedOut {
        back: String,
    },
    /// Not there, or not yours.
    NotFound,
    /// A member, but not with this right.
    Denied {
        denied: Denied,
        /// Who can help.
        helpers: Vec<String>,
        attempt: Box<Attempt>,
    },
    /// The tenant has a new address.
    Moved {
        to: String,
    },
    /// An edition was withdrawn.
    Gone {
        city: Box<City>,
        /// The edition, when the address names one: others may stand.
        number: Option<i32>,
        withdrawal: Withdrawal,
    },
    /// Somebody else was quicker; in one sentence.
    Conflict {
        what: String,
        back: String,
    },
    /// The request came from another site.
    ForeignOrigin,
    BadRequest(String),
    TooLarge,
    Busy,
    /// Something broke; the number stands in the server's log.
    Incident(String),
}

impl Refusal {
    /// Logs what broke and keeps its number.
    pub fn incident(what: impl std::fmt::Display) -> Self {
        // Derived from the time by the logger's id source would need state; the hash of the message and the
        // process-wide counter are enough to find the line.
        static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(1);
        let number = format!("{:05}-{:04}", std::process::id() % 100_000, COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        tracing::error!(incident = number, %what, "incident");
        Refusal::Incident(number)
    }

    pub fn bad_request(sentence: &str) -> Self {
        Refusal::BadRequest(sentence.to_owned())
    }
}

/// The one place where failures of the store become words, and the one that logs them.
impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Refusal::NotFound,
            StoreError::Busy(error) => {
                tracing::warn!(%error, "the database is busy");
                Refusal::Busy
            }
            StoreError::Conflict(constraint) => Refusal::incident(format!("unexpected conflict on {constraint}")),
            StoreError::Db(error) => Refusal::incident(error),
        }
    }
}

impl From<tower_sessions::session::Error> for Refusal {
    fn from(error: tower_sessions::session::Error) -> Self {
        Refusal::incident(error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut attempted = None;
        let problem = match self {
            Refusal::SignedOut { back } => {
                let query: String = form_urlencoded::Serializer::new(String::new()).append_pair("back", &back).finish();
                return Redirect::to(&format!("/sign-in?{query}")).into_response();
            }
            Refusal::Moved { to } => return Redirect::permanent(&to).into_response(),
            Refusal::NotFound => Problem {
                status: StatusCode::NOT_FOUND,
                heading: "ページが見つかりません".to_owned(),
                sentences: vec![
                    "アドレスが間違っているか、ページが移動したか、閲覧する権利がありません。".to_owned(),
                    "アドレスを手で入力したときは、つづりを確かめてください。".to_owned(),
                ],
                link: ("/".to_owned(), "公開している計画の一覧"),
            },
            Refusal::Denied { denied, helpers, attempt } => {
                let city = attempt.city.clone();
                attempted = Some(attempt);
                let contact = match helpers.is_empty() {
                    true => "必要なときは、団体の管理者へ連絡してください。".to_owned(),
                    false => format!("必要なときは、{}（{}）へ連絡してください。", denied.helper().label(), helpers.join("、")),
                };
                Problem {
                    status: StatusCode::FORBIDDEN,
                    heading: "この操作はできません".to_owned(),
                    sentences: vec![denied.to_string(), contact],
                    link: (format!("/{city}/staff"), "ホームに戻る"),
                }
            }
            Refusal::Gone { city, number, withdrawal } => Problem {
                status: StatusCode::GONE,
                heading: "この版は取り下げられました".to_owned(),
                sentences: vec![
                    format!(
                        "{}の計画の{}は、{}に取り下げられました。",
                        city.name,
                        number.map_or_else(|| "公表した版".to_owned(), edition_label),
                        date_label(japan_date(withdrawal.at))
                    ),
                    format!("理由：{}", withdrawal.reason),
                ],
                link: match number {
                    Some(_) => (format!("/{}", city.slug), "いま公開している版を見る"),
                    None => ("/".to_owned(), "公開している計画の一覧"),
                },
            },
            Refusal::Conflict { what, back } => Problem {
                status: StatusCode::CONFLICT,
                heading: "先に変更されていました".to_owned(),
                sentences: vec![what],
                link: (back, "最新の状態を見る"),
            },
            Refusal::ForeignOrigin => Problem {
                status: StatusCode::FORBIDDEN,
                heading: "ほかのサイトからの送信は受け付けません".to_owned(),
                sentences: vec!["安全のため、この画面から送信されたものだけを受け付けます。何も変更していません。".to_owned()],
                link: ("/".to_owned(), "最初の画面"),
            },
            Refusal::BadRequest(sentence) => Problem {
                status: StatusCode::BAD_REQUEST,
                heading: "送信された内容を読み取れません".to_owned(),
                sentences: vec![sentence, "何も変更していません。前の画面に戻ってやり直してください。".to_owned()],
                link: ("/".to_owned(), "最初の画面"),
            },
            Refusal::TooLarge => Problem {
                status: StatusCode::PAYLOAD_TOO_LARGE,
                heading: "送信された内容が大きすぎます".to_owned(),
                sentences: vec![
                    "一度に送れる量を超えています（ファイルは20MBまで）。前の画面に戻り、短くするか、小さいファイルにして送信し直してください。何も変更していません。".to_owned(),
                ],
                link: ("/".to_owned(), "最初の画面"),
            },
            Refusal::Busy => Problem {
                status: StatusCode::SERVICE_UNAVAILABLE,
                heading: "ただいま混み合っています".to_owned(),
                sentences: vec!["しばらくしてから、もう一度お試しください。送信した内容は保存されていません。".to_owned()],
                link: ("/".to_owned(), "最初の画面"),
            },
            Refusal::Incident(number) => Problem {
                status: StatusCode::INTERNAL_SERVER_ERROR,
                heading: "処理を続けられませんでした".to_owned(),
                sentences: vec![
                    "システム側の問題です。送信した内容は保存されていません。しばらくしてから、もう一度お試しください。".to_owned(),
                    format!("続くときは、受付番号 {number} を添えて管理者へ連絡してください。"),
                ],
                link: ("/".to_owned(), "最初の画面"),
            },
        };
        let mut response = problem.into_response();
        if let Some(attempt) = attempted {
            response.extensions_mut().insert(*attempt);
        }
        response
    }
}

struct Problem {
    status: StatusCode,
    heading: String,
    sentences: Vec<String>,
    link: (String, &'static str),
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let main = view! {
            <div class="page-head"><h1>{self.heading.clone()}</h1></div>
            <div class="prose stack">
                {self.sentences.into_iter().map(|sentence| view! { <p>{sentence}</p> }).collect_view()}
                <p><a href=self.link.0>{self.link.1}</a></p>
            </div>
        };
        Page::new(self.heading, Frame::plain(None), main).with_status(self.status).into_response()
    }
}
