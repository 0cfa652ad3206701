//! What runs beside the requests: recording, telling, tidying. Each is a loop that ends at shutdown.

mod desks;
mod fix_writer;
mod recorder;
mod relay;
mod ringing;
mod tail;

use std::sync::Arc;
use std::time::Duration;

use sos_protocol::ambient::SharedClock;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::deadline::Backoff;
use crate::dispatch::Dispatch;
use crate::hub::Hub;
use crate::intake::recorder::Recorder;
use crate::intake::unrecorded::Unrecorded;
use crate::lane::Lane;
use crate::queue::Queue;
use crate::store::Store;
use crate::ws::registry::Registry;

/// Pauses after failures of a store.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// See [`FIRST_PAUSE`].
const LAST_PAUSE: Duration = Duration::from_secs(2);

/// What the loops need.
#[derive(Clone)]
pub struct Workers {
    /// Postgres.
    pub store: Store,
    /// Postgres, over the connections that only the path of an SOS uses.
    pub sos_store: Store,
    /// Redis.
    pub queue: Arc<Queue>,
    /// From the stream into the ledger.
    pub recorder: Arc<Recorder>,
    /// What this node put into the stream a moment ago.
    pub unrecorded: Arc<Unrecorded>,
    /// Desks and map.
    pub dispatch: Arc<Dispatch>,
    /// Who is connected here.
    pub hub: Arc<Hub>,
    /// The hub was told where the ledger ends.
    pub knows_head: bool,
    /// The phones among them.
    pub registry: Arc<Registry>,
    /// Told after every commit.
    pub committed: Arc<Notify>,
    /// Told after new entries were passed on.
    pub relayed: Arc<Notify>,
    /// Time.
    pub clock: SharedClock,
    /// Name of this node among the readers of the streams.
    pub node: String,
}

impl Workers {
    /// Starts all loops; those that an SOS goes through on the lane.
    pub fn spawn(self, tracker: &TaskTracker, lane: &Lane, stop: &CancellationToken) {
        let this = Arc::new(self);
        tracker.spawn_on(recorder::run(this.clone(), stop.clone()), lane.handle());
        tracker.spawn(fix_writer::run(this.clone(), stop.clone()));
        tracker.spawn_on(relay::run(this.clone(), stop.clone()), lane.handle());
        tracker.spawn(tail::positions(this.clone(), stop.clone()));
        tracker.spawn(tail::provisional(this.clone(), stop.clone()));
        tracker.spawn(desks::run(this, stop.clone()));
    }
}

fn backoff() -> Backoff {
    Backoff::new(FIRST_PAUSE, LAST_PAUSE)
}
