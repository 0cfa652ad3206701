//! Webhooks that tell somebody, and the keys with which their calls are signed.

use sos_protocol::cover::{WebhookEvent, WebhookFormat, WebhookView};
use sos_protocol::{DeskId, UnixMs, WebhookId};

use super::{Store, StoreError, Tx, USE_WITHIN, event_feeds};
use crate::auth::seal::{Sealer, SubjectKey};

/// Most webhooks that are read at a time: those of all desks together are far fewer.
const WEBHOOKS_MAX: i64 = 500;

/// What a call needs.
pub struct WebhookForSending {
    /// Where.
    pub url: String,
    /// What to sign with; none: it does not open any more.
    pub key: Option<Vec<u8>>,
}

const fn event_word(event: WebhookEvent) -> &'static str {
    match event {
        WebhookEvent::CaseOpened => "case_opened",
        WebhookEvent::CaseClosed => "case_closed",
        WebhookEvent::ReportAccepted => "report_accepted",
    }
}

const fn format_word(format: WebhookFormat) -> &'static str {
    match format {
        WebhookFormat::Json => "json",
        WebhookFormat::Cap => "cap",
    }
}

/// The subject whose key seals that of a webhook.
fn subject(id: WebhookId) -> String {
    format!("webhook:{id}")
}

/// Ties a sealed key to its webhook.
fn context(id: WebhookId) -> Vec<u8> {
    [b"webhook".as_slice(), id.0.as_bytes()].concat()
}

/// The key of a webhook out of its row.
fn open_key(key: &SubjectKey, id: WebhookId, sealed: &[u8]) -> Option<Vec<u8>> {
    Sealer::open(key, &context(id), sealed)
}

impl Store {
    /// The form in which the key of a webhook is kept.
    async fn seal_webhook_key(&self, tx: &mut Tx, id: WebhookId, key: &[u8]) -> Result<Vec<u8>, StoreError> {
        let sealing = self.key(tx, &subject(id)).await?;
        Ok(self.sealer.seal(&sealing, &context(id), key))
    }

    /// Keeps a webhook: a new one, where `view.version` is 0 and then with a key, or a change of the version that was
    /// seen. `key`: to sign with, its bytes; none: as before. Its version then; none: that is not the version that is
    /// kept, or it was removed, or it is new and has no key.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn save_webhook(
        &self,
        tx: &mut Tx,
        view: &WebhookView,
        key: Option<&[u8]>,
    ) -> Result<Option<u32>, StoreError> {
        if view.version == 0 && key.is_none() {
            return Ok(None);
        }
        let sealed = match key {
            Some(key) => Some(self.seal_webhook_key(tx, view.webhook_id, key).await?),
            None => None,
        };
        let desk = view.desk.as_ref().map(DeskId::as_str);
        let events: Vec<String> = view.events.iter().map(|event| event_word(*event).to_owned()).collect();
        let format = format_word(view.format);
        let version = if let (0, Some(sealed)) = (view.version, &sealed) {
            sqlx::query_scalar!(
                "INSERT INTO webhooks (webhook_id, desk_id, name, url, sealed_key, enabled, events, format)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING version",
                view.webhook_id.0,
                desk,
                view.name,
                view.url,
                sealed,
                view.enabled,
                &events,
                format
            )
            .fetch_optional(&mut **tx)
            .await?
        } else {
            sqlx::query_scalar!(
                "UPDATE webhooks SET desk_id = $3, name = $4, url = $5, enabled = $7, version = version + 1,
                                     events = $8, format = $9,
                                     sealed_key = coalesce($6::bytea, sealed_key)
                 WHERE webhook_id = $1 AND version = $2 AND removed_ms IS NULL RETURNING version",
                view.webhook_id.0,
                i32::try_from(view.version).unwrap_or(i32::MAX),
                desk,
                view.name,
                view.url,
                sealed,
                view.enabled,
                &events,
                format
            )
            .fetch_optional(&mut **tx)
            .await?
        };
        if version.is_some() {
            event_feeds::follow(tx, view.webhook_id, !events.is_empty()).await?;
        }
        Ok(version.and_then(|version| u32::try_from(version).ok()))
    }

    /// The webhooks of a desk and those that are for all; without a desk, all of them. By name.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn webhooks(&self, desk: Option<&DeskId>) -> Result<Vec<WebhookView>, StoreError> {
        self.within(USE_WITHIN, async {
            let rows = sqlx::query!(
                r#"SELECT w.webhook_id, w.desk_id, w.name, w.url, w.enabled, w.version, w.events, w.format,
                          f.given_up AS "given_up?", f.failing_since_ms, f.fault, f.told_ms
                   FROM webhooks w LEFT JOIN webhook_feeds f USING (webhook_id)
                   WHERE w.removed_ms IS NULL AND ($1::text IS NULL OR w.desk_id IS NULL OR w.desk_id = $1)
                   ORDER BY w.name, w.webhook_id LIMIT $2"#,
                desk.map(DeskId::as_str),
                WEBHOOKS_MAX
            )
            .fetch_all(&self.pool)
            .await?;
            let view = rows.into_iter().map(|row| {
                Ok(WebhookView {
                    webhook_id: WebhookId(row.webhook_id),
                    desk: row.desk_id.map(DeskId),
                    name: row.name,
                    url: row.url,
                    enabled: row.enabled,
                    version: u32::try_from(row.version).unwrap_or(u32::MAX),
                    events: event_feeds::words(&row.events)?,
                    format: event_feeds::word(&row.format)?,
                    feed: event_feeds::state(row.given_up, row.failing_since_ms, row.fault, row.told_ms),
                })
            });
            view.collect()
        })
        .await
    }

    /// What a call of a webhook needs; none: it was removed or is not in force.
    ///
    /// # Errors
    /// When Postgres does not do it.
    pub async fn webhook_for_sending(&self, id: WebhookId) -> Result<Option<WebhookForSending>, StoreError> {
        let subject = subject(id);
        self.within(USE_WITHIN, async {
            let row = sqlx::query!(
                r#"SELECT w.url, w.sealed_key, k.wrapped_key AS "wrapped_key?"
                   FROM webhooks w LEFT JOIN subject_keys k ON k.subject = $2
                   WHERE w.webhook_id = $1 AND w.enabled AND w.removed_ms IS NULL"#,
                id.0,
                subject
            )
            .fetch_optional(&self.pool)
            .await?;
            Ok(row.map(|row| {
                let key = row.wrapped_key.and_then(|wrapped| self.sealer.unwrap_key(&subject, &wrapped));
                let key = key.and_then(|key| open_key(&key, id, &row.sealed_key));
                WebhookForSending { url: row.url, key }
            }))
        })
        .await
    }
}

/// Removes the version of a webhook that was seen; what waits for it is not sent any more. False: that is not the version
/// that is kept.
///
/// # Errors
/// When Postgres does not do it.
pub async fn remove_webhook(
    tx: &mut Tx,
    id: WebhookId,
    version: u32,
    now: UnixMs,
) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "UPDATE webhooks SET removed_ms = $3, version = version + 1
         WHERE webhook_id = $1 AND version = $2 AND removed_ms IS NULL",
        id.0,
        i32::try_from(version).unwrap_or(i32::MAX),
        now.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}
