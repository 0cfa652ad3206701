//! XLSX: figures with a sheet a table and its chart, and cases with a sheet of rows. A first sheet says what was asked, by whose
//! clocks, over how many cases, for whom and when.

use std::io::Write;

use rust_xlsxwriter::{
    Chart, ChartType, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet,
    XlsxError,
};
use sos_protocol::figures::{Figures, FiguresQuery};

use super::About;
use super::names::{self, country};
use super::rows::{HEADINGS, Row, Value, to_float};
use super::tables::{Cell, Drawn, Table, tables};
use super::words::Said;

type Done = Result<(), XlsxError>;

const DAY_MS: f64 = 86_400_000.0;
/// Rows that a chart draws of a table without an order of its own: the first, which have the most cases.
const DRAWN_MAX: usize = 15;
/// Narrowest and widest column, in characters.
const WIDTHS: (usize, usize) = (9, 42);
/// Width of a column of numbers, whose heading is broken into lines.
const NUMBER_WIDTH: f64 = 15.0;
/// Pixels.
const CHART: (u32, u32) = (760, 420);
/// A4.
const PAPER: u8 = 9;
/// Longest text beside the page number: spreadsheets take 255 characters in all.
const PRINTED_CHARS_MAX: usize = 90;
/// Place of the name of the sheet of cases.
const CASES_SHEET: usize = 13;

/// How cells look.
struct Looks {
    head: Format,
    title: Format,
    label: Format,
    count: Format,
    time: Format,
    share: Format,
    percent: Format,
    day: Format,
    moment: Format,
}

impl Looks {
    fn new() -> Self {
        let number = |format: &str| Format::new().set_num_format(format);
        Self {
            head: Format::new()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::Top)
                .set_background_color("E8EEF4")
                .set_border_bottom(FormatBorder::Thin),
            title: Format::new().set_bold().set_font_size(16),
            label: Format::new().set_font_color("5A6672"),
            count: number("#,##0"),
            time: number("[h]:mm:ss.0"),
            share: number("0.0%"),
            percent: number("0%"),
            day: number("yyyy-mm-dd"),
            moment: number("yyyy-mm-dd hh:mm:ss"),
        }
    }
}

/// The figures.
pub(super) fn figures(file: impl Write + Send, figures: &Figures, about: &About, said: Said) -> Done {
    let (mut book, looks) = (book(about)?, Looks::new());
    let mut tables = tables(figures, said).into_iter();
    let first = book.add_worksheet().set_name(said.sheet(0))?;
    let mut next = write_about(first, about, said, &looks)?;
    let counted = [
        (said.word(|w| w.counted_at), names::iso(figures.at_ms, &about.stamp.zone, false)),
        (said.word(|w| w.up_to), figures.up_to_seq.0.to_string()),
    ];
    for (label, value) in counted {
        next = fact(first, next, (&label, &value), &looks)?;
    }
    if let Some(overview) = tables.next() {
        for row in &overview.rows {
            for (column, cell) in (0..).zip(row) {
                write_cell(first, (next, column), cell, &looks)?;
            }
            next += 1;
        }
    }
    for table in tables {
        let sheet = book.add_worksheet().set_name(said.sheet(table.sheet))?;
        write_table(sheet, &table, &looks)?;
        print_as(sheet, &table.title, about, said)?;
        draw(sheet, &table, &said.sheet(table.sheet))?;
    }
    book.save_to_writer(file)
}

/// The cases, `all` of them.
pub(super) fn cases(
    file: impl Write + Send,
    rows: impl Iterator<Item = Row>,
    all: u32,
    about: &About,
    said: Said,
) -> Done {
    let (mut book, looks) = (book(about)?, Looks::new());
    let first = book.add_worksheet().set_name(said.sheet(0))?;
    let next = write_about(first, about, said, &looks)?;
    fact(first, next, (&said.word(|w| w.cases), &all.to_string()), &looks)?;
    let name = said.sheet(CASES_SHEET);
    let sheet = book.add_worksheet_with_constant_memory()?.set_name(&name)?;
    let last = u16::try_from(HEADINGS.len()).unwrap_or(u16::MAX);
    for (column, (word, is_time)) in (0..).zip(HEADINGS) {
        sheet.set_column_width(column, if is_time { NUMBER_WIDTH } else { 19.0 })?;
        sheet.write_string_with_format(0, column, said.word(word), &looks.head)?;
    }
    sheet.set_column_width(last, 34)?;
    sheet.write_string_with_format(0, last, said.word(|w| w.exported), &looks.head)?;
    let mut end = 0;
    for (row, place) in rows.zip(1..) {
        for (column, value) in (0..).zip(row.values(said, &about.stamp.zone)) {
            write_value(sheet, (place, column), value, &looks)?;
        }
        sheet.write_string(place, last, &about.stamp.text)?;
        end = place;
    }
    sheet.set_freeze_panes(1, 1)?;
    sheet.autofilter(0, 0, end, last)?;
    print_as(sheet, &name, about, said)?;
    book.save_to_writer(file)
}

fn book(about: &About) -> Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    let at = names::local(about.stamp.at, &about.stamp.zone);
    let day = ExcelDateTime::parse_from_str(&at.strftime("%Y-%m-%d %H:%M:%S").to_string())?;
    let properties =
        DocProperties::new().set_title(&about.title).set_author(&about.stamp.who).set_creation_datetime(&day);
    book.set_properties(&properties);
    Ok(book)
}

/// What was asked, and for whom: the next free row.
fn write_about(sheet: &mut Worksheet, about: &About, said: Said, looks: &Looks) -> Result<u32, XlsxError> {
    sheet.set_column_width(0, 34)?.set_column_width(1, 58)?;
    sheet.write_string_with_format(0, 0, &about.title, &looks.title)?;
    let FiguresQuery { from, to, zone, country: code, kind, disposition, .. } = &about.query;
    let desk = about.desk.clone().unwrap_or_else(|| said.word(|w| w.all_desks));
    let code = code.map_or_else(|| said.word(|w| w.all_countries), |code| country(code, said));
    let facts = [
        (said.word(|w| w.asked), format!("{from} – {to}")),
        (said.word(|w| w.zone), zone.clone()),
        (said.word(|w| w.desk), desk),
        (said.word(|w| w.country), code),
        (said.word(|w| w.kind), said.word(|w| kind.map_or(w.all_kinds, |kind| w.kind_of(kind)))),
        (
            said.word(|w| w.disposition),
            said.word(|w| disposition.map_or(w.all_dispositions, |why| w.disposition_of(why))),
        ),
        (said.word(|w| w.exported), about.stamp.text.clone()),
    ];
    let mut next = 2;
    for (label, value) in &facts {
        next = fact(sheet, next, (label, value), looks)?;
    }
    print_as(sheet, &about.title, about, said)?;
    Ok(next)
}

fn fact(
    sheet: &mut Worksheet,
    row: u32,
    (label, value): (&str, &str),
    looks: &Looks,
) -> Result<u32, XlsxError> {
    sheet.write_string_with_format(row, 0, label, &looks.label)?;
    sheet.write_string(row, 1, value)?;
    Ok(row + 1)
}

fn write_table(sheet: &mut Worksheet, table: &Table, looks: &Looks) -> Done {
    for (place, heading) in (0..).zip(&table.columns) {
        sheet.write_string_with_format(0, place, heading, &looks.head)?;
        sheet.set_column_width(place, width(table, usize::from(place)))?;
    }
    for (place, row) in (1..).zip(&table.rows) {
        for (column, cell) in (0..).zip(row) {
            write_cell(sheet, (place, column), cell, looks)?;
        }
    }
    let last = u16::try_from(table.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
    sheet.set_freeze_panes(1, 1)?;
    sheet.autofilter(0, 0, u32::try_from(table.rows.len()).unwrap_or(u32::MAX), last)?;
    Ok(())
}

/// As wide as its words; numbers are short, and their headings are broken.
fn width(table: &Table, column: usize) -> f64 {
    let words = table.rows.iter().filter_map(|row| match row.get(column) {
        Some(Cell::Text(text) | Cell::Day(text)) => Some(text.chars().count() + 2),
        _ => None,
    });
    let Some(longest) = words.max() else { return NUMBER_WIDTH };
    let heading = table.columns.get(column).map_or(0, |heading| heading.chars().count() / 2 + 2);
    let width = longest.max(heading).clamp(WIDTHS.0, WIDTHS.1);
    f64::from(u16::try_from(width).unwrap_or(u16::MAX))
}

fn write_cell(sheet: &mut Worksheet, (row, column): (u32, u16), cell: &Cell, looks: &Looks) -> Done {
    match cell {
        Cell::Text(text) => sheet.write_string(row, column, text)?,
        Cell::Day(text) => match ExcelDateTime::parse_from_str(text) {
            Ok(day) => sheet.write_datetime_with_format(row, column, &day, &looks.day)?,
            // Before what spreadsheets count from.
            Err(_) => sheet.write_string(row, column, text)?,
        },
        Cell::Count(count) => sheet.write_number_with_format(row, column, *count, &looks.count)?,
        Cell::Ms(None) => return Ok(()),
        Cell::Ms(Some(ms)) => {
            sheet.write_number_with_format(row, column, to_float(*ms) / DAY_MS, &looks.time)?
        }
        Cell::Share(part) if part.over == 0 => return Ok(()),
        Cell::Share(part) => {
            let share = f64::from(part.cases) / f64::from(part.over);
            sheet.write_number_with_format(row, column, share, &looks.share)?
        }
        Cell::Percent(percent) => {
            sheet.write_number_with_format(row, column, f64::from(*percent) / 100.0, &looks.percent)?
        }
        Cell::Seconds(seconds) => sheet.write_number_with_format(row, column, *seconds, &looks.count)?,
    };
    Ok(())
}

fn write_value(sheet: &mut Worksheet, (row, column): (u32, u16), value: Value, looks: &Looks) -> Done {
    match value {
        Value::Text(text) if text.is_empty() => return Ok(()),
        Value::Text(text) => sheet.write_string(row, column, text)?,
        Value::Moment { day, .. } => sheet.write_number_with_format(row, column, day, &looks.moment)?,
        Value::Ms(None) => return Ok(()),
        Value::Ms(Some(ms)) => {
            sheet.write_number_with_format(row, column, to_float(ms) / DAY_MS, &looks.time)?
        }
        Value::Count(count) => sheet.write_number_with_format(row, column, count, &looks.count)?,
        Value::Flag(is_so) => sheet.write_boolean(row, column, is_so)?,
    };
    Ok(())
}

/// On paper: what it is, for whom, and which page of how many.
fn print_as(sheet: &mut Worksheet, title: &str, about: &About, said: Said) -> Done {
    // An ampersand begins a command there.
    let plain = |text: &str| text.chars().take(PRINTED_CHARS_MAX).collect::<String>().replace('&', "&&");
    sheet.set_paper_size(PAPER).set_landscape().set_print_fit_to_pages(1, 0);
    sheet.set_header(format!("&L{}", plain(title)));
    let page = said.word(|w| w.page);
    sheet.set_footer(format!("&L{}&R{} &P/&N", plain(&about.stamp.text), plain(&page)));
    sheet.set_repeat_rows(0, 0)?;
    Ok(())
}

fn draw(sheet: &mut Worksheet, table: &Table, name: &str) -> Done {
    let (kind, columns, most) = match table.drawn {
        Drawn::Not => return Ok(()),
        Drawn::Lines(columns) => (ChartType::Line, columns.to_vec(), usize::MAX),
        Drawn::Columns(column) => (ChartType::Column, vec![column], usize::MAX),
        Drawn::Bars(column) => (ChartType::Bar, vec![column], DRAWN_MAX),
    };
    let rows = u32::try_from(table.rows.len().min(most)).unwrap_or(u32::MAX);
    if rows == 0 {
        return Ok(());
    }
    let mut chart = Chart::new(kind);
    for &column in &columns {
        let series = chart.add_series();
        series.set_categories((name, 1, 0, rows, 0)).set_values((name, 1, column, rows, column));
        series.set_name((name, 0, column));
    }
    chart.title().set_name(&table.title);
    chart.set_width(CHART.0).set_height(CHART.1).set_alt_text(&table.title);
    if columns.len() == 1 {
        chart.legend().set_hidden();
    } else {
        chart.legend().set_position(rust_xlsxwriter::ChartLegendPosition::Bottom);
    }
    if kind == ChartType::Bar {
        // The most cases stand first.
        chart.x_axis().set_reverse();
    }
    let beside = u16::try_from(table.columns.len() + 1).unwrap_or(u16::MAX);
    sheet.insert_chart(1, beside, &chart)?;
    Ok(())
}
