//! The table of what waits: each figure beside the last one and what it would mean.

use axum::extract::Path;
use leptos::prelude::*;
use rashin_domain::{
    approval::Step,
    clock::moment_label,
    form::Form,
    obligation::Item,
    plan::{Actual, Kpi, PlanHead},
    progress::judge,
    text::number,
    value::Value,
};
use rashin_store::{
    attachment::Attachment,
    report::{Report, Wanted},
};

use super::{Deciders, approvals_url};
use crate::{
    kpi::{
        comments, evidence,
        fields::{in_brief, in_words, with_report},
    },
    ui::{
        field::{Filled, hidden, required, textarea},
        frame::{Frame, Here},
        section::{col, empty, note, num, page_head, table},
        status::status,
    },
    web::{Page, Refusal, Visit},
};

/// Rows of one page; what is beyond comes when these are decided.
pub const ROWS: usize = 100;

/// All that the rows tell of.
struct Table {
    city: String,
    head: PlanHead,
    kpis: Vec<Kpi>,
    /// All reports, newest first.
    reports: Vec<Report>,
    files: Vec<Attachment>,
    today: jiff::civil::Date,
}

/// `/{city}/staff/approvals`
pub async fn approvals(visit: Visit, Path(city): Path<String>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let flash = visit.take_flash().await?;
    let filled = Filled::new(visit.take_held().await?, Form::default);
    let frame = Frame::staff(&tx, None, Here::Home).crumbs(vec![("ホーム".to_owned(), format!("/{city}/staff"))]).flash(flash);
    let deciders = Deciders::load(&mut tx).await?;
    let reports = tx.reports(Wanted::All).await?;
    let waiting: Vec<(usize, Step)> =
        reports.iter().enumerate().rev().filter_map(|(at, report)| Some((at, deciders.step(&tx, report)?))).collect();
    let Some(plan) = tx.current_plan().await?.filter(|_| !waiting.is_empty()) else {
        let main = view! {
            {page_head("", "承認待ち", ())}
            {empty("いま、あなたの承認を待っている報告はありません。", Some((format!("/{city}/staff"), "ホームに戻る")))}
        };
        return Ok(Page::new("承認待ち", frame, main));
    };
    let kpis = rashin_store::kpi::of_plan(&mut tx, plan.id, None).await?;
    let (head, files) = (tx.plan_head(plan.id).await?, tx.evidence().await?);
    let table = Table { head, kpis, files, today: tx.today(), city: city.clone(), reports };
    let (shown, rest) = waiting.split_at(waiting.len().min(ROWS));
    let main = view! {
        {filled.summary()}
        {page_head("", "承認待ち", ())}
        <p class="lead">{format!("{}件の報告が、あなたの承認を待っています。", waiting.len())}</p>
        {(!rest.is_empty()).then(|| note(format!("古い順に{}件を表示しています。残りの{}件は、この分を決めると表示されます。", shown.len(), rest.len())))}
        {table.form(shown, &filled)}
    };
    Ok(Page::new(filled.title("承認待ち"), frame, main))
}

impl Table {
    /// The figures, then the buttons; each report with the step at which it was seen to wait.
    fn form(&self, waiting: &[(usize, Step)], filled: &Filled) -> AnyView {
        let rows = waiting.iter().map(|(at, step)| self.row(&self.reports[*at], *step, filled)).collect_view();
        let body = view! { <tbody role="rowgroup">{rows}</tbody> }.into_any();
        let heads = vec![col("指標・取組"), num("今回"), num("前回との差"), col("目標と、承認したときの判定"), col("備考・根拠")];
        let url = approvals_url(&self.city);
        let all = format!("すべてを承認する（{}件）", waiting.len());
        view! {
            <form class="stack" method="post" action=url novalidate>
                <p class="actions"><button class="dads-button" data-type="solid-fill" name="which" value="all">{all}</button><a href="#chosen">"選んで決める"</a></p>
                {table("waiting", format!("報告 {}件", waiting.len()), heads, body, true)}
                <div class="stack rashin-form" id="chosen" tabindex="-1">
                    {filled.errors.of("chosen").map(|fault| view! { <p class="dads-form-control-label__error-text">{format!("＊{fault}")}</p> })}
                    <p class="actions"><button class="dads-button" data-type="outline" name="which" value="chosen">"選んだものを承認する"</button></p>
                    {textarea(filled, "reason", &required("差戻しの理由").hint("選んだものを差し戻すときに入力します。どこをどう直すかを書いてください。"), 2)}
                    <p class="actions"><button class="dads-button" data-type="outline" formaction=format!("/{}/staff/returns", self.city)>"選んだものを差し戻す"</button></p>
                </div>
            </form>
        }
        .into_any()
    }

    fn row(&self, report: &Report, step: Step, filled: &Filled) -> impl IntoView + use<> {
        let href = format!("/{}/staff/reports/{}", self.city, report.id);
        let id = report.id.to_string();
        let tick = format!("report.{id}");
        let label = format!("「{} {}」を選ぶ", report.name, report.period.label());
        let checked = filled.form.get(&tick) == "on";
        let by = format!("{} {}", report.section_name.clone().unwrap_or_default(), report.reporter_name.clone().unwrap_or_default());
        let kpi = self.kpis.iter().find(|kpi| kpi.code == report.code && matches!(report.item, Item::Kpi(_)));
        let change = match kpi {
            Some(kpi) => difference(report, kpi),
            None => self
                .before(report)
                .map(|before| view! { {self.now(before, None)}<span class="dads-table__sub">{before.period.label()}</span> })
                .into_any(),
        };
        let correction =
            (!report.reason.is_empty()).then(|| view! { <span class="dads-table__sub">{format!("訂正の理由：{}", report.reason)}</span> });
        let more = comments::count(report.comments)
            .map(|words| view! { <span class="dads-table__sub"><a href=format!("{href}#comments")>{words}</a></span> });
        let link = (!report.link.is_empty())
            .then(|| view! { <span class="rashin-parts"><a href=report.link.clone() rel="noopener nofollow">"根拠のリンク"</a></span> });
        let files = evidence::links(&self.city, report, &self.files);
        let proof = (link.is_none() && files.is_none()).then(|| view! { <span class="dads-table__sub">"根拠の添付なし"</span> });
        view! {
            <tr role="row">
                <th scope="row" role="rowheader">
                    <label class="dads-radio"><input class="dads-checkbox__input" type="checkbox" id=format!("report-{id}") name=tick value="on" checked=checked aria-label=label/><b>{report.name.clone()}</b></label>
                    {hidden(&format!("step.{id}"), step.code())}
                    <span class="dads-table__sub">{format!("{}（{}）　{}", report.period.label(), report.maturity.label(), report.code)}</span>
                    <span class="dads-table__sub">{format!("{}　{}", by.trim(), moment_label(report.reported_at))}</span>
                    <span class="dads-table__sub"><a href=href>"くわしく見る"</a></span>
                </th>
                <td role="cell" class="num"><span class="dads-table__cell-label">"今回"</span><span>{self.now(report, kpi)}</span></td>
                <td role="cell" class="num"><span class="dads-table__cell-label">"前回との差"</span><span>{change}</span></td>
                <td role="cell"><span class="dads-table__cell-label">"目標と判定"</span><span>{kpi.map(|kpi| self.meaning(report, kpi))}</span></td>
                <td role="cell"><span class="dads-table__cell-label">"備考・根拠"</span><span>{report.note.clone()}{correction}{link}{files}{proof}{more}</span></td>
            </tr>
        }
    }

    /// What an initiative had come to when it was last approved.
    fn before(&self, report: &Report) -> Option<&Report> {
        let accepted = |other: &&Report| other.settled().is_some_and(|decision| decision.approved);
        self.reports.iter().filter(|other| other.item == report.item && other.id != report.id).find(accepted)
    }

    /// Figures of a KPI; where an initiative stands.
    fn now(&self, report: &Report, kpi: Option<&Kpi>) -> AnyView {
        let words: Vec<String> = match (kpi, &report.standing) {
            (Some(kpi), _) => in_words(kpi, &report.values).map(|(_, _, words)| words).collect(),
            (None, Some(standing)) => {
                let phase =
                    self.head.phases.iter().find(|phase| Some(&phase.key) == standing.phase.as_ref()).map(|phase| phase.name.clone());
                let slip = (standing.slip_years > 0).then(|| format!("{}年の遅れ（{}）", standing.slip_years, standing.slip_reason));
                phase.into_iter().chain(slip).collect()
            }
            (None, None) => report.values.iter().map(|(_, value)| value.plain()).collect(),
        };
        words.into_iter().map(|words| view! { <b class="rashin-parts">{words}</b> }).collect_view().into_any()
    }

    fn meaning(&self, report: &Report, kpi: &Kpi) -> AnyView {
        let judgement = judge(&self.head, &with_report(kpi, &report.said()), self.today);
        let (_, _, target) = in_brief(kpi, report.period);
        let target = if target.is_empty() { "目標は未設定".to_owned() } else { target };
        view! { <span class="rashin-parts">{target}</span>{status(&judgement)}<span class="dads-table__sub">{judgement.reason.clone()}</span> }.into_any()
    }
}

/// The accepted figure before, of the same period or an earlier one, and what has changed since: 「＋9　147件（2025年度）」.
fn difference(report: &Report, kpi: &Kpi) -> AnyView {
    let line = |(key, value): &(String, Value)| {
        let part = kpi.parts.iter().find(|part| part.key == *key)?;
        let earlier = |actual: &&Actual| actual.period.last_day() <= report.period.last_day();
        let Some(before) = part.actuals.iter().rev().find(earlier) else {
            return Some(view! { <span class="rashin-parts rashin-unknown">"前回の値なし"</span> }.into_any());
        };
        let change = match (value, &before.value) {
            (Value::Number { amount }, Value::Number { amount: was }) => match *amount - *was {
                same if same.is_zero() => Some("±0".to_owned()),
                more if more.is_sign_positive() => Some(format!("＋{}", number::format(more))),
                less => Some(format!("▲{}", number::format(less.abs()))),
            },
            (value, was) => (value == was).then(|| "変わりなし".to_owned()),
        };
        let was = format!("前回 {}", before.value.with_unit(&part.unit));
        Some(view! { <span class="rashin-parts">{change.map(|words| view! { <b>{words}</b> })}<span class="dads-table__sub">{was}</span><span class="dads-table__sub">{before.period.label()}</span></span> }.into_any())
    };
    report.values.iter().filter_map(line).collect_view().into_any()
}
