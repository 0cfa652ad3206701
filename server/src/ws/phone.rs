//! A phone's session: a shell around [`sos_core::frames`] and the intake.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use futures_util::StreamExt;
use sos_core::entry::LedgerEntry;
use sos_core::frames::{self, FromPhone};
use sos_protocol::ambient::{SharedClock, SharedEntropy};
use sos_protocol::lenient::Cleaned;
use sos_protocol::limits::{FOLLOW_MAX, PING_INTERVAL_S};
use sos_protocol::{
    Alert, AlertId, DeviceId, ErrorCode, GatewayFrame, PhoneFrame, Receipt, Seq, SessionId, UnixMs, proof,
};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_util::sync::CancellationToken;

use super::guard::OVERSIZED;
use super::outbox::{self, Gone};
use super::registry::{Handle, Registry, SESSION_BACKLOG_MAX, ToSession};
use super::socket::Socket;
use crate::auth::credential::{CREDENTIAL_MS, Checked, Credentials, Identity};
use crate::deadline::Backoff;
use crate::hub::{Told, encode};
use crate::intake::{Intake, Item, Origin};
use crate::store::{Store, StoreError};

/// How long a phone that was silent for a ping interval has to answer: a half-open connection is found within 25 s.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// Ledger entries of a phone's cases that are read at a time when it comes back …
const REPLAY_PAGE: usize = 500;
/// … and how many times at most: the rest follows when it comes back again.
const REPLAY_PAGES_MAX: usize = 10;
/// Pauses between tries to read them while the store is away.
const REPLAY_PAUSE_FIRST: Duration = Duration::from_secs(1);
/// See [`REPLAY_PAUSE_FIRST`].
const REPLAY_PAUSE_LAST: Duration = Duration::from_secs(10);
/// Frames other than alerts that a phone may send at once …
const BURST_MAX: u32 = 60;
/// … and one more every so many milliseconds.
const FRAME_EVERY_MS: i64 = 200;
/// Alerts that one session follows at most (presses in one connection); the oldest is let go.
const FOLLOWED_MAX: usize = FOLLOW_MAX * 2;

/// What sessions need.
pub struct PhoneSockets {
    /// Takes what they say.
    pub intake: Arc<Intake>,
    /// For the entries that a phone missed.
    pub store: Store,
    /// Knows who they are.
    pub credentials: Credentials,
    /// Finds them again.
    pub registry: Arc<Registry>,
    /// Time.
    pub clock: SharedClock,
    /// Randomness.
    pub entropy: SharedEntropy,
}

/// How a session ends, if the phone did not end it.
enum End {
    Gone,
    Silent,
    Replaced,
    Overflow,
    Shutdown,
}

impl From<Gone> for End {
    fn from(Gone: Gone) -> Self {
        Self::Gone
    }
}

impl PhoneSockets {
    /// Serves one phone until it leaves, falls silent, or `shutdown`.
    pub async fn serve(self: Arc<Self>, mut socket: Socket, shutdown: CancellationToken) {
        metrics::gauge!("sos_phone_sessions").increment(1);
        let (session, inbox) = Session::new(self.clone());
        let end = session.run(&mut socket, inbox, shutdown).await;
        let (code, reason) = match end {
            End::Gone | End::Silent => (CloseCode::Normal, ""),
            End::Replaced => (CloseCode::Library(4001), "another connection of this device took over"),
            End::Overflow => (CloseCode::Again, "too far behind; come back"),
            End::Shutdown => (CloseCode::Away, "this node goes down; come back"),
        };
        outbox::close(&mut socket, code, reason).await;
        metrics::gauge!("sos_phone_sessions").decrement(1);
    }
}

struct Session {
    shared: Arc<PhoneSockets>,
    handle: Handle,
    nonce: String,
    origin: Origin,
    followed: VecDeque<AlertId>,
    /// What was told while the entries before it are still being read; none: nothing is being read.
    held: Option<Vec<Arc<Told>>>,
    /// Frames it may send now without a pause.
    allowance: u32,
    allowance_at: UnixMs,
}

impl Session {
    fn new(shared: Arc<PhoneSockets>) -> (Self, mpsc::Receiver<ToSession>) {
        let now = shared.clock.now();
        let session_id = SessionId(shared.entropy.uuid_v7(now));
        let (inbox, receiver) = mpsc::channel(SESSION_BACKLOG_MAX);
        let mut nonce = [0; 24];
        shared.entropy.fill(&mut nonce);
        let session = Self {
            handle: Handle { session_id, inbox, cut: CancellationToken::new() },
            nonce: B64.encode(nonce),
            origin: Origin { unverified: Some(sos_protocol::Unverified::NoCredential), ..Origin::default() },
            followed: VecDeque::new(),
            held: None,
            allowance: BURST_MAX,
            allowance_at: now,
            shared,
        };
        (session, receiver)
    }

    async fn run(
        mut self,
        socket: &mut Socket,
        mut inbox: mpsc::Receiver<ToSession>,
        shutdown: CancellationToken,
    ) -> End {
        let challenge =
            GatewayFrame::Challenge { nonce: self.nonce.clone(), server_time_ms: self.shared.clock.now() };
        let end = match outbox::send(socket, [encode(&challenge)]).await {
            Err(Gone) => End::Gone,
            Ok(()) => loop {
                if let Err(end) = self.step(socket, &mut inbox, &shutdown).await {
                    break end;
                }
            },
        };
        let followed: Vec<AlertId> = self.followed.iter().copied().collect();
        self.shared.registry.leave(self.origin.device_id, &followed, self.handle.session_id);
        end
    }

    async fn step(
        &mut self,
        socket: &mut Socket,
        inbox: &mut mpsc::Receiver<ToSession>,
        shutdown: &CancellationToken,
    ) -> Result<(), End> {
        let interval = Duration::from_secs(u64::from(PING_INTERVAL_S));
        let cut = self.handle.cut.clone();
        tokio::select! {
            () = shutdown.cancelled() => Err(End::Shutdown),
            () = cut.cancelled() => Err(End::Overflow),
            message = quiet_for(interval, socket) => match message {
                Heard::Frame(text) => {
                    let answers = self.frame(&text).await;
                    Ok(outbox::send(socket, answers.iter().map(encode)).await?)
                }
                Heard::Binary => {
                    let error = error(ErrorCode::BinaryFrame, "text frames only", None);
                    Ok(outbox::send(socket, [encode(&error)]).await?)
                }
                Heard::Sign => Ok(()),
                Heard::End => Err(End::Gone),
                Heard::Nothing => self.knock(socket).await,
            },
            item = inbox.recv() => match item {
                Some(item) => self.pass_on(socket, inbox, item).await,
                None => Err(End::Shutdown),
            },
        }
    }

    /// Nothing for a ping interval: asks, and gives up if the other side stays silent.
    async fn knock(&mut self, socket: &mut Socket) -> Result<(), End> {
        outbox::ping(socket).await?;
        match quiet_for(ANSWER_WITHIN, socket).await {
            Heard::Frame(text) => {
                let answers = self.frame(&text).await;
                Ok(outbox::send(socket, answers.iter().map(encode)).await?)
            }
            Heard::Sign | Heard::Binary => Ok(()),
            Heard::End => Err(End::Gone),
            Heard::Nothing => Err(End::Silent),
        }
    }

    /// Sends what came, with everything else that is ready, in one write.
    async fn pass_on(
        &mut self,
        socket: &mut Socket,
        inbox: &mut mpsc::Receiver<ToSession>,
        first: ToSession,
    ) -> Result<(), End> {
        let mut frames = vec![];
        let mut next = Some(first);
        while let Some(item) = next {
            match item {
                ToSession::Told(told) => match &mut self.held {
                    Some(held) if held.len() >= SESSION_BACKLOG_MAX => return Err(End::Overflow),
                    Some(held) => held.push(told),
                    None => frames.extend(self.frames_of(&told)),
                },
                ToSession::Missed(missed) => {
                    let done = missed.last().and_then(|told| told.seq());
                    let held = self.held.take().unwrap_or_default();
                    let after = held.into_iter().filter(|told| told.seq() > done);
                    frames.extend(missed.into_iter().chain(after).flat_map(|told| self.frames_of(&told)));
                }
                ToSession::MissedLater => {
                    let held = self.held.take().unwrap_or_default();
                    frames.extend(held.iter().flat_map(|told| self.frames_of(told)));
                }
                ToSession::Replaced => {
                    let error = error(ErrorCode::SessionReplaced, "another connection of this device", None);
                    let _ = outbox::send(socket, [encode(&error)]).await;
                    return Err(End::Replaced);
                }
            }
            next = inbox.try_recv().ok();
        }
        Ok(outbox::send(socket, frames).await?)
    }

    fn frames_of(&self, told: &Told) -> Vec<String> {
        let Told::Entry { entry, .. } = told else { return vec![] };
        frames_for(entry, self.proven_device(), &self.followed)
    }

    fn proven_device(&self) -> Option<DeviceId> {
        self.origin.device_id.filter(|_| self.origin.is_proven())
    }

    async fn frame(&mut self, text: &str) -> Vec<GatewayFrame> {
        let now = self.shared.clock.now();
        if let Some(head) = text.strip_prefix(OVERSIZED) {
            let Some(alert) = frames::salvage(head, ErrorCode::TooLarge, now) else {
                return vec![error(ErrorCode::TooLarge, "the frame is too large", None)];
            };
            return self.alert(alert).await;
        }
        match frames::from_phone(text, now) {
            Ok(FromPhone::Alert(alert)) => self.alert(alert).await,
            Ok(said) if !self.may_send(now) => {
                vec![error(ErrorCode::RateLimited, "too many frames; wait a second", said.id())]
            }
            Ok(FromPhone::Fixes { alert_id, fix_ids, fixes, dropped }) => {
                match self.shared.intake.take_fixes(alert_id, fixes).await {
                    Ok(()) => vec![GatewayFrame::FixesAccepted { fix_ids, dropped }],
                    Err(_) => {
                        vec![error(ErrorCode::Unavailable, "fixes not taken", Some(alert_id.to_string()))]
                    }
                }
            }
            Ok(FromPhone::Other(frame)) => self.other(frame, now).await,
            Err(wrong) => {
                metrics::counter!("sos_phone_bad_frames_total", "code" => wrong.code.as_str()).increment(1);
                vec![GatewayFrame::Error { code: wrong.code, detail: wrong.detail, id: wrong.id }]
            }
        }
    }

    /// An SOS: kept first, everything else after that.
    async fn alert(&mut self, Cleaned { value: alert, dropped }: Cleaned<Alert>) -> Vec<GatewayFrame> {
        let alert_id = alert.alert_id;
        self.follow(alert_id);
        let item = Item::Alert { alert, dropped: dropped.clone() };
        let received = match self.shared.intake.take(self.origin.clone(), item).await {
            Ok(at_ms) => GatewayFrame::Receipt { receipt: Receipt::received(alert_id, at_ms) },
            Err(not_taken) => {
                return vec![error(
                    ErrorCode::Unavailable,
                    &not_taken.to_string(),
                    Some(alert_id.to_string()),
                )];
            }
        };
        metrics::counter!("sos_alerts_received_total", "by" => "websocket").increment(1);
        let cleaned = (!dropped.is_empty()).then_some(GatewayFrame::Cleaned { alert_id, dropped });
        std::iter::once(received).chain(cleaned).collect()
    }

    async fn other(&mut self, frame: PhoneFrame, now: UnixMs) -> Vec<GatewayFrame> {
        match frame {
            PhoneFrame::Hello { credential, signature, last_seq, app_version: _, follow } => {
                let message = proof::hello(&self.nonce);
                let checked =
                    self.shared.credentials.check(credential.as_deref(), signature.as_deref(), &message, now);
                vec![self.greet(&checked, last_seq, &follow, now)]
            }
            PhoneFrame::Cancel { alert_id, device_time_ms: _ } => {
                self.keep(alert_id.to_string(), Item::Cancel { alert_id }).await
            }
            PhoneFrame::Message { message_id, alert_id, text, device_time_ms: _ } => {
                self.keep(message_id.to_string(), Item::Message { message_id, alert_id, text }).await
            }
            PhoneFrame::Delivered { alert_id, message_ids } => {
                let message_ids = frames::distinct(message_ids);
                let _ = self.keep(String::new(), Item::Delivered { alert_id, message_ids }).await;
                vec![]
            }
            PhoneFrame::Ping {} => vec![GatewayFrame::Pong { server_time_ms: now }],
            // Read before, see `frame`.
            PhoneFrame::Alert { .. } | PhoneFrame::Fixes { .. } => vec![],
        }
    }

    async fn keep(&mut self, id: String, item: Item) -> Vec<GatewayFrame> {
        self.follow(item.alert_id());
        match self.shared.intake.take(self.origin.clone(), item).await {
            Ok(at_ms) => vec![GatewayFrame::Accepted { id, at_ms }],
            Err(not_taken) => vec![error(ErrorCode::Unavailable, &not_taken.to_string(), Some(id))],
        }
    }

    fn greet(&mut self, checked: &Checked, last_seq: Seq, follow: &[AlertId], now: UnixMs) -> GatewayFrame {
        self.shared.registry.leave(self.origin.device_id, &[], self.handle.session_id);
        self.origin = Origin::from(checked);

        // Only the phone itself may take over from an earlier connection, and hear what is said to it.
        let device = self.proven_device();
        if let Some(device) = device {
            self.shared.registry.join(device, self.handle.clone());
        }
        follow.iter().for_each(|alert| self.follow(*alert));
        self.replay(device, follow.to_vec(), last_seq);
        let identity = checked.identity.as_ref().filter(|_| self.origin.is_proven());
        GatewayFrame::Welcome {
            session_id: self.handle.session_id,
            verified: checked.unverified.is_none(),
            unverified: checked.unverified,
            credential: identity.and_then(|identity| self.renewed(identity, now)),
            server_time_ms: now,
        }
    }

    /// A credential in the second half of its time, or past it, is replaced.
    fn renewed(&self, identity: &Identity, now: UnixMs) -> Option<String> {
        let due = now.since_ms(identity.made_at) > CREDENTIAL_MS / 2;
        due.then(|| self.shared.credentials.make(&Identity { made_at: now, ..identity.clone() }))
    }

    /// Reads what the phone missed, beside the session: an SOS never waits for a store's answer to this.
    fn replay(&mut self, device: Option<DeviceId>, follow: Vec<AlertId>, after: Seq) {
        let is_reading = self.held.is_some();
        if is_reading || (device.is_none() && follow.is_empty()) {
            return;
        }
        self.held = Some(vec![]);
        let (store, handle) = (self.shared.store.clone(), self.handle.clone());
        tokio::spawn(async move {
            let mut pause = Backoff::new(REPLAY_PAUSE_FIRST, REPLAY_PAUSE_LAST);
            while !handle.inbox.is_closed() {
                match missed(&store, device, &follow, after).await {
                    Ok(missed) => {
                        let _ = handle.inbox.send(ToSession::Missed(missed)).await;
                        return;
                    }
                    Err(error) => {
                        tracing::warn!(%error, "a phone cannot be told yet what it missed");
                        let _ = handle.inbox.send(ToSession::MissedLater).await;
                        pause.pause(&handle.cut).await;
                    }
                }
            }
        });
    }

    fn follow(&mut self, alert: AlertId) {
        if self.followed.contains(&alert) {
            return;
        }
        self.followed.push_back(alert);
        self.shared.registry.follow(alert, &self.handle);
        if self.followed.len() > FOLLOWED_MAX
            && let Some(oldest) = self.followed.pop_front()
        {
            self.shared.registry.leave(None, &[oldest], self.handle.session_id);
        }
    }

    fn may_send(&mut self, now: UnixMs) -> bool {
        let earned = now.since_ms(self.allowance_at).max(0) / FRAME_EVERY_MS;
        if earned > 0 {
            self.allowance_at = now;
            self.allowance =
                BURST_MAX.min(self.allowance.saturating_add(u32::try_from(earned).unwrap_or(BURST_MAX)));
        }
        let may = self.allowance > 0;
        self.allowance = self.allowance.saturating_sub(1);
        may
    }
}

/// What a phone with this device, or that follows these alerts, has not heard since `after`.
async fn missed(
    store: &Store,
    device: Option<DeviceId>,
    follow: &[AlertId],
    mut after: Seq,
) -> Result<Vec<Arc<Told>>, StoreError> {
    let mut missed = vec![];
    for _ in 0..REPLAY_PAGES_MAX {
        let page = store.entries_of_phone(device, follow, after, REPLAY_PAGE).await?;
        let is_last = page.len() < REPLAY_PAGE;
        after = page.last().map_or(after, LedgerEntry::seq);
        missed.extend(page.into_iter().map(|entry| Arc::new(Told::entry(entry))));
        if is_last {
            break;
        }
    }
    Ok(missed)
}

/// What an entry means for a phone with this device, or that follows these alerts.
fn frames_for(entry: &LedgerEntry, device: Option<DeviceId>, followed: &VecDeque<AlertId>) -> Vec<String> {
    let mine = entry.alerts.iter().filter(|alert| {
        followed.contains(&alert.alert_id) || (device.is_some() && alert.device_id == device)
    });
    mine.flat_map(|alert| entry.for_phone(*alert)).map(|frame| encode(&frame)).collect()
}

fn error(code: ErrorCode, detail: &str, id: Option<String>) -> GatewayFrame {
    GatewayFrame::Error { code, detail: detail.to_owned(), id: id.filter(|id| !id.is_empty()) }
}

enum Heard {
    Frame(String),
    Binary,
    /// A ping or pong below the frames.
    Sign,
    End,
    Nothing,
}

/// Waits for the next sign of life, but no longer than `limit`.
async fn quiet_for(limit: Duration, socket: &mut Socket) -> Heard {
    match tokio::time::timeout(limit, socket.next()).await {
        Err(_) => Heard::Nothing,
        Ok(Some(Ok(Message::Text(text)))) => Heard::Frame(text.as_str().to_owned()),
        Ok(Some(Ok(Message::Binary(_)))) => Heard::Binary,
        Ok(Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_)))) => Heard::Sign,
        Ok(Some(Ok(Message::Close(_)) | Err(_)) | None) => Heard::End,
    }
}
