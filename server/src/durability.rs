//! Whether the stores keep what they said they kept. A store that answers before it has written would break the first
//! promise in silence, so it is asked at the start and again and again.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::queue::Queue;
use crate::store::Store;

/// How often the stores are asked: a Redis that comes back with other settings is found within this.
const EVERY: Duration = Duration::from_secs(2);

/// Refuses a store that is there and forgetful. One that is away may come back.
///
/// # Errors
/// With what must be set.
pub async fn refuse_forgetful(queue: &Queue, store: &Store) -> anyhow::Result<()> {
    match queue.check_durable().await {
        Ok(durable) => anyhow::ensure!(durable, "redis must run with appendonly yes and appendfsync always"),
        Err(error) => tracing::warn!(%error, "redis could not be asked whether it writes before it answers"),
    }
    match store.is_durable().await {
        Ok(durable) => anyhow::ensure!(
            durable,
            "postgres must run with fsync and full_page_writes on, and synchronous_commit not off"
        ),
        Err(error) => {
            tracing::warn!(%error, "postgres could not be asked whether it writes before it answers");
        }
    }
    Ok(())
}

/// Goes on asking. A forgetful Redis is not used for what phones say: that goes to Postgres.
pub(crate) async fn watch(queue: Arc<Queue>, store: Store, stop: CancellationToken) {
    while tokio::time::timeout(EVERY, stop.cancelled()).await.is_err() {
        if let Ok(durable) = queue.check_durable().await {
            note("redis", durable);
        }
        if let Ok(durable) = store.is_durable().await {
            note("postgres", durable);
        }
        if let Ok((alerts, fixes)) = queue.waiting().await {
            // Lengths of streams are far below 2^53.
            metrics::gauge!("sos_stream_length", "stream" => "alerts").set(alerts as f64);
            metrics::gauge!("sos_stream_length", "stream" => "fixes").set(fixes as f64);
        }
    }
}

fn note(which: &'static str, durable: bool) {
    metrics::gauge!("sos_store_durable", "store" => which).set(if durable { 1.0 } else { 0.0 });
    if !durable {
        tracing::error!(store = which, "answers before it has written to disk");
    }
}
