//! A store goes away in the middle; no SOS does.

use reqwest::StatusCode;
use sos_ops::stack::{Stack, StackConfig};
use sos_protocol::feed::FeedFrame;
use sos_protocol::http::AlertPost;
use sos_protocol::{CaseEvent, ErrorCode, GatewayFrame, PhoneFrame, Stage, proof};
use sos_tests::phone::alert;
use sos_tests::wait::LIMIT;
use sos_tests::{Key, Phone, Service, log, until};

pub(crate) async fn stack() -> &'static Stack {
    let start = || Box::leak(Box::new(Stack::start(&StackConfig::default()).expect("the stores start")));
    tokio::task::spawn_blocking(start).await.expect("started")
}

/// Alerts that Redis ever took.
async fn alerts_in_redis(stack: &'static Stack) -> i64 {
    let answer = blocking(|| stack.redis().ask("XINFO STREAM sos:alerts")).await.unwrap_or_default();
    let mut lines = answer.lines().skip_while(|line| *line != "entries-added");
    lines.nth(1).and_then(|line| line.strip_prefix(':')?.parse().ok()).unwrap_or(0)
}

pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.expect("done")
}

#[tokio::test]
async fn either_store_may_die_and_every_acknowledged_sos_is_recorded_once() {
    let stack = stack().await;
    let service = Service::start_on_stack(stack).await;
    let lan = service.officer("lan").await;
    let mut feed = lan.feed(None).await;
    let mut phone = Phone::connect(&service).await;

    blocking(|| stack.kill_redis()).await;
    let without_redis = phone.press(Some((25.05, 121.52))).await;
    phone.receipt(without_redis, Stage::Recorded).await;
    feed.event("opened").await;
    blocking(|| stack.restart_redis()).await.expect("redis again");
    until("redis is used again", async || service.get("/readyz").await.ok().filter(|a| a.status() == 200))
        .await;

    blocking(|| stack.kill_postgres()).await.expect("postgres ends");
    let without_postgres = phone.press(Some((25.05, 121.52))).await;
    // It rings at its desk although nobody can record it yet, and again until somebody can.
    for _ in 0..2 {
        let rung = feed.until("a provisional ring", |frame| match frame {
            FeedFrame::Provisional { alert } => Some((alert.alert.alert_id, alert.desk_id.clone())),
            _ => None,
        });
        assert_eq!(rung.await, (without_postgres, "tw-taipei".into()));
    }
    let ready = service.get("/readyz").await.unwrap();
    let ready: sos_protocol::http::Readiness = ready.json().await.unwrap();
    assert!(ready.takes_alerts && ready.redis && !ready.postgres);

    blocking(|| stack.kill_redis()).await;
    let mut nobody = alert(None);
    nobody.text = Some("cả hai kho đều mất".into());
    phone.say(&PhoneFrame::Alert { alert: nobody.clone() }).await;
    let refused = phone.hear_until("a plain no", |frame| match frame {
        GatewayFrame::Error { code, id, .. } => Some((*code, id.clone())),
        GatewayFrame::Receipt { receipt } if receipt.alert_id == nobody.alert_id => panic!("acknowledged"),
        _ => None,
    });
    assert_eq!(refused.await, (ErrorCode::Unavailable, Some(nobody.alert_id.to_string())));

    blocking(|| stack.restart_redis()).await.expect("redis again");
    blocking(|| stack.restart_postgres()).await.expect("postgres again");
    phone.receipt(without_postgres, Stage::Recorded).await;
    let recorded = feed.until("the case in its place", |frame| match frame {
        FeedFrame::Event { entry, .. } => match &entry.event {
            CaseEvent::Opened { alert, .. } => Some(alert.alert_id),
            _ => None,
        },
        _ => None,
    });
    assert_eq!(recorded.await, without_postgres);
    // The phone keeps what was not taken and sends it again.
    let taken = async {
        loop {
            phone.say(&PhoneFrame::Alert { alert: nobody.clone() }).await;
            let answer = phone.hear_until("an answer", |frame| match frame {
                GatewayFrame::Receipt { receipt } if receipt.alert_id == nobody.alert_id => Some(true),
                GatewayFrame::Error { .. } => Some(false),
                _ => None,
            });
            if answer.await {
                break;
            }
        }
    };
    tokio::time::timeout(LIMIT, taken).await.expect("taken at last");
    until("each once", async || (service.count("SELECT count(*) FROM cases").await == 3).then_some(())).await;
    assert_eq!(service.count("SELECT count(*) FROM alerts").await, 3);
    assert!(service.store.verify_ledger().await.unwrap().is_ok());
}

#[tokio::test]
async fn what_a_redis_has_taken_that_goes_away_before_it_is_read_becomes_a_case_without_it() {
    let stack = stack().await;
    let service = Service::start_on_stack(stack).await;
    let mut phone = Phone::connect(&service).await;
    // A recording that hangs: what comes after it stays in Redis.
    let mut hangs = service.db.begin().await.unwrap();
    sqlx::query("SELECT seq FROM ledger_head FOR UPDATE").execute(&mut *hangs).await.unwrap();
    phone.press(Some((25.05, 121.52))).await;
    let waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
    until("the recording hangs", async || (service.count(waits).await > 0).then_some(())).await;
    let mut other = Phone::connect(&service).await;
    let second = other.press(Some((25.05, 121.52))).await;
    blocking(|| stack.kill_redis()).await;
    hangs.rollback().await.unwrap();
    until("both are on record", async || {
        (service.count("SELECT count(*) FROM alerts").await == 2).then_some(())
    })
    .await;
    blocking(|| stack.restart_redis()).await.expect("redis again");
    other.receipt(second, Stage::Recorded).await;
    until("nothing waits in Redis", async || {
        let answer = service.get("/readyz").await.ok()?;
        (answer.status() == 200).then_some(())
    })
    .await;
    assert_eq!(service.count("SELECT count(*) FROM ledger WHERE kind = 'opened'").await, 2);
    assert!(service.store.verify_ledger().await.unwrap().is_ok());
}

#[tokio::test]
async fn the_same_press_at_two_nodes_in_the_same_moment_is_one_press() {
    let stack = stack().await;
    let one = Service::start_on_stack(stack).await;
    let two = one.another_node().await;
    let (_, code) = one.worker("Trần Văn Đôi", "TW").await;
    let key = Key::new().enrol(&one, &code).await;
    let press = || {
        let alert = alert(Some((25.05, 121.52)));
        let signature = Some(key.sign(&proof::alert(alert.alert_id)));
        serde_json::to_vec(&AlertPost { alert, credential: key.credential(), signature }).unwrap()
    };
    blocking(|| stack.kill_redis()).await;
    assert_eq!(one.post("/api/alerts", press()).await.status(), 200);
    // Whoever holds the case keeps both nodes from recording before the other has looked for the press too.
    let mut holder = one.db.begin().await.expect("a transaction");
    sqlx::query("SET LOCAL sos.scope = '*'").execute(&mut *holder).await.expect("a scope");
    sqlx::query("SELECT 1 FROM cases FOR UPDATE").execute(&mut *holder).await.expect("held");
    let again = press();
    let let_go = async {
        until("both nodes wait for the case", async || {
            const WAITING: &str = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
            (one.count(WAITING).await == 2).then_some(())
        })
        .await;
        holder.rollback().await.expect("let go");
    };
    let (first, second, ()) =
        tokio::join!(one.post("/api/alerts", again.clone()), two.post("/api/alerts", again.clone()), let_go);
    assert_eq!((first.status(), second.status()), (StatusCode::OK, StatusCode::OK));
    assert_eq!(one.count("SELECT count(*) FROM alerts").await, 2);
    assert_eq!(one.count("SELECT count(*) FROM ledger WHERE kind = 'pressed_again'").await, 1);
    assert!(one.store.verify_ledger().await.unwrap().is_ok());
}

#[tokio::test]
async fn an_sos_that_no_desk_is_configured_for_waits_and_is_not_put_aside() {
    let first = Service::start().await;
    let db = first.db.clone();
    sqlx::query("UPDATE desks SET is_ministry = false").execute(&db).await.expect("broken");
    // This node starts while the desks cannot be used; the one that still knows the old ones goes.
    let node = first.another_node().await;
    first.stop().await;
    let mut phone = Phone::connect(&node).await;
    let alert_id = phone.press(Some((25.05, 121.52))).await;
    until("the recorder tried and waits", async || log::so_far().contains("no desks").then_some(())).await;
    assert_eq!(node.count("SELECT count(*) FROM quarantine").await, 0);
    sqlx::query("UPDATE desks SET is_ministry = true WHERE desk_id = 'ministry'")
        .execute(&db)
        .await
        .expect("mended");
    phone.receipt(alert_id, Stage::Recorded).await;
}

#[tokio::test]
async fn an_sos_that_cannot_be_recorded_rings_on_and_stands_in_nobodys_way() {
    let service = Service::start().await;
    let mut feed = service.officer("lan").await.feed(None).await;
    let alter = async |sql: &'static str| {
        sqlx::query(sql).execute(&service.db).await.expect("a change of the table");
    };
    alter("ALTER TABLE cases ADD CONSTRAINT broken CHECK (battery_pct IS DISTINCT FROM 13)").await;
    let (mut stuck, mut other) = (Phone::connect(&service).await, Phone::connect(&service).await);
    let mut press = alert(Some((25.05, 121.52)));
    press.battery_pct = Some(13);
    stuck.say(&PhoneFrame::Alert { alert: press.clone() }).await;
    stuck.receipt(press.alert_id, Stage::Received).await;
    let rung = feed.until("a provisional ring", |frame| match frame {
        FeedFrame::Provisional { alert } => Some(alert.alert.alert_id),
        _ => None,
    });
    assert_eq!(rung.await, press.alert_id);
    let fine = other.press(Some((25.05, 121.52))).await;
    other.receipt(fine, Stage::Recorded).await;
    assert_eq!(service.count("SELECT count(*) FROM quarantine").await, 0);
    alter("ALTER TABLE cases DROP CONSTRAINT broken").await;
    stuck.receipt(press.alert_id, Stage::Recorded).await;
}

#[tokio::test]
async fn a_frozen_postgres_holds_up_no_ring_and_everything_is_recorded_when_it_goes_on() {
    let stack = stack().await;
    let service = Service::start_on_stack(stack).await;
    let mut feed = service.officer("lan").await.feed(None).await;
    feed.until("its queue", |frame| matches!(frame, FeedFrame::Heartbeat { .. }).then_some(())).await;
    let mut phone = Phone::connect(&service).await;
    stack.postgres().pause();
    let mut pressed = vec![];
    for _ in 0..3 {
        let alert_id = phone.press(Some((25.05, 121.52))).await;
        let rung = feed.until("a provisional ring", |frame| match frame {
            FeedFrame::Provisional { alert } if alert.alert.alert_id == alert_id => Some(()),
            _ => None,
        });
        rung.await;
        pressed.push(alert_id);
    }
    stack.postgres().resume();
    for alert_id in pressed {
        phone.receipt(alert_id, Stage::Recorded).await;
    }
    assert_eq!(service.count("SELECT count(*) FROM alerts").await, 3);
}

#[tokio::test]
async fn while_redis_is_frozen_alerts_are_recorded_at_once_and_ring() {
    let stack = stack().await;
    let service = Service::start_on_stack(stack).await;
    let node = service.another_node().await;
    let mut feed = node.officer("lan").await.feed(None).await;
    feed.until("its queue", |frame| matches!(frame, FeedFrame::Heartbeat { .. }).then_some(())).await;
    let mut phone = Phone::connect(&service).await;
    stack.redis().pause();
    for _ in 0..3 {
        let alert_id = phone.press(Some((25.05, 121.52))).await;
        phone.receipt(alert_id, Stage::Recorded).await;
        // On the other node's console, which cannot hear of it from Redis.
        feed.until("the alert", |frame| match frame {
            FeedFrame::Event { entry, .. } => match &entry.event {
                CaseEvent::Opened { alert, .. } if alert.alert_id == alert_id => Some(()),
                _ => None,
            },
            _ => None,
        })
        .await;
    }
    stack.redis().resume();
    until("redis is used again", async || {
        let before = alerts_in_redis(stack).await;
        let alert_id = phone.press(None).await;
        phone.receipt(alert_id, Stage::Recorded).await;
        (alerts_in_redis(stack).await > before).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_redis_that_forgets_is_not_trusted_with_an_sos() {
    let stack = stack().await;
    let service = Service::start_on_stack(stack).await;
    let mut phone = Phone::connect(&service).await;
    let set = async |value: &'static str| {
        let answer = blocking(move || stack.redis().ask(&format!("CONFIG SET appendfsync {value}"))).await;
        assert_eq!(answer.expect("an answer"), "+OK");
    };
    set("everysec").await;
    until("alerts go past redis", async || {
        let before = alerts_in_redis(stack).await;
        let alert_id = phone.press(None).await;
        phone.receipt(alert_id, Stage::Recorded).await;
        (alerts_in_redis(stack).await == before).then_some(())
    })
    .await;
    set("always").await;
}
