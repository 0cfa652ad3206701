//! What of a phone is being put on disk, and what waits for its turn.

use std::collections::VecDeque;

use sos_protocol::phone::DroppedField;
use sos_protocol::{Alert, AlertId, ErrorCode, Fix, FixId, GatewayFrame, Pin, Receipt, UnixMs};

use super::{Output, error, too_fast};
use crate::recording::{Item, Origin};

/// Alerts of one phone that are kept at once. With so many under way its frames are not read until one is done: a
/// worker does not press so often, and one phone shall not take up both stores.
pub const ALERTS_IN_FLIGHT_MAX: usize = 8;
/// Other things of one phone that are kept at once.
pub const OTHERS_IN_FLIGHT_MAX: usize = 8;
/// Things that wait for their turn: the burst that a phone may send. Past it a frame is `rate_limited`.
pub const WAITING_MAX: usize = 60;

/// Names one thing that is being kept, within its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u32);

/// Something to be kept that is no alert.
#[derive(Debug)]
pub(super) enum What {
    /// In order with the other items of its alert, and behind the alert itself.
    Item(Box<(Origin, Item)>),
    /// The same, once the PIN was looked at.
    Cancel(Box<(Origin, AlertId, Option<Pin>)>),
    /// In any order.
    Fixes(AlertId, Vec<Fix>),
}

/// How the phone is told that it is on disk.
#[derive(Debug)]
pub(super) enum Answer {
    Received {
        alert_id: AlertId,
        dropped: Vec<DroppedField>,
    },
    /// An alert that was answered before: the ledger told that it is on record.
    Told,
    Accepted(String),
    Fixes {
        alert_id: AlertId,
        fix_ids: Vec<FixId>,
        dropped: Vec<DroppedField>,
    },
    /// Delivery marks: the `pong` to the ping behind them.
    Marks,
}

#[derive(Debug)]
struct InFlight {
    ticket: Ticket,
    /// Items of this alert wait for it.
    orders: Option<AlertId>,
    answer: Answer,
}

#[derive(Debug, Default)]
pub(super) struct Keeping {
    last: u32,
    in_flight: Vec<InFlight>,
    waiting: VecDeque<(What, Answer)>,
    /// Pings that came behind delivery marks which are not on disk yet.
    pings: u32,
}

impl Keeping {
    pub(super) fn is_empty(&self) -> bool {
        self.in_flight.is_empty() && self.waiting.is_empty()
    }

    pub(super) fn takes_alerts(&self) -> bool {
        self.in_flight.iter().filter(|f| f.is_alert()).count() < ALERTS_IN_FLIGHT_MAX
    }

    /// Keeps an alert at once.
    pub(super) fn alert(
        &mut self,
        alert: Alert,
        dropped: Vec<DroppedField>,
        origin: &Origin,
        out: &mut Vec<Output>,
    ) {
        let alert_id = alert.alert_id;
        let ticket = self.ticket();
        let answer = Answer::Received { alert_id, dropped: dropped.clone() };
        self.in_flight.push(InFlight { ticket, orders: Some(alert_id), answer });
        out.push(Output::Keep(ticket, origin.clone(), Item::Alert { alert, dropped }));
    }

    /// Keeps something else when its turn comes.
    pub(super) fn later(&mut self, what: What, answer: Answer, out: &mut Vec<Output>) {
        if self.waiting.len() >= WAITING_MAX {
            out.push(too_fast(answer.id()));
            return;
        }
        self.waiting.push_back((what, answer));
        self.start(out);
    }

    /// Answers a ping, behind the delivery marks that came before it.
    pub(super) fn ping(&mut self, now: UnixMs, out: &mut Vec<Output>) {
        self.pings += 1;
        self.pong(now, out);
    }

    /// The ledger has an alert, so it is on disk, whatever becomes of the call that keeps it: `received` comes before
    /// `recorded`.
    pub(super) fn on_record(&mut self, alert: AlertId, at: UnixMs, out: &mut Vec<Output>) {
        for kept in &mut self.in_flight {
            if matches!(kept.answer, Answer::Received { alert_id, .. } if alert_id == alert) {
                std::mem::replace(&mut kept.answer, Answer::Told).yes(at, out);
            }
        }
    }

    /// What bore `ticket` is on disk since `at`, or was not kept.
    pub(super) fn kept(
        &mut self,
        ticket: Ticket,
        at: Result<UnixMs, ErrorCode>,
        now: UnixMs,
        out: &mut Vec<Output>,
    ) {
        let Some(found) = self.in_flight.iter().position(|f| f.ticket == ticket) else { return };
        let InFlight { answer, .. } = self.in_flight.swap_remove(found);
        match at {
            Ok(at) => answer.yes(at, out),
            Err(why) => out.extend(answer.no(why)),
        }
        self.start(out);
        self.pong(now, out);
        if self.is_empty() {
            // An idle session holds no buffer.
            (self.in_flight, self.waiting) = (Vec::new(), VecDeque::new());
        }
    }

    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.in_flight.capacity() + self.waiting.capacity()
    }

    fn ticket(&mut self) -> Ticket {
        self.last = self.last.wrapping_add(1);
        Ticket(self.last)
    }

    /// Starts what may start, oldest first.
    fn start(&mut self, out: &mut Vec<Output>) {
        let mut at = 0;
        while at < self.waiting.len() && self.others() < OTHERS_IN_FLIGHT_MAX {
            if self.must_wait(at) {
                at += 1;
                continue;
            }
            let Some((what, answer)) = self.waiting.remove(at) else { return };
            let ticket = self.ticket();
            self.in_flight.push(InFlight { ticket, orders: what.ordered_by(), answer });
            out.push(match what {
                What::Item(said) => {
                    let (origin, item) = *said;
                    Output::Keep(ticket, origin, item)
                }
                What::Cancel(said) => {
                    let (origin, alert_id, pin) = *said;
                    Output::TakeBack(ticket, origin, alert_id, pin)
                }
                What::Fixes(alert_id, fixes) => Output::KeepFixes(ticket, alert_id, fixes),
            });
        }
    }

    fn others(&self) -> usize {
        self.in_flight.iter().filter(|f| !f.is_alert()).count()
    }

    /// Something of the same alert is under way, or waits before it.
    fn must_wait(&self, at: usize) -> bool {
        let Some(alert_id) = self.waiting[at].0.ordered_by() else { return false };
        self.in_flight.iter().any(|f| f.orders == Some(alert_id))
            || self.waiting.iter().take(at).any(|(what, _)| what.ordered_by() == Some(alert_id))
    }

    fn pong(&mut self, now: UnixMs, out: &mut Vec<Output>) {
        let marks = |answer: &Answer| matches!(answer, Answer::Marks);
        if self.in_flight.iter().any(|f| marks(&f.answer)) || self.waiting.iter().any(|(_, a)| marks(a)) {
            return;
        }
        for _ in 0..std::mem::take(&mut self.pings) {
            out.push(Output::Send(GatewayFrame::Pong { server_time_ms: now }));
        }
    }
}

impl What {
    const fn ordered_by(&self) -> Option<AlertId> {
        match self {
            Self::Item(said) => Some(said.1.alert_id()),
            Self::Cancel(said) => Some(said.1),
            Self::Fixes(..) => None,
        }
    }
}

impl InFlight {
    const fn is_alert(&self) -> bool {
        matches!(self.answer, Answer::Received { .. } | Answer::Told)
    }
}

impl Answer {
    fn id(&self) -> Option<String> {
        match self {
            Self::Received { alert_id, .. } | Self::Fixes { alert_id, .. } => Some(alert_id.to_string()),
            Self::Accepted(id) => Some(id.clone()),
            Self::Marks | Self::Told => None,
        }
    }

    fn yes(self, at_ms: UnixMs, out: &mut Vec<Output>) {
        let frame = match self {
            Self::Received { alert_id, dropped } => {
                let receipt = Receipt::received(alert_id, at_ms);
                out.push(Output::Send(GatewayFrame::Receipt { receipt }));
                if dropped.is_empty() {
                    return;
                }
                GatewayFrame::Cleaned { alert_id, dropped }
            }
            Self::Accepted(id) => GatewayFrame::Accepted { id, at_ms },
            Self::Fixes { fix_ids, dropped, .. } => GatewayFrame::FixesAccepted { fix_ids, dropped },
            Self::Marks | Self::Told => return,
        };
        out.push(Output::Send(frame));
    }

    /// Nothing was acknowledged: the phone keeps it and tries again. Of marks it hears before the `pong`.
    fn no(&self, why: ErrorCode) -> Option<Output> {
        let answered = matches!(self, Self::Told);
        let detail = match why {
            ErrorCode::Unavailable => "neither store takes it at the moment",
            ErrorCode::PinNeeded => "the worker has set a PIN",
            ErrorCode::RateLimited => "too many tries; later again",
            _ => "not taken",
        };
        (!answered).then(|| error(why, detail, self.id()))
    }
}
