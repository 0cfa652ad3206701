//! Times, and what is said of many of them.

use std::time::{Duration, Instant};

/// Measured times, in microseconds, all of them kept: percentiles are exact.
#[derive(Debug, Clone, Default)]
pub(super) struct Times(Vec<u32>);

impl Times {
    pub(super) fn add(&mut self, time: Duration) {
        self.0.push(u32::try_from(time.as_micros()).unwrap_or(u32::MAX));
    }

    pub(super) fn between(&mut self, from: Instant, to: Instant) {
        self.add(to.saturating_duration_since(from));
    }

    pub(super) fn join(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The time, in milliseconds, within which this share (0 to 1) of them lie; 0 when there are none.
    pub(super) fn within_ms(&mut self, share: f64) -> f64 {
        if self.0.is_empty() {
            return 0.0;
        }
        let last = self.0.len() - 1;
        let rank = share.clamp(0.0, 1.0) * count(last);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and last")]
        let rank = rank.round() as usize;
        let (_, time, _) = self.0.select_nth_unstable(rank.min(last));
        f64::from(*time) / 1_000.0
    }
}

/// A count as a number to divide by.
pub(super) fn count(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// The middle one of several figures; 0 when there are none.
pub(super) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_what_was_measured() {
        let mut times = Times::default();
        (1..=101).rev().for_each(|ms| times.add(Duration::from_millis(ms)));
        assert!((times.within_ms(0.5) - 51.0).abs() < f64::EPSILON);
        assert!((times.within_ms(0.99) - 100.0).abs() < f64::EPSILON);
        assert!((times.within_ms(1.0) - 101.0).abs() < f64::EPSILON);
        assert!(Times::default().within_ms(0.5).abs() < f64::EPSILON);
    }

    #[test]
    fn the_median_is_the_middle_one() {
        assert!((median(vec![9.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
    }
}
