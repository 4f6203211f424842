//! 結果: what came of every point, in one form. Nothing is written before all of it is right.

use axum::{extract::Path, response::Response};
use leptos::prelude::*;
use rashin_domain::{
    access::Action,
    case::{Act, At},
    clock::date_label,
    form::{Form, FormErrors},
    ids::AgendaId,
    kpi::NOTE_LIMIT,
    route::{Outcome, Stage},
    text::number,
};
use rashin_store::{
    case::{CaseFile, STALE_EVENT},
    meeting::{Point, Votes},
};

use super::{
    Hall, NOT_NOW, crumbs, meeting_url,
    of_case::{reason, taken_words},
};
use crate::{
    case::{
        actions::{read, seen},
        adoption, case_url,
        page::{decision_fields, outcome_words},
        standing_words, tell,
    },
    ui::{
        field::{Filled, Input, TEXT, hidden, id_of, input, optional, post_form, textarea},
        frame::{Frame, Here},
        section::{empty, note, page_head},
    },
    web::{Page, Posted, Refusal, Visit},
};

const VOTES: [(&str, &str); 3] = [("for", "賛成"), ("against", "反対"), ("withheld", "保留")];
const COUNT: Input = Input { width: Some("4"), numeric: true, ..TEXT };
const OVERTAKEN: &str = "この案件は、画面を開いたあとに先へ進みました。いまの結果を確かめてください。入力した理由は残してあります。";

/// What a point of the agenda asks for.
enum Asks<'a> {
    /// A decision at a stage of the case.
    Decision(&'a CaseFile, &'a Stage, At),
    /// It was decided.
    Decided(&'a CaseFile),
    /// Words, if there is something to say: a report, or a point of its own.
    Words(Option<&'a CaseFile>),
}

fn asks<'a>(hall: &Hall, cases: &'a [CaseFile], point: &Point) -> Asks<'a> {
    let filed = point.case.as_ref().and_then(|case| cases.iter().find(|filed| filed.id == case.id));
    match (filed, &point.outcome) {
        (Some(filed), Some(_)) => Asks::Decided(filed),
        // A case that came to the body after the meeting was not before it.
        (Some(filed), None) => match hall.stage_of(filed).filter(|(_, at)| at.since <= hall.sitting.meeting.arrangement.on) {
            Some((stage, at)) => Asks::Decision(filed, stage, at),
            None => Asks::Words(Some(filed)),
        },
        (None, _) => Asks::Words(None),
    }
}

/// Of the fields of a case: its number is the same whatever moves on the agenda.
fn prefix(filed: &CaseFile) -> String {
    format!("c{}.", filed.number)
}

fn words_field(point: &Point) -> String {
    format!("r{}", point.id.0.simple())
}

/// `/{city}/staff/meetings/{number}/outcomes`
pub async fn outcomes(visit: Visit, Path((city, number)): Path<(String, i32)>) -> Result<Page, Refusal> {
    let (mut tx, hall, _may) = Hall::run(&visit, &city, number).await?;
    let cases = tx.cases(None).await?;
    let sitting = &hall.sitting;
    let filled = Filled::new(visit.take_held().await?, || {
        Form::from_pairs(sitting.agenda.iter().map(|point| (words_field(point), point.result.clone())))
    });
    let (url, title) = (meeting_url(&city, number), "結果を記録する");
    let form = if !sitting.meeting.is_recorded_on(hall.council.today) {
        empty(NOT_NOW, Some((url, "会議に戻る"))).into_any()
    } else if sitting.agenda.is_empty() {
        empty("次第に議題がありません。先に議題を加えてください。", Some((format!("{url}#agenda"), "次第に戻る"))).into_any()
    } else {
        let points = sitting.agenda.iter().enumerate().map(|(n, point)| fields(&city, &hall, &cases, n, point, &filled)).collect_view();
        post_form(format!("{url}/outcomes"), points, "結果を記録する").into_any()
    };
    let main = view! {
        {filled.summary()}
        {page_head(sitting.meeting.arrangement.title.clone(), title, ())}
        {note("結果を選ばなかった案件は、そのまま残り、あとで記録できます。1件でも直すところがあれば、何も記録しません。")}
        {form}
    };
    let frame = Frame::staff(&tx, None, Here::Cases).crumbs(crumbs(&city, Some(sitting))).flash(visit.take_flash().await?);
    Ok(Page::new(filled.title(title), frame, main))
}

fn fields(city: &str, hall: &Hall, cases: &[CaseFile], n: usize, point: &Point, filled: &Filled) -> AnyView {
    let heading = match &point.case {
        Some(case) => view! { <h2>{format!("{}　", n + 1)}<a href=case_url(city, case.number)>{case.title.clone()}</a></h2> }.into_any(),
        None => view! { <h2>{format!("{}　{}", n + 1, point.text)}</h2> }.into_any(),
    };
    let words = |hint: &'static str| textarea(filled, &words_field(point), &optional("結果").hint(hint), 3);
    let body = match asks(hall, cases, point) {
        Asks::Decision(filed, stage, _) => {
            let prefix = prefix(filed);
            let words = |outcome: Outcome| in_a_meeting(outcome, outcome_words(filed, stage, outcome));
            let votes = hall.body.charter.votes.then(|| votes(filled, &prefix));
            view! {
                {note(format!("案件 {}　{}", filed.number, stage.name))}
                {hidden(&format!("{prefix}seen"), seen(filed, &hall.council))}
                {decision_fields(filled, &prefix, optional("結果"), stage, words)}
                {votes}
            }
            .into_any()
        }
        Asks::Decided(filed) => {
            let taken = point.outcome.as_ref().map(|taken| {
                let said = Some(reason(taken).to_owned()).filter(|said| !said.is_empty());
                view! { <p><b>{taken_words(taken)}</b></p>{said.map(|said| view! { <blockquote class="rashin-lines">{said}</blockquote> })} }
            });
            view! { {taken}{unsaved(filed, filled)} }.into_any()
        }
        Asks::Words(Some(filed)) => {
            let where_it_is = standing_words(filed, &hall.council.standing(filed));
            let why = match hall.stage_of(filed) {
                Some((_, at)) => format!("届いたのが会議の日より後（{}）なので、この会議では決められません。", date_label(at.since)),
                None => "この会議では決めず、報告として扱います。".to_owned(),
            };
            view! {
                {note(format!("案件 {}　いまは「{where_it_is}」。{why}", filed.number))}
                {unsaved(filed, filled)}
                {words("報告への意見など。")}
            }
            .into_any()
        }
        Asks::Words(None) => words("決まったこと。").into_any(),
    };
    view! { <section class="section">{heading}<div class="stack">{body}</div></section> }.into_any()
}

/// A meeting says 不了承, whether the case goes back or ends.
fn in_a_meeting(outcome: Outcome, words: String) -> String {
    if matches!(outcome, Outcome::Returned | Outcome::Rejected) { format!("不了承：{words}") } else { words }
}

/// What was typed for a case that somebody else decided about meanwhile.
fn unsaved(filed: &CaseFile, filled: &Filled) -> Option<AnyView> {
    let prefix = prefix(filed);
    let field = format!("{prefix}outcome");
    let sentence = filled.errors.of(&field)?.to_owned();
    let typed = filled.form.under(&prefix);
    let lost = [("結果", Outcome::from_code(typed.get("outcome")).map(Outcome::label).unwrap_or_default()), ("理由", typed.get("reason"))];
    let lost: Vec<String> = lost.iter().filter(|(_, said)| !said.is_empty()).map(|(what, said)| format!("{what}：{said}")).collect();
    Some(
        view! {
            <div class="dads-form-control-label" data-invalid="" id=id_of(&field)>
                <p class="dads-form-control-label__error-text">{format!("＊{sentence}")}</p>
                {(!lost.is_empty()).then(|| view! { <p>"記録しなかった入力"</p><blockquote class="rashin-lines">{lost.join("\n")}</blockquote> })}
            </div>
        }
        .into_any(),
    )
}

fn votes(filled: &Filled, prefix: &str) -> AnyView {
    let inputs =
        VOTES.map(|(field, label)| input(filled, &format!("{prefix}{field}"), &optional(format!("{label}（人）")), COUNT).into_any());
    view! { <div class="rashin-ledger-funds">{inputs.into_iter().collect_view()}</div> }.into_any()
}

/// All three, or none.
fn read_votes(form: &Form, errors: &mut FormErrors) -> Option<Votes> {
    if VOTES.iter().all(|(field, _)| form.get(field).trim().is_empty()) {
        return None;
    }
    let mut count = |at: usize| {
        let (field, label) = VOTES[at];
        let typed = number::parse(form.get(field)).ok().filter(|count| count.fract().is_zero()).and_then(|count| i32::try_from(count).ok());
        match typed.filter(|count| (0..=9_999).contains(count)) {
            Some(count) => Some(count),
            None => errors.push(field, format!("{label}は0以上の整数で入力してください。採決しないときは、3つとも空にします。")),
        }
    };
    let (agreed, against, withheld) = (count(0), count(1), count(2));
    Some(Votes { agreed: agreed?, against: against?, withheld: withheld? })
}

/// One decision that is to be recorded.
struct Decision<'a> {
    point: AgendaId,
    filed: &'a CaseFile,
    acted_as: String,
    act: Act,
    document: String,
    votes: Option<Votes>,
}

/// `POST /{city}/staff/meetings/{number}/outcomes`. Fields of each case under `c{number}.`, words of other points as `r{id}`.
pub async fn record(visit: Visit, Path((city, number)): Path<(String, i32)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let url = meeting_url(&city, number);
    let page = format!("{url}/outcomes");
    visit.or_hold(&page, &form).await?;
    let (mut tx, hall, permit) = Hall::run(&visit, &city, number).await?;
    hall.must_record(&url)?;
    let cases = tx.cases(None).await?;
    let member = tx.member().cloned().ok_or(Refusal::NotFound)?;
    let mut errors = FormErrors::default();
    let (mut decisions, mut results) = (Vec::new(), Vec::new());
    for point in &hall.sitting.agenda {
        match asks(&hall, &cases, point) {
            Asks::Words(filed) => {
                let said = form.text(&words_field(point), "結果", NOTE_LIMIT, &mut errors);
                if said != point.result {
                    results.push((point.id, said));
                }
                let came_late = filed.filter(|filed| is_meant(&form.under(&prefix(filed))));
                came_late.map(|filed| errors.push::<()>(&format!("{}outcome", prefix(filed)), OVERTAKEN.to_owned()));
            }
            Asks::Decided(filed) if is_meant(&form.under(&prefix(filed))) => {
                errors.push::<()>(&format!("{}outcome", prefix(filed)), OVERTAKEN.to_owned());
            }
            Asks::Decided(_) => {}
            Asks::Decision(filed, stage, at) => {
                let typed = form.under(&prefix(filed));
                if !is_meant(&typed) {
                    continue;
                }
                let mut of_votes = FormErrors::default();
                let votes = if hall.body.charter.votes { read_votes(&typed, &mut of_votes) } else { None };
                let read = match typed.get("seen") == seen(filed, &hall.council) {
                    true => read(&typed, filed, stage, &at, &hall.council, true),
                    false => Err(FormErrors::one("outcome", OVERTAKEN)),
                };
                let lacks = match &read {
                    Ok((act, _)) => adoption::lacks(&mut tx, filed, stage, act).await?,
                    Err(_) => false,
                };
                match read {
                    Ok(_) if lacks => {
                        errors.push::<()>(&format!("{}outcome", prefix(filed)), adoption::LACKS.to_owned());
                    }
                    Ok((act, document)) if of_votes.is_empty() => {
                        let acted_as = hall.council.acting_as(&member, &stage.acts);
                        decisions.push(Decision { point: point.id, filed, acted_as, act, document, votes });
                    }
                    read => errors.put(&prefix(filed), &read.err().unwrap_or_default().and(of_votes)),
                }
            }
        }
    }
    if !errors.is_empty() {
        return visit.back(&page, form, errors).await;
    }
    for Decision { point, filed, acted_as, act, document, votes } in &decisions {
        let permit = visit.permit(&mut tx, &Action::ActOnCase { turn: &hall.hosts() }).await?;
        match tx.record_event(permit, filed, act, acted_as, document).await {
            // Dropped with the transaction: the other cases, too.
            Err(error) if error.is_conflict_on(STALE_EVENT) => {
                return visit.back(&page, form, FormErrors::one(&format!("{}outcome", prefix(filed)), OVERTAKEN)).await;
            }
            recorded => recorded?,
        }
        tx.tie_outcome(*point, filed.id, filed.case.version, *votes).await?;
        tell::what_happened(&mut tx, filed.number).await?;
    }
    if !results.is_empty() {
        tx.keep_results(permit, &hall.sitting, &results).await?;
    }
    let count = decisions.len() + results.len();
    tx.commit().await?;
    match count {
        0 => visit.go(&page, "記録するものはありませんでした", "結果を選んでから記録してください。").await,
        count => visit.go(&url, format!("結果を{count}件記録しました"), "").await,
    }
}

/// Whether something was typed for a case.
fn is_meant(typed: &Form) -> bool {
    typed.iter().any(|(field, value)| field != "seen" && !value.trim().is_empty())
}
