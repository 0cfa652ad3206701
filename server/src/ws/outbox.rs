//! Sending on a socket: what is ready goes out in one write, and a side that does not read is given up on.

use std::time::Duration;

use futures_util::SinkExt;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

use super::socket::Socket;
use crate::deadline::{Elapsed, within};

/// Longest wait for the other side to read.
const WRITE_WITHIN: Duration = Duration::from_secs(10);
/// Longest wait for the other side to answer a close.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);

/// The other side is gone, or does not read.
#[derive(Debug)]
pub(super) struct Gone;

impl From<Elapsed> for Gone {
    fn from(_: Elapsed) -> Self {
        Self
    }
}

/// Sends frames and waits until they are on their way.
pub(super) async fn send(
    socket: &mut Socket,
    frames: impl IntoIterator<Item = impl Into<Utf8Bytes>>,
) -> Result<(), Gone> {
    within(WRITE_WITHIN, async {
        for frame in frames {
            socket.feed(Message::Text(frame.into())).await.map_err(|_| Gone)?;
        }
        socket.flush().await.map_err(|_| Gone)
    })
    .await
}

/// Asks "are you there?" below the frames.
pub(super) async fn ping(socket: &mut Socket) -> Result<(), Gone> {
    within(WRITE_WITHIN, async { socket.send(Message::Ping(Vec::new().into())).await.map_err(|_| Gone) })
        .await
}

/// Says good-bye.
pub(super) async fn close(socket: &mut Socket, code: CloseCode, reason: &'static str) {
    let frame = CloseFrame { code, reason: reason.into() };
    let _ = tokio::time::timeout(CLOSE_WITHIN, socket.close(Some(frame))).await;
}
