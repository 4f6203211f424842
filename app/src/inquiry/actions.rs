//! Commenting, answering, and the acts of 事務局 on a running inquiry.

use axum::{extract::Path, response::Response};
use rashin_domain::{
    access::{Action, Permit},
    clock::{date_label, japan_date, moment_label},
    form::{Form, FormErrors},
    ids::{CommentId, InquiryId, SectionId},
    inquiry::{Reply, answer as read_answer, deadline as read_deadline, said},
};
use rashin_store::{StoreError, TenantTx};

use super::{
    Concern, change,
    letters::{Letter, Letters},
    url,
};
use crate::web::{Flash, Posted, Refusal, Tone, Visit};

/// One act on an inquiry, by somebody who may do it.
struct Act {
    visit: Visit,
    tx: TenantTx,
    concern: Concern,
    permit: Permit,
    /// Where its forms stand.
    page: String,
    form: Form,
}

impl Act {
    /// Of a section that was asked.
    async fn of_section(visit: Visit, city: &str, id: InquiryId, form: Form) -> Result<Self, Refusal> {
        let page = url(city, id);
        visit.or_hold(&page, &form).await?;
        let (mut tx, concern) = change(&visit, city, id).await?;
        let (asked, sections) = (concern.inquiry.sections(), &concern.tree);
        let permit = visit.permit(&mut tx, &Action::Comment { asked: &asked, sections }).await?;
        Ok(Self { visit, tx, concern, permit, page, form })
    }

    /// Of 事務局.
    async fn of_office(visit: Visit, city: &str, id: InquiryId, form: Form) -> Result<Self, Refusal> {
        let page = url(city, id);
        visit.or_hold(&page, &form).await?;
        let (mut tx, concern) = change(&visit, city, id).await?;
        let permit = visit.permit(&mut tx, &Action::Edit).await?;
        Ok(Self { visit, tx, concern, permit, page, form })
    }

    /// For 事務局: nothing more is done with an inquiry that is closed.
    fn still_open(self) -> Result<Self, Refusal> {
        if self.concern.inquiry.closed_at.is_some() { Err(already(self.page)) } else { Ok(self) }
    }

    /// For a section: why nothing is taken any more, if so. What was typed goes back with it.
    fn takes(&self) -> Result<(), FormErrors> {
        let Some(at) = self.concern.inquiry.closed_at else { return Ok(()) };
        let sentence = format!("この照会は{}に締め切られました。送られていません。", moment_label(at));
        Err(FormErrors::one("comments", sentence))
    }

    /// The section that the visitor answers for, while the inquiry takes answers.
    fn speaker(&self) -> Result<SectionId, FormErrors> {
        self.takes()?;
        let chosen = self.form.get("section").parse().ok().filter(|section| self.concern.speaks.contains(section));
        chosen.ok_or_else(|| FormErrors::one("section", "どの部署として回答するかを一覧から選択してください。"))
    }

    async fn back(self, errors: FormErrors) -> Result<Response, Refusal> {
        self.visit.back(&self.page, self.form, errors).await
    }
}

pub async fn comment(visit: Visit, Path((city, id)): Path<(String, InquiryId)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let mut act = Act::of_section(visit, &city, id, form).await?;
    let section = match act.speaker() {
        Ok(section) => section,
        Err(errors) => return act.back(errors).await,
    };
    let subjects = act.tx.inquiry_snapshot(id).await?.subjects(act.concern.inquiry.branch.as_deref());
    let said = match said(&act.form, &subjects) {
        Ok(said) => said,
        Err(errors) => return act.back(errors).await,
    };
    act.tx.add_comments(act.permit, &act.concern.inquiry, section, &said).await?;
    act.tx.tell_of_reply(&act.concern.inquiry, section).await?;
    act.tx.commit().await?;
    let words = "締め切りまで、書き足すことと、自分の意見を取り下げることができます。";
    act.visit.go(&format!("{}#own", act.page), format!("{}の意見を{}件送りました", act.concern.name(section), said.len()), words).await
}

/// 意見なし
pub async fn reply(visit: Visit, Path((city, id)): Path<(String, InquiryId)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let mut act = Act::of_section(visit, &city, id, form).await?;
    let section = match act.speaker() {
        Ok(section) => section,
        Err(errors) => return act.back(errors).await,
    };
    let typed = act.form.iter().any(|(name, text)| name.starts_with("comment.") && !text.trim().is_empty());
    let spoke = act.concern.inquiry.asked.iter().any(|a| a.section == section && matches!(a.reply, Some((Reply::Comments, ..))));
    let fault = match (typed, spoke) {
        (true, _) => Some(
            "意見が入力されています。送るときは「意見を送る」を、意見がないときは入力を消してから「意見なしと回答する」を押してください。",
        ),
        (false, true) => Some("この部署はすでに意見を出しています。意見がなくなったときは、先に取り下げてください。"),
        (false, false) => None,
    };
    if let Some(sentence) = fault {
        return act.back(FormErrors::one("comments", sentence)).await;
    }
    act.tx.reply_nothing(act.permit, &act.concern.inquiry, section).await?;
    act.tx.tell_of_reply(&act.concern.inquiry, section).await?;
    act.tx.commit().await?;
    act.visit
        .go(&act.page, format!("{}は「意見なし」と回答しました", act.concern.name(section)), "締め切りまでは、意見を送り直せます。")
        .await
}

pub async fn withdraw(
    visit: Visit,
    Path((city, id, comment)): Path<(String, InquiryId, CommentId)>,
    Posted(form): Posted,
) -> Result<Response, Refusal> {
    let mut act = Act::of_section(visit, &city, id, form).await?;
    if let Err(errors) = act.takes() {
        return act.back(errors).await;
    }
    act.tx.withdraw_comment(act.permit, &act.concern.inquiry, comment).await?;
    act.tx.commit().await?;
    act.visit.go(&act.page, "意見を取り下げました", "").await
}

pub async fn answer(
    visit: Visit,
    Path((city, id, comment)): Path<(String, InquiryId, CommentId)>,
    Posted(form): Posted,
) -> Result<Response, Refusal> {
    let mut act = Act::of_office(visit, &city, id, form).await?;
    let comments = act.tx.inquiry_comments(id).await?;
    let found = comments.iter().find(|one| one.id == comment).ok_or(Refusal::NotFound)?;
    if found.is_withdrawn {
        let what = "この意見は、先に取り下げられました。対応は保存していません。".to_owned();
        return Err(Refusal::Conflict { what, back: act.page });
    }
    // So that the page opens this comment's form again.
    act.form.set("comment", comment.to_string());
    let (outcome, text) = match read_answer(&act.form, comment) {
        Ok(answer) => answer,
        Err(errors) => return act.back(errors).await,
    };
    let current = found.answer.as_ref().map_or(0, |answer| answer.revision);
    if act.form.get("seen") != current.to_string() {
        let other = found.answer.as_ref().map(|answer| format!("{}さんが「{}」", answer.member_name, answer.outcome.label()));
        let sentence = format!(
            "画面を開いたあとに、{}と対応を書きました。上の対応を確かめて、改めるときはもう一度保存してください。",
            other.unwrap_or_default()
        );
        return act.back(FormErrors::one(&format!("answer.{comment}"), sentence)).await;
    }
    act.tx.answer_comment(act.permit, &act.concern.inquiry, comment, current, (outcome, &text)).await?;
    act.tx.commit().await?;
    act.visit.go(&format!("{}#c-{comment}", act.page), "対応を保存しました", format!("{}：{}", found.section_name, outcome.label())).await
}

pub async fn close(visit: Visit, Path((city, id)): Path<(String, InquiryId)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let mut act = Act::of_office(visit, &city, id, form).await?.still_open()?;
    if act.form.get("sure") != "on" {
        let errors = FormErrors::one("sure", "締め切ってよければ、確かめたことを示すチェックを入れてください。");
        return act.back(errors).await;
    }
    match act.tx.close_inquiry(act.permit, id).await {
        Ok(()) => {}
        Err(StoreError::NotFound) => return Err(already(act.page)),
        Err(error) => return Err(error.into()),
    }
    act.tx.commit().await?;
    act.visit.go(&act.page, "照会を締め切りました", "意見はもう受け付けません。対応は、これからも書けます。").await
}

fn already(back: String) -> Refusal {
    Refusal::Conflict { what: "この照会は、先に締め切られています。何も変更していません。".to_owned(), back }
}

pub async fn extend(visit: Visit, Path((city, id)): Path<(String, InquiryId)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let mut act = Act::of_office(visit, &city, id, form).await?.still_open()?;
    let mut errors = FormErrors::default();
    let Some(day) = read_deadline(&act.form, act.tx.today(), &mut errors) else { return act.back(errors).await };
    if act.form.get("seen_deadline") != act.concern.inquiry.deadline.to_string() {
        let now = date_label(act.concern.inquiry.deadline);
        let sentence = format!("画面を開いたあとに、期限が{now}に変えられています。確かめて、改めるときはもう一度保存してください。");
        return act.back(FormErrors::one("deadline_year", sentence)).await;
    }
    act.tx.move_deadline(act.permit, &act.concern.inquiry, day).await?;
    act.tx.commit().await?;
    act.visit.go(&act.page, format!("回答期限を{}に変えました", date_label(day)), "部署のホームと照会の画面に反映されました。").await
}

pub async fn remind(visit: Visit, Path((city, id)): Path<(String, InquiryId)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let mut act = Act::of_office(visit, &city, id, form).await?.still_open()?;
    let today = act.tx.today();
    // Nobody is reminded twice a day, whoever presses the button.
    let due = act.concern.inquiry.missing().filter(|asked| asked.reminded_at.is_none_or(|at| japan_date(at) < today));
    let sections: Vec<SectionId> = due.map(|asked| asked.section).collect();
    if sections.is_empty() {
        let body = "未回答の部署がないか、今日はもう督促を送っています。".to_owned();
        return act.visit.go_with(&act.page, Flash { tone: Tone::Info, heading: "督促は送りませんでした".to_owned(), body }).await;
    }
    let letters = Letters::write(&act.visit.app, &mut act.tx, &act.concern, &sections, Letter::Reminder).await?;
    act.tx.remind(act.permit, id, &sections).await?;
    act.tx.commit().await?;
    let words = match letters.count() {
        0 => "メールアドレスのある承認者・担当がいません。電話などで連絡してください。".to_owned(),
        count => format!("{count}人にメールを送りました。"),
    };
    letters.deliver(&act.visit.app);
    act.visit.go(&act.page, format!("{}部署に督促を送りました", sections.len()), words).await
}
