//! A ledger entry on its way to consoles and phones.

use serde::{Deserialize, Serialize};
use sos_protocol::case::TimelineEntry;
use sos_protocol::phone::GatewayFrame;
use sos_protocol::{
    Actor, AlertId, CaseEvent, CaseState, CaseSummary, DeviceId, Disposition, Receipt, Seq, Stage, UnixMs,
};

/// Most alerts of a case that receipts go out for; older presses of the same case are not followed any more.
pub const ALERTS_FOLLOWED_MAX: usize = 20;

/// An entry with what its readers need: the case after it (or later), and the phones it concerns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// The entry.
    pub entry: TimelineEntry,
    /// The case, no older than the entry.
    pub case: CaseSummary,
    /// Name of the desk that holds the case.
    pub desk_name: String,
    /// The alerts of the case, newest first, at most [`ALERTS_FOLLOWED_MAX`]; and the one that the entry is about, however
    /// many came after it.
    pub alerts: Vec<AlertRef>,
}

/// An alert and the phone it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertRef {
    /// Which.
    pub alert_id: AlertId,
    /// Where it came from, if that phone is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_id: Option<DeviceId>,
    /// When the gateway had it on disk.
    pub received_at: UnixMs,
}

impl LedgerEntry {
    /// Place in the ledger.
    #[must_use]
    pub const fn seq(&self) -> Seq {
        self.entry.seq
    }

    /// What the phone behind `to` is told of it: nothing more than is true of exactly this alert.
    #[must_use]
    pub fn for_phone(&self, to: AlertRef) -> Vec<GatewayFrame> {
        let receipt = |stage| GatewayFrame::Receipt { receipt: self.receipt(to.alert_id, stage) };
        let newest_of_phone = self.alerts.iter().find(|a| a.device_id == to.device_id).map(|a| a.alert_id);
        match &self.entry.event {
            CaseEvent::Opened { alert, .. } | CaseEvent::PressedAgain { alert, .. }
                if alert.alert_id == to.alert_id =>
            {
                // A claim that came after the press has an entry of its own.
                let owner = self.case.owner.as_ref().filter(|_| self.case.state == CaseState::Claimed);
                let claimed = owner.is_some_and(|owner| owner.since_ms <= self.entry.at_ms);
                let claimed = claimed.then(|| receipt(Stage::Claimed));
                std::iter::once(receipt(Stage::Recorded)).chain(claimed).collect()
            }
            CaseEvent::Rang { alert_ids } if alert_ids.contains(&to.alert_id) => vec![receipt(Stage::Rang)],
            CaseEvent::Seen { alert_ids } if alert_ids.contains(&to.alert_id) => vec![receipt(Stage::Seen)],
            CaseEvent::Claimed {} => vec![receipt(Stage::Claimed)],
            CaseEvent::Closed { .. } => vec![receipt(Stage::Closed)],
            // That is how a drill ends.
            CaseEvent::Cancelled { .. } if self.case.drill => vec![receipt(Stage::Closed)],
            CaseEvent::Released { .. } | CaseEvent::Transferred { .. } | CaseEvent::Reopened { .. } => {
                vec![receipt(Stage::Recorded)]
            }
            CaseEvent::FixAsked {} if newest_of_phone == Some(to.alert_id) => {
                let at_ms = self.entry.at_ms;
                vec![GatewayFrame::Locate { seq: self.seq(), alert_id: to.alert_id, at_ms }]
            }
            // Words of the desk go out once a phone, under its newest alert.
            CaseEvent::Message { message_id, text } if newest_of_phone == Some(to.alert_id) => {
                let Actor::Staff { name, .. } = &self.entry.actor else { return vec![] };
                vec![GatewayFrame::Message {
                    seq: self.seq(),
                    case_id: self.case.case_id,
                    alert_id: to.alert_id,
                    message_id: *message_id,
                    text: text.clone(),
                    from: name.clone(),
                    at_ms: self.entry.at_ms,
                }]
            }
            CaseEvent::Opened { .. }
            | CaseEvent::PressedAgain { .. }
            | CaseEvent::Rang { .. }
            | CaseEvent::Seen { .. }
            | CaseEvent::Message { .. }
            | CaseEvent::Cancelled { .. }
            | CaseEvent::Duress { .. }
            | CaseEvent::Attachment { .. }
            | CaseEvent::Delivered { .. }
            | CaseEvent::Note { .. }
            | CaseEvent::Assigned { .. }
            | CaseEvent::Offered { .. }
            | CaseEvent::Declined { .. }
            | CaseEvent::Withdrawn { .. }
            | CaseEvent::Shared { .. }
            | CaseEvent::Prioritised { .. }
            | CaseEvent::Tagged { .. }
            | CaseEvent::Answered { .. }
            | CaseEvent::Linked { .. }
            | CaseEvent::Unlinked { .. }
            | CaseEvent::FixAsked {}
            | CaseEvent::Raised { .. }
            | CaseEvent::Escalated { .. }
            | of_review!() => vec![],
        }
    }

    fn receipt(&self, alert_id: AlertId, stage: Stage) -> Receipt {
        let actor = match &self.entry.actor {
            Actor::Staff { name, .. } if stage >= Stage::Seen => Some(name.clone()),
            Actor::Staff { .. } | Actor::Worker {} | Actor::Service {} => None,
        };
        let owner = self.case.owner.as_ref().filter(|_| stage == Stage::Claimed).map(|o| o.name.clone());
        let disposition = match &self.entry.event {
            CaseEvent::Closed { disposition, .. } => Some(*disposition),
            CaseEvent::Cancelled { .. } if stage == Stage::Closed => Some(Disposition::Test),
            _ => None,
        };
        Receipt {
            alert_id,
            stage,
            at_ms: self.entry.at_ms,
            case_id: Some(self.case.case_id),
            desk_name: Some(self.desk_name.clone()),
            by: actor.or(owner),
            disposition,
            seq: Some(self.seq()),
            case_no: (stage == Stage::Closed).then(|| self.case.case_no.clone()),
        }
    }
}
