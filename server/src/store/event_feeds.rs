//! What was told of the ledger to webhooks that follow it: a cursor each.

use sos_core::ledger;
use sos_protocol::cover::{FeedState, WebhookEvent, WebhookFormat};
use sos_protocol::{CaseEvent, CaseId, DeskId, Seq, UnixMs, WebhookId};
use uuid::Uuid;

use super::{Store, StoreError, Tx, USE_WITHIN};

/// A webhook that has something before it, taken in hand.
#[derive(Debug, Clone)]
pub(crate) struct Following {
    /// Which.
    pub(crate) webhook: WebhookId,
    /// The desk whose cases it is told of; none: those of all.
    pub(crate) desk: Option<DeskId>,
    /// Of which events.
    pub(crate) events: Vec<WebhookEvent>,
    /// In which form.
    pub(crate) format: WebhookFormat,
    /// It was told of the ledger up to here.
    pub(crate) seq: Seq,
    /// The ledger's end.
    pub(crate) head: Seq,
    /// Tries so far to tell it of the entry behind that.
    pub(crate) tries: u32,
}

/// An entry that a webhook is told of.
pub(crate) struct Told {
    /// Its place.
    pub(crate) seq: Seq,
    /// When it was recorded.
    pub(crate) at: UnixMs,
    /// The case.
    pub(crate) case_id: CaseId,
    /// The desk that held it then.
    pub(crate) desk: DeskId,
    /// What happened, without what is sealed.
    pub(crate) event: CaseEvent,
}

/// What came of going on.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Came {
    /// It was told up to here, of an entry or because there was none for it. `true`: it took a call.
    UpTo(Seq, bool),
    /// It was given up up to here.
    GivenUp(Seq, &'static str),
    /// It is tried again.
    Again {
        /// When.
        due: UnixMs,
        /// What went wrong.
        fault: &'static str,
    },
}

impl Store {
    /// At most `limit` webhooks that follow the ledger, are not at its end and are due, but none of `busy`: in this node's hands
    /// until `until`.
    pub(crate) async fn claim_feeds(
        &self,
        limit: usize,
        busy: &[Uuid],
        now: UnixMs,
        until: UnixMs,
    ) -> Result<Vec<Following>, StoreError> {
        self.within(USE_WITHIN, async {
            let rows = sqlx::query!(
                "WITH due AS (
                     SELECT f.webhook_id, h.seq AS head FROM webhook_feeds f
                     JOIN webhooks w USING (webhook_id) CROSS JOIN ledger_head h
                     WHERE f.due_ms <= $1 AND f.seq < h.seq AND w.enabled AND w.removed_ms IS NULL
                       AND NOT f.webhook_id = ANY($2)
                     ORDER BY f.due_ms LIMIT $3 FOR UPDATE OF f SKIP LOCKED)
                 UPDATE webhook_feeds f SET due_ms = $4 FROM due, webhooks w
                 WHERE f.webhook_id = due.webhook_id AND w.webhook_id = due.webhook_id
                 RETURNING f.webhook_id, w.desk_id, w.events, w.format, f.seq, due.head, f.tries",
                now.0,
                busy,
                i64::try_from(limit).unwrap_or(i64::MAX),
                until.0
            )
            .fetch_all(&self.pool)
            .await?;
            rows.into_iter()
                .map(|row| {
                    Ok(Following {
                        webhook: WebhookId(row.webhook_id),
                        desk: row.desk_id.map(DeskId),
                        events: words(&row.events)?,
                        format: word(&row.format)?,
                        seq: Seq(row.seq),
                        head: Seq(row.head),
                        tries: u32::try_from(row.tries).unwrap_or(0),
                    })
                })
                .collect()
        })
        .await
    }

    /// The first entry behind `after` up to `until` of one of `kinds`, of the cases of `desk` where one is given.
    pub(crate) async fn next_told(
        &self,
        after: Seq,
        until: Seq,
        kinds: &[String],
        desk: Option<&DeskId>,
    ) -> Result<Option<Told>, StoreError> {
        self.within(USE_WITHIN, async {
            let row = sqlx::query!(
                "SELECT seq, at_ms, case_id, desk_id, ref_id, facts FROM ledger
                 WHERE seq > $1 AND seq <= $2 AND kind = ANY($3) AND ($4::text IS NULL OR desk_id = $4)
                 ORDER BY seq LIMIT 1",
                after.0,
                until.0,
                kinds,
                desk.map(DeskId::as_str)
            )
            .fetch_optional(&self.pool)
            .await?;
            let Some(row) = row else { return Ok(None) };
            let event = ledger::join(&row.facts, None, row.ref_id).ok_or(StoreError::Sealed)?;
            Ok(Some(Told {
                seq: Seq(row.seq),
                at: UnixMs(row.at_ms),
                case_id: CaseId(row.case_id),
                desk: DeskId(row.desk_id),
                event,
            }))
        })
        .await
    }

    /// Notes what came of a webhook that stood at `seq`. Nothing where it stands elsewhere by now: another node was quicker.
    pub(crate) async fn settle_feed(
        &self,
        webhook: WebhookId,
        seq: Seq,
        came: Came,
        now: UnixMs,
    ) -> Result<(), StoreError> {
        self.within(USE_WITHIN, async {
            match came {
                Came::UpTo(to, called) => {
                    sqlx::query!(
                        "UPDATE webhook_feeds SET seq = $3, due_ms = $4, tries = 0,
                            failing_since_ms = CASE WHEN $5 THEN NULL ELSE failing_since_ms END,
                            fault = CASE WHEN $5 THEN NULL ELSE fault END,
                            told_ms = CASE WHEN $5 THEN $4 ELSE told_ms END
                         WHERE webhook_id = $1 AND seq = $2",
                        webhook.0,
                        seq.0,
                        to.0,
                        now.0,
                        called
                    )
                    .execute(&self.pool)
                    .await?;
                }
                Came::GivenUp(to, fault) => {
                    sqlx::query!(
                        "UPDATE webhook_feeds SET seq = $3, due_ms = $4, tries = 0, fault = $5, given_up = given_up + 1
                         WHERE webhook_id = $1 AND seq = $2",
                        webhook.0,
                        seq.0,
                        to.0,
                        now.0,
                        fault
                    )
                    .execute(&self.pool)
                    .await?;
                }
                Came::Again { due, fault } => {
                    sqlx::query!(
                        "UPDATE webhook_feeds SET due_ms = $3, tries = tries + 1, fault = $4,
                            failing_since_ms = coalesce(failing_since_ms, $5)
                         WHERE webhook_id = $1 AND seq = $2",
                        webhook.0,
                        seq.0,
                        due.0,
                        fault,
                        now.0
                    )
                    .execute(&self.pool)
                    .await?;
                }
            }
            Ok(())
        })
        .await
    }
}

/// Has a webhook follow the ledger from its end on, or not any more.
pub(super) async fn follow(tx: &mut Tx, webhook: WebhookId, follows: bool) -> Result<(), StoreError> {
    if follows {
        sqlx::query!(
            "INSERT INTO webhook_feeds (webhook_id, seq) SELECT $1, seq FROM ledger_head ON CONFLICT DO NOTHING",
            webhook.0
        )
        .execute(&mut **tx)
        .await?;
    } else {
        sqlx::query!("DELETE FROM webhook_feeds WHERE webhook_id = $1", webhook.0).execute(&mut **tx).await?;
    }
    Ok(())
}

/// How telling goes, from the columns of a row that may be missing.
pub(super) fn state(
    given_up: Option<i32>,
    failing_since_ms: Option<i64>,
    fault: Option<String>,
    told_ms: Option<i64>,
) -> Option<FeedState> {
    given_up.map(|given_up| FeedState {
        told_ms: told_ms.map(UnixMs),
        failing_since_ms: failing_since_ms.map(UnixMs),
        fault,
        given_up: u32::try_from(given_up).unwrap_or(0),
    })
}

pub(super) fn word<T: serde::de::DeserializeOwned>(word: &str) -> Result<T, serde_json::Error> {
    serde_json::from_value(serde_json::Value::String(word.to_owned()))
}

pub(super) fn words<T: serde::de::DeserializeOwned>(all: &[String]) -> Result<Vec<T>, serde_json::Error> {
    all.iter().map(|one| word(one)).collect()
}
