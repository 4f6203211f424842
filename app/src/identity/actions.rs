//! What people do with their accounts. Every answer to a wrong name or password is the same, in words and in time.

use axum::{
    extract::Path,
    response::{IntoResponse, Redirect, Response},
};
use jiff::{SignedDuration, Timestamp};
use rashin_domain::{
    clock::moment_label,
    form::{Form, FormErrors},
    identity::{LinkPurpose, RESET_LIFE, check_password, normal_email},
    ids::PersonId,
};
use rashin_store::identity::Account;

use crate::web::{Flash, Posted, Refusal, SIGNED_IN, SignedInMark, TIMED_OUT, Tone, Visit};

/// How long a person waits for a second reset link.
const RESET_PAUSE: SignedDuration = SignedDuration::from_mins(2);

/// Longest input that is worth looking at.
const LIMIT: usize = 254;

pub async fn sign_in(visit: Visit, Posted(form): Posted) -> Result<Response, Refusal> {
    let kept = form.clone().without(&["password"]);
    let mut errors = FormErrors::default();
    let login = form.required("login", "メールアドレスまたは職員番号", LIMIT, &mut errors);
    let city = form.text("city", "団体", LIMIT, &mut errors);
    let password = form.get("password").to_owned();
    if password.is_empty() {
        errors.push::<()>("password", "パスワードを入力してください。".to_owned());
    }
    if !errors.is_empty() {
        return visit.back("/sign-in", kept, errors).await;
    }
    let login = login.to_lowercase();
    let email = normal_email(&login);
    if email.is_none() && city.is_empty() {
        let errors = FormErrors::one("city", "職員番号でサインインするときは、団体を入力してください。");
        return visit.back("/sign-in", kept, errors).await;
    }
    let key = email.clone().unwrap_or_else(|| format!("{city}/{login}"));
    let mut tx = visit.app.db.identity().await?;
    if let Some(until) = tx.locked_until(&key).await? {
        let sentence = wait_until(until);
        return visit.back("/sign-in", kept, FormErrors::one("password", sentence)).await;
    }
    let account = match &email {
        Some(email) => tx.account_by_email(email).await?,
        None => tx.account_by_staff_number(&city, &login).await?,
    };
    drop(tx);
    let (person, hash) = match account {
        Some(Account { person, password_hash }) => (Some(person), password_hash),
        None => (None, None),
    };
    let right = visit.app.passwords.verify(password, hash).await?;
    let mut tx = visit.app.db.identity().await?;
    // Again: many guesses at once all pass the first look.
    if let Some(until) = tx.locked_until(&key).await? {
        return visit.back("/sign-in", kept, FormErrors::one("password", wait_until(until))).await;
    }
    match person.filter(|_| right) {
        Some(person) => {
            tx.forget_failures(&key).await?;
            tx.log_identity(Some(person), "signed_in", &visit.address).await?;
            // Who had a password already is in every tenant that invited them since.
            tx.accept_invitations(person).await?;
            let memberships = tx.memberships(person).await?;
            tx.commit().await?;
            begin_session(&visit, person).await?;
            let home = match memberships.as_slice() {
                [only] => format!("/{}/staff", only.slug),
                _ => "/account".to_owned(),
            };
            Ok(Redirect::to(&own_path(form.get("back")).unwrap_or(home)).into_response())
        }
        None => {
            tx.note_failure(&key).await?;
            tx.log_identity(person, "sign_in_failed", &visit.address).await?;
            tx.commit().await?;
            let errors = FormErrors::one("login", "メールアドレス・職員番号またはパスワードが違います。");
            visit.back("/sign-in", kept, errors).await
        }
    }
}

/// Rounded up to the next minute, so that it is not too early.
fn wait_until(until: Timestamp) -> String {
    format!("続けて間違えたため、{}までお待ちください。パスワードは再設定もできます。", moment_label(until + SignedDuration::from_secs(59)))
}

/// An address inside this site, and nothing else: no `//other.example`, no scheme, no control characters.
fn own_path(back: &str) -> Option<String> {
    let inside = back.starts_with('/') && !back.starts_with("//") && !back.contains('\\') && !back.chars().any(char::is_control);
    (inside && !back.starts_with("/sign-in")).then(|| back.to_owned())
}

/// A new session id for new rights: a fixed one that somebody planted is worth nothing.
async fn begin_session(visit: &Visit, person: PersonId) -> Result<(), Refusal> {
    let now = visit.app.db.now();
    let timed_out = visit.session.get::<PersonId>(TIMED_OUT).await?;
    let was = visit.who.as_ref().map(|who| who.person()).or(timed_out);
    if was != Some(person) {
        // Drafts and forms of whoever sat here before are not for the next person.
        visit.session.clear().await;
    } else if timed_out.is_some() {
        visit.session.remove_value(TIMED_OUT).await?;
    }
    visit.session.cycle_id().await?;
    visit.session.insert(SIGNED_IN, SignedInMark { person, began: now, seen: now }).await?;
    visit.session.save().await?;
    if let Some(id) = visit.session.id() {
        let mut tx = visit.app.db.identity().await?;
        tx.touch_session(&id.0.to_be_bytes(), &visit.address, &visit.user_agent).await?;
        tx.commit().await?;
    }
    Ok(())
}

pub async fn sign_out(visit: Visit) -> Result<Response, Refusal> {
    visit.session.flush().await?;
    Ok(Redirect::to("/").into_response())
}

pub async fn end_device(visit: Visit, Path(handle): Path<String>) -> Result<Response, Refusal> {
    let who = visit.signed_in()?;
    let mut tx = visit.app.db.identity().await?;
    if !tx.end_device(who.person(), &handle).await? {
        return Err(Refusal::NotFound);
    }
    tx.log_identity(Some(who.person()), "device_signed_out", &visit.address).await?;
    tx.commit().await?;
    visit.go("/account", "端末をサインアウトしました", "").await
}

pub async fn change_password(visit: Visit, Posted(form): Posted) -> Result<Response, Refusal> {
    let who = visit.signed_in()?;
    let wrong = |sentence: String| visit.back("/account", Form::default(), FormErrors::one("current", sentence));
    // The same soft lock as at sign-in: a session left open must not be a place to guess.
    let key = format!("password of {}", who.person());
    let mut tx = visit.app.db.identity().await?;
    if let Some(until) = tx.locked_until(&key).await? {
        return wrong(wait_until(until)).await;
    }
    let hash = tx.password_hash(who.person()).await?;
    drop(tx);
    if !visit.app.passwords.verify(form.get("current").to_owned(), hash).await? {
        let mut tx = visit.app.db.identity().await?;
        tx.note_failure(&key).await?;
        tx.commit().await?;
        return wrong("いまのパスワードが違います。".to_owned()).await;
    }
    if let Some(until) = visit.app.db.identity().await?.locked_until(&key).await? {
        return wrong(wait_until(until)).await;
    }
    let own = [who.email.as_deref().unwrap_or_default(), &who.name];
    if let Err(sentence) = check_password(form.get("new"), &own) {
        return visit.back("/account", Form::default(), FormErrors::one("new", sentence)).await;
    }
    let hash = hashed(&visit, &form).await?;
    let mut tx = visit.app.db.identity().await?;
    tx.forget_failures(&key).await?;
    tx.set_password(who.person(), &hash).await?;
    let this = visit.session.id().map(|id| id.0.to_be_bytes());
    tx.end_sessions(who.person(), this.as_ref().map(|id| id.as_slice())).await?;
    tx.log_identity(Some(who.person()), "password_changed", &visit.address).await?;
    tx.commit().await?;
    begin_session(&visit, who.person()).await?;
    notify_changed(&visit, who.email.as_deref()).await;
    visit.go("/account", "パスワードを変更しました", "ほかの端末はサインアウトしました。").await
}

async fn hashed(visit: &Visit, form: &Form) -> Result<String, Refusal> {
    visit.app.passwords.hash(form.get("new").to_owned(), visit.app.db.ids.bytes()).await
}

async fn notify_changed(visit: &Visit, email: Option<&str>) {
    if let Some(email) = email {
        let body = "羅針のパスワードが変更されました。\n\n心当たりのないときは、すぐに団体の管理者へ連絡してください。\n".to_owned();
        visit.app.mail.send(email, "パスワードが変更されました（羅針）", body).await;
    }
}

pub async fn ask_reset(visit: Visit, Posted(form): Posted) -> Result<Response, Refusal> {
    let Some(email) = normal_email(form.get("email")) else {
        let errors = FormErrors::one("email", "メールアドレスを「name@example.jp」の形で入力してください。");
        return visit.back("/reset", form, errors).await;
    };
    let mut tx = visit.app.db.identity().await?;
    let recently = tx.now() - RESET_PAUSE;
    let account = tx.account_by_email(&email).await?;
    let account = match account {
        // Nobody can flood a mailbox, or keep ending the link that its owner asked for.
        Some(account) if tx.has_link_since(account.person, LinkPurpose::Reset, recently).await? => None,
        other => other,
    };
    if let Some(account) = account {
        let token: [u8; 32] = visit.app.db.ids.bytes();
        let expires = tx.now() + RESET_LIFE;
        tx.make_link(account.person, LinkPurpose::Reset, &token, expires).await?;
        tx.log_identity(Some(account.person), "reset_asked", &visit.address).await?;
        tx.commit().await?;
        let link = format!("{}/reset/{}", visit.app.site.public_url, token_text(&token));
        let body = format!(
            "羅針のパスワードを再設定するリンクです。1時間以内に、1回だけ使えます。\n\n{link}\n\n心当たりのないときは、このメールを捨ててください。パスワードは変わりません。\n"
        );
        // In the background: the answer takes as long for an address that is not known.
        let (mail, app_email) = (visit.app.mail.clone(), email.clone());
        tokio::spawn(async move { mail.send(&app_email, "パスワードの再設定（羅針）", body).await });
    }
    let heading = "登録がある場合、メールを送信しました".to_owned();
    let body = "届かないときは、迷惑メールの扱いを確かめるか、団体の管理者へ連絡してください。".to_owned();
    visit.go_with("/reset", Flash { tone: Tone::Info, heading, body }).await
}

pub async fn set_password(visit: Visit, Path(token): Path<String>, Posted(form): Posted) -> Result<Response, Refusal> {
    let here = visit.path.clone();
    let mut tx = visit.app.db.identity().await?;
    let Some(bytes) = token_bytes(&token) else { return Ok(Redirect::to(&here).into_response()) };
    let Ok(holder) = tx.link_holder(&bytes).await else {
        // The page says why a link does not work.
        return Ok(Redirect::to(&here).into_response());
    };
    let own = [holder.email.as_deref().unwrap_or_default(), &holder.name];
    if let Err(sentence) = check_password(form.get("new"), &own) {
        return visit.back(&here, Form::default(), FormErrors::one("new", sentence)).await;
    }
    drop(tx);
    let hash = hashed(&visit, &form).await?;
    // One transaction: a link is never used up without a password being set.
    let mut tx = visit.app.db.identity().await?;
    if !tx.use_link(&bytes).await? {
        return Ok(Redirect::to(&here).into_response());
    }
    tx.set_password(holder.person, &hash).await?;
    if let Some(email) = &holder.email {
        tx.forget_failures(email).await?;
    }
    tx.end_sessions(holder.person, None).await?;
    tx.log_identity(Some(holder.person), "password_set", &visit.address).await?;
    match holder.purpose {
        LinkPurpose::Invitation => tx.accept_invitations(holder.person).await?,
        LinkPurpose::Reset => {}
    }
    tx.commit().await?;
    if holder.purpose == LinkPurpose::Reset {
        notify_changed(&visit, holder.email.as_deref()).await;
    }
    visit.go("/sign-in", "パスワードを保存しました", "新しいパスワードでサインインしてください。").await
}

/// A token as it stands in a link: hexadecimal.
pub fn token_text(token: &[u8]) -> String {
    token.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Letters and digits that are not mistaken for each other on paper (Crockford's base 32).
const PAPER: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A token as it stands on a sheet to be typed: 80 bits as four groups of four, `k7qm-2x9d-…`.
pub fn sheet_token_text(token: &[u8; 10]) -> String {
    let bits = token.iter().fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
    let sign = |at: usize| char::from(PAPER[(bits >> (5 * (15 - at)) & 31) as usize]);
    let groups: Vec<String> = (0..4).map(|group| (0..4).map(|at| sign(4 * group + at)).collect()).collect();
    groups.join("-")
}

/// Either form of a token.
pub fn token_bytes(text: &str) -> Option<Vec<u8>> {
    let all_hex = text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
    if all_hex {
        return (0..32).map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).ok()).collect();
    }
    let typed: Vec<u8> = text.bytes().filter(|b| *b != b'-').collect();
    let value = |byte: &u8| {
        let plain = match byte.to_ascii_lowercase() {
            b'o' => b'0',
            b'i' | b'l' => b'1',
            other => other,
        };
        PAPER.iter().position(|sign| *sign == plain)
    };
    let values: Vec<usize> = typed.iter().map(value).collect::<Option<_>>()?;
    let bits = values.iter().fold(0_u128, |bits, value| bits << 5 | *value as u128);
    (values.len() == 16).then(|| bits.to_be_bytes()[6..].to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site_after_sign_in() {
        assert_eq!(own_path("/kai/staff").as_deref(), Some("/kai/staff"));
        for elsewhere in ["//evil.example", "https://evil.example", "/\\evil.example", "", "/sign-in", "/a\nb"] {
            assert_eq!(own_path(elsewhere), None, "{elsewhere}");
        }
    }

    #[test]
    fn tokens_read_back_and_nothing_else_does() {
        let token = [7; 32];
        assert_eq!(token_bytes(&token_text(&token)).as_deref(), Some(token.as_slice()));
        let token = [0, 1, 2, 3, 250, 251, 252, 253, 254, 255];
        let text = sheet_token_text(&token);
        assert_eq!(text.len(), 19);
        for typed in [text.clone(), text.to_uppercase(), text.replace('-', ""), text.replace('0', "o").replace('1', "l")] {
            assert_eq!(token_bytes(&typed).as_deref(), Some(token.as_slice()), "{typed}");
        }
        assert_eq!(token_bytes("00"), None);
        assert_eq!(token_bytes(&"g".repeat(64)), None);
        assert_eq!(token_bytes(&"あ".repeat(22)), None);
    }
}
