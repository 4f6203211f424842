//! Chapters: the first line is `# <number> <title>`, the rest Markdown.

use std::collections::HashMap;

use crate::plan::Chapter;

use super::{Faults, Files, layout, quoted, text};

/// In the order of their file names. A chapter is called by its number, so no two have the same; one may have none.
pub fn read(files: &Files, faults: &Faults) -> Vec<Chapter> {
    let mut places: HashMap<String, &str> = HashMap::new();
    let mut chapters = Vec::new();
    for path in files.keys().filter(|path| layout::is_chapter(path)) {
        let Some(chapter) = text::read(files, path, faults).and_then(|text| chapter(path, &text, faults)) else { continue };
        match places.insert(chapter.number.clone(), path) {
            Some(other) if chapter.number.is_empty() => {
                faults.push(path, Some(1), format!("番号のない章は1つだけです（{other} にもありません）。番号を付けてください。"));
            }
            Some(other) => {
                let number = quoted(&chapter.number);
                faults.push(path, Some(1), format!("章の番号「{number}」は {other} にもあります。別の番号にしてください。"));
            }
            None => chapters.push(chapter),
        }
    }
    chapters
}

fn chapter(path: &str, text: &str, faults: &Faults) -> Option<Chapter> {
    let (first, body) = text.split_once('\n').unwrap_or((text, ""));
    if let Some(at) = text.chars().position(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        let line = 1 + text.chars().take(at).filter(|c| *c == '\n').count();
        faults.push(path, Some(line), "目に見えない制御文字が入っています。この行を入力し直してください。");
    }
    let Some(heading) = first.strip_prefix("# ").map(str::trim_end).filter(|heading| !heading.is_empty()) else {
        faults.push(path, Some(1), "1行目を「# 1-1 策定の目的」のように、#・番号・題名の順に空白で区切って書いてください。");
        return None;
    };
    let (number, title) = heading.split_once(SPACES).unwrap_or(("", heading));
    let body = body.trim_start_matches('\n').trim_end();
    Some(Chapter { number: number.to_owned(), title: title.trim_start().to_owned(), body: body.to_owned() })
}

const SPACES: [char; 2] = [' ', '\u{3000}'];

/// A chapter without a number whose title has spaces is written with two spaces after the `#`.
pub fn written(chapter: &Chapter) -> String {
    let Chapter { number, title, body } = chapter;
    let heading = if number.is_empty() && !title.contains(SPACES) { title.clone() } else { format!("{number} {title}") };
    if body.is_empty() { format!("# {heading}\n") } else { format!("# {heading}\n\n{body}\n") }
}
