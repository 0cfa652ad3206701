//! Webhooks.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use sos_core::access::Officer;
use sos_protocol::WebhookId;
use sos_protocol::cover::{PutWebhook, Target, WebhookView};

use super::cover::{is_own, named_nowhere, own};
use super::error::{AdminError, ensure, label, using};
use crate::store::Store;
use crate::store::administration::By;
use crate::store::desks::known_desks;
use crate::store::webhooks::remove_webhook;

/// Longest address, in bytes.
const URL_BYTES_MAX: usize = 1_024;
/// How a key begins.
const KEY_PREFIX: &str = "whsec_";
/// Bytes of a key, as Standard Webhooks say.
const KEY_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// Writes a webhook.
///
/// # Errors
/// [`AdminError`].
pub async fn put(
    store: &Store,
    officer: &Officer,
    by: By,
    id: WebhookId,
    put: PutWebhook,
) -> Result<(), AdminError> {
    let PutWebhook { mut webhook, key } = put;
    own(officer, webhook.desk.as_ref())?;
    ensure(webhook.webhook_id == id && !id.0.is_nil(), "webhook.webhook_id", "the id of the address")?;
    webhook.name = label(&webhook.name, "webhook.name")?;
    webhook.events.sort_unstable();
    webhook.events.dedup();
    let origin = origin(&webhook.url)?;
    let key = key.map(|key| key_bytes(&key)).transpose()?;
    let before = before(store, officer, id).await?;
    if before.as_ref().map_or(0, |before| before.version) != webhook.version {
        return Err(AdminError::Stale);
    }
    ensure(key.is_some() || before.is_some(), "key", "a new webhook needs one")?;
    let facts = json!({
        "desk": webhook.desk, "name": webhook.name, "origin": origin, "enabled": webhook.enabled,
        "new_key": key.is_some(), "events": webhook.events, "format": webhook.format,
    });
    using(store, async {
        let mut change = store.change(by).await?;
        if let Some(desk) = &webhook.desk {
            let known = known_desks(&mut change.tx, std::slice::from_ref(desk)).await?;
            ensure(!known.is_empty(), "webhook.desk", "no such desk")?;
        }
        let moves = before.is_some_and(|before| before.desk != webhook.desk);
        if moves && webhook.desk.is_some() {
            named_nowhere(&mut change.tx, &Target::Webhook { webhook: id }).await?;
        }
        change.note("webhook", &id.to_string(), &facts).await?;
        if store.save_webhook(&mut change.tx, &webhook, key.as_deref()).await?.is_none() {
            return Err(AdminError::Stale);
        }
        Ok(change.commit().await?)
    })
    .await
}

/// Takes a webhook out of use, unless a policy goes by it.
///
/// # Errors
/// [`AdminError`].
pub async fn remove(
    store: &Store,
    officer: &Officer,
    by: By,
    id: WebhookId,
    version: u32,
) -> Result<(), AdminError> {
    let before = before(store, officer, id).await?.ok_or(AdminError::NotFound)?;
    using(store, async {
        let mut change = store.change(by).await?;
        named_nowhere(&mut change.tx, &Target::Webhook { webhook: id }).await?;
        change.note("webhook", &id.to_string(), &json!({ "desk": before.desk, "removed": true })).await?;
        if !remove_webhook(&mut change.tx, id, version, by.at).await? {
            return Err(AdminError::Stale);
        }
        Ok(change.commit().await?)
    })
    .await
}

/// The webhook as it is, if there is one; one of another desk is as if there were none that could be named.
async fn before(store: &Store, officer: &Officer, id: WebhookId) -> Result<Option<WebhookView>, AdminError> {
    let all = store.webhooks(None).await?;
    match all.into_iter().find(|webhook| webhook.webhook_id == id) {
        Some(webhook) if !is_own(officer, webhook.desk.as_ref()) => Err(AdminError::NotFound),
        webhook => Ok(webhook),
    }
}

/// The origin of an address that can be called: all that the ledger has of it, for the rest can be a secret.
fn origin(url: &str) -> Result<String, AdminError> {
    let parsed = reqwest::Url::parse(url).ok().filter(|_| url.len() <= URL_BYTES_MAX);
    let fits = |url: &reqwest::Url| {
        url.scheme() == "https"
            && url.host_str().is_some()
            && url.username().is_empty()
            && url.password().is_none()
    };
    match parsed.filter(fits) {
        Some(url) => Ok(url.origin().ascii_serialization()),
        None => Err(AdminError::invalid("webhook.url", "an https address without a name or password in it")),
    }
}

fn key_bytes(key: &str) -> Result<Vec<u8>, AdminError> {
    let bytes = key.strip_prefix(KEY_PREFIX).and_then(|key| STANDARD.decode(key).ok());
    bytes
        .filter(|bytes| KEY_BYTES.contains(&bytes.len()))
        .ok_or_else(|| AdminError::invalid("key", "whsec_ and 24 to 64 bytes in base64"))
}
