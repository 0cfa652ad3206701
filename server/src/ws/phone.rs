//! A phone's session: a shell around [`sos_core::session`] that does what the machine answers.

use std::future::pending;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use futures_util::StreamExt;
use sos_core::entry::LedgerEntry;
use sos_core::recording::{Item, Origin};
use sos_core::session::{BACKLOG_MAX, Checked, Close, Hello, Input, Output, ReadMissed, Session, Ticket};
use sos_protocol::ambient::{SharedClock, SharedEntropy};
use sos_protocol::{AlertId, ErrorCode, Fix, GatewayFrame, SessionId, Stage, UnixMs};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::{Sleep, sleep};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_util::sync::CancellationToken;

use super::guard::OVERSIZED;
use super::outbox;
use super::registry::{Handle, Registry, ToSession};
use super::socket::Socket;
use crate::auth::credential::{CREDENTIAL_MS, Credentials, Identity};
use crate::intake::{Intake, NotTaken};
use crate::pins::{PinError, Pins};
use crate::store::{Store, StoreError};
use crate::told::{Told, encode};

/// Ledger entries of a phone's cases that are read at a time when it comes back.
const REPLAY_PAGE: usize = 500;
/// Phones for which that is read at the same moment; the others wait for their turn.
const REPLAYS_MAX: usize = 8;
/// How long what is being kept is waited for when a connection ends: the two stores' deadlines one after the other.
const DRAIN_WITHIN: Duration = Duration::from_secs(6);

/// What sessions need.
pub struct PhoneSockets {
    /// Takes what they say.
    pub intake: Arc<Intake>,
    /// For the entries that a phone missed.
    pub missed: MissedEntries,
    /// Knows who they are.
    pub credentials: Credentials,
    /// Looks at the PIN with which a press is taken back.
    pub pins: Pins,
    /// Finds them again.
    pub registry: Arc<Registry>,
    /// Time.
    pub clock: SharedClock,
    /// Randomness.
    pub entropy: SharedEntropy,
}

impl PhoneSockets {
    /// Serves one phone until it leaves, falls silent, or `shutdown`.
    pub async fn serve(self: Arc<Self>, mut socket: Socket, shutdown: CancellationToken) {
        metrics::gauge!("sos_phone_sessions").increment(1);
        let (mut shell, inbox) = Shell::new(self);
        shell.run(&mut socket, inbox, shutdown).await;
        shell.leave();
        // Most often nothing is under way; boxed, so that an idle session does not hold the room for it.
        Box::pin(shell.drain(&mut socket)).await;
        let (code, reason) = shell.closing.map_or((1000, ""), Close::code);
        outbox::close(&mut socket, CloseCode::from(code), reason).await;
        metrics::gauge!("sos_phone_sessions").decrement(1);
    }

    /// A credential in the second half of its time, or past it, is replaced; that of a borrowed phone never.
    fn renewed(&self, identity: &Identity, now: UnixMs) -> Option<String> {
        let due = now.since_ms(identity.made_at) > CREDENTIAL_MS / 2 && identity.until.is_none();
        due.then(|| self.credentials.make(&Identity { made_at: now, ..identity.clone() }))
    }
}

type Kept = Result<UnixMs, ErrorCode>;
type Missed = Result<Vec<LedgerEntry>, StoreError>;

/// Reads what phones missed, a few at a time: when all phones come back at once the officers still get at the store.
#[derive(Clone)]
pub struct MissedEntries {
    store: Store,
    turns: Arc<Semaphore>,
}

impl MissedEntries {
    /// From `store`.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store, turns: Arc::new(Semaphore::new(REPLAYS_MAX)) }
    }

    async fn read(self, what: ReadMissed) -> Missed {
        sleep(what.pause).await;
        let _turn = self.turns.acquire().await;
        self.store.entries_of_phone(what.device, &what.follow, what.after, REPLAY_PAGE).await
    }
}

/// What woke a session up.
enum Woken {
    Heard(Option<Result<Message, tungstenite::Error>>),
    Silence,
    Kept(Option<Result<(Ticket, Kept), tokio::task::JoinError>>),
    Read(Missed),
    Told(Option<ToSession>),
    Overflow,
    Shutdown,
}

struct Shell {
    shared: Arc<PhoneSockets>,
    session: Session,
    handle: Handle,
    /// What is being put on disk, whatever the socket does in the meantime.
    keeping: JoinSet<(Ticket, Kept)>,
    /// What it missed, while that is read.
    reading: Option<Pin<Box<dyn Future<Output = Missed> + Send>>>,
    /// Not sent yet.
    frames: Vec<String>,
    knocks: bool,
    /// It is a borrowed phone, until then.
    until: Option<UnixMs>,
    closing: Option<Close>,
}

/// The socket is of no use any more.
struct Gone;

impl Shell {
    fn new(shared: Arc<PhoneSockets>) -> (Self, mpsc::Receiver<ToSession>) {
        let now = shared.clock.now();
        let session_id = SessionId(shared.entropy.uuid_v7(now));
        let (inbox, receiver) = mpsc::channel(BACKLOG_MAX);
        let mut nonce = [0; 24];
        shared.entropy.fill(&mut nonce);
        let session = Session::new(session_id, B64.encode(nonce), now);
        let shell = Self {
            handle: Handle { session_id, inbox, cut: CancellationToken::new() },
            keeping: JoinSet::new(),
            reading: None,
            frames: vec![encode(&session.challenge(now))],
            knocks: false,
            until: None,
            closing: None,
            session,
            shared,
        };
        (shell, receiver)
    }

    async fn run(
        &mut self,
        socket: &mut Socket,
        mut inbox: mpsc::Receiver<ToSession>,
        shutdown: CancellationToken,
    ) {
        let mut quiet = std::pin::pin!(sleep(self.session.patience()));
        while self.send(socket).await.is_ok() && self.closing.is_none() {
            let woken = self.wait(socket, &mut inbox, &shutdown, quiet.as_mut()).await;
            let heard = matches!(woken, Woken::Heard(_) | Woken::Silence);
            if self.happened(woken).is_err() {
                return;
            }
            if heard {
                // What it said still counts as far as the store lets it; then it comes back as one that is not known.
                if self.until.is_some_and(|until| until <= self.shared.clock.now()) {
                    self.on(Input::Ended);
                }
                quiet.set(sleep(self.session.patience()));
            }
            self.take_what_is_ready(&mut inbox);
        }
    }

    async fn wait(
        &mut self,
        socket: &mut Socket,
        inbox: &mut mpsc::Receiver<ToSession>,
        shutdown: &CancellationToken,
        quiet: Pin<&mut Sleep>,
    ) -> Woken {
        let reads = self.session.reads();
        let reading = async {
            match &mut self.reading {
                Some(reading) => reading.await,
                None => pending().await,
            }
        };
        tokio::select! {
            () = shutdown.cancelled() => Woken::Shutdown,
            () = self.handle.cut.cancelled() => Woken::Overflow,
            kept = self.keeping.join_next(), if !self.keeping.is_empty() => Woken::Kept(kept),
            missed = reading => Woken::Read(missed),
            message = socket.next(), if reads => Woken::Heard(message),
            item = inbox.recv() => Woken::Told(item),
            () = quiet, if reads => Woken::Silence,
        }
    }

    fn happened(&mut self, woken: Woken) -> Result<(), Gone> {
        match woken {
            Woken::Heard(Some(Ok(message))) => return self.heard(&message),
            Woken::Heard(None | Some(Err(_))) => return Err(Gone),
            Woken::Silence => self.on(Input::Silence),
            Woken::Kept(Some(Ok((ticket, at)))) => self.on(Input::Kept(ticket, at)),
            // Nobody will answer for it: the phone asks again over another connection.
            Woken::Kept(Some(Err(_))) | Woken::Overflow => self.on(Input::Overflow),
            Woken::Kept(None) => {}
            Woken::Read(missed) => self.read(missed),
            Woken::Told(Some(ToSession::Told(told))) => self.told(&told),
            Woken::Told(Some(ToSession::Replaced)) => self.on(Input::Replaced),
            Woken::Told(None) | Woken::Shutdown => self.on(Input::Shutdown),
        }
        Ok(())
    }

    /// What is ready together goes out in one write.
    fn take_what_is_ready(&mut self, inbox: &mut mpsc::Receiver<ToSession>) {
        while let Some(kept) = self.keeping.try_join_next() {
            let _ = self.happened(Woken::Kept(Some(kept)));
        }
        for _ in 0..BACKLOG_MAX {
            let Ok(item) = inbox.try_recv() else { return };
            let _ = self.happened(Woken::Told(Some(item)));
        }
    }

    fn heard(&mut self, message: &Message) -> Result<(), Gone> {
        match message {
            Message::Text(text) => match text.strip_prefix(OVERSIZED) {
                Some(head) => self.on(Input::Oversized(head)),
                None => self.on(Input::Frame(text)),
            },
            Message::Binary(_) => self.on(Input::Binary),
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => self.on(Input::Sign),
            Message::Close(_) => return Err(Gone),
        }
        Ok(())
    }

    fn told(&mut self, told: &Told) {
        if let Told::Entry { entry, .. } = told {
            self.on(Input::Told(entry));
        }
    }

    fn read(&mut self, missed: Missed) {
        self.reading = None;
        match missed {
            Ok(entries) => {
                let more = entries.len() >= REPLAY_PAGE;
                self.on(Input::Missed { entries: &entries, more });
            }
            Err(error) => {
                tracing::warn!(%error, "a phone cannot be told yet what it missed");
                self.on(Input::MissedUnreadable);
            }
        }
    }

    fn on(&mut self, input: Input<'_>) {
        for output in self.session.handle(self.shared.clock.now(), input) {
            self.perform(output);
        }
    }

    fn perform(&mut self, output: Output) {
        let registry = &self.shared.registry;
        match output {
            Output::Send(frame) => self.push(&frame),
            Output::Refuse(wrong) => {
                metrics::counter!("sos_phone_bad_frames_total", "code" => wrong.code.as_str()).increment(1);
                self.push(&GatewayFrame::Error { code: wrong.code, detail: wrong.detail, id: wrong.id });
            }
            Output::Check(hello) => self.check(hello),
            Output::Keep(ticket, origin, item) => self.keep(ticket, origin, item),
            Output::TakeBack(ticket, origin, alert_id, pin) => self.take_back(ticket, origin, alert_id, pin),
            Output::KeepFixes(ticket, alert_id, fixes) => self.keep_fixes(ticket, alert_id, fixes),
            Output::ReadMissed(what) => self.read_missed(what),
            Output::Join(device) => registry.join(device, self.handle.clone()),
            Output::Leave(device) => registry.leave(Some(device), &[], self.handle.session_id),
            Output::Follow(alert) => registry.follow(alert, &self.handle),
            Output::Unfollow(alert) => registry.leave(None, &[alert], self.handle.session_id),
            Output::Ping => self.knocks = true,
            Output::Close(why) => self.closing = Some(why),
        }
    }

    fn push(&mut self, frame: &GatewayFrame) {
        if matches!(frame, GatewayFrame::Receipt { receipt } if receipt.stage == Stage::Received) {
            metrics::counter!("sos_alerts_received_total", "by" => "websocket").increment(1);
        }
        self.frames.push(encode(frame));
    }

    fn check(&mut self, hello: Hello) {
        let now = self.shared.clock.now();
        let (credential, signature) = (hello.credential.as_deref(), hello.signature.as_deref());
        let checked = self.shared.credentials.check(credential, signature, &hello.signed, now);
        let origin = Origin::from(&checked);
        let identity = checked.identity.as_ref().filter(|_| origin.is_proven());
        self.until = identity.and_then(|identity| identity.until);
        let renewed = identity.and_then(|identity| self.shared.renewed(identity, now));
        self.on(Input::Checked(hello, Checked { origin, renewed }));
    }

    fn keep(&mut self, ticket: Ticket, origin: Origin, item: Item) {
        let shared = self.shared.clone();
        self.keeping.spawn(async move { (ticket, kept(shared.intake.take(origin, item).await)) });
    }

    fn take_back(
        &mut self,
        ticket: Ticket,
        origin: Origin,
        alert_id: AlertId,
        pin: Option<sos_protocol::Pin>,
    ) {
        let shared = self.shared.clone();
        self.keeping.spawn(async move {
            let item = match shared.pins.taken_back(&origin, alert_id, pin).await {
                Ok(item) => item,
                Err(why) => {
                    if let PinError::Store(_) | PinError::Hash(_) = why {
                        tracing::warn!(error = %why, "a PIN cannot be looked at");
                    }
                    return (ticket, Err(why.code()));
                }
            };
            (ticket, kept(shared.intake.take(origin, item).await))
        });
    }

    fn keep_fixes(&mut self, ticket: Ticket, alert_id: AlertId, fixes: Vec<Fix>) {
        let shared = self.shared.clone();
        self.keeping.spawn(async move {
            let taken = shared.intake.take_fixes(alert_id, fixes).await;
            (ticket, kept(taken.map(|()| shared.clock.now())))
        });
    }

    fn read_missed(&mut self, what: ReadMissed) {
        self.reading = Some(Box::pin(self.shared.missed.clone().read(what)));
    }

    async fn send(&mut self, socket: &mut Socket) -> Result<(), outbox::Gone> {
        if !self.frames.is_empty() {
            outbox::send(socket, std::mem::take(&mut self.frames)).await?;
        }
        if std::mem::take(&mut self.knocks) {
            outbox::ping(socket).await?;
        }
        Ok(())
    }

    fn leave(&self) {
        let followed: Vec<AlertId> = self.session.followed().collect();
        self.shared.registry.leave(self.session.device(), &followed, self.handle.session_id);
    }

    /// Waits for what is being kept: what the phone sent with its last breath is taken all the same.
    async fn drain(&mut self, socket: &mut Socket) {
        let drained = tokio::time::timeout(DRAIN_WITHIN, async {
            while let Some(kept) = self.keeping.join_next().await {
                let _ = self.happened(Woken::Kept(Some(kept)));
            }
        });
        if drained.await.is_err() {
            self.keeping.detach_all();
        }
        let _ = self.send(socket).await;
    }
}

fn kept(taken: Result<UnixMs, NotTaken>) -> Kept {
    taken.map_err(|NotTaken| ErrorCode::Unavailable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size_of_future<A, B, C, F>(_: impl Fn(A, B, C) -> F) -> usize {
        size_of::<F>()
    }

    /// Ten thousand phones may be connected and say nothing.
    #[test]
    fn an_idle_session_is_small() {
        let bytes = size_of_future(PhoneSockets::serve);
        assert!(bytes <= 3 * 1024, "{bytes}");
        assert!(size_of::<Shell>() <= 512, "{}", size_of::<Shell>());
    }
}
