//! `/{city}/staff/cards`: all cards; those on their way first, by their last day.

use axum::extract::{Path, Query};
use leptos::prelude::*;
use rashin_domain::{
    access::{Action, decide},
    form::Form,
    ids::MemberId,
    text::search::Words,
};
use rashin_store::card::{CardFile, Wanted};
use serde::Deserialize;

use super::{TITLE, card_url, cards_url, due_words, next_words, sort, subject_url, subject_words};
use crate::{
    case::area::{Area, areas},
    council::Council,
    ui::{
        field::{Filled, TEXT, input, optional, select},
        frame::{Frame, Here},
        section::{col, empty, page_head, table},
    },
    web::{Page, Refusal, Visit},
};

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// `mine`, `open`, `late`, `closed`; all when empty.
    show: String,
    q: String,
}

impl Filter {
    fn shows(&self, filed: &CardFile, council: &Council, me: Option<MemberId>) -> bool {
        let card = &filed.card;
        let shown = match self.show.as_str() {
            "mine" => is_mine(filed, council, me),
            "open" => card.is_open(),
            "late" => card.is_late(council.today),
            "closed" => !card.is_open(),
            _ => true,
        };
        shown && Words::new(&self.q).are_in(&[&filed.title, &subject_words(&filed.subject), council.name(card.owner)])
    }
}

fn is_mine(filed: &CardFile, council: &Council, me: Option<MemberId>) -> bool {
    filed.card.is_open() && me.is_some_and(|me| council.holding(&filed.card).contains(&me))
}

pub async fn cards(visit: Visit, Path(city): Path<String>, Query(filter): Query<Filter>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let council = Council::load(&mut tx).await?;
    let (mut all, me) = (tx.cards(Wanted::All).await?, tx.member().map(|member| member.id));
    sort(&mut all);
    let shown: Vec<&CardFile> = all.iter().filter(|filed| filter.shows(filed, &council, me)).collect();
    let list = match (all.is_empty(), shown.is_empty()) {
        (true, _) => empty(
            "OODAカードはまだありません。指標や案件に、年度末の評価を待てない変化があったら、見たことを書いて作ります。指標と案件の画面からも作れます。",
            None,
        ),
        (false, true) => empty("条件に合うカードはありません。", Some((cards_url(&city), "条件を外す"))),
        (false, false) => {
            let rows = shown.iter().map(|filed| row(&city, filed, &council)).collect_view();
            let heads = vec![col("カード"), col("対象"), col("いま"), col("担当"), col("期限・終了日")];
            let body = view! { <tbody role="rowgroup">{rows}</tbody> }.into_any();
            table("cards", format!("{}件（進行中のものを期限の順に）", shown.len()), heads, body, true)
        }
    };
    let make = decide(tx.actor(), &Action::OpenCard).is_ok().then(|| {
        view! { <p class="actions"><a class="dads-button" data-type="solid-fill" href=format!("{}/new", cards_url(&city))>"カードを作る"</a></p> }
    });
    let main = view! {
        {areas(&tx, Area::Cards)}
        {page_head("", TITLE, make)}
        {(!all.is_empty()).then(|| view! { <p class="lead">{lead(&all, &council, me)}</p>{filters(&filter)} })}
        {list}
    };
    let frame = Frame::staff(&tx, None, Here::Cases).flash(visit.take_flash().await?);
    Ok(Page::new(TITLE, frame, main))
}

fn lead(all: &[CardFile], council: &Council, me: Option<MemberId>) -> String {
    let count = |is: &dyn Fn(&CardFile) -> bool| all.iter().filter(|filed| is(filed)).count();
    let (open, late) = (count(&|filed| filed.card.is_open()), count(&|filed| filed.card.is_late(council.today)));
    let late = if late > 0 { format!("うち{late}件が期限を過ぎています。") } else { String::new() };
    let mine = count(&|filed| is_mine(filed, council, me));
    format!("OODAカードは{}件、進行中は{open}件です。{late}あなたの担当は{mine}件です。", all.len())
}

fn filters(filter: &Filter) -> AnyView {
    let fields = [("show", filter.show.clone()), ("q", filter.q.clone())];
    let form = Form::from_pairs(fields.map(|(name, value)| (name.to_owned(), value)));
    let filled = Filled { form, ..Filled::default() };
    let show = [("mine", "わたしの担当"), ("open", "進行中"), ("late", "期限超過"), ("closed", "終わったもの")];
    let show = show.map(|(key, words)| (key.to_owned(), words.to_owned()));
    view! {
        <form class="rashin-filter" method="get" role="search" aria-label="OODAカードの絞り込み">
            {select(&filled, "show", &optional("表示"), &show, "すべて")}
            {input(&filled, "q", &optional("言葉"), TEXT)}
            <p class="actions"><button class="dads-button" data-type="outline">"絞り込む"</button></p>
        </form>
    }
    .into_any()
}

fn row(city: &str, filed: &CardFile, council: &Council) -> AnyView {
    view! {
        <tr role="row">
            <th scope="row" role="rowheader"><a href=card_url(city, filed.number)>{filed.title.clone()}</a><span class="dads-table__sub">{format!("OODAカード {}", filed.number)}</span></th>
            <td role="cell"><span class="dads-table__cell-label">"対象"</span><span><a href=subject_url(city, &filed.subject)>{subject_words(&filed.subject)}</a></span></td>
            <td role="cell"><span class="dads-table__cell-label">"いま"</span><span>{next_words(&filed.card)}</span></td>
            <td role="cell"><span class="dads-table__cell-label">"担当"</span><span>{council.name(filed.card.owner).to_owned()}</span></td>
            <td role="cell"><span class="dads-table__cell-label">"期限・終了日"</span><span>{due_words(&filed.card, council.today)}</span></td>
        </tr>
    }
    .into_any()
}
