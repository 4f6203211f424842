//! 実績の案: what the records say of a KPI's figure. It is shown to those who report, and never written by itself.

use jiff::civil::Date;
use leptos::prelude::*;
use rashin_domain::{
    accumulate::Entered,
    clock::date_label,
    form::Form,
    kpi::{Accumulation, Answer, Maturity},
    notification::{NotificationKind, Told},
    obligation::Item,
    period::Period,
    plan::{Kpi, Part, PlanHead},
    training::{Proposal, Tie, Training, propose},
    value::Value,
};
use rashin_store::{StoreError, TenantTx, kpi, notification::Note, owed::Owed, training::Held};

use super::{TITLE, trainings_url};
use crate::{kpi::staff::Live, tenancy::home::Task, web::Refusal};

/// The query of the report form that takes a proposal over: `from=trainings`.
pub const FROM: &str = "trainings";

/// What the records say of one part of a KPI.
pub struct Proposed<'a> {
    part: &'a Part,
    proposal: Proposal,
}

/// Of all parts of a KPI, for a period, as of a day.
pub fn of_kpi<'a>(plan: &PlanHead, kpi: &'a Kpi, period: Period, today: Date, trainings: &[Held]) -> Vec<Proposed<'a>> {
    let of_part = |part: &'a Part| {
        let tie = Tie { code: kpi.code.clone(), part: part.key.clone() };
        let counting = trainings.iter().filter(|held| held.training.tie.as_ref() == Some(&tie));
        let records: Vec<_> = counting.map(|held| (&held.training, held.attendees())).collect();
        propose(plan, part, period, today, &records).map(|proposal| Proposed { part, proposal })
    };
    kpi.parts.iter().filter_map(of_part).collect()
}

impl Proposed<'_> {
    /// The field of the report form that it is for.
    fn field(&self) -> String {
        format!("value.{}", self.part.key)
    }

    /// 「3回」, with the part's name where there is one.
    fn figure(&self) -> String {
        let figure = Value::number(self.proposal.count.into()).with_unit(&self.part.unit);
        if self.part.name.is_empty() { figure } else { format!("{} {figure}", self.part.name) }
    }

    /// 「2026年4月1日から2026年11月24日までの開催の回数は3回（この年度の分）」
    fn words(&self) -> String {
        let Proposal { counted, from, until, entered, unrecorded, .. } = self.proposal;
        let which = match (self.part.accumulation, entered) {
            (Accumulation::Cumulative, Entered::Year) => Some("この年度の分".to_owned()),
            (Accumulation::Cumulative, Entered::Total) => Some("計画の始まりからの累計".to_owned()),
            (Accumulation::PerYear | Accumulation::PointInTime, _) => None,
        };
        let missing = (unrecorded > 0).then(|| format!("参加者を記録していないもの{unrecorded}件を除く"));
        let notes: Vec<_> = which.into_iter().chain(missing).collect();
        let notes = if notes.is_empty() { String::new() } else { format!("（{}）", notes.join("、")) };
        format!("{}から{}までの{}は{}{notes}", date_label(from), date_label(until), counted.label(), self.figure())
    }
}

/// 「研修会・情報発信の記録では、…3回です。」; nothing without a proposal.
pub fn sentence(proposed: &[Proposed<'_>]) -> Option<String> {
    let words: Vec<_> = proposed.iter().map(Proposed::words).collect();
    (!words.is_empty()).then(|| format!("{TITLE}の記録では、{}です。", words.join("、")))
}

/// Puts the proposed figures into the report form.
pub fn fill(form: &mut Form, proposed: &[Proposed<'_>]) {
    for one in proposed {
        let Proposed { part, proposal } = one;
        form.set(&format!("answer.{}", part.key), Answer::Figure.code());
        form.set(&one.field(), proposal.count.to_string());
        form.set(&format!("entered.{}", part.key), proposal.entered.code());
        form.set_date("as_of", proposal.until);
    }
}

/// The report form with what is proposed.
fn report_url(city: &str, code: &str, period: Period, maturity: Option<Maturity>) -> String {
    format!("/{city}{}", report_path(code, period, maturity))
}

/// The same below the tenant's address.
fn report_path(code: &str, period: Period, maturity: Option<Maturity>) -> String {
    let maturity = maturity.map(|maturity| format!("&maturity={}", maturity.code())).unwrap_or_default();
    format!("/staff/kpis/{code}/report?period={period}{maturity}&from={FROM}")
}

/// On the report form: what the records say, and a way to take it over while the fields are empty. Nothing without a proposal.
pub fn beside_form(city: &str, kpi: &Kpi, period: Period, proposed: &[Proposed<'_>], form: &Form) -> Option<AnyView> {
    let words = sentence(proposed)?;
    let typed: Vec<&str> = proposed.iter().map(|one| form.get(&one.field())).collect();
    let take = if typed.iter().all(|typed| typed.is_empty()) {
        Some(view! { <a href=report_url(city, &kpi.code, period, None)>"この数を入れる"</a>"　" }.into_any())
    } else {
        let same = proposed.iter().zip(typed).all(|(one, typed)| one.proposal.count.to_string() == typed);
        same.then(|| view! { <span>"入力欄に入っている数です。確かめてから提出してください。"</span> }.into_any())
    };
    let records = format!("{}?kpi={}", trainings_url(city), kpi.code);
    Some(view! { <p class="rashin-update__promise">{words}{take}<a href=records>"記録を見る"</a></p> }.into_any())
}

/// For the home page: a task for each figure that the member owes and of which the records say something.
pub async fn tasks(tx: &mut TenantTx, city: &str, owed: &Owed, plan: &PlanHead, kpis: &[Kpi]) -> Result<Vec<Task>, Refusal> {
    let owes = tx.member().map(|member| owed.desk().tasks_of(member.id)).unwrap_or_default();
    if owes.is_empty() {
        return Ok(Vec::new());
    }
    let (trainings, today) = (tx.trainings().await?, tx.today());
    let task = |(task, _): (rashin_domain::obligation::Task<'_>, _)| {
        let named = owed.find(task.item).filter(|_| matches!(task.item, Item::Kpi(_)))?;
        let kpi = kpis.iter().find(|kpi| kpi.code == named.code)?;
        let proposed = of_kpi(plan, kpi, task.asked.period, today, &trainings);
        let figures: Vec<_> = proposed.iter().map(Proposed::figure).collect();
        (!figures.is_empty()).then(|| Task {
            kind: "実績の案",
            href: report_url(city, &kpi.code, task.asked.period, Some(task.asked.maturity)),
            title: format!("{}　{}", kpi.name, figures.join("、")),
            detail: format!("{}　{TITLE}の記録から。確かめて報告します。", task.asked.period.label()),
        })
    };
    Ok(owes.into_iter().filter_map(task).collect())
}

/// Tells whoever owes a figure that the records say something of it, once for each figure that a round asks: in the daily job,
/// and when a record changes.
pub async fn tell(tx: &mut TenantTx) -> Result<(), StoreError> {
    let trainings = tx.trainings().await?;
    if trainings.iter().all(|held| held.training.tie.is_none()) {
        return Ok(());
    }
    let Some(owed) = tx.owed(None).await? else { return Ok(()) };
    let (head, kpis) = (tx.plan_head(owed.plan.id).await?, kpi::of_plan(tx, owed.plan.id, None).await?);
    let (desk, today) = (owed.desk(), tx.today());
    let mut notes = Vec::new();
    for task in desk.tasks() {
        let named = owed.find(task.item).filter(|_| matches!(task.item, Item::Kpi(_)));
        let Some(kpi) = named.and_then(|named| kpis.iter().find(|kpi| kpi.code == named.code)) else { continue };
        let Some(words) = sentence(&of_kpi(&head, kpi, task.asked.period, today, &trainings)) else { continue };
        notes.extend(desk.owers(task.item).into_keys().map(|to| Note {
            to,
            key: format!("proposal/{}/{}", task.key(), task.asked.maturity.code()),
            told: Told {
                kind: NotificationKind::FigureProposed,
                text: format!("指標「{}」の{}：{words}確かめて報告してください", kpi.name, task.asked.period.label()),
                about: Vec::new(),
                signed: None,
            },
            href: report_path(&kpi.code, task.asked.period, Some(task.asked.maturity)),
        }));
    }
    tx.notify(&notes).await?;
    Ok(())
}

/// The KPI that a training counts for, with what is proposed to those who report it.
pub struct About {
    pub name: String,
    code: String,
    /// What the records say of the period that is asked, with that period; `None` while no round asks, and where there is nothing yet.
    asked: Option<(Period, Maturity, String)>,
    may_report: bool,
}

/// `None` where a training counts for nothing, or for a KPI that is not in the plan any more.
pub async fn of_training(tx: &mut TenantTx, training: &Training) -> Result<Option<About>, Refusal> {
    let Some(tie) = &training.tie else { return Ok(None) };
    let live = match Live::load(tx, &tie.code).await {
        Err(Refusal::NotFound) => return Ok(None),
        live => live?,
    };
    let item = Item::Kpi(tx.kpi_id(&tie.code).await?);
    let asked = tx.locks(&item).await?.asked_now();
    let (trainings, today) = (tx.trainings().await?, tx.today());
    let asked = asked.and_then(|asked| {
        let words = sentence(&of_kpi(&live.head, &live.kpi, asked.period, today, &trainings))?;
        Some((asked.period, asked.maturity, words))
    });
    let may_report = live.may_report(tx);
    Ok(Some(About { name: live.kpi.name, code: live.kpi.code, asked, may_report }))
}

impl About {
    pub fn view(self, city: &str) -> AnyView {
        let Self { name, code, asked, may_report } = self;
        let records = view! { <a href=format!("{}?kpi={code}", trainings_url(city))>"この指標に数える記録"</a> };
        let Some((period, maturity, words)) = asked else {
            let words = format!("報告の時期になると、指標「{name}」の担当に、ここまでの記録から実績の案を示します。");
            return view! { <p>{words}</p><p class="links">{records}</p> }.into_any();
        };
        let report = may_report
            .then(|| view! { <a href=report_url(city, &code, period, Some(maturity))>{format!("{}の報告に使う", period.label())}</a> });
        view! { <p>{words}"報告は、指標の担当がします。"</p><p class="links">{report}{records}</p> }.into_any()
    }
}
