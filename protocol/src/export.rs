//! Files that officers take away: asked for, made meanwhile, kept for a while.

use serde::{Deserialize, Serialize};

use crate::figures::FiguresQuery;
use crate::{CaseId, ExportId, UnixMs};

/// What a file is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum ExportOf {
    /// The cases that are counted, a row each, without personal data. As CSV, or as XLSX of at most
    /// [`crate::limits::EXPORT_XLSX_ROWS_MAX`] cases.
    Cases {
        /// Which.
        query: FiguresQuery,
    },
    /// The figures of `POST /api/figures`, the same numbers. As CSV (one number a row), XLSX or PDF.
    Figures {
        /// Of which cases.
        query: FiguresQuery,
    },
    /// The incident report of a case. As PDF.
    Report {
        /// Which.
        case_id: CaseId,
    },
    /// Everything about a case. As PDF.
    CaseFile {
        /// Which.
        case_id: CaseId,
    },
}

/// What kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// Comma-separated values, UTF-8 with a byte order mark.
    Csv,
    /// An Excel workbook.
    Xlsx,
    /// A PDF.
    Pdf,
}

impl ExportFormat {
    /// The ending of a file's name.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Pdf => "pdf",
        }
    }
}

/// The language of a file's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ExportLanguage {
    /// Vietnamese.
    Vi,
    /// English.
    En,
    /// Vietnamese, and English beside it.
    Both,
}

/// `POST /api/exports`. The same again is the same export: nothing more is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewExport {
    /// Made by whoever asks.
    pub export_id: ExportId,
    /// Of what.
    pub of: ExportOf,
    /// As what.
    pub format: ExportFormat,
    /// In which language.
    pub language: ExportLanguage,
}

/// How far an export is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ExportState {
    /// Nobody has begun.
    Waiting,
    /// It is being made.
    Running,
    /// It can be fetched.
    Done,
    /// It could not be made; `fault` says why. Nothing of it is kept.
    Failed,
    /// Its time is over, and the file was removed.
    Gone,
}

/// Why an export could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ExportFault {
    /// Whoever asked may not have it any more.
    Forbidden,
    /// More cases than a sheet of XLSX has rows: ask for CSV, or for a shorter period.
    TooManyRows,
    /// Larger than [`crate::limits::EXPORT_BYTES_MAX`]: ask for a shorter period.
    TooLarge,
    /// What was asked for is not there any more, as a desk.
    NotThere,
    /// It did not work in several tries: ask again later.
    Broken,
}

/// An export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct ExportView {
    /// Which.
    pub export_id: ExportId,
    /// Of what.
    pub of: ExportOf,
    /// As what.
    pub format: ExportFormat,
    /// In which language.
    pub language: ExportLanguage,
    /// How far it is.
    pub state: ExportState,
    /// Steps that are done, …
    pub done: u32,
    /// … of so many: cases, or parts of the file. 0 before it is known.
    pub all: u32,
    /// Bytes of the file, so far.
    #[cfg_attr(feature = "schema", ts(type = "number"))]
    pub bytes: u64,
    /// Of the file, hex in lower case; once it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Name of the file, which says of what it is, who asked and when.
    pub file_name: String,
    /// When it was asked for.
    pub asked_at_ms: UnixMs,
    /// When it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_at_ms: Option<UnixMs>,
    /// When the file is removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at_ms: Option<UnixMs>,
    /// Name of who asked; absent: it is made by schedule, for all reviewers of the ministry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<ExportFault>,
}

/// `GET /api/exports`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct ExportList {
    /// One's own and, for reviewers, those by schedule; the newest first.
    pub exports: Vec<ExportView>,
}
