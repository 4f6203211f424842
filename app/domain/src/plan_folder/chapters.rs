//! Chapters: the first line is `# <number> <title>`, the rest Markdown.

use crate::plan::Chapter;

use super::{Faults, Files, layout, text};

/// In the order of their file names.
pub fn read(files: &Files, faults: &Faults) -> Vec<Chapter> {
    let paths = files.keys().filter(|path| layout::is_chapter(path));
    paths.filter_map(|path| chapter(path, &text::read(files, path, faults)?, faults)).collect()
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
