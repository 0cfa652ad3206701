//! How long something took in many cases: percentiles by nearest rank.
//!
//! They are exact, and yet no list of all times is kept. The cases are gone through twice: the first time their times are
//! counted in buckets, the second time only those are kept that fall into a bucket where a rank does.

use sos_protocol::figures::Took;

const PERCENTILES: [usize; 3] = [50, 90, 95];
/// Buckets are at most this part of the times in them wide, as a power of two: 1/64.
const FINE: u32 = 6;

/// The times of one figure.
#[derive(Debug, Default)]
pub(super) struct Spread {
    /// How many times are in each bucket, as far as there are any.
    buckets: Vec<u32>,
    over: usize,
    without: usize,
    /// Known between the two passes: where the ranks are, in the order of [`PERCENTILES`].
    ranks: [Option<Rank>; 3],
    /// Buckets with ranks in them, and the times there.
    near: Vec<(usize, Vec<i64>)>,
}

#[derive(Debug, Clone, Copy)]
struct Rank {
    /// Place of its bucket in `near`.
    near: usize,
    /// Place among the times of that bucket, in order.
    place: usize,
}

impl Spread {
    /// In the first pass. None: it has not come, or is not known.
    pub(super) fn add(&mut self, ms: Option<i64>) {
        let Some(ms) = ms else {
            self.without += 1;
            return;
        };
        let bucket = bucket(ms);
        if bucket >= self.buckets.len() {
            self.buckets.resize(bucket + 1, 0);
        }
        if let Some(count) = self.buckets.get_mut(bucket) {
            *count += 1;
        }
        self.over += 1;
    }

    /// Between the passes.
    pub(super) fn turn(&mut self) {
        self.ranks = PERCENTILES.map(|pct| {
            let mut place = (self.over * pct).div_ceil(100).checked_sub(1)?;
            let mut counts = self.buckets.iter().map(|count| *count as usize).enumerate();
            let (bucket, _) = counts.find(|(_, count)| {
                let is_here = place < *count;
                place -= if is_here { 0 } else { *count };
                is_here
            })?;
            let known = self.near.iter().position(|(known, _)| *known == bucket);
            let near = known.unwrap_or_else(|| {
                self.near.push((bucket, vec![]));
                self.near.len() - 1
            });
            Some(Rank { near, place })
        });
    }

    /// In the second pass, the same times again.
    pub(super) fn keep(&mut self, ms: Option<i64>) {
        let Some(ms) = ms else { return };
        let bucket = bucket(ms);
        if let Some((_, times)) = self.near.iter_mut().find(|(known, _)| *known == bucket) {
            times.push(ms);
        }
    }

    /// After both.
    pub(super) fn took(mut self) -> Took {
        let [p50_ms, p90_ms, p95_ms] = self.ranks.map(|rank| {
            let Rank { near, place } = rank?;
            let (_, times) = self.near.get_mut(near)?;
            (place < times.len()).then(|| *times.select_nth_unstable(place).1)
        });
        Took { over: number(self.over), without: number(self.without), p50_ms, p90_ms, p95_ms }
    }
}

/// The larger the time, the wider the bucket; below 64 ms each has its own, and what is shorter than nothing is with nothing.
fn bucket(ms: i64) -> usize {
    let ms = ms.max(0).unsigned_abs();
    let wide = ms.checked_ilog2().unwrap_or(0).saturating_sub(FINE);
    (wide << FINE) as usize + usize::try_from(ms >> wide).unwrap_or(usize::MAX)
}

/// A number on the wire.
pub(super) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn took(times: &[Option<i64>]) -> Took {
        let mut spread = Spread::default();
        times.iter().for_each(|ms| spread.add(*ms));
        spread.turn();
        times.iter().for_each(|ms| spread.keep(*ms));
        spread.took()
    }

    #[test]
    fn percentiles_are_values_that_there_are() {
        let ten: Vec<_> = (1..=10).rev().map(Some).collect();
        let of_ten = took(&ten);
        assert_eq!((of_ten.p50_ms, of_ten.p90_ms, of_ten.p95_ms), (Some(5), Some(9), Some(10)));
        assert_eq!(took(&[Some(3)]).p50_ms, Some(3));
        let none = took(&[None, None]);
        assert_eq!((none.over, none.without, none.p95_ms), (0, 2, None));
    }

    #[test]
    fn a_larger_time_is_in_no_earlier_bucket_and_a_bucket_is_narrow() {
        let edges = (0..62).flat_map(|bits| [(1_i64 << bits) - 1, 1 << bits, (1 << bits) + 1]);
        let mut edges: Vec<i64> = edges.collect();
        edges.sort_unstable();
        for pair in edges.windows(2) {
            assert!(bucket(pair[0]) <= bucket(pair[1]), "{pair:?}");
        }
        assert_eq!(bucket(-5), bucket(0));
        assert_ne!(bucket(63), bucket(64));
        assert_ne!(bucket(6_400), bucket(6_500));
        assert!(bucket(i64::MAX) < 4_096);
    }

    proptest! {
        #[test]
        fn they_are_those_of_the_sorted_list(times in prop::collection::vec(
            prop::option::weighted(0.9, prop_oneof![-5_i64..200, 0_i64..1_000_000, any::<i64>()]), 0..400)) {
            let mut sorted: Vec<i64> = times.iter().flatten().copied().collect();
            sorted.sort_unstable();
            let at = |pct: usize| (sorted.len() * pct).div_ceil(100).checked_sub(1).map(|place| sorted[place]);
            let took = took(&times);
            prop_assert_eq!([took.p50_ms, took.p90_ms, took.p95_ms], [at(50), at(90), at(95)]);
            prop_assert_eq!(took.over as usize, sorted.len());
        }
    }
}
