//! How fast a phone may send. Alerts do not count.

use sos_protocol::UnixMs;

/// Frames that a phone may send at once …
const BURST_MAX: u32 = 60;
/// … and one more every so many milliseconds.
const FRAME_EVERY_MS: i64 = 200;

#[derive(Debug)]
pub(super) struct Allowance {
    /// Frames it may send now without a pause.
    left: u32,
    at: UnixMs,
}

impl Allowance {
    pub(super) const fn full(now: UnixMs) -> Self {
        Self { left: BURST_MAX, at: now }
    }

    /// Whether one more frame may be dealt with.
    pub(super) fn take(&mut self, now: UnixMs) -> bool {
        let earned = now.since_ms(self.at).max(0) / FRAME_EVERY_MS;
        if earned > 0 {
            self.at = now;
            self.left = BURST_MAX.min(self.left.saturating_add(u32::try_from(earned).unwrap_or(BURST_MAX)));
        }
        let may = self.left > 0;
        self.left = self.left.saturating_sub(1);
        may
    }
}
