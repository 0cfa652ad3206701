//! Photos and voice notes as rows.

use sos_core::access::Scope;
use sos_protocol::case::{Attachment, Media};
use sos_protocol::http::{AttachmentState, NewAttachment};
use sos_protocol::limits::ATTACHMENTS_PER_CASE_MAX;
use sos_protocol::{AlertId, AttachmentId, CaseId, DeviceId, UnixMs};
use uuid::Uuid;

use super::{Store, StoreError, Tx, USE_WITHIN};
use crate::auth::seal::SubjectKey;

/// Attachments that a device may have under way; a phone sends one after the other.
pub const UNFINISHED_MAX: u32 = 5;

/// How far an attachment has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Parts are missing, or it was not checked yet.
    Receiving,
    /// It was checked and its files are in place; whether the ledger has it is not sure yet.
    Whole,
    /// It belongs to the case.
    Complete,
    /// It is not what it was said to be, or of a kind that is not taken.
    Refused,
}

impl Progress {
    const fn word(self) -> &'static str {
        match self {
            Self::Receiving => "receiving",
            Self::Whole => "whole",
            Self::Complete => "complete",
            Self::Refused => "refused",
        }
    }

    fn of(word: &str) -> Option<Self> {
        [Self::Receiving, Self::Whole, Self::Complete, Self::Refused].into_iter().find(|it| it.word() == word)
    }
}

const fn media_word(media: Media) -> &'static str {
    match media {
        Media::Photo => "photo",
        Media::Voice => "voice",
    }
}

/// An attachment as it is kept: a row of `attachments`.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the columns, as the migration describes them")]
pub struct AttachmentRecord {
    pub attachment_id: AttachmentId,
    pub alert_id: AlertId,
    pub device_id: DeviceId,
    pub subject: String,
    pub media: Media,
    pub bytes: u32,
    pub sha256: String,
    pub received_bytes: u32,
    pub stored_bytes: u32,
    pub progress: Progress,
    pub content_type: String,
}

impl AttachmentRecord {
    /// As its phone is told.
    #[must_use]
    pub fn state(&self) -> AttachmentState {
        AttachmentState {
            attachment_id: self.attachment_id,
            received_bytes: self.received_bytes,
            complete: self.progress == Progress::Complete,
        }
    }

    /// As officers are told.
    #[must_use]
    pub fn attachment(&self) -> Attachment {
        Attachment {
            attachment_id: self.attachment_id,
            media: self.media,
            content_type: self.content_type.clone(),
            bytes: self.bytes,
            sha256: self.sha256.clone(),
        }
    }

    fn is(&self, new: &NewAttachment) -> bool {
        let facts = (self.alert_id, self.media, self.bytes, self.sha256.as_str());
        facts == (new.alert_id, new.media, new.bytes, new.sha256.as_str())
    }
}

/// What came of beginning an attachment.
#[derive(Debug)]
pub enum Begun {
    /// Now, or before with the same facts.
    Kept(AttachmentRecord),
    /// The alert is not on record.
    NotRecorded,
    /// The alert, or the attachment, is another device's.
    NotTheirs,
    /// The id was used before with other facts.
    IdReused,
    /// The case has its most.
    CaseIsFull,
    /// The device has [`UNFINISHED_MAX`] under way.
    ManyUnfinished,
}

struct Row {
    attachment_id: Uuid,
    alert_id: Uuid,
    device_id: Uuid,
    subject: String,
    media: String,
    bytes: i32,
    sha256: String,
    received_bytes: i32,
    stored_bytes: i32,
    state: String,
    content_type: Option<String>,
}

impl From<Row> for AttachmentRecord {
    fn from(row: Row) -> Self {
        // The table's checks leave nothing else.
        let number = |n: i32| u32::try_from(n).unwrap_or(0);
        let media = if row.media == media_word(Media::Photo) { Media::Photo } else { Media::Voice };
        Self {
            attachment_id: AttachmentId(row.attachment_id),
            alert_id: AlertId(row.alert_id),
            device_id: DeviceId(row.device_id),
            subject: row.subject,
            media,
            bytes: number(row.bytes),
            sha256: row.sha256,
            received_bytes: number(row.received_bytes),
            stored_bytes: number(row.stored_bytes),
            progress: Progress::of(&row.state).unwrap_or(Progress::Refused),
            content_type: row.content_type.unwrap_or_default(),
        }
    }
}

impl Store {
    /// Begins an attachment of `device`, or finds the one that was begun with the same facts.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn begin_attachment(
        &self,
        device: DeviceId,
        new: &NewAttachment,
        now: UnixMs,
    ) -> Result<Begun, StoreError> {
        self.within(USE_WITHIN, async {
            let mut tx = self.begin().await?;
            // One after the other, so that what is counted below stays true.
            take_turn(&mut tx, &format!("attachments of device {device}")).await?;
            if let Some(found) = find(&mut tx, new.attachment_id).await? {
                return Ok(match found {
                    found if found.device_id != device => Begun::NotTheirs,
                    found if found.is(new) => Begun::Kept(found),
                    _ => Begun::IdReused,
                });
            }
            let alert = sqlx::query!(
                "SELECT a.case_id, a.device_id, c.subject FROM alerts a JOIN cases c USING (case_id)
                 WHERE alert_id = $1",
                new.alert_id.0
            )
            .fetch_optional(&mut *tx)
            .await?;
            let Some(alert) = alert else { return Ok(Begun::NotRecorded) };
            if alert.device_id != Some(device.0) {
                return Ok(Begun::NotTheirs);
            }
            take_turn(&mut tx, &format!("attachments of case {}", alert.case_id)).await?;
            let counts = sqlx::query!(
                r#"SELECT (SELECT count(*) FROM attachments WHERE case_id = $1) AS "of_case!",
                          (SELECT count(*) FROM attachments
                           WHERE device_id = $2 AND state IN ('receiving', 'whole')) AS "unfinished!""#,
                alert.case_id,
                device.0
            )
            .fetch_one(&mut *tx)
            .await?;
            if counts.of_case >= i64::from(ATTACHMENTS_PER_CASE_MAX) {
                return Ok(Begun::CaseIsFull);
            }
            if counts.unfinished >= i64::from(UNFINISHED_MAX) {
                return Ok(Begun::ManyUnfinished);
            }
            insert(&mut tx, device, new, (alert.case_id, &alert.subject), now).await?;
            let begun = find(&mut tx, new.attachment_id).await?;
            tx.commit().await?;
            Ok(begun.map_or(Begun::NotTheirs, Begun::Kept))
        })
        .await
    }

    /// The attachment of `device` with this id.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn attachment(
        &self,
        device: DeviceId,
        id: AttachmentId,
    ) -> Result<Option<AttachmentRecord>, StoreError> {
        self.within(USE_WITHIN, async {
            let mut tx = self.begin().await?;
            Ok(find(&mut tx, id).await?.filter(|found| found.device_id == device))
        })
        .await
    }

    /// The same for the time in which a part is added to it: nobody else can meanwhile. With the key that seals it.
    pub(crate) async fn lock_attachment(
        &self,
        device: DeviceId,
        id: AttachmentId,
    ) -> Result<Option<(Tx, AttachmentRecord, SubjectKey)>, StoreError> {
        self.within(USE_WITHIN, async {
            let mut tx = self.begin().await?;
            let found = sqlx::query_as!(
                Row,
                "SELECT attachment_id, alert_id, device_id, subject, media, bytes, sha256, received_bytes,
                        stored_bytes, state, content_type
                 FROM attachments WHERE attachment_id = $1 AND device_id = $2 FOR UPDATE",
                id.0,
                device.0
            )
            .fetch_optional(&mut *tx)
            .await?;
            let Some(found) = found else { return Ok(None) };
            let key = self.key(&mut tx, &found.subject).await?;
            Ok(Some((tx, found.into(), key)))
        })
        .await
    }

    /// Notes how much of it is there, and commits. `stored` is the length of its file.
    pub(crate) async fn note_received(
        &self,
        mut tx: Tx,
        id: AttachmentId,
        (received, stored): (u32, u32),
        now: UnixMs,
    ) -> Result<(), StoreError> {
        self.within(USE_WITHIN, async {
            sqlx::query!(
                "UPDATE attachments SET received_bytes = $2, stored_bytes = $3, changed_ms = $4
                 WHERE attachment_id = $1 AND state = 'receiving'",
                id.0,
                i32::try_from(received).unwrap_or(i32::MAX),
                i32::try_from(stored).unwrap_or(i32::MAX),
                now.0
            )
            .execute(&mut *tx)
            .await?;
            Ok(tx.commit().await?)
        })
        .await
    }

    /// The key that seals what belongs to `subject`.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn attachment_key(&self, subject: &str) -> Result<SubjectKey, StoreError> {
        self.within(USE_WITHIN, async {
            let mut tx = self.begin().await?;
            let key = self.key(&mut tx, subject).await?;
            tx.commit().await?;
            Ok(key)
        })
        .await
    }

    /// Its parts are lost: it begins again, if nobody found out otherwise in the meantime.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn start_attachment_over(&self, id: AttachmentId, now: UnixMs) -> Result<(), StoreError> {
        self.within(USE_WITHIN, async {
            sqlx::query!(
                "UPDATE attachments SET received_bytes = 0, stored_bytes = 0, changed_ms = $2
                 WHERE attachment_id = $1 AND state = 'receiving'",
                id.0,
                now.0
            )
            .execute(&self.pool)
            .await?;
            Ok(())
        })
        .await
    }

    /// Moves it on from one step to the next; false if it is not at that step any more.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn settle_attachment(
        &self,
        id: AttachmentId,
        (from, to): (Progress, Progress),
        content_type: Option<&str>,
        now: UnixMs,
    ) -> Result<bool, StoreError> {
        self.within(USE_WITHIN, async {
            let done = sqlx::query!(
                "UPDATE attachments SET state = $3, content_type = coalesce($4, content_type), changed_ms = $5
                 WHERE attachment_id = $1 AND state = $2",
                id.0,
                from.word(),
                to.word(),
                content_type,
                now.0
            )
            .execute(&self.pool)
            .await?;
            Ok(done.rows_affected() == 1)
        })
        .await
    }

    /// An attachment of a case that `scope` covers, once it was checked, with the key that opens it. None if there is
    /// none, also where the key was erased.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn attachment_of_case(
        &self,
        scope: &Scope,
        case: CaseId,
        id: AttachmentId,
    ) -> Result<Option<(AttachmentRecord, SubjectKey)>, StoreError> {
        self.within(USE_WITHIN, async {
            let mut tx = self.begin_in(scope).await?;
            let found = sqlx::query_as!(
                Row,
                "SELECT attachment_id, alert_id, device_id, subject, media, bytes, sha256, received_bytes,
                        stored_bytes, state, content_type
                 FROM attachments WHERE attachment_id = $1 AND case_id = $2 AND state IN ('whole', 'complete')",
                id.0,
                case.0
            )
            .fetch_optional(&mut *tx)
            .await?;
            let Some(found) = found else { return Ok(None) };
            let wrapped =
                sqlx::query_scalar!("SELECT wrapped_key FROM subject_keys WHERE subject = $1", found.subject)
                    .fetch_optional(&mut *tx)
                    .await?;
            let Some(wrapped) = wrapped else { return Ok(None) };
            let key = self.sealer.unwrap_key(&found.subject, &wrapped).ok_or(StoreError::Sealed)?;
            Ok(Some((found.into(), key)))
        })
        .await
    }

    /// At most `limit` attachments that arrived whole before `before`, and that nobody finished since.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn attachments_to_finish(
        &self,
        before: UnixMs,
        limit: i64,
    ) -> Result<Vec<AttachmentRecord>, StoreError> {
        self.within(USE_WITHIN, async {
            let rows = sqlx::query_as!(
                Row,
                "SELECT attachment_id, alert_id, device_id, subject, media, bytes, sha256, received_bytes,
                        stored_bytes, state, content_type
                 FROM attachments
                 WHERE changed_ms < $1 AND state <> 'complete'
                   AND (state = 'whole' OR state = 'receiving' AND received_bytes = bytes)
                 ORDER BY changed_ms LIMIT $2",
                before.0,
                limit
            )
            .fetch_all(&self.pool)
            .await?;
            Ok(rows.into_iter().map(AttachmentRecord::from).collect())
        })
        .await
    }

    /// Locks at most `limit` attachments that were refused, or that nothing was added to, since `before`.
    pub(crate) async fn lock_abandoned(
        &self,
        before: UnixMs,
        limit: i64,
    ) -> Result<(Tx, Vec<AttachmentId>), StoreError> {
        self.within(USE_WITHIN, async {
            let mut tx = self.begin().await?;
            let ids = sqlx::query_scalar!(
                "SELECT attachment_id FROM attachments
                 WHERE changed_ms < $1 AND state <> 'complete'
                   AND (state = 'refused' OR state = 'receiving' AND received_bytes < bytes)
                 ORDER BY changed_ms LIMIT $2 FOR UPDATE SKIP LOCKED",
                before.0,
                limit
            )
            .fetch_all(&mut *tx)
            .await?;
            Ok((tx, ids.into_iter().map(AttachmentId).collect()))
        })
        .await
    }

    /// Forgets these, and commits.
    pub(crate) async fn forget_attachments(
        &self,
        mut tx: Tx,
        ids: &[AttachmentId],
    ) -> Result<(), StoreError> {
        let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
        self.within(USE_WITHIN, async {
            sqlx::query!("DELETE FROM attachments WHERE attachment_id = ANY($1)", &ids)
                .execute(&mut *tx)
                .await?;
            Ok(tx.commit().await?)
        })
        .await
    }
}

/// Waits for whoever else is at `what`; until the end of the transaction it is this one's turn.
async fn take_turn(tx: &mut Tx, what: &str) -> Result<(), StoreError> {
    sqlx::query!("SELECT pg_advisory_xact_lock(hashtextextended($1, 0)) IS NULL AS turn", what)
        .fetch_one(&mut **tx)
        .await?;
    Ok(())
}

async fn find(tx: &mut Tx, id: AttachmentId) -> Result<Option<AttachmentRecord>, StoreError> {
    let found = sqlx::query_as!(
        Row,
        "SELECT attachment_id, alert_id, device_id, subject, media, bytes, sha256, received_bytes, stored_bytes,
                state, content_type
         FROM attachments WHERE attachment_id = $1",
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(found.map(AttachmentRecord::from))
}

async fn insert(
    tx: &mut Tx,
    device: DeviceId,
    new: &NewAttachment,
    (case_id, subject): (Uuid, &str),
    now: UnixMs,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO attachments
             (attachment_id, alert_id, case_id, device_id, subject, media, bytes, sha256, begun_ms, changed_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
        new.attachment_id.0,
        new.alert_id.0,
        case_id,
        device.0,
        subject,
        media_word(new.media),
        i32::try_from(new.bytes).unwrap_or(i32::MAX),
        new.sha256,
        now.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
