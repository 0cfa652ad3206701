//! Push: what the desk does reaches phones whose apps sleep, through services that throttle, forget and hang.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use sos_protocol::ambient::{Entropy, SystemEntropy};
use sos_protocol::case::WorkerProfile;
use sos_protocol::http::{AlertPost, PhoneSettings, PostMessage, PushTarget};
use sos_protocol::{CaseId, CountryCode, ErrorCode, MessageId, Problem, Stage, WorkerId, proof};
use sos_tests::phone::{alert, new_id};
use sos_tests::push_services::Answer;
use sos_tests::{Key, Officer, Phone, PushServices, Service, until};
use tokio::sync::Semaphore;

const TAIPEI: Option<(f64, f64)> = Some((25.0478, 121.517));

fn fcm(token: &str) -> PushTarget {
    PushTarget::Fcm { token: token.to_owned() }
}

async fn set(service: &Service, key: &Key, target: &PushTarget) {
    let answer = key.send(service, "PUT", "/api/device/push", Some(target)).await;
    assert_eq!(answer.status(), 204);
}

async fn refused(service: &Service, key: &Key, target: &PushTarget) -> ErrorCode {
    let answer = key.send(service, "PUT", "/api/device/push", Some(target)).await;
    assert_ne!(answer.status(), 204);
    answer.json::<Problem>().await.expect("a problem").code
}

/// A worker's phone that has pressed SOS and can be reached at `target`.
async fn pressed(service: &Service, language: &str, target: &PushTarget) -> (Key, CaseId) {
    let worker = WorkerProfile {
        worker_id: WorkerId(SystemEntropy.uuid_v7(service.clock.now())),
        name: "Đinh Thị Chờ".to_owned(),
        phone: None,
        language: language.to_owned(),
        contract_country: CountryCode::parse("TW"),
        employer: None,
        address: None,
    };
    service.store.create_worker(&worker).await.expect("a worker");
    let key = Key::new().enrol(service, &service.code(worker.worker_id, 60_000).await).await;
    let (mut phone, _) = Phone::greet(service, &key).await;
    let alert_id = phone.press(TAIPEI).await;
    let case = phone.receipt(alert_id, Stage::Recorded).await.case_id.expect("a case");
    set(service, &key, target).await;
    (key, case)
}

async fn write(officer: &Officer, case: CaseId, text: &str) -> MessageId {
    let message_id = MessageId(new_id());
    officer
        .command(case, "messages", &PostMessage { message_id, text: text.to_owned() })
        .await
        .expect("written");
    message_id
}

async fn taken(services: &PushServices, to: &str, count: usize) {
    until(&format!("{count} taken by {to}"), async || (services.taken(to).len() >= count).then_some(()))
        .await;
}

async fn jobs_left(service: &Service, count: i64) {
    until(&format!("{count} jobs left"), async || {
        (service.count("SELECT count(*) FROM push_jobs").await == count).then_some(())
    })
    .await;
}

#[tokio::test]
async fn what_the_desk_does_reaches_both_kinds_of_phones_in_their_language() {
    let services = PushServices::start().await;
    let service = Service::start_with_settings(services.settings()).await;
    let settings: PhoneSettings = service.get("/api/settings").await.unwrap().json().await.unwrap();
    let key = settings.web_push_key.expect("Web Push is set up");
    let lan = service.officer("lan").await;
    let (_, app_case) = pressed(&service, "vi", &fcm("app")).await;
    let (_, page_case) = pressed(&service, "en", &services.subscribe("page")).await;

    let message_id = write(&lan, app_case, "Em ở yên đó nhé").await;
    write(&lan, page_case, "Stay where you are").await;
    taken(&services, "app", 1).await;
    taken(&services, "page", 1).await;

    let app = services.taken("app")[0].message.clone();
    assert_eq!(app["notification"]["body"], "Cán bộ Lan: Em ở yên đó nhé");
    assert_eq!(app["data"]["message_id"], message_id.to_string());
    assert_eq!(app["data"]["case_id"], app_case.to_string());
    assert_eq!(app["android"]["priority"], "high");
    assert_eq!(app["android"]["collapse_key"], app_case.0.simple().to_string());
    let ttl_s: i64 = app["android"]["ttl"].as_str().unwrap().strip_suffix('s').unwrap().parse().unwrap();
    assert!((3_000..=3_600).contains(&ttl_s));

    let page = services.taken("page")[0].clone();
    assert_eq!(page.message["body"], "Officer Lan: Stay where you are");
    assert_eq!(page.headers["urgency"], "high");
    assert_eq!(page.headers["topic"], page_case.0.simple().to_string());
    assert!(page.headers["ttl"].to_str().unwrap().parse::<i64>().unwrap() <= 3_600);
    assert!(page.headers["authorization"].to_str().unwrap().ends_with(&format!("k={}", key)));

    let case = lan.command(app_case, "seen", &()).await.unwrap();
    let case = lan.claim(app_case, case.version).await.unwrap();
    lan.close(app_case, case.version).await.unwrap();
    taken(&services, "app", 4).await;
    let bodies: Vec<String> = services.taken("app")[1..]
        .iter()
        .map(|call| call.message["notification"]["body"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        bodies,
        [
            "Cán bộ Lan đã xem SOS của bạn.",
            "Cán bộ Lan đang xử lý. Giữ máy mở.",
            "Ca đã đóng. Vẫn cần giúp? Nhấn giữ SOS."
        ]
    );
    assert_eq!(services.taken("app")[3].message["android"]["priority"], "normal");
    assert_eq!(services.tokens_given(), 1, "one token for all messages of an hour");
    jobs_left(&service, 0).await;
    let log = sos_tests::log::so_far();
    assert!(
        !log.contains("Em ở yên đó nhé") && !log.contains(&format!("{}/wpush", services.settings()[1].1))
    );
}

#[tokio::test]
async fn only_what_can_be_sent_to_is_kept_and_sealed() {
    let services = PushServices::start().await;
    let service = Service::start_with_settings(services.settings()).await;
    let (_, code) = service.worker("Vi Văn Đích", "TW").await;
    let key = Key::new().enrol(&service, &code).await;
    let PushTarget::Web { endpoint, p256dh, auth } = services.subscribe("mine") else { unreachable!() };
    let web = |endpoint: &str, p256dh: &str, auth: &str| PushTarget::Web {
        endpoint: endpoint.to_owned(),
        p256dh: p256dh.to_owned(),
        auth: auth.to_owned(),
    };
    for wrong in [
        web("https://10.0.0.1/inside", &p256dh, &auth),
        web("http://127.0.0.1:1/inside", &p256dh, &auth),
        web(&endpoint, &auth, &auth),
        web(&endpoint, &p256dh, "AAAA"),
        web(&format!("{endpoint}/{}", "x".repeat(1_100)), &p256dh, &auth),
        fcm(""),
        fcm(&"x".repeat(1_025)),
        fcm("a b"),
    ] {
        assert_eq!(refused(&service, &key, &wrong).await, ErrorCode::InvalidField, "{wrong:?}");
    }
    set(&service, &key, &fcm("secret-token")).await;
    set(&service, &key, &web(&endpoint, &p256dh, &auth)).await;
    assert_eq!(service.count("SELECT count(*) FROM push_targets").await, 1);
    let open = "SELECT count(*) FROM push_targets WHERE position(convert_to('wpush', 'UTF8') IN sealed) > 0";
    assert_eq!(service.count(open).await, 0);
    for _ in 0..2 {
        let answer = key.send(&service, "DELETE", "/api/device/push", None::<&()>).await;
        assert_eq!(answer.status(), 204);
    }
    assert_eq!(service.count("SELECT count(*) FROM push_targets").await, 0);

    let off = Service::start().await;
    let settings: PhoneSettings = off.get("/api/settings").await.unwrap().json().await.unwrap();
    assert_eq!(settings, PhoneSettings::default());
    let (_, code) = off.worker("Vi Văn Không", "TW").await;
    let key = Key::new().enrol(&off, &code).await;
    assert_eq!(refused(&off, &key, &fcm("x")).await, ErrorCode::NotFound);
}

#[tokio::test]
async fn a_service_that_says_later_is_asked_later_and_in_order() {
    let services = PushServices::start().await;
    let service = Service::start_with_settings(services.settings()).await;
    let lan = service.officer("lan").await;
    let targets = [("app", fcm("app")), ("page", services.subscribe("page"))];
    for (name, target) in &targets {
        let (_, case) = pressed(&service, "vi", target).await;
        services.answer(name, [Answer::Throttled(1), Answer::Unavailable, Answer::Taken]);
        write(&lan, case, "một").await;
        write(&lan, case, "hai").await;
    }
    for (name, _) in &targets {
        taken(&services, name, 2).await;
        let calls = services.calls(name);
        let taken: Vec<bool> = calls.iter().map(|call| call.taken).collect();
        assert_eq!(taken, [false, false, true, true], "{name}");
        assert!(calls[1].at_us - calls[0].at_us >= 1_000_000, "{name}: no sooner than the service asked for");
        let body = |call: usize| {
            let message = &calls[call].message;
            let body = message["notification"]["body"].as_str().or(message["body"].as_str());
            body.unwrap().to_owned()
        };
        let bodies = [body(0), body(1), body(2), body(3)];
        assert_eq!(bodies, ["Cán bộ Lan: một", "Cán bộ Lan: một", "Cán bộ Lan: một", "Cán bộ Lan: hai"]);
    }
}

#[tokio::test]
async fn a_phone_that_its_service_does_not_know_is_forgotten_but_not_its_newer_token() {
    let services = PushServices::start().await;
    let service = Service::start_with_settings(services.settings()).await;
    let lan = service.officer("lan").await;
    for (name, target) in [("app", fcm("app")), ("page", services.subscribe("page"))] {
        let (_, case) = pressed(&service, "vi", &target).await;
        services.answer(name, [Answer::Unregistered]);
        write(&lan, case, "một").await;
        until("the target is gone", async || {
            (service.count("SELECT count(*) FROM push_targets").await == 0).then_some(())
        })
        .await;
        write(&lan, case, "hai").await;
        assert_eq!(services.calls(name).len(), 1);
    }

    // The app gets a newer token while its service still thinks about the old one.
    let (key, case) = pressed(&service, "vi", &fcm("old")).await;
    let go = Arc::new(Semaphore::new(0));
    services.answer("old", [Answer::UnregisteredWhen(go.clone())]);
    write(&lan, case, "ba").await;
    until("the old token is asked", async || (services.calls("old").len() == 1).then_some(())).await;
    set(&service, &key, &fcm("new")).await;
    go.add_permits(1);
    taken(&services, "new", 1).await;
    assert_eq!(service.count("SELECT count(*) FROM push_targets").await, 1);
    assert_eq!(services.calls("old").len(), 1);

    // A 404 of something that is not FCM forgets nobody.
    services.answer("new", [Answer::WrongAddress]);
    write(&lan, case, "bốn").await;
    until("the job is over", async || {
        let jobs = service.count("SELECT count(*) FROM push_jobs").await;
        (services.calls("new").len() == 2 && jobs == 0).then_some(())
    })
    .await;
    assert_eq!(service.count("SELECT count(*) FROM push_targets").await, 1);
    // Whoever may not speak for the worker any more hears nothing of the worker.
    let device = key.enrolled.as_ref().unwrap().device_id;
    assert!(service.store.revoke_device(device, service.clock.now()).await.unwrap());
    assert_eq!(service.count("SELECT count(*) FROM push_targets").await, 0);
}

#[tokio::test]
async fn services_that_hang_delay_no_alert_and_not_each_other() {
    let services = PushServices::start().await;
    let service = Service::start_with_settings(services.settings()).await;
    let lan = service.officer("lan").await;
    let (_, app_case) = pressed(&service, "vi", &fcm("app")).await;
    let names: Vec<String> = (0..5).map(|n| format!("page-{n}")).collect();
    for name in &names {
        services.answer(name, [Answer::Silence]);
        let (_, case) = pressed(&service, "vi", &services.subscribe(name)).await;
        write(&lan, case, "một").await;
    }
    for name in &names {
        until("the service hangs", async || (!services.calls(name).is_empty()).then_some(())).await;
    }
    let mut phone = Phone::connect(&service).await;
    let alert_id = phone.press(TAIPEI).await;
    phone.receipt(alert_id, Stage::Recorded).await;
    write(&lan, app_case, "hai").await;
    taken(&services, "app", 1).await;
    assert!(names.iter().all(|name| services.taken(name).is_empty()));
    // They are tried again.
    jobs_left(&service, 5).await;
}

#[tokio::test]
async fn two_nodes_send_each_notice_once_and_either_goes_on_alone() {
    let services = PushServices::start().await;
    let one = Service::start_with_settings(services.settings()).await;
    let two = one.another_node().await;
    let lan = one.officer("lan").await;
    let mut cases = vec![];
    for n in 0..6 {
        cases.push(pressed(&one, "vi", &fcm(&format!("app-{n}"))).await.1);
    }
    for text in ["một", "hai", "ba"] {
        for case in &cases {
            write(&lan, *case, text).await;
        }
    }
    for n in 0..6 {
        taken(&services, &format!("app-{n}"), 3).await;
    }
    jobs_left(&one, 0).await;
    assert!((0..6).all(|n| services.calls(&format!("app-{n}")).len() == 3), "each once");
    one.stop().await;
    let lan = two.officer("lan").await;
    write(&lan, cases[0], "bốn").await;
    taken(&services, "app-0", 4).await;
}

/// How many phones the flow below has; `PUSH_PHONES` for more.
fn phones() -> usize {
    std::env::var("PUSH_PHONES").map_or(200, |n| n.parse().expect("a number"))
}

/// A phone that presses over HTTP, without a socket.
async fn press(service: &Service) -> (Key, CaseId) {
    let (_, code) = service.worker("Trần Văn Đông", "TW").await;
    let key = Key::new().enrol(service, &code).await;
    let alert = alert(TAIPEI);
    let alert_id = alert.alert_id;
    let signature = Some(key.sign(&proof::alert(alert_id)));
    let post = AlertPost { alert, credential: key.credential(), signature };
    let answer = service.post("/api/alerts", serde_json::to_vec(&post).expect("JSON")).await;
    assert_eq!(answer.status(), 200);
    until("it is recorded", async || {
        let answer = service.get(&format!("/api/alerts/{alert_id}")).await.ok()?;
        (answer.status() == 200).then_some(())
    })
    .await;
    let device = key.enrolled.as_ref().map(|enrolled| enrolled.device_id);
    (key, CaseId::of_alert(device, alert_id))
}

/// Calls to the service under way at a time in the flow below.
const AT_ONCE: usize = 16;

/// The desk writes to all `phones`, and somebody presses SOS again and again until that is done: from press to `recorded`, in
/// milliseconds, each time.
async fn written_to_all(service: &Service, phones: &[(Key, CaseId)]) -> Vec<f64> {
    let lan = service.officer("lan").await;
    let telling = async {
        stream::iter(phones)
            .for_each_concurrent(AT_ONCE, async |(_, case)| {
                write(&lan, *case, "Cả nhà đợi hướng dẫn nhé").await;
            })
            .await;
        until("all is told", async || {
            let left = "SELECT (SELECT count(*) FROM push_jobs) + (SELECT count(*) FROM ledger
                        WHERE kind = 'message' AND seq > (SELECT seq FROM push_cursor))";
            (service.count(left).await == 0).then_some(())
        })
        .await;
    };
    let mut took_ms = vec![];
    let mut phone = Phone::connect(service).await;
    let others_press = async {
        loop {
            let pressed_us = service.clock.monotonic_us();
            let alert_id = phone.press(TAIPEI).await;
            phone.receipt(alert_id, Stage::Recorded).await;
            took_ms
                .push(Duration::from_micros(service.clock.monotonic_us() - pressed_us).as_secs_f64() * 1e3);
        }
    };
    tokio::select! {
        () = telling => {}
        () = others_press => {}
    }
    took_ms.sort_by(f64::total_cmp);
    took_ms
}

#[tokio::test]
async fn of_many_phones_each_hears_once_and_each_dead_token_goes_once_while_cases_open() {
    let services = PushServices::start().await;
    let service = Service::start_with_settings(services.settings()).await;
    let count = phones();
    let name = |n: usize| format!("phone-{n}");
    // A quarter is gone, a tenth of the rest is told to wait first.
    let is_dead = |n: usize| n.is_multiple_of(4);
    for n in 0..count {
        if is_dead(n) {
            services.answer(&name(n), [Answer::Unregistered]);
        } else if n % 10 == 1 {
            services.answer(&name(n), [Answer::Throttled(1), Answer::Unavailable, Answer::Taken]);
        }
    }
    let phones: Vec<(Key, CaseId)> =
        stream::iter(0..count).map(|_| press(&service)).buffered(AT_ONCE).collect().await;
    let without = written_to_all(&service, &phones).await;
    stream::iter(phones.iter().enumerate())
        .for_each_concurrent(AT_ONCE, async |(n, (key, _))| set(&service, key, &fcm(&name(n))).await)
        .await;
    let with = written_to_all(&service, &phones).await;
    let median = |sorted: &[f64]| sorted[sorted.len() / 2];
    println!(
        "{count} phones told; press to recorded meanwhile: {:.1} ms with push ({} presses), {:.1} ms without ({}): {:.2} times",
        median(&with),
        with.len(),
        median(&without),
        without.len(),
        median(&with) / median(&without)
    );

    let counts = services.counts();
    for n in 0..count {
        let (arrived, taken) = counts.get(&name(n)).copied().unwrap_or_default();
        let wanted = if is_dead(n) {
            (1, 0)
        } else if n % 10 == 1 {
            (3, 1)
        } else {
            (1, 1)
        };
        assert_eq!((arrived, taken), wanted, "{}", name(n));
    }
    let dead = (0..count).filter(|n| is_dead(*n)).count();
    let left = service.count("SELECT count(*) FROM push_targets").await;
    assert_eq!(usize::try_from(left).unwrap(), count - dead);
}
