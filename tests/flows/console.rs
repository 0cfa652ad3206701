//! Consoles: races, resuming, sharing.

use sos_protocol::feed::{ConsoleFrame, FeedFrame};
use sos_protocol::http::{Claim, PostNote, Transfer, WithReason};
use sos_protocol::{CaseState, ErrorCode, NoteId, Seq, Stage};
use sos_tests::phone::{alert, new_id};
use sos_tests::{Feed, Phone, Service};

const TAIPEI: (f64, f64) = (25.0478, 121.517);

#[tokio::test]
async fn of_two_claims_at_once_one_wins_and_the_other_is_told_who() {
    let service = Service::start().await;
    let (lan, minh) = (service.officer("lan").await, service.officer("minh").await);
    for _ in 0..10 {
        let mut phone = Phone::connect(&service).await;
        let alert_id = phone.press(Some(TAIPEI)).await;
        let id = phone.receipt(alert_id, Stage::Recorded).await.case_id.unwrap();
        let (first, second) = tokio::join!(lan.claim(id, 1), minh.claim(id, 1));
        let (won, lost, winner) = match (first, second) {
            (Ok(won), Err(lost)) => (won, lost, "Lan"),
            (Err(lost), Ok(won)) => (won, lost, "Minh"),
            other => panic!("exactly one wins: {other:?}"),
        };
        assert_eq!(won.owner.unwrap().name, winner);
        assert_eq!((lost.status, lost.code), (409, ErrorCode::StaleVersion));
        let conflict = lost.conflict.unwrap();
        assert_eq!((conflict.did.as_str(), conflict.by.as_deref()), ("claimed", Some(winner)));
    }
}

#[tokio::test]
async fn a_console_that_was_cut_off_gets_everything_after_it_in_order_and_once() {
    let service = Service::start().await;
    let lan = service.officer("lan").await;
    let mut feed = lan.feed(None).await;
    let mut phone = Phone::connect(&service).await;
    phone.press(Some(TAIPEI)).await;
    let (seen, case) = feed.event("opened").await;
    drop(feed);
    for n in 0..50 {
        let note = PostNote { note_id: NoteId(new_id()), text: format!("ghi chú {n}") };
        lan.command(case.case_id, "notes", &note).await.unwrap();
        // Another desk's, which this console must not see.
        let mut other = Phone::connect(&service).await;
        let tokyo = other.press(Some((35.68, 139.76))).await;
        if n == 49 {
            other.receipt(tokyo, Stage::Recorded).await;
        }
    }
    let mut feed = lan.feed(Some(seen)).await;
    let mut seqs = vec![];
    let head = loop {
        match feed.next().await.unwrap() {
            FeedFrame::Event { entry, case } => {
                assert_eq!(case.desk_id.as_str(), "tw-taipei");
                if entry.event.kind() == "note" {
                    seqs.push(entry.seq);
                }
            }
            FeedFrame::Heartbeat { head_seq, .. } => break head_seq,
            other => panic!("neither event nor heartbeat: {other:?}"),
        }
    };
    assert_eq!(seqs.len(), 50);
    assert!(seqs.is_sorted_by(|a, b| a < b) && seqs[0] > seen && head >= seqs[49]);
    // Asked again, it says it again.
    feed.say(&ConsoleFrame::Resume { after_seq: seqs[39] }).await;
    let mut again = vec![];
    while let FeedFrame::Event { entry, .. } = feed.next().await.unwrap() {
        if entry.event.kind() == "note" {
            again.push(entry.seq);
        }
    }
    assert_eq!(again, seqs[40..]);
}

#[tokio::test]
async fn a_console_that_is_too_far_behind_or_ahead_gets_a_fresh_snapshot() {
    let service = Service::start().await;
    let lan = service.officer("lan").await;
    let mut feed = lan.feed(Some(Seq(1_000_000))).await;
    assert!(matches!(feed.next().await, Some(FeedFrame::Snapshot { cases, .. }) if cases.is_empty()));
}

#[tokio::test]
async fn a_queue_larger_than_a_socket_may_buffer_arrives_whole() {
    const CASES: usize = 400;
    let service = Service::start().await;
    for _ in 0..CASES {
        let press = serde_json::json!({ "alert": alert(Some(TAIPEI)) });
        assert_eq!(service.post("/api/alerts", press.to_string()).await.status(), 200);
    }
    sos_tests::until("all recorded", async || {
        (service.count("SELECT count(*) FROM cases").await == 400).then_some(())
    })
    .await;
    let mut feed = service.officer("lan").await.feed(None).await;
    let mut got = 0;
    let mut parts = 0;
    let heads = feed.until("the last part", |frame| match frame {
        FeedFrame::Snapshot { cases, more, head_seq, .. } => {
            got += cases.len();
            parts += 1;
            (!more).then_some(*head_seq)
        }
        _ => None,
    });
    let head = heads.await;
    assert!(got == CASES && head >= Seq(400), "{got} {head:?}");
    assert!(parts > 1, "{parts}");
}

#[tokio::test]
async fn a_feed_ticket_is_good_once_and_only_for_pages_of_this_service() {
    let service = Service::start().await;
    let lan = service.officer("lan").await;
    let ticket: sos_protocol::http::FeedTicket =
        lan.send("POST", "/api/feed-ticket", None::<&()>).await.json().await.unwrap();
    let (host, origin) = (service.address.to_string(), service.url(""));
    let hello = ConsoleFrame::Hello { ticket: ticket.ticket, after_seq: None };
    let mut first = Feed::connect(&host, &origin).await;
    first.say(&hello).await;
    assert!(matches!(first.next().await, Some(FeedFrame::Snapshot { .. })));
    let mut second = Feed::connect(&host, &origin).await;
    second.say(&hello).await;
    assert!(matches!(second.next().await, Some(FeedFrame::Error { code: ErrorCode::TicketInvalid, .. })));
    assert!(second.next().await.is_none());
    let foreign = service
        .http
        .post(service.url("/api/session"))
        .header("Origin", "https://elsewhere.example")
        .body("{}")
        .send()
        .await
        .unwrap();
    assert_eq!(foreign.status(), 403);
}

#[tokio::test]
async fn a_case_near_a_border_is_shown_to_both_desks_and_can_be_transferred() {
    let service = Service::start().await;
    let (lan, hoa) = (service.officer("lan").await, service.officer("hoa").await);
    let (mut taipei, mut tokyo) = (lan.feed(None).await, hoa.feed(None).await);
    let mut phone = Phone::connect(&service).await;
    let alert_id = phone.press(Some(TAIPEI)).await;
    let (_, case) = taipei.event("opened").await;
    let id = case.case_id;
    let transfer =
        Transfer { version: 1, to: "jp-tokyo".into(), reason: Some("Tàu đã sang Nhật".into()) };
    let offered = lan.command(id, "transfer", &transfer).await.unwrap();
    assert_eq!((offered.desk_id.as_str(), offered.state), ("tw-taipei", CaseState::Open));
    let (_, there) = tokyo.event("offered").await;
    assert!(there.ringing && there.offer.is_some_and(|offer| offer.to.as_str() == "jp-tokyo"));
    let taken = hoa.command(id, "transfer/take", &Claim { version: 2 }).await.unwrap();
    assert_eq!((taken.desk_id.as_str(), taken.state, taken.version), ("jp-tokyo", CaseState::Claimed, 4));
    let told = phone.hear_until("the new desk", |frame| match frame {
        sos_protocol::GatewayFrame::Receipt { receipt } if receipt.alert_id == alert_id => {
            receipt.desk_name.clone().filter(|name| name.contains("Nhật"))
        }
        _ => None,
    });
    told.await;
    taipei.event("transferred").await;
    assert_eq!(lan.claim(id, 4).await.unwrap_err().code, ErrorCode::Forbidden);
    taipei.event("claimed").await;
    let nowhere = Transfer { version: 4, to: "xx-nowhere".into(), reason: None };
    assert_eq!(hoa.command(id, "transfer", &nowhere).await.unwrap_err().code, ErrorCode::InvalidField);
}

#[tokio::test]
async fn release_and_reopen_ring_again() {
    let service = Service::start().await;
    let lan = service.officer("lan").await;
    let mut phone = Phone::connect(&service).await;
    let alert_id = phone.press(Some(TAIPEI)).await;
    let id = phone.receipt(alert_id, Stage::Recorded).await.case_id.unwrap();
    lan.claim(id, 1).await.unwrap();
    phone.receipt(alert_id, Stage::Claimed).await;
    let reason = |version| WithReason { version, reason: None };
    assert!(lan.command(id, "release", &reason(2)).await.unwrap().ringing);
    phone.receipt(alert_id, Stage::Recorded).await;
    lan.claim(id, 3).await.unwrap();
    lan.close(id, 4).await.unwrap();
    assert!(lan.command(id, "reopen", &reason(5)).await.unwrap().ringing);
    assert_eq!(lan.close(id, 6).await.unwrap_err().code, ErrorCode::IllegalTransition);
}

#[tokio::test]
async fn two_nodes_tell_the_same_story() {
    let service = Service::start().await;
    let other = service.another_node().await;
    let lan = other.officer("lan").await;
    let mut feed = lan.feed(None).await;
    let mut phone = Phone::connect(&service).await;
    let alert_id = phone.press(Some(TAIPEI)).await;
    let (_, case) = feed.event("opened").await;
    lan.claim(case.case_id, 1).await.unwrap();
    phone.receipt(alert_id, Stage::Claimed).await;
    other.stop().await;
    assert!(
        feed.next()
            .await
            .is_none_or(|frame| matches!(frame, FeedFrame::Event { .. } | FeedFrame::Heartbeat { .. }))
    );
}
