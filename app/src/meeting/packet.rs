//! `/{city}/staff/meetings/{number}/packet`: all papers of a meeting, to be printed on A4 and laid on the table.

use axum::extract::Path;
use leptos::prelude::*;
use rashin_domain::{
    case::Remark,
    clock::{date_label, moment_label},
};
use rashin_store::meeting::Point;

use super::{Hall, attendance, crumbs, meeting_url};
use crate::{
    case::{
        page::{costs, way},
        sheet, standing_words,
    },
    ui::{
        frame::{Frame, Here},
        section::facts,
    },
    web::{Page, Refusal, Visit},
};
use rashin_store::case::CaseFile;

pub async fn packet(visit: Visit, Path((city, number)): Path<(String, i32)>) -> Result<Page, Refusal> {
    let mut tx = visit.enter(&city).await?;
    let hall = Hall::load(&mut tx, number).await?;
    let cases = tx.cases(None).await?;
    let (meeting, today) = (&hall.sitting.meeting, hall.council.today);
    let brought = |point: &Point| point.case.as_ref().and_then(|case| cases.iter().find(|filed| filed.id == case.id));
    let papers: Vec<&CaseFile> = hall.sitting.agenda.iter().filter_map(brought).collect();
    let sheets = papers.iter().enumerate().map(|(n, filed)| paper(&hall, n + 1, filed)).collect_view();
    let title = format!("{}　資料", meeting.arrangement.title);
    let printed = format!("出力 {}　{}", date_label(today), tx.city().name);
    let main = view! {
        <div class="rashin-packet">
            <section class="rashin-packet__cover">
                <p class="rashin-packet__city">{tx.city().name.clone()}</p>
                <h1>{meeting.arrangement.title.clone()}</h1>
                <p class="links rashin-screen-only"><a href=meeting_url(&city, number)>"会議に戻る"</a><span class="note">"ブラウザーの印刷で、A4縦に印刷できます。"</span></p>
                {about(&hall)}
                <h2>"次第"</h2>
                {agenda(&hall)}
                <h2>"委員"</h2>
                {attendance::seats(&hall)}
                <p class="note">{printed}</p>
            </section>
            {sheets}
        </div>
    };
    let frame = Frame::staff(&tx, None, Here::Cases).crumbs(crumbs(&city, Some(&hall.sitting))).flash(visit.take_flash().await?);
    Ok(Page::new(title, frame, main))
}

fn about(hall: &Hall) -> impl IntoView + use<> {
    let arrangement = &hall.sitting.meeting.arrangement;
    let place = Some(arrangement.place.clone()).filter(|place| !place.is_empty()).unwrap_or_else(|| arrangement.manner.label().to_owned());
    facts(vec![("日時", arrangement.when().into_any()), ("場所", place.into_any()), ("会議体", hall.body.charter.name.clone().into_any())])
}

/// 次第, with the number of the paper that belongs to each case.
fn agenda(hall: &Hall) -> AnyView {
    if hall.sitting.agenda.is_empty() {
        return view! { <p>"議題はまだありません。会議の画面で次第を整えると、ここに並びます。"</p> }.into_any();
    }
    let mut paper = 0;
    let items: Vec<_> = (hall.sitting.agenda.iter())
        .map(|point| {
            let below = point.case.as_ref().map(|case| {
                paper += 1;
                view! { <span class="rashin-packet__paper">{format!("資料{paper}　案件 {}", case.number)}</span> }
            });
            view! { <li>{point.title().to_owned()}{below}</li> }
        })
        .collect();
    view! { <ol class="rashin-packet__agenda">{items}</ol> }.into_any()
}

/// A case. Its head stands on each of its pages: a table's head is what browsers repeat.
fn paper(hall: &Hall, n: usize, filed: &CaseFile) -> AnyView {
    let content = &filed.newest.content;
    let standing = hall.council.standing(filed);
    let text = |text: &str| match text.is_empty() {
        true => view! { <p class="rashin-unknown">"まだ書かれていません"</p> }.into_any(),
        false => view! { <p class="rashin-lines">{text.to_owned()}</p> }.into_any(),
    };
    let proposer = hall.council.members.iter().find(|member| member.id == filed.case.proposer);
    let section = filed.section.and_then(|id| hall.council.sections.iter().find(|section| section.id == id));
    let who = [section.map(|section| section.name.clone()), proposer.map(|member| member.name.clone())];
    let who = who.into_iter().flatten().collect::<Vec<_>>().join("　");
    let bpr = match content.sheet.is_blank() {
        true => view! { <p class="rashin-unknown">"BPRシートはまだ書かれていません"</p> }.into_any(),
        false => sheet::shown(&content.sheet, &format!("p{}-", filed.number)),
    };
    let principles: Vec<String> =
        content.principles.iter().map(|(principle, answer)| format!("{}：{}", principle.label(), answer.label())).collect();
    view! {
        <table class="rashin-packet__case" role="presentation">
            <thead role="presentation"><tr role="presentation"><td role="presentation"><p class="rashin-packet__head">
                <b>{format!("資料{n}")}</b><span>{format!("案件 {}　{}", filed.number, content.title)}</span><span>{hall.sitting.meeting.arrangement.title.clone()}</span>
            </p></td></tr></thead>
            <tbody role="presentation"><tr role="presentation"><td role="presentation">
                <h2>{content.title.clone()}</h2>
                <p class="note">{format!("提案 {who}　第{}版 {}　いまの段階「{}」", filed.newest.revision, moment_label(filed.newest.at), standing_words(filed, &standing))}</p>
                {way(filed, &standing)}
                <h3>"いまの困りごと"</h3>{text(&content.problem)}
                <h3>"提案の内容"</h3>{text(&content.proposal)}
                <h3>"業務の流れ（BPRシート）"</h3>{bpr}
                <h3>"費用と効果"</h3>{costs(content)}
                <h3>"デジタル3原則"</h3>{text(&principles.join("、"))}
                <h3>"リスクと対応"</h3>{text(&content.risks)}
                <h3>"これまでの意見"</h3>{opinions(filed)}
            </td></tr></tbody>
        </table>
    }
    .into_any()
}

fn opinions(filed: &CaseFile) -> AnyView {
    let said = filed.remarks.iter().map(|said| {
        let kind = if said.kind == Remark::Result { format!("（{}）", said.kind.label()) } else { String::new() };
        (said.at, format!("{}{kind}", said.acted_as), said.text.clone())
    });
    let reasons = filed.events.iter().filter_map(|happened| match &happened.event.act {
        rashin_domain::case::Act::Decided { stage, outcome, reason, .. } if !reason.is_empty() => {
            let stage = filed.route.stage(stage).map_or(stage.as_str(), |stage| &stage.name);
            Some((happened.at, format!("{stage}：{}", outcome.label()), reason.clone()))
        }
        _ => None,
    });
    let mut all: Vec<_> = said.chain(reasons).collect();
    all.sort_by_key(|(at, ..)| *at);
    if all.is_empty() {
        return view! { <p>"まだ意見はありません。"</p> }.into_any();
    }
    let items = all.into_iter().map(|(at, who, text)| {
        view! { <li><span class="note">{format!("{}　{who}", date_label(rashin_domain::clock::japan_date(at)))}</span><p class="rashin-lines">{text}</p></li> }
    });
    view! { <ul class="rashin-packet__opinions">{items.collect_view()}</ul> }.into_any()
}
