//! The list of reports is made with every entry that changes it. Cases that were closed before there was a list are put into
//! it here: one pass at every start, which does nothing where it was done before.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::deadline::Backoff;
use crate::store::{Store, StoreError};

/// Running numbers of cases that are looked through at a time.
const NUMBERS: i64 = 2_000;
/// Pause after them: nobody waits for it, and what is asked meanwhile goes first.
const BETWEEN: Duration = Duration::from_millis(50);
/// First and last pause after a failure of the store.
const PAUSES: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(30));

/// Puts every case that must have a report and was closed before there was a list into it, over one connection at a time.
/// Ends when it has seen all, or at `stop`.
pub async fn run(store: Store, stop: CancellationToken) {
    let (mut pause, mut after, mut listed) = (Backoff::new(PAUSES.0, PAUSES.1), 0, 0_usize);
    while !stop.is_cancelled() {
        match page(&store, after).await {
            Ok(Some(found)) => {
                pause.reset();
                after += NUMBERS;
                listed += found;
                let _ = tokio::time::timeout(BETWEEN, stop.cancelled()).await;
            }
            Ok(None) => {
                if listed > 0 {
                    tracing::info!(cases = listed, "put into the list of reports");
                }
                return;
            }
            Err(error) => {
                tracing::warn!(%error, "old cases cannot be put into the list of reports for now");
                pause.pause(&stop).await;
            }
        }
    }
}

/// How many of the next cases are in the list now and were not before; none: there are no more.
async fn page(store: &Store, after: i64) -> Result<Option<usize>, StoreError> {
    let Some(ids) = store.unlisted_reports(after, NUMBERS).await? else { return Ok(None) };
    let mut listed = 0;
    for id in ids {
        listed += usize::from(store.list_report_of(id).await?);
    }
    Ok(Some(listed))
}
