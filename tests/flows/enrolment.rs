//! Codes, keys, credentials, take-over.

use sos_protocol::ambient::{Clock, ManualClock, SystemClock};
use sos_protocol::{ErrorCode, GatewayFrame, Problem, Stage, Unverified};
use sos_server::auth::credential::CREDENTIAL_MS;
use sos_tests::{Key, Phone, Service};

async fn refused(service: &Service, body: &impl serde::Serialize) -> ErrorCode {
    let answer = service.post("/api/enrol", serde_json::to_vec(body).expect("JSON")).await;
    assert_ne!(answer.status(), 200);
    answer.json::<Problem>().await.expect("a problem").code
}

#[tokio::test]
async fn a_code_enrols_one_phone_once_and_a_lost_answer_costs_nothing() {
    let service = Service::start().await;
    let (worker, code) = service.worker("Hồ Thị Mã", "KR").await;
    let key = Key::new().enrol(&service, &code).await;
    let again = key.clone().enrol(&service, &code.to_uppercase()).await;
    assert_eq!(again.enrolled.unwrap().device_id, key.enrolled.as_ref().unwrap().device_id);
    assert_eq!(refused(&service, &Key::new().request(&code)).await, ErrorCode::CodeUsed);
    assert_eq!(refused(&service, &Key::new().request("ABCD")).await, ErrorCode::CodeUnknown);
    let late = service.code(worker, -1).await;
    assert_eq!(refused(&service, &Key::new().request(&late)).await, ErrorCode::CodeExpired);
    let mut forged = Key::new().request(&code);
    forged.public_key = key.public_key();
    assert_eq!(refused(&service, &forged).await, ErrorCode::ProofInvalid);
    forged.public_key = "AAAA".into();
    assert_eq!(refused(&service, &forged).await, ErrorCode::InvalidField);
}

#[tokio::test]
async fn the_newest_connection_of_a_device_takes_over_and_an_sos_still_goes_through() {
    let service = Service::start().await;
    let (mut old, key) = Phone::of_worker(&service, "Ngô Văn Hai", "TW").await;
    let (mut new, _) = Phone::greet(&service, &key).await;
    let code = old.hear_until("an error", |f| match f {
        GatewayFrame::Error { code, .. } => Some(*code),
        _ => None,
    });
    assert_eq!(code.await, ErrorCode::SessionReplaced);
    assert_eq!(old.hear_or_close().await, Err(Some(4001)));
    let alert_id = new.press(None).await;
    new.receipt(alert_id, Stage::Recorded).await;
}

#[tokio::test]
async fn an_expired_credential_is_taken_labelled_and_renewed() {
    let clock = ManualClock::at(SystemClock::new().now());
    let service = Service::start_with(clock.clone()).await;
    let mut feed = service.officer("lan").await.feed(None).await;
    let (_, code) = service.worker("Dương Thị Cũ", "TW").await;
    let key = Key::new().enrol(&service, &code).await;
    clock.advance_ms(CREDENTIAL_MS + 1);
    let (mut phone, welcome) = Phone::greet(&service, &key).await;
    let GatewayFrame::Welcome { verified, unverified, credential, .. } = welcome else { panic!("a welcome") };
    assert_eq!((verified, unverified), (false, Some(Unverified::CredentialExpired)));
    assert!(credential.is_some_and(|new| Some(new) != key.credential()));
    let alert_id = phone.press(None).await;
    phone.receipt(alert_id, Stage::Recorded).await;
    let (_, case) = feed.event("opened").await;
    assert_eq!(case.unverified, Some(Unverified::CredentialExpired));
    assert_eq!(case.worker_name.as_deref(), Some("Dương Thị Cũ"));
}

#[tokio::test]
async fn a_revoked_device_and_a_wrong_signature_still_get_a_case_but_not_the_workers() {
    let service = Service::start().await;
    let mut feed = service.officer("lan").await.feed(None).await;
    let (mut phone, key) = Phone::of_worker(&service, "Tạ Văn Thu", "TW").await;
    phone.press(None).await;
    let (_, own) = feed.event("opened").await;
    // Somebody who stole the credential, but not the key.
    let mut thief = Key::new();
    thief.enrolled.clone_from(&key.enrolled);
    let (mut stolen, welcome) = Phone::greet(&service, &thief).await;
    assert!(matches!(welcome, GatewayFrame::Welcome { unverified: Some(Unverified::ProofInvalid), .. }));
    stolen.press(None).await;
    let (_, other) = feed.event("opened").await;
    assert_ne!(own.case_id, other.case_id);
    assert_eq!(other.unverified, Some(Unverified::ProofInvalid));
    // The thief's connection did not take over from the worker's.
    let alert_id = phone.press(None).await;
    phone.receipt(alert_id, Stage::Recorded).await;
    let device = key.enrolled.as_ref().unwrap().device_id;
    assert!(service.store.revoke_device(device, service.clock.now()).await.unwrap());
    phone.press(None).await;
    let (_, revoked) = feed.event("pressed_again").await;
    let (_, revoked) = if revoked.presses == 2 && revoked.case_id == own.case_id {
        feed.until("the revoked device's case", |f| match f {
            sos_protocol::feed::FeedFrame::Event { entry, case } if case.case_id != own.case_id => {
                Some((entry.seq, case.clone()))
            }
            _ => None,
        })
        .await
    } else {
        (sos_protocol::Seq(0), revoked)
    };
    assert_eq!(revoked.case_id, other.case_id);
}
