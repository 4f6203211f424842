//! `/{city}/staff/rosters`: all bodies with their seats, and a new body.

use axum::{extract::Path, response::Response};
use leptos::prelude::*;
use rashin_domain::{
    access::{Action, decide},
    form::{Form, FormErrors},
    kpi::NOTE_LIMIT,
    plan::BodyKind,
    route::form::is_key,
    text::sentences,
};
use rashin_store::{
    TenantTx,
    roster::{Body, Charter},
};

use super::{
    Council, bodies_url, body_url,
    chart::{chart, list},
};
use crate::{
    case::area::{Area, areas},
    ui::{
        field::{Filled, TEXT, checkbox, input, optional, required, select, side_form, textarea},
        frame::{Frame, Here},
        section::{empty, note, page_head, section},
    },
    web::{Page, Posted, Refusal, Visit},
};

const TITLE: &str = "会議体と委員";
/// Longest name of a body, in characters.
const NAME_LIMIT: usize = 60;

pub async fn bodies(visit: Visit, Path(city): Path<String>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let (council, bodies) = (Council::load(&mut tx).await?, tx.rosters().await?);
    let may = decide(tx.actor(), &Action::Constitute).is_ok();
    let filled = Filled::new(visit.take_held().await?, Form::default);
    let from_plan = if may && bodies.is_empty() { of_plan(&mut tx).await? } else { Vec::new() };
    let tree = match bodies.is_empty() {
        true => empty("会議体はまだありません。研究会、部会、本部などを加えると、案件を諮る経路に使えます。", None).into_any(),
        false => {
            view! { {chart(&council, &bodies)}<div class="rashin-screen-only">{list(&city, &council, &bodies, None)}</div> }.into_any()
        }
    };
    let take = (!from_plan.is_empty()).then(|| {
        let names = from_plan.iter().map(|charter| charter.name.clone()).collect::<Vec<_>>().join("、");
        section(
            "from-plan",
            "計画書の推進体制から始める",
            (),
            view! {
                <p>{format!("計画書にある{}件を、会議体として加えます：{names}", from_plan.len())}</p>
                {side_form(format!("/{city}/staff/rosters/from-plan"), (), "会議体として加える")}
            },
        )
    });
    let main = view! {
        {filled.summary()}
        {areas(&tx, Area::Bodies)}
        {page_head("", TITLE, ())}
        {section("tree", "いまの会議体", note(format!("{}件", bodies.len())), tree)}
        {take}
        {may.then(|| section("new", "会議体を加える", (), side_form(bodies_url(&city), charter_fields(&filled, &council, &bodies, true), "加える")))}
    };
    let frame = Frame::staff(&tx, None, Here::Cases).flash(visit.take_flash().await?);
    Ok(Page::new(filled.title(TITLE), frame, main))
}

/// Fields of a body; `new`: with its key, which is never changed.
pub fn charter_fields(filled: &Filled, council: &Council, bodies: &[Body], new: bool) -> AnyView {
    let kinds: Vec<_> = BodyKind::ALL.iter().map(|kind| (kind.code().to_owned(), kind.label().to_owned())).collect();
    let own = filled.form.get("key").to_owned();
    let above: Vec<_> =
        bodies.iter().filter(|body| body.charter.key != own).map(|body| (body.charter.key.clone(), body.charter.name.clone())).collect();
    let sections: Vec<_> = council.sections.iter().map(|section| (section.id.to_string(), section.name.clone())).collect();
    view! {
        {input(filled, "name", &required("名前"), TEXT)}
        {new.then(|| input(filled, "key", &required("記号").hint("半角の英小文字・数字・ハイフン。アドレスと経路で使い、あとから変えられません。例：hq"), TEXT))}
        {select(filled, "kind", &required("種類"), &kinds, "選択してください")}
        {input(filled, "composition", &optional("構成").hint("例：市長・副市長・教育長・部局長"), TEXT)}
        {textarea(filled, "duties", &optional("役割").hint("1行に1つずつ。"), 3)}
        {select(filled, "parent", &optional("上の会議体"), &above, "なし")}
        {select(filled, "secretariat", &optional("会議体の事務局").hint("会議体が決めたことを記録できます。決めないときは、事務局の役割の職員です。"), &sections, "事務局の役割の職員")}
        {checkbox(filled, "votes", "採決をとる（会議の結果に、賛成・反対・保留の数を添える）".to_owned())}
    }
    .into_any()
}

/// Reads those fields.
pub fn parse(form: &Form, key: &str, council: &Council, bodies: &[Body]) -> Result<Charter, FormErrors> {
    let mut errors = FormErrors::default();
    let name = form.required("name", "名前", NAME_LIMIT, &mut errors);
    let composition = form.text("composition", "構成", NOTE_LIMIT, &mut errors);
    let duties = form.text("duties", "役割", NOTE_LIMIT, &mut errors);
    if !is_key(key) {
        errors.push::<()>("key", "記号は半角の英小文字・数字・ハイフン40文字までで入力してください。".to_owned());
    }
    let kind = BodyKind::from_code(form.get("kind"));
    if kind.is_none() {
        errors.push::<()>("kind", sentences::choose("種類"));
    }
    let parent = Some(form.get("parent").to_owned()).filter(|key| !key.is_empty());
    if let Some(parent) = &parent {
        if !bodies.iter().any(|body| body.charter.key == *parent) {
            errors.push::<()>("parent", sentences::choose("上の会議体"));
        } else if is_below(bodies, parent, key) {
            errors.push::<()>("parent", "自分より下の会議体は、上の会議体にできません。".to_owned());
        }
    }
    let secretariat = council.sections.iter().find(|section| section.id.to_string() == form.get("secretariat")).map(|section| section.id);
    let votes = form.get("votes") == "on";
    match kind {
        Some(kind) if errors.is_empty() => Ok(Charter { key: key.to_owned(), name, kind, composition, duties, parent, secretariat, votes }),
        _ => Err(errors),
    }
}

/// Whether a body is another one, or stands below it.
fn is_below(bodies: &[Body], body: &str, above: &str) -> bool {
    let mut at = Some(body);
    // The length bounds the walk even if a cycle were stored.
    for _ in 0..=bodies.len() {
        match at {
            Some(key) if key == above => return true,
            Some(key) => at = bodies.iter().find(|body| body.charter.key == key).and_then(|body| body.charter.parent.as_deref()),
            None => return false,
        }
    }
    false
}

/// `POST /{city}/staff/rosters`
pub async fn add(visit: Visit, Path(city): Path<String>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = bodies_url(&city);
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let permit = visit.permit(&mut tx, &Action::Constitute).await?;
    let (council, bodies) = (Council::load(&mut tx).await?, tx.rosters().await?);
    let key = form.get("key").trim().to_owned();
    let charter = match parse(&form, &key, &council, &bodies) {
        Ok(_) if bodies.iter().any(|body| body.charter.key == key) => Err(FormErrors::one("key", "この記号の会議体は、もうあります。")),
        read => read,
    };
    let charter = match charter {
        Ok(charter) => charter,
        Err(errors) => return visit.back(&page, form, errors).await,
    };
    tx.keep_roster(permit, &charter).await?;
    tx.commit().await?;
    visit.go(&body_url(&city, &key), format!("「{}」を加えました", charter.name), "続けて委員を加えてください。").await
}

/// `POST /{city}/staff/rosters/from-plan`: the bodies that the plan's document names, as bodies of the tenant.
pub async fn add_of_plan(visit: Visit, Path(city): Path<String>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = bodies_url(&city);
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let known: Vec<String> = tx.rosters().await?.into_iter().map(|body| body.charter.key).collect();
    let new: Vec<Charter> = of_plan(&mut tx).await?.into_iter().filter(|charter| !known.contains(&charter.key)).collect();
    for charter in &new {
        let permit = visit.permit(&mut tx, &Action::Constitute).await?;
        tx.keep_roster(permit, charter).await?;
    }
    if new.is_empty() {
        let _may = visit.permit(&mut tx, &Action::Constitute).await?;
    }
    tx.commit().await?;
    visit.go(&page, format!("会議体を{}件加えました", new.len()), "").await
}

/// The plan's own bodies, but for the 事務局, which is a section and not a meeting. Parents first.
async fn of_plan(tx: &mut TenantTx) -> Result<Vec<Charter>, Refusal> {
    let Some(plan) = tx.current_plan().await? else { return Ok(Vec::new()) };
    let bodies = tx.plan_content(plan.id).await?.bodies;
    let charter = |body: rashin_domain::plan::Body| Charter {
        key: body.key,
        name: body.name,
        kind: body.kind,
        composition: body.composition,
        duties: body.duties.into_iter().map(|duty| duty.text).collect::<Vec<_>>().join("\n"),
        parent: body.parent,
        secretariat: None,
        votes: false,
    };
    let mut rest: Vec<Charter> = bodies.into_iter().filter(|body| body.kind != BodyKind::Secretariat).map(charter).collect();
    let mut sorted: Vec<Charter> = Vec::new();
    // A plan's bodies are a tree: each turn places some, and one whose parent is left out stands on top.
    while !rest.is_empty() {
        let waits = |one: &Charter| one.parent.as_ref().is_some_and(|above| rest.iter().any(|other| other.key == *above));
        let (later, mut now): (Vec<Charter>, Vec<Charter>) = rest.iter().cloned().partition(waits);
        if now.is_empty() {
            break;
        }
        for charter in &mut now {
            charter.parent = charter.parent.take().filter(|above| sorted.iter().any(|placed| placed.key == *above));
        }
        sorted.append(&mut now);
        rest = later;
    }
    Ok(sorted)
}

/// Words under a heading where nobody may change anything.
pub fn read_only() -> impl IntoView {
    note("会議体・委員・経路を変えられるのは事務局です。")
}
