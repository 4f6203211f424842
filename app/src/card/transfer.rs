//! 人事異動: open cards of a person, to be owned by another from today on.

use axum::{extract::Path, response::Response};
use leptos::prelude::*;
use rashin_domain::{
    access::Action,
    card::{Deed, Event},
    clock::date_label,
    form::{Form, FormErrors},
    ids::MemberId,
    text::sentences,
};
use rashin_store::{
    TenantTx,
    card::{CardFile, Wanted},
};

use super::{TITLE, card_url, tell};
use crate::{
    case::people::writers,
    council::Council,
    owner::transfers_url,
    ui::{
        field::{Filled, checkbox, group, required, select, side_form},
        section::{note, section},
    },
    web::{Posted, Refusal, Visit},
};

/// Cards that have not ended.
pub async fn running(tx: &mut TenantTx) -> Result<Vec<CardFile>, Refusal> {
    Ok(tx.cards(Wanted::All).await?.into_iter().filter(|filed| filed.card.is_open()).collect())
}

pub fn field(filed: &CardFile) -> String {
    format!("cards.{}", filed.number)
}

/// 「担当しているOODAカード」 with the form that hands them over; nothing for who owns none.
pub fn shelf(city: &str, member: MemberId, owned: &[CardFile], council: &Council, filled: &Filled) -> Option<AnyView> {
    let boxes = owned.iter().map(|filed| {
        let words = format!("{}（期限 {}）", filed.title, date_label(filed.card.due));
        view! { <li>{checkbox(filled, &field(filed), words)}<a href=card_url(city, filed.number)>"カードを見る"<span class="vh">{format!("（{}）", filed.title)}</span></a></li> }
    });
    let boxes = view! { <ul class="rashin-task-list" data-two="">{boxes.collect_view()}</ul> };
    let fields = view! {
        {group(filled, "cards", &required("引き継ぐカード"), boxes)}
        {select(filled, "card_to", &required("カードの新しい担当"), &writers(council, &[member]), "選択してください")}
    };
    (!owned.is_empty()).then(|| {
        let words = "カードは、引き継ぐとすぐに新しい担当のものになります。期限はそのままです。";
        let form = side_form(format!("{}/{member}/card-handovers", transfers_url(city)), fields, "カードを引き継ぐ");
        section("cards-head", &format!("担当している{TITLE}"), (), view! { {note(words)}{form} })
    })
}

/// `POST /{city}/staff/transfers/{member}/card-handovers`. Fields: `cards.{number}`, `card_to`.
pub async fn hand_over(visit: Visit, Path((city, member)): Path<(String, MemberId)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = format!("{}/{member}", transfers_url(&city));
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let council = Council::load(&mut tx).await?;
    if !council.members.iter().any(|one| one.id == member) {
        return Err(Refusal::NotFound);
    }
    let _may = visit.permit(&mut tx, &Action::Assign).await?;
    let mut cards = running(&mut tx).await?;
    cards.retain(|filed| filed.card.owner == member && form.get(&field(filed)) == "on");
    let to = match read(&form, &council, member, &cards) {
        Ok(to) => to,
        Err(errors) => return visit.back(&page, form, errors).await,
    };
    for filed in &cards {
        let permit = visit.permit(&mut tx, &Action::ActOnCard { may: &council.writing(&filed.card) }).await?;
        tx.record_on_card(permit, filed, &Deed::HandedOver { to }).await?;
        tell::owner(&mut tx, filed.number).await?;
    }
    tx.commit().await?;
    visit.go(&page, format!("OODAカード{}件を{}さんに引き継ぎました", cards.len(), council.name(to)), "新しい担当に知らせました。").await
}

fn read(form: &Form, council: &Council, member: MemberId, cards: &[CardFile]) -> Result<MemberId, FormErrors> {
    let mut errors = FormErrors::default();
    if cards.is_empty() {
        errors.push::<()>("cards", "引き継ぐカードを選択してください。".to_owned());
    }
    let to = writers(council, &[member]).into_iter().find(|(id, _)| id == form.get("card_to")).and_then(|(id, _)| id.parse().ok());
    let Some(to) = to else {
        errors.push::<()>("card_to", sentences::choose("カードの新しい担当"));
        return Err(errors);
    };
    let given = Event { on: council.today, deed: Deed::HandedOver { to } };
    if let Some(refused) = cards.iter().find_map(|filed| filed.card.after(&given).err()) {
        errors.push::<()>("cards", refused.label().to_owned());
    }
    if errors.is_empty() { Ok(to) } else { Err(errors) }
}
