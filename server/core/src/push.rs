//! What a phone is told of a ledger entry by push, in words that it can show while its app sleeps.
//!
//! Push is a hint: everything comes over the socket as well, and the phone knows it by its ids.

use serde::Serialize;
use sos_protocol::{AlertId, CaseEvent, CaseId, DeviceId, GatewayFrame, MessageId, Seq, Stage};

use crate::entry::LedgerEntry;

/// Longest text of a message in a notice, in Unicode scalar values: the lock screen of a phone shows about half of it,
/// and both push services take 4 KiB in all.
const TEXT_CHARS_MAX: usize = 300;
/// Longest name of an officer in a notice, in Unicode scalar values.
const NAME_CHARS_MAX: usize = 80;

/// What a phone shows and what its app needs to find the rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// `message`, `seen`, `claimed`, `closed`, `locate` or `drill`.
    pub kind: &'static str,
    /// The case.
    pub case_id: CaseId,
    /// The phone's alert that it is told under.
    pub alert_id: AlertId,
    /// The message, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<MessageId>,
    /// Place in the ledger: of two notices of a case the one with the larger `seq` holds.
    pub seq: Seq,
    /// To show.
    pub title: &'static str,
    /// To show.
    pub body: String,
}

impl Notice {
    /// Whether the worker waits for it now: then it may wake the phone.
    #[must_use]
    pub fn is_urgent(&self) -> bool {
        self.kind != "closed"
    }
}

/// The phones that hear of `entry` by push.
#[must_use]
pub fn devices(entry: &LedgerEntry) -> Vec<DeviceId> {
    let mut devices: Vec<DeviceId> = entry.alerts.iter().filter_map(|alert| alert.device_id).collect();
    devices.sort_unstable();
    devices.dedup();
    devices.retain(|device| heard(entry, *device).is_some());
    devices
}

/// What `device` is told of `entry`, in Vietnamese or, for any other `language` (a tag such as `vi`), in English. None:
/// nothing, or its words were erased.
#[must_use]
pub fn notice(entry: &LedgerEntry, device: DeviceId, language: &str) -> Option<Notice> {
    let (alert_id, heard) = heard(entry, device)?;
    let is_vietnamese = language.split('-').next() == Some("vi");
    let (kind, message_id) = match &heard {
        Heard::Message { message_id, .. } => ("message", Some(*message_id)),
        Heard::Seen { .. } => ("seen", None),
        Heard::Claimed { .. } => ("claimed", None),
        Heard::Closed => ("closed", None),
        Heard::Drill => ("drill", None),
        Heard::Locate => ("locate", None),
    };
    let body = if is_vietnamese { vietnamese(&heard) } else { english(&heard) };
    Some(Notice {
        kind,
        case_id: entry.case.case_id,
        alert_id,
        message_id,
        seq: entry.seq(),
        title: "SOS",
        body,
    })
}

/// What is told by push; names and texts of a bounded length.
enum Heard {
    Message { message_id: MessageId, from: String, text: String },
    Seen { by: Option<String> },
    Claimed { by: Option<String> },
    Closed,
    Drill,
    Locate,
}

/// What the phone hears over its socket under the newest alert that hears anything, as far as it is told by push.
fn heard(entry: &LedgerEntry, device: DeviceId) -> Option<(AlertId, Heard)> {
    if !may_be_shown(entry) {
        return None;
    }
    let own = entry.alerts.iter().filter(|alert| alert.device_id == Some(device));
    own.filter_map(|alert| Some((alert.alert_id, entry.for_phone(*alert).into_iter().find_map(told)?))).next()
}

/// Whether a phone that lies on a table may show it: not what tells somebody else that the worker, who took the press
/// back, has got through after all.
fn may_be_shown(entry: &LedgerEntry) -> bool {
    let case = &entry.case;
    let is_forced = case.duress_at_ms.is_some_and(|forced| forced >= case.pressed_at_ms);
    match &entry.entry.event {
        CaseEvent::Message { .. } | CaseEvent::FixAsked {} => !is_forced,
        CaseEvent::Seen { .. } | CaseEvent::Claimed {} | CaseEvent::Closed { .. } => {
            !case.drill && !is_forced && case.cancelled_at_ms.is_none()
        }
        // What a drill tries out: that this phone is told at all. Of an SOS the app shows it by itself.
        CaseEvent::Rang { .. } => case.drill,
        // Whoever pressed just now has the app open; the rest asks nothing of the worker.
        CaseEvent::Opened { .. }
        | CaseEvent::PressedAgain { .. }
        | CaseEvent::Cancelled { .. }
        | CaseEvent::Duress { .. }
        | CaseEvent::Attachment { .. }
        | CaseEvent::Released { .. }
        | CaseEvent::Transferred { .. }
        | CaseEvent::Reopened { .. }
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
        | CaseEvent::Raised { .. }
        | CaseEvent::Escalated { .. }
        | of_review!() => false,
    }
}

fn told(frame: GatewayFrame) -> Option<Heard> {
    match frame {
        GatewayFrame::Message { message_id, text, from, .. } if !text.is_empty() => Some(Heard::Message {
            message_id,
            from: cut(&from, NAME_CHARS_MAX),
            text: cut(&text, TEXT_CHARS_MAX),
        }),
        GatewayFrame::Receipt { receipt } => {
            let by = receipt.by.as_deref().map(|name| cut(name, NAME_CHARS_MAX));
            match receipt.stage {
                Stage::Seen => Some(Heard::Seen { by }),
                Stage::Claimed => Some(Heard::Claimed { by }),
                Stage::Closed => Some(Heard::Closed),
                Stage::Rang => Some(Heard::Drill),
                Stage::Received | Stage::Recorded => None,
            }
        }
        GatewayFrame::Locate { .. } => Some(Heard::Locate),
        _ => None,
    }
}

fn cut(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn vietnamese(heard: &Heard) -> String {
    let officer =
        |by: &Option<String>| by.as_ref().map_or("Cán bộ".to_owned(), |name| format!("Cán bộ {name}"));
    match heard {
        Heard::Message { from, text, .. } => format!("Cán bộ {from}: {text}"),
        Heard::Seen { by } => format!("{} đã xem SOS của bạn.", officer(by)),
        Heard::Claimed { by } => format!("{} đang xử lý. Giữ máy mở.", officer(by)),
        Heard::Closed => "Ca đã đóng. Vẫn cần giúp? Nhấn giữ SOS.".to_owned(),
        Heard::Drill => "Diễn tập: máy này nhận được tin báo.".to_owned(),
        Heard::Locate => "Cán bộ cần biết vị trí của bạn. Hãy mở ứng dụng.".to_owned(),
    }
}

fn english(heard: &Heard) -> String {
    let officer =
        |by: &Option<String>| by.as_ref().map_or("An officer".to_owned(), |name| format!("Officer {name}"));
    match heard {
        Heard::Message { from, text, .. } => format!("Officer {from}: {text}"),
        Heard::Seen { by } => format!("{} has seen your SOS.", officer(by)),
        Heard::Claimed { by } => format!("{} is handling your case. Keep your phone on.", officer(by)),
        Heard::Closed => "Your case is closed. Still need help? Press and hold SOS.".to_owned(),
        Heard::Drill => "Drill: this phone receives notices.".to_owned(),
        Heard::Locate => "An officer needs your position. Open the app.".to_owned(),
    }
}

#[cfg(test)]
#[path = "push_tests.rs"]
mod tests;
