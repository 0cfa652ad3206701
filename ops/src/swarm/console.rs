//! Consoles that stay connected as the real ones do.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use futures_util::{StreamExt, stream};
use sos_protocol::CaseId;
use sos_protocol::ambient::{Entropy, SeededEntropy};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::console_log::ConsoleLog;
use super::console_session::{Account, Console, Wanted, goes_on_after, locked, post};
use super::{http, now};

/// Upper end of the jittered wait before a console connects again: at first …
const RECONNECT_FIRST: Duration = Duration::from_millis(500);
/// … and doubled with each failure up to this.
const RECONNECT_LAST: Duration = Duration::from_secs(4);
/// Cases that wait to be reported as rung; more are left out.
const RANG_WAITING_MAX: usize = 1_024;
/// Reports of one console under way at once, as in the real one.
const RANG_AT_ONCE: usize = 3;
/// How long all consoles have to be let in.
const START_WITHIN: Duration = Duration::from_secs(60);
/// How long they have to end; a call under way takes at most 15 s.
const STOP_WITHIN: Duration = Duration::from_secs(20);
/// How often a condition is looked at.
const STEP: Duration = Duration::from_millis(20);

/// Which consoles, and where they call.
#[derive(Debug, Clone)]
pub struct ConsolesConfig {
    /// Consoles begin with one each in turn, and go on to the next one when theirs fails or closes.
    pub gateways: Vec<SocketAddr>,
    /// Origin of the console's page, such as `https://sos.example`, where something stands in front of the
    /// gateways; without it, `http://` and the gateway's address.
    pub origin: Option<String>,
    /// Login and password, one console each; the same account may have several.
    pub logins: Vec<(String, String)>,
    /// Report each case that rings to the service, as the real console does.
    pub report_rang: bool,
}

/// Consoles that run until [`Consoles::stop`], or until this is dropped.
pub struct Consoles {
    logs: Vec<Arc<Mutex<ConsoleLog>>>,
    wanted: Vec<watch::Sender<Wanted>>,
    tasks: JoinSet<()>,
}

impl Consoles {
    /// Signs all of them in and returns when each has its feed.
    ///
    /// # Errors
    /// When some have none within a minute; says which.
    pub async fn start(config: ConsolesConfig) -> Result<Self> {
        ensure!(!config.gateways.is_empty(), "consoles need a gateway");
        let mut consoles = Self { logs: vec![], wanted: vec![], tasks: JoinSet::new() };
        let client = http::client()?;
        for (number, (login, password)) in config.logins.iter().cloned().enumerate() {
            let gateways = config.gateways.clone();
            let account = Account { number, login, password, gateways, origin: config.origin.clone() };
            consoles.spawn(account, client.clone(), config.report_rang);
        }
        let ends = now() + START_WITHIN;
        while let Some(login) = consoles.waiting() {
            if now() >= ends {
                bail!("the console of {login} has no feed after {} s", START_WITHIN.as_secs());
            }
            sleep(STEP).await;
        }
        Ok(consoles)
    }

    fn spawn(&mut self, account: Account, http: reqwest::Client, report_rang: bool) {
        let log = Arc::new(Mutex::new(ConsoleLog::of(account.login.clone())));
        let cookie = Arc::new(Mutex::new(None));
        let (sender, wanted) = watch::channel(Wanted::default());
        let rang = report_rang.then(|| {
            let (sender, waiting) = mpsc::channel(RANG_WAITING_MAX);
            self.tasks.spawn(report(waiting, http.clone(), Arc::clone(&cookie), Arc::clone(&log)));
            sender
        });
        self.logs.push(Arc::clone(&log));
        self.wanted.push(sender);
        self.tasks.spawn(live(Console { account, http, log, cookie, rang, wanted }));
    }

    fn waiting(&self) -> Option<String> {
        let waits = |log: &ConsoleLog| log.snapshots == 0;
        self.logs.iter().map(|log| locked(log)).find(|log| waits(log)).map(|log| log.login.clone())
    }

    /// A copy of all logs, in the order of the logins.
    #[must_use]
    pub fn logs(&self) -> Vec<ConsoleLog> {
        self.logs.iter().map(|log| locked(log).clone()).collect()
    }

    /// Something of each log, without a copy of it.
    pub fn each<T>(&self, look: impl Fn(&ConsoleLog) -> T) -> Vec<T> {
        self.logs.iter().map(|log| look(&locked(log))).collect()
    }

    /// The console of this number stops reading, without closing.
    pub fn freeze(&self, number: usize) {
        self.wanted[number].send_modify(|wanted| wanted.frozen = true);
    }

    /// It reads on.
    pub fn thaw(&self, number: usize) {
        self.wanted[number].send_modify(|wanted| wanted.frozen = false);
    }

    /// Ends all of them and returns their logs.
    pub async fn stop(mut self) -> Vec<ConsoleLog> {
        for wanted in &self.wanted {
            wanted.send_modify(|wanted| wanted.stop = true);
        }
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if timeout(STOP_WITHIN, all).await.is_err() {
            self.tasks.shutdown().await;
        }
        self.logs()
    }
}

async fn live(mut console: Console) {
    let mut wanted = console.wanted.clone();
    let entropy = SeededEntropy::new(u64::try_from(console.account.number).unwrap_or(0));
    let (mut turn, mut failures) = (0, 0_u32);
    loop {
        let before = locked(&console.log).connections;
        let ended = tokio::select! {
            ended = console.connect_and_listen(turn) => ended.is_err(),
            stopped = wanted.wait_for(|wanted| wanted.stop) => { drop(stopped); return }
        };
        failures = if locked(&console.log).connections > before { 0 } else { failures.saturating_add(1) };
        turn += usize::from(ended);
        let upper = RECONNECT_FIRST.saturating_mul(1 << failures.min(4)).min(RECONNECT_LAST);
        let upper_us = u64::try_from(upper.as_micros()).unwrap_or(u64::MAX);
        if !goes_on_after(Duration::from_micros(entropy.below(upper_us)), &mut wanted).await {
            return;
        }
    }
}

/// Tells the service which cases rang, until the console is gone.
async fn report(
    mut waiting: mpsc::Receiver<(SocketAddr, CaseId)>,
    http: reqwest::Client,
    cookie: Arc<Mutex<Option<String>>>,
    log: Arc<Mutex<ConsoleLog>>,
) {
    let cases = stream::poll_fn(move |context| waiting.poll_recv(context));
    cases
        .for_each_concurrent(RANG_AT_ONCE, |(gateway, case)| {
            let request = post(&http, &cookie, gateway, &format!("/api/cases/{case}/rang"));
            let log = &log;
            async move {
                let answer = request.send().await.context("reporting");
                let taken = answer.is_ok_and(|answer| answer.status().is_success());
                locked(log).rang_reported += u64::from(taken);
            }
        })
        .await;
}
