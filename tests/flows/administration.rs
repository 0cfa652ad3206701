//! What administrators and supervisors keep: each change is checked, versioned, in force at once, and in the ledger.

use serde_json::{Value, json};
use sos_protocol::admin::{
    AdminEntry, AdminLedger, CodesMade, DeskSettings, DeskSettingsList, NumberEntry, NumberStatus, Numbers,
    StaffAccounts, Texts, WorkersFound,
};
use sos_protocol::cover::CoverView;
use sos_protocol::figures::{AnswerTarget, Figures, TargetFigure};
use sos_protocol::http::SignIn;
use sos_protocol::{ErrorCode, Problem, Seq, Stage, UnixMs};
use sos_server::admin::Admin;
use sos_server::app::Ambient;
use sos_tests::phone::new_id;
use sos_tests::service::{PASSWORD, staff_id};
use sos_tests::{Key, Officer, Phone, Service};

const KAOHSIUNG: Option<(f64, f64)> = Some((22.62, 120.3));

/// What a request is answered with: the thing, or code and field.
async fn ask<T: serde::de::DeserializeOwned>(
    officer: &Officer,
    method: &str,
    path: &str,
    body: &Value,
) -> Result<T, (ErrorCode, Option<String>)> {
    let answer = officer.send(method, path, Some(body)).await;
    if answer.status() == 200 {
        return Ok(answer.json().await.expect("JSON of that type"));
    }
    let problem: Problem = answer.json().await.expect("a problem");
    Err((problem.code, problem.field))
}

fn invalid(field: &str) -> (ErrorCode, Option<String>) {
    (ErrorCode::InvalidField, Some(field.to_owned()))
}

const STALE: (ErrorCode, Option<String>) = (ErrorCode::StaleVersion, None);
const NOT_FOUND: (ErrorCode, Option<String>) = (ErrorCode::NotFound, None);

/// The newest entries of these kinds, the oldest first.
async fn entries(administrator: &Officer, kinds: &[&str]) -> Vec<AdminEntry> {
    let ledger: AdminLedger = administrator.get("/api/admin/ledger").await;
    assert!(ledger.entries.is_sorted_by(|a, b| a.seq > b.seq), "the newest first");
    let mut entries = ledger.entries;
    entries.retain(|entry| entry.by.is_some() && kinds.contains(&entry.kind.as_str()));
    entries.reverse();
    entries
}

async fn chain_is_whole(service: &Service) {
    let rows = service.count("SELECT count(*) FROM admin_ledger").await;
    assert_eq!(service.store.verify_admin_ledger().await.expect("a ledger"), Ok(Seq(rows)));
}

fn change<T: serde::Serialize>(kept: &T, patch: Value) -> Value {
    let mut value = serde_json::to_value(kept).expect("JSON");
    for (name, with) in patch.as_object().expect("an object") {
        match with {
            Value::Null => value.as_object_mut().expect("an object").remove(name),
            with => value.as_object_mut().expect("an object").insert(name.clone(), with.clone()),
        };
    }
    value
}

async fn holder(service: &Service, bo: &Officer, name: &str) -> String {
    let (mut phone, _) = Phone::of_worker(service, name, "TW").await;
    let alert_id = phone.press(KAOHSIUNG).await;
    let case = phone.receipt(alert_id, Stage::Recorded).await.case_id.expect("a case");
    bo.detail(case).await.case.desk_id.to_string()
}

#[tokio::test]
async fn a_desk_is_checked_against_all_others_and_takes_the_next_sos() {
    let service = Service::start().await;
    let (tri, bo) = (service.officer("tri").await, service.officer("bo").await);
    assert_eq!(holder(&service, &bo, "Trịnh Thị Trước").await, "tw-taipei");
    let path = "/api/admin/desks/tw-kaohsiung";
    let district = r#"{"type":"Polygon","coordinates":[[[120,22],[121,22],[121,23],[120,23],[120,22]]]}"#;
    let desk = json!({ "desk_id": "tw-kaohsiung", "version": 0, "name": "Cao Hùng", "country": "TW",
        "is_principal": false, "countries": ["TW"], "district": district, "time_zone": "Asia/Taipei",
        "lat": 22.62, "lon": 120.3, "claim_target_s": 30 });
    let put = async |desk: &Value| ask::<DeskSettingsList>(&tri, "PUT", path, desk).await;
    for (patch, field) in [
        (json!({ "desk_id": "tw-other" }), "desk_id"),
        (json!({ "name": " " }), "name"),
        (json!({ "time_zone": "Asia/Kaohsiung" }), "time_zone"),
        (json!({ "lat": 91.0 }), "lat"),
        (json!({ "lat": null }), "lon"),
        (json!({ "claim_target_s": 4 }), "claim_target_s"),
        (json!({ "answer_targets": [{ "within_s": 0, "wanted_pct": 90 }] }), "answer_targets"),
        (json!({ "answer_targets": [{ "within_s": 15, "wanted_pct": 101 }] }), "answer_targets"),
        (
            json!({ "answer_targets": [{ "within_s": 15, "wanted_pct": 90 }, { "within_s": 20, "wanted_pct": 90 }] }),
            "answer_targets",
        ),
        (json!({ "district": "{}" }), "district"),
        (json!({ "is_ministry": true }), "is_ministry"),
        (json!({ "is_principal": true }), "is_principal"),
    ] {
        assert_eq!(put(&change(&desk, patch)).await.unwrap_err(), invalid(field));
    }
    assert_eq!(put(&change(&desk, json!({ "version": 1 }))).await.unwrap_err(), STALE);
    assert!(entries(&tri, &["desk"]).await.is_empty(), "nothing that was refused is written down");

    let desks = put(&desk).await.unwrap().desks;
    assert!(desks[0].is_ministry);
    assert_eq!(holder(&service, &bo, "Trịnh Thị Sau").await, "tw-kaohsiung");
    assert_eq!(put(&desk).await.unwrap_err(), STALE);
    let kept: &DeskSettings = desks.iter().find(|d| d.desk_id.as_str() == "tw-kaohsiung").unwrap();
    assert_eq!((kept.version, kept.claim_target_s), (1, 30));
    // Without the district it has no cases any more.
    put(&change(kept, json!({ "district": null }))).await.unwrap();
    assert_eq!(holder(&service, &bo, "Trịnh Thị Lại").await, "tw-taipei");

    let written = entries(&tri, &["desk"]).await;
    assert_eq!(written.len(), 2);
    assert_eq!((written[0].by.as_deref(), written[0].subject.as_str()), (Some("Trị"), "tw-kaohsiung"));
    assert!(written[0].facts.contains("district_sha256") && !written[0].facts.contains("Polygon"));
    chain_is_whole(&service).await;
}

#[tokio::test]
async fn what_a_desk_is_to_reach_is_set_by_an_administrator_and_holds_for_its_figures() {
    let service = Service::start().await;
    let (tri, tra) = (service.officer("tri").await, service.officer("tra").await);
    let path = "/api/admin/desks/tw-taipei";
    let list: DeskSettingsList = tri.get("/api/admin/desks").await;
    let common = [(15, 90), (20, 95)];
    assert_eq!(targets(&list.common_targets), common);
    let desk = list.desks.iter().find(|desk| desk.desk_id.as_str() == "tw-taipei").expect("the desk");
    assert!(desk.answer_targets.is_empty());
    let figures = async || {
        let body = json!({ "from": "2026-11-01", "to": "2026-11-02", "zone": "Asia/Ho_Chi_Minh", "desk": "tw-taipei" });
        let found: Figures = ask(&tra, "POST", "/api/figures", &body).await.expect("figures");
        let target = |figure: &TargetFigure| (figure.within_s, figure.wanted_pct);
        found.targets.iter().map(target).collect::<Vec<_>>()
    };
    assert_eq!(figures().await, common);
    let own = json!([{ "within_s": 8, "wanted_pct": 80 }, { "within_s": 30, "wanted_pct": 99 }]);
    let changed = change(desk, json!({ "answer_targets": own }));
    let kept = ask::<DeskSettingsList>(&tri, "PUT", path, &changed).await.expect("kept").desks;
    let desk = kept.iter().find(|desk| desk.desk_id.as_str() == "tw-taipei").expect("the desk");
    assert_eq!(targets(&desk.answer_targets), [(8, 80), (30, 99)]);
    assert_eq!(figures().await, [(8, 80), (30, 99)]);
    let written = entries(&tri, &["desk"]).await;
    assert!(written[0].facts.contains(r#""answer_targets":[{"#), "{}", written[0].facts);
    // None of its own is what holds for all.
    let back = change(desk, json!({ "answer_targets": [] }));
    ask::<DeskSettingsList>(&tri, "PUT", path, &back).await.expect("kept");
    assert_eq!(figures().await, common);
    let none = service.count("SELECT count(*) FROM desks WHERE answer_targets IS NOT NULL").await;
    assert_eq!(none, 0);
    chain_is_whole(&service).await;
}

fn targets(of: &[AnswerTarget]) -> Vec<(u32, u8)> {
    of.iter().map(|target| (target.within_s, target.wanted_pct)).collect()
}

#[tokio::test]
async fn a_number_is_verified_by_who_says_so_and_no_body_can_say_by_whom_and_when() {
    let service = Service::start().await;
    let tri = service.officer("tri").await;
    let list: Numbers = tri.get("/api/admin/numbers").await;
    let entry =
        |numbers: &Numbers| numbers.numbers.iter().find(|entry| entry.key == "TW/police").unwrap().clone();
    let seen: NumberEntry = entry(&list);
    assert_eq!((seen.version, seen.status), (0, NumberStatus::Unverified));
    let put = async |body: Value| ask::<Numbers>(&tri, "PUT", "/api/admin/numbers", &body).await;
    let verified = json!({ "status": "verified", "verified_at_ms": 5, "verified_by": "Lan" });
    let kept = entry(&put(change(&seen, verified)).await.unwrap());
    assert_eq!((kept.version, kept.verified_by.as_deref()), (1, Some("Trị")));
    assert!(kept.verified_at_ms.unwrap() > UnixMs(5));
    assert_eq!(put(change(&seen, json!({}))).await.unwrap_err(), STALE);
    // A new note is no new call; another number is.
    let noted = entry(&put(change(&kept, json!({ "note": "gọi được cả ban đêm" }))).await.unwrap());
    assert_eq!((noted.verified_at_ms, noted.version), (kept.verified_at_ms, 2));
    let unsure = entry(&put(change(&noted, json!({ "status": "doubtful" }))).await.unwrap());
    assert_eq!((unsure.verified_at_ms, unsure.verified_by.clone()), (None, None));
    for (patch, field) in [
        (json!({ "number": "gọi 110" }), "number"),
        (json!({ "number": "", "status": "verified" }), "status"),
        (json!({ "key": "TW/nobody" }), "key"),
        (json!({ "key": "JP/police" }), "country"),
        (json!({ "key": "TW/fire" }), "service"),
        (json!({ "note": "x".repeat(400) }), "note"),
    ] {
        assert_eq!(put(change(&unsure, patch)).await.unwrap_err(), invalid(field));
    }
    let of_no_desk = json!({ "key": "tw-nowhere/desk", "desk_id": "tw-nowhere", "version": 0,
        "service": "desk", "number": "1", "status": "doubtful" });
    assert_eq!(put(of_no_desk).await.unwrap_err(), invalid("desk_id"));
    assert_eq!(entries(&tri, &["number"]).await.len(), 3);
    chain_is_whole(&service).await;
}

fn account(login: &str, role: &str, desk: Option<&str>) -> Value {
    let name = format!("Người {login}");
    json!({ "staff_id": staff_id(login), "login": login, "name": name, "role": role, "desk_id": desk, "disabled": false })
}

fn path_of(account: &Value) -> String {
    format!("/api/admin/staff/{}", account["staff_id"].as_str().expect("an id"))
}

async fn put_staff(
    tri: &Officer,
    account: Value,
    password: Option<&str>,
) -> Result<StaffAccounts, (ErrorCode, Option<String>)> {
    let path = path_of(&account);
    ask(tri, "PUT", &path, &json!({ "account": account, "password": password })).await
}

async fn sign_in(service: &Service, login: &str, password: &str) -> u16 {
    let body = SignIn { login: login.to_owned(), password: password.to_owned() };
    service.post("/api/session", serde_json::to_vec(&body).expect("JSON")).await.status().as_u16()
}

#[tokio::test]
async fn an_account_is_made_changed_and_the_last_administrator_stays() {
    let service = Service::start().await;
    let tri = service.officer("tri").await;
    let mai = account("mai", "dispatcher", Some("tw-taipei"));
    let password = Some("một mật khẩu dài");
    let put = async |patch: Value, password| put_staff(&tri, change(&mai, patch), password).await;
    assert_eq!(put(json!({}), None).await.unwrap_err(), invalid("password"));
    assert_eq!(put(json!({}), Some("ngắn")).await.unwrap_err(), invalid("password"));
    assert_eq!(put(json!({ "desk_id": null }), password).await.unwrap_err(), invalid("account.desk_id"));
    assert_eq!(put(json!({ "desk_id": "tw" }), password).await.unwrap_err(), invalid("account.desk_id"));
    assert_eq!(put(json!({ "login": "LAN " }), password).await.unwrap_err(), invalid("account.login"));
    put(json!({}), password).await.unwrap();
    assert_eq!(sign_in(&service, "mai", "một mật khẩu dài").await, 200);
    assert_eq!(put(json!({ "login": "mai2" }), None).await.unwrap_err(), invalid("account.login"));

    let admin = account("tri", "administrator", None);
    let no_more = async |patch: Value| put_staff(&tri, change(&admin, patch), None).await;
    assert_eq!(no_more(json!({ "disabled": true })).await.unwrap_err(), invalid("account.disabled"));
    assert_eq!(no_more(json!({ "role": "reviewer" })).await.unwrap_err(), invalid("account.role"));
    put(json!({ "role": "administrator", "desk_id": null }), None).await.unwrap();
    no_more(json!({ "role": "reviewer" })).await.unwrap();
    assert_eq!(tri.send("GET", "/api/admin/staff", None::<&()>).await.status(), 401, "signed out");

    let written = service.count("SELECT count(*) FROM admin_ledger WHERE staff_id IS NOT NULL").await;
    assert_eq!(written, 3);
    let secrets = "SELECT count(*) FROM admin_ledger WHERE facts ~ 'mật khẩu|argon2'";
    assert_eq!(service.count(secrets).await, 0);
    chain_is_whole(&service).await;
}

#[tokio::test]
async fn who_is_disabled_or_gets_another_password_is_out_at_once_on_every_node() {
    let service = Service::start().await;
    let other = service.another_node().await;
    let tri = service.officer("tri").await;
    for (login, patch, password) in [
        ("lan", json!({ "disabled": true }), None),
        ("minh", json!({}), Some("một mật khẩu khác")),
        ("duc", json!({ "desk_id": "jp-tokyo" }), None),
    ] {
        let role = if login == "duc" { "supervisor" } else { "dispatcher" };
        let (officer, elsewhere) = (service.officer(login).await, other.officer(login).await);
        assert_eq!(officer.send("POST", "/api/shift", None::<&()>).await.status(), 200);
        let mut feeds = [officer.feed(None).await, elsewhere.feed(None).await];
        for feed in &mut feeds {
            assert!(feed.next().await.is_some(), "let in");
        }
        let account = change(&account(login, role, Some("tw-taipei")), patch);
        put_staff(&tri, account, password).await.unwrap();
        for officer in [&officer, &elsewhere] {
            assert_eq!(officer.send("GET", "/api/cases", None::<&()>).await.status(), 401, "{login}");
        }
        for feed in &mut feeds {
            feed.closes().await;
        }
        let may_come_back = login == "duc";
        let wanted = if may_come_back { 200 } else { 401 };
        assert_eq!(sign_in(&service, login, PASSWORD).await, wanted, "{login}");
    }
    assert_eq!(sign_in(&service, "minh", "một mật khẩu khác").await, 200);
    assert_eq!(service.count("SELECT count(*) FROM shifts WHERE ended_ms IS NULL").await, 0);
    assert_eq!(service.count("SELECT count(*) FROM feed_tickets").await, 0);
    // An officer of whom nothing but the name changed stays.
    let khanh = service.officer("khanh").await;
    put_staff(&tri, account("khanh", "supervisor", Some("jp-tokyo")), None).await.unwrap();
    assert_eq!(khanh.send("GET", "/api/cases", None::<&()>).await.status(), 200);
}

#[tokio::test]
async fn codes_are_made_for_all_of_a_list_or_for_nobody() {
    let service = Service::start().await;
    let tri = service.officer("tri").await;
    let create = async |body: Value| ask::<CodesMade>(&tri, "POST", "/api/admin/codes", &body).await;
    let workers = "SELECT count(*) FROM workers";
    let list = |csv: &str| json!({ "for": "list", "csv": csv });
    let head = "name,phone,language,contract_country,employer,address\n";
    let bad =
        create(list(&format!("{head}Vũ Văn Đúng,0912,vi,TW,,\n,0913,vi,TW,,\nBùi Thị Sai,x,vi,TW,,\n")));
    let CodesMade { codes, bad_rows } = bad.await.unwrap();
    assert!(codes.is_empty());
    let places: Vec<(u32, &str)> = bad_rows.iter().map(|row| (row.line, row.column.as_str())).collect();
    assert_eq!(places, [(3, "name"), (4, "phone")]);
    assert_eq!(
        (service.count(workers).await, service.count("SELECT count(*) FROM enrolment_codes").await),
        (0, 0)
    );
    let long: String = (0..1_001).map(|n| format!("Người {n},,,,,\n")).collect();
    let too_many = create(list(&format!("{head}{long}"))).await.unwrap_err();
    assert_eq!(too_many, (ErrorCode::TooMany, Some("csv".to_owned())));

    let good = format!("{head}Vũ Văn Đúng,0912,vi,TW,Nhà máy,\nBùi Thị Phải,0913,vi,JP,,\n");
    let first = create(list(&good)).await.unwrap().codes;
    assert_eq!(first.len(), 2);
    assert_eq!(first[1].name, "Bùi Thị Phải");
    assert_eq!(first[0].path, format!("/app/#code={}", first[0].code.replace('-', "")));
    let again = create(list(&good)).await.unwrap().codes;
    assert_eq!((again[0].worker_id, service.count(workers).await), (first[0].worker_id, 2), "known by then");

    Key::new().enrol(&service, &first[0].code).await;
    let without = create(json!({ "for": "without_device" })).await.unwrap().codes;
    assert_eq!(without.iter().map(|code| code.worker_id).collect::<Vec<_>>(), [first[1].worker_id]);
    create(json!({ "for": "worker", "worker_id": first[0].worker_id })).await.unwrap();
    let nobody = create(json!({ "for": "worker", "worker_id": new_id() })).await;
    assert_eq!(nobody.unwrap_err(), NOT_FOUND);

    let search = async |text: &str| {
        let body = json!({ "text": text });
        ask::<WorkersFound>(&tri, "POST", "/api/admin/workers/search", &body).await.unwrap()
    };
    let found = search("vu van dung").await;
    assert_eq!((found.workers.len(), found.workers[0].devices, found.without_device), (1, 1, 1));
    assert_eq!(search("NHÀ MÁY").await.workers.len(), 1);
    assert_eq!(search("%").await.workers.len(), 0);

    let written = entries(&tri, &["codes"]).await;
    assert_eq!(written.len(), 4);
    for secret in [first[0].code.as_str(), "Đúng", "0912"] {
        assert!(written.iter().all(|entry| !entry.facts.contains(secret)), "{secret}");
    }
    chain_is_whole(&service).await;
}

#[tokio::test]
async fn texts_are_brought_along_and_changed_for_everybody() {
    let service = Service::start().await;
    let (tri, lan) = (service.officer("tri").await, service.officer("lan").await);
    let brought: Texts = lan.get("/api/texts").await;
    assert!(brought.version == 0 && brought.phrases.len() >= 10 && brought.questions.len() >= 10);
    let put = async |body: Value| ask::<Texts>(&tri, "PUT", "/api/admin/texts", &body).await;
    let question = json!({ "id": "x", "kinds": ["held"], "words": { "vi": "Ai?", "en": "Who?" } });
    for (patch, field) in [
        (json!({ "phrases": [{ "vi": "Chào", "en": "" }] }), "phrases[0].en"),
        (json!({ "questions": [question, question] }), "questions[1].id"),
        (json!({ "tags": ["a", ""] }), "tags[1]"),
    ] {
        assert_eq!(put(change(&brought, patch)).await.unwrap_err(), invalid(field));
    }
    let too_many = put(change(&brought, json!({ "tags": vec!["x"; 61] }))).await.unwrap_err();
    assert_eq!(too_many, (ErrorCode::TooMany, Some("tags".to_owned())));
    let kept = put(change(&brought, json!({ "tags": ["đình công"] }))).await.unwrap();
    assert_eq!(kept.version, 1);
    assert_eq!(lan.get::<Texts>("/api/texts").await, kept);
    assert_eq!(put(change(&brought, json!({}))).await.unwrap_err(), STALE);
    assert_eq!(entries(&tri, &["texts"]).await.len(), 1);
    chain_is_whole(&service).await;
}

fn rota(desk: &str, staff: &[&str]) -> Value {
    let staff: Vec<_> = staff.iter().map(|login| staff_id(login)).collect();
    json!({ "id": new_id(), "desk": desk, "name": "Trực đêm", "time_zone": "Asia/Taipei", "overrides": [],
        "layers": [{ "valid_from": "2026-01-01",
            "turns": { "kind": "in_turn", "staff": staff, "every": { "weeks": 1 }, "handover": "08:00:00" } }] })
}

async fn put_rota(
    officer: &Officer,
    version: u32,
    rota: &Value,
) -> Result<CoverView, (ErrorCode, Option<String>)> {
    let path = format!("/api/cover/rotas/{}", rota["id"].as_str().expect("an id"));
    ask(officer, "PUT", &path, &json!({ "version": version, "rota": rota })).await
}

#[tokio::test]
async fn a_rota_is_laid_out_checked_and_stays_while_a_policy_goes_by_it() {
    let service = Service::start().await;
    let (tri, duc) = (service.officer("tri").await, service.officer("duc").await);
    let night = rota("tw-taipei", &["lan", "minh"]);
    let view = put_rota(&duc, 0, &night).await.unwrap();
    assert_eq!((view.rotas[0].version, view.rotas[0].gaps.len()), (1, 0));
    let days_ms: i64 = view.rotas[0].shifts.iter().map(|s| s.to_ms.since_ms(s.from_ms)).sum();
    assert_eq!(days_ms, 28 * 24 * 3600 * 1000);
    assert_eq!(put_rota(&duc, 0, &night).await.unwrap_err(), STALE);
    let weekly = json!([night["layers"][0], { "valid_from": "2026-01-01", "turns": { "kind": "weekly", "shifts": [
        { "day": "monday", "from": "08:00:00", "to": "12:00:00", "staff": [staff_id("lan")] },
        { "day": "monday", "from": "08:00:30", "to": "12:00:00", "staff": [staff_id("lan")] } ] } }]);
    let unknown = rota("tw-taipei", &["lan", "nobody"])["layers"].clone();
    let reviewer = rota("tw-taipei", &["tra"])["layers"].clone();
    for (patch, field) in [
        (json!({ "name": "" }), "name"),
        (json!({ "time_zone": "Taipei" }), "time_zone"),
        (json!({ "layers": [] }), "layers"),
        (json!({ "layers": weekly }), "layers[1].shifts[1].from"),
        (json!({ "layers": unknown }), "layers[0].staff[1]"),
        (json!({ "layers": reviewer }), "layers[0].staff[0]"),
        (json!({ "overrides": [{ "from": 5, "to": 5, "change": { "kind": "nobody" } }] }), "overrides[0].to"),
    ] {
        assert_eq!(put_rota(&duc, 1, &change(&night, patch)).await.unwrap_err(), invalid(field));
    }

    let target = json!({ "kind": "on_call", "rota": night["id"] });
    let policy = |version: u32, target: &Value| {
        let plan = json!({ "steps": [{ "delay_s": 30, "targets": [target] }], "repeats": 1 });
        json!({ "id": uuid::Uuid::nil(), "desk": "tw-taipei", "version": version, "common": plan, "silent_s": 600 })
    };
    let put = async |policy: &Value| {
        let body = json!({ "policy": policy });
        ask::<CoverView>(&duc, "PUT", "/api/cover/policies/tw-taipei", &body).await
    };
    let mut slow = policy(0, &target);
    slow["p1"] = slow["common"].clone();
    slow["p1"]["steps"][0]["delay_s"] = json!(9_999);
    assert_eq!(put(&slow).await.unwrap_err(), invalid("p1.steps[0].delay_s"));
    let place = || invalid("common.steps[0].targets[0]");
    for nothing in [
        json!({ "kind": "on_call", "rota": new_id() }),
        json!({ "kind": "staff", "staff": new_id() }),
        json!({ "kind": "desk", "desk": "tw-nowhere" }),
        json!({ "kind": "webhook", "webhook": new_id() }),
    ] {
        assert_eq!(put(&policy(0, &nothing)).await.unwrap_err(), place());
    }
    let kept = put(&policy(0, &target)).await.unwrap().policies.remove(0);
    assert!(kept.version == 1 && !kept.id.0.is_nil());
    assert_eq!(put(&policy(0, &target)).await.unwrap_err(), STALE);

    let path = format!("/api/cover/rotas/{}", night["id"].as_str().unwrap());
    let remove =
        async |version: u32| ask::<CoverView>(&duc, "DELETE", &path, &json!({ "version": version })).await;
    assert_eq!(remove(1).await.unwrap_err(), invalid("version"), "a policy goes by it");
    let changed = put(&policy(1, &json!({ "kind": "supervisors" }))).await.unwrap().policies.remove(0);
    assert_eq!((changed.version, changed.id), (2, kept.id));
    assert_eq!(remove(7).await.unwrap_err(), STALE);
    assert!(remove(1).await.unwrap().rotas.is_empty());
    assert_eq!(remove(1).await.unwrap_err(), NOT_FOUND);
    assert_eq!(put_rota(&duc, 0, &night).await.unwrap_err(), STALE, "an id is not used again");
    let kinds: Vec<String> = entries(&tri, &["rota", "policy"]).await.into_iter().map(|e| e.kind).collect();
    assert_eq!(kinds, ["rota", "policy", "policy", "rota"]);
    chain_is_whole(&service).await;
}

fn webhook(desk: Option<&str>) -> Value {
    json!({ "webhook_id": new_id(), "desk": desk, "name": "Cổng thoại", "enabled": true, "version": 0,
        "url": "https://gateway.example/hooks/bí-mật" })
}

async fn put_webhook(
    officer: &Officer,
    webhook: &Value,
    key: Option<&str>,
) -> Result<CoverView, (ErrorCode, Option<String>)> {
    let path = format!("/api/cover/webhooks/{}", webhook["webhook_id"].as_str().expect("an id"));
    ask(officer, "PUT", &path, &json!({ "webhook": webhook, "key": key })).await
}

const KEY: Option<&str> = Some("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

#[tokio::test]
async fn a_webhook_has_a_key_that_nobody_reads_and_an_address_for_those_who_set_it() {
    let service = Service::start().await;
    let (tri, duc, lan) =
        (service.officer("tri").await, service.officer("duc").await, service.officer("lan").await);
    let gateway = webhook(Some("tw-taipei"));
    assert_eq!(put_webhook(&duc, &gateway, None).await.unwrap_err(), invalid("key"));
    assert_eq!(put_webhook(&duc, &gateway, Some("whsec_c2hvcnQ=")).await.unwrap_err(), invalid("key"));
    for url in ["http://gateway.example/", "https://a:b@gateway.example/", "gateway"] {
        let refused = put_webhook(&duc, &change(&gateway, json!({ "url": url })), KEY).await;
        assert_eq!(refused.unwrap_err(), invalid("webhook.url"), "{url}");
    }
    let view = put_webhook(&duc, &gateway, KEY).await.unwrap();
    assert_eq!(view.webhooks[0].version, 1);
    assert!(!serde_json::to_string(&view).unwrap().contains("MfKQ9r8G"));
    assert_eq!(put_webhook(&duc, &gateway, KEY).await.unwrap_err(), STALE);
    let off = change(&gateway, json!({ "enabled": false, "version": 1 }));
    assert!(!put_webhook(&duc, &off, None).await.unwrap().webhooks[0].enabled);
    assert_eq!(lan.get::<CoverView>("/api/cover").await.webhooks[0].url, "", "it can hold a secret");

    // One for all desks is the ministry's and the administrators' to set.
    assert_eq!(put_webhook(&duc, &webhook(None), KEY).await.unwrap_err(), NOT_FOUND);
    put_webhook(&tri, &webhook(None), KEY).await.unwrap();
    let seen = duc.get::<CoverView>("/api/cover").await.webhooks;
    assert_eq!(
        seen.iter().map(|hook| hook.url.is_empty()).collect::<Vec<_>>(),
        [seen[0].desk.is_none(), seen[1].desk.is_none()]
    );

    let path = format!("/api/cover/webhooks/{}", gateway["webhook_id"].as_str().unwrap());
    let remove =
        async |version: u32| ask::<CoverView>(&duc, "DELETE", &path, &json!({ "version": version })).await;
    assert_eq!(remove(1).await.unwrap_err(), STALE);
    assert_eq!(remove(2).await.unwrap().webhooks.len(), 1);
    assert_eq!(remove(2).await.unwrap_err(), NOT_FOUND);
    let written = entries(&tri, &["webhook"]).await;
    assert_eq!(written.len(), 4, "refused ones left nothing");
    assert!(written.iter().all(|e| !e.facts.contains("hooks") && !e.facts.contains("MfKQ9r8G")));
    chain_is_whole(&service).await;
}

#[tokio::test]
async fn a_supervisor_sees_and_changes_the_cover_of_the_own_desk_alone() {
    let service = Service::start().await;
    let (tri, duc, khanh) =
        (service.officer("tri").await, service.officer("duc").await, service.officer("khanh").await);
    let (rota, hook) = (rota("tw-taipei", &["lan"]), webhook(Some("tw-taipei")));
    put_rota(&duc, 0, &rota).await.unwrap();
    put_webhook(&duc, &hook, KEY).await.unwrap();
    let days = json!([{ "day": "2027-02-06", "name": "Tết" },
        { "day": "2027-02-28", "name": "Ngày Hoà bình", "desk": "tw-taipei" }]);
    let put_days = async |officer: &Officer, version: u32, days: &Value| {
        let body = json!({ "version": version, "days": days });
        ask::<CoverView>(officer, "PUT", "/api/cover/holidays", &body).await
    };
    assert_eq!(put_days(&tri, 0, &days).await.unwrap().holidays_version, 1);

    let seen: CoverView = khanh.get("/api/cover").await;
    assert_eq!((seen.rotas.len(), seen.webhooks.len(), seen.policies.len()), (0, 0, 0));
    assert_eq!(seen.holidays.iter().map(|day| day.name.as_str()).collect::<Vec<_>>(), ["Tết"]);
    assert_eq!(seen.unset.desk.as_str(), "jp-tokyo");
    let names: Vec<&str> = seen.colleagues.iter().map(|officer| officer.name.as_str()).collect();
    assert_eq!(names, ["Bộ", "Hoa", "Khánh"]);
    assert_eq!(tri.get::<CoverView>("/api/cover").await.rotas.len(), 1);

    for version in [0, 1] {
        assert_eq!(put_rota(&khanh, version, &rota).await.unwrap_err(), NOT_FOUND);
        let to_tokyo = change(&rota, json!({ "desk": "jp-tokyo" }));
        assert_eq!(put_rota(&khanh, version, &to_tokyo).await.unwrap_err(), NOT_FOUND);
        let hook = change(&hook, json!({ "version": version, "desk": "jp-tokyo" }));
        assert_eq!(put_webhook(&khanh, &hook, KEY).await.unwrap_err(), NOT_FOUND);
    }
    for kept in [("rotas", &rota["id"]), ("webhooks", &hook["webhook_id"])] {
        let path = format!("/api/cover/{}/{}", kept.0, kept.1.as_str().unwrap());
        let removed = ask::<CoverView>(&khanh, "DELETE", &path, &json!({ "version": 1 })).await;
        assert_eq!(removed.unwrap_err(), NOT_FOUND);
    }
    let unset = tri.get::<CoverView>("/api/cover").await.unset;
    let policy = json!({ "policy": change(&unset, json!({ "desk": "tw-taipei" })) });
    let refused = ask::<CoverView>(&khanh, "PUT", "/api/cover/policies/tw-taipei", &policy).await;
    assert_eq!(refused.unwrap_err(), NOT_FOUND);

    // Of the holidays only the own ones are changed; what is everybody's or another's stays, seen or not.
    let own = json!({ "day": "2027-01-01", "name": "Năm mới", "desk": "jp-tokyo" });
    let other = json!([own, { "day": "2027-02-06", "name": "Tết", "desk": "tw-taipei" }]);
    assert_eq!(put_days(&khanh, 1, &other).await.unwrap_err(), NOT_FOUND);
    let view = put_days(&khanh, 1, &json!([own, days[0]])).await.unwrap();
    assert_eq!((view.holidays.len(), view.holidays_version), (2, 2));
    assert_eq!(put_days(&khanh, 1, &json!([])).await.unwrap_err(), STALE);
    put_days(&khanh, 2, &json!([])).await.unwrap();
    assert_eq!(tri.get::<CoverView>("/api/cover").await.holidays.len(), 2);
    assert_eq!(
        put_days(&tri, 3, &json!([{ "day": "2027-01-01", "name": "x", "desk": "x" }])).await.unwrap_err(),
        invalid("days[0].desk")
    );
}

#[tokio::test]
async fn what_is_done_at_the_command_line_is_by_nobody_and_a_changed_entry_is_found() {
    let service = Service::start().await;
    let tri = service.officer("tri").await;
    let ambient = Ambient {
        clock: service.clock.clone(),
        entropy: std::sync::Arc::new(sos_protocol::ambient::SystemEntropy),
    };
    let run = async |command: Admin| command.run(&service.config, &service.store, &ambient).await;
    let create = |principal| Admin::CreateDesk {
        id: "tw-tainan".parse().unwrap(),
        name: "Đài Nam".to_owned(),
        countries: vec!["TW".to_owned()],
        principal,
        district: None,
        time_zone: None,
        claim_target_s: 20,
    };
    assert!(run(create(true)).await.unwrap_err().to_string().contains("principal"));
    run(create(false)).await.unwrap();
    let ledger: AdminLedger = tri.get("/api/admin/ledger").await;
    let newest = &ledger.entries[0];
    assert_eq!((newest.kind.as_str(), newest.subject.as_str(), &newest.by), ("desk", "tw-tainan", &None));
    let seq = newest.seq;
    run(create(false)).await.unwrap();
    let ledger: AdminLedger = tri.get("/api/admin/ledger").await;
    assert_eq!(ledger.entries[0].seq, seq, "nothing was changed");
    run(Admin::VerifyLedger).await.unwrap();
    chain_is_whole(&service).await;

    let forge = "UPDATE admin_ledger SET facts = '{}' WHERE seq = 2";
    assert!(sqlx::query(forge).execute(&service.db).await.is_err(), "append-only");
    sqlx::query("ALTER TABLE admin_ledger DISABLE TRIGGER USER").execute(&service.db).await.unwrap();
    sqlx::query(forge).execute(&service.db).await.unwrap();
    assert_eq!(service.store.verify_admin_ledger().await.unwrap(), Err(Seq(2)));
    let found = run(Admin::VerifyLedger).await.unwrap_err().to_string();
    assert_eq!(found, "broken at administration entry 2");
}
