//! One simulated console: its session with the service, and its feed.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use futures_util::{SinkExt, StreamExt};
use reqwest::{Method, StatusCode, header};
use sos_protocol::CaseId;
use sos_protocol::feed::{ConsoleFrame, FeedFrame};
use sos_protocol::http::{FeedTicket, SignIn};
use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::Message;

use super::console_log::{Asks, ConsoleLog};
use super::now;
use super::socket::{self, Socket};

/// A connection that has been silent for this long is given up: two heartbeats and a half.
const SILENT_MAX: Duration = Duration::from_secs(25);
/// A console that has been behind for this long asks again.
const BEHIND_MAX: Duration = Duration::from_secs(2);
/// How often that is looked at.
const STEP: Duration = Duration::from_millis(500);
/// Longest wait for the service to read.
const WRITE_WITHIN: Duration = Duration::from_secs(10);

/// What a console is to do.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Wanted {
    pub(super) frozen: bool,
    pub(super) stop: bool,
}

/// Who signs in where.
pub(super) struct Account {
    pub(super) number: usize,
    pub(super) login: String,
    pub(super) password: String,
    pub(super) gateways: Vec<SocketAddr>,
    pub(super) origin: Option<String>,
}

/// One console.
pub(super) struct Console {
    pub(super) account: Account,
    pub(super) http: reqwest::Client,
    pub(super) log: Arc<Mutex<ConsoleLog>>,
    /// The session's cookie, for the reports too.
    pub(super) cookie: Arc<Mutex<Option<String>>>,
    /// Cases that rang; none: they are not reported.
    pub(super) rang: Option<mpsc::Sender<(SocketAddr, CaseId)>>,
    pub(super) wanted: watch::Receiver<Wanted>,
}

pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Console {
    /// One connection at the gateway of this turn, from the ticket to its end.
    ///
    /// # Errors
    /// Why it ended.
    pub(super) async fn connect_and_listen(&mut self, turn: usize) -> Result<()> {
        let gateway = self.account.gateways[(self.account.number + turn) % self.account.gateways.len()];
        let ticket = self.ticket(gateway).await?;
        let own = format!("http://{gateway}");
        let origin = self.account.origin.as_deref().unwrap_or(&own);
        let opened = Box::pin(socket::open(gateway, "/feed", Some(origin), self.account.number)).await;
        let mut socket = opened.context("opening the feed")?;
        let after_seq = locked(&self.log).cursor();
        say(&mut socket, &ConsoleFrame::Hello { ticket, after_seq }).await?;
        self.listen(gateway, &mut socket).await
    }

    async fn listen(&mut self, gateway: SocketAddr, socket: &mut Socket) -> Result<()> {
        let mut let_in = false;
        let mut replaying = true;
        let mut behind_since = None;
        let mut heard_at = now();
        let mut step = tokio::time::interval(STEP);
        loop {
            tokio::select! {
                message = socket.next() => {
                    heard_at = now();
                    let Some(frame) = frame(message)? else { continue };
                    let mut log = locked(&self.log);
                    if let FeedFrame::Error { code, detail } = &frame {
                        bail!("{}: {detail}", code.as_str());
                    }
                    log.connections += u32::from(!let_in);
                    let_in = true;
                    let asks = log.heard(frame, &mut replaying, heard_at);
                    drop(log);
                    self.answer(gateway, asks);
                }
                changed = self.wanted.changed() => {
                    self.stay_frozen(changed.is_ok()).await?;
                    heard_at = now();
                }
                _ = step.tick() => {
                    ensure!(now() < heard_at + SILENT_MAX, "the feed is silent");
                    if !locked(&self.log).is_behind() || replaying {
                        behind_since = None;
                    } else if *behind_since.get_or_insert_with(now) + BEHIND_MAX <= now() {
                        (behind_since, replaying) = (None, true);
                        self.resume(socket).await?;
                    }
                }
            }
        }
    }

    async fn resume(&self, socket: &mut Socket) -> Result<()> {
        let after_seq = {
            let mut log = locked(&self.log);
            log.resumes += 1;
            log.cursor().unwrap_or_default()
        };
        say(socket, &ConsoleFrame::Resume { after_seq }).await
    }

    fn answer(&self, gateway: SocketAddr, asks: Asks) {
        if let (Asks::Rang(case), Some(rang)) = (asks, &self.rang) {
            // Best effort: a console in a flood reports what it can.
            let _ = rang.try_send((gateway, case));
        }
    }

    /// Reads nothing for as long as it is to be frozen.
    async fn stay_frozen(&mut self, has_consoles: bool) -> Result<()> {
        ensure!(has_consoles, "stopped");
        let wanted = self.wanted.wait_for(|wanted| !wanted.frozen || wanted.stop).await.context("stopped")?;
        ensure!(!wanted.stop, "stopped");
        Ok(())
    }

    /// A ticket for the feed; signs in when the session is none or over.
    pub(super) async fn ticket(&self, gateway: SocketAddr) -> Result<String> {
        if locked(&self.cookie).is_none() {
            self.sign_in(gateway).await?;
        }
        let answer = self.post(gateway, "/api/feed-ticket").send().await.context("asking for a ticket")?;
        if answer.status() == StatusCode::UNAUTHORIZED {
            *locked(&self.cookie) = None;
        }
        ensure!(answer.status().is_success(), "asking for a ticket: {}", answer.status());
        let FeedTicket { ticket } = answer.json().await.context("asking for a ticket")?;
        Ok(ticket)
    }

    async fn sign_in(&self, gateway: SocketAddr) -> Result<()> {
        let sign_in = SignIn { login: self.account.login.clone(), password: self.account.password.clone() };
        let answer = self.post(gateway, "/api/session").json(&sign_in).send().await.context("signing in")?;
        ensure!(answer.status().is_success(), "signing in: {}", answer.status());
        let set = answer.headers().get(header::SET_COOKIE).and_then(|value| value.to_str().ok());
        let pair = set.and_then(|set| set.split(';').next()).context("signing in: no cookie")?;
        *locked(&self.cookie) = Some(pair.to_owned());
        Ok(())
    }

    fn post(&self, gateway: SocketAddr, path: &str) -> reqwest::RequestBuilder {
        post(&self.http, &self.cookie, gateway, path)
    }
}

/// A request with the session's cookie. It is kept by hand, because it is for TLS only where that is configured.
pub(super) fn post(
    http: &reqwest::Client,
    cookie: &Mutex<Option<String>>,
    gateway: SocketAddr,
    path: &str,
) -> reqwest::RequestBuilder {
    let request = http.request(Method::POST, format!("http://{gateway}{path}"));
    match &*locked(cookie) {
        Some(cookie) => request.header(header::COOKIE, cookie),
        None => request,
    }
}

/// Waits before the next attempt, or until it is stopped; whether to go on.
pub(super) async fn goes_on_after(wait: Duration, wanted: &mut watch::Receiver<Wanted>) -> bool {
    tokio::select! {
        () = sleep(wait) => true,
        stopped = wanted.wait_for(|wanted| wanted.stop) => { drop(stopped); false }
    }
}

fn frame(
    message: Option<Result<Message, tokio_tungstenite::tungstenite::Error>>,
) -> Result<Option<FeedFrame>> {
    match message {
        // A frame of a type that is not known here is for a newer console.
        Some(Ok(Message::Text(text))) => Ok(serde_json::from_str(&text).ok()),
        Some(Ok(Message::Close(_)) | Err(_)) | None => bail!("the feed was closed"),
        Some(Ok(_)) => Ok(None),
    }
}

pub(super) async fn say(socket: &mut Socket, frame: &ConsoleFrame) -> Result<()> {
    let text = serde_json::to_string(frame)?;
    timeout(WRITE_WITHIN, socket.send(Message::text(text))).await.context("the feed does not read")??;
    Ok(())
}
