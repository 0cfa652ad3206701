//! The way around networks that block WebSockets: post the SOS, then ask how far it has got.

use std::collections::BTreeMap;

use sos_protocol::AlertId;
use sos_protocol::http::AlertStatus;

use super::outgoing::RERECORD_MS;
use super::{HttpCall, HttpFailure, Machine, Output, Step, backoff};
use crate::bridge::BridgeEvent;
use crate::outbox::Write;

/// Failed attempts over the socket (connections, or sends without an answer) before HTTP is tried beside it.
const SOCKET_FAILURES: u32 = 2;
/// HTTP calls under way at once.
const IN_FLIGHT_MAX: usize = 4;
/// Between two questions for an alert, in milliseconds, …
const POLL_MS: u64 = 3_000;
/// … and after this many of them …
const POLLS_OFTEN: u32 = 20;
/// … this long, in milliseconds.
const POLL_LATER_MS: u64 = 15_000;

#[derive(Default)]
pub(super) struct HttpPath {
    calls: BTreeMap<(AlertId, HttpCall), Call>,
}

struct Call {
    due: u64,
    tries: u32,
    in_flight: bool,
}

impl HttpPath {
    fn plan(&mut self, alert_id: AlertId, call: HttpCall, due: u64) {
        self.calls.entry((alert_id, call)).or_insert(Call { due, tries: 0, in_flight: false });
    }

    fn start(&mut self, alert_id: AlertId, call: HttpCall, now: u64) -> bool {
        let under_way = self.calls.values().filter(|c| c.in_flight).count();
        let Some(call) = self.calls.get_mut(&(alert_id, call)) else { return false };
        let start = !call.in_flight && call.due <= now && under_way < IN_FLIGHT_MAX;
        call.in_flight |= start;
        start
    }

    pub(super) fn wake(&self) -> Option<u64> {
        // With all places taken, the end of a call is what comes next.
        if self.calls.values().filter(|c| c.in_flight).count() >= IN_FLIGHT_MAX {
            return None;
        }
        self.calls.values().filter(|c| !c.in_flight).map(|c| c.due).min()
    }
}

impl Machine {
    /// Plans and starts the calls that are called for.
    pub(super) fn http_calls(&mut self, step: &mut Step<'_>) {
        let socket_fails = !self.welcomed() && self.failures >= SOCKET_FAILURES;
        let mut posted = Vec::new();
        for queued in &step.queue.alerts {
            let id = queued.alert.alert_id;
            if socket_fails || self.sent_in_vain(id) >= SOCKET_FAILURES {
                posted.push(id);
                if !queued.received {
                    self.http.plan(id, HttpCall::Post, step.now);
                }
            }
        }
        // Received and sent again without a record: its receipt may have been lost on the way, so ask.
        let unrecorded = step.queue.alerts.iter().filter(|a| a.received).map(|a| a.alert.alert_id);
        let unrecorded = unrecorded.filter(|id| socket_fails || self.sent_in_vain(*id) > 0);
        let open = step.queue.open.first().copied().filter(|_| socket_fails);
        let asked: Vec<AlertId> = unrecorded.chain(open).collect();
        for id in &asked {
            self.http.plan(*id, HttpCall::Poll, step.now + POLL_MS);
        }
        self.http.calls.retain(|(id, call), state| {
            state.in_flight
                || match call {
                    HttpCall::Post => posted.contains(id),
                    HttpCall::Poll => asked.contains(id),
                }
        });
        self.start_calls(step, &asked);
    }

    fn start_calls(&mut self, step: &mut Step<'_>, asked: &[AlertId]) {
        for queued in &step.queue.alerts {
            if self.http.start(queued.alert.alert_id, HttpCall::Post, step.now) {
                step.out.push(Output::Post(queued.alert.clone()));
            }
        }
        for id in asked {
            if self.http.start(*id, HttpCall::Poll, step.now) {
                step.out.push(Output::Poll(*id));
            }
        }
    }

    pub(super) fn http_ended(
        &mut self,
        step: &mut Step<'_>,
        alert_id: AlertId,
        call: HttpCall,
        result: Result<AlertStatus, HttpFailure>,
    ) {
        let Some(mut state) = self.http.calls.remove(&(alert_id, call)) else { return };
        state.in_flight = false;
        state.tries = state.tries.saturating_add(1);
        match (call, result) {
            (HttpCall::Post, Ok(status)) if !status.receipts.is_empty() => {
                state.due = step.now + RERECORD_MS;
                self.http.calls.insert((alert_id, call), state);
                self.posted(step, status);
            }
            (HttpCall::Post, _) => {
                state.due = step.now + backoff::sos_ms(&*self.entropy, state.tries);
                self.http.calls.insert((alert_id, call), state);
            }
            (HttpCall::Poll, Err(HttpFailure::NotFound)) => {
                let again = Call { due: step.now, tries: 0, in_flight: false };
                self.http.calls.insert((alert_id, HttpCall::Post), again);
            }
            (HttpCall::Poll, result) => {
                state.due = step.now + if state.tries < POLLS_OFTEN { POLL_MS } else { POLL_LATER_MS };
                self.http.calls.insert((alert_id, call), state);
                for receipt in result.into_iter().flat_map(|status| status.receipts) {
                    self.receipt(step, receipt, Write::Asked);
                }
            }
        }
    }

    fn posted(&mut self, step: &mut Step<'_>, status: AlertStatus) {
        let alert_id = status.alert_id;
        for receipt in status.receipts {
            self.receipt(step, receipt, Write::Asked);
        }
        if let Some(reason) = status.unverified {
            step.emit(BridgeEvent::Unverified { alert_id, reason });
        }
        if !status.dropped.is_empty() {
            step.emit(BridgeEvent::Cleaned { alert_id, dropped: status.dropped });
        }
    }
}
