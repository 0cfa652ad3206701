//! When to connect, send, resend, ping and give way: a machine without I/O.
//!
//! It is handed what happened ([`Input`]), the time, and the outbox's [`Queue`]; it answers what to do
//! ([`Output`]) and when it wants to be woken ([`Machine::wake_at`]). It keeps no copy of what must be sent: the
//! outbox alone says that, so that the two can never disagree.

mod backoff;
mod http_path;
mod incoming;
mod link;
mod outgoing;
#[cfg(test)]
mod stories;
#[cfg(test)]
mod weather;

use std::collections::BTreeMap;

use sos_protocol::ambient::SharedEntropy;
use sos_protocol::http::AlertStatus;
use sos_protocol::{Alert, AlertId, GatewayFrame, PhoneFrame};

use crate::bridge::BridgeEvent;
use crate::outbox::{Queue, Write};

use http_path::HttpPath;
use link::Link;
use outgoing::{Item, Sent};

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// Time went on; nothing else.
    Tick,
    /// The socket that was asked for is open.
    Connected,
    /// It could not be opened, or it is closed.
    Disconnected,
    /// The gateway said something.
    Frame(GatewayFrame),
    /// The gateway gave a sign of life that says nothing to us.
    Heard,
    /// The outbox changed.
    QueueChanged,
    /// The worker did something in the app, just now.
    Acted,
    /// The phone was enrolled: `hello` says something else from now on.
    Enrolled,
    /// The phone moved to another network, or the app came to the front.
    NetworkChanged,
    /// An HTTP call ended.
    Http {
        /// About which alert.
        alert_id: AlertId,
        /// Which call.
        call: HttpCall,
        /// How it ended.
        result: Result<AlertStatus, HttpFailure>,
    },
}

/// The two calls of the HTTP fallback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HttpCall {
    /// `POST /api/alerts`
    Post,
    /// `GET /api/alerts/{alert_id}`
    Poll,
}

/// Why an HTTP call failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HttpFailure {
    /// The service does not know the alert.
    NotFound,
    /// No answer, or another one.
    Other,
}

/// What to do, in this order.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Open a socket; then [`Input::Connected`] or [`Input::Disconnected`].
    Connect,
    /// Give the socket up, whatever its state; nothing is to be heard of it any more.
    Close,
    /// Sign the nonce and say `hello`.
    Hello {
        /// Of the `challenge`.
        nonce: String,
    },
    /// Send a frame.
    Send(PhoneFrame),
    /// Sign the alert and post it over HTTP.
    Post(Alert),
    /// Ask over HTTP how far the alert has got.
    Poll(AlertId),
    /// Keep this in the outbox, tell the app if it was news, then come back with [`Input::QueueChanged`].
    Keep(Write),
    /// Tell the app.
    Emit(BridgeEvent),
}

/// The machine. Times are milliseconds on the clock's monotonic side.
pub struct Machine {
    entropy: SharedEntropy,
    link: Link,
    /// Connections lost or not made since the gateway last said something that counts.
    failures: u32,
    /// When the latest attempt began.
    attempt_at: Option<u64>,
    /// Another connection of this device took over: until then it is left alone, but for an SOS.
    yield_until: u64,
    /// The newest unsent press that was seen, to know a new one.
    newest_press: Option<AlertId>,
    /// What was sent over the present connection.
    sent: BTreeMap<Item, Sent>,
    http: HttpPath,
}

/// One call of [`Machine::handle`].
struct Step<'a> {
    now: u64,
    queue: &'a Queue,
    out: Vec<Output>,
}

impl Step<'_> {
    fn emit(&mut self, event: BridgeEvent) {
        self.out.push(Output::Emit(event));
    }

    /// A press of SOS waits that no store of the service has yet.
    fn sos_unsent(&self) -> bool {
        self.queue.alerts.iter().any(|a| !a.received)
    }

    /// An SOS is under way: unsent, sent, or in the desk's hands.
    fn sos_open(&self) -> bool {
        !self.queue.alerts.is_empty() || !self.queue.open.is_empty()
    }

    /// A phone that nobody enrolled has nothing to talk about but its SOS and what still waits to be sent: words to a
    /// case that was closed in the meantime, too.
    fn wants_link(&self) -> bool {
        let Queue { cancels, messages, fixes, delivered, .. } = self.queue;
        let waits = !(cancels.is_empty() && messages.is_empty() && fixes.is_empty() && delivered.is_empty());
        self.queue.enrolled || self.sos_open() || waits
    }
}

impl Machine {
    /// A machine that is not connected. `entropy` spreads the reconnects of many phones.
    #[must_use]
    pub fn new(entropy: SharedEntropy) -> Self {
        Self {
            entropy,
            link: Link::Down { retry_at: None },
            failures: 0,
            attempt_at: None,
            yield_until: 0,
            newest_press: None,
            sent: BTreeMap::new(),
            http: HttpPath::default(),
        }
    }

    /// Deals with one input at `now`; `queue` is the outbox's view of this moment.
    pub fn handle(&mut self, now: u64, input: Input, queue: &Queue) -> Vec<Output> {
        let mut step = Step { now, queue, out: Vec::new() };
        match input {
            Input::Tick => {}
            Input::Connected => self.connected(&mut step),
            Input::Disconnected => self.disconnected(&mut step),
            Input::Frame(frame) => self.frame(&mut step, frame),
            Input::Heard => self.heard(&step),
            Input::QueueChanged => self.forget_answered(&step),
            Input::Acted => self.acted(&mut step),
            Input::Enrolled => self.enrolled(&mut step),
            Input::NetworkChanged => self.network_changed(&mut step),
            Input::Http { alert_id, call, result } => self.http_ended(&mut step, alert_id, call, result),
        }
        self.press_connects_at_once(&step);
        self.link_timers(&mut step);
        self.send_what_is_due(&mut step);
        self.http_calls(&mut step);
        step.out
    }

    /// When [`Input::Tick`] is wanted next, whatever else happens; none if nothing is to be done by itself.
    #[must_use]
    pub fn wake_at(&self, queue: &Queue) -> Option<u64> {
        let step = Step { now: 0, queue, out: Vec::new() };
        [self.link_wake(&step), self.send_wake(), self.http.wake()].into_iter().flatten().min()
    }
}
