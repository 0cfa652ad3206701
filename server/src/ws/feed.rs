//! A console's feed: a snapshot or what was missed, then every entry once and in order.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt};
use sos_core::access::{self, Access, Action, Officer, Scope};
use sos_core::frames;
use sos_core::pseudonym::Mask;
use sos_protocol::ambient::SharedClock;
use sos_protocol::feed::{ConsoleFrame, DutyOfficer, FeedFrame};
use sos_protocol::limits::{HEARTBEAT_INTERVAL_S, HELLO_TIMEOUT_S, REPLAY_ENTRIES_MAX, SNAPSHOT_PART_BYTES};
use sos_protocol::{CaseSummary, ErrorCode, Seq, UnixMs};
use tokio::sync::broadcast::{self, error::RecvError};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use tokio_util::sync::CancellationToken;

use super::outbox::{self, Gone};
use super::socket::Socket;
use crate::auth::secret::token_hash;
use crate::hub::Hub;
use crate::presence::{Console, Presence};
use crate::pseudonyms::Pseudonyms;
use crate::queue::Queue;
use crate::store::staff::Admitted;
use crate::store::{Store, StoreError};
use crate::told::{Told, encode};

/// Entries read from the ledger at a time.
const PAGE: usize = 500;
/// Longest wait, before a heartbeat goes out, for who is on duty.
const LOOK_WITHIN: Duration = Duration::from_secs(1);
/// What a console may say at once of what its officer looks at: somebody who goes through the queue with a key held
/// down …
const LOOKS_BURST_MAX: u32 = 30;
/// … and one more every so many milliseconds. The rest is left out; it says it again soon.
const LOOK_EVERY_MS: i64 = 200;
/// Frames sent in one write.
const FRAMES_AT_ONCE: usize = 64;

/// What feeds need.
pub struct FeedSockets {
    /// For snapshots and far-back entries.
    pub store: Store,
    /// For recent entries.
    pub queue: Arc<Queue>,
    /// For what happens now.
    pub hub: Arc<Hub>,
    /// Who looks at what.
    pub presence: Presence,
    /// For those who are not shown names.
    pub pseudonyms: Pseudonyms,
    /// Time.
    pub clock: SharedClock,
}

/// Why a feed ends.
enum End {
    Gone,
    /// No ticket, or not a good one.
    NotAdmitted,
    /// The account was disabled, or changed so that it has to sign in again.
    SignedOut,
    /// The store is away; the console comes back.
    StoreAway,
    Shutdown,
}

impl From<Gone> for End {
    fn from(Gone: Gone) -> Self {
        Self::Gone
    }
}

impl From<StoreError> for End {
    fn from(error: StoreError) -> Self {
        tracing::warn!(%error, "a console could not be fed");
        Self::StoreAway
    }
}

impl FeedSockets {
    /// Serves one console until it leaves or `shutdown`.
    pub async fn serve(self: Arc<Self>, mut socket: Socket, shutdown: CancellationToken) {
        metrics::gauge!("sos_console_sessions").increment(1);
        let Err(end) = self.run(&mut socket, shutdown).await;
        let (code, reason) = match end {
            End::Gone => (CloseCode::Normal, ""),
            End::NotAdmitted => (CloseCode::Policy, "no good ticket"),
            End::SignedOut => (CloseCode::Policy, "signed out"),
            End::StoreAway => (CloseCode::Again, "the ledger cannot be read; come back"),
            End::Shutdown => (CloseCode::Away, "this node goes down; come back"),
        };
        outbox::close(&mut socket, code, reason).await;
        metrics::gauge!("sos_console_sessions").decrement(1);
    }

    async fn run(
        &self,
        socket: &mut Socket,
        shutdown: CancellationToken,
    ) -> Result<std::convert::Infallible, End> {
        let (Admitted { officer, sign_outs }, after) = tokio::select! {
            () = shutdown.cancelled() => return Err(End::Shutdown),
            admitted = self.admit(socket) => admitted?,
        };
        // Listening starts before the first read, so that nothing falls between the two.
        let told = self.hub.listen();
        let (scope, mask) = (access::scope(&officer), self.pseudonyms.for_reader(&officer));
        let console = self.presence.connect(officer.clone());
        let may_say = Allowance::full(self.clock.now());
        let mut feed = Feed {
            sockets: self,
            officer,
            sign_outs,
            scope,
            mask,
            told,
            done: Seq(0),
            looking: None,
            console,
            may_say,
        };
        match after {
            Some(after) if feed.is_near(after) => {
                feed.done = after;
                feed.catch_up(socket).await?;
            }
            _ => feed.snapshot(socket).await?,
        }
        feed.look_who_is_on_duty();
        let mut beat = tokio::time::interval(Duration::from_secs(u64::from(HEARTBEAT_INTERVAL_S)));
        beat.tick().await;
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return Err(End::Shutdown),
                _ = beat.tick() => feed.look_who_is_on_duty(),
                seen = looked(&mut feed.looking) => feed.heartbeat(socket, seen).await?,
                message = socket.next() => feed.heard(socket, message).await?,
                told = feed.told.recv() => feed.tell(socket, told).await?,
            }
        }
    }

    /// Waits for `hello` with a good ticket.
    async fn admit(&self, socket: &mut Socket) -> Result<(Admitted, Option<Seq>), End> {
        let patience = Duration::from_secs(u64::from(HELLO_TIMEOUT_S));
        let first = tokio::time::timeout(patience, socket.next()).await;
        let Ok(Some(Ok(Message::Text(text)))) = first else { return Err(End::NotAdmitted) };
        if let Ok(ConsoleFrame::Hello { ticket, after_seq }) = frames::from_slice(text.as_bytes())
            && let Some(admitted) = self.store.take_ticket(token_hash(&ticket), self.clock.now()).await?
            && access::may(&admitted.officer, Action::ListCases, None) == Access::Allowed
        {
            return Ok((admitted, after_seq));
        }
        let error =
            FeedFrame::Error { code: ErrorCode::TicketInvalid, detail: "get a new ticket".to_owned() };
        outbox::send(socket, [encode(&error)]).await?;
        Err(End::NotAdmitted)
    }
}

/// A snapshot in parts: a socket takes no frame that is larger than what may wait to be written to it.
fn snapshot_frames(cases: Vec<CaseSummary>, head_seq: Seq, server_time_ms: UnixMs) -> Vec<String> {
    let mut parts: Vec<Vec<CaseSummary>> = vec![vec![]];
    let mut bytes = 0;
    for case in cases {
        let size = encode(&case).len();
        if bytes + size > SNAPSHOT_PART_BYTES && bytes > 0 {
            parts.push(vec![]);
            bytes = 0;
        }
        bytes += size;
        if let Some(part) = parts.last_mut() {
            part.push(case);
        }
    }
    let last = parts.len() - 1;
    let frames = parts
        .into_iter()
        .enumerate()
        .map(|(i, cases)| encode(&FeedFrame::Snapshot { cases, more: i < last, head_seq, server_time_ms }));
    frames.collect()
}

/// What [`Feed::look_who_is_on_duty`] found; never, if it was not asked.
async fn looked(looking: &mut Option<BoxFuture<'static, Looked>>) -> Looked {
    match looking {
        Some(looking) => looking.await,
        None => std::future::pending().await,
    }
}

struct Feed<'a> {
    sockets: &'a FeedSockets,
    officer: Officer,
    /// How often the account had been signed out everywhere when the feed was let in.
    sign_outs: i32,
    scope: Scope,
    /// Names are not shown.
    mask: Option<Mask>,
    told: broadcast::Receiver<Arc<Told>>,
    /// Everything up to here was sent.
    done: Seq,
    /// A heartbeat is due as soon as it is known who is on duty.
    looking: Option<BoxFuture<'static, Looked>>,
    /// For the others who look at the same case.
    console: Console,
    /// How often it may say so.
    may_say: Allowance,
}

/// How fast a console may say what its officer looks at.
struct Allowance {
    left: u32,
    at: UnixMs,
}

impl Allowance {
    const fn full(now: UnixMs) -> Self {
        Self { left: LOOKS_BURST_MAX, at: now }
    }

    fn take(&mut self, now: UnixMs) -> bool {
        let earned = now.since_ms(self.at).max(0) / LOOK_EVERY_MS;
        if earned > 0 {
            self.at = now;
            let earned = u32::try_from(earned).unwrap_or(LOOKS_BURST_MAX);
            self.left = LOOKS_BURST_MAX.min(self.left.saturating_add(earned));
        }
        let may = self.left > 0;
        self.left = self.left.saturating_sub(1);
        may
    }
}

/// What is known at a heartbeat.
#[derive(Default)]
struct Looked {
    on_duty: Vec<DutyOfficer>,
    /// None: the store does not say.
    sign_outs: Option<i32>,
}

impl Feed<'_> {
    fn of(&self, told: &Told) -> Option<Utf8Bytes> {
        told.for_console(&self.scope, self.officer.id, self.mask.as_ref())
    }

    /// Near enough to repeat what was missed.
    fn is_near(&self, after: Seq) -> bool {
        let head = self.sockets.hub.head().0;
        after.0 <= head && head - after.0 <= i64::try_from(REPLAY_ENTRIES_MAX).unwrap_or(i64::MAX)
    }

    async fn snapshot(&mut self, socket: &mut Socket) -> Result<(), End> {
        let (mut cases, head_seq) = self.sockets.store.queue(&self.scope).await?;
        if let Some(mask) = &self.mask {
            cases.iter_mut().for_each(|case| mask.summary(case));
        }
        self.done = head_seq;
        for frame in snapshot_frames(cases, head_seq, self.sockets.clock.now()) {
            outbox::send(socket, [frame]).await?;
        }
        Ok(())
    }

    /// Sends everything after `done` that is in the ledger now: from Redis, or further back from Postgres.
    async fn catch_up(&mut self, socket: &mut Socket) -> Result<(), End> {
        loop {
            let entries = match self.sockets.queue.entries_after(self.done, PAGE).await {
                Ok(Some(entries)) => entries,
                Ok(None) | Err(_) => self.sockets.store.entries_after(self.done, PAGE).await?,
            };
            let Some(last) = entries.last().map(sos_core::entry::LedgerEntry::seq) else { return Ok(()) };
            let told: Vec<Told> = entries.into_iter().map(Told::entry).collect();
            let frames: Vec<Utf8Bytes> = told.iter().filter_map(|told| self.of(told)).collect();
            outbox::send(socket, frames).await?;
            self.done = last;
        }
    }

    /// Asks beside the session: a ring does not wait for the store. While that cannot be asked nobody is said to be
    /// there.
    fn look_who_is_on_duty(&mut self) {
        let (store, officer, now) = (self.sockets.store.clone(), self.officer.id, self.sockets.clock.now());
        let look = async move {
            let _ = store.seen_on_shift(officer, now).await;
            let on_duty = store.on_duty(now).await.unwrap_or_default();
            Looked { on_duty, sign_outs: store.sign_outs(officer).await.ok() }
        };
        let looked = tokio::time::timeout(LOOK_WITHIN, look);
        self.looking = Some(async move { looked.await.unwrap_or_default() }.boxed());
    }

    async fn heartbeat(&mut self, socket: &mut Socket, seen: Looked) -> Result<(), End> {
        self.looking = None;
        let Looked { on_duty, sign_outs } = seen;
        // While the store is away nobody is signed out: a ring does not wait for it.
        if sign_outs.is_some_and(|now| now != self.sign_outs) {
            return Err(End::SignedOut);
        }
        // The node learnt the ledger's head after this feed was read: what lies between is in the ledger.
        if self.sockets.hub.head() > self.done {
            self.catch_up(socket).await?;
        }
        let visible = |officer: &DutyOfficer| match (&self.scope, &self.officer.desk) {
            (Scope::All, None) => true,
            (_, Some(desk)) => &officer.desk_id == desk,
            (Scope::Desk(_) | Scope::Nothing, None) => false,
        };
        let on_duty = on_duty.into_iter().filter(visible).collect();
        let server_time_ms = self.sockets.clock.now();
        let frame = FeedFrame::Heartbeat { head_seq: self.done, server_time_ms, on_duty };
        Ok(outbox::send(socket, [encode(&frame)]).await?)
    }

    async fn heard(
        &mut self,
        socket: &mut Socket,
        message: Option<Result<Message, tokio_tungstenite::tungstenite::Error>>,
    ) -> Result<(), End> {
        match message {
            Some(Ok(Message::Text(text))) => match frames::from_slice(text.as_bytes()) {
                Ok(ConsoleFrame::Resume { after_seq }) => {
                    self.done = after_seq.min(self.done);
                    self.catch_up(socket).await?;
                    self.look_who_is_on_duty();
                    Ok(())
                }
                Ok(ConsoleFrame::Looking { case_id, typing }) => {
                    if self.may_say.take(self.sockets.clock.now()) {
                        self.console.looks(case_id, typing);
                    }
                    Ok(())
                }
                Ok(ConsoleFrame::Hello { .. }) => Ok(()),
                Err(wrong) => {
                    let frame = FeedFrame::Error { code: wrong.code, detail: wrong.detail };
                    Ok(outbox::send(socket, [encode(&frame)]).await?)
                }
            },
            Some(Ok(Message::Close(_)) | Err(_)) | None => Err(End::Gone),
            Some(Ok(_)) => Ok(()),
        }
    }

    /// Sends what was told, with everything else that is ready, in one write.
    async fn tell(&mut self, socket: &mut Socket, first: Result<Arc<Told>, RecvError>) -> Result<(), End> {
        let mut batch = vec![];
        match first {
            Ok(told) => batch.push(told),
            // Too slow for the node's memory: read the ledger again.
            Err(RecvError::Lagged(_)) => return self.catch_up(socket).await,
            Err(RecvError::Closed) => return Err(End::Shutdown),
        }
        while batch.len() < FRAMES_AT_ONCE
            && let Ok(told) = self.told.try_recv()
        {
            batch.push(told);
        }
        let mut frames = vec![];
        for told in &batch {
            if let Some(seq) = told.seq() {
                // The same as at a heartbeat, found earlier.
                if seq.0 > self.done.0 + 1 {
                    outbox::send(socket, std::mem::take(&mut frames)).await?;
                    self.catch_up(socket).await?;
                }
                if seq <= self.done {
                    continue;
                }
                self.done = seq;
            }
            frames.extend(self.of(told));
        }
        Ok(outbox::send(socket, frames).await?)
    }
}
