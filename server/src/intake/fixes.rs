//! Fixes of many phones on their way into the stream together.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::gather::{Batch, Gather, Gathered};
use crate::queue::Queue;
use crate::store::Store;
use crate::store::fixes::NewFix;

/// Frames that may wait; past that phones keep their fixes and try again.
const WAITING_MAX: usize = 20_000;
/// Frames in one entry of the stream.
const FRAMES_MAX: usize = 100;
/// Entries on their way at a time: enough that Redis commits some while the next are made.
const IN_FLIGHT_MAX: usize = 4;
/// Longest wait, also if Redis is away and Postgres takes them.
const TAKEN_WITHIN: Duration = Duration::from_secs(3);

/// The way into the stream, and what waits on it.
#[must_use]
pub fn way() -> (Gather<Vec<NewFix>>, Gathered<Vec<NewFix>>) {
    Gather::new(WAITING_MAX, TAKEN_WITHIN)
}

/// Adds what waits to the stream, entry after entry.
pub(crate) async fn run(
    mut waiting: Gathered<Vec<NewFix>>,
    queue: Arc<Queue>,
    store: Store,
    stop: CancellationToken,
) {
    let turns = Arc::new(Semaphore::new(IN_FLIGHT_MAX));
    while let Ok(turn) = turns.clone().acquire_owned().await {
        let Some(Some(batch)) = stop.run_until_cancelled(waiting.next(FRAMES_MAX)).await else { return };
        let (queue, store) = (queue.clone(), store.clone());
        tokio::spawn(async move {
            keep(&queue, &store, batch).await;
            drop(turn);
        });
    }
}

/// In the stream if Redis takes them, else in their table at once.
async fn keep(queue: &Queue, store: &Store, batch: Batch<Vec<NewFix>>) {
    let fixes: Vec<NewFix> = batch.items.into_iter().flatten().collect();
    let kept = queue.add_fixes(&fixes).await.is_ok() || store.save_fixes(&fixes).await.is_ok();
    batch.callers.into_iter().for_each(|caller| caller.tell(kept));
}
