//! Commenting, answering, and the acts of 事務局 on a running inquiry.

use axum::{extract::Path, response::Response};
use rashin_domain::{
    access::Action,
    clock::{date_label, japan_date, moment_label},
    form::{Form, FormErrors},
    ids::{CommentId, InquiryId, SectionId},
    inquiry::{Reply, answer as read_answer, deadline as read_deadline, said},
};
use rashin_store::StoreError;

use super::{
    Concern, change,
    letters::{Letter, Letters},
    url,
};
use crate::web::{Flash, Posted, Refusal, Tone, Visit};

/// Why nothing is taken any more, if so. What was typed goes back with it.
fn closed(concern: &Concern) -> Option<FormErrors> {
    let at = concern.inquiry.closed_at?;
    let sentence = format!("この照会は{}に締め切られました。送られていません。", moment_label(at));
    Some(FormErrors::one("comments", sentence))
}

/// The section that the visitor answers for.
fn speaker(form: &Form, concern: &Concern) -> Result<SectionId, FormErrors> {
    let chosen = form.get("section").parse().ok().filter(|section| concern.speaks.contains(section));
    chosen.ok_or_else(|| FormErrors::one("section", "どの部署として回答するかを一覧から選択してください。"))
}

pub async fn comment(visit: Visit, Path((city, id)): Path<(String, InquiryId)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = url(&city, id);
    visit.or_hold(&page, &form).await?;
    let (mut tx, concern) = change(&visit, &city, id).await?;
    let (asked, sections) = (concern.inquiry.sections(), &concern.tree);
    let permit = visit.permit(&mut tx, &Action::Comment { asked: &asked, sections }).await?;
    if let Some(errors) = closed(&concern) {
        return visit.back(&page, form, errors).await;
    }
    let section = match speaker(&form, &concern) {
        Ok(section) => section,
        Err(errors) => return visit.back(&page, form, errors).await,
    };
    let subjects = tx.inquiry_snapshot(id).await?.subjects(concern.inquiry.branch.as_deref());
    let said = match said(&form, &subjects) {
        Ok(said) => said,
        Err(errors) => return visit.back(&page, form, errors).await,
    };
    tx.add_comments(permit, &concern.inquiry, section, &said).await?;
    tx.commit().await?;
    let words = "締め切りまで、書き足すことと、自分の意見を取り下げることができます。";
    visit.go(&format!("{page}#own"), format!("{}の意見を{}件送りました", concern.name(section), said.len()), words).await
}

/// 意見なし
pub async fn reply(visit: Visit, Path((city, id)): Path<(String, InquiryId)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = url(&city, id);
    visit.or_hold(&page, &form).await?;
    let (mut tx, concern) = change(&visit, &city, id).await?;
    let (asked, sections) = (concern.inquiry.sections(), &concern.tree);
    let permit = visit.permit(&mut tx, &Action::Comment { asked: &asked, sections }).await?;
    if let Some(errors) = closed(&concern) {
        return visit.back(&page, form, errors).await;
    }
    let section = match speaker(&form, &concern) {
        Ok(section) => section,
        Err(errors) => return visit.back(&page, form, errors).await,
    };
    let typed = form.iter().any(|(name, text)| name.starts_with("comment.") && !text.trim().is_empty());
    let spoke = concern.inquiry.asked.iter().any(|a| a.section == section && matches!(a.reply, Some((Reply::Comments, ..))));
    let fault = match (typed, spoke) {
        (true, _) => Some(
            "意見が入力されています。送るときは「意見を送る」を、意見がないときは入力を消してから「意見なしと回答する」を押してください。",
        ),
        (false, true) => Some("この部署はすでに意見を出しています。意見がなくなったときは、先に取り下げてください。"),
        (false, false) => None,
    };
    if let Some(sentence) = fault {
        return visit.back(&page, form, FormErrors::one("comments", sentence)).await;
    }
    tx.reply_nothing(permit, &concern.inquiry, section).await?;
    tx.commit().await?;
    visit.go(&page, format!("{}は「意見なし」と回答しました", concern.name(section)), "締め切りまでは、意見を送り直せます。").await
}

pub async fn withdraw(
    visit: Visit,
    Path((city, id, comment)): Path<(String, InquiryId, CommentId)>,
    Posted(form): Posted,
) -> Result<Response, Refusal> {
    let page = url(&city, id);
    visit.or_hold(&page, &form).await?;
    let (mut tx, concern) = change(&visit, &city, id).await?;
    let (asked, sections) = (concern.inquiry.sections(), &concern.tree);
    let permit = visit.permit(&mut tx, &Action::Comment { asked: &asked, sections }).await?;
    if let Some(errors) = closed(&concern) {
        return visit.back(&page, form, errors).await;
    }
    tx.withdraw_comment(permit, &concern.inquiry, comment).await?;
    tx.commit().await?;
    visit.go(&page, "意見を取り下げました", "").await
}

pub async fn answer(
    visit: Visit,
    Path((city, id, comment)): Path<(String, InquiryId, CommentId)>,
    Posted(mut form): Posted,
) -> Result<Response, Refusal> {
    let page = url(&city, id);
    visit.or_hold(&page, &form).await?;
    let (mut tx, concern) = change(&visit, &city, id).await?;
    let permit = visit.permit(&mut tx, &Action::Edit).await?;
    let comments = tx.inquiry_comments(id).await?;
    let found = comments.iter().find(|one| one.id == comment).ok_or(Refusal::NotFound)?;
    if found.is_withdrawn {
        let what = "この意見は、先に取り下げられました。対応は保存していません。".to_owned();
        return Err(Refusal::Conflict { what, back: page });
    }
    // So that the page opens this comment's form again.
    form.set("comment", comment.to_string());
    let (outcome, text) = match read_answer(&form, comment) {
        Ok(answer) => answer,
        Err(errors) => return visit.back(&page, form, errors).await,
    };
    let current = found.answer.as_ref().map_or(0, |answer| answer.revision);
    if form.get("seen") != current.to_string() {
        let other = found.answer.as_ref().map(|answer| format!("{}さんが「{}」", answer.member_name, answer.outcome.label()));
        let sentence = format!(
            "画面を開いたあとに、{}と対応を書きました。上の対応を確かめて、改めるときはもう一度保存してください。",
            other.unwrap_or_default()
        );
        return visit.back(&page, form, FormErrors::one(&format!("answer.{comment}"), sentence)).await;
    }
    tx.answer_comment(permit, &concern.inquiry, comment, current, (outcome, &text)).await?;
    tx.commit().await?;
    visit.go(&format!("{page}#c-{comment}"), "対応を保存しました", format!("{}：{}", found.section_name, outcome.label())).await
}

pub async fn close(visit: Visit, Path((city, id)): Path<(String, InquiryId)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = url(&city, id);
    visit.or_hold(&page, &form).await?;
    let (mut tx, concern) = change(&visit, &city, id).await?;
    let permit = visit.permit(&mut tx, &Action::Edit).await?;
    if concern.inquiry.closed_at.is_some() {
        return Err(already(page));
    }
    if form.get("sure") != "on" {
        let errors = FormErrors::one("sure", "締め切ってよければ、確かめたことを示すチェックを入れてください。");
        return visit.back(&page, form, errors).await;
    }
    match tx.close_inquiry(permit, id).await {
        Ok(()) => {}
        Err(StoreError::NotFound) => return Err(already(page)),
        Err(error) => return Err(error.into()),
    }
    tx.commit().await?;
    visit.go(&page, "照会を締め切りました", "意見はもう受け付けません。対応は、これからも書けます。").await
}

fn already(back: String) -> Refusal {
    Refusal::Conflict { what: "この照会は、先に締め切られています。何も変更していません。".to_owned(), back }
}

pub async fn extend(visit: Visit, Path((city, id)): Path<(String, InquiryId)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = url(&city, id);
    visit.or_hold(&page, &form).await?;
    let (mut tx, concern) = change(&visit, &city, id).await?;
    let permit = visit.permit(&mut tx, &Action::Edit).await?;
    if concern.inquiry.closed_at.is_some() {
        return Err(already(page));
    }
    let mut errors = FormErrors::default();
    let Some(day) = read_deadline(&form, tx.today(), &mut errors) else { return visit.back(&page, form, errors).await };
    if form.get("seen_deadline") != concern.inquiry.deadline.to_string() {
        let now = date_label(concern.inquiry.deadline);
        let sentence = format!("画面を開いたあとに、期限が{now}に変えられています。確かめて、改めるときはもう一度保存してください。");
        return visit.back(&page, form, FormErrors::one("deadline_year", sentence)).await;
    }
    tx.move_deadline(permit, &concern.inquiry, day).await?;
    tx.commit().await?;
    visit.go(&page, format!("回答期限を{}に変えました", date_label(day)), "部署のホームと照会の画面に反映されました。").await
}

pub async fn remind(visit: Visit, Path((city, id)): Path<(String, InquiryId)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = url(&city, id);
    visit.or_hold(&page, &form).await?;
    let (mut tx, concern) = change(&visit, &city, id).await?;
    let permit = visit.permit(&mut tx, &Action::Edit).await?;
    if concern.inquiry.closed_at.is_some() {
        return Err(already(page));
    }
    let today = tx.today();
    // Nobody is reminded twice a day, whoever presses the button.
    let due = concern.inquiry.missing().filter(|asked| asked.reminded_at.is_none_or(|at| japan_date(at) < today));
    let sections: Vec<SectionId> = due.map(|asked| asked.section).collect();
    if sections.is_empty() {
        let body = "未回答の部署がないか、今日はもう督促を送っています。".to_owned();
        return visit.go_with(&page, Flash { tone: Tone::Info, heading: "督促は送りませんでした".to_owned(), body }).await;
    }
    let letters = Letters::write(&visit.app, &mut tx, &concern, &sections, Letter::Reminder).await?;
    tx.remind(permit, id, &sections).await?;
    tx.commit().await?;
    let words = match letters.count() {
        0 => "メールアドレスのある承認者・担当がいません。電話などで連絡してください。".to_owned(),
        count => format!("{count}人にメールを送りました。"),
    };
    letters.deliver(&visit.app);
    visit.go(&page, format!("{}部署に督促を送りました", sections.len()), words).await
}
