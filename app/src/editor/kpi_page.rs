//! The page of a KPI in the editor: definition, parts, planned values.

use leptos::prelude::*;
use rashin_domain::{
    advice::advise,
    clock::date_label,
    draft::{
        Kind, body,
        fields::{Choices, PART, fields, fill, options},
        label,
        shared::Clash,
    },
    form::{Form, FormErrors},
    kpi::Role,
    plan::{Kpi, Part, Point},
    provenance::Reading,
};
use rashin_store::{TenantTx, draft::Desk};

use super::{
    Place,
    form::{SEEN, controls, filled},
    kpi_references::{References, fill_mappings, from_template},
    objects::{Beginning, above, beside, history_list, kept_seen, others, removal},
    page,
    points::put_back,
};
use crate::{
    attachment::{Owner, shelf},
    ui::{
        field::{Filled, Input, TEXT, checkbox, hidden, input, optional, post_form, radios, required, select, side_form, textarea},
        provenance::reading,
        section::{col, note, num, page_head, section, table},
    },
    web::{Page, Refusal, Visit},
};

pub const YEAR: Input = Input { width: Some("8"), numeric: true, ..TEXT };

/// The hidden field that says which version of the definition the page showed.
pub const DEFINITION: &str = "definition";

/// What kind of change of a published definition this is.
pub const CORRECTION: &str = "correction";
pub const REDEFINITION: &str = "redefinition";

/// `/{city}/staff/plans/{plan}/new/kpis`
pub async fn new(visit: Visit, mut tx: TenantTx, place: Place, desk: Desk, beginning: Beginning) -> Result<Page, Refusal> {
    let used = tx.used_keys(desk.plan.id, Kind::Kpi).await?;
    let code = next_code(&used, &desk);
    let template = match &beginning.template {
        Some(code) => tx.templates().await?.into_iter().map(|revision| revision.template).find(|template| template.code == *code),
        None => None,
    };
    let filled = filled(visit.take_held().await?, "reading", || {
        let mut form = template.as_ref().map(from_template).unwrap_or_default();
        let parent = beginning.parent.unwrap_or_default();
        for (name, value) in [("code", code.as_str()), ("node", parent.as_str()), ("reading", Reading::Original.code())] {
            form.set(name, value);
        }
        if template.is_none() {
            form.set("frequency", "year");
            for (name, value) in [("kind", "number"), ("direction", "up"), ("accumulation_confirmed", "on")] {
                form.set(&format!("part.main.{name}"), value);
            }
        }
        form
    });
    let elsewhere = tx.kpis_elsewhere(desk.plan.id).await?;
    let dropped = tx.dropped_kpis(&desk).await?;
    let references = References::load(&mut tx).await?;
    let content = desk.content();
    let main = view! {
        {filled.summary()}
        {page_head(desk.plan.title.clone(), "指標を追加", ())}
        {references.chooser(&place, filled.form.get("template"), filled.form.get("node"))}
        {post_form(place.url("/objects/kpis"), view! {
            {input(&filled, "code", &required("指標コード").hint("公開される番号です。団体の中で一つだけ。半角の英数字・ハイフン。あとから変えられません。"), Input { width: Some("8"), ..TEXT })}
            {controls(&filled, "", fields(Kind::Kpi), content, &[])}
            {controls(&filled, "part.main.", &PART[1..], content, &[])}
            {first_values(&filled)}
            {hidden("template", filled.form.get("template"))}
            {references.mapping_controls(&filled, 1)}
        }, "案に追加する")}
        {(!elsewhere.is_empty()).then(|| {
            let options: Vec<_> = elsewhere.iter().map(|(code, name)| (code.clone(), format!("{code} {name}"))).collect();
            let fields = view! {
                {select(&filled, "existing", &required("ほかの計画の指標"), &options, "選択してください")}
                {select(&filled, "existing_node", &required("この計画で属する施策・取組"), &self::options(Choices::Nodes, content), "選択してください")}
            };
            section("shared", "ほかの計画の指標を使う", note("定義と実績は共有し、目標値はこの計画で別に決めます。"), side_form(place.url("/objects/kpis"), fields, "この計画でも使う"))
        })}
        {(!dropped.is_empty()).then(|| {
            let options: Vec<_> = dropped.iter().map(|kpi| (kpi.code.clone(), format!("{} {}", kpi.code, kpi.name))).collect();
            let nodes = self::options(Choices::Nodes, content);
            let fields = view! {
                {select(&filled, "dropped", &required("外した指標"), &options, "選択してください")}
                {select(&filled, "dropped_node", &optional("戻す先の施策・取組"), &nodes, "外す前と同じところ")}
            };
            section("dropped-kpis", "この計画から外した指標を戻す", note("目標値も戻ります。実績と履歴は、公表すると再び載ります。"), side_form(place.url("/objects/kpis"), fields, "この計画に戻す"))
        })}
    };
    page(&visit, &tx, &place, &desk, &above(&place, &desk, Kind::Kpi), filled.title("指標を追加"), main).await
}

/// Baseline and target in the same form: most KPIs have one of each.
fn first_values(filled: &Filled) -> impl IntoView + use<> {
    view! {
        {input(filled, "baseline_value", &optional("現状値").hint("ないときは空欄のまま。あとから追加できます。"), YEAR)}
        {input(filled, "baseline_year", &optional("現状値の年度").hint("西暦。例：2024"), YEAR)}
        {input(filled, "target_value", &optional("目標値"), YEAR)}
        {input(filled, "target_year", &optional("目標値の年度"), YEAR)}
    }
}

/// The next number after the codes of this plan: `KAI-22` → `KAI-23`.
fn next_code(used: &[String], desk: &Desk) -> String {
    let split = |code: &str| {
        let digits = code.chars().rev().take_while(char::is_ascii_digit).count();
        let (prefix, number) = code.split_at(code.len() - digits);
        Some((prefix.to_owned(), number.parse::<u32>().ok()?, digits))
    };
    let Some((prefix, _, width)) = desk.content().kpis.last().and_then(|kpi| split(&kpi.code)) else { return String::new() };
    let highest =
        used.iter().filter_map(|code| split(code)).filter(|(of, ..)| *of == prefix).map(|(_, number, _)| number).max().unwrap_or(0);
    format!("{prefix}{:0width$}", highest + 1)
}

/// The form of a KPI as it stands.
pub fn form_of(desk: &Desk, kpi: &Kpi) -> Form {
    let mut form = Form::default();
    let body = body(desk.content(), Kind::Kpi, &kpi.code).unwrap_or_default();
    fill(&mut form, "", fields(Kind::Kpi), &body);
    for part in &kpi.parts {
        fill(&mut form, &prefix(part), PART, &serde_json::to_value(part).unwrap_or_default());
    }
    form.set("template", kpi.template.clone().unwrap_or_default());
    fill_mappings(&mut form, &kpi.indicators);
    form
}

pub fn prefix(part: &Part) -> String {
    format!("part.{}.", part.key)
}

/// `/{city}/staff/plans/{plan}/objects/kpis/{code}`
pub async fn edit(visit: Visit, mut tx: TenantTx, place: Place, desk: Desk, code: String) -> Result<Page, Refusal> {
    let kpi = desk.content().kpi(&code).cloned().ok_or(Refusal::NotFound)?;
    let body = body(desk.content(), Kind::Kpi, &code).unwrap_or_default();
    let mut filled = filled(visit.take_held().await?, SEEN, || form_of(&desk, &kpi));
    clash_errors(desk.clashes(&code), &mut filled.errors);
    let others = others(&mut tx, &place).await?;
    let references = References::load(&mut tx).await?;
    let history = tx.history(desk.plan.id, Kind::Kpi, &code).await?;
    let shared: Vec<_> = tx.plans_of_kpi(&code).await?.into_iter().filter(|plan| plan.slug != place.plan).map(|plan| plan.title).collect();
    let owner = Owner::kpi(&mut tx, &place.city, &code).await?;
    let files = shelf(&mut tx, &owner).await?;
    let parts = kpi.parts.iter().map(|part| {
        let skip = usize::from(kpi.parts.len() == 1);
        let heading = (skip == 0).then(|| view! { <h3>{format!("部分：{}", part.name)}</h3> });
        view! { {heading}{controls(&filled, &prefix(part), &PART[skip..], desk.content(), &[])} }
    });
    let fields_view = view! {
        {hidden(SEEN, kept_seen(&filled, || form_of(&desk, &kpi)))}
        {hidden(DEFINITION, newest_definition(&desk, &code))}
        {controls(&filled, "", fields(Kind::Kpi), desk.content(), &others)}
        {parts.collect_view()}
        {references.template_control(&filled)}
        {references.mapping_controls(&filled, kpi.indicators.len() + 1)}
        {desk.live.kpi(&code).is_some().then(|| change_controls(&filled))}
    };
    let form = post_form(format!("{}/revisions", place.object(Kind::Kpi, &code)), fields_view, "案に保存する");
    let add = view! { <p><a href=format!("{}/points", place.object(Kind::Kpi, &code))>"目標値・現状値を追加する"</a></p> };
    let main = view! {
        {filled.summary()}
        {page_head(format!("指標 {code}"), kpi.name.clone(), ())}
        {(!shared.is_empty()).then(|| note(format!("この指標は「{}」でも使っています。定義を変えると、そちらも変わります。", shared.join("」「"))))}
        {section("points", "現状値と目標値", add, points(&place, &desk, &kpi))}
        {advice(&desk, &kpi)}
        {references.departures(&kpi)}
        {section("definition", "定義", (), view! {
            <div class="cols rashin-edit" data-cols="8-4"><div>{form}</div><aside class="stack">{beside(&desk, Kind::Kpi, &code, &body)}</aside></div>
        })}
        {section("more-parts", "部分", note("件数と割合のように、一つの指標で複数の値を数えるとき"), new_part(&place, &code, &filled))}
        {changes(&kpi)}
        {files}
        {section("history", "履歴", note("この案と、これまでの案での変更"), history_list(&place, &desk, Kind::Kpi, &code, &history, &body))}
        {removal(&place, Kind::Kpi, &code, &filled)}
    };
    page(&visit, &tx, &place, &desk, &above(&place, &desk, Kind::Kpi), filled.title(&kpi.name), main).await
}

/// The value of [`DEFINITION`]: empty for a KPI that the draft does not change.
pub fn newest_definition(desk: &Desk, code: &str) -> String {
    desk.newest_definition(code).map(|version| version.to_string()).unwrap_or_default()
}

/// Fields that another plan's publication changed, too.
fn clash_errors(clashes: &[Clash], errors: &mut FormErrors) {
    for Clash { field, label, theirs, .. } in clashes {
        let theirs = if theirs.is_empty() { "（空欄）" } else { theirs };
        errors.push::<()>(
            field,
            format!(
                "{label}は、ほかの計画の公表で変わりました。いまの定義：「{theirs}」。残したい内容に直して、もう一度保存してください。"
            ),
        );
    }
}

/// A published definition is either put right, or becomes another one.
fn change_controls(filled: &Filled) -> impl IntoView + use<> {
    let kinds = [
        (CORRECTION, "字句や記載の訂正（数えているものは同じ）".to_owned()),
        (REDEFINITION, "定義の変更（数えるものが変わる）".to_owned()),
    ];
    view! {
        <div class="rashin-redefinition stack">
            {radios(filled, "change", &optional("名称・単位・計算式・数え方などを変えたとき"), &kinds)}
            {input(filled, "change_year", &optional("新しい定義で数える最初の年度").hint("西暦。定義の変更のときだけ。"), YEAR)}
            {textarea(filled, "change_note", &optional("何が、なぜ変わるか").hint("定義の変更のときだけ。公開ページに表示します。"), 2)}
            {checkbox(filled, "change_break", "前後の数値は比べられない（系列が切れる）".to_owned())}
        </div>
    }
}

/// What is weak about the KPI as it stands.
fn advice(desk: &Desk, kpi: &Kpi) -> Option<AnyView> {
    let advice = advise(&desk.content().plan, kpi);
    (!advice.is_empty()).then(|| {
        let items = advice.into_iter().map(|advice| view! { <li>{advice.sentence}</li> }).collect_view();
        section("advice", "気づき", note("直さなくても公表できます。"), view! { <div class="rashin-prose"><ul>{items}</ul></div> })
    })
}

fn changes(kpi: &Kpi) -> Option<impl IntoView + use<>> {
    (!kpi.changes.is_empty()).then(|| {
        let item = |change: &rashin_domain::plan::DefinitionChange| {
            let broken = change.series_break.then_some("　前後の数値は比べられません。");
            view! { <li><time>{format!("{}から", change.from_year.label())}</time><div>{change.note.clone()}{broken}</div></li> }
        };
        section("changes", "定義の変更", (), view! { <ol class="rashin-timeline">{kpi.changes.iter().map(item).collect_view()}</ol> })
    })
}

fn new_part(place: &Place, code: &str, filled: &Filled) -> impl IntoView + use<> {
    let fields = view! {
        {input(filled, "new_part_name", &required("部分の名称").hint("例：率"), TEXT)}
        {input(filled, "new_part_unit", &optional("単位"), Input { width: Some("8"), ..TEXT })}
    };
    let open = filled.errors.of("new_part_name").is_some();
    view! {
        <details class="rashin-fold" open=open><summary>"部分を追加する"</summary>
            {side_form(format!("{}/parts", place.object(Kind::Kpi, code)), fields, "部分を追加する")}
        </details>
    }
}

fn points(place: &Place, desk: &Desk, kpi: &Kpi) -> AnyView {
    let several = kpi.parts.len() > 1;
    let published = |part: &Part| {
        let live = desk.live.kpi(&kpi.code).and_then(|live| live.parts.iter().find(|p| p.key == part.key));
        live.map(|part| part.points.clone()).unwrap_or_default()
    };
    let find = |points: &[Point], point: &Point| points.iter().find(|o| (o.role, o.period) == (point.role, point.period)).cloned();
    let mut rows = Vec::new();
    for part in &kpi.parts {
        let name = |point: &Point| format!("{}{}", if several { format!("{}　", part.name) } else { String::new() }, point.role.label());
        let live = published(part);
        for point in &part.points {
            let href = format!(
                "{}/points?part={}&role={}&period={}",
                place.object(Kind::Kpi, &kpi.code),
                part.key,
                point.role.code(),
                super::segment(&point.period.to_string())
            );
            let before = find(&live, point);
            let changed = match &before {
                None => Some("追加"),
                Some(before) if before.value != point.value => Some("変更"),
                Some(_) => None,
            };
            let name = name(point);
            let old = point.replaced.first().map(|old| {
                let words = format!("{}まで {}（{}）", date_label(old.on), old.value.with_unit(&part.unit), old.reason);
                view! { <span class="dads-table__sub">{words}</span> }
            });
            let has_remarks = changed.is_some() || old.is_some() || !point.note.is_empty() || point.provenance.reading != Reading::Original;
            let remarks = view! {
                {changed.map(|word| view! { <span class="rashin-reading">{word}</span> })}{reading(&point.provenance)}{(!point.note.is_empty()).then(|| point.note.clone())}{old}
            };
            let again = view! {
                <a href=href aria-label=format!("{name}（{}）を見直す", point.period.label(), name = point.role.label())>"見直す"</a>
            };
            rows.push(point_row(name, part, point, has_remarks.then(|| remarks.into_any()), again.into_any()));
        }
        for point in live.iter().filter(|point| find(&part.points, point).is_none()) {
            let remarks = view! { <span class="rashin-reading">"削除"</span> };
            rows.push(point_row(name(point), part, point, Some(remarks.into_any()), put_back(place, &kpi.code, part, point).into_any()));
        }
    }
    if rows.is_empty() {
        return note("まだありません。目標値と目標年度がないと、進み具合を判定できません。").into_any();
    }
    let columns = vec![col("区分"), col("年度・時点"), num("値"), col("備考"), col("操作")];
    let caption = format!("{}の現状値と目標値", label(desk.content(), Kind::Kpi, &kpi.code));
    table("points-table", caption, columns, view! { <tbody role="rowgroup">{rows}</tbody> }.into_any(), true)
}

fn point_row(name: String, part: &Part, point: &Point, remarks: Option<AnyView>, act: AnyView) -> impl IntoView + use<> {
    let label = |words: &'static str| view! { <span class="dads-table__cell-label">{words}</span> };
    view! {
        <tr role="row">
            <th scope="row" role="rowheader">{name}</th>
            <td role="cell" class="nobr">{label("年度・時点")}<span>{point.period.label()}</span></td>
            <td role="cell" class="num">{label("値")}<span>{point.value.with_unit(&part.unit)}</span></td>
            <td role="cell">{remarks.map(|remarks| view! { {label("備考")}<span>{remarks}</span> })}</td>
            <td role="cell">{label("操作")}{act}</td>
        </tr>
    }
}

/// The words of a role for the select of the form.
pub fn roles() -> Vec<(String, String)> {
    Role::ALL.iter().map(|role| (role.code().to_owned(), role.label().to_owned())).collect()
}
