//! One simulated phone: a connection, the presses that are not recorded yet, and what is due when.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use sos_protocol::ambient::Clock;
use sos_protocol::http::AlertStatus;
use sos_protocol::limits::{FOLLOW_MAX, PING_INTERVAL_S, PING_INTERVAL_SOS_S, PINGS_MISSED_MAX};
use sos_protocol::{AlertId, ErrorCode, GatewayFrame, PhoneFrame, Receipt, Seq, Stage, proof};
use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, sleep_until};
use tokio_tungstenite::tungstenite::Message;

use super::alerts::{alert, encode};
use super::identity::Identity;
use super::link::{End, Link, feed, flush, send};
use super::now;
use super::shared::{Orders, Press, Shared};
use super::socket::{self, Socket};
use super::unfinished::Unfinished;

/// Upper end of the jittered wait before a phone without an open press connects again. The protocol allows 30 s; a
/// run that waits for all phones after a storm should not take minutes.
const RECONNECT_MAX: Duration = Duration::from_secs(3);
/// The same with an open press: at first …
const RECONNECT_SOS_FIRST: Duration = Duration::from_millis(500);
/// … and doubled with each failure up to this.
const RECONNECT_SOS_LAST: Duration = Duration::from_secs(2);
/// Pause after `unavailable`: at least …
const REFUSED_PAUSE: Duration = Duration::from_millis(200);
/// … and up to this much longer, so that refused phones do not come back together.
const REFUSED_JITTER: Duration = Duration::from_millis(1_800);
/// How long a gateway has for its challenge; after that the phone tries the next one.
const CHALLENGE_WITHIN: Duration = Duration::from_secs(10);
/// Alerts that a phone asks about over HTTP in one go; it asks about the others the next time.
const ASKED_AT_ONCE: usize = 8;

/// One phone.
pub(super) struct Phone {
    number: usize,
    identity: Option<Identity>,
    shared: Arc<Shared>,
    presses: mpsc::Receiver<Press>,
    orders: watch::Receiver<Orders>,
    unfinished: Vec<Unfinished>,
    /// The latest presses, for a phone that the service does not know.
    followed: VecDeque<AlertId>,
    open: bool,
    last_seq: Seq,
    gateway: SocketAddr,
    attempts: usize,
    failures: u32,
    was_welcomed: bool,
}

impl Phone {
    pub(super) fn new(
        number: usize,
        identity: Option<Identity>,
        shared: Arc<Shared>,
        presses: mpsc::Receiver<Press>,
        orders: watch::Receiver<Orders>,
    ) -> Self {
        Self {
            number,
            identity,
            gateway: shared.gateways[number % shared.gateways.len()],
            shared,
            presses,
            orders,
            unfinished: vec![],
            followed: VecDeque::new(),
            open: false,
            last_seq: Seq(0),
            attempts: 0,
            failures: 0,
            was_welcomed: false,
        }
    }

    /// Connects after `first_wait`, and again whenever the connection is lost, until it is told to stop.
    pub(super) async fn live(mut self, first_wait: Duration) {
        let mut wait = first_wait;
        while let Ok(()) = self.rest(wait).await {
            self.gateway = self.shared.gateways[(self.number + self.attempts) % self.shared.gateways.len()];
            // A lost or closed connection leads to the next gateway as well.
            self.attempts += 1;
            self.orders.borrow_and_update();
            // In a box, because it is large and most of the time there is none.
            let opened = Box::pin(socket::open(self.gateway, "/phone", None, self.number)).await;
            if let Ok(socket) = opened
                && let End::Stopped = self.connected(socket).await
            {
                break;
            }
            wait = self.shared.jitter(self.reconnect_within());
            self.failures = self.failures.saturating_add(1);
        }
        while let Ok(press) = self.presses.try_recv() {
            self.pressed(&press);
        }
    }

    fn reconnect_within(&self) -> Duration {
        if self.unfinished.is_empty() {
            return RECONNECT_MAX;
        }
        RECONNECT_SOS_FIRST.saturating_mul(1 << self.failures.min(4)).min(RECONNECT_SOS_LAST)
    }

    /// Waits offline; a press ends the wait.
    async fn rest(&mut self, wait: Duration) -> Result<(), End> {
        let time_is_up = sleep(wait);
        tokio::pin!(time_is_up);
        loop {
            tokio::select! {
                () = time_is_up.as_mut() => return Ok(()),
                press = self.presses.recv() => {
                    self.pressed(&press.ok_or(End::Stopped)?);
                    return Ok(());
                }
                changed = self.orders.changed() => self.is_stopped(changed.is_ok())?,
            }
        }
    }

    fn is_stopped(&self, has_swarm: bool) -> Result<(), End> {
        if !has_swarm || self.orders.borrow().stop { Err(End::Stopped) } else { Ok(()) }
    }

    async fn connected(&mut self, mut socket: Socket) -> End {
        let mut link = Link::new();
        let end = loop {
            if let Err(end) = self.listen(&mut socket, &mut link).await {
                break end;
            }
        };
        if link.welcomed {
            self.shared.book.left();
        }
        end
    }

    /// Until something ends the connection; returns to arm the timer anew when something is due earlier.
    async fn listen(&mut self, socket: &mut Socket, link: &mut Link) -> Result<(), End> {
        let armed = self.next_due(link);
        let timer = sleep_until(armed.into());
        tokio::pin!(timer);
        loop {
            tokio::select! {
                message = socket.next() => match message {
                    Some(Ok(Message::Text(text))) => self.heard(socket, link, &text).await?,
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(End::Lost),
                    Some(Ok(_)) => link.heard(),
                },
                press = self.presses.recv() => {
                    self.pressed(&press.ok_or(End::Stopped)?);
                    self.send_due(socket, link).await?;
                }
                changed = self.orders.changed() => {
                    self.is_stopped(changed.is_ok())?;
                    return Err(End::Lost);
                }
                () = timer.as_mut() => {
                    self.on_time(socket, link).await?;
                    return Ok(());
                }
            }
            if self.next_due(link) < armed {
                return Ok(());
            }
        }
    }

    fn ping_interval(&self) -> Duration {
        let seconds = if self.open { PING_INTERVAL_SOS_S } else { PING_INTERVAL_S };
        Duration::from_secs(seconds.into())
    }

    fn next_due(&self, link: &Link) -> Instant {
        if !link.greeted {
            return link.opened_at + CHALLENGE_WITHIN;
        }
        let intervals = if link.pinged { PINGS_MISSED_MAX } else { 1 };
        let quiet = link.heard_at + self.ping_interval() * intervals;
        self.unfinished.iter().map(|press| press.due).fold(quiet, Instant::min)
    }

    async fn on_time(&mut self, socket: &mut Socket, link: &mut Link) -> Result<(), End> {
        let (now, interval) = (now(), self.ping_interval());
        let silent = now >= link.heard_at + interval * PINGS_MISSED_MAX;
        let unheard = self.unfinished.iter().any(|press| press.is_unheard(link.heard_at, now));
        if !link.greeted || silent || unheard {
            return Err(End::Lost);
        }
        if !link.pinged && now >= link.heard_at + interval {
            link.pinged = true;
            send(socket, encode(&PhoneFrame::Ping {})).await?;
        }
        let overdue = self.unfinished.iter().filter(|press| press.received && press.due <= now);
        let overdue: Vec<AlertId> = overdue.map(|press| press.alert_id).take(ASKED_AT_ONCE).collect();
        self.send_due(socket, link).await?;
        for alert_id in overdue {
            Box::pin(self.ask(alert_id)).await;
        }
        Ok(())
    }

    /// Asks over HTTP how far an alert has got: a service repeats no receipt over the socket.
    async fn ask(&mut self, alert_id: AlertId) {
        let url = format!("http://{}/api/alerts/{alert_id}", self.gateway);
        let Ok(turn) = self.shared.asking.acquire().await else { return };
        // Without an answer it asks again the next time.
        let Ok(answer) = self.shared.http.get(url).send().await else { return };
        let Ok(status) = answer.json::<AlertStatus>().await else { return };
        drop(turn);
        let at = now();
        status.receipts.iter().for_each(|receipt| self.receipt(receipt, at));
    }

    async fn heard(&mut self, socket: &mut Socket, link: &mut Link, text: &str) -> Result<(), End> {
        link.heard();
        // A frame of a type that is not known here is none of this phone's business.
        let Ok(frame) = serde_json::from_str::<GatewayFrame>(text) else { return Ok(()) };
        match frame {
            GatewayFrame::Challenge { nonce, .. } => return self.greet(socket, link, &nonce).await,
            GatewayFrame::Welcome { credential, .. } => {
                if !link.welcomed {
                    self.shared.book.welcomed(self.was_welcomed);
                }
                (link.welcomed, self.was_welcomed, self.failures) = (true, true, 0);
                if let (Some(credential), Some(identity)) = (credential, &mut self.identity) {
                    identity.credential = credential;
                }
            }
            GatewayFrame::Receipt { receipt } => self.receipt(&receipt, link.heard_at),
            GatewayFrame::Message { seq, alert_id, message_id, .. } => {
                self.last_seq = self.last_seq.max(seq);
                let delivered = PhoneFrame::Delivered { alert_id, message_ids: vec![message_id] };
                send(socket, encode(&delivered)).await?;
            }
            GatewayFrame::Error { code: ErrorCode::SessionReplaced, .. } => return Err(End::Lost),
            GatewayFrame::Error { code, id: Some(id), .. } => self.refused(code, &id, link.heard_at),
            GatewayFrame::Error { .. }
            | GatewayFrame::Accepted { .. }
            | GatewayFrame::FixesAccepted { .. }
            | GatewayFrame::Cleaned { .. }
            | GatewayFrame::Locate { .. }
            | GatewayFrame::Pong { .. } => {}
        }
        Ok(())
    }

    /// `hello` and everything unfinished in one flight.
    async fn greet(&mut self, socket: &mut Socket, link: &mut Link, nonce: &str) -> Result<(), End> {
        let hello = PhoneFrame::Hello {
            credential: self.identity.as_ref().map(|identity| identity.credential.clone()),
            signature: self.identity.as_ref().map(|identity| identity.sign(&proof::hello(nonce))),
            last_seq: self.last_seq,
            follow: self.follow(),
            app_version: None,
        };
        link.greeted = true;
        let now = now();
        self.unfinished.iter_mut().for_each(|press| press.due = now);
        feed(socket, Message::text(encode(&hello))).await?;
        self.send_due(socket, link).await
    }

    /// For a phone that the service does not know: what is unfinished comes first, then the latest presses.
    fn follow(&self) -> Vec<AlertId> {
        let mut follow: Vec<AlertId> = vec![];
        let unfinished = self.unfinished.iter().rev().map(|press| press.alert_id);
        for alert_id in
            unfinished.filter(|_| self.identity.is_none()).chain(self.followed.iter().rev().copied())
        {
            if follow.len() < FOLLOW_MAX && !follow.contains(&alert_id) {
                follow.push(alert_id);
            }
        }
        follow
    }

    async fn send_due(&mut self, socket: &mut Socket, link: &Link) -> Result<(), End> {
        if !link.greeted {
            return Ok(());
        }
        let now = now();
        for press in self.unfinished.iter_mut().filter(|press| press.due <= now) {
            feed(socket, Message::Text(press.frame.clone())).await?;
            press.sent(now);
            self.shared.book.sent(self.number, press.alert_id);
        }
        flush(socket).await
    }

    fn pressed(&mut self, press: &Press) {
        let shared = &*self.shared;
        let device_time = shared.clock.now().plus_ms(shared.clock_offset_ms.load(Relaxed));
        let (alert_id, frame) = alert(&shared.places, &*shared.entropy, &shared.clock, device_time);
        shared.book.pressed(self.number, alert_id, press.at);
        self.unfinished.push(Unfinished::new(alert_id, frame, now()));
        self.open = true;
        if self.identity.is_none() {
            self.followed.push_back(alert_id);
            if self.followed.len() > FOLLOW_MAX {
                self.followed.pop_front();
            }
        }
    }

    fn receipt(&mut self, receipt: &Receipt, at: Instant) {
        self.shared.book.receipt(self.number, receipt, at);
        if let Some(seq) = receipt.seq {
            self.last_seq = self.last_seq.max(seq);
        }
        if receipt.stage >= Stage::Recorded {
            self.unfinished.retain(|press| press.alert_id != receipt.alert_id);
        } else if let Some(press) = self.unfinished_press(receipt.alert_id) {
            press.received(at);
        }
    }

    fn refused(&mut self, code: ErrorCode, id: &str, at: Instant) {
        let passing = matches!(code, ErrorCode::Unavailable | ErrorCode::Internal);
        let Some(alert_id) = id.parse().ok().filter(|_| passing) else { return };
        let pause = REFUSED_PAUSE + self.shared.jitter(REFUSED_JITTER);
        if let Some(press) = self.unfinished_press(alert_id) {
            press.refused(at, pause);
            self.shared.book.refused(self.number, alert_id);
        }
    }

    fn unfinished_press(&mut self, alert_id: AlertId) -> Option<&mut Unfinished> {
        self.unfinished.iter_mut().find(|press| press.alert_id == alert_id)
    }
}
