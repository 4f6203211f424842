//! `/{city}/staff/updates`: the page, and the same on paper.

use axum::extract::{Path, Query};
use leptos::prelude::*;
use rashin_domain::{
    clock::{date_label, moment_label},
    form::{Form, FormErrors},
    round::Round,
};
use serde::Deserialize;

use super::{
    Bench,
    actions::sent,
    bench::{Progress, Row, Subject},
    islands::AutoSave,
    rows, updates_url,
};
use crate::{
    kpi::{comments::count, fields::in_brief},
    meeting,
    review::{OpenReviews, open_reviews, reviews_url},
    ui::{
        field::Filled,
        frame::{Frame, Here},
        section::{col, empty, note, page_head, section, table},
        status::chip_of,
    },
    web::{Page, Refusal, Visit},
    year::closing,
};

#[derive(Deserialize)]
pub struct View {
    /// `print`: to be filled in by hand.
    #[serde(default)]
    view: String,
}

pub async fn updates(visit: Visit, Path(city): Path<String>, Query(View { view }): Query<View>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let drafts = tx.report_drafts().await?;
    let bench = Bench::load(&mut tx, drafts).await?;
    let open = match &bench {
        Some(bench) => open_reviews(&mut tx, &bench.owed).await?,
        None => None,
    };
    let to_review = open.filter(|open| open.mine > 0).map(|open| to_review(&open, &city));
    let errands = meeting::errands::mine(&mut tx, &city).await?;
    let flash = visit.take_flash().await?;
    let held = visit.take_held().await?;
    let frame = Frame::staff(&tx, None, Here::Updates).flash(flash);
    let Some(bench) = bench else {
        let main = view! { {page_head("", "わたしの更新", ())}{empty("この団体の計画は、まだ登録されていません。", None)}{errands} };
        return Ok(Page::new("わたしの更新", frame, main));
    };
    let rows = bench.rows();
    let orphans: Vec<String> = bench.orphans().into_iter().filter_map(|draft| bench.in_words(&draft.item, &draft.form)).collect();
    let orphans = (!orphans.is_empty()).then(|| {
        view! {
            <div class="dads-notification-banner" data-type="warning">
                <p class="dads-notification-banner__heading">"ほかの人が先に報告したか、報告の対象でなくなったものがあります"</p>
                <p class="dads-notification-banner__body">{format!("あなたの下書きは提出していません。{}", orphans.concat())}</p>
            </div>
        }
    });
    if rows.is_empty() {
        let main =
            view! { {orphans}{page_head("", "わたしの更新", excel(&city))}{nothing(&bench)}{errands}{to_review}{filed(&bench, &city)} };
        return Ok(Page::new("わたしの更新", frame, main));
    }
    let rounds = rounds(&rows);
    if view == "print" {
        let main = view! { {page_head(rounds_words(&rounds), "報告の下書き用紙", ())}{paper(&rows)} };
        return Ok(Page::new("報告の下書き用紙", frame, main));
    }
    let came_back = held.as_ref().is_some_and(|(_, errors)| errors.is_empty());
    let filled = filled(&rows, held);
    let progress: Vec<Progress> = rows.iter().map(|row| row.progress(&filled.form.under(&row.prefix()))).collect();
    let of = rows.len();
    let mut fields = Vec::with_capacity(of);
    for row in &rows {
        let before = match row.subject {
            Subject::Kpi(kpi) => tx.responsibilities(&kpi.code).await?,
            Subject::Initiative => Vec::new(),
        };
        fields.push(rows::fields(row, &filled, &bench.content.plan, of, &before, bench.today));
    }
    let url = updates_url(&city);
    let tools = view! {
        <p class="links">
            <a href=format!("{url}/workbook") download="">"Excelで受け取る"</a>
            {excel(&city)}
            <a href=format!("{url}?view=print")>"印刷用"</a>
        </p>
    };
    let main = view! {
        {orphans}
        {filled.summary()}
        {came_back.then(|| view! {
            <div class="dads-notification-banner" data-type="info-1"><p class="dads-notification-banner__heading">"入力内容は保持しています"</p><p class="dads-notification-banner__body">"続きから入力してください。まだ提出していません。"</p></div>
        })}
        {page_head(rounds_words(&rounds), "わたしの更新", tools)}
        <div class="rashin-work">
            {side(&bench, &rows, &progress, &rounds)}
            <form class="stack" id="updates" method="post" action=format!("{url}/checks") novalidate>
                {note("数字は、全角でも桁区切りがあっても構いません。減った数は▲を付けます。備考は公開ページに載ります。書いたものだけを提出でき、残りはあとで続けられます。")}
                {fields}
                <div class="rashin-submit">
                    <AutoSave form="updates".to_owned() to=format!("{url}/drafts")/>
                    <button class="dads-button" data-type="solid-fill">"確認へ進む"</button>
                    <button class="dads-button" data-type="outline" formaction=format!("{url}/drafts")>"下書きを保存"</button>
                </div>
            </form>
        </div>
        {errands}
        {to_review}
        {filed(&bench, &city)}
        <script type="module" src="/boot.js"></script>
    };
    Ok(Page::new(filled.title("わたしの更新"), frame, main))
}

fn excel(city: &str) -> impl IntoView + use<> {
    view! { <a href=format!("{}/workbooks", updates_url(city))>"Excelで報告する"</a> }
}

/// What is shown in the fields: what came back, else the draft, else the start. A form that came back was numbered by the
/// tasks of its time.
fn filled(rows: &[Row<'_>], held: Option<(Form, FormErrors)>) -> Filled {
    let (mut form, mut errors) = (Form::default(), FormErrors::default());
    let typed = held.as_ref().map(|(form, _)| sent(form)).unwrap_or_default();
    for row in rows {
        match typed.get(&row.key) {
            Some((before, typed)) => {
                form.put(&row.prefix(), typed);
                let faults = held.iter().flat_map(|(_, errors)| errors.iter());
                for (field, sentence) in faults.filter_map(|(field, sentence)| Some((field.strip_prefix(before.as_str())?, sentence))) {
                    errors.put(&row.prefix(), &FormErrors::one(field, sentence));
                }
            }
            None => form.put(&row.prefix(), &row.form()),
        }
    }
    Filled { form, errors }
}

/// The rounds that ask, each once.
fn rounds<'a>(rows: &[Row<'a>]) -> Vec<&'a Round> {
    let mut rounds: Vec<&Round> = Vec::new();
    for row in rows {
        if !rounds.contains(&row.task.round) {
            rounds.push(row.task.round);
        }
    }
    rounds
}

fn rounds_words(rounds: &[&Round]) -> String {
    rounds.iter().map(|round| round.label()).collect::<Vec<_>>().join("・")
}

fn side(bench: &Bench, rows: &[Row<'_>], progress: &[Progress], rounds: &[&Round]) -> AnyView {
    let done = progress.iter().filter(|one| !matches!(one, Progress::Untouched | Progress::Faulty)).count();
    let width = format!("{:.1}", done as f64 * 100.0 / rows.len() as f64);
    let several = rounds.len() > 1;
    let closing = rounds.iter().map(|round| {
        let until = closing(round, bench.today);
        let words = if several { format!("{} {until}", round.kind.label()) } else { until };
        view! { <span>{words}</span><br/> }
    });
    let saved = bench.saved_at().map(|at| format!("下書き（{}保存）", moment_label(at)));
    let items = rows.iter().zip(progress).map(|(row, progress)| {
        let (word, look) = progress.words();
        view! { <li><a href=format!("#report-{}", row.n)>{row.named.name.clone()}</a>{chip_of(look, word)}</li> }
    });
    view! {
        <aside class="rashin-work__side" aria-label="入力の状況">
            <p><b>{format!("{}件中{done}件", rows.len())}</b>" 入力済み"</p>
            <svg class="rashin-progress" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect width=width height="8"/></svg>
            <p class="note">{closing.collect_view()}{saved}</p>
            <ol class="rashin-task-list" data-two="">{items.collect_view()}</ol>
        </aside>
    }
    .into_any()
}

/// Why there is nothing to do, and when there will be.
fn nothing(bench: &Bench) -> AnyView {
    let next = bench.owed.rounds.iter().filter(|round| bench.today < round.opens_on).min_by_key(|round| round.opens_on);
    let words = match next {
        Some(round) => {
            format!("いま、あなたが報告するものはありません。次は{}で、{}に始まります。", round.label(), date_label(round.opens_on))
        }
        None => "いま、あなたが報告するものはありません。".to_owned(),
    };
    view! { <div class="rashin-empty"><p>{words}</p><p class="note">"担当している指標や取組がここに出ないときは、事務局に担当の割り当てを確かめてください。"</p></div> }.into_any()
}

/// Reviews of the year that has ended, which the member owes besides.
fn to_review(open: &OpenReviews, city: &str) -> AnyView {
    let href = format!("{}?year={}&show=mine", reviews_url(city), open.window.year.0);
    let words = format!("{}の評価と改善　{}件", open.window.year.label(), open.mine);
    let body = view! {
        <ul class="rashin-task-list"><li><span class="rashin-task-list__kind">"評価"</span><span class="rashin-task-list__body"><a href=href>{words}</a><br/><span class="note">{open.until()}</span></span></li></ul>
    };
    section("to-review", "評価と改善", (), body)
}

/// What the member reported lately and what became of it.
fn filed(bench: &Bench, city: &str) -> Option<AnyView> {
    let items = bench.own_reports().map(|report| {
        let state = match report.settled() {
            None => "承認待ち",
            Some(decision) if decision.approved => "承認",
            Some(_) => "差戻し",
        };
        view! {
            <li>
                <span class="rashin-task-list__kind">{state}</span>
                <span class="rashin-task-list__body"><a href=format!("/{city}/staff/reports/{}", report.id)>{report.name.clone()}</a><br/><span class="note">{report.period.label()}{count(report.comments).map(|words| format!("　{words}"))}</span></span>
                <span class="rashin-task-list__when">{moment_label(report.reported_at)}</span>
            </li>
        }
    });
    let items: Vec<_> = items.take(10).collect();
    (!items.is_empty()).then(|| section("filed", "提出した報告", (), view! { <ul class="rashin-task-list">{items.collect_view()}</ul> }))
}

/// A table with room to write.
fn paper(rows: &[Row<'_>]) -> AnyView {
    let lines = rows.iter().map(|row| {
        let (unit, last, target) = match &row.subject {
            Subject::Kpi(kpi) => in_brief(kpi, row.task.asked.period),
            Subject::Initiative => (String::new(), row.last().map(|report| report.note.clone()).unwrap_or_default(), String::new()),
        };
        view! {
            <tr>
                <th scope="row">{row.named.name.clone()}<span class="dads-table__sub">{row.task.asked.period.label()}</span></th>
                <td>{last}</td><td>{target}</td><td class="rashin-blank">{unit}</td><td class="rashin-blank"></td>
            </tr>
        }
    });
    let body = view! { <tbody>{lines.collect_view()}</tbody> }.into_any();
    let heads = vec![col("指標・取組"), col("前回"), col("目標"), col("実績・状況"), col("備考")];
    table("paper", format!("{}件", rows.len()), heads, body, false)
}
