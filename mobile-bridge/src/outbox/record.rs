//! What the service said, and the screen's view of it.

use rusqlite::{OptionalExtension, Transaction};
use sos_protocol::{AlertId, Receipt, Seq, Stage, UnixMs};

use super::queue::{id, json};
use super::{
    ALERTS_KEPT_MAX, AlertState, CancelState, ChatMessage, DELIVERED_QUEUED_MAX, DeskMessage,
    MESSAGES_KEPT_MAX, Outbox, OutboxError, RECEIPTS_KEPT_MAX, device,
};
use crate::ladder;

/// `pressed_at_ms`, `receipt`, `cancel`, whether it waits, `located_at_ms`, `fix_owed`.
type AlertRow = (i64, Option<String>, Option<String>, bool, Option<i64>, bool);

impl Outbox {
    /// How far an alert has got; none if this phone does not know it.
    ///
    /// # Errors
    /// What the disk says, or a damaged row.
    pub fn alert_state(&self, alert_id: AlertId) -> Result<Option<AlertState>, OutboxError> {
        let key = alert_id.to_string();
        let row: Option<AlertRow> = self
            .db
            .query_row(
                "SELECT pressed_at_ms, receipt, cancel, EXISTS (SELECT 1 FROM alert_queue q WHERE q.alert_id = ?1),
                 located_at_ms, fix_owed FROM alert WHERE alert_id = ?1",
                [&key],
                |row| row.try_into(),
            )
            .optional()?;
        let Some((pressed_at_ms, receipt, cancel, queued, located_at_ms, fix_owed)) = row else {
            return Ok(None);
        };
        let mut statement =
            self.db.prepare_cached("SELECT body FROM receipt WHERE alert_id = ?1 ORDER BY n")?;
        let bodies = statement.query_map([&key], |row| row.get::<_, String>(0))?;
        let history =
            bodies.map(|body| Ok(serde_json::from_str(&body?)?)).collect::<Result<_, OutboxError>>()?;
        Ok(Some(AlertState {
            alert_id,
            pressed_at_ms: UnixMs(pressed_at_ms),
            queued,
            receipt: receipt.map(|body| serde_json::from_str(&body)).transpose()?,
            history,
            cancel: match cancel.as_deref() {
                Some("queued") => CancelState::Queued,
                Some(_) => CancelState::Accepted,
                None => CancelState::None,
            },
            located_at_ms: located_at_ms.map(UnixMs),
            fix_owed,
        }))
    }

    /// The alerts that this phone knows, newest first, at most `count_max`.
    ///
    /// # Errors
    /// What the disk says, or a damaged row.
    pub fn alerts(&self, count_max: u32) -> Result<Vec<AlertId>, OutboxError> {
        self.list(&format!("SELECT alert_id FROM alert ORDER BY n DESC LIMIT {count_max}"), |row| id(row, 0))
    }

    /// The newest alert that is not closed, whether it got through or not.
    ///
    /// # Errors
    /// What the disk says, or a damaged row.
    pub fn open_alert(&self) -> Result<Option<AlertId>, OutboxError> {
        let newest = self
            .list("SELECT alert_id FROM alert WHERE NOT closed ORDER BY n DESC LIMIT 1", |row| id(row, 0))?;
        Ok(newest.into_iter().next())
    }

    /// The chat, oldest first.
    ///
    /// # Errors
    /// What the disk says, or a damaged row.
    pub fn messages(&self) -> Result<Vec<ChatMessage>, OutboxError> {
        self.list(
            "SELECT message_id, alert_id, from_officer, text, at_ms, accepted_at_ms FROM message ORDER BY n",
            |row| {
                Ok(ChatMessage {
                    message_id: id(row, 0)?,
                    alert_id: id(row, 1)?,
                    from_officer: row.get(2)?,
                    text: row.get(3)?,
                    at_ms: UnixMs(row.get(4)?),
                    accepted_at_ms: row.get::<_, Option<i64>>(5)?.map(UnixMs),
                })
            },
        )
    }

    /// The receipt that holds for an alert.
    ///
    /// # Errors
    /// What the disk says, or a damaged row.
    pub fn receipt(&self, alert_id: AlertId) -> Result<Option<Receipt>, OutboxError> {
        let mut statement = self
            .db
            .prepare_cached("SELECT receipt FROM alert WHERE alert_id = ?1 AND receipt IS NOT NULL")?;
        let mut rows = statement.query([alert_id.to_string()])?;
        rows.next()?.map(|row| json(row, 0)).transpose()
    }
}

pub(super) fn receipt(tx: &Transaction<'_>, new: &Receipt) -> Result<bool, OutboxError> {
    let key = new.alert_id.to_string();
    let body = serde_json::to_string(new)?;
    tx.execute("INSERT OR IGNORE INTO alert (alert_id, pressed_at_ms) VALUES (?1, ?2)", (&key, new.at_ms.0))?;
    let news = tx.execute(
        "INSERT OR IGNORE INTO receipt (alert_id, stage, seq, body) VALUES (?1, ?2, ?3, ?4)",
        (&key, serde_json::to_string(&new.stage)?, new.seq.unwrap_or(Seq(0)).0, &body),
    )? > 0;
    let current: Option<String> =
        tx.query_row("SELECT receipt FROM alert WHERE alert_id = ?1", [&key], |row| row.get(0))?;
    let current: Option<Receipt> = current.map(|body| serde_json::from_str(&body)).transpose()?;
    if ladder::replaces(current.as_ref(), new) {
        tx.execute(
            "UPDATE alert SET receipt = ?2, closed = ?3 WHERE alert_id = ?1",
            (&key, &body, new.stage == Stage::Closed),
        )?;
    }
    if ladder::may_forget(new.stage) {
        tx.execute("DELETE FROM alert_queue WHERE alert_id = ?1", [&key])?;
    }
    tx.execute(
        "DELETE FROM receipt WHERE alert_id = ?1 AND n <=
         (SELECT n FROM receipt WHERE alert_id = ?1 ORDER BY n DESC LIMIT 1 OFFSET ?2)",
        (&key, RECEIPTS_KEPT_MAX),
    )?;
    Ok(news)
}

pub(super) fn desk_message(tx: &Transaction<'_>, message: &DeskMessage) -> Result<bool, OutboxError> {
    let (key, alert) = (message.message_id.to_string(), message.alert_id.to_string());
    let news = tx.execute(
        "INSERT OR IGNORE INTO message (message_id, alert_id, from_officer, text, at_ms, accepted_at_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
        (&key, &alert, &message.from, &message.text, message.at_ms.0),
    )? > 0;
    // A repeat means that the service has not read the mark: it goes out again.
    tx.execute(
        "INSERT OR IGNORE INTO delivered_queue (message_id, alert_id) VALUES (?1, ?2)",
        (&key, &alert),
    )?;
    tx.execute(
        "DELETE FROM delivered_queue WHERE n <= (SELECT n FROM delivered_queue ORDER BY n DESC LIMIT 1 OFFSET ?1)",
        [DELIVERED_QUEUED_MAX],
    )?;
    device::advance_seq(tx, message.seq)?;
    Ok(news)
}

/// A repeat, and a question about an alert that is closed or not known here, ask for nothing.
pub(super) fn located(
    tx: &Transaction<'_>,
    seq: Seq,
    alert_id: AlertId,
    at_ms: UnixMs,
) -> Result<bool, OutboxError> {
    let asks = tx.execute(
        "UPDATE alert SET located_seq = ?2, located_at_ms = ?3, fix_owed = 1
         WHERE alert_id = ?1 AND located_seq < ?2 AND NOT closed",
        (alert_id.to_string(), seq.0, at_ms.0),
    )? > 0;
    device::advance_seq(tx, seq)?;
    Ok(asks)
}

/// Lets go of old history; nothing that waits to be sent.
pub(super) fn trim(tx: &Transaction<'_>) -> Result<(), OutboxError> {
    tx.execute(
        "DELETE FROM alert WHERE n <= (SELECT n FROM alert ORDER BY n DESC LIMIT 1 OFFSET ?1)
         AND alert_id NOT IN (SELECT alert_id FROM alert_queue)
         AND alert_id NOT IN (SELECT alert_id FROM cancel_queue)",
        [ALERTS_KEPT_MAX],
    )?;
    tx.execute("DELETE FROM receipt WHERE alert_id NOT IN (SELECT alert_id FROM alert)", [])?;
    tx.execute(
        "DELETE FROM message WHERE n <= (SELECT n FROM message ORDER BY n DESC LIMIT 1 OFFSET ?1)
         AND message_id NOT IN (SELECT message_id FROM message_queue)",
        [MESSAGES_KEPT_MAX],
    )?;
    Ok(())
}
