//! Webhooks that follow the ledger, and cases as CAP messages.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as B64;
use ring::hmac;
use serde_json::{Value, json};
use sos_core::case_file::sha256_hex;
use sos_protocol::ambient::{Clock, ManualClock, SystemClock};
use sos_protocol::case::Exported;
use sos_protocol::cover::{FeedState, WebhookEvent, WebhookFormat, WebhookView};
use sos_protocol::{CaseEvent, CaseId, PhoneFrame, Stage, WebhookId};
use sos_tests::phone::{alert, new_id};
use sos_tests::webhook_receiver::Hook;
use sos_tests::{Officer, Phone, Service, WebhookReceiver, until};

const TAIPEI: (f64, f64) = (25.0478, 121.517);
const TOKYO: (f64, f64) = (35.68, 139.76);
const WORKER: &str = "Cao Thị Khuya";
const KEY: &[u8; 32] = b"32 bytes that nobody else knows.";
const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 86_400_000;
const ALL: [WebhookEvent; 3] =
    [WebhookEvent::CaseOpened, WebhookEvent::CaseClosed, WebhookEvent::ReportAccepted];

struct Story {
    service: Service,
    clock: Arc<ManualClock>,
    hooks: WebhookReceiver,
}

impl Story {
    async fn begins() -> Self {
        let clock = ManualClock::at(SystemClock::new().now());
        let service = Service::start_with(clock.clone()).await;
        Self { service, clock, hooks: WebhookReceiver::start().await }
    }

    async fn follows(
        &self,
        name: &str,
        desk: Option<&str>,
        events: &[WebhookEvent],
        format: WebhookFormat,
    ) -> WebhookId {
        let view = WebhookView {
            webhook_id: WebhookId(new_id()),
            desk: desk.map(Into::into),
            name: name.to_owned(),
            url: self.hooks.url(name),
            enabled: true,
            version: 0,
            events: events.to_vec(),
            format,
            feed: None,
        };
        let mut tx = self.service.db.begin().await.expect("a transaction");
        let version = self.service.store.save_webhook(&mut tx, &view, Some(KEY)).await.expect("kept");
        tx.commit().await.expect("kept");
        assert_eq!(version, Some(1));
        view.webhook_id
    }

    async fn presses(&self, place: (f64, f64), country: &str, drill: bool) -> CaseId {
        let (mut phone, _) = Phone::of_worker(&self.service, WORKER, country).await;
        let mut pressed = alert(Some(place));
        pressed.drill = drill;
        let alert_id = pressed.alert_id;
        phone.say(&PhoneFrame::Alert { alert: pressed }).await;
        phone.receipt(alert_id, Stage::Recorded).await.case_id.expect("a case")
    }

    async fn closes(&self, officer: &Officer, case: CaseId) {
        let version = officer.detail(case).await.case.version;
        let claimed = officer.claim(case, version).await.expect("claimed");
        officer.close(case, claimed.version).await.expect("closed");
    }

    /// The bodies that `name` took, once there are `count`.
    async fn taken(&self, name: &str, count: usize) -> Vec<Hook> {
        until(&format!("{name} took {count}"), async || {
            Some(self.hooks.taken(name)).filter(|taken| taken.len() >= count)
        })
        .await
    }

    async fn state(&self, webhook: WebhookId) -> FeedState {
        let all = self.service.store.webhooks(None).await.expect("webhooks");
        all.into_iter().find(|one| one.webhook_id == webhook).and_then(|one| one.feed).expect("it follows")
    }
}

fn body(hook: &Hook) -> Value {
    serde_json::from_str(&hook.body).expect("JSON")
}

fn header<'a>(hook: &'a Hook, name: &str) -> &'a str {
    hook.headers[name].to_str().expect("text")
}

fn told(hooks: &[Hook]) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    hooks.iter().map(body).map(|body| (text(&body["type"]), text(&body["data"]["case_id"]))).collect()
}

#[tokio::test]
async fn cases_and_reports_are_told_in_order_signed_and_without_personal_data() {
    let story = Story::begins().await;
    let (service, json) = (&story.service, WebhookFormat::Json);
    story.follows("all", None, &ALL, json).await;
    story.follows("tokyo", Some("jp-tokyo"), &ALL, json).await;
    story.follows("closed", None, &[WebhookEvent::CaseClosed], json).await;
    story.follows("none", None, &[], json).await;
    let (lan, duc, tra) =
        (service.officer("lan").await, service.officer("duc").await, service.officer("tra").await);
    let taipei = story.presses(TAIPEI, "TW", false).await;
    let tokyo = story.presses(TOKYO, "JP", true).await;
    story.closes(&lan, taipei).await;
    let path = format!("/api/cases/{taipei}/report");
    let words =
        json!({ "version": 0, "cause": "a", "done": "b", "lessons": "c", "measures": [], "answers": [] });
    assert_eq!(lan.send("POST", &path, Some(&words)).await.status(), 200);
    for (officer, step, version) in [(&duc, "submit", 1), (&tra, "accept", 2)] {
        let answer =
            officer.send("POST", &format!("{path}/{step}"), Some(&json!({ "version": version }))).await;
        assert_eq!(answer.status(), 200, "{step}");
    }
    let all = story.taken("all", 4).await;
    let id = |case: CaseId| case.to_string();
    let said = |kind: &str, case| (kind.to_owned(), id(case));
    assert_eq!(
        told(&all),
        [
            said("case.opened", taipei),
            said("case.opened", tokyo),
            said("case.closed", taipei),
            said("report.accepted", taipei)
        ]
    );
    assert_eq!(told(&story.taken("tokyo", 1).await), [said("case.opened", tokyo)]);
    assert_eq!(told(&story.taken("closed", 1).await), [said("case.closed", taipei)]);
    assert!(story.hooks.calls("none").is_empty());

    let opened = &body(&all[0])["data"];
    assert_eq!(
        (&opened["desk_id"], &opened["country"], &opened["drill"]),
        (&json!("tw-taipei"), &json!("TW"), &json!(false))
    );
    assert_eq!(body(&all[1])["data"]["drill"], true);
    assert!(body(&all[2])["data"]["disposition"].is_string());
    let mut ids = std::collections::HashSet::new();
    for hook in &all {
        for secret in [WORKER, "25.04", "121.5", "Lan", "900 000"] {
            assert!(!hook.body.contains(secret), "{secret}: {}", hook.body);
        }
        let (id, at) = (header(hook, "webhook-id"), header(hook, "webhook-timestamp"));
        let signature =
            B64.decode(header(hook, "webhook-signature").trim_start_matches("v1,")).expect("base64");
        let signed = format!("{id}.{at}.{}", hook.body);
        let key = hmac::Key::new(hmac::HMAC_SHA256, KEY);
        hmac::verify(&key, signed.as_bytes(), &signature).expect("signed with the key");
        assert!(ids.insert(id.to_owned()), "each has an id of its own");
    }
}

#[tokio::test]
async fn a_receiver_that_hangs_and_fails_is_told_all_of_it_once_it_is_back_and_keeps_nobody_waiting() {
    let story = Story::begins().await;
    let lan = story.service.officer("lan").await;
    // Never an answer, then a fault, a refusal, gone; then it is back.
    story.hooks.answer("ill", [0, 503, 404, 410, 200]);
    let ill = story.follows("ill", None, &ALL[..2], WebhookFormat::Json).await;
    story.follows("well", None, &ALL[..2], WebhookFormat::Json).await;
    let mut wanted = vec![];
    for _ in 0..2 {
        let case = story.presses(TAIPEI, "TW", false).await;
        story.closes(&lan, case).await;
        wanted.extend([
            ("case.opened".to_owned(), case.to_string()),
            ("case.closed".to_owned(), case.to_string()),
        ]);
    }
    assert_eq!(told(&story.taken("well", 4).await), wanted, "while the other one hangs");
    let failing = until("the other one is seen to fail", async || {
        Some(story.state(ill).await).filter(|state| state.failing_since_ms.is_some())
    })
    .await;
    assert_eq!((failing.fault.as_deref(), failing.told_ms), (Some("no_answer"), None));
    let taken = until("it is told again, after a pause", async || {
        story.clock.advance_ms(MINUTE_MS);
        Some(story.hooks.taken("ill")).filter(|taken| taken.len() >= 4)
    })
    .await;
    assert_eq!(told(&taken), wanted);
    let calls = story.hooks.calls("ill");
    let first = header(&calls[0], "webhook-id");
    assert!(
        calls[..5].iter().all(|call| header(call, "webhook-id") == first),
        "the same one under the same id"
    );
    let state = until("it is seen to be well", async || {
        Some(story.state(ill).await).filter(|state| state.failing_since_ms.is_none())
    })
    .await;
    assert!(state.told_ms.is_some() && state.fault.is_none() && state.given_up == 0);
}

#[tokio::test]
async fn what_is_not_taken_for_three_days_is_given_up_counted_and_seen_and_the_next_is_told() {
    let story = Story::begins().await;
    story.hooks.answer("gone", [503]);
    let gone = story.follows("gone", None, &ALL[..1], WebhookFormat::Json).await;
    story.presses(TAIPEI, "TW", false).await;
    until("it was tried", async || (!story.hooks.calls("gone").is_empty()).then_some(())).await;
    story.clock.advance_ms(3 * DAY_MS + MINUTE_MS);
    until("it is given up", async || Some(story.state(gone).await).filter(|state| state.given_up == 1)).await;
    story.hooks.answer("gone", [200]);
    let case = story.presses(TOKYO, "JP", false).await;
    let taken = until("the next one is told", async || {
        story.clock.advance_ms(MINUTE_MS);
        Some(story.hooks.taken("gone")).filter(|taken| !taken.is_empty())
    })
    .await;
    assert_eq!(told(&taken), [("case.opened".to_owned(), case.to_string())]);
}

#[tokio::test]
async fn two_nodes_and_a_node_that_comes_later_tell_each_entry_in_order() {
    let story = Story::begins().await;
    let node = story.service.another_node().await;
    story.follows("all", None, &ALL[..1], WebhookFormat::Json).await;
    let mut wanted = vec![];
    for _ in 0..5 {
        wanted.push(("case.opened".to_owned(), story.presses(TAIPEI, "TW", false).await.to_string()));
    }
    node.stop().await;
    wanted.push(("case.opened".to_owned(), story.presses(TAIPEI, "TW", false).await.to_string()));
    let taken = until("all are told", async || {
        // What the node that went had in hand is taken by the other one.
        story.clock.advance_ms(MINUTE_MS);
        Some(story.hooks.taken("all")).filter(|taken| taken.len() >= 6)
    })
    .await;
    assert_eq!(told(&taken), wanted);
}

/// The elements below `parent` in their order, with their texts: enough for what the service writes.
fn children<'a>(xml: &'a str, parent: &str) -> Vec<(&'a str, &'a str)> {
    let (open, close) = (format!("<{parent}"), format!("</{parent}>"));
    let inside = xml.split_once(&open).expect(parent).1.split_once('>').expect(parent).1;
    let mut rest = inside.split_once(&close).expect(parent).0;
    let mut found = vec![];
    while let Some((_, after)) = rest.split_once('<') {
        let (name, after) = after.split_once('>').expect("an element");
        let (text, after) = after.split_once(&format!("</{name}>")).expect(name);
        found.push((name, text.trim()));
        rest = after;
    }
    found
}

fn text<'a>(all: &[(&str, &'a str)], name: &str) -> &'a str {
    all.iter().find(|(found, _)| *found == name).expect(name).1
}

/// Every element is one of CAP 1.2, and stands where its schema has it.
fn is_in_order(all: &[(&str, &str)], schema: &[&str]) {
    let places: Vec<usize> = all
        .iter()
        .map(|(name, _)| schema.iter().position(|known| known == name).unwrap_or_else(|| panic!("{name}")))
        .collect();
    assert!(places.is_sorted(), "{all:?}");
}

const ALERT: [&str; 15] = [
    "identifier",
    "sender",
    "sent",
    "status",
    "msgType",
    "source",
    "scope",
    "restriction",
    "addresses",
    "code",
    "note",
    "references",
    "incidents",
    "info",
    "Signature",
];
const INFO: [&str; 21] = [
    "language",
    "category",
    "event",
    "responseType",
    "urgency",
    "severity",
    "certainty",
    "audience",
    "eventCode",
    "effective",
    "onset",
    "expires",
    "senderName",
    "headline",
    "description",
    "instruction",
    "web",
    "contact",
    "parameter",
    "resource",
    "area",
];
const AREA: [&str; 4] = ["areaDesc", "polygon", "circle", "geocode"];

fn checked(xml: &str) -> Vec<(&str, &str)> {
    assert!(xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"));
    assert!(xml.contains("<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\">"));
    let alert = children(xml, "alert");
    is_in_order(&alert, &ALERT);
    for name in ["identifier", "sender", "sent", "status", "msgType", "scope", "restriction"] {
        assert!(!text(&alert, name).is_empty(), "{name}");
    }
    let sent = text(&alert, "sent");
    assert!(sent.len() == 25 && sent.ends_with("-00:00") && sent.as_bytes()[10] == b'T', "{sent}");
    let infos: Vec<&str> =
        alert.iter().filter(|(name, _)| *name == "info").map(|(_, inside)| *inside).collect();
    let languages: Vec<&str> = infos
        .iter()
        .map(|inside| {
            let all = format!("<info>{inside}</info>");
            let all = children(&all, "info")
                .iter()
                .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
                .collect::<Vec<_>>();
            let all: Vec<(&str, &str)> =
                all.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
            is_in_order(&all, &INFO);
            for name in ["category", "event", "urgency", "severity", "certainty"] {
                assert!(!text(&all, name).is_empty(), "{name}");
            }
            is_in_order(&children(&format!("<area>{}</area>", text(&all, "area")), "area"), &AREA);
            if text(&all, "language") == "vi-VN" { "vi-VN" } else { "en-US" }
        })
        .collect();
    assert_eq!(languages, ["vi-VN", "en-US"]);
    alert
}

#[tokio::test]
async fn a_case_is_a_cap_message_with_its_position_for_who_may_take_its_file_and_without_for_webhooks() {
    let story = Story::begins().await;
    story.follows("cap", None, &ALL, WebhookFormat::Cap).await;
    let (lan, duc) = (story.service.officer("lan").await, story.service.officer("duc").await);
    let case = story.presses(TAIPEI, "TW", false).await;
    let drill = story.presses(TAIPEI, "TW", true).await;
    let cap = async |case: CaseId| {
        let answer = duc.send("GET", &format!("/api/cases/{case}/cap.xml"), None::<&()>).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "application/cap+xml");
        answer.text().await.expect("XML")
    };
    let xml = cap(case).await;
    let alert = checked(&xml);
    assert_eq!((text(&alert, "status"), text(&alert, "scope")), ("Actual", "Restricted"));
    assert!(xml.contains("<circle>25.04780,121.51700 "), "{xml}");
    assert!(xml.contains("<value>TW</value>"));
    assert!(!xml.contains(WORKER));
    assert_eq!(text(&checked(&cap(drill).await), "status"), "Exercise");
    let noted = duc.detail(case).await.timeline.pop().expect("an entry").event;
    let sha256 = sha256_hex(xml.as_bytes());
    assert_eq!(noted, CaseEvent::Exported { what: Exported::Cap, sha256 });

    story.closes(&lan, case).await;
    let over = cap(case).await;
    let number = duc.detail(case).await.case.case_no;
    let alert = checked(&over);
    assert!(["Update", "Cancel"].contains(&text(&alert, "msgType")));
    assert!(text(&alert, "references").contains(&format!(",SOS-{number}-opened,")));
    assert!(over.contains("AllClear"));

    let taken = story.taken("cap", 3).await;
    assert!(taken.iter().all(|hook| header(hook, "content-type") == "application/cap+xml"));
    assert!(taken.iter().all(|hook| !hook.body.contains("<circle>") && !hook.body.contains("25.04")));
    let opened = checked(&taken[0].body);
    assert_eq!(text(&opened, "msgType"), "Alert");
    assert_eq!(text(&opened, "identifier"), format!("SOS-{number}-opened"));
    let closed = checked(&taken[2].body);
    let reference =
        format!("{},{},{}", text(&opened, "sender"), text(&opened, "identifier"), text(&opened, "sent"));
    assert_eq!(text(&closed, "references"), reference);
}
