//! お知らせ: what a member was told, and which of it by mail, too.

pub mod actions;
pub mod jobs;
pub mod page;
pub mod settings;

pub fn notifications_url(city: &str) -> String {
    format!("/{city}/staff/notifications")
}

/// Of the box for a kind in the settings.
fn field(kind: rashin_domain::notification::NotificationKind) -> String {
    format!("mail.{}", kind.code())
}
