//! The workbook as a file: 「説明」 to be read, 「報告」 to be filled in, and the lists to choose from.

use std::collections::BTreeMap;

use rashin_domain::clock::date_label;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, ProtectionOptions,
    Workbook, Worksheet, XlsxError,
};

use crate::{
    book::{Book, Field, Line, Written},
    column::Column,
};

/// Rows above the headings.
const TITLES: u32 = 2;
const LISTS: &str = "選択肢";
/// Place of 内訳 among the facts of a line.
const PART: usize = Column::Part as usize - Column::Kind as usize;
/// Points that a line of text takes.
const LINE_HEIGHT: f64 = 18.0;
/// Excel's rows end at 409 points.
const MOST_LINES: u32 = 20;

const ADVICE: &[&str] = &[
    "「報告」のシートの、白いセルだけに書いてください。灰色のセルは変えられません。",
    "書いたらそのまま保存し、羅針の「わたしの更新」の「Excelで報告する」から取り込みます。違いを確かめる画面が出て、決めるまで何も報告されません。",
    "空のままのセルは「変更なし」です。セルを消しても、報告した値は消えません。",
    "すべての行を書く必要はありません。要らない行は消しても、並べ替えても、列の順を変えても構いません。行を増やすことはできません。",
    "数字は、全角でも、桁区切りや▲があっても構いません。単位は書きません。",
    "割合（n/N）は「12/63」、調査の点数は「3.8（N=120）」、到達段階は「2：設計」のように書きます。",
    "累計の指標は、この年度の分ではなく累計を書きます。",
    "値がまだ分からないときは、報告のしかたで「まだ集計できない」を選び、集計できる見込みに「2026年12月」のように書きます。",
    "値がないときは「該当なし」を選び、理由を備考に書きます。",
    "報告した値を変えるときは、訂正の理由を書きます。",
    "内訳のある指標は、すべての内訳の行を書きます。備考・リンク・時点・値の確かさは、はじめの行に書きます。",
    "保存の形式は「Excelブック（.xlsx）」です。LibreOfficeで保存しても取り込めます。",
];

/// The file's bytes; the same of the same book.
pub fn write(book: &Book) -> Result<Vec<u8>, XlsxError> {
    let day = book.made_on;
    let made = ExcelDateTime::from_ymd(day.year().unsigned_abs(), day.month().unsigned_abs(), day.day().unsigned_abs())?;
    let mut file = Workbook::new();
    file.set_properties(&DocProperties::new().set_title(&book.title).set_creation_datetime(&made));
    let mut lists = Lists::default();
    for field in book.lines.iter().flat_map(|line| &line.fields) {
        lists.add(&field.choices);
    }
    explain(file.add_worksheet(), book)?;
    report(file.add_worksheet(), book, &lists)?;
    lists.write(file.add_worksheet())?;
    file.save_to_buffer()
}

fn explain(sheet: &mut Worksheet, book: &Book) -> Result<(), XlsxError> {
    let (title, text) = (Format::new().set_bold().set_font_size(14), Format::new().set_text_wrap().set_align(FormatAlign::Top));
    sheet.set_name("説明")?.set_paper_size(9).set_print_fit_to_pages(1, 0);
    sheet.set_column_width(0, 4)?.set_column_width(1, 90)?;
    sheet.write_string_with_format(0, 0, &book.title, &title)?;
    let about = match book.lines.len() {
        0 => "いま報告するものはありません。報告期が始まってから、もう一度受け取ってください。".to_owned(),
        lines => format!("{}に作成、{lines}行。ここにある前回の値と目標は、作成した日のものです。", date_label(book.made_on)),
    };
    sheet.write_string(1, 0, about)?;
    for (index, words) in ADVICE.iter().enumerate() {
        let row = index as u32 + 3;
        sheet.write_number_with_format(row, 0, (index + 1) as f64, &text)?.write_string_with_format(row, 1, *words, &text)?;
        // About 45 characters a line; programs that do not fit heights by themselves show the whole, too.
        sheet.set_row_height(row, LINE_HEIGHT * (words.chars().count() as f64 / 45.0).ceil())?;
    }
    sheet.protect();
    Ok(())
}

fn report(sheet: &mut Worksheet, book: &Book, lists: &Lists) -> Result<(), XlsxError> {
    let cell = || Format::new().set_align(FormatAlign::Top).set_text_wrap().set_border(FormatBorder::Thin).set_border_color("999999");
    let looks = Looks {
        fact: cell().set_background_color("EDEDED"),
        free: cell().set_unlocked(),
        text: cell().set_unlocked().set_num_format("@"),
        day: cell().set_unlocked().set_num_format("yyyy/m/d"),
        month: cell().set_unlocked().set_num_format("yyyy\"年\"m\"月\""),
    };
    let (head, fill) = (cell().set_bold().set_background_color("D9D9D9"), cell().set_bold().set_background_color("FFFFFF"));
    sheet.set_name("報告")?.set_active(true);
    sheet.write_string_with_format(0, 2, &book.title, &Format::new().set_bold().set_font_size(14))?;
    sheet.write_string(1, 2, "白いセルに書いて保存し、羅針で取り込みます。空のセルは変更なしです。書き方は「説明」のシートにあります。")?;
    for (at, column) in (0..).zip(Column::ALL) {
        sheet.set_column_width(at, column.width())?;
        if column.is_hidden() {
            sheet.set_column_hidden(at)?;
        }
        sheet.write_string_with_format(TITLES, at, column.heading(), if column.is_filled_in() { &fill } else { &head })?;
    }
    sheet.set_row_height(TITLES, 2.0 * LINE_HEIGHT)?;
    if book.lines.iter().all(|line| line.facts[PART].is_empty()) {
        sheet.set_column_hidden(Column::Part as u16)?;
    }
    for (row, line) in (TITLES + 1..).zip(&book.lines) {
        write_line(sheet, row, line, &looks, lists)?;
        sheet.set_row_height(row, LINE_HEIGHT * f64::from(height(line)))?;
    }
    let last = TITLES + book.lines.len() as u32;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_margins(0.4, 0.4, 0.5, 0.5, 0.2, 0.2);
    sheet.set_footer("&L&A&C&P／&N").set_repeat_rows(TITLES, TITLES)?;
    // On paper what fits it; the rest is for the screen.
    sheet.set_print_area(0, Column::Kind as u16, last, Column::Note as u16)?;
    // Names stay in view beside the last column.
    sheet.set_freeze_panes(TITLES + 1, Column::Part as u16)?.autofilter(TITLES, 0, last, Column::ALL.len() as u16 - 1)?;
    sheet.protect_with_options(&ProtectionOptions {
        format_columns: true,
        format_rows: true,
        use_autofilter: true,
        sort: true,
        ..ProtectionOptions::new()
    });
    Ok(())
}

/// Lines of text that the fullest cell of a row takes. A Japanese letter is as wide as two digits.
fn height(line: &Line) -> u32 {
    let lines = |column: Column, text: &str| -> u32 {
        let wide = |line: &str| line.chars().map(|c| if c.is_ascii() { 1.0 } else { 2.0 }).sum::<f64>();
        text.lines().map(|line| (wide(line) / (column.width() - 1.0)).ceil().max(1.0) as u32).sum()
    };
    let facts = line.facts.iter().zip(&Column::ALL[Column::Kind as usize..]).map(|(fact, column)| lines(*column, fact));
    let fields = line.fields.iter().map(|field| if let Written::Text(text) = &field.cell { lines(field.column, text) } else { 1 });
    facts.chain(fields).max().unwrap_or(1).clamp(1, MOST_LINES)
}

struct Looks {
    fact: Format,
    free: Format,
    text: Format,
    day: Format,
    month: Format,
}

fn write_line(sheet: &mut Worksheet, row: u32, line: &Line, looks: &Looks, lists: &Lists) -> Result<(), XlsxError> {
    let at = |column: Column| column as u16;
    sheet.write_string_with_format(row, at(Column::Id), &line.id, &looks.fact)?;
    sheet.write_number_with_format(row, at(Column::Seen), line.seen, &looks.fact)?;
    for (fact, column) in line.facts.iter().zip(&Column::ALL[at(Column::Kind).into()..]) {
        let fact: String = fact.chars().take(1_000).collect();
        sheet.write_string_with_format(row, at(*column), fact, &looks.fact)?;
    }
    for column in Column::ALL.into_iter().filter(|column| column.is_filled_in()) {
        let Some(field) = line.fields.iter().find(|field| field.column == column) else {
            sheet.write_blank(row, at(column), &looks.fact)?;
            continue;
        };
        write_field(sheet, row, field, looks)?;
        if let Some(list) = lists.validation(field) {
            sheet.add_data_validation(row, at(column), row, at(column), &list)?;
        }
    }
    Ok(())
}

fn write_field(sheet: &mut Worksheet, row: u32, field: &Field, looks: &Looks) -> Result<(), XlsxError> {
    let at = field.column as u16;
    let free = match field.column {
        Column::AsOf => &looks.day,
        Column::Expected => &looks.month,
        _ if field.is_text => &looks.text,
        _ => &looks.free,
    };
    match &field.cell {
        Written::Blank => sheet.write_blank(row, at, free)?,
        // Never `write`: what begins with `=` is a text that somebody wrote.
        Written::Text(text) => sheet.write_string_with_format(row, at, text, free)?,
        Written::Number(amount) => sheet.write_number_with_format(row, at, amount.to_f64().unwrap_or_default(), free)?,
        Written::Day(day) | Written::Month(day) => {
            let date = ExcelDateTime::from_ymd(day.year().unsigned_abs(), day.month().unsigned_abs(), day.day().unsigned_abs())?;
            sheet.write_datetime_with_format(row, at, date, free)?
        }
    };
    Ok(())
}

/// What can be chosen, each list once, in columns of a hidden sheet: in the validation itself Excel takes 255 characters and
/// no commas.
#[derive(Default)]
struct Lists<'a>(BTreeMap<&'a [String], u16>);

impl<'a> Lists<'a> {
    fn add(&mut self, choices: &'a [String]) {
        let next = self.0.len() as u16;
        if !choices.is_empty() {
            self.0.entry(choices).or_insert(next);
        }
    }

    fn validation(&self, field: &Field) -> Option<DataValidation> {
        let column = self.0.get(field.choices.as_slice())?;
        let column = letters(*column);
        let range = Formula::new(format!("='{LISTS}'!${column}$1:${column}${}", field.choices.len()));
        // A milestone may come to a state that nobody has named yet.
        let is_open = field.column == Column::Value && field.is_text;
        let style = if is_open { DataValidationErrorStyle::Information } else { DataValidationErrorStyle::Stop };
        let list = DataValidation::new().allow_list_formula(range).set_error_style(style);
        list.set_error_message("一覧から選んでください。").ok()
    }

    fn write(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        sheet.set_name(LISTS)?.set_hidden(true);
        for (choices, column) in &self.0 {
            for (row, choice) in (0..).zip(*choices) {
                sheet.write_string(row, *column, choice)?;
            }
        }
        sheet.protect();
        Ok(())
    }
}

/// 0 → A, 27 → AB.
pub(crate) fn letters(column: u16) -> String {
    let last = char::from(b'A' + (column % 26) as u8);
    if column < 26 { last.to_string() } else { format!("{}{last}", letters(column / 26 - 1)) }
}
