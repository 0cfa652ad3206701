//! A drill goes the whole way of an SOS, is marked everywhere, and touches nobody's real matter.

use sos_protocol::{
    AlertId, CaseId, CaseState, CaseSummary, Disposition, ErrorCode, PhoneFrame, Priority, Stage,
};
use sos_tests::phone::alert;
use sos_tests::{Phone, Service};

const TAIPEI: Option<(f64, f64)> = Some((25.0478, 121.517));

async fn drill(phone: &mut Phone) -> (AlertId, CaseId) {
    let mut alert = alert(TAIPEI);
    alert.drill = true;
    let alert_id = alert.alert_id;
    phone.say(&PhoneFrame::Alert { alert }).await;
    let recorded = phone.receipt(alert_id, Stage::Recorded).await;
    (alert_id, recorded.case_id.expect("a case"))
}

fn marks(case: &CaseSummary) -> (bool, Priority, CaseState, bool) {
    (case.drill, case.priority, case.state, case.ringing)
}

#[tokio::test]
async fn a_drill_rings_and_ends_beside_a_real_sos_and_neither_touches_the_other() {
    let service = Service::start().await;
    let lan = service.officer("lan").await;
    let mut feed = lan.feed(None).await;
    let (mut phone, key) = Phone::of_worker(&service, "Kiều Thị Tập", "TW").await;
    let (tried, test_case) = drill(&mut phone).await;
    let (_, opened) = feed.event("opened").await;
    assert_eq!(opened.case_id, test_case);
    assert_eq!(marks(&opened), (true, Priority::P3, CaseState::Open, true));
    lan.command(test_case, "rang", &()).await.unwrap();
    phone.receipt(tried, Stage::Rang).await;

    let pressed = phone.press(TAIPEI).await;
    let real_case = phone.receipt(pressed, Stage::Recorded).await.case_id.unwrap();
    assert_ne!(real_case, test_case);
    let (_, opened) = feed.event("opened").await;
    assert_eq!(marks(&opened), (false, Priority::P1, CaseState::Open, true));

    // It ends without a PIN; the real one does not.
    key.set_pins(&service, ["1357", "2468"], None).await.expect("set");
    assert_eq!(phone.cancel(pressed, None).await, Err(ErrorCode::PinNeeded));
    phone.cancel(tried, None).await.expect("it was a drill");
    let (_, ended) = feed.event("cancelled").await;
    assert_eq!(ended.case_id, test_case);
    let closing = ended.closing.expect("closed");
    assert_eq!(ended.state, CaseState::Closed);
    assert_eq!((closing.disposition, closing.by.as_str()), (Disposition::Test, ""));
    assert_eq!(marks(&lan.detail(real_case).await.case), (false, Priority::P1, CaseState::Open, true));

    // The next one does not join the SOS that is open.
    let (_, another) = drill(&mut phone).await;
    assert!(another != real_case && another != test_case);
    assert_eq!(lan.detail(real_case).await.case.presses, 1);
    let subjects = "SELECT count(*) FROM subject_keys WHERE subject LIKE 'drill:worker:%'";
    assert_eq!(service.count(subjects).await, 1);
    // What is sealed with that key opens again.
    let timeline = lan.detail(test_case).await.timeline;
    let kinds: Vec<&str> = timeline.iter().map(|entry| entry.event.kind()).collect();
    assert_eq!(kinds, ["opened", "rang", "cancelled"]);
    assert!(service.store.verify_ledger().await.unwrap().is_ok());
}
