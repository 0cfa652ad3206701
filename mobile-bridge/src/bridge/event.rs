//! What an app is told.

use sos_protocol::phone::DroppedField;
use sos_protocol::{AlertId, ErrorCode, Receipt, UnixMs, Unverified};
use tokio::sync::{Mutex, broadcast};

use crate::outbox::ChatMessage;

/// Events that wait for a listener; one that is further behind is told [`BridgeEvent::Missed`].
pub const EVENTS_WAITING_MAX: usize = 256;

/// Something an app shows.
#[derive(Debug, Clone, PartialEq)]
pub enum BridgeEvent {
    /// The link changed.
    Link {
        /// How it is now.
        state: LinkState,
    },
    /// An alert got to a step of the ladder. Told once for each receipt.
    Receipt {
        /// The receipt.
        receipt: Receipt,
        /// It is what holds now; if not, it came late, and a later step is already shown.
        current: bool,
    },
    /// The desk wrote.
    Message {
        /// The message.
        message: ChatMessage,
    },
    /// The desk asks where the phone is: measure now and hand the fix over, whatever the rate. Told once for each
    /// question; no sound, the worker need not do anything.
    Locate {
        /// The alert, not closed.
        alert_id: AlertId,
        /// When it was asked, by the server's clock.
        at_ms: UnixMs,
    },
    /// A message of the worker, or the cancellation of this alert, is safe with the service.
    Accepted {
        /// A message's or an alert's id.
        id: String,
    },
    /// An SOS did not get out; it is kept here and tried again.
    NotSentYet {
        /// The newest alert that waits.
        alert_id: AlertId,
        /// Until the next attempt, in milliseconds.
        retry_in_ms: u64,
    },
    /// Parts of an alert could not be read by the service; the alert itself went through.
    Cleaned {
        /// The alert.
        alert_id: AlertId,
        /// What was left out.
        dropped: Vec<DroppedField>,
    },
    /// An alert went through, but is not known to come from its worker.
    Unverified {
        /// The alert.
        alert_id: AlertId,
        /// Why.
        reason: Unverified,
    },
    /// A press was not taken back: `pin_needed`, or `pin_wrong`. It is an SOS as before; ask for the PIN.
    CancelRefused {
        /// The alert.
        alert_id: AlertId,
        /// Why.
        code: ErrorCode,
    },
    /// The service will not take this as it is. It stays here and is offered again over the next connection.
    Refused {
        /// A message's or an alert's id.
        id: String,
        /// Why.
        code: ErrorCode,
    },
    /// This listener was too slow: read the state again.
    Missed {
        /// How many events it lost.
        count: u64,
    },
}

/// How the link is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkState {
    /// No connection.
    Offline {
        /// Until the next attempt, in milliseconds.
        retry_in_ms: u64,
    },
    /// An attempt is under way.
    Connecting,
    /// The gateway answered.
    Online {
        /// It knows this phone.
        verified: bool,
        /// Why not.
        unverified: Option<Unverified>,
    },
}

/// The events of one listener.
#[derive(Debug)]
pub struct Events(Mutex<broadcast::Receiver<BridgeEvent>>);

impl Events {
    pub(super) fn of(sender: &broadcast::Sender<BridgeEvent>) -> Self {
        Self(Mutex::new(sender.subscribe()))
    }

    /// The next event; none after the bridge was closed. Nothing is lost if the wait is given up.
    pub async fn next(&self) -> Option<BridgeEvent> {
        match self.0.lock().await.recv().await {
            Ok(event) => Some(event),
            Err(broadcast::error::RecvError::Lagged(count)) => Some(BridgeEvent::Missed { count }),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}
