//! What phones say on its way to disk: into the stream with everything else that waits, or past Redis.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::Inbound;
use super::unrecorded::Unrecorded;
use crate::gather::{Batch, Gather, Gathered};
use crate::queue::Queue;

/// Things that may wait, about 1 KB each; past that phones are told that nobody takes it now, and try again. A burst
/// waits here, where it costs little: Redis commits 100,000 a second.
const WAITING_MAX: usize = 50_000;
/// Things in one flight to Redis.
const BATCH_MAX: usize = 500;
/// Flights on their way at a time. As many as it takes to open the breaker, so that a Redis that falls silent costs
/// everybody one wait for its answer.
const IN_FLIGHT_MAX: usize = 4;
/// Longest wait in all, also if Redis is silent and much waits for Postgres: a phone that hears nothing for 5 s takes the
/// connection for dead.
const TAKEN_WITHIN: Duration = Duration::from_secs(4);

/// The way to disk, and what waits on it.
#[must_use]
pub fn way() -> (Gather<Inbound>, Gathered<Inbound>) {
    Gather::new(WAITING_MAX, TAKEN_WITHIN)
}

/// Puts what waits on disk, flight after flight.
pub(crate) async fn run(
    mut waiting: Gathered<Inbound>,
    queue: Arc<Queue>,
    past_redis: Gather<Inbound>,
    unrecorded: Arc<Unrecorded>,
    stop: CancellationToken,
) {
    let (turns, past_redis) = (Arc::new(Semaphore::new(IN_FLIGHT_MAX)), Arc::new(past_redis));
    while let Ok(turn) = turns.clone().acquire_owned().await {
        let Some(Some(batch)) = stop.run_until_cancelled(waiting.next(BATCH_MAX)).await else { return };
        let (queue, past_redis, unrecorded) = (queue.clone(), past_redis.clone(), unrecorded.clone());
        tokio::spawn(async move {
            keep(&queue, &past_redis, &unrecorded, batch).await;
            drop(turn);
        });
    }
}

async fn keep(queue: &Queue, past_redis: &Gather<Inbound>, unrecorded: &Unrecorded, batch: Batch<Inbound>) {
    let Batch { items, callers } = batch;
    let mut answers = queue.add_alerts(&items).await.unwrap_or_default().into_iter();
    for (inbound, caller) in items.into_iter().zip(callers) {
        if answers.next() == Some(true) {
            unrecorded.keep(inbound);
            caller.tell(true);
        } else {
            metrics::counter!("sos_intake_past_redis_total").increment(1);
            past_redis.pass_on(inbound, caller);
        }
    }
}
