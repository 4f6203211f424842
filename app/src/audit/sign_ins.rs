//! `/{city}/staff/log/sign-ins`: when members signed in. From where is not the tenant's business.

use axum::extract::{Path, Query};
use leptos::prelude::*;
use rashin_domain::{access::Action, clock::moment_label};
use serde::Deserialize;

use super::{
    frame,
    log::{parse_place, place_code},
    tabs,
    words::event,
};
use crate::{
    ui::section::{col, empty, note, page_head, table},
    web::{Page, Refusal, Visit},
};

const PAGE: usize = 100;

#[derive(Deserialize)]
pub struct From {
    #[serde(default)]
    older: String,
}

pub async fn sign_ins(visit: Visit, Path(city): Path<String>, Query(from): Query<From>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let _may = visit.permit(&mut tx, &Action::Audit).await?;
    let members = tx.member_names().await?;
    let mut found = tx.sign_ins(parse_place(&from.older), PAGE as i64 + 1).await?;
    let goes_on = found.len() > PAGE;
    found.truncate(PAGE);
    let at = format!("/{city}/staff/log/sign-ins");
    let older = found.last().filter(|_| goes_on).map(|last| format!("{at}?older={}", place_code(last.place)));
    let rows = found.iter().map(|one| {
        view! {
            <tr role="row">
                <th scope="row" role="rowheader"><time class="nobr">{moment_label(one.place.at)}</time></th>
                <td role="cell"><span class="dads-table__cell-label">"だれの"</span><span>{members.get(&one.member).cloned()}</span></td>
                <td role="cell"><span class="dads-table__cell-label">"できごと"</span><span>{event(&one.event).to_owned()}</span></td>
            </tr>
        }
    });
    let body = view! { <tbody role="rowgroup">{rows.collect_view()}</tbody> }.into_any();
    let main = view! {
        {page_head("", "サインインの記録", ())}
        {tabs(&city, "log/sign-ins")}
        <div class="dads-tab__panel">
            {if found.is_empty() {
                empty("ここより古い記録はありません。", Some((at.clone(), "新しい記録を見る"))).into_any()
            } else {
                table("sign-ins", format!("サインインの記録 {}件（新しい順）", found.len()), vec![col("日時"), col("だれの"), col("できごと")], body, true)
            }}
            {older.map(|href| view! { <nav class="links" aria-label="記録のページ"><a href=href>"より古い記録"</a></nav> })}
        </div>
        {note("この団体の職員のサインインとパスワードの変更です。ほかの団体でも働く人では、そちらのためのサインインも含みます。接続元のアドレスは、ここには表示しません。")}
    };
    Ok(Page::new("サインインの記録", frame(&tx, &city), main))
}
