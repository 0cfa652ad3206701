//! From the ledger into its stream: always read from Postgres and in order, so that a repeat is refused and nothing
//! is passed over.

use std::sync::Arc;
use std::time::Duration;

use sos_core::entry::LedgerEntry;
use sos_protocol::Seq;
use tokio_util::sync::CancellationToken;

use super::{Workers, backoff};

/// How often the ledger is looked at without a commit of this node (another one may have died before it told).
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Entries told at a time.
const ENTRIES_MAX: usize = 500;

pub(super) async fn run(workers: Arc<Workers>, stop: CancellationToken) {
    let mut pause = backoff();
    let mut told: Option<Seq> = None;
    while !stop.is_cancelled() {
        match relay(&workers, &mut told).await {
            Ok(true) => pause.reset(),
            Ok(false) => {
                pause.reset();
                tokio::select! {
                    () = workers.committed.notified() => {}
                    () = tokio::time::sleep(LOOK_EVERY) => {}
                    () = stop.cancelled() => {}
                }
            }
            Err(error) => {
                tracing::warn!(%error, "telling waits");
                pause.pause(&stop).await;
            }
        }
    }
}

/// Tells the next entries; whether there were any.
async fn relay(workers: &Workers, told: &mut Option<Seq>) -> anyhow::Result<bool> {
    let after = match *told {
        // What came back from the stream was told, by whichever node.
        Some(seq) => seq.max(workers.hub.head()),
        // A stream that is empty or new starts at the head: nodes read what is before from Postgres.
        None => match workers.queue.last_entry().await? {
            Some(seq) => seq,
            None => workers.store.head().await?,
        },
    };
    *told = Some(after);
    let entries = workers.store.entries_after(after, ENTRIES_MAX).await?;
    let Some(last) = entries.last().map(LedgerEntry::seq) else { return Ok(false) };
    workers.queue.publish_entries(&entries).await?;
    *told = Some(last);
    Ok(true)
}
