//! The columns of the sheet 「報告」.

use serde::{Deserialize, Serialize};

/// A column, found by its heading wherever it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Column {
    Id,
    Seen,
    Kind,
    Name,
    Part,
    Above,
    Section,
    Period,
    Unit,
    Last,
    Target,
    Answer,
    Value,
    Expected,
    Phase,
    Slip,
    SlipReason,
    Note,
    Link,
    AsOf,
    Maturity,
    Reason,
}

impl Column {
    /// In the order in which they are written.
    pub const ALL: [Column; 22] = [
        Column::Id,
        Column::Seen,
        Column::Kind,
        Column::Name,
        Column::Part,
        Column::Above,
        Column::Section,
        Column::Period,
        Column::Unit,
        Column::Last,
        Column::Target,
        Column::Answer,
        Column::Value,
        Column::Expected,
        Column::Phase,
        Column::Slip,
        Column::SlipReason,
        Column::Note,
        Column::Link,
        Column::AsOf,
        Column::Maturity,
        Column::Reason,
    ];

    pub fn heading(self) -> &'static str {
        match self {
            Column::Id => "管理番号",
            Column::Seen => "版",
            Column::Kind => "種類",
            Column::Name => "指標・取組",
            Column::Part => "内訳",
            Column::Above => "施策",
            Column::Section => "担当課",
            Column::Period => "対象の期間",
            Column::Unit => "単位",
            Column::Last => "前回",
            Column::Target => "目標・予定",
            Column::Answer => "報告のしかた",
            Column::Value => "実績値",
            Column::Expected => "集計できる見込み",
            Column::Phase => "いまの段階",
            Column::Slip => "遅れの年数",
            Column::SlipReason => "遅れの理由",
            Column::Note => "備考・取組の状況",
            Column::Link => "根拠のリンク",
            Column::AsOf => "時点",
            Column::Maturity => "値の確かさ",
            Column::Reason => "訂正の理由",
        }
    }

    pub fn of_heading(heading: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.heading() == heading)
    }

    /// Width in characters.
    pub fn width(self) -> f64 {
        match self {
            Column::Kind | Column::Unit => 5.0,
            Column::Seen | Column::Slip | Column::Maturity => 7.0,
            Column::Part | Column::Section | Column::Phase | Column::AsOf => 10.0,
            Column::Period | Column::Last | Column::Target | Column::Answer | Column::Value | Column::Expected => 12.0,
            Column::Above | Column::SlipReason | Column::Link | Column::Reason => 16.0,
            Column::Id | Column::Name => 24.0,
            Column::Note => 30.0,
        }
    }

    /// For the program, not for people.
    pub fn is_hidden(self) -> bool {
        matches!(self, Column::Id | Column::Seen)
    }

    /// Whether people write here; the other columns are not read back, but for the hidden ones.
    pub fn is_filled_in(self) -> bool {
        self >= Column::Answer
    }
}
