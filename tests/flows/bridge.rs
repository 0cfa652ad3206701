//! The phones' client core against the real service.

use std::path::Path;
use std::sync::Arc;

use sos_mobile_bridge::{Bridge, BridgeEvent, Config, Events, Position, PressDetails};
use sos_protocol::ambient::{SystemClock, SystemEntropy};
use sos_protocol::http::PostMessage;
use sos_protocol::{AlertId, MessageId, Receipt, Stage};
use sos_tests::gate::Gate;
use sos_tests::phone::new_id;
use sos_tests::wait::LIMIT;
use sos_tests::{Service, until};

fn open(data: &Path, url: &str) -> Bridge {
    Bridge::open(data, Config::new(url), Arc::new(SystemClock::new()), Arc::new(SystemEntropy))
        .expect("a phone")
}

fn taipei() -> PressDetails {
    PressDetails {
        position: Some(Position { accuracy_m: Some(9.0), ..Position::at(25.0478, 121.517) }),
        ..PressDetails::default()
    }
}

async fn event<T>(events: &Events, what: &str, wanted: impl Fn(&BridgeEvent) -> Option<T>) -> T {
    let hear = async {
        loop {
            let event = events.next().await.unwrap_or_else(|| panic!("ended before: {what}"));
            if let Some(found) = wanted(&event) {
                return found;
            }
        }
    };
    tokio::time::timeout(LIMIT, hear).await.unwrap_or_else(|_| panic!("waited in vain for: {what}"))
}

async fn stage(events: &Events, alert: AlertId, stage: Stage) -> Receipt {
    event(events, &format!("{stage:?}"), |event| match event {
        BridgeEvent::Receipt { receipt, .. } if receipt.alert_id == alert && receipt.stage == stage => {
            Some(receipt.clone())
        }
        _ => None,
    })
    .await
}

#[tokio::test]
async fn enrol_press_talk_and_be_told_the_truth() {
    let service = Service::start().await;
    let lan = service.officer("lan").await;
    let folder = tempfile::tempdir().unwrap();
    let phone = open(&folder.path().join("phone.sqlite"), &service.url(""));
    let events = phone.subscribe();
    let (_, code) = service.worker("Nguyễn Thị Cầu", "TW").await;
    let enrolment = phone.enrol(code).await.unwrap();
    assert_eq!(enrolment.worker.name, "Nguyễn Thị Cầu");
    let pressed = phone.press(taipei());
    assert!(pressed.saved);
    let id = stage(&events, pressed.alert_id, Stage::Recorded).await.case_id.unwrap();
    assert_eq!(lan.detail(id).await.case.unverified, None);
    lan.claim(id, 1).await.unwrap();
    assert_eq!(stage(&events, pressed.alert_id, Stage::Claimed).await.by.as_deref(), Some("Lan"));
    let message =
        PostMessage { message_id: MessageId(new_id()), text: "Chị có bị thương không?".into() };
    lan.command(id, "messages", &message).await.unwrap();
    let heard = event(&events, "a message", |event| match event {
        BridgeEvent::Message { message } => Some(message.text.clone()),
        _ => None,
    });
    assert_eq!(heard.await, "Chị có bị thương không?");
    let written = phone.write("Không, nhưng tôi bị khoá trong nhà").unwrap().to_string();
    event(&events, "accepted", |e| matches!(e, BridgeEvent::Accepted { id } if *id == written).then_some(()))
        .await;
    until("delivered and answered", async || {
        let detail = lan.detail(id).await;
        let kinds: Vec<&str> = detail.timeline.iter().map(|entry| entry.event.kind()).collect();
        (kinds.contains(&"delivered") && kinds.iter().filter(|kind| **kind == "message").count() == 2)
            .then_some(())
    })
    .await;
    let kept = Position::at(25.05, 121.52);
    assert_eq!(phone.send_fixes(vec![kept]).unwrap(), 1);
    until("the fix", async || (lan.detail(id).await.fixes.len() == 2).then_some(())).await;
    lan.close(id, 2).await.unwrap();
    stage(&events, pressed.alert_id, Stage::Closed).await;
}

#[tokio::test]
async fn a_press_without_a_network_survives_the_apps_death_and_goes_out_by_itself() {
    let service = Service::start().await;
    let gate = Gate::to(service.address).await;
    gate.shut();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("phone.sqlite");
    let phone = open(&data, &gate.url());
    let pressed = phone.press(taipei());
    until("it tried", async || (gate.turned_away() > 0).then_some(())).await;
    drop(phone);
    let phone = open(&data, &gate.url());
    assert!(phone.alert_state(pressed.alert_id).unwrap().unwrap().queued);
    let events = phone.subscribe();
    gate.open();
    stage(&events, pressed.alert_id, Stage::Recorded).await;
    until("forgotten only now", async || (!phone.alert_state(pressed.alert_id).ok()??.queued).then_some(()))
        .await;
    assert_eq!(service.count("SELECT count(*) FROM cases").await, 1);
}

#[tokio::test]
async fn where_websockets_are_blocked_the_sos_goes_over_http_and_is_followed_there() {
    let service = Service::start().await;
    let gate = Gate::to(service.address).await;
    gate.block_sockets();
    let lan = service.officer("lan").await;
    let folder = tempfile::tempdir().unwrap();
    let phone = open(&folder.path().join("phone.sqlite"), &gate.url());
    let events = phone.subscribe();
    let (_, code) = service.worker("Trịnh Văn Tường", "TW").await;
    phone.enrol(code).await.unwrap();
    let pressed = phone.press(taipei());
    let id = stage(&events, pressed.alert_id, Stage::Recorded).await.case_id.unwrap();
    assert_eq!(lan.detail(id).await.case.unverified, None, "the proof holds over HTTP as well");
    lan.claim(id, 1).await.unwrap();
    stage(&events, pressed.alert_id, Stage::Claimed).await;
}

#[tokio::test]
async fn a_phone_that_is_cut_off_again_and_again_makes_one_case_and_hears_every_step() {
    let service = Service::start().await;
    let gate = Gate::to(service.address).await;
    let lan = service.officer("lan").await;
    let folder = tempfile::tempdir().unwrap();
    let phone = open(&folder.path().join("phone.sqlite"), &gate.url());
    let events = phone.subscribe();
    let pressed = phone.press(taipei());
    let id = stage(&events, pressed.alert_id, Stage::Recorded).await.case_id.unwrap();
    for command in ["seen", "rang"] {
        gate.shut();
        lan.command(id, command, &()).await.unwrap();
        gate.open();
    }
    gate.shut();
    lan.claim(id, 1).await.unwrap();
    gate.open();
    stage(&events, pressed.alert_id, Stage::Claimed).await;
    let stages: Vec<Stage> =
        phone.alert_state(pressed.alert_id).unwrap().unwrap().history.iter().map(|r| r.stage).collect();
    assert_eq!(stages, [Stage::Received, Stage::Recorded, Stage::Seen, Stage::Rang, Stage::Claimed]);
    assert_eq!(service.count("SELECT count(*) FROM cases").await, 1);
}
