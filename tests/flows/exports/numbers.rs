//! Every number in a file is the one of the figures, or of the ledger.

use std::collections::HashMap;
use std::io::Cursor;

use calamine::{Data, DataType, Reader, Xlsx};
use serde_json::Value;
use sos_documents::{Content, Document, Language, Made};
use sos_protocol::ambient::{Clock, ManualClock, SystemClock};
use sos_protocol::export::{ExportFormat, ExportLanguage, ExportOf, ExportView};
use sos_protocol::figures::{Figures, Part, Took};
use sos_protocol::http::Me;
use sos_tests::{Officer, Service, until};

use super::{made, query, wanted};
use crate::figures::by_sql::BySql;
use crate::figures::year;

const CASES: i64 = 400;

/// A number as figures have it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Number {
    Count(u32),
    Ms(i64),
    Share(Part),
    Percent(u8),
}

/// Table, sheet, row, column, number; in English.
type Wanted = (&'static str, &'static str, String, &'static str, Number);

struct Listing(Vec<Wanted>);

impl Listing {
    fn add(
        &mut self,
        (table, sheet): (&'static str, &'static str),
        row: &str,
        numbers: Vec<(&'static str, Number)>,
    ) {
        self.0.extend(
            numbers.into_iter().map(|(column, number)| (table, sheet, row.to_owned(), column, number)),
        );
    }
}

fn part(of: Part) -> Vec<(&'static str, Number)> {
    let mut numbers =
        vec![("Cases", Number::Count(of.cases)), ("Counted over (cases)", Number::Count(of.over))];
    numbers.extend((of.over > 0).then_some(("Share", Number::Share(of))));
    numbers
}

fn times(took: &Took, names: [&'static str; 3]) -> Vec<(&'static str, Number)> {
    let ms = [took.p50_ms, took.p90_ms, took.p95_ms];
    names.into_iter().zip(ms).filter_map(|(name, ms)| Some((name, Number::Ms(ms?)))).collect()
}

/// Every number that is to be in a file.
fn numbers(figures: &Figures) -> Vec<Wanted> {
    use Number::{Count, Percent};
    let mut all = Listing(vec![]);
    for (row, count) in [
        ("Cases", figures.cases),
        ("Cases not closed", figures.open),
        ("Drills left out", figures.drills_left_out),
    ] {
        all.add(("About", "Overview"), row, vec![("Value", Count(count))]);
    }
    for span in &figures.course {
        let counts = [
            ("Opened", span.opened),
            ("Of these closed", span.closed),
            ("Of these claimed on time", span.on_time),
        ];
        all.add(
            ("Over time", "Over time"),
            &span.from,
            counts.map(|(name, count)| (name, Count(count))).to_vec(),
        );
    }
    let of_all = |cases| {
        let mut numbers = vec![("Cases", Count(cases))];
        let share = Part { cases, over: figures.cases };
        numbers.extend((share.over > 0).then_some(("Share", Number::Share(share))));
        numbers
    };
    for (hour, cases) in figures.by_hour.iter().enumerate() {
        all.add(("By hour of opening", "Hours"), &format!("{hour:02}:00–{hour:02}:59"), of_all(*cases));
    }
    let days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    for (day, cases) in days.into_iter().zip(&figures.by_weekday) {
        all.add(("By weekday", "Weekdays"), day, of_all(*cases));
    }
    for of in &figures.by_kind {
        let name = of.kind.map_or("Not said".to_owned(), |kind| format!("{kind:?}"));
        all.add(("By what happened", "What happened"), &name, of_all(of.cases));
    }
    for of in &figures.by_disposition {
        let word = of.disposition.map_or("null".to_owned(), |why| format!("{why:?}"));
        let name = HashMap::from([
            ("null", "Not closed"),
            ("Resolved", "Resolved"),
            ("Referred", "Referred to another authority"),
            ("FalseAlarm", "False alarm"),
            ("CancelledByWorker", "Cancelled by the worker, verified"),
            ("Duplicate", "Duplicate of another case"),
            ("UnableToContact", "Unable to contact"),
            ("Test", "Test"),
        ])[word.as_str()];
        all.add(("By outcome", "Outcomes"), name, of_all(of.cases));
    }
    let of = &figures.times;
    for (name, took) in
        [("To the service", of.receive), ("Rang", of.ring), ("Claimed", of.claim), ("Closed", of.close)]
    {
        let mut numbers = times(&took, ["p50", "p90", "p95"]);
        numbers.push(("Counted over (cases)", Count(took.over)));
        numbers.push(("Not yet, not known (cases)", Count(took.without)));
        all.add(("Time until each step", "Times"), name, numbers);
    }
    for of in &figures.by_country {
        let name = of.country.map_or("Country not known".to_owned(), |code| {
            let names = [
                ("DE", "Germany"),
                ("TW", "Taiwan"),
                ("PH", "Philippines"),
                ("JP", "Japan"),
                ("KR", "South Korea"),
            ];
            format!("{} · {code}", HashMap::from(names)[code.as_str()])
        });
        let mut numbers = of_all(of.cases);
        let claim = Took { p95_ms: None, ..of.claim };
        numbers.extend(times(&claim, ["Until claimed, p50", "Until claimed, p90", ""]));
        numbers.push(("Cases claimed", Count(of.claim.over)));
        all.add(("By country", "Countries"), &name, numbers);
    }
    for desk in &figures.by_desk {
        let claim = Took { p95_ms: None, ..desk.claim };
        let mut numbers = times(&claim, ["Until claimed, p50", "Until claimed, p90", ""]);
        numbers.extend([
            ("Cases", Count(desk.cases)),
            ("Cases claimed", Count(desk.claim.over)),
            ("Of these claimed on time", Count(desk.on_time.cases)),
            ("Counted over (cases)", Count(desk.on_time.over)),
            ("On time", Number::Share(desk.on_time)),
            ("Cases closed", Count(desk.close.over)),
            ("Escalated (cases)", Count(desk.escalated.cases)),
        ]);
        numbers.extend(desk.close.p90_ms.map(|ms| ("Until closed, p90", Number::Ms(ms))));
        all.add(("Desks side by side", "Desks"), &desk.name, numbers);
    }
    let desks = figures.by_desk.iter().map(|desk| (desk.name.as_str(), &desk.targets));
    for (name, targets) in std::iter::once(("Claimed within the targets", &figures.targets)).chain(desks) {
        for target in targets {
            let mut numbers = vec![
                ("Target", Percent(target.wanted_pct)),
                ("Claimed in time", Count(target.reached.cases)),
                ("Counted over (cases)", Count(target.reached.over)),
            ];
            numbers.extend((target.reached.over > 0).then_some(("Share", Number::Share(target.reached))));
            let row = format!("{name} · {} s", target.within_s);
            all.add(("Claimed within the targets", "Targets"), &row, numbers);
        }
    }
    for (name, of) in [
        ("Claimed on time", figures.on_time),
        ("Never seen by an officer", figures.unseen),
        ("Unverified", figures.unverified),
        ("False alarms", figures.false_alarms),
        ("Escalated", figures.escalations.escalated),
        ("Transferred between desks", figures.transferred),
        ("Reopened", figures.reopened),
    ] {
        all.add(("Worth a look", "Worth a look"), name, part(of));
    }
    let of = &figures.escalations;
    for (name, count) in [
        ("Steps", of.steps),
        ("Reached those meant", of.reached_targets),
        ("Reached the ministry desk instead", of.reached_ministry),
        ("Reached nobody", of.reached_nobody),
        ("Cases claimed after that", of.claimed_after),
    ] {
        all.add(("Escalations", "Escalations"), name, vec![("Value", Count(count))]);
    }
    let of = &figures.readiness;
    let claim = Part { cases: of.claim.over, over: of.claim.over + of.claim.without };
    let sheet = ("Readiness, from drills", "Drills");
    all.add(sheet, "Drills that rang", part(of.rang));
    all.add(sheet, "Drills that were claimed", part(of.claimed));
    let took = times(&of.claim, ["p50", "p90", "p95"]);
    all.add(sheet, "Drills until claimed", [part(claim), took].concat());
    all.0
}

pub(super) fn csv_rows(file: &[u8]) -> Vec<Vec<String>> {
    let text = std::str::from_utf8(file).expect("UTF-8").strip_prefix('\u{FEFF}').expect("a byte order mark");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let rows = reader.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect());
    rows.collect()
}

fn csv_says(file: &[u8], figures: &Figures) {
    let rows = csv_rows(file);
    assert_eq!(rows[0][..5], ["Table", "Row", "Figure", "Value", "Unit"]);
    let mut said: HashMap<(String, String, String), (String, String)> = HashMap::new();
    for row in &rows[1..] {
        let [table, label, column, value, unit, _] = row.as_slice() else { panic!("{row:?}") };
        let column = column.split(" (Europe").next().expect("a heading");
        let key = (table.clone(), label.clone(), column.to_owned());
        assert!(said.insert(key, (value.clone(), unit.clone())).is_none(), "twice: {row:?}");
    }
    let all = numbers(figures);
    for (table, _, row, column, number) in &all {
        let key = ((*table).to_owned(), row.clone(), (*column).to_owned());
        let (value, unit) = said.remove(&key).unwrap_or_else(|| panic!("{key:?} is missing"));
        let value: f64 = value.parse().expect("a number");
        let (wanted, of, near) = match number {
            Number::Count(count) => (f64::from(*count), "", 0.0),
            Number::Ms(ms) => (float(*ms) / 1000.0, "s", 1e-9),
            Number::Share(part) => (f64::from(part.cases) * 100.0 / f64::from(part.over), "%", 5.1e-5),
            Number::Percent(percent) => (f64::from(*percent), "%", 0.0),
        };
        assert!(
            (value - wanted).abs() <= near && unit == of,
            "{key:?}: {value} {unit}, wanted {wanted} {of}"
        );
    }
    assert!(said.is_empty(), "more than the figures: {said:?}");
}

#[allow(clippy::cast_precision_loss, reason = "milliseconds of some years")]
fn float(ms: i64) -> f64 {
    ms as f64
}

type Book = Xlsx<Cursor<Vec<u8>>>;

fn open(file: &[u8]) -> Book {
    Xlsx::new(Cursor::new(file.to_vec())).expect("a workbook")
}

fn text(cell: &Data, language: ExportLanguage) -> String {
    let text = match cell {
        Data::DateTime(day) => {
            let (year, month, day, ..) = day.to_ymd_hms_milli();
            return format!("{year:04}-{month:02}-{day:02}");
        }
        Data::Float(number) => return format!("{number} s"),
        cell => cell.get_string().unwrap_or_default().to_owned(),
    };
    match language {
        ExportLanguage::Both => text.rsplit(" / ").next().unwrap_or_default().to_owned(),
        _ => text,
    }
}

/// That every number is in its sheet, row and column, as what it is.
pub(super) fn workbook_says(file: &[u8], figures: &Figures, language: ExportLanguage) {
    let mut book = open(file);
    let names = book.sheet_names();
    for (_, sheet, row, column, number) in numbers(figures) {
        let name = names.iter().find(|name| {
            *name == sheet || (language == ExportLanguage::Both && name.ends_with(&format!(" - {sheet}")))
        });
        let range =
            book.worksheet_range(name.unwrap_or_else(|| panic!("{sheet} of {names:?}"))).expect("a sheet");
        let headings: Vec<String> =
            range.rows().next().expect("headings").iter().map(|cell| text(cell, language)).collect();
        let labels = if matches!(sheet, "Countries" | "Targets") { 2 } else { 1 };
        let found = range.rows().find(|cells| {
            let label: Vec<String> = cells.iter().take(labels).map(|cell| text(cell, language)).collect();
            let label: Vec<String> = label.into_iter().filter(|label| !label.is_empty()).collect();
            label.join(" · ") == row
        });
        let place =
            if sheet == "Overview" { Some(1) } else { headings.iter().position(|heading| heading == column) };
        let place = place.unwrap_or_else(|| panic!("{column} of {headings:?}"));
        let cell = found.and_then(|cells| cells.get(place)).unwrap_or_else(|| panic!("{sheet}: {row}"));
        let (value, wanted) = match (number, cell) {
            (Number::Ms(ms), Data::DateTime(time)) => {
                assert!(time.is_duration(), "{sheet} {row} {column}");
                (time.as_f64() * 86_400_000.0, float(ms))
            }
            (Number::Count(count), Data::Float(value)) => (*value, f64::from(count)),
            (Number::Share(part), Data::Float(value)) => {
                (*value, f64::from(part.cases) / f64::from(part.over))
            }
            (Number::Percent(percent), Data::Float(value)) => (*value, f64::from(percent) / 100.0),
            (number, cell) => panic!("{sheet} {row} {column}: {cell:?} for {number:?}"),
        };
        assert!((value - wanted).abs() < 1e-6, "{sheet} {row} {column}: {value}, wanted {wanted}");
    }
}

async fn counted(service: &Service, officer: &Officer) -> Figures {
    let head = service.store.head().await.expect("a head");
    until("all of it is counted", async || {
        let answer = officer.send("POST", "/api/figures", Some(&query())).await;
        let figures: Figures = answer.json().await.expect("figures");
        (figures.up_to_seq >= head).then_some(figures)
    })
    .await
}

#[tokio::test]
async fn every_number_in_csv_xlsx_and_pdf_is_that_of_the_figures() {
    let service = Service::start_with(ManualClock::at(SystemClock::new().now())).await;
    year::write(&service, CASES).await;
    let tra = service.officer("tra").await;
    let figures = counted(&service, &tra).await;
    assert!(figures.drills_left_out > 0 && figures.escalations.reached_nobody > 0);
    let of = ExportOf::Figures { query: query() };
    let (_, file) = made(&tra, &wanted(of.clone(), ExportFormat::Csv)).await;
    csv_says(&file, &figures);
    for language in [ExportLanguage::En, ExportLanguage::Both] {
        let wanted = sos_protocol::export::NewExport { language, ..wanted(of.clone(), ExportFormat::Xlsx) };
        let (_, file) = made(&tra, &wanted).await;
        workbook_says(&file, &figures, language);
    }
    let (view, file) = made(&tra, &wanted(of, ExportFormat::Pdf)).await;
    let me: Me = tra.get("/api/session").await;
    paper_says(&file, figures, &view, &me.name);
}

/// That every number of the figures is printed is for the tests of the documents; the same figures are the same bytes.
fn paper_says(file: &[u8], figures: Figures, view: &ExportView, by: &str) {
    let language = match view.language {
        ExportLanguage::Vi => Language::Vi,
        ExportLanguage::En => Language::En,
        ExportLanguage::Both => Language::Both,
    };
    let made = Made { by: by.to_owned(), at_ms: view.asked_at_ms, zone: figures.query.zone.clone() };
    let same = |figures: Figures| {
        let content = Content::Figures { figures: Box::new(figures), desk_name: None };
        sos_documents::render(&Document { language, made: made.clone(), content }).expect("a PDF")
    };
    let other = Figures { cases: figures.cases + 1, ..figures.clone() };
    assert!(file == same(figures), "the PDF has other figures than the page");
    assert!(file != same(other));
}

/// The cases of `fit` as rows, by SQL straight over the ledger.
const ROWS: &str = r#"
SELECT jsonb_agg(jsonb_build_array(
    to_char(at AT TIME ZONE 'UTC', 'YYYY') || '-' || lpad(c.case_no::text, 6, '0'),
    to_char(local, 'YYYY-MM-DD"T"HH24:MI:SS.MS') || ahead, 'UTC' || ahead,
    d.name, coalesce(f.country, ''),
    coalesce(initcap(f.kind), ''),
    CASE WHEN f.closed IS NULL THEN 'Not closed' ELSE 'Closed' END,
    coalesce(CASE f.disposition WHEN 'resolved' THEN 'Resolved' WHEN 'referred' THEN 'Referred to another authority'
        WHEN 'false_alarm' THEN 'False alarm' WHEN 'cancelled_by_worker' THEN 'Cancelled by the worker, verified'
        WHEN 'duplicate' THEN 'Duplicate of another case' WHEN 'unable_to_contact' THEN 'Unable to contact'
        WHEN 'test' THEN 'Test' END, ''),
    coalesce(f.waited::text, ''), coalesce((f.rang - f.opened)::text, ''), coalesce((f.claimed - f.opened)::text, ''),
    coalesce((f.closed - f.opened)::text, ''), coalesce((f.due - f.opened)::text, ''),
    CASE WHEN f.claimed <= f.due THEN '1' ELSE '0' END,
    f.steps::text, f.steps_targets::text, f.steps_ministry::text, f.steps_nobody::text,
    (f.steps - f.steps_targets - f.steps_ministry - f.steps_nobody)::text,
    (SELECT count(*)::text FROM ledger l WHERE l.case_id = f.case_id AND l.kind IN ('opened', 'pressed_again'))
) ORDER BY c.case_no)
FROM (SELECT *, to_timestamp(0) + opened * interval '1 ms' AS at FROM (SELECT case_id, opened, country, kind, closed,
        disposition, waited, rang, claimed, due, steps, steps_targets, steps_ministry, steps_nobody, desk FROM fit) x) f
CROSS JOIN LATERAL (SELECT f.at AT TIME ZONE 'Europe/Berlin' AS local) l
CROSS JOIN LATERAL (SELECT CASE WHEN local - (f.at AT TIME ZONE 'UTC') = interval '2 hours' THEN '+02:00' ELSE '+01:00' END AS ahead) o
JOIN cases c ON c.case_id = f.case_id JOIN desks d ON d.desk_id = f.desk"#;

#[tokio::test]
async fn the_cases_in_csv_and_xlsx_are_those_that_sql_finds_in_the_ledger() {
    let service = Service::start().await;
    year::write(&service, CASES).await;
    let tra = service.officer("tra").await;
    let figures = counted(&service, &tra).await;
    let mut by_sql = BySql::up_to(&service, figures.up_to_seq.0).await;
    by_sql.figures(&query(), "week").await;
    let Value::Array(wanted_rows) = by_sql.of_cases(ROWS).await else { panic!("rows") };
    assert_eq!(wanted_rows.len(), figures.cases as usize);

    let of = ExportOf::Cases { query: query() };
    let (view, file) = made(&tra, &wanted(of.clone(), ExportFormat::Csv)).await;
    assert_eq!((view.done, view.all), (figures.cases, figures.cases));
    let rows = csv_rows(&file);
    assert_eq!(rows[0].len(), 21);
    let mut by_number: Vec<&[String]> = rows[1..].iter().map(|row| &row[..20]).collect();
    by_number.sort_by_key(|row| row[0][5..].to_owned());
    for (row, wanted) in by_number.iter().zip(&wanted_rows) {
        assert_eq!(serde_json::json!(row), *wanted);
    }
    assert_eq!(by_number.len(), wanted_rows.len());

    let (_, file) = made(&tra, &wanted(of, ExportFormat::Xlsx)).await;
    let range = open(&file).worksheet_range("Cases").expect("a sheet");
    let sheet: Vec<&[Data]> = range.rows().skip(1).collect();
    assert_eq!(sheet.len(), rows.len() - 1);
    for (cells, row) in sheet.iter().zip(&rows[1..]) {
        let said: Vec<String> = cells.iter().zip(0..).map(|(cell, column)| plain(cell, column)).collect();
        let mut wanted: Vec<String> = row.clone();
        // By the clock alone there.
        wanted[1].truncate("2025-01-01T00:00:00.000".len());
        assert_eq!(said[..20], wanted[..20]);
        assert!(said[20].starts_with("Trà, 20"), "{said:?}");
    }
}

/// As in a CSV.
fn plain(cell: &Data, column: usize) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::Bool(is_so) => u8::from(*is_so).to_string(),
        Data::Float(number) => number.to_string(),
        Data::DateTime(time) if column == 1 => {
            let (year, month, day, hour, minute, second, milli) = time.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}")
        }
        Data::DateTime(time) => (time.as_f64() * 86_400_000.0).round().to_string(),
        cell => cell.get_string().unwrap_or_default().to_owned(),
    }
}
