//! Phones that come late, and phones whose clocks are wrong.

use std::sync::Arc;

use sos_mobile_bridge::{Bridge, Config, Position, PressDetails};
use sos_protocol::ambient::{Clock, ManualClock, SystemClock, SystemEntropy};
use sos_protocol::http::AlertStatus;
use sos_protocol::{CaseEvent, PhoneFrame, Stage, UnixMs};
use sos_tests::gate::Gate;
use sos_tests::phone::alert;
use sos_tests::{Key, Phone, Service, until};

const DAY_MS: i64 = 24 * 3600 * 1000;
const TEN_YEARS_MS: i64 = 3_653 * DAY_MS;
const TAIPEI: (f64, f64) = (25.05, 121.52);

#[tokio::test]
async fn an_sos_pressed_three_days_ago_rings_when_it_arrives_and_says_how_old_it_is() {
    let service = Service::start().await;
    let mut feed = service.officer("lan").await.feed(None).await;
    let gate = Gate::to(service.address).await;
    gate.shut();
    let folder = tempfile::tempdir().expect("a folder");
    // The phone's clock is three years slow on top of it.
    let clock = ManualClock::at(UnixMs(SystemClock::new().now().0 - 3 * 365 * DAY_MS));
    let (file, config) = (folder.path().join("phone.sqlite"), Config::new(&gate.url()));
    let phone = Bridge::open(&file, config, clock.clone(), Arc::new(SystemEntropy)).expect("a phone");
    let position = Some(Position::at(TAIPEI.0, TAIPEI.1));
    let pressed = phone.press(PressDetails { position, ..PressDetails::default() });
    clock.advance_ms(3 * DAY_MS);
    gate.open();
    until("it left the outbox", async || {
        clock.advance_ms(100);
        (!phone.alert_state(pressed.alert_id).ok()??.queued).then_some(())
    })
    .await;
    let (_, case) = feed.event("opened").await;
    let waited = case.waited_ms.expect("its age");
    assert!((3 * DAY_MS..4 * DAY_MS).contains(&waited), "{waited}");
    // Its position is as old as the press: nobody is shown it as a fresh one.
    let position = case.position.expect("a position");
    let measured = position.fix.fix_time_ms.expect("an age");
    assert!(position.server_time_ms.since_ms(measured) >= 3 * DAY_MS);
}

#[tokio::test]
async fn phones_whose_clock_is_ten_years_off_either_way_are_heard_and_not_believed() {
    let service = Service::start().await;
    let lan = service.officer("lan").await;
    let mut feed = lan.feed(None).await;
    let mut phone = Phone::connect(&service).await;
    let now = service.clock.now();
    for off in [-TEN_YEARS_MS, TEN_YEARS_MS] {
        let mut press = alert(Some(TAIPEI));
        press.device_time_ms = Some(now.plus_ms(off));
        press.position.as_mut().expect("a position").fix_time_ms = Some(now.plus_ms(off));
        phone.say(&PhoneFrame::Alert { alert: press.clone() }).await;
        phone.receipt(press.alert_id, Stage::Recorded).await;
        let (_, case) = feed.event("opened").await;
        assert!(case.pressed_at_ms.since_ms(now).abs() < DAY_MS, "the server's time counts");
        assert!(case.position.is_some());
    }
}

#[tokio::test]
async fn when_the_servers_clock_jumps_ten_years_every_sos_is_still_taken() {
    let clock = ManualClock::at(SystemClock::new().now());
    let service = Service::start_with(clock.clone()).await;
    let (_, code) = service.worker("Trần Thị Giờ", "TW").await;
    let key = Key::new().enrol(&service, &code).await;
    for to in [TEN_YEARS_MS, -2 * TEN_YEARS_MS, TEN_YEARS_MS] {
        clock.set_ahead_ms(to);
        let (mut phone, _) = Phone::greet(&service, &key).await;
        let alert_id = phone.press(Some(TAIPEI)).await;
        phone.receipt(alert_id, Stage::Recorded).await;
    }
    assert_eq!(service.count("SELECT count(*) FROM alerts").await, 3);
    assert!(service.store.verify_ledger().await.expect("an answer").is_ok());
}

#[tokio::test]
async fn every_one_of_many_presses_is_told_as_recorded() {
    let service = Service::start().await;
    let (mut phone, _) = Phone::of_worker(&service, "Lê Văn Nhiều", "TW").await;
    let presses: Vec<_> = (0..30).map(|_| alert(None)).collect();
    for alert in &presses {
        phone.say(&PhoneFrame::Alert { alert: alert.clone() }).await;
    }
    for alert in &presses {
        until("it is on record for its phone", async || {
            let answer = service.get(&format!("/api/alerts/{}", alert.alert_id)).await.ok()?;
            let status: AlertStatus = answer.json().await.ok()?;
            status.receipts.iter().any(|receipt| receipt.stage == Stage::Recorded).then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn after_a_workers_key_was_erased_older_words_are_blank_and_the_case_still_opens() {
    let service = Service::start().await;
    let lan = service.officer("lan").await;
    let mut phone = Phone::connect(&service).await;
    let alert_id = phone.press(Some(TAIPEI)).await;
    let case = phone.receipt(alert_id, Stage::Recorded).await.case_id.expect("a case");
    phone.write(alert_id, "Tôi ở tầng 2").await;
    until("the words", async || (lan.history(case).await.len() == 2).then_some(())).await;
    sqlx::query("DELETE FROM subject_keys").execute(&service.db).await.expect("erased");
    // What comes after it is sealed with another key.
    phone.write(alert_id, "Tôi vẫn ở đây").await;
    until("newer words", async || (lan.history(case).await.len() == 3).then_some(())).await;
    let words: Vec<String> = lan
        .detail(case)
        .await
        .timeline
        .into_iter()
        .filter_map(|entry| match entry.event {
            CaseEvent::Message { text, .. } => Some(text),
            _ => None,
        })
        .collect();
    assert_eq!(words, ["", "Tôi vẫn ở đây"]);
}
