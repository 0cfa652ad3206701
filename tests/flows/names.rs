//! Who is shown who a worker is, and that it is on record who looked and what was taken away.

use serde_json::{Value, json};
use sos_protocol::ambient::{Clock, ManualClock, SystemClock};
use sos_protocol::case::Exported;
use sos_protocol::feed::FeedFrame;
use sos_protocol::http::{Me, PostMessage, PostNote, Search};
use sos_protocol::limits::LOOKED_AT_AGAIN_S;
use sos_protocol::{CaseEvent, CaseId, MessageId, NoteId, Stage};
use sos_tests::phone::new_id;
use sos_tests::{Officer, Phone, Service, until};

const TAIPEI: Option<(f64, f64)> = Some((25.0478, 121.517));
const NAME: &str = "Lò Thị Xưởng";
/// What the worker is called, as somebody types it in a hurry.
const TYPED: &str = "lo thi xuong";

/// A closed case in which the worker is called by name.
async fn closed(service: &Service) -> CaseId {
    let (mut phone, _) = Phone::of_worker(service, NAME, "TW").await;
    let alert_id = phone.press(TAIPEI).await;
    let case = phone.receipt(alert_id, Stage::Recorded).await.case_id.expect("as it was set up");
    let lan = service.officer("lan").await;
    let version = lan.detail(case).await.case.version;
    lan.claim(case, version).await.expect("as it was set up");
    let message =
        PostMessage { message_id: MessageId(new_id()), text: format!("Chào {NAME}, chị ở đâu?") };
    lan.command(case, "messages", &message).await.expect("as it was set up");
    let note = PostNote { note_id: NoteId(new_id()), text: format!("Đã gọi chủ nhà của {TYPED}.") };
    lan.command(case, "notes", &note).await.expect("as it was set up");
    let version = lan.detail(case).await.case.version;
    lan.close(case, version).await.expect("as it was set up");
    case
}

/// What the officer is answered, as it came.
async fn raw(officer: &Officer, method: &str, path: &str, body: Option<&Value>) -> String {
    let answer = officer.send(method, path, body).await;
    assert_eq!(answer.status(), 200, "{path}");
    answer.text().await.expect("as it was set up")
}

/// What tells who the worker is, as far as this service knows.
fn tells(text: &str) -> bool {
    let text = text.to_lowercase();
    [NAME, TYPED, "+886 900", "900000000"].iter().any(|part| text.contains(&part.to_lowercase()))
}

fn questions(case: CaseId) -> [(&'static str, String, Option<Value>); 5] {
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let (from, to) = (today.yesterday().expect("a day"), today.tomorrow().expect("a day"));
    let query = json!({ "from": from.to_string(), "to": to.to_string(), "zone": "UTC" });
    let cases = json!({ "query": query, "of": "cases" });
    [
        ("GET", format!("/api/cases/{case}"), None),
        ("GET", "/api/cases".to_owned(), None),
        ("GET", format!("/api/cases/{case}/report?language=vi"), None),
        ("GET", format!("/api/cases/{case}/file"), None),
        ("POST", "/api/figures/cases".to_owned(), Some(cases)),
    ]
}

#[tokio::test]
async fn a_reviewer_without_the_right_to_names_reads_no_name_anywhere() {
    let service = Service::start().await;
    let case = closed(&service).await;
    let (ngan, tra) = (service.officer("ngan").await, service.officer("tra").await);
    let mut named = 0;
    for (method, path, body) in questions(case) {
        let told = raw(&ngan, method, &path, body.as_ref()).await;
        assert!(!tells(&told), "{path}: {told}");
        named += usize::from(tells(&raw(&tra, method, &path, body.as_ref()).await));
    }
    // The one who may is told by most of them: the question finds what it looks for.
    assert!(named >= 4, "{named}");
    let detail = ngan.detail(case).await;
    let name = detail.case.worker_name.clone().unwrap();
    assert_eq!(detail.worker.as_ref().map(|worker| worker.name.clone()), Some(name.clone()));
    assert_ne!(detail.worker.unwrap().worker_id, tra.detail(case).await.worker.unwrap().worker_id);
    let said: Vec<String> = detail.timeline.iter().filter_map(|entry| said(&entry.event)).collect();
    assert_eq!(said, ["Chào […], chị ở đâu?", "Đã gọi chủ nhà của […]."]);

    // Nor by searching: who types the right name would learn whose case it is.
    for (text, found) in [(TYPED, 0), ("chủ nhà", 0), (detail.case.case_no.as_str(), 1)] {
        let told = ngan.send("POST", "/api/search", Some(&Search { text: text.into() })).await;
        let told: Value = told.json().await.unwrap();
        assert_eq!(told["cases"].as_array().map(Vec::len), Some(found), "{text}");
        assert!(!tells(&told.to_string()));
    }
}

fn said(event: &CaseEvent) -> Option<String> {
    match event {
        CaseEvent::Message { text, .. } | CaseEvent::Note { text, .. } => Some(text.clone()),
        _ => None,
    }
}

#[tokio::test]
async fn the_feed_shows_pseudonyms_from_the_first_frame_on() {
    let service = Service::start().await;
    closed(&service).await;
    let ngan = service.officer("ngan").await;
    let mut feed = ngan.feed(None).await;
    let Some(FeedFrame::Snapshot { cases, .. }) = feed.next().await else { panic!("no snapshot") };
    let (mut phone, _) = Phone::of_worker(&service, "Vừ A Sò", "TW").await;
    phone.press(TAIPEI).await;
    let (_, case) = feed.event("opened").await;
    let told = json!([cases, case]).to_string();
    assert!(!tells(&told) && !told.contains("Vừ A Sò"), "{told}");
    assert!(cases[0].worker_name.is_some() && case.worker_name.is_some());
    assert_ne!(cases[0].worker_name, case.worker_name);
}

#[tokio::test]
async fn pseudonyms_of_two_readers_and_of_two_files_cannot_be_joined() {
    let service = Service::start().await;
    let case = closed(&service).await;
    let ngan = service.officer("ngan").await;
    let name = async || {
        let file: Value =
            serde_json::from_str(&raw(&ngan, "GET", &format!("/api/cases/{case}/file"), None).await).unwrap();
        assert_eq!(file["manifest"]["pseudonym"], true);
        [&file["worker"]["name"], &file["worker"]["worker_id"]].map(|id| id.as_str().unwrap().to_owned())
    };
    let (one, two) = (name().await, name().await);
    let screen = ngan.detail(case).await.worker.unwrap();
    let screen = [screen.name, screen.worker_id.to_string()];
    for (one, other) in [(&one, &two), (&one, &screen), (&two, &screen)] {
        assert!(one[0] != other[0] && one[1] != other[1], "{one:?} {other:?}");
    }
    // On one screen the worker is known again.
    assert_eq!(ngan.detail(case).await.worker.unwrap().name, screen[0]);
    assert_ne!(screen[0], NAME);
}

#[tokio::test]
async fn it_is_on_record_who_looked_and_what_was_taken_away() {
    let clock = ManualClock::at(SystemClock::new().now());
    let service = Service::start_with(clock.clone()).await;
    let case = closed(&service).await;
    let (tra, duc) = (service.officer("tra").await, service.officer("duc").await);
    let entries = async |kind: &str| {
        let timeline = duc.detail(case).await.timeline;
        timeline.into_iter().filter(|entry| entry.event.kind() == kind).collect::<Vec<_>>()
    };
    assert_eq!(entries("looked_at").await, []);
    tra.detail(case).await;
    let _: Value = tra.get(&format!("/api/cases/{case}/report")).await;
    assert_eq!(entries("looked_at").await.len(), 1);
    clock.advance_ms(1000 * i64::from(LOOKED_AT_AGAIN_S) + 1);
    tra.detail(case).await;
    assert_eq!(entries("looked_at").await.len(), 2);

    let file = raw(&duc, "GET", &format!("/api/cases/{case}/file"), None).await;
    let taken = entries("exported").await.pop().unwrap();
    let sha256 = sos_core::case_file::sha256_hex(file.as_bytes());
    assert_eq!(taken.event, CaseEvent::Exported { what: Exported::CaseFile, sha256 });
    assert!(service.store.verify_ledger().await.unwrap().is_ok());
}

#[tokio::test]
async fn that_somebody_looks_changes_nothing_in_a_case_that_nobody_has_answered() {
    let service = Service::start().await;
    let (mut phone, _) = Phone::of_worker(&service, NAME, "TW").await;
    let alert_id = phone.press(TAIPEI).await;
    let case = phone.receipt(alert_id, Stage::Recorded).await.case_id.unwrap();
    let lan = service.officer("lan").await;
    let before = lan.detail(case).await.case;
    service.officer("tra").await.detail(case).await;
    let after = until("the look", async || {
        let detail = lan.detail(case).await;
        detail.timeline.iter().any(|entry| entry.event.kind() == "looked_at").then_some(detail.case)
    });
    let after = after.await;
    assert!(after.ringing && after.seen_at_ms.is_none());
    assert_eq!((after.version, after.state, after.owner), (before.version, before.state, before.owner));
}

#[tokio::test]
async fn the_console_is_told_whether_its_officer_is_shown_names() {
    let service = Service::start().await;
    for (login, names) in
        [("lan", true), ("duc", true), ("bo", true), ("tri", true), ("tra", true), ("ngan", false)]
    {
        let me: Me = service.officer(login).await.get("/api/session").await;
        assert_eq!(me.names, names, "{login}");
    }
}
