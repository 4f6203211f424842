//! A table as Excel puts it on the clipboard: cells parted by tabs, lines by line breaks.
//!
//! Not the crate `csv`: to it a cell that merely begins with a quotation mark (「"仮」の値」) would be open until the end of the
//! text, and the lines after it would be lost without a word.

use std::borrow::Cow;

use crate::read::MOST_COLUMNS;

/// The cells of every line. A cell with tabs or line breaks stands in quotation marks, which are doubled within it. Cells
/// further right than a sheet is looked through are left out.
pub fn cells(text: &str) -> Vec<Vec<Cow<'_, str>>> {
    let (mut lines, mut line, mut rest) = (Vec::new(), Vec::new(), text);
    loop {
        let (cell, after) = quoted(rest).unwrap_or_else(|| {
            let (cell, after) = rest.split_at(rest.find(['\t', '\r', '\n']).unwrap_or(rest.len()));
            (Cow::Borrowed(cell), after)
        });
        if line.len() < MOST_COLUMNS as usize {
            line.push(cell);
        }
        if let Some(next) = after.strip_prefix('\t') {
            rest = next;
            continue;
        }
        lines.push(std::mem::take(&mut line));
        let Some(next) = after.strip_prefix("\r\n").or_else(|| after.strip_prefix(['\r', '\n'])) else { return lines };
        rest = next;
    }
}

/// A cell in quotation marks and what follows it; `None` unless the cell ends where they do.
fn quoted(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let (mut cell, mut rest) = (String::new(), text.strip_prefix('"')?);
    loop {
        let (words, after) = rest.split_once('"')?;
        cell.push_str(words);
        match after.strip_prefix('"') {
            Some(next) => {
                cell.push('"');
                rest = next;
            }
            None => return (after.is_empty() || after.starts_with(['\t', '\r', '\n'])).then_some((cell.into(), after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    /// As Excel writes a cell.
    fn written(cell: &str) -> String {
        if cell.contains(['\t', '\n', '"']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
    }

    proptest! {
        #[test]
        fn a_table_is_read_as_it_was_copied(table in vec(vec("[a\"\t\nあ ]{0,4}", 1..4), 1..5)) {
            let lines: Vec<String> = table.iter().map(|line| line.iter().map(|cell| written(cell)).collect::<Vec<_>>().join("\t")).collect();
            let text = lines.join("\r\n");
            prop_assert_eq!(cells(&text), table);
        }

        #[test]
        fn no_text_makes_it_panic_and_none_is_lost(text in "[\"\t\r\na]{0,24}|\\PC{0,24}") {
            let read: String = cells(&text).concat().concat();
            let letters = |text: &str| text.chars().filter(|c| !matches!(c, '"' | '\t' | '\r' | '\n')).collect::<String>();
            prop_assert_eq!(letters(&read), letters(&text));
        }
    }

    #[test]
    fn a_cell_that_begins_with_a_quotation_mark_ends_with_its_line() {
        assert_eq!(cells("\"仮の値\t1\r\n次\t2\r\n"), [vec!["\"仮の値", "1"], vec!["次", "2"], vec![""]]);
        assert_eq!(cells("\"a\"b\t\"c\"\td\n\"e\n"), [vec!["\"a\"b", "c", "d"], vec!["\"e"], vec![""]]);
    }
}
