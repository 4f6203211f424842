//! The two ways on which a sheet comes: as a workbook, or pasted by 事務局. Both meet on the same pages.

use rashin_domain::ids::WorkbookId;
use rashin_workbook::{Origin, Sheet};

use super::workbooks_url;
use crate::{
    grid::{
        grid_url,
        paste::{again_url, grid_crumbs},
    },
    ui::frame::Here,
    update::updates_url,
};

/// What the pages call it, and where they lead.
pub struct Way {
    pub here: Here,
    /// (label, address) from the top.
    pub crumbs: Vec<(String, String)>,
    /// Name of the first step.
    pub first: &'static str,
    /// What it is called.
    pub this: &'static str,
    /// How it is mended.
    pub mended: &'static str,
    /// Since when others may have reported.
    pub since: &'static str,
    /// To the first step.
    pub again: (String, &'static str),
    /// To where it all began.
    pub home: (String, &'static str),
}

impl Way {
    pub fn of(sheet: &Sheet, city: &str, id: WorkbookId) -> Self {
        match sheet.origin {
            Origin::Workbook => Self {
                here: Here::Updates,
                crumbs: vec![("わたしの更新".to_owned(), updates_url(city)), ("Excelで報告する".to_owned(), workbooks_url(city))],
                first: "ファイル選択",
                this: "このファイル",
                mended: "ファイルを直してもう一度選べば",
                since: "受け取ったあと",
                again: (workbooks_url(city), "ほかのファイルを選ぶ"),
                home: (updates_url(city), "わたしの更新に戻る"),
            },
            Origin::Paste(_) => Self {
                here: Here::Progress,
                crumbs: [grid_crumbs(city), vec![("貼り付け".to_owned(), again_url(city, id))]].concat(),
                first: "貼り付け",
                this: "貼り付けた表",
                mended: "貼り付けに戻って表や訂正の理由を直せば",
                since: "貼り付けたあと",
                again: (again_url(city, id), "貼り付けに戻る"),
                home: (grid_url(city), "指標と期間の一覧に戻る"),
            },
        }
    }
}
