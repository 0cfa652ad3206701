//! The presses that a phone must not forget yet.

use std::time::{Duration, Instant};

use sos_protocol::AlertId;
use sos_protocol::limits::RESEND_AFTER_S;
use tokio_tungstenite::tungstenite::Utf8Bytes;

/// An alert without `received` is sent again after this.
const RECEIVED_WITHIN: Duration = Duration::from_secs(RESEND_AFTER_S as u64);
/// One that is `received` but not `recorded`, after this.
const RECORDED_WITHIN: Duration = Duration::from_secs(30);

/// A press that is not recorded, as far as its phone knows.
pub(super) struct Unfinished {
    pub(super) alert_id: AlertId,
    /// The same bytes each time.
    pub(super) frame: Utf8Bytes,
    pub(super) received: bool,
    /// When it is to be sent again.
    pub(super) due: Instant,
    /// When it was sent over this connection and not answered since.
    waiting_since: Option<Instant>,
}

impl Unfinished {
    pub(super) fn new(alert_id: AlertId, frame: Utf8Bytes, now: Instant) -> Self {
        Self { alert_id, frame, received: false, due: now, waiting_since: None }
    }

    pub(super) fn sent(&mut self, now: Instant) {
        self.due = now + if self.received { RECORDED_WITHIN } else { RECEIVED_WITHIN };
        self.waiting_since = Some(now);
    }

    pub(super) fn received(&mut self, now: Instant) {
        self.received = true;
        self.due = now + RECORDED_WITHIN;
        self.waiting_since = None;
    }

    pub(super) fn refused(&mut self, now: Instant, pause: Duration) {
        self.due = now + pause;
        self.waiting_since = None;
    }

    /// The answer is late and nothing else came since it was sent either: the connection is dead.
    pub(super) fn is_unheard(&self, heard_at: Instant, now: Instant) -> bool {
        let unheard = self.waiting_since.is_some_and(|since| heard_at < since);
        unheard && !self.received && self.due <= now
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::swarm::now;

    #[test]
    fn a_late_answer_condemns_the_connection_only_when_nothing_else_came() {
        let start = now();
        let mut press = Unfinished::new(AlertId(Default::default()), "{}".into(), start);
        press.sent(start);
        let late = start + RECEIVED_WITHIN;
        assert!(press.is_unheard(start - Duration::from_secs(1), late));
        assert!(!press.is_unheard(start - Duration::from_secs(1), late - Duration::from_millis(1)));
        assert!(!press.is_unheard(start + Duration::from_secs(1), late));
        press.refused(start, Duration::ZERO);
        assert!(!press.is_unheard(start - Duration::from_secs(1), late));
    }

    #[test]
    fn what_is_received_waits_longer_for_recorded() {
        let start = now();
        let mut press = Unfinished::new(AlertId(Default::default()), "{}".into(), start);
        press.sent(start);
        assert_eq!(press.due, start + RECEIVED_WITHIN);
        press.received(start);
        press.sent(start);
        assert_eq!(press.due, start + RECORDED_WITHIN);
    }
}
