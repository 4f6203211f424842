//! `/{city}/staff/indicators`: the national library.

use axum::extract::Path;
use leptos::prelude::*;
use rashin_domain::indicator::{Indicator, Library};
use rashin_store::template::Revision;

use super::{frame, measure, template_url, unstated};
use crate::{
    ui::{
        provenance::reading,
        section::{col, empty, note, page_head, section, table},
    },
    web::{Page, Refusal, Visit},
};

pub async fn indicators(visit: Visit, Path(city): Path<String>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let (all, templates) = (tx.indicators().await?, tx.templates().await?);
    let may = super::may_edit(&tx);
    let libraries = Library::ALL.iter().map(|library| {
        let of_it: Vec<&Indicator> = all.iter().filter(|one| one.library == *library).collect();
        (!of_it.is_empty()).then(|| shelf(&city, *library, &of_it, &templates, may))
    });
    let unsure = all.iter().filter(|one| one.is_label_only()).count();
    let main = view! {
        {page_head("指標の雛形", "国の指標", ())}
        {if all.is_empty() {
            empty("国の指標は、まだ登録されていません。運用担当者が「rashin seed --masters」を実行すると、ここに並びます。", None).into_any()
        } else {
            view! {
                <p class="lead prose">"ほかの団体と比べられる指標です。雛形として取り込み、自分の団体の数え方に合わせて使います。"</p>
                {note(format!("{}件のうち{unsure}件は「要確認」です。指標名だけが分かっていて、公表された定義は確かめられていません。", all.len()))}
            }.into_any()
        }}
        {libraries.collect_view()}
    };
    Ok(Page::new("国の指標", frame(&tx, &city).flash(visit.take_flash().await?), main))
}

/// One library: a table for each of its headings.
fn shelf(city: &str, library: Library, indicators: &[&Indicator], templates: &[Revision], may: bool) -> AnyView {
    let mut categories: Vec<&str> = indicators.iter().map(|one| one.category.as_str()).collect();
    categories.dedup();
    let tables = categories.into_iter().enumerate().map(|(index, category)| {
        let rows = indicators.iter().filter(|one| one.category == category).map(|one| row(city, one, templates, may));
        let rows = rows.collect::<Vec<_>>();
        let (id, caption) = (format!("{}-{index}", library.code().replace('_', "-")), format!("{category} {}件", rows.len()));
        let body = view! { <tbody role="rowgroup">{rows}</tbody> }.into_any();
        let heads = ["指標", "定義", "種類と単位", "対象", "雛形"].map(col);
        table(&id, caption, heads.into(), body, true)
    });
    let source = indicators.first().map_or("", |one| one.source.as_str());
    let tables = tables.collect_view();
    section(library.code(), library.label(), note(format!("出典：{source}")), view! { <div class="stack rashin-library">{tables}</div> })
}

fn row(city: &str, indicator: &Indicator, templates: &[Revision], may: bool) -> impl IntoView + use<> {
    let taken = templates.iter().find(|revision| revision.origin.as_deref() == Some(&indicator.code) && !revision.retired);
    let template = match taken {
        Some(revision) => {
            let code = revision.template.code.clone();
            view! { "取り込み済み "<a class="nobr" href=template_url(city, &code)>{code.clone()}</a> }.into_any()
        }
        None if may => {
            let name = indicator.name.clone();
            let href = format!("{}?from={}", template_url(city, "new"), indicator.code);
            view! { <a href=href>"雛形として取り込む"<span class="vh">{format!("：{name}")}</span></a> }.into_any()
        }
        None => unstated("なし"),
    };
    let sub = |words: String| view! { <span class="dads-table__sub">{words}</span> };
    let definition = match indicator.is_label_only() && indicator.definition == indicator.name {
        true => unstated("未確認（指標名のみ）"),
        false => {
            let unsure = indicator.is_label_only().then(|| sub("公表された定義は未確認".to_owned()));
            let formula = (!indicator.formula.is_empty()).then(|| sub(format!("算式：{}", indicator.formula)));
            let as_of = (!indicator.as_of.is_empty()).then(|| sub(indicator.as_of.clone()));
            view! { {indicator.definition.clone()}{unsure}{formula}{as_of} }.into_any()
        }
    };
    let pitfalls = (!indicator.pitfalls.is_empty()).then(|| view! { <p class="note">{format!("注意：{}", indicator.pitfalls)}</p> });
    let place = format!("出典：{} {}", indicator.source, indicator.source_place);
    let more = view! {
        <details><summary>"注意と出典"<span class="vh">{format!("：{}", indicator.name)}</span></summary>{pitfalls}<p class="note">{place}</p></details>
    };
    view! {
        <tr role="row" id=indicator.code.clone()>
            <th scope="row" role="rowheader">{indicator.name.clone()}{reading(&indicator.provenance())}<span class="dads-table__sub">{indicator.code.clone()}</span></th>
            <td role="cell"><span class="dads-table__cell-label">"定義"</span><div>{definition}{more}</div></td>
            <td role="cell"><span class="dads-table__cell-label">"種類と単位"</span><span>{measure(indicator.kind, &indicator.unit)}</span></td>
            <td role="cell"><span class="dads-table__cell-label">"対象"</span><span>{indicator.audience()}</span></td>
            <td role="cell"><span class="dads-table__cell-label">"雛形"</span><span>{template}</span></td>
        </tr>
    }
}
