//! Lines of CSV, as the console writes them: RFC 4180, with the byte order mark without which spreadsheets take it for Latin letters.

use std::io::{self, Write};

/// Begins a file.
pub(super) const BYTE_ORDER_MARK: &str = "\u{FEFF}";

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    /// Words. What begins like a formula would be carried out by a spreadsheet, and is written so that it is not.
    Text(String),
    /// A number, also below zero.
    Number(String),
}

/// Writes a line.
pub(super) fn line(file: &mut impl Write, cells: &[Cell]) -> io::Result<()> {
    for (place, cell) in cells.iter().enumerate() {
        if place > 0 {
            file.write_all(b",")?;
        }
        match cell {
            Cell::Number(number) => file.write_all(number.as_bytes())?,
            Cell::Text(text) => text_cell(file, text)?,
        }
    }
    file.write_all(b"\r\n")
}

fn text_cell(file: &mut impl Write, text: &str) -> io::Result<()> {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let safe = if is_formula { format!("'{text}") } else { text.to_owned() };
    if safe.contains(['"', ',', '\r', '\n']) {
        write!(file, "\"{}\"", safe.replace('"', "\"\""))
    } else {
        file.write_all(safe.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_not_carried_out_and_quotes_commas_and_lines_stay_in_their_cell() {
        let text = |text: &str| {
            let mut file = vec![];
            line(&mut file, &[Cell::Text(text.to_owned()), Cell::Number("-5".to_owned())]).unwrap();
            String::from_utf8(file).unwrap()
        };
        assert_eq!(text("Đài Bắc"), "Đài Bắc,-5\r\n");
        for formula in ["=1+1", "+1", "-1", "@x"] {
            assert_eq!(text(formula), format!("'{formula},-5\r\n"));
        }
        assert_eq!(text("\t=1"), "'\t=1,-5\r\n");
        assert_eq!(text("a, \"b\""), "\"a, \"\"b\"\"\",-5\r\n");
        assert_eq!(text("=a\nb"), "\"'=a\nb\",-5\r\n");
    }
}
