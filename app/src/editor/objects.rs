//! The objects of a plan but for its KPIs: lists, and a form for each made from the table of fields.

use axum::extract::{Path, Query};
use leptos::prelude::*;
use rashin_domain::{
    clock::moment_label,
    draft::{
        Kind, body,
        compare::{Row, compare, pieces, rows},
        fields::{fields, fill},
        label,
    },
    form::Form,
};
use rashin_store::{
    TenantTx,
    draft::{Desk, Version},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Place,
    actions::LIVE,
    desk::{Marks, mark, marks},
    form::{SEEN, controls, filled, seen},
    key_at, kind, kpi_page, look, node_page, page,
};
use crate::{
    attachment::{Owner, shelf},
    audit::COMMAND_LINE,
    ui::{
        field::{Filled, confirm, hidden, post_form, side_form},
        section::{empty, note, page_head, section},
    },
    web::{Page, Refusal, Visit},
};

/// What a new object begins with.
#[derive(Debug, Default, Deserialize)]
pub struct Beginning {
    /// Key of the node it belongs to.
    pub parent: Option<String>,
    /// Code of the template a KPI is made from.
    pub template: Option<String>,
}

/// `/{city}/staff/plans/{plan}/objects/{kind}`
pub async fn list(visit: Visit, Path((city, plan, code)): Path<(String, String, String)>) -> Result<Page, Refusal> {
    let (place, kind) = (Place::new(&city, &plan), kind(&code)?);
    let (tx, desk) = look(&visit, &place).await?;
    let marks = marks(&compare(&desk.live, desk.content()));
    let keys = desk.draft.keys(kind);
    let add = (kind != Kind::Head).then(|| view! { <p><a href=place.new_one(kind)>"追加する"</a></p> });
    let main = view! {
        {page_head(desk.plan.title.clone(), kind.label(), add)}
        {about(kind).map(|words| view! { <p class="prose">{words}</p> })}
        {if keys.is_empty() {
            empty("まだありません。", Some((place.new_one(kind), "最初の一つを追加する"))).into_any()
        } else {
            let item = |(at, key): (usize, &String)| line(&place, &desk, &marks, kind, key, at, keys.len());
            view! { <ol class="rashin-order">{keys.iter().enumerate().map(item).collect_view()}</ol> }.into_any()
        }}
    };
    page(&visit, &tx, &place, &desk, &up(&place, &desk), format!("{} {}", kind.label(), desk.plan.title), main).await
}

fn about(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Level => Some("計画の階層の呼び名です。「重点戦略」「施策」「取組」など、この計画の言葉を使います。"),
        Kind::Phase => Some("ロードマップに書く段階の呼び名です。"),
        Kind::Milestone => Some("取組が年度のうちに達成する節目です。ロードマップに、済んだ節目は◆、まだのものは◇で出ます。"),
        Kind::Ruling => Some("会議体が取組について決めたことです。開始・変更・廃止が、ロードマップと取組のページに日付とともに載ります。"),
        Kind::Marker => Some("戦略・施策・取組の前に付ける印と、その意味です。"),
        Kind::Attribute => Some("施策に付ける属性（分野・目的など）です。一つの施策に複数付けられます。"),
        Kind::Lineage => Some("前の計画の取組が、この計画のどれに続くかを示します。分割・統合・廃止は編集の操作からも記録されます。"),
        _ => None,
    }
}

fn up(place: &Place, desk: &Desk) -> Vec<(String, String)> {
    vec![(desk.plan.title.clone(), place.url(""))]
}

fn line(place: &Place, desk: &Desk, marks: &Marks, kind: Kind, key: &str, at: usize, total: usize) -> impl IntoView + use<> {
    let title = label(desk.content(), kind, key);
    let content = desk.content();
    let node = content.node(key).filter(|_| kind == Kind::Node);
    let level = node.and_then(|node| content.plan.level(&node.level));
    // A node moves among the children of its parent.
    let (at, total) = match node {
        Some(node) => {
            let siblings = || content.children(node.parent.as_deref());
            (siblings().position(|other| other.key == node.key).unwrap_or_default(), siblings().count())
        }
        None => (at, total),
    };
    let level_name = level.map(|level| view! { <span class="note nobr">{level.name.clone()}</span> });
    view! {
        <li data-depth=level.map(|level| level.depth.to_string())>
            <span><a href=place.object(kind, key)>{title.clone()}</a>" "{mark(marks, kind, key)}{level_name}</span>
            {shift_form(place, kind, key, &title, at, total)}
        </li>
    }
}

/// Buttons that move an object one place among its like.
pub fn shift_form(place: &Place, kind: Kind, key: &str, title: &str, at: usize, total: usize) -> impl IntoView + use<> {
    let action = format!("{}/shifts", place.object(kind, key));
    let button = |way: &'static str, words: &'static str, there: bool| {
        let label = format!("「{title}」を{words}へ");
        there.then(|| view! { <button class="dads-button" data-type="outline" data-size="sm" name="way" value=way aria-label=label>{words}</button> })
    };
    view! { <form method="post" action=action class="rashin-order__tools">{button("up", "上", at > 0)}{button("down", "下", at + 1 < total)}</form> }
}

/// `/{city}/staff/plans/{plan}/new/{kind}`
pub async fn new(
    visit: Visit,
    Path((city, plan, code)): Path<(String, String, String)>,
    Query(beginning): Query<Beginning>,
) -> Result<Page, Refusal> {
    let (place, kind) = (Place::new(&city, &plan), kind(&code)?);
    let (mut tx, desk) = look(&visit, &place).await?;
    match kind {
        Kind::Head => return Err(Refusal::NotFound),
        Kind::Kpi => return kpi_page::new(visit, tx, place, desk, beginning).await,
        _ => {}
    }
    let filled = filled(visit.take_held().await?, "reading", || {
        let mut form = Form::from_pairs([("reading".to_owned(), "original".to_owned())]);
        if matches!(kind, Kind::Milestone | Kind::Ruling) {
            form.set("node", beginning.parent.clone().unwrap_or_default());
        }
        if kind == Kind::Node {
            let parent = beginning.parent.unwrap_or_default();
            form.set("level", node_page::level_below(desk.content(), &parent));
            form.set("parent", parent);
        }
        form
    });
    let others = others(&mut tx, &place).await?;
    let dropped = if kind == Kind::Node { tx.dropped_nodes(&desk).await? } else { Vec::new() };
    let heading = format!("{}を追加", kind.label());
    let fields = view! {
        {(kind == Kind::Node).then(|| node_page::place_controls(&filled, desk.content()))}
        {controls(&filled, "", fields(kind), desk.content(), &others)}
    };
    let main = view! {
        {filled.summary()}
        {page_head(desk.plan.title.clone(), heading.clone(), ())}
        {post_form(place.url(&format!("/objects/{}", kind.code())), fields, "案に追加する")}
        {node_page::dropped(&place, desk.content(), &dropped, &filled)}
    };
    page(&visit, &tx, &place, &desk, &above(&place, &desk, kind), filled.title(&heading), main).await
}

/// Slugs and titles of the tenant's other plans.
pub async fn others(tx: &mut TenantTx, place: &Place) -> Result<Vec<(String, String)>, Refusal> {
    let plans = tx.plans().await?.into_iter().filter(|plan| plan.slug != place.plan);
    Ok(plans.map(|plan| (plan.slug, plan.title)).collect())
}

pub fn above(place: &Place, desk: &Desk, kind: Kind) -> Vec<(String, String)> {
    let mut above = up(place, desk);
    if !matches!(kind, Kind::Head | Kind::Node) {
        above.push((kind.label().to_owned(), place.list(kind)));
    }
    above
}

/// `/{city}/staff/plans/{plan}/objects/{kind}/{key}`
pub async fn object(visit: Visit, Path((city, plan, code, key)): Path<(String, String, String, String)>) -> Result<Page, Refusal> {
    let (place, kind) = (Place::new(&city, &plan), kind(&code)?);
    let key = key_at(key);
    let (mut tx, desk) = look(&visit, &place).await?;
    let Some(now) = body(desk.content(), kind, &key) else { return gone(&visit, &mut tx, &place, &desk, kind, &key).await };
    if kind == Kind::Kpi {
        return kpi_page::edit(visit, tx, place, desk, key).await;
    }
    let filled = filled(visit.take_held().await?, SEEN, || form_of(kind, &now));
    let others = others(&mut tx, &place).await?;
    let history = tx.history(desk.plan.id, kind, &key).await?;
    let files = match desk.content().node(&key).filter(|_| kind == Kind::Node) {
        Some(node) => Some(shelf(&mut tx, &Owner::of_node(&city, &desk.plan, node)).await?),
        None => None,
    };
    let title = label(desk.content(), kind, &key);
    let fields = view! {
        {hidden(SEEN, kept_seen(&filled, || form_of(kind, &now)))}
        {controls(&filled, "", fields(kind), desk.content(), &others)}
    };
    let form = post_form(format!("{}/revisions", place.object(kind, &key)), fields, "案に保存する");
    let main = view! {
        {filled.summary()}
        {page_head(kicker(&desk, kind, &key), title.clone(), ())}
        <div class="cols rashin-edit" data-cols="8-4">
            <div>{form}</div>
            <aside class="stack">{beside(&desk, kind, &key, &now)}</aside>
        </div>
        {(kind == Kind::Node).then(|| node_page::sections(&place, &desk, &key, &filled))}
        {files}
        {section("history", "履歴", note("この案と、これまでの案での変更"), history_list(&place, &desk, kind, &key, &history, &now))}
        {(!matches!(kind, Kind::Head | Kind::Node)).then(|| removal(&place, kind, &key, &filled))}
    };
    page(&visit, &tx, &place, &desk, &above(&place, &desk, kind), filled.title(&title), main).await
}

fn kicker(desk: &Desk, kind: Kind, key: &str) -> String {
    match desk.content().node(key).filter(|_| kind == Kind::Node) {
        Some(node) => desk.content().plan.level(&node.level).map(|level| level.name.clone()).unwrap_or_default(),
        None => kind.label().to_owned(),
    }
}

pub fn form_of(kind: Kind, body: &Value) -> Form {
    let mut form = Form::default();
    fill(&mut form, "", fields(kind), body);
    form
}

/// What the person saw: carried on when a form came back.
pub fn kept_seen(filled: &Filled, fresh: impl FnOnce() -> Form) -> String {
    match filled.form.get(SEEN) {
        "" => seen(&fresh()),
        carried => carried.to_owned(),
    }
}

/// The live plan's text and the source's beside the form.
pub fn beside(desk: &Desk, kind: Kind, key: &str, now: &Value) -> impl IntoView + use<> {
    let live = body(&desk.live, kind, key);
    let changed = rows(kind, live.as_ref(), Some(now), &desk.live, desk.content());
    let source = ["source_text", "source_place"].map(|name| now[name].as_str().unwrap_or_default().to_owned());
    let source_shown = source.iter().any(|text| !text.is_empty());
    let [text, place] = source;
    view! {
        {source_shown.then(|| section("source", "原文", (), view! {
            {(!text.is_empty()).then(|| view! { <blockquote class="rashin-quote">{text}</blockquote> })}
            {(!place.is_empty()).then(|| note(place))}
        }))}
        {match live {
            None => section("live", "いまの計画", (), note("まだありません。案で追加されました。")),
            Some(_) if changed.is_empty() => section("live", "いまの計画", (), note("案での変更はありません。")),
            Some(_) => section("live", "いまの計画からの変更", (), row_list(&changed)),
        }}
    }
}

/// Old and new of fields, differences marked.
pub fn row_list(rows: &[Row]) -> AnyView {
    let row = |row: &Row| {
        let (old, new) = pieces(&row.old, &row.new);
        let marked = |pieces: Vec<(bool, String)>, removed: bool| {
            let piece = |(differs, text): (bool, String)| match (differs, removed) {
                (false, _) => view! { <span>{text}</span> }.into_any(),
                (true, true) => view! { <del>{text}</del> }.into_any(),
                (true, false) => view! { <ins>{text}</ins> }.into_any(),
            };
            pieces.into_iter().map(piece).collect_view()
        };
        let nothing = |text: &str| text.is_empty().then(|| view! { <span class="rashin-unknown">"（なし）"</span> });
        view! {
            <div>
                <dt>{row.label.clone()}</dt>
                <dd class="rashin-difference">{nothing(&row.old)}{marked(old, true)}</dd>
                <dd class="rashin-difference">{nothing(&row.new)}{marked(new, false)}</dd>
            </div>
        }
    };
    view! { <dl class="dads-description-list rashin-differences">{rows.iter().map(row).collect_view()}</dl> }.into_any()
}

pub fn history_list(place: &Place, desk: &Desk, kind: Kind, key: &str, history: &[Version], now: &Value) -> AnyView {
    if history.is_empty() {
        return note("編集の記録はまだありません。").into_any();
    }
    let action = format!("{}/restorations", place.object(kind, key));
    let line = |(at, version): (usize, &Version)| {
        // Against the version before, if drafts made one.
        let before = history.get(at + 1).and_then(|older| older.body.as_ref());
        let changed = before.zip(version.body.as_ref()).map(|(old, new)| rows(kind, Some(old), Some(new), desk.content(), desk.content()));
        let restore = version.body.as_ref().filter(|body| *body != now && version.is_open).map(|_| {
            let label = format!("{}の内容に戻す", moment_label(version.step.at));
            view! {
                <form method="post" action=action.clone()>
                    {hidden("step", version.step.number.to_string())}
                    <button class="dads-button" data-type="outline" data-size="sm" aria-label=label>"この内容に戻す"</button>
                </form>
            }
        });
        let who = version.step.member_name.clone().unwrap_or_else(|| COMMAND_LINE.to_owned());
        view! {
            <li>
                <time>{moment_label(version.step.at)}</time>
                <div>
                    {version.step.summary.clone()}<br/><span class="note">{who}</span>
                    {changed.filter(|rows| !rows.is_empty()).map(|rows| view! { <details><summary>"変わったところ"</summary>{row_list(&rows)}</details> })}
                    {restore}
                </div>
            </li>
        }
    };
    view! { <ol class="rashin-timeline">{history.iter().enumerate().map(line).collect_view()}</ol> }.into_any()
}

/// Taking an object out of the draft.
pub fn removal(place: &Place, kind: Kind, key: &str, filled: &Filled) -> impl IntoView + use<> {
    let open = filled.errors.of("sure").is_some();
    view! {
        <details class="section" open=open>
            <summary>"この項目を削除する"</summary>
            <form class="stack rashin-form" method="post" action=format!("{}/removals", place.object(kind, key)) novalidate>
                <p>"次の版から載らなくなります。公表済みの版と、報告された実績は残ります。公表するまでは取り消せます。"</p>
                {confirm(filled, "sure", "削除することを確かめました")}
                <p class="actions"><button class="dads-button" data-type="outline">"案から削除する"</button></p>
            </form>
        </details>
    }
}

/// An object that the draft has taken out, or that was never there.
async fn gone(visit: &Visit, tx: &mut TenantTx, place: &Place, desk: &Desk, kind: Kind, key: &str) -> Result<Page, Refusal> {
    let history = tx.history(desk.plan.id, kind, key).await?;
    let is_live = body(&desk.live, kind, key).is_some();
    if history.is_empty() && !is_live {
        return Err(Refusal::NotFound);
    }
    let title = label(&desk.live, kind, key);
    let main = view! {
        {page_head(kind.label(), title.clone(), ())}
        <p class="lead">{if is_live { "案では削除されています。公表済みの版には残っています。" } else { "案では削除されています。" }}</p>
        {match kind {
            Kind::Node | Kind::Kpi => {
                let href = format!("{}#dropped-{}", place.new_one(kind), kind.code());
                view! { <p><a href=href>"この計画に戻す（追加の画面へ）"</a></p> }.into_any()
            }
            _ if is_live => side_form(format!("{}/restorations", place.object(kind, key)), hidden("step", LIVE), "元に戻す").into_any(),
            _ => ().into_any(),
        }}
        <p><a href=place.url("")>"編集の画面に戻る"</a></p>
        {section("history", "履歴", (), history_list(place, desk, kind, key, &history, &json!(null)))}
    };
    page(visit, tx, place, desk, &above(place, desk, kind), title, main).await
}
