//! `/{city}/staff/plans`: the tenant's plans, and a new one.

use axum::{extract::Path, response::Response};
use leptos::prelude::*;
use rashin_domain::{
    access::Action,
    clock::FiscalYear,
    draft::fields::check_body,
    form::{Form, FormErrors},
    grading::RuleSet,
    plan::{Level, Look, Phase, PlanContent, PlanHead, PlanKind},
    tenancy::Slug,
    written,
};

use super::Place;
use crate::{
    ui::{
        field::{Filled, Input, TEXT, input, optional, post_form, radios, required},
        frame::{Frame, Here},
        section::{empty, page_head},
    },
    web::{Page, Posted, Refusal, Visit},
};

/// `/{city}/staff/plans`
pub async fn plans(visit: Visit, Path(city): Path<String>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let _may = visit.permit(&mut tx, &Action::Edit).await?;
    let mut items = Vec::new();
    for plan in tx.plans().await? {
        let steps = tx.draft_steps(plan.id).await?.iter().filter(|step| step.undoes.is_none() && !step.is_undone).count();
        let state =
            if steps == 0 { "編集中の案はありません。".to_owned() } else { format!("編集中の案：{steps}件の操作") };
        let href = Place::new(&city, &plan.slug).url("");
        items.push(view! { <li><div><b><a href=href>{plan.title}</a></b><p class="note">{plan.kind.label()}"　"{state}</p></div></li> });
    }
    let new = format!("/{city}/staff/new-plan");
    let main = view! {
        {page_head("", "計画の編集", view! { <p><a href=new.clone()>"新しい計画を作る"</a></p> })}
        <p class="prose">"変更は、まず案に入ります。公開ページは、案を版として公表するまで変わりません。"</p>
        {if items.is_empty() {
            empty("計画は、まだありません。", Some((new, "最初の計画を作る"))).into_any()
        } else {
            view! { <ul class="rashin-task-list" data-two="">{items}</ul> }.into_any()
        }}
    };
    let frame =
        Frame::staff(&tx, None, Here::Plans).crumbs(vec![("ホーム".to_owned(), format!("/{city}/staff"))]).flash(visit.take_flash().await?);
    Ok(Page::new("計画の編集", frame, main))
}

/// `/{city}/staff/new-plan`
pub async fn new_plan(visit: Visit, Path(city): Path<String>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let _may = visit.permit(&mut tx, &Action::Edit).await?;
    let year = FiscalYear::of(tx.today()).0;
    let filled = Filled::new(visit.take_held().await?, || {
        Form::from_pairs([
            ("kind".to_owned(), PlanKind::DxPlan.code().to_owned()),
            ("period_from".to_owned(), year.to_string()),
            ("period_until".to_owned(), (year + 4).to_string()),
        ])
    });
    let kinds: Vec<_> = PlanKind::ALL.iter().map(|kind| (kind.code(), kind.label().to_owned())).collect();
    let number = Input { width: Some("8"), numeric: true, ..TEXT };
    let main = view! {
        {filled.summary()}
        {page_head("計画の編集", "新しい計画", ())}
        {post_form(format!("/{city}/staff/plans"), view! {
            {input(&filled, "title", &required("計画の名称").hint("例：みどり野市DX推進計画"), TEXT)}
            {input(&filled, "slug", &required("アドレスに使う名前").hint("半角の英小文字・数字・ハイフン。例：dx-plan。あとから変えられません。"), TEXT)}
            {radios(&filled, "kind", &required("種類"), &kinds)}
            {input(&filled, "period_from", &required("計画期間の最初の年度").hint("西暦。例：2025"), number)}
            {input(&filled, "period_until", &required("計画期間の最後の年度"), number)}
            {input(&filled, "levels", &required("階層の名称").hint("上から順に、「、」で区切って5つまで。例：重点戦略、施策、取組。あとから変えられます。"), TEXT)}
            {input(&filled, "phases", &optional("ロードマップの段階").hint("「、」で区切って。例：調査、導入、運用。あとから変えられます。"), TEXT)}
        }, "計画を作る")}
    };
    let crumbs = vec![("ホーム".to_owned(), format!("/{city}/staff")), ("計画の編集".to_owned(), format!("/{city}/staff/plans"))];
    let frame = Frame::staff(&tx, None, Here::Plans).crumbs(crumbs);
    Ok(Page::new(filled.title("新しい計画"), frame, main))
}

/// Begins an empty plan.
pub async fn create(visit: Visit, Path(city): Path<String>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = format!("/{city}/staff/new-plan");
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let permit = visit.permit(&mut tx, &Action::Edit).await?;
    let (content, errors) = read(&form, &tx.city().name);
    if !errors.is_empty() {
        return visit.back(&page, form, errors).await;
    }
    let (slug, title) = (content.plan.slug.clone(), content.plan.title.clone());
    match tx.create_plan(permit, &content).await {
        Err(error) if error.is_conflict_on("plans_one_slug") => {
            let taken = FormErrors::one("slug", "この名前の計画がすでにあります。別の名前にしてください。");
            return visit.back(&page, form, taken).await;
        }
        done => done?,
    }
    tx.commit().await?;
    let place = Place::new(&city, &slug);
    visit.go(&place.url(""), format!("「{title}」を作りました"), "戦略・施策・取組から書き始められます。").await
}

/// Words between 「、」 or commas.
fn words(text: &str) -> Vec<String> {
    text.split(['、', ',', '，', '\n']).map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect()
}

fn read(form: &Form, city: &str) -> (PlanContent, FormErrors) {
    let mut errors = FormErrors::default();
    let title = form.required("title", "計画の名称", 200, &mut errors);
    let slug = form.get("slug").trim().to_owned();
    if Slug::parse(&slug).is_none() {
        errors.push::<()>("slug", "アドレスに使う名前は、半角の英小文字・数字・ハイフンで入力してください。例：dx-plan".to_owned());
    }
    let kind = PlanKind::from_code(form.get("kind")).or_else(|| errors.push("kind", "種類を選択してください。".to_owned()));
    let mut year = |name: &str, label: &str| {
        written::year(form.get(name))
            .or_else(|| errors.push(name, format!("{label}を西暦4桁で入力してください。例：2025")))
            .unwrap_or_default()
    };
    let (from, until) = (year("period_from", "最初の年度"), year("period_until", "最後の年度"));
    let levels = words(form.get("levels"));
    if levels.is_empty() || levels.len() > 5 {
        errors.push::<()>("levels", "階層の名称を、1つから5つまで入力してください。".to_owned());
    }
    let level = |(at, name): (usize, String)| Level { key: format!("l{}", at + 1), name, depth: at as i16 + 1 };
    let looks = [Look::Survey, Look::Build, Look::Run, Look::Other];
    let phase = |(at, name): (usize, String)| Phase { key: format!("p{}", at + 1), name, look: looks[at.min(looks.len() - 1)] };
    let plan = PlanHead {
        slug,
        kind: kind.unwrap_or(PlanKind::DxPlan),
        title,
        period_from: FiscalYear(from),
        period_until: FiscalYear(until),
        published: String::new(),
        editor: city.to_owned(),
        vision: String::new(),
        future_image: String::new(),
        notice: String::new(),
        predecessor: None,
        source: String::new(),
        levels: levels.into_iter().take(5).enumerate().map(level).collect(),
        phases: words(form.get("phases")).into_iter().enumerate().map(phase).collect(),
        markers: Vec::new(),
        grades: RuleSet::default(),
    };
    if errors.is_empty() {
        check_body(rashin_domain::draft::Kind::Head, &serde_json::to_value(&plan).unwrap_or_default(), &mut errors);
    }
    (PlanContent::empty(plan), errors)
}
