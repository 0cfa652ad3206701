//! Keeping up with what administrators change, and with the calendar.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{Workers, backoff};

/// How often desks are read again.
const EVERY: Duration = Duration::from_secs(10);
/// Rounds after which the partitions of the fixes are looked at again: hourly.
const ROUNDS_PER_PARTITIONS: u32 = 360;

pub(super) async fn run(workers: Arc<Workers>, stop: CancellationToken) {
    let mut pause = backoff();
    let mut round = 0_u32;
    while !stop.is_cancelled() {
        let desks = workers.dispatch.refresh(&workers.store).await;
        if let Err(error) = desks {
            tracing::warn!(%error, "desks not read");
            pause.pause(&stop).await;
            continue;
        }
        if round.is_multiple_of(ROUNDS_PER_PARTITIONS)
            && let Err(error) = workers.store.make_fix_partitions(workers.clock.now()).await
        {
            tracing::warn!(%error, "partitions of the fixes not made; they go to the rest");
        }
        round = round.wrapping_add(1);
        pause.reset();
        let _ = tokio::time::timeout(EVERY, stop.cancelled()).await;
    }
}
