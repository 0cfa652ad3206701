//! What must not be lost, in one SQLite file that survives being killed at any instant.
//!
//! The rule of the file: **a row leaves a queue only when the service has confirmed it.** An alert goes when a
//! receipt says `recorded` or later, a cancellation or message when it was `accepted`, fixes when they were
//! `fixes_accepted`. Queueing and the confirmation's effects are one transaction each, and every commit is on disk
//! before the call returns.

mod device;
#[cfg(test)]
mod model;
mod queue;
mod record;
mod schema;

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use sos_protocol::{Alert, AlertId, CaseId, Fix, FixId, MessageId, Pin, Receipt, Seq, UnixMs};

pub use device::Identity;

/// Alerts that wait at once. A further press is folded into the newest waiting one, see [`Outbox::press`].
pub const ALERTS_QUEUED_MAX: u32 = 200;
/// Messages of the worker that wait at once; a further one is refused to the caller.
pub const MESSAGES_QUEUED_MAX: u32 = 500;
/// Fixes that wait at once; a further one drops the oldest.
pub const FIXES_QUEUED_MAX: u32 = 2_000;
/// Delivery marks that wait at once; a further one drops the oldest.
pub const DELIVERED_QUEUED_MAX: u32 = 1_000;
/// Alerts whose history is kept for the screen; older ones that no longer wait are forgotten.
pub const ALERTS_KEPT_MAX: u32 = 500;
/// Receipts kept of one alert; older ones are forgotten.
pub const RECEIPTS_KEPT_MAX: u32 = 200;
/// Chat messages kept for the screen; older ones that no longer wait are forgotten.
pub const MESSAGES_KEPT_MAX: u32 = 5_000;
/// Messages, fixes and delivery marks that [`Outbox::queue`] hands out at once.
pub const QUEUE_VIEW_MAX: u32 = 50;
/// Open alerts that [`Outbox::queue`] hands out, the newest.
pub const OPEN_VIEW_MAX: u32 = 5;
/// How long to wait for another process that has the file open.
const BUSY_TIMEOUT: Duration = Duration::from_millis(500);

/// The outbox could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum OutboxError {
    /// Another process has the file open.
    #[error("another process is using this phone's data")]
    InUse,
    /// The file was written by a later version of this library.
    #[error("the phone's data has version {found}, this program knows versions up to {known}")]
    Newer {
        /// Version of the file.
        found: u32,
        /// Latest version known here.
        known: u32,
    },
    /// The queue of messages is full ([`MESSAGES_QUEUED_MAX`]).
    #[error("too many messages are waiting to be sent")]
    Full,
    /// The disk or the file.
    #[error("the phone's storage failed: {0}")]
    Storage(rusqlite::Error),
    /// A row does not read as what it should be.
    #[error("a stored row is damaged: {0}")]
    Damaged(String),
}

impl From<rusqlite::Error> for OutboxError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => Self::InUse,
            _ => Self::Storage(error),
        }
    }
}

impl From<serde_json::Error> for OutboxError {
    fn from(error: serde_json::Error) -> Self {
        // Not its text: that may quote the worker's words.
        Self::Damaged(format!("{:?} error at byte {}", error.classify(), error.column()))
    }
}

impl From<uuid::Error> for OutboxError {
    fn from(error: uuid::Error) -> Self {
        Self::Damaged(error.to_string())
    }
}

/// What waits to be sent, as far as it can be sent next.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Queue {
    /// The phone was enrolled.
    pub enrolled: bool,
    /// Alerts not on record yet, oldest first; all of them (at most [`ALERTS_QUEUED_MAX`]).
    pub alerts: Vec<QueuedAlert>,
    /// Cancellations not accepted yet, oldest first.
    pub cancels: Vec<QueuedCancel>,
    /// Messages not accepted yet, the oldest [`QUEUE_VIEW_MAX`].
    pub messages: Vec<QueuedMessage>,
    /// Fixes not accepted yet, the newest [`QUEUE_VIEW_MAX`], newest first.
    pub fixes: Vec<QueuedFix>,
    /// Messages of the desk that were stored but not marked so to the service, the oldest [`QUEUE_VIEW_MAX`].
    pub delivered: Vec<(MessageId, AlertId)>,
    /// Alerts that got through and are not closed, the newest [`OPEN_VIEW_MAX`], newest first.
    pub open: Vec<AlertId>,
}

/// An alert that is not on record yet.
#[derive(Debug, Clone, PartialEq)]
pub struct QueuedAlert {
    /// The press.
    pub alert: Alert,
    /// The service said `received`.
    pub received: bool,
}

/// A cancellation that was not accepted yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedCancel {
    /// Of which press.
    pub alert_id: AlertId,
    /// As the worker typed it, if one was asked for.
    pub pin: Option<Pin>,
    /// When the worker took it back, by the phone's clock.
    pub device_time_ms: UnixMs,
}

/// A message that was not accepted yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedMessage {
    /// Identity.
    pub message_id: MessageId,
    /// The alert whose case it belongs to.
    pub alert_id: AlertId,
    /// The words.
    pub text: String,
    /// When it was written, by the phone's clock.
    pub device_time_ms: UnixMs,
}

/// A fix that was not accepted yet.
#[derive(Debug, Clone, PartialEq)]
pub struct QueuedFix {
    /// The alert it belongs to.
    pub alert_id: AlertId,
    /// The fix.
    pub fix: Fix,
}

/// What the service said, to be kept.
#[derive(Debug, Clone, PartialEq)]
pub enum Write {
    /// A receipt. From `recorded` on it takes the alert out of the queue.
    Receipt(Receipt),
    /// The same, asked for over HTTP: it tells nothing of what lies before it in the ledger, so the phone does not
    /// resume behind it.
    Asked(Receipt),
    /// A message of the desk. Puts its delivery mark into the queue.
    Message(DeskMessage),
    /// The desk asks where the phone is. The alert owes a fix until the next one is kept.
    Located {
        /// Its place in the ledger.
        seq: Seq,
        /// The latest alert of this phone in that case.
        alert_id: AlertId,
        /// When it was asked.
        at_ms: UnixMs,
    },
    /// The message or cancellation with this id is safe: out of the queue.
    Accepted {
        /// A message's or (of a cancellation) an alert's id, as text.
        id: String,
        /// When, by the server's clock.
        at_ms: UnixMs,
    },
    /// The PIN with this cancellation is not the right one, or was missing: it was not taken back, and may be once more.
    CancelRefused(AlertId),
    /// These fixes were dealt with: out of the queue.
    FixesAccepted(Vec<FixId>),
    /// The gateway has read these delivery marks: out of the queue.
    DeliveredRead(Vec<MessageId>),
    /// A newer credential.
    Credential(String),
}

/// A message of the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskMessage {
    /// Its place in the ledger.
    pub seq: Seq,
    /// The case.
    pub case_id: CaseId,
    /// The latest alert of this phone in that case.
    pub alert_id: AlertId,
    /// Identity.
    pub message_id: MessageId,
    /// The words.
    pub text: String,
    /// Name of the officer.
    pub from: String,
    /// When it was recorded.
    pub at_ms: UnixMs,
}

/// How far an alert has got, as far as this phone knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertState {
    /// Which.
    pub alert_id: AlertId,
    /// By the phone's clock.
    pub pressed_at_ms: UnixMs,
    /// Still kept here for sending: it is not on record yet.
    pub queued: bool,
    /// What holds now; none while nobody has it.
    pub receipt: Option<Receipt>,
    /// Every receipt so far, in the order of their arrival (the latest [`RECEIPTS_KEPT_MAX`]).
    pub history: Vec<Receipt>,
    /// Whether it was taken back.
    pub cancel: CancelState,
    /// When the desk last asked where the phone is, by the server's clock; none: it has not.
    pub located_at_ms: Option<UnixMs>,
    /// It has, and no fix was kept for the alert since.
    pub fix_owed: bool,
}

/// Whether a press was taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CancelState {
    /// It was not.
    #[default]
    None,
    /// It was, and the service does not know yet.
    Queued,
    /// It was, and the service has it.
    Accepted,
}

/// A line of the chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatMessage {
    /// Identity.
    pub message_id: MessageId,
    /// The alert whose case it belongs to.
    pub alert_id: AlertId,
    /// Name of the officer; none for the worker's own.
    pub from_officer: Option<String>,
    /// The words.
    pub text: String,
    /// When it was recorded (desk) or written (worker, by the phone's clock).
    pub at_ms: UnixMs,
    /// When the service had it safe; none while it waits here.
    pub accepted_at_ms: Option<UnixMs>,
}

/// The file. One process has it open at a time.
#[derive(Debug)]
pub struct Outbox {
    db: Connection,
}

impl Outbox {
    /// Opens the file, or makes it, readable for its owner only.
    ///
    /// # Errors
    /// [`OutboxError::InUse`], [`OutboxError::Newer`], or what the disk says.
    pub fn open(path: &Path) -> Result<Self, OutboxError> {
        create_private(path);
        let mut db = Connection::open(path)?;
        schema::prepare(&mut db)?;
        let mut outbox = Self { db };
        outbox.write(record::trim)?;
        Ok(outbox)
    }

    /// An outbox that ends with the process, for tests and simulations: nothing in it is safe.
    ///
    /// # Errors
    /// When there is no memory for it.
    pub fn in_memory() -> Result<Self, OutboxError> {
        let mut db = Connection::open_in_memory()?;
        schema::prepare(&mut db)?;
        Ok(Self { db })
    }

    /// Makes the disk refuse, or not.
    #[cfg(test)]
    pub(crate) fn refuse_writes(&self, refuse: bool) -> Result<(), OutboxError> {
        Ok(self.db.pragma_update(None, "query_only", refuse)?)
    }

    /// Keeps what the service said, with all its effects, in one transaction. Tells whether it was news: a repeat
    /// changes nothing.
    ///
    /// # Errors
    /// What the disk says; then nothing was kept.
    pub fn apply(&mut self, write: &Write) -> Result<bool, OutboxError> {
        self.write(|tx| match write {
            Write::Receipt(receipt) => record::receipt(tx, receipt).and_then(|news| {
                receipt.seq.map_or(Ok(()), |seq| device::advance_seq(tx, seq))?;
                Ok(news)
            }),
            Write::Asked(receipt) => record::receipt(tx, receipt),
            Write::Message(message) => record::desk_message(tx, message),
            Write::Located { seq, alert_id, at_ms } => record::located(tx, *seq, *alert_id, *at_ms),
            Write::Accepted { id, at_ms } => queue::accepted(tx, id, *at_ms),
            Write::CancelRefused(alert_id) => queue::cancel_refused(tx, *alert_id),
            Write::FixesAccepted(ids) => queue::remove_fixes(tx, ids),
            Write::DeliveredRead(ids) => queue::remove_delivered(tx, ids),
            Write::Credential(credential) => device::set_credential(tx, credential),
        })
    }

    fn write<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, OutboxError>,
    ) -> Result<T, OutboxError> {
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = work(&tx)?;
        tx.commit()?;
        Ok(done)
    }
}

/// The file holds the device key and the worker's words. Best effort: without it SQLite makes the file itself.
fn create_private(path: &Path) {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    drop(options.open(path));
}

fn count(tx: &Transaction<'_>, table: &str) -> Result<u32, OutboxError> {
    Ok(tx.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?)
}
