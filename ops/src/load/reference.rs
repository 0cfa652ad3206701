//! The gateway that figures are compared with: a WebSocket in, an entry on disk in Redis, an acknowledgement out. It
//! knows nobody and checks nothing, so it is about the most that a gateway with this runtime and store can do.
//! As an echo it leaves out Redis as well.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;
use futures_util::{SinkExt, StreamExt};
use redis::aio::MultiplexedConnection;
use rustix::process::Signal;
use sos_protocol::SUBPROTOCOL;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::accept_hdr_async_with_config;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};

use super::site::{resident_kib, this_program};
use crate::stack::{Process, free_port};
use crate::stop::StopFlag;
use crate::swarm::socket::{Socket, config};

/// What it writes into.
pub(super) const STREAM: &str = "load:reference";
/// Entries that are kept: what is measured is writing.
const KEPT: usize = 10_000;
/// What it says first, whom it lets in, and how it acknowledges.
const CHALLENGE: Utf8Bytes = Utf8Bytes::from_static(r#"{"type":"challenge","nonce":"0","server_time_ms":0}"#);
const WELCOME: Utf8Bytes = Utf8Bytes::from_static(
    r#"{"type":"welcome","session_id":"00000000-0000-0000-0000-000000000000","verified":true,"server_time_ms":0}"#,
);
const ACCEPTED: Utf8Bytes = Utf8Bytes::from_static(r#"{"type":"fixes_accepted","fix_ids":[]}"#);
const HELLO: &str = r#"{"type":"hello""#;
/// How long it has to start, and to stop.
const LIMIT: Duration = Duration::from_secs(10);
/// How often a condition is looked at.
const STEP: Duration = Duration::from_millis(20);

/// How it is run.
#[derive(Debug, clap::Args)]
pub(super) struct Settings {
    #[arg(long)]
    listen: SocketAddr,
    #[arg(long)]
    mode: Mode,
    #[arg(long, env = "REDIS_URL", hide_env_values = true)]
    redis_url: String,
}

/// What it does with a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Mode {
    /// Writes it to Redis, then acknowledges it.
    Gateway,
    /// Sends it back.
    Echo,
}

/// Serves until `stop`.
///
/// # Errors
/// When it cannot listen or Redis is not there.
pub(super) async fn serve(settings: Settings, stop: &StopFlag) -> Result<()> {
    super::descriptors::raise()?;
    let redis = match settings.mode {
        Mode::Gateway => {
            let client = redis::Client::open(settings.redis_url)?;
            Some(client.get_multiplexed_async_connection().await.context("connecting to Redis")?)
        }
        Mode::Echo => None,
    };
    let listener = TcpListener::bind(settings.listen).await.context("listening")?;
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = super::stopped(stop) => return Ok(()),
        };
        let (stream, _) = accepted.context("taking a connection")?;
        let redis = redis.clone();
        tokio::spawn(async move {
            // A peer that leaves ends its task, nothing else.
            let _ = session(stream, redis).await;
        });
    }
}

async fn session(stream: TcpStream, redis: Option<MultiplexedConnection>) -> Result<(), Error> {
    stream.set_nodelay(true)?;
    let mut socket = Box::pin(accept_hdr_async_with_config(stream, subprotocol, Some(config()))).await?;
    match redis {
        Some(redis) => gateway(&mut socket, redis).await,
        None => echo(&mut socket).await,
    }
}

#[allow(clippy::result_large_err, reason = "the library's signature")]
#[allow(clippy::unnecessary_wraps, reason = "the library's signature")]
fn subprotocol(_: &Request, mut response: Response) -> Result<Response, ErrorResponse> {
    response.headers_mut().insert("Sec-WebSocket-Protocol", HeaderValue::from_static(SUBPROTOCOL));
    Ok(response)
}

async fn echo(socket: &mut Socket) -> Result<(), Error> {
    while let Some(message) = socket.next().await {
        let message = message?;
        if message.is_text() {
            socket.send(message).await?;
        }
    }
    Ok(())
}

async fn gateway(socket: &mut Socket, mut redis: MultiplexedConnection) -> Result<(), Error> {
    socket.send(Message::Text(CHALLENGE)).await?;
    while let Some(message) = socket.next().await {
        let Message::Text(text) = message? else { continue };
        if text.starts_with(HELLO) {
            socket.send(Message::Text(WELCOME)).await?;
            continue;
        }
        let mut add = redis::cmd("XADD");
        add.arg(STREAM).arg("MAXLEN").arg("~").arg(KEPT).arg("*").arg("frame").arg(text.as_str());
        let added: redis::RedisResult<String> = add.query_async(&mut redis).await;
        if added.is_ok() {
            socket.send(Message::Text(ACCEPTED)).await?;
        }
    }
    Ok(())
}

/// The gateway in a process of its own.
pub(super) struct Reference {
    process: Process,
    pub(super) gateway: SocketAddr,
}

impl Reference {
    /// Starts it on a free loopback port.
    ///
    /// # Errors
    /// When it does not answer within 10 s.
    pub(super) async fn start(mode: Mode, redis_url: &str) -> Result<Self> {
        let port = free_port().context("no loopback port is free")?;
        let gateway = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let mode = if mode == Mode::Echo { "echo" } else { "gateway" };
        let listen = gateway.to_string();
        let process = this_program(&["load", "reference", "--listen", &listen, "--mode", mode], redis_url)?;
        let reference = Self { process, gateway };
        for _ in 0..LIMIT.as_millis() / STEP.as_millis() {
            ensure!(reference.process.ended().is_none(), "the reference gateway ended");
            if TcpStream::connect(gateway).await.is_ok() {
                return Ok(reference);
            }
            tokio::time::sleep(STEP).await;
        }
        anyhow::bail!("the reference gateway does not answer")
    }

    /// Resident memory, in KiB.
    pub(super) fn kib(&self) -> Result<f64> {
        resident_kib(&self.process)
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        self.process.stop(Signal::TERM, LIMIT);
    }
}
