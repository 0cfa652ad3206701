//! What an app is told when it happens.

use sos_protocol::UnixMs;

use super::told::{Message, Receipt, UnverifiedReason};
use crate::bridge::{self, BridgeEvent};

/// How the link is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum LinkState {
    /// No connection.
    Offline {
        /// When the next attempt is planned, by the phone's clock. With nothing to say there may be none.
        retry_at_ms: i64,
    },
    /// An attempt is under way.
    Connecting,
    /// The gateway answered.
    Online {
        /// Why it does not know this phone; none: it does.
        unverified: Option<UnverifiedReason>,
    },
}

impl LinkState {
    /// The state since `since`.
    pub(super) fn of(state: bridge::LinkState, since: UnixMs) -> Self {
        match state {
            bridge::LinkState::Offline { retry_in_ms } => {
                Self::Offline { retry_at_ms: later(since, retry_in_ms) }
            }
            bridge::LinkState::Connecting => Self::Connecting,
            bridge::LinkState::Online { unverified, .. } => {
                Self::Online { unverified: unverified.map(Into::into) }
            }
        }
    }
}

/// A part of an alert that the service could not read.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct DroppedField {
    /// Path, e.g. `position.lat`.
    pub field: String,
    /// `missing_field`, `invalid_field` or `too_large`.
    pub code: String,
}

/// Something an app shows. Each is told once; what holds is in `alert_state`, `messages` and `link_state`.
#[derive(Debug, Clone, PartialEq, uniffi::Enum)]
pub enum SosEvent {
    /// The link changed.
    LinkChanged {
        /// How it is now.
        state: LinkState,
    },
    /// An alert got to a step of the ladder.
    ReceiptCame {
        /// The receipt.
        receipt: Receipt,
        /// It is what holds now; if not, it came late, and a later step is already shown.
        current: bool,
    },
    /// The desk wrote.
    MessageCame {
        /// The message.
        message: Message,
    },
    /// The desk asks where the phone is: measure now and call `send_fixes`, whatever `next_fix_in_s` said before. No sound,
    /// no notification: the worker need not do anything.
    LocateAsked {
        /// The alert.
        alert_id: String,
        /// When it was asked, by the server's clock.
        at_ms: i64,
    },
    /// A message of the worker, or the cancellation of this alert, is safe with the service.
    Accepted {
        /// A message's or an alert's id.
        id: String,
    },
    /// An SOS did not get out; it is kept here and tried again. Offer the call and the SMS.
    NotSentYet {
        /// The newest alert that waits.
        alert_id: String,
        /// When the next attempt is planned, by the phone's clock.
        retry_at_ms: i64,
    },
    /// Parts of an alert could not be read by the service; the alert itself went through.
    Cleaned {
        /// The alert.
        alert_id: String,
        /// What was left out.
        dropped: Vec<DroppedField>,
    },
    /// An alert went through, but is not known to come from its worker.
    Unverified {
        /// The alert.
        alert_id: String,
        /// Why.
        reason: UnverifiedReason,
    },
    /// A press was not taken back for want of the right PIN. It is an SOS as before; ask for the PIN and cancel again.
    CancelRefused {
        /// The alert.
        alert_id: String,
        /// `pin_needed` or `pin_wrong`.
        code: String,
    },
    /// The service will not take this as it is. It stays here and is offered again over the next connection.
    Refused {
        /// A message's or an alert's id.
        id: String,
        /// Why: a code of `protocol/README.md`, "Errors".
        code: String,
    },
    /// The listener was too slow: read the state again.
    Missed {
        /// How many events it lost.
        count: u64,
    },
}

impl SosEvent {
    /// The event, heard at `now`.
    pub(super) fn of(event: BridgeEvent, now: UnixMs) -> Self {
        match event {
            BridgeEvent::Link { state } => Self::LinkChanged { state: LinkState::of(state, now) },
            BridgeEvent::Receipt { receipt, current } => {
                Self::ReceiptCame { receipt: receipt.into(), current }
            }
            BridgeEvent::Message { message } => Self::MessageCame { message: message.into() },
            BridgeEvent::Locate { alert_id, at_ms } => {
                Self::LocateAsked { alert_id: alert_id.to_string(), at_ms: at_ms.0 }
            }
            BridgeEvent::Accepted { id } => Self::Accepted { id },
            BridgeEvent::NotSentYet { alert_id, retry_in_ms } => {
                Self::NotSentYet { alert_id: alert_id.to_string(), retry_at_ms: later(now, retry_in_ms) }
            }
            BridgeEvent::Cleaned { alert_id, dropped } => Self::Cleaned {
                alert_id: alert_id.to_string(),
                dropped: dropped
                    .into_iter()
                    .map(|d| DroppedField { field: d.field, code: d.code.as_str().to_owned() })
                    .collect(),
            },
            BridgeEvent::Unverified { alert_id, reason } => {
                Self::Unverified { alert_id: alert_id.to_string(), reason: reason.into() }
            }
            BridgeEvent::CancelRefused { alert_id, code } => {
                Self::CancelRefused { alert_id: alert_id.to_string(), code: code.as_str().to_owned() }
            }
            BridgeEvent::Refused { id, code } => Self::Refused { id, code: code.as_str().to_owned() },
            BridgeEvent::Missed { count } => Self::Missed { count },
        }
    }
}

fn later(at: UnixMs, ms: u64) -> i64 {
    at.plus_ms(i64::try_from(ms).unwrap_or(i64::MAX)).0
}
