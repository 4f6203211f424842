//! Writing a review: `…/kpis/{code}/review` and `…/initiatives/{node}/review`, with `?year=`.

use axum::{
    extract::{Path, Query},
    response::Response,
};
use jiff::civil::Date;
use leptos::prelude::*;
use rashin_domain::{
    access::{Action, Permit, Role},
    clock::FiscalYear,
    form::{Form, FormErrors},
    ids::SectionId,
    obligation::Item,
    period::Period,
    plan::{Part, PlanHead},
    review::{Course, Review, Window},
    roadmap::row,
};
use rashin_store::{
    StoreError, TenantTx,
    review::Written,
    tenancy::{Section, tree},
};
use serde::Deserialize;

use super::{open::until, promised, reviews_url, signature};
use crate::{
    initiative::{Initiative, initiative_url},
    kpi::staff::{Live, staff_url},
    roadmap::actual_words,
    ui::{
        field::{Filled, hidden, optional, post_form, radios, required, textarea},
        frame::{Frame, Here},
        section::{note, page_head, section},
    },
    web::{Page, Posted, Refusal, Visit},
};

#[derive(Deserialize)]
pub struct Asked {
    /// Fiscal year; the one that is due when empty.
    year: Option<i16>,
}

/// What is reviewed.
struct Subject {
    item: Item,
    code: String,
    name: String,
    url: String,
    head: PlanHead,
    responsible: Option<SectionId>,
    sections: Vec<Section>,
    /// What each year came to, in words: (year, words).
    came_to: Vec<(FiscalYear, String)>,
}

impl Subject {
    async fn kpi(tx: &mut TenantTx, city: &str, code: &str) -> Result<Self, Refusal> {
        let live = Live::load(tx, code).await?;
        let year = |year: FiscalYear| {
            let part = |part: &Part| {
                let actual = part.actual(Period::FiscalYear(year))?;
                let note = if actual.note.is_empty() { String::new() } else { format!("（{}）", actual.note) };
                Some(format!("{}{note}", actual.value.with_unit(&part.unit)))
            };
            let parts: Vec<_> = live.kpi.parts.iter().filter_map(part).collect();
            (!parts.is_empty()).then(|| (year, parts.join("・")))
        };
        Ok(Self {
            item: Item::Kpi(tx.kpi_id(code).await?),
            code: code.to_owned(),
            name: live.kpi.name.clone(),
            url: staff_url(city, code),
            came_to: live.head.years().filter_map(year).collect(),
            responsible: live.responsible_id(),
            head: live.head,
            sections: live.sections,
        })
    }

    async fn initiative(tx: &mut TenantTx, city: &str, key: &str) -> Result<Self, Refusal> {
        let it = Initiative::load(tx, key).await?;
        let content = tx.plan_content(it.plan.id).await?;
        let cells = row(&content, key, FiscalYear::of(tx.today())).unwrap_or_default();
        Ok(Self {
            item: it.item(),
            code: key.to_owned(),
            name: it.node.title.clone(),
            url: initiative_url(city, key),
            responsible: it.responsible_id(),
            head: it.head,
            sections: it.sections,
            came_to: cells.iter().filter_map(|cell| Some((cell.year, actual_words(cell)?))).collect(),
        })
    }

    async fn permit(&self, visit: &Visit, tx: &mut TenantTx) -> Result<Permit, Refusal> {
        let tree = tree(&self.sections);
        visit.permit(tx, &Action::Report { responsible: self.responsible, sections: &tree }).await
    }

    /// 「指標 KAI-01」, 「取組」
    fn kicker(&self) -> String {
        match self.item {
            Item::Kpi(_) => format!("指標 {}", self.code),
            Item::Initiative(..) => "取組".to_owned(),
        }
    }

    fn page(&self, year: FiscalYear) -> String {
        format!("{}/review?year={}", self.url, year.0)
    }

    /// Years that can be reviewed: those of the plan that have begun, newest first.
    fn years(&self, today: Date) -> Vec<FiscalYear> {
        let mut years: Vec<_> = self.head.years().filter(|year| *year <= FiscalYear::of(today)).collect();
        years.reverse();
        years
    }
}

pub async fn of_kpi(visit: Visit, Path((city, code)): Path<(String, String)>, Query(asked): Query<Asked>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let subject = Subject::kpi(&mut tx, &city, &code).await?;
    page(visit, tx, &city, subject, asked).await
}

pub async fn of_initiative(visit: Visit, Path((city, key)): Path<(String, String)>, Query(asked): Query<Asked>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let subject = Subject::initiative(&mut tx, &city, &key).await?;
    page(visit, tx, &city, subject, asked).await
}

pub async fn write_of_kpi(visit: Visit, Path((city, code)): Path<(String, String)>, Posted(form): Posted) -> Result<Response, Refusal> {
    visit.or_hold(&format!("{}/review", staff_url(&city, &code)), &form).await?;
    let mut tx = visit.enter(&city).await?;
    let subject = Subject::kpi(&mut tx, &city, &code).await?;
    write(visit, tx, &city, subject, form).await
}

pub async fn write_of_initiative(
    visit: Visit,
    Path((city, key)): Path<(String, String)>,
    Posted(form): Posted,
) -> Result<Response, Refusal> {
    visit.or_hold(&format!("{}/review", initiative_url(&city, &key)), &form).await?;
    let mut tx = visit.enter(&city).await?;
    let subject = Subject::initiative(&mut tx, &city, &key).await?;
    write(visit, tx, &city, subject, form).await
}

async fn page(visit: Visit, mut tx: TenantTx, city: &str, subject: Subject, asked: Asked) -> Result<Page, Refusal> {
    let _may = subject.permit(&visit, &mut tx).await?;
    let (today, rounds) = (tx.today(), tx.rounds().await?);
    let years = subject.years(today);
    let held = visit.take_held().await?;
    // A form that waited for a sign-in knows its year; its address may not.
    let kept = held.as_ref().and_then(|(form, _)| form.get("year").parse().ok());
    let due = Window::on(today, &rounds).year;
    let year = asked.year.or(kept).map(FiscalYear).or_else(|| years.iter().find(|year| **year <= due).or(years.first()).copied());
    let year = year.filter(|year| years.contains(year)).ok_or(Refusal::NotFound)?;
    let reviews = tx.reviews(Some(&subject.item), None).await?;
    let standing = reviews.iter().find(|written| written.year == year);
    let filled = Filled::new(held.filter(|(form, _)| form.get("year") == year.0.to_string()), || {
        let mut form = Form::default();
        if let Some(standing) = standing {
            standing.review.fill(&mut form);
        }
        form
    });
    let window = Window::of(year, &rounds);
    let tabs = years.iter().map(|other| {
        let here = *other == year;
        view! { <li><a class="dads-tab__tab" href=(!here).then(|| subject.page(*other)) aria-current=here.then_some("page")>{other.short()}</a></li> }
    });
    let came_to = subject.came_to.iter().find(|(of, _)| *of == year).map(|(_, words)| format!("{}の実際　{words}", year.short()));
    let beside = [came_to, promised(&reviews, year)].into_iter().flatten().map(|words| view! { <p>{words}</p> }).collect_view();
    let main = view! {
        {filled.summary()}
        {page_head(format!("評価と改善　{}", subject.kicker()), subject.name.clone(), ())}
        <nav aria-label="年度"><ul class="dads-tab__list">{tabs.collect_view()}</ul></nav>
        <div class="dads-tab__panel stack">
            <p class="lead">{format!("{}をふりかえり、なぜそうなったかと、次の年度にどうするかを書きます。", year.label())}</p>
            {note(until(&window, window.is_over(today)))}
            {beside}
            {standing.filter(|_| !filled.errors.is_empty()).map(as_it_stands)}
            {post_form(format!("{}/reviews", subject.url), fields(&filled, year, standing), "評価を保存する")}
        </div>
    };
    let crumbs = vec![
        ("ホーム".to_owned(), format!("/{city}/staff")),
        ("評価と改善".to_owned(), format!("{}?year={}", reviews_url(city), year.0)),
        (subject.name.clone(), subject.url.clone()),
    ];
    let frame = Frame::staff(&tx, None, Here::Home).crumbs(crumbs).flash(visit.take_flash().await?);
    Ok(Page::new(filled.title(&format!("評価と改善　{}　{}", year.short(), subject.name)), frame, main))
}

/// The revision it will follow is the one that this page shows: whoever was quicker is seen before.
fn fields(filled: &Filled, year: FiscalYear, standing: Option<&Written>) -> impl IntoView + use<> {
    let courses: Vec<_> = Course::ALL.iter().map(|course| (course.code(), course.label().to_owned())).collect();
    view! {
        {hidden("year", year.0.to_string())}
        {hidden("seen", standing.map_or(0, |written| written.revision).to_string())}
        {textarea(filled, "why", &required("評価").hint("なぜこの結果になったか。うまくいった理由、いかなかった理由。"), 5)}
        {radios(filled, "course", &required("改善の方向"), &courses)}
        {textarea(filled, "next", &optional("次年度の取組").hint("次の年度に変えること、すること。廃止・終了のときは空欄でも構いません。"), 4)}
        {standing.map(|written| note(format!("最後に保存した人：{}", signature(written))))}
    }
}

fn as_it_stands(written: &Written) -> AnyView {
    section(
        "stands",
        "いま保存されている内容",
        note(signature(written)),
        view! { <p><b>{written.review.in_brief()}</b></p><blockquote class="rashin-quote">{written.review.why.clone()}</blockquote> },
    )
}

async fn write(visit: Visit, mut tx: TenantTx, city: &str, subject: Subject, form: Form) -> Result<Response, Refusal> {
    let permit = subject.permit(&visit, &mut tx).await?;
    let year = form.get("year").parse().map(FiscalYear).ok().filter(|year| subject.years(tx.today()).contains(year));
    let year = year.ok_or_else(|| Refusal::bad_request("評価する年度が分かりません。評価の画面からやり直してください。"))?;
    let review = match Review::parse(&form) {
        Ok(review) => review,
        Err(errors) => return visit.back(&subject.page(year), form, errors).await,
    };
    let seen = form.get("seen").parse().unwrap_or(0);
    match tx.record_review(permit, (&subject.item, &subject.code), year, &review, subject.responsible, seen).await {
        Err(StoreError::Conflict(_)) => {
            let errors = FormErrors::one(
                "why",
                "ほかの人が先に保存しました。下の「いま保存されている内容」と比べ、残す内容にしてもう一度保存してください。",
            );
            return visit.back(&subject.page(year), form, errors).await;
        }
        done => done?,
    }
    let is_office = tx.member().is_some_and(|member| member.has(Role::Secretariat));
    tx.commit().await?;
    // Who writes for one section sees what is left of it; 事務局 sees all.
    let show = if is_office { "" } else { "&show=mine" };
    let to = format!("{}?year={}{show}", reviews_url(city), year.0);
    visit.go(&to, format!("「{}」の{}の評価を保存しました", subject.name, year.short()), "次の年度の報告のときに、横に表示します。").await
}
