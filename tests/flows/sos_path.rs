//! Press, ring, claim, talk, move, close, on record.

use sos_protocol::feed::FeedFrame;
use sos_protocol::http::PostMessage;
use sos_protocol::{
    Actor, CaseEvent, CaseState, Disposition, GatewayFrame, MessageId, PhoneFrame, RoutingBasis, Stage,
    Unverified,
};
use sos_tests::phone::{self, alert, fix, new_id};
use sos_tests::{Phone, Service, log, until};

const TAIPEI: (f64, f64) = (25.0478, 121.517);

#[tokio::test]
async fn press_ring_claim_talk_move_close_on_record() {
    let service = Service::start().await;
    let lan = service.officer("lan").await;
    let mut feed = lan.feed(None).await;
    let (mut phone, _) = Phone::of_worker(&service, "Nguyễn Văn Thợ", "TW").await;

    let alert_id = phone.press(Some(TAIPEI)).await;
    let recorded = phone.receipt(alert_id, Stage::Recorded).await;
    assert!(recorded.desk_name.unwrap().contains("Đài Bắc"));
    let (_, case) = feed.event("opened").await;
    assert!(case.ringing);
    assert_eq!(case.worker_name.as_deref(), Some("Nguyễn Văn Thợ"));
    assert_eq!(case.unverified, None);
    let id = case.case_id;

    lan.command(id, "rang", &()).await.unwrap();
    phone.receipt(alert_id, Stage::Rang).await;
    lan.command(id, "seen", &()).await.unwrap();
    assert_eq!(phone.receipt(alert_id, Stage::Seen).await.by.as_deref(), Some("Lan"));
    lan.claim(id, 1).await.unwrap();
    assert_eq!(phone.receipt(alert_id, Stage::Claimed).await.by.as_deref(), Some("Lan"));

    let message = PostMessage { message_id: MessageId(new_id()), text: "Anh đang ở đâu?".into() };
    lan.command(id, "messages", &message).await.unwrap();
    let (message_id, text) = phone
        .hear_until("a message", |frame| match frame {
            GatewayFrame::Message { message_id, text, from, .. } if from == "Lan" => {
                Some((*message_id, text.clone()))
            }
            _ => None,
        })
        .await;
    assert_eq!((message_id, text.as_str()), (message.message_id, "Anh đang ở đâu?"));
    phone.say(&PhoneFrame::Delivered { alert_id, message_ids: vec![message_id] }).await;
    feed.event("delivered").await;
    phone.write(alert_id, "Tôi ở <b>bến cảng</b>'; DROP TABLE cases; --").await;
    let (_, case) = feed.event("message").await;
    assert_eq!(case.unread, 1);

    phone.say(&PhoneFrame::Fixes { alert_id, fixes: vec![fix(25.05, 121.52)] }).await;
    let moved = feed
        .until("a position", |frame| match frame {
            FeedFrame::Positions { case_id, fixes } if *case_id == id && fixes[0].fix.lat == 25.05 => {
                Some(fixes.clone())
            }
            _ => None,
        })
        .await;
    assert_eq!(moved.len(), 1);

    lan.close(id, 2).await.unwrap();
    let closed = phone.receipt(alert_id, Stage::Closed).await;
    assert_eq!(closed.disposition, Some(Disposition::Resolved));

    let detail = lan.detail(id).await;
    // The phone is told under which number the case is on record, and where.
    assert_eq!(closed.case_no, Some(detail.case.case_no.clone()));
    assert_eq!(closed.seq, Some(detail.case.last_seq));
    assert_eq!(detail.case.state, CaseState::Closed);
    assert_eq!(detail.fixes.len(), 2);
    let history = lan.history(id).await;
    let kinds: Vec<&str> = history.iter().map(|entry| entry.event.kind()).collect();
    assert_eq!(kinds, ["opened", "rang", "seen", "claimed", "message", "delivered", "message", "closed"]);
    let CaseEvent::Message { text, .. } = &history[6].event else { panic!("a message") };
    assert_eq!(text, "Tôi ở <b>bến cảng</b>'; DROP TABLE cases; --");
    assert_eq!(history[6].actor, Actor::Worker {});
    assert_eq!(service.count("SELECT count(*) FROM cases WHERE disposition = 'resolved'").await, 1);
    assert!(service.store.verify_ledger().await.unwrap().is_ok_and(|last| last >= sos_protocol::Seq(8)));
    let clear = service
        .count("SELECT count(*) FROM ledger WHERE facts LIKE '%bến cảng%' OR facts LIKE '%121.5%'")
        .await;
    assert_eq!(clear, 0, "words and positions are sealed in the ledger");
}

#[tokio::test]
async fn an_sos_without_anything_opens_a_case_at_the_ministry_and_says_so() {
    let service = Service::start().await;
    let bo = service.officer("bo").await;
    let mut feed = bo.feed(None).await;
    let mut phone = Phone::connect(&service).await;
    let alert_id = phone.press(None).await;
    phone.receipt(alert_id, Stage::Recorded).await;
    let (_, case) = feed.event("opened").await;
    assert_eq!(case.desk_id.as_str(), "ministry");
    assert_eq!(case.unverified, Some(Unverified::NoCredential));
    assert_eq!((case.routing.basis, case.position), (RoutingBasis::Nothing, None));
}

#[tokio::test]
async fn without_a_position_the_country_of_the_contract_decides() {
    let service = Service::start().await;
    let mut feed = service.officer("hoa").await.feed(None).await;
    let (mut phone, _) = Phone::of_worker(&service, "Lê Thị Mai", "JP").await;
    phone.press(None).await;
    let (_, case) = feed.event("opened").await;
    assert_eq!((case.desk_id.as_str(), case.routing.basis), ("jp-tokyo", RoutingBasis::ContractCountry));
}

#[tokio::test]
async fn a_second_press_rings_again_in_the_same_case() {
    let service = Service::start().await;
    let lan = service.officer("lan").await;
    let mut feed = lan.feed(None).await;
    let (mut phone, _) = Phone::of_worker(&service, "Trần Văn Biển", "TW").await;
    phone.press(Some(TAIPEI)).await;
    let (_, first) = feed.event("opened").await;
    let claimed = lan.claim(first.case_id, 1).await.unwrap();
    assert!(!claimed.ringing);
    let again = phone.press(Some(TAIPEI)).await;
    phone.receipt(again, Stage::Claimed).await;
    let (_, case) = feed.event("pressed_again").await;
    assert_eq!((case.case_id, case.presses, case.ringing), (first.case_id, 2, true));
    assert_eq!(service.count("SELECT count(*) FROM cases").await, 1);
    // After the end of that matter, a press is a new one.
    lan.close(first.case_id, 2).await.unwrap();
    phone.receipt(again, Stage::Closed).await;
    let third = phone.press(Some(TAIPEI)).await;
    phone.receipt(third, Stage::Recorded).await;
    assert_eq!(service.count("SELECT count(*) FROM cases").await, 2);
}

#[tokio::test]
async fn a_cancelled_press_is_shown_as_such_and_still_rings() {
    let service = Service::start().await;
    let mut feed = service.officer("lan").await.feed(None).await;
    let (mut phone, _) = Phone::of_worker(&service, "Phạm Thị Hạnh", "TW").await;
    let alert_id = phone.press(Some(TAIPEI)).await;
    for _ in 0..2 {
        phone.say(&PhoneFrame::Cancel { alert_id, pin: None, device_time_ms: None }).await;
        phone.hear_until("accepted", |f| matches!(f, GatewayFrame::Accepted { .. }).then_some(())).await;
    }
    let (_, case) = feed.event("cancelled").await;
    assert!(case.cancelled_at_ms.is_some() && case.ringing);
    assert_eq!(service.count("SELECT count(*) FROM ledger WHERE kind = 'cancelled'").await, 1);
}

#[tokio::test]
async fn a_phone_that_comes_back_hears_what_it_missed_and_nothing_it_knew() {
    let service = Service::start().await;
    let lan = service.officer("lan").await;
    let (mut phone, key) = Phone::of_worker(&service, "Đỗ Văn Nam", "TW").await;
    let alert_id = phone.press(Some(TAIPEI)).await;
    let recorded = phone.receipt(alert_id, Stage::Recorded).await;
    drop(phone);
    let id = recorded.case_id.unwrap();
    lan.claim(id, 1).await.unwrap();
    let message = PostMessage { message_id: MessageId(new_id()), text: "Chúng tôi đã nhận".into() };
    lan.command(id, "messages", &message).await.unwrap();
    let (mut phone, _) = Phone::greet_after(&service, &key, recorded.seq.unwrap()).await;
    match (phone.hear().await, phone.hear().await) {
        (GatewayFrame::Receipt { receipt }, GatewayFrame::Message { text, .. }) => {
            assert_eq!((receipt.stage, text.as_str()), (Stage::Claimed, "Chúng tôi đã nhận"));
        }
        other => panic!("the receipt, then the message: {other:?}"),
    }
}

#[tokio::test]
async fn receipts_can_be_followed_over_plain_http() {
    let service = Service::start().await;
    let lan = service.officer("lan").await;
    let press = alert(Some(TAIPEI));
    let answer = service.post("/api/alerts", serde_json::json!({ "alert": press }).to_string()).await;
    assert_eq!(answer.status(), 200);
    let stages = async || {
        let answer = service.get(&format!("/api/alerts/{}", press.alert_id)).await.unwrap();
        let status: sos_protocol::http::AlertStatus = answer.json().await.ok()?;
        Some((status.receipts.iter().map(|r| r.stage).collect::<Vec<_>>(), status.receipts.last()?.case_id))
    };
    let id =
        until("recorded", async || stages().await.filter(|(s, _)| *s == [Stage::Received, Stage::Recorded]))
            .await;
    lan.claim(id.1.unwrap(), 1).await.unwrap();
    until("claimed", async || stages().await.filter(|(s, _)| s.last() == Some(&Stage::Claimed))).await;
}

#[tokio::test]
async fn the_log_holds_no_names_words_or_positions() {
    let service = Service::start().await;
    let (mut phone, _) = Phone::of_worker(&service, "Bí Mật Không Ghi", "TW").await;
    let alert_id = phone.press(Some((65.012_345, 121.543_219))).await;
    phone.receipt(alert_id, Stage::Recorded).await;
    phone.write(alert_id, "câu nói không ghi").await;
    phone.say_text(r#"{"type":"message","text":"câu nói không ghi"}"#).await;
    phone.hear_until("an error", |f| matches!(f, GatewayFrame::Error { .. }).then_some(())).await;
    until("the message is recorded", async || {
        (service.count("SELECT count(*) FROM ledger WHERE kind = 'message'").await == 1).then_some(())
    })
    .await;
    let log = log::so_far();
    assert!(log.contains("recorded"), "something is logged");
    for secret in
        // No clock shows such seconds.
        ["Bí Mật", "65.0123", "121.5432", "câu nói", phone::alert(None).alert_id.to_string().as_str()]
    {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}

#[tokio::test]
async fn a_backlog_that_comes_late_does_not_take_the_place_of_the_fresh_position() {
    let service = Service::start().await;
    let lan = service.officer("lan").await;
    let mut feed = lan.feed(None).await;
    let mut phone = Phone::connect(&service).await;
    let alert_id = phone.press(Some(TAIPEI)).await;
    let (_, case) = feed.event("opened").await;
    let now = service.clock.now();
    let at = |lat, ms| sos_protocol::Fix { fix_time_ms: Some(now.plus_ms(ms)), ..fix(lat, 121.5) };
    let frames = [vec![at(25.2, 60_000)], vec![at(25.1, -600_000), at(25.0, -1_200_000)]];
    for (i, fixes) in frames.into_iter().enumerate() {
        phone.say(&PhoneFrame::Fixes { alert_id, fixes }).await;
        let told = feed.until("positions", |frame| match frame {
            FeedFrame::Positions { fixes, .. } if fixes[0].fix.lat == [25.2, 25.1][i] => Some(()),
            _ => None,
        });
        told.await;
    }
    let detail = lan.detail(case.case_id).await;
    assert_eq!(detail.case.position.unwrap().fix.lat, 25.2);
    let lats: Vec<f64> = detail.fixes.iter().map(|f| f.fix.lat).collect();
    assert_eq!(lats[..1], [25.2]);
    assert_eq!(lats[2..], [25.1, 25.0], "newest first, the first point of the alert before the backlog");
}

#[tokio::test]
async fn a_node_that_goes_down_says_so_and_loses_nothing() {
    let service = Service::start().await;
    let other = service.another_node().await;
    let mut phone = Phone::connect(&service).await;
    let alert_id = phone.press(Some(TAIPEI)).await;
    service.stop().await;
    let code = loop {
        match phone.hear_or_close().await {
            Ok(_) => {}
            Err(code) => break code,
        }
    };
    assert_eq!(code, Some(1001));
    until("the other node has it on record", async || {
        let answer = other.get(&format!("/api/alerts/{alert_id}")).await.ok()?;
        (answer.status() == 200).then_some(())
    })
    .await;
}
