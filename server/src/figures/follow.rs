//! From the ledger to the measure of every case: one node at a time goes through it for all.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use sos_core::figures::{Before, CaseMeasure, Entry};
use sos_protocol::{CaseEvent, CaseId, Seq};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::deadline::Backoff;
use crate::store::measures::{self as rows, Measured, Placed};
use crate::store::{Store, StoreError, USE_WITHIN};

/// How often the ledger is looked at. Nobody waits for a figure as for an alert.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// Entries gone through in one transaction.
const ENTRIES_MAX: i64 = 2_000;
/// First and last pause after a failure of the store.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

pub(super) async fn run(store: Store, stop: CancellationToken) {
    let (mut pause, mut share) = (Backoff::new(PAUSES.0, PAUSES.1), ENTRIES_MAX);
    while !stop.is_cancelled() {
        match follow(&store, share).await {
            Ok(there_is_more) => {
                pause.reset();
                share = ENTRIES_MAX;
                if !there_is_more {
                    let _ = tokio::time::timeout(LOOK_EVERY, stop.cancelled()).await;
                }
            }
            Err(error) => {
                tracing::warn!(%error, "the ledger cannot be followed for figures");
                // A store under load, which does not do it all within its time, does a part.
                share = (share / 4).max(1);
                pause.pause(&stop).await;
            }
        }
    }
}

/// Goes on from the cursor by at most `limit` entries: whether there are more. Nothing, while another node is at it.
async fn follow(store: &Store, limit: i64) -> Result<bool, StoreError> {
    store
        .within(USE_WITHIN, async {
            let Some((mut tx, cursor)) = store.lock_measures_cursor().await? else { return Ok(false) };
            if cursor.seq >= cursor.head {
                return Ok(false);
            }
            let until = Seq(cursor.head.0.min(cursor.seq.0 + limit));
            let entries = rows::entries(&mut tx, cursor.seq, until).await?;
            let of: BTreeSet<Uuid> = entries.iter().map(|entry| entry.case_id.0).collect();
            let of: Vec<Uuid> = of.into_iter().collect();
            let old: Vec<Uuid> = entries.iter().filter(|entry| is_old(entry)).map(|e| e.case_id.0).collect();
            let before = if old.is_empty() { HashMap::new() } else { rows::before(&mut tx, &old).await? };
            let mut measuring =
                Measuring { placed: rows::placed(&mut tx, &of).await?, before, cases: cursor.cases };
            entries.iter().for_each(|entry| measuring.take(entry));
            let placed: Vec<Placed> = measuring.placed.into_values().collect();
            if !placed.is_empty() {
                rows::keep(&mut tx, &placed).await?;
            }
            rows::move_cursor(&mut tx, until, measuring.cases).await?;
            tx.commit().await?;
            Ok(until < cursor.head)
        })
        .await
}

/// It opened a case before entries said what is measured of that.
const fn is_old(entry: &Measured) -> bool {
    matches!(entry.event, CaseEvent::Opened { claim_due_ms: None, .. })
}

struct Measuring {
    placed: HashMap<CaseId, Placed>,
    before: HashMap<CaseId, Before>,
    /// How many there are.
    cases: i32,
}

impl Measuring {
    fn take(&mut self, measured: &Measured) {
        let case_id = measured.case_id;
        let entry = Entry { case_id, at: measured.at, desk: &measured.desk, event: &measured.event };
        if let Some(placed) = self.placed.get_mut(&case_id) {
            placed.measure.follow(entry);
            placed.changed = measured.seq;
        } else if let Some(measure) = CaseMeasure::opened(entry, self.before.get(&case_id).copied()) {
            self.placed.insert(case_id, Placed { place: self.cases, changed: measured.seq, measure });
            self.cases += 1;
        }
    }
}
