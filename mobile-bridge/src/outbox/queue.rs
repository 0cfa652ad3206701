//! What waits to be sent.

use rusqlite::{Row, Transaction};
use sos_protocol::{Alert, AlertId, Fix, FixId, MessageId, Pin, UnixMs};

use super::{
    ALERTS_QUEUED_MAX, FIXES_QUEUED_MAX, MESSAGES_QUEUED_MAX, OPEN_VIEW_MAX, Outbox, OutboxError,
    QUEUE_VIEW_MAX, Queue, QueuedAlert, QueuedCancel, QueuedFix, QueuedMessage, count,
};

impl Outbox {
    /// Keeps a press. When this returns it is on disk. The answer is the id under which it will reach the service:
    /// its own, or with [`ALERTS_QUEUED_MAX`] waiting already, that of the newest waiting press (which says the same).
    ///
    /// # Errors
    /// What the disk says; then the press was not kept.
    pub fn press(&mut self, alert: &Alert, pressed_at_ms: UnixMs) -> Result<AlertId, OutboxError> {
        self.write(|tx| {
            if count(tx, "alert_queue")? >= ALERTS_QUEUED_MAX {
                return newest_queued(tx);
            }
            let id = alert.alert_id.to_string();
            tx.execute(
                "INSERT OR IGNORE INTO alert (alert_id, pressed_at_ms) VALUES (?1, ?2)",
                (&id, pressed_at_ms.0),
            )?;
            tx.execute(
                "INSERT OR IGNORE INTO alert_queue (alert_id, body) VALUES (?1, ?2)",
                (&id, serde_json::to_string(alert)?),
            )?;
            Ok(alert.alert_id)
        })
    }

    /// Keeps that the worker took a press back, with the PIN if one was typed. A repeat, or one for a press that is not known here, changes nothing;
    /// tells whether it did.
    ///
    /// # Errors
    /// What the disk says.
    pub fn cancel(
        &mut self,
        alert_id: AlertId,
        pin: Option<&Pin>,
        device_time_ms: UnixMs,
    ) -> Result<bool, OutboxError> {
        self.write(|tx| {
            let id = alert_id.to_string();
            let changed = tx.execute(
                "UPDATE alert SET cancel = 'queued' WHERE alert_id = ?1 AND cancel IS NULL",
                [&id],
            )?;
            if changed > 0 {
                tx.execute(
                    "INSERT INTO cancel_queue (alert_id, device_time_ms, pin) VALUES (?1, ?2, ?3)",
                    (&id, device_time_ms.0, pin.map(Pin::digits)),
                )?;
            }
            Ok(changed > 0)
        })
    }

    /// Keeps a message of the worker, in the queue and in the chat.
    ///
    /// # Errors
    /// [`OutboxError::Full`], or what the disk says.
    pub fn write_message(&mut self, message: &QueuedMessage) -> Result<(), OutboxError> {
        self.write(|tx| {
            if count(tx, "message_queue")? >= MESSAGES_QUEUED_MAX {
                return Err(OutboxError::Full);
            }
            let row = (
                message.message_id.to_string(),
                message.alert_id.to_string(),
                &message.text,
                message.device_time_ms.0,
            );
            tx.execute(
                "INSERT INTO message_queue (message_id, alert_id, text, device_time_ms) VALUES (?1, ?2, ?3, ?4)",
                row.clone(),
            )?;
            tx.execute("INSERT INTO message (message_id, alert_id, text, at_ms) VALUES (?1, ?2, ?3, ?4)", row)?;
            Ok(())
        })
    }

    /// Keeps fixes, oldest first, and lets go of the oldest over [`FIXES_QUEUED_MAX`].
    ///
    /// # Errors
    /// What the disk says.
    pub fn add_fixes(&mut self, alert_id: AlertId, fixes: &[Fix]) -> Result<(), OutboxError> {
        self.write(|tx| {
            for fix in fixes {
                tx.execute(
                    "INSERT OR IGNORE INTO fix_queue (fix_id, alert_id, body) VALUES (?1, ?2, ?3)",
                    (fix.fix_id.to_string(), alert_id.to_string(), serde_json::to_string(fix)?),
                )?;
            }
            tx.execute(
                "DELETE FROM fix_queue WHERE n <= (SELECT n FROM fix_queue ORDER BY n DESC LIMIT 1 OFFSET ?1)",
                [FIXES_QUEUED_MAX],
            )?;
            if !fixes.is_empty() {
                tx.execute("UPDATE alert SET fix_owed = 0 WHERE alert_id = ?1", [alert_id.to_string()])?;
            }
            Ok(())
        })
    }

    /// What can be sent next.
    ///
    /// # Errors
    /// What the disk says, or a damaged row.
    pub fn queue(&self) -> Result<Queue, OutboxError> {
        Ok(Queue {
            enrolled: self.db.query_row("SELECT device_id IS NOT NULL FROM device", [], |row| row.get(0))?,
            alerts: self.list(
                "SELECT q.body, a.receipt IS NOT NULL FROM alert_queue q JOIN alert a USING (alert_id) ORDER BY q.n",
                |row| Ok(QueuedAlert { alert: json(row, 0)?, received: row.get(1)? }),
            )?,
            cancels: self.list("SELECT alert_id, device_time_ms, pin FROM cancel_queue ORDER BY n", |row| {
                let pin = row.get::<_, Option<String>>(2)?.and_then(|pin| Pin::parse(&pin));
                Ok(QueuedCancel { alert_id: id(row, 0)?, pin, device_time_ms: UnixMs(row.get(1)?) })
            })?,
            messages: self.list(
                &format!(
                    "SELECT message_id, alert_id, text, device_time_ms FROM message_queue
                     ORDER BY n LIMIT {QUEUE_VIEW_MAX}"
                ),
                message,
            )?,
            fixes: self.list(
                &format!("SELECT alert_id, body FROM fix_queue ORDER BY n DESC LIMIT {QUEUE_VIEW_MAX}"),
                |row| Ok(QueuedFix { alert_id: id(row, 0)?, fix: json(row, 1)? }),
            )?,
            delivered: self.list(
                &format!(
                    "SELECT message_id, alert_id FROM delivered_queue ORDER BY n LIMIT {QUEUE_VIEW_MAX}"
                ),
                |row| Ok((id(row, 0)?, id(row, 1)?)),
            )?,
            open: self.list(
                &format!(
                    "SELECT alert_id FROM alert WHERE receipt IS NOT NULL AND NOT closed
                     ORDER BY n DESC LIMIT {OPEN_VIEW_MAX}"
                ),
                |row| id(row, 0),
            )?,
        })
    }

    pub(super) fn list<T>(
        &self,
        sql: &str,
        read: impl Fn(&Row<'_>) -> Result<T, OutboxError>,
    ) -> Result<Vec<T>, OutboxError> {
        let mut statement = self.db.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        let mut list = Vec::new();
        while let Some(row) = rows.next()? {
            list.push(read(row)?);
        }
        Ok(list)
    }
}

pub(super) fn accepted(tx: &Transaction<'_>, id: &str, at_ms: UnixMs) -> Result<bool, OutboxError> {
    let cancels = tx.execute("DELETE FROM cancel_queue WHERE alert_id = ?1", [id])?;
    if cancels > 0 {
        tx.execute("UPDATE alert SET cancel = 'accepted' WHERE alert_id = ?1", [id])?;
    }
    let messages = tx.execute("DELETE FROM message_queue WHERE message_id = ?1", [id])?;
    if messages > 0 {
        tx.execute("UPDATE message SET accepted_at_ms = ?2 WHERE message_id = ?1", (id, at_ms.0))?;
    }
    Ok(cancels + messages > 0)
}

pub(super) fn cancel_refused(tx: &Transaction<'_>, alert_id: AlertId) -> Result<bool, OutboxError> {
    let id = alert_id.to_string();
    let refused = tx.execute("DELETE FROM cancel_queue WHERE alert_id = ?1", [&id])?;
    if refused > 0 {
        tx.execute("UPDATE alert SET cancel = NULL WHERE alert_id = ?1", [&id])?;
    }
    Ok(refused > 0)
}

pub(super) fn remove_fixes(tx: &Transaction<'_>, ids: &[FixId]) -> Result<bool, OutboxError> {
    let mut removed = 0;
    for id in ids {
        removed += tx.execute("DELETE FROM fix_queue WHERE fix_id = ?1", [id.to_string()])?;
    }
    Ok(removed > 0)
}

pub(super) fn remove_delivered(tx: &Transaction<'_>, ids: &[MessageId]) -> Result<bool, OutboxError> {
    let mut removed = 0;
    for id in ids {
        removed += tx.execute("DELETE FROM delivered_queue WHERE message_id = ?1", [id.to_string()])?;
    }
    Ok(removed > 0)
}

fn newest_queued(tx: &Transaction<'_>) -> Result<AlertId, OutboxError> {
    let newest: String =
        tx.query_row("SELECT alert_id FROM alert_queue ORDER BY n DESC LIMIT 1", [], |row| row.get(0))?;
    Ok(newest.parse()?)
}

fn message(row: &Row<'_>) -> Result<QueuedMessage, OutboxError> {
    Ok(QueuedMessage {
        message_id: id(row, 0)?,
        alert_id: id(row, 1)?,
        text: row.get(2)?,
        device_time_ms: UnixMs(row.get(3)?),
    })
}

pub(super) fn id<T: std::str::FromStr<Err = uuid::Error>>(
    row: &Row<'_>,
    at: usize,
) -> Result<T, OutboxError> {
    Ok(row.get_ref(at)?.as_str().map_err(|e| OutboxError::Damaged(e.to_string()))?.parse()?)
}

pub(super) fn json<T: serde::de::DeserializeOwned>(row: &Row<'_>, at: usize) -> Result<T, OutboxError> {
    let text = row.get_ref(at)?.as_str().map_err(|e| OutboxError::Damaged(e.to_string()))?;
    Ok(serde_json::from_str(text)?)
}
