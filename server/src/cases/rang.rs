//! What rang on consoles. Each console reports each case, so in a burst this is most of what is written: it is gathered,
//! and one transaction notes all that an officer's console reported since the one before.

use std::collections::HashMap;
use std::sync::Arc;

use sos_core::access::Officer;
use sos_protocol::CaseId;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::Changing;
use crate::deadline::within;
use crate::gather::{Batch, Caller, Gather, Gathered};
use crate::store::USE_WITHIN;

/// Reports that may wait; past that consoles are told to try again.
const WAITING_MAX: usize = 5_000;
/// Reports in one transaction.
const BATCH_MAX: usize = 200;

/// One report.
#[derive(Clone)]
pub struct Rang {
    /// Whose console.
    pub officer: Officer,
    /// What rang there.
    pub case_id: CaseId,
}

/// The way in, and what waits.
#[must_use]
pub fn way() -> (Gather<Rang>, Gathered<Rang>) {
    Gather::new(WAITING_MAX, USE_WITHIN)
}

/// Notes what waits, batch after batch; `committed` is told after each.
pub async fn run(
    mut waiting: Gathered<Rang>,
    changing: Changing,
    committed: Arc<Notify>,
    stop: CancellationToken,
) {
    while let Some(Some(batch)) = stop.run_until_cancelled(waiting.next(BATCH_MAX)).await {
        for (officer, reports) in by_officer(batch) {
            let ids: Vec<CaseId> = reports.iter().map(|(id, _)| *id).collect();
            let done = note(&changing, &officer, &ids).await;
            committed.notify_one();
            reports.into_iter().for_each(|(id, caller)| caller.tell(done.contains(&id)));
        }
    }
}

/// Which of them are noted now.
async fn note(changing: &Changing, officer: &Officer, ids: &[CaseId]) -> Vec<CaseId> {
    let error = match within(USE_WITHIN, changing.rang(officer, ids)).await {
        Ok(done) => return done,
        Err(error) => error,
    };
    tracing::warn!(%error, "what rang is not noted");
    if error.is_away() || ids.len() == 1 {
        return vec![];
    }
    // One of them is in the others' way: each by itself.
    let mut done = vec![];
    for id in ids {
        let noted = within(USE_WITHIN, changing.rang(officer, &[*id])).await;
        done.extend(noted.unwrap_or_default());
    }
    done
}

fn by_officer(Batch { items, callers }: Batch<Rang>) -> Vec<(Officer, Vec<(CaseId, Caller)>)> {
    let mut officers = HashMap::new();
    for (Rang { officer, case_id }, caller) in items.into_iter().zip(callers) {
        let (_, reports) = officers.entry(officer.id).or_insert_with(|| (officer, vec![]));
        reports.push((case_id, caller));
    }
    officers.into_values().collect()
}
