//! Taking what phones say: on disk first, then the ledger.

pub mod direct;
pub mod fixes;
pub mod provisional;
pub mod recorder;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sos_protocol::ambient::SharedClock;
use sos_protocol::case::FixView;
use sos_protocol::phone::DroppedField;
use sos_protocol::{Alert, AlertId, CountryCode, DeviceId, Fix, MessageId, UnixMs, Unverified, WorkerId};

use crate::auth::credential::Checked;
use crate::gather::Gather;
use crate::queue::Queue;
use crate::store::fixes::NewFix;

/// Something a phone said, with who said it and when it got here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Inbound {
    /// When the gateway had it.
    pub received_at: UnixMs,
    /// Who said it.
    pub origin: Origin,
    /// What.
    pub item: Item,
}

/// Who a phone is, as far as the gateway knows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Origin {
    /// The phone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_id: Option<DeviceId>,
    /// Its owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worker_id: Option<WorkerId>,
    /// Country of the owner's contract.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract_country: Option<CountryCode>,
    /// Why that is not to be relied on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unverified: Option<Unverified>,
}

impl From<&Checked> for Origin {
    fn from(checked: &Checked) -> Self {
        let identity = checked.identity.as_ref();
        Self {
            device_id: identity.map(|i| i.device_id),
            worker_id: identity.map(|i| i.worker_id),
            contract_country: identity.and_then(|i| i.contract_country),
            unverified: checked.unverified,
        }
    }
}

impl Origin {
    /// The phone and its owner are known, if only from an old credential: what it says may join the owner's case.
    #[must_use]
    pub fn is_proven(&self) -> bool {
        matches!(self.unverified, None | Some(Unverified::CredentialExpired))
    }

    /// Whose matter an alert is: the worker's; of a phone that only claims to be somebody's, that phone's; else the
    /// alert's own.
    #[must_use]
    pub fn subject(&self, alert: AlertId) -> String {
        match (self.is_proven(), self.worker_id, self.device_id) {
            (true, Some(worker), _) => format!("worker:{worker}"),
            (_, _, Some(device)) => format!("claimed:{device}"),
            _ => format!("alert:{alert}"),
        }
    }
}

/// What phones say that must not be lost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Item {
    /// A press.
    Alert {
        /// The press.
        alert: Alert,
        /// Fields that were broken.
        dropped: Vec<DroppedField>,
    },
    /// A press taken back.
    Cancel {
        /// Which.
        alert_id: AlertId,
    },
    /// A chat message.
    Message {
        /// Identity.
        message_id: MessageId,
        /// The alert whose case it belongs to.
        alert_id: AlertId,
        /// The words.
        text: String,
    },
    /// The phone stored messages of the desk.
    Delivered {
        /// The alert whose case they belong to.
        alert_id: AlertId,
        /// Which.
        message_ids: Vec<MessageId>,
    },
}

impl Item {
    /// The alert that it is, or is about.
    #[must_use]
    pub const fn alert_id(&self) -> AlertId {
        match self {
            Self::Alert { alert, .. } => alert.alert_id,
            Self::Cancel { alert_id } | Self::Message { alert_id, .. } | Self::Delivered { alert_id, .. } => {
                *alert_id
            }
        }
    }
}

/// Neither store took it: nothing was acknowledged, the phone keeps it and tries again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("neither store takes it at the moment")]
pub struct NotTaken;

/// Takes things in.
pub struct Intake {
    queue: Arc<Queue>,
    /// Past Redis.
    direct: Gather<Inbound>,
    fixes: Gather<Vec<NewFix>>,
    clock: SharedClock,
}

impl Intake {
    /// In front of these stores.
    #[must_use]
    pub fn new(
        queue: Arc<Queue>,
        direct: Gather<Inbound>,
        fixes: Gather<Vec<NewFix>>,
        clock: SharedClock,
    ) -> Self {
        Self { queue, direct, fixes, clock }
    }

    /// Keeps `item`: when this returns, it is on disk. In the stream if Redis answers in time, else as a case in
    /// Postgres at once.
    ///
    /// # Errors
    /// [`NotTaken`] if neither does it.
    pub async fn take(&self, origin: Origin, item: Item) -> Result<UnixMs, NotTaken> {
        let received_at = self.clock.now();
        let inbound = Inbound { received_at, origin, item };
        if self.queue.add_alert(&inbound).await.is_ok() {
            return Ok(received_at);
        }
        metrics::counter!("sos_intake_past_redis_total").increment(1);
        if self.direct.ask(inbound).await.is_err() {
            metrics::counter!("sos_intake_not_taken_total").increment(1);
            return Err(NotTaken);
        }
        Ok(received_at)
    }

    /// Keeps fixes, newest first or not: the trail is put in order when it is read.
    ///
    /// # Errors
    /// [`NotTaken`] if neither store does it.
    pub async fn take_fixes(&self, alert_id: AlertId, fixes: Vec<Fix>) -> Result<(), NotTaken> {
        let server_time_ms = self.clock.now();
        let fixes: Vec<NewFix> =
            fixes.into_iter().map(|fix| NewFix { alert_id, fix: FixView { fix, server_time_ms } }).collect();
        if fixes.is_empty() {
            return Ok(());
        }
        self.fixes.ask(fixes).await.map_err(|_| NotTaken)
    }
}
