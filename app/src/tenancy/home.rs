//! `/{city}/staff`: what is due, what waits for me, and where we stand.

use axum::extract::Path;
use jiff::civil::Date;
use leptos::prelude::*;
use rashin_domain::{
    access::{Action, Role, decide},
    clock::{date_label, moment_label},
    obligation::coverage,
    plan::Kpi,
    progress::judge,
    tenancy::TenantKind,
};
use rashin_store::{
    TenantTx, kpi,
    owed::Owed,
    report::{Report, Wanted},
    tenancy::tree,
};

use crate::{
    approval::{Deciders, approvals_url},
    card, case, idea, inquiry,
    kpi::staff::staff_url,
    ledger::ledger_url,
    meeting::{self, Coming},
    owner::owners_url,
    progress::progress_url,
    review::{OpenReviews, open_line, open_reviews, reviews_url},
    roadmap::pages::roadmap_url,
    training,
    ui::{
        frame::{Frame, Here},
        section::{empty, note, page_head, section},
        status::{dots, tally_words},
    },
    update::updates_url,
    web::{Page, Refusal, Visit},
    year::{self, closing},
};

/// A line of 「あなたの番です」.
pub struct Task {
    pub kind: &'static str,
    pub href: String,
    pub title: String,
    pub detail: String,
}

pub async fn home(visit: Visit, Path(city): Path<String>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let flash = visit.take_flash().await?;
    if tx.city().kind == TenantKind::Prefecture {
        let shares = tx.shares().await?.len();
        let main = view! {
            {page_head("", "ホーム", ())}
            <p class="lead">{format!("市町村から共有された指標は{shares}件です。")}</p>
            <p><a href=format!("/{city}/staff/shares")>"共有された指標を見る"</a></p>
        };
        return Ok(Page::new("ホーム", Frame::staff(&tx, None, Here::Home).flash(flash), main));
    }
    let Some(owed) = tx.owed(None).await? else {
        let main = view! { {page_head("", "ホーム", ())}{empty("この団体の計画は、まだ登録されていません。", None)} };
        return Ok(Page::new("ホーム", Frame::staff(&tx, None, Here::Home).flash(flash), main));
    };
    let head = tx.plan_head(owed.plan.id).await?;
    let kpis = kpi::of_plan(&mut tx, owed.plan.id, None).await?;
    let reports = tx.reports(Wanted::All).await?;
    let today = tx.today();
    let open = open_reviews(&mut tx, &owed).await?;
    let meetings = meeting::coming(&mut tx, &city).await?;
    let mut tasks = tasks(&mut tx, &city, &owed, &kpis, &reports, open.as_ref()).await?;
    tasks.extend(training::proposal::tasks(&mut tx, &city, &owed, &head, &kpis).await?);
    let mut tally = std::collections::BTreeMap::new();
    for kpi in &kpis {
        *tally.entry(judge(&head, kpi, today).status).or_insert(0) += 1;
    }
    let tally: Vec<_> = tally.into_iter().collect();
    let waiting = reports.iter().filter(|report| report.is_open()).count();
    // Who runs the year sees what is missing of all.
    let runs_it = tx.member().is_some_and(|m| m.has(Role::Secretariat));
    let to_review = open.as_ref().filter(|_| runs_it).and_then(|open| open_line(open, &city));
    let frame = Frame::staff(&tx, Some(head.notice.clone()).filter(|n| !n.is_empty()), Here::Home).flash(flash);
    let main = view! {
        <h1 class="vh">"ホーム"</h1>
        {lead(&city, &owed, today, waiting, tasks.len())}
        <div class="cols" data-cols="7-5">
            {section("turn", "あなたの番です", note(format!("{}件", tasks.len())), task_list(tasks))}
            {section("standing", "いまの判定", note(format!("指標 {}件", kpis.len())), view! {
                {dots(&tally, &head.grades, true)}
                <p>{tally_words(&tally, &head.grades)}</p>
                <p class="links">
                    <a href=format!("/{city}/staff/kpis")>"指標の一覧"</a>
                    <a href=roadmap_url(&city)>"ロードマップ"</a>
                    <a href=reviews_url(&city)>"評価と改善"</a>
                    <a href=ledger_url(&city)>"予算と効果"</a>
                </p>
                {to_review}
            })}
        </div>
        {(!meetings.is_empty()).then(|| section("meetings", "これからの会議", note(format!("{}件", meetings.len())), coming(meetings)))}
        {section("recent", "最近の報告", (), recent(&city, &kpis, &reports))}
    };
    Ok(Page::new("ホーム", frame, main))
}

/// Where the round that runs stands, or when the next one begins.
fn lead(city: &str, owed: &Owed, today: Date, waiting: usize, mine: usize) -> impl IntoView + use<> {
    let next = || owed.rounds.iter().filter(|round| today < round.opens_on).min_by_key(|round| round.opens_on);
    let running = year::running(&owed.rounds, today).map(|round| (round, coverage(&owed.desk(), round, &owed.entries)));
    let (kicker, line, link) = match (&running, next()) {
        (Some((round, coverage)), _) => {
            let line = match coverage.reported {
                0 => format!("{}件の報告を待っています。", coverage.asked),
                reported => format!("{}件中{reported}件がそろいました。", coverage.asked),
            };
            (round.label(), line, (year::round_url(city, round), closing(round, today)))
        }
        (None, Some(round)) => {
            let line = format!("次は{}に始まります。", date_label(round.opens_on));
            (round.label(), line, (year::round_url(city, round), "報告期を見る".to_owned()))
        }
        (None, None) => {
            let link = (format!("/{city}/staff/year"), "年間のイメージを見る".to_owned());
            ("実績の報告".to_owned(), "報告の時期はまだ決まっていません。".to_owned(), link)
        }
    };
    let counted = running.map(|(_, coverage)| coverage).filter(|coverage| coverage.asked > 0);
    let bar = counted.map(|coverage| {
        let width = format!("{:.1}", coverage.reported as f64 * 100.0 / coverage.asked as f64);
        view! { <svg class="rashin-progress" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect width=width height="8"/></svg> }
    });
    let (href, words) = link;
    view! {
        <section class="rashin-lead" aria-labelledby="lead">
            <div class="stack"><p class="page-head__kicker">{kicker}</p><h2 class="rashin-lead__line" id="lead">{line}</h2></div>
            <p class="links"><a href=href>{words}</a><a href=progress_url(city)>"進み具合"</a></p>
            {bar}
            <dl class="rashin-figures">
                {counted.map(|coverage| view! { <div><dt>"報告済み"</dt><dd>{coverage.reported}<small>{format!("／{}件", coverage.asked)}</small></dd></div> })}
                <div><dt>"承認待ち"</dt><dd>{waiting}<small>"件"</small></dd></div>
                <div><dt>"あなたの番"</dt><dd>{mine}<small>"件"</small></dd></div>
            </dl>
        </section>
    }
}

/// Approvals that still stand one by one among the tasks.
const FEW: usize = 3;
/// Meetings that are shown; their page has the rest.
const MEETINGS: usize = 5;

async fn tasks(
    tx: &mut TenantTx,
    city: &str,
    owed: &Owed,
    kpis: &[Kpi],
    reports: &[Report],
    open: Option<&OpenReviews>,
) -> Result<Vec<Task>, Refusal> {
    let sections = tx.sections().await?;
    let sections = tree(&sections);
    let actor = tx.actor().clone();
    let is_secretariat = tx.member().is_some_and(|m| m.has(Role::Secretariat));
    let mut tasks = inquiry::tasks::tasks(tx, city).await?;
    let (desk, today) = (owed.desk(), tx.today());
    let answering = |report: &Report| desk.charges_of(&report.item).map(|charge| charge.section).collect::<Vec<_>>();
    let deciders = Deciders::load(tx).await?;
    let waiting: Vec<&Report> = reports.iter().filter(|report| deciders.step(tx, report).is_some()).collect();
    if waiting.len() > FEW {
        tasks.push(Task {
            kind: "承認",
            href: approvals_url(city),
            title: format!("承認待ち {}件", waiting.len()),
            detail: "一覧で前回の値や目標と見比べ、まとめて決められます。".to_owned(),
        });
    } else {
        for report in waiting {
            let who = format!("{} {}", report.section_name.clone().unwrap_or_default(), report.reporter_name.clone().unwrap_or_default());
            tasks.push(Task {
                kind: "承認",
                href: format!("/{city}/staff/reports/{}", report.id),
                title: titled(report, kpis),
                detail: format!("{}　{}　{}", who.trim(), report.period.label(), moment_label(report.reported_at)),
            });
        }
    }
    let owes = tx.member().map(|member| desk.tasks_of(member.id)).unwrap_or_default();
    let may_report = |report: &Report| {
        let own = |responsible| decide(&actor, &Action::Report { responsible, sections: &sections }).is_ok();
        answering(report).into_iter().map(Some).chain([None]).any(own)
    };
    // Whatever year it is of: what came back waits for whoever may mend it.
    for report in reports.iter().filter(|report| report.is_returned() && may_report(report)) {
        let reason = report.settled().map(|decision| decision.reason.as_str()).unwrap_or_default();
        let asked = owes.iter().any(|(task, _)| *task.item == report.item && task.asked.period == report.period);
        tasks.push(Task {
            kind: "差戻し",
            href: if asked { updates_url(city) } else { format!("{}/report", staff_url(city, &report.code)) },
            title: report.name.clone(),
            detail: format!("{}　理由：{reason}", report.period.label()),
        });
    }
    // What the member owes, a line for each round.
    for round in &owed.rounds {
        let count = owes.iter().filter(|(task, _)| task.round == round && !task.is_returned()).count();
        if count > 0 {
            let title = format!("{}　{count}件", round.label());
            tasks.push(Task { kind: "報告", href: updates_url(city), title, detail: closing(round, today) });
        }
    }
    tasks.extend(open.filter(|open| open.mine > 0).map(|open| Task {
        kind: "評価",
        href: format!("{}?year={}&show=mine", reviews_url(city), open.window.year.0),
        title: format!("{}の評価と改善　{}件", open.window.year.label(), open.mine),
        detail: open.until(),
    }));
    tasks.extend(case::tasks(tx, city).await?);
    tasks.extend(card::tasks(tx, city).await?);
    tasks.extend(meeting::errands::tasks(tx, city).await?);
    tasks.extend(idea::tasks(tx, city).await?);
    let unowned = desk.unowned().count();
    if is_secretariat && unowned > 0 {
        tasks.push(Task {
            kind: "割り当て",
            href: format!("{}?show=none", owners_url(city)),
            title: format!("担当課のない指標・取組 {unowned}件"),
            detail: "担当課があるものは、報告される割合が高くなります。".to_owned(),
        });
    }
    Ok(tasks)
}

fn task_list(tasks: Vec<Task>) -> AnyView {
    if tasks.is_empty() {
        return empty("いま、あなたを待っている仕事はありません。", None).into_any();
    }
    let items = tasks.into_iter().map(|task| {
        view! {
            <li>
                <span class="rashin-task-list__kind">{task.kind}</span>
                <span class="rashin-task-list__body"><a href=task.href>{task.title}</a><br/><span class="note">{task.detail}</span></span>
            </li>
        }
    });
    view! { <ul class="rashin-task-list">{items.collect_view()}</ul> }.into_any()
}

/// 「窓口の数　158件」; an initiative has no figure.
fn titled(report: &Report, kpis: &[Kpi]) -> String {
    match kpis.iter().find(|kpi| kpi.code == report.code) {
        Some(kpi) => format!("{}　{}", report.name, report.printed(kpi)),
        None => report.name.clone(),
    }
}

/// The next few meetings that the member is called to.
fn coming(meetings: Vec<Coming>) -> AnyView {
    let items = meetings.into_iter().take(MEETINGS).map(|coming| {
        view! {
            <li>
                <span class="rashin-task-list__kind">"会議"</span>
                <span class="rashin-task-list__body"><a href=coming.href>{coming.title}</a><br/><span class="note">{coming.detail}</span></span>
                <span class="rashin-task-list__when">{coming.when}</span>
            </li>
        }
    });
    view! { <ul class="rashin-task-list">{items.collect_view()}</ul> }.into_any()
}

fn recent(city: &str, kpis: &[Kpi], reports: &[Report]) -> AnyView {
    if reports.is_empty() {
        return empty("まだ報告はありません。", None).into_any();
    }
    let items = reports.iter().take(8).map(|report| {
        let state = match report.settled() {
            None => "承認待ち",
            Some(decision) if decision.approved => "承認",
            Some(_) => "差戻し",
        };
        let href = format!("/{city}/staff/reports/{}", report.id);
        let title = titled(report, kpis);
        view! {
            <li>
                <span class="rashin-task-list__kind">{state}</span>
                <span class="rashin-task-list__body"><a href=href>{title}</a><br/><span class="note">{format!("{}　{}", report.period.label(), report.reporter_name.clone().unwrap_or_default())}</span></span>
                <span class="rashin-task-list__when">{moment_label(report.reported_at)}</span>
            </li>
        }
    });
    view! { <ul class="rashin-task-list">{items.collect_view()}</ul> }.into_any()
}
