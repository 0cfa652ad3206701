//! The WebSocket.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use sos_protocol::limits::FRAME_BYTES_MAX;
use sos_protocol::{ErrorCode, GatewayFrame, PhoneFrame, SUBPROTOCOL};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::http::header::SEC_WEBSOCKET_PROTOCOL;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config};

use super::{Endpoints, TransportError, install_crypto};

/// Name look-up, TCP, TLS and the WebSocket's own opening, together.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// One flight of frames into the kernel's buffer.
const SEND_TIMEOUT: Duration = Duration::from_secs(5);
/// Saying good-bye.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);
/// Close code of a socket that another connection of the same device took over; says the same as the error of that
/// name, which may not fit before it.
const REPLACED: u16 = 4001;
const READ_BUFFER_BYTES: usize = 4 * 1024;
/// Several of the largest frames; one flight holds what the outbox shows at once.
const WRITE_BUFFER_BYTES_MAX: usize = 64 * FRAME_BYTES_MAX;

/// An open socket.
pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

/// What came.
#[derive(Debug)]
pub enum Incoming {
    /// A frame of the protocol.
    Frame(Box<GatewayFrame>),
    /// Something else: a sign of life.
    Other,
    /// The socket is closed.
    Closed,
}

impl Incoming {
    /// Reads a text frame of the gateway; one that is not of this version is a sign of life and nothing else.
    #[must_use]
    pub fn read(json: &str) -> Self {
        serde_json::from_str(json).map_or(Self::Other, |frame| Self::Frame(Box::new(frame)))
    }
}

impl Socket {
    /// Opens the phone's socket of the service.
    ///
    /// # Errors
    /// [`TransportError::Unreachable`], in time.
    pub async fn connect(endpoints: &Endpoints) -> Result<Self, TransportError> {
        install_crypto();
        let unreachable = |error: Error| TransportError::Unreachable(error.to_string());
        let mut request = endpoints.socket()?.as_str().into_client_request().map_err(unreachable)?;
        request.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER_BYTES)
            .max_write_buffer_size(WRITE_BUFFER_BYTES_MAX)
            .max_message_size(Some(FRAME_BYTES_MAX))
            .max_frame_size(Some(FRAME_BYTES_MAX));
        let tls = endpoints.trust.as_ref().map(|trust| Connector::Rustls(trust.shared()));
        let opening = Box::pin(connect_async_tls_with_config(request, Some(config), true, tls));
        match timeout(CONNECT_TIMEOUT, opening).await {
            Ok(Ok((socket, _))) => Ok(Self(socket)),
            Ok(Err(error)) => Err(unreachable(error)),
            Err(_) => Err(TransportError::Unreachable("no connection in time".into())),
        }
    }

    /// Sends frames in one flight.
    ///
    /// # Errors
    /// [`TransportError::Unreachable`]: what arrived is unknown, and the socket is not to be used any more.
    pub async fn send(&mut self, frames: &[PhoneFrame]) -> Result<(), TransportError> {
        let flight = async {
            for frame in frames {
                let json = serde_json::to_string(frame).map_err(|e| TransportError::Answer(e.to_string()))?;
                self.0
                    .feed(Message::text(json))
                    .await
                    .map_err(|e| TransportError::Unreachable(e.to_string()))?;
            }
            self.0.flush().await.map_err(|e| TransportError::Unreachable(e.to_string()))
        };
        timeout(SEND_TIMEOUT, flight)
            .await
            .unwrap_or_else(|_| Err(TransportError::Unreachable("the network takes nothing".into())))
    }

    /// Waits for what comes next. Nothing is lost if the wait is given up.
    pub async fn next(&mut self) -> Incoming {
        match self.0.next().await {
            Some(Ok(Message::Text(json))) => Incoming::read(&json),
            Some(Ok(Message::Close(Some(close)))) if u16::from(close.code) == REPLACED => {
                Incoming::Frame(Box::new(GatewayFrame::Error {
                    code: ErrorCode::SessionReplaced,
                    detail: close.reason.as_str().to_owned(),
                    id: None,
                }))
            }
            Some(Ok(Message::Close(_)) | Err(_)) | None => Incoming::Closed,
            Some(Ok(_)) => Incoming::Other,
        }
    }

    /// Says good-bye, without waiting for an answer.
    pub async fn close(mut self) {
        drop(timeout(CLOSE_TIMEOUT, self.0.close(None)).await);
    }
}
