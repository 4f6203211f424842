//! 人事異動: cases that a person proposes, to be taken over by another from a day on.

use axum::{extract::Path, response::Response};
use leptos::prelude::*;
use rashin_domain::{
    access::Action,
    case::Standing,
    clock::date_label,
    form::{Form, FormErrors},
    ids::MemberId,
    text::sentences,
};
use rashin_store::{TenantTx, case::CaseFile, case_people::Handover};

use super::transfers_url;
use crate::{
    case::{
        case_url,
        people::{take_over, writers},
    },
    council::Council,
    ui::{
        field::{Filled, checkbox, date, day, group, optional, required, select, side_form},
        section::note,
    },
    web::{Posted, Refusal, Visit},
};

/// Cases that have not ended.
pub(super) async fn running(tx: &mut TenantTx) -> Result<Vec<CaseFile>, Refusal> {
    let today = tx.today();
    let cases = tx.cases(None).await?;
    Ok(cases.into_iter().filter(|filed| matches!(filed.case.on(&filed.route, today), Standing::At(_))).collect())
}

pub(super) fn field(filed: &CaseFile) -> String {
    format!("cases.{}", filed.number)
}

/// 「提案している案件」 with the form that hands them over; nothing for who proposes none.
pub(super) fn section(
    city: &str,
    member: MemberId,
    proposed: &[CaseFile],
    prepared: &[Handover],
    council: &Council,
    filled: &Filled,
) -> Option<AnyView> {
    let boxes = proposed.iter().map(|filed| {
        let ready = prepared.iter().find(|handover| handover.case == filed.id);
        let ready = ready.map(|handover| view! { <span class="note">{format!("{}から{}さんに引き継ぐ準備があります。", date_label(handover.from), handover.name)}</span> });
        let title = &filed.newest.content.title;
        view! { <li>{checkbox(filled, &field(filed), format!("案件 {}　{title}", filed.number))}<span><a href=case_url(city, filed.number)>"案件を見る"<span class="vh">{format!("（{title}）")}</span></a></span>{ready}</li> }
    });
    let boxes = view! { <ul class="rashin-task-list" data-two="">{boxes.collect_view()}</ul> };
    let fields = view! {
        {group(filled, "cases", &required("引き継ぐ案件"), boxes)}
        {select(filled, "case_to", &required("新しい提案者"), &writers(council, &[member]), "選択してください")}
        {date(filled, &optional("案件はいつから").hint("空のままなら今日から。西暦で入力。例：2027年4月1日"), &day("case_from"))}
    };
    (!proposed.is_empty()).then(|| {
        let words = "提案者が変わっても、提案した課と、これまでの経緯はそのままです。引き継がないまま職を離れると、提案者の番では事務局が代わります。";
        let form = side_form(format!("{}/{member}/case-handovers", transfers_url(city)), fields, "案件を引き継ぐ");
        crate::ui::section::section("cases-head", "提案している案件", (), view! { {note(words)}{form} })
    })
}

/// `POST /{city}/staff/transfers/{member}/case-handovers`. Fields: `cases.{number}`, `case_to`, `case_from_*`.
pub async fn hand_over(visit: Visit, Path((city, member)): Path<(String, MemberId)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = format!("{}/{member}", transfers_url(&city));
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let council = Council::load(&mut tx).await?;
    if !council.members.iter().any(|one| one.id == member) {
        return Err(Refusal::NotFound);
    }
    let _may = visit.permit(&mut tx, &Action::Assign).await?;
    let mut cases = running(&mut tx).await?;
    cases.retain(|filed| filed.case.proposer == member && form.get(&field(filed)) == "on");
    let (to, from) = match read(&form, &council, member, cases.is_empty()) {
        Ok(read) => read,
        Err(errors) => return visit.back(&page, form, errors).await,
    };
    for filed in &cases {
        let permit = visit.permit(&mut tx, &Action::ActOnCase { turn: &council.office() }).await?;
        take_over(&mut tx, permit, filed, &council, to, from).await?;
    }
    tx.commit().await?;
    let when = if from > council.today {
        format!("{}から有効になります。その日までは表示されません。", date_label(from))
    } else {
        String::new()
    };
    visit.go(&page, format!("案件{}件を{}さんに引き継ぎます", cases.len(), council.name(to)), when).await
}

fn read(form: &Form, council: &Council, member: MemberId, none: bool) -> Result<(MemberId, jiff::civil::Date), FormErrors> {
    let mut errors = FormErrors::default();
    if none {
        errors.push::<()>("cases", "引き継ぐ案件を選択してください。".to_owned());
    }
    let to = writers(council, &[member]).into_iter().find(|(id, _)| id == form.get("case_to")).and_then(|(id, _)| id.parse().ok());
    if to.is_none() {
        errors.push::<()>("case_to", sentences::choose("新しい提案者"));
    }
    let from = form.date("case_from", "案件はいつから", &mut errors).flatten().unwrap_or(council.today);
    if from < council.today {
        errors.push::<()>("case_from_year", format!("案件はいつからは、今日（{}）以降の日付にしてください。", date_label(council.today)));
    }
    match to {
        Some(to) if errors.is_empty() => Ok((to, from)),
        _ => Err(errors),
    }
}
