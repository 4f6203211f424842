//! What a session holds for the next page: a message of success, or a form that came back.

use axum::response::{IntoResponse, Redirect, Response};
use rashin_domain::{
    form::{Form, FormErrors},
    ids::PersonId,
};
use serde::{Deserialize, Serialize};

use super::{Refusal, Visit, visit::TIMED_OUT};

const FLASH: &str = "flash";
const HELD: &str = "held";
const KEPT: &str = "kept";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tone {
    Success,
    Info,
    Warning,
}

/// A message for the next page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Flash {
    pub tone: Tone,
    pub heading: String,
    pub body: String,
}

/// A form that came back to its page.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Held {
    path: String,
    form: Form,
    errors: FormErrors,
}

/// A form that waits for the sign-in of the person who typed it.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Kept {
    path: String,
    form: Form,
    person: PersonId,
}

/// The page of an address: what it asks for besides does not make it another form.
fn path_of(address: &str) -> String {
    address.split(['?', '#']).next().unwrap_or_default().to_owned()
}

impl Visit {
    /// Ends an action well: a redirect, and a message on the page it leads to.
    pub async fn go(&self, to: &str, heading: impl Into<String>, body: impl Into<String>) -> Result<Response, Refusal> {
        self.session.insert(FLASH, Flash { tone: Tone::Success, heading: heading.into(), body: body.into() }).await?;
        Ok(Redirect::to(to).into_response())
    }

    /// The same with another tone.
    pub async fn go_with(&self, to: &str, flash: Flash) -> Result<Response, Refusal> {
        self.session.insert(FLASH, flash).await?;
        Ok(Redirect::to(to).into_response())
    }

    /// Ends an action badly: back to the form, which shows what was typed and what is wrong with it.
    pub async fn back(&self, to: &str, form: Form, errors: FormErrors) -> Result<Response, Refusal> {
        self.session.insert(HELD, Held { path: path_of(to), form, errors }).await?;
        Ok(Redirect::to(to).into_response())
    }

    /// For an action whose session ran out: keeps the form for its page and asks to sign in; the page shows it again.
    pub async fn or_hold(&self, page: &str, form: &Form) -> Result<(), Refusal> {
        if self.who.is_some() {
            return Ok(());
        }
        if let Some(person) = self.session.get::<PersonId>(TIMED_OUT).await? {
            self.session.insert(KEPT, Kept { path: path_of(page), form: form.clone(), person }).await?;
        }
        Err(Refusal::SignedOut { back: page.to_owned() })
    }

    /// The message for this page, once.
    pub async fn take_flash(&self) -> Result<Option<Flash>, Refusal> {
        // `remove` marks a session as changed even if the key is absent: look first.
        match self.session.get::<Flash>(FLASH).await? {
            Some(flash) => {
                self.session.remove_value(FLASH).await?;
                Ok(Some(flash))
            }
            None => Ok(None),
        }
    }

    /// The form that came back to this page, or was kept for it over a sign-in; once.
    pub async fn take_held(&self) -> Result<Option<(Form, FormErrors)>, Refusal> {
        if let Some(kept) = self.take_kept().await? {
            return Ok(Some((kept.form, FormErrors::default())));
        }
        let Some(held) = self.session.get::<Held>(HELD).await? else { return Ok(None) };
        if held.path != self.path {
            return Ok(None);
        }
        self.session.remove_value(HELD).await?;
        Ok(Some((held.form, held.errors)))
    }

    /// Nobody but the person who typed it gets it: somebody else's sign-in throws it away.
    async fn take_kept(&self) -> Result<Option<Kept>, Refusal> {
        let Some(who) = &self.who else { return Ok(None) };
        let Some(kept) = self.session.get::<Kept>(KEPT).await? else { return Ok(None) };
        let mine = kept.person == who.person();
        if mine && kept.path != self.path {
            return Ok(None);
        }
        self.session.remove_value(KEPT).await?;
        Ok(mine.then_some(kept))
    }

    /// Whether a form is being kept for after the sign-in.
    pub async fn is_holding(&self) -> Result<bool, Refusal> {
        Ok(self.session.get::<Kept>(KEPT).await?.is_some())
    }
}
