//! From the streams to those who are connected here.

use std::sync::Arc;

use sos_core::entry::LedgerEntry;
use sos_protocol::Seq;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use super::{Workers, backoff};
use crate::hub::Told;
use crate::queue::{QueueError, StreamEntry, Tail};

/// Entries read from Postgres at a time.
const ENTRIES_MAX: usize = 500;

/// Follows the ledger's stream; where it has a gap or is away, the ledger itself.
pub(super) async fn ledger(workers: Arc<Workers>, stop: CancellationToken) {
    let mut pause = backoff();
    // A head that cannot be read leaves the console to notice what it missed when it comes back.
    while !stop.is_cancelled() {
        match workers.store.head().await {
            Ok(head) => {
                workers.hub.start_at(head);
                break;
            }
            Err(error) => {
                tracing::warn!(%error, "the ledger's head cannot be read");
                pause.pause(&stop).await;
            }
        }
    }
    let mut tail = workers.queue.ledger_tail(workers.hub.head());
    while !stop.is_cancelled() {
        let told = match tail.next().await {
            // Nothing new in the stream: is there nothing in the ledger either? Redis may read but not write.
            Ok(entries) if entries.is_empty() => from_store(&workers).await,
            Ok(entries) => {
                let entries: Result<Vec<LedgerEntry>, _> = entries.iter().map(|entry| entry.read()).collect();
                match entries {
                    Ok(entries) => tell(&workers, entries).await,
                    Err(_) => from_store(&workers).await,
                }
            }
            // Without Redis the ledger itself is polled.
            Err(_) => {
                let told = from_store(&workers).await;
                pause.pause(&stop).await;
                told
            }
        };
        match told {
            Ok(()) => pause.reset(),
            Err(error) => {
                tracing::warn!(%error, "the ledger cannot be followed");
                pause.pause(&stop).await;
            }
        }
        tail.seek(workers.hub.head());
    }
}

async fn tell(workers: &Workers, entries: Vec<LedgerEntry>) -> anyhow::Result<()> {
    for entry in entries {
        if entry.seq().0 > workers.hub.head().0 + 1 {
            from_store(workers).await?;
        }
        workers.hub.tell_entry(entry);
    }
    Ok(())
}

async fn from_store(workers: &Workers) -> anyhow::Result<()> {
    loop {
        let after: Seq = workers.hub.head();
        let entries = workers.store.entries_after(after, ENTRIES_MAX).await?;
        if entries.is_empty() {
            return Ok(());
        }
        entries.into_iter().for_each(|entry| workers.hub.tell_entry(entry));
    }
}

/// Follows the positions' stream.
pub(super) async fn positions(workers: Arc<Workers>, stop: CancellationToken) {
    let tail = workers.queue.positions_tail();
    passing(&workers, tail, |entry| Ok(Told::positions(entry.read()?)), &stop).await;
}

/// Follows the stream of alerts that wait to be recorded.
pub(super) async fn provisional(workers: Arc<Workers>, stop: CancellationToken) {
    let tail = workers.queue.provisional_tail();
    passing(&workers, tail, |entry| Ok(Told::provisional(entry.read()?)), &stop).await;
}

async fn passing(
    workers: &Workers,
    mut tail: Tail,
    read: impl Fn(&StreamEntry) -> Result<Told, QueueError>,
    stop: &CancellationToken,
) {
    let mut pause = backoff();
    while !stop.is_cancelled() {
        match tail.next().await {
            Ok(entries) => {
                pause.reset();
                for told in entries.iter().filter_map(|entry| read(entry).ok()) {
                    workers.hub.tell_passing(told);
                }
            }
            Err(_) => pause.pause(stop).await,
        }
    }
}

/// Hands entries on to the phones that are connected here.
pub(super) async fn to_phones(workers: Arc<Workers>, stop: CancellationToken) {
    let mut told = workers.hub.listen();
    loop {
        let item = tokio::select! {
            () = stop.cancelled() => return,
            item = told.recv() => item,
        };
        match item {
            Ok(item) => workers.registry.hand_on(&item),
            // Phones that missed something hear of it when they come back.
            Err(RecvError::Lagged(missed)) => {
                tracing::error!(missed, "phones were not told in time; all are asked to come back");
                workers.registry.cut_all();
            }
            Err(RecvError::Closed) => return,
        }
    }
}
