//! 事務局 sets another grade than the rule, with a reason, and takes it back.

use axum::{extract::Path, response::Response};
use jiff::civil::Date;
use leptos::prelude::*;
use rashin_domain::{
    access::Action,
    clock::moment_label,
    grading::{Override, named},
    kpi::NOTE_LIMIT,
    progress::{judge_by, judged_report},
};
use rashin_store::overrides::{OVERRULED, Standing};
use uuid::Uuid;

use super::staff::{Live, staff_url};
use crate::{
    audit::COMMAND_LINE,
    ui::{
        field::{Filled, hidden, required, select, side_form, textarea},
        section::{note, section},
        status::status,
    },
    web::{Posted, Refusal, Visit},
};

/// The forms on the sheet of a KPI. Nothing where nothing is judged.
pub fn forms(city: &str, live: &Live, standing: Option<&Standing>, today: Date, filled: &Filled) -> Option<AnyView> {
    let judged = judged_report(&live.head, &live.kpi, today)?;
    let grades = &live.head.grades;
    let url = staff_url(city, &live.kpi.code);
    let seen = standing.map(|standing| standing.id.to_string()).unwrap_or_default();
    let options: Vec<_> = grades.bands.iter().map(|band| (band.label.clone(), named(&band.symbol, &band.label))).collect();
    let computed = judge_by(grades, &live.head, &live.kpi, today);
    let label = required(format!("{}の判定", judged.0.label()));
    let fields = view! {
        {hidden("seen", seen.clone())}
        {select(filled, "label", &label, &options, "選択してください")}
        {textarea(filled, "override_reason", &required("判定を変える理由").hint(format!("公開ページに載ります。{NOTE_LIMIT}文字まで。")), 3)}
    };
    let standing = standing.zip(live.kpi.set_grade.as_ref()).map(|(standing, given)| {
        let by = standing.decided_by.clone().unwrap_or_else(|| COMMAND_LINE.to_owned());
        let words = format!(
            "{}の判定を「{}」にしています（{by}　{}）。理由：{}",
            given.period.label(),
            given.label,
            moment_label(standing.decided_at),
            given.reason
        );
        view! {
            <p class="prose">{words}</p>
            {((given.period, given.revision) != judged).then(|| note("そのあとに新しい報告があるため、いまは使われていません。"))}
            <form method="post" action=format!("{url}/grade-withdrawals")>
                {hidden("seen", seen)}
                <p class="actions"><button class="dads-button" data-type="outline" data-size="sm">"計算による判定に戻す"</button></p>
            </form>
        }
    });
    let body = view! {
        {standing}
        <p>"計算による判定　"{status(&computed)}<span class="dads-table__sub">{computed.reason.clone()}</span></p>
        {side_form(format!("{url}/grades"), fields, "判定を変える")}
    };
    Some(section("overrule", "事務局による判定", note("新しい報告が承認されると、計算による判定に戻ります。"), body))
}

/// `POST …/grades`
pub async fn overrule(visit: Visit, Path((city, code)): Path<(String, String)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = staff_url(&city, &code);
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let live = Live::load(&mut tx, &code).await?;
    let permit = visit.permit(&mut tx, &Action::Conduct).await?;
    let given = match Override::parse(&form, &live.head, &live.kpi, tx.today()) {
        Ok(given) => given,
        Err(errors) => return visit.back(&page, form, errors).await,
    };
    match tx.overrule(permit, live.plan.id, &code, form.get("seen").parse().ok(), &given).await {
        Err(error) if error.is_conflict_on(OVERRULED) => return Err(overtaken(page)),
        done => done?,
    }
    tx.commit().await?;
    let words = format!("{}の判定を「{}」にしました", given.period.label(), given.label);
    visit.go(&page, words, "次に公表する版から、公開ページに理由とともに載ります。").await
}

/// `POST …/grade-withdrawals`
pub async fn withdraw(visit: Visit, Path((city, code)): Path<(String, String)>, Posted(form): Posted) -> Result<Response, Refusal> {
    let page = staff_url(&city, &code);
    visit.or_hold(&page, &form).await?;
    let mut tx = visit.enter(&city).await?;
    let live = Live::load(&mut tx, &code).await?;
    let permit = visit.permit(&mut tx, &Action::Conduct).await?;
    let seen: Uuid = form.get("seen").parse().map_err(|_| overtaken(page.clone()))?;
    match tx.withdraw_override(permit, live.plan.id, &code, seen).await {
        Err(error) if error.is_conflict_on(OVERRULED) => return Err(overtaken(page)),
        done => done?,
    }
    tx.commit().await?;
    visit.go(&page, "計算による判定に戻しました", "").await
}

fn overtaken(back: String) -> Refusal {
    Refusal::Conflict {
        what: "先にほかの人が、この指標の判定を変えるか、計算による判定に戻しています。".to_owned(), back
    }
}
