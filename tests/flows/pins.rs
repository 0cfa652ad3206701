//! Two PINs: one takes a press back, the other raises the alarm in silence; and neither is ever in the way of an SOS.

use futures_util::future::join_all;
use sos_ops::stack::{Stack, StackConfig};
use sos_protocol::ambient::{Clock, ManualClock, SystemClock, SystemEntropy};
use sos_protocol::{CaseId, ErrorCode, GatewayFrame, Priority, Stage, WorkerId};
use sos_server::auth::password::Passwords;
use sos_tests::{Feed, Key, Phone, Service, log, until};

const TAIPEI: Option<(f64, f64)> = Some((25.0478, 121.517));
const QUARTER_MS: i64 = 15 * 60 * 1000;

/// A worker's phone that is connected, with PINs.
async fn with_pins(service: &Service, pins: [&str; 2]) -> (Phone, Key, WorkerId) {
    let (worker, code) = service.worker("Đặng Văn Giữ", "TW").await;
    let key = Key::new().enrol(service, &code).await;
    let (phone, _) = Phone::greet(service, &key).await;
    key.set_pins(service, pins, None).await.expect("set");
    (phone, key, worker)
}

async fn press(phone: &mut Phone) -> (sos_protocol::AlertId, CaseId) {
    let alert_id = phone.press(TAIPEI).await;
    let case = phone.receipt(alert_id, Stage::Recorded).await.case_id.expect("a case");
    (alert_id, case)
}

/// The frames that a phone hears of a cancellation, without what is the alert's own.
async fn told_of(phone: &mut Phone, feed: &mut Feed, pin: &str, kind: &str) -> (Vec<String>, CaseId) {
    let (alert_id, case) = press(phone).await;
    phone.cancel(alert_id, Some(pin)).await.expect("accepted");
    feed.event(kind).await;
    phone.say_text(r#"{"type":"ping"}"#).await;
    let mut told = vec![];
    loop {
        match phone.hear().await {
            GatewayFrame::Pong { .. } => return (told, case),
            other => told.push(serde_json::to_string(&other).expect("JSON")),
        }
    }
}

#[tokio::test]
async fn the_second_pin_looks_like_the_first_and_raises_the_alarm() {
    let service = Service::start().await;
    let lan = service.officer("lan").await;
    let mut feed = lan.feed(None).await;
    let (mut free, ..) = with_pins(&service, ["1357", "2468"]).await;
    let (mut forced, ..) = with_pins(&service, ["1357", "2468"]).await;

    let (alert_id, case) = press(&mut free).await;
    assert_eq!(free.cancel(alert_id, None).await, Err(ErrorCode::PinNeeded));
    assert_eq!(free.cancel(alert_id, Some("9999")).await, Err(ErrorCode::PinWrong));
    assert_eq!(lan.history(case).await.len(), 1, "nothing was taken back");
    free.cancel(alert_id, Some("1357")).await.expect("accepted");
    let (_, cancelled) = feed.event("cancelled").await;
    assert_eq!((cancelled.priority, cancelled.duress_at_ms), (Priority::P2, None));

    let (told_free, _) = told_of(&mut free, &mut feed, "1357", "cancelled").await;
    let (told_forced, case) = told_of(&mut forced, &mut feed, "2468", "duress").await;
    assert_eq!(told_free, told_forced, "the phone shows nothing of it");
    let raised = lan.detail(case).await.case;
    assert_eq!((raised.priority, raised.cancelled_at_ms, raised.ringing), (Priority::P1, None, true));
    assert!(raised.duress_at_ms.is_some());
}

#[tokio::test]
async fn a_second_pin_that_comes_twice_rings_a_claimed_case_once_and_holds_up_nothing() {
    let service = Service::start().await;
    let lan = service.officer("lan").await;
    let (mut phone, ..) = with_pins(&service, ["1357", "2468"]).await;
    let (alert_id, case) = press(&mut phone).await;
    assert!(!lan.claim(case, 1).await.unwrap().ringing);
    for _ in 0..2 {
        phone.cancel(alert_id, Some("2468")).await.expect("accepted");
    }
    phone.write(alert_id, "Không sao đâu").await;
    until("all is recorded", async || {
        (service.count("SELECT count(*) FROM ledger WHERE kind = 'message'").await == 1).then_some(())
    })
    .await;
    let detail = lan.detail(case).await;
    let history = lan.history(case).await;
    let kinds: Vec<&str> = history.iter().map(|entry| entry.event.kind()).collect();
    assert_eq!(kinds, ["opened", "claimed", "duress", "message"]);
    assert!(detail.case.ringing);
}

#[tokio::test]
async fn five_wrong_ones_close_the_pins_of_the_worker_everywhere_and_no_sos() {
    let clock = ManualClock::at(SystemClock::new().now());
    let service = Service::start_with(clock.clone()).await;
    let other_node = service.another_node().await;
    let (mut phone, _, worker) = with_pins(&service, ["1357", "2468"]).await;
    let second = Key::new().enrol(&service, &service.code(worker, 60_000).await).await;
    let (alert_id, _) = press(&mut phone).await;
    for _ in 0..4 {
        assert_eq!(phone.cancel(alert_id, Some("0000")).await, Err(ErrorCode::PinWrong));
    }
    // A right one in between begins the count anew.
    phone.cancel(alert_id, Some("1357")).await.expect("accepted");
    // However many are tried at the same moment, by whatever phone and node: five are looked at.
    let tries = join_all((0..12).map(|n| {
        let node = if n % 2 == 0 { &service } else { &other_node };
        second.set_pins(node, ["1111", "2222"], Some("0000"))
    }));
    let answers = tries.await;
    let count = |code| answers.iter().filter(|answer| **answer == Err(code)).count();
    assert_eq!((count(ErrorCode::PinWrong), count(ErrorCode::RateLimited)), (5, 7), "{answers:?}");
    assert_eq!(phone.cancel(alert_id, Some("1357")).await, Err(ErrorCode::RateLimited));
    assert_eq!(phone.cancel(alert_id, None).await, Err(ErrorCode::PinNeeded));
    let (again, _) = press(&mut phone).await;
    clock.advance_ms(QUARTER_MS);
    phone.cancel(again, Some("1357")).await.expect("open again");
}

#[tokio::test]
async fn who_is_made_to_change_the_pins_changes_only_the_second() {
    let service = Service::start().await;
    let (_, code) = service.worker("Lương Thị Kín", "TW").await;
    let key = Key::new().enrol(&service, &code).await;
    assert_eq!(key.set_pins(&service, ["1357", "1357"], None).await, Err(ErrorCode::InvalidField));
    key.set_pins(&service, ["1357", "2468"], None).await.expect("the first ones");
    assert_eq!(key.set_pins(&service, ["3333", "4444"], None).await, Err(ErrorCode::PinNeeded));
    assert_eq!(key.set_pins(&service, ["3333", "4444"], Some("0000")).await, Err(ErrorCode::PinWrong));
    let short = serde_json::json!({ "pin": "12", "other_pin": "2468" });
    let answer = key.send(&service, "PUT", "/api/device/pins", Some(&short)).await;
    assert_eq!(sos_tests::phone::answered(answer).await, Err(ErrorCode::InvalidField));

    key.set_pins(&service, ["3333", "4444"], Some("1357")).await.expect("both are changed");
    key.set_pins(&service, ["5555", "6666"], Some("4444")).await.expect("they are told that it was done");
    // They hit on the one that only the worker knows: it goes on taking back, and the alarm keeps its PIN.
    key.set_pins(&service, ["3333", "7777"], Some("5555")).await.expect("they are told that it was done");

    let lan = service.officer("lan").await;
    for (pin, kind) in [("3333", "cancelled"), ("5555", "duress")] {
        let mut feed = lan.feed(None).await;
        let (mut phone, _) = Phone::greet(&service, &key).await;
        let (alert_id, case) = press(&mut phone).await;
        for unknown in ["1357", "2468", "4444", "6666"] {
            assert_eq!(phone.cancel(alert_id, Some(unknown)).await, Err(ErrorCode::PinWrong), "{unknown}");
        }
        phone.cancel(alert_id, Some(pin)).await.expect("accepted");
        let (_, told) = feed.event(kind).await;
        assert_eq!(told.case_id, case);
    }
}

#[tokio::test]
async fn without_pins_or_without_a_worker_a_press_is_taken_back_as_ever() {
    let service = Service::start().await;
    let mut feed = service.officer("bo").await.feed(None).await;
    let (mut worker, _) = Phone::of_worker(&service, "Chu Văn Không", "TW").await;
    let (alert_id, _) = press(&mut worker).await;
    worker.cancel(alert_id, Some("1357")).await.expect("whatever was typed");
    feed.event("cancelled").await;
    let mut stranger = Phone::connect(&service).await;
    let (alert_id, _) = press(&mut stranger).await;
    stranger.cancel(alert_id, None).await.expect("accepted");
    feed.event("cancelled").await;
}

#[tokio::test]
async fn the_database_alone_does_not_give_a_pin_away_and_the_log_never_holds_one() {
    let service = Service::start().await;
    let (mut phone, key, _) = with_pins(&service, ["13571357", "24682468"]).await;
    let (alert_id, _) = press(&mut phone).await;
    phone.cancel(alert_id, Some("13571357")).await.expect("accepted");
    assert_eq!(key.set_pins(&service, ["1111", "2222"], Some("86428642")).await, Err(ErrorCode::PinWrong));
    let hash: String =
        sqlx::query_scalar("SELECT pin_hash FROM worker_pins").fetch_one(&service.db).await.unwrap();
    assert!(hash.starts_with("$argon2id$"), "{hash}");
    let passwords = Passwords::new(&SystemEntropy);
    assert!(!passwords.fits("13571357".to_owned(), Some(hash)).await, "a key of the service is in it");
    let log = log::so_far();
    assert!(["13571357", "24682468", "86428642"].iter().all(|pin| !log.contains(pin)));
}

/// Stores that the test may kill, and a worker's phone with PINs whose press is on record.
async fn on_own_stores() -> (&'static Stack, Service, Phone, sos_protocol::AlertId) {
    let start = || Box::leak(Box::new(Stack::start(&StackConfig::default()).expect("the stores start")));
    let stack: &'static Stack = tokio::task::spawn_blocking(start).await.expect("started");
    let service = Service::start_on_stack(stack).await;
    let (mut phone, ..) = with_pins(&service, ["1357", "2468"]).await;
    let (alert_id, _) = press(&mut phone).await;
    (stack, service, phone, alert_id)
}

#[tokio::test]
async fn past_redis_a_repeat_is_known_too() {
    let (stack, service, mut phone, alert_id) = on_own_stores().await;
    tokio::task::spawn_blocking(|| stack.kill_redis()).await.unwrap();
    for pin in ["2468", "2468", "1357", "1357"] {
        phone.cancel(alert_id, Some(pin)).await.expect("accepted");
    }
    assert_eq!(service.count("SELECT count(*) FROM ledger WHERE kind <> 'escalated'").await, 3);
}

#[tokio::test]
async fn while_postgres_is_away_nobody_says_that_a_press_was_taken_back_and_an_sos_is_taken() {
    let (stack, _service, mut phone, alert_id) = on_own_stores().await;
    tokio::task::spawn_blocking(|| stack.kill_postgres()).await.unwrap().expect("postgres ends");
    assert_eq!(phone.cancel(alert_id, Some("1357")).await, Err(ErrorCode::Unavailable));
    phone.press(TAIPEI).await;
}

#[tokio::test]
async fn nobody_takes_a_press_back_from_another_phone_without_the_pin() {
    let service = Service::start().await;
    let lan = service.officer("lan").await;
    let (mut phone, ..) = with_pins(&service, ["1357", "2468"]).await;
    let (alert_id, case) = press(&mut phone).await;
    let mut stranger = Phone::connect(&service).await;
    assert_eq!(stranger.cancel(alert_id, None).await, Err(ErrorCode::PinNeeded));
    let (mut other_worker, ..) = with_pins(&service, ["1111", "2222"]).await;
    assert_eq!(other_worker.cancel(alert_id, Some("1111")).await, Err(ErrorCode::PinWrong));
    assert_eq!(lan.history(case).await.len(), 1);
}
