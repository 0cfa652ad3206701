//! A phone's connection, and writing to it within bounds.

use std::time::{Duration, Instant};

use futures_util::SinkExt;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use super::now;
use super::socket::Socket;

/// Longest wait for a gateway to read.
const WRITE_WITHIN: Duration = Duration::from_secs(10);

/// Why a connection ends.
pub(super) enum End {
    Stopped,
    Lost,
}

/// A connection, as its phone sees it.
pub(super) struct Link {
    pub(super) opened_at: Instant,
    pub(super) heard_at: Instant,
    pub(super) pinged: bool,
    /// `hello` was said: everything else may follow.
    pub(super) greeted: bool,
    pub(super) welcomed: bool,
}

impl Link {
    pub(super) fn new() -> Self {
        let now = now();
        Self { opened_at: now, heard_at: now, pinged: false, greeted: false, welcomed: false }
    }

    pub(super) fn heard(&mut self) {
        self.heard_at = now();
        self.pinged = false;
    }
}

/// Sends a frame, for peers that are no whole phone.
pub(super) async fn send_text(socket: &mut Socket, text: Utf8Bytes) -> anyhow::Result<()> {
    send(socket, text).await.map_err(|_| anyhow::anyhow!("the connection was lost"))
}

pub(super) async fn send(socket: &mut Socket, text: Utf8Bytes) -> Result<(), End> {
    feed(socket, Message::Text(text)).await?;
    flush(socket).await
}

pub(super) async fn feed(socket: &mut Socket, message: Message) -> Result<(), End> {
    timeout(WRITE_WITHIN, socket.feed(message)).await.map_err(|_| End::Lost)?.map_err(|_| End::Lost)
}

pub(super) async fn flush(socket: &mut Socket) -> Result<(), End> {
    timeout(WRITE_WITHIN, socket.flush()).await.map_err(|_| End::Lost)?.map_err(|_| End::Lost)
}
