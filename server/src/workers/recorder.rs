//! From the stream `alerts` into the ledger.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{Workers, backoff};
use crate::intake::{Inbound, Item, provisional};
use crate::queue::{GroupReader, QueueError, StreamEntry};
use crate::store::StoreError;

/// An alert that is not recorded after this long rings all the same.
const RING_WITHOUT_RECORD_AFTER: Duration = Duration::from_millis(700);

pub(super) async fn run(workers: Arc<Workers>, stop: CancellationToken) {
    let mut reader = workers.queue.alerts_reader(&workers.node);
    let mut pause = backoff();
    while !stop.is_cancelled() {
        let result = match reader.next().await {
            Ok(entries) if entries.is_empty() => continue,
            Ok(entries) => record(&workers, &mut reader, entries).await,
            Err(error) => Err(Trouble::Queue(error)),
        };
        match result {
            Ok(()) => pause.reset(),
            Err(trouble) => {
                // Nothing is lost: what was taken and not finished comes again.
                tracing::warn!(%trouble, "recording waits");
                pause.pause(&stop).await;
            }
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Queue(#[from] QueueError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

async fn record(
    workers: &Workers,
    reader: &mut GroupReader,
    entries: Vec<StreamEntry>,
) -> Result<(), Trouble> {
    let mut batch: Vec<Inbound> = Vec::with_capacity(entries.len());
    let mut ids: Vec<String> = Vec::with_capacity(entries.len());
    for entry in entries {
        match entry.read::<Inbound>() {
            Ok(inbound) => {
                batch.push(inbound);
                ids.push(entry.id);
            }
            Err(error) => put_aside(workers, reader, &entry, &error.to_string()).await?,
        }
    }
    match record_or_ring(workers, &batch).await {
        Ok(()) => Ok(reader.done(&ids).await?),
        Err(error) if error.is_passing() && !error.is_taken() => Err(error.into()),
        // One of them is in the others' way: each by itself.
        Err(_) => one_by_one(workers, reader, &batch, &ids).await,
    }
}

/// Records; if that takes long or the store is away, the alerts ring provisionally in the meantime.
async fn record_or_ring(workers: &Workers, batch: &[Inbound]) -> Result<(), StoreError> {
    let mut recording = std::pin::pin!(workers.recorder.record(batch));
    let Ok(result) = tokio::time::timeout(RING_WITHOUT_RECORD_AFTER, recording.as_mut()).await else {
        ring(workers, batch).await;
        return recording.await;
    };
    if result.as_ref().is_err_and(|error| error.is_passing() && !error.is_taken()) {
        ring(workers, batch).await;
    }
    result
}

async fn ring(workers: &Workers, batch: &[Inbound]) {
    let alerts = provisional::alerts(batch, &workers.dispatch);
    if alerts.is_empty() {
        return;
    }
    metrics::counter!("sos_rung_provisionally_total").increment(alerts.len() as u64);
    if let Err(error) = workers.queue.publish_provisional(&alerts).await {
        tracing::error!(%error, "alerts ring nowhere: neither store");
    }
}

async fn one_by_one(
    workers: &Workers,
    reader: &mut GroupReader,
    batch: &[Inbound],
    ids: &[String],
) -> Result<(), Trouble> {
    let mut waiting = None;
    for (inbound, id) in batch.iter().zip(ids) {
        match workers.recorder.record(std::slice::from_ref(inbound)).await {
            Ok(()) => reader.done(std::slice::from_ref(id)).await?,
            Err(error) if error.is_passing() => return Err(error.into()),
            // An acknowledged SOS is never put aside: it rings and is tried again until somebody mends what is wrong.
            Err(error) if matches!(inbound.item, Item::Alert { .. }) => {
                tracing::error!(%error, "an alert cannot be recorded; it rings and is tried again");
                ring(workers, std::slice::from_ref(inbound)).await;
                waiting = Some(error);
            }
            Err(error) => {
                tracing::error!(%error, "an entry cannot be recorded; put aside");
                metrics::counter!("sos_quarantined_total").increment(1);
                let value = serde_json::to_vec(inbound).unwrap_or_default();
                workers.store.put_aside(id, &error.to_string(), &value, workers.clock.now()).await?;
                reader.done(std::slice::from_ref(id)).await?;
            }
        }
    }
    waiting.map_or(Ok(()), |error| Err(error.into()))
}

async fn put_aside(
    workers: &Workers,
    reader: &mut GroupReader,
    entry: &StreamEntry,
    reason: &str,
) -> Result<(), Trouble> {
    tracing::error!(entry = entry.id, "an entry cannot be read; put aside");
    metrics::counter!("sos_quarantined_total").increment(1);
    workers.store.put_aside(&entry.id, reason, entry.bytes(), workers.clock.now()).await?;
    reader.done(std::slice::from_ref(&entry.id)).await?;
    Ok(())
}
