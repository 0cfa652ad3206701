//! Which alerts ring although they are not recorded, and when they ring again.

use std::collections::HashMap;

use sos_protocol::AlertId;
use sos_protocol::ambient::SharedClock;

use super::Workers;
use crate::intake::{Inbound, provisional};

/// An alert that still waits rings again after this long: a console that came later hears of it, and one that heard
/// of it goes on ringing (it lets go after six heartbeats without a word, see the protocol).
const AGAIN_AFTER_US: u64 = 15_000_000;
/// Alerts that are remembered; past that the oldest may ring again sooner.
const REMEMBERED_MAX: usize = 50_000;

/// The memory of what rang provisionally.
pub(super) struct Ringing {
    clock: SharedClock,
    /// When it rang last, in microseconds.
    rang: HashMap<AlertId, u64>,
}

impl Ringing {
    pub(super) fn new(clock: SharedClock) -> Self {
        Self { clock, rang: HashMap::new() }
    }

    /// Lets those of `items` ring that have not just done so.
    pub(super) async fn ring(&mut self, workers: &Workers, items: &[Inbound]) {
        let now = self.clock.monotonic_us();
        let due = |id: &AlertId| self.rang.get(id).is_none_or(|at| at + AGAIN_AFTER_US <= now);
        let mut alerts = provisional::alerts(items, &workers.dispatch);
        alerts.retain(|alert| due(&alert.alert.alert_id));
        if alerts.is_empty() {
            return;
        }
        metrics::counter!("sos_rung_provisionally_total").increment(alerts.len() as u64);
        match workers.queue.publish_provisional(&alerts).await {
            Ok(()) => self.remember(alerts.iter().map(|alert| alert.alert.alert_id), now),
            Err(error) => tracing::error!(%error, "alerts ring nowhere: neither store"),
        }
    }

    fn remember(&mut self, alerts: impl Iterator<Item = AlertId>, now: u64) {
        self.rang.extend(alerts.map(|id| (id, now)));
        if self.rang.len() > REMEMBERED_MAX {
            self.rang.retain(|_, at| *at + AGAIN_AFTER_US > now);
        }
        if self.rang.len() > REMEMBERED_MAX {
            self.rang.clear();
        }
    }

    /// They are recorded.
    pub(super) fn end(&mut self, items: &[Inbound]) {
        if !self.rang.is_empty() {
            for inbound in items {
                self.rang.remove(&inbound.item.alert_id());
            }
        }
    }
}
