//! The figures as one CSV: one number a row, so that a table of them can be filtered and turned as somebody needs it.

use std::io::{self, Write};

use sos_protocol::figures::{Figures, Part};

use super::Stamp;
use super::csv::{self, BYTE_ORDER_MARK};
use super::tables::{Cell, Table, tables};
use super::words::Said;

/// Writes them.
pub(super) fn write(file: &mut impl Write, figures: &Figures, said: Said, stamp: &Stamp) -> io::Result<()> {
    file.write_all(BYTE_ORDER_MARK.as_bytes())?;
    let head = [
        said.word(|w| w.table),
        said.word(|w| w.row),
        said.word(|w| w.figure),
        said.word(|w| w.value),
        said.word(|w| w.unit),
        said.word(|w| w.exported),
    ];
    csv::line(file, &head.map(csv::Cell::Text))?;
    tables(figures, said).iter().try_for_each(|table| rows(file, table, said, stamp))
}

fn rows(file: &mut impl Write, table: &Table, said: Said, stamp: &Stamp) -> io::Result<()> {
    for row in &table.rows {
        let (labels, numbers) = row.split_at(table.labels.min(row.len()));
        let label: Vec<String> = labels.iter().map(label).filter(|label| !label.is_empty()).collect();
        for (heading, cell) in table.columns.iter().skip(table.labels).zip(numbers) {
            let Some((value, unit)) = number(cell, said) else { continue };
            let text = |text: &str| csv::Cell::Text(text.to_owned());
            csv::line(
                file,
                &[
                    text(&table.title),
                    text(&label.join(" · ")),
                    text(heading),
                    csv::Cell::Number(value),
                    text(&unit),
                    text(&stamp.text),
                ],
            )?;
        }
    }
    Ok(())
}

fn label(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) | Cell::Day(text) => text.clone(),
        Cell::Seconds(seconds) => format!("{seconds} s"),
        Cell::Count(count) => count.to_string(),
        Cell::Percent(percent) => percent.to_string(),
        Cell::Ms(_) | Cell::Share(_) => String::new(),
    }
}

/// Seconds and per cent, as in the page's own CSV files. None: there is nothing to say a number of.
fn number(cell: &Cell, said: Said) -> Option<(String, String)> {
    let per_cent = || "%".to_owned();
    match cell {
        Cell::Text(_) | Cell::Day(_) | Cell::Ms(None) | Cell::Share(Part { over: 0, .. }) => None,
        Cell::Count(count) => Some((count.to_string(), String::new())),
        Cell::Ms(Some(ms)) => Some((seconds(*ms), said.word(|w| w.seconds))),
        Cell::Share(part) => Some((share(*part), per_cent())),
        Cell::Percent(percent) => Some((percent.to_string(), per_cent())),
        Cell::Seconds(seconds) => Some((seconds.to_string(), said.word(|w| w.seconds))),
    }
}

/// `12.345`, exactly.
fn seconds(ms: i64) -> String {
    let text = format!("{}.{:03}", ms / 1000, ms % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Per cent, to four places.
fn share(part: Part) -> String {
    let text = format!("{:.4}", f64::from(part.cases) * 100.0 / f64::from(part.over));
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_they_are_without_what_says_nothing() {
        assert_eq!(seconds(12_345), "12.345");
        assert_eq!(seconds(60_000), "60");
        assert_eq!(seconds(5), "0.005");
        assert_eq!(seconds(0), "0");
        assert_eq!(share(Part { cases: 1, over: 3 }), "33.3333");
        assert_eq!(share(Part { cases: 3, over: 3 }), "100");
        assert_eq!(share(Part { cases: 0, over: 3 }), "0");
    }
}
