//! What phones send.

use serde_json::{Value, json};
use sos_core::frames::{self, FromPhone};
use sos_protocol::lenient::{self, Cleaned};
use sos_protocol::limits::{
    DELIVERED_PER_FRAME_MAX, FIXES_PER_FRAME_MAX, FOLLOW_MAX, FRAME_BYTES_MAX, TEXT_CHARS_MAX,
};
use sos_protocol::phone::DroppedField;
use sos_protocol::{Alert, ErrorCode, Fix, FixId, PhoneFrame};
use uuid::Uuid;

use crate::promises::{self, NOW, alert_is_sound, alike, fix_is_sound, repeats_nothing, words_are_sound};

/// Cuts that [`salvage`] tries of one frame; more would make long inputs slow.
const CUTS_MAX: usize = 24;
/// Lists and objects inside each other that [`lenient::close_truncated`] follows.
const DEPTH_MAX: usize = 32;
/// Longest number that it reads as one.
const NUMBER_CHARS_MAX: usize = 40;

/// A frame of a phone.
///
/// # Panics
/// Where what was read breaks a promise of the protocol.
pub fn from_phone(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let read = frames::from_phone(&text, NOW);
    assert_eq!(read, frames::from_phone(&text, NOW), "the same bytes read twice");
    if is_alert_for_sure(&text) {
        assert!(matches!(read, Ok(FromPhone::Alert(_))), "an SOS that was not taken: {read:?}");
    }
    match read {
        Ok(FromPhone::Alert(alert)) => {
            let value = serde_json::from_str(&text).ok().or_else(|| lenient::close_truncated(&text));
            alert_is_sound(&alert, value.as_ref().and_then(|v| v.get("alert")), text.as_bytes());
            reads_again(&PhoneFrame::Alert { alert: alert.value });
        }
        Ok(FromPhone::Fixes { alert_id, fix_ids, fixes, dropped }) => {
            fixes_are_sound(&fix_ids, &fixes, &dropped);
            reads_again(&PhoneFrame::Fixes { alert_id, fixes });
        }
        Ok(FromPhone::Other(frame)) => {
            other_is_sound(&frame);
            reads_again(&frame);
        }
        Err(error) => repeats_nothing(&error),
    }
}

/// Says that it is an alert, once and in clear, before anything that could make it unreadable.
fn is_alert_for_sure(text: &str) -> bool {
    let says_so = text.starts_with(r#"{"type":"alert","alert":{"#);
    says_so && text.matches("type").count() == 1 && !text.contains('\\')
}

fn fixes_are_sound(fix_ids: &[FixId], fixes: &[Fix], dropped: &[DroppedField]) {
    assert!(fix_ids.len() <= FIXES_PER_FRAME_MAX && fixes.len() <= FIXES_PER_FRAME_MAX);
    fixes.iter().for_each(fix_is_sound);
    for note in dropped {
        let at = note.field.strip_prefix("fixes[").and_then(|rest| rest.split_once(']'));
        let (at, member) = at.unwrap_or_else(|| panic!("noted: {:?}", note.field));
        assert!(at.parse::<usize>().is_ok_and(|at| at < FIXES_PER_FRAME_MAX), "noted: {:?}", note.field);
        assert!(member.len() <= 12, "noted: {:?}", note.field);
    }
}

fn other_is_sound(frame: &PhoneFrame) {
    match frame {
        PhoneFrame::Message { text, .. } => words_are_sound(text, TEXT_CHARS_MAX),
        PhoneFrame::Delivered { message_ids, .. } => assert!(message_ids.len() <= DELIVERED_PER_FRAME_MAX),
        PhoneFrame::Hello { follow, .. } => assert!(follow.len() <= FOLLOW_MAX),
        PhoneFrame::Cancel { .. } | PhoneFrame::Ping {} => {}
        PhoneFrame::Alert { .. } | PhoneFrame::Fixes { .. } => panic!("read strictly: {frame:?}"),
    }
}

/// What was let through is a good frame itself: it reads the same, with nothing left out.
fn reads_again(frame: &PhoneFrame) {
    let text = serde_json::to_string(frame).expect("frames are JSON");
    if text.len() > FRAME_BYTES_MAX {
        return;
    }
    let again = match frames::from_phone(&text, NOW) {
        Ok(FromPhone::Alert(Cleaned { value, dropped })) if dropped.is_empty() => {
            PhoneFrame::Alert { alert: value }
        }
        Ok(FromPhone::Fixes { alert_id, fixes, dropped, .. }) if dropped.is_empty() => {
            PhoneFrame::Fixes { alert_id, fixes }
        }
        Ok(FromPhone::Other(frame)) => frame,
        other => panic!("{text} reads as {other:?}"),
    };
    assert!(alike(&promises::json(frame), &promises::json(&again)), "{frame:?} reads as {again:?}");
}

/// A frame, or a body of `POST /api/alerts`, that was too large or cut off.
///
/// # Panics
/// Where what was saved of it breaks a promise, or says what it did not say.
pub fn salvage(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Some(alert) = frames::salvage(&text, ErrorCode::TooLarge, NOW) {
        saved_is_sound(&alert, &text);
    }
    if let Some((alert, _)) = frames::salvage_post(&text, ErrorCode::MalformedJson, NOW) {
        saved_is_sound(&alert, &text);
    }
    let Ok(FromPhone::Alert(Cleaned { value: alert, .. })) = frames::from_phone(&text, NOW) else { return };
    let frame = json!({ "type": "alert", "alert": alert }).to_string();
    // serde_json sorts members; a phone need not.
    let typed = format!(r#"{{"type":"alert","alert":{}}}"#, promises::json(&alert));
    for whole in [escaped(&frame), escaped(&typed), frame, typed] {
        for at in cuts(&whole) {
            cut_says_nothing_new(&whole[..at], &alert);
        }
    }
}

fn saved_is_sound(alert: &Cleaned<Alert>, text: &str) {
    let end = (0..=text.len().min(sos_protocol::limits::SALVAGE_BYTES))
        .rev()
        .find(|i| text.is_char_boundary(*i))
        .unwrap_or(0);
    let value = lenient::close_truncated(&text[..end]);
    alert_is_sound(alert, value.as_ref().and_then(|v| v.get("alert")), text.as_bytes());
    assert_eq!(alert.dropped.last().map(|note| note.field.as_str()), Some("frame"), "it is noted as broken");
}

/// The same JSON in ASCII, as some encoders write it.
fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut units = [0; 2];
    for c in json.chars() {
        if c.is_ascii() {
            out.push(c);
        } else {
            out.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    out
}

/// Places to cut at, spread over the text.
fn cuts(text: &str) -> impl Iterator<Item = usize> {
    let step = text.len() / CUTS_MAX + 1;
    (text.len() % step..text.len()).step_by(step).filter(|at| text.is_char_boundary(*at))
}

fn cut_says_nothing_new(head: &str, whole: &Alert) {
    let Some(Cleaned { value: saved, dropped }) = frames::salvage(head, ErrorCode::TooLarge, NOW) else {
        assert!(!(head.contains(r#""alert":{"#) && head.contains(r#""type":"alert""#)), "lost: {head}");
        return;
    };
    if saved.alert_id != whole.alert_id {
        assert_eq!(
            saved.alert_id.0,
            Uuid::new_v5(&Uuid::NAMESPACE_OID, head.as_bytes()),
            "an id from nowhere"
        );
        assert!(dropped.iter().any(|note| note.field == "alert_id"), "an id made up in silence: {head}");
    }
    let words = saved.text.clone().unwrap_or_default();
    let said = whole.text.clone().unwrap_or_default();
    // Half of a surrogate pair shows as U+FFFD.
    assert!(said.starts_with(words.trim_end_matches('\u{fffd}')), "{words:?} was {said:?}");
    let rest =
        |alert: &Alert| promises::json(&Alert { alert_id: whole.alert_id, text: None, ..alert.clone() });
    let (saved, whole) = (rest(&saved), rest(whole));
    for (pointer, value) in members(&saved) {
        let made_up = pointer == "/position/fix_id";
        assert!(
            made_up || whole.pointer(&pointer).is_some_and(|was| alike(&value, was)),
            "{pointer} of {head}"
        );
    }
}

/// (place, value) of everything in an object that is no object itself.
fn members(value: &Value) -> Vec<(String, Value)> {
    match value {
        Value::Object(map) => map
            .iter()
            .flat_map(|(name, value)| {
                members(value).into_iter().map(move |(place, value)| (format!("/{name}{place}"), value))
            })
            .collect(),
        other => vec![(String::new(), other.clone())],
    }
}

/// JSON that may be cut off or broken, and a fix in it.
///
/// # Panics
/// Where JSON that is whole is not read as it is, or a fix that cannot be is let through.
pub fn truncated_json(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Some(read) = lenient::close_truncated(&text) else {
        let first = text.trim_start_matches('\u{feff}').trim_start().chars().next();
        assert!(!matches!(first, Some('{' | '[')), "JSON begins there");
        return;
    };
    assert!(depth(&read) <= DEPTH_MAX + 1, "{} deep", depth(&read));
    if let Ok(whole) = serde_json::from_str::<Value>(&text)
        && depth(&whole) <= DEPTH_MAX
    {
        assert!(reads_as(&read, &whole), "{whole} reads as {read}");
    }
    let Cleaned { value: fix, dropped } = lenient::fix(&read, "fixes[0]", data, NOW);
    match fix {
        Some(fix) => fix_is_sound(&fix),
        None => assert!(!dropped.is_empty(), "a fix left out in silence"),
    }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(list) => 1 + list.iter().map(depth).max().unwrap_or(0),
        Value::Object(map) => 1 + map.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// The same; of a number with more digits than are read, the beginning as a text.
fn reads_as(read: &Value, whole: &Value) -> bool {
    match (read, whole) {
        (Value::Array(read), Value::Array(whole)) => {
            read.len() == whole.len() && read.iter().zip(whole).all(|(read, whole)| reads_as(read, whole))
        }
        (Value::Object(read), Value::Object(whole)) => {
            read.len() == whole.len()
                && read.iter().all(|(name, read)| whole.get(name).is_some_and(|whole| reads_as(read, whole)))
        }
        (Value::String(digits), Value::Number(_)) => digits.len() == NUMBER_CHARS_MAX,
        _ => read == whole,
    }
}
