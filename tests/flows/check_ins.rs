//! "Tôi ổn": the desk sees when and where a worker last said so.

use serde_json::{Value, json};
use sos_protocol::ambient::{Clock, ManualClock, SystemClock};
use sos_protocol::{ErrorCode, Stage};
use sos_tests::phone::{answered, new_id};
use sos_tests::{Key, Phone, Service};

async fn say(service: &Service, key: &Key, body: Value) -> Result<(), ErrorCode> {
    answered(key.send(service, "POST", "/api/device/check-ins", Some(&body)).await).await
}

#[tokio::test]
async fn the_desk_sees_the_latest_one_and_a_repeat_is_the_same() {
    let clock = ManualClock::at(SystemClock::new().now());
    let service = Service::start_with(clock.clone()).await;
    let lan = service.officer("lan").await;
    let (worker, code) = service.worker("Quách Thị An", "TW").await;
    let key = Key::new().enrol(&service, &code).await;
    let (mut phone, _) = Phone::greet(&service, &key).await;
    let alert_id = phone.press(None).await;
    let case = phone.receipt(alert_id, Stage::Recorded).await.case_id.unwrap();
    assert_eq!(lan.detail(case).await.last_check_in, None);

    let now = service.clock.now();
    let first = json!({ "check_in_id": new_id(), "position": { "lat": 25.04, "lon": 121.5 } });
    for _ in 0..2 {
        say(&service, &key, first.clone()).await.expect("taken");
    }
    // One that waited on the phone for long is older than it, and its place was none.
    let late = json!({ "check_in_id": new_id(), "waited_ms": 60_000, "position": { "lat": 91, "lon": 0 } });
    say(&service, &key, late).await.expect("taken");
    assert_eq!(service.count("SELECT count(*) FROM check_ins").await, 2);
    assert_eq!(service.count("SELECT count(*) FROM check_ins WHERE position IS NULL").await, 1);
    let shown = lan.detail(case).await.last_check_in.expect("a check-in");
    assert_eq!((shown.at_ms, shown.received_at_ms), (now, now));
    assert_eq!(shown.position.map(|fix| fix.lat), Some(25.04));

    let (_, code) = service.worker("Quách Văn Khác", "TW").await;
    let other = Key::new().enrol(&service, &code).await;
    assert_eq!(say(&service, &other, first.clone()).await, Err(ErrorCode::IdReused));
    assert_eq!(say(&service, &other, json!({})).await, Err(ErrorCode::MissingField));

    // Said on a phone that the worker was made to sign in with, it says nothing.
    let card = service.card(worker).await;
    let [_, second] = card.pins.expect("PINs");
    let forced = Key::new().borrow_with(&service, &card.code, second.digits()).await;
    clock.advance_ms(1_000);
    say(&service, &forced, json!({ "check_in_id": new_id() })).await.expect("taken");
    assert_eq!(lan.detail(case).await.last_check_in.map(|shown| shown.at_ms), Some(now));
}

#[tokio::test]
async fn too_many_in_an_hour_are_refused_but_not_a_repeat() {
    let clock = ManualClock::at(SystemClock::new().now());
    let service = Service::start_with(clock.clone()).await;
    let (_, code) = service.worker("Quách Văn Nhiều", "TW").await;
    let key = Key::new().enrol(&service, &code).await;
    let first = json!({ "check_in_id": new_id() });
    say(&service, &key, first.clone()).await.expect("taken");
    for _ in 1..60 {
        say(&service, &key, json!({ "check_in_id": new_id() })).await.expect("taken");
    }
    let next = json!({ "check_in_id": new_id() });
    assert_eq!(say(&service, &key, next.clone()).await, Err(ErrorCode::RateLimited));
    say(&service, &key, first).await.expect("the same one again");
    clock.advance_ms(3600 * 1000 + 1);
    say(&service, &key, next).await.expect("taken");
    // What nobody needs any more is not kept.
    clock.advance_ms(91 * 24 * 3600 * 1000);
    say(&service, &key, json!({ "check_in_id": new_id() })).await.expect("taken");
    assert_eq!(service.count("SELECT count(*) FROM check_ins").await, 1);
}
