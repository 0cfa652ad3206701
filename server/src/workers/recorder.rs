//! From the stream `alerts` into the ledger.

use std::sync::Arc;
use std::time::Duration;

use sos_core::recording::Unplaced;
use tokio_util::sync::CancellationToken;

use super::ringing::Ringing;
use super::{Workers, backoff};
use crate::intake::unrecorded::KEPT_MAX;
use crate::intake::{Inbound, Item};
use crate::queue::{GroupReader, QueueError, StreamEntry};
use crate::store::StoreError;

/// An alert that is not recorded after this long rings all the same.
const RING_WITHOUT_RECORD_AFTER: Duration = Duration::from_millis(700);
/// Most entries of one transaction.
const BATCH_MAX: usize = 500;
/// While a recording hangs, longest wait for what comes after it, which rings as well.
const LISTEN_FOR: Duration = Duration::from_millis(200);

pub(super) async fn run(workers: Arc<Workers>, stop: CancellationToken) {
    let mut recording = Recording {
        reader: workers.queue.alerts_reader(&workers.node),
        ringing: Ringing::new(workers.clock.clone()),
        batch_max: BATCH_MAX,
        workers,
    };
    let mut pause = backoff();
    let mut carried = vec![];
    while !stop.is_cancelled() {
        let entries = match std::mem::take(&mut carried) {
            entries if entries.is_empty() => recording.reader.next().await,
            entries => Ok(entries),
        };
        let result = match entries {
            Ok(entries) if entries.is_empty() => continue,
            Ok(entries) => recording.deal_with(entries).await,
            Err(error) => Err(error.into()),
        };
        match result {
            Ok(next) => {
                pause.reset();
                carried = next;
            }
            // Nothing is lost: what was taken and not finished comes again.
            Err(Trouble::Store(error)) if error.is_away() => tracing::warn!(%error, "alerts ring and wait"),
            Err(trouble) => {
                tracing::warn!(%trouble, "recording waits");
                if matches!(trouble, Trouble::Queue(_)) {
                    record_past_redis(&recording.workers).await;
                }
                pause.pause(&stop).await;
            }
        }
    }
}

/// Redis is away with what it took last: what of that came to this node is recorded all the same.
async fn record_past_redis(workers: &Workers) {
    for _ in 0..KEPT_MAX.div_ceil(BATCH_MAX) {
        let batch = workers.unrecorded.take(BATCH_MAX);
        if batch.is_empty() {
            return;
        }
        match workers.recorder.record(&batch).await {
            Ok(_) => {}
            Err(error) if error.is_passing() && !error.is_taken() => {
                tracing::warn!(%error, "what Redis took last waits for it");
                return workers.unrecorded.give_back(batch);
            }
            // One of them is in the others' way. What is not recorded now is in Redis still.
            Err(_) => {
                for inbound in batch {
                    let _ = workers.recorder.record(std::slice::from_ref(&inbound)).await;
                }
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

struct Recording {
    workers: Arc<Workers>,
    reader: GroupReader,
    ringing: Ringing,
    /// How many are recorded at once: fewer after a transaction that took too long, so that it does not take too long
    /// again and again.
    batch_max: usize,
}

/// What one read brought, as far as it can be read.
#[derive(Default)]
struct Batch {
    items: Vec<Inbound>,
    ids: Vec<String>,
}

impl Recording {
    /// Records what was read, or lets it ring. Gives back what was read in the meantime and nobody has dealt with.
    async fn deal_with(&mut self, mut entries: Vec<StreamEntry>) -> Result<Vec<StreamEntry>, Trouble> {
        let mut rest = entries.split_off(self.batch_max.min(entries.len()));
        let batch = self.read(entries).await?;
        if self.workers.sos_store.rests() {
            self.ring(&batch.items).await;
            return Ok(rest);
        }
        let workers = self.workers.clone();
        let (result, next) = self.record_or_ring(&workers, &batch).await;
        rest.extend(next);
        self.batch_max = match result {
            Ok(_) => BATCH_MAX.min(self.batch_max * 2),
            Err(StoreError::Slow(_)) => (batch.items.len() / 2).max(1),
            Err(_) => self.batch_max,
        };
        match result {
            Ok(unplaced) => self.recorded(&batch, &unplaced).await?,
            Err(error) if error.is_passing() && !error.is_taken() => {
                self.ring(&batch.items).await;
                return Err(error.into());
            }
            // One of them is in the others' way: each by itself.
            Err(_) => self.one_by_one(&batch).await?,
        }
        Ok(rest)
    }

    async fn read(&mut self, entries: Vec<StreamEntry>) -> Result<Batch, Trouble> {
        let mut batch = Batch::default();
        for entry in entries {
            match entry.read::<Inbound>() {
                Ok(inbound) => {
                    batch.items.push(inbound);
                    batch.ids.push(entry.id);
                }
                Err(error) => self.put_aside(&entry, &error.to_string()).await?,
            }
        }
        Ok(batch)
    }

    /// Records; if that takes long, the alerts ring provisionally in the meantime, and so does what comes after them.
    /// The entries of the latest such read are given back, so that they need not wait until they are taken over.
    async fn record_or_ring(
        &mut self,
        workers: &Workers,
        batch: &Batch,
    ) -> (Result<Unplaced, StoreError>, Vec<StreamEntry>) {
        let mut recording = std::pin::pin!(workers.recorder.record(&batch.items));
        if let Ok(result) = tokio::time::timeout(RING_WITHOUT_RECORD_AFTER, recording.as_mut()).await {
            return (result, vec![]);
        }
        self.ring(&batch.items).await;
        loop {
            let (result, entries) = {
                let mut listening = std::pin::pin!(self.reader.next_new(LISTEN_FOR));
                tokio::select! {
                    result = recording.as_mut() => (Some(result), listening.as_mut().await),
                    entries = listening.as_mut() => (None, entries),
                }
            };
            let entries = entries.unwrap_or_default();
            if let Some(result) = result {
                return (result, entries);
            }
            let waiting: Vec<Inbound> = entries.iter().filter_map(|entry| entry.read().ok()).collect();
            self.ring(&waiting).await;
        }
    }

    async fn ring(&mut self, items: &[Inbound]) {
        self.ringing.ring(&self.workers, items).await;
    }

    /// What came before its alert is left in hand, and so is taken over later.
    async fn recorded(&mut self, batch: &Batch, unplaced: &Unplaced) -> Result<(), Trouble> {
        self.ringing.end(&batch.items);
        let mut done = vec![];
        for (i, (inbound, id)) in batch.items.iter().zip(&batch.ids).enumerate() {
            if !unplaced.has(i) {
                done.push(id.clone());
            } else if unplaced.strays.contains(&i) {
                let value = serde_json::to_vec(inbound).unwrap_or_default();
                self.keep_aside(id, "belongs to no case", &value).await?;
            }
        }
        Ok(self.reader.done(&done).await?)
    }

    async fn one_by_one(&mut self, batch: &Batch) -> Result<(), Trouble> {
        let mut waiting = None;
        for (inbound, id) in batch.items.iter().zip(&batch.ids) {
            let one = Batch { items: vec![inbound.clone()], ids: vec![id.clone()] };
            match self.workers.recorder.record(&one.items).await {
                Ok(unplaced) => self.recorded(&one, &unplaced).await?,
                Err(error) if error.is_passing() => return Err(error.into()),
                // An acknowledged SOS is never put aside: it rings and is tried again until somebody mends what is
                // wrong.
                Err(error) if matches!(inbound.item, Item::Alert { .. }) => {
                    tracing::error!(%error, "an alert cannot be recorded; it rings and is tried again");
                    self.ring(&one.items).await;
                    waiting = Some(error);
                }
                Err(error) => {
                    tracing::error!(%error, "an entry cannot be recorded; put aside");
                    let value = serde_json::to_vec(inbound).unwrap_or_default();
                    self.keep_aside(id, &error.to_string(), &value).await?;
                }
            }
        }
        waiting.map_or(Ok(()), |error| Err(error.into()))
    }

    async fn put_aside(&mut self, entry: &StreamEntry, reason: &str) -> Result<(), Trouble> {
        tracing::error!(entry = entry.id, "an entry cannot be read; put aside");
        self.keep_aside(&entry.id, reason, entry.bytes()).await
    }

    async fn keep_aside(&mut self, id: &String, reason: &str, value: &[u8]) -> Result<(), Trouble> {
        metrics::counter!("sos_quarantined_total").increment(1);
        self.workers.store.put_aside(id, reason, value, self.workers.clock.now()).await?;
        Ok(self.reader.done(std::slice::from_ref(id)).await?)
    }
}
