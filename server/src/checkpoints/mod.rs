//! Checkpoints of the ledger: its Merkle tree ([`sos_core::merkle`]) signed every hour, for others to keep, and proofs against
//! them. The hash chain in the ledger finds a row that was changed; only a checkpoint kept elsewhere finds a ledger that was
//! written anew as a whole, with all its hashes.
//!
//! Three files, all JSON: a checkpoint ([`sos_protocol::ledger::Checkpoint`]), the proof that the ledger only grew between two of
//! them ([`proof::Growth`]), and the proof that a case's entries are in one ([`proof::CaseProof`]).

mod fault;
pub mod key;
mod making;
pub mod proof;
pub mod proving;

use std::time::Duration;

use sos_protocol::UnixMs;
use sos_protocol::ambient::SharedClock;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use self::fault::{Fault, Part};
use crate::auth::signing::Signer;
use crate::deadline::Backoff;
use crate::store::{Store, StoreError};

/// The ledger is signed again when so much time has passed since it last was, in milliseconds, and it has grown: an hour.
pub const EVERY_MS: i64 = 3_600_000;
/// How often the clock is looked at. Postgres is asked only when a checkpoint may be due, or none is known.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// First and last pause after a failure. Long: nobody waits for a checkpoint, and a broken ledger stays broken.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(300));

/// Why there is no checkpoint or proof.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The store does not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The ledger is not the one that was signed: it is not signed again, and nothing is proved of it.
    #[error(transparent)]
    Ledger(#[from] Fault),
    /// There is nothing to sign yet.
    #[error("the ledger has no entries")]
    Empty,
    /// There is no checkpoint yet.
    #[error("there is no checkpoint yet: make one with `admin checkpoint --now`")]
    NoCheckpoint,
    /// There is no such case.
    #[error("there is no such case")]
    NoCase,
    /// The case has no entries in the latest checkpoint.
    #[error("the latest checkpoint is older than the case: make one with `admin checkpoint --now`")]
    CaseIsNewer,
    /// The case has more entries than one file takes.
    #[error("the case has more than {0} entries")]
    TooLong(usize),
    /// Another node is making one, and was not done within the time to wait for it.
    #[error("another node is making a checkpoint: try again")]
    Elsewhere,
}

/// Makes checkpoints.
#[derive(Clone)]
pub struct Checkpoints {
    store: Store,
    signer: Signer,
    clock: SharedClock,
}

impl Checkpoints {
    /// With what it needs.
    #[must_use]
    pub const fn new(store: Store, signer: Signer, clock: SharedClock) -> Self {
        Self { store, signer, clock }
    }

    /// Starts making one every hour; of all nodes one makes it.
    pub fn spawn(self, tracker: &TaskTracker, stop: &CancellationToken) {
        tracker.spawn(self.run(stop.clone()));
    }

    async fn run(self, stop: CancellationToken) {
        let (mut pause, mut last) = (Backoff::new(PAUSES.0, PAUSES.1), None);
        while !stop.is_cancelled() {
            if last.is_none_or(|last| is_due(last, self.clock.now())) {
                match self.make_if_due(&stop).await {
                    Ok(at) => {
                        last = at;
                        pause.reset();
                    }
                    Err(error) => {
                        metrics::counter!("sos_checkpoint_failures_total").increment(1);
                        match &error {
                            CheckpointError::Ledger(_) => {
                                tracing::error!(%error, "the ledger is not the one that was signed");
                            }
                            _ => tracing::warn!(%error, "no checkpoint for now"),
                        }
                        pause.pause(&stop).await;
                    }
                }
            }
            let _ = tokio::time::timeout(LOOK_EVERY, stop.cancelled()).await;
        }
    }
}

/// Whether the ledger is to be signed again. A clock that was set back by more than the time between two does not keep it
/// from that.
fn is_due(last: UnixMs, now: UnixMs) -> bool {
    now.since_ms(last).saturating_abs() >= EVERY_MS
}
