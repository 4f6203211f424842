//! The roll-up for the meeting: a page for A4 paper, and a workbook for Excel.

use axum::{
    extract::Path,
    response::{IntoResponse, Response},
};
use leptos::prelude::*;
use rashin_domain::{
    access::Action,
    clock::{date_label, moment_label},
    draft::Kind,
    ids::InquiryId,
    inquiry::{Comment, Reply, Snapshot, rolled_up},
};
use rashin_store::{TenantTx, inquiry::Inquiry};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, XlsxError};

use super::{Concern, frame, open, scope, url};
use crate::{
    audit::download,
    ui::section::{col, empty, note, num, page_head, table},
    web::{Page, Refusal, Visit},
};

const HEADS: [&str; 6] = ["No.", "対象", "部署", "意見", "対応", "回答"];

/// One comment on its line.
struct Line {
    subject: String,
    section: String,
    text: String,
    outcome: &'static str,
    answer: String,
}

fn lines(inquiry: &Inquiry, snapshot: &Snapshot, comments: &[Comment]) -> Vec<Line> {
    let subjects = snapshot.subjects(inquiry.branch.as_deref());
    let rolled = rolled_up(&subjects, &inquiry.sections(), comments);
    let line = |subject: &str, comment: &Comment| Line {
        subject: subject.to_owned(),
        section: comment.section_name.clone(),
        text: comment.text.clone(),
        outcome: comment.answer.as_ref().map_or("未対応", |answer| answer.outcome.label()),
        answer: comment.answer.as_ref().map(|answer| answer.text.clone()).unwrap_or_default(),
    };
    let of = |(subject, comments): (&rashin_domain::inquiry::Subject, Vec<&Comment>)| {
        let name = if subject.kind == Kind::Kpi { format!("指標 {}", subject.label) } else { subject.label.clone() };
        comments.into_iter().map(|comment| line(&name, comment)).collect::<Vec<_>>()
    };
    rolled.into_iter().flat_map(of).collect()
}

/// Who has said nothing, in two ways.
fn silent(inquiry: &Inquiry) -> String {
    let names = |wanted: Option<Reply>| {
        let of = inquiry.asked.iter().filter(|asked| asked.reply.as_ref().map(|(reply, ..)| *reply) == wanted);
        let names: Vec<&str> = of.map(|asked| asked.name.as_str()).collect();
        if names.is_empty() { "なし".to_owned() } else { names.join("、") }
    };
    format!("意見なしの部署：{}　未回答の部署：{}", names(Some(Reply::Nothing)), names(None))
}

/// What the table is of and as of when.
fn caption(tx: &TenantTx, inquiry: &Inquiry, snapshot: &Snapshot) -> String {
    let (what, from) = (scope(inquiry, snapshot), date_label(inquiry.deadline));
    format!("{}　範囲：{what}　回答期限：{from}　{}現在", inquiry.plan_title, moment_label(tx.now()))
}

async fn load(visit: &Visit, city: &str, id: InquiryId) -> Result<(TenantTx, Concern, Snapshot, Vec<Line>), Refusal> {
    let (mut tx, concern) = open(visit, city, id).await?;
    if !concern.sees_all {
        let _may = visit.permit(&mut tx, &Action::Edit).await?;
    }
    let (snapshot, comments) = (tx.inquiry_snapshot(id).await?, tx.inquiry_comments(id).await?);
    let lines = lines(&concern.inquiry, &snapshot, &comments);
    Ok((tx, concern, snapshot, lines))
}

pub async fn page(visit: Visit, Path((city, id)): Path<(String, InquiryId)>) -> Result<Page, Refusal> {
    let (tx, concern, snapshot, lines) = load(&visit, &city, id).await?;
    let inquiry = &concern.inquiry;
    let at = url(&city, id);
    let rows = lines.iter().enumerate().map(|(index, line)| {
        let answer = if line.answer.is_empty() { "―".to_owned() } else { line.answer.clone() };
        let cells = [line.subject.clone(), line.section.clone(), line.text.clone(), line.outcome.to_owned(), answer];
        let cells = HEADS[1..].iter().zip(cells).map(|(head, words)| {
            view! { <td role="cell"><span class="dads-table__cell-label">{*head}</span><div class="rashin-difference">{words}</div></td> }
        });
        view! { <tr role="row"><th scope="row" role="rowheader" class="num">{index + 1}</th>{cells.collect_view()}</tr> }
    });
    let body = view! { <tbody role="rowgroup">{rows.collect_view()}</tbody> };
    let columns = HEADS.into_iter().enumerate().map(|(at, head)| if at == 0 { num(head) } else { col(head) }).collect();
    let main = view! {
        {page_head("意見の一覧", inquiry.title.clone(), view! {
            <p class="links"><a href=at.clone()>"照会に戻る"</a><a href=format!("{at}/table.xlsx")>"Excelで保存する"</a></p>
        })}
        {if lines.is_empty() {
            empty("意見は、まだありません。届くと、ここに会議用の一覧ができます。", Some((at, "照会の状況を見る"))).into_any()
        } else {
            view! { <div class="rashin-rollup">{table("roll-up", caption(&tx, inquiry, &snapshot), columns, body.into_any(), true)}</div> }.into_any()
        }}
        <p>{silent(inquiry)}</p>
        {note("印刷するとA4横に収まります。見出しの行は各ページに出ます。")}
    };
    let frame = frame(&visit, &tx, &city, &concern, &snapshot).await?;
    Ok(Page::new(format!("意見の一覧 {}", inquiry.title), frame, main))
}

pub async fn workbook(visit: Visit, Path((city, id)): Path<(String, InquiryId)>) -> Result<Response, Refusal> {
    let (tx, concern, snapshot, lines) = load(&visit, &city, id).await?;
    let (inquiry, today) = (&concern.inquiry, tx.today());
    let heads = [inquiry.title.clone(), caption(&tx, inquiry, &snapshot), silent(inquiry)];
    let made = |year: i16| ExcelDateTime::from_ymd(year.unsigned_abs(), today.month().unsigned_abs(), today.day().unsigned_abs());
    let file = made(today.year()).and_then(|made| written(&heads, &lines, &made)).map_err(Refusal::incident)?;
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok((download(&format!("{city}-inquiry-{today}.xlsx"), kind), file).into_response())
}

/// Rows of the sheet before its heads.
const TITLES: u32 = 3;

/// Every cell is written as a text: what begins with `=` stays what somebody wrote.
fn written(titles: &[String; 3], lines: &[Line], made: &ExcelDateTime) -> Result<Vec<u8>, XlsxError> {
    let cell = || Format::new().set_align(FormatAlign::Top).set_text_wrap().set_border(FormatBorder::Thin);
    let (plain, head) = (cell(), cell().set_bold().set_background_color("F2F2F2"));
    let mut book = Workbook::new();
    book.set_properties(&DocProperties::new().set_title(&titles[0]).set_creation_datetime(made));
    let sheet = book.add_worksheet();
    sheet.set_name("意見一覧")?.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_margins(0.4, 0.4, 0.5, 0.5, 0.2, 0.2);
    sheet.set_footer("&C&P／&N");
    for (row, title) in titles.iter().enumerate() {
        let format = if row == 0 { Format::new().set_bold().set_font_size(14) } else { Format::new() };
        sheet.write_string_with_format(row as u32, 0, title, &format)?;
    }
    for (column, (words, width)) in HEADS.into_iter().zip([5.0, 34.0, 18.0, 48.0, 10.0, 42.0]).enumerate() {
        sheet.set_column_width(column as u16, width)?.write_string_with_format(TITLES, column as u16, words, &head)?;
    }
    for (index, line) in lines.iter().enumerate() {
        let row = TITLES + 1 + index as u32;
        sheet.write_number_with_format(row, 0, (index + 1) as f64, &plain)?;
        let texts = [line.subject.as_str(), &line.section, &line.text, line.outcome, &line.answer];
        for (column, text) in texts.into_iter().enumerate() {
            sheet.write_string_with_format(row, column as u16 + 1, text, &plain)?;
        }
    }
    sheet.set_repeat_rows(TITLES, TITLES)?.set_freeze_panes(TITLES + 1, 0)?;
    sheet.autofilter(TITLES, 0, TITLES + lines.len() as u32, HEADS.len() as u16 - 1)?;
    book.save_to_buffer()
}
