//! `/{city}/staff/notifications`: the unread ones first.

use axum::extract::{Path, Query};
use jiff::Timestamp;
use leptos::prelude::*;
use rashin_domain::{
    clock::moment_label,
    notification::{NotificationKind, Signed},
};
use rashin_store::notification::Notification;
use serde::Deserialize;

use super::notifications_url;
use crate::{
    ui::{
        field::hidden,
        frame::{Frame, Here},
        section::{empty, note, page_head, section},
    },
    web::{Page, Refusal, Visit},
};

/// How many are shown.
const SHOWN: i64 = 500;

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    kind: String,
}

/// What came up together: a hundred new responsibilities are one thing to look at.
struct Group {
    kind: NotificationKind,
    at: Timestamp,
    all: Vec<Notification>,
}

pub async fn notifications(visit: Visit, Path(city): Path<String>, Query(asked): Query<Asked>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let all = tx.notifications(SHOWN).await?;
    let is_cut = all.len() as i64 == SHOWN;
    let chosen = NotificationKind::from_code(&asked.kind);
    let filter = filter(&city, &all, chosen);
    let shown = all.into_iter().filter(|one| chosen.is_none_or(|kind| one.told.kind == kind));
    let (read, unread): (Vec<_>, Vec<_>) = shown.partition(|one| one.is_read);
    let (count, now) = (unread.len(), tx.now());
    let lead = match tx.unread() {
        0 => "未読のお知らせはありません。".to_owned(),
        count => format!("未読のお知らせが{count}件あります。"),
    };
    let settings = format!("{}/settings", notifications_url(&city));
    let main = view! {
        {page_head("", "お知らせ", view! { <a href=settings>"メールの設定"</a> })}
        <div class="stack">
            <p class="lead">{lead}</p>
            {is_cut.then(|| note(format!("新しいほうから{SHOWN}件を表示しています。")))}
            {filter}
        </div>
        {(count > 0).then(|| section("unread", "未読", read_all(&city, now), list(&city, groups(unread))))}
        {(count == 0 && read.is_empty()).then(|| empty(
            "お知らせはありません。締切が近づいたとき、事務局から催促があったとき、報告が差し戻されたり承認されたりしたとき、担当が決まったときに、ここに届きます。",
            Some((format!("/{city}/staff"), "ホームに戻る")),
        ))}
        {(!read.is_empty()).then(|| section("read", "既読", note(format!("{}件", read.len())), list(&city, groups(read))))}
    };
    let frame = Frame::staff(&tx, None, Here::Notifications).crumbs(vec![("ホーム".to_owned(), format!("/{city}/staff"))]);
    Ok(Page::new("お知らせ", frame.flash(visit.take_flash().await?), main))
}

/// Links to each kind there is; nothing where there is one only.
fn filter(city: &str, all: &[Notification], chosen: Option<NotificationKind>) -> Option<AnyView> {
    let kinds: Vec<_> = NotificationKind::ALL.iter().filter(|kind| all.iter().any(|one| one.told.kind == **kind)).collect();
    let url = notifications_url(city);
    let link = |href: String, label: &'static str, current: bool| {
        view! { <li><a class="dads-tab__tab" href=href aria-current=current.then_some("page")>{label}</a></li> }
    };
    let links = kinds.iter().map(|kind| link(format!("{url}?kind={}", kind.code()), kind.label(), chosen == Some(**kind)));
    (kinds.len() > 1).then(|| {
        let all = link(url.clone(), "すべて", chosen.is_none());
        view! { <nav aria-label="お知らせの種類"><ul class="dads-tab__list">{all}{links.collect_view()}</ul></nav> }.into_any()
    })
}

fn read_all(city: &str, now: Timestamp) -> impl IntoView + use<> {
    view! {
        <form method="post" action=format!("{}/readings", notifications_url(city))>
            {hidden("until", now.to_string())}
            <button class="dads-button" data-type="outline" data-size="sm">"すべて既読にする"</button>
        </form>
    }
}

fn groups(all: Vec<Notification>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for one in all {
        match groups.iter_mut().find(|group| (group.kind, group.at) == (one.told.kind, one.created_at)) {
            Some(group) => group.all.push(one),
            None => groups.push(Group { kind: one.told.kind, at: one.created_at, all: vec![one] }),
        }
    }
    groups
}

fn list(city: &str, groups: Vec<Group>) -> impl IntoView + use<> {
    let items = groups.into_iter().map(|group| {
        let reading = group.all.first().filter(|one| !one.is_read).map(|one| (one.id, one.told.text.clone()));
        let form = reading.map(|(id, text)| {
            let url = format!("{}/{id}/readings", notifications_url(city));
            view! {
                <form method="post" action=url>
                    <button class="dads-button" data-type="outline" data-size="sm">"既読にする"<span class="vh">{format!("：{text}")}</span></button>
                </form>
            }
        });
        view! {
            <li>
                <span class="rashin-task-list__kind">{group.kind.label()}</span>
                <div class="rashin-task-list__body">
                    {body(city, &group)}
                    <p class="rashin-task-list__when"><time>{moment_label(group.at)}</time></p>
                </div>
                {form}
            </li>
        }
    });
    view! { <ul class="rashin-task-list">{items.collect_view()}</ul> }
}

/// One is a link with its names below; several are a line with their links folded below.
fn body(city: &str, group: &Group) -> AnyView {
    let link = |one: &Notification| view! { <a href=format!("/{city}{}", one.href)>{one.told.text.clone()}</a> };
    match &group.all[..] {
        [one] => {
            let names = (!one.told.listed().is_empty()).then(|| one.told.listed().join("、"));
            let signed = one.told.signed.clone().map(|Signed { sender, words }| {
                let words = (!words.is_empty()).then(|| view! { <p class="rashin-lines">{words}</p> });
                view! { {words}<p class="note">{format!("事務局　{sender}より")}</p> }
            });
            view! { {link(one)}{names.map(|names| view! { <p class="note">{names}</p> })}{signed} }.into_any()
        }
        many => {
            let links = many.iter().map(|one| view! { <li>{link(one)}</li> });
            view! { <details class="rashin-fold"><summary>{format!("{} {}件", group.kind.label(), many.len())}</summary><ul>{links.collect_view()}</ul></details> }
                .into_any()
        }
    }
}
