//! A worker without a phone: somebody else's speaks for them for a day, with a card and a PIN.

use sos_protocol::ambient::{Clock, ManualClock, SystemClock};
use sos_protocol::limits::BORROWED_H;
use sos_protocol::{ErrorCode, GatewayFrame, Priority, Problem, Stage, Unverified, WorkerId};
use sos_server::admin::{Admin, IssuedCard};
use sos_server::app::Ambient;
use sos_tests::{Key, Phone, Service, until};

const TAIPEI: Option<(f64, f64)> = Some((25.0478, 121.517));
const DAY_MS: i64 = BORROWED_H as i64 * 3600 * 1000;

/// A worker with a card: (worker, card, first and second PIN).
async fn with_card(service: &Service, name: &str) -> (WorkerId, String, [String; 2]) {
    let (worker, _) = service.worker(name, "TW").await;
    let IssuedCard { code, pins } = service.card(worker).await;
    let pins = pins.expect("the worker had none").map(|pin| pin.digits().to_owned());
    assert_ne!(pins[0], pins[1]);
    assert!(pins.iter().all(|pin| pin.len() == 6));
    assert!(service.card(worker).await.pins.is_none(), "a second card brings no other ones");
    (worker, code, pins)
}

async fn refused(service: &Service, key: &Key, card: &str, pin: &str) -> (u16, Problem) {
    let answer = key.try_card(service, card, pin).await;
    (answer.status().as_u16(), answer.json().await.expect("a problem"))
}

#[tokio::test]
async fn with_card_and_pin_anothers_phone_opens_the_workers_case_and_the_second_pin_says_so() {
    let service = Service::start().await;
    let lan = service.officer("lan").await;
    let mut feed = lan.feed(None).await;
    let (worker, card, [pin, other]) = with_card(&service, "Mai Thị Mượn").await;

    let key = Key::new().borrow_with(&service, &card.to_lowercase(), &pin).await;
    let enrolled = key.enrolled.clone().unwrap();
    assert_eq!(enrolled.worker.worker_id, worker);
    assert_eq!(enrolled.worker.phone, None, "the owner of the phone learns no more than the name");
    let left_ms = enrolled.credential_expires_ms.since_ms(service.clock.now());
    assert!((DAY_MS - 60_000..=DAY_MS).contains(&left_ms));
    let (mut phone, _) = Phone::greet(&service, &key).await;
    let alert_id = phone.press(TAIPEI).await;
    phone.receipt(alert_id, Stage::Recorded).await;
    let (_, case) = feed.event("opened").await;
    assert_eq!((case.worker_id, case.unverified, case.duress_at_ms), (Some(worker), None, None));

    let forced = Key::new().borrow_with(&service, &card, &other).await;
    let (mut phone, welcome) = Phone::greet(&service, &forced).await;
    assert!(matches!(welcome, GatewayFrame::Welcome { verified: true, .. }));
    let alert_id = phone.press(TAIPEI).await;
    phone.receipt(alert_id, Stage::Recorded).await;
    let (_, raised) = feed.event("duress").await;
    assert_eq!(raised.case_id, case.case_id, "the worker has one matter");
    assert_eq!((raised.priority, raised.ringing), (Priority::P1, true));
    assert!(raised.duress_at_ms.is_some());
    let timeline = lan.history(case.case_id).await;
    let kinds: Vec<&str> = timeline.iter().map(|entry| entry.event.kind()).collect();
    assert_eq!(kinds, ["opened", "pressed_again", "duress"]);

    // Taking it back needs a PIN there too.
    assert_eq!(phone.cancel(alert_id, None).await, Err(ErrorCode::PinNeeded));
    // Whoever owns the phone cannot keep the worker out.
    let set = key.set_pins(&service, ["1111", "2222"], Some(&pin)).await;
    assert_eq!(set, Err(ErrorCode::NotVerified));
}

#[tokio::test]
async fn an_unknown_card_and_a_wrong_pin_are_answered_alike_and_bounded_alike() {
    let clock = ManualClock::at(SystemClock::new().now());
    let service = Service::start_with(clock.clone()).await;
    let (_, card, [pin, _]) = with_card(&service, "Tô Văn Thẻ").await;
    let (without_pins, _) = service.worker("Tô Thị Quên", "TW").await;
    let forgotten = service.card(without_pins).await.code;
    assert!(service.store.forget_pins(without_pins).await.unwrap());
    let key = Key::new();
    let mut answers = vec![];
    for card in [&card, "ABCD-EFGH-2345", &forgotten] {
        let mut answer = vec![];
        for _ in 0..6 {
            answer.push(refused(&service, &key, card, "000000").await);
        }
        assert_eq!((answer[4].0, answer[4].1.code), (403, ErrorCode::PinWrong));
        assert_eq!((answer[5].0, answer[5].1.code), (429, ErrorCode::RateLimited));
        answers.push(answer);
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], answers[2]);
    let (_, closed) = refused(&service, &key, &card, &pin).await;
    assert_eq!(closed.code, ErrorCode::RateLimited);
    clock.advance_ms(15 * 60 * 1000);
    Key::new().borrow_with(&service, &card, &pin).await;

    let mut forged = Key::new().card_request(&card, &pin);
    forged.public_key = key.public_key();
    let answer = service.post("/api/card", serde_json::to_vec(&forged).unwrap()).await;
    assert_eq!(answer.json::<Problem>().await.unwrap().code, ErrorCode::ProofInvalid);
}

#[tokio::test]
async fn a_borrowed_phone_is_the_same_device_for_a_day_and_nobodys_after_it() {
    let clock = ManualClock::at(SystemClock::new().now());
    let service = Service::start_with(clock.clone()).await;
    let mut feed = service.officer("lan").await.feed(None).await;
    let (worker, card, [pin, other]) = with_card(&service, "Hà Văn Trả").await;
    let key = Key::new().borrow_with(&service, &card, &pin).await;
    clock.advance_ms(DAY_MS / 2 + 1);
    let again = key.clone().borrow_with(&service, &card, &other).await;
    let (first, repeat) = (key.enrolled.clone().unwrap(), again.enrolled.clone().unwrap());
    assert_eq!(first.device_id, repeat.device_id);
    assert_eq!(first.credential_expires_ms, repeat.credential_expires_ms);
    assert_eq!(service.count("SELECT count(*) FROM devices WHERE duress").await, 1, "the last PIN counts");

    let (mut phone, welcome) = Phone::greet(&service, &key).await;
    assert!(matches!(welcome, GatewayFrame::Welcome { verified: true, credential: None, .. }));
    clock.advance_ms(DAY_MS / 2);
    // Its connection is still there: the press is taken, but it is not the worker's any more.
    let alert_id = phone.press(TAIPEI).await;
    let closed = until("the connection ends", async || phone.hear_or_close().await.err()).await;
    assert_eq!(closed, Some(1001));
    let (_, case) = feed.event("opened").await;
    assert_eq!(case.unverified, Some(Unverified::DeviceRevoked));
    assert!(case.duress_at_ms.is_some(), "that the worker was forced is still said");
    let (mut phone, welcome) = Phone::greet(&service, &key).await;
    let GatewayFrame::Welcome { verified, unverified, credential, .. } = welcome else { panic!("a welcome") };
    assert_eq!((verified, unverified, credential), (false, Some(Unverified::DeviceRevoked), None));
    let second = phone.press(TAIPEI).await;
    phone.receipt(second, Stage::Recorded).await;
    assert_ne!(alert_id, second);
    let worker_cases = "SELECT count(*) FROM cases WHERE subject LIKE 'worker:%'";
    assert_eq!(service.count(worker_cases).await, 0);

    let renewed = key.clone().borrow_with(&service, &card, &pin).await.enrolled.unwrap();
    assert_ne!(renewed.device_id, first.device_id);
    // With the card goes what was signed in with it.
    let ambient = Ambient {
        clock: service.clock.clone(),
        entropy: std::sync::Arc::new(sos_protocol::ambient::SystemEntropy),
    };
    let revoke = Admin::RevokeCard { worker };
    revoke.run(&service.config, &service.store, &ambient).await.unwrap();
    let devices = service.store.devices(&[renewed.device_id.0], service.clock.now()).await.unwrap();
    assert!(devices[0].revoked);
    let (_, gone) = refused(&service, &Key::new(), &card, &pin).await;
    assert_eq!(gone.code, ErrorCode::PinWrong);
    let reset = Admin::ResetPins { worker };
    reset.run(&service.config, &service.store, &ambient).await.unwrap();
    assert!(service.card(worker).await.pins.is_some());
}
