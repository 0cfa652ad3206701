//! How long to wait before the next attempt.

use sos_protocol::ambient::Entropy;
use sos_protocol::limits::RECONNECT_MAX_S;

/// Waits between attempts to get an SOS out, in milliseconds; the last one repeats. Half to all of it is waited.
const SOS_MS: [u64; 4] = [500, 1_000, 2_000, 5_000];
/// Upper end of the first wait for anything else, in milliseconds; it doubles up to [`RECONNECT_MAX_S`].
const FIRST_MAX_MS: u64 = 2_000;

/// Before attempt `failures + 1` for an SOS, in milliseconds.
pub(super) fn sos_ms(entropy: &dyn Entropy, failures: u32) -> u64 {
    let step = usize::try_from(failures.saturating_sub(1)).unwrap_or(usize::MAX).min(SOS_MS.len() - 1);
    let whole = SOS_MS[step];
    whole / 2 + entropy.below(whole / 2 + 1)
}

/// Before attempt `failures + 1` for anything else, in milliseconds: full jitter, so that the phones of a whole
/// country do not come back at the same moment.
pub(super) fn calm_ms(entropy: &dyn Entropy, failures: u32) -> u64 {
    let doublings = failures.saturating_sub(1).min(16);
    let upper = (FIRST_MAX_MS << doublings).min(u64::from(RECONNECT_MAX_S) * 1_000);
    entropy.below(upper + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sos_protocol::ambient::SeededEntropy;

    #[test]
    fn waits_grow_and_stay_within_their_bounds() {
        let entropy = SeededEntropy::new(3);
        for failures in 0..200 {
            assert!((250..=5_000).contains(&sos_ms(&*entropy, failures)));
            assert!(calm_ms(&*entropy, failures) <= 30_000);
        }
        assert!(sos_ms(&*entropy, 1) <= 500);
        assert!(calm_ms(&*entropy, 1) <= 2_000);
        let late: Vec<u64> = (0..100).map(|_| calm_ms(&*entropy, 50)).collect();
        assert!(late.iter().any(|ms| *ms < 10_000) && late.iter().any(|ms| *ms > 20_000));
    }
}
