//! Phones whose battery ends with the press: they send it until they are told that it is safe, and are gone. Only the
//! service remembers it then, so an acknowledgement that was not true shows.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use sos_protocol::ambient::{Clock, Entropy, SystemClock, SystemEntropy};
use sos_protocol::http::{AlertPost, AlertStatus};
use sos_protocol::{Alert, AlertId};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use super::timeline;
use crate::swarm::{AlertLog, now};

/// Their number in logs; no phone of a swarm has it.
pub(super) const GONE: usize = usize::MAX;
/// Presses under way at once; more wait for one of them.
const UNDER_WAY_MAX: usize = 1_000;
/// Longest wait for one answer; the phone then calls the next gateway.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// How long the last presses may take to be acknowledged when the fault is over.
const ACKNOWLEDGED_WITHIN: Duration = Duration::from_secs(60);
/// Pause before a press that was not taken is sent again.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// Presses at a steady rate, until it is stopped or dropped.
pub(super) struct LastGasps {
    logs: Arc<Mutex<Vec<AlertLog>>>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl LastGasps {
    /// Begins, with `rate_per_s` presses a second over HTTP.
    ///
    /// # Errors
    /// When no client can be made.
    pub(super) fn start(gateways: Vec<SocketAddr>, rate_per_s: f64) -> Result<Self> {
        let http =
            reqwest::Client::builder().no_proxy().timeout(ANSWER_WITHIN).build().context("an HTTP client")?;
        let caller = Caller { http, gateways: gateways.into(), logs: Arc::default() };
        let logs = Arc::clone(&caller.logs);
        let (stop, stopped) = watch::channel(false);
        let every = Duration::from_secs_f64(1.0 / rate_per_s);
        Ok(Self { logs, stop, task: tokio::spawn(press_on(caller, every, stopped)) })
    }

    /// Stops pressing and waits until every press is acknowledged, for a limited time; returns what was heard.
    pub(super) async fn stop(mut self) -> Vec<AlertLog> {
        let _ = self.stop.send(true);
        let _ = (&mut self.task).await;
        self.logs.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for LastGasps {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn press_on(caller: Caller, every: Duration, mut stopped: watch::Receiver<bool>) {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut presses = JoinSet::new();
    for number in 0.. {
        tokio::select! {
            _ = stopped.changed() => break,
            _ = ticks.tick() => {}
        }
        if presses.len() >= UNDER_WAY_MAX {
            presses.join_next().await;
        }
        while presses.try_join_next().is_some() {}
        let caller = caller.clone();
        presses.spawn(async move { caller.press(number).await });
    }
    let all = async { while presses.join_next().await.is_some() {} };
    // Those that are not acknowledged by then end here, unanswered.
    let _ = timeout(ACKNOWLEDGED_WITHIN, all).await;
}

#[derive(Clone)]
struct Caller {
    http: reqwest::Client,
    gateways: Arc<[SocketAddr]>,
    logs: Arc<Mutex<Vec<AlertLog>>>,
}

impl Caller {
    /// One press, sent until it is acknowledged.
    async fn press(&self, number: usize) {
        let alert_id = AlertId(SystemEntropy.uuid_v7(SystemClock::new().now()));
        let body = AlertPost { alert: alert(alert_id), credential: None, signature: None };
        let place = self.begin(AlertLog {
            alert_id,
            phone: GONE,
            pressed_at: now(),
            sends: 0,
            refused: 0,
            received_at: None,
            recorded_at: None,
            case_ids: vec![],
            stages: vec![],
        });
        for attempt in number.. {
            let gateway = self.gateways[attempt % self.gateways.len()];
            self.change(place, |log| log.sends += 1);
            let sent = self.http.post(format!("http://{gateway}/api/alerts")).json(&body).send().await;
            if let Ok(answer) = sent.and_then(reqwest::Response::error_for_status)
                && let Ok(AlertStatus { receipts, .. }) = answer.json().await
            {
                return self
                    .change(place, |log| receipts.iter().for_each(|receipt| timeline::heard(log, receipt)));
            }
            self.change(place, |log| log.refused += 1);
            sleep(AGAIN_AFTER).await;
        }
    }

    fn begin(&self, log: AlertLog) -> usize {
        let mut logs = self.logs.lock().unwrap_or_else(PoisonError::into_inner);
        logs.push(log);
        logs.len() - 1
    }

    fn change(&self, place: usize, change: impl FnOnce(&mut AlertLog)) {
        change(&mut self.logs.lock().unwrap_or_else(PoisonError::into_inner)[place]);
    }
}

fn alert(alert_id: AlertId) -> Alert {
    Alert {
        alert_id,
        device_time_ms: None,
        waited_ms: None,
        position: None,
        trigger: None,
        kind: None,
        text: None,
        battery_pct: Some(1),
        drill: false,
    }
}
