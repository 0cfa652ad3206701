//! Past Redis: what the stream does not take becomes a case in Postgres at once, with everything else that waits.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::Inbound;
use super::recorder::Recorder;
use crate::gather::{Batch, Gather, Gathered};

/// Things that may wait for their transaction; past that phones are told that nobody takes it now, and try again.
const WAITING_MAX: usize = 4_000;
/// Things in one transaction.
const BATCH_MAX: usize = 200;
/// Longest wait of somebody who asks here first; those who are passed on bring their own bound along. What was recorded
/// after it all the same is known when the phone tries again.
const TAKEN_WITHIN: Duration = Duration::from_secs(3);

/// The way past Redis, and what waits on it.
#[must_use]
pub fn way() -> (Gather<Inbound>, Gathered<Inbound>) {
    Gather::new(WAITING_MAX, TAKEN_WITHIN)
}

/// Records what waits, batch after batch.
pub(crate) async fn run(mut waiting: Gathered<Inbound>, recorder: Arc<Recorder>, stop: CancellationToken) {
    while let Some(Some(batch)) = stop.run_until_cancelled(waiting.next(BATCH_MAX)).await {
        record(&recorder, batch).await;
    }
}

async fn record(recorder: &Recorder, batch: Batch<Inbound>) {
    let Batch { items, callers } = batch;
    match recorder.record(&items).await {
        // Its alert may wait in the Redis that is away: the phone keeps it.
        Ok(unplaced) => {
            callers.into_iter().enumerate().for_each(|(i, caller)| caller.tell(!unplaced.has(i)));
        }
        Err(error) if error.is_away() || items.len() == 1 => {
            tracing::error!(%error, "neither store takes what phones say");
            callers.into_iter().for_each(|caller| caller.tell(false));
        }
        // One of them is in the others' way: each by itself.
        Err(_) => {
            for (inbound, caller) in items.iter().zip(callers) {
                let recorded = recorder.record(std::slice::from_ref(inbound)).await;
                caller.tell(recorded.is_ok_and(|unplaced| !unplaced.has(0)));
            }
        }
    }
}
