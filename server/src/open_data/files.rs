//! What is published, as files: made when it changes, kept in memory.

use sha2::{Digest, Sha256};
use sos_protocol::open_data::{OpenCases, OpenMonth, OpenRow};
use sos_protocol::report::ReportLanguage;

use super::{page, words};
use crate::auth::secret::hex;

/// Where the fields are described.
const FIELDS: &str = "/open-data/fields.json";

/// A file as it is sent.
#[derive(Debug, Clone)]
pub struct File {
    /// Type, with its character set.
    pub kind: &'static str,
    /// Changes with every byte of it: `W/"…"`. Weak, for it may be compressed on its way.
    pub etag: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl File {
    fn new(kind: &'static str, bytes: Vec<u8>) -> Self {
        let etag = format!("W/\"{}\"", hex(&Sha256::digest(&bytes)[..16]));
        Self { kind, etag, bytes }
    }
}

/// Everything that is published.
#[derive(Debug, Clone)]
pub struct Files {
    /// How often something was published by then.
    pub(super) changes: i64,
    /// `/open-data/cases.csv`
    pub csv: File,
    /// `/open-data/cases.json`
    pub json: File,
    /// `/open-data/fields.json`
    pub fields: File,
    page_vi: File,
    page_en: File,
}

impl Files {
    /// Of `months`, the oldest first.
    pub(super) fn of(changes: i64, months: Vec<OpenMonth>, licence: &str) -> Result<Self, serde_json::Error> {
        let fields = words::fields(licence, months.last().map(|month| month.time_zone.clone()));
        let html = "text/html; charset=utf-8";
        let page = |language| page::page(&months, &fields, language).into_bytes();
        let (page_vi, page_en) = (page(ReportLanguage::Vi), page(ReportLanguage::En));
        let csv = csv(&months);
        let cases = OpenCases { fields: FIELDS.to_owned(), licence: licence.to_owned(), months };
        Ok(Self {
            changes,
            csv: File::new("text/csv; charset=utf-8", csv.into_bytes()),
            json: File::new("application/json", serde_json::to_vec(&cases)?),
            fields: File::new("application/json", serde_json::to_vec(&fields)?),
            page_vi: File::new(html, page_vi),
            page_en: File::new(html, page_en),
        })
    }

    /// `/open-data`, the page for people.
    #[must_use]
    pub const fn page(&self, language: ReportLanguage) -> &File {
        match language {
            ReportLanguage::Vi => &self.page_vi,
            ReportLanguage::En => &self.page_en,
        }
    }
}

/// A line a row, and one for a month that was withdrawn. No value of ours holds a comma, a quotation mark or a line's end.
fn csv(months: &[OpenMonth]) -> String {
    let mut out = words::COLUMNS.map(|column| column.name).join(",") + "\r\n";
    for month in months {
        let about = |row: Option<&OpenRow>| {
            let number = |number: Option<u32>| number.map_or(String::new(), |number| number.to_string());
            let cells = [
                month.month.clone(),
                month.version.to_string(),
                month.time_zone.clone(),
                month.published_on.clone(),
                month.withdrawn.to_string(),
                row.map_or(String::new(), |row| row.by.as_str().to_owned()),
                row.map_or(String::new(), |row| row.group.clone()),
                number(row.and_then(|row| row.cases)),
                number(row.and_then(|row| row.claim_median_s)),
                number(row.and_then(|row| row.close_median_min)),
                number(row.and_then(|row| row.on_time_from_pct).map(u32::from)),
                number(row.and_then(|row| row.on_time_to_pct).map(u32::from)),
            ];
            cells.join(",") + "\r\n"
        };
        if month.withdrawn {
            out += &about(None);
        }
        for row in &month.rows {
            out += &about(Some(row));
        }
    }
    out
}
