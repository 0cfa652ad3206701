//! Whether an electronic case file is whole.

use serde::{Deserialize, Serialize};

use crate::time::UnixMs;
use crate::{CaseId, Seq};

/// `POST /api/case-files/check`, whose body is the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct CaseFileCheck {
    /// Every byte is as this service signed it.
    pub whole: bool,
    /// SHA-256 of the file, hex in lower case: what is printed where the file is spoken of.
    pub sha256: String,
    /// What the file says of itself; absent: it is no case file. Only true if it is whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub says: Option<CaseFileHead>,
    /// What is not as it was signed, at most [`crate::limits::CASE_FILE_FAULTS_MAX`].
    pub faults: Vec<CaseFileFault>,
}

/// What a file says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct CaseFileHead {
    /// Whose.
    pub case_id: CaseId,
    /// Number, as shown.
    pub case_no: String,
    /// The case's last entry in the ledger that is in it.
    pub last_seq: Seq,
    /// When it was made.
    pub made_at_ms: UnixMs,
    /// Name of the officer who had it made.
    pub made_by: String,
    /// Id of the key that it says it was signed with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_id: Option<String>,
}

/// Something that is not as it was signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum CaseFileFault {
    /// It cannot be read as JSON.
    NotJson {
        /// From 1.
        line: u32,
        /// From 1.
        column: u32,
    },
    /// It is another kind of file.
    NotCaseFile {},
    /// Its content is right, but it is written in another way.
    NotCanonical {
        /// First byte that differs, from 0.
        at: u32,
    },
    /// It was signed with a key that is not this service's.
    OtherKey {
        /// As the file says.
        key_id: String,
    },
    /// The list of its parts is not what was signed, or the signature was changed.
    Signature {},
    /// A part was changed.
    Changed {
        /// Which: `case`, or `timeline/3` for the fourth line of the timeline.
        part: String,
    },
    /// A part was taken out.
    Missing {
        /// Which.
        part: String,
    },
    /// A part was put in.
    Added {
        /// Which.
        part: String,
    },
}
