//! Who looks at which case, and writes to its worker. A hint, kept in memory: with Redis away it is known within a
//! node, with Postgres away not at all.

mod table;

use std::sync::Arc;
use std::time::Duration;

use sos_core::access::{self, Officer};
use sos_protocol::ambient::{SharedClock, SharedEntropy};
use sos_protocol::{CaseId, UnixMs};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use self::table::{At, Said, Table};
use crate::deadline::Backoff;
use crate::hub::Hub;
use crate::queue::Queue;
use crate::store::Store;
use crate::told::Told;

/// What waits to be dealt with, of consoles and of other nodes; the rest is left out, and said again soon.
const WAITING_MAX: usize = 1_000;
/// Longest wait for which desks see a case.
const LOOK_UP_WITHIN: Duration = Duration::from_secs(1);
/// Which desks see a case is looked up again after this time.
const KNOWN_FOR_MS: i64 = 10_000;
/// How often those who have gone are looked for.
const SWEEP_EVERY: Duration = Duration::from_secs(1);
/// Pauses while Redis is away.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// See [`FIRST_PAUSE`].
const LAST_PAUSE: Duration = Duration::from_secs(5);

/// A console of this node, on its feed; gone when it is dropped.
pub struct Console {
    id: Uuid,
    officer: Officer,
    way: mpsc::Sender<Heard>,
}

impl Console {
    /// Its officer looks at this.
    pub fn looks(&self, case_id: Option<CaseId>, typing: bool) {
        let looks = Looks { console: self.id, officer: self.officer.clone(), case_id, typing };
        let _ = self.way.try_send(Heard::Here(looks));
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        self.looks(None, false);
    }
}

struct Looks {
    console: Uuid,
    officer: Officer,
    case_id: Option<CaseId>,
    typing: bool,
}

enum Heard {
    /// From a console of this node.
    Here(Looks),
    /// From any node by way of Redis, also this one.
    There(Said),
}

/// The way in.
pub struct Presence {
    way: mpsc::Sender<Heard>,
    clock: SharedClock,
    entropy: SharedEntropy,
}

impl Presence {
    /// The way in and what goes on behind it, which is to be run.
    #[must_use]
    pub fn new(
        (store, queue, hub): (Store, Arc<Queue>, Arc<Hub>),
        clock: SharedClock,
        entropy: SharedEntropy,
    ) -> (Self, Keeping) {
        let (way, heard) = mpsc::channel(WAITING_MAX);
        let keeping = Keeping {
            store,
            queue,
            hub,
            node: entropy.uuid_v7(clock.now()),
            clock: clock.clone(),
            way: way.clone(),
            heard,
            known: std::collections::HashMap::new(),
            table: Table::default(),
        };
        (Self { way, clock, entropy }, keeping)
    }

    /// The console of an officer connects.
    #[must_use]
    pub fn connect(&self, officer: Officer) -> Console {
        Console { id: self.entropy.uuid_v7(self.clock.now()), officer, way: self.way.clone() }
    }
}

/// What a console was last let look at, and when that was looked up.
type Known = (At, UnixMs);

/// What goes on behind the way in.
pub struct Keeping {
    store: Store,
    queue: Arc<Queue>,
    hub: Arc<Hub>,
    node: Uuid,
    clock: SharedClock,
    way: mpsc::Sender<Heard>,
    heard: mpsc::Receiver<Heard>,
    known: std::collections::HashMap<Uuid, Known>,
    table: Table,
}

impl Keeping {
    /// Until `stop`.
    pub async fn run(mut self, stop: CancellationToken) {
        let listening = tokio::spawn(listen(self.queue.clone(), self.way.clone(), stop.clone()));
        // In order, and beside it: who is here is told here at once, whatever Redis does.
        let (tell, to_tell) = mpsc::channel(WAITING_MAX);
        let telling = tokio::spawn(tell_others(self.queue.clone(), to_tell));
        let mut sweep = tokio::time::interval(SWEEP_EVERY);
        sweep.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let seen = tokio::select! {
                () = stop.cancelled() => break,
                _ = sweep.tick() => self.sweep(),
                heard = self.heard.recv() => match heard {
                    Some(heard) => self.take(heard, &tell).await,
                    None => break,
                },
            };
            for seen in seen {
                self.hub.tell_passing(Told::presence(seen.case_id, seen.audience, seen.officers));
            }
        }
        listening.abort();
        telling.abort();
    }

    fn sweep(&mut self) -> Vec<table::Seen> {
        let now = self.clock.now();
        self.known.retain(|_, (_, since)| now.since_ms(*since) < KNOWN_FOR_MS);
        self.table.sweep(now)
    }

    async fn take(&mut self, heard: Heard, tell: &mpsc::Sender<Said>) -> Vec<table::Seen> {
        let said = match heard {
            // An echo: it may be older than what this node has heard since.
            Heard::There(said) if said.node == self.node => return vec![],
            Heard::There(said) => said,
            Heard::Here(looks) => {
                let said = self.look_up(looks).await;
                let _ = tell.try_send(said.clone());
                said
            }
        };
        self.table.take(said, self.clock.now())
    }

    /// What the officer may see of it: of another case, that none is open.
    async fn look_up(&mut self, looks: Looks) -> Said {
        let Looks { console, officer, case_id, typing } = looks;
        let now = self.clock.now();
        let known = self.known.remove(&console);
        let fresh =
            known.filter(|(at, since)| Some(at.case_id) == case_id && now.since_ms(*since) < KNOWN_FOR_MS);
        let (at, since) = match (fresh, case_id) {
            (Some((at, since)), _) => (Some(At { typing, ..at }), since),
            (None, Some(case_id)) => (self.audience(&officer, case_id, typing).await, now),
            (None, None) => (None, now),
        };
        if let Some(at) = &at {
            self.known.insert(console, (at.clone(), since));
        }
        Said { node: self.node, console, staff_id: officer.id, at }
    }

    async fn audience(&self, officer: &Officer, case_id: CaseId, typing: bool) -> Option<At> {
        let scope = access::scope(officer);
        let look = self.store.audience(&scope, case_id, officer.id);
        let (audience, name) = tokio::time::timeout(LOOK_UP_WITHIN, look).await.ok()?.ok()??;
        Some(At { case_id, name, typing, audience })
    }
}

async fn tell_others(queue: Arc<Queue>, mut to_tell: mpsc::Receiver<Said>) {
    while let Some(said) = to_tell.recv().await {
        let _ = queue.publish_presence(&said).await;
    }
}

/// What the other nodes say; what comes while Redis is away is not heard, and said again soon.
async fn listen(queue: Arc<Queue>, way: mpsc::Sender<Heard>, stop: CancellationToken) {
    let mut pause = Backoff::new(FIRST_PAUSE, LAST_PAUSE);
    while !stop.is_cancelled() {
        let heard = queue.hear_presence(|said: Said| {
            let _ = way.try_send(Heard::There(said));
        });
        if stop.run_until_cancelled(heard).await.is_some_and(|ended| ended.is_ok()) {
            pause.reset();
        }
        pause.pause(&stop).await;
    }
}
