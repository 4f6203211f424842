//! Pages of people: sign-in, account with devices, reset, and the links of invitation and reset.

use axum::extract::{Path, Query};
use leptos::prelude::*;
use rashin_domain::{
    access::Role,
    clock::moment_label,
    form::Form,
    identity::{LinkPurpose, PASSWORD_MIN},
};
use rashin_store::{identity::Membership, session::Device};
use serde::Deserialize;

use super::actions::token_bytes;
use crate::{
    ui::{
        field::{Filled, Input, TEXT, hidden, input, optional, password, post_form, required},
        frame::Frame,
        section::{page_head, section},
    },
    web::{Page, Refusal, Visit},
};

#[derive(Deserialize)]
pub struct Back {
    #[serde(default)]
    back: String,
}

const USERNAME: Input = Input::text("username");

/// `/sign-in?back=…`: by e-mail, or by municipality and staff number.
pub async fn sign_in(visit: Visit, Query(back): Query<Back>) -> Result<Page, Refusal> {
    let holding = visit.is_holding().await?;
    let flash = visit.take_flash().await?;
    let mut start = Form::default();
    start.set("back", back.back);
    let filled = Filled::new(visit.take_held().await?, || start);
    let keeping = holding.then(|| {
        view! {
            <div class="dads-notification-banner" data-type="info-1">
                <p class="dads-notification-banner__heading">"時間が経ったため、サインインし直してください"</p>
                <p class="dads-notification-banner__body">"入力内容は保持しています。サインインすると、続きから始められます。"</p>
            </div>
        }
    });
    let fields = view! {
        {hidden("back", filled.form.get("back"))}
        {input(&filled, "login", &required("メールアドレスまたは職員番号"), USERNAME)}
        {input(&filled, "city", &optional("団体（職員番号でサインインするとき）").hint("アドレスに使う団体の名前。例：kai"), TEXT)}
        {password(&filled, "password", &required("パスワード"), "current-password")}
    };
    let main = view! {
        {filled.summary()}
        {keeping}
        {page_head("", "サインイン", ())}
        {post_form("/sign-in", fields, "サインイン")}
        <p><a href="/reset">"パスワードを忘れたとき"</a></p>
    };
    Ok(Page::new(filled.title("サインイン"), Frame::plain(None).flash(flash), main))
}

/// `/account`: where to go, devices, password.
pub async fn account(visit: Visit) -> Result<Page, Refusal> {
    let who = visit.signed_in()?;
    let mut tx = visit.app.db.identity().await?;
    let memberships = tx.memberships(who.person()).await?;
    let this = visit.session.id().map(|id| id.0.to_be_bytes()).unwrap_or_default();
    let devices = tx.devices(who.person(), &this).await?;
    // One connection at a time: the tenants are entered below.
    drop(tx);
    let mut places = Vec::new();
    for membership in memberships {
        let mut tx = visit.enter(&membership.slug).await?;
        places.push(place(membership, tx.holders(Role::Admin).await?));
    }
    let filled = Filled::new(visit.take_held().await?, Form::default);
    let places = match places.len() {
        0 => view! { <p>"いま有効な所属はありません。団体の管理者へ連絡してください。"</p> }.into_any(),
        _ => view! { <ul class="rashin-task-list" data-two="">{places}</ul> }.into_any(),
    };
    let devices = devices.into_iter().map(device).collect_view();
    let main = view! {
        {filled.summary()}
        {page_head(who.email.clone().unwrap_or_default(), who.name.clone(), view! {
            <form method="post" action="/sign-out"><button class="dads-button" data-type="outline">"サインアウト"</button></form>
        })}
        {section("places", "所属する団体", (), places)}
        {section("devices", "ログイン中の端末", (), view! { <ul class="rashin-task-list" data-two="">{devices}</ul> })}
        {section("password", "パスワードの変更", (), post_form("/account/password", view! {
            <input type="hidden" name="username" autocomplete="username" value=who.email.clone().unwrap_or_default()/>
            {password(&filled, "current", &required("いまのパスワード"), "current-password")}
            {password(&filled, "new", &required("新しいパスワード").hint(password_hint()), "new-password")}
        }, "パスワードを変更する"))}
    };
    let frame = Frame::plain(visit.who.as_ref()).flash(visit.take_flash().await?);
    Ok(Page::new(filled.title("アカウント"), frame, main))
}

/// A tenant, who its 管理者 are, and where it says who may do what.
fn place(membership: Membership, admins: Vec<String>) -> impl IntoView {
    let admins = if admins.is_empty() { "いません".to_owned() } else { admins.join("、") };
    view! {
        <li>
            <div><a href=format!("/{}/staff", membership.slug)>{membership.name}</a><p class="note">{format!("管理者：{admins}")}</p></div>
            <a href=format!("/{}/staff/roles", membership.slug)>"誰が何をできるか"</a>
        </li>
    }
}

fn password_hint() -> String {
    format!("{PASSWORD_MIN}文字以上。文字の種類は問いません。貼り付けもできます。")
}

fn device(device: Device) -> impl IntoView {
    let used =
        format!("{}に使用　{}", moment_label(device.last_seen_at), if device.address.is_empty() { "場所は不明" } else { &device.address });
    let action = format!("/account/devices/{}/endings", device.handle);
    let name = if device.user_agent.is_empty() { "不明な端末".to_owned() } else { short_agent(&device.user_agent) };
    let side = match device.is_this {
        true => view! { <b>"この端末"</b> }.into_any(),
        false => {
            let label = format!("{name}をサインアウト");
            view! { <form method="post" action=action><button class="dads-button" data-type="outline" data-size="sm" aria-label=label>"サインアウト"</button></form> }.into_any()
        }
    };
    view! { <li><div><b>{name}</b><p class="note">{used}</p></div>{side}</li> }
}

/// 「Edge（Windows）」 from a User-Agent; the whole string helps nobody.
fn short_agent(agent: &str) -> String {
    let find = |names: &[(&str, &'static str)]| names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    let browser = find(&[("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")]).unwrap_or("ブラウザ");
    let system = find(&[
        ("Windows", "Windows"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    ]);
    format!("{browser}（{}）", system.unwrap_or("不明"))
}

/// `/reset`: asks for a link; says the same whether the address is known or not.
pub async fn ask_reset(visit: Visit) -> Result<Page, Refusal> {
    let flash = visit.take_flash().await?;
    let filled = Filled::new(visit.take_held().await?, Form::default);
    let fields = input(&filled, "email", &required("メールアドレス"), Input::text("email"));
    let main = view! {
        {filled.summary()}
        {page_head("", "パスワードの再設定", ())}
        <div class="stack">
            <p class="prose">"登録したメールアドレスに、再設定のリンクを送ります。リンクは1時間、1回だけ使えます。メールアドレスを登録していないときは、団体の管理者を通じて、この羅針の運用担当者に新しい用紙を依頼してください。"</p>
            {post_form("/reset", fields, "リンクを送る")}
        </div>
    };
    Ok(Page::new(filled.title("パスワードの再設定"), Frame::plain(None).flash(flash), main))
}

/// `/reset/{token}` and `/invitations/{token}`: a new password by a single-use link.
pub async fn set_password(visit: Visit, Path(token): Path<String>) -> Result<Page, Refusal> {
    let mut tx = visit.app.db.identity().await?;
    let holder = match token_bytes(&token) {
        Some(token) => tx.link_holder(&token).await.ok(),
        None => None,
    };
    let Some(holder) = holder else { return Ok(expired()) };
    let filled = Filled::new(visit.take_held().await?, Form::default);
    let heading = match holder.purpose {
        LinkPurpose::Invitation => "ようこそ。パスワードを決めてください",
        LinkPurpose::Reset => "新しいパスワードを決めてください",
    };
    let fields = view! {
        <input type="hidden" name="username" autocomplete="username" value=holder.email.clone().unwrap_or_default()/>
        {password(&filled, "new", &required("新しいパスワード").hint(password_hint()), "new-password")}
    };
    let main = view! {
        {filled.summary()}
        {page_head(holder.name, heading, ())}
        {post_form(visit.path.clone(), fields, "パスワードを保存する")}
    };
    Ok(Page::new(filled.title(heading), Frame::plain(None), main))
}

fn expired() -> Page {
    let main = view! {
        {page_head("", "このリンクは使えません", ())}
        <div class="prose stack">
            <p>"期限が切れたか、すでに使われたか、アドレスが途中で切れています。"</p>
            <p>"再設定のときは、もう一度リンクを送ってください。招待のときは、団体の管理者に新しい招待を依頼してください。"</p>
            <p><a href="/reset">"再設定のリンクを送る"</a></p>
        </div>
    };
    Page::new("このリンクは使えません", Frame::plain(None), main).with_status(axum::http::StatusCode::GONE)
}
