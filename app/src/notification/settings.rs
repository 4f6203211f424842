//! `/{city}/staff/notifications/settings`: what comes by mail.

use axum::extract::Path;
use leptos::prelude::*;
use rashin_domain::{form::Form, notification::NotificationKind};

use super::{field, notifications_url};
use crate::{
    ui::{
        field::{Filled, checkbox, group, optional, post_form},
        frame::{Frame, Here},
        section::page_head,
    },
    web::{Page, Refusal, Visit},
};

pub async fn settings(visit: Visit, Path(city): Path<String>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let refused = tx.mail_refusals().await?;
    let filled = Filled::new(visit.take_held().await?, || {
        let wanted = NotificationKind::ALL.iter().filter(|kind| kind.is_optional() && !refused.contains(kind));
        Form::from_pairs(wanted.map(|kind| (field(*kind), "on".to_owned())))
    });
    let boxes = NotificationKind::ALL.iter().filter(|kind| kind.is_optional());
    let boxes = boxes.map(|kind| checkbox(&filled, &field(*kind), kind.label().to_owned())).collect_view();
    let always: Vec<&str> =
        NotificationKind::ALL.iter().filter(|kind| !kind.is_optional() && !kind.is_on_pages_only()).map(|kind| kind.label()).collect();
    let label = optional("メールで受け取るお知らせ").hint("チェックを外しても、お知らせの画面には届きます。");
    let fields = view! {
        <p>{format!("次のお知らせは、報告の締切、回答・案件・OODAカードの期限、会議の予定にかかわるため、いつもメールで届きます：{}。", always.join("、"))}</p>
        {group(&filled, "mail", &label, boxes)}
    };
    let main = view! {
        {page_head("お知らせ", "メールの設定", ())}
        {post_form(format!("{}/settings", notifications_url(&city)), fields, "設定を保存する")}
    };
    let crumbs = vec![("ホーム".to_owned(), format!("/{city}/staff")), ("お知らせ".to_owned(), notifications_url(&city))];
    let frame = Frame::staff(&tx, None, Here::Notifications).crumbs(crumbs).flash(visit.take_flash().await?);
    Ok(Page::new("メールの設定", frame, main))
}
