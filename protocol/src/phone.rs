//! The phone's socket (`/phone`).

use serde::{Deserialize, Serialize};

use crate::case::Disposition;
use crate::problem::ErrorCode;
use crate::{Alert, AlertId, CaseId, Fix, FixId, MessageId, Pin, Seq, SessionId, UnixMs};

/// What a phone sends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum PhoneFrame {
    /// Who is calling; the answer to `challenge`. Other frames may follow at once, without waiting for `welcome`.
    Hello {
        /// From the enrolment; left out by a phone that has none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        credential: Option<String>,
        /// Of [`crate::proof::hello`], base64url.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signature: Option<String>,
        /// The largest `seq` this phone has dealt with; 0 for all that concerns its open case.
        #[serde(default)]
        last_seq: Seq,
        /// Alerts this phone wants to go on hearing about, at most [`crate::limits::FOLLOW_MAX`]. Needed by a
        /// phone without a credential; an enrolled one hears about all its alerts anyway.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        follow: Vec<AlertId>,
        /// Of the app, for the log, at most 40 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        app_version: Option<String>,
    },
    /// A press of SOS. Answered by `receipt` with stage `received`.
    Alert {
        /// The press.
        alert: Alert,
    },
    /// "Bấm nhầm": the worker takes the press back. The desk decides. Answered by `accepted`, or by an error `pin_needed` or
    /// `pin_wrong`. Ends a drill.
    Cancel {
        /// Which press.
        alert_id: AlertId,
        /// Of a worker who has set one. Its answer does not tell which of the two it was, see [`crate::http::SetPins`].
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pin: Option<Pin>,
        /// The phone's clock.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        device_time_ms: Option<UnixMs>,
    },
    /// Where the worker is now, newest first. Answered by `fixes_accepted`.
    Fixes {
        /// The open alert they belong to.
        alert_id: AlertId,
        /// At most [`crate::limits::FIXES_PER_FRAME_MAX`].
        fixes: Vec<Fix>,
    },
    /// A chat message to the desk. Answered by `accepted`.
    Message {
        /// Made on the phone; the same id again is the same message.
        message_id: MessageId,
        /// The alert whose case it belongs to.
        alert_id: AlertId,
        /// At most [`crate::limits::TEXT_CHARS_MAX`].
        text: String,
        /// The phone's clock.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        device_time_ms: Option<UnixMs>,
    },
    /// The phone has stored these messages of the desk. Not answered.
    Delivered {
        /// The alert whose case they belong to.
        alert_id: AlertId,
        /// At most [`crate::limits::DELIVERED_PER_FRAME_MAX`].
        message_ids: Vec<MessageId>,
    },
    /// "Are you there?" Answered by `pong`.
    Ping {},
}

/// What the gateway sends to a phone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum GatewayFrame {
    /// First frame of a connection.
    Challenge {
        /// To be signed, see [`crate::proof::hello`].
        nonce: String,
        /// The server's clock.
        server_time_ms: UnixMs,
    },
    /// The answer to `hello`.
    Welcome {
        /// Of this connection, for the log.
        session_id: SessionId,
        /// Whether credential and signature were in order. If not, an SOS is taken all the same and marked
        /// *unverified*.
        verified: bool,
        /// Why not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unverified: Option<crate::Unverified>,
        /// A newer credential, to be stored in place of the old one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        credential: Option<String>,
        /// The server's clock.
        server_time_ms: UnixMs,
    },
    /// How far an alert has got.
    Receipt {
        /// The step of the ladder.
        receipt: Receipt,
    },
    /// A message of the desk. To be stored, then answered by `delivered`.
    Message {
        /// Its place in the ledger.
        seq: Seq,
        /// The case.
        case_id: CaseId,
        /// The latest alert of this phone in that case.
        alert_id: AlertId,
        /// Of the message.
        message_id: MessageId,
        /// The words.
        text: String,
        /// Name of the officer.
        from: String,
        /// When it was recorded.
        at_ms: UnixMs,
    },
    /// The desk asks for the position. To be answered by a fresh fix as soon as there is one, whatever the rate.
    Locate {
        /// Its place in the ledger.
        seq: Seq,
        /// The latest alert of this phone in that case.
        alert_id: AlertId,
        /// When it was asked.
        at_ms: UnixMs,
    },
    /// The message or cancellation with this id is kept safe; the phone may forget it.
    Accepted {
        /// `message_id`, or the `alert_id` of a `cancel`.
        id: String,
        /// When.
        at_ms: UnixMs,
    },
    /// These fixes were dealt with; the phone may forget them.
    FixesAccepted {
        /// All fixes of the frame that could be told apart, kept or not.
        fix_ids: Vec<FixId>,
        /// The ones that were not kept, and fields that were dropped.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        dropped: Vec<DroppedField>,
    },
    /// Fields of an alert that were broken and left out; the alert itself went through.
    Cleaned {
        /// The alert.
        alert_id: AlertId,
        /// What was left out.
        dropped: Vec<DroppedField>,
    },
    /// Something the phone sent could not be dealt with. The connection goes on.
    Error {
        /// What went wrong.
        code: ErrorCode,
        /// In English words, for developers.
        detail: String,
        /// The id of the thing it is about, where there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
    },
    /// The answer to `ping`.
    Pong {
        /// The server's clock.
        server_time_ms: UnixMs,
    },
}

/// A field that was broken, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct DroppedField {
    /// Path, e.g. `position.lat` or `fixes[3].accuracy_m`.
    pub field: String,
    /// `missing_field` or `invalid_field` or `too_large`.
    pub code: ErrorCode,
}

/// One step of the ladder, as far as the alert has truly got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Receipt {
    /// Which alert.
    pub alert_id: AlertId,
    /// The step.
    pub stage: Stage,
    /// When it was reached, by the server's clock.
    pub at_ms: UnixMs,
    /// From `recorded` on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_id: Option<CaseId>,
    /// Name of the desk, from `recorded` on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk_name: Option<String>,
    /// Name of the officer, from `seen` on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// With `closed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disposition: Option<Disposition>,
    /// Place in the ledger, from `recorded` on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<Seq>,
    /// Number of the case, with `closed`: under it the case is on record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_no: Option<String>,
}

impl Receipt {
    /// The first step: a store of the service holds the alert since `at_ms`.
    #[must_use]
    pub const fn received(alert_id: AlertId, at_ms: UnixMs) -> Self {
        Self {
            alert_id,
            stage: Stage::Received,
            at_ms,
            case_id: None,
            desk_name: None,
            by: None,
            disposition: None,
            seq: None,
            case_no: None,
        }
    }
}

/// The receipt ladder. A later step implies the earlier ones, except that a claim can be given up again: then
/// `recorded` comes once more, with a larger `seq`, and is what holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// A store of the service holds it through a power cut.
    Received,
    /// It is a case in the ledger. Only now may the phone forget it.
    Recorded,
    /// A console of the desk drew and rang it.
    Rang,
    /// An officer opened it.
    Seen,
    /// An officer has taken it.
    Claimed,
    /// The case is closed.
    Closed,
}
