//! Tries of cards that no worker has: bounded as those of a worker's card are, so that nobody finds out which exist.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use sos_protocol::UnixMs;

use super::{CLOSED_MS, TRIES_MAX};

/// Cards whose tries are remembered, about 1 MB; past it the memory of this node starts anew. Nothing is behind them: a
/// worker's own card is counted in the store.
const CARDS_MAX: usize = 10_000;

#[derive(Default)]
struct Tries {
    count: i32,
    closed_until: Option<UnixMs>,
}

/// Tries of unknown cards, by what the store would keep of the card.
#[derive(Default)]
pub(super) struct UnknownCards(Mutex<HashMap<[u8; 32], Tries>>);

impl UnknownCards {
    /// Counts a try; false if there were too many.
    pub(super) fn admit(&self, card: [u8; 32], now: UnixMs) -> bool {
        let mut cards = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cards.len() >= CARDS_MAX && !cards.contains_key(&card) {
            cards.clear();
        }
        let tries = cards.entry(card).or_default();
        if tries.closed_until.is_some_and(|until| until > now) {
            return false;
        }
        tries.count += 1;
        if tries.count >= TRIES_MAX {
            *tries = Tries { count: 0, closed_until: Some(now.plus_ms(CLOSED_MS)) };
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMs = UnixMs(1_790_000_000_000);

    #[test]
    fn after_five_tries_a_card_is_closed_for_a_quarter_of_an_hour_and_others_are_not() {
        let cards = UnknownCards::default();
        for _ in 0..2 {
            let open = (0..6).map(|_| cards.admit([1; 32], NOW)).collect::<Vec<_>>();
            assert_eq!(open, [true, true, true, true, true, false]);
            assert!(cards.admit([2; 32], NOW));
            assert!(!cards.admit([1; 32], NOW.plus_ms(CLOSED_MS - 1)));
            cards.0.lock().unwrap().values_mut().for_each(|tries| {
                tries.closed_until = tries.closed_until.map(|until| until.plus_ms(-CLOSED_MS));
            });
        }
    }

    #[test]
    fn it_remembers_no_more_than_it_should() {
        let cards = UnknownCards::default();
        for n in 0..=CARDS_MAX {
            let mut card = [0; 32];
            card[..8].copy_from_slice(&n.to_be_bytes());
            assert!(cards.admit(card, NOW));
        }
        assert_eq!(cards.0.lock().unwrap().len(), 1);
    }
}
