//! The one way to wait for a condition.

use std::time::Duration;

use sos_protocol::ambient::{Clock, SystemClock};

/// Asks every `step` until `condition` gives a value, for at most `limit`; `None` when time is up.
///
/// The condition is asked at least once, and once more when time is up.
pub fn until<T>(limit: Duration, step: Duration, mut condition: impl FnMut() -> Option<T>) -> Option<T> {
    let clock = SystemClock::new();
    loop {
        let late = u128::from(clock.monotonic_us()) >= limit.as_micros();
        if let Some(value) = condition() {
            return Some(value);
        }
        if late {
            return None;
        }
        std::thread::sleep(step);
    }
}
