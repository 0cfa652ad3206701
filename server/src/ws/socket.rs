//! The WebSocket itself: the handshake, and a socket with our limits.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use sos_protocol::limits::FRAME_BYTES_MAX;
use sos_protocol::{ErrorCode, Problem, SUBPROTOCOL};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use super::guard::FrameGuard;

/// Read buffer of a socket, in bytes: small, because most sockets are idle (the default of 128 KiB costs a fifth of
/// the throughput and most of the memory).
const READ_BUFFER_BYTES: usize = 4 * 1024;
/// What may wait to be written to a socket that does not read, in bytes. Past it the connection ends.
const WRITE_BUFFER_BYTES_MAX: usize = 256 * 1024;

/// A WebSocket of the service.
pub type Socket = WebSocketStream<FrameGuard<TokioIo<hyper::upgrade::Upgraded>>>;

/// Answers the handshake; the socket is there once the answer has gone out.
///
/// # Errors
/// A problem when the request is no WebSocket handshake of this version.
pub fn upgrade(
    request: &mut Request<Body>,
) -> Result<(Response<Body>, impl Future<Output = Option<Socket>> + Send + 'static), Box<Problem>> {
    let refuse = |detail: &str| Box::new(Problem::new(ErrorCode::InvalidField).detail(detail.to_owned()));
    let headers = request.headers();
    let is_upgrade = has_token(headers, &header::CONNECTION, "upgrade")
        && has_token(headers, &header::UPGRADE, "websocket")
        && headers.get(header::SEC_WEBSOCKET_VERSION).is_some_and(|v| v == "13");
    let key = headers.get(header::SEC_WEBSOCKET_KEY).filter(|_| is_upgrade);
    let key = key.ok_or_else(|| refuse("this address speaks WebSocket, version 13"))?;
    if !has_token(headers, &header::SEC_WEBSOCKET_PROTOCOL, SUBPROTOCOL) {
        return Err(refuse("offer the subprotocol sos.v1"));
    }
    let accept = HeaderValue::from_str(&derive_accept_key(key.as_bytes())).map_err(|_| refuse("bad key"))?;
    let upgraded = request
        .extensions_mut()
        .remove::<OnUpgrade>()
        .ok_or_else(|| refuse("no upgrade on this connection"))?;

    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let out = response.headers_mut();
    out.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    out.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    out.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    out.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
    let socket = async move {
        let io = TokioIo::new(upgraded.await.ok()?);
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER_BYTES)
            .write_buffer_size(0)
            .max_write_buffer_size(WRITE_BUFFER_BYTES_MAX)
            .max_message_size(Some(FRAME_BYTES_MAX))
            .max_frame_size(Some(FRAME_BYTES_MAX));
        Some(WebSocketStream::from_raw_socket(FrameGuard::new(io), Role::Server, Some(config)).await)
    };
    Ok((response, socket))
}

fn has_token(headers: &HeaderMap, name: &header::HeaderName, token: &str) -> bool {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|item| item.trim().eq_ignore_ascii_case(token))
}
