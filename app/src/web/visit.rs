//! Who is there: one request's visitor, and the doors that stand open to them.

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{Method, header, request::Parts},
};
use jiff::{SignedDuration, Timestamp};
use rashin_domain::{
    access::{Action, Permit, decide},
    identity::session_is_alive,
    ids::PersonId,
};
use rashin_store::{PublicTx, TenantTx, identity::SignedIn};
use serde::{Deserialize, Serialize};
use tower_sessions::Session;

use super::{App, Refusal, refusal::Attempt};

/// Key of the session's record of who signed in.
pub const SIGNED_IN: &str = "signed_in";
/// Key of the person whose time ran out: only they get back what they had typed.
pub const TIMED_OUT: &str = "timed_out";

/// How often an active session is written down as used.
const TOUCH_EVERY: SignedDuration = SignedDuration::from_mins(5);

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SignedInMark {
    pub person: PersonId,
    pub began: Timestamp,
    pub seen: Timestamp,
}

/// The client's address as the server's edge established it.
#[derive(Clone, Debug, Default)]
pub struct ClientAddress(pub String);

/// One request's visitor.
pub struct Visit {
    pub app: App,
    pub session: Session,
    pub who: Option<SignedIn>,
    pub address: String,
    pub user_agent: String,
    pub path: String,
    method: Method,
}

impl<S> FromRequestParts<S> for Visit
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let app = App::from_ref(state);
        let session = parts.extensions.get::<Session>().cloned().ok_or_else(|| Refusal::incident("no session layer"))?;
        let text =
            |value: Option<&header::HeaderValue>| value.and_then(|v| v.to_str().ok()).unwrap_or_default().chars().take(300).collect();
        let mut visit = Self {
            address: parts.extensions.get::<ClientAddress>().cloned().unwrap_or_default().0,
            user_agent: text(parts.headers.get(header::USER_AGENT)),
            path: parts.uri.path().to_owned(),
            method: parts.method.clone(),
            who: None,
            app,
            session,
        };
        visit.who = visit.recognise().await?;
        Ok(visit)
    }
}

impl Visit {
    async fn recognise(&self) -> Result<Option<SignedIn>, Refusal> {
        let Some(mark) = self.session.get::<SignedInMark>(SIGNED_IN).await? else { return Ok(None) };
        let now = self.app.db.now();
        if !session_is_alive(mark.began, mark.seen, now) {
            self.session.remove_value(SIGNED_IN).await?;
            self.session.insert(TIMED_OUT, mark.person).await?;
            return Ok(None);
        }
        let mut tx = self.app.db.identity().await?;
        let who = tx.signed_in(mark.person).await?;
        if now.duration_since(mark.seen) > TOUCH_EVERY {
            self.session.insert(SIGNED_IN, SignedInMark { seen: now, ..mark }).await?;
            if let Some(id) = self.session.id() {
                tx.touch_session(&id.0.to_be_bytes(), &self.address, &self.user_agent).await?;
            }
            tx.commit().await?;
        }
        Ok(Some(who))
    }

    /// The signed-in person, or a way to sign in that leads back here.
    pub fn signed_in(&self) -> Result<&SignedIn, Refusal> {
        self.who.as_ref().ok_or_else(|| Refusal::SignedOut { back: self.path_after_sign_in() })
    }

    /// Only a page can be gone back to; after a POST it is the page that held the form.
    fn path_after_sign_in(&self) -> String {
        if self.method == Method::GET { self.path.clone() } else { "/account".to_owned() }
    }

    /// Enters a tenant as a member. Not yours and not there are the same.
    pub async fn enter(&self, city: &str) -> Result<TenantTx, Refusal> {
        let who = self.signed_in()?;
        let tx = self.app.db.enter(who, city).await?;
        if tx.city().slug != city {
            return Err(Refusal::Moved { to: self.path.replacen(city, &tx.city().slug, 1) });
        }
        Ok(tx)
    }

    /// Opens a tenant's editions.
    pub async fn public(&self, city: &str) -> Result<PublicTx, Refusal> {
        let tx = self.app.db.public(city).await?;
        if tx.city.slug != city {
            return Err(Refusal::Moved { to: self.path.replacen(city, &tx.city.slug, 1) });
        }
        Ok(tx)
    }

    /// Leave to act, or a refusal that says who to turn to; the attempt is written down.
    pub async fn permit(&self, tx: &mut TenantTx, action: &Action<'_>) -> Result<Permit, Refusal> {
        match decide(tx.actor(), action) {
            Ok(permit) => Ok(permit),
            Err(denied) => {
                let helpers = tx.holders(denied.helper()).await?;
                let who = self.signed_in()?.clone();
                let attempt = Attempt { who, city: tx.city().slug.clone(), action: action.name(), path: self.path.clone() };
                Err(Refusal::Denied { denied, helpers, attempt: Box::new(attempt) })
            }
        }
    }
}
