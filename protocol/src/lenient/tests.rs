//! Reading alerts out of wreckage.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{EmergencyKind, FixSource, Trigger};

const NOW: UnixMs = UnixMs(1_795_330_920_000);
const ID: &str = "01a20166-22f1-7bd9-9fe7-eb10b7390814";

fn clean(value: &Value) -> Cleaned<Alert> {
    alert(value, value.to_string().as_bytes(), NOW)
}

fn dropped(cleaned: &Cleaned<Alert>) -> Vec<(&str, ErrorCode)> {
    cleaned.dropped.iter().map(|d| (d.field.as_str(), d.code)).collect()
}

#[test]
fn a_good_alert_is_read_as_it_is() {
    let value = json!({
        "alert_id": ID, "device_time_ms": 1, "trigger": "hold", "kind": "held", "text": "Cứu tôi", "battery_pct": 9,
        "position": {"fix_id": ID, "lat": 25.05, "lon": 121.52, "accuracy_m": 12.5, "fix_time_ms": 2,
                     "source": "gps", "speed_mps": 1.5, "heading_deg": 360.0, "battery_pct": 9}
    });
    let Cleaned { value: read, dropped } = clean(&value);
    assert!(dropped.is_empty());
    assert_eq!(serde_json::to_value(&read).unwrap(), value);
}

#[test]
fn only_a_plain_true_makes_a_drill_and_anything_else_is_an_sos() {
    assert!(clean(&json!({"alert_id": ID, "drill": true})).value.drill);
    for (said, noted) in [
        (json!(false), 0),
        (json!(null), 0),
        (json!("true"), 1),
        (json!(1), 1),
        (json!([true]), 1),
        (json!({"drill": true}), 1),
    ] {
        let cleaned = clean(&json!({"alert_id": ID, "drill": said}));
        assert_eq!((cleaned.value.drill, cleaned.dropped.len()), (false, noted), "{said}");
    }
    // One that was cut off before the word was out.
    let head = format!(r#"{{"alert_id":"{ID}","drill":tr"#);
    let value = close_truncated(&head).expect("an object");
    assert!(!clean(&value).value.drill);
}

#[test]
fn every_broken_field_is_left_out_and_noted_and_the_rest_stays() {
    let cleaned = clean(&json!({
        "alert_id": ID, "device_time_ms": "noon", "trigger": "shout", "kind": 7, "text": ["x"], "battery_pct": 101,
        "position": {"fix_id": ID, "lat": 25.05, "lon": 121.52, "accuracy_m": -1, "fix_time_ms": 3_786_912_000_000_u64,
                     "source": "dream", "speed_mps": 5_000, "heading_deg": 361, "battery_pct": -1}
    }));
    let invalid = |field| (field, ErrorCode::InvalidField);
    let expected = [
        "position.accuracy_m",
        "position.fix_time_ms",
        "position.source",
        "position.speed_mps",
        "position.heading_deg",
        "position.battery_pct",
        "device_time_ms",
        "trigger",
        "kind",
        "text",
        "battery_pct",
    ];
    assert_eq!(dropped(&cleaned), expected.map(invalid));
    let position = cleaned.value.position.unwrap();
    assert_eq!((position.lat, position.lon), (25.05, 121.52));
}

#[test]
fn a_place_that_is_not_on_earth_is_no_place() {
    for (lat, lon) in
        [(json!(91), json!(0)), (json!(0), json!(-180.1)), (json!("25"), json!(1)), (json!(null), json!(1))]
    {
        let cleaned = clean(&json!({"alert_id": ID, "position": {"fix_id": ID, "lat": lat, "lon": lon}}));
        assert_eq!(cleaned.value.position, None);
        assert_eq!(cleaned.dropped.len(), 1);
    }
    assert_eq!(
        dropped(&clean(&json!({"alert_id": ID, "position": 5}))),
        [("position", ErrorCode::InvalidField)]
    );
}

#[test]
fn an_alert_without_an_id_gets_the_same_one_each_time() {
    let (first, again) = (clean(&json!({"text": "a"})), clean(&json!({"text": "a"})));
    assert_eq!(first.value.alert_id, again.value.alert_id);
    assert_eq!(dropped(&first), [("alert_id", ErrorCode::MissingField)]);
    assert_ne!(first.value.alert_id, clean(&json!({"text": "b"})).value.alert_id);
    let nil = clean(&json!({"alert_id": "00000000-0000-0000-0000-000000000000"}));
    assert_eq!(dropped(&nil), [("alert_id", ErrorCode::InvalidField)]);
    assert_eq!(clean(&json!(null)).value.text, None);
}

#[test]
fn words_lose_what_no_screen_shows_and_are_cut_where_they_are_too_long() {
    assert_eq!(text("a\u{0}b\u{7f}\n\tc", 10), ("ab\n\tc".to_owned(), false));
    assert_eq!(text("ơơơ", 2), ("ơơ".to_owned(), true));
    let cleaned = clean(&json!({"alert_id": ID, "text": "ơ".repeat(501)}));
    assert_eq!(cleaned.value.text.as_ref().map(|t| t.chars().count()), Some(500));
    assert_eq!(dropped(&cleaned), [("text", ErrorCode::TooLarge)]);
    assert_eq!(clean(&json!({"alert_id": ID, "text": "\u{1} "})).value.text, None);
}

fn salvaged(frame: &str) -> Option<Cleaned<Alert>> {
    let value = close_truncated(frame)?;
    value.get("alert").map(|inner| alert(inner, frame.as_bytes(), NOW))
}

#[test]
fn a_number_that_was_cut_off_is_not_taken_for_a_smaller_one() {
    let frame = format!(
        r#"{{"type":"alert","alert":{{"alert_id":"{ID}","position":{{"fix_id":"{ID}","lat":25.05,"lon":12"#
    );
    assert_eq!(salvaged(&frame).unwrap().value.position, None, "it was 121.52");
    let frame = format!(r#"{{"type":"alert","alert":{{"alert_id":"{ID}","battery_pct":8"#);
    assert_eq!(salvaged(&frame).unwrap().value.battery_pct, None, "it was 80");
}

#[test]
fn an_alert_goes_through_whatever_one_value_in_it_does_to_the_parser() {
    for broken in [
        r#""text":"cut emoji \ud83d""#,
        r#""text":"\udd11 the other half""#,
        r#""text":"no such escape \x""#,
        "\"text\":\"raw\nline end and \u{1}\"",
        r#""battery_pct":1e999"#,
        r#""battery_pct":NaN"#,
        r#""battery_pct":0080"#,
        r#""battery_pct":undefined"#,
        r#""battery_pct":"#,
        r#""text":'single'"#,
    ] {
        let position = format!(r#""position":{{"fix_id":"{ID}","lat":25.05,"lon":121.52}}"#);
        let frame = format!(r#"{{"type":"alert","alert":{{"alert_id":"{ID}",{broken},{position}}}}}"#);
        assert!(serde_json::from_str::<Value>(&frame).is_err(), "{broken}");
        let read = salvaged(&frame).unwrap_or_else(|| panic!("{broken}")).value;
        assert_eq!(read.alert_id.to_string(), ID, "{broken}");
        assert_eq!(read.position.map(|p| (p.lat, p.lon)), Some((25.05, 121.52)), "{broken}");
    }
    let both = format!(
        r#"{{"type":"alert","alert":{{"alert_id":"{ID}","text":"a, b","kind":"held","battery_pct":1,}},}}"#
    );
    assert_eq!(salvaged(&both).unwrap().value.kind, Some(EmergencyKind::Held));
}

#[test]
fn what_is_no_json_at_all_is_none() {
    for nothing in ["", "   ", "alert", "12", "\"text\"", "}", "GET / HTTP/1.1"] {
        assert_eq!(close_truncated(nothing), None, "{nothing}");
    }
    let deep = "{\"a\":".repeat(100_000);
    assert!(close_truncated(&deep).is_some_and(|value| value.is_object()), "and no stack is exhausted");
}

fn any_alert() -> impl Strategy<Value = Alert> {
    // Few digits, so that printing and parsing give the same number.
    let micro = |max: i32| (-max..max).prop_map(|n| f64::from(n) / 1e6);
    let metres = (0..500_000).prop_map(|n| f64::from(n) / 1e3);
    let position = (micro(90_000_000), micro(180_000_000), proptest::option::of(metres)).prop_map(
        |(lat, lon, accuracy_m)| Fix {
            fix_id: FixId(Uuid::from_u128(5)),
            lat,
            lon,
            accuracy_m,
            fix_time_ms: Some(UnixMs(1_795_330_919_000)),
            source: Some(FixSource::Gps),
            speed_mps: None,
            heading_deg: None,
            battery_pct: Some(80),
        },
    );
    (any::<u128>(), proptest::option::of(position), proptest::option::of(".{1,60}"), 0..100_u8).prop_map(
        |(id, position, words, battery)| Alert {
            alert_id: AlertId(Uuid::from_u128(id | 1)),
            device_time_ms: Some(UnixMs(1_795_330_920_000)),
            waited_ms: Some(259_200_123),
            position,
            trigger: Some(Trigger::Hold),
            kind: Some(EmergencyKind::Attacked),
            text: words.map(|w| text(&w, 500).0).filter(|w| !w.trim().is_empty()),
            battery_pct: Some(battery),
            drill: false,
        },
    )
}

/// The same, or not there.
fn kept<T: PartialEq + std::fmt::Debug>(read: Option<T>, sent: Option<T>) -> Result<(), TestCaseError> {
    prop_assert!(read.is_none() || read == sent, "{read:?} was {sent:?}");
    Ok(())
}

proptest! {
    #[test]
    fn an_alert_cut_off_anywhere_never_says_what_it_did_not_say(sent in any_alert(), cut in 0.0..1.0_f64) {
        let frame = json!({"type": "alert", "alert": sent}).to_string();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a short text")]
        let at = (frame.len() as f64 * cut) as usize;
        let at = (0..=at).rev().find(|i| frame.is_char_boundary(*i)).unwrap_or(0);
        let Some(Cleaned { value: read, .. }) = salvaged(&frame[..at]) else {
            prop_assert!(!frame[..at].contains("\"alert\":{"), "there was an alert in {}", &frame[..at]);
            return Ok(());
        };
        if frame[..at].contains(&format!("{}\"", sent.alert_id)) {
            prop_assert_eq!(read.alert_id, sent.alert_id);
        }
        kept(read.device_time_ms, sent.device_time_ms)?;
        kept(read.position.as_ref().map(|p| (p.lat, p.lon)), sent.position.as_ref().map(|p| (p.lat, p.lon)))?;
        kept(read.position.and_then(|p| p.accuracy_m), sent.position.and_then(|p| p.accuracy_m))?;
        kept(read.waited_ms, sent.waited_ms)?;
        kept(read.kind, sent.kind)?;
        kept(read.trigger, sent.trigger)?;
        kept(read.battery_pct, sent.battery_pct)?;
        let words = read.text.unwrap_or_default();
        prop_assert!(sent.text.unwrap_or_default().starts_with(&words));
    }

    #[test]
    fn whole_json_is_read_as_it_is(sent in any_alert()) {
        let frame = json!({"type": "alert", "alert": sent, "list": [1, [true, null], {}], "x": {"y": "z"}}).to_string();
        prop_assert_eq!(close_truncated(&frame), serde_json::from_str(&frame).ok());
    }

    #[test]
    fn nothing_breaks_the_reader(garbage in "\\PC{0,200}") {
        let _ = close_truncated(&garbage);
        let _ = close_truncated(&format!("{{\"type\":\"alert\",\"alert\":{{{garbage}"));
    }
}
