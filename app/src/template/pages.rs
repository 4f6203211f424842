//! The list of templates, and one template with its history.

use axum::extract::{Path, Query};
use leptos::prelude::*;
use rashin_domain::{
    advice::unit_misfit,
    clock::moment_label,
    indicator::{Indicator, Library},
    plan::Kpi,
    template::{Template, differences},
};
use rashin_store::{kpi::of_plan, template::Revision};
use serde::Deserialize;

use super::{comparison, frame, library_url, list_url, may_edit, measure, stated, template_url};
use crate::{
    kpi::staff::staff_url,
    ui::{
        field::{hidden, side_form},
        frame::{Frame, Here},
        provenance::reading,
        section::{col, empty, facts, note, page_head, section, table},
    },
    web::{Page, Refusal, Visit},
};

#[derive(Deserialize)]
pub struct Filter {
    #[serde(default)]
    q: String,
    /// Code of a library, `own` or nothing.
    #[serde(default)]
    origin: String,
    /// `retired` or nothing.
    #[serde(default)]
    state: String,
}

/// Made here, copied from no national indicator.
const OWN: &str = "own";
const RETIRED: &str = "retired";
const WORDS_LIMIT: usize = 60;

impl Filter {
    fn admits(&self, revision: &Revision, library: &[Indicator]) -> bool {
        let from = revision.origin.as_deref().and_then(|code| library.iter().find(|one| one.code == code)).map(|one| one.library);
        let from_there = match self.origin.as_str() {
            "" => true,
            OWN => revision.origin.is_none(),
            code => Library::from_code(code).is_none_or(|wanted| from == Some(wanted)),
        };
        from_there && revision.retired == (self.state == RETIRED) && revision.template.has_words(&self.words())
    }

    fn words(&self) -> String {
        self.q.trim().chars().take(WORDS_LIMIT).collect()
    }

    fn is_on(&self) -> bool {
        !self.words().is_empty() || !self.origin.is_empty() || !self.state.is_empty()
    }
}

/// `/{city}/staff/templates`
pub async fn templates(visit: Visit, Path(city): Path<String>, Query(filter): Query<Filter>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let (all, library) = (tx.templates().await?, tx.indicators().await?);
    let shown: Vec<&Revision> = all.iter().filter(|revision| filter.admits(revision, &library)).collect();
    let may = may_edit(&tx);
    let actions = match may {
        true => view! {
            <p class="actions">
                <a class="dads-button" data-type="outline" href=library_url(&city)>"国の指標から選ぶ"</a>
                <a class="dads-button" data-type="solid-fill" href=template_url(&city, "new")>"雛形を作る"</a>
            </p>
        }
        .into_any(),
        false => view! { <p class="links"><a href=library_url(&city)>"国の指標を見る"</a></p> }.into_any(),
    };
    let list = if all.is_empty() {
        let words = if may {
            "雛形は、まだありません。国の指標から取り込むか、「雛形を作る」で作ると、ここに並びます。"
        } else {
            "雛形は、まだありません。事務局が作ると、ここに並びます。"
        };
        empty(words, Some((library_url(&city), "国の指標を見る"))).into_any()
    } else if shown.is_empty() {
        empty("条件に合う雛形はありません。", Some((list_url(&city), "条件を解除する"))).into_any()
    } else {
        rows(&city, &shown)
    };
    let main = view! {
        {page_head("指標の雛形", "雛形", actions)}
        <p class="lead prose">"何をどう数えるかの決まりです。指標を作るときに選ぶと、定義や数え方がそろいます。"</p>
        {(!all.is_empty()).then(|| search(&city, &filter))}
        {list}
    };
    let frame = Frame::staff(&tx, None, Here::Templates)
        .crumbs(vec![("ホーム".to_owned(), format!("/{city}/staff"))])
        .flash(visit.take_flash().await?);
    Ok(Page::new("雛形", frame, main))
}

fn search(city: &str, filter: &Filter) -> impl IntoView + use<> {
    let option =
        |value: &'static str, label: &'static str, chosen: &str| view! { <option value=value selected=value == chosen>{label}</option> };
    let libraries = Library::ALL.iter().map(|one| option(one.code(), one.label(), &filter.origin)).collect_view();
    let cleared = filter.is_on().then(|| view! { <p class="note"><a href=list_url(city)>"条件を解除する"</a></p> });
    view! {
        <form method="get" role="search" class="rashin-filter">
            <div class="dads-form-control-label">
                <label class="dads-form-control-label__label" for="q">"言葉で探す"</label>
                <input class="dads-input-text__input" type="search" id="q" name="q" value=filter.words()/>
            </div>
            <div class="dads-form-control-label">
                <label class="dads-form-control-label__label" for="origin">"取り込み元"</label>
                <select class="dads-select__select" id="origin" name="origin">
                    <option value="">"すべて"</option>{libraries}{option(OWN, "独自に作成", &filter.origin)}
                </select>
            </div>
            <div class="dads-form-control-label">
                <label class="dads-form-control-label__label" for="state">"状態"</label>
                <select class="dads-select__select" id="state" name="state">
                    <option value="">"使用中"</option>{option(RETIRED, "廃止", &filter.state)}
                </select>
            </div>
            <button class="dads-button" data-type="outline">"絞り込む"</button>
            {cleared}
        </form>
    }
}

fn rows(city: &str, shown: &[&Revision]) -> AnyView {
    let rows = shown.iter().map(|revision| {
        let template = &revision.template;
        let mapping = template.mapping.as_ref().map_or_else(|| super::unstated("未確認"), |m| m.correspondence.label().into_any());
        let counted = format!("{}、{}、{}", template.direction.label(), template.accumulation.label(), template.frequency.label());
        view! {
            <tr role="row">
                <th scope="row" role="rowheader">
                    <a href=template_url(city, &template.code)>{template.name.clone()}</a>{reading(&template.provenance)}
                    <span class="dads-table__sub">{template.code.clone()}</span>
                </th>
                <td role="cell"><span class="dads-table__cell-label">"種類と単位"</span><span>{measure(Some(template.kind), &template.unit)}</span></td>
                <td role="cell"><span class="dads-table__cell-label">"向き・累計・頻度"</span><span>{counted}</span></td>
                <td role="cell"><span class="dads-table__cell-label">"データの出所"</span><span>{stated(&template.source)}</span></td>
                <td role="cell"><span class="dads-table__cell-label">"国の指標"</span><span>{mapping}</span></td>
            </tr>
        }
    });
    let body = view! { <tbody role="rowgroup">{rows.collect_view()}</tbody> }.into_any();
    let heads = ["雛形", "種類と単位", "向き・累計・頻度", "データの出所", "国の指標"].map(col);
    table("templates", format!("雛形 {}件（番号順）", shown.len()), heads.into(), body, true)
}

#[derive(Deserialize)]
pub struct Wanted {
    /// Number of an old revision; the newest when empty.
    #[serde(default)]
    revision: String,
}

/// `/{city}/staff/templates/{code}`
pub async fn template(visit: Visit, Path((city, code)): Path<(String, String)>, Query(wanted): Query<Wanted>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let history = tx.template_history(&code).await?;
    let library = tx.indicators().await?;
    let newest = history.first().ok_or(Refusal::NotFound)?;
    let shown = match wanted.revision.as_str() {
        "" => newest,
        number => history.iter().find(|revision| revision.number.to_string() == number).ok_or(Refusal::NotFound)?,
    };
    let is_old = shown.number != newest.number;
    let made: Vec<Kpi> = match tx.current_plan().await? {
        Some(plan) => of_plan(&mut tx, plan.id, None).await?.into_iter().filter(|kpi| kpi.template.as_ref() == Some(&code)).collect(),
        None => Vec::new(),
    };
    let may = may_edit(&tx);
    let url = template_url(&city, &code);
    let edit = (may && !is_old && !newest.retired)
        .then(|| view! { <p class="actions"><a class="dads-button" data-type="solid-fill" href=format!("{url}/edit")>"編集する"</a></p> });
    let template = &shown.template;
    let weak = unit_misfit(&template.name, template.kind, &template.unit);
    let main = view! {
        {page_head(format!("雛形 {code}"), template.name.clone(), edit)}
        {is_old.then(|| standing("info-1", format!("第{}版（{}）を表示しています。", shown.number, moment_label(shown.written_at)), Some(url.clone())))}
        {(newest.retired && !is_old).then(|| standing("warning", "この雛形は廃止されています。新しい指標には使えません。".to_owned(), None))}
        {definition(&city, template, &library)}
        {weak.filter(|_| !is_old).map(|sentence| section("advice", "気づき", (), view! { <div class="rashin-prose"><ul><li>{sentence}</li></ul></div> }))}
        {made_from(&city, template, &made)}
        {past(&url, &history)}
        {(may && !is_old).then(|| retirement(&url, newest))}
    };
    let frame = frame(&tx, &city).flash(visit.take_flash().await?);
    Ok(Page::new(format!("{} 雛形", template.name), frame, main))
}

/// A banner about the whole page; `newest` is the address of what it is older than.
fn standing(kind: &'static str, words: String, newest: Option<String>) -> impl IntoView {
    view! {
        <div class="dads-notification-banner" data-type=kind>
            <p class="dads-notification-banner__heading">{words}</p>
            {newest.map(|href| view! { <p class="dads-notification-banner__body"><a href=href>"最新の版を見る"</a></p> })}
        </div>
    }
}

fn definition(city: &str, template: &Template, library: &[Indicator]) -> AnyView {
    let mut rows: Vec<(&'static str, AnyView)> = template.facts().into_iter().map(|(field, words)| (field, stated(&words))).collect();
    let indicator = template.mapping.as_ref().and_then(|m| library.iter().find(|one| one.code == m.indicator));
    if let Some((_, last)) = rows.last_mut() {
        let words = std::mem::replace(last, ().into_any());
        let link = indicator.map(|one| view! { <br/><a href=format!("{}#{}", library_url(city), one.code)>{one.name.clone()}</a> });
        *last = match template.mapping {
            None => view! { {super::unstated("未確認")} }.into_any(),
            Some(_) => view! { {words}{link} }.into_any(),
        };
    }
    let unsure = template.provenance.reading == rashin_domain::provenance::Reading::Doubtful;
    section(
        "definition",
        "定義と数え方",
        (),
        view! {
            {unsure.then(|| note("要確認：定義を確かめていません。公表された定義が分かったら、定義とその出典を書き、確かさを改めてください。"))}
            {facts(rows)}
        },
    )
}

/// KPIs made from the template, each with what it says otherwise. Nothing while there is none.
fn made_from(city: &str, template: &Template, kpis: &[Kpi]) -> Option<AnyView> {
    let items = kpis.iter().enumerate().map(|(index, kpi)| {
        let changed = differences(template, kpi);
        let body = match changed.is_empty() {
            true => note("雛形のとおりです。").into_any(),
            false => comparison(&format!("changes-{index}"), format!("{}が雛形から変えたところ", kpi.name), ["雛形", "指標"], changed),
        };
        view! { <div class="stack"><h3><a href=staff_url(city, &kpi.code)>{format!("{} {}", kpi.code, kpi.name)}</a></h3>{body}</div> }
    });
    let items = items.collect_view();
    (!kpis.is_empty()).then(|| section("made", "この雛形から作られた指標", (), view! { <div class="stack">{items}</div> }))
}

/// Who changed what, newest first.
fn past(url: &str, history: &[Revision]) -> impl IntoView + use<> {
    let items = history.iter().enumerate().map(|(index, revision)| {
        let before = history.get(index + 1);
        let act = match before {
            None => revision.origin.as_ref().map_or_else(|| "作成".to_owned(), |code| format!("国の指標 {code} から取り込み")),
            Some(before) if revision.retired != before.retired => if revision.retired { "廃止" } else { "復元" }.to_owned(),
            Some(_) => "編集".to_owned(),
        };
        let who = revision.written_by.clone().unwrap_or_else(|| "ファイルからの取り込み".to_owned());
        let changes = before.map(|before| before.template.changes_to(&revision.template)).unwrap_or_default();
        let changes = changes.into_iter().map(|one| {
            view! { <li>{format!("{}：", one.field)}<del>{stated(&one.before)}</del>" → "<ins>{stated(&one.after)}</ins></li> }
        });
        let changes = changes.collect_view();
        let reason = (!revision.reason.is_empty()).then(|| view! { <blockquote>{format!("理由：{}", revision.reason)}</blockquote> });
        let href = if index == 0 { url.to_owned() } else { format!("{url}?revision={}", revision.number) };
        view! {
            <li>
                <time>{moment_label(revision.written_at)}</time>
                <div><a href=href><b>{format!("第{}版　{act}", revision.number)}</b></a><br/><span class="note">{who}</span>{reason}<ul class="rashin-notes">{changes}</ul></div>
            </li>
        }
    });
    section("history", "履歴", (), view! { <ol class="rashin-timeline">{items.collect_view()}</ol> })
}

/// Takes the template out of use, or back into it.
fn retirement(url: &str, newest: &Revision) -> AnyView {
    let seen = hidden("revision", newest.number.to_string());
    match newest.retired {
        false => section(
            "retire",
            "廃止",
            note("新しい指標を作るときの候補から外します。内容と履歴は残り、いつでも戻せます。"),
            side_form(format!("{url}/retirements"), seen, "廃止する"),
        ),
        true => section(
            "restore",
            "復元",
            note("新しい指標を作るときの候補に戻します。"),
            side_form(format!("{url}/restorations"), seen, "使用中に戻す"),
        ),
    }
}
