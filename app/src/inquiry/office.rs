//! What 事務局 sees of an inquiry: who replied, what they said by object, and the forms to answer.

use jiff::civil::Date;
use leptos::prelude::*;
use rashin_domain::{
    clock::{date_label, moment_label},
    inquiry::{Comment, Outcome, Reply, Snapshot, Standing, rolled_up},
};
use rashin_store::inquiry::Inquiry;

use super::{Concern, comment_view, subject_head, terms};
use crate::{
    editor::comparison::comparison_table,
    ui::{
        field::{Filled, confirm, date, day, hidden, optional, radios, required, side_form, textarea},
        section::{empty, note, page_head, section},
    },
};

pub fn roll_up(city: &str, concern: &Concern, snapshot: &Snapshot, comments: &[Comment], filled: Filled, today: Date) -> AnyView {
    let inquiry = &concern.inquiry;
    let (at, standing) = (concern.url(city), inquiry.standing(today));
    let filled = with_answers(filled, comments, inquiry);
    let subjects = snapshot.subjects(inquiry.branch.as_deref());
    let rolled = rolled_up(&subjects, &inquiry.sections(), comments);
    let count: usize = rolled.iter().map(|(_, comments)| comments.len()).sum();
    let groups = rolled.into_iter().map(|(subject, comments)| {
        let items = comments.into_iter().map(|comment| {
            let form = concern.is_office.then(|| answer_form(&at, comment, &filled));
            comment_view(comment, form.into_any())
        });
        view! { <h3>{subject_head(subject)}</h3><ul class="rashin-comments">{items.collect_view()}</ul> }
    });
    let groups = groups.collect_view();
    let links = view! {
        <p class="links"><a href=format!("{at}/table")>"会議用の一覧（印刷）"</a><a href=format!("{at}/table.xlsx")>"会議用の一覧（Excel）"</a></p>
    };
    view! {
        {filled.summary()}
        {page_head(inquiry.plan_title.clone(), inquiry.title.clone(), links)}
        <p class="lead">{lead(inquiry, standing, count)}</p>
        {terms(inquiry, snapshot, standing)}
        {section("comments", "意見と対応", note(format!("{count}件")), if count == 0 {
            empty("意見は、まだありません。届くと、ここに取組や指標ごとに並びます。", None).into_any()
        } else {
            groups.into_any()
        })}
        {replies(&at, concern, standing)}
        {(concern.is_office && standing != Standing::Closed).then(|| acts(&at, concern, &filled))}
        {changes(inquiry, snapshot)}
    }
    .into_any()
}

fn lead(inquiry: &Inquiry, standing: Standing, count: usize) -> String {
    let (asked, missing) = (inquiry.asked.len(), inquiry.missing().count());
    let replied = match missing {
        0 => format!("{asked}部署のすべてが回答しました。"),
        missing => format!("{asked}部署のうち{}部署が回答しました。", asked - missing),
    };
    let waiting = match (count, inquiry.unanswered) {
        (0, _) => "意見はありません。".to_owned(),
        (count, 0) => format!("意見{count}件のすべてに対応を書きました。"),
        (count, waiting) => format!("意見{count}件のうち、対応を書いていないものが{waiting}件あります。"),
    };
    let late = if standing == Standing::Overdue && missing > 0 { "期限を過ぎています。" } else { "" };
    format!("{replied}{late}{waiting}")
}

/// What was typed, and for every other comment the answer that stands.
fn with_answers(mut filled: Filled, comments: &[Comment], inquiry: &Inquiry) -> Filled {
    let typed = filled.form.get("comment").to_owned();
    for comment in comments.iter().filter(|comment| comment.id.to_string() != typed) {
        if let Some(answer) = &comment.answer {
            filled.form.set(&format!("outcome.{}", comment.id), answer.outcome.code());
            filled.form.set(&format!("answer.{}", comment.id), answer.text.clone());
        }
    }
    if filled.form.get("seen_deadline").is_empty() {
        filled.form.set_date("deadline", inquiry.deadline);
    }
    filled
}

fn answer_form(at: &str, comment: &Comment, filled: &Filled) -> impl IntoView + use<> {
    let (outcome, text) = (format!("outcome.{}", comment.id), format!("answer.{}", comment.id));
    let is_open = filled.form.get("comment") == comment.id.to_string();
    let outcomes: Vec<_> = Outcome::ALL.iter().map(|outcome| (outcome.code(), outcome.label().to_owned())).collect();
    let summary = if comment.answer.is_some() { "対応を改める" } else { "対応を書く" };
    let words = format!("（{}の意見）", comment.section_name);
    let fields = view! {
        {hidden("comment", comment.id.to_string())}
        {hidden("seen", comment.answer.as_ref().map_or(0, |answer| answer.revision).to_string())}
        {radios(filled, &outcome, &required("対応"), &outcomes)}
        {textarea(filled, &text, &optional("回答").hint("「採用」のほかは、理由や対応の内容を書きます。"), 3)}
    };
    view! {
        <details class="rashin-fold" open=is_open>
            <summary>{summary}<span class="vh">{words}</span></summary>
            {side_form(format!("{at}/comments/{}/answers", comment.id), fields, "対応を保存する")}
        </details>
    }
}

/// Who has replied; those who have not come first.
fn replies(at: &str, concern: &Concern, standing: Standing) -> AnyView {
    let inquiry = &concern.inquiry;
    let (missing, replied): (Vec<_>, Vec<_>) = inquiry.asked.iter().partition(|asked| asked.reply.is_none());
    let items = missing.iter().chain(&replied).map(|asked| {
        let (word, detail) = match &asked.reply {
            Some((reply, moment, by)) => (reply.label(), format!("{}　{}", by.clone().unwrap_or_default(), moment_label(*moment))),
            None => ("未回答", asked.reminded_at.map(|at| format!("最後の督促 {}", moment_label(at))).unwrap_or_default()),
        };
        let detail = (!detail.trim().is_empty()).then(|| view! { <span class="note">"　"{detail}</span> });
        view! { <li><span class="rashin-task-list__kind">{word}</span><span class="rashin-task-list__body">{asked.name.clone()}{detail}</span></li> }
    });
    let items = items.collect_view();
    let nothing = replied.iter().filter(|asked| matches!(asked.reply, Some((Reply::Nothing, ..)))).count();
    let words = format!("未回答 {}　意見あり {}　意見なし {nothing}", missing.len(), replied.len() - nothing);
    let may_remind = concern.is_office && standing != Standing::Closed && !missing.is_empty();
    section(
        "replies",
        "部署ごとの回答",
        note(words),
        view! {
            <ul class="rashin-task-list">{items}</ul>
            {may_remind.then(|| view! {
                <p>"未回答の部署の承認者と担当に、メールで回答をお願いします。同じ部署へは1日に1回です。"</p>
                {side_form(format!("{at}/reminders"), (), "未回答の部署に督促を送る")}
            })}
        },
    )
}

fn acts(at: &str, concern: &Concern, filled: &Filled) -> AnyView {
    let is_wrong = |field: &str| filled.errors.fields().any(|name| name.starts_with(field));
    let deadline = concern.inquiry.deadline;
    let dates = view! {
        {hidden("seen_deadline", deadline.to_string())}
        {date(filled, &required("回答期限"), &day("deadline"))}
    };
    section(
        "acts",
        "期限と締め切り",
        note(format!("いまの期限 {}", date_label(deadline))),
        view! {
            <details class="rashin-fold" open=is_wrong("deadline")>
                <summary>"期限を変える"</summary>
                {side_form(format!("{at}/deadlines"), dates, "期限を保存する")}
            </details>
            <details class="rashin-fold" open=is_wrong("sure")>
                <summary>"照会を締め切る"</summary>
                {side_form(format!("{at}/closings"), view! {
                    <p>"締め切ったあとは、意見を受け付けません。再開はできません。対応は、締め切ったあとも書けます。"</p>
                    {confirm(filled, "sure", "意見の受け付けを終えてよいことを確かめました")}
                }, "締め切る")}
            </details>
        },
    )
}

/// What was sent for comment.
fn changes(inquiry: &Inquiry, snapshot: &Snapshot) -> AnyView {
    let differences = snapshot.differences(inquiry.branch.as_deref());
    let caption = format!("旧：{}　新：{}に送った案", snapshot.against, moment_label(inquiry.sent_at));
    section(
        "changes",
        "照会した変更",
        note(format!("{}か所", differences.len())),
        if differences.is_empty() {
            empty("この範囲に変わるところはありません。計画の内容そのものへの意見を求めています。", None).into_any()
        } else {
            view! { <details class="rashin-fold"><summary>"新旧対照表を開く"</summary>{comparison_table(&caption, &differences)}</details> }
                .into_any()
        },
    )
}
