//! Giving things to somebody, from a day on.

use axum::{extract::Path, response::Response};
use rashin_domain::{access::Action, clock::date_label, form::FormErrors, ids::MemberId, obligation::Item, text::sentences};
use rashin_store::responsibility::Owner;

use super::{Register, list::Filter, owners_url, transfer::holds, transfers_url};
use crate::web::{Posted, Refusal, Visit};

/// Gives what is ticked to a section and its people.
pub async fn assign(visit: Visit, Path(city): Path<String>, Posted(form): Posted) -> Result<Response, Refusal> {
    let filter = Filter { show: form.get("show").to_owned(), q: form.get("q").to_owned() };
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("show", &filter.show).append_pair("q", &filter.q).finish();
    let page = format!("{}?{query}", owners_url(&city));
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let permit = visit.permit(&mut tx, &Action::Assign).await?;
    let register = Register::load(&mut tx).await?.ok_or(Refusal::NotFound)?;
    let shown: Vec<&Item> = filter.of(&register).into_iter().map(|named| &named.entry.item).collect();
    let mut errors = FormErrors::default();
    let items = register.chosen(&form, &shown);
    if items.is_empty() {
        errors.push::<()>("all", "割り当てる指標・取組を選択してください。".to_owned());
    }
    let from = register.from(&form, &mut errors);
    let owner = register.owner(&form, &register.staffing(&mut tx, from).await?, &mut errors);
    if !errors.is_empty() {
        return visit.back(&page, form, errors).await;
    }
    tx.hand_over(permit, &items, owner.as_ref(), from).await?;
    tx.remind_about(&items.iter().map(|(item, _)| item).collect::<Vec<_>>()).await?;
    tx.commit().await?;
    let to = owner.map_or_else(|| "担当課なし".to_owned(), |owner| register.section(owner.section).to_owned());
    let when = if from > register.today { format!("{}から有効になります。", date_label(from)) } else { String::new() };
    visit.go(&page, format!("{}件を「{to}」に割り当てました", items.len()), when).await
}

/// Puts somebody else in a person's place, each thing in its own section.
pub async fn hand_over(visit: Visit, Path((city, member)): Path<(String, MemberId)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = format!("{}/{member}", transfers_url(&city));
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let register = Register::load(&mut tx).await?.ok_or(Refusal::NotFound)?;
    register.member(member).ok_or(Refusal::NotFound)?;
    let _may = visit.permit(&mut tx, &Action::Assign).await?;
    let mut errors = FormErrors::default();
    let to = register.coming.iter().find(|one| one.id.to_string() == form.get("to") && one.id != member);
    if to.is_none() && form.get("to") != "nobody" {
        errors.push::<()>("to", sentences::choose("引き継ぐ人"));
    }
    let from = register.from(&form, &mut errors);
    let items = register.chosen(&form, &[]);
    // What stands on the day, not what stands now: somebody may have prepared a new section for it.
    let charges: Vec<_> = holds(&register, member).filter(|charge| charge.span.until.is_none_or(|until| from <= until)).collect();
    let held: Vec<_> = items.iter().filter_map(|item| Some((item, *charges.iter().rev().find(|charge| charge.item == item.0)?))).collect();
    if held.is_empty() {
        errors.push::<()>("to", "引き継ぐ指標・取組を選択してください。".to_owned());
    }
    let then = register.staffing(&mut tx, from).await?;
    for (_, charge) in &held {
        if let Some(to) = to.filter(|to| !register.can_answer(&then, to.id, charge.section)) {
            let name = register.owed.find(&charge.item).map(|named| named.name.clone()).unwrap_or_default();
            let sentence = format!(
                "「{name}」は{}の担当です。{}さんはその課の担当でも承認者でもありません。",
                register.section(charge.section),
                to.name
            );
            errors.push::<()>("to", sentence);
            break;
        }
    }
    if !errors.is_empty() {
        return visit.back(&page, form, errors).await;
    }
    for (item, charge) in &held {
        let permit = visit.permit(&mut tx, &Action::Assign).await?;
        let instead = |named: Option<MemberId>| if named == Some(member) { to.map(|to| to.id) } else { named };
        let (person, deputy) = (instead(charge.person), instead(charge.deputy));
        // Nobody is their own deputy.
        let owner = Owner { section: charge.section, person, deputy: deputy.filter(|deputy| Some(*deputy) != person) };
        tx.hand_over(permit, std::slice::from_ref(*item), Some(&owner), from.max(charge.span.from)).await?;
    }
    tx.remind_about(&held.iter().map(|(item, _)| &item.0).collect::<Vec<_>>()).await?;
    let count = held.len();
    tx.commit().await?;
    let name = to.map_or_else(|| "課の担当全員".to_owned(), |to| format!("{}さん", to.name));
    let when = if from > register.today {
        format!("{}から有効になります。その日までは表示されません。", date_label(from))
    } else {
        String::new()
    };
    visit.go(&transfers_url(&city), format!("{count}件を{name}に引き継ぎます"), when).await
}
