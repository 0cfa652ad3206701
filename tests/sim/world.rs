//! Everything there is, and time.

use std::collections::BTreeMap;
use std::sync::Arc;

use sos_protocol::UnixMs;
use sos_protocol::ambient::{Clock, Entropy, ManualClock, SeededEntropy};
use uuid::Uuid;

use crate::console::Console;
use crate::invariants::Witness;
use crate::line::Line;
use crate::node::Node;
use crate::phone::Phone;
use crate::postgres::Postgres;
use crate::redis::Redis;
use crate::store_call::Store;
use crate::weather::Weather;

/// When the story begins.
const START: UnixMs = UnixMs(1_790_000_000_000);
/// How long the weather is bad, in milliseconds.
const BAD_MS: u64 = 45_000;
/// Longest time in which everything must settle once it is good, in milliseconds: a phone that gave way to another
/// connection stays away for five minutes.
const SETTLE_MS_MAX: u64 = 420_000;
/// Between two looks whether it has settled, in milliseconds.
const LOOK_MS: u64 = 1_000;
/// Looks in a row that must find it settled and nothing new in the ledger.
const LOOKS_QUIET: u32 = 2;
/// Steps of a story; more of them go in circles.
const STEPS_MAX: u64 = 400_000;

/// What happens at some time.
pub(crate) type Event = Box<dyn FnOnce(&mut World)>;

pub(crate) struct World {
    clock: Arc<ManualClock>,
    dice: Arc<SeededEntropy>,
    events: BTreeMap<(u64, u64), Event>,
    count: u64,
    speaks: bool,
    pub(crate) weather: Weather,
    pub(crate) phones: Vec<Phone>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) lines: Vec<Line>,
    pub(crate) consoles: Vec<Console>,
    pub(crate) redis: Store<Redis>,
    pub(crate) postgres: Store<Postgres>,
    pub(crate) witness: Witness,
}

impl World {
    pub(crate) fn new(seed: u64, speaks: bool) -> Self {
        let dice = SeededEntropy::new(seed.wrapping_mul(0x9E37_79B9).wrapping_add(1));
        let mut world = Self {
            clock: ManualClock::at(START),
            events: BTreeMap::new(),
            count: 0,
            speaks,
            weather: Weather::of(&*dice),
            phones: vec![],
            nodes: vec![],
            lines: vec![],
            consoles: vec![],
            redis: Store::new(Redis::default()),
            postgres: Store::new(Postgres::default()),
            witness: Witness::default(),
            dice,
        };
        for _ in 0..=world.below(2) {
            world.add_node();
        }
        for _ in 0..=world.below(2) {
            world.add_phone();
        }
        world.add_consoles();
        world
    }

    /// The whole story.
    pub(crate) fn live(mut self) {
        self.forecast(BAD_MS);
        self.run_until(BAD_MS);
        self.clear_up();
        let end = self.now() + SETTLE_MS_MAX;
        let (mut quiet, mut head) = (0, self.postgres.data.head());
        while quiet < LOOKS_QUIET {
            self.run_until(self.now() + LOOK_MS);
            let open = self.unsettled();
            let stands = open.is_none() && self.postgres.data.head() == head;
            head = self.postgres.data.head();
            quiet = if stands { quiet + 1 } else { 0 };
            assert!(self.now() < end, "not settled: {}", open.unwrap_or_default());
        }
        self.check_the_end();
    }

    fn run_until(&mut self, end: u64) {
        while let Some((at, _)) = self.events.keys().next().copied().filter(|(at, _)| *at <= end) {
            self.move_clock(at);
            if let Some((_, event)) = self.events.pop_first() {
                event(self);
            }
            assert!(self.count < STEPS_MAX, "goes in circles");
        }
        self.move_clock(end);
    }

    fn move_clock(&self, to: u64) {
        self.clock.advance_ms(i64::try_from(to.saturating_sub(self.now())).unwrap());
    }

    /// Milliseconds since the beginning.
    pub(crate) fn now(&self) -> u64 {
        u64::try_from(self.clock.now().since_ms(START)).unwrap()
    }

    /// What clocks show.
    pub(crate) fn time(&self) -> UnixMs {
        self.clock.now()
    }

    /// Lets something happen in `ms` milliseconds.
    pub(crate) fn after(&mut self, ms: u64, event: impl FnOnce(&mut Self) + 'static) {
        self.count += 1;
        self.events.insert((self.now() + ms, self.count), Box::new(event));
    }

    /// From 0 to `bound`, without it.
    pub(crate) fn below(&self, bound: usize) -> usize {
        usize::try_from(self.dice.below(bound as u64)).unwrap()
    }

    pub(crate) fn chance(&self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// How long something takes on its way, in milliseconds.
    pub(crate) fn latency(&self) -> u64 {
        let most = if self.chance(5) { 400 } else { 20 };
        self.dice.below(most) + 1
    }

    pub(crate) fn id(&self) -> Uuid {
        self.dice.uuid_v7(self.time())
    }

    pub(crate) fn seed(&self) -> u64 {
        self.dice.below(u64::MAX)
    }

    pub(crate) fn tell(&self, what: impl FnOnce() -> String) {
        if self.speaks {
            eprintln!("{:>7} ms  {}", self.now(), what());
        }
    }
}
