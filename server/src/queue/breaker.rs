use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use sos_protocol::ambient::SharedClock;

/// Failures in a row after which a store is left alone for a moment.
const FAILURES_MAX: u32 = 3;
/// How long it is left alone, in microseconds.
const REST_US: u64 = 1_000_000;

/// Keeps callers from waiting, one after another, for a store that has just failed several times.
pub(super) struct Breaker {
    clock: SharedClock,
    failures: AtomicU32,
    rests_until_us: AtomicU64,
}

impl Breaker {
    pub(super) fn new(clock: SharedClock) -> Self {
        Self { clock, failures: AtomicU32::new(0), rests_until_us: AtomicU64::new(0) }
    }

    /// Whether the store may be asked now.
    pub(super) fn allows(&self) -> bool {
        self.clock.monotonic_us() >= self.rests_until_us.load(Ordering::Relaxed)
    }

    /// How it went. After a rest, one more failure is enough for the next rest.
    pub(super) fn note(&self, worked: bool) {
        if worked {
            self.failures.store(0, Ordering::Relaxed);
        } else if self.failures.fetch_add(1, Ordering::Relaxed) + 1 >= FAILURES_MAX {
            self.rests_until_us.store(self.clock.monotonic_us() + REST_US, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use sos_protocol::UnixMs;
    use sos_protocol::ambient::ManualClock;

    use super::*;

    #[test]
    fn it_rests_after_three_failures_and_tries_again_after_a_second() {
        let clock = ManualClock::at(UnixMs(1_000));
        let breaker = Breaker::new(clock.clone());
        for _ in 0..3 {
            assert!(breaker.allows());
            breaker.note(false);
        }
        assert!(!breaker.allows());
        clock.advance_ms(1_000);
        assert!(breaker.allows());
        breaker.note(false);
        assert!(!breaker.allows());
        clock.advance_ms(1_000);
        breaker.note(true);
        breaker.note(false);
        assert!(breaker.allows());
    }
}
