//! What an admin does with one member. Each act says what its page showed; what changed meanwhile is looked at again.

use axum::{extract::Path, response::Response};
use jiff::civil::Date;
use rashin_domain::{
    access::{Action, Permit},
    clock::date_label,
    form::{Form, FormErrors},
    ids::MemberId,
    staff::{MemberState, Names, Posting},
    text::sentences,
};
use rashin_store::{
    Result, StoreError, TenantTx,
    people::{NO_ADMIN_LEFT, StaffMember},
    postings::HeldPosting,
};

use super::{
    member::{NAMES_SEEN, seen},
    member_url,
    new::taken,
    posting_words,
};
use crate::web::{Posted, Refusal, Visit, digest};

/// A member to act on, as the page showed them.
struct Opened {
    tx: TenantTx,
    permit: Permit,
    staff: StaffMember,
    held: Vec<HeldPosting>,
    page: String,
}

async fn open(visit: &Visit, city: &str, member: MemberId, form: &Form) -> Result<Opened, Refusal> {
    let page = member_url(city, member);
    visit.or_hold(&page, form).await?;
    let mut tx = visit.enter(city).await?;
    let staff = tx.staff_member(member).await?;
    let permit = visit.permit(&mut tx, &Action::Staff).await?;
    let held = tx.postings(Some(member)).await?;
    if form.get("seen") != seen(&staff, &held) {
        let what = "この職員の状態か所属が、画面を開いたあとに変更されています。最新の状態を確かめてから、もう一度操作してください。";
        return Err(Refusal::Conflict { what: what.to_owned(), back: page });
    }
    Ok(Opened { tx, permit, staff, held, page })
}

/// Commits what was done; a change that leaves no admin goes back to its field.
async fn finish(
    visit: &Visit,
    tx: TenantTx,
    done: Result<()>,
    page: &str,
    form: Form,
    field: &str,
    heading: String,
) -> Result<Response, Refusal> {
    match done {
        Ok(()) => {
            tx.commit().await?;
            visit.go(page, heading, "").await
        }
        Err(error) if error.is_conflict_on(NO_ADMIN_LEFT) => {
            let sentence = "管理者のいない日ができるため、できません。先に、利用中のほかの職員に管理者の役割を付けてください。";
            visit.back(page, form, FormErrors::one(field, sentence)).await
        }
        Err(StoreError::NotFound) => Err(Refusal::Conflict {
            what: "先にほかの人が変更しています。最新の状態を確かめてください。".to_owned(),
            back: page.to_owned(),
        }),
        Err(error) => Err(error.into()),
    }
}

/// A day that must be given.
fn needed_day(form: &Form, name: &str, label: &str) -> Result<Date, FormErrors> {
    let mut errors = FormErrors::default();
    match form.date(name, label, &mut errors) {
        Some(Some(day)) => Ok(day),
        Some(None) => Err(FormErrors::one(&format!("{name}_year"), sentences::enter(label))),
        None => Err(errors),
    }
}

/// Corrects name, kana and staff number. Whoever was slower gets their form back beside what stands now.
pub async fn correct(visit: Visit, Path((city, member)): Path<(String, MemberId)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = member_url(&city, member);
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let staff = tx.staff_member(member).await?;
    let permit = visit.permit(&mut tx, &Action::Staff).await?;
    let now = staff.names();
    if form.get(NAMES_SEEN) != digest(&now) {
        let number = now.staff_number.as_deref().unwrap_or("なし");
        let what = format!(
            "画面を開いたあとに、氏名「{}」、かな「{}」、職員番号「{number}」に変更されています。入力を確かめて、もう一度保存してください。",
            now.name, now.kana
        );
        return visit.back(&page, form, FormErrors::one("name", what)).await;
    }
    let mut errors = FormErrors::default();
    let Some(names) = Names::parse(&form, staff.email.is_some(), &mut errors) else { return visit.back(&page, form, errors).await };
    if names == now {
        return visit.go(&page, "変わったところはありませんでした", "").await;
    }
    match tx.correct_names(permit, member, &now, &names).await {
        Err(StoreError::Conflict(name)) => visit.back(&page, form, taken(StoreError::Conflict(name))?).await,
        done => {
            let heading = format!("{}さんの登録内容を直しました", names.name);
            finish(&visit, tx, done, &page, form, "name", heading).await
        }
    }
}

pub async fn add(visit: Visit, Path((city, member)): Path<(String, MemberId)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let Opened { mut tx, permit, staff, held, page } = open(&visit, &city, member, &form).await?;
    if !staff.is_here() {
        return Err(Refusal::Conflict {
            what: "停止中または退職した職員には、所属と役割を加えられません。".to_owned(), back: page
        });
    }
    let mut errors = FormErrors::default();
    let Some(posting) = Posting::parse(&form, &tx.coming_sections().await?, &mut errors) else {
        return visit.back(&page, form, errors).await;
    };
    let others: Vec<Posting> = held.into_iter().map(|held| held.posting).collect();
    if let Some(clash) = posting.clashes(&others) {
        return visit.back(&page, form, FormErrors::one("section", clash)).await;
    }
    if staff.left_on.is_some_and(|day| posting.term.until.is_none_or(|until| until > day)) {
        let errors = FormErrors::one("until_year", "退職の予定日より後まで続く所属は加えられません。終了日を退職の日以前にしてください。");
        return visit.back(&page, form, errors).await;
    }
    let words = match posting.term.from > tx.today() {
        true => format!("{}からの所属を予定しました", date_label(posting.term.from)),
        false => "所属と役割を加えました".to_owned(),
    };
    let done = tx.add_posting(permit, member, &posting).await;
    finish(&visit, tx, done, &page, form, "section", words).await
}

pub async fn end(visit: Visit, Path((city, member)): Path<(String, MemberId)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let Opened { mut tx, permit, held, page, .. } = open(&visit, &city, member, &form).await?;
    let today = tx.today();
    let current = held.iter().filter(|held| held.posting.term.holds(today)).find(|held| held.id.to_string() == form.get("assignment"));
    let Some(ending) = current else {
        return visit.back(&page, form, FormErrors::one("assignment", sentences::choose("終える所属と役割"))).await;
    };
    let until = match needed_day(&form, "ended", "最後の日") {
        Ok(day) if day < ending.posting.term.from => {
            return visit.back(&page, form, FormErrors::one("ended_year", "最後の日は、開始日以後にしてください。")).await;
        }
        Ok(day) => day,
        Err(errors) => return visit.back(&page, form, errors).await,
    };
    let done = tx.end_posting(permit, ending, until).await;
    let words = format!("「{}」を{}で終えます", posting_words(ending), date_label(until));
    finish(&visit, tx, done, &page, form, "ended_year", words).await
}

pub async fn withdraw(visit: Visit, Path((city, member)): Path<(String, MemberId)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let Opened { mut tx, permit, held, page, .. } = open(&visit, &city, member, &form).await?;
    let Some(prepared) = held.iter().find(|held| held.id.to_string() == form.get("assignment")) else { return Err(Refusal::NotFound) };
    let done = tx.withdraw_posting(permit, prepared).await;
    let words = format!("「{}」の予定を取り消しました", posting_words(prepared));
    finish(&visit, tx, done, &page, form, "prepared", words).await
}

pub async fn suspend(visit: Visit, Path((city, member)): Path<(String, MemberId)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let Opened { mut tx, permit, staff, page, .. } = open(&visit, &city, member, &form).await?;
    let mut errors = FormErrors::default();
    let reason = form.text("reason", "停止の理由", 200, &mut errors);
    if !errors.is_empty() {
        return visit.back(&page, form, errors).await;
    }
    let done = tx.suspend(permit, member, &reason).await;
    finish(&visit, tx, done, &page, form, "reason", format!("{}さんの利用を停止しました", staff.name)).await
}

pub async fn leave(visit: Visit, Path((city, member)): Path<(String, MemberId)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let Opened { mut tx, permit, staff, held, page } = open(&visit, &city, member, &form).await?;
    let day = match needed_day(&form, "left", "在職の最後の日") {
        Ok(day) => day,
        Err(errors) => return visit.back(&page, form, errors).await,
    };
    let today = tx.today();
    // A post that is over ended when it ended; a last day before one that runs would leave it without a day.
    if held.iter().any(|held| held.posting.term.holds(today) && held.posting.term.from > day) {
        let sentence = "いまの所属の開始日より前にはできません。開始日以後の日にしてください。";
        return visit.back(&page, form, FormErrors::one("left_year", sentence)).await;
    }
    let done = tx.leave(permit, member, day).await;
    finish(&visit, tx, done, &page, form, "left_year", format!("{}さんの退職（{}）を記録しました", staff.name, date_label(day))).await
}

pub async fn reactivate(visit: Visit, Path((city, member)): Path<(String, MemberId)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let Opened { mut tx, permit, staff, page, .. } = open(&visit, &city, member, &form).await?;
    let done = tx.reactivate(permit, member).await;
    let heading = match staff.state {
        // Still here: only the day of the leave is taken back.
        MemberState::Active | MemberState::Invited => format!("{}さんの退職の予定を取り消しました", staff.name),
        MemberState::Suspended | MemberState::Left => format!("{}さんの利用を再開しました", staff.name),
    };
    finish(&visit, tx, done, &page, form, "state", heading).await
}
