//! The cases as CSV: a row each, written as they come, so that a million of them take no more room than some thousand.

use std::io::{self, Write};

use super::Stamp;
use super::csv::{self, BYTE_ORDER_MARK, Cell};
use super::rows::{HEADINGS, Row, Value};
use super::words::Said;

/// Writes them.
pub(super) fn write(
    file: &mut impl Write,
    rows: impl Iterator<Item = Row>,
    said: Said,
    stamp: &Stamp,
) -> io::Result<()> {
    file.write_all(BYTE_ORDER_MARK.as_bytes())?;
    let heading = |(word, is_time): (_, bool)| {
        let word: String = said.word(word);
        Cell::Text(if is_time { format!("{word} (ms)") } else { word })
    };
    let mut head: Vec<Cell> = HEADINGS.map(heading).to_vec();
    head.push(Cell::Text(said.word(|w| w.exported)));
    csv::line(file, &head)?;
    for row in rows {
        let mut cells: Vec<Cell> = row.values(said, &stamp.zone).map(cell).to_vec();
        cells.push(Cell::Text(stamp.text.clone()));
        csv::line(file, &cells)?;
    }
    Ok(())
}

fn cell(value: Value) -> Cell {
    match value {
        Value::Text(text) => Cell::Text(text),
        Value::Moment { iso, .. } => Cell::Text(iso),
        Value::Ms(ms) => Cell::Number(ms.map_or_else(String::new, |ms| ms.to_string())),
        Value::Count(count) => Cell::Number(count.to_string()),
        Value::Flag(is_so) => Cell::Number(u8::from(is_so).to_string()),
    }
}
