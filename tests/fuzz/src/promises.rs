//! What must hold for anything that a decoder lets through, and for what it says when it does not.

use serde_json::Value;
use sos_core::frames::FrameError;
use sos_protocol::lenient::Cleaned;
use sos_protocol::limits::{ACCURACY_M_MAX, ALERT_TEXT_CHARS_MAX, CLOCK_AHEAD_MS_MAX};
use sos_protocol::phone::DroppedField;
use sos_protocol::{Alert, ErrorCode, Fix, UnixMs};
use uuid::Uuid;

/// The server's clock in all targets.
pub(crate) const NOW: UnixMs = UnixMs(1_795_330_920_000);

/// Members that a detail may name.
const MEMBERS: &[&str] = &[
    "after_seq",
    "alert",
    "alert_id",
    "card",
    "case_id",
    "cases",
    "check_in_id",
    "code",
    "command",
    "desk",
    "disposition",
    "fix_id",
    "fixes",
    "follow",
    "help",
    "into",
    "lat",
    "login",
    "lon",
    "message_id",
    "message_ids",
    "note_id",
    "other_pin",
    "password",
    "pin",
    "public_key",
    "question",
    "signature",
    "summary",
    "tags",
    "text",
    "ticket",
    "to",
    "type",
    "version",
    "waited_ms",
];

/// Members of an alert that may be noted as left out; of a fix, those after `position.`.
const NOTED: &[&str] = &[
    "alert_id",
    "battery_pct",
    "device_time_ms",
    "frame",
    "kind",
    "position",
    "text",
    "waited_ms",
    "trigger",
    "fix_id",
    "lat",
    "lon",
    "accuracy_m",
    "fix_time_ms",
    "source",
    "speed_mps",
    "heading_deg",
];

/// The detail is one of a closed list, so nothing of the input can be in it.
pub(crate) fn repeats_nothing(error: &FrameError) {
    let plain = error.detail.trim_end_matches(" characters");
    let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let is_place = plain
        .strip_prefix("line ")
        .and_then(|rest| rest.split_once(", column "))
        .is_some_and(|(line, column)| number(line) && number(column));
    let is_bound = plain.split_once(": ").is_some_and(|(member, rest)| {
        MEMBERS.contains(&member) && (rest == "empty" || rest.strip_prefix("at most ").is_some_and(number))
    });
    let is_sentence = matches!(
        plain,
        "not a JSON object" | "no such type in this version" | "a value that is not in the list"
    );
    assert!(is_place || is_bound || is_sentence || MEMBERS.contains(&plain), "detail: {:?}", error.detail);
    assert!(error.id.as_ref().is_none_or(|id| id.len() <= 40), "an id of any length: {:?}", error.id);
}

/// An alert as it goes to the stores. `given` is what stood in its place, `raw` the bytes it was read from.
pub(crate) fn alert_is_sound(cleaned: &Cleaned<Alert>, given: Option<&Value>, raw: &[u8]) {
    let alert = &cleaned.value;
    let named =
        given.and_then(|v| v.get("alert_id")?.as_str()?.parse::<Uuid>().ok()).filter(|id| !id.is_nil());
    let made = || Uuid::new_v5(&Uuid::NAMESPACE_OID, raw);
    assert_eq!(alert.alert_id.0, named.unwrap_or_else(made), "the id given, or one made from the bytes");
    assert!(alert.device_time_ms.is_none_or(is_moment), "{:?}", alert.device_time_ms);
    assert!(alert.battery_pct.is_none_or(|pct| pct <= 100));
    if let Some(text) = &alert.text {
        words_are_sound(text, ALERT_TEXT_CHARS_MAX);
    }
    if let Some(position) = &alert.position {
        fix_is_sound(position);
    }
    notes_are_true(&cleaned.dropped, &serde_json::to_value(alert).expect("an alert is JSON"));
}

/// A fix as it goes to the stores.
pub(crate) fn fix_is_sound(fix: &Fix) {
    assert!((-90.0..=90.0).contains(&fix.lat) && (-180.0..=180.0).contains(&fix.lon), "{fix:?}");
    assert!(fix.accuracy_m.is_none_or(|m| (0.0..=ACCURACY_M_MAX).contains(&m)), "{fix:?}");
    assert!(fix.speed_mps.is_none_or(|v| (0.0..=1_000.0).contains(&v)), "{fix:?}");
    assert!(fix.heading_deg.is_none_or(|d| (0.0..=360.0).contains(&d)), "{fix:?}");
    assert!(fix.battery_pct.is_none_or(|pct| pct <= 100), "{fix:?}");
    assert!(fix.fix_time_ms.is_none_or(is_moment), "{fix:?}");
}

/// Words of a person.
pub(crate) fn words_are_sound(text: &str, chars_max: usize) {
    assert!(text.chars().count() <= chars_max, "{} characters", text.chars().count());
    assert!(!text.trim().is_empty(), "empty words");
    assert!(text.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\t')), "{text:?}");
}

fn is_moment(at: UnixMs) -> bool {
    (1..=NOW.0 + CLOCK_AHEAD_MS_MAX).contains(&at.0)
}

/// Notes name members of the protocol only, and what is noted as broken was not let through.
fn notes_are_true(dropped: &[DroppedField], read: &Value) {
    for note in dropped {
        let path = note.field.strip_prefix("position.").unwrap_or(&note.field);
        assert!(NOTED.contains(&path), "noted: {:?}", note.field);
        let made_up = matches!(path, "alert_id" | "fix_id");
        if note.code == ErrorCode::InvalidField && !made_up {
            let pointer = format!("/{}", note.field.replace('.', "/"));
            assert_eq!(read.pointer(&pointer), None, "broken, but let through: {}", note.field);
        }
    }
}

/// The same JSON; numbers that are no integers may differ in the last digits (serde_json's reader rounds them).
pub(crate) fn alike(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| alike(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| alike(a, b)))
        }
        (Value::Number(x), Value::Number(y)) if x.is_f64() && y.is_f64() => {
            let (x, y) = (x.as_f64().unwrap_or_default(), y.as_f64().unwrap_or_default());
            (x - y).abs() <= f64::EPSILON * 4.0 * x.abs().max(y.abs())
        }
        _ => a == b,
    }
}

/// As JSON.
pub(crate) fn json<T: serde::Serialize>(value: &T) -> Value {
    serde_json::to_value(value).expect("wire types are JSON")
}
