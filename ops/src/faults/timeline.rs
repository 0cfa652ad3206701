//! Before, during and after a fault: when an alert was pressed says which of them it counts for.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use serde::Serialize;
use sos_protocol::{AlertId, Receipt, Stage};

use crate::swarm::{AlertLog, now};

/// Pressed after the end of the fault and all the same later than this: the service has not healed yet.
const LATE: Duration = Duration::from_secs(1);

/// When the fault began and ended.
#[derive(Debug, Clone, Copy)]
pub(super) struct Timeline {
    pub(super) inflicted: Instant,
    pub(super) healed: Instant,
}

/// One figure for each part of a run, in milliseconds; none where nothing was measured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(super) struct Parts {
    pub(super) before: Option<u64>,
    pub(super) during: Option<u64>,
    pub(super) after: Option<u64>,
}

/// When each alert first rang at any console.
pub(super) type Rings = HashMap<AlertId, Instant>;

/// A phone hears `receipt` now.
pub(super) fn heard(alert: &mut AlertLog, receipt: &Receipt) {
    let at = now();
    alert.stages.push((receipt.stage, at));
    alert.received_at.get_or_insert(at);
    if receipt.stage >= Stage::Recorded {
        alert.recorded_at.get_or_insert(at);
    }
    if let Some(case) = receipt.case_id.filter(|case| !alert.case_ids.contains(case)) {
        alert.case_ids.push(case);
    }
}

impl Timeline {
    /// From the press to the first word that it is safe: the 99th percentile.
    pub(super) fn ack_p99_ms(&self, alerts: &[AlertLog]) -> Parts {
        self.p99_ms(alerts, |alert| alert.received_at)
    }

    /// From the press to the first ring at a console: the 99th percentile.
    pub(super) fn ring_p99_ms(&self, alerts: &[AlertLog], rings: &Rings) -> Parts {
        self.p99_ms(alerts, |alert| rings.get(&alert.alert_id).copied())
    }

    /// How many alerts were pressed in each part.
    pub(super) fn pressed(&self, alerts: &[AlertLog]) -> [usize; 3] {
        let mut pressed = [0; 3];
        for alert in alerts {
            pressed[self.part(alert.pressed_at)] += 1;
        }
        pressed
    }

    /// Seconds after the end of the fault until the last alert that the fault held up was safe, a case and rung.
    pub(super) fn heal_s(&self, alerts: &[AlertLog], rings: &Rings) -> f64 {
        let through = |alert: &AlertLog| -> Option<Instant> {
            let last = alert.received_at?.max(alert.recorded_at?).max(*rings.get(&alert.alert_id)?);
            let held_up = alert.pressed_at < self.healed || last - alert.pressed_at > LATE;
            held_up.then_some(last)
        };
        let last = alerts.iter().filter_map(through).max();
        last.map_or(0.0, |last| last.saturating_duration_since(self.healed).as_secs_f64())
    }

    fn part(&self, pressed_at: Instant) -> usize {
        usize::from(pressed_at >= self.inflicted) + usize::from(pressed_at >= self.healed)
    }

    fn p99_ms(&self, alerts: &[AlertLog], end: impl Fn(&AlertLog) -> Option<Instant>) -> Parts {
        let mut samples: [Vec<Duration>; 3] = Default::default();
        for alert in alerts {
            if let Some(end) = end(alert) {
                samples[self.part(alert.pressed_at)].push(end.saturating_duration_since(alert.pressed_at));
            }
        }
        let [before, during, after] = samples.map(p99_ms);
        Parts { before, during, after }
    }
}

/// The smallest sample that 99 in 100 do not exceed.
fn p99_ms(mut samples: Vec<Duration>) -> Option<u64> {
    samples.sort_unstable();
    let rank = (samples.len() * 99).div_ceil(100);
    let sample = samples.get(rank.checked_sub(1)?)?;
    Some(u64::try_from(sample.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::super::made_up::{alert, ms};
    use super::*;

    #[test]
    fn the_99th_percentile_is_the_99th_of_100() {
        assert_eq!(p99_ms((1..=100).rev().map(ms).collect()), Some(99));
        assert_eq!(p99_ms(vec![ms(7)]), Some(7));
        assert_eq!(p99_ms(vec![]), None);
    }

    #[test]
    fn an_alert_counts_for_the_part_in_which_it_was_pressed() {
        let start = now();
        let timeline = Timeline { inflicted: start + ms(100), healed: start + ms(200) };
        let pressed = |at, answer| {
            let mut alert = alert(0, start + ms(at));
            alert.received_at = Some(start + ms(at + answer));
            alert
        };
        let alerts = [pressed(99, 5), pressed(100, 900), pressed(199, 800), pressed(200, 7)];
        assert_eq!(timeline.pressed(&alerts), [1, 2, 1]);
        let parts = Parts { before: Some(5), during: Some(900), after: Some(7) };
        assert_eq!(timeline.ack_p99_ms(&alerts), parts);
    }

    #[test]
    fn it_has_healed_when_the_last_alert_that_was_held_up_is_through() {
        let start = now();
        let timeline = Timeline { inflicted: start, healed: start + ms(1_000) };
        let through = |pressed, after| {
            let phone = usize::try_from(pressed).unwrap();
            let mut alert = alert(phone, start + ms(pressed));
            alert.received_at = Some(start + ms(pressed + 1));
            alert.recorded_at = Some(start + ms(pressed + after));
            alert
        };
        let held_up = [through(10, 2_490), through(1_500, 2_000), through(9_000, 900)];
        let rings = held_up.iter().map(|alert| (alert.alert_id, alert.pressed_at)).collect();
        assert!((timeline.heal_s(&held_up, &rings) - 2.5).abs() < 0.001);
        assert!(timeline.heal_s(&held_up[2..], &rings).abs() < 0.001);
    }
}
