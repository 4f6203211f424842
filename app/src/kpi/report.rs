//! Reporting an actual: the form, and the page to check it before it is submitted.

use axum::{
    extract::{Path, Query},
    http::StatusCode,
};
use jiff::civil::Date;
use leptos::prelude::*;
use rashin_domain::{
    access::Action,
    accumulate::Entered,
    clock::{FiscalYear, date_label, moment_label},
    form::Form,
    ids::{ReportId, TenantId},
    kpi::{ActualReport, Answer, Maturity, NOTE_LIMIT},
    lock::Lock,
    obligation::Item,
    period::Period,
    plan::{Kpi, Part, PlanHead},
    progress::judge,
    round::Asked,
};
use rashin_store::{
    TenantTx,
    owed::Locks,
    report::{Report, Wanted},
    tenancy::tree,
};
use serde::{Deserialize, Serialize};

use super::{
    context::context,
    fields::{Ask, in_words, meaning, part_fields, with_report},
    staff::{Live, staff_url},
};
use crate::{
    review::promised,
    training::proposal,
    ui::{
        field::{Filled, TEXT, date, day, hidden, input, optional, post_form, radios, required, select, textarea},
        frame::{Frame, Here},
        section::{facts, note, page_head, section},
        status::status,
    },
    web::{Page, Refusal, Visit},
};

/// A report that was checked and waits for its submission, in the session. Its id makes a second click harmless.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Draft {
    pub id: ReportId,
    /// A person may act in several tenants whose KPIs have the same code.
    pub tenant: TenantId,
    pub code: String,
    pub report: ActualReport,
    /// What was typed, for going back to change it.
    pub form: Form,
}

impl Draft {
    pub fn is_of(&self, tx: &TenantTx, code: &str) -> bool {
        self.tenant == tx.city().id && self.code == code
    }
}

/// Session key of the one draft that is being checked.
pub const DRAFT: &str = "draft_report";

/// Periods that can be reported: the plan's years up to the current one, and what rounds have asked; newest first.
pub fn reportable(head: &PlanHead, locks: &Locks, today: Date) -> Vec<Period> {
    let current = FiscalYear::of(today);
    let mut periods: Vec<Period> = head.years().filter(|year| *year <= current).map(Period::FiscalYear).collect();
    for asked in locks.asked() {
        if !periods.contains(&asked.period) {
            periods.push(asked.period);
        }
    }
    // Stable: of two that end on the same day the year stands before its half.
    periods.sort_by_key(|period| std::cmp::Reverse(period.last_day()));
    periods
}

/// What the address asks for, from pages that know what is owed.
#[derive(Deserialize)]
pub struct Wish {
    #[serde(default)]
    period: String,
    #[serde(default)]
    maturity: String,
    /// [`proposal::FROM`]: the figures that the records of trainings say.
    #[serde(default)]
    from: String,
}

/// Highest revision of a period among all reports, decided or not; 0 when there is none.
pub fn newest_revision(reports: &[Report], period: Period) -> i32 {
    reports.iter().filter(|report| report.period == period).map(|report| report.revision).max().unwrap_or(0)
}

/// `/{city}/staff/kpis/{code}/report`
pub async fn report(visit: Visit, Path((city, code)): Path<(String, String)>, Query(wish): Query<Wish>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let live = Live::load(&mut tx, &code).await?;
    let sections = tree(&live.sections);
    let _may = visit.permit(&mut tx, &Action::Report { responsible: live.responsible_id(), sections: &sections }).await?;
    let reports = tx.reports(Wanted::Kpi(&code)).await?;
    let today = tx.today();
    let item = Item::Kpi(tx.kpi_id(&code).await?);
    let locks = tx.locks(&item).await?;
    let periods = reportable(&live.head, &locks, today);
    let before = tx.responsibilities(&code).await?;
    let flash = visit.take_flash().await?;
    let draft = visit.session.get::<Draft>(DRAFT).await?.filter(|draft| draft.is_of(&tx, &code));
    let held = visit.take_held().await?;
    let came_back = held.as_ref().is_some_and(|(_, errors)| errors.is_empty());
    let trainings = tx.trainings().await?;
    let propose = |form: &Form| match Period::parse(form.get("period")) {
        Ok(period) => proposal::of_kpi(&live.head, &live.kpi, period, today, &trainings),
        Err(_) => Vec::new(),
    };
    let is_taken = wish.from == proposal::FROM;
    let filled = Filled::new(held, || match draft.filter(|_| !is_taken) {
        Some(draft) => draft.form,
        None => {
            let mut form = start(&periods, &live.kpi, &wish, locks.asked_now());
            if is_taken {
                let proposed = propose(&form);
                proposal::fill(&mut form, &proposed);
            }
            form
        }
    });
    let proposed = propose(&filled.form);
    let reviews = tx.reviews(Some(&item), None).await?;
    let year = Period::parse(filled.form.get("period")).map(Period::fiscal_year);
    let promise = year.ok().and_then(|year| promised(&reviews, year)).map(|words| view! { <p class="rashin-update__promise">{words}</p> });
    let returned = reports.iter().find(|report| report.is_returned());
    let beside = Period::parse(filled.form.get("period"))
        .ok()
        .and_then(|period| proposal::beside_form(&city, &live.kpi, period, &proposed, &filled.form));
    let main = view! {
        {filled.summary()}
        {came_back.then(|| view! {
            <div class="dads-notification-banner" data-type="info-1"><p class="dads-notification-banner__heading">"入力内容は保持しています"</p><p class="dads-notification-banner__body">"続きから入力してください。まだ提出していません。"</p></div>
        })}
        {returned.map(returned_banner)}
        {promise}
        {page_head(format!("指標 {code}　実績の報告"), live.kpi.name.clone(), ())}
        {if periods.is_empty() {
            view! { <p>"計画の期間がまだ始まっていないため、報告できる年度はありません。"</p> }.into_any()
        } else {
            view! {
                <div class="rashin-work">
                    <div class="rashin-work__side">{section("context", "引き継ぎと数え方", (), context(&live.kpi, &before, &reports.iter().collect::<Vec<_>>(), today))}</div>
                    <div class="stack">{beside}{form(&live, &filled, &periods, &reports, &locks, today, &staff_url(&city, &code))}</div>
                </div>
            }.into_any()
        }}
        {(!periods.is_empty()).then(|| view! { <script type="module" src="/boot.js"></script> })}
    };
    let frame = Frame::staff(&tx, Some(live.head.notice.clone()).filter(|n| !n.is_empty()), Here::Kpis)
        .crumbs(vec![("指標".to_owned(), format!("/{city}/staff/kpis")), (live.kpi.name.clone(), staff_url(&city, &code))])
        .flash(flash);
    Ok(Page::new(filled.title(&format!("実績の報告　{}", live.kpi.name)), frame, main))
}

fn start(periods: &[Period], kpi: &Kpi, wish: &Wish, asked: Option<Asked>) -> Form {
    let mut form = Form::default();
    // Without a round that asks, the newest year that has ended is what is due; else the current one.
    let years: Vec<&Period> = periods.iter().filter(|period| matches!(period, Period::FiscalYear(_))).collect();
    let due = years.get(1).or(years.first()).copied();
    let wished = periods.iter().find(|period| period.to_string() == wish.period);
    let asked = asked.filter(|_| wished.is_none());
    form.set(
        "period",
        wished.copied().or(asked.map(|asked| asked.period)).or(due.copied()).map(|period| period.to_string()).unwrap_or_default(),
    );
    let maturity = Maturity::from_code(&wish.maturity).or(asked.map(|asked| asked.maturity));
    form.set("maturity", maturity.unwrap_or(Maturity::Final).code());
    for part in &kpi.parts {
        form.set(&format!("answer.{}", part.key), Answer::Figure.code());
        form.set(&format!("entered.{}", part.key), Entered::Total.code());
    }
    form
}

fn returned_banner(report: &Report) -> impl IntoView + use<> {
    let decision = report.settled().cloned();
    let who = decision.as_ref().and_then(|d| d.decider_name.clone()).unwrap_or_default();
    let reason = decision.map(|d| d.reason).unwrap_or_default();
    let heading = format!("{}の報告が差し戻されています", report.period.label());
    view! {
        <div class="dads-notification-banner" data-type="warning">
            <p class="dads-notification-banner__heading">{heading}</p>
            <p class="dads-notification-banner__body">{format!("{who}：{reason}")}</p>
        </div>
    }
}

fn form(
    live: &Live,
    filled: &Filled,
    periods: &[Period],
    reports: &[Report],
    locks: &Locks,
    today: Date,
    url: &str,
) -> impl IntoView + use<> {
    let years: Vec<(String, String)> = (periods.iter())
        .map(|period| {
            let known = reports.iter().find(|report| report.period == *period && report.is_newest);
            let state = match known {
                Some(report) if report.is_open() => "　承認待ち",
                Some(report) if !report.is_returned() => "　報告済み",
                Some(_) => "　差戻し",
                None => "",
            };
            let bound = if corrections(locks, *period) == Maturity::ALL.len() { "　訂正のみ" } else { "" };
            (period.to_string(), format!("{}{state}{bound}", period.label()))
        })
        .collect();
    let maturities: Vec<_> = Maturity::ALL.iter().map(|m| (m.code(), maturity_words(*m))).collect();
    let seen = periods.iter().map(|period| hidden(&format!("seen.{period}"), newest_revision(reports, *period).to_string())).collect_view();
    let takes_reason = reports.iter().any(|report| periods.contains(&report.period)) || periods.iter().any(|p| corrections(locks, *p) > 0);
    let responsible: Vec<&str> = live.responsible.iter().map(|(_, name)| name.as_str()).collect();
    let running = locks.asked().into_iter().map(|asked| locks.of(asked)).filter(|lock| matches!(lock, Lock::InRound(_) | Lock::Late(_)));
    let mut asked: Vec<String> = running.map(|lock| lock.sentence(&responsible, today)).collect();
    // The periods of a round share its sentence.
    asked.dedup();
    let asked: Vec<_> = asked.into_iter().map(|sentence| view! { <li>{sentence}</li> }).collect();
    let ask = Ask { plan: &live.head, prefix: "", period: None };
    let legend = |part: &Part| {
        let name = if part.name.is_empty() { "実績".to_owned() } else { part.name.clone() };
        view! { <span class="rashin-update__name">{name}</span> }.into_any()
    };
    let parts = live.kpi.parts.iter().map(|part| part_fields(filled, ask, part, legend(part))).collect_view();
    let fields = view! {
        {seen}
        {(!asked.is_empty()).then(|| view! { <ul class="note">{asked}</ul> })}
        {select(filled, "period", &required("報告する年度"), &years, "選択してください")}
        {note("数字は、全角でも桁区切りがあっても構いません。減った数は▲を付けます。")}
        {parts}
        {radios(filled, "maturity", &required("値の確かさ"), &maturities)}
        {date(filled, &optional("時点").hint("いつの数字かを西暦で入力。例：2026年9月30日"), &day("as_of"))}
        {textarea(filled, "note", &optional("備考").hint(format!("数え方の変更など。{NOTE_LIMIT}文字まで。公開ページに載ります。")), 3)}
        {input(filled, "link", &optional("根拠のリンク").hint("資料のアドレス（https://…）"), TEXT)}
        {takes_reason.then(|| textarea(filled, "reason", &optional("訂正の理由").hint("報告済みの値を変えるとき、「訂正のみ」の年度を選んだときは、必ず入力してください。前の値は消えず、理由とともに残ります。"), 2))}
    };
    let fields = view! { {fields}<p class="note">"サインインは8時間操作がないと切れますが、送信した入力内容は保持し、サインインし直すと続きから始められます。"</p> };
    post_form(format!("{url}/drafts"), fields, "確認へ進む")
}

/// For how many of the maturities nothing but a correction is taken.
fn corrections(locks: &Locks, period: Period) -> usize {
    Maturity::ALL.iter().filter(|maturity| locks.of(Asked { period, maturity: **maturity }).is_correction()).count()
}

fn maturity_words(maturity: Maturity) -> String {
    match maturity {
        Maturity::Forecast => "見込（これからの予想を含む）".to_owned(),
        Maturity::Preliminary => "速報（年度の途中、または確定前）".to_owned(),
        Maturity::Final => "確定".to_owned(),
    }
}

/// `/{city}/staff/kpis/{code}/report/check`: not yet submitted; says what the figure would mean.
/// When somebody reported the same year meanwhile: 409 with both values.
pub async fn check(visit: Visit, Path((city, code)): Path<(String, String)>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let live = Live::load(&mut tx, &code).await?;
    let url = staff_url(&city, &code);
    let Some(draft) = visit.session.get::<Draft>(DRAFT).await?.filter(|draft| draft.is_of(&tx, &code)) else {
        return Err(Refusal::Conflict {
            what: "確認する報告がありません。提出済みか、別の画面で始め直されています。".to_owned(),
            back: url,
        });
    };
    let reports = tx.reports(Wanted::Kpi(&code)).await?;
    let report = &draft.report;
    let quicker = reports.iter().find(|r| r.period == report.period && r.is_newest && r.revision > report.seen_revision);
    let flash = visit.take_flash().await?;
    let frame = Frame::staff(&tx, Some(live.head.notice.clone()).filter(|n| !n.is_empty()), Here::Kpis)
        .crumbs(vec![("指標".to_owned(), format!("/{city}/staff/kpis")), (live.kpi.name.clone(), url.clone())])
        .flash(flash);
    if let Some(quicker) = quicker {
        let title = "ほかの人が先に報告しています";
        return Ok(Page::new(title, frame, conflict(&live, &draft, quicker, &url)).with_status(StatusCode::CONFLICT));
    }
    let today = tx.today();
    let item = Item::Kpi(tx.kpi_id(&code).await?);
    let asked = Asked { period: report.period, maturity: report.maturity };
    let binding = correction(&tx.locks(&item).await?, &live, asked, today)
        .map(|sentence| view! { <div class="dads-notification-banner" data-type="warning"><p class="dads-notification-banner__body">{sentence}</p></div> });
    let main = view! {
        {page_head(format!("指標 {code}　{}", live.kpi.name), "提出前に内容を確認してください", ())}
        <div class="stack">
            <p>"まだ提出していません。"</p>
            {binding}
            {checked(&live, report, today, &url)}
            <form method="post" action=format!("{url}/reports")>
                {hidden("draft", draft.id.to_string())}
                <p class="actions"><button class="dads-button" data-type="solid-fill">"この内容で提出する"</button><a class="dads-button" data-type="text" href=format!("{url}/report")>"入力に戻る"</a></p>
            </form>
        </div>
    };
    Ok(Page::new("提出前の確認", frame, main))
}

/// What makes a figure a correction of a locked one, in a sentence.
pub fn correction(locks: &Locks, live: &Live, asked: Asked, today: Date) -> Option<String> {
    let lock = locks.of(asked);
    let responsible: Vec<&str> = live.responsible.iter().map(|(_, name)| name.as_str()).collect();
    lock.is_correction().then(|| lock.sentence(&responsible, today))
}

fn checked(live: &Live, report: &ActualReport, today: Date, url: &str) -> impl IntoView + use<> {
    let change =
        |what: &'static str| view! { <a class="rashin-change" href=format!("{url}/report")>"変更"<span class="vh">{what}</span></a> };
    let blank = |text: &str| if text.is_empty() { "未入力".to_owned() } else { text.to_owned() };
    let mut rows: Vec<(&'static str, AnyView)> = vec![("年度", view! { {report.period.label()}" "{change("（年度）")} }.into_any())];
    for (part, value, words) in in_words(&live.kpi, &report.values) {
        let meaning = meaning(part, value, report.period);
        rows.push((
            "実績",
            view! { <b>{words}</b>" "{change("（実績）")}{meaning.map(|words| view! { <span class="dads-table__sub">{words}</span> })} }
                .into_any(),
        ));
    }
    rows.push(("値の確かさ", report.maturity.label().into_any()));
    rows.push(("時点", report.as_of.map_or_else(|| "未入力".to_owned(), date_label).into_any()));
    rows.push(("備考", blank(&report.note).into_any()));
    rows.push(("根拠のリンク", blank(&report.link).into_any()));
    if !report.reason.is_empty() {
        rows.push(("訂正の理由", report.reason.clone().into_any()));
    }
    let judgement = judge(&live.head, &with_report(&live.kpi, report), today);
    rows.push((
        "承認されたときの判定",
        view! { {status(&judgement)}<span class="dads-table__sub">{judgement.reason.clone()}</span> }.into_any(),
    ));
    facts(rows)
}

/// Both values side by side, and the two ways on.
fn conflict(live: &Live, draft: &Draft, theirs: &Report, url: &str) -> impl IntoView + use<> {
    let who = theirs.reporter_name.clone().unwrap_or_else(|| "取り込み".to_owned());
    let mine = Report { values: draft.report.values.clone(), ..theirs.clone() };
    let words = format!(
        "編集中に{who}さんが{}の実績を報告しました（{}）。あなたの入力はまだ保存されていません。違いを確かめ、残す値を選んでください。",
        theirs.period.label(),
        moment_label(theirs.reported_at)
    );
    view! {
        {page_head(format!("指標 {}　{}", draft.code, live.kpi.name), "ほかの人が先に報告しています", ())}
        <div class="stack">
            <div class="dads-notification-banner" data-type="warning"><p class="dads-notification-banner__body">{words}</p></div>
            <dl class="rashin-figures">
                <div><dt>{format!("{who}さんの報告")}</dt><dd>{theirs.printed(&live.kpi)}</dd><dd class="rashin-figures__sub">{theirs.note.clone()}</dd></div>
                <div><dt>"あなたの入力"</dt><dd>{mine.printed(&live.kpi)}</dd><dd class="rashin-figures__sub">{draft.report.note.clone()}</dd></div>
            </dl>
            <p class="actions">
                <a class="dads-button" data-type="solid-fill" href=format!("{url}/report")>"自分の値で訂正する（理由を入力）"</a>
                <a class="dads-button" data-type="outline" href=url.to_owned()>"先の報告を残す"</a>
            </p>
        </div>
    }
}
