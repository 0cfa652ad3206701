use proptest::prelude::*;

use super::*;
use crate::FixSource;

fn any_sms() -> impl Strategy<Value = SmsAlert> {
    let kind = prop_oneof![Just(None), proptest::sample::select(&KINDS[..]).prop_map(Some)];
    let position = (
        0..=18_000_000_u32,
        0..=36_000_000_u32,
        proptest::option::of(0..=1_000_000_u32),
        proptest::option::of(any::<u32>()),
    )
        .prop_map(|(lat_steps, lon_steps, accuracy_m, fix_time_s)| SmsPosition {
            lat_steps,
            lon_steps,
            accuracy_m,
            fix_time_s,
        });
    let id = (1..=u128::MAX).prop_map(Uuid::from_u128);
    (
        id.clone(),
        proptest::option::of(id),
        proptest::option::of(any::<u32>()),
        kind,
        proptest::option::of(0..=100_u8),
        proptest::option::of(position),
    )
        .prop_map(|(alert, device, device_time_s, kind, battery_pct, position)| SmsAlert {
            alert_id: AlertId(alert),
            device_id: device.map(DeviceId),
            device_time_s,
            kind,
            battery_pct,
            position,
        })
}

/// The GSM 7-bit characters that a network may put in place of another one, and a few that it may not.
const OTHERS: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz @#$%&*()-+=:;,./?!'\"<>_\n\r£¥èéùìòÇØøÅåÆæßÉÄÖÑÜ§¿äöñüà";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100_000))]

    #[test]
    fn what_is_written_is_read(sms in any_sms()) {
        let text = sms.text();
        prop_assert!(text.len() <= SMS_CHARS_MAX, "{} characters", text.len());
        prop_assert_eq!(SmsAlert::read(&text), Ok(sms));
    }

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn one_wrong_character_is_refused(sms in any_sms(), at in any::<prop::sample::Index>(), other in any::<prop::sample::Index>()) {
        let mut text: Vec<char> = sms.text().chars().collect();
        let others: Vec<char> = OTHERS.chars().collect();
        let (at, other) = (at.index(text.len()), others[other.index(others.len())]);
        prop_assume!(text[at] != other);
        text[at] = other;
        let text: String = text.into_iter().collect();
        prop_assert_eq!(SmsAlert::read(&text), Err(NotAnSos));
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".{0,200}") {
        let _ = SmsAlert::read(&text);
    }
}

#[test]
fn every_single_wrong_character_of_one_text_is_refused() {
    let sms = example();
    let text: Vec<char> = sms.text().chars().collect();
    for at in 0..text.len() {
        for other in OTHERS.chars().filter(|other| *other != text[at]) {
            let mut wrong = text.clone();
            wrong[at] = other;
            let wrong: String = wrong.into_iter().collect();
            assert_eq!(SmsAlert::read(&wrong), Err(NotAnSos), "{wrong}");
        }
        let mut shorter = text.clone();
        shorter.remove(at);
        let shorter: String = shorter.into_iter().collect();
        assert_eq!(SmsAlert::read(&shorter), Err(NotAnSos), "{shorter}");
    }
}

#[test]
fn an_alert_with_the_nil_id_is_not_read() {
    let nil = SmsAlert { alert_id: AlertId(Uuid::nil()), ..example() };
    assert_eq!(SmsAlert::read(&nil.text()), Err(NotAnSos));
}

#[test]
fn a_person_can_read_the_place() {
    assert!(example().text().starts_with("SOS 25.04780,-0.51700 +-20m 80% #"), "{}", example().text());
    assert_eq!(SmsAlert::read(&format!("  {}\r\n", example().text())), Ok(example()));
}

#[test]
fn an_alert_comes_through_as_far_as_it_fits() {
    let fix = Fix {
        fix_id: FixId(Uuid::from_u128(7)),
        lat: 25.047_803,
        lon: 121.517_096,
        accuracy_m: Some(19.2),
        fix_time_ms: Some(UnixMs(1_790_000_000_900)),
        source: Some(FixSource::Gps),
        speed_mps: None,
        heading_deg: None,
        battery_pct: Some(80),
    };
    let alert = Alert {
        alert_id: AlertId(Uuid::from_u128(1)),
        device_time_ms: Some(UnixMs(1_790_000_001_234)),
        waited_ms: None,
        position: Some(fix),
        trigger: None,
        kind: Some(EmergencyKind::Held),
        text: Some("không gửi được bằng tin nhắn".into()),
        battery_pct: Some(80),
        drill: false,
    };
    let read = SmsAlert::read(&SmsAlert::of(&alert, None).text()).unwrap().alert();
    let place = read.position.unwrap();
    assert!((place.lat - 25.0478).abs() < 0.000_01 && (place.lon - 121.517_1).abs() < 0.000_01);
    assert_eq!(place.accuracy_m, Some(20.0), "never better than it was");
    assert_eq!(place.fix_time_ms, Some(UnixMs(1_790_000_000_000)));
    assert_eq!((read.kind, read.battery_pct), (Some(EmergencyKind::Held), Some(80)));
    assert_eq!(read.device_time_ms, Some(UnixMs(1_790_000_001_000)));
}

#[test]
fn broken_values_are_left_out() {
    let mut alert = example().alert();
    alert.battery_pct = Some(200);
    alert.device_time_ms = Some(UnixMs(-5));
    if let Some(fix) = &mut alert.position {
        fix.lat = f64::NAN;
    }
    let sms = SmsAlert::of(&alert, None);
    assert_eq!((sms.battery_pct, sms.device_time_s, sms.position), (None, None, None));
    assert_eq!(SmsAlert::read(&sms.text()), Ok(sms));
}

fn example() -> SmsAlert {
    SmsAlert {
        alert_id: AlertId(Uuid::from_u128(0x0190_b4c4_1111_7abc_8def_0123_4567_89ab)),
        device_id: Some(DeviceId(Uuid::from_u128(0x0190_b4c4_2222_7abc_8def_0123_4567_89ab))),
        device_time_s: Some(1_790_000_000),
        kind: Some(EmergencyKind::Held),
        battery_pct: Some(80),
        position: Some(SmsPosition {
            lat_steps: 11_504_780,
            lon_steps: 17_948_300,
            accuracy_m: Some(20),
            fix_time_s: Some(1_789_999_990),
        }),
    }
}

/// The same cases that the phone app is held to.
#[test]
fn the_vectors_hold() {
    let cases: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("../vectors/sms.json")).expect("the vectors");
    assert!(cases.len() >= 5);
    for case in cases {
        let alert: Alert = serde_json::from_value(case["alert"].clone()).expect("an alert");
        let device = case["device_id"].as_str().map(|id| id.parse().expect("an id"));
        let sms = SmsAlert::of(&alert, device);
        assert_eq!(case["text"], sms.text(), "{}", case["name"]);
        assert_eq!(SmsAlert::read(&sms.text()), Ok(sms));
    }
}
