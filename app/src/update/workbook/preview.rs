//! `/{city}/staff/updates/workbooks/{workbook}`: every difference, before anything is reported and after.

use axum::extract::{Path, Query};
use leptos::prelude::*;
use rashin_domain::ids::WorkbookId;
use rashin_store::TenantTx;
use rashin_workbook::{Difference, Finding, Sheet, Verdict};
use serde::Deserialize;

use super::{steps, stock::Stock, way::Way, workbook_url};
use crate::{
    ui::{
        field::hidden,
        frame::Frame,
        section::{col, empty, note, page_head, section, table},
    },
    web::{Page, Refusal, Visit, digest},
};

/// Refused rows that are listed; the others are counted.
const MOST_REFUSED: usize = 200;

/// What is done with a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Same,
    New,
    Change,
    /// A figure is strange: taken when its sender says that it is right.
    Doubtful,
    /// Taken when its sender says so, with a reason.
    Conflict,
    Refused,
}

impl Fate {
    pub fn of(finding: &Finding<'_, '_>) -> Self {
        match &finding.verdict {
            Verdict::Same => Fate::Same,
            Verdict::Refused(_) => Fate::Refused,
            Verdict::Conflict(_) => Fate::Conflict,
            Verdict::New(_) | Verdict::Change(_) if !finding.doubts.is_empty() => Fate::Doubtful,
            Verdict::New(_) => Fate::New,
            Verdict::Change(_) => Fate::Change,
        }
    }

    fn label(self) -> &'static str {
        match self {
            Fate::Same => "変更なし",
            Fate::New => "新規",
            Fate::Change => "変更",
            Fate::Doubtful => "確認",
            Fate::Conflict => "競合",
            Fate::Refused => "拒否",
        }
    }
}

/// Name of the box that takes a finding which is not taken by itself.
pub fn take(finding: &Finding<'_, '_>) -> String {
    format!("take.{}", finding.subject.map(rashin_workbook::Subject::key).unwrap_or_default())
}

/// Whether the sender may take it by ticking: what somebody else reported is replaced for a reason only.
pub fn can_be_ticked(finding: &Finding<'_, '_>) -> bool {
    match Fate::of(finding) {
        Fate::Doubtful => true,
        Fate::Conflict => finding.report().is_some_and(|report| !report.reason.is_empty()),
        Fate::Same | Fate::New | Fate::Change | Fate::Refused => false,
    }
}

/// Stands for all that the page showed.
pub fn seen(findings: &[Finding<'_, '_>]) -> String {
    digest(findings.iter().map(|finding| (&finding.rows, &finding.verdict, &finding.differences, &finding.doubts)).collect::<Vec<_>>())
}

/// A workbook as it was sent: its name and its cells.
pub async fn sent(tx: &mut TenantTx, id: WorkbookId) -> Result<(String, Sheet), Refusal> {
    let kept = tx.workbook(id).await?;
    Ok((kept.file_name, serde_json::from_value(kept.sheet).map_err(Refusal::incident)?))
}

#[derive(Debug, Deserialize)]
pub struct After {
    /// Reports that were just imported from it.
    #[serde(default)]
    imported: usize,
}

pub async fn preview(
    visit: Visit,
    Path((city, id)): Path<(String, WorkbookId)>,
    Query(After { imported }): Query<After>,
) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let (file_name, sheet) = sent(&mut tx, id).await?;
    let way = Way::of(&sheet, &city, id);
    let stock = Stock::load(&mut tx).await?;
    let subjects = stock.subjects();
    let findings = stock.findings(&sheet, &subjects);
    let of = |fates: &[Fate]| findings.iter().filter(|finding| fates.contains(&Fate::of(finding))).collect::<Vec<_>>();
    let (sure, ask, clash) = (of(&[Fate::New, Fate::Change]), of(&[Fate::Doubtful]), of(&[Fate::Conflict]));
    let refused = of(&[Fate::Refused]);
    let is_done = imported > 0;
    let heading = if is_done { "取り込みました" } else { "違いの確認" };
    let can_act = !sure.is_empty() || ask.iter().chain(&clash).any(|finding| can_be_ticked(finding));
    let button = match sure.len() {
        0 => "印を付けた行を取り込む".to_owned(),
        count => format!("{count}件を取り込む"),
    };
    let also = (!sure.is_empty() && ask.iter().chain(&clash).any(|finding| can_be_ticked(finding)))
        .then(|| note("印を付けた「確認」と「競合」の行も、合わせて取り込みます。印のない行は取り込みません。"));
    let lists = [
        list("doubtful", "確認：値を確かめて、合っていれば印を付ける", &ask),
        list("conflict", &format!("競合：{}に、ほかの人が違う内容を報告した", way.since), &clash),
        list("sure", "新規・変更：このまま取り込む", &sure),
    ];
    let body = if can_act {
        view! {
            <form class="stack" method="post" action=format!("{}/reports", workbook_url(&city, id))>
                {hidden("seen", seen(&findings))}
                {lists.into_iter().collect_view()}
                <div class="rashin-submit">
                    <button class="dads-button" data-type="solid-fill">{button}</button>
                    <a class="dads-button" data-type="outline" href=way.again.0>{format!("取り込まずに、{}", way.again.1)}</a>
                    {also}
                </div>
            </form>
        }
        .into_any()
    } else if is_done {
        view! { {lists.into_iter().collect_view()}<p><a href=way.home.0>{way.home.1}</a></p> }.into_any()
    } else {
        let words = if refused.is_empty() && clash.is_empty() {
            "報告と違うところがありません。取り込むものはありません。"
        } else {
            "このまま取り込める行はありません。直してから、もう一度取り込んでください。"
        };
        view! { {lists.into_iter().collect_view()}{empty(words, Some(way.again))} }.into_any()
    };
    let main = view! {
        {page_head(file_name, heading, ())}
        {steps(way.first, if is_done { 4 } else { 2 })}
        <div class="stack">
        <p class="lead">{is_done.then(|| format!("{}の残りは、", way.this))}{counts(&findings)}</p>
        <p>{if is_done {
            format!("{imported}件を報告として提出しました。残っている行は、報告していません。")
        } else {
            "まだ何も報告していません。空のセルは「変更なし」で、報告した値を消しません。".to_owned()
        }}</p>
        {jumps(&[("refused", Fate::Refused, refused.len()), ("doubtful", Fate::Doubtful, ask.len()), ("conflict", Fate::Conflict, clash.len())])}
        {faults(&refused, way.mended)}
        {body}
        </div>
    };
    let frame = Frame::staff(&tx, None, way.here).crumbs(way.crumbs).flash(visit.take_flash().await?);
    Ok(Page::new(heading, frame, main))
}

/// 「新規 3件、変更 1件、…」
fn counts(findings: &[Finding<'_, '_>]) -> String {
    let count = |fate: Fate| findings.iter().filter(|finding| Fate::of(finding) == fate).count();
    let fates = [Fate::New, Fate::Change, Fate::Doubtful, Fate::Conflict, Fate::Refused, Fate::Same];
    format!("{}です。", fates.map(|fate| format!("{} {}件", fate.label(), count(fate))).join("、"))
}

/// To what asks for the reader, past long lists of the rest.
fn jumps(parts: &[(&'static str, Fate, usize)]) -> Option<AnyView> {
    let link = |(id, fate, count): &(&str, Fate, usize)| {
        (*count > 0).then(|| view! { <a href=format!("#{id}")>{format!("「{}」の{count}件へ", fate.label())}</a> })
    };
    let links: Vec<_> = parts.iter().filter_map(link).collect();
    (!links.is_empty()).then(|| view! { <p class="links">{links}</p> }.into_any())
}

/// What a finding is of: name, period, rows.
fn of_what(finding: &Finding<'_, '_>) -> (String, String) {
    let rows = finding.rows.iter().map(u32::to_string).collect::<Vec<_>>().join("・");
    match finding.subject {
        Some(subject) => (subject.name.to_owned(), format!("{}　{rows}行目", subject.asked.period.label())),
        None => (format!("{rows}行目"), String::new()),
    }
}

fn faults(refused: &[&Finding<'_, '_>], mended: &str) -> Option<AnyView> {
    let items = refused.iter().take(MOST_REFUSED).flat_map(|finding| {
        let (name, detail) = of_what(finding);
        let Verdict::Refused(faults) = &finding.verdict else { return Vec::new() };
        let item = |fault: &rashin_workbook::Fault| {
            let of_what = finding.subject.map(|_| view! { <br/><span class="note">{format!("{name}　{detail}")}</span> });
            view! {
                <li>
                    <span class="rashin-task-list__kind">{fault.at.clone()}</span>
                    <span class="rashin-task-list__body">{fault.sentence.clone()}{of_what}</span>
                </li>
            }
        };
        faults.iter().map(item).collect()
    });
    let more = refused.len().saturating_sub(MOST_REFUSED);
    (!refused.is_empty()).then(|| {
        section(
            "refused",
            "拒否：取り込めない行",
            note(format!("{}件", refused.len())),
            view! {
                <p>{format!("{mended}、取り込めるようになります。ほかの行は、いま取り込めます。")}</p>
                <ul class="rashin-task-list">{items.collect_view()}</ul>
                {(more > 0).then(|| note(format!("ほかに{more}件あります。")))}
            },
        )
    })
}

fn list(id: &'static str, heading: &str, findings: &[&Finding<'_, '_>]) -> Option<AnyView> {
    if findings.is_empty() {
        return None;
    }
    let rows = findings.iter().map(|finding| row(finding)).collect_view();
    let columns = vec![col("区分"), col("項目"), col("変更前"), col("変更後")];
    let body = view! { <tbody role="rowgroup">{rows}</tbody> }.into_any();
    let caption_id = format!("{id}-rows");
    Some(section(id, heading, (), table(&caption_id, format!("{}件", findings.len()), columns, body, true)))
}

fn row(finding: &Finding<'_, '_>) -> impl IntoView + use<> {
    let (name, detail) = of_what(finding);
    let side = |text: fn(&Difference) -> &str, tag: fn(String) -> AnyView| {
        if finding.differences.iter().all(|difference| text(difference).is_empty()) {
            return view! { <span class="rashin-unknown">"（なし）"</span> }.into_any();
        }
        let lines = finding.differences.iter().map(|difference| {
            let field = view! { <span class="dads-table__sub">{difference.field.clone()}</span> };
            let words = match text(difference) {
                "" => view! { <span class="rashin-unknown">"（なし）"</span> }.into_any(),
                words => tag(words.to_owned()),
            };
            view! { <div>{field}{words}</div> }
        });
        lines.collect_view().into_any()
    };
    let before = side(|difference| &difference.before, |words| view! { <del>{words}</del> }.into_any());
    let after = side(|difference| &difference.after, |words| view! { <ins>{words}</ins> }.into_any());
    let by = finding.subject.and_then(|subject| subject.newest()).map(|filed| filed.by.clone()).unwrap_or_default();
    let who = (Fate::of(finding) == Fate::Conflict).then(|| view! { <span class="dads-table__sub">{format!("{by}さんの報告")}</span> });
    let questions: Vec<String> = finding.doubts.iter().map(|(_, at, question)| format!("{at}：{question}")).collect();
    let questions = (!questions.is_empty()).then(|| view! { <p>{questions.concat()}</p> });
    let tick = match Fate::of(finding) {
        Fate::Doubtful => Some("この内容で合っています"),
        Fate::Conflict if can_be_ticked(finding) => Some("ほかの人の報告を、この内容に置き換える"),
        Fate::Same | Fate::New | Fate::Change | Fate::Conflict | Fate::Refused => None,
    };
    let tick = tick.map(|words| {
        let name = take(finding);
        view! { <label class="dads-radio"><input class="dads-checkbox__input" type="checkbox" name=name value="on"/><span>{words}</span></label> }
    });
    let stuck = (Fate::of(finding) == Fate::Conflict && !can_be_ticked(finding))
        .then(|| view! { <p>"置き換えるときは、「訂正の理由」を書いて、もう一度取り込んでください。"</p> });
    view! {
        <tr role="row">
            <td role="cell"><span class="dads-table__cell-label">"区分"</span><b>{Fate::of(finding).label()}</b></td>
            <th scope="row" role="rowheader">{name}<span class="dads-table__sub">{detail}</span></th>
            <td role="cell"><span class="dads-table__cell-label">"変更前"</span><div class="rashin-difference stack">{who}{before}</div></td>
            <td role="cell"><span class="dads-table__cell-label">"変更後"</span><div class="stack"><div class="rashin-difference stack">{after}</div>{questions}{tick}{stuck}</div></td>
        </tr>
    }
}
