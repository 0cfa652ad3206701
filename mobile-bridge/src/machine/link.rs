//! The socket: when to open it, when it is dead, when to leave it alone.

use std::collections::VecDeque;

use sos_protocol::limits::{PING_INTERVAL_S, PING_INTERVAL_SOS_S, PINGS_MISSED_MAX};
use sos_protocol::{MessageId, PhoneFrame};

use super::{Machine, Output, Step, backoff};
use crate::bridge::{BridgeEvent, LinkState};

/// From the request for a socket to the gateway's `challenge`, in milliseconds.
const OPENING_MS_MAX: u64 = 15_000;
/// Between the starts of two attempts, at the least, in milliseconds.
const ATTEMPT_GAP_MS_MIN: u64 = 200;
/// How long another connection of the same device is left alone after it took over, in milliseconds.
const YIELD_MS: u64 = 300_000;
/// Upper end of the wait before connecting for something the worker did, in milliseconds.
const ACTED_MS_MAX: u64 = 1_000;
/// Pings on the way at once; a gateway that leaves this many without an answer is not one.
const PONGS_AWAITED_MAX: usize = 100;
/// Wait for a sign of life after the network changed, in milliseconds.
const PROBE_MS: u64 = 5_000;

pub(super) enum Link {
    Down {
        retry_at: Option<u64>,
    },
    /// The socket was asked for, or is open and the `challenge` has not come.
    Opening {
        give_up_at: u64,
    },
    Up(Up),
}

pub(super) struct Up {
    /// The gateway said `welcome`.
    pub(super) welcomed: bool,
    pub(super) heard_at: u64,
    /// Counts the signs of life.
    pub(super) heard_n: u64,
    /// A ping went out since the last sign of life.
    pinged: bool,
    /// Without a sign of life until then the socket is dead.
    probe_by: Option<u64>,
    /// For each ping on the way: the delivery marks sent before it.
    pub(super) marks: VecDeque<Vec<MessageId>>,
}

impl Machine {
    pub(super) fn connected(&mut self, step: &mut Step<'_>) {
        if !matches!(self.link, Link::Opening { .. }) {
            step.out.push(Output::Close);
        }
    }

    pub(super) fn disconnected(&mut self, step: &mut Step<'_>) {
        if !matches!(self.link, Link::Down { .. }) {
            self.lost(step);
        }
    }

    /// The `challenge` came: the connection carries frames from now on.
    pub(super) fn up(&mut self, step: &Step<'_>) {
        self.link = Link::Up(Up {
            welcomed: false,
            heard_at: step.now,
            heard_n: 1,
            pinged: false,
            probe_by: None,
            marks: VecDeque::new(),
        });
    }

    pub(super) fn heard(&mut self, step: &Step<'_>) {
        if let Link::Up(up) = &mut self.link {
            up.heard_at = step.now;
            up.heard_n += 1;
            up.pinged = false;
            up.probe_by = None;
        }
    }

    pub(super) fn ping(&mut self, step: &mut Step<'_>, marks: Vec<MessageId>) {
        if let Link::Up(up) = &mut self.link {
            up.marks.push_back(marks);
            step.out.push(Output::Send(PhoneFrame::Ping {}));
        }
    }

    /// The worker uses the app here: this connection is the one to have.
    pub(super) fn acted(&mut self, step: &mut Step<'_>) {
        self.yield_until = 0;
        let soon = step.now + self.entropy.below(ACTED_MS_MAX);
        if let Link::Down { retry_at: Some(at) } = &mut self.link {
            *at = soon.min(*at);
        }
    }

    /// Says `hello` again, with the new credential.
    pub(super) fn enrolled(&mut self, step: &mut Step<'_>) {
        if !matches!(self.link, Link::Down { .. }) {
            step.out.push(Output::Close);
            self.sent.clear();
        }
        self.link = Link::Down { retry_at: Some(step.now) };
    }

    pub(super) fn network_changed(&mut self, step: &mut Step<'_>) {
        match &mut self.link {
            Link::Up(up) => {
                up.probe_by = Some(step.now + PROBE_MS);
                up.pinged = true;
                self.ping(step, Vec::new());
            }
            Link::Opening { .. } => {
                step.out.push(Output::Close);
                self.failures = 0;
                self.link = Link::Down { retry_at: Some(step.now) };
            }
            Link::Down { .. } => {
                self.failures = 0;
                self.acted(step);
                if step.sos_unsent() {
                    self.link = Link::Down { retry_at: Some(step.now) };
                }
            }
        }
    }

    /// Another connection of this device took over.
    pub(super) fn replaced(&mut self, step: &mut Step<'_>) {
        self.yield_until = step.now + YIELD_MS;
        step.out.push(Output::Close);
        self.lost(step);
    }

    /// The socket is gone, or never came.
    pub(super) fn lost(&mut self, step: &mut Step<'_>) {
        self.failures = self.failures.saturating_add(1);
        self.sent.clear();
        let unsent = step.queue.alerts.iter().rev().find(|a| !a.received);
        let wait_ms = match unsent {
            Some(_) => backoff::sos_ms(&*self.entropy, self.failures),
            None => {
                backoff::calm_ms(&*self.entropy, self.failures).max(self.yield_until.saturating_sub(step.now))
            }
        };
        self.link = Link::Down { retry_at: Some(step.now + wait_ms) };
        step.emit(BridgeEvent::Link { state: LinkState::Offline { retry_in_ms: wait_ms } });
        if let Some(alert) = unsent {
            step.emit(BridgeEvent::NotSentYet { alert_id: alert.alert.alert_id, retry_in_ms: wait_ms });
        }
    }

    /// A press that was not there before does not wait for the next attempt's time.
    pub(super) fn press_connects_at_once(&mut self, step: &Step<'_>) {
        let newest = step.queue.alerts.iter().rev().find(|a| !a.received).map(|a| a.alert.alert_id);
        if newest.is_none() || newest == self.newest_press {
            return;
        }
        self.newest_press = newest;
        if let Link::Down { retry_at } = &mut self.link {
            *retry_at = Some(step.now);
        }
    }

    pub(super) fn link_timers(&mut self, step: &mut Step<'_>) {
        match &mut self.link {
            Link::Down { retry_at } if step.wants_link() => {
                let gap = self.attempt_at.map_or(0, |at| at + ATTEMPT_GAP_MS_MIN);
                let at = retry_at.unwrap_or(step.now).max(gap);
                *retry_at = Some(at);
                if at <= step.now {
                    self.attempt_at = Some(step.now);
                    self.link = Link::Opening { give_up_at: step.now + OPENING_MS_MAX };
                    step.out.push(Output::Connect);
                    step.emit(BridgeEvent::Link { state: LinkState::Connecting });
                }
            }
            Link::Down { retry_at } => *retry_at = None,
            Link::Opening { give_up_at } if *give_up_at <= step.now => {
                step.out.push(Output::Close);
                self.lost(step);
            }
            Link::Opening { .. } => {}
            Link::Up(up) => {
                let interval = ping_interval_ms(step);
                if dead_at(up, interval) <= step.now || up.marks.len() >= PONGS_AWAITED_MAX {
                    step.out.push(Output::Close);
                    self.lost(step);
                } else if !up.pinged && up.heard_at + interval <= step.now {
                    up.pinged = true;
                    self.ping(step, Vec::new());
                }
            }
        }
    }

    pub(super) fn link_wake(&self, step: &Step<'_>) -> Option<u64> {
        match &self.link {
            Link::Down { retry_at } => *retry_at,
            Link::Opening { give_up_at } => Some(*give_up_at),
            Link::Up(up) => {
                let interval = ping_interval_ms(step);
                let dead_at = dead_at(up, interval);
                Some(if up.pinged { dead_at } else { dead_at.min(up.heard_at + interval) })
            }
        }
    }

    pub(super) fn welcomed(&self) -> bool {
        matches!(&self.link, Link::Up(up) if up.welcomed)
    }
}

fn ping_interval_ms(step: &Step<'_>) -> u64 {
    u64::from(if step.sos_open() { PING_INTERVAL_SOS_S } else { PING_INTERVAL_S }) * 1_000
}

fn dead_at(up: &Up, interval_ms: u64) -> u64 {
    let silent = up.heard_at + interval_ms * u64::from(PINGS_MISSED_MAX);
    up.probe_by.map_or(silent, |by| by.min(silent))
}
