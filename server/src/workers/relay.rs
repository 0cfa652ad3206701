//! From the ledger to everybody: what is new is read from Postgres in order, told to those who are connected here,
//! and added to the stream for the other nodes.
//!
//! The stream only makes it faster. Every node reads the ledger itself every [`LOOK_EVERY`], so that a commit of a
//! node that died before it told, and any commit while Redis is away, still rings.

use std::sync::Arc;
use std::time::Duration;

use sos_core::entry::LedgerEntry;
use tokio_util::sync::CancellationToken;

use super::{Workers, backoff, tail};

/// How often the ledger is looked at without a commit of this node.
const LOOK_EVERY: Duration = Duration::from_millis(300);
/// Entries told at a time.
const ENTRIES_MAX: usize = 500;

pub(super) async fn run(workers: Arc<Workers>, stop: CancellationToken) {
    if !workers.knows_head {
        start(&workers, &stop).await;
    }
    tokio::join!(look(&workers, &stop), tail::ledger(&workers, &stop));
}

async fn look(workers: &Workers, stop: &CancellationToken) {
    let mut pause = backoff();
    while !stop.is_cancelled() {
        match relay(workers).await {
            Ok(entries) => {
                pause.reset();
                if entries < ENTRIES_MAX {
                    wait_for_more(workers, stop).await;
                }
            }
            Err(error) => {
                tracing::warn!(%error, "the ledger cannot be followed");
                pause.pause(stop).await;
            }
        }
    }
}

/// What is in the ledger when the node starts was told by others.
async fn start(workers: &Workers, stop: &CancellationToken) {
    let mut pause = backoff();
    while !stop.is_cancelled() {
        match workers.sos_store.head().await {
            Ok(head) => {
                workers.hub.start_at(head);
                // Phones that came before that were read up to some place behind it: they come back and resume.
                workers.registry.cut_all();
                return;
            }
            Err(error) => {
                tracing::warn!(%error, "the ledger's head cannot be read");
                pause.pause(stop).await;
            }
        }
    }
}

async fn wait_for_more(workers: &Workers, stop: &CancellationToken) {
    tokio::select! {
        () = workers.committed.notified() => {}
        () = tokio::time::sleep(LOOK_EVERY) => {}
        () = stop.cancelled() => {}
    }
}

/// Tells the next entries, and how many there were.
async fn relay(workers: &Workers) -> anyhow::Result<usize> {
    let after = workers.hub.head();
    let entries: Vec<LedgerEntry> = workers.sos_store.entries_after(after, ENTRIES_MAX).await?;
    let count = entries.len();
    if count == 0 {
        return Ok(0);
    }
    // Those here first: for them it does not matter how Redis is. A gap cannot be: they follow `after`.
    let _ = workers.hub.tell_entries(entries.iter().cloned());
    workers.relayed.notify_one();
    // An entry that another node added first is refused, one that cannot be added leaves a gap: whoever follows the
    // stream then reads the ledger.
    if let Err(error) = workers.queue.publish_entries(&entries).await {
        tracing::debug!(%error, "other nodes read the ledger themselves");
    }
    Ok(count)
}
