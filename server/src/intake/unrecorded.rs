//! What this node put into Redis a moment ago. A Redis that goes away takes what nobody has read out of it yet along, and that
//! would ring only once it is back: from here it is recorded without Redis. Recorded a second time it does nothing.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Inbound;

/// Things kept, about 1 KB each: several seconds of what a node takes at most. Past it the oldest are forgotten here.
pub const KEPT_MAX: usize = 10_000;
/// How long things are kept, in milliseconds: after that, phones that have not heard of a record send it again.
const KEPT_FOR_MS: i64 = 30_000;

/// What was put into Redis last, oldest first.
#[derive(Default)]
pub struct Unrecorded(Mutex<VecDeque<Inbound>>);

impl Unrecorded {
    /// Redis has just taken `inbound`.
    pub fn keep(&self, inbound: Inbound) {
        let mut kept = self.locked();
        let now = inbound.received_at;
        while kept.front().is_some_and(|first| now.since_ms(first.received_at) > KEPT_FOR_MS) {
            kept.pop_front();
        }
        if kept.len() >= KEPT_MAX {
            kept.pop_front();
        }
        kept.push_back(inbound);
    }

    /// The oldest, at most `max`: they are not kept here any more.
    #[must_use]
    pub fn take(&self, max: usize) -> Vec<Inbound> {
        let mut kept = self.locked();
        let count = max.min(kept.len());
        kept.drain(..count).collect()
    }

    /// Keeps what was taken and not recorded after all.
    pub fn give_back(&self, taken: Vec<Inbound>) {
        let mut kept = self.locked();
        let room = KEPT_MAX.saturating_sub(kept.len());
        taken.into_iter().rev().take(room).for_each(|inbound| kept.push_front(inbound));
    }

    fn locked(&self) -> MutexGuard<'_, VecDeque<Inbound>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use sos_core::recording::{Item, Origin};
    use sos_protocol::{AlertId, UnixMs};
    use uuid::Uuid;

    use super::*;

    fn at(ms: i64) -> Inbound {
        let origin = Origin {
            device_id: None,
            worker_id: None,
            contract_country: None,
            unverified: None,
            sms_from: None,
        };
        let item = Item::Cancel { alert_id: AlertId(Uuid::nil()) };
        Inbound { received_at: UnixMs(ms), origin, item }
    }

    fn times(taken: Vec<Inbound>) -> Vec<i64> {
        taken.into_iter().map(|inbound| inbound.received_at.0).collect()
    }

    #[test]
    fn it_keeps_the_last_half_minute_in_order() {
        let unrecorded = Unrecorded::default();
        [0, 1, KEPT_FOR_MS, KEPT_FOR_MS + 1].into_iter().for_each(|ms| unrecorded.keep(at(ms)));
        let first = unrecorded.take(2);
        assert_eq!(times(first.clone()), [1, KEPT_FOR_MS]);
        unrecorded.give_back(first);
        assert_eq!(times(unrecorded.take(9)), [1, KEPT_FOR_MS, KEPT_FOR_MS + 1]);
        assert!(unrecorded.take(9).is_empty());
    }

    #[test]
    fn it_keeps_so_many_and_the_latest_of_them() {
        let unrecorded = Unrecorded::default();
        (0..=KEPT_MAX).for_each(|_| unrecorded.keep(at(5)));
        let first = unrecorded.take(2);
        (0..2).for_each(|_| unrecorded.keep(at(6)));
        unrecorded.give_back(first);
        let all = times(unrecorded.take(usize::MAX));
        assert_eq!((all.len(), all.last()), (KEPT_MAX, Some(&6)));
    }
}
