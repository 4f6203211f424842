//! `/{city}/staff/rosters/{body}`: one body with its seats of this year, those to come and those that are over.

use axum::{
    extract::{Path, Query},
    response::Response,
};
use leptos::prelude::*;
use rashin_domain::{
    access::{Action, decide},
    clock::FiscalYear,
    form::{Form, FormErrors},
    ids::{MemberId, SeatId},
    roster::{Held, Nomination, Seat, SeatRole},
    text::sentences,
    written,
};
use rashin_store::{TenantTx, roster::Body};
use serde::Deserialize;

use super::{
    Council,
    bodies::{charter_fields, parse, read_only},
    bodies_url, body_url, crumbs,
};
use crate::{
    meeting,
    ui::{
        field::{Filled, Input, TEXT, hidden, input, optional, post_form, required, select, side_form},
        frame::{Frame, Here},
        section::{col, empty, facts, note, page_head, section, table},
    },
    web::{Page, Posted, Refusal, Visit},
};

const YEAR: Input = Input { width: Some("4"), numeric: true, ..TEXT };
/// Longest 職名, in characters.
const POST_LIMIT: usize = 40;

#[derive(Deserialize)]
pub struct Chosen {
    /// Id of the seat that the form changes; a new one when empty.
    #[serde(default)]
    seat: String,
}

async fn load(tx: &mut TenantTx, key: &str) -> Result<(Council, Vec<Body>, Body), Refusal> {
    let (council, bodies) = (Council::load(tx).await?, tx.rosters().await?);
    let body = bodies.iter().find(|body| body.charter.key == key).cloned().ok_or(Refusal::NotFound)?;
    Ok((council, bodies, body))
}

pub async fn body(visit: Visit, Path((city, key)): Path<(String, String)>, Query(chosen): Query<Chosen>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let (council, bodies, body) = load(&mut tx, &key).await?;
    let may = decide(tx.actor(), &Action::Constitute).is_ok();
    let seat = body.seats.iter().find(|(id, _)| id.to_string() == chosen.seat);
    let held = visit.take_held().await?;
    let (of_seat, of_charter) = match held {
        Some((form, errors)) if form.has("role") => (Some((form, errors)), None),
        other => (None, other),
    };
    let seat_form = Filled::new(of_seat, || seat_filled(seat, FiscalYear::of(council.today)));
    let charter_form = Filled::new(of_charter, || charter_filled(&body));
    let charter = &body.charter;
    let duties = charter.duties.lines().map(|line| view! { <li>{line.to_owned()}</li> }).collect_view();
    let above = charter.parent.as_ref().and_then(|key| bodies.iter().find(|body| body.charter.key == *key));
    let secretariat = charter.secretariat.and_then(|id| council.sections.iter().find(|section| section.id == id));
    let rows = vec![
        ("種類", charter.kind.label().into_any()),
        ("構成", charter.composition.clone().into_any()),
        ("上の会議体", above.map_or_else(|| "なし".to_owned(), |body| body.charter.name.clone()).into_any()),
        ("会議体の事務局", secretariat.map_or("事務局の役割の職員", |section| section.name.as_str()).to_owned().into_any()),
        ("役割", view! { <ul>{duties}</ul> }.into_any()),
    ];
    let change = may.then(|| {
        view! {
            {section("seat", if seat.is_some() { "席を変える" } else { "席を加える" }, (), post_form(format!("{}/seats", body_url(&city, &key)), seat_fields(&seat_form, &council, seat.map(|(id, _)| *id)), "席を保存する"))}
            {section("charter", "会議体を変える", (), side_form(format!("{}/charters", body_url(&city, &key)), charter_fields(&charter_form, &council, &bodies, false), "会議体を保存する"))}
        }
    });
    let main = view! {
        {seat_form.summary()}{charter_form.summary()}
        {page_head("会議体", charter.name.clone(), meeting::of_case::links_of_body(&city, &key))}
        {facts(rows)}
        {section("seats", "委員", (), seats(&city, &council, &body, may))}
        {change}
        {(!may).then(read_only)}
    };
    let frame = Frame::staff(&tx, None, Here::Cases)
        .crumbs(crumbs(&city, vec![("会議体と委員".to_owned(), bodies_url(&city))]))
        .flash(visit.take_flash().await?);
    Ok(Page::new(seat_form.title(&body.charter.name), frame, main))
}

fn seats(city: &str, council: &Council, body: &Body, may: bool) -> AnyView {
    if body.seats.is_empty() {
        return empty("委員はまだいません。人か職名で席を加えると、この会議体の番の案件が届きます。", None).into_any();
    }
    let year = FiscalYear::of(council.today);
    let rows = body.seats.iter().map(|(id, seat)| {
        let holders = seat.holders(&council.members);
        let names = holders.iter().map(|id| council.name(*id)).collect::<Vec<_>>().join("、");
        let who = match (&seat.held, holders.is_empty()) {
            (Held::Person(_), true) => "空席（在籍していない職員）".to_owned(),
            (Held::Person(_), false) => names,
            (Held::Post { section, post }, vacant) => {
                let place = section.and_then(|id| council.sections.iter().find(|one| one.id == id)).map(|one| one.name.as_str());
                let post = [place.unwrap_or_default(), post].join("　").trim().to_owned();
                if vacant { format!("{post}（空席）") } else { format!("{post}（{names}）") }
            }
        };
        let term = match seat.until {
            Some(until) => format!("{}から{}まで", seat.from.short(), until.short()),
            None => format!("{}から", seat.from.short()),
        };
        let state = if seat.holds(year) { "" } else if seat.from > year { "これから" } else { "任期満了" };
        let deputy = seat.deputy.map_or_else(|| "—".to_owned(), |id| council.name(id).to_owned());
        let link = may.then(|| view! { <a href=format!("{}?seat={id}#seat", body_url(city, &body.charter.key))>"変える"<span class="vh">{format!("（{who}）")}</span></a> });
        view! {
            <tr role="row">
                <th scope="row" role="rowheader">{who.clone()}<span class="dads-table__sub">{[seat.role.label(), seat.nomination.label()].join("　")}</span></th>
                <td role="cell"><span class="dads-table__cell-label">"任期"</span><span>{term}<span class="dads-table__sub">{state}</span></span></td>
                <td role="cell"><span class="dads-table__cell-label">"代理"</span><span>{deputy}</span></td>
                {may.then(|| view! { <td role="cell"><span class="dads-table__cell-label">"変更"</span>{link}</td> })}
            </tr>
        }
    });
    let roster = body.roster();
    let caption = format!("{}の席 {}、空席 {}", year.short(), roster.seats_of(year).count(), roster.vacancies(year, &council.members));
    let mut heads = vec![col("委員"), col("任期"), col("代理出席")];
    heads.extend(may.then(|| col("変更")));
    table("seats-table", caption, heads, view! { <tbody role="rowgroup">{rows.collect_view()}</tbody> }.into_any(), true)
}

fn seat_fields(filled: &Filled, council: &Council, id: Option<SeatId>) -> AnyView {
    let people: Vec<_> = council.members.iter().map(|member| (member.id.to_string(), member.name.clone())).collect();
    let sections: Vec<_> = council.sections.iter().map(|section| (section.id.to_string(), section.name.clone())).collect();
    let roles: Vec<_> = SeatRole::ALL.iter().map(|role| (role.code().to_owned(), role.label().to_owned())).collect();
    let nominations: Vec<_> = Nomination::ALL.iter().map(|one| (one.code().to_owned(), one.label().to_owned())).collect();
    view! {
        {id.map(|id| hidden("seat", id.to_string()))}
        {select(filled, "role", &required("席"), &roles, "選択してください")}
        {select(filled, "nomination", &required("選び方").hint("充て職は、その職に就いた人が席に着きます。ほかは、異動しても同じ人です。"), &nominations, "選択してください")}
        {select(filled, "person", &optional("人").hint("充て職でないとき。"), &people, "選択してください")}
        {input(filled, "post", &optional("職名").hint("充て職のとき。例：部長"), TEXT)}
        {select(filled, "section", &optional("職名の所属"), &sections, "全庁")}
        {input(filled, "from", &required("任期の最初の年度").hint("西暦。例：2026"), YEAR)}
        {input(filled, "until", &optional("任期の最後の年度").hint("空のときは、当分の間。"), YEAR)}
        {select(filled, "deputy", &optional("代理出席"), &people, "なし")}
        {note("席の任期は、最初の年度の4月1日から最後の年度の3月31日までです。")}
    }
    .into_any()
}

fn seat_filled(seat: Option<&(SeatId, Seat)>, year: FiscalYear) -> Form {
    let mut form = Form::default();
    let Some((id, seat)) = seat else {
        form.set("from", year.0.to_string());
        form.set("role", SeatRole::Ordinary.code());
        return form;
    };
    form.set("seat", id.to_string());
    form.set("role", seat.role.code());
    form.set("nomination", seat.nomination.code());
    match &seat.held {
        Held::Person(member) => form.set("person", member.to_string()),
        Held::Post { section, post } => {
            form.set("post", post.clone());
            form.set("section", section.map(|id| id.to_string()).unwrap_or_default());
        }
    }
    form.set("from", seat.from.0.to_string());
    form.set("until", seat.until.map(|year| year.0.to_string()).unwrap_or_default());
    form.set("deputy", seat.deputy.map(|id| id.to_string()).unwrap_or_default());
    form
}

fn charter_filled(body: &Body) -> Form {
    let charter = &body.charter;
    let mut form = Form::default();
    for (name, value) in [
        ("key", charter.key.clone()),
        ("name", charter.name.clone()),
        ("kind", charter.kind.code().to_owned()),
        ("composition", charter.composition.clone()),
        ("duties", charter.duties.clone()),
        ("parent", charter.parent.clone().unwrap_or_default()),
        ("secretariat", charter.secretariat.map(|id| id.to_string()).unwrap_or_default()),
        ("votes", if charter.votes { "on".to_owned() } else { String::new() }),
    ] {
        form.set(name, value);
    }
    form
}

fn parse_seat(form: &Form, council: &Council) -> Result<Seat, FormErrors> {
    let mut errors = FormErrors::default();
    let role = SeatRole::from_code(form.get("role"));
    if role.is_none() {
        errors.push::<()>("role", sentences::choose("席"));
    }
    let nomination = Nomination::from_code(form.get("nomination"));
    if nomination.is_none() {
        errors.push::<()>("nomination", sentences::choose("選び方"));
    }
    let member = |field: &str| council.members.iter().find(|member| member.id.to_string() == form.get(field)).map(|member| member.id);
    let post = form.text("post", "職名", POST_LIMIT, &mut errors);
    let held = match nomination {
        Some(Nomination::ExOfficio) if post.is_empty() => errors.push("post", sentences::enter("職名")),
        Some(Nomination::ExOfficio) => {
            let section = council.sections.iter().find(|section| section.id.to_string() == form.get("section")).map(|section| section.id);
            Some(Held::Post { section, post })
        }
        Some(_) => match member("person") {
            Some(id) => Some(Held::Person(id)),
            None => errors.push("person", sentences::choose("人")),
        },
        None => None,
    };
    let mut year = |field: &str, label: &str| {
        let typed = form.get(field).trim();
        match written::year(typed).filter(|year| (2000..=2098).contains(year)) {
            Some(year) => Some(FiscalYear(year)),
            None if typed.is_empty() => None,
            None => errors.push(field, format!("{label}は、2000から2098までの西暦で入力してください。")),
        }
    };
    let (from, until) = (year("from", "任期の最初の年度"), year("until", "任期の最後の年度"));
    if from.is_none() && errors.of("from").is_none() {
        errors.push::<()>("from", sentences::enter("任期の最初の年度"));
    }
    if let (Some(from), Some(until)) = (from, until)
        && until < from
    {
        errors.push::<()>("until", "任期の最後の年度は、最初の年度より後にしてください。".to_owned());
    }
    let deputy: Option<MemberId> = member("deputy");
    if deputy.is_some() && held == deputy.map(Held::Person) {
        errors.push::<()>("deputy", "代理出席は、本人とは別の人にしてください。".to_owned());
    }
    match (role, nomination, held, from) {
        (Some(role), Some(nomination), Some(held), Some(from)) if errors.is_empty() => {
            Ok(Seat { role, held, nomination, from, until, deputy })
        }
        _ => Err(errors),
    }
}

/// `POST /{city}/staff/rosters/{body}/seats`
pub async fn keep_seat(visit: Visit, Path((city, key)): Path<(String, String)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = body_url(&city, &key);
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let (council, _, body) = load(&mut tx, &key).await?;
    let permit = visit.permit(&mut tx, &Action::Constitute).await?;
    let id: Option<SeatId> = form.get("seat").parse().ok();
    let seat = match parse_seat(&form, &council) {
        Ok(seat) => seat,
        Err(errors) => {
            let at = id.map_or_else(|| page.clone(), |id| format!("{page}?seat={id}"));
            return visit.back(&at, form, errors).await;
        }
    };
    tx.keep_seat(permit, &body, id, &seat).await?;
    tx.commit().await?;
    visit.go(&page, "席を保存しました", "").await
}

/// `POST /{city}/staff/rosters/{body}/charters`
pub async fn keep_charter(visit: Visit, Path((city, key)): Path<(String, String)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = body_url(&city, &key);
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let (council, bodies, _) = load(&mut tx, &key).await?;
    let permit = visit.permit(&mut tx, &Action::Constitute).await?;
    let charter = match parse(&form, &key, &council, &bodies) {
        Ok(charter) => charter,
        Err(errors) => return visit.back(&page, form, errors).await,
    };
    tx.keep_roster(permit, &charter).await?;
    tx.commit().await?;
    visit.go(&page, format!("「{}」を保存しました", charter.name), "").await
}
