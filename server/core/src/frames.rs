//! Reading what phones and consoles send, without any I/O: a frame, or an error that says what is wrong with it
//! and repeats nothing of it.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sos_protocol::http::CheckIn;
use sos_protocol::lenient::{self, Cleaned};
use sos_protocol::limits::{
    DELIVERED_PER_FRAME_MAX, FIXES_PER_FRAME_MAX, FOLLOW_MAX, LABEL_CHARS_MAX, SALVAGE_BYTES, TEXT_CHARS_MAX,
    WAITED_MS_MAX,
};
use sos_protocol::phone::DroppedField;
use sos_protocol::{
    Alert, AlertId, CheckInId, ErrorCode, Fix, FixId, MessageId, PhoneFrame, Problem, UnixMs,
};
use uuid::Uuid;

/// What a phone said.
#[derive(Debug, Clone, PartialEq)]
pub enum FromPhone {
    /// A press; whatever could be read of it.
    Alert(Cleaned<Alert>),
    /// Positions, those that have a place on earth.
    Fixes {
        /// The alert they belong to.
        alert_id: AlertId,
        /// All ids of the frame, kept or not.
        fix_ids: Vec<FixId>,
        /// The good ones.
        fixes: Vec<Fix>,
        /// The rest.
        dropped: Vec<DroppedField>,
    },
    /// Anything else, as it stands in the protocol.
    Other(PhoneFrame),
}

impl FromPhone {
    /// The id by which the phone knows it, where it has one.
    #[must_use]
    pub fn id(&self) -> Option<String> {
        match self {
            Self::Alert(alert) => Some(alert.value.alert_id.to_string()),
            Self::Fixes { alert_id, .. } | Self::Other(PhoneFrame::Cancel { alert_id, .. }) => {
                Some(alert_id.to_string())
            }
            Self::Other(PhoneFrame::Message { message_id, .. }) => Some(message_id.to_string()),
            Self::Other(_) => None,
        }
    }
}

/// What is wrong with a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameError {
    /// The code.
    pub code: ErrorCode,
    /// In words, without anything of the frame's contents.
    pub detail: String,
    /// The id of the thing, where the frame had one.
    pub id: Option<String>,
}

impl FrameError {
    fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), id: None }
    }
}

impl From<FrameError> for Problem {
    fn from(error: FrameError) -> Self {
        Self::new(error.code).detail(error.detail)
    }
}

/// Reads a text frame of a phone.
///
/// # Errors
/// A [`FrameError`] for anything that is neither a frame nor, however broken, an alert.
pub fn from_phone(text: &str, now: UnixMs) -> Result<FromPhone, FrameError> {
    match serde_json::from_str::<Value>(text) {
        Ok(value) => read(value, text, now),
        // Cut in half, or worse: if it was an SOS, what is left of it still is one.
        Err(_) => salvage(text, ErrorCode::MalformedJson, now).map(FromPhone::Alert).ok_or_else(not_json),
    }
}

/// Looks for an alert in the first bytes of a frame that was too large or cut off; `why` says which.
#[must_use]
pub fn salvage(head: &str, why: ErrorCode, now: UnixMs) -> Option<Cleaned<Alert>> {
    let end = (0..=head.len().min(SALVAGE_BYTES)).rev().find(|i| head.is_char_boundary(*i))?;
    let value = lenient::close_truncated(&head[..end])?;
    let alert =
        (value.get("type").and_then(Value::as_str) == Some("alert")).then(|| value.get("alert"))??;
    Some(noted(alert, head, why, now))
}

/// The same for the body of `POST /api/alerts`: (alert, the members beside it).
#[must_use]
pub fn salvage_post(head: &str, why: ErrorCode, now: UnixMs) -> Option<(Cleaned<Alert>, Value)> {
    let end = (0..=head.len().min(SALVAGE_BYTES)).rev().find(|i| head.is_char_boundary(*i))?;
    let value = lenient::close_truncated(&head[..end])?;
    let alert = noted(value.get("alert")?, head, why, now);
    Some((alert, value))
}

fn noted(alert: &Value, raw: &str, why: ErrorCode, now: UnixMs) -> Cleaned<Alert> {
    let mut cleaned = lenient::alert(alert, raw.as_bytes(), now);
    cleaned.dropped.push(DroppedField { field: "frame".to_owned(), code: why });
    cleaned
}

fn read(value: Value, raw: &str, now: UnixMs) -> Result<FromPhone, FrameError> {
    let Some(map) = value.as_object() else { return Err(not_json()) };
    match map.get("type").and_then(Value::as_str) {
        None => Err(FrameError::new(ErrorCode::MissingField, "type")),
        Some("alert") => {
            let nothing = Value::Null;
            let alert = map.get("alert").unwrap_or(&nothing);
            Ok(FromPhone::Alert(lenient::alert(alert, raw.as_bytes(), now)))
        }
        Some("fixes") => fixes(&value, raw, now),
        Some("hello" | "cancel" | "message" | "delivered" | "ping") => other(value),
        Some(_) => Err(FrameError::new(ErrorCode::UnknownType, "no such type in this version")),
    }
}

fn other(value: Value) -> Result<FromPhone, FrameError> {
    let id = ["message_id", "alert_id"].iter().find_map(|name| value.get(name)?.as_str().map(str::to_owned));
    let id = id.filter(|id| id.len() <= 40);
    let with_id = |mut error: FrameError| {
        error.id.clone_from(&id);
        error
    };
    let mut frame: PhoneFrame = from_value(value).map_err(with_id)?;
    check(&mut frame).map_err(with_id)?;
    Ok(FromPhone::Other(frame))
}

fn check(frame: &mut PhoneFrame) -> Result<(), FrameError> {
    match frame {
        PhoneFrame::Message { message_id, text, .. } => {
            known(message_id.0, "message_id")?;
            *text = words(text, "text")?;
        }
        PhoneFrame::Delivered { message_ids, .. } => {
            at_most(message_ids, DELIVERED_PER_FRAME_MAX, "message_ids")?;
        }
        PhoneFrame::Hello { follow, .. } => at_most(follow, FOLLOW_MAX, "follow")?,
        PhoneFrame::Alert { .. }
        | PhoneFrame::Fixes { .. }
        | PhoneFrame::Cancel { .. }
        | PhoneFrame::Ping {} => {}
    }
    Ok(())
}

/// An id that tells apart: the same one twice is taken for a repeat, and many would send the nil one.
///
/// # Errors
/// `invalid_field`.
pub fn known(id: Uuid, field: &str) -> Result<(), FrameError> {
    if id.is_nil() { Err(FrameError::new(ErrorCode::InvalidField, field)) } else { Ok(()) }
}

fn at_most<T>(list: &[T], max: usize, field: &str) -> Result<(), FrameError> {
    if list.len() > max {
        return Err(FrameError::new(ErrorCode::TooMany, format!("{field}: at most {max}")));
    }
    Ok(())
}

/// Words of a person: cleaned of control characters, neither empty nor too long.
///
/// # Errors
/// `invalid_field` or `too_large`.
pub fn words(text: &str, field: &str) -> Result<String, FrameError> {
    up_to(text, TEXT_CHARS_MAX, field)
}

/// A name, tag or search: one line, trimmed, otherwise as [`words`].
///
/// # Errors
/// `invalid_field` or `too_large`.
pub fn label(text: &str, field: &str) -> Result<String, FrameError> {
    let line: Vec<&str> = text.split_whitespace().collect();
    up_to(&line.join(" "), LABEL_CHARS_MAX, field)
}

fn up_to(text: &str, chars_max: usize, field: &str) -> Result<String, FrameError> {
    let (kept, cut) = lenient::text(text, chars_max);
    if cut {
        return Err(FrameError::new(ErrorCode::TooLarge, format!("{field}: at most {chars_max} characters")));
    }
    if kept.trim().is_empty() {
        return Err(FrameError::new(ErrorCode::InvalidField, format!("{field}: empty")));
    }
    Ok(kept)
}

fn fixes(value: &Value, raw: &str, now: UnixMs) -> Result<FromPhone, FrameError> {
    let alert_id =
        value.get("alert_id").ok_or_else(|| FrameError::new(ErrorCode::MissingField, "alert_id"))?;
    let alert_id: AlertId =
        from_value(alert_id.clone()).map_err(|_| FrameError::new(ErrorCode::InvalidField, "alert_id"))?;
    let list = value.get("fixes").ok_or_else(|| FrameError::new(ErrorCode::MissingField, "fixes"))?;
    let list = list.as_array().ok_or_else(|| FrameError::new(ErrorCode::InvalidField, "fixes"))?;
    at_most(list, FIXES_PER_FRAME_MAX, "fixes")?;
    let (mut fix_ids, mut fixes, mut dropped) = (vec![], vec![], vec![]);
    for (i, item) in list.iter().enumerate() {
        let seed = format!("{i}{raw}");
        let read = lenient::fix(item, &format!("fixes[{i}]"), seed.as_bytes(), now);
        fix_ids.extend(item.get("fix_id").and_then(|id| from_value::<FixId>(id.clone()).ok()));
        fixes.extend(read.value);
        dropped.extend(read.dropped);
    }
    Ok(FromPhone::Fixes { alert_id, fix_ids, fixes, dropped })
}

/// Reads a check-in. As in an alert, a position or a time that cannot be is left out.
///
/// # Errors
/// `missing_field` or `invalid_field`, of the id.
pub fn check_in(value: &Value, now: UnixMs) -> Result<CheckIn, FrameError> {
    let there = |name: &str| value.get(name).filter(|v| !v.is_null());
    let id = there("check_in_id").ok_or_else(|| FrameError::new(ErrorCode::MissingField, "check_in_id"))?;
    let check_in_id: CheckInId =
        CheckInId::deserialize(id).map_err(|_| FrameError::new(ErrorCode::InvalidField, "check_in_id"))?;
    known(check_in_id.0, "check_in_id")?;
    let waited_ms = there("waited_ms").and_then(Value::as_i64);
    let seed = check_in_id.0.as_bytes();
    Ok(CheckIn {
        check_in_id,
        waited_ms: waited_ms.filter(|ms| (0..=WAITED_MS_MAX).contains(ms)),
        position: there("position").and_then(|fix| lenient::fix(fix, "position", seed, now).value),
    })
}

fn not_json() -> FrameError {
    FrameError::new(ErrorCode::MalformedJson, "not a JSON object")
}

/// Reads a strict frame or body from bytes.
///
/// # Errors
/// `malformed_json`, `missing_field` or `invalid_field`, naming the place and nothing of the contents.
pub fn from_slice<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, FrameError> {
    serde_json::from_slice(bytes).map_err(|error| describe(&error))
}

fn from_value<T: DeserializeOwned>(value: Value) -> Result<T, FrameError> {
    serde_json::from_value(value).map_err(|error| describe(&error))
}

fn describe(error: &serde_json::Error) -> FrameError {
    use serde_json::error::Category;
    let text = error.to_string();
    let named =
        |prefix: &str| text.strip_prefix(prefix).and_then(|rest| rest.split('`').next().map(str::to_owned));
    match error.classify() {
        Category::Io | Category::Syntax | Category::Eof => not_json(),
        Category::Data => match named("missing field `") {
            Some(field) => FrameError::new(ErrorCode::MissingField, field),
            None if text.starts_with("unknown variant") => {
                FrameError::new(ErrorCode::InvalidField, "a value that is not in the list")
            }
            None => FrameError::new(
                ErrorCode::InvalidField,
                format!("line {}, column {}", error.line(), error.column()),
            ),
        },
    }
}

/// Ids of messages, for the phone's delivery report.
#[must_use]
pub fn distinct(mut ids: Vec<MessageId>) -> Vec<MessageId> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

#[cfg(test)]
#[path = "frames_tests.rs"]
mod tests;
