//! Lists of workers: CSV with the head `name,phone,language,contract_country,employer,address`.

use std::collections::HashMap;
use std::fmt;

use sos_protocol::admin::BadRow;
use sos_protocol::case::WorkerProfile;
use sos_protocol::{CountryCode, WorkerId};

use super::error::AdminError;
use crate::app::Ambient;
use crate::store::Store;
use crate::store::administration::{By, Change};
use crate::store::workers::{insert_workers, known_workers};

/// The columns; the name is needed.
const COLUMNS: [&str; 6] = ["name", "phone", "language", "contract_country", "employer", "address"];
/// Longest cell, in Unicode scalar values: an address.
const CELL_CHARS_MAX: usize = 300;
/// Bad rows that are named: whoever puts them right looks at a page of them.
const BAD_ROWS_MAX: usize = 100;

/// A worker of a list, without an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ListedWorker {
    pub(super) name: String,
    pub(super) phone: Option<String>,
    language: String,
    contract_country: Option<CountryCode>,
    employer: Option<String>,
    address: Option<String>,
}

/// Why a list cannot be used.
#[derive(Debug)]
pub(super) enum BadList {
    /// More workers than are taken at a time.
    TooLong,
    /// These rows are at fault.
    Rows(Vec<BadRow>),
}

impl fmt::Display for BadList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => f.write_str("too many workers"),
            Self::Rows(rows) => rows
                .iter()
                .try_for_each(|row| write!(f, "\nline {}, {}: {}", row.line, row.column, row.fault)),
        }
    }
}

fn bad(line: u32, column: &str, fault: impl Into<String>) -> BadRow {
    BadRow { line, column: column.to_owned(), fault: fault.into() }
}

/// Reads a list of at most `rows_max` workers.
pub(super) fn read(text: &str, rows_max: usize) -> Result<Vec<ListedWorker>, BadList> {
    // Spreadsheets put a mark before the first line.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader =
        csv::ReaderBuilder::new().comment(Some(b'#')).flexible(true).from_reader(text.as_bytes());
    let places = places(&mut reader).map_err(|fault| BadList::Rows(vec![bad(1, "name", fault)]))?;
    let (mut workers, mut faults) = (vec![], vec![]);
    let mut lines: HashMap<(String, Option<String>), u32> = HashMap::new();
    for record in reader.records() {
        if workers.len() >= rows_max {
            return Err(BadList::TooLong);
        }
        let worker = match &record {
            Ok(record) => {
                let line = record.position().map_or(0, |at| u32::try_from(at.line()).unwrap_or(u32::MAX));
                worker(record, &places, line).and_then(|worker| {
                    let key = (worker.name.clone(), worker.phone.clone());
                    match lines.insert(key, line) {
                        Some(first) => Err(bad(line, "name", format!("the same worker as in line {first}"))),
                        None => Ok(worker),
                    }
                })
            }
            Err(error) => {
                let line = error.position().map_or(0, |at| u32::try_from(at.line()).unwrap_or(u32::MAX));
                Err(bad(line, "", "cannot be read"))
            }
        };
        match worker {
            Ok(worker) => workers.push(worker),
            Err(fault) if faults.len() < BAD_ROWS_MAX => faults.push(fault),
            Err(_) => break,
        }
    }
    if faults.is_empty() { Ok(workers) } else { Err(BadList::Rows(faults)) }
}

/// Where the columns stand.
fn places(reader: &mut csv::Reader<&[u8]>) -> Result<[Option<usize>; 6], String> {
    let head = reader.headers().map_err(|_| "the head cannot be read".to_owned())?;
    let place = |column: &str| head.iter().position(|name| name.trim() == column);
    if let Some(unknown) = head.iter().find(|name| !COLUMNS.contains(&name.trim())) {
        let unknown: String = unknown.chars().take(CELL_CHARS_MAX).collect();
        return Err(format!("the head has {unknown:?}; it is {}", COLUMNS.join(",")));
    }
    let places = COLUMNS.map(place);
    if places[0].is_some() { Ok(places) } else { Err(format!("the head is {}", COLUMNS.join(","))) }
}

fn worker(
    record: &csv::StringRecord,
    places: &[Option<usize>; 6],
    line: u32,
) -> Result<ListedWorker, BadRow> {
    let known = places.iter().flatten().count();
    if record.len() > known {
        return Err(bad(line, "", format!("{} cells where the head has {known}", record.len())));
    }
    let mut cells: [Option<String>; 6] = std::array::from_fn(|i| {
        let cell = record.get(places[i]?)?.trim();
        (!cell.is_empty()).then(|| cell.to_owned())
    });
    for (cell, column) in cells.iter().zip(COLUMNS) {
        let Some(cell) = cell else { continue };
        if cell.chars().count() > CELL_CHARS_MAX || cell.chars().any(char::is_control) {
            return Err(bad(line, column, format!("one line of at most {CELL_CHARS_MAX} characters")));
        }
    }
    let [name, phone, language, country, employer, address] = &mut cells;
    let name = name.take().ok_or_else(|| bad(line, "name", "a worker has a name"))?;
    let dialled = |c: char| c.is_ascii_digit() || "+-() .".contains(c);
    if phone.as_ref().is_some_and(|phone| !phone.chars().all(dialled)) {
        return Err(bad(line, "phone", "digits, and + - ( ) between them"));
    }
    let language = language.take().unwrap_or_else(|| "vi".to_owned());
    if !(2..=3).contains(&language.len()) || !language.chars().all(|c| c.is_ascii_lowercase()) {
        return Err(bad(line, "language", "an ISO 639 code such as vi"));
    }
    let contract_country = match country.take() {
        None => None,
        Some(iso) => Some(
            CountryCode::parse(&iso)
                .ok_or_else(|| bad(line, "contract_country", "two letters such as TW"))?,
        ),
    };
    let (phone, employer, address) = (phone.take(), employer.take(), address.take());
    Ok(ListedWorker { name, phone, language, contract_country, employer, address })
}

/// The workers of a list in its order, those that were not known created; and how many those are.
pub(super) async fn take(
    change: &mut Change,
    ambient: &Ambient,
    rows: &[ListedWorker],
) -> Result<(Vec<WorkerProfile>, usize), AdminError> {
    let names: Vec<String> = rows.iter().map(|row| row.name.clone()).collect();
    let phones: Vec<Option<String>> = rows.iter().map(|row| row.phone.clone()).collect();
    let mut known = known_workers(&mut change.tx, &names, &phones).await?;
    let mut new = vec![];
    let mut workers = Vec::with_capacity(rows.len());
    for row in rows {
        let worker = known.remove(&(row.name.clone(), row.phone.clone())).unwrap_or_else(|| {
            let worker = WorkerProfile {
                worker_id: WorkerId(ambient.entropy.uuid_v7(change.by.at)),
                name: row.name.clone(),
                phone: row.phone.clone(),
                language: row.language.clone(),
                contract_country: row.contract_country,
                employer: row.employer.clone(),
                address: row.address.clone(),
            };
            new.push(worker.clone());
            worker
        });
        workers.push(worker);
    }
    insert_workers(&mut change.tx, &new).await?;
    Ok((workers, new.len()))
}

/// Creates the workers that are not known: (new, known).
pub(super) async fn import(
    store: &Store,
    ambient: &Ambient,
    rows: &[ListedWorker],
) -> Result<(usize, usize), AdminError> {
    super::error::using(store, async {
        let mut change = store.change(By { staff: None, at: ambient.clock.now() }).await?;
        let (_, new) = take(&mut change, ambient, rows).await?;
        if new > 0 {
            let facts = serde_json::json!({ "codes": 0, "new_workers": new });
            change.note("codes", "list", &facts).await?;
        }
        change.commit().await?;
        Ok((new, rows.len() - new))
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<(u32, String)> {
        match read(text, 3) {
            Err(BadList::Rows(rows)) => rows.into_iter().map(|row| (row.line, row.column)).collect(),
            Err(BadList::TooLong) => vec![(0, "too long".to_owned())],
            Ok(_) => vec![],
        }
    }

    #[test]
    fn a_list_is_read_by_the_names_of_its_columns() {
        let text = "\u{feff}phone,name,contract_country\n+886 1,Lê Văn A,tw\n,\"Trần, B\",\n";
        let workers = read(text, 10).unwrap();
        assert_eq!(workers[0].name, "Lê Văn A");
        assert_eq!(workers[0].phone.as_deref(), Some("+886 1"));
        assert_eq!(workers[0].contract_country, CountryCode::parse("TW"));
        assert_eq!((workers[1].name.as_str(), workers[1].phone.as_deref()), ("Trần, B", None));
        assert_eq!(workers[1].language, "vi");
    }

    #[test]
    fn every_fault_has_its_line_and_column() {
        let at = |line, column: &str| (line, column.to_owned());
        let text = "name,phone,language,contract_country\n,1,,\nA,x,,\nB,1,Vietnamese,\nC,1,vi,TWN\n";
        let wanted = [at(2, "name"), at(3, "phone"), at(4, "language"), at(5, "contract_country")].to_vec();
        assert_eq!(faults(text), wanted);
        assert_eq!(faults("name;phone\nA;1\n"), [at(1, "name")]);
        assert_eq!(faults("phone\n1\n"), [at(1, "name")]);
        assert_eq!(faults("name\nA\n# a comment\nB\nA\n"), [at(5, "name")]);
        assert_eq!(faults("name\nA,B\n"), [at(2, "")]);
        assert_eq!(faults("name\nA\nB\nC\nD\n"), [at(0, "too long")]);
    }
}
