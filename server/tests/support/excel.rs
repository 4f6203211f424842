//! A workbook as a person has it open: cells are typed over, and it is saved by another program than ours.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use rust_xlsxwriter::Workbook;

/// The sheet 「報告」 from its headings on.
pub struct Table {
    pub heads: Vec<String>,
    pub rows: Vec<Vec<Data>>,
}

impl Table {
    pub fn open(bytes: &[u8]) -> Self {
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        let range = book.worksheet_range("報告").unwrap();
        let mut rows: Vec<Vec<Data>> = range.rows().map(<[Data]>::to_vec).collect();
        let head = rows.iter().position(|row| row.contains(&Data::String("管理番号".to_owned()))).unwrap();
        let heads = rows[head].iter().map(Data::to_string).collect();
        Self { heads, rows: rows.split_off(head + 1) }
    }

    fn column(&self, heading: &str) -> usize {
        self.heads.iter().position(|head| head == heading).unwrap_or_else(|| panic!("no column {heading}"))
    }

    /// The first row of something.
    pub fn row(&self, name: &str) -> usize {
        let column = self.column("指標・取組");
        self.rows.iter().position(|row| row[column] == *name).unwrap_or_else(|| panic!("no row {name}"))
    }

    pub fn cell(&self, name: &str, heading: &str) -> String {
        self.rows[self.row(name)][self.column(heading)].to_string()
    }

    pub fn type_over(mut self, name: &str, heading: &str, typed: &str) -> Self {
        let (row, column) = (self.row(name), self.column(heading));
        self.rows[row][column] = Data::String(typed.to_owned());
        self
    }

    /// The same in every row.
    pub fn type_everywhere(mut self, heading: &str, typed: &str) -> Self {
        let column = self.column(heading);
        self.rows.iter_mut().for_each(|row| row[column] = Data::String(typed.to_owned()));
        self
    }

    /// Every row so many times.
    pub fn repeated(mut self, times: usize) -> Self {
        self.rows = self.rows.iter().flat_map(|row| std::iter::repeat_n(row.clone(), times)).collect();
        self
    }

    pub fn save(&self) -> Vec<u8> {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        for (column, head) in (0..).zip(&self.heads) {
            sheet.write_string(0, column, head).unwrap();
        }
        for (row, cells) in (1..).zip(&self.rows) {
            for (column, cell) in (0..).zip(cells) {
                match cell {
                    Data::Empty => continue,
                    Data::Float(number) => sheet.write_number(row, column, *number).unwrap(),
                    other => sheet.write_string(row, column, other.to_string()).unwrap(),
                };
            }
        }
        book.save_to_buffer().unwrap()
    }
}
