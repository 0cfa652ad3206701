//! What an app is told, in records.

use sos_protocol::Unverified;

use crate::bridge;
use crate::outbox;

/// A press, and whether it is safe here.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Pressed {
    /// Its name from now on.
    pub alert_id: String,
    /// It is on disk. If not (the disk is full or broken) it is being sent from memory and would not survive the
    /// end of the app: say so on the screen.
    pub saved: bool,
}

impl From<bridge::Pressed> for Pressed {
    fn from(pressed: bridge::Pressed) -> Self {
        Self { alert_id: pressed.alert_id.to_string(), saved: pressed.saved }
    }
}

/// Who this phone is.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Enrolment {
    /// The phone's name.
    pub device_id: String,
    /// Full name of the worker the service takes the owner for.
    pub worker_name: String,
    /// Language tag, e.g. `vi`.
    pub language: String,
    /// Country of the contract, two letters.
    pub contract_country: Option<String>,
    /// Until when the credential of the enrolment is good; newer ones come by themselves.
    pub credential_expires_ms: i64,
}

impl From<bridge::Enrolment> for Enrolment {
    fn from(enrolment: bridge::Enrolment) -> Self {
        Self {
            device_id: enrolment.device_id.to_string(),
            worker_name: enrolment.worker.name,
            language: enrolment.worker.language,
            contract_country: enrolment.worker.contract_country.map(|country| country.to_string()),
            credential_expires_ms: enrolment.credential_expires_ms.0,
        }
    }
}

/// One step of the ladder, as far as the alert has truly got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, uniffi::Enum)]
pub enum Stage {
    /// A store of the service holds it through a power cut. Not that anybody knows.
    Received,
    /// It is a case in the ledger.
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

impl From<sos_protocol::Stage> for Stage {
    fn from(stage: sos_protocol::Stage) -> Self {
        use sos_protocol::Stage as Wire;
        match stage {
            Wire::Received => Self::Received,
            Wire::Recorded => Self::Recorded,
            Wire::Rang => Self::Rang,
            Wire::Seen => Self::Seen,
            Wire::Claimed => Self::Claimed,
            Wire::Closed => Self::Closed,
        }
    }
}

/// Why a case was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
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

impl From<sos_protocol::Disposition> for Disposition {
    fn from(disposition: sos_protocol::Disposition) -> Self {
        use sos_protocol::Disposition as Wire;
        match disposition {
            Wire::Resolved => Self::Resolved,
            Wire::Referred => Self::Referred,
            Wire::FalseAlarm => Self::FalseAlarm,
            Wire::CancelledByWorker => Self::CancelledByWorker,
            Wire::Duplicate => Self::Duplicate,
            Wire::UnableToContact => Self::UnableToContact,
            Wire::Test => Self::Test,
        }
    }
}

/// How far an alert has got, and who says so.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Receipt {
    /// Which alert.
    pub alert_id: String,
    /// The step.
    pub stage: Stage,
    /// When it was reached, by the server's clock.
    pub at_ms: i64,
    /// From `Recorded` on.
    pub case_id: Option<String>,
    /// Name of the desk, from `Recorded` on.
    pub desk_name: Option<String>,
    /// Name of the officer, from `Seen` on.
    pub by: Option<String>,
    /// With `Closed`.
    pub disposition: Option<Disposition>,
    /// Place in the ledger, from `Recorded` on.
    pub seq: Option<i64>,
    /// Number of the case, with `Closed`: under it the case is on record.
    pub case_no: Option<String>,
}

impl From<sos_protocol::Receipt> for Receipt {
    fn from(receipt: sos_protocol::Receipt) -> Self {
        Self {
            alert_id: receipt.alert_id.to_string(),
            stage: receipt.stage.into(),
            at_ms: receipt.at_ms.0,
            case_id: receipt.case_id.map(|id| id.to_string()),
            desk_name: receipt.desk_name,
            by: receipt.by,
            disposition: receipt.disposition.map(Into::into),
            seq: receipt.seq.map(|seq| seq.0),
            case_no: receipt.case_no,
        }
    }
}

/// Whether a press was taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum CancelState {
    /// It was not.
    NotCancelled,
    /// It was, and the service does not know yet.
    Queued,
    /// It was, and the service has it.
    Accepted,
}

impl From<outbox::CancelState> for CancelState {
    fn from(state: outbox::CancelState) -> Self {
        match state {
            outbox::CancelState::None => Self::NotCancelled,
            outbox::CancelState::Queued => Self::Queued,
            outbox::CancelState::Accepted => Self::Accepted,
        }
    }
}

/// How far an alert has got, as far as this phone knows.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct AlertState {
    /// Which.
    pub alert_id: String,
    /// By the phone's clock.
    pub pressed_at_ms: i64,
    /// Still kept here for sending: it is not on record yet.
    pub queued: bool,
    /// What holds now; none while nobody has it.
    pub receipt: Option<Receipt>,
    /// Every receipt so far, in the order of their arrival (the latest 200).
    pub history: Vec<Receipt>,
    /// Whether it was taken back.
    pub cancel: CancelState,
    /// When the desk last asked where the phone is, by the server's clock; show it only while the alert is neither taken
    /// back nor closed.
    pub located_at_ms: Option<i64>,
}

impl From<outbox::AlertState> for AlertState {
    fn from(state: outbox::AlertState) -> Self {
        Self {
            alert_id: state.alert_id.to_string(),
            pressed_at_ms: state.pressed_at_ms.0,
            queued: state.queued,
            receipt: state.receipt.map(Receipt::from),
            history: state.history.into_iter().map(Receipt::from).collect(),
            cancel: state.cancel.into(),
            located_at_ms: state.located_at_ms.map(|at| at.0),
        }
    }
}

/// A line of the chat.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Message {
    /// Identity.
    pub message_id: String,
    /// The alert whose case it belongs to.
    pub alert_id: String,
    /// Name of the officer; none for the worker's own.
    pub from_officer: Option<String>,
    /// The words.
    pub text: String,
    /// When it was recorded (desk) or written (worker, by the phone's clock).
    pub at_ms: i64,
    /// When the service had it safe; none while it waits here.
    pub accepted_at_ms: Option<i64>,
}

impl From<outbox::ChatMessage> for Message {
    fn from(message: outbox::ChatMessage) -> Self {
        Self {
            message_id: message.message_id.to_string(),
            alert_id: message.alert_id.to_string(),
            from_officer: message.from_officer,
            text: message.text,
            at_ms: message.at_ms.0,
            accepted_at_ms: message.accepted_at_ms.map(|at| at.0),
        }
    }
}

/// Why an alert is not known to come from its worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum UnverifiedReason {
    /// The phone showed no credential.
    NoCredential,
    /// The credential was not made by this service.
    CredentialInvalid,
    /// The credential was good once; key and worker are known.
    CredentialExpired,
    /// The signature is missing or does not fit the key.
    ProofInvalid,
    /// The device was enrolled, but is not known any more.
    DeviceUnknown,
    /// The device was revoked.
    DeviceRevoked,
    /// It came by SMS, where nothing proves which phone sent it.
    Sms,
}

impl From<Unverified> for UnverifiedReason {
    fn from(reason: Unverified) -> Self {
        match reason {
            Unverified::NoCredential => Self::NoCredential,
            Unverified::CredentialInvalid => Self::CredentialInvalid,
            Unverified::CredentialExpired => Self::CredentialExpired,
            Unverified::ProofInvalid => Self::ProofInvalid,
            Unverified::DeviceUnknown => Self::DeviceUnknown,
            Unverified::DeviceRevoked => Self::DeviceRevoked,
            Unverified::Sms => Self::Sms,
        }
    }
}
