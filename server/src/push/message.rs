//! What a push service is given, whoever it is for.

use serde_json::Value;
use sos_core::push::Notice;
use uuid::Uuid;

/// A message for a phone or a browser.
pub(crate) struct Message {
    /// A JSON object with `kind`, `title`, `body` and whatever else the app needs; no nested ones.
    pub(crate) content: Value,
    /// A later message of a topic takes the place of an earlier one. 32 characters of the alphabet, as long as a topic
    /// of Web Push may be.
    pub(crate) topic: String,
    /// It may wake the phone.
    pub(crate) is_urgent: bool,
}

impl Message {
    /// The topic of what is about this.
    pub(crate) fn topic(of: Uuid) -> String {
        of.simple().to_string()
    }
}

impl From<&Notice> for Message {
    fn from(notice: &Notice) -> Self {
        Self {
            content: serde_json::to_value(notice).unwrap_or_default(),
            topic: Self::topic(notice.case_id.0),
            is_urgent: notice.is_urgent(),
        }
    }
}
