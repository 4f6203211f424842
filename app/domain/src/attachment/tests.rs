use std::io::{Cursor, Read, Write};

use proptest::prelude::*;
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use super::{Cleaned, MediaKind, clean, size_label};

/// A TIFF header with an orientation, a camera and a pointer to a place, in either byte order.
fn exif(turned: u16, big: bool) -> Vec<u8> {
    let two = |n: u16| if big { n.to_be_bytes() } else { n.to_le_bytes() };
    let four = |n: u32| if big { n.to_be_bytes() } else { n.to_le_bytes() };
    let mut tiff = if big { b"MM\0*".to_vec() } else { b"II*\0".to_vec() };
    tiff.extend(four(8));
    tiff.extend(two(3));
    tiff.extend([two(0x010f), two(2)].concat());
    tiff.extend([four(6), four(50)].concat());
    tiff.extend([two(0x0112), two(3)].concat());
    tiff.extend([&four(1)[..], &two(turned), &[0, 0]].concat());
    tiff.extend([two(0x8825), two(4)].concat());
    tiff.extend([four(1), four(60)].concat());
    tiff.extend(four(0));
    tiff.extend(b"Maker\0....GPS 35.6619 N");
    tiff
}

fn segment(marker: u8, data: &[u8]) -> Vec<u8> {
    [&[0xff, marker][..], &(data.len() as u16 + 2).to_be_bytes(), data].concat()
}

fn jpeg(turned: u16) -> Vec<u8> {
    let parts = [
        b"\xff\xd8".to_vec(),
        segment(0xe0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0"),
        segment(0xe1, &[b"Exif\0\0".to_vec(), exif(turned, false)].concat()),
        segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0<creator>GPS</creator>"),
        segment(0xed, b"Photoshop 3.0\0by-line GPS"),
        segment(0xfe, b"GPS in a comment"),
        segment(0xe2, b"ICC_PROFILE\0colours"),
        segment(0xdb, &[1; 65]),
        segment(0xda, b"\x01\x01\0\0\x3f\0"),
        b"coded\xff\x00data\xff\xd0more".to_vec(),
        b"\xff\xd9".to_vec(),
        b"GPS behind the end".to_vec(),
    ];
    parts.concat()
}

fn png_chunk(name: &[u8], data: &[u8]) -> Vec<u8> {
    let named = [name, data].concat();
    [&(data.len() as u32).to_be_bytes()[..], &named, &crc32fast::hash(&named).to_be_bytes()].concat()
}

fn png(turned: u16) -> Vec<u8> {
    let chunks = [
        png_chunk(b"IHDR", &[0; 13]),
        png_chunk(b"eXIf", &exif(turned, true)),
        png_chunk(b"tEXt", b"Author\0GPS"),
        png_chunk(b"iTXt", b"XML:com.adobe.xmp\0GPS"),
        png_chunk(b"IDAT", b"picture"),
        png_chunk(b"IEND", b""),
    ];
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunks.concat(), b"GPS behind".to_vec()].concat()
}

fn webp(turned: u16) -> Vec<u8> {
    let chunk = |name: &[u8], data: &[u8]| [name, &(data.len() as u32).to_le_bytes(), data, &vec![0; data.len() % 2]].concat();
    let chunks = [
        chunk(b"VP8X", &[0x0c, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        chunk(b"VP8 ", b"picture"),
        chunk(b"EXIF", &exif(turned, true)),
        chunk(b"XMP ", b"<creator>GPS</creator>"),
    ];
    let chunks = [b"WEBP".to_vec(), chunks.concat()].concat();
    [b"RIFF".to_vec(), (chunks.len() as u32).to_le_bytes().to_vec(), chunks].concat()
}

fn packed(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

const TYPES: &[u8] =
    br#"<Types><Override ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;
const CORE: &[u8] = br#"<?xml version="1.0"?><cp:coreProperties xmlns:cp="core" xmlns:dc="dc"><dc:creator>SECRET</dc:creator><cp:lastModifiedBy>SECRET</cp:lastModifiedBy></cp:coreProperties>"#;

fn docx(more: &[(&str, &[u8])]) -> Vec<u8> {
    let parts: [(&str, &[u8]); 6] = [
        ("[Content_Types].xml", TYPES),
        ("docProps/core.xml", CORE),
        ("docProps/app.xml", b"<Properties xmlns=\"app\"><Company>SECRET</Company><Manager>SECRET</Manager></Properties>"),
        ("docProps/custom.xml", b"<Properties xmlns=\"custom\"><property name=\"SECRET\"/></Properties>"),
        (
            "word/document.xml",
            "<w:document><w:ins w:id=\"1\" w:author=\"SECRET\" w:date=\"2026\"><w:t>本文</w:t></w:ins></w:document>".as_bytes(),
        ),
        ("word/media/image1.jpeg", &jpeg(6)),
    ];
    packed(&[&parts[..], more].concat())
}

fn part(document: &[u8], name: &str) -> Vec<u8> {
    let mut content = Vec::new();
    ZipArchive::new(Cursor::new(document)).unwrap().by_name(name).unwrap().read_to_end(&mut content).unwrap();
    content
}

fn has(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

fn cleaned(name: &str, bytes: &[u8]) -> Cleaned {
    let first = clean(name, bytes).unwrap();
    let again = clean(&first.name, &first.bytes).unwrap();
    assert_eq!(again, first, "what is clean stays as it is");
    first
}

#[test]
fn pictures_lose_place_and_author_and_keep_how_they_are_turned() {
    for (make, kind) in [(jpeg as fn(u16) -> Vec<u8>, MediaKind::Jpeg), (png, MediaKind::Png), (webp, MediaKind::Webp)] {
        for turned in [1, 6] {
            let file = cleaned("photo.bin", &make(turned));
            assert_eq!(file.kind, kind);
            assert!(!has(&file.bytes, b"GPS") && !has(&file.bytes, b"Maker"), "{kind:?}");
            let only = b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
            assert_eq!(has(&file.bytes, only), turned == 6, "{kind:?} {turned}");
        }
    }
    let file = cleaned("photo.JPG", &jpeg(1));
    assert_eq!(file.name, "photo.JPG");
    assert!(has(&file.bytes, b"ICC_PROFILE\0colours") && file.bytes.ends_with(b"coded\xff\x00data\xff\xd0more\xff\xd9"));
}

#[test]
fn an_office_file_loses_its_authors_and_keeps_its_text() {
    let inner = docx(&[]);
    let file = cleaned("報告.docx", &docx(&[("word/embeddings/inner.docx", &inner)]));
    assert_eq!((file.kind, file.name.as_str()), (MediaKind::Docx, "報告.docx"));
    let embedded = part(&file.bytes, "word/embeddings/inner.docx");
    for document in [&file.bytes, &embedded] {
        for name in ["docProps/core.xml", "docProps/app.xml", "docProps/custom.xml", "word/document.xml"] {
            assert!(!has(&part(document, name), b"SECRET"), "{name}");
        }
        assert!(!has(&part(document, "word/media/image1.jpeg"), b"GPS"));
        assert!(has(&part(document, "word/document.xml"), "<w:ins w:id=\"1\" w:author=\"\" w:date=\"2026\"><w:t>本文".as_bytes()));
        assert!(has(&part(document, "docProps/core.xml"), b"<cp:coreProperties xmlns:cp=\"core\" xmlns:dc=\"dc\"/>"));
    }
}

#[test]
fn a_workbook_loses_the_names_in_its_comments() {
    let types = TYPES.iter().map(|b| char::from(*b)).collect::<String>().replace("wordprocessingml.document", "spreadsheetml.sheet");
    let book = packed(&[
        ("[Content_Types].xml", types.as_bytes()),
        ("xl/comments1.xml", b"<comments><authors><author>SECRET</author><author>SECRET</author></authors><t>kept</t></comments>"),
        ("xl/persons/person.xml", b"<person displayName='SECRET' userId=\"SECRET\" id=\"1\"/>"),
        ("xl/workbook.xml", b"<x15ac:absPath url=\"C:\\Users\\SECRET\\\"/>"),
    ]);
    let file = cleaned("a.xlsx", &book);
    for name in ["xl/comments1.xml", "xl/persons/person.xml", "xl/workbook.xml"] {
        assert!(!has(&part(&file.bytes, name), b"SECRET"), "{name}");
    }
    assert!(has(&part(&file.bytes, "xl/comments1.xml"), b"<author></author><author></author></authors><t>kept"));
}

#[test]
fn what_is_no_document_is_refused_with_a_sentence() {
    let with_macros = String::from_utf8_lossy(TYPES).replace("document.main", "document.macroEnabled.main");
    let bomb = docx(&[("word/zeros.xml", &vec![0; 160 * 1024 * 1024])]);
    assert!(bomb.len() < 1024 * 1024);
    let deep = (0..4).fold(docx(&[]), |inner, _| docx(&[("word/embeddings/inner.docx", &inner)]));
    let cases: [(&str, Vec<u8>, &str); 17] = [
        ("a.pdf", b"<html><script>alert(1)</script></html>".to_vec(), "HTML"),
        ("a.pdf", b"\n <!DOCTYPE html>".to_vec(), "HTML"),
        ("a.csv", b"name<script src=x>".to_vec(), "HTML"),
        ("a.png", b"<?xml version=\"1.0\"?><svg onload=\"x\"/>".to_vec(), "HTML"),
        ("a.txt", b"#!/bin/sh\nrm".to_vec(), "HTML"),
        ("a.pdf", b"MZ\x90\0\x03".to_vec(), "この種類のファイル"),
        ("a.txt", b"\x7fELF\x02\x01".to_vec(), "この種類のファイル"),
        ("a.pdf", b"only words".to_vec(), "「.pdf」の形式ではありません"),
        ("a.exe", b"MZ....".to_vec(), "「.exe」の形式ではありません"),
        ("a.docx", packed(&[("a.txt", b"x")]), "ZIP"),
        ("a.docx", docx(&[("word/vbaProject.bin", b"x")]), "マクロ"),
        ("a.docx", packed(&[("[Content_Types].xml", with_macros.as_bytes())]), "マクロ"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 encrypted".to_vec(), "パスワード"),
        ("a.docx", bomb, "展開すると"),
        ("a.docx", deep, "何重にも"),
        ("a.docx", docx(&[("../outside.xml", b"x")]), "開けません"),
        ("a.jpg", jpeg(1)[..60].to_vec(), "壊れています"),
    ];
    for (name, bytes, word) in cases {
        let sentence = clean(name, &bytes).expect_err(word);
        assert!(sentence.contains(word) && sentence.ends_with('。'), "{name}: {sentence}");
    }
    assert!(clean("a.pdf", b"").unwrap_err().contains("空"));
}

#[test]
fn a_name_has_no_folder_and_ends_as_its_content_does() {
    let long = format!("{}.pdf", "あ".repeat(200));
    let cases = [
        ("伺い.pdf", Some("伺い.pdf")),
        ("C:\\Users\\taro\\伺い.PDF", Some("伺い.PDF")),
        ("../../etc/passwd", Some("passwd.pdf")),
        ("evil.exe", Some("evil.exe.pdf")),
        ("か\u{3099}.pdf", Some("が.pdf")),
        (".pdf", Some("pdf.pdf")),
        ("", Some("file.pdf")),
        ("\"><script>.pdf", Some("\"><script>.pdf")),
        ("a\u{202e}fdp.exe", None),
        ("a\r\nSet-Cookie: x.pdf", None),
        ("a\0.pdf", None),
        (&long, None),
    ];
    for (sent, kept) in cases {
        assert_eq!(clean(sent, b"%PDF-1.7").ok().map(|file| file.name).as_deref(), kept, "{sent:?}");
    }
    let (shift_jis, ..) = encoding_rs::SHIFT_JIS.encode("番号,名称\r\n1,申請");
    assert_eq!(clean("表.csv", &shift_jis).unwrap().kind, MediaKind::Csv);
    for (sent, kept) in [("表", "表.txt"), ("会議2026.11.22", "会議2026.11.22.txt"), ("議事録.第2回", "議事録.第2回.txt")] {
        assert_eq!(clean(sent, "番号".as_bytes()).unwrap().name, kept);
    }
}

#[test]
fn a_size_is_said_in_few_digits() {
    let cases = [(1, "1KB"), (1024, "1KB"), (1025, "2KB"), (1024 * 1024, "1.0MB"), (20 * 1024 * 1024, "20.0MB"), (1_600_000, "1.5MB")];
    for (bytes, words) in cases {
        assert_eq!(size_label(bytes), words);
    }
}

proptest! {
    #[test]
    fn no_file_breaks_the_cleaning(which in 0usize..4, at in 0usize..4000, byte: u8, cut in 0usize..4000) {
        let mut bytes = match which {
            0 => jpeg(6),
            1 => png(6),
            2 => webp(6),
            _ => docx(&[]),
        };
        let (length, cut) = (bytes.len(), cut % bytes.len());
        bytes[at % length] = byte;
        for bytes in [&bytes[..], &bytes[..cut], &bytes[cut..]] {
            if let Err(sentence) = clean("a", bytes) {
                prop_assert!(sentence.ends_with('。'));
            }
        }
    }
}
