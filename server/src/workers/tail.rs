//! From the streams to those who are connected here.

use std::sync::Arc;

use sos_core::entry::LedgerEntry;
use tokio_util::sync::CancellationToken;

use super::{Workers, backoff};
use crate::queue::{QueueError, StreamEntry, Tail};
use crate::told::Told;

/// Follows the ledger's stream: what other nodes committed. Where it has a gap or is away, the relay's next look at
/// the ledger itself brings what is missing.
pub(super) async fn ledger(workers: &Workers, stop: &CancellationToken) {
    let mut pause = backoff();
    let mut tail = workers.queue.ledger_tail(workers.hub.head());
    while !stop.is_cancelled() {
        tail.seek(workers.hub.head());
        match tail.next().await {
            Ok(entries) => {
                pause.reset();
                let entries = entries.iter().map_while(|entry| entry.read::<LedgerEntry>().ok());
                if workers.hub.tell_entries(entries).is_err() {
                    workers.committed.notify_one();
                    pause.pause(stop).await;
                }
            }
            Err(_) => pause.pause(stop).await,
        }
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
