//! Charts as blocks: what is drawn of a table that stands below it.

use sos_protocol::CountryCode;

use crate::block::{Bar, Block, Column, Table};
use crate::bounds::{BARS_MAX, FIGURE_ROWS_MAX, NAME_CHARS_MAX};
use crate::format::Format;
use crate::map;
use crate::text::cut;
use crate::words::Lang;

/// What a country is called.
pub(crate) fn country(code: CountryCode, lang: Lang) -> String {
    map::country_name(code.as_str(), lang).to_owned()
}

/// A row of a chart with bars: name, cases, and what is said behind the bar.
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) cases: u32,
    pub(crate) text: String,
}

/// Bars for the first rows, and a word of what is not drawn.
pub(crate) fn bars(title: &str, rows: &[Row], format: &Format) -> Vec<Block> {
    let lang = format.lang;
    let most = rows.iter().map(|row| row.cases).max().unwrap_or(0);
    let drawn = &rows[..rows.len().min(BARS_MAX)];
    let bars = drawn.iter().map(|row| Bar {
        label: cut(&row.name, NAME_CHARS_MAX),
        part: if most > 0 { f64::from(row.cases) / f64::from(most) } else { 0.0 },
        text: row.text.clone(),
    });
    let said: Vec<String> = rows.iter().take(3).map(|row| format!("{}: {}", row.name, row.text)).collect();
    let alt = lang.with("chart.alt", &[("title", title), ("most", &said.join("; "))]);
    let mut blocks = vec![Block::Bars { alt, bars: bars.collect() }];
    let rest = &rows[drawn.len()..];
    if !rest.is_empty() {
        let cases: u64 = rest.iter().map(|row| u64::from(row.cases)).sum();
        let values = [
            ("drawn", format.count(drawn.len() as u64)),
            ("n", format.count(rest.len() as u64)),
            ("cases", format.count(cases)),
        ];
        let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        blocks.push(Block::quiet(lang.with("chart.rest", &values)));
    }
    blocks
}

/// A table, and a word of what is cut off.
pub(crate) fn table(columns: Vec<Column>, mut rows: Vec<Vec<String>>, format: &Format) -> Vec<Block> {
    let all = rows.len();
    rows.truncate(FIGURE_ROWS_MAX);
    let mut blocks = vec![];
    if all > rows.len() {
        let (shown, all) = (format.count(rows.len() as u64), format.count(all as u64));
        blocks.push(Block::notice(format.lang.with("table.cut", &[("shown", &shown), ("all", &all)])));
    }
    blocks.push(Block::Table(Table { columns, rows, below: vec![] }));
    blocks
}

pub(crate) fn words(title: impl Into<String>) -> Column {
    Column { title: title.into(), number: false, wide: 1 }
}

pub(crate) fn number(title: impl Into<String>) -> Column {
    Column { title: title.into(), number: true, wide: 0 }
}
