//! The headings of a table that was pasted: what each of its columns is.

use std::collections::BTreeMap;

use rashin_domain::{period::Period, written};

use crate::{
    column::Column,
    paste::{bare, quoted},
};

/// What a column of the table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Head {
    Code,
    Column(Column),
    /// Figures of a period.
    Figures(Period),
    /// Known, and not read: a unit, a target, a grade.
    PassedOver,
    Unknown,
}

impl Head {
    pub fn read(heading: &str) -> Self {
        let heading = bare(heading);
        let figures = heading.trim_end_matches("実績値").trim_end_matches("実績");
        if let Some(period) = written::period(figures) {
            return Head::Figures(period);
        }
        match heading.as_str() {
            "指標コード" | "指標番号" | "管理コード" | "KPIコード" | "KPI番号" | "コード" => return Head::Code,
            "指標" | "指標名" | "取組" | "取組名" | "KPI" | "KPI名" | "名前" | "名称" => return Head::Column(Column::Name),
            "期間" | "年度" => return Head::Column(Column::Period),
            "実績" | "値" => return Head::Column(Column::Value),
            "備考" | "取組の状況" => return Head::Column(Column::Note),
            "" => return Head::Unknown,
            _ => {}
        }
        match Column::of_heading(&heading) {
            Some(column) if column.is_filled_in() || matches!(column, Column::Name | Column::Part | Column::Period) => Head::Column(column),
            Some(_) => Head::PassedOver,
            None if OF_THE_PLAN.iter().any(|word| heading.contains(word)) => Head::PassedOver,
            None => Head::Unknown,
        }
    }
}

/// Words of headings for what a report does not say.
const OF_THE_PLAN: [&str; 14] =
    ["目標", "計画値", "現状", "基準", "判定", "達成", "状況", "単位", "担当", "部署", "戦略", "施策", "分野", "No"];

/// The first line of a table.
pub struct Heads {
    /// As they were typed but for space, and what they are.
    pub all: Vec<(String, Head)>,
}

impl Heads {
    /// Or a sentence that says what it must have.
    pub fn read(line: Vec<Option<String>>) -> Result<Self, String> {
        let all: Vec<_> = line.into_iter().map(Option::unwrap_or_default).map(|typed| (bare(&typed), Head::read(&typed))).collect();
        let heads = Self { all };
        heads.check()?;
        Ok(heads)
    }

    fn check(&self) -> Result<(), String> {
        for (at, (typed, head)) in self.all.iter().enumerate() {
            let is_read = !matches!(head, Head::PassedOver | Head::Unknown);
            if let Some((first, _)) = self.all[..at].iter().find(|(_, other)| is_read && other == head) {
                let (first, second) = (quoted(first), quoted(typed));
                return Err(format!("{first}と{second}は同じことを表す見出しです。どちらかの列を消して貼り付けてください。"));
            }
        }
        if self.at(Head::Code).or(self.at(Head::Column(Column::Name))).is_none() {
            return Err("1行目に「指標コード」か「指標」の見出しがありません。見出しの行からコピーして貼り付けてください。".to_owned());
        }
        let by_line = self.at(Head::Column(Column::Period)).is_some();
        match (by_line, self.figures().next()) {
            (false, None) => {
                Err("1行目に期間の見出しがありません。「2026年度」「2026年度上半期」のような見出しの列に値を入れるか、「期間」と「実績値」の列を作ってください。".to_owned())
            }
            (true, Some((_, typed, _))) => {
                Err(format!("「期間」の列と、期間ごとの列（{}）の両方があります。どちらかにしてください。", quoted(typed)))
            }
            (true, None) if self.filled_in().next().is_none() => {
                Err("1行目に「実績値」の見出しがありません。報告する値の列を作ってください。".to_owned())
            }
            _ => Ok(()),
        }
    }

    pub fn at(&self, head: Head) -> Option<usize> {
        self.all.iter().position(|(_, other)| *other == head)
    }

    pub fn typed(&self, head: Head) -> &str {
        self.at(head).map_or("", |at| &self.all[at].0)
    }

    /// Place, heading and period of each column of figures.
    pub fn figures(&self) -> impl Iterator<Item = (usize, &str, Period)> {
        self.all.iter().enumerate().filter_map(|(at, (typed, head))| match head {
            Head::Figures(period) => Some((at, typed.as_str(), *period)),
            Head::Code | Head::Column(_) | Head::PassedOver | Head::Unknown => None,
        })
    }

    /// The columns that people fill in.
    pub fn filled_in(&self) -> impl Iterator<Item = (usize, Column)> {
        self.all.iter().enumerate().filter_map(|(at, (_, head))| match head {
            Head::Column(column) if column.is_filled_in() => Some((at, *column)),
            Head::Column(_) | Head::Code | Head::Figures(_) | Head::PassedOver | Head::Unknown => None,
        })
    }

    /// Whether what a line says in a column is said of every report it makes. A reason is; a figure is not where columns of
    /// periods have the figures, and the rest is not where there are several of these.
    pub fn is_common(&self, column: Column) -> bool {
        match column {
            Column::Reason => true,
            Column::Value => self.figures().next().is_none(),
            _ => self.figures().nth(1).is_none(),
        }
    }

    /// The headings of the columns that a report comes from.
    pub fn named(self) -> BTreeMap<Column, String> {
        let named = self.all.into_iter().filter_map(|(typed, head)| match head {
            Head::Column(column) => Some((column, typed)),
            Head::Code | Head::Figures(_) | Head::PassedOver | Head::Unknown => None,
        });
        named.collect()
    }
}
