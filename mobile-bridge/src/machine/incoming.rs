//! What the gateway says.

use sos_protocol::{ErrorCode, GatewayFrame, Receipt, Stage};

use super::link::Link;
use super::outgoing::is_passing;
use super::{Machine, Output, Step};
use crate::bridge::{BridgeEvent, LinkState};
use crate::outbox::{DeskMessage, Write};

impl Machine {
    pub(super) fn frame(&mut self, step: &mut Step<'_>, frame: GatewayFrame) {
        self.heard(step);
        match frame {
            GatewayFrame::Challenge { nonce, .. } => self.challenged(step, nonce),
            GatewayFrame::Welcome { verified, unverified, credential, .. } => {
                self.works();
                if let Link::Up(up) = &mut self.link {
                    up.welcomed = true;
                }
                step.out.extend(credential.map(|c| Output::Keep(Write::Credential(c))));
                step.emit(BridgeEvent::Link { state: LinkState::Online { verified, unverified } });
            }
            GatewayFrame::Receipt { receipt } => {
                self.works();
                self.receipt(step, receipt, Write::Receipt);
            }
            GatewayFrame::Message { seq, case_id, alert_id, message_id, text, from, at_ms } => {
                let message = DeskMessage { seq, case_id, alert_id, message_id, text, from, at_ms };
                // Sent again by the service: the mark did not reach it, so it goes out once more.
                self.sent.remove(&super::Item::Delivered(message_id));
                step.out.push(Output::Keep(Write::Message(message)));
            }
            GatewayFrame::Accepted { id, at_ms } => {
                step.out.push(Output::Keep(Write::Accepted { id, at_ms }));
            }
            GatewayFrame::FixesAccepted { fix_ids, .. } => {
                step.out.push(Output::Keep(Write::FixesAccepted(fix_ids)));
            }
            GatewayFrame::Cleaned { alert_id, dropped } => {
                step.emit(BridgeEvent::Cleaned { alert_id, dropped });
            }
            GatewayFrame::Error { code: ErrorCode::SessionReplaced, .. } => self.replaced(step),
            GatewayFrame::Error { code, id: Some(id), .. } => self.refused(step, code, &id),
            GatewayFrame::Error { code, .. } => self.forget_marks(step, code),
            GatewayFrame::Locate { seq, alert_id, at_ms } => {
                // Fixes that were held back count as well: what waits goes out at once, newest first.
                self.sent.remove(&super::Item::Fixes);
                step.out.push(Output::Keep(Write::Located { seq, alert_id, at_ms }));
            }
            GatewayFrame::Pong { .. } => self.pong(step),
        }
    }

    /// Says who is calling; what waits goes out behind it in the same step, without waiting for `welcome`.
    fn challenged(&mut self, step: &mut Step<'_>, nonce: String) {
        if matches!(self.link, Link::Opening { .. }) {
            self.up(step);
            step.out.push(Output::Hello { nonce });
        }
    }

    /// The way through works: attempts count from the start again.
    fn works(&mut self) {
        self.failures = 0;
    }

    /// `write` says by which way it came.
    pub(super) fn receipt(&mut self, step: &mut Step<'_>, receipt: Receipt, write: fn(Receipt) -> Write) {
        if receipt.stage == Stage::Received {
            self.alert_received(step, receipt.alert_id);
        }
        step.out.push(Output::Keep(write(receipt)));
    }

    /// A refusal of something without an id may have been of marks or of a ping: no pong to come tells any more
    /// what was read. The marks go out again: after a while, or where that is in vain over the next connection.
    fn forget_marks(&mut self, step: &Step<'_>, code: ErrorCode) {
        if let Link::Up(up) = &mut self.link {
            up.marks.iter_mut().for_each(Vec::clear);
        }
        if is_passing(code) {
            self.send_marks_again(step);
        }
    }

    fn pong(&mut self, step: &mut Step<'_>) {
        let Link::Up(up) = &mut self.link else { return };
        let read = up.marks.pop_front().unwrap_or_default();
        if !read.is_empty() {
            step.out.push(Output::Keep(Write::DeliveredRead(read)));
        }
    }
}
