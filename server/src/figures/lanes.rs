//! One question at a time for each who asks, and a rest after it: whoever asks without a pause has a quarter of the time of
//! one thread, and an SOS the rest.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use sos_protocol::StaffId;
use sos_protocol::ambient::SharedClock;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Those who ask share so many lanes: two in one wait for each other at times.
const LANES: usize = 64;
/// A rest is so many times as long as the answer took.
const REST_TIMES: u32 = 3;
/// But no longer than this: whoever reads an answer does not notice it.
const REST_MAX: Duration = Duration::from_millis(500);

/// The lanes of a node.
#[derive(Clone)]
pub(super) struct Lanes {
    lanes: Arc<[Arc<Semaphore>]>,
    clock: SharedClock,
}

impl Lanes {
    pub(super) fn new(clock: SharedClock) -> Self {
        Self { lanes: (0..LANES).map(|_| Arc::new(Semaphore::new(1))).collect(), clock }
    }

    /// Waits until no question of `who` is counted or rested from.
    pub(super) async fn enter(&self, who: StaffId) -> Option<Lane> {
        let mut hasher = DefaultHasher::new();
        who.hash(&mut hasher);
        let lane = usize::try_from(hasher.finish() % LANES as u64).unwrap_or(0);
        let permit = self.lanes.get(lane)?.clone().acquire_owned().await.ok()?;
        let began_us = self.clock.monotonic_us();
        Some(Lane { permit: Some(permit), began_us, clock: self.clock.clone(), runtime: Handle::current() })
    }
}

/// A lane with a question in it. When it goes, on whatever thread, the rest begins.
pub(super) struct Lane {
    permit: Option<OwnedSemaphorePermit>,
    began_us: u64,
    clock: SharedClock,
    runtime: Handle,
}

impl Drop for Lane {
    fn drop(&mut self) {
        let Some(permit) = self.permit.take() else { return };
        let took = Duration::from_micros(self.clock.monotonic_us().saturating_sub(self.began_us));
        self.runtime.spawn(async move {
            tokio::time::sleep(rest(took)).await;
            drop(permit);
        });
    }
}

fn rest(took: Duration) -> Duration {
    took.saturating_mul(REST_TIMES).min(REST_MAX)
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt, poll};
    use sos_protocol::UnixMs;
    use sos_protocol::ambient::ManualClock;
    use uuid::Uuid;

    use super::*;

    fn who(n: u128) -> StaffId {
        StaffId(Uuid::from_u128(n))
    }

    #[tokio::test]
    async fn who_asks_again_waits_until_the_answer_and_a_rest_are_over_and_nobody_else_does() {
        let clock = ManualClock::at(UnixMs(0));
        let lanes = Lanes::new(clock.clone());
        let first = lanes.enter(who(1)).await.unwrap();
        let free = (2..LANES as u128).filter(|other| lanes.enter(who(*other)).now_or_never().is_some());
        assert!(free.count() > LANES / 2);
        let again = lanes.enter(who(1));
        tokio::pin!(again);
        assert!(poll!(&mut again).is_pending());
        clock.advance_ms(50);
        drop(first);
        tokio::task::yield_now().await;
        assert!(poll!(&mut again).is_pending(), "it rests");
        assert!(again.await.is_some());
    }

    #[test]
    fn a_rest_is_three_times_as_long_as_the_answer_took_but_bounded() {
        assert_eq!(rest(Duration::from_millis(140)), Duration::from_millis(420));
        assert_eq!(rest(Duration::from_secs(60)), REST_MAX);
    }
}
