//! Where phones can be reached by push, and what is to be sent there.

use sos_core::entry::LedgerEntry;
use sos_protocol::http::PushTarget;
use sos_protocol::{DeviceId, Seq, UnixMs, WorkerId};
use uuid::Uuid;

use super::{Store, StoreError, Tx, USE_WITHIN};
use crate::auth::seal::Sealer;

/// Jobs of one device that wait; past it the oldest goes: a phone that was away for long shows the newest only.
const JOBS_PER_DEVICE_MAX: i64 = 20;

/// A kind of push service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PushKind {
    /// Firebase Cloud Messaging.
    Fcm,
    /// Web Push.
    Web,
}

impl PushKind {
    /// The word for it in rows and metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fcm => "fcm",
            Self::Web => "web",
        }
    }

    /// That of a target.
    #[must_use]
    pub const fn of(target: &PushTarget) -> Self {
        match target {
            PushTarget::Fcm { .. } => Self::Fcm,
            PushTarget::Web { .. } => Self::Web,
        }
    }
}

/// That a device is to be told of an entry.
#[derive(Debug, Clone, Copy)]
pub struct NewJob {
    /// The device.
    pub device_id: DeviceId,
    /// The entry.
    pub seq: Seq,
    /// Not to be sent after this.
    pub ends: UnixMs,
}

/// A job in somebody's hands.
#[derive(Debug)]
pub struct Job {
    /// The device.
    pub device_id: DeviceId,
    /// The entry.
    pub seq: Seq,
    /// Not to be sent after this.
    pub ends: UnixMs,
    /// How many times it was taken in hand, this time included.
    pub tries: u32,
    /// Which state of the target this is.
    pub target_id: Uuid,
    /// Where to send it; none: it does not open any more, its key was erased.
    pub target: Option<PushTarget>,
    /// Language tag of the owner.
    pub language: String,
}

/// What becomes of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is over: sent, or given up.
    Over,
    /// The service does not know the target with this id any more.
    Gone(Uuid),
    /// Again at this time.
    Again(UnixMs),
}

/// Ties a sealed target to its device.
fn context(device: DeviceId) -> Vec<u8> {
    [b"push".as_slice(), device.0.as_bytes()].concat()
}

impl Store {
    /// Keeps the target of a device in place of an earlier one; jobs that wait go to the new one.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn set_push_target(
        &self,
        device: DeviceId,
        worker: WorkerId,
        target: &PushTarget,
        target_id: Uuid,
        now: UnixMs,
    ) -> Result<(), StoreError> {
        let (subject, kind) = (format!("worker:{worker}"), PushKind::of(target).as_str());
        let plain = serde_json::to_vec(target)?;
        self.within(USE_WITHIN, async {
            let mut tx = self.begin().await?;
            let key = self.key(&mut tx, &subject).await?;
            let sealed = self.sealer.seal(&key, &context(device), &plain);
            sqlx::query!(
                "INSERT INTO push_targets VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (device_id) DO UPDATE
                 SET target_id = excluded.target_id, kind = excluded.kind, subject = excluded.subject,
                     sealed = excluded.sealed, set_ms = excluded.set_ms",
                device.0,
                target_id,
                kind,
                subject,
                sealed,
                now.0
            )
            .execute(&mut *tx)
            .await?;
            sqlx::query!(
                "UPDATE push_jobs SET kind = $2 WHERE device_id = $1 AND kind <> $2",
                device.0,
                kind
            )
            .execute(&mut *tx)
            .await?;
            tx.commit().await?;
            Ok(())
        })
        .await
    }

    /// Forgets the target of a device and what waits for it.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn forget_push_target(&self, device: DeviceId) -> Result<(), StoreError> {
        self.within(USE_WITHIN, async {
            sqlx::query!("DELETE FROM push_targets WHERE device_id = $1", device.0)
                .execute(&self.pool)
                .await?;
            Ok(())
        })
        .await
    }

    /// Goes on through the ledger, at most `limit` entries, and makes the jobs that `pick` finds in them; what was recorded
    /// before `cutoff` is left out. How many entries there were; none: another node is at it.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn follow_for_push(
        &self,
        limit: usize,
        (now, cutoff): (UnixMs, UnixMs),
        pick: impl Fn(&LedgerEntry) -> Vec<NewJob> + Send,
    ) -> Result<Option<usize>, StoreError> {
        let Some((mut tx, after)) = self.lock_push_cursor(cutoff).await? else { return Ok(None) };
        let Some(after) = after else { return Ok(Some(0)) };
        let entries = self.entries_after(after, limit).await?;
        let jobs: Vec<NewJob> = entries.iter().flat_map(pick).collect();
        self.within(USE_WITHIN, async {
            insert_jobs(&mut tx, &jobs, now).await?;
            let last = entries.last().map_or(after, LedgerEntry::seq);
            sqlx::query!("UPDATE push_cursor SET seq = $1", last.0).execute(&mut *tx).await?;
            tx.commit().await?;
            Ok(Some(entries.len()))
        })
        .await
    }

    /// The cursor in this node's hands, and after which entry to go on, if there is one. None: in another node's.
    async fn lock_push_cursor(&self, cutoff: UnixMs) -> Result<Option<(Tx, Option<Seq>)>, StoreError> {
        self.within(USE_WITHIN, async {
            let mut tx = self.begin().await?;
            let places = sqlx::query!(
                "SELECT c.seq, h.seq AS head FROM push_cursor c CROSS JOIN ledger_head h
                 FOR UPDATE OF c SKIP LOCKED"
            )
            .fetch_optional(&mut *tx)
            .await?;
            let Some(places) = places else { return Ok(None) };
            if places.seq >= places.head {
                return Ok(Some((tx, None)));
            }
            // After a time without push, what is too old to be told is not even read.
            let first = sqlx::query_scalar!(
                "SELECT seq FROM ledger WHERE seq > $1 AND at_ms >= $2 ORDER BY seq LIMIT 1",
                places.seq,
                cutoff.0
            )
            .fetch_optional(&mut *tx)
            .await?;
            Ok(Some((tx, Some(Seq(first.map_or(places.head, |seq| seq - 1))))))
        })
        .await
    }

    /// Takes at most `limit` jobs that are due in hand until `until`, at most one a device and in the order of the ledger.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn claim_push_jobs(
        &self,
        kind: PushKind,
        limit: usize,
        now: UnixMs,
        until: UnixMs,
    ) -> Result<Vec<Job>, StoreError> {
        self.within(USE_WITHIN, async {
            let rows = sqlx::query!(
                r#"WITH next AS MATERIALIZED (
                       SELECT j.device_id, j.seq FROM push_jobs j
                       WHERE j.kind = $1 AND j.due_ms <= $2 AND NOT EXISTS
                           (SELECT FROM push_jobs e WHERE e.device_id = j.device_id AND e.seq < j.seq)
                       ORDER BY j.due_ms LIMIT $3 FOR UPDATE OF j SKIP LOCKED),
                   claimed AS (
                       UPDATE push_jobs j SET due_ms = $4, tries = j.tries + 1 FROM next n
                       WHERE j.device_id = n.device_id AND j.seq = n.seq
                       RETURNING j.device_id, j.seq, j.ends_ms, j.tries)
                   SELECT c.device_id, c.seq, c.ends_ms, c.tries, t.target_id, t.subject, t.sealed, w.language,
                          k.wrapped_key AS "wrapped_key?"
                   FROM claimed c JOIN push_targets t USING (device_id) JOIN devices d USING (device_id)
                   JOIN workers w USING (worker_id) LEFT JOIN subject_keys k ON k.subject = t.subject"#,
                kind.as_str(),
                now.0,
                i64::try_from(limit).unwrap_or(i64::MAX),
                until.0
            )
            .fetch_all(&self.pool)
            .await?;
            let open = |subject: &str, wrapped: Option<Vec<u8>>, device, sealed: &[u8]| {
                let key = self.sealer.unwrap_key(subject, &wrapped?)?;
                serde_json::from_slice(&Sealer::open(&key, &context(device), sealed)?).ok()
            };
            let jobs = rows.into_iter().map(|row| Job {
                device_id: DeviceId(row.device_id),
                seq: Seq(row.seq),
                ends: UnixMs(row.ends_ms),
                tries: u32::try_from(row.tries).unwrap_or(u32::MAX),
                target_id: row.target_id,
                target: open(&row.subject, row.wrapped_key, DeviceId(row.device_id), &row.sealed),
                language: row.language,
            });
            Ok(jobs.collect())
        })
        .await
    }

    /// Notes what became of jobs; how many targets were forgotten.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn settle_push_jobs(
        &self,
        fates: &[(DeviceId, Seq, Fate)],
        now: UnixMs,
    ) -> Result<u64, StoreError> {
        let ids = |wanted: fn(Fate) -> bool| {
            let wanted = fates.iter().filter(move |(_, _, fate)| wanted(*fate));
            wanted.map(|(device, seq, _)| (device.0, seq.0)).unzip::<_, _, Vec<Uuid>, Vec<i64>>()
        };
        let (over, over_seqs) = ids(|fate| fate == Fate::Over);
        let (again, again_seqs) = ids(|fate| fate != Fate::Over);
        let due: Vec<i64> = fates
            .iter()
            .filter_map(|(_, _, fate)| match fate {
                Fate::Over => None,
                // Where a newer target took its place, the job goes there.
                Fate::Gone(_) => Some(now.0),
                Fate::Again(due) => Some(due.0),
            })
            .collect();
        let (gone, gone_targets): (Vec<Uuid>, Vec<Uuid>) = fates
            .iter()
            .filter_map(|(device, _, fate)| match fate {
                Fate::Gone(target) => Some((device.0, *target)),
                Fate::Over | Fate::Again(_) => None,
            })
            .unzip();
        self.within(USE_WITHIN, async {
            let mut tx = self.begin().await?;
            // Targets before jobs, as whoever sets a target does it.
            let forgotten = sqlx::query!(
                "DELETE FROM push_targets t USING unnest($1::uuid[], $2::uuid[]) g(device_id, target_id)
                 WHERE t.device_id = g.device_id AND t.target_id = g.target_id",
                &gone,
                &gone_targets
            )
            .execute(&mut *tx)
            .await?;
            sqlx::query!(
                "DELETE FROM push_jobs j USING unnest($1::uuid[], $2::bigint[]) o(device_id, seq)
                 WHERE j.device_id = o.device_id AND j.seq = o.seq",
                &over,
                &over_seqs
            )
            .execute(&mut *tx)
            .await?;
            // What waits behind it waits as long: it is looked at only when the first one is due.
            sqlx::query!(
                "UPDATE push_jobs j
                 SET due_ms = CASE WHEN j.seq = a.seq THEN a.due_ms ELSE greatest(j.due_ms, a.due_ms) END
                 FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) a(device_id, seq, due_ms)
                 WHERE j.device_id = a.device_id",
                &again,
                &again_seqs,
                &due
            )
            .execute(&mut *tx)
            .await?;
            tx.commit().await?;
            Ok(forgotten.rows_affected())
        })
        .await
    }
}

async fn insert_jobs(tx: &mut Tx, jobs: &[NewJob], now: UnixMs) -> Result<(), StoreError> {
    if jobs.is_empty() {
        return Ok(());
    }
    let devices: Vec<Uuid> = jobs.iter().map(|job| job.device_id.0).collect();
    sqlx::query!(
        "INSERT INTO push_jobs (device_id, seq, kind, due_ms, ends_ms)
         SELECT t.device_id, n.seq, t.kind, $4, n.ends_ms
         FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) n(device_id, seq, ends_ms)
         JOIN push_targets t USING (device_id) JOIN devices d USING (device_id)
         WHERE d.revoked_ms IS NULL AND coalesce(d.borrowed_until_ms > $4, true) ON CONFLICT DO NOTHING",
        &devices,
        &jobs.iter().map(|job| job.seq.0).collect::<Vec<_>>(),
        &jobs.iter().map(|job| job.ends.0).collect::<Vec<_>>(),
        now.0
    )
    .execute(&mut **tx)
    .await?;
    let crowded = sqlx::query!(
        "DELETE FROM push_jobs j USING (
             SELECT device_id, seq, row_number() OVER (PARTITION BY device_id ORDER BY seq DESC) AS place
             FROM push_jobs WHERE device_id = ANY($1)) x
         WHERE j.device_id = x.device_id AND j.seq = x.seq AND x.place > $2",
        &devices,
        JOBS_PER_DEVICE_MAX
    )
    .execute(&mut **tx)
    .await?;
    if crowded.rows_affected() > 0 {
        metrics::counter!("sos_push_given_up_total", "why" => "crowded").increment(crowded.rows_affected());
    }
    Ok(())
}
