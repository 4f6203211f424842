//! Reports in Excel: a workbook to be filled in, read back and compared with what stands. No IO: bytes in, values out.
//!
//! A table that is pasted becomes the same sheet, its lines found by code or name.
//!
//! A line of the sheet is one part of a KPI, or an initiative, in one period. Of what is read back only the cells to fill in
//! count, found by the hidden id of their line; a blank cell leaves what stands.

mod book;
mod clipboard;
mod column;
mod compare;
mod fields;
mod headings;
mod overlay;
mod paste;
mod percent;
mod read;
mod subject;
mod unpack;
mod write;

pub use book::{Book, lines, states};
pub use column::Column;
pub use compare::{Difference, Fault, Finding, Rules, Verdict, compare};
pub use fields::set_value;
pub use paste::paste;
pub use read::{Content, MOST_ROWS, Origin, Pasted, Row, Sheet, Stray, read};
pub use subject::{About, Filed, Subject};
pub use write::write;
