//! Every route, every role, every desk: the service does what the rules in `core` say.

use serde_json::{Value, json};
use sos_core::access::{self, Access, Action, CaseDesks};
use sos_protocol::ambient::{Clock, ManualClock, SystemClock};
use sos_protocol::feed::FeedFrame;
use sos_protocol::http::{CaseList, Role};
use sos_protocol::proof::{CREDENTIAL_HEADER, SIGNATURE_HEADER};
use sos_protocol::{AttachmentId, CaseId, CaseSummary, DeskId, ErrorCode, Problem, StaffId, Stage};
use sos_server::auth::credential::CREDENTIAL_MS;
use sos_server::http::routes::{Guard, ROUTES, Route};
use sos_tests::phone::new_id;
use sos_tests::service::STAFF;
use sos_tests::{Key, Officer, Phone, Service};

use crate::attachments::attach;

/// A body that fits, but names a version that no case has: a permitted command ends in a conflict.
fn body(route: &Route) -> Value {
    let version = 999_999;
    match route.body {
        Some("Claim" | "WithReason") => json!({ "version": version }),
        Some("Transfer") => json!({ "version": version, "to": "kr-seoul" }),
        Some("Close") => json!({ "version": version, "disposition": "test", "summary": "thử" }),
        Some("PostMessage") => json!({ "message_id": new_id(), "text": "thử" }),
        Some("PostNote") => json!({ "note_id": new_id(), "text": "thử" }),
        Some(_) | None => json!({}),
    }
}

/// The address with something in the place of each parameter.
fn address(route: &Route, case: CaseId, attachment: AttachmentId) -> String {
    let path = route.path.replace("{case_id}", &case.to_string()).replace("{offset}", "0");
    path.replace("{attachment_id}", &attachment.to_string())
}

/// The same with what nobody has made.
fn unknown(route: &Route) -> String {
    address(route, CaseId(new_id()), AttachmentId(new_id()))
}

async fn status(officer: &Officer, route: &Route, case: CaseId, attachment: AttachmentId) -> u16 {
    let path = address(route, case, attachment);
    officer.send(route.method, &path, Some(&body(route))).await.status().as_u16()
}

fn expected(role: Role, desk: Option<&str>, action: Action, holder: Option<&str>) -> Access {
    let officer = access::Officer { id: StaffId(new_id()), role, desk: desk.map(DeskId::from) };
    let holder = holder.map(DeskId::from);
    access::may(&officer, action, holder.as_ref().map(|holder| CaseDesks { holder, watchers: &[] }))
}

#[tokio::test]
async fn every_route_for_every_role_and_desk() {
    let service = Service::start().await;
    let mut cases = vec![];
    for (desk, place) in [("tw-taipei", (25.0478, 121.517)), ("jp-tokyo", (35.68, 139.76))] {
        let (mut phone, key) = Phone::of_worker(&service, "Cao Thị Quyền", "TW").await;
        let alert_id = phone.press(Some(place)).await;
        let case = phone.receipt(alert_id, Stage::Recorded).await.case_id.unwrap();
        cases.push((desk, case, attach(&service, &key, alert_id).await));
    }
    let mut checked = 0;
    for (login, _, role, desk) in STAFF {
        let officer = service.officer(login).await;
        for route in ROUTES.iter().filter(|route| route.path != "/api/session") {
            match route.guard {
                Guard::Public | Guard::Signed | Guard::SignedIn | Guard::Device => {}
                Guard::Role(action) => {
                    let (_, case, attachment) = cases[0];
                    let status = status(&officer, route, case, attachment).await;
                    let allowed = expected(role, desk, action, None) == Access::Allowed;
                    assert_eq!(
                        status,
                        if allowed { 200 } else { 403 },
                        "{login} {} {}",
                        route.method,
                        route.path
                    );
                    checked += 1;
                }
                Guard::Case(action) => {
                    for (holder, case, attachment) in &cases {
                        let status = status(&officer, route, *case, *attachment).await;
                        let fits = match expected(role, desk, action, Some(holder)) {
                            Access::Allowed => matches!(status, 200 | 409),
                            Access::Forbidden => status == 403,
                            Access::Hidden => status == 404,
                        };
                        assert!(fits, "{login} {} {} at {holder}: {status}", route.method, route.path);
                        checked += 1;
                    }
                    let unknown = status(&officer, route, CaseId(new_id()), cases[0].2).await;
                    assert_eq!(unknown, 404, "{login} {}", route.path);
                }
            }
        }
    }
    let of_case = ROUTES.iter().filter(|route| matches!(route.guard, Guard::Case(_))).count();
    let of_role = ROUTES.iter().filter(|route| matches!(route.guard, Guard::Role(_))).count();
    assert_eq!(checked, STAFF.len() * (of_role + of_case * cases.len()));
}

#[tokio::test]
async fn without_a_session_every_route_of_officers_says_so() {
    let service = Service::start().await;
    let of_officers = |route: &&Route| !matches!(route.guard, Guard::Public | Guard::Signed);
    for route in ROUTES.iter().filter(of_officers) {
        let path = unknown(route);
        let method = route.method.parse().unwrap();
        let answer = service.http.request(method, service.url(&path)).body("{}").send().await.unwrap();
        assert_eq!(answer.status(), 401, "{} {}", route.method, route.path);
    }
}

#[tokio::test]
async fn routes_of_devices_take_nothing_that_the_device_did_not_sign() {
    let clock = ManualClock::at(SystemClock::new().now());
    let service = Service::start_with(clock.clone()).await;
    let (_, code) = service.worker("Lý Thị Ký", "TW").await;
    let key = Key::new().enrol(&service, &code).await;
    let mut thief = Key::new();
    thief.enrolled.clone_from(&key.enrolled);
    let mut forged = key.clone();
    forged.enrolled.as_mut().unwrap().credential.replace_range(0..1, "f");
    let of_devices = ROUTES.iter().filter(|route| route.guard == Guard::Device);
    let routes: Vec<(&str, String)> = of_devices.map(|route| (route.method, unknown(route))).collect();
    assert!(!routes.is_empty());
    let code = async |answer: reqwest::Response| {
        let status = answer.status().as_u16();
        (status, answer.json::<Problem>().await.expect("a problem").code)
    };
    let body = json!({ "kind": "fcm", "token": "x" });
    for (method, path) in &routes {
        let send = async |key: &Key| code(key.send(&service, method, path, Some(&body)).await).await;
        assert_eq!(send(&Key::new()).await, (401, ErrorCode::CredentialInvalid), "{path}");
        assert_eq!(send(&forged).await, (401, ErrorCode::CredentialInvalid), "{path}");
        assert_eq!(send(&thief).await, (401, ErrorCode::ProofInvalid), "{path}");
        // Signed, but for another method, another address, another body; and not signed at all.
        let bytes = serde_json::to_vec(&body).unwrap();
        let moved = format!("{path}?x");
        for signature in [
            Some(key.sign_request("PATCH", path, &bytes)),
            Some(key.sign_request(method, &moved, &bytes)),
            Some(key.sign_request(method, path, b"{}")),
            None,
        ] {
            let method = method.parse().unwrap();
            let mut request = service.http.request(method, service.url(path));
            request = request.header(CREDENTIAL_HEADER, key.credential().unwrap());
            if let Some(signature) = signature {
                request = request.header(SIGNATURE_HEADER, signature);
            }
            let answer = request.body(bytes.clone()).send().await.unwrap();
            assert_eq!(code(answer).await, (401, ErrorCode::ProofInvalid), "{path}");
        }
    }
    let device = key.enrolled.as_ref().unwrap().device_id;
    assert!(service.store.revoke_device(device, service.clock.now()).await.unwrap());
    for (method, path) in &routes {
        let answer = key.send(&service, method, path, Some(&body)).await;
        assert_eq!(code(answer).await, (403, ErrorCode::DeviceRevoked), "{path}");
    }
    clock.advance_ms(CREDENTIAL_MS + 1);
    for (method, path) in &routes {
        let answer = key.send(&service, method, path, Some(&body)).await;
        assert_eq!(code(answer).await, (401, ErrorCode::CredentialExpired), "{path}");
    }
}

#[tokio::test]
async fn the_document_has_exactly_the_routes_of_the_table() {
    let service = Service::start().await;
    let document: Value = service.get("/api/openapi.json").await.unwrap().json().await.unwrap();
    let mut described = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            assert!(
                ROUTES.iter().any(|r| r.path == path && r.method.eq_ignore_ascii_case(method)),
                "{method} {path}"
            );
            described += 1;
        }
    }
    assert_eq!(described, ROUTES.len());
}

#[tokio::test]
async fn postgres_itself_hides_other_desks_cases() {
    let service = Service::start().await;
    let mut phone = Phone::connect(&service).await;
    let alert_id = phone.press(Some((25.0478, 121.517))).await;
    phone.receipt(alert_id, Stage::Recorded).await;
    for (scope, cases) in [("*", 1_i64), ("tw-taipei", 1), ("jp-tokyo", 0), ("", 0)] {
        let mut tx = service.db.begin().await.unwrap();
        sqlx::query("SELECT set_config('sos.scope', $1, true)").bind(scope).execute(&mut *tx).await.unwrap();
        let seen: i64 = sqlx::query_scalar("SELECT count(*) FROM cases").fetch_one(&mut *tx).await.unwrap();
        let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM ledger").fetch_one(&mut *tx).await.unwrap();
        assert_eq!((seen, rows), (cases, cases), "{scope}");
    }
}

#[tokio::test]
async fn lists_and_snapshots_hold_what_the_officer_may_see_and_nothing_else() {
    let service = Service::start().await;
    for place in [(25.0478, 121.517), (35.68, 139.76)] {
        let mut phone = Phone::connect(&service).await;
        let alert_id = phone.press(Some(place)).await;
        phone.receipt(alert_id, Stage::Recorded).await;
    }
    for (login, _, role, desk) in STAFF {
        if expected(role, desk, Action::ListCases, None) != Access::Allowed {
            continue;
        }
        let mut wanted: Vec<&str> = ["jp-tokyo", "tw-taipei"].into();
        wanted.retain(|holder| expected(role, desk, Action::ReadCase, Some(holder)) == Access::Allowed);
        let desks = |cases: &[CaseSummary]| {
            let mut desks: Vec<String> = cases.iter().map(|case| case.desk_id.to_string()).collect();
            desks.sort();
            desks
        };
        let officer = service.officer(login).await;
        let list: CaseList = officer.get("/api/cases").await;
        assert_eq!(desks(&list.cases), wanted, "{login}");
        let Some(FeedFrame::Snapshot { cases, .. }) = officer.feed(None).await.next().await else {
            panic!("a snapshot")
        };
        assert_eq!(desks(&cases), wanted, "{login}");
    }
}
