//! A table as a file that Excel opens.

use axum::response::{IntoResponse, Response};
use rashin_domain::text::neutral;

use super::Refusal;
use crate::audit::download;

/// UTF-8 with BOM and CRLF; cells that a spreadsheet would run are made harmless.
pub fn csv_file(name: &str, header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Result<Response, Refusal> {
    let file = written(header, rows).map_err(Refusal::incident)?;
    Ok((download(name, "text/csv; charset=utf-8"), file).into_response())
}

fn written(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(header)?;
    for row in rows {
        writer.write_record(row.iter().map(|cell| neutral(cell)))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}
