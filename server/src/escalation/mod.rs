//! Escalation: who is told next of a case that nobody answers. The rules are `sos_core::cover`; here are the loops around
//! them, over connections to Postgres that nothing else waits for. They come after the ledger and are never in its way.
//!
//! One node at a time goes through the ledger for all ([`follow`]) and keeps what every case waits for; any node takes the
//! steps that are due ([`steps`]). Both move rows and notifications in one transaction each, so a node that dies in the
//! middle has done all of it or nothing, and another one goes on from there.

mod follow;
mod shown;
mod steps;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use sos_core::cover::{Channel, Policy, Tell, unset};
use sos_protocol::DeskId;
use sos_protocol::ambient::SharedClock;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::deadline::Backoff;
use crate::dispatch::Dispatch;
use crate::store::notifications::{Cause, To};
use crate::store::{Store, StoreError};

/// Connections to Postgres: one for each loop, and one that notes what consoles showed does not wait for.
pub const CONNECTIONS: u32 = 4;
/// First and last pause after a failure of the store. Short: nobody is told meanwhile.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(1));

/// What the loops need.
pub struct Escalating {
    /// Postgres, over connections of its own.
    pub store: Store,
    /// Which desk is the ministry's.
    pub dispatch: Arc<Dispatch>,
    /// Time.
    pub clock: SharedClock,
    /// Told after every commit, so that the entries are passed on.
    pub committed: Arc<Notify>,
    /// Tells when there are new entries in the ledger.
    pub relayed: Arc<Notify>,
}

/// With what the loops tell each other.
struct Loops {
    with: Escalating,
    /// Something that was not due before may be due now.
    kept: Notify,
}

impl Escalating {
    /// Starts the loops.
    pub fn spawn(self, tracker: &TaskTracker, stop: &CancellationToken) {
        let loops = Arc::new(Loops { with: self, kept: Notify::new() });
        tracker.spawn(follow::run(loops.clone(), stop.clone()));
        tracker.spawn(steps::run(loops.clone(), stop.clone()));
        tracker.spawn(shown::run(loops, stop.clone()));
    }

    fn ministry(&self) -> Result<DeskId, StoreError> {
        self.dispatch.ministry().ok_or(StoreError::NoDesks)
    }
}

fn backoff() -> Backoff {
    Backoff::new(PAUSES.0, PAUSES.1)
}

/// How much is done in one transaction: all that is allowed, and after a failure each time a quarter of it, down to one,
/// so that a store under load, which does not do it all within its time, does a part.
struct Share {
    most: usize,
    now: usize,
}

impl Share {
    const fn new(most: usize) -> Self {
        Self { most, now: most }
    }

    const fn reset(&mut self) {
        self.now = self.most;
    }

    fn lessen(&mut self) {
        self.now = (self.now / 4).max(1);
    }
}

/// The policy of `desk`: as it was given, else what holds without one.
fn policy_of(desk: &DeskId, given: &HashMap<DeskId, Policy>, ministry: &DeskId) -> Policy {
    given.get(desk).cloned().unwrap_or_else(|| unset(desk.clone(), ministry.clone()))
}

/// Whom the store is to note for these; a desk is told by what it is shown.
fn recipients<'a>(cause: &'a Cause, tell: &'a [Tell]) -> impl Iterator<Item = (Cause, To)> + 'a {
    let to = |tell: &Tell| match tell {
        Tell::Staff { staff, channel } => {
            Some(To::Staff { staff: *staff, personal: *channel == Channel::Personal })
        }
        Tell::Desk { .. } => None,
        Tell::Webhook { webhook } => Some(To::Webhook(*webhook)),
    };
    tell.iter().filter_map(to).map(|to| (cause.clone(), to))
}
