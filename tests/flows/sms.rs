//! An SOS by SMS: through a gateway's webhook, and the same alert by data after it.

use reqwest::{Response, StatusCode};
use sos_protocol::http::{CaseList, SmsTaken};
use sos_protocol::sms::SmsAlert;
use sos_protocol::{AlertId, CaseEvent, PhoneFrame, Stage, Unverified};
use sos_server::auth::secret::mac;
use sos_tests::phone::alert;
use sos_tests::service::SMS_KEY;
use sos_tests::{Phone, Service, until};

const NUMBER: &str = "+886900000000";

async fn hand_on(service: &Service, key: &str, message: &str) -> Response {
    let body = serde_json::json!({
        "deviceId": "gateway", "event": "sms:received", "id": "1", "webhookId": "1",
        "payload": {
            "messageId": "abc", "message": message, "phoneNumber": NUMBER, "simNumber": 1,
            "receivedAt": "2026-11-22T10:00:00.000+07:00",
        },
    })
    .to_string();
    let timestamp = "1790000000";
    let tag = mac(key.as_bytes(), format!("{body}{timestamp}").as_bytes());
    let signature: String = tag.iter().map(|byte| format!("{byte:02x}")).collect();
    let post = service.http.post(service.url("/api/sms")).body(body);
    post.header("X-Signature", signature).header("X-Timestamp", timestamp).send().await.expect("an answer")
}

async fn taken(service: &Service, message: &str) -> Option<AlertId> {
    let answer = hand_on(service, SMS_KEY, message).await;
    assert_eq!(answer.status(), StatusCode::OK);
    answer.json::<SmsTaken>().await.expect("an answer").alert_id
}

#[tokio::test]
async fn an_sms_and_the_same_alert_by_data_are_one_case_that_says_where_it_came_from() {
    let service = Service::start().await;
    let lan = service.officer("lan").await;
    let (mut phone, key) = Phone::of_worker(&service, "Lê Thị Tin", "TW").await;
    let mut press = alert(Some((25.0478, 121.517)));
    press.battery_pct = Some(9);
    let device = key.enrolled.as_ref().map(|enrolled| enrolled.device_id);
    let text = SmsAlert::of(&press, device).text();
    assert_eq!(taken(&service, &text).await, Some(press.alert_id));
    assert_eq!(taken(&service, &text).await, Some(press.alert_id), "the gateway tries again");
    // Its phone hears of the case that the SMS opened.
    let recorded = phone.receipt(press.alert_id, Stage::Recorded).await;
    let queue: CaseList = lan.get("/api/cases").await;
    let case = queue.cases.first().expect("the case");
    assert_eq!(recorded.case_id, Some(case.case_id));
    assert_eq!(
        (case.desk_id.as_str(), case.unverified, case.worker_name.as_deref(), case.battery_pct),
        ("tw-taipei", Some(Unverified::Sms), Some("Lê Thị Tin"), Some(9))
    );
    phone.say(&PhoneFrame::Alert { alert: press.clone() }).await;
    phone.receipt(press.alert_id, Stage::Received).await;
    let mut last = Phone::connect(&service).await;
    let other = last.press(None).await;
    last.receipt(other, Stage::Recorded).await;
    assert_eq!(service.count("SELECT count(*) FROM cases").await, 2);
    assert_eq!(service.count("SELECT count(*) FROM alerts").await, 2);
    let detail = lan.detail(case.case_id).await;
    let CaseEvent::Opened { sms_from, .. } = &detail.timeline[0].event else { panic!("opened first") };
    assert_eq!(sms_from.as_deref(), Some(NUMBER));
    let number = format!("SELECT count(*) FROM ledger WHERE facts LIKE '%{}%'", &NUMBER[1..]);
    assert_eq!(service.count(number.leak()).await, 0, "the number is sealed");
}

#[tokio::test]
async fn words_become_an_alert_and_what_is_not_signed_or_no_sos_does_not() {
    let service = Service::start().await;
    assert_eq!(hand_on(&service, "another key of a gateway", "SOS").await.status(), StatusCode::FORBIDDEN);
    let unsigned = service.post("/api/sms", b"{}".to_vec()).await;
    assert_eq!(unsigned.status(), StatusCode::FORBIDDEN);
    assert_eq!(taken(&service, "Giảm giá 50%").await, None);
    let alert_id = taken(&service, "sos bị nhốt, không có mạng").await.expect("an alert");
    until("a case", async || (service.count("SELECT count(*) FROM cases").await == 1).then_some(())).await;
    assert_eq!(service.count("SELECT count(*) FROM cases WHERE desk_id = 'ministry'").await, 1);
    assert!(service.get(&format!("/api/alerts/{alert_id}")).await.expect("an answer").status().is_success());
}
