//! `/{city}/staff/people`: everybody, with their posts of today.

use std::collections::BTreeMap;

use axum::extract::{Path, Query};
use leptos::prelude::*;
use rashin_domain::{access::Action, identity::INVITATION_LIFE, ids::MemberId, staff::MemberState, text::search::search_form};
use rashin_store::{people::StaffMember, postings::HeldPosting};
use serde::Deserialize;

use super::{member_url, people_url, posting_words, term_words};
use crate::{
    ui::{
        frame::{Frame, Here},
        section::{col, empty, page_head, section, table},
    },
    web::{Page, Refusal, Visit},
};

#[derive(Deserialize)]
pub struct Filter {
    /// Words that all must occur.
    #[serde(default)]
    q: String,
    /// Code of a [`MemberState`], or nothing.
    #[serde(default)]
    state: String,
}

impl Filter {
    fn wants(&self, member: &StaffMember, posts: &[&HeldPosting]) -> bool {
        let is_state = self.state.is_empty() || member.state.code() == self.state;
        let posts: Vec<String> = posts.iter().map(|held| posting_words(held)).collect();
        let texts =
            [&member.name, &member.kana, member.staff_number.as_deref().unwrap_or_default(), member.email.as_deref().unwrap_or_default()];
        let text = search_form(&format!("{} {}", texts.join(" "), posts.join(" ")));
        is_state && search_form(&self.q).split_whitespace().all(|word| text.contains(word))
    }
}

/// Whether somebody without address waits for an invitation on paper that still works.
pub fn waits_for_sheet(member: &StaffMember, now: jiff::Timestamp) -> bool {
    member.needs_sheet() && member.invited_at.is_none_or(|at| at + INVITATION_LIFE <= now)
}

pub async fn people(visit: Visit, Path(city): Path<String>, Query(filter): Query<Filter>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let _may = visit.permit(&mut tx, &Action::Staff).await?;
    let (staff, postings, today) = (tx.staff().await?, tx.postings(None).await?, tx.today());
    let mut now: BTreeMap<MemberId, Vec<&HeldPosting>> = BTreeMap::new();
    let mut later: BTreeMap<MemberId, &HeldPosting> = BTreeMap::new();
    for held in &postings {
        if held.posting.term.holds(today) {
            now.entry(held.member).or_default().push(held);
        } else if held.posting.term.from > today {
            later.entry(held.member).or_insert(held);
        }
    }
    let posts = |member: &StaffMember| now.get(&member.id).map(Vec::as_slice).unwrap_or_default();
    let shown: Vec<&StaffMember> = staff.iter().filter(|member| filter.wants(member, posts(member))).collect();
    let count = shown.len();
    let rows = shown.into_iter().map(|member| row(&city, member, posts(member), later.get(&member.id).copied())).collect_view();
    let waiting = staff.iter().filter(|member| waits_for_sheet(member, tx.now())).count();
    let url = people_url(&city);
    let states = MemberState::ALL.iter().map(|state| {
        let selected = state.code() == filter.state;
        view! { <option value=state.code() selected=selected>{state.label()}</option> }
    });
    let is_filtered = !filter.q.is_empty() || !filter.state.is_empty();
    let main = view! {
        {page_head("", "職員", view! {
            <p class="actions">
                <a class="dads-button" data-type="solid-fill" href=format!("{url}/new")>"職員を招待する"</a>
                <a class="dads-button" data-type="outline" href=format!("{url}/imports")>"CSVでまとめて招待"</a>
                <a class="dads-button" data-type="text" href=format!("/{city}/staff/roles")>"誰が何をできるか"</a>
            </p>
        })}
        {(waiting > 0).then(|| sheets(&url, waiting))}
        <form method="get" role="search" class="rashin-filter">
            <div class="dads-form-control-label">
                <label class="dads-form-control-label__label" for="q">"氏名・番号・所属・職名など"</label>
                <input class="dads-input-text__input" type="search" id="q" name="q" value=filter.q.clone() autocomplete="off"/>
            </div>
            <div class="dads-form-control-label">
                <label class="dads-form-control-label__label" for="state">"状態"</label>
                <select class="dads-select__select" data-size="sm" id="state" name="state"><option value="">"すべて"</option>{states.collect_view()}</select>
            </div>
            <button class="dads-button" data-type="outline" data-size="sm">"絞り込む"</button>
            {is_filtered.then(|| view! { <p class="note"><a href=url.clone()>"条件を解除"</a></p> })}
        </form>
        {if count == 0 {
            empty("条件に合う職員はいません。", Some((url.clone(), "すべての職員を見る"))).into_any()
        } else {
            let columns = vec![col("氏名"), col("職員番号"), col("状態"), col("いまの所属と役割")];
            table("people", format!("職員 {count}人（かな順）"), columns, view! { <tbody role="rowgroup">{rows}</tbody> }.into_any(), true)
        }}
    };
    let frame = Frame::staff(&tx, None, Here::People)
        .crumbs(vec![("ホーム".to_owned(), format!("/{city}/staff"))])
        .flash(visit.take_flash().await?);
    Ok(Page::new("職員", frame, main))
}

fn row(city: &str, member: &StaffMember, posts: &[&HeldPosting], later: Option<&HeldPosting>) -> impl IntoView + use<> {
    let unknown = |words: &'static str| view! { <span class="rashin-unknown">{words}</span> }.into_any();
    let number = member.staff_number.clone().map_or_else(|| unknown("なし"), IntoAny::into_any);
    let posts = match posts {
        [] => unknown("なし"),
        posts => posts.iter().map(|held| view! { <span class="dads-table__line">{posting_words(held)}</span> }).collect_view().into_any(),
    };
    let later = later.map(|held| view! { <span class="dads-table__sub">{format!("予定：{}　{}", posting_words(held), term_words(&held.posting.term))}</span> });
    let kana = (!member.kana.is_empty()).then(|| view! { <span class="dads-table__sub">{member.kana.clone()}</span> });
    view! {
        <tr role="row">
            <th scope="row" role="rowheader"><a href=member_url(city, member.id)>{member.name.clone()}</a>{kana}</th>
            <td role="cell"><span class="dads-table__cell-label">"職員番号"</span><span>{number}</span></td>
            <td role="cell"><span class="dads-table__cell-label">"状態"</span><span>{member.state.label()}</span></td>
            <td role="cell"><span class="dads-table__cell-label">"所属と役割"</span><span>{posts}{later}</span></td>
        </tr>
    }
}

fn sheets(url: &str, waiting: usize) -> AnyView {
    section(
        "sheets",
        "招待の用紙",
        (),
        view! {
            <p>{format!("メールアドレスのない招待中の職員のうち、使える用紙のない人が{waiting}人います。")}</p>
            <form method="post" action=format!("{url}/sheets")>
                <button class="dads-button" data-type="outline">{format!("{waiting}人分の用紙を作って印刷する")}</button>
            </form>
        },
    )
}
