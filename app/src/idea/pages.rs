//! `/{city}/staff/ideas`: what was sent and what became of it; one idea with what can be done with it.

use axum::extract::{Path, Query};
use leptos::prelude::*;
use rashin_domain::{
    clock::{date_label, japan_date, moment_label},
    form::Form,
    idea::Fate,
    text::search::Words,
};
use rashin_store::{idea::Sent, route::Kept};
use serde::Deserialize;

use super::{idea_url, ideas_url, standing};
use crate::{
    case::area::{Area, areas},
    case::{
        case_url,
        form::{own_sections, section_field},
    },
    council::Council,
    council::routes_url,
    ui::{
        field::{Filled, TEXT, input, optional, post_form, required, select, side_form, textarea},
        frame::{Frame, Here},
        section::{col, empty, facts, note, page_head, section, table},
    },
    web::{Page, Refusal, Visit},
};

const TITLE: &str = "アイデア";

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// `open`, `mine`, a code of [`Fate`]; all when empty.
    show: String,
    q: String,
}

pub async fn ideas(visit: Visit, Path(city): Path<String>, Query(filter): Query<Filter>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let (all, me) = (tx.ideas().await?, tx.member().map(|member| member.id));
    let filled = Filled::new(visit.take_held().await?, Form::default);
    let words = Words::new(&filter.q);
    let shown: Vec<&Sent> = (all.iter())
        .filter(|sent| match filter.show.as_str() {
            "open" => sent.fate.is_none(),
            "mine" => Some(sent.by) == me,
            other => Fate::from_code(other).is_none_or(|fate| sent.fate.as_ref().is_some_and(|said| said.fate == fate)),
        })
        .filter(|sent| words.are_in(&[&sent.idea.title, &sent.idea.text, &sent.name]))
        .collect();
    let rows = shown.iter().map(|sent| row(&city, sent, &all)).collect_view();
    let heads = vec![col("アイデア"), col("送った人"), col("送った日"), col("扱い")];
    let list = match (all.is_empty(), shown.is_empty()) {
        (true, _) => empty("アイデアはまだありません。仕事で気づいたことを、題名と内容だけで送れます。", None),
        (false, true) => empty("条件に合うアイデアはありません。", Some((ideas_url(&city), "すべてを表示する"))),
        (false, false) => table(
            "ideas",
            format!("{}件（新しい順）", shown.len()),
            heads,
            view! { <tbody role="rowgroup">{rows}</tbody> }.into_any(),
            true,
        ),
    };
    let own = all.iter().filter(|sent| Some(sent.by) == me).count();
    let lead = (!all.is_empty()).then(|| {
        let open = all.iter().filter(|sent| sent.fate.is_none()).count();
        view! { <p class="lead">{format!("アイデアは{}件、答えを待っているのは{open}件です。あなたのアイデアは{own}件です。", all.len())}</p> }
    });
    let fields = view! {
        {input(&filled, "title", &required("題名"), TEXT)}
        {textarea(&filled, "text", &required("内容").hint("困っていること、こうしたいこと。思いつきのままで構いません。"), 4)}
    };
    let main = view! {
        {filled.summary()}
        {areas(&tx, Area::Ideas)}
        {page_head("", TITLE, ())}
        {lead}
        <div class="cols" data-cols="8-4">
            <div class="stack">{(!all.is_empty()).then(|| filters(&filter))}{list}</div>
            {section("send", "アイデアを送る", (), view! {
                {note("CoE（DX推進員）と事務局が読み、採用する・ほかとまとめる・回答する、のどれかで必ず答えます。庁内の全員が読めます。")}
                {post_form(ideas_url(&city), fields, "送る")}
            })}
        </div>
    };
    let frame = Frame::staff(&tx, None, Here::Cases).flash(visit.take_flash().await?);
    Ok(Page::new(filled.title(TITLE), frame, main))
}

fn filters(filter: &Filter) -> AnyView {
    let mut form = Form::default();
    form.set("show", filter.show.clone());
    form.set("q", filter.q.clone());
    let filled = Filled { form, ..Filled::default() };
    let own = [("mine", "わたしのアイデア"), ("open", "受付中")].map(|(key, words)| (key.to_owned(), words.to_owned()));
    let fates = Fate::ALL.iter().map(|fate| (fate.code().to_owned(), fate.label().to_owned()));
    let show: Vec<_> = own.into_iter().chain(fates).collect();
    view! {
        <form class="rashin-filter" method="get" role="search" aria-label="アイデアの絞り込み">
            {select(&filled, "show", &optional("表示"), &show, "すべて")}
            {input(&filled, "q", &optional("言葉"), TEXT)}
            <p class="actions"><button class="dads-button" data-type="outline">"絞り込む"</button></p>
        </form>
    }
    .into_any()
}

fn row(city: &str, sent: &Sent, all: &[Sent]) -> AnyView {
    view! {
        <tr role="row">
            <th scope="row" role="rowheader"><a href=idea_url(city, sent.number)>{sent.idea.title.clone()}</a><span class="dads-table__sub">{format!("アイデア {}", sent.number)}</span></th>
            <td role="cell"><span class="dads-table__cell-label">"送った人"</span><span>{sent.name.clone()}</span></td>
            <td role="cell"><span class="dads-table__cell-label">"送った日"</span><span>{date_label(japan_date(sent.at))}</span></td>
            <td role="cell"><span class="dads-table__cell-label">"扱い"</span><span>{standing(sent, all)}</span></td>
        </tr>
    }
    .into_any()
}

/// `/{city}/staff/ideas/{number}`
pub async fn idea(visit: Visit, Path((city, number)): Path<(String, i32)>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let all = tx.ideas().await?;
    let sent = all.iter().find(|sent| sent.number == number).ok_or(Refusal::NotFound)?;
    let council = Council::load(&mut tx).await?;
    let may = tx.member().is_some_and(|me| council.coe_and_office().contains(&me.id));
    let filled = Filled::new(visit.take_held().await?, Form::default);
    let merged: Vec<&Sent> = all.iter().filter(|other| other.fate.as_ref().is_some_and(|said| said.into == Some(sent.id))).collect();
    let own = tx.member().map(|me| own_sections(me, &council)).unwrap_or_default();
    let routes = if may && sent.fate.is_none() { tx.routes_in_use().await? } else { Vec::new() };
    let with = (!merged.is_empty()).then(|| {
        let items = merged.iter().map(|other| view! { <li><a href=idea_url(&city, other.number)>{format!("アイデア {}「{}」", other.number, other.idea.title)}</a>{format!("（{}さん）", other.name)}</li> });
        section("merged", "まとめたアイデア", (), view! { <ul>{items.collect_view()}</ul> })
    });
    let main = view! {
        {filled.summary()}
        {page_head(format!("アイデア {number}"), sent.idea.title.clone(), ())}
        <p class="lead">{lead(sent, &all)}</p>
        <div class="cols" data-cols="8-4">
            <div class="stack">
                <p class="rashin-lines">{sent.idea.text.clone()}</p>
                {note(format!("{}　{}さん", moment_label(sent.at), sent.name))}
                {with}
            </div>
            <div class="stack">
                {sent.fate.as_ref().map(|_| answer(&city, sent, &all))}
                {(may && sent.fate.is_none()).then(|| choices(&city, sent, &all, &routes, &own, &filled))}
            </div>
        </div>
    };
    let frame = Frame::staff(&tx, None, Here::Cases).crumbs(vec![(TITLE.to_owned(), ideas_url(&city))]).flash(visit.take_flash().await?);
    Ok(Page::new(filled.title(&sent.idea.title), frame, main))
}

fn lead(sent: &Sent, all: &[Sent]) -> String {
    match &sent.fate {
        None => "CoE（DX推進員）か事務局の答えを待っています。".to_owned(),
        Some(said) => format!("{}：{}", date_label(japan_date(said.at)), standing(sent, all)),
    }
}

fn answer(city: &str, sent: &Sent, all: &[Sent]) -> Option<AnyView> {
    let said = sent.fate.as_ref()?;
    let into = said.into.and_then(|into| all.iter().find(|other| other.id == into));
    let mut rows = vec![("扱い", said.fate.label().into_any())];
    if let Some(number) = said.case {
        rows.push(("案件", view! { <a href=case_url(city, number)>{format!("案件 {number}")}</a> }.into_any()));
    }
    if let Some(into) = into {
        rows.push(("まとめた先", view! { <a href=idea_url(city, into.number)>{format!("アイデア {}「{}」", into.number, into.idea.title)}</a>{format!("（{}）", standing(into, all))} }.into_any()));
    }
    if !said.text.is_empty() {
        rows.push(("回答", view! { <span class="rashin-lines">{said.text.clone()}</span> }.into_any()));
    }
    rows.push(("答えた人", format!("{}　{}", said.name, moment_label(said.at)).into_any()));
    Some(section("answer", "答え", (), facts(rows)))
}

/// The three things that can become of it.
fn choices(city: &str, sent: &Sent, all: &[Sent], routes: &[Kept], own: &[(String, String)], filled: &Filled) -> AnyView {
    let url = idea_url(city, sent.number);
    let offered: Vec<_> = routes.iter().map(|kept| (kept.id.to_string(), kept.route.name.clone())).collect();
    let adopt = match offered.is_empty() {
        true => empty("案件の進む経路が、まだありません。経路を決めると、採用できます。", Some((routes_url(city), "経路を見る"))),
        false => post_form(
            format!("{url}/adoptions"),
            view! {
                {select(filled, "route", &required("案件の経路"), &offered, "選択してください")}
                {section_field(filled, own)}
                {textarea(filled, "adoption", &optional("送った人への言葉"), 3)}
            },
            "採用して案件を起こす",
        )
        .into_any(),
    };
    let is_merged = |other: &Sent| other.fate.as_ref().is_some_and(|said| said.fate == Fate::Merged);
    let others: Vec<_> = (all.iter())
        .filter(|other| other.number != sent.number && !is_merged(other))
        .map(|other| (other.number.to_string(), format!("{}　{}（{}）", other.number, other.idea.title, standing(other, all))))
        .collect();
    let merge = (!others.is_empty()).then(|| {
        let fields = view! {
            {select(filled, "into", &required("まとめる先"), &others, "選択してください")}
            {textarea(filled, "merger", &optional("送った人への言葉").hint("空のときは、まとめた先だけを伝えます。"), 3)}
        };
        section("merge", "まとめる", (), side_form(format!("{url}/mergers"), fields, "ほかのアイデアとまとめる"))
    });
    let reply = side_form(format!("{url}/answers"), textarea(filled, "answer", &required("回答"), 4), "回答して終わる");
    view! {
        {section("adopt", "採用する", (), view! { {note("案件の下書きができ、題名と内容が入ります。あなたが提案者、送った人が共同提案者です。")}{adopt} })}
        {merge}
        {section("reply", "回答する", (), reply)}
    }
    .into_any()
}
