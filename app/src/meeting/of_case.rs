//! 審議の記録: the meetings that had a case before them, on the case's page and for its decisions.

use jiff::Timestamp;
use leptos::prelude::*;
use rashin_domain::{
    case::{self, Standing},
    clock::date_label,
    form::{Form, FormErrors},
    ids::{AgendaId, CaseId},
    meeting::{State, day_label},
    route::{Acts, Outcome, Requirement, Stage},
    text::sentences,
};
use rashin_store::{
    TenantTx,
    meeting::{Point, Sitting, Taken, Wanted},
    minutes::{Answered, Errand, Errands},
};

use super::{errands, meeting_url, meetings_url};
use crate::{
    case::page::is_decided_elsewhere,
    council::{Council, body_url},
    ui::{
        field::{Filled, optional, required, select},
        section::{self, empty, note},
    },
    web::Refusal,
};
use rashin_store::case::CaseFile;

/// What bodies did with a case.
pub struct Before {
    sittings: Vec<Sitting>,
    /// Those of the acting body since the case came to its stage, where nothing was decided about it yet.
    pub held: Vec<Sitting>,
    errands: Vec<Errand>,
    answered: Vec<Answered>,
    today: jiff::civil::Date,
}

impl Before {
    pub async fn load(tx: &mut TenantTx, filed: &CaseFile, council: &Council) -> Result<Self, Refusal> {
        let sittings = tx.meetings(Wanted { case: Some(filed.id), ..Wanted::default() }).await?;
        let held = since_it_came(&sittings, filed, council);
        let (errands, answered) = (tx.errands(Errands::OfCase(filed.id)).await?, tx.answers_about(filed.id).await?);
        Ok(Self { sittings, held, errands, answered, today: council.today })
    }

    /// A decision form as it begins: with the meeting, if there is only one.
    pub fn filled(&self) -> Form {
        let mut form = Form::default();
        if let [only] = &self.held[..] {
            form.set("meeting", only.number.to_string());
        }
        form
    }
}

/// Meetings of the acting body that have had a case before them since it came to its stage.
pub async fn held(tx: &mut TenantTx, filed: &CaseFile, council: &Council) -> Result<Vec<Sitting>, Refusal> {
    let sittings = tx.meetings(Wanted { case: Some(filed.id), ..Wanted::default() }).await?;
    Ok(since_it_came(&sittings, filed, council))
}

fn since_it_came(sittings: &[Sitting], filed: &CaseFile, council: &Council) -> Vec<Sitting> {
    let Standing::At(at) = council.standing(filed) else { return Vec::new() };
    let Some(Acts::Body(body)) = filed.route.stage(&at.stage).map(|stage| &stage.acts) else { return Vec::new() };
    let counts = |sitting: &&Sitting| {
        let meeting = &sitting.meeting;
        let is_open = sitting.point_of(filed.id).is_some_and(|point| point.outcome.is_none());
        sitting.body == *body && meeting.has_met(council.today) && at.since <= meeting.arrangement.on && is_open
    };
    sittings.iter().filter(counts).cloned().collect()
}

/// The agenda's point of the meeting that a decision names. Where the stage asks for a meeting, it names one; what a meeting
/// decided is of its day.
pub fn choose(form: &Form, held: &[Sitting], stage: &Stage, case: CaseId) -> Result<Option<AgendaId>, FormErrors> {
    let chosen = held.iter().find(|sitting| sitting.number.to_string() == form.get("meeting"));
    let typed = form.date("decided", "決定日", &mut FormErrors::default()).flatten().filter(|_| is_decided_elsewhere(stage));
    let goes_on = Outcome::from_code(form.get("outcome")).is_some_and(Outcome::goes_on);
    match chosen {
        Some(sitting) if typed.is_some_and(|day| day != sitting.meeting.arrangement.on) => {
            let met = day_label(sitting.meeting.arrangement.on);
            Err(FormErrors::one(
                "decided_year",
                format!("決定日が、審議した会議の日（{met}）と違います。会議で決めたときは、決定日を空にしてください。"),
            ))
        }
        Some(sitting) => Ok(sitting.point_of(case).map(|point| point.id)),
        None if !held.is_empty() && goes_on && stage.requires.contains(&Requirement::Meeting) => {
            Err(FormErrors::one("meeting", sentences::choose("審議した会議")))
        }
        None => Ok(None),
    }
}

/// The field in which a decision names its meeting; nothing where none was held.
pub fn chooser(filled: &Filled, before: &Before, stage: &Stage) -> Option<AnyView> {
    let label = "審議した会議";
    let label = if stage.requires.contains(&Requirement::Meeting) { required(label) } else { optional(label) };
    let held: Vec<_> = (before.held.iter())
        .map(|sitting| {
            let arrangement = &sitting.meeting.arrangement;
            (sitting.number.to_string(), format!("{}　{}", arrangement.title, day_label(arrangement.on)))
        })
        .collect();
    (!held.is_empty()).then(|| select(filled, "meeting", &label, &held, "選択してください").into_any())
}

/// Where to go for the meeting that is missing.
pub fn to_meet(city: &str, missing: &[&str]) -> Option<AnyView> {
    missing.contains(&Requirement::Meeting.label()).then(|| {
        view! { <p class="note">"会議の次第に載せ、その日以後に会議の画面から結果を記録してください。"<a href=meetings_url(city)>"会議の一覧"</a></p> }
            .into_any()
    })
}

/// 「了承」, 「トライアル（2027年3月31日まで）」, with votes where they were counted.
pub fn taken_words(taken: &Taken) -> String {
    let case::Act::Decided { outcome, until, .. } = &taken.act else { return String::new() };
    let until = until.map(|until| format!("（{}まで）", date_label(until))).unwrap_or_default();
    let votes = taken.votes.map(|votes| format!("　賛成{}・反対{}・保留{}", votes.agreed, votes.against, votes.withheld));
    format!("{}{until}{}", outcome.label(), votes.unwrap_or_default())
}

/// The reason of a decision; empty without one.
pub fn reason(taken: &Taken) -> &str {
    match &taken.act {
        case::Act::Decided { reason, .. } => reason,
        case::Act::Opened | case::Act::Withdrawn { .. } | case::Act::HandedOver { .. } => "",
    }
}

/// 審議の記録: each meeting with what came of the case there, the newest first; what is still to be done for it.
pub fn section(city: &str, filed: &CaseFile, before: &Before) -> AnyView {
    let line = |sitting: &Sitting, point: &Point| {
        let arrangement = &sitting.meeting.arrangement;
        let words = match (&point.outcome, sitting.meeting.state) {
            (Some(taken), _) => taken_words(taken),
            (None, State::CalledOff) => "中止".to_owned(),
            (None, _) if !point.result.is_empty() => "報告".to_owned(),
            (None, _) if sitting.meeting.has_met(before.today) => "結果の記録待ち".to_owned(),
            (None, _) => "予定".to_owned(),
        };
        let said = point.outcome.as_ref().map_or(point.result.as_str(), reason).to_owned();
        let quote = (!said.is_empty()).then(|| view! { <blockquote class="rashin-lines">{said}</blockquote> });
        view! {
            <li>
                <span class="rashin-task-list__kind">{words}</span>
                <span class="rashin-task-list__body"><a href=meeting_url(city, sitting.number)>{arrangement.title.clone()}</a><br/><span class="note">{arrangement.when()}</span>{quote}</span>
            </li>
        }
    };
    let lines: Vec<_> = before.sittings.iter().rev().filter_map(|sitting| Some(line(sitting, sitting.point_of(filed.id)?))).collect();
    let body = match lines.is_empty() {
        true => empty("会議にはまだ諮られていません。", Some((meetings_url(city), "会議の一覧"))).into_any(),
        false => view! { <ul class="rashin-task-list">{lines}</ul> }.into_any(),
    };
    let errands =
        (!before.errands.is_empty()).then(|| view! { <h3>"対応事項"</h3>{errands::list(city, &before.errands, before.today, None)} });
    section::section("meetings", "審議の記録", note(format!("{}回", before.sittings.len())), view! { {body}{errands} })
}

/// What members answered to circulated papers about a case: moment and words, for the case's history.
pub fn answers(city: &str, before: &Before) -> Vec<(Timestamp, AnyView)> {
    let line = |one: &Answered| {
        let sitting = before.sittings.iter().find(|sitting| sitting.agenda.iter().any(|point| point.id == one.point))?;
        let said = (!one.text.is_empty()).then(|| view! { <blockquote class="rashin-lines">{one.text.clone()}</blockquote> });
        let words = view! {
            <b>{format!("持ち回りの回答：{}", one.answer.label())}</b><br/>
            <span class="note">{format!("{}　{}　", one.acted_as, one.name)}<a href=meeting_url(city, sitting.number)>{sitting.meeting.arrangement.title.clone()}</a></span>
            {said}
        };
        Some((one.at, words.into_any()))
    };
    before.answered.iter().filter_map(line).collect()
}

/// On the page of a body: its meetings, and its calendar.
pub fn links_of_body(city: &str, body: &str) -> AnyView {
    view! {
        <p class="links">
            <a href=format!("{}?body={body}", meetings_url(city))>"会議"</a>
            <a href=format!("{}/calendar.ics", body_url(city, body)) download="">"予定表に入れる"</a>
        </p>
    }
    .into_any()
}
