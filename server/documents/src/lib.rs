//! PDF documents for the ministry: incident reports, figures and electronic case files, in Vietnamese and English.
//!
//! A [`Document`] is put into words as blocks ([`block`]) and set with typst by one template. Whatever people wrote reaches
//! the template as JSON and is printed as it stands; nothing of it is ever read as code. The same document gives the same
//! bytes. Nothing is read but what is built in: no files, no network, no clock.
//!
//! Rendering takes processor time and memory: a service does it in a process of its own.

mod block;
pub mod bounds;
mod case_file;
mod chart;
mod entry;
mod figures;
mod format;
mod map;
mod report;
mod text;
mod typeset;
mod words;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sos_protocol::case::{Disposition, Unverified};
use sos_protocol::figures::Figures;
use sos_protocol::report::ReportView;
use sos_protocol::{CountryCode, DeskId, EmergencyKind, UnixMs};

/// Something to print, with all that it needs: can be passed to another process as JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// In which language.
    pub language: Language,
    /// Who has it made, and when: on every page.
    pub made: Made,
    /// What.
    pub content: Content,
}

/// Languages of a document.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Vietnamese.
    #[default]
    Vi,
    /// English.
    En,
    /// The Vietnamese document, then the English one.
    Both,
}

/// Who has a document made, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// Name.
    pub by: String,
    /// When.
    pub at_ms: UnixMs,
    /// IANA name of the zone by whose clocks moments are said where the content brings none of its own; UTC if unknown.
    pub zone: String,
}

/// What a document says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Content {
    /// An incident report.
    Report {
        /// The report with its drafted part in each language of the document: one view a language.
        reports: Vec<ReportView>,
        /// Of the case.
        case: CaseHead,
    },
    /// Everything on the page of figures; what was asked is in them.
    Figures {
        /// The numbers.
        figures: Box<Figures>,
        /// Name of the desk that was asked for.
        #[serde(default)]
        desk_name: Option<String>,
    },
    /// An electronic case file.
    CaseFile {
        /// The file, byte for byte as `sos_core::case_file::write` makes it: it is attached to the PDF.
        text: String,
        /// Names of desks; one that is not here is called by its id.
        #[serde(default)]
        desks: BTreeMap<DeskId, String>,
    },
}

/// The head of a case in its report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseHead {
    /// Name of the worker, or the pseudonym; absent: unknown.
    #[serde(default)]
    pub worker_name: Option<String>,
    /// Employer of the worker.
    #[serde(default)]
    pub employer: Option<String>,
    /// Name of the desk that holds the case.
    pub desk_name: String,
    /// Country that it was routed by.
    #[serde(default)]
    pub country: Option<CountryCode>,
    /// What the worker said has happened.
    #[serde(default)]
    pub emergency: Option<EmergencyKind>,
    /// When it was opened.
    pub opened_at_ms: UnixMs,
    /// When it was closed, the last time.
    #[serde(default)]
    pub closed_at_ms: Option<UnixMs>,
    /// Why it was closed.
    #[serde(default)]
    pub disposition: Option<Disposition>,
    /// Why it is not known to come from this worker.
    #[serde(default)]
    pub unverified: Option<Unverified>,
}

/// Why there is no document. No words of people are in these.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The report does not come in a language that was asked for.
    #[error("the report is not there in {0}")]
    NoSuchLanguage(&'static str),
    /// The JSON is none of a case file.
    #[error("this is no case file: {0}")]
    NoCaseFile(&'static str),
    /// It could not be set, which is a fault of this program.
    #[error("the document could not be set: {0}")]
    Typeset(String),
}

/// The document as a PDF.
///
/// # Errors
/// When the content does not fit what was asked for, or with a fault of this program.
pub fn render(document: &Document) -> Result<Vec<u8>, RenderError> {
    typeset::pdf(document)
}
