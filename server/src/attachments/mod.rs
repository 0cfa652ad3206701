//! Photos and voice notes of workers: taken in parts, checked when they are whole, told to the desk by the ledger.
//!
//! Nothing of this stands in the way of an SOS: it has its own connections to Postgres, and little of it is done at once.

pub mod files;
pub mod sweep;

use std::sync::Arc;
use std::time::Duration;

use sos_protocol::ambient::SharedClock;
use sos_protocol::case::{Media, Taken};
use sos_protocol::http::{AttachmentState, NewAttachment};
use sos_protocol::limits::{PHOTO_BYTES_MAX, VOICE_BYTES_MAX};
use sos_protocol::{AttachmentId, DeviceId, ErrorCode, Problem};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::task::TaskTracker;

use self::files::{Checked, Files};
use crate::auth::seal::SubjectKey;
use crate::intake::{Intake, Item, NotTaken, Origin};
use crate::store::attachments::{AttachmentRecord, Begun, Progress};
use crate::store::{Store, StoreError, Tx};

/// Connections to Postgres: one for each part that is being added, and one for the rest.
pub const CONNECTIONS: u32 = 4;
/// Parts that are added to files at a time. Each holds a connection while the disk makes it safe.
const APPENDS_MAX: usize = 3;
/// Files that are checked at a time; each takes up to 20 MB of memory and a processor for some milliseconds.
const CHECKS_MAX: usize = 2;
/// Files that are opened for officers at a time, up to 8 MB each.
const OPENS_MAX: usize = 4;
/// Phones that wait for their turn, up to 64 KiB each; past it they are told to come again.
const WAITING_MAX: usize = 256;
/// Longest wait for a turn: less than a phone waits for an answer.
const TURN_WITHIN: Duration = Duration::from_secs(10);
/// Longest time for the disk: what hangs longer is told to come again.
const DISK_WITHIN: Duration = Duration::from_secs(10);
/// Smallest part but for the last one, in bytes: each is a write that waits for the disk.
pub const PART_BYTES_MIN: usize = 1024;

/// Why nothing was taken.
#[derive(Debug, thiserror::Error)]
pub enum AttachmentError {
    /// With the reason for the phone, and for developers.
    #[error("{1}")]
    Refused(ErrorCode, &'static str),
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<AttachmentError> for Problem {
    fn from(error: AttachmentError) -> Self {
        match error {
            AttachmentError::Refused(code, why) => Self::new(code).detail(why),
            AttachmentError::Store(error) => error.into(),
        }
    }
}

const fn refused<T>(code: ErrorCode, why: &'static str) -> Result<T, AttachmentError> {
    Err(AttachmentError::Refused(code, why))
}

const fn not_found<T>() -> Result<T, AttachmentError> {
    refused(ErrorCode::NotFound, "no such attachment of this device")
}

type State = Result<AttachmentState, AttachmentError>;

/// Takes attachments, and opens them for officers.
pub struct Attachments {
    store: Store,
    files: Arc<Files>,
    intake: Arc<Intake>,
    clock: SharedClock,
    /// What was begun is done to its end, also when the phone is gone: it comes back and finds it done.
    tasks: TaskTracker,
    waiting: Arc<Semaphore>,
    appends: Arc<Semaphore>,
    checks: Arc<Semaphore>,
    opens: Arc<Semaphore>,
}

impl Attachments {
    /// Rows in `store`, bytes in `files`, told through `intake`; `tasks` is waited for at shutdown.
    #[must_use]
    pub fn new(
        store: Store,
        files: Files,
        intake: Arc<Intake>,
        clock: SharedClock,
        tasks: TaskTracker,
    ) -> Arc<Self> {
        let turns = |count| Arc::new(Semaphore::new(count));
        Arc::new(Self {
            store,
            files: Arc::new(files),
            intake,
            clock,
            tasks,
            waiting: turns(WAITING_MAX),
            appends: turns(APPENDS_MAX),
            checks: turns(CHECKS_MAX),
            opens: turns(OPENS_MAX),
        })
    }

    /// Begins an attachment; the same again is the same one.
    ///
    /// # Errors
    /// [`AttachmentError`]; nothing was taken.
    pub async fn begin(self: &Arc<Self>, device: DeviceId, new: &NewAttachment) -> State {
        check(new)?;
        let begun = self.store.begin_attachment(device, new, self.clock.now()).await?;
        match begun {
            Begun::Kept(record) => self.go_on(record).await,
            Begun::NotRecorded => refused(ErrorCode::NotYetRecorded, "the alert is no case yet"),
            Begun::NotTheirs => not_found(),
            Begun::IdReused => refused(ErrorCode::IdReused, "this id was used for another file"),
            Begun::CaseIsFull => refused(ErrorCode::TooMany, "the case has as many as it takes"),
            Begun::ManyUnfinished => {
                refused(ErrorCode::RateLimited, "five are unfinished; finish one of them first")
            }
        }
    }

    /// How far an attachment of `device` has got.
    ///
    /// # Errors
    /// [`AttachmentError`]
    pub async fn state(self: &Arc<Self>, device: DeviceId, id: AttachmentId) -> State {
        match self.store.attachment(device, id).await? {
            Some(record) => self.go_on(record).await,
            None => not_found(),
        }
    }

    /// Adds a part, if it begins where the service is.
    ///
    /// # Errors
    /// [`AttachmentError`]; nothing was added, or the phone asks and sees that it was.
    pub async fn append(
        self: &Arc<Self>,
        device: DeviceId,
        id: AttachmentId,
        offset: u32,
        part: Vec<u8>,
    ) -> State {
        let this = self.clone();
        let record = self.to_its_end(async move { this.append_here(device, id, offset, part).await }).await?;
        self.go_on(record).await
    }

    /// The bytes that are passed on, for officers who may see the case. None if they do not open with the key: it was
    /// erased, and another one made since.
    ///
    /// # Errors
    /// [`AttachmentError`] if the disk does not give them.
    pub async fn open(&self, id: AttachmentId, key: SubjectKey) -> Result<Option<Vec<u8>>, AttachmentError> {
        let turn = self.turn(&self.opens).await?;
        let files = self.files.clone();
        blocking(turn, move || files.passed_on(id, &key)).await
    }

    async fn append_here(
        &self,
        device: DeviceId,
        id: AttachmentId,
        offset: u32,
        part: Vec<u8>,
    ) -> Result<AttachmentRecord, AttachmentError> {
        let turn = self.turn(&self.appends).await?;
        let Some((tx, record, key)) = self.store.lock_attachment(device, id).await? else {
            return not_found();
        };
        let is_next = record.progress == Progress::Receiving && offset == record.received_bytes;
        if !is_next || offset == record.bytes {
            return Ok(record);
        }
        let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
        let received = offset.saturating_add(length);
        if received > record.bytes {
            return refused(ErrorCode::TooLarge, "more bytes than were announced");
        }
        if part.len() < PART_BYTES_MIN && received < record.bytes {
            return refused(ErrorCode::InvalidField, "a part has 1,024 bytes or more, but for the last one");
        }
        self.write(turn, tx, record, key, part).await
    }

    async fn write(
        &self,
        turn: OwnedSemaphorePermit,
        tx: Tx,
        mut record: AttachmentRecord,
        key: SubjectKey,
        part: Vec<u8>,
    ) -> Result<AttachmentRecord, AttachmentError> {
        let (files, id) = (self.files.clone(), record.attachment_id);
        let (offset, stored) = (record.received_bytes, record.stored_bytes);
        let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
        let written = blocking(turn, move || files.append(id, &key, stored, offset, &part)).await?;
        // The file is shorter than it was: the phone begins again.
        let now_there = written.map_or((0, 0), |stored| (offset + length, stored));
        (record.received_bytes, record.stored_bytes) = now_there;
        self.store.note_received(tx, id, now_there, self.clock.now()).await?;
        Ok(record)
    }

    /// Does what is left to do with an attachment, if all of it is there, and says how far it has got.
    async fn go_on(self: &Arc<Self>, record: AttachmentRecord) -> State {
        match record.progress {
            Progress::Refused => content_refused(),
            Progress::Complete => Ok(record.state()),
            Progress::Receiving if record.received_bytes < record.bytes => Ok(record.state()),
            Progress::Receiving | Progress::Whole => {
                let this = self.clone();
                self.to_its_end(async move { this.finish(record).await }).await
            }
        }
    }

    async fn finish(&self, record: AttachmentRecord) -> State {
        let id = record.attachment_id;
        let (record, taken) = match record.progress {
            Progress::Receiving => match self.check_whole(record).await? {
                (record, Checked::Good { taken, .. }) => (record, taken),
                (_, Checked::Refused(_)) => return content_refused(),
                (record, Checked::Lost) => {
                    self.store.start_attachment_over(id, self.clock.now()).await?;
                    let now = self.store.attachment(record.device_id, id).await?;
                    return now.map_or_else(not_found, |record| Ok(record.state()));
                }
            },
            _ => {
                let taken = self.read_again(&record).await?;
                (record, taken)
            }
        };
        self.tell(record, taken).await
    }

    /// Checks a file that has arrived, and notes what came of it.
    async fn check_whole(
        &self,
        mut record: AttachmentRecord,
    ) -> Result<(AttachmentRecord, Checked), AttachmentError> {
        let turn = self.turn(&self.checks).await?;
        let key = self.store.attachment_key(&record.subject).await?;
        let (files, looked_at) = (self.files.clone(), record.clone());
        let turn = Arc::new(turn);
        let checked = blocking(turn.clone(), move || files.check(&looked_at, &key)).await?;
        let (id, now, from) = (record.attachment_id, self.clock.now(), Progress::Receiving);
        let leftover = match &checked {
            Checked::Good { content_type, .. } => {
                (record.progress, record.content_type) = (Progress::Whole, (*content_type).to_owned());
                self.store.settle_attachment(id, (from, Progress::Whole), Some(content_type), now).await?
            }
            Checked::Refused(why) => {
                tracing::warn!(why, media = ?record.media, "an attachment is refused");
                count(record.media, "refused");
                self.store.settle_attachment(id, (from, Progress::Refused), None, now).await?
            }
            Checked::Lost => false,
        };
        if leftover {
            let files = self.files.clone();
            let whole = record.progress == Progress::Whole;
            // Else they stay: nothing asks for them any more.
            let _ = blocking(turn, move || files.clear(id, whole)).await;
        }
        Ok((record, checked))
    }

    /// What a photo said about itself, if the desk was not told the first time.
    async fn read_again(&self, record: &AttachmentRecord) -> Result<Option<Taken>, AttachmentError> {
        let turn = self.turn(&self.checks).await?;
        let key = self.store.attachment_key(&record.subject).await?;
        let (files, id, media) = (self.files.clone(), record.attachment_id, record.media);
        blocking(turn, move || files.taken(id, media, &key)).await
    }

    /// Hands it to the ledger, which takes each id once.
    async fn tell(&self, mut record: AttachmentRecord, taken: Option<Taken>) -> State {
        // The recorder looks up whose device it is.
        let origin = Origin { device_id: Some(record.device_id), ..Origin::default() };
        let attachment = record.attachment();
        let item = Item::Attachment { alert_id: record.alert_id, attachment, taken };
        if let Err(NotTaken) = self.intake.take(origin, item).await {
            return unavailable();
        }
        let steps = (Progress::Whole, Progress::Complete);
        if self.store.settle_attachment(record.attachment_id, steps, None, self.clock.now()).await? {
            count(record.media, "complete");
        }
        record.progress = Progress::Complete;
        Ok(record.state())
    }

    async fn turn(&self, turns: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, AttachmentError> {
        let Ok(_waits) = self.waiting.try_acquire() else { return unavailable() };
        match tokio::time::timeout(TURN_WITHIN, turns.clone().acquire_owned()).await {
            Ok(Ok(turn)) => Ok(turn),
            Ok(Err(_)) | Err(_) => unavailable(),
        }
    }

    async fn to_its_end<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, AttachmentError>> + Send + 'static,
    ) -> Result<T, AttachmentError> {
        match self.tasks.spawn(work).await {
            Ok(done) => done,
            Err(_) => unavailable(),
        }
    }
}

const fn content_refused<T>() -> Result<T, AttachmentError> {
    refused(ErrorCode::ContentRefused, "not what it was said to be, or of a kind that is not taken")
}

const fn unavailable<T>() -> Result<T, AttachmentError> {
    refused(ErrorCode::Unavailable, "it cannot be kept safe at the moment; try again")
}

fn check(new: &NewAttachment) -> Result<(), AttachmentError> {
    let bytes_max = match new.media {
        Media::Photo => PHOTO_BYTES_MAX,
        Media::Voice => VOICE_BYTES_MAX,
    };
    let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if new.attachment_id.0.is_nil() {
        return refused(ErrorCode::InvalidField, "attachment_id");
    }
    if new.sha256.len() != 64 || !new.sha256.bytes().all(is_hex) {
        return refused(ErrorCode::InvalidField, "sha256: 64 hex digits in lower case");
    }
    match new.bytes {
        0 => refused(ErrorCode::InvalidField, "bytes"),
        bytes if bytes > bytes_max => refused(ErrorCode::TooLarge, "bytes"),
        _ => Ok(()),
    }
}

/// Does `work` where waiting for the disk keeps nobody up. The turn is given back when it is done, also if nobody waits
/// for it any more.
async fn blocking<T: Send + 'static>(
    turn: impl Send + 'static,
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, AttachmentError> {
    let working = tokio::task::spawn_blocking(move || {
        let done = work();
        drop(turn);
        done
    });
    match tokio::time::timeout(DISK_WITHIN, working).await {
        Ok(Ok(Ok(done))) => Ok(done),
        // Somebody else has the file in hand.
        Ok(Ok(Err(error))) if error.kind() == std::io::ErrorKind::WouldBlock => unavailable(),
        Ok(Ok(Err(error))) => {
            tracing::error!(%error, "the folder of attachments fails");
            metrics::counter!("sos_attachment_disk_errors_total").increment(1);
            unavailable()
        }
        Ok(Err(_)) | Err(_) => {
            tracing::error!("the folder of attachments hangs");
            unavailable()
        }
    }
}

fn count(media: Media, outcome: &'static str) {
    let media = match media {
        Media::Photo => "photo",
        Media::Voice => "voice",
    };
    metrics::counter!("sos_attachments_total", "media" => media, "outcome" => outcome).increment(1);
}
