//! Nonsense gets a code, loses nothing, and harms nobody.

use sos_protocol::ambient::{Clock, ManualClock, SystemClock};
use sos_protocol::{AlertId, ErrorCode, GatewayFrame, PhoneFrame, Problem, Stage};
use sos_tests::phone::{alert, fix, new_id};
use sos_tests::{Phone, Service};

async fn error(phone: &mut Phone) -> ErrorCode {
    phone
        .hear_until("an error", |frame| match frame {
            GatewayFrame::Error { code, .. } => Some(*code),
            _ => None,
        })
        .await
}

#[tokio::test]
async fn nonsense_gets_a_code_and_the_connection_goes_on() {
    let service = Service::start().await;
    let mut phone = Phone::connect(&service).await;
    let id = new_id();
    let million =
        format!(r#"{{"type":"fixes","alert_id":"{id}","fixes":[{}]}}"#, vec!["{}"; 1_000_000].join(","));
    let text = "a".repeat(1_000_000);
    let long = format!(r#"{{"type":"message","message_id":"{id}","alert_id":"{id}","text":"{text}"}}"#);
    for (frame, code) in [
        ("{", ErrorCode::MalformedJson),
        ("null", ErrorCode::MalformedJson),
        (r#"{"type":"sing"}"#, ErrorCode::UnknownType),
        (r#"{"type":"message"}"#, ErrorCode::MissingField),
        (r#"{"type":"cancel","alert_id":5}"#, ErrorCode::InvalidField),
        (long.as_str(), ErrorCode::TooLarge),
        (million.as_str(), ErrorCode::TooLarge),
    ] {
        phone.say_text(frame).await;
        assert_eq!(error(&mut phone).await, code, "{}", &frame[..frame.len().min(60)]);
    }
    phone.say_binary(vec![0; 10]).await;
    assert_eq!(error(&mut phone).await, ErrorCode::BinaryFrame);
    let alert_id = phone.press(None).await;
    phone.receipt(alert_id, Stage::Recorded).await;
}

#[tokio::test]
async fn a_broken_sos_goes_through_and_its_broken_fields_are_noted() {
    let service = Service::start().await;
    let bo = service.officer("bo").await;
    let mut feed = bo.feed(None).await;
    let mut phone = Phone::connect(&service).await;
    let id = AlertId(new_id());
    phone
        .say_text(&format!(
            r#"{{"type":"alert","alert":{{"alert_id":"{id}","device_time_ms":"yesterday","battery_pct":400,
                "position":{{"fix_id":"{id}","lat":91,"lon":121.5}},"text":"<script>alert(1)</script>\u0000'; DROP TABLE cases"}}}}"#
        ))
        .await;
    let dropped = phone
        .hear_until("cleaned", |frame| match frame {
            GatewayFrame::Cleaned { dropped, .. } => Some(dropped.clone()),
            _ => None,
        })
        .await;
    let fields: Vec<&str> = dropped.iter().map(|d| d.field.as_str()).collect();
    assert_eq!(fields, ["position.lat", "device_time_ms", "battery_pct"]);
    phone.receipt(id, Stage::Recorded).await;
    let (_, case) = feed.event("opened").await;
    assert_eq!(case.position, None);
    let detail = bo.detail(case.case_id).await;
    let sos_protocol::CaseEvent::Opened { alert, dropped, .. } = &detail.timeline[0].event else {
        panic!("opened")
    };
    assert_eq!(alert.text.as_deref(), Some("<script>alert(1)</script>'; DROP TABLE cases"));
    assert_eq!(dropped.len(), 3);
}

#[tokio::test]
async fn an_sos_with_a_megabyte_of_text_still_is_one() {
    let service = Service::start().await;
    let mut phone = Phone::connect(&service).await;
    let mut press = alert(Some((25.0478, 121.517)));
    press.text = Some("a".repeat(1_000_000));
    phone.say(&PhoneFrame::Alert { alert: press.clone() }).await;
    phone.receipt(press.alert_id, Stage::Recorded).await;
    let mut press = alert(Some((25.0478, 121.517)));
    press.text = Some("b".repeat(1_000_000));
    let answer = service.post("/api/alerts", serde_json::json!({ "alert": press }).to_string()).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(service.count("SELECT count(*) FROM cases WHERE desk_id <> 'tw-taipei'").await, 0);
}

#[tokio::test]
async fn an_sos_with_broken_characters_still_is_one() {
    let service = Service::start().await;
    let mut phone = Phone::connect(&service).await;
    let mut press = alert(Some((25.0478, 121.517)));
    press.text = Some("bị nh#t".to_owned());
    let frame = serde_json::to_vec(&PhoneFrame::Alert { alert: press.clone() }).unwrap();
    let broken = frame.into_iter().map(|byte| if byte == b'#' { 0xe1 } else { byte }).collect();
    phone.say_bytes(broken).await;
    phone.receipt(press.alert_id, Stage::Recorded).await;
}

#[tokio::test]
async fn absurd_fixes_are_named_and_the_good_ones_kept() {
    let service = Service::start().await;
    let lan = service.officer("lan").await;
    let mut phone = Phone::connect(&service).await;
    let alert_id = phone.press(Some((25.0478, 121.517))).await;
    let id = phone.receipt(alert_id, Stage::Recorded).await.case_id.unwrap();
    let (mut bad, mut odd) = (fix(95.0, 10.0), fix(25.06, 121.53));
    bad.accuracy_m = None;
    odd.accuracy_m = Some(-1.0);
    odd.fix_time_ms = Some(sos_protocol::UnixMs(3_786_912_000_000));
    phone.say(&PhoneFrame::Fixes { alert_id, fixes: vec![bad, odd] }).await;
    let (ids, dropped) = phone
        .hear_until("fixes accepted", |frame| match frame {
            GatewayFrame::FixesAccepted { fix_ids, dropped } => Some((fix_ids.len(), dropped.clone())),
            _ => None,
        })
        .await;
    assert_eq!(ids, 2);
    let fields: Vec<&str> = dropped.iter().map(|d| d.field.as_str()).collect();
    assert_eq!(fields, ["fixes[0].lat", "fixes[1].accuracy_m", "fixes[1].fix_time_ms"]);
    sos_tests::until("the good one", async || (lan.detail(id).await.fixes.len() == 2).then_some(())).await;
}

#[tokio::test]
async fn bad_bodies_get_problem_documents() {
    let service = Service::start().await;
    let lan = service.officer("lan").await;
    for (path, body, code) in [
        ("/api/session", "{", ErrorCode::MalformedJson),
        ("/api/session", r#"{"login":"lan"}"#, ErrorCode::MissingField),
        ("/api/session", r#"{"login":"lan","password":"wrong"}"#, ErrorCode::WrongPassword),
        ("/api/alerts", "{", ErrorCode::MalformedJson),
        ("/api/alerts", "{}", ErrorCode::MissingField),
        ("/api/enrol", r#"{"code":1}"#, ErrorCode::InvalidField),
    ] {
        let problem: Problem = service.post(path, body).await.json().await.unwrap();
        assert_eq!(problem.code, code, "{path} {body}");
    }
    let long = service.post("/api/session", "a".repeat(100_000)).await;
    assert_eq!(long.json::<Problem>().await.unwrap().code, ErrorCode::TooLarge);
    let nowhere = lan.send("GET", "/api/nothing", None::<&()>).await;
    assert_eq!(nowhere.json::<Problem>().await.unwrap().code, ErrorCode::NotFound);
    let method = lan.send("DELETE", "/api/cases", None::<&()>).await;
    assert_eq!(method.json::<Problem>().await.unwrap().code, ErrorCode::MethodNotAllowed);
}

#[tokio::test]
async fn a_message_that_belongs_to_no_case_is_put_aside_and_not_lost() {
    let clock = ManualClock::at(SystemClock::new().now());
    let service = Service::start_with(clock.clone()).await;
    let mut phone = Phone::connect(&service).await;
    phone.write(AlertId(new_id()), "không có ca nào").await;
    assert_eq!(service.count("SELECT count(*) FROM quarantine").await, 0);
    // Its alert may still come.
    clock.advance_ms(30_001);
    sos_tests::until("put aside", async || {
        (service.count("SELECT count(*) FROM quarantine").await == 1).then_some(())
    })
    .await;
}
