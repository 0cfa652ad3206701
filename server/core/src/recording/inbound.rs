//! What phones say that must not be lost, and who they are.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use sos_protocol::case::{Attachment, Taken};
use sos_protocol::phone::DroppedField;
use sos_protocol::{Alert, AlertId, CountryCode, DeviceId, MessageId, UnixMs, Unverified, WorkerId};
use uuid::Uuid;

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
    /// The number that it came from, if it came by SMS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sms_from: Option<String>,
}

/// A worker's device, as the store knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceState {
    /// Which.
    pub device_id: DeviceId,
    /// Its owner.
    pub worker_id: WorkerId,
    /// It may not speak for the owner any more.
    pub revoked: bool,
    /// It speaks with the PIN that says: I am made to do this.
    pub duress: bool,
}

impl Origin {
    /// A phone that has not said who it is.
    #[must_use]
    pub fn unknown() -> Self {
        Self { unverified: Some(Unverified::NoCredential), ..Self::default() }
    }

    /// The phone and its owner are known, if only from an old credential: what it says may join the owner's case.
    #[must_use]
    pub fn is_proven(&self) -> bool {
        matches!(self.unverified, None | Some(Unverified::CredentialExpired))
    }

    /// Whose matter `item` belongs to where its alert is not on record: see [`Self::subject`]; a drill is a matter of its own.
    #[must_use]
    pub fn subject_of(&self, item: &Item) -> String {
        let subject = self.subject(item.alert_id());
        match item {
            Item::Alert { alert, .. } if alert.drill => format!("drill:{subject}"),
            _ => subject,
        }
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

    /// With what the store knows of the device, on top of what the gateway could check without it.
    #[must_use]
    pub(super) fn checked(&self, devices: &HashMap<DeviceId, DeviceState>) -> Self {
        let Some(device_id) = self.device_id else { return self.clone() };
        let device = devices.get(&device_id);
        let unverified = match device {
            None => Some(Unverified::DeviceUnknown),
            Some(device) if device.revoked => Some(Unverified::DeviceRevoked),
            Some(_) => self.unverified,
        };
        Self { unverified, worker_id: device.map(|device| device.worker_id), ..self.clone() }
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
    /// A press taken back by a worker who was made to do it.
    Duress {
        /// Which.
        alert_id: AlertId,
    },
    /// A photo or voice note that has arrived whole.
    Attachment {
        /// The alert whose case it belongs to.
        alert_id: AlertId,
        /// Which.
        attachment: Attachment,
        /// What the file said about itself.
        taken: Option<Taken>,
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
            Self::Cancel { alert_id }
            | Self::Duress { alert_id }
            | Self::Attachment { alert_id, .. }
            | Self::Message { alert_id, .. }
            | Self::Delivered { alert_id, .. } => *alert_id,
        }
    }

    /// Ids by which a repeat is known in the ledger; of an alert its own row tells.
    #[must_use]
    pub fn references(&self) -> Vec<Uuid> {
        match self {
            Self::Alert { .. } => vec![],
            Self::Cancel { alert_id } | Self::Duress { alert_id } => vec![alert_id.0],
            Self::Attachment { attachment, .. } => vec![attachment.attachment_id.0],
            Self::Message { message_id, .. } => vec![message_id.0],
            Self::Delivered { message_ids, .. } => message_ids.iter().map(|id| id.0).collect(),
        }
    }
}
