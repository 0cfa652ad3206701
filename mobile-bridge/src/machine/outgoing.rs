//! What goes over the socket, and when it goes again.

use std::collections::BTreeMap;

use sos_protocol::limits::{DELIVERED_PER_FRAME_MAX, FIXES_PER_FRAME_MAX, FRAME_BYTES_MAX, RESEND_AFTER_S};
use sos_protocol::{AlertId, ErrorCode, Fix, FixId, MessageId, PhoneFrame};

use super::link::Link;
use super::{Machine, Output, Step, backoff};
use crate::bridge::BridgeEvent;
use crate::outbox::{QUEUE_VIEW_MAX, Queue, QueuedAlert, Write};

/// Wait for an answer before a frame is sent again, in milliseconds.
const RESEND_MS: u64 = RESEND_AFTER_S as u64 * 1_000;
/// After `received`, before the alert is sent again because `recorded` has not come, in milliseconds. The phone
/// is the second copy until then.
pub(super) const RERECORD_MS: u64 = 30_000;
/// Of a frame's bytes, how many its fixes may fill; the rest is for the frame around them.
const FIXES_BYTES_MAX: usize = FRAME_BYTES_MAX - 512;
const _: () = assert!(QUEUE_VIEW_MAX as usize <= DELIVERED_PER_FRAME_MAX, "a view of marks fits one frame");

/// One thing that is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Item {
    Alert(AlertId),
    Cancel(AlertId),
    Message(MessageId),
    /// One frame of fixes at a time.
    Fixes,
    Delivered(MessageId),
}

#[derive(Default)]
pub(super) struct Sent {
    /// When to send it again; none: not over this connection.
    pub(super) due: Option<u64>,
    pub(super) tries: u32,
    /// Signs of life up to then.
    heard_n: u64,
    /// With [`Item::Fixes`].
    fixes: Vec<FixId>,
}

impl Machine {
    pub(super) fn send_what_is_due(&mut self, step: &mut Step<'_>) {
        if !matches!(self.link, Link::Up(_)) {
            return;
        }
        if self.sos_met_silence(step) {
            step.out.push(Output::Close);
            self.lost(step);
            return;
        }
        self.send_alerts(step);
        self.send_cancels(step);
        self.send_messages(step);
        self.send_fixes(step);
        self.send_delivered(step);
    }

    /// An alert's answer is overdue and nothing at all came since it was sent: the socket is taken for dead, long
    /// before the pings would say so.
    fn sos_met_silence(&self, step: &Step<'_>) -> bool {
        let Link::Up(up) = &self.link else { return false };
        step.queue.alerts.iter().filter(|a| !a.received).any(|a| {
            self.sent
                .get(&Item::Alert(a.alert.alert_id))
                .is_some_and(|s| s.due.is_some_and(|due| due <= step.now) && s.heard_n == up.heard_n)
        })
    }

    fn send_alerts(&mut self, step: &mut Step<'_>) {
        for QueuedAlert { alert, received } in &step.queue.alerts {
            let wait = if *received { RERECORD_MS } else { RESEND_MS };
            self.send(step, Item::Alert(alert.alert_id), wait, || PhoneFrame::Alert { alert: alert.clone() });
        }
    }

    fn send_cancels(&mut self, step: &mut Step<'_>) {
        for cancel in step.queue.cancels.iter().filter(|c| got_through(step.queue, c.alert_id)) {
            self.send(step, Item::Cancel(cancel.alert_id), RESEND_MS, || PhoneFrame::Cancel {
                alert_id: cancel.alert_id,
                pin: cancel.pin.clone(),
                device_time_ms: Some(cancel.device_time_ms),
            });
        }
    }

    fn send_messages(&mut self, step: &mut Step<'_>) {
        for message in step.queue.messages.iter().filter(|m| got_through(step.queue, m.alert_id)) {
            self.send(step, Item::Message(message.message_id), RESEND_MS, || PhoneFrame::Message {
                message_id: message.message_id,
                alert_id: message.alert_id,
                text: message.text.clone(),
                device_time_ms: Some(message.device_time_ms),
            });
        }
    }

    fn send_fixes(&mut self, step: &mut Step<'_>) {
        if !self.is_due(step, Item::Fixes) {
            return;
        }
        let mut sendable = step.queue.fixes.iter().filter(|f| got_through(step.queue, f.alert_id)).peekable();
        let Some(alert_id) = sendable.peek().map(|f| f.alert_id) else { return };
        let mut bytes = 0;
        let fixes: Vec<Fix> = sendable
            .filter(|f| f.alert_id == alert_id)
            .take(FIXES_PER_FRAME_MAX)
            .take_while(|f| {
                bytes += serde_json::to_vec(&f.fix).map_or(0, |json| json.len() + 1);
                bytes <= FIXES_BYTES_MAX
            })
            .map(|f| f.fix.clone())
            .collect();
        self.mark(step, Item::Fixes, RESEND_MS).fixes = fixes.iter().map(|f| f.fix_id).collect();
        step.out.push(Output::Send(PhoneFrame::Fixes { alert_id, fixes }));
    }

    /// Delivery marks are not answered: a ping right behind them is, and shows that they were read.
    fn send_delivered(&mut self, step: &mut Step<'_>) {
        let now = step.now;
        let unsent = |sent: &BTreeMap<Item, Sent>, id: MessageId| {
            sent.get(&Item::Delivered(id)).is_none_or(|sent| sent.due.is_some_and(|due| due <= now))
        };
        while let Some((_, alert_id)) = step.queue.delivered.iter().find(|(id, _)| unsent(&self.sent, *id)) {
            let of_alert = step.queue.delivered.iter().filter(|(_, a)| a == alert_id).map(|(id, _)| *id);
            let message_ids: Vec<_> = of_alert.filter(|id| unsent(&self.sent, *id)).collect();
            for id in &message_ids {
                let sent = self.sent.entry(Item::Delivered(*id)).or_default();
                (sent.due, sent.tries) = (None, sent.tries.saturating_add(1));
            }
            step.out.push(Output::Send(PhoneFrame::Delivered {
                alert_id: *alert_id,
                message_ids: message_ids.clone(),
            }));
            self.ping(step, message_ids);
        }
    }

    fn send(&mut self, step: &mut Step<'_>, item: Item, wait_ms: u64, frame: impl FnOnce() -> PhoneFrame) {
        if self.is_due(step, item) {
            self.mark(step, item, wait_ms);
            step.out.push(Output::Send(frame()));
        }
    }

    fn is_due(&self, step: &Step<'_>, item: Item) -> bool {
        self.sent.get(&item).is_none_or(|sent| sent.due.is_some_and(|due| due <= step.now))
    }

    fn mark(&mut self, step: &Step<'_>, item: Item, wait_ms: u64) -> &mut Sent {
        let heard_n = if let Link::Up(up) = &self.link { up.heard_n } else { 0 };
        let sent = self.sent.entry(item).or_default();
        sent.due = Some(step.now + wait_ms);
        sent.tries = sent.tries.saturating_add(1);
        sent.heard_n = heard_n;
        sent
    }

    /// `received` came: the answer is there, what follows is `recorded`.
    pub(super) fn alert_received(&mut self, step: &Step<'_>, alert_id: AlertId) {
        let first = step.queue.alerts.iter().any(|a| !a.received && a.alert.alert_id == alert_id);
        if let Some(sent) = self.sent.get_mut(&Item::Alert(alert_id)) {
            sent.due = Some(step.now + RERECORD_MS);
            sent.tries = if first { 1 } else { sent.tries };
        }
    }

    /// Drops the marks of what has left the outbox, so that the next fixes go out at once.
    pub(super) fn forget_answered(&mut self, step: &Step<'_>) {
        let queue = step.queue;
        self.sent.retain(|item, sent| match item {
            Item::Alert(id) => queue.alerts.iter().any(|a| a.alert.alert_id == *id),
            Item::Cancel(id) => queue.cancels.iter().any(|c| c.alert_id == *id),
            Item::Message(id) => queue.messages.iter().any(|m| m.message_id == *id),
            Item::Fixes => queue.fixes.iter().any(|f| sent.fixes.contains(&f.fix.fix_id)),
            Item::Delivered(id) => queue.delivered.iter().any(|(m, _)| m == id),
        });
    }

    /// The press was not taken back for want of the right PIN: the worker has to type it. The alert itself is not touched.
    fn cancel_refused(&mut self, step: &mut Step<'_>, code: ErrorCode, id: &str) -> bool {
        let cancel = step.queue.cancels.iter().find(|c| c.alert_id.to_string() == id);
        let wants_pin = matches!(code, ErrorCode::PinNeeded | ErrorCode::PinWrong);
        let Some(alert_id) = cancel.map(|c| c.alert_id).filter(|_| wants_pin) else { return false };
        step.out.push(Output::Keep(Write::CancelRefused(alert_id)));
        step.emit(BridgeEvent::CancelRefused { alert_id, code });
        true
    }

    /// The gateway could not deal with what bears `id`. A passing trouble: later again; otherwise not over this
    /// connection. An SOS is never given up.
    pub(super) fn refused(&mut self, step: &mut Step<'_>, code: ErrorCode, id: &str) {
        if self.cancel_refused(step, code, id) {
            return;
        }
        let passing = is_passing(code);
        let mut held = false;
        for (item, sent) in &mut self.sent {
            if !item.bears(id, step.queue) || sent.due.is_none() {
                continue;
            }
            let sos = matches!(item, Item::Alert(_));
            held |= !passing && !sos;
            sent.due = (passing || sos).then(|| step.now + backoff::sos_ms(&*self.entropy, sent.tries));
        }
        if held {
            step.emit(BridgeEvent::Refused { id: id.to_owned(), code });
        }
    }

    /// The marks that are on their way were not taken, or it is not known which.
    pub(super) fn send_marks_again(&mut self, step: &Step<'_>) {
        for (item, sent) in &mut self.sent {
            if matches!(item, Item::Delivered(_)) && sent.due.is_none() {
                sent.due = Some(step.now + backoff::sos_ms(&*self.entropy, sent.tries));
            }
        }
    }

    pub(super) fn send_wake(&self) -> Option<u64> {
        self.sent.values().filter_map(|sent| sent.due).min()
    }

    /// How often the alert was sent over this connection in vain.
    pub(super) fn sent_in_vain(&self, alert_id: AlertId) -> u32 {
        self.sent.get(&Item::Alert(alert_id)).map_or(0, |sent| sent.tries.saturating_sub(1))
    }
}

/// The same again later may work.
pub(super) const fn is_passing(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::NotYetRecorded | ErrorCode::Unavailable | ErrorCode::Internal | ErrorCode::RateLimited
    )
}

impl Item {
    fn bears(&self, id: &str, queue: &Queue) -> bool {
        match self {
            Self::Alert(own) | Self::Cancel(own) => own.to_string() == id,
            Self::Message(own) | Self::Delivered(own) => own.to_string() == id,
            Self::Fixes => queue.fixes.first().is_some_and(|f| f.alert_id.to_string() == id),
        }
    }
}

/// A store of the service has the alert: what belongs to it may follow.
fn got_through(queue: &Queue, alert_id: AlertId) -> bool {
    queue.alerts.iter().all(|a| a.received || a.alert.alert_id != alert_id)
}
