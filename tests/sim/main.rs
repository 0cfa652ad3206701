//! The whole service in one thread, by the dice: real phones (outbox and machine), real sessions, the real recorder's
//! and officers' decisions; network, Redis and Postgres are models that lose, double, delay and die. Time is moved by
//! hand, everything random comes from the seed, so a failing seed replays exactly:
//!
//! `SIM_SEED=123 cargo test -p sos-tests --test sim` tells it step by step; `SIM_SEEDS=100000` looks further.

#![allow(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

mod console;
mod invariants;
mod line;
mod node;
mod officer;
mod phone;
mod postgres;
mod recorder;
mod redis;
mod store_call;
mod weather;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};

use world::World;

/// Seeds of a plain run.
const SEEDS: u64 = 10_000;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn whatever_fails_no_acknowledged_sos_is_lost_doubled_or_overstated() {
    if let Some(seed) = number("SIM_SEED") {
        return World::new(seed, true).live();
    }
    std::panic::set_hook(Box::new(|_| {}));
    let seeds = number("SIM_SEEDS").unwrap_or(SEEDS);
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let next = AtomicU64::new(0);
    let failed = std::thread::scope(|scope| {
        let run = || {
            let mut failed = vec![];
            while let Some(seed) = Some(next.fetch_add(1, Ordering::SeqCst)).filter(|seed| *seed < seeds) {
                let lived = catch_unwind(AssertUnwindSafe(|| World::new(seed, false).live()));
                failed.extend(lived.err().map(|why| (seed, words(&*why))));
            }
            failed
        };
        let all: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        let mut failed: Vec<(u64, String)> = all.into_iter().flat_map(|t| t.join().unwrap()).collect();
        failed.sort_unstable();
        failed
    });
    let _ = std::panic::take_hook();
    for (seed, why) in failed.iter().take(10) {
        eprintln!("{why}\n    SIM_SEED={seed} cargo test -p sos-tests --test sim");
    }
    assert!(failed.is_empty(), "{} of {seeds} seeds failed", failed.len());
}

fn words(why: &(dyn std::any::Any + Send)) -> String {
    let text = why.downcast_ref::<String>().cloned();
    text.or_else(|| why.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
}
