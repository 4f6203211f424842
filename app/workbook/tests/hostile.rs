//! Files that are no workbooks, broken ones, and those that want to be large: a sentence, never a panic.

mod support;

use std::io::{Cursor, Write};

use proptest::prelude::*;
use rashin_workbook::{MOST_ROWS, read, write};
use rust_xlsxwriter::Workbook;
use support::{Entry, book, phases};
use zip::{ZipWriter, write::SimpleFileOptions};

fn refused(bytes: &[u8]) -> String {
    read(bytes).expect_err("it was read")
}

fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn sound() -> Vec<u8> {
    let (phases, entries): (_, Vec<Entry>) = (phases(), Vec::new());
    let subjects: Vec<_> = entries.iter().map(|entry| entry.subject(&phases)).collect();
    write(&book(&subjects)).unwrap()
}

#[test]
fn other_files_are_refused_with_the_way_out() {
    let compound = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0];
    let text = archive(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", b"<x/>")]);
    let macros = archive(&[("xl/workbook.xml", b"<x/>"), ("xl/vbaProject.bin", b"x")]);
    for (bytes, words) in [
        (&b""[..], "Excelブック（.xlsx）"),
        (b"a,b\r\n1,2\r\n", ".csv"),
        (&compound, "パスワード"),
        (&text, ".ods"),
        (&macros, "マクロ"),
        (b"PK\x03\x04", "壊れている"),
        (&archive(&[("xl/workbook.xml", b"<workbook")]), "壊れている"),
    ] {
        let sentence = refused(bytes);
        assert!(sentence.contains(words), "{words}: {sentence}");
    }
    let mut strange = Workbook::new();
    strange.add_worksheet().write_string(0, 0, "売上").unwrap();
    assert!(refused(&strange.save_to_buffer().unwrap()).contains("「管理番号」の見出しがありません"));
}

#[test]
fn what_unpacks_to_a_flood_is_refused_before_it_is_unpacked() {
    let flood = vec![b' '; 80 * 1024 * 1024];
    let mut bomb = archive(&[("xl/workbook.xml", b"<workbook/>"), ("xl/worksheets/sheet1.xml", &flood)]);
    assert!(bomb.len() < 200_000, "{} bytes on the way", bomb.len());
    assert!(refused(&bomb).contains("大きくなりすぎる"));
    // The same with a lie about its size, in the local header and in the directory.
    let honest = (flood.len() as u32).to_le_bytes();
    let mut lies = 0;
    for at in 0..bomb.len() - 4 {
        if bomb[at..at + 4] == honest {
            bomb[at..at + 4].copy_from_slice(&100u32.to_le_bytes());
            lies += 1;
        }
    }
    assert!(lies >= 1);
    let sentence = refused(&bomb);
    assert!(sentence.contains("大きくなりすぎる") || sentence.contains("壊れている"), "{sentence}");
}

#[test]
fn more_rows_than_a_plan_has_are_refused() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_string(0, 0, "管理番号").unwrap();
    for row in 1..=MOST_ROWS as u32 + 1 {
        sheet.write_string(row, 0, "x").unwrap();
    }
    assert_eq!(refused(&book.save_to_buffer().unwrap()), "10000行までのファイルにしてください。");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_bytes_make_it_panic(at in any::<prop::sample::Index>(), end in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = sound();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = read(&bytes);
        let _ = read(&bytes[..end.index(bytes.len())]);
    }
}
