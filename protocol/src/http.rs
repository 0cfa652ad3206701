//! Bodies of the HTTP interface. Errors are [`crate::Problem`] documents.

use serde::{Deserialize, Serialize};

use crate::case::{Media, WorkerProfile};
use crate::phone::DroppedField;
use crate::{
    Alert, AlertId, AttachmentId, CaseId, CaseSummary, CheckInId, CountryCode, DeskId, DeviceId, Disposition,
    Fix, MessageId, NoteId, Pin, Priority, Receipt, StaffId, UnixMs, Unverified,
};

/// `POST /api/enrol`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct EnrolRequest {
    /// The single-use code, as the worker typed it; case, spaces and dashes do not matter.
    pub code: String,
    /// P-256 public key of the device: the uncompressed point (65 bytes, first one 4), base64url without padding.
    pub public_key: String,
    /// Of [`crate::proof::enrol`] by that key, base64url without padding.
    pub signature: String,
    /// Kind of phone, for the profile, at most 80 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_model: Option<String>,
}

/// The answer to [`EnrolRequest`]. The same code and key again give the same device (a lost answer does not cost
/// the code).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Enrolled {
    /// The phone's name from now on.
    pub device_id: DeviceId,
    /// To be shown in `hello` and with alerts over HTTP; opaque to the phone.
    pub credential: String,
    /// Until when the credential is good. An SOS is taken after that as well.
    pub credential_expires_ms: UnixMs,
    /// Who the service takes the owner for.
    pub worker: WorkerProfile,
}

/// `POST /api/alerts`: an alert over plain HTTP. Taken like one on the socket, whatever else is wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct AlertPost {
    /// The press.
    pub alert: Alert,
    /// From the enrolment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
    /// Of [`crate::proof::alert`], base64url without padding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
}

/// The answer to [`AlertPost`], and `GET /api/alerts/{alert_id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct AlertStatus {
    /// Which alert.
    pub alert_id: AlertId,
    /// Steps reached so far, in order.
    pub receipts: Vec<Receipt>,
    /// Why it is unverified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unverified: Option<Unverified>,
    /// Fields that were broken and left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dropped: Vec<DroppedField>,
}

/// Answer to `POST /api/sms`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct SmsTaken {
    /// The alert that it became; none: it was no SOS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alert_id: Option<AlertId>,
}

/// `PUT /api/device/push`: where this phone can be told something while its app sleeps. One a device; a newer one takes
/// the place of the one before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PushTarget {
    /// Firebase Cloud Messaging.
    Fcm {
        /// Registration token of the app on this phone, at most [`crate::limits::PUSH_TARGET_CHARS_MAX`].
        token: String,
    },
    /// Web Push (RFC 8030): what `PushSubscription` says.
    Web {
        /// `https:` address at a push service that this service knows, at most
        /// [`crate::limits::PUSH_TARGET_CHARS_MAX`].
        endpoint: String,
        /// Key of the subscription: a point of P-256, uncompressed, base64url without padding.
        p256dh: String,
        /// Secret of the subscription, 16 bytes, base64url without padding.
        auth: String,
    },
}

/// `GET /api/settings`: what a phone has to know of this service. To be asked for now and then and kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct PhoneSettings {
    /// Public VAPID key (RFC 8292) for `applicationServerKey`: a point of P-256, uncompressed, base64url without padding.
    /// None: Web Push is not set up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub web_push_key: Option<String>,
    /// Number that takes the text of [`crate::sms`], with `+` and country code. None: no SMS is read by this service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sms_number: Option<String>,
}

/// `PUT /api/device/pins`: the worker's PINs, for all of their phones. Answers 204, `pin_wrong` or `rate_limited`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct SetPins {
    /// Takes a press back.
    pub pin: Pin,
    /// Looks the same and says that the worker is made to do it: the case is raised, in silence. Another one than `pin`.
    pub other_pin: Pin,
    /// The one that is set so far; needed once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old_pin: Option<Pin>,
}

/// `POST /api/card`: somebody else's phone speaks for a worker, with the code on the worker's card and a PIN. Answered by
/// [`Enrolled`], good for [`crate::limits::BORROWED_H`] hours; `pin_wrong` for a wrong code as for a wrong PIN; `rate_limited` after
/// too many tries. An SOS needs none of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct CardRequest {
    /// The code on the card, as it was typed; case, spaces and dashes do not matter.
    pub card: String,
    /// Either of the worker's PINs.
    pub pin: Pin,
    /// As in [`EnrolRequest`].
    pub public_key: String,
    /// Of [`crate::proof::card`] by that key, base64url without padding.
    pub signature: String,
}

/// `POST /api/device/check-ins`: "Tôi ổn". Answers 204; the same id again is the same check-in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct CheckIn {
    /// Made on the phone.
    pub check_in_id: CheckInId,
    /// How long it waited on the phone before it was sent, in milliseconds, by the phone's own count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", ts(type = "number | null", optional))]
    pub waited_ms: Option<i64>,
    /// Where, if the phone knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Fix>,
}

/// `POST /api/device/attachments`: a photo or voice note that is going to be sent in parts. The same id again is the same
/// attachment. `not_yet_recorded`: the alert is no case yet, later again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct NewAttachment {
    /// Made on the phone.
    pub attachment_id: AttachmentId,
    /// The alert of this phone whose case it belongs to.
    pub alert_id: AlertId,
    /// What it is.
    pub media: Media,
    /// Size in bytes, at most [`crate::limits::PHOTO_BYTES_MAX`] or [`crate::limits::VOICE_BYTES_MAX`].
    pub bytes: u32,
    /// SHA-256, hex in lower case.
    pub sha256: String,
}

/// The answer to [`NewAttachment`], to `GET /api/device/attachments/{attachment_id}` and to each part, `PUT
/// /api/device/attachments/{attachment_id}/{offset}` with at most [`crate::limits::ATTACHMENT_PART_BYTES_MAX`] bytes as
/// `application/octet-stream`. A part that does not begin at `received_bytes` changes nothing: the phone goes on from there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct AttachmentState {
    /// Which.
    pub attachment_id: AttachmentId,
    /// The service has so much of it, from the beginning.
    pub received_bytes: u32,
    /// It is whole, was checked, and belongs to the case.
    pub complete: bool,
}

/// `POST /api/session`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct SignIn {
    /// Account.
    pub login: String,
    /// Password.
    pub password: String,
}

/// What an account may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Works the cases of a desk.
    Dispatcher,
    /// The same, and answers for the desk.
    Supervisor,
    /// Works the cases of every desk, at the ministry.
    DutyOfficer,
    /// Reads the cases of every desk.
    Reviewer,
    /// Keeps desks and accounts; sees no case.
    Administrator,
}

/// Who is signed in: answer to `POST` and `GET /api/session`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Me {
    /// Who.
    pub staff_id: StaffId,
    /// Name to show.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Their desk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk: Option<DeskView>,
    /// Is shown the names of workers; else pseudonyms, and no search by what is known of them.
    pub names: bool,
    /// When the session ends.
    pub session_ends_ms: UnixMs,
    /// On shift since; absent when not on shift.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_shift_since_ms: Option<UnixMs>,
}

/// A desk: element of `GET /api/desks`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct DeskView {
    /// Identity.
    pub desk_id: DeskId,
    /// Name to show.
    pub name: String,
    /// Country it is in; absent for the ministry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<CountryCode>,
    /// IANA name of its time zone; absent where it is not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// City of the post, WGS 84 degrees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lat: Option<f64>,
    /// City of the post, WGS 84 degrees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lon: Option<f64>,
    /// Officers on shift there.
    pub on_duty: u32,
}

/// `GET /api/desks`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Desks {
    /// All desks, the ministry first, then by name.
    pub desks: Vec<DeskView>,
}

/// `POST /api/feed-ticket`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct FeedTicket {
    /// For the `hello` of the feed; good once, for [`crate::limits::TICKET_TTL_S`] seconds.
    pub ticket: String,
}

/// `POST /api/cases/{case_id}/claim`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Claim {
    /// The version that the officer saw.
    pub version: u32,
}

/// `POST /api/cases/{case_id}/release` and `/reopen`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct WithReason {
    /// The version that the officer saw.
    pub version: u32,
    /// Why, at most [`crate::limits::TEXT_CHARS_MAX`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// `POST /api/cases/{case_id}/assign`: an officer is asked to take it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Assign {
    /// The version that the officer saw.
    pub version: u32,
    /// Whom; of the desk that holds it.
    pub to: StaffId,
}

/// `POST /api/cases/{case_id}/share`: another desk is shown it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Share {
    /// Which.
    pub desk: DeskId,
    /// It may write in it as well.
    pub help: bool,
    /// Why, at most [`crate::limits::TEXT_CHARS_MAX`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// `POST /api/cases/{case_id}/priority`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Prioritise {
    /// The version that the officer saw.
    pub version: u32,
    /// How urgent.
    pub to: Priority,
    /// Why, at most [`crate::limits::TEXT_CHARS_MAX`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// `POST /api/cases/{case_id}/tags`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct SetTags {
    /// All of them, at most [`crate::limits::TAGS_MAX`], each at most [`crate::limits::LABEL_CHARS_MAX`].
    pub tags: Vec<String>,
}

/// `POST /api/cases/{case_id}/answers`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct PostAnswer {
    /// Id of the question.
    pub question: String,
    /// Not empty, at most [`crate::limits::TEXT_CHARS_MAX`].
    pub text: String,
}

/// `POST /api/cases/{case_id}/links` and `/unlink`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Link {
    /// The other case; one that the officer may work.
    pub case_id: CaseId,
}

/// `POST /api/cases/{case_id}/merge`: it is the same matter as another case. It is linked to that one and closed as its duplicate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Merge {
    /// The version that the officer saw.
    pub version: u32,
    /// The case that goes on; one that the officer may work.
    pub into: CaseId,
    /// In words, not empty, at most [`crate::limits::TEXT_CHARS_MAX`].
    pub summary: String,
}

/// `POST /api/cases/batch`: the same for several cases, each by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Batch {
    /// At most [`crate::limits::BATCH_CASES_MAX`].
    pub cases: Vec<BatchCase>,
    /// What.
    pub command: BatchCommand,
}

/// A case of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct BatchCase {
    /// Which.
    pub case_id: CaseId,
    /// The version that the officer saw.
    pub version: u32,
    /// Of the message to this worker, made by the console; with [`BatchCommand::Message`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<MessageId>,
}

/// What a batch does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum BatchCommand {
    /// Take them.
    Claim {},
    /// Ask an officer to take them.
    Assign {
        /// Whom.
        to: StaffId,
    },
    /// Write to each worker.
    Message {
        /// Not empty, at most [`crate::limits::TEXT_CHARS_MAX`].
        text: String,
    },
    /// Link all of them with the first one.
    Link {},
}

/// What became of one case of a batch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct BatchResult {
    /// Which.
    pub case_id: CaseId,
    /// The case as it is now; with `problem` left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseSummary>,
    /// Why nothing was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<crate::Problem>,
}

/// The answer to [`Batch`]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct BatchAnswer {
    /// In the order of the batch.
    pub results: Vec<BatchResult>,
}

/// `POST /api/search`: words that must all occur, in any order, without regard to case and marks, in the name, telephone, case
/// number, country, employer, address, tags, summary, or in messages and notes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Search {
    /// At most [`crate::limits::LABEL_CHARS_MAX`].
    pub text: String,
}

/// The answer to [`Search`]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Found {
    /// The latest first, at most [`crate::limits::SEARCH_CASES_MAX`].
    pub cases: Vec<CaseSummary>,
    /// There are more.
    pub more: bool,
    /// Messages and notes were looked through back to here; absent: all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub texts_since_ms: Option<UnixMs>,
}

/// `GET /api/cases/{case_id}/surroundings`: who else could help, near the newest position.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Surroundings {
    /// The country, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<CountryCode>,
    /// Emergency numbers of that country, then the national lines.
    pub numbers: Vec<crate::admin::NumberEntry>,
    /// The nearest missions, at most five; none without a position.
    pub missions: Vec<NearMission>,
}

/// A mission near a position.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct NearMission {
    /// Its desk.
    pub desk_id: DeskId,
    /// Name to show.
    pub name: String,
    /// To its city, over ground, in kilometres.
    pub distance_km: f64,
    /// Its numbers.
    pub numbers: Vec<crate::admin::NumberEntry>,
}

/// `POST /api/cases/{case_id}/transfer`: it is offered to another desk. That desk takes it by `/transfer/take` (a [`Claim`]) or
/// declines by `/transfer/decline`; until then `/transfer/withdraw` (a [`Claim`]) takes the offer back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Transfer {
    /// The version that the officer saw.
    pub version: u32,
    /// The desk that is to hold it.
    pub to: DeskId,
    /// Why, at most [`crate::limits::TEXT_CHARS_MAX`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// `POST /api/cases/{case_id}/close`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Close {
    /// The version that the officer saw.
    pub version: u32,
    /// Why.
    pub disposition: Disposition,
    /// In words, not empty, at most [`crate::limits::TEXT_CHARS_MAX`].
    pub summary: String,
}

/// `POST /api/cases/{case_id}/messages`; the same `message_id` again is the same message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct PostMessage {
    /// Made by the console.
    pub message_id: MessageId,
    /// Not empty, at most [`crate::limits::TEXT_CHARS_MAX`].
    pub text: String,
}

/// `POST /api/cases/{case_id}/notes`; the same `note_id` again is the same note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct PostNote {
    /// Made by the console.
    pub note_id: NoteId,
    /// Not empty, at most [`crate::limits::TEXT_CHARS_MAX`].
    pub text: String,
}

/// The answer to every command on one case (`claim`, `transfer`, `close`, `messages`, …): the case as it is now. The feed brings the event itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct CaseAnswer {
    /// The state now.
    pub case: CaseSummary,
}

/// `GET /api/cases`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct CaseList {
    /// Open and claimed cases, and the latest closed ones.
    pub cases: Vec<CaseSummary>,
}

/// `GET /readyz`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Readiness {
    /// Alerts can be taken: at least one store answers.
    pub takes_alerts: bool,
    /// Postgres answers.
    pub postgres: bool,
    /// Redis answers.
    pub redis: bool,
    /// The console's files are built.
    pub console: bool,
}
