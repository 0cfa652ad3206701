//! What a demo came to.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use sos_protocol::Stage;

use super::worker::{News, What};

const STAGES: [(Stage, &str); 6] = [
    (Stage::Received, "received"),
    (Stage::Recorded, "recorded"),
    (Stage::Rang, "rang"),
    (Stage::Seen, "seen"),
    (Stage::Claimed, "claimed"),
    (Stage::Closed, "closed"),
];

/// Counts, and the time from the press to each stage as the phone saw it.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pressed: usize,
    /// By stage and worker, the first time.
    reached: BTreeMap<Stage, BTreeMap<usize, Duration>>,
    written: usize,
    heard: usize,
}

impl Tally {
    pub(super) fn count(&mut self, news: &News) {
        match &news.what {
            What::Pressed => self.pressed += 1,
            What::Got { receipt, after, .. } => {
                self.reached.entry(receipt.stage).or_default().entry(news.worker).or_insert(*after);
            }
            What::Wrote => self.written += 1,
            What::Heard { .. } => self.heard += 1,
            What::NotSent { .. } | What::Cancelled | What::Failed { .. } => {}
        }
    }

    /// Every press was received.
    pub(super) fn all_received(&self) -> bool {
        self.reached.get(&Stage::Received).map_or(0, BTreeMap::len) >= self.pressed
            || self.reached.get(&Stage::Recorded).map_or(0, BTreeMap::len) >= self.pressed
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} pressed, {} messages written, {} heard", self.pressed, self.written, self.heard)?;
        for (stage, name) in STAGES {
            let Some(reached) = self.reached.get(&stage) else { continue };
            let mut times: Vec<_> = reached.values().copied().collect();
            times.sort_unstable();
            let at = |pct: usize| times[(times.len() - 1) * pct / 100].as_millis();
            writeln!(f, "{name:>9} {:>4}   after p50 {} ms, p90 {} ms", times.len(), at(50), at(90))?;
        }
        Ok(())
    }
}
