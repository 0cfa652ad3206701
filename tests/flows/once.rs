//! Once and only once.

use sos_protocol::http::{AlertPost, PostMessage};
use sos_protocol::{ErrorCode, GatewayFrame, MessageId, PhoneFrame, Stage, proof};
use sos_tests::phone::alert;
use sos_tests::{Key, Phone, Service, until};

const SOCKETS: usize = 8;
const TIMES: usize = 1_000;

#[tokio::test]
async fn the_same_alert_a_thousand_times_over_eight_sockets_and_http_is_one_case() {
    let service = Service::start().await;
    let (_, code) = service.worker("Vũ Văn Lặp", "TW").await;
    let key = Key::new().enrol(&service, &code).await;
    let press = alert(Some((25.0478, 121.517)));
    let each = TIMES / (SOCKETS + 1);
    let sockets = (0..SOCKETS).map(|_| async {
        // Eight connections of one device would take over from each other: these are its alert, sent by anybody.
        let mut phone = Phone::connect(&service).await;
        for _ in 0..each {
            phone.say(&PhoneFrame::Alert { alert: press.clone() }).await;
        }
        let mut received = 0;
        while received < each {
            phone.receipt(press.alert_id, Stage::Received).await;
            received += 1;
        }
    });
    let post = AlertPost {
        alert: press.clone(),
        credential: key.credential(),
        signature: Some(key.sign(&proof::alert(press.alert_id))),
    };
    let body = serde_json::to_vec(&post).unwrap();
    let http = async {
        for _ in 0..TIMES - SOCKETS * each {
            assert_eq!(service.post("/api/alerts", body.clone()).await.status(), 200);
        }
    };
    tokio::join!(futures_util::future::join_all(sockets), http);
    until("all entries are dealt with", async || {
        let metrics = service.store.head().await.ok()?;
        (metrics.0 >= 1).then_some(())
    })
    .await;
    // The stream is worked off when a later alert of another worker has been recorded.
    let mut last = Phone::connect(&service).await;
    let other = last.press(None).await;
    last.receipt(other, Stage::Recorded).await;
    assert_eq!(service.count("SELECT count(*) FROM cases").await, 2);
    assert_eq!(service.count("SELECT count(*) FROM alerts").await, 2);
    assert_eq!(
        service.count("SELECT count(*) FROM ledger WHERE kind IN ('opened', 'pressed_again')").await,
        2
    );
}

#[tokio::test]
async fn the_same_message_many_times_is_one_message() {
    let service = Service::start().await;
    let (mut phone, _) = Phone::of_worker(&service, "Bùi Thị Nhắc", "TW").await;
    let alert_id = phone.press(None).await;
    let message_id = sos_protocol::MessageId(sos_tests::phone::new_id());
    for _ in 0..20 {
        let text = "có ai không".to_owned();
        phone.say(&PhoneFrame::Message { message_id, alert_id, text, device_time_ms: None }).await;
    }
    for _ in 0..20 {
        phone.hear_until("accepted", |f| matches!(f, GatewayFrame::Accepted { .. }).then_some(())).await;
    }
    let mut last = Phone::connect(&service).await;
    let other = last.press(None).await;
    last.receipt(other, Stage::Recorded).await;
    assert_eq!(service.count("SELECT count(*) FROM ledger WHERE kind = 'message'").await, 1);
}

#[tokio::test]
async fn an_officers_message_sent_again_is_one_message_and_its_id_is_no_other_cases() {
    let service = Service::start().await;
    let lan = service.officer("lan").await;
    let mut cases = vec![];
    for _ in 0..2 {
        let mut phone = Phone::connect(&service).await;
        let alert_id = phone.press(Some((25.0478, 121.517))).await;
        cases.push(phone.receipt(alert_id, Stage::Recorded).await.case_id.unwrap());
    }
    let message = PostMessage { message_id: MessageId(sos_tests::phone::new_id()), text: "Đã nghe".into() };
    for _ in 0..2 {
        lan.command(cases[0], "messages", &message).await.unwrap();
    }
    assert_eq!(service.count("SELECT count(*) FROM ledger WHERE kind = 'message'").await, 1);
    // Nobody is told that it was said where it was not.
    let refused = lan.command(cases[1], "messages", &message).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::IdReused);
}

#[tokio::test]
async fn a_node_of_the_version_before_still_records_an_sos_in_the_newer_schema() {
    let service = Service::start().await;
    let mut phone = Phone::connect(&service).await;
    let alert_id = phone.press(Some((25.0478, 121.517))).await;
    phone.receipt(alert_id, Stage::Recorded).await;
    // As such a node writes it: a whole row from JSON, without what it does not know.
    let mut tx = service.db.begin().await.unwrap();
    sqlx::query("SELECT set_config('sos.scope', '*', true)").execute(&mut *tx).await.unwrap();
    let done = sqlx::query(
        "INSERT INTO cases SELECT r.* FROM cases c, jsonb_populate_record(NULL::cases,
             to_jsonb(c) - 'drill' - 'duress_ms'
             || jsonb_build_object('case_id', gen_random_uuid(), 'case_no', 900000, 'subject', 'alert:older')) r",
    )
    .execute(&mut *tx)
    .await
    .expect("recorded");
    assert_eq!(done.rows_affected(), 1);
    tx.commit().await.unwrap();
    assert_eq!(service.count("SELECT count(*) FROM cases WHERE NOT drill").await, 2);
}
