//! What an asked section sees: what changes, what it has said, and a field for every node and KPI.

use std::collections::BTreeMap;

use jiff::civil::Date;
use leptos::prelude::*;
use rashin_domain::{
    clock::{date_label, moment_label},
    draft::compare::Row,
    ids::MemberId,
    inquiry::{COMMENT_LIMIT, Comment, Reply, Snapshot, Standing, Subject, rolled_up},
};

use super::{Concern, comment_view, subject_head, terms};
use crate::{
    editor::comparison::comparison_table,
    ui::{
        field::{Filled, hidden, optional, required, select, textarea},
        section::{empty, note, page_head, section},
    },
};

pub fn asked(
    city: &str,
    concern: &Concern,
    snapshot: &Snapshot,
    comments: &[Comment],
    filled: &Filled,
    today: Date,
    me: Option<MemberId>,
) -> AnyView {
    let inquiry = &concern.inquiry;
    let (at, standing) = (concern.url(city), inquiry.standing(today));
    let subjects = snapshot.subjects(inquiry.branch.as_deref());
    let differences = snapshot.differences(inquiry.branch.as_deref());
    let caption = format!("旧：{}　新：{}に照会した案", snapshot.against, moment_label(inquiry.sent_at));
    let takes = standing != Standing::Closed && !concern.speaks.is_empty();
    view! {
        {filled.summary()}
        {page_head(inquiry.plan_title.clone(), inquiry.title.clone(), takes.then(|| view! { <p class="links"><a href="#comments">"意見を書く"</a></p> }))}
        <p class="lead">{lead(concern, standing)}</p>
        {terms(inquiry, snapshot, standing)}
        {section("changes", "変わるところ", note(format!("{}か所", differences.len())), if differences.is_empty() {
            empty("この範囲に変わるところはありません。計画の内容そのものへの意見を求められています。", None).into_any()
        } else {
            comparison_table(&caption, &differences)
        })}
        {own(&at, concern, &subjects, comments, takes, me)}
        {takes.then(|| form(&at, concern, snapshot, &subjects, filled))}
        {(standing == Standing::Closed).then(|| unsent(&subjects, filled))}
        {(concern.speaks.is_empty()).then(|| note("意見を書けるのは、照会を受けた部署の管理者・承認者・担当です。"))}
    }
    .into_any()
}

fn lead(concern: &Concern, standing: Standing) -> String {
    let inquiry = &concern.inquiry;
    let mine = inquiry.asked.iter().filter(|asked| concern.line.contains(&asked.section));
    let states: Vec<String> = mine
        .map(|asked| match &asked.reply {
            None => format!("{}はまだ回答していません。", asked.name),
            Some((Reply::Comments, ..)) => format!("{}は意見を出しました。", asked.name),
            Some((Reply::Nothing, ..)) => format!("{}は「意見なし」と回答しました。", asked.name),
        })
        .collect();
    let until = match standing {
        Standing::Open => format!("回答期限は{}です。", date_label(inquiry.deadline)),
        Standing::Overdue => format!("回答期限（{}）を過ぎていますが、まだ受け付けています。", date_label(inquiry.deadline)),
        Standing::Closed => "この照会は締め切られました。".to_owned(),
    };
    format!("{until}{}", states.concat())
}

/// What the visitor's sections have said, with the answers.
fn own(at: &str, concern: &Concern, subjects: &[Subject], comments: &[Comment], takes: bool, me: Option<MemberId>) -> Option<AnyView> {
    let own: Vec<Comment> = comments.iter().filter(|comment| concern.line.contains(&comment.section)).cloned().collect();
    let rolled = rolled_up(subjects, &concern.line, &own);
    let count: usize = rolled.iter().map(|(_, comments)| comments.len()).sum();
    let groups = rolled.into_iter().map(|(subject, comments)| {
        let items = comments.into_iter().map(|comment| {
            let withdraw = (takes && Some(comment.member) == me).then(|| {
                let words = format!("（{}への意見）", subject.label);
                view! {
                    <form method="post" action=format!("{at}/comments/{}/withdrawals", comment.id)>
                        <p class="actions"><button class="dads-button" data-type="text" data-size="sm">"この意見を取り下げる"<span class="vh">{words}</span></button></p>
                    </form>
                }
            });
            comment_view(comment, withdraw.into_any())
        });
        view! { <h3>{subject_head(subject)}</h3><ul class="rashin-comments">{items.collect_view()}</ul> }
    });
    let groups = groups.collect_view();
    (count > 0).then(|| section("own", "あなたの部署が出した意見", note(format!("{count}件")), groups))
}

fn form(at: &str, concern: &Concern, snapshot: &Snapshot, subjects: &[Subject], filled: &Filled) -> AnyView {
    let says = snapshot.says(subjects);
    let asked: Vec<_> = subjects.iter().zip(says).collect();
    let groups: Vec<_> = asked.chunk_by(|(one, _), (next, _)| one.group == next.group).collect();
    // Many groups are folded, but for those where something was typed.
    let is_short = groups.len() == 1;
    let lists = groups.into_iter().map(|group| {
        let is_open = is_short || group.iter().any(|(subject, _)| is_typed(subject, filled));
        let name = group.first().map(|(subject, _)| subject.group.clone());
        let list = group.iter().map(|(subject, says)| one(subject, says, filled)).collect_view();
        let changed = match group.iter().filter(|(subject, _)| subject.what.is_some()).count() {
            0 => String::new(),
            count => format!("、変わるところ{count}"),
        };
        let count = format!("{}項目{changed}", group.len());
        view! { <details class="rashin-ask__group" open=is_open><summary><h3>{name}</h3>" "<span class="note">{count}</span></summary>{list}</details> }
    });
    let lists = lists.collect_view();
    let section_field = match concern.speaks.as_slice() {
        [only] => hidden("section", only.to_string()),
        several => {
            let options: Vec<_> = several.iter().map(|section| (section.to_string(), concern.name(*section))).collect();
            select(filled, "section", &required("どの部署として回答するか"), &options, "選択してください").into_any()
        }
    };
    let spoken: BTreeMap<_, _> = concern.inquiry.asked.iter().map(|asked| (asked.section, asked.reply.is_some())).collect();
    let all_replied = concern.speaks.iter().all(|section| spoken.get(section) == Some(&true));
    let words = format!("意見のある項目を開いて書きます。1項目{COMMENT_LIMIT}文字まで。書いた項目だけが送られます。");
    section(
        "comments",
        "意見を書く",
        note(format!("{}項目", subjects.len())),
        view! {
            <form class="stack rashin-ask" method="post" action=format!("{at}/comments") novalidate>
                <p>{words}</p>
                {section_field}
                {lists}
                <p class="actions">
                    <button class="dads-button" data-type="solid-fill">"意見を送る"</button>
                    {(!all_replied).then(|| view! { <button class="dads-button" data-type="outline" formaction=format!("{at}/replies")>"意見なしと回答する"</button> })}
                </p>
            </form>
        },
    )
}

fn is_typed(subject: &Subject, filled: &Filled) -> bool {
    let field = subject.field();
    !filled.form.get(&field).is_empty() || filled.errors.of(&field).is_some()
}

/// What an object says, folded, with the field for what is thought of it.
fn one(subject: &Subject, says: &[Row], filled: &Filled) -> AnyView {
    let (field, is_open) = (subject.field(), is_typed(subject, filled));
    let rows = says.iter().filter(|row| !row.new.is_empty());
    let rows = rows.map(|row| view! { <div><dt>{row.label.clone()}</dt><dd class="rashin-difference">{row.new.clone()}</dd></div> });
    let rows = rows.collect_view();
    view! {
        <details class="rashin-fold" open=is_open>
            <summary>{subject_head(subject)}</summary>
            <div class="stack">
                <dl class="dads-description-list">{rows}</dl>
                {textarea(filled, &field, &optional(format!("「{}」への意見", subject.label)), 4)}
            </div>
        </details>
    }
    .into_any()
}

/// Comments that came after the closing: to be copied elsewhere.
fn unsent(subjects: &[Subject], filled: &Filled) -> Option<AnyView> {
    let typed: Vec<_> = subjects.iter().filter(|subject| !filled.form.get(&subject.field()).trim().is_empty()).collect();
    let texts = typed.iter().map(|subject| textarea(filled, &subject.field(), &optional(format!("「{}」への意見", subject.label)), 4));
    let texts = texts.collect_view();
    (!typed.is_empty()).then(|| {
        section("comments", "送れなかった意見", (), view! {
            <div class="stack rashin-form"><p>"締め切り後のため送られていません。必要なときは、下の文を写して事務局へ連絡してください。この画面を離れると消えます。"</p>{texts}</div>
        })
    })
}
