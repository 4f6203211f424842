//! Asking those who are ticked for what they still owe.

use std::collections::BTreeMap;

use axum::{extract::Path, response::Response};
use rashin_domain::{
    access::Action,
    form::{Form, FormErrors},
    ids::MemberId,
    notification::{NotificationKind, Signed, Told},
    obligation::Task,
    urging::{Only, WORDS_LIMIT, request, rounds},
};
use rashin_store::{notification::Note, urging::key};

use super::{Register, page_url};
use crate::web::{Flash, Posted, Refusal, Tone, Visit};

/// `POST /{city}/staff/reminders`
pub async fn remind(visit: Visit, Path(city): Path<String>, Posted(form): Posted) -> Result<Response, Refusal> {
    let only = Only::of(&form);
    let page = page_url(&city, &only);
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let permit = visit.permit(&mut tx, &Action::Conduct).await?;
    let register = Register::load(&mut tx).await?.ok_or(Refusal::NotFound)?;
    let mut errors = FormErrors::default();
    let words = form.text("words", "ひとこと", WORDS_LIMIT, &mut errors);
    let ticked: Vec<&str> = form.iter().filter(|(_, value)| *value == "on").filter_map(|(name, _)| name.strip_prefix("to.")).collect();
    if ticked.is_empty() {
        errors.push::<()>("to", "催促する人を、表の左の欄で選択してください。".to_owned());
    }
    let debts = register.debts(&only);
    // Where everything was reported meanwhile, the page has no form to come back to.
    if !errors.is_empty() && !debts.people.is_empty() {
        return visit.back(&page, form, errors).await;
    }
    let sender = tx.member().ok_or(Refusal::NotFound)?.name.clone();
    let signed = Signed { sender, words };
    let mut owed: BTreeMap<MemberId, (String, Vec<&Task>)> = BTreeMap::new();
    for debt in debts.people.iter().filter(|debt| ticked.contains(&debt.key().as_str())) {
        let seen = form.get(&format!("seen.{}", debt.key()));
        owed.entry(debt.of).or_insert_with(|| (key(seen.parse().ok()), Vec::new())).1.extend(&debt.tasks);
    }
    let all: Vec<&Task> = owed.values().flat_map(|(_, tasks)| tasks.iter().copied()).collect();
    let notes: Vec<Note> = owed.iter().map(|(to, (key, tasks))| note(&register, *to, key, tasks, &signed)).collect();
    let urged = tx.urge(permit, &notes, &rounds(&all)).await?;
    tx.commit().await?;
    let gone = shown(&form, &ticked).saturating_sub(all.len());
    visit.go_with(&page, outcome(urged, notes.len() - urged, gone)).await
}

fn note(register: &Register, to: MemberId, key: &str, tasks: &[&Task<'_>], signed: &Signed) -> Note {
    let told = Told { kind: NotificationKind::Urged, text: request(tasks), about: register.names(tasks), signed: Some(signed.clone()) };
    Note { to, key: key.to_owned(), told, href: "/staff/updates".to_owned() }
}

/// How many reports the ticked lines showed as missing.
fn shown(form: &Form, ticked: &[&str]) -> usize {
    ticked.iter().filter_map(|key| form.get(&format!("count.{key}")).parse::<usize>().ok()).fold(0, usize::saturating_add)
}

/// `again`: people who were asked from another page, or by the first of two clicks. `gone`: reports that are no longer owed.
fn outcome(urged: usize, again: usize, gone: usize) -> Flash {
    let mut body = String::new();
    if urged > 0 {
        body.push_str("お知らせの画面と、メールアドレスのある人にはメールで届きます。");
    }
    if again > 0 {
        body.push_str(&format!("先に催促が送られていた{again}人には、重ねて送っていません。"));
    }
    if gone > 0 {
        body.push_str(&format!("画面を開いたあとに報告されたか担当が変わった{gone}件は、除きました。"));
    }
    match urged {
        0 => Flash { tone: Tone::Info, heading: "催促は送りませんでした".to_owned(), body },
        urged => Flash { tone: Tone::Success, heading: format!("{urged}人に催促しました"), body },
    }
}
