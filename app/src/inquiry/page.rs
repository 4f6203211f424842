//! `/{city}/staff/inquiries/{inquiry}`: the roll-up for those who asked, the form for those who were asked.

use axum::extract::Path;
use rashin_domain::{
    form::{Form, FormErrors},
    ids::InquiryId,
};

use super::{frame, office, open, section};
use crate::{
    ui::field::Filled,
    web::{Page, Refusal, Visit},
};

pub async fn inquiry(visit: Visit, Path((city, id)): Path<(String, InquiryId)>) -> Result<Page, Refusal> {
    let (mut tx, concern) = open(&visit, &city, id).await?;
    let (snapshot, comments, today) = (tx.inquiry_snapshot(id).await?, tx.inquiry_comments(id).await?, tx.today());
    let (form, errors) = visit.take_held().await?.unwrap_or_else(|| (Form::default(), FormErrors::default()));
    let filled = Filled { form, errors };
    let (frame, title) = (frame(&visit, &tx, &city, &concern, &snapshot).await?, filled.title(&concern.inquiry.title));
    // 管理者 of an asked section answers for it like everybody there.
    let main = if concern.sees_all && concern.speaks.is_empty() {
        office::roll_up(&city, &concern, &snapshot, &comments, filled, today)
    } else {
        let me = tx.member().map(|member| member.id);
        section::asked(&city, &concern, &snapshot, &comments, &filled, today, me)
    };
    Ok(Page::new(title, frame, main))
}
