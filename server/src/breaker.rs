//! Leaving a store alone that has just failed several times.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use sos_protocol::ambient::SharedClock;

/// Failures in a row after which a store is left alone for a moment.
const FAILURES_MAX: u32 = 3;
/// How long it is left alone, in microseconds; then one caller may try, and the others go on waiting as long again.
const REST_US: u64 = 1_000_000;

/// Keeps callers from waiting, one after another, for a store that has just failed several times.
pub struct Breaker {
    clock: SharedClock,
    failures: AtomicU32,
    rests_until_us: AtomicU64,
}

impl Breaker {
    /// Closed: the store may be asked.
    #[must_use]
    pub const fn new(clock: SharedClock) -> Self {
        Self { clock, failures: AtomicU32::new(0), rests_until_us: AtomicU64::new(0) }
    }

    /// Whether the store may be asked now. Who is told so after a rest is its only probe: say how it went.
    pub fn admits(&self) -> bool {
        if self.failures.load(Ordering::Acquire) < FAILURES_MAX {
            return true;
        }
        let (now, until) = (self.clock.monotonic_us(), self.rests_until_us.load(Ordering::Acquire));
        // A probe that never comes back is followed by the next one after another rest.
        now >= until
            && self
                .rests_until_us
                .compare_exchange(until, now + REST_US, Ordering::AcqRel, Ordering::Acquire)
                .is_ok()
    }

    /// Whether the store is being left alone, without asking to be the probe.
    #[must_use]
    pub fn rests(&self) -> bool {
        self.failures.load(Ordering::Acquire) >= FAILURES_MAX
            && self.clock.monotonic_us() < self.rests_until_us.load(Ordering::Acquire)
    }

    /// How it went.
    pub fn note(&self, worked: bool) {
        if worked {
            self.failures.store(0, Ordering::Release);
            return;
        }
        let failures = self.failures.fetch_add(1, Ordering::AcqRel).saturating_add(1);
        if failures >= FAILURES_MAX {
            self.rests_until_us.store(self.clock.monotonic_us() + REST_US, Ordering::Release);
        }
    }
}

#[cfg(test)]
mod tests {
    use sos_protocol::UnixMs;
    use sos_protocol::ambient::ManualClock;

    use super::*;

    #[test]
    fn it_rests_after_three_failures_and_lets_one_probe_through_a_second() {
        let clock = ManualClock::at(UnixMs(1_000));
        let breaker = Breaker::new(clock.clone());
        for _ in 0..3 {
            assert!(breaker.admits());
            breaker.note(false);
        }
        assert!(!breaker.admits());
        assert!(breaker.rests());
        clock.advance_ms(1_000);
        assert!(breaker.admits());
        assert!(!breaker.admits(), "one probe, not a crowd");
        breaker.note(false);
        clock.advance_ms(999);
        assert!(!breaker.admits());
        clock.advance_ms(1);
        assert!(breaker.admits());
        breaker.note(true);
        breaker.note(false);
        assert!(breaker.admits());
        assert!(breaker.admits());
    }

    #[test]
    fn a_probe_that_never_comes_back_is_followed_by_another() {
        let clock = ManualClock::at(UnixMs(1_000));
        let breaker = Breaker::new(clock.clone());
        (0..3).for_each(|_| breaker.note(false));
        clock.advance_ms(1_000);
        assert!(breaker.admits());
        clock.advance_ms(1_000);
        assert!(breaker.admits());
    }
}
