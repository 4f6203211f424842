//! `/{city}/staff/owners`: who answers for what, and giving many things to somebody at once.

use axum::extract::{Path, Query};
use leptos::prelude::*;
use rashin_domain::{
    access::{Action, decide},
    clock::date_label,
    form::Form,
    obligation::Item,
    text::search::Words,
};
use rashin_store::owed::Named;
use serde::Deserialize;

use super::{Register, owners_url, transfers_url};
use crate::{
    kpi::staff::staff_url,
    ui::{
        field::{Filled, TEXT, checkbox, date, day, hidden, input, optional, required, select},
        frame::{Frame, Here},
        section::{col, empty, page_head, section, table},
    },
    web::{Page, Refusal, Visit},
};

#[derive(Deserialize)]
pub struct Filter {
    /// `none`: without an owner; else the id of a section.
    #[serde(default)]
    pub show: String,
    /// Part of a name.
    #[serde(default)]
    pub q: String,
}

impl Filter {
    /// What is shown, in the order of the plan.
    pub(super) fn of<'a>(&self, register: &'a Register) -> Vec<&'a Named> {
        let desk = register.owed.desk();
        let here = |item: &Item| match self.show.as_str() {
            "" => true,
            "none" => desk.charges_of(item).next().is_none(),
            section => desk.charges_of(item).any(|charge| charge.section.to_string() == section),
        };
        let words = Words::new(&self.q);
        let called = |named: &Named| words.are_in(&[&named.name, &named.code]);
        register.owed.named.iter().filter(|named| here(&named.entry.item) && called(named)).collect()
    }
}

pub async fn owners(visit: Visit, Path(city): Path<String>, Query(filter): Query<Filter>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let register = Register::load(&mut tx).await?;
    let crumbs = vec![("ホーム".to_owned(), format!("/{city}/staff")), ("指標".to_owned(), format!("/{city}/staff/kpis"))];
    let may = decide(tx.actor(), &Action::Assign).is_ok();
    let frame = Frame::staff(&tx, None, Here::Kpis).crumbs(crumbs).flash(visit.take_flash().await?);
    let Some(register) = register else {
        let main = view! { {page_head("", "担当", ())}{empty("この団体の計画は、まだ登録されていません。", None)} };
        return Ok(Page::new("担当", frame, main));
    };
    let filled = Filled::new(visit.take_held().await?, Form::default);
    let shown = filter.of(&register);
    let without = register.owed.desk().unowned().count();
    let lead = match (without, register.owed.named.len()) {
        (0, all) => format!("指標と取組{all}件のすべてに、担当課があります。"),
        (without, all) => {
            format!("指標と取組{all}件のうち、{without}件に担当課がありません。担当課があるものは、報告される割合が高くなります。")
        }
    };
    let links = may.then(|| view! { <p class="links"><a href=transfers_url(&city)>"人事異動の引き継ぎ"</a></p> });
    let rows = shown.iter().map(|named| row(&register, &city, named, &filled, may)).collect_view();
    let body = view! { <tbody role="rowgroup">{rows}</tbody> }.into_any();
    let heads = match may {
        true => vec![col("選択"), col("指標・取組"), col("いまの担当"), col("これから")],
        false => vec![col("指標・取組"), col("いまの担当")],
    };
    let list = match shown.is_empty() {
        true => empty("条件に合う指標・取組はありません。", Some((owners_url(&city), "すべてを表示する"))).into_any(),
        false => table("owners", format!("{}件（計画の掲載順）", shown.len()), heads, body, true),
    };
    let main = view! {
        {filled.summary()}
        {page_head(register.owed.plan.title.clone(), "担当", links)}
        <p class="lead">{lead}</p>
        {filters(&register, &filter)}
        {if may && !shown.is_empty() {
            view! {
                <form class="stack" method="post" action=format!("/{city}/staff/responsibilities") novalidate>
                    {hidden("show", filter.show.clone())}{hidden("q", filter.q.clone())}
                    {list}
                    {section("assign", "まとめて割り当てる", (), assign(&register, &filled, shown.len()))}
                </form>
            }.into_any()
        } else { list }}
    };
    Ok(Page::new(filled.title("担当"), frame, main))
}

fn filters(register: &Register, filter: &Filter) -> impl IntoView + use<> {
    let mut form = Form::default();
    form.set("show", filter.show.clone());
    form.set("q", filter.q.clone());
    let filled = Filled { form, ..Filled::default() };
    let sections = register.sections.iter().map(|section| (section.id.to_string(), section.name.clone()));
    let options: Vec<_> = [("none".to_owned(), "担当課なし".to_owned())].into_iter().chain(sections).collect();
    view! {
        <form class="rashin-filter" method="get" role="search" aria-label="担当の絞り込み">
            {select(&filled, "show", &optional("担当課"), &options, "すべて")}
            {input(&filled, "q", &optional("名前に含む言葉"), TEXT)}
            <p class="actions"><button class="dads-button" data-type="outline">"絞り込む"</button></p>
        </form>
    }
}

fn row(register: &Register, city: &str, named: &Named, filled: &Filled, may: bool) -> AnyView {
    let item = &named.entry.item;
    let (name, above) = match item {
        Item::Kpi(_) => {
            (view! { <a href=staff_url(city, &named.code)>{named.name.clone()}</a> }.into_any(), format!("指標 {}", named.code))
        }
        Item::Initiative(..) => {
            let above = named.node.as_ref().and_then(|key| register.titles.get(key)).cloned().unwrap_or_default();
            (named.name.clone().into_any(), format!("取組　{above}"))
        }
    };
    let now: Vec<String> = register.owed.desk().charges_of(item).map(|charge| register.words(charge)).collect();
    let now = match now.is_empty() {
        true => view! { <span class="rashin-unknown">"未設定"</span> }.into_any(),
        false => now.join("、").into_any(),
    };
    let later =
        register.prepared(item).into_iter().map(|charge| format!("{}から {}", date_label(charge.span.from), register.words(charge)));
    let later = later.collect::<Vec<_>>().join("、");
    let tick = may.then(|| {
        let label = view! { <span class="vh">{format!("{}を選ぶ", named.name)}</span> };
        let checked = filled.form.get(&format!("item.{item}")) == "on";
        view! { <td role="cell"><label class="rashin-tick"><input class="dads-checkbox__input" type="checkbox" name=format!("item.{item}") value="on" checked=checked/>{label}</label></td> }
    });
    view! {
        <tr role="row">
            {tick}
            <th scope="row" role="rowheader">{name}<span class="dads-table__sub">{above}</span></th>
            <td role="cell"><span class="dads-table__cell-label">"いまの担当"</span><span>{now}</span></td>
            {may.then(|| view! { <td role="cell"><span class="dads-table__cell-label">"これから"</span><span>{if later.is_empty() { "—".to_owned() } else { later }}</span></td> })}
        </tr>
    }
    .into_any()
}

fn assign(register: &Register, filled: &Filled, shown: usize) -> impl IntoView + use<> {
    let sections = register.sections.iter().map(|section| (section.id.to_string(), section.name.clone()));
    let sections: Vec<_> = sections.chain([("none".to_owned(), "担当課なしにする".to_owned())]).collect();
    let people = register.candidates();
    view! {
        <div class="stack rashin-form">
            {checkbox(filled, "all", format!("表示している{shown}件すべてを選ぶ"))}
            {select(filled, "section", &required("担当課"), &sections, "選択してください")}
            {select(filled, "person", &optional("担当者").hint("決めないときは、課の担当全員の「わたしの更新」に出ます。"), &people, "課の担当全員")}
            {select(filled, "deputy", &optional("代理"), &people, "なし")}
            {date(filled, &optional("いつから").hint("空のままなら今日から。先の日付にすると、その日まで表示にも権限にも影響しません。西暦で入力。例：2027年4月1日"), &day("from"))}
            <p class="actions"><button class="dads-button" data-type="solid-fill">"割り当てる"</button></p>
        </div>
    }
}
