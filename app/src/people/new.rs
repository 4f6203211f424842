//! `/{city}/staff/people/new`: one person with a first post, invited by mail or on paper.

use axum::{extract::Path, response::Response};
use leptos::prelude::*;
use rashin_domain::{
    access::Action,
    form::{Form, FormErrors},
    staff::{Newcomer, Posting},
};
use rashin_store::StoreError;

use super::{
    frame_below,
    invitations::{Letter, deliver},
    member_url, name_fields, people_url, posting_fields, set_posting_defaults,
};
use crate::{
    ui::{
        field::{Filled, Input, TEXT, input, optional, post_form},
        section::page_head,
    },
    web::{Page, Posted, Refusal, Visit},
};

pub async fn new(visit: Visit, Path(city): Path<String>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let _may = visit.permit(&mut tx, &Action::Staff).await?;
    let (sections, today) = (tx.coming_sections().await?, tx.today());
    let filled = Filled::new(visit.take_held().await?, || {
        let mut form = Form::default();
        set_posting_defaults(&mut form, today);
        form
    });
    let fields = view! {
        {name_fields(&filled)}
        {input(&filled, "email", &optional("メールアドレス").hint("招待のメールを送り、サインインの名前にもなります。個人のメールボックスがないときは空のままにします。"), Input::text("off"))}
        {input(&filled, "staff_number", &optional("職員番号").hint("メールアドレスがないときは必要です。サインインの名前になり、招待は印刷した用紙で渡します。"), TEXT)}
        <fieldset class="stack"><legend><h2>"最初の所属と役割"</h2></legend>{posting_fields(&filled, &sections, today)}</fieldset>
    };
    let main = view! {
        {filled.summary()}
        {page_head("", "職員を招待する", view! { <p class="links"><a href=format!("{}/imports", people_url(&city))>"CSVでまとめて招待"</a></p> })}
        {post_form(people_url(&city), fields, "招待する")}
    };
    Ok(Page::new(filled.title("職員を招待する"), frame_below(&tx, &city), main))
}

/// Makes the member and, where there is an address, sends the invitation.
pub async fn create(visit: Visit, Path(city): Path<String>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = format!("{}/new", people_url(&city));
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let permit = visit.permit(&mut tx, &Action::Staff).await?;
    let sections = tx.coming_sections().await?;
    let mut errors = FormErrors::default();
    let newcomer = Newcomer::parse(&form, &mut errors);
    let posting = Posting::parse(&form, &sections, &mut errors);
    let (Some(newcomer), Some(posting)) = (newcomer, posting) else { return visit.back(&page, form, errors).await };
    let member = match tx.invite(permit, &newcomer).await {
        Ok(member) => member,
        Err(error) => return visit.back(&page, form, taken(error)?).await,
    };
    let permit = visit.permit(&mut tx, &Action::Staff).await?;
    tx.add_posting(permit, member, &posting).await?;
    let to = member_url(&city, member);
    let Some(email) = newcomer.email else {
        tx.commit().await?;
        return visit.go(&to, format!("{}さんを登録しました", newcomer.name), "次に、招待の用紙を作って渡してください。").await;
    };
    let letter = Letter { token: visit.app.db.ids.bytes(), email: email.clone(), name: newcomer.name.clone() };
    let permit = visit.permit(&mut tx, &Action::Staff).await?;
    tx.make_invitation(permit, member, &letter.token, true).await?;
    let place = tx.city().name.clone();
    tx.commit().await?;
    deliver(&visit.app, place, vec![letter]);
    visit.go(&to, format!("{}さんを招待しました", newcomer.name), format!("{email}へメールを送りました。")).await
}

/// Somebody of this tenant has the address or the number already; other tenants are none of its business.
pub fn taken(error: StoreError) -> Result<FormErrors, StoreError> {
    if error.is_conflict_on("members_one_per_person") {
        let sentence = "このメールアドレスの人は、すでにこの団体の職員です。職員の一覧から探してください。";
        return Ok(FormErrors::one("email", sentence));
    }
    let is_number = ["members_one_staff_number", "members_one_staff_number_in_any_case"].iter().any(|name| error.is_conflict_on(name));
    match is_number {
        true => Ok(FormErrors::one("staff_number", "この職員番号は、ほかの職員が使っています。番号を確かめてください。")),
        false => Err(error),
    }
}
