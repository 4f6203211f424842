//! 人事異動: what a person holds, to be handed over on a day; prepared before, hidden until then.

use axum::extract::Path;
use leptos::prelude::*;
use rashin_domain::{
    access::{Action, Assignment, Member, Role, decide},
    clock::{FiscalYear, date_label},
    form::Form,
    ids::MemberId,
    obligation::{Charge, Item},
    roster::{Held, Seat},
};
use rashin_store::{card::CardFile, case::CaseFile, case_people::Handover, roster::Body};

use super::{
    Register,
    cases::{self, running},
    owners_url, transfers_url,
};
use crate::{
    card,
    case::case_url,
    council::{Council, body_url},
    kpi::staff::staff_url,
    ui::{
        field::{Filled, checkbox, date, day, optional, post_form, required, select},
        frame::{Frame, Here},
        section::{col, empty, note, num, page_head, section, table},
    },
    web::{Page, Refusal, Visit},
};

/// What names a member, from today on: in force or prepared.
pub(super) fn holds(register: &Register, member: MemberId) -> impl Iterator<Item = &Charge> {
    let names = move |charge: &&Charge| charge.person == Some(member) || charge.deputy == Some(member);
    let lasts = |charge: &&Charge| charge.span.until.is_none_or(|until| register.today <= until);
    register.owed.charges.iter().filter(names).filter(lasts)
}

pub async fn transfers(visit: Visit, Path(city): Path<String>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let _may = visit.permit(&mut tx, &Action::Assign).await?;
    let register = Register::load(&mut tx).await?;
    let frame = Frame::staff(&tx, None, Here::Kpis).crumbs(crumbs(&city, false)).flash(visit.take_flash().await?);
    let Some(register) = register else {
        let main = view! { {page_head("", "人事異動の引き継ぎ", ())}{empty("この団体の計画は、まだ登録されていません。", None)} };
        return Ok(Page::new("人事異動の引き継ぎ", frame, main));
    };
    let (proposed, cards) = (running(&mut tx).await?, card::transfer::running(&mut tx).await?);
    let proposes = |member: MemberId| proposed.iter().filter(|filed| filed.case.proposer == member).count();
    let owns = |member: MemberId| cards.iter().filter(|filed| filed.card.owner == member).count();
    let people: Vec<(&Member, [usize; 3], String)> = (register.owed.members.iter())
        .map(|member| (member, [holds(&register, member.id).count(), proposes(member.id), owns(member.id)], approves(&register, member)))
        .filter(|(_, counts, approves)| counts.iter().any(|count| *count > 0) || !approves.is_empty())
        .collect();
    let rows = people.iter().map(|(member, [count, cases, cards], approves)| {
        let place = member.assignments.iter().find_map(|held| held.section).map(|id| register.section(id).to_owned()).unwrap_or_default();
        let or_none = |words: String, is_none: bool| if is_none { "—".to_owned() } else { words };
        view! {
            <tr role="row">
                <th scope="row" role="rowheader"><a href=format!("{}/{}", transfers_url(&city), member.id)>{member.name.clone()}</a></th>
                <td role="cell"><span class="dads-table__cell-label">"所属"</span><span>{place}</span></td>
                <td role="cell" class="num"><span class="dads-table__cell-label">"名前で担当"</span><span>{or_none(format!("{count}件"), *count == 0)}</span></td>
                <td role="cell" class="num"><span class="dads-table__cell-label">"提案中の案件"</span><span>{or_none(format!("{cases}件"), *cases == 0)}</span></td>
                <td role="cell" class="num"><span class="dads-table__cell-label">"OODAカード"</span><span>{or_none(format!("{cards}件"), *cards == 0)}</span></td>
                <td role="cell"><span class="dads-table__cell-label">"承認"</span><span>{or_none(approves.clone(), approves.is_empty())}</span></td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let list = match people.is_empty() {
        true => empty(
            "名前で担当になっている職員も、承認者もいません。課だけが担当のものは、組織改編の画面で後継の課に引き継がれます。",
            Some((owners_url(&city), "担当を割り当てる")),
        )
        .into_any(),
        false => table(
            "people",
            format!("{}人", people.len()),
            vec![col("職員"), col("所属"), num("名前で担当"), num("提案中の案件"), num("OODAカード"), col("承認")],
            view! { <tbody role="rowgroup">{rows}</tbody> }.into_any(),
            true,
        ),
    };
    let prepared = prepared(&register, &city, &tx.handovers().await?);
    let main = view! {
        {page_head("", "人事異動の引き継ぎ", ())}
        <p class="lead">"3月のうちに準備し、4月1日から効くようにできます。その日までは誰の画面にも出ません。"</p>
        {section("people-head", "引き継ぐものがある職員", (), list)}
        {section("prepared", "準備してある引き継ぎ", (), prepared)}
        <p class="links"><a href=format!("/{city}/staff/reorganisations/new")>"課の統合・分割・名称変更"</a><a href=owners_url(&city)>"課ごとに担当を割り当てる"</a></p>
    };
    Ok(Page::new("人事異動の引き継ぎ", frame, main))
}

fn crumbs(city: &str, below: bool) -> Vec<(String, String)> {
    let mut crumbs = vec![("ホーム".to_owned(), format!("/{city}/staff")), ("担当".to_owned(), owners_url(city))];
    if below {
        crumbs.push(("人事異動の引き継ぎ".to_owned(), transfers_url(city)));
    }
    crumbs
}

fn prepared(register: &Register, city: &str, cases: &[Handover]) -> AnyView {
    let later = |charge: &&Charge| register.today < charge.span.from;
    let rows = register.owed.charges.iter().filter(later).filter_map(|charge| {
        let named = register.owed.find(&charge.item)?;
        Some(view! {
            <li>
                <span class="rashin-task-list__kind">{date_label(charge.span.from)}</span>
                <span class="rashin-task-list__body">{item_link(city, &charge.item, &named.code, &named.name)}<br/><span class="note">{register.words(charge)}</span></span>
            </li>
        }
        .into_any())
    });
    let cases = cases.iter().map(|handover| {
        view! {
            <li>
                <span class="rashin-task-list__kind">{date_label(handover.from)}</span>
                <span class="rashin-task-list__body"><a href=case_url(city, handover.number)>{format!("案件 {}　{}", handover.number, handover.title)}</a><br/><span class="note">{format!("提案者　{}", handover.name)}</span></span>
            </li>
        }
        .into_any()
    });
    let rows: Vec<AnyView> = rows.chain(cases).collect();
    match rows.is_empty() {
        true => empty("準備してある引き継ぎはありません。", None).into_any(),
        false => view! { <ul class="rashin-task-list" data-dated="">{rows.collect_view()}</ul> }.into_any(),
    }
}

fn item_link(city: &str, item: &Item, code: &str, name: &str) -> AnyView {
    match item {
        Item::Kpi(_) => view! { <a href=staff_url(city, code)>{name.to_owned()}</a> }.into_any(),
        Item::Initiative(..) => name.to_owned().into_any(),
    }
}

/// `/{city}/staff/transfers/{member}`
pub async fn transfer(visit: Visit, Path((city, member)): Path<(String, MemberId)>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let register = Register::load(&mut tx).await?.ok_or(Refusal::NotFound)?;
    let person = register.member(member).ok_or(Refusal::NotFound)?.clone();
    let _may = visit.permit(&mut tx, &Action::Assign).await?;
    let may = decide(tx.actor(), &Action::Assign).is_ok();
    let manages = decide(tx.actor(), &Action::Staff).is_ok();
    let seats = seats(&tx.rosters().await?, &person, FiscalYear::of(tx.today()));
    let council = Council::load(&mut tx).await?;
    let proposed: Vec<_> = running(&mut tx).await?.into_iter().filter(|filed| filed.case.proposer == member).collect();
    let mut owned = card::transfer::running(&mut tx).await?;
    owned.retain(|filed| filed.card.owner == member);
    let filled = Filled::new(visit.take_held().await?, || start(&register, &proposed, &owned));
    let mut items: Vec<&Item> = Vec::new();
    for charge in holds(&register, member) {
        if !items.contains(&&charge.item) {
            items.push(&charge.item);
        }
    }
    let boxes = items.iter().filter_map(|item| {
        let named = register.owed.find(item)?;
        let as_deputy = holds(&register, member).filter(|charge| charge.item == **item).all(|charge| charge.person != Some(member));
        let words = if as_deputy { format!("{}（代理として）", named.name) } else { named.name.clone() };
        let sheet = matches!(item, Item::Kpi(_)).then(|| {
            view! { <a href=format!("{}/handover", staff_url(&city, &named.code))>"引き継ぎ書"<span class="vh">{format!("（{}）", named.name)}</span></a> }
        });
        Some(view! { <li>{checkbox(&filled, &format!("item.{item}"), words)}{sheet}</li> })
    });
    let boxes = boxes.collect_view();
    let others: Vec<_> = register.candidates().into_iter().filter(|(id, _)| *id != member.to_string()).collect();
    let fields = view! {
        <ul class="rashin-task-list" data-two="">{boxes}</ul>
        {select(&filled, "to", &required("引き継ぐ人").hint("担当課はそのままです。課も変わるときは「担当」の画面で割り当ててください。"), &[("nobody".to_owned(), "名前を決めない（課の担当全員）".to_owned())].into_iter().chain(others).collect::<Vec<_>>(), "選択してください")}
        {date(&filled, &optional("いつから").hint("空のままなら今日から。西暦で入力。例：2027年4月1日"), &day("from"))}
    };
    let cases = cases::section(&city, member, &proposed, &tx.handovers().await?, &council, &filled);
    let main = view! {
        {filled.summary()}
        {page_head("人事異動の引き継ぎ", format!("{}さんの担当", person.name), ())}
        {if items.is_empty() {
            empty("名前で担当になっている指標・取組はありません。", Some((transfers_url(&city), "引き継ぎの一覧に戻る"))).into_any()
        } else {
            view! {
                {may.then(|| post_form(format!("{}/{member}/handovers", transfers_url(&city)), fields, "引き継ぐ"))}
            }.into_any()
        }}
        {cases}
        {card::transfer::shelf(&city, member, &owned, &council, &filled)}
        {section("posts", "役割と所属", (), posts(&register, &person, manages.then_some(city.as_str())))}
        {(!seats.is_empty()).then(|| section("seats", "会議体の席", (), seat_list(&city, seats)))}
    };
    let frame = Frame::staff(&tx, None, Here::Kpis).crumbs(crumbs(&city, true)).flash(visit.take_flash().await?);
    Ok(Page::new(filled.title(&format!("{}さんの担当", person.name)), frame, main))
}

/// Whether nobody else approves where a member does.
fn is_alone(register: &Register, member: &Member, held: &Assignment) -> bool {
    let same = |other: &Assignment| other.role == held.role && other.section == held.section;
    let others = register.owed.members.iter().filter(|other| other.id != member.id);
    held.role == Role::Approver && !others.flat_map(|other| &other.assignments).any(same)
}

/// 「市民課（この人だけ）」: where a member approves.
fn approves(register: &Register, member: &Member) -> String {
    let places = member.assignments.iter().filter(|held| held.role == Role::Approver).map(|held| {
        let place = held.section.map_or("全庁", |id| register.section(id));
        if is_alone(register, member, held) { format!("{place}（この人だけ）") } else { place.to_owned() }
    });
    places.collect::<Vec<_>>().join("、")
}

/// What a person is, beside the names on KPIs and initiatives. `city`: of a reader who may change it.
fn posts(register: &Register, person: &Member, city: Option<&str>) -> AnyView {
    let lines = person.assignments.iter().map(|held| {
        let place = held.section.map_or("全庁", |id| register.section(id));
        let alone = is_alone(register, person, held).then(|| view! { <span class="note">"承認者はこの人だけです。後任を決めるまで、承認が止まります。"</span> });
        view! { <li><span class="rashin-task-list__kind">{held.role.label()}</span><span class="rashin-task-list__body">{format!("{place}　{}", held.post)}<br/>{alone}</span></li> }
    });
    let change = match city {
        Some(city) => view! { <p class="links"><a href=format!("/{city}/staff/people")>"役割と所属を変える（職員）"</a></p> }.into_any(),
        None => note("役割と所属は、管理者が「職員」の画面で日付を付けて変えます。").into_any(),
    };
    view! {
        <ul class="rashin-task-list">{lines.collect_view()}</ul>
        {note("承認待ちの報告は、人ではなく課に届きます。後任が承認者になると、待っている報告もそのまま引き継がれます。")}
        {change}
    }
    .into_any()
}

/// The seats that a person holds or stands in for, this year or later: (key of the body, its name, in words).
fn seats(bodies: &[Body], person: &Member, year: FiscalYear) -> Vec<(String, String, String)> {
    let lasts = |seat: &Seat| seat.until.is_none_or(|until| year <= until);
    let words = |seat: &Seat| {
        let stays = match &seat.held {
            _ if seat.deputy == Some(person.id) => "代理出席。ほかの人に代わるときは、席を変えます。",
            Held::Person(_) => "異動しても、任期の間は同じ人が席に着きます。",
            Held::Post { .. } => "充て職。職を離れると、後任が席に着きます。",
        };
        let until = seat.until.map_or_else(|| "当分の間".to_owned(), |until| format!("{}まで", until.short()));
        format!("{}　{until}　{stays}", seat.role.label())
    };
    let own = |seat: &Seat| seat.deputy == Some(person.id) || seat.holders(std::slice::from_ref(person)).contains(&person.id);
    let of_body = |body: &Body| {
        let seats = body.seats.iter().map(|(_, seat)| seat).filter(|seat| lasts(seat) && own(seat));
        seats.map(|seat| (body.charter.key.clone(), body.charter.name.clone(), words(seat))).collect::<Vec<_>>()
    };
    bodies.iter().flat_map(of_body).collect()
}

fn seat_list(city: &str, seats: Vec<(String, String, String)>) -> AnyView {
    let lines = seats.into_iter().map(|(key, name, words)| {
        view! { <li><a href=body_url(city, &key)>{name}</a><span class="note">{words}</span></li> }
    });
    view! { <ul class="rashin-task-list" data-two="">{lines.collect_view()}</ul> }.into_any()
}

/// Everything from the next first of April on.
fn start(register: &Register, proposed: &[CaseFile], owned: &[CardFile]) -> Form {
    let mut form = Form::default();
    if let Ok(april) = FiscalYear::of(register.today).last_day().tomorrow() {
        form.set_date("from", april);
        form.set_date("case_from", april);
    }
    for named in &register.owed.named {
        form.set(&format!("item.{}", named.entry.item), "on");
    }
    for filed in proposed {
        form.set(&cases::field(filed), "on");
    }
    for filed in owned {
        form.set(&card::transfer::field(filed), "on");
    }
    form
}
