//! Reading, and choosing what comes by mail. Everybody for themselves: nobody else is asked, and the log tells nothing.

use axum::{extract::Path, response::Response};
use rashin_domain::{ids::NotificationId, notification::NotificationKind};

use super::{field, notifications_url};
use crate::web::{Posted, Refusal, Visit};

pub async fn read(visit: Visit, Path((city, id)): Path<(String, NotificationId)>) -> Result<Response, Refusal> {
    let mut tx = visit.enter(&city).await?;
    tx.read_notification(id).await?;
    tx.commit().await?;
    visit.go(&notifications_url(&city), "既読にしました", "").await
}

/// What came up after the page was made stays unread.
pub async fn read_all(visit: Visit, Path(city): Path<String>, Posted(form): Posted) -> Result<Response, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let until = form.get("until").parse().unwrap_or_else(|_| tx.now());
    let count = tx.read_notifications(until).await?;
    tx.commit().await?;
    visit.go(&notifications_url(&city), format!("{count}件を既読にしました"), "").await
}

pub async fn set(visit: Visit, Path(city): Path<String>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = format!("{}/settings", notifications_url(&city));
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let refused = NotificationKind::ALL.iter().copied().filter(|kind| form.get(&field(*kind)) != "on").collect();
    tx.refuse_mails(&refused).await?;
    tx.commit().await?;
    visit.go(&page, "メールの設定を保存しました", "これから届くお知らせに使われます。").await
}
