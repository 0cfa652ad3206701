//! Every route, every role, every desk: the service does what the rules in `core` say.

use serde_json::{Value, json};
use sos_core::access::{self, Access, Action, CaseDesks};
use sos_core::cover::unset;
use sos_protocol::ambient::{Clock, ManualClock, SystemClock};
use sos_protocol::feed::FeedFrame;
use sos_protocol::http::{CaseList, Role};
use sos_protocol::proof::{CREDENTIAL_HEADER, SIGNATURE_HEADER};
use sos_protocol::{AttachmentId, CaseId, CaseSummary, DeskId, ErrorCode, Problem, StaffId, Stage};
use sos_server::auth::credential::CREDENTIAL_MS;
use sos_server::http::routes::{Guard, ROUTES, Route};
use sos_tests::phone::new_id;
use sos_tests::service::{STAFF, staff_id};
use sos_tests::{Key, Officer, Phone, Service};
use uuid::Uuid;

use crate::attachments::attach;

/// What a request is about.
struct Subject {
    case: CaseId,
    attachment: AttachmentId,
    /// The desk of cover and settings.
    desk: String,
    /// Of a rota and a webhook of that desk.
    kept: Uuid,
    /// Of what is not there yet.
    new: Uuid,
}

impl Subject {
    /// Something that nobody has made.
    fn unknown() -> Self {
        let (case, attachment) = (CaseId(new_id()), AttachmentId(new_id()));
        Self { case, attachment, desk: "tw-nowhere".to_owned(), kept: new_id(), new: new_id() }
    }

    /// The address with something in the place of each parameter. What is put is new, what is removed is there.
    fn address(&self, route: &Route) -> String {
        let id = if route.method == "DELETE" { self.kept } else { self.new }.to_string();
        let path = route.path.replace("{case_id}", &self.case.to_string()).replace("{offset}", "0");
        let path = path.replace("{attachment_id}", &self.attachment.to_string());
        let path = path.replace("{rota_id}", &id).replace("{webhook_id}", &id).replace("{staff_id}", &id);
        let path = path.replace("{measure_id}", &self.new.to_string());
        let path = path.replace("{export_id}", &self.new.to_string());
        let path = path.replace("{token_id}", &id);
        path.replace("{desk_id}", &self.desk).replace("{channel_id}", &self.new.to_string())
    }

    /// A body that fits. Where it changes something it names a version that this never had: a permitted command ends in
    /// a conflict.
    fn body(&self, route: &Route) -> Value {
        let version = 999_999;
        match route.body {
            Some("Claim" | "WithReason" | "Remove") => json!({ "version": version }),
            Some("Transfer") => json!({ "version": version, "to": "kr-seoul" }),
            Some("Close") => json!({ "version": version, "disposition": "test", "summary": "thử" }),
            Some("PostMessage") => json!({ "message_id": new_id(), "text": "thử" }),
            Some("PostNote") => json!({ "note_id": new_id(), "text": "thử" }),
            // Of the ministry, so that every desk may ask that officer.
            Some("Assign") => json!({ "version": version, "to": staff_id("bo") }),
            Some("Share") => json!({ "desk": "kr-seoul", "help": false }),
            Some("Prioritise") => json!({ "version": version, "to": "p2" }),
            Some("SetTags") => json!({ "tags": ["thử"] }),
            Some("PostAnswer") => json!({ "question": "injured", "text": "không" }),
            Some("Link") => json!({ "case_id": self.case }),
            Some("Merge") => json!({ "version": version, "into": self.case, "summary": "thử" }),
            Some("Batch") => json!({ "cases": [], "command": { "kind": "claim" } }),
            Some("PutChannel") => {
                json!({ "label": "Thử", "target": { "kind": "mail", "address": "a@example.org" } })
            }
            Some("PutRota") => json!({ "version": 0, "rota": self.rota(self.new) }),
            Some("PutPolicy") => json!({ "policy": unset(self.desk.as_str().into(), "ministry".into()) }),
            Some("PutWebhook") => self.webhook(self.new),
            Some("Holidays") => json!({ "version": version, "days": [] }),
            Some("DeskSettings") => json!({ "desk_id": self.desk, "version": version, "name": "thử",
                "countries": [], "claim_target_s": 20 }),
            Some("NumberEntry") => json!({ "key": "TW/police", "version": version, "country": "TW",
                "service": "police", "number": "110", "status": "doubtful" }),
            Some("PutStaff") => json!({ "password": "một mật khẩu dài", "account": { "staff_id": self.new,
                "login": self.new, "name": "thử", "role": "reviewer", "disabled": false } }),
            Some("CreateCodes") => json!({ "for": "without_device" }),
            Some("MakeToken") => json!({ "name": "thử", "purposes": ["reports"], "days": 1 }),
            Some("Texts") => json!({ "version": version, "phrases": [], "questions": [], "tags": [] }),
            Some("FiguresQuery") => self.figures(),
            Some("FigureCasesQuery") => json!({ "query": self.figures(), "of": "not_on_time" }),
            Some("SaveReport") => {
                json!({ "version": version, "cause": "thử", "done": "thử", "lessons": "thử",
                "measures": [], "answers": [] })
            }
            Some("ReportVersion" | "ChangeMeasure") => json!({ "version": version }),
            Some("ReturnReport") => json!({ "version": version, "questions": ["thử?"] }),
            Some("Search") => json!({ "text": "thử" }),
            Some(_) | None => json!({}),
        }
    }

    fn figures(&self) -> Value {
        json!({ "from": "2026-01-01", "to": "2026-12-31", "zone": "Asia/Ho_Chi_Minh", "desk": self.desk })
    }

    fn rota(&self, id: Uuid) -> Value {
        json!({ "id": id, "desk": self.desk, "name": "thử", "time_zone": "Asia/Taipei", "layers": [
            { "valid_from": "2026-01-01", "turns": { "kind": "in_turn", "staff": [staff_id("bo")],
                "every": { "days": 1 }, "handover": "08:00:00" } }] })
    }

    fn webhook(&self, id: Uuid) -> Value {
        let key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        json!({ "key": key, "webhook": { "webhook_id": id, "desk": self.desk, "name": "thử", "enabled": true,
            "url": "https://gateway.example/", "version": 0 } })
    }

    /// Has the rota and the webhook made.
    async fn keep(&self, administrator: &Officer) {
        let rota = json!({ "version": 0, "rota": self.rota(self.kept) });
        for (noun, body) in [("rotas", rota), ("webhooks", self.webhook(self.kept))] {
            let path = format!("/api/cover/{noun}/{}", self.kept);
            assert_eq!(administrator.send("PUT", &path, Some(&body)).await.status(), 200);
        }
    }
}

async fn status(officer: &Officer, route: &Route, subject: &Subject) -> u16 {
    officer.send(route.method, &subject.address(route), Some(&subject.body(route))).await.status().as_u16()
}

fn expected((login, role, desk): (&str, Role, Option<&str>), action: Action, holder: Option<&str>) -> Access {
    let names = login != "ngan";
    let officer = access::Officer { id: StaffId(new_id()), role, desk: desk.map(DeskId::from), names };
    let holder = holder.map(DeskId::from);
    access::may(&officer, action, holder.as_ref().map(|holder| CaseDesks::seen_by(holder, &[])))
}

#[tokio::test]
async fn every_route_for_every_role_and_desk() {
    let service = Service::start().await;
    let administrator = service.officer("tri").await;
    let mut cases = vec![];
    for (desk, place) in [("tw-taipei", (25.0478, 121.517)), ("jp-tokyo", (35.68, 139.76))] {
        let (mut phone, key) = Phone::of_worker(&service, "Cao Thị Quyền", "TW").await;
        let alert_id = phone.press(Some(place)).await;
        let case = phone.receipt(alert_id, Stage::Recorded).await.case_id.unwrap();
        let attachment = attach(&service, &key, alert_id).await;
        let subject = Subject { case, attachment, desk: desk.to_owned(), ..Subject::unknown() };
        subject.keep(&administrator).await;
        cases.push(subject);
    }
    let mut checked = 0;
    for (login, _, role, desk) in STAFF {
        let officer = service.officer(login).await;
        for route in ROUTES.iter().filter(|route| route.path != "/api/session") {
            match route.guard {
                Guard::Public | Guard::Signed | Guard::SignedIn | Guard::Device | Guard::Token(_) => {}
                Guard::Role(action) => {
                    // Of cover, what is the officer's own; where all of it is, the first desk's.
                    let own = cases.iter_mut().find(|case| desk.is_none_or(|desk| case.desk == desk));
                    let own = own.expect("a desk with a case");
                    own.new = new_id();
                    let status = status(&officer, route, own).await;
                    let fits = match expected((login, role, desk), action, None) {
                        Access::Allowed if route.method == "GET" => status == 200,
                        // Nobody has made this channel, or this token.
                        Access::Allowed
                            if ["{channel_id}", "{token_id}"].iter().any(|id| route.path.contains(id)) =>
                        {
                            matches!(status, 200 | 404)
                        }
                        Access::Allowed => matches!(status, 200 | 409),
                        Access::Forbidden | Access::Hidden => status == 403,
                    };
                    assert!(fits, "{login} {} {}: {status}", route.method, route.path);
                    checked += 1;
                }
                Guard::Case(action) => {
                    for case in &cases {
                        let (holder, status) = (&case.desk, status(&officer, route, case).await);
                        let fits = match expected((login, role, desk), action, Some(holder)) {
                            Access::Allowed => matches!(status, 200 | 409),
                            Access::Forbidden => status == 403,
                            Access::Hidden => status == 404,
                        };
                        assert!(fits, "{login} {} {} at {holder}: {status}", route.method, route.path);
                        checked += 1;
                    }
                    let unknown = status(&officer, route, &Subject::unknown()).await;
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
async fn a_desk_that_helps_and_one_that_it_is_offered_to_may_do_what_the_rules_say() {
    let service = Service::start().await;
    let (mut phone, key) = Phone::of_worker(&service, "Cao Thị Quyền", "TW").await;
    let alert_id = phone.press(Some((25.0478, 121.517))).await;
    let case = phone.receipt(alert_id, Stage::Recorded).await.case_id.unwrap();
    let attachment = attach(&service, &key, alert_id).await;
    let subject = Subject { case, attachment, desk: "jp-tokyo".to_owned(), ..Subject::unknown() };
    let (taipei, tokyo) = (DeskId::from("tw-taipei"), DeskId::from("jp-tokyo"));
    let watchers = [tokyo.clone()];
    let lan = service.officer("lan").await;
    let share = |help| json!({ "desk": "jp-tokyo", "help": help });
    let offer = json!({ "version": 1, "to": "jp-tokyo" });
    let steps = [("share", share(false)), ("share", share(true)), ("transfer", offer)];
    for (n, (command, body)) in steps.iter().enumerate() {
        lan.command(case, command, body).await.unwrap();
        let desks = CaseDesks {
            holder: &taipei,
            watchers: &watchers,
            helpers: if n == 0 { &[] } else { &watchers },
            offered_to: (n == 2).then_some(&tokyo),
        };
        for (login, _, role, desk) in STAFF.into_iter().filter(|(_, _, _, desk)| *desk == Some("jp-tokyo")) {
            let officer = service.officer(login).await;
            let of =
                access::Officer { id: StaffId(new_id()), role, desk: desk.map(DeskId::from), names: true };
            for route in ROUTES.iter() {
                let Guard::Case(action) = route.guard else { continue };
                let allowed = access::may(&of, action, Some(desks)) == Access::Allowed;
                let status = status(&officer, route, &subject).await;
                let fits = if allowed { matches!(status, 200 | 409) } else { status == 403 };
                assert!(fits, "{login} {} {} after {command}: {status}", route.method, route.path);
            }
        }
    }
}

#[tokio::test]
async fn without_a_session_every_route_of_officers_says_so() {
    let service = Service::start().await;
    let of_officers = |route: &&Route| !matches!(route.guard, Guard::Public | Guard::Signed);
    for route in ROUTES.iter().filter(of_officers) {
        let path = Subject::unknown().address(route);
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
    let routes: Vec<(&str, String)> =
        of_devices.map(|route| (route.method, Subject::unknown().address(route))).collect();
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
        let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM ledger WHERE kind = 'opened'")
            .fetch_one(&mut *tx)
            .await
            .unwrap();
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
        if expected((login, role, desk), Action::ListCases, None) != Access::Allowed {
            continue;
        }
        let mut wanted: Vec<&str> = ["jp-tokyo", "tw-taipei"].into();
        wanted.retain(|holder| {
            expected((login, role, desk), Action::ReadCase, Some(holder)) == Access::Allowed
        });
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
