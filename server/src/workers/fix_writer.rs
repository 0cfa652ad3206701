//! From the stream `fixes` into their table, and to the consoles.

use std::sync::Arc;

use sos_protocol::limits::FIXES_PER_FRAME_MAX;
use tokio_util::sync::CancellationToken;

use super::{Workers, backoff};
use crate::queue::StreamEntry;
use crate::store::fixes::NewFix;

pub(super) async fn run(workers: Arc<Workers>, stop: CancellationToken) {
    let mut reader = workers.queue.fixes_reader(&workers.node);
    let mut pause = backoff();
    while !stop.is_cancelled() {
        let entries = match reader.next().await {
            Ok(entries) if entries.is_empty() => continue,
            Ok(entries) => entries,
            Err(error) => {
                tracing::warn!(%error, "fixes wait");
                pause.pause(&stop).await;
                continue;
            }
        };
        if write(&workers, &entries).await {
            let ids: Vec<String> = entries.into_iter().map(|entry| entry.id).collect();
            let _ = reader.done(&ids).await;
            pause.reset();
        } else {
            pause.pause(&stop).await;
        }
    }
}

/// Whether the entries are dealt with.
async fn write(workers: &Workers, entries: &[StreamEntry]) -> bool {
    // What cannot be read now never can: it is left out.
    let fixes: Vec<NewFix> =
        entries.iter().filter_map(|entry| entry.read::<Vec<NewFix>>().ok()).flatten().collect();
    if fixes.is_empty() {
        return true;
    }
    match workers.store.save_fixes(&fixes).await {
        Ok(told) => {
            metrics::counter!("sos_fixes_stored_total").increment(fixes.len() as u64);
            for mut positions in told {
                // After a gap a phone sends many; consoles are told the newest, the case detail has them all.
                positions.fixes.truncate(FIXES_PER_FRAME_MAX);
                // A hint: a console that misses it sees the position with the next one.
                if let Err(error) = workers.queue.publish_positions(&positions).await {
                    tracing::warn!(%error, "positions not told");
                }
            }
            true
        }
        Err(error) if error.is_passing() => {
            tracing::warn!(%error, "fixes wait");
            false
        }
        Err(error) => {
            tracing::error!(%error, "fixes cannot be stored; left out");
            metrics::counter!("sos_fixes_dropped_total").increment(fixes.len() as u64);
            true
        }
    }
}
