//! Which bodies the columns of a table are, where the table gives names and no codes. 25 names occur more than once
//! (府中市, 南部町 …), so a column is identified by its name *and* its place: columns stand in the order of the codes.

use std::collections::HashMap;

use super::Body;

/// A name as it is compared: lists spell some characters differently (梼原町 and 檮原町, 龍ケ崎市 and 龍ヶ崎市).
pub fn folded(name: &str) -> String {
    let folds = |c| match c {
        '檮' => '梼',
        'ヶ' => 'ケ',
        other => other,
    };
    name.trim().chars().map(folds).collect()
}

/// The bodies of columns that are named in the order of the codes, all of them or some. `all`: the master, ascending by code.
///
/// A place is only given where it is the only possible one: of two 府中市 the one that the columns around allow. Each error is a
/// sentence that names the column, counted from `first`.
pub fn place<'a>(names: &[&str], all: &'a [Body], first: usize) -> Result<Vec<&'a Body>, Vec<String>> {
    let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, body) in all.iter().enumerate() {
        by_name.entry(folded(&body.name)).or_default().push(at);
    }
    let mut faults = Vec::new();
    let mut candidates = Vec::with_capacity(names.len());
    for (column, name) in names.iter().enumerate() {
        match by_name.get(&folded(name)) {
            Some(found) => candidates.push((column, found)),
            None => faults.push(format!("{}列目の「{name}」は、団体コードの一覧にありません。", first + column)),
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    // The first place that is possible seen from the left, and the last one seen from the right.
    let mut earliest = Vec::with_capacity(names.len());
    let mut free = 0;
    for (column, found) in &candidates {
        let Some(at) = found.iter().copied().find(|at| *at >= free) else {
            let before = names[column.saturating_sub(1)];
            return Err(vec![format!(
                "{}列目の「{}」が「{before}」の後ろにあります。列は全国地方公共団体コードの順に、1団体1列で並べてください。",
                first + column,
                names[*column]
            )]);
        };
        earliest.push(at);
        free = at + 1;
    }
    let mut free = all.len();
    for ((column, found), at) in candidates.iter().zip(&earliest).rev() {
        let last = found.iter().copied().rfind(|at| *at < free).unwrap_or(*at);
        if last != *at {
            let name = names[*column];
            faults.push(format!("{}列目の「{name}」は同じ名前の団体が{}あり、前後の列からは決まりません。", first + column, found.len()));
        }
        free = last;
    }
    faults.reverse();
    if faults.is_empty() { Ok(earliest.into_iter().map(|at| &all[at]).collect()) } else { Err(faults) }
}
