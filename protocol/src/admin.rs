//! What administrators keep: desks, numbers, accounts, enrolment codes, texts. Every change of it is an entry of the
//! administration's own ledger.

use serde::{Deserialize, Serialize};

use crate::figures::AnswerTarget;
use crate::http::Role;
use crate::{CountryCode, DeskId, EmergencyKind, Seq, StaffId, UnixMs, WorkerId};

/// A desk with everything that can be set: element of `GET /api/admin/desks`, body of `PUT /api/admin/desks/{desk_id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct DeskSettings {
    /// Identity.
    pub desk_id: DeskId,
    /// The version that was seen; 0: it is new.
    pub version: u32,
    /// Name to show.
    pub name: String,
    /// Country it is in; absent for the ministry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<CountryCode>,
    /// It answers where no other desk does. Cannot be changed here.
    #[serde(default)]
    pub is_ministry: bool,
    /// It takes its countries' cases where no district fits.
    #[serde(default)]
    pub is_principal: bool,
    /// Countries it answers for.
    pub countries: Vec<CountryCode>,
    /// Consular district, GeoJSON Polygon or MultiPolygon as text; absent: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub district: Option<String>,
    /// IANA name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// City of the post, WGS 84 degrees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lat: Option<f64>,
    /// City of the post, WGS 84 degrees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lon: Option<f64>,
    /// By when a case should be claimed, in seconds after the press, 5 to 3,600.
    pub claim_target_s: u32,
    /// What figures hold its answers against, at most [`crate::limits::ANSWER_TARGETS_MAX`], the shortest time first; each
    /// longer one asks for more than the one before. Empty: what holds for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", ts(as = "Option<Vec<AnswerTarget>>", optional))]
    pub answer_targets: Vec<AnswerTarget>,
}

/// `GET /api/admin/desks`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct DeskSettingsList {
    /// All desks, the ministry first, then by name.
    pub desks: Vec<DeskSettings>,
    /// What figures hold answers against where a desk has nothing of its own.
    #[serde(default)]
    pub common_targets: Vec<AnswerTarget>,
}

/// What a telephone number reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NumberService {
    /// All emergency services of a country.
    Unified,
    /// Police.
    Police,
    /// Ambulance.
    Ambulance,
    /// Fire brigade.
    Fire,
    /// Rescue at sea.
    Maritime,
    /// Citizen protection line of a desk.
    Desk,
    /// Labour section of a desk; of a country, its own line for foreign workers.
    Labour,
    /// The national line at home.
    National,
}

/// How far a number can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NumberStatus {
    /// Somebody of the service has called it.
    Verified,
    /// Sources agree; nobody has called it.
    Unverified,
    /// Sources contradict each other.
    Doubtful,
}

/// A telephone number: element of `GET /api/admin/numbers`, body of `PUT /api/admin/numbers`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct NumberEntry {
    /// `TW/police`, `tw-taipei/desk`, `national/1`: country or desk, and what it reaches.
    pub key: String,
    /// The version that was seen; 0: it is new, or still as the data files have it.
    pub version: u32,
    /// Country, of those that are one's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<CountryCode>,
    /// Desk, of those that are one's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk_id: Option<DeskId>,
    /// What it reaches.
    pub service: NumberService,
    /// As it is dialled; empty: there is none that could be shown.
    pub number: String,
    /// How far it can be trusted.
    pub status: NumberStatus,
    /// Where it is from, or what is doubtful.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// When somebody called it. The service sets it when the status becomes verified; what a body says counts only where
    /// it is what was seen: then nobody called again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_at_ms: Option<UnixMs>,
    /// Who did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_by: Option<String>,
}

/// `GET /api/admin/numbers`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Numbers {
    /// By key.
    pub numbers: Vec<NumberEntry>,
}

/// An account: element of `GET /api/admin/staff`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct StaffAccount {
    /// Identity.
    pub staff_id: StaffId,
    /// For sign-in.
    pub login: String,
    /// Name to show.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Its desk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk_id: Option<DeskId>,
    /// Of a reviewer: is shown the names of workers, else pseudonyms.
    #[serde(default)]
    #[cfg_attr(feature = "schema", ts(as = "Option<bool>", optional))]
    pub names: bool,
    /// Cannot sign in.
    pub disabled: bool,
}

/// `GET /api/admin/staff`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct StaffAccounts {
    /// By desk and name.
    pub staff: Vec<StaffAccount>,
}

/// `PUT /api/admin/staff/{staff_id}`: a new account, or a change of one. A disabled account is signed out at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct PutStaff {
    /// The login is never changed.
    pub account: StaffAccount,
    /// A new password, 10 to 200 characters; needed for a new account. It ends the sessions of the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

/// `POST /api/admin/codes`: enrolment codes for workers that are there, or for those of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(tag = "for", rename_all = "snake_case")]
pub enum CreateCodes {
    /// One worker.
    Worker {
        /// Which.
        worker_id: WorkerId,
    },
    /// All who have no phone yet, at most [`crate::limits::CODES_MAX`] at a time.
    WithoutDevice {},
    /// The workers of a list: those that are not known yet are created.
    List {
        /// CSV with the head `name,phone,language,contract_country,employer,address`, at most [`crate::limits::CODES_MAX`] rows.
        csv: String,
    },
}

/// A code; it is shown once and kept only as a hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct CodeMade {
    /// Whose.
    pub worker_id: WorkerId,
    /// Name of the worker.
    pub name: String,
    /// Country of the contract.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract_country: Option<CountryCode>,
    /// To be typed into the app.
    pub code: String,
    /// The link to enrol, as the page's own address and this path: `/app/#code=…`.
    pub path: String,
    /// Good until.
    pub ends_ms: UnixMs,
}

/// A row of a list that could not be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct BadRow {
    /// Line in the list, from 1; the head is line 1.
    pub line: u32,
    /// Name of the column.
    pub column: String,
    /// What is wrong, in English words.
    pub fault: String,
}

/// The answer to [`CreateCodes`]. With a bad row nothing was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct CodesMade {
    /// In the order of the list.
    pub codes: Vec<CodeMade>,
    /// Rows that could not be used.
    pub bad_rows: Vec<BadRow>,
}

/// A worker: element of `POST /api/admin/workers/search`, for whoever hands out codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct WorkerFound {
    /// Identity.
    pub worker_id: WorkerId,
    /// Full name.
    pub name: String,
    /// Country of the contract.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract_country: Option<CountryCode>,
    /// Employer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub employer: Option<String>,
    /// Phones that are enrolled and not revoked.
    pub devices: u32,
}

/// The answer to `POST /api/admin/workers/search`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct WorkersFound {
    /// By name, at most [`crate::limits::SEARCH_CASES_MAX`].
    pub workers: Vec<WorkerFound>,
    /// All who have no phone yet.
    pub without_device: u32,
}

/// Words in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Bilingual {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

/// A question that officers are guided by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Question {
    /// Identity: lower-case letters, digits and dashes. Answers are kept under it.
    pub id: String,
    /// Asked in these emergencies; empty: in all.
    pub kinds: Vec<EmergencyKind>,
    /// The question.
    pub words: Bilingual,
    /// Answers to choose from; empty: free words only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Bilingual>,
}

/// Texts that officers work with: `GET /api/texts`, body of `PUT /api/admin/texts`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Texts {
    /// The version that was seen; 0: as the service brings them.
    pub version: u32,
    /// Messages to workers that take no typing.
    pub phrases: Vec<Bilingual>,
    /// Guided questions, in the order they are asked.
    pub questions: Vec<Question>,
    /// Tags that are offered.
    pub tags: Vec<String>,
}

/// An entry of the administration's ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct AdminEntry {
    /// Place, from 1, without gaps.
    pub seq: Seq,
    /// When.
    pub at_ms: UnixMs,
    /// Who; none: at the command line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// What was changed: `desk`, `number`, `staff`, `rota`, `policy`, `webhook`, `codes`, `holidays`, `texts`,
    /// `token`, `open_data`.
    pub kind: String,
    /// Which of them.
    pub subject: String,
    /// What it is since, JSON, without secrets and without names of workers.
    pub facts: String,
}

/// `GET /api/admin/ledger`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct AdminLedger {
    /// The newest first, at most [`crate::limits::ADMIN_ENTRIES_MAX`].
    pub entries: Vec<AdminEntry>,
}
