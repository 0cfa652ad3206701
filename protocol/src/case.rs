//! A case, as consoles see it.

use serde::{Deserialize, Serialize};

use crate::cover::StepTaken;
use crate::phone::DroppedField;
use crate::report::{MeasurePlan, Written};
use crate::{
    Alert, AlertId, AttachmentId, CaseId, CountryCode, DeskId, EmergencyKind, Fix, MeasureId, MessageId,
    NoteId, Seq, StaffId, UnixMs, WorkerId,
};

/// Where a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CaseState {
    /// Nobody has taken it.
    Open,
    /// An officer works on it.
    Claimed,
    /// Done with.
    Closed,
}

/// Why a case was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// The worker was helped.
    Resolved,
    /// Handed to another authority.
    Referred,
    /// There was no emergency.
    FalseAlarm,
    /// The worker took it back, and that was verified.
    CancelledByWorker,
    /// The same matter as another case.
    Duplicate,
    /// Nobody could be reached.
    UnableToContact,
    /// A test.
    Test,
}

/// How urgent a case is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// An SOS.
    P1,
    /// An SOS that its worker took back.
    P2,
    /// Neither.
    P3,
}

/// Why an alert is not known to come from the worker it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Unverified {
    /// The phone showed no credential.
    NoCredential,
    /// The credential was not made by this service.
    CredentialInvalid,
    /// The credential was good once; key and worker are known.
    CredentialExpired,
    /// The signature is missing or does not fit the key in the credential.
    ProofInvalid,
    /// The device was enrolled, but is not known any more.
    DeviceUnknown,
    /// The device was revoked.
    DeviceRevoked,
    /// It came by SMS, where nothing proves which phone sent it.
    Sms,
}

/// What the choice of the desk rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RoutingBasis {
    /// The position lies in one country.
    Polygon,
    /// The position lies in several countries, or its uncertainty reaches over a border.
    Border,
    /// At sea: the nearest territorial sea within 400 km.
    Offshore,
    /// In one of the special sea areas: never another state's desk.
    SpecialArea,
    /// No position: the country of the worker's contract.
    ContractCountry,
    /// Nothing to go by, or no coast near: the ministry desk.
    Nothing,
}

/// Why this desk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct RoutingView {
    /// What the choice rests on.
    pub basis: RoutingBasis,
    /// The most likely country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<CountryCode>,
    /// The other countries it may be, most likely first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<CountryCode>,
    /// Distance in kilometres to the nearest territorial sea (12 nautical miles off the coast), when offshore.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offshore_km: Option<f64>,
    /// Name of the special area.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub special_area: Option<String>,
    /// The country has no desk of its own; the ministry desk holds the case.
    #[serde(default)]
    pub no_desk_for_country: bool,
}

/// The officer who has a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Owner {
    /// Who.
    pub staff_id: StaffId,
    /// Name to show.
    pub name: String,
    /// Since when.
    pub since_ms: UnixMs,
}

/// A case is offered to another desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Offer {
    /// Which.
    pub to: DeskId,
    /// Since when.
    pub at_ms: UnixMs,
}

/// How a case ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Closing {
    /// When.
    pub at_ms: UnixMs,
    /// Who closed it.
    pub by: String,
    /// Why.
    pub disposition: Disposition,
    /// In words.
    pub summary: String,
}

/// A fix as the service keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct FixView {
    /// As the phone sent it.
    #[serde(flatten)]
    pub fix: Fix,
    /// When it reached the service. Order by this, show age by `fix_time_ms` where it is there.
    pub server_time_ms: UnixMs,
}

/// A case as a row of the queue and a mark on the map. The whole state: a later one replaces an earlier one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct CaseSummary {
    /// Identity.
    pub case_id: CaseId,
    /// For people: `2026-000123`.
    pub case_no: String,
    /// Changes with every step of the lifecycle; a command names the version it saw.
    pub version: u32,
    /// The last ledger entry of this case; a summary with a smaller one is older.
    pub last_seq: Seq,
    /// Where it stands.
    pub state: CaseState,
    /// How urgent it is.
    pub priority: Priority,
    /// It rings until somebody answers: unclaimed, or pressed again since it was claimed.
    pub ringing: bool,
    /// The desk that holds it.
    pub desk_id: DeskId,
    /// Desks that are shown it.
    pub watchers: Vec<DeskId>,
    /// Why this desk.
    pub routing: RoutingView,
    /// The worker, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worker_id: Option<WorkerId>,
    /// Name of the worker, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worker_name: Option<String>,
    /// Why it is not known to come from this worker; absent when verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unverified: Option<Unverified>,
    /// What happened, if the worker said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<EmergencyKind>,
    /// First alert received.
    pub opened_at_ms: UnixMs,
    /// Latest alert received.
    pub pressed_at_ms: UnixMs,
    /// How long that one had waited on the phone before it was sent, in milliseconds; none: it came at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", ts(type = "number | null", optional))]
    pub waited_ms: Option<i64>,
    /// How many times SOS was pressed.
    pub presses: u32,
    /// By when somebody should have claimed it, by the desk's target.
    pub claim_due_ms: UnixMs,
    /// First drawn and rung by a console of the desk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rang_at_ms: Option<UnixMs>,
    /// First opened by an officer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_at_ms: Option<UnixMs>,
    /// The worker took the press back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled_at_ms: Option<UnixMs>,
    /// The worker was made to take it back, and gave the PIN that says so. The phone shows nothing of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duress_at_ms: Option<UnixMs>,
    /// A test of the path; counted nowhere.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "schema", ts(as = "Option<bool>", optional))]
    pub drill: bool,
    /// Who has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<Owner>,
    /// Who was asked to take it, and has not yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assigned: Option<Owner>,
    /// The desk that it is offered to, and that has not taken it yet; the holder holds it until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<Offer>,
    /// Desks, among `watchers`, that may write in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub helpers: Vec<DeskId>,
    /// Words to find it by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Cases that belong to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<CaseId>,
    /// When somebody was last told that nobody answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalated_at_ms: Option<UnixMs>,
    /// At that time there was nobody who could be told.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "schema", ts(as = "Option<bool>", optional))]
    pub nobody_told: bool,
    /// An officer asked the phone for its position, and no fix has come since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix_asked_at_ms: Option<UnixMs>,
    /// Employer of the worker, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub employer: Option<String>,
    /// Where the worker lives abroad, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Messages of the worker since an officer last looked or wrote.
    pub unread: u32,
    /// Newest position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<FixView>,
    /// Charge of the phone's battery, 0 to 100, the latest known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub battery_pct: Option<u8>,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closing: Option<Closing>,
}

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(tag = "role", rename_all = "snake_case")]
pub enum Actor {
    /// The worker, by phone.
    Worker {},
    /// An officer.
    Staff {
        /// Who.
        staff_id: StaffId,
        /// Name to show.
        name: String,
    },
    /// The service itself.
    Service {},
}

/// What happened in a case: the payload of a ledger entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CaseEvent {
    /// The first alert was recorded: the case exists.
    Opened {
        /// The press.
        alert: Alert,
        /// When the gateway had it on disk.
        received_at_ms: UnixMs,
        /// Why this desk.
        routing: RoutingView,
        /// Why it is unverified.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unverified: Option<Unverified>,
        /// The number that it came from, if it came by SMS.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sms_from: Option<String>,
        /// Fields that were broken and left out.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        dropped: Vec<DroppedField>,
        /// As in the alert. It stands here as well because figures need it after the alert was erased; so do the next ones.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        emergency: Option<EmergencyKind>,
        /// As in the alert.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "schema", ts(type = "number | null", optional))]
        waited_ms: Option<i64>,
        /// As in the alert.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        #[cfg_attr(feature = "schema", ts(as = "Option<bool>", optional))]
        drill: bool,
        /// By when somebody should have claimed it, by the target of the desk at that time; absent in entries from before
        /// this was said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        claim_due_ms: Option<UnixMs>,
    },
    /// The worker pressed again.
    PressedAgain {
        /// The press.
        alert: Alert,
        /// When the gateway had it on disk.
        received_at_ms: UnixMs,
        /// Why it is unverified.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unverified: Option<Unverified>,
        /// The number that it came from, if it came by SMS.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sms_from: Option<String>,
        /// Fields that were broken and left out.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        dropped: Vec<DroppedField>,
        /// As in the alert. It stands here as well because figures need it after the alert was erased; so do the next ones.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        emergency: Option<EmergencyKind>,
        /// As in the alert.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "schema", ts(type = "number | null", optional))]
        waited_ms: Option<i64>,
    },
    /// The worker took an alert back.
    Cancelled {
        /// Which.
        alert_id: AlertId,
    },
    /// The worker gave the PIN that says: I am made to do this. In place of `cancelled`, or right behind the press.
    Duress {
        /// The alert that was to be taken back, or that was sent so.
        alert_id: AlertId,
    },
    /// A photo or a voice note of the worker has arrived whole.
    Attachment {
        /// Which.
        attachment: Attachment,
        /// What the file said about itself. It is kept here and taken out of what is passed on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        taken: Option<Taken>,
    },
    /// A console of the desk drew and rang it.
    Rang {
        /// The alerts that it rang for.
        alert_ids: Vec<AlertId>,
    },
    /// An officer opened it.
    Seen {
        /// The alerts that were seen.
        alert_ids: Vec<AlertId>,
    },
    /// An officer took it.
    Claimed {},
    /// The officer gave it back.
    Released {
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// An officer was asked to take it; whoever has it, has it until then.
    Assigned {
        /// Whom.
        to: StaffId,
        /// Name to show.
        name: String,
    },
    /// It was offered to another desk, which is shown it and rings. The holder holds it until that desk takes it.
    Offered {
        /// Which.
        to: DeskId,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// The desk that it was offered to does not take it.
    Declined {
        /// Which.
        desk: DeskId,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// The holder took the offer back.
    Withdrawn {
        /// From which desk.
        desk: DeskId,
    },
    /// Another desk is shown it.
    Shared {
        /// Which.
        desk: DeskId,
        /// It may write in it as well.
        help: bool,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// The desk that it was offered to has taken it.
    Transferred {
        /// From here …
        from: DeskId,
        /// … to there.
        to: DeskId,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// It was closed.
    Closed {
        /// Why.
        disposition: Disposition,
        /// In words.
        summary: String,
    },
    /// It was opened again.
    Reopened {
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// A chat message, of the worker or an officer (see the actor).
    Message {
        /// Identity.
        message_id: MessageId,
        /// The words.
        text: String,
    },
    /// The worker's phone has stored messages of the desk.
    Delivered {
        /// Which.
        message_ids: Vec<MessageId>,
    },
    /// A note that only officers see.
    Note {
        /// Identity.
        note_id: NoteId,
        /// The words.
        text: String,
    },
    /// An officer set how urgent it is.
    Prioritised {
        /// How urgent.
        to: Priority,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// An officer set its tags.
    Tagged {
        /// All of them now.
        tags: Vec<String>,
    },
    /// An officer wrote down the answer to a guided question; a later one holds.
    Answered {
        /// Which, by its id.
        question: String,
        /// The answer.
        text: String,
    },
    /// Another case belongs to it. There is an entry in both.
    Linked {
        /// Which.
        case_id: CaseId,
        /// Its number.
        case_no: String,
    },
    /// It does not, after all.
    Unlinked {
        /// Which.
        case_id: CaseId,
        /// Its number.
        case_no: String,
    },
    /// An officer asked the phone for its position.
    FixAsked {},
    /// An officer wants the next ones to be told at once.
    Raised {
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Nobody answered: the next ones are told.
    Escalated {
        /// Who, and why.
        step: StepTaken,
    },
    /// An officer saved what people write in the report of the closed case; a later one takes its place. A case that is
    /// opened again, by an officer or by its worker, makes the report a draft again.
    ReportSaved {
        /// What is to follow up.
        plan: Vec<MeasurePlan>,
        /// The words.
        #[serde(default)]
        written: Written,
    },
    /// The desk submitted the report to the ministry.
    ReportSubmitted {},
    /// The ministry returned it.
    ReportReturned {
        /// How many questions it has.
        asked: u32,
        /// These.
        questions: Vec<String>,
    },
    /// The ministry accepted it.
    ReportAccepted {},
    /// A measure of the report is done.
    MeasureDone {
        /// Which.
        measure_id: MeasureId,
    },
    /// A measure of the report has another day.
    MeasureRedated {
        /// Which.
        measure_id: MeasureId,
        /// By when, `2026-12-31`.
        due: String,
    },
    /// A reviewer opened what is kept of the case; said once in [`crate::limits::LOOKED_AT_AGAIN_S`] seconds.
    LookedAt {},
    /// An officer took something of the case away as a file.
    Exported {
        /// What.
        what: Exported,
        /// SHA-256 of the file, hex in lower case.
        sha256: String,
    },
}

/// What of a case was taken away as a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Exported {
    /// The signed case file (JSON).
    CaseFile,
    /// The case file to read (PDF).
    CaseFilePdf,
    /// The incident report (PDF).
    ReportPdf,
    /// The case as a message of the Common Alerting Protocol.
    Cap,
}

impl CaseEvent {
    /// The word for it in the ledger and on the wire.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Opened { .. } => "opened",
            Self::PressedAgain { .. } => "pressed_again",
            Self::Cancelled { .. } => "cancelled",
            Self::Duress { .. } => "duress",
            Self::Attachment { .. } => "attachment",
            Self::Rang { .. } => "rang",
            Self::Seen { .. } => "seen",
            Self::Claimed {} => "claimed",
            Self::Released { .. } => "released",
            Self::Assigned { .. } => "assigned",
            Self::Offered { .. } => "offered",
            Self::Declined { .. } => "declined",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Shared { .. } => "shared",
            Self::Transferred { .. } => "transferred",
            Self::Closed { .. } => "closed",
            Self::Reopened { .. } => "reopened",
            Self::Message { .. } => "message",
            Self::Delivered { .. } => "delivered",
            Self::Note { .. } => "note",
            Self::Prioritised { .. } => "prioritised",
            Self::Tagged { .. } => "tagged",
            Self::Answered { .. } => "answered",
            Self::Linked { .. } => "linked",
            Self::Unlinked { .. } => "unlinked",
            Self::FixAsked {} => "fix_asked",
            Self::Raised { .. } => "raised",
            Self::Escalated { .. } => "escalated",
            Self::ReportSaved { .. } => "report_saved",
            Self::ReportSubmitted {} => "report_submitted",
            Self::ReportReturned { .. } => "report_returned",
            Self::ReportAccepted {} => "report_accepted",
            Self::MeasureDone { .. } => "measure_done",
            Self::MeasureRedated { .. } => "measure_redated",
            Self::LookedAt {} => "looked_at",
            Self::Exported { .. } => "exported",
        }
    }
}

/// What an attachment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Media {
    /// A picture: JPEG, PNG or WebP.
    Photo,
    /// A voice note: WebM or MP4 (AAC, Opus).
    Voice,
}

/// A photo or voice note of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Attachment {
    /// Identity.
    pub attachment_id: AttachmentId,
    /// What it is.
    pub media: Media,
    /// Media type, by its content.
    pub content_type: String,
    /// Size in bytes, as the phone sent it.
    pub bytes: u32,
    /// SHA-256 of what the phone sent, hex in lower case.
    pub sha256: String,
}

/// What a photo says about where and when it was taken, by the camera's own word.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Taken {
    /// Latitude, WGS 84 degrees; with `lon`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lat: Option<f64>,
    /// Longitude, WGS 84 degrees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lon: Option<f64>,
    /// When, where the file says it with its offset from UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_ms: Option<UnixMs>,
}

/// A safe check-in ("Tôi ổn"), as officers see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct CheckInView {
    /// When the worker said it: when it arrived, less the time that it waited on the phone.
    pub at_ms: UnixMs,
    /// When it arrived.
    pub received_at_ms: UnixMs,
    /// Where, if the phone knew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Fix>,
}

/// One line of a case's history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct TimelineEntry {
    /// Place in the ledger.
    pub seq: Seq,
    /// When it was recorded.
    pub at_ms: UnixMs,
    /// Who did it.
    pub actor: Actor,
    /// What.
    pub event: CaseEvent,
}

/// What is known of a worker, for the officers of the desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct WorkerProfile {
    /// Identity.
    pub worker_id: WorkerId,
    /// Full name.
    pub name: String,
    /// Telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Language tag, e.g. `vi`.
    pub language: String,
    /// Country of the contract.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract_country: Option<CountryCode>,
    /// Employer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub employer: Option<String>,
    /// Address abroad.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// Everything about one case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct CaseDetail {
    /// The state now.
    pub case: CaseSummary,
    /// The worker, where known. When the case is unverified: the worker that the phone claims to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worker: Option<WorkerProfile>,
    /// The worker's latest safe check-in, where the worker is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_check_in: Option<CheckInView>,
    /// All entries, oldest first; chat messages and notes are among them.
    pub timeline: Vec<TimelineEntry>,
    /// At most [`crate::limits::DETAIL_FIXES_MAX`], newest first.
    pub fixes: Vec<FixView>,
}
