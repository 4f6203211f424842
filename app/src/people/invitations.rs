//! Invitations: by mail, or as a sheet that is printed and handed over. A token is shown once and stored hashed.

use axum::{
    extract::Path,
    response::{IntoResponse, Response},
};
use leptos::prelude::*;
use rashin_domain::{access::Action, clock::moment_label, form::FormErrors, identity::INVITATION_LIFE, ids::MemberId};
use rashin_store::{
    StoreError,
    people::{INVITED_JUST_NOW, StaffMember},
};

use super::{frame_below, list::waits_for_sheet, member_url, people_url};
use crate::{
    identity::actions::{sheet_token_text, token_text},
    ui::section::page_head,
    web::{App, Page, Posted, Refusal, Visit},
};

/// An invitation on its way to a mailbox.
pub struct Letter {
    pub token: [u8; 32],
    pub email: String,
    pub name: String,
}

/// The mail with a link. `place`: the tenant's name.
pub fn mail_with_link(name: &str, place: Option<&str>, link: &str) -> String {
    let place = place.map_or_else(String::new, |place| format!("{place}の職員として、"));
    format!(
        "{name}様\n\n{place}羅針（自治体DX計画の進捗管理）に招待されました。7日以内に、次のリンクからパスワードを決めてください。リンクは1回だけ使えます。\n\n{link}\n\n心当たりのないときは、このメールを捨ててください。\n"
    )
}

/// The mail for somebody who has a password: nothing of theirs is changed.
fn mail_without_link(name: &str, place: &str, public_url: &str) -> String {
    format!(
        "{name}様\n\n羅針（自治体DX計画の進捗管理）で、{place}の職員として登録されました。いまお使いのパスワードで、次のアドレスからサインインすると利用できます。サインイン中のときは、いちどサインアウトしてください。\n\n{public_url}/sign-in\n\n心当たりのないときは、このメールを捨ててください。パスワードは変わりません。\n"
    )
}

/// Sends invitations in the background. Which mail somebody gets depends on whether they have a password, and only the
/// mailbox learns that: page and time are the same for everybody. A link goes to the address of its holder, never to one
/// that an admin could have written elsewhere.
pub fn deliver(app: &App, place: String, letters: Vec<Letter>) {
    let app = app.clone();
    tokio::spawn(async move {
        for letter in letters {
            let holder = match app.db.identity().await {
                Ok(mut tx) => tx.link_holder(&letter.token).await,
                Err(error) => Err(error),
            };
            let (to, body) = match holder {
                Ok(holder) => {
                    let link = format!("{}/invitations/{}", app.site.public_url, token_text(&letter.token));
                    (holder.email.unwrap_or_default(), mail_with_link(&letter.name, Some(&place), &link))
                }
                Err(StoreError::NotFound) => (letter.email, mail_without_link(&letter.name, &place, &app.site.public_url)),
                Err(error) => {
                    tracing::error!(%error, "an invitation could not be sent");
                    continue;
                }
            };
            app.mail.send(&to, &format!("羅針への招待（{place}）"), body).await;
        }
    });
}

/// Sends the invitation again.
pub async fn invite_again(visit: Visit, Path((city, member)): Path<(String, MemberId)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = member_url(&city, member);
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let staff = tx.staff_member(member).await?;
    let permit = visit.permit(&mut tx, &Action::Staff).await?;
    let Some(email) = staff.email else { return Err(Refusal::NotFound) };
    let letter = Letter { token: visit.app.db.ids.bytes(), email, name: staff.name };
    match tx.make_invitation(permit, member, &letter.token, true).await {
        Ok(()) => {}
        Err(error) if error.is_conflict_on(INVITED_JUST_NOW) => {
            let errors = FormErrors::one("invitation", "招待のメールは送ったばかりです。10分ほど待ってから送り直してください。");
            return visit.back(&page, form, errors).await;
        }
        Err(StoreError::NotFound) => {
            return Err(Refusal::Conflict { what: "この人は、もう招待中ではありません。".to_owned(), back: page });
        }
        Err(error) => return Err(error.into()),
    }
    let place = tx.city().name.clone();
    let heading = format!("{}へ招待のメールを送りました", letter.email);
    tx.commit().await?;
    deliver(&visit.app, place, vec![letter]);
    visit.go(&page, heading, "前に送ったリンクは使えなくなりました。").await
}

/// A person and the token that stands on their sheet.
struct Sheet {
    member: StaffMember,
    token: [u8; 10],
}

/// Makes sheets and answers with them: for one member, or for all who wait for one. The answer to the POST is the document
/// itself, so that no token is ever stored; asking again makes new sheets and ends the old ones.
pub async fn sheets(visit: Visit, Path(city): Path<String>, Posted(form): Posted) -> Result<Response, Refusal> {
    let list = people_url(&city);
    visit.or_hold(&list, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let _may = visit.permit(&mut tx, &Action::Staff).await?;
    let chosen: Vec<StaffMember> = match form.get("member") {
        "" => {
            let now = tx.now();
            tx.staff().await?.into_iter().filter(|member| waits_for_sheet(member, now)).collect()
        }
        id => vec![tx.staff_member(id.parse().map_err(|_| Refusal::NotFound)?).await?],
    };
    let mut sheets = Vec::new();
    for member in chosen {
        let token = visit.app.db.ids.bytes();
        let permit = visit.permit(&mut tx, &Action::Staff).await?;
        match tx.make_invitation(permit, member.id, &token, false).await {
            Ok(()) => sheets.push(Sheet { member, token }),
            Err(StoreError::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
    }
    if sheets.is_empty() {
        let what = "用紙を作れる人がいません。用紙は、メールアドレスがなく、まだパスワードを決めていない招待中の職員のためのものです。";
        return Err(Refusal::Conflict { what: what.to_owned(), back: list });
    }
    let until = moment_label(tx.now() + INVITATION_LIFE);
    let place = tx.city().name.clone();
    let count = sheets.len();
    let papers = sheets.into_iter().map(|sheet| paper(sheet, &place, &city, &visit.app.site.public_url, &until)).collect_view();
    let main = view! {
        <div class="rashin-screen-only">
            {page_head("", format!("招待の用紙（{count}人）"), ())}
            <div class="prose stack">
                <p>"この画面を印刷して、本人に手渡してください（A4、1人1枚）。用紙はこの画面にだけ表示され、あとから表示し直すことはできません。なくしたときは作り直してください。前の用紙は使えなくなります。"</p>
                <p><a href=list>"職員の一覧に戻る"</a></p>
            </div>
        </div>
        {papers}
    };
    let frame = frame_below(&tx, &city);
    tx.commit().await?;
    Ok(Page::new("招待の用紙", frame, main).into_response())
}

fn paper(sheet: Sheet, place: &str, city: &str, public_url: &str, until: &str) -> impl IntoView + use<> {
    let Sheet { member, token } = sheet;
    let heading = format!("sheet-{}", member.id);
    let labelled = heading.clone();
    view! {
        <article class="rashin-sheet" aria-labelledby=labelled>
            <p class="rashin-sheet__to">{format!("{}　{}　様", place, member.name)}</p>
            <h2 id=heading>"羅針（自治体DX計画の進捗管理）を使い始めるには"</h2>
            <ol>
                <li>"ブラウザで次のアドレスを開きます。1回だけ使えます。"
                    <p class="rashin-sheet__code">{format!("{public_url}/invitations/{}", sheet_token_text(&token))}</p>
                    <p>{format!("{until}まで")}</p></li>
                <li>"パスワードを決めて保存します（12文字以上。ほかで使っていないもの）。"</li>
                <li>{format!("サインインの画面（{public_url}/sign-in）で、次のとおり入力します。")}
                    <dl class="dads-description-list">
                        <div><dt>"職員番号"</dt><dd><b>{member.staff_number.clone().unwrap_or_default()}</b></dd></div>
                        <div><dt>"団体"</dt><dd><b>{city.to_owned()}</b></dd></div>
                        <div><dt>"パスワード"</dt><dd>"手順2で決めたもの"</dd></div>
                    </dl></li>
            </ol>
            <p>"この用紙は、パスワードを決めるまで他人に見せないでください。アドレスが使えないときは、団体の管理者に新しい用紙を依頼してください。使い終えた用紙は裁断してください。"</p>
        </article>
    }
}
