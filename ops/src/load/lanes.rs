//! Phones that send frame after frame, one in flight each: the same client for the service, the reference gateway and
//! the echo.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use futures_util::{SinkExt, StreamExt, TryStreamExt, stream};
use sos_protocol::ambient::{SeededEntropy, SystemClock};
use sos_protocol::{AlertId, Fix, PhoneFrame, Seq};
use tokio::task::JoinSet;
use tokio::time::{sleep_until, timeout};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use super::times::{Times, count};
use crate::swarm::alerts::{alert, encode, fix};
use crate::swarm::now;
use crate::swarm::places::Places;
use crate::swarm::socket::{self, Socket};

/// Frames that a connection may send without a pause: the service allows bursts of 60 and 5 a second after that.
/// Lanes have several connections each, so that the limit is not what is measured.
const FRAMES_A_CONNECTION: usize = 50;
/// Connections that are opened at once.
const OPENED_AT_ONCE: usize = 64;
/// A connection that was not used for so long is opened anew before a run: nobody answered the service's pings on it.
const UNUSED_MAX: Duration = Duration::from_secs(10);
/// Longest wait for an answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// Who answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Peer {
    Service,
    Reference,
    Echo,
}

/// What a run came to.
#[derive(Debug, Default)]
pub(super) struct Run {
    /// From the frame's way out to its answer.
    pub(super) times: Times,
    /// Answers that were errors.
    pub(super) errors: usize,
    elapsed: Duration,
}

impl Run {
    /// Acknowledged a second.
    pub(super) fn rate(&self) -> f64 {
        count(self.times.len()) / self.elapsed.as_secs_f64().max(f64::EPSILON)
    }

    fn join(&mut self, other: Self) {
        self.times.join(other.times);
        self.errors += other.errors;
        self.elapsed = self.elapsed.max(other.elapsed);
    }
}

/// What the frames are made of.
struct Source {
    places: Places,
    entropy: Arc<SeededEntropy>,
    clock: SystemClock,
}

impl Source {
    fn fix(&self) -> Fix {
        fix(&self.places, &*self.entropy, &self.clock)
    }
}

struct Lane {
    gateway: SocketAddr,
    number: usize,
    sockets: Vec<Socket>,
    /// When the last of them was opened, or all of them were last in use.
    used_at: Instant,
    alert_id: AlertId,
    peer: Peer,
    source: Arc<Source>,
    sent: usize,
}

/// Phones that are connected and have an open case each.
pub(super) struct Lanes {
    lanes: Vec<Lane>,
}

impl Lanes {
    /// `lanes` phones with `connections` each.
    ///
    /// # Errors
    /// When one of them is not let in.
    pub(super) async fn open(
        gateway: SocketAddr,
        peer: Peer,
        lanes: usize,
        connections: usize,
        seed: u64,
    ) -> Result<Self> {
        let source = Arc::new(Source {
            places: Places::load()?,
            entropy: SeededEntropy::new(seed),
            clock: SystemClock::new(),
        });
        let open = |number| Lane::open(gateway, peer, number, connections, Arc::clone(&source));
        let opened = stream::iter((0..lanes).map(open)).buffer_unordered(OPENED_AT_ONCE);
        Ok(Self { lanes: opened.try_collect().await.context("opening connections for frames")? })
    }

    /// Frames as fast as they are answered, for `limit` or until the connections' allowance is used up.
    ///
    /// # Errors
    /// When a connection is lost.
    pub(super) async fn closed_loop(&mut self, limit: Duration) -> Result<Run> {
        self.refresh().await?;
        let start = now();
        self.all(move |mut lane, _| async move {
            let run = lane.closed_loop(start, limit).await?;
            Ok((lane, run))
        })
        .await
    }

    /// `rate` frames a second over all lanes, evenly spaced, for `limit`.
    ///
    /// # Errors
    /// When a connection is lost.
    pub(super) async fn at_rate(&mut self, rate: f64, limit: Duration) -> Result<Run> {
        let every = Duration::from_secs_f64(count(self.lanes.len()) / rate);
        self.refresh().await?;
        let start = now();
        let lanes = count(self.lanes.len());
        self.all(move |mut lane, number| async move {
            let first = start + every.mul_f64(count(number) / lanes);
            let run = lane.at_rate(start, first, every, limit).await?;
            Ok((lane, run))
        })
        .await
    }

    async fn refresh(&mut self) -> Result<()> {
        let refreshed = self.lanes.iter_mut().map(Lane::refresh);
        stream::iter(refreshed).buffer_unordered(OPENED_AT_ONCE).try_collect().await
    }

    async fn all<F>(&mut self, drive: impl Fn(Lane, usize) -> F) -> Result<Run>
    where
        F: Future<Output = Result<(Lane, Run)>> + Send + 'static,
    {
        let mut tasks = JoinSet::new();
        for (number, lane) in std::mem::take(&mut self.lanes).into_iter().enumerate() {
            tasks.spawn(drive(lane, number));
        }
        let mut all = Run::default();
        while let Some(ended) = tasks.join_next().await {
            let (lane, run) = ended.context("a phone broke off")??;
            self.lanes.push(lane);
            all.join(run);
        }
        Ok(all)
    }
}

impl Lane {
    async fn open(
        gateway: SocketAddr,
        peer: Peer,
        number: usize,
        connections: usize,
        source: Arc<Source>,
    ) -> Result<Self> {
        let mut sockets = Vec::with_capacity(connections);
        for _ in 0..connections {
            sockets.push(connection(gateway, peer, number).await?);
        }
        let clock = SystemClock::new();
        let now = sos_protocol::ambient::Clock::now(&clock);
        let (alert_id, frame) = alert(&source.places, &*source.entropy, &clock, now);
        if peer == Peer::Service {
            sockets[0].send(Message::Text(frame)).await?;
            until(&mut sockets[0], |text| text.contains(r#""stage":"recorded""#)).await?;
        }
        Ok(Self { gateway, number, sockets, used_at: crate::swarm::now(), alert_id, peer, source, sent: 0 })
    }

    async fn refresh(&mut self) -> Result<()> {
        if self.used_at.elapsed() > UNUSED_MAX {
            for socket in &mut self.sockets {
                *socket = connection(self.gateway, self.peer, self.number).await?;
            }
        }
        self.used_at = now();
        Ok(())
    }

    async fn closed_loop(&mut self, start: Instant, limit: Duration) -> Result<Run> {
        let mut run = Run::default();
        let budget = FRAMES_A_CONNECTION * self.sockets.len();
        while run.times.len() + run.errors < budget && start.elapsed() < limit {
            self.exchange(now(), &mut run).await?;
        }
        run.elapsed = start.elapsed();
        self.used_at = now();
        Ok(run)
    }

    async fn at_rate(
        &mut self,
        start: Instant,
        first: Instant,
        every: Duration,
        limit: Duration,
    ) -> Result<Run> {
        let (mut run, mut at) = (Run::default(), first);
        while at < start + limit {
            let late = now() > at;
            sleep_until(at.into()).await;
            // A timer wakes up to 1 ms late, which is not the service's fault; being behind is.
            self.exchange(if late { at } else { now() }, &mut run).await?;
            at += every;
        }
        run.elapsed = limit;
        self.used_at = now();
        Ok(run)
    }

    /// One frame and its answer, over the connections in turn.
    async fn exchange(&mut self, since: Instant, run: &mut Run) -> Result<()> {
        let number = self.sent % self.sockets.len();
        self.sent += 1;
        let frame = encode(&PhoneFrame::Fixes { alert_id: self.alert_id, fixes: vec![self.source.fix()] });
        let socket = &mut self.sockets[number];
        socket.send(Message::Text(frame)).await?;
        if answered(socket, self.peer).await? {
            run.times.between(since, now());
        } else {
            run.errors += 1;
        }
        Ok(())
    }
}

/// Whether the next answer is an acknowledgement; frames about other things are passed over.
async fn answered(socket: &mut Socket, peer: Peer) -> Result<bool> {
    let answer = until(socket, |text| {
        peer == Peer::Echo || text.starts_with(r#"{"type":"fixes_accepted""#) || is_error(text)
    });
    Ok(!is_error(&answer.await?))
}

fn is_error(text: &str) -> bool {
    text.starts_with(r#"{"type":"error""#)
}

async fn connection(gateway: SocketAddr, peer: Peer, number: usize) -> Result<Socket> {
    let mut socket = Box::pin(socket::open(gateway, "/phone", None, number)).await?;
    if peer != Peer::Echo {
        greet(&mut socket).await?;
    }
    Ok(socket)
}

async fn greet(socket: &mut Socket) -> Result<()> {
    until(socket, |text| text.starts_with(r#"{"type":"challenge""#)).await?;
    let hello = PhoneFrame::Hello {
        credential: None,
        signature: None,
        last_seq: Seq(0),
        follow: vec![],
        app_version: None,
    };
    socket.send(Message::Text(encode(&hello))).await?;
    until(socket, |text| text.starts_with(r#"{"type":"welcome""#)).await.map(drop)
}

async fn until(socket: &mut Socket, wanted: impl Fn(&str) -> bool) -> Result<Utf8Bytes> {
    let hear = async {
        loop {
            match socket.next().await {
                Some(Ok(Message::Text(text))) if wanted(&text) => return Ok(text),
                Some(Ok(message)) => ensure!(!message.is_close(), "a connection was closed"),
                Some(Err(error)) => bail!("a connection was lost: {error}"),
                None => bail!("a connection was lost"),
            }
        }
    };
    timeout(ANSWER_WITHIN, hear).await.context("no answer")?
}
