//! 判定の決まり: the plan's rule set, what another one would change, and taking it over into the draft.

use axum::{
    extract::{Path, Query},
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;
use rashin_domain::{
    form::Form,
    grading::{BANDS, Basis, Effect, MOST_BANDS, Preview, RuleSet, named, preview, templates},
    ids::TenantId,
    plan::{PlanContent, PlanKind},
    progress::Status,
};
use rashin_store::draft::Desk;
use serde::{Deserialize, Serialize};

use super::{Place, actions::Act, form::digest, look, page};
use crate::{
    ui::{
        field::{Filled, Input, TEXT, group, hidden, input, optional, post_form, required, select},
        section::{col, empty, note, page_head, section, table},
        status::status,
    },
    web::{Flash, Page, Posted, Refusal, Tone, Visit},
};

/// Session key of the set that was typed and is being looked at.
const CHECKED: &str = "checked_grades";

/// A set that was typed, for its plan.
#[derive(Serialize, Deserialize)]
struct Checked {
    tenant: TenantId,
    plan: String,
    form: Form,
}

#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    /// Key of a shipped set; else what was typed last.
    #[serde(default)]
    template: String,
    /// `changed`: only KPIs whose class changes.
    #[serde(default)]
    show: String,
}

fn shipped(key: &str) -> Option<RuleSet> {
    templates().into_iter().find(|set| set.key == key)
}

/// What was typed for this plan in this tenant, if anything was.
async fn typed(visit: &Visit, tenant: TenantId, place: &Place) -> Result<Option<Form>, Refusal> {
    let checked = visit.session.get::<Checked>(CHECKED).await?;
    Ok(checked.filter(|checked| checked.tenant == tenant && checked.plan == place.plan).map(|checked| checked.form))
}

/// `/{city}/staff/plans/{plan}/grades`
pub async fn grades(visit: Visit, Path((city, plan)): Path<(String, String)>, Query(asked): Query<Asked>) -> Result<Page, Refusal> {
    let place = Place::new(&city, &plan);
    let (tx, desk) = look(&visit, &place).await?;
    let (now, after) = (&desk.live.plan.grades, &desk.content().plan.grades);
    let again = typed(&visit, tx.city().id, &place).await?.filter(|_| asked.show == "typed");
    let filled =
        Filled::new(visit.take_held().await?, || again.unwrap_or_else(|| shipped(&asked.template).as_ref().unwrap_or(after).as_form()));
    let lead = match now == after {
        true => format!("いまは「{}」で判定しています。", now.name),
        false => format!("いまは「{}」で判定しています。案を公表すると、「{}」に変わります。", now.name, after.name),
    };
    let main = view! {
        {filled.summary()}
        {page_head(desk.plan.title.clone(), "判定の決まり", ())}
        <p class="lead prose">{lead}</p>
        {if desk.content().plan.kind == PlanKind::Predecessor {
            empty("前計画は記録なので、判定しません。", Some((place.url(""), "編集の画面に戻る"))).into_any()
        } else {
            view! {
                {section("now", if now == after { "いまの決まり" } else { "案の決まり" }, (), bands_table("now-bands", "", after))}
                {section("templates", "ひな形から選ぶ", note("選ぶ前に、すべての指標への影響を見られます。"), chooser(&place, after))}
                {section("own", "決まりを直す", note("ひな形をもとに、名称・記号・境目を変えられます。"), editor(&place, &filled))}
            }
            .into_any()
        }}
    };
    let title = filled.title(&format!("判定の決まり {}", desk.plan.title));
    page(&visit, &tx, &place, &desk, &[(desk.plan.title.clone(), place.url(""))], title, main).await
}

/// The bands of a set, from the best.
fn bands_table(id: &'static str, which: &str, set: &RuleSet) -> AnyView {
    let rows = set.bands.iter().map(|band| {
        view! {
            <tr role="row">
                <th scope="row" role="rowheader">{named(&band.symbol, &band.label)}</th>
                <td role="cell"><span class="dads-table__cell-label">"範囲"</span><span>{set.meaning(band)}</span></td>
                <td role="cell"><span class="dads-table__cell-label">"分類"</span><span>{band.class.label()}</span></td>
            </tr>
        }
    });
    let renamed = set.renamed.iter().map(|one| format!("{}：{}", one.status.label(), named(&one.symbol, &one.label)));
    let renamed: Vec<_> = renamed.collect();
    let body = view! { <tbody role="rowgroup">{rows.collect_view()}</tbody> }.into_any();
    view! {
        {table(id, format!("{which}{}（測るもの：{}）", set.name, set.basis.label()), vec![col("区分"), col("範囲"), col("分類")], body, true)}
        {(!renamed.is_empty()).then(|| note(format!("判定しないときの名称　{}", renamed.join("、"))))}
        {(!set.source.is_empty()).then(|| note(set.source.clone()))}
    }
    .into_any()
}

fn chooser(place: &Place, after: &RuleSet) -> impl IntoView + use<> {
    let items = templates().into_iter().map(|set| {
        let url = |path: &str| place.url(&format!("/grades{path}?template={}", set.key));
        let words: Vec<_> = set.bands.iter().map(|band| named(&band.symbol, &band.label)).collect();
        let links = match set == *after {
            true => view! { <span class="note">"いまの決まり"</span> }.into_any(),
            false => {
                let (see, change) = (format!("「{}」の影響を見る", set.name), format!("「{}」を直して使う", set.name));
                view! { <span class="links"><a href=url("/check") aria-label=see>"影響を見る"</a><a href=format!("{}#own", url("")) aria-label=change>"直して使う"</a></span> }
                    .into_any()
            }
        };
        view! {
            <li>
                <div><b>{set.name.clone()}</b><p class="note">{words.join("・")}<br/>{set.basis.label()}{(!set.source.is_empty()).then(|| view! { <br/>{set.source.clone()} })}</p></div>
                {links}
            </li>
        }
    });
    view! { <ul class="rashin-task-list" data-two="">{items.collect_view()}</ul> }
}

fn editor(place: &Place, filled: &Filled) -> impl IntoView + use<> {
    let options = |statuses: &[Status]| statuses.iter().map(|one| (one.code().to_owned(), one.label().to_owned())).collect::<Vec<_>>();
    let (bases, classes) =
        (Basis::ALL.iter().map(|one| (one.code().to_owned(), one.label().to_owned())).collect::<Vec<_>>(), options(Status::GRADES));
    let short = Input { width: Some("4"), ..TEXT };
    let bound = Input { width: Some("8"), ..TEXT };
    let bands = (1..=MOST_BANDS).map(|n| {
        let name = |field: &str| format!("band.{n}.{field}");
        // Two bands there must be.
        let needed = |label: &str| if n <= 2 { required(label) } else { optional(label) };
        view! {
            <fieldset class="rashin-band">
                <legend>{format!("{n}番目の区分")}</legend>
                {input(filled, &name("label"), &needed("名称"), bound)}
                {input(filled, &name("symbol"), &optional("記号"), short)}
                {input(filled, &name("from"), &needed("下限"), bound)}
                {select(filled, &name("class"), &needed("分類"), &classes, "未選択")}
                {input(filled, &name("meaning"), &optional("表記"), TEXT)}
            </fieldset>
        }
    });
    let renamed = Status::UNGRADED.iter().map(|status| {
        let name = |field: &str| format!("renamed.{}.{field}", status.code());
        view! {
            <fieldset class="rashin-band">
                <legend>{status.label()}</legend>
                {input(filled, &name("label"), &optional("名称"), bound)}
                {input(filled, &name("symbol"), &optional("記号"), short)}
            </fieldset>
        }
    });
    let about = required("区分")
        .hint("良いほうから順に2つから6つまで。下限は「95%以上」「110%超」のように書き、最初の区分には「最終目標」、最後の区分には「それ以外」と書けます。表記は範囲の言い方です（例：±10%以内）。使わない行は空にします。");
    let fields = view! {
        {hidden("key", filled.form.get("key"))}
        {input(filled, "name", &required("決まりの名称"), TEXT)}
        {select(filled, "basis", &required("何を測るか"), &bases, "選択してください")}
        {group(filled, BANDS, &about, bands.collect_view())}
        <details class="rashin-fold"><summary>"判定しないときの名称"</summary><p class="note">"空欄のものは、そのままの名称です。"</p>{renamed.collect_view()}</details>
        {input(filled, "source", &optional("出典と注記").hint("どこで決めたか。例：令和8年度第1回DX推進本部会議"), TEXT)}
    };
    post_form(place.url("/grades/checks"), fields, "すべての指標への影響を確かめる")
}

/// Reads what was typed and keeps it to be looked at; nothing is written but to the session.
pub async fn check(visit: Visit, Path((city, plan)): Path<(String, String)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let place = Place::new(&city, &plan);
    let act = Act::open(visit, place.clone(), place.url("/grades"), form).await?;
    if let Err(errors) = RuleSet::parse_form(&act.form) {
        return act.back(errors).await;
    }
    act.visit.session.insert(CHECKED, Checked { tenant: act.tx.city().id, plan, form: act.form }).await?;
    Ok(Redirect::to(&place.url("/grades/check")).into_response())
}

/// The shipped set of a key, else what was typed.
async fn wanted(visit: &Visit, tenant: TenantId, place: &Place, template: &str) -> Result<RuleSet, Refusal> {
    let typed = typed(visit, tenant, place).await?.and_then(|form| RuleSet::parse_form(&form).ok());
    let wanted = if template.is_empty() { typed } else { shipped(template) };
    wanted.ok_or_else(|| Refusal::Conflict {
        what: "確かめる決まりがありません。ひな形を選ぶか、決まりを入力してください。".to_owned(),
        back: place.url("/grades"),
    })
}

/// `/{city}/staff/plans/{plan}/grades/check`: every KPI by the live plan's set and by the other.
pub async fn effect(visit: Visit, Path((city, plan)): Path<(String, String)>, Query(asked): Query<Asked>) -> Result<Page, Refusal> {
    let place = Place::new(&city, &plan);
    let (tx, desk) = look(&visit, &place).await?;
    let set = wanted(&visit, tx.city().id, &place, &asked.template).await?;
    let (content, before) = (desk.content(), &desk.live.plan.grades);
    let shown = preview(&content.plan, &content.kpis, before, &set, tx.today());
    let form = view! {
        {hidden("template", asked.template.clone())}
        {hidden("seen", seen(&desk))}
    };
    let back = if asked.template.is_empty() { "?show=typed#own".to_owned() } else { format!("?template={}#own", asked.template) };
    let main = view! {
        {page_head(desk.plan.title.clone(), "判定の決まりを変えたときの影響", ())}
        <p class="lead">{lead(&shown, &set)}</p>
        <div class="stack">
            <dl class="rashin-figures">{counts("いま", &shown.before)}{counts("変更後", &shown.after)}</dl>
            {note("案に入れても、庁内の画面と公開ページの判定は、案を公表するまで変わりません。")}
            {post_form(place.url("/grades/revisions"), form, "この決まりを案に入れる")}
            <p class="links"><a href=place.url(&format!("/grades{back}"))>"決まりを直す"</a><a href=place.url("/grades")>"変えずに戻る"</a></p>
        </div>
        {effects(&place, content, &shown, &asked)}
        {section("sets", "決まりの内容", (), view! {
            {bands_table("draft-bands", "いまの案　", &content.plan.grades)}
            {bands_table("new-bands", "変更後　", &set)}
        })}
    };
    let above = [(desk.plan.title.clone(), place.url("")), ("判定の決まり".to_owned(), place.url("/grades"))];
    page(&visit, &tx, &place, &desk, &above, format!("判定の決まりの影響 {}", desk.plan.title), main).await
}

/// The set of the draft that a person looked at.
fn seen(desk: &Desk) -> String {
    digest(&serde_json::to_string(&desk.content().plan.grades).unwrap_or_default())
}

fn lead(shown: &Preview, set: &RuleSet) -> String {
    match (shown.effects.len(), shown.changed()) {
        (0, _) => format!("「{}」に変えます。指標はまだありません。", set.name),
        (all, 0) => format!("「{}」に変えても、{all}件の指標の分類は変わりません。", set.name),
        (all, changed) => format!("「{}」に変えると、{all}件の指標のうち{changed}件の分類が変わります。", set.name),
    }
}

fn counts(label: &'static str, counts: &[(String, usize)]) -> impl IntoView + use<> {
    let words: Vec<_> = counts.iter().map(|(word, count)| format!("{word} {count}件")).collect();
    view! { <div><dt>{label}</dt><dd class="rashin-figures__sub">{words.join("、")}</dd></div> }
}

fn effects(place: &Place, content: &PlanContent, shown: &Preview, asked: &Asked) -> AnyView {
    if shown.effects.is_empty() {
        return empty("指標を書くと、ここに判定が並びます。", Some((place.url(""), "編集の画面に戻る"))).into_any();
    }
    let only = asked.show == "changed";
    let template = if asked.template.is_empty() { String::new() } else { format!("template={}", asked.template) };
    let tab = |show: &'static str, label: String| {
        let here = (show == "changed") == only;
        let query = [template.as_str(), if show.is_empty() { "" } else { "show=changed" }]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>();
        let href = (!here).then(|| place.url(&format!("/grades/check?{}", query.join("&"))));
        view! { <li><a class="dads-tab__tab" href=href aria-current=here.then_some("page")>{label}</a></li> }
    };
    let line = |effect: &Effect| {
        let name = content.kpi(&effect.code).map(|kpi| kpi.name.clone()).unwrap_or_default();
        let cell = |label: &'static str, judgement: &rashin_domain::progress::Judgement| {
            view! {
                <td role="cell"><span class="dads-table__cell-label">{label}</span><span>{status(judgement)}<span class="dads-table__sub">{judgement.reason.clone()}</span></span></td>
            }
        };
        let sub = if effect.changes() { format!("{}　変わります", effect.code) } else { effect.code.clone() };
        view! {
            <tr role="row">
                <th scope="row" role="rowheader">{name}<span class="dads-table__sub">{sub}</span></th>
                {cell("いまの判定", &effect.before)}
                {cell("変更後", &effect.after)}
            </tr>
        }
    };
    let rows = shown.effects.iter().filter(|effect| !only || effect.changes()).map(line).collect::<Vec<_>>();
    let count = rows.len();
    let body = view! { <tbody role="rowgroup">{rows}</tbody> }.into_any();
    view! {
        <nav aria-label="指標の絞り込み"><ul class="dads-tab__list">
            {tab("", format!("すべて {}件", shown.effects.len()))}
            {tab("changed", format!("変わるもの {}件", shown.changed()))}
        </ul></nav>
        <div class="dads-tab__panel">
            {if count == 0 {
                empty("分類の変わる指標はありません。", None).into_any()
            } else {
                table("effects", format!("指標 {count}件（計画の掲載順）"), vec![col("指標"), col("いまの判定"), col("変更後")], body, true)
            }}
        </div>
    }
    .into_any()
}

/// Takes the set over into the draft.
pub async fn revise(visit: Visit, Path((city, plan)): Path<(String, String)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let place = Place::new(&city, &plan);
    let act = Act::open(visit, place.clone(), place.url("/grades"), form).await?;
    let template = act.form.get("template").to_owned();
    let set = wanted(&act.visit, act.tx.city().id, &place, &template).await?;
    if act.form.get("seen") != seen(&act.desk) {
        let flash = Flash {
            tone: Tone::Warning,
            heading: "ほかの人が、案の決まりを変えました".to_owned(),
            body: "まだ案に入れていません。いまの案との違いを確かめて、よければもう一度押してください。".to_owned(),
        };
        let query = if template.is_empty() { String::new() } else { format!("?template={template}") };
        return act.visit.go_with(&place.url(&format!("/grades/check{query}")), flash).await;
    }
    let mut after = act.desk.content().clone();
    let summary = format!("判定の決まりを「{}」に変更", set.name);
    after.plan.grades = set;
    act.done(&after, &summary, &place.url("/grades")).await
}
