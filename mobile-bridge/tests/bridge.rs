//! The bridge against a gateway, over real sockets.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod gateway;

use std::path::Path;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gateway::{Conversation, Gateway, PATIENCE, receipt};
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};
use sos_mobile_bridge::{
    Bridge, BridgeEvent, CancelState, Config, Events, LinkState, Position, PressDetails, Pressed,
};
use sos_protocol::ambient::{SeededEntropy, SystemClock};
use sos_protocol::case::WorkerProfile;
use sos_protocol::http::{AlertPost, AlertStatus, EnrolRequest, Enrolled};
use sos_protocol::{
    AlertId, CaseId, DeviceId, ErrorCode, GatewayFrame, MessageId, PhoneFrame, Problem, Seq, Stage, UnixMs,
    Unverified, WorkerId, proof,
};
use tokio::time::timeout;
use uuid::Uuid;

fn open(path: &Path, url: &str) -> Bridge {
    let clock = Arc::new(SystemClock::new());
    Bridge::open(path, Config::new(url), clock, SeededEntropy::new(5)).unwrap()
}

async fn until<T>(events: &Events, mut wanted: impl FnMut(BridgeEvent) -> Option<T>) -> T {
    let search = async {
        loop {
            if let Some(found) = wanted(events.next().await.expect("the bridge is open")) {
                return found;
            }
        }
    };
    timeout(PATIENCE, search).await.expect("the event comes")
}

async fn until_stage(events: &Events, stage: Stage) {
    until(events, |e| match e {
        BridgeEvent::Receipt { receipt, .. } if receipt.stage == stage => Some(()),
        _ => None,
    })
    .await;
}

fn verifies(public_key: &str, text: &str, signature: &str) -> bool {
    let key = VerifyingKey::from_sec1_bytes(&URL_SAFE_NO_PAD.decode(public_key).unwrap()).unwrap();
    let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
    key.verify(text.as_bytes(), &signature).is_ok()
}

fn enrolled() -> Enrolled {
    Enrolled {
        device_id: DeviceId(Uuid::from_u128(7)),
        credential: "the-credential".into(),
        credential_expires_ms: UnixMs(2_000_000_000_000),
        worker: WorkerProfile {
            worker_id: WorkerId(Uuid::from_u128(8)),
            name: "Nguyễn Thị Hoa".into(),
            phone: None,
            language: "vi".into(),
            contract_country: None,
            employer: None,
            address: None,
        },
    }
}

/// A phone that nobody enrolled, with its SOS on record.
async fn on_record(gateway: &mut Gateway, bridge: &Bridge, events: &Events) -> (Conversation, AlertId) {
    let Pressed { alert_id, saved } = bridge.press(PressDetails::default());
    assert!(saved);
    let mut phone = gateway.phone().await;
    phone.challenge("n").await;
    assert!(matches!(phone.hear().await, PhoneFrame::Alert { alert } if alert.alert_id == alert_id));
    phone.welcome(false).await;
    phone.receipt(alert_id, Stage::Received, 0).await;
    phone.receipt(alert_id, Stage::Recorded, 3).await;
    until_stage(events, Stage::Recorded).await;
    (phone, alert_id)
}

#[tokio::test]
async fn a_press_climbs_the_ladder_and_leaves_the_outbox_when_it_is_on_record() {
    let dir = tempfile::tempdir().unwrap();
    let mut gateway = Gateway::start().await;
    let bridge = open(&dir.path().join("outbox.db"), &gateway.url());
    let events = bridge.subscribe();
    let mut details = PressDetails { text: Some("Cứu tôi".into()), ..PressDetails::default() };
    details.position = Some(Position::at(25.05, 121.52));
    let pressed = bridge.press(details);

    let mut phone = gateway.phone().await;
    let hello = phone.challenge("n").await;
    assert!(matches!(hello, PhoneFrame::Hello { credential: None, signature: None, .. }));
    let PhoneFrame::Alert { alert } = phone.hear().await else { panic!("the alert follows without waiting") };
    assert_eq!((alert.alert_id, alert.text.as_deref()), (pressed.alert_id, Some("Cứu tôi")));
    assert_eq!(alert.position.map(|p| (p.lat, p.lon)), Some((25.05, 121.52)));

    phone.welcome(false).await;
    let why = until(&events, |e| match e {
        BridgeEvent::Link { state: LinkState::Online { unverified, .. } } => Some(unverified),
        _ => None,
    });
    assert_eq!(why.await, Some(Unverified::NoCredential));
    phone.receipt(alert.alert_id, Stage::Received, 0).await;
    until_stage(&events, Stage::Received).await;
    assert!(bridge.alert_state(alert.alert_id).unwrap().unwrap().queued);
    phone.receipt(alert.alert_id, Stage::Recorded, 3).await;
    until_stage(&events, Stage::Recorded).await;
    assert!(!bridge.alert_state(alert.alert_id).unwrap().unwrap().queued);

    for (stage, seq) in [(Stage::Claimed, 9), (Stage::Rang, 5), (Stage::Recorded, 11)] {
        phone.receipt(alert.alert_id, stage, seq).await;
        until_stage(&events, stage).await;
    }
    let state = bridge.alert_state(alert.alert_id).unwrap().unwrap();
    assert_eq!(state.receipt.unwrap().seq, Some(Seq(11)), "the claim was given up");
    assert_eq!(state.history.len(), 5);
}

#[tokio::test]
async fn an_enrolled_phone_proves_its_key() {
    let dir = tempfile::tempdir().unwrap();
    let mut gateway = Gateway::start().await;
    let (keys, mut seen) = tokio::sync::mpsc::unbounded_channel();
    gateway.answer("POST /api/enrol", move |body| {
        let request: EnrolRequest = serde_json::from_slice(body).unwrap();
        let text = proof::enrol(&request.code, &request.public_key);
        assert_eq!(request.code, "ABCD1234");
        assert!(verifies(&request.public_key, &text, &request.signature));
        keys.send(request.public_key).unwrap();
        (200, serde_json::to_string(&enrolled()).unwrap())
    });
    let path = dir.path().join("outbox.db");
    let bridge = open(&path, &gateway.url());
    let enrolment = bridge.enrol("abcd-1234".into()).await.unwrap();
    assert_eq!(enrolment.worker.name, "Nguyễn Thị Hoa");
    let key = seen.recv().await.unwrap();

    let mut phone = gateway.phone().await;
    let PhoneFrame::Hello { credential, signature, last_seq, .. } = phone.challenge("nonce-1").await else {
        panic!("hello comes first")
    };
    assert_eq!((credential.as_deref(), last_seq), (Some("the-credential"), Seq(0)));
    assert!(verifies(&key, &proof::hello("nonce-1"), &signature.unwrap()));

    bridge.close();
    let again = open(&path, &gateway.url());
    assert_eq!(again.enrolment().unwrap(), Some(enrolment));
    let mut phone = gateway.phone().await;
    let PhoneFrame::Hello { signature, .. } = phone.challenge("nonce-2").await else { panic!("hello") };
    assert!(verifies(&key, &proof::hello("nonce-2"), &signature.unwrap()), "the same key after a restart");
}

#[tokio::test]
async fn a_refused_code_says_why() {
    let dir = tempfile::tempdir().unwrap();
    let gateway = Gateway::start().await;
    let problem = Problem::new(ErrorCode::CodeUsed);
    gateway.answer("POST /api/enrol", move |_| (409, serde_json::to_string(&problem).unwrap()));
    let bridge = open(&dir.path().join("outbox.db"), &gateway.url());
    let refused = bridge.enrol("ABCD1234".into()).await.unwrap_err();
    assert_eq!(refused.problem().map(|p| p.code), Some(ErrorCode::CodeUsed));
    assert_eq!(bridge.enrolment().unwrap(), None);
}

#[tokio::test]
async fn a_press_without_a_network_arrives_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("outbox.db");
    // Bound for a moment to learn a free port; then nobody listens there.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let bridge = open(&path, &format!("http://{free}"));
    let events = bridge.subscribe();
    let pressed = bridge.press(PressDetails::default());
    let waiting = until(&events, |e| match e {
        BridgeEvent::NotSentYet { alert_id, .. } => Some(alert_id),
        _ => None,
    });
    assert_eq!(waiting.await, pressed.alert_id);
    bridge.close();

    let mut gateway = Gateway::at(free).await;
    let _again = open(&path, &gateway.url());
    let mut phone = gateway.phone().await;
    phone.challenge("n").await;
    assert!(matches!(phone.hear().await, PhoneFrame::Alert { alert } if alert.alert_id == pressed.alert_id));
}

#[tokio::test]
async fn a_network_that_blocks_sockets_carries_the_sos_by_http() {
    let dir = tempfile::tempdir().unwrap();
    let gateway = Gateway::without_sockets().await;
    let bridge = open(&dir.path().join("outbox.db"), &gateway.url());
    let events = bridge.subscribe();
    gateway.answer("POST /api/alerts", |body| {
        let post: AlertPost = serde_json::from_slice(body).unwrap();
        let status = AlertStatus {
            alert_id: post.alert.alert_id,
            receipts: vec![receipt(post.alert.alert_id, Stage::Received, 0)],
            unverified: Some(Unverified::NoCredential),
            dropped: vec![],
        };
        (202, serde_json::to_string(&status).unwrap())
    });
    let alert_id = bridge.press(PressDetails::default()).alert_id;
    gateway.answer(&format!("GET /api/alerts/{alert_id}"), move |_| {
        let receipts = vec![receipt(alert_id, Stage::Received, 0), receipt(alert_id, Stage::Recorded, 2)];
        let status = AlertStatus { alert_id, receipts, unverified: None, dropped: vec![] };
        (200, serde_json::to_string(&status).unwrap())
    });
    until_stage(&events, Stage::Received).await;
    until_stage(&events, Stage::Recorded).await;
    assert!(!bridge.alert_state(alert_id).unwrap().unwrap().queued);
}

#[tokio::test]
async fn both_sides_write_and_every_line_is_confirmed() {
    let dir = tempfile::tempdir().unwrap();
    let mut gateway = Gateway::start().await;
    let bridge = open(&dir.path().join("outbox.db"), &gateway.url());
    let events = bridge.subscribe();
    let (mut phone, alert_id) = on_record(&mut gateway, &bridge, &events).await;

    let own = bridge.write("Tôi ở tầng 2").unwrap();
    let PhoneFrame::Message { message_id, text, .. } = phone.hear().await else { panic!("the message") };
    assert_eq!((message_id, text.as_str()), (own, "Tôi ở tầng 2"));
    phone.say(&GatewayFrame::Accepted { id: own.to_string(), at_ms: UnixMs(9) }).await;
    until(&events, |e| matches!(e, BridgeEvent::Accepted { id } if id == own.to_string()).then_some(()))
        .await;

    let desk = MessageId(Uuid::from_u128(77));
    let message = GatewayFrame::Message {
        seq: Seq(12),
        case_id: CaseId(Uuid::from_u128(1)),
        alert_id,
        message_id: desk,
        text: "Bạn ở đâu?".into(),
        from: "Lan".into(),
        at_ms: UnixMs(10),
    };
    phone.say(&message).await;
    phone.say(&message).await;
    let PhoneFrame::Delivered { message_ids, .. } = phone.hear().await else { panic!("the mark") };
    assert_eq!(message_ids, [desk]);
    let chat: Vec<_> = bridge.messages().unwrap().into_iter().map(|m| (m.from_officer, m.text)).collect();
    assert_eq!(chat, [(None, "Tôi ở tầng 2".into()), (Some("Lan".into()), "Bạn ở đâu?".into())]);
}

#[tokio::test]
async fn fixes_and_a_cancellation_follow_the_alert() {
    let dir = tempfile::tempdir().unwrap();
    let mut gateway = Gateway::start().await;
    let bridge = open(&dir.path().join("outbox.db"), &gateway.url());
    let events = bridge.subscribe();
    let (mut phone, alert_id) = on_record(&mut gateway, &bridge, &events).await;

    let kept = bridge.send_fixes(vec![Position::at(25.0, 121.5), Position::at(91.0, 0.0)]).unwrap();
    assert_eq!(kept, 1);
    let PhoneFrame::Fixes { fixes, .. } = phone.hear().await else { panic!("the fixes") };
    let fix_ids = fixes.iter().map(|f| f.fix_id).collect();
    phone.say(&GatewayFrame::FixesAccepted { fix_ids, dropped: vec![] }).await;

    bridge.cancel(alert_id, None).unwrap();
    assert!(matches!(phone.hear().await, PhoneFrame::Cancel { alert_id: id, .. } if id == alert_id));
    assert_eq!(bridge.alert_state(alert_id).unwrap().unwrap().cancel, CancelState::Queued);
    phone.say(&GatewayFrame::Accepted { id: alert_id.to_string(), at_ms: UnixMs(9) }).await;
    until(&events, |e| matches!(e, BridgeEvent::Accepted { .. }).then_some(())).await;
    assert_eq!(bridge.alert_state(alert_id).unwrap().unwrap().cancel, CancelState::Accepted);
}

#[tokio::test]
async fn without_an_alert_there_is_nothing_to_add_to() {
    let dir = tempfile::tempdir().unwrap();
    let gateway = Gateway::start().await;
    let bridge = open(&dir.path().join("outbox.db"), &gateway.url());
    assert!(bridge.write("x").is_err());
    assert!(bridge.send_fixes(vec![Position::at(1.0, 1.0)]).is_err());
    assert!(bridge.cancel(AlertId(Uuid::from_u128(1)), None).is_ok());
    bridge.press(PressDetails::default());
    assert!(bridge.write(" \u{7} ").is_err() && bridge.write(&"x".repeat(2_001)).is_err());
}

#[tokio::test]
async fn the_desk_asks_where_the_phone_is_and_hears_it_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let mut gateway = Gateway::start().await;
    let bridge = open(&dir.path().join("outbox.db"), &gateway.url());
    let events = bridge.subscribe();
    let (mut phone, alert_id) = on_record(&mut gateway, &bridge, &events).await;
    let question = GatewayFrame::Locate { seq: Seq(9), alert_id, at_ms: UnixMs(4) };
    phone.say(&question).await;
    until(&events, |e| (e == BridgeEvent::Locate { alert_id, at_ms: UnixMs(4) }).then_some(())).await;
    assert!(bridge.alert_state(alert_id).unwrap().unwrap().fix_owed);
    bridge.send_fixes(vec![Position::at(25.05, 121.52)]).unwrap();
    assert!(!bridge.alert_state(alert_id).unwrap().unwrap().fix_owed);
    let PhoneFrame::Fixes { fixes, .. } = phone.hear().await else { panic!("a fix and nothing else") };
    assert_eq!(fixes.len(), 1);

    // Said again, as after a broken connection, it asks nobody: the next event is another.
    phone.say(&question).await;
    phone.receipt(alert_id, Stage::Seen, 10).await;
    let next = until(&events, |e| (!matches!(e, BridgeEvent::Link { .. })).then_some(e)).await;
    assert!(matches!(next, BridgeEvent::Receipt { .. }), "{next:?}");
}
