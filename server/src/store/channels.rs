//! Where officers can be told away from their consoles.

use sos_protocol::cover::{ChannelKind, ChannelTarget, ChannelView, PutChannel, WebhookLast};
use sos_protocol::limits::CHANNELS_PER_OFFICER_MAX;
use sos_protocol::{ChannelId, DeskId, StaffId, UnixMs, WebhookId};
use uuid::Uuid;

use super::notifications::noted;
use super::notify::{channel_kind, channel_word};
use super::{Store, StoreError, USE_WITHIN};
use crate::auth::seal::Sealer;
use crate::store::push::PushKind;

/// Most channels that are read at a time: ten officers at each of a hundred desks have about two each.
const CHANNELS_MAX: i64 = 2_000;
/// A channel is tested at most this often, in milliseconds.
const TEST_EVERY_MS: i64 = 10_000;
/// How long a test is tried, in milliseconds: somebody waits for it at a console.
const TEST_FOR_MS: i64 = 120_000;

/// What came of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// Done.
    Done,
    /// The officer has no such channel.
    NotFound,
    /// The officer has as many as there may be.
    TooMany,
    /// It was tested just now.
    TooSoon,
}

/// Whose channels.
#[derive(Debug, Clone, Copy)]
pub enum Whose<'a> {
    /// An officer's.
    Officer(StaffId),
    /// Those of a desk's officers; none: of all.
    Desk(Option<&'a DeskId>),
}

impl Whose<'_> {
    fn staff(self) -> Option<Uuid> {
        match self {
            Self::Officer(staff) => Some(staff.0),
            Self::Desk(_) => None,
        }
    }

    fn desk(self) -> Option<String> {
        match self {
            Self::Officer(_) => None,
            Self::Desk(desk) => desk.map(ToString::to_string),
        }
    }
}

/// A target as its row has it.
pub(super) struct Target<'a> {
    pub(super) channel_id: ChannelId,
    pub(super) target_id: Uuid,
    pub(super) sealed: &'a [u8],
}

impl Target<'_> {
    /// The subject whose key seals it.
    fn subject(staff: StaffId) -> String {
        format!("staff:{staff}")
    }

    /// Ties a sealed target to its row.
    fn context(channel: ChannelId, target_id: Uuid) -> Vec<u8> {
        [b"channel".as_slice(), channel.0.as_bytes(), target_id.as_bytes()].concat()
    }

    /// The target, with the key of its officer.
    pub(super) fn open(
        &self,
        sealer: &Sealer,
        staff: StaffId,
        wrapped: Option<&[u8]>,
    ) -> Option<ChannelTarget> {
        let key = sealer.unwrap_key(&Self::subject(staff), wrapped?)?;
        let plain = Sealer::open(&key, &Self::context(self.channel_id, self.target_id), self.sealed)?;
        serde_json::from_slice(&plain).ok()
    }
}

/// By what a target is told.
#[must_use]
pub const fn kind_of(target: &ChannelTarget) -> ChannelKind {
    match target {
        ChannelTarget::Mail { .. } => ChannelKind::Mail,
        ChannelTarget::Push { target } => match PushKind::of(target) {
            PushKind::Fcm => ChannelKind::Fcm,
            PushKind::Web => ChannelKind::Web,
        },
    }
}

impl Store {
    /// Keeps a channel of `staff`, new or changed; what waits for it goes to its new target. `target_id` is a new one.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn save_channel(
        &self,
        staff: StaffId,
        channel: ChannelId,
        put: &PutChannel,
        target_id: Uuid,
        now: UnixMs,
    ) -> Result<Changed, StoreError> {
        let (subject, kind) = (Target::subject(staff), channel_word(kind_of(&put.target)));
        let plain = serde_json::to_vec(&put.target)?;
        self.within(USE_WITHIN, async {
            let mut tx = self.begin().await?;
            // Two at the same time must not both be the last one.
            sqlx::query!("SELECT FROM staff WHERE staff_id = $1 FOR NO KEY UPDATE", staff.0)
                .fetch_optional(&mut *tx)
                .await?;
            let others = sqlx::query_scalar!(
                r#"SELECT count(*) AS "count!" FROM staff_channels WHERE staff_id = $1 AND channel_id <> $2"#,
                staff.0,
                channel.0
            )
            .fetch_one(&mut *tx)
            .await?;
            if usize::try_from(others).unwrap_or(usize::MAX) >= CHANNELS_PER_OFFICER_MAX {
                return Ok(Changed::TooMany);
            }
            let key = self.key(&mut tx, &subject).await?;
            let sealed = self.sealer.seal(&key, &Target::context(channel, target_id), &plain);
            let kept = sqlx::query!(
                "INSERT INTO staff_channels VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (channel_id) DO UPDATE
                 SET kind = excluded.kind, label = excluded.label, target_id = excluded.target_id,
                     sealed = excluded.sealed, set_ms = excluded.set_ms
                 WHERE staff_channels.staff_id = excluded.staff_id",
                channel.0,
                staff.0,
                kind,
                put.label,
                target_id,
                sealed,
                now.0
            )
            .execute(&mut *tx)
            .await?;
            if kept.rows_affected() == 0 {
                return Ok(Changed::NotFound);
            }
            sqlx::query!(
                "UPDATE notifications SET channel = $2
                 WHERE channel_id = $1 AND state = 'waiting' AND channel <> $2",
                channel.0,
                kind
            )
            .execute(&mut *tx)
            .await?;
            tx.commit().await?;
            Ok(Changed::Done)
        })
        .await
    }

    /// Forgets a channel of `staff`.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn remove_channel(&self, staff: StaffId, channel: ChannelId) -> Result<Changed, StoreError> {
        self.within(USE_WITHIN, async {
            let done = sqlx::query!(
                "DELETE FROM staff_channels WHERE channel_id = $1 AND staff_id = $2",
                channel.0,
                staff.0
            )
            .execute(&self.pool)
            .await?;
            Ok(if done.rows_affected() == 1 { Changed::Done } else { Changed::NotFound })
        })
        .await
    }

    /// Channels with the latest notification of each, by officer and label.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn channels(&self, whose: Whose<'_>) -> Result<Vec<ChannelView>, StoreError> {
        self.within(USE_WITHIN, async {
            let rows = sqlx::query!(
                r#"SELECT c.channel_id, c.staff_id, c.kind, c.label, c.set_ms, s.name, to_jsonb(n) AS last
                   FROM staff_channels c JOIN staff s USING (staff_id)
                   LEFT JOIN LATERAL (
                       SELECT * FROM notifications n WHERE n.channel_id = c.channel_id
                       ORDER BY n.made_ms DESC, n.notification_id LIMIT 1) n ON true
                   WHERE NOT s.disabled AND ($1::uuid IS NULL OR c.staff_id = $1)
                       AND ($2::text IS NULL OR s.desk_id = $2)
                   ORDER BY s.name, c.staff_id, c.label, c.channel_id LIMIT $3"#,
                whose.staff(),
                whose.desk(),
                CHANNELS_MAX
            )
            .fetch_all(&self.pool)
            .await?;
            rows.into_iter()
                .map(|row| {
                    Ok(ChannelView {
                        channel_id: ChannelId(row.channel_id),
                        staff_id: StaffId(row.staff_id),
                        channel: channel_kind(&row.kind)?,
                        label: row.label,
                        set_at_ms: UnixMs(row.set_ms),
                        last: row.last.map(|last| noted(last, &row.name)).transpose()?,
                        name: row.name,
                    })
                })
                .collect()
        })
        .await
    }

    /// Webhooks that are in force, of a desk and for all, with the latest notification of each, by name; without a desk,
    /// all of them.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn webhooks_told(&self, desk: Option<&DeskId>) -> Result<Vec<WebhookLast>, StoreError> {
        self.within(USE_WITHIN, async {
            let rows = sqlx::query!(
                r#"SELECT w.webhook_id, w.name, to_jsonb(n) AS last
                   FROM webhooks w
                   LEFT JOIN LATERAL (
                       SELECT * FROM notifications n WHERE n.webhook_id = w.webhook_id
                       ORDER BY n.made_ms DESC, n.notification_id LIMIT 1) n ON true
                   WHERE w.enabled AND w.removed_ms IS NULL
                       AND ($1::text IS NULL OR w.desk_id IS NULL OR w.desk_id = $1)
                   ORDER BY w.name, w.webhook_id LIMIT $2"#,
                desk.map(DeskId::as_str),
                CHANNELS_MAX
            )
            .fetch_all(&self.pool)
            .await?;
            rows.into_iter()
                .map(|row| {
                    let last = row.last.map(|last| noted(last, &row.name)).transpose()?;
                    Ok(WebhookLast { webhook_id: WebhookId(row.webhook_id), name: row.name, last })
                })
                .collect()
        })
        .await
    }

    /// Has a channel of `staff` tried.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn test_channel(
        &self,
        staff: StaffId,
        channel: ChannelId,
        test: Uuid,
        now: UnixMs,
    ) -> Result<Changed, StoreError> {
        self.within(USE_WITHIN, async {
            let mut tx = self.begin().await?;
            // Under its lock, so that of two at the same time the second one sees the first.
            let kind = sqlx::query_scalar!(
                "SELECT kind FROM staff_channels WHERE channel_id = $1 AND staff_id = $2 FOR UPDATE",
                channel.0,
                staff.0
            )
            .fetch_optional(&mut *tx)
            .await?;
            if kind.is_none() {
                return Ok(Changed::NotFound);
            }
            let made = insert_channel_tests(&mut tx, (Some(channel), None), test, now).await?;
            tx.commit().await?;
            Ok(if made == 0 { Changed::TooSoon } else { Changed::Done })
        })
        .await
    }

    /// Has all channels of a desk's officers tried, and the webhooks of the desk and those for all; without a desk, all. What
    /// was tested just now is left out.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn test_cover(&self, desk: Option<&DeskId>, test: Uuid, now: UnixMs) -> Result<(), StoreError> {
        self.within(USE_WITHIN, async {
            let mut tx = self.begin().await?;
            // One after the other, so that two at the same time do not test everything twice.
            sqlx::query!("SELECT pg_advisory_xact_lock(hashtext('sos.test_cover'))").execute(&mut *tx).await?;
            insert_channel_tests(&mut tx, (None, desk), test, now).await?;
            sqlx::query!(
                "INSERT INTO notifications (notification_id, cause, run, round, step, webhook_id, channel, made_ms,
                                            due_ms, ends_ms)
                 SELECT gen_random_uuid(), 'test/' || $1::uuid, 0, 0, 0, w.webhook_id, 'webhook', $3, $3,
                        $3::bigint + $5::bigint
                 FROM webhooks w
                 WHERE w.enabled AND w.removed_ms IS NULL
                     AND ($2::text IS NULL OR w.desk_id IS NULL OR w.desk_id = $2)
                     AND NOT EXISTS (SELECT FROM notifications n WHERE n.webhook_id = w.webhook_id
                                     AND n.made_ms > $3::bigint - $4::bigint AND n.cause LIKE 'test/%')",
                test,
                desk.map(DeskId::as_str),
                now.0,
                TEST_EVERY_MS,
                TEST_FOR_MS
            )
            .execute(&mut *tx)
            .await?;
            tx.commit().await?;
            Ok(())
        })
        .await
    }
}

/// Notes tests of officers' channels, but for those that were tested just now; how many.
async fn insert_channel_tests(
    tx: &mut super::Tx,
    (channel, desk): (Option<ChannelId>, Option<&DeskId>),
    test: Uuid,
    now: UnixMs,
) -> Result<u64, StoreError> {
    let done = sqlx::query!(
        "INSERT INTO notifications (notification_id, cause, run, round, step, staff_id, channel, channel_id, made_ms,
                                    due_ms, ends_ms)
         SELECT gen_random_uuid(), 'test/' || $1::uuid, 0, 0, 0, c.staff_id, c.kind, c.channel_id, $4, $4,
                $4::bigint + $6::bigint
         FROM staff_channels c JOIN staff s USING (staff_id)
         WHERE NOT s.disabled AND ($2::uuid IS NULL OR c.channel_id = $2)
             AND ($3::text IS NULL OR s.desk_id = $3)
             AND NOT EXISTS (SELECT FROM notifications n WHERE n.channel_id = c.channel_id
                             AND n.made_ms > $4::bigint - $5::bigint AND n.cause LIKE 'test/%')",
        test,
        channel.map(|id| id.0),
        desk.map(DeskId::as_str),
        now.0,
        TEST_EVERY_MS,
        TEST_FOR_MS
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}
