//! Planned values of a KPI: a first one, a later one for 「導入時に設定」, a revised one with its reason.

use axum::{
    extract::{Path, Query},
    response::Response,
};
use leptos::prelude::*;
use rashin_domain::{
    draft::{
        Kind,
        edit::{put_point, remove_point},
    },
    form::{Form, FormErrors},
    kpi::{NOTE_LIMIT, Role, TEXT_LIMIT},
    period::Period,
    plan::{Kpi, Part, Point, Replaced},
    provenance::{Provenance, Reading},
    text::sentences,
    value::{Unknown, Value},
};
use rashin_store::draft::Desk;
use serde::Deserialize;

use super::{
    Place,
    actions::Act,
    form::filled,
    kpi_actions::year,
    kpi_page::{YEAR, roles},
    look,
    objects::above,
    page,
};
use crate::{
    ui::{
        field::{TEXT, confirm, date, day, hidden, input, optional, post_form, required, select, side_form, textarea},
        section::{page_head, section},
    },
    web::{Flash, Page, Posted, Refusal, Tone, Visit},
};

/// Which value of the KPI; none of it for a new one.
#[derive(Debug, Default, Deserialize)]
pub struct Which {
    part: Option<String>,
    role: Option<String>,
    period: Option<String>,
}

fn find<'a>(kpi: &'a Kpi, part: &str, role: &str, period: &str) -> Option<(&'a Part, &'a Point)> {
    let (role, period) = named(role, period)?;
    let part = kpi.parts.iter().find(|p| p.key == part)?;
    Some((part, part.points.iter().find(|point| (point.role, point.period) == (role, period))?))
}

/// Reasons for which a planned value may be missing.
const REASONS: [Unknown; 5] =
    [Unknown::SetAtIntroduction, Unknown::Dash, Unknown::NotStated, Unknown::NotApplicable, Unknown::LostInSource];

/// `/{city}/staff/plans/{plan}/objects/kpis/{code}/points`
pub async fn point(
    visit: Visit,
    Path((city, plan, code)): Path<(String, String, String)>,
    Query(which): Query<Which>,
) -> Result<Page, Refusal> {
    let place = Place::new(&city, &plan);
    let (tx, desk) = look(&visit, &place).await?;
    let kpi = desk.content().kpi(&code).ok_or(Refusal::NotFound)?;
    let [part, role, period] = [&which.part, &which.role, &which.period].map(|text| text.clone().unwrap_or_default());
    let known = find(kpi, &part, &role, &period);
    let held = visit.take_held().await?;
    // A value that somebody took out meanwhile: what was typed about it is still here.
    let lost = which.period.as_ref().filter(|_| known.is_none()).map(|_| held.as_ref().and_then(|_| named(&role, &period)));
    if matches!(lost, Some(None)) {
        return Err(Refusal::NotFound);
    }
    let lost = lost.flatten();
    let filled = filled(held, "reading", || {
        let Some((part, point)) = known else { return blank(kpi) };
        let mut form = form_of(part, point);
        // Revised in this draft already: its reason stands until it is published.
        if published(&desk, &code, &part.key, point.role, point.period).is_some_and(|live| live.value != point.value) {
            form.set("reason", point.reason.as_str());
            if let Some(day) = point.decided_on {
                form.set_date("decided", day);
            }
        }
        form
    });
    let parts: Vec<_> =
        kpi.parts.iter().map(|part| (part.key.clone(), if part.name.is_empty() { kpi.name.clone() } else { part.name.clone() })).collect();
    let readings: Vec<_> = Reading::ALL.iter().map(|r| (r.code().to_owned(), r.label().to_owned())).collect();
    let reasons: Vec<_> = REASONS.iter().map(|r| (r.code().to_owned(), r.label().to_owned())).collect();
    let heading = match known.map(|(_, point)| (point.role, point.period)).or(lost) {
        Some((role, period)) => format!("{}（{}）の見直し", role.label(), period.label()),
        None => "現状値・目標値の追加".to_owned(),
    };
    let unit = known.map(|(part, _)| part.unit.clone()).or(kpi.parts.first().map(|part| part.unit.clone())).unwrap_or_default();
    let action = format!("{}/points", place.object(Kind::Kpi, &code));
    let fields = view! {
        {match known {
            Some((part, point)) => view! {
                {hidden("part", part.key.clone())}{hidden("role", point.role.code())}{hidden("period", point.period.to_string())}
                {hidden("was", point.value.plain())}
            }.into_any(),
            None if lost.is_some() => view! {
                {hidden("part", part)}{hidden("role", role)}{hidden("period", period)}{hidden("again", "on")}
            }.into_any(),
            None => view! {
                {if parts.len() > 1 { select(&filled, "part", &required("部分"), &parts, "選択してください").into_any() } else { hidden("part", kpi.parts.first().map(|p| p.key.clone()).unwrap_or_default()) }}
                {select(&filled, "role", &required("区分"), &roles(), "選択してください")}
                {input(&filled, "year", &optional("年度").hint("西暦。例：2029。特定の日の値のときは空欄にし、下の時点を入力します。"), YEAR)}
                {date(&filled, &optional("時点"), &day("at"))}
            }.into_any(),
        }}
        {input(&filled, "value", &optional(format!("値{}", if unit.is_empty() { String::new() } else { format!("（{unit}）") })).hint("比のときは 5/64 の形。はい・いいえの指標は「はい」か「いいえ」。"), YEAR)}
        {select(&filled, "unknown", &optional("値がないときの理由"), &reasons, "値がある")}
        {textarea(&filled, "note", &optional("備考"), 2)}
        {textarea(&filled, "reason", &optional("見直しの理由").hint("公表済みの値を変えるときは必須です。前の値と理由は公開ページに残ります。"), 2)}
        {date(&filled, &optional("決定日"), &day("decided"))}
        {select(&filled, "reading", &required("読み取り"), &readings, "選択してください")}
        {input(&filled, "source_text", &optional("原文の文章"), TEXT)}
        {input(&filled, "source_place", &optional("計画書での場所"), TEXT)}
    };
    let main = view! {
        {filled.summary()}
        {page_head(format!("指標 {code}　{}", kpi.name), heading.clone(), ())}
        {post_form(action, fields, "案に保存する")}
        {known.map(|(part, point)| section("removal", "この値を削除する", (), side_form(format!("{}/point-removals", place.object(Kind::Kpi, &code)), view! {
            {hidden("part", part.key.clone())}{hidden("role", point.role.code())}{hidden("period", point.period.to_string())}
            {confirm(&filled, "sure", "削除することを確かめました")}
        }, "案から削除する")))}
    };
    let mut up = above(&place, &desk, Kind::Kpi);
    up.push((kpi.name.clone(), place.object(Kind::Kpi, &code)));
    page(&visit, &tx, &place, &desk, &up, filled.title(&heading), main).await
}

/// Role and period as an address names them.
fn named(role: &str, period: &str) -> Option<(Role, Period)> {
    Some((Role::from_code(role)?, Period::parse(period).ok()?))
}

fn blank(kpi: &Kpi) -> Form {
    let mut form = Form::default();
    form.set("role", Role::Target.code());
    form.set("reading", Reading::Original.code());
    form.set("part", kpi.parts.first().map(|part| part.key.clone()).unwrap_or_default());
    form
}

fn form_of(part: &Part, point: &Point) -> Form {
    let mut form = Form::default();
    match point.value.unknown_reason() {
        Some(reason) => form.set("unknown", reason.code()),
        None => form.set("value", point.value.plain()),
    }
    for (name, value) in [
        ("part", part.key.as_str()),
        ("note", &point.note),
        ("reading", point.provenance.reading.code()),
        ("source_text", &point.provenance.source_text),
        ("source_place", &point.provenance.source_place),
    ] {
        form.set(name, value);
    }
    form
}

/// Puts a published value back that the draft has taken out, with all that was said about it.
pub fn put_back(place: &Place, code: &str, part: &Part, point: &Point) -> impl IntoView + use<> {
    let mut form = form_of(part, point);
    let period = point.period.to_string();
    for (name, value) in [("role", point.role.code()), ("period", &period), ("again", "on"), ("reason", &point.reason)] {
        form.set(name, value);
    }
    if let Some(day) = point.decided_on {
        form.set_date("decided", day);
    }
    let fields = form.iter().map(|(name, value)| hidden(name, value)).collect_view();
    let label = format!("{}（{}）を元に戻す", point.role.label(), point.period.label());
    view! {
        <form method="post" action=format!("{}/points", place.object(Kind::Kpi, code))>
            {fields}
            <button class="dads-button" data-type="outline" data-size="sm" aria-label=label>"元に戻す"</button>
        </form>
    }
}

/// Back to the page of the form, with the value it was about.
fn form_page(place: &Place, code: &str, form: &Form) -> String {
    format!(
        "{}/points{}",
        place.object(Kind::Kpi, code),
        if form.get("period").is_empty() {
            String::new()
        } else {
            let [part, role, period] = ["part", "role", "period"].map(|name| super::segment(form.get(name)));
            format!("?part={part}&role={role}&period={period}")
        }
    )
}

/// Opens the act on a KPI that is in the draft.
async fn open(visit: Visit, (city, plan, code): (String, String, String), form: Form) -> Result<(Act, Kpi), Refusal> {
    let place = Place::new(&city, &plan);
    let page = form_page(&place, &code, &form);
    let act = Act::open(visit, place, page, form).await?;
    let kpi = act.desk.content().kpi(&code).cloned().ok_or(Refusal::NotFound)?;
    Ok((act, kpi))
}

/// `POST …/objects/kpis/{code}/points`
pub async fn set(visit: Visit, Path(path): Path<(String, String, String)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let (act, kpi) = open(visit, path, form).await?;
    let code = &kpi.code;
    let mut errors = FormErrors::default();
    let read = read(&act, &kpi, &mut errors);
    let Some((part, point)) = read.filter(|_| errors.is_empty()) else { return act.back(errors).await };
    let words = format!("指標「{code}」の{}（{}）を{}に設定", point.role.label(), point.period.label(), point.value.with_unit(&part.unit));
    match put_point(act.desk.content(), code, &part.key, point) {
        Ok(after) => {
            let to = act.place.object(Kind::Kpi, code);
            act.done(&after, &words, &to).await
        }
        Err(fault) => act.fault("value", &fault).await,
    }
}

fn read(act: &Act, kpi: &Kpi, errors: &mut FormErrors) -> Option<(Part, Point)> {
    let form = &act.form;
    let Some(part) = kpi.parts.iter().find(|part| part.key == form.get("part")).cloned() else {
        return errors.push("part", sentences::choose("部分"));
    };
    let role = Role::from_code(form.get("role")).or_else(|| errors.push("role", sentences::choose("区分")));
    let period = period(form, errors);
    let value = value(form, &part, errors);
    let note = form.text("note", "備考", NOTE_LIMIT, errors);
    let reason = form.text("reason", "見直しの理由", NOTE_LIMIT, errors);
    let decided_on = form.date("decided", "決定日", errors).flatten();
    if decided_on.is_some_and(|day| day > act.tx.today()) {
        errors.push::<()>("decided_year", "決定日は今日までの日付にしてください。".to_owned());
    }
    let provenance = Provenance {
        reading: Reading::from_code(form.get("reading")).or_else(|| errors.push("reading", sentences::choose("読み取り")))?,
        source_text: form.text("source_text", "原文の文章", TEXT_LIMIT, errors),
        source_place: form.text("source_place", "計画書での場所", TEXT_LIMIT, errors),
    };
    let (role, period, value) = (role?, period?, value?);
    let standing = part.points.iter().find(|point| (point.role, point.period) == (role, period)).cloned();
    if standing.is_none() && !form.get("period").is_empty() && form.get("again") != "on" {
        let words = "画面を開いたあとに、ほかの人がこの値をなくしました。残すときは、もう一度保存してください。".to_owned();
        return errors.push("value", words);
    }
    if let Some(standing) = &standing {
        if form.get("period").is_empty() {
            return errors.push(
                "year",
                format!(
                    "{}の{}はすでにあります（{}）。その値を見直してください。",
                    period.label(),
                    role.label(),
                    standing.value.with_unit(&part.unit)
                ),
            );
        }
        if standing.value.plain() != form.get("was") && standing.value != value {
            let words = standing.value.with_unit(&part.unit);
            return errors.push(
                "value",
                format!("画面を開いたあとに、ほかの人が{words}に変えました。残したい値を入力して、もう一度保存してください。"),
            );
        }
    }
    let live = published(&act.desk, &kpi.code, &part.key, role, period);
    let mut replaced = live.as_ref().map(|live| live.replaced.clone()).unwrap_or_default();
    let revised = live.as_ref().is_some_and(|live| live.value != value);
    if revised && reason.is_empty() {
        return errors.push("reason", "公表済みの値を変えるので、見直しの理由を入力してください。".to_owned());
    }
    if let Some(live) = live.filter(|_| revised) {
        let on = decided_on.unwrap_or(act.tx.today());
        replaced.insert(0, Replaced { value: live.value, on, reason: reason.clone() });
    }
    // The document's words are about the value that stood there.
    let stale = standing.is_some_and(|old| old.value != value && old.provenance == provenance);
    let provenance = if stale { Provenance::default() } else { provenance };
    Some((part, Point { role, period, value, note, reason, decided_on, replaced, provenance }))
}

/// The live plan's value at the same place.
fn published(desk: &Desk, code: &str, part: &str, role: Role, period: Period) -> Option<Point> {
    let part = desk.live.kpi(code)?.parts.iter().find(|p| p.key == part)?;
    part.points.iter().find(|point| (point.role, point.period) == (role, period)).cloned()
}

fn period(form: &Form, errors: &mut FormErrors) -> Option<Period> {
    if !form.get("period").is_empty() {
        return Period::parse(form.get("period")).ok().or_else(|| errors.push("year", "年度を読み取れません。".to_owned()));
    }
    match form.date("at", "時点", errors)? {
        Some(day) => Some(Period::Instant(day)),
        None => year(form, "year", "年度", errors).map(Period::FiscalYear),
    }
}

fn value(form: &Form, part: &Part, errors: &mut FormErrors) -> Option<Value> {
    let typed = form.get("value").trim();
    match Unknown::from_code(form.get("unknown")) {
        Some(reason) if typed.is_empty() => Some(Value::unknown(reason)),
        Some(_) => errors.push("value", "値と「値がないときの理由」の、どちらか一つにしてください。".to_owned()),
        None => match Value::parse_figure(part.kind, &part.unit, typed) {
            Ok(value) => Some(value),
            Err(error) => errors.push("value", sentences::value_error("値", typed, error)),
        },
    }
}

/// `POST …/objects/kpis/{code}/point-removals`
pub async fn remove(visit: Visit, Path(path): Path<(String, String, String)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let (act, kpi) = open(visit, path, form).await?;
    let code = &kpi.code;
    let Some((part, point)) = find(&kpi, act.form.get("part"), act.form.get("role"), act.form.get("period")) else {
        let heading = "この値は、すでになくなっています".to_owned();
        let flash = Flash { tone: Tone::Info, heading, body: String::new() };
        return act.visit.go_with(&act.place.object(Kind::Kpi, code), flash).await;
    };
    if act.form.get("sure") != "on" {
        return act.back(FormErrors::one("sure", "なくしてよければ、確かめたことを示すチェックを入れてください。")).await;
    }
    let words = format!("指標「{code}」の{}（{}）を削除", point.role.label(), point.period.label());
    match remove_point(act.desk.content(), code, &part.key, point.role, point.period) {
        Ok(after) => {
            let to = act.place.object(Kind::Kpi, code);
            act.done(&after, &words, &to).await
        }
        Err(fault) => act.fault("sure", &fault).await,
    }
}
