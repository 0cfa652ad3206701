//! From the ledger to jobs: one node at a time goes through it for all.

use std::time::Duration;

use sos_core::entry::LedgerEntry;
use sos_core::push;
use tokio_util::sync::CancellationToken;

use super::{PAUSES, Sending, TTL_MS};
use crate::deadline::Backoff;
use crate::store::push::NewJob;

/// How often the ledger is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(300);
/// Entries gone through at a time.
const ENTRIES_MAX: usize = 500;

pub(super) async fn run(sending: &Sending, stop: CancellationToken) {
    let mut pause = Backoff::new(PAUSES.0, PAUSES.1);
    while !stop.is_cancelled() {
        let now = sending.clock.now();
        match sending.store.follow_for_push(ENTRIES_MAX, (now, now.plus_ms(-TTL_MS)), jobs).await {
            Ok(entries) => {
                pause.reset();
                if entries.is_none_or(|entries| entries < ENTRIES_MAX) {
                    let _ = tokio::time::timeout(LOOK_EVERY, stop.cancelled()).await;
                }
            }
            Err(error) => {
                tracing::warn!(%error, "the ledger cannot be followed for push");
                pause.pause(&stop).await;
            }
        }
    }
}

fn jobs(entry: &LedgerEntry) -> Vec<NewJob> {
    let ends = entry.entry.at_ms.plus_ms(TTL_MS);
    let job = |device_id| NewJob { device_id, seq: entry.seq(), ends };
    push::devices(entry).into_iter().map(job).collect()
}
