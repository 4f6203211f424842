//! `/{city}/staff/shares`: what municipalities share with a prefecture. In code order; nothing is ranked.

use axum::extract::Path;
use leptos::prelude::*;
use rashin_domain::{clock::date_label, kpi::Role, publish::edition_label, tenancy::TenantKind};

use crate::{
    ui::{
        frame::{Frame, Here},
        section::{col, empty, note, num, page_head, table},
        status::status,
    },
    web::{Page, Refusal, Visit},
};

pub async fn shares(visit: Visit, Path(city): Path<String>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    if tx.city().kind != TenantKind::Prefecture {
        return Err(Refusal::NotFound);
    }
    let shares = tx.shares().await?;
    let count = shares.len();
    let rows = shares.into_iter().map(|share| {
        let unit = share.kpi.parts.first().map_or("", |part| part.unit.as_str());
        let newest = share.kpi.newest().map_or_else(|| "未報告".to_owned(), |a| format!("{} {}", a.value.with_unit(unit), a.period.fiscal_year().short()));
        let as_of = format!("{}（{}）", edition_label(share.edition_number), date_label(share.as_of));
        view! {
            <tr role="row">
                <th scope="row" role="rowheader">{share.source_name}<span class="dads-table__sub">{share.source_code}</span></th>
                <td role="cell"><span class="dads-table__cell-label">"指標"</span><span>{share.kpi.name.clone()}<span class="dads-table__sub">{share.plan_title}</span></span></td>
                <td role="cell" class="num"><span class="dads-table__cell-label">"最新の実績"</span><span>{newest}</span></td>
                <td role="cell" class="num"><span class="dads-table__cell-label">"目標"</span><span>{share.kpi.printed(Role::Target)}</span></td>
                <td role="cell"><span class="dads-table__cell-label">"判定"</span><span>{status(&share.judgement)}<span class="dads-table__sub">{share.judgement.reason.clone()}</span></span></td>
                <td role="cell"><span class="dads-table__cell-label">"版"</span><span>{as_of}</span></td>
            </tr>
        }
    });
    let body = view! { <tbody role="rowgroup">{rows.collect_view()}</tbody> }.into_any();
    let main = view! {
        {page_head("", "共有された指標", ())}
        {if count == 0 {
            empty("いま共有されている指標はありません。市町村の事務局が共有すると、ここに並びます。", None).into_any()
        } else {
            let heads = vec![col("団体"), col("指標"), num("最新の実績"), num("目標"), col("判定"), col("版")];
            table("shares", format!("共有された指標 {count}件（団体コード順。順位ではありません）"), heads, body, true).into_any()
        }}
        {note("値は、各団体が公表した版のものです。団体はいつでも共有を取り下げられます。")}
    };
    let frame = Frame::staff(&tx, None, Here::Shares).flash(visit.take_flash().await?);
    Ok(Page::new("共有された指標", frame, main))
}
