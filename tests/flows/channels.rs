//! Telling officers away from their consoles: push, mail and webhooks that take, refuse, forget and hang.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as B64;
use reqwest::StatusCode;
use ring::hmac;
use serde_json::{Value, json};
use sos_protocol::ambient::{Clock, ManualClock, SystemClock};
use sos_protocol::cover::{
    ChannelTarget, ChannelView, Channels, NotificationState, NotificationView, PutChannel, WebhookFormat,
    WebhookView,
};
use sos_protocol::http::PushTarget;
use sos_protocol::limits::CHANNELS_PER_OFFICER_MAX;
use sos_protocol::{CaseId, DeskId, ErrorCode, Problem, Stage, WebhookId};
use sos_server::store::webhooks::remove_webhook;
use sos_tests::phone::new_id;
use sos_tests::push_services::Answer;
use sos_tests::{MailServer, Officer, Phone, PushServices, Service, WebhookReceiver, until};
use uuid::Uuid;

const TAIPEI: Option<(f64, f64)> = Some((25.0478, 121.517));
/// Name of the worker; no officer may find it on a lock screen.
const WORKER: &str = "Cao Thị Khuya";
const KEY: &[u8; 32] = b"32 bytes that nobody else knows.";
const MINUTE_MS: i64 = 60_000;

/// A service whose channels all lead here, and whose time is moved by hand.
struct Desk {
    service: Service,
    clock: Arc<ManualClock>,
    push: PushServices,
    mail: MailServer,
    hooks: WebhookReceiver,
}

impl Desk {
    async fn start() -> Self {
        let (push, mail, hooks) =
            (PushServices::start().await, MailServer::start().await, WebhookReceiver::start().await);
        let clock = ManualClock::at(SystemClock::new().now());
        let console = vec![("SOS_PUBLIC_URL", "https://console.example.org".to_owned())];
        let settings = [push.settings(), mail.settings(), console].concat();
        let service = Service::start_with_all(clock.clone(), settings).await;
        Self { service, clock, push, mail, hooks }
    }

    /// A webhook for all desks that leads to `name`.
    async fn webhook(&self, name: &str) -> Uuid {
        let view = WebhookView {
            webhook_id: WebhookId(new_id()),
            desk: None,
            name: name.to_owned(),
            url: self.hooks.url(name),
            enabled: true,
            version: 0,
            events: vec![],
            format: WebhookFormat::default(),
            feed: None,
        };
        assert_eq!(self.save(&view, Some(KEY)).await, Some(1));
        view.webhook_id.0
    }

    async fn save(&self, view: &WebhookView, key: Option<&[u8]>) -> Option<u32> {
        let mut tx = self.service.db.begin().await.expect("there");
        let version = self.service.store.save_webhook(&mut tx, view, key).await.expect("there");
        tx.commit().await.expect("there");
        version
    }

    async fn remove(&self, id: WebhookId, version: u32) -> bool {
        let mut tx = self.service.db.begin().await.expect("there");
        let is_done = remove_webhook(&mut tx, id, version, self.clock.now()).await.expect("there");
        tx.commit().await.expect("there");
        is_done
    }

    /// Somebody has pressed.
    async fn case(&self) -> CaseId {
        let (mut phone, _) = Phone::of_worker(&self.service, WORKER, "TW").await;
        let alert_id = phone.press(TAIPEI).await;
        phone.receipt(alert_id, Stage::Recorded).await.case_id.expect("there")
    }

    /// A step has come that tells by this channel, of a run that the service itself does not come to: the notification, due
    /// now.
    async fn step(&self, case: CaseId, step: i32, to: To<'_>) -> Uuid {
        let (id, now) = (new_id(), self.clock.now().0);
        let (staff, webhook, kind, channel) = match to {
            To::Staff(login, kind, channel) => {
                (Some(Uuid::new_v5(&Uuid::NAMESPACE_OID, login.as_bytes())), None, kind, Some(channel))
            }
            To::Webhook(webhook) => (None, Some(webhook), "webhook", None),
        };
        sqlx::query(
            "INSERT INTO notifications (notification_id, cause, case_id, run, round, step, staff_id, webhook_id,
                                        channel, channel_id, made_ms, due_ms, ends_ms)
             VALUES ($1, $2, $3, 100, 0, $4, $5, $6, $7, $8, $9, $9, $9 + 3600000)",
        )
        .bind(id)
        .bind(format!("step/{case}/100/0/{step}"))
        .bind(case.0)
        .bind(step)
        .bind(staff)
        .bind(webhook)
        .bind(kind)
        .bind(channel)
        .bind(now)
        .execute(&self.service.db)
        .await
        .expect("there");
        id
    }

    async fn row(&self, id: Uuid) -> (String, i32, Option<String>) {
        sqlx::query_as("SELECT state, tries, fault FROM notifications WHERE notification_id = $1")
            .bind(id)
            .fetch_one(&self.service.db)
            .await
            .expect("there")
    }

    /// Waits until a notification is `state` after `tries`, for this reason.
    async fn settled(&self, id: Uuid, wanted: (&str, i32, Option<&str>)) {
        let wanted = (wanted.0.to_owned(), wanted.1, wanted.2.map(str::to_owned));
        until(&format!("a notification is {wanted:?}"), async || {
            (self.row(id).await == wanted && !self.is_in_hand(id).await).then_some(())
        })
        .await;
    }

    /// Whether a node has it in hand, taken at the time that it is now.
    async fn is_in_hand(&self, id: Uuid) -> bool {
        sqlx::query_scalar(
            "SELECT state = 'waiting' AND due_ms = $2 FROM notifications WHERE notification_id = $1",
        )
        .bind(id)
        .bind(self.clock.now().0 + MINUTE_MS)
        .fetch_one(&self.service.db)
        .await
        .expect("there")
    }

    async fn waiting(&self) -> i64 {
        self.service
            .count("SELECT count(*) FROM notifications WHERE state = 'waiting' AND channel <> 'console'")
            .await
    }
}

#[derive(Clone, Copy)]
enum To<'a> {
    Staff(&'a str, &'a str, Uuid),
    Webhook(Uuid),
}

fn fcm(token: &str) -> ChannelTarget {
    ChannelTarget::Push { target: PushTarget::Fcm { token: token.to_owned() } }
}

fn web(target: PushTarget) -> ChannelTarget {
    ChannelTarget::Push { target }
}

fn mail(address: &str) -> ChannelTarget {
    ChannelTarget::Mail { address: address.to_owned() }
}

async fn send_put(officer: &Officer, id: Uuid, label: &str, target: ChannelTarget) -> reqwest::Response {
    let put = PutChannel { label: label.to_owned(), target };
    officer.send("PUT", &format!("/api/me/channels/{id}"), Some(&put)).await
}

async fn put(officer: &Officer, label: &str, target: ChannelTarget) -> Uuid {
    let id = new_id();
    let answer = send_put(officer, id, label, target).await;
    assert_eq!(answer.status(), 200);
    let channels: Channels = answer.json().await.expect("there");
    assert!(channels.channels.iter().any(|channel| channel.channel_id.0 == id && channel.label == label));
    id
}

async fn refused(answer: reqwest::Response) -> ErrorCode {
    assert_ne!(answer.status(), StatusCode::OK);
    answer.json::<Problem>().await.expect("there").code
}

async fn post(officer: &Officer, path: &str) -> reqwest::Response {
    officer.send("POST", path, None::<&()>).await
}

/// What a channel was last told, once that is settled.
async fn last(officer: &Officer, id: Uuid) -> NotificationView {
    until("the latest is settled", async || {
        let Channels { channels, .. } = officer.get("/api/me/channels").await;
        let last = channels.into_iter().find(|channel| channel.channel_id.0 == id)?.last?;
        (last.state != NotificationState::Waiting).then_some(last)
    })
    .await
}

/// The HMAC of Standard Webhooks, computed with another library than the service uses.
fn signature(headers: &reqwest::header::HeaderMap, body: &str) -> String {
    let text = |name: &str| headers[name].to_str().expect("there");
    let signed = format!("{}.{}.{body}", text("webhook-id"), text("webhook-timestamp"));
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, KEY), signed.as_bytes());
    format!("v1,{}", B64.encode(tag))
}

#[tokio::test]
async fn each_channel_brings_a_step_in_words_that_name_no_worker() {
    let desk = Desk::start().await;
    let lan = desk.service.officer("lan").await;
    let channels = [
        ("web", put(&lan, "Máy tính", web(desk.push.subscribe("page"))).await),
        ("fcm", put(&lan, "Điện thoại", fcm("app")).await),
        ("mail", put(&lan, "Thư", mail("lan@example.org")).await),
    ];
    let (hook, case) = (desk.webhook("gateway").await, desk.case().await);
    for (kind, channel) in channels {
        let id = desk.step(case, 1, To::Staff("lan", kind, channel)).await;
        desk.settled(id, ("sent", 1, None)).await;
        let last = last(&lan, channel).await;
        assert_eq!((last.notification_id.0, last.state, last.run), (id, NotificationState::Sent, 100));
    }
    let id = desk.step(case, 1, To::Webhook(hook)).await;
    desk.settled(id, ("sent", 1, None)).await;

    let number = lan.detail(case).await.case.case_no;
    let app = desk.push.taken("app")[0].message.clone();
    assert_eq!((&app["data"]["kind"], &app["android"]["priority"]), (&json!("officer"), &json!("high")));
    assert_eq!(app["android"]["ttl"], "600s");
    assert_eq!(app["data"]["case_id"], case.to_string());
    let page = desk.push.taken("page")[0].clone();
    assert_eq!(
        (&page.headers["urgency"], &page.headers["ttl"]),
        (&"high".parse().unwrap(), &"600".parse().unwrap())
    );
    assert_eq!(page.headers["topic"], case.0.simple().to_string());
    assert!(page.message["title"].as_str().unwrap().contains(&number));
    let mail = desk.mail.taken("lan@example.org")[0].text.clone();
    assert!(mail.contains("Auto-Submitted: auto-generated") && mail.contains("Message-ID: <"), "{mail}");

    let hook = desk.hooks.taken("gateway")[0].clone();
    assert_eq!(hook.headers["webhook-id"], id.to_string());
    assert_eq!(hook.headers["webhook-timestamp"], (desk.clock.now().0 / 1_000).to_string());
    assert_eq!(hook.headers["webhook-signature"], signature(&hook.headers, &hook.body));
    let body: Value = serde_json::from_str(&hook.body).unwrap();
    assert_eq!((&body["type"], &body["data"]["case_no"]), (&json!("case.unanswered"), &json!(number)));
    assert_eq!((&body["data"]["priority"], &body["data"]["country"]), (&json!("p1"), &json!("TW")));
    assert_eq!(body["data"]["link"], "https://console.example.org");
    for told in [app.to_string(), page.message.to_string(), mail, hook.body] {
        assert!(!told.contains(WORKER) && !told.contains("25.04") && !told.contains("121.5"), "{told}");
    }
    let log = sos_tests::log::so_far();
    assert!(!log.contains("lan@example.org"));
}

#[tokio::test]
async fn the_first_ones_push_is_gone_which_is_known_and_the_next_one_is_told() {
    let desk = Desk::start().await;
    let (lan, minh) = (desk.service.officer("lan").await, desk.service.officer("minh").await);
    let page = put(&lan, "Máy tính", web(desk.push.subscribe("page"))).await;
    let old = put(&lan, "Máy cũ", fcm("old")).await;
    let app = put(&minh, "Điện thoại", fcm("app")).await;
    desk.push.answer("page", [Answer::Unregistered]);
    desk.push.answer("old", [Answer::Unregistered]);
    let case = desk.case().await;
    let first = desk.step(case, 1, To::Staff("lan", "web", page)).await;
    let second = desk.step(case, 1, To::Staff("lan", "fcm", old)).await;
    desk.settled(first, ("failed", 1, Some("unregistered"))).await;
    desk.settled(second, ("failed", 1, Some("unregistered"))).await;
    let Channels { channels, .. } = lan.get("/api/me/channels").await;
    assert_eq!(channels, vec![], "what the service does not know any more is gone");
    let next = desk.step(case, 2, To::Staff("minh", "fcm", app)).await;
    desk.settled(next, ("sent", 1, None)).await;
    // What is told by it all the same fails at once.
    let late = desk.step(case, 3, To::Staff("lan", "web", page)).await;
    desk.settled(late, ("failed", 0, Some("unregistered"))).await;
    assert_eq!(desk.push.calls("page").len(), 1);
}

#[tokio::test]
async fn what_hangs_for_an_hour_delays_no_alert_and_loses_nothing() {
    let desk = Desk::start().await;
    let (lan, minh) = (desk.service.officer("lan").await, desk.service.officer("minh").await);
    let page = put(&lan, "Máy tính", web(desk.push.subscribe("page"))).await;
    let letter = put(&lan, "Thư", mail("lan@example.org")).await;
    let app = put(&minh, "Điện thoại", fcm("app")).await;
    let (hook, case) = (desk.webhook("gateway").await, desk.case().await);
    desk.push.answer("page", [Answer::Silence]);
    desk.hooks.answer("gateway", [0]);
    desk.mail.hang(true);
    let mut hanging = vec![];
    for step in 1..=20 {
        for to in [To::Staff("lan", "web", page), To::Staff("lan", "mail", letter), To::Webhook(hook)] {
            hanging.push(desk.step(case, step, to).await);
        }
    }
    until("all three hang", async || {
        let hang = desk.push.calls("page").len() == 20
            && desk.hooks.calls("gateway").len() == 20
            && desk.mail.connections() == 20;
        hang.then_some(())
    })
    .await;

    // Meanwhile an SOS is recorded and heard of, and another channel brings what it has to.
    let mut feed = lan.feed(None).await;
    let other = desk.case().await;
    feed.until("the desk hears of it", |frame| {
        serde_json::to_string(frame).is_ok_and(|text| text.contains(&other.to_string())).then_some(())
    })
    .await;
    let told = desk.step(other, 1, To::Staff("minh", "fcm", app)).await;
    desk.settled(told, ("sent", 1, None)).await;
    assert!(desk.push.taken("page").is_empty() && desk.hooks.taken("gateway").is_empty());

    // The calls end by themselves; nearly an hour later everything waits still.
    for id in &hanging {
        desk.settled(*id, ("waiting", 1, Some("no_answer"))).await;
    }
    desk.clock.advance_ms(50 * MINUTE_MS);
    for id in &hanging {
        desk.settled(*id, ("waiting", 2, Some("no_answer"))).await;
    }
    desk.push.answer("page", [Answer::Taken]);
    desk.hooks.answer("gateway", [200]);
    desk.mail.hang(false);
    desk.clock.advance_ms(5 * MINUTE_MS);
    for id in &hanging {
        desk.settled(*id, ("sent", 3, None)).await;
    }
    let taken = (
        desk.push.taken("page").len(),
        desk.hooks.taken("gateway").len(),
        desk.mail.taken("lan@example.org").len(),
    );
    assert_eq!(taken, (20, 20, 20), "each once");
}

#[tokio::test]
async fn a_webhook_that_hangs_keeps_no_other_waiting() {
    let desk = Desk::start().await;
    let (hangs, works) = (desk.webhook("hangs").await, desk.webhook("works").await);
    let case = desk.case().await;
    desk.hooks.answer("hangs", [0]);
    for step in 0..40 {
        desk.step(case, step, To::Webhook(hangs)).await;
    }
    let told = desk.step(case, 40, To::Webhook(works)).await;
    desk.settled(told, ("sent", 1, None)).await;
    // As many as are taken at a time, and nearly as many again.
    assert!(desk.hooks.calls("hangs").len() < 16, "{}", desk.hooks.calls("hangs").len());
}

#[tokio::test]
async fn what_fails_is_tried_again_later_and_no_sooner_than_asked_until_its_hour_is_over() {
    let desk = Desk::start().await;
    let lan = desk.service.officer("lan").await;
    let letter = put(&lan, "Thư", mail("lan@example.org")).await;
    let gone = put(&lan, "Thư cũ", mail("gone@example.org")).await;
    let (hook, never, case) = (desk.webhook("gateway").await, desk.webhook("never").await, desk.case().await);
    desk.hooks.answer("gateway", [500, 429, 401, 200]);
    desk.hooks.answer("never", [503]);
    desk.mail.refuse("lan@example.org", ["451 later", "554 not now"]);
    desk.mail.refuse("gone@example.org", ["550 no such user"]);

    let hooked = desk.step(case, 1, To::Webhook(hook)).await;
    let hopeless = desk.step(case, 1, To::Webhook(never)).await;
    let written = desk.step(case, 1, To::Staff("lan", "mail", letter)).await;
    let nobody = desk.step(case, 1, To::Staff("lan", "mail", gone)).await;
    desk.settled(nobody, ("failed", 1, Some("refused"))).await;
    desk.settled(hooked, ("waiting", 1, Some("unavailable"))).await;
    desk.settled(written, ("waiting", 1, Some("unavailable"))).await;
    desk.clock.advance_ms(5_000);
    desk.settled(hooked, ("waiting", 2, Some("unavailable"))).await;
    desk.settled(written, ("waiting", 2, Some("refused"))).await;
    desk.clock.advance_ms(290_000);
    desk.settled(written, ("sent", 3, None)).await;
    assert_eq!(desk.hooks.calls("gateway").len(), 2, "it asked for five minutes");
    desk.clock.advance_ms(20_000);
    desk.settled(hooked, ("waiting", 3, Some("refused"))).await;
    desk.clock.advance_ms(20_000);
    desk.settled(hooked, ("sent", 4, None)).await;
    let calls = desk.hooks.calls("gateway");
    assert!(calls.iter().all(|call| call.headers["webhook-id"] == hooked.to_string()));
    assert!(
        calls.iter().all(|call| call.headers["webhook-signature"] == signature(&call.headers, &call.body))
    );
    assert_ne!(calls[0].headers["webhook-timestamp"], calls[3].headers["webhook-timestamp"]);

    desk.clock.advance_ms(60 * MINUTE_MS);
    until("it is given up", async || (desk.row(hopeless).await.0 == "failed").then_some(())).await;
    assert_eq!(desk.row(hopeless).await.2.as_deref(), Some("too_late"));
    assert_eq!(desk.waiting().await, 0);
}

#[tokio::test]
async fn nobody_is_told_of_what_is_over() {
    let desk = Desk::start().await;
    let lan = desk.service.officer("lan").await;
    let app = put(&lan, "Điện thoại", fcm("app")).await;
    let (hook, case) = (desk.webhook("gateway").await, desk.case().await);
    desk.hooks.answer("gateway", [503]);
    desk.push.answer("app", [Answer::Unavailable]);
    let hooked = desk.step(case, 1, To::Webhook(hook)).await;
    let pushed = desk.step(case, 1, To::Staff("lan", "fcm", app)).await;
    desk.settled(hooked, ("waiting", 1, Some("unavailable"))).await;
    desk.settled(pushed, ("waiting", 1, Some("unavailable"))).await;
    let version = lan.detail(case).await.case.version;
    let claimed = lan.claim(case, version).await.unwrap();
    desk.hooks.answer("gateway", [200]);
    desk.push.answer("app", [Answer::Taken]);
    desk.clock.advance_ms(10_000);
    desk.settled(hooked, ("failed", 1, Some("answered"))).await;
    desk.settled(pushed, ("failed", 1, Some("answered"))).await;
    assert!(desk.hooks.taken("gateway").is_empty() && desk.push.taken("app").is_empty());

    // That nothing happens in a claimed case is told though it is claimed; that of a closed one is not.
    let silent = desk.step(case, 2, To::Webhook(hook)).await;
    desk.settled(silent, ("sent", 1, None)).await;
    let body: Value = serde_json::from_str(&desk.hooks.taken("gateway")[0].body).unwrap();
    assert_eq!(body["type"], "case.silent");
    lan.close(case, claimed.version).await.unwrap();
    let over = desk.step(case, 3, To::Webhook(hook)).await;
    desk.settled(over, ("failed", 0, Some("answered"))).await;

    // Its owner is at work again: what the run before had to say of the silence is over.
    let case = desk.case().await;
    let version = lan.detail(case).await.case.version;
    lan.claim(case, version).await.unwrap();
    desk.clock.advance_ms(10_000);
    desk.hooks.answer("gateway", [503]);
    let silent = desk.step(case, 1, To::Webhook(hook)).await;
    desk.settled(silent, ("waiting", 1, Some("unavailable"))).await;
    sqlx::query(
        "INSERT INTO escalations (case_id, runs, followed_seq, due_ms, state) VALUES ($1, 201, $2, $2, $3)
         ON CONFLICT (case_id) DO UPDATE SET runs = 201, due_ms = excluded.due_ms, state = excluded.state",
    )
    .bind(case.0)
    .bind(desk.clock.now().0 + 10 * MINUTE_MS)
    .bind(json!({ "run": 201, "owner": new_id() }))
    .execute(&desk.service.db)
    .await
    .unwrap();
    desk.clock.advance_ms(10_000);
    desk.settled(silent, ("failed", 1, Some("answered"))).await;
}

#[tokio::test]
async fn a_node_that_goes_in_the_middle_loses_nothing() {
    let desk = Desk::start().await;
    let two = desk.service.another_node().await;
    let (hook, case) = (desk.webhook("gateway").await, desk.case().await);
    desk.hooks.answer("gateway", [0]);
    let hanging = desk.step(case, 1, To::Webhook(hook)).await;
    until("it hangs", async || (desk.hooks.calls("gateway").len() == 1).then_some(())).await;
    // One that a node had in hand when it was killed: nobody settles it.
    let orphan = desk.step(case, 2, To::Webhook(hook)).await;
    until("it hangs", async || (desk.hooks.calls("gateway").len() == 2).then_some(())).await;
    desk.settled(hanging, ("waiting", 1, Some("no_answer"))).await;
    desk.settled(orphan, ("waiting", 1, Some("no_answer"))).await;
    let in_hand = desk.clock.now().0 + MINUTE_MS;
    sqlx::query("UPDATE notifications SET due_ms = $2, fault = NULL WHERE notification_id = $1")
        .bind(orphan)
        .bind(in_hand)
        .execute(&desk.service.db)
        .await
        .unwrap();
    desk.hooks.answer("gateway", [200]);
    let Desk { service, clock, push, mail, hooks } = desk;
    service.stop().await;
    let desk = Desk { service: two, clock, push, mail, hooks };
    desk.clock.advance_ms(10_000);
    desk.settled(hanging, ("sent", 2, None)).await;
    assert_eq!(desk.row(orphan).await, ("waiting".to_owned(), 1, None), "another node may still be at it");
    desk.clock.advance_ms(51_000);
    desk.settled(orphan, ("sent", 2, None)).await;
    assert_eq!(desk.hooks.taken("gateway").len(), 2, "each once");
}

#[tokio::test]
async fn officers_set_up_their_own_channels_and_nobody_elses() {
    let desk = Desk::start().await;
    let (lan, minh) = (desk.service.officer("lan").await, desk.service.officer("minh").await);
    let own = put(&lan, "Thư", mail("lan@example.org")).await;
    let path = format!("/api/me/channels/{own}");
    // Another officer's is as one that there is not.
    assert_eq!(
        refused(send_put(&minh, own, "Của tôi", mail("minh@example.org")).await).await,
        ErrorCode::NotFound
    );
    assert_eq!(refused(minh.send("DELETE", &path, None::<&()>).await).await, ErrorCode::NotFound);
    assert_eq!(refused(post(&minh, &format!("{path}/test")).await).await, ErrorCode::NotFound);
    let Channels { channels, web_push_key, mail: has_mail, .. } = minh.get("/api/me/channels").await;
    assert!(channels.is_empty() && web_push_key.is_some() && has_mail);
    assert_eq!(refused(post(&lan, "/api/cover/channels/test").await).await, ErrorCode::Forbidden);

    // A test of the own one, once in a while.
    assert_eq!(post(&lan, &format!("{path}/test")).await.status(), 200);
    assert_eq!(refused(post(&lan, &format!("{path}/test")).await).await, ErrorCode::RateLimited);
    assert_eq!(last(&lan, own).await.state, NotificationState::Sent);
    assert!(desk.mail.taken("lan@example.org")[0].text.contains("Subject:"));
    desk.clock.advance_ms(11_000);
    assert_eq!(post(&lan, &format!("{path}/test")).await.status(), 200);

    for (label, target) in [
        ("", mail("a@example.org")),
        ("x\ny", mail("a@example.org")),
        ("Thư", mail("a@b")),
        ("Thư", mail("a@example.org\r\nBcc: b@example.org")),
        ("Máy", fcm("a b")),
        (
            "Máy",
            web(PushTarget::Web {
                endpoint: "https://10.0.0.1/inside".to_owned(),
                p256dh: "AAAA".to_owned(),
                auth: "AAAA".to_owned(),
            }),
        ),
    ] {
        let answer = send_put(&lan, new_id(), label, target).await;
        assert_eq!(refused(answer).await, ErrorCode::InvalidField, "{label}");
    }
    for n in 1..CHANNELS_PER_OFFICER_MAX {
        put(&lan, &format!("Máy {n}"), fcm(&format!("app-{n}"))).await;
    }
    assert_eq!(refused(send_put(&lan, new_id(), "Máy", fcm("one-more")).await).await, ErrorCode::TooMany);
    assert_eq!(send_put(&lan, own, "Thư mới", mail("new@example.org")).await.status(), 200);
    let open =
        "SELECT count(*) FROM staff_channels WHERE position(convert_to('example', 'UTF8') IN sealed) > 0";
    assert_eq!(desk.service.count(open).await, 0);
    assert_eq!(lan.send("DELETE", &path, None::<&()>).await.status(), 200);
    assert_eq!(refused(lan.send("DELETE", &path, None::<&()>).await).await, ErrorCode::NotFound);
}

#[tokio::test]
async fn those_who_answer_for_a_desk_try_its_channels_and_see_what_became_of_it() {
    let desk = Desk::start().await;
    let (lan, hoa) = (desk.service.officer("lan").await, desk.service.officer("hoa").await);
    let lans = put(&lan, "Điện thoại", fcm("lan")).await;
    let hoas = put(&hoa, "Điện thoại", fcm("hoa")).await;
    desk.push.answer("hoa", [Answer::WrongAddress]);
    desk.webhook("gateway").await;
    let view = WebhookView {
        webhook_id: WebhookId(new_id()),
        desk: Some(DeskId::from("jp-tokyo")),
        name: "tokyo".to_owned(),
        url: desk.hooks.url("tokyo"),
        enabled: true,
        version: 0,
        events: vec![],
        format: WebhookFormat::default(),
        feed: None,
    };
    assert_eq!(desk.save(&view, Some(KEY)).await, Some(1));

    let (duc, tri) = (desk.service.officer("duc").await, desk.service.officer("tri").await);
    assert_eq!(post(&duc, "/api/cover/channels/test").await.status(), 200);
    let settled = async |officer: &Officer, count: usize| -> (Vec<ChannelView>, Vec<String>) {
        until("all is settled", async || {
            let told: Channels = officer.get("/api/cover/channels").await;
            let lasts = told.channels.iter().map(|c| &c.last).chain(told.webhooks.iter().map(|w| &w.last));
            let over = |last: &&Option<NotificationView>| {
                last.as_ref().is_some_and(|last| last.state != NotificationState::Waiting)
            };
            let names = told.webhooks.iter().map(|webhook| webhook.name.clone()).collect();
            (lasts.filter(over).count() == count).then(|| (told.channels.clone(), names))
        })
        .await
    };
    let (channels, webhooks) = settled(&duc, 2).await;
    assert_eq!((channels.len(), channels[0].channel_id.0), (1, lans));
    assert_eq!(webhooks, ["gateway"]);
    assert!(desk.push.calls("hoa").is_empty() && desk.hooks.calls("tokyo").is_empty());

    // What was tested just now is left out.
    assert_eq!(post(&tri, "/api/cover/channels/test").await.status(), 200);
    let (channels, webhooks) = settled(&tri, 4).await;
    assert_eq!((channels.len(), webhooks.len()), (2, 2));
    assert_eq!((desk.push.calls("lan").len(), desk.hooks.calls("gateway").len()), (1, 1));
    let failed = channels.iter().find(|channel| channel.channel_id.0 == hoas).and_then(|c| c.last.clone());
    assert_eq!(failed.and_then(|last| last.fault).as_deref(), Some("refused"));
    let body: Value = serde_json::from_str(&desk.hooks.taken("tokyo")[0].body).unwrap();
    assert_eq!(body["type"], "channel.test");
}

#[tokio::test]
async fn a_webhook_is_kept_by_version_and_what_waits_for_a_removed_one_fails() {
    let desk = Desk::start().await;
    let store = &desk.service.store;
    let (hook, case) = (desk.webhook("gateway").await, desk.case().await);
    let mut view = store.webhooks(None).await.unwrap().remove(0);
    assert_eq!(desk.save(&WebhookView { version: 0, ..view.clone() }, Some(KEY)).await, None);
    view.name = "moved".to_owned();
    view.url = desk.hooks.url("moved");
    assert_eq!(desk.save(&view, None).await, Some(2));
    assert_eq!(desk.save(&view, None).await, None, "the version before");
    let told = desk.step(case, 1, To::Webhook(hook)).await;
    desk.settled(told, ("sent", 1, None)).await;
    let call = desk.hooks.taken("moved")[0].clone();
    assert_eq!(call.headers["webhook-signature"], signature(&call.headers, &call.body), "the key stays");
    assert_eq!(store.webhooks(Some(&DeskId::from("tw-taipei"))).await.unwrap().len(), 1);
    assert!(!desk.remove(view.webhook_id, 1).await);
    assert!(desk.remove(view.webhook_id, 2).await);
    assert!(store.webhooks(None).await.unwrap().is_empty());
    let late = desk.step(case, 2, To::Webhook(hook)).await;
    desk.settled(late, ("failed", 0, Some("unregistered"))).await;
}

#[tokio::test]
async fn a_channel_whose_settings_are_missing_says_so() {
    let service = Service::start().await;
    let lan = service.officer("lan").await;
    let channels: Channels = lan.get("/api/me/channels").await;
    assert_eq!((channels.web_push_key, channels.mail), (None, false));
    let answer = send_put(&lan, new_id(), "Thư", mail("lan@example.org")).await;
    assert_eq!(refused(answer).await, ErrorCode::NotFound);
    let staff = Uuid::new_v5(&Uuid::NAMESPACE_OID, b"lan");
    for kind in ["web", "fcm", "mail"] {
        sqlx::query(
            "INSERT INTO notifications (notification_id, cause, run, round, step, staff_id, channel, channel_id,
                                        made_ms, due_ms, ends_ms)
             VALUES ($1, 'test/1', 0, 0, 0, $2, $3, $1, 0, 0, $4)",
        )
        .bind(new_id())
        .bind(staff)
        .bind(kind)
        .bind(service.clock.now().0 + MINUTE_MS)
        .execute(&service.db)
        .await
        .unwrap();
    }
    let failed =
        "SELECT count(*) FROM notifications WHERE state = 'failed' AND fault = 'not_set_up' AND tries = 0";
    until("all have failed", async || (service.count(failed).await == 3).then_some(())).await;
}
