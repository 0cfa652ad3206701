//! WebSockets with small buffers, from many loopback addresses.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use sos_protocol::SUBPROTOCOL;
use sos_protocol::limits::FRAME_BYTES_MAX;
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, handshake::client::Request};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

/// How long connecting may take, handshake included: a gateway that does not answer is left for the next one.
const CONNECT_WITHIN: Duration = Duration::from_secs(2);
/// Read buffer of a socket, in bytes: there are up to 20,000 of them.
pub(crate) const READ_BUFFER_BYTES: usize = 4 * 1024;
/// Unsent bytes of a socket, past which sending waits.
const WRITE_BUFFER_BYTES_MAX: usize = 256 * 1024;
/// The largest frame that is taken: a part of a console's snapshot has 64 KiB and may end with one large case.
const FRAME_MAX: usize = 16 * FRAME_BYTES_MAX;
/// Loopback addresses that connections come from, so that they do not run out of ports (28,000 an address, each of
/// which rests for a minute after a connection).
const SOURCES: u8 = 32;

/// A WebSocket without TLS.
pub(crate) type Socket = WebSocketStream<TcpStream>;

/// The settings of sockets on either side.
pub(crate) fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0)
        .max_write_buffer_size(WRITE_BUFFER_BYTES_MAX)
        .max_message_size(Some(FRAME_MAX))
        .max_frame_size(Some(FRAME_MAX))
}

/// Connects to `path` of a gateway, as a page of `origin` would if that is given. `number` says which loopback
/// address the connection comes from.
///
/// # Errors
/// When the gateway refuses, or is not there within 2 s.
pub(crate) async fn open(
    gateway: SocketAddr,
    path: &str,
    origin: Option<&str>,
    number: usize,
) -> Result<Socket, Error> {
    open_with(gateway, path, origin, number, None).await
}

/// As [`open`], with a receive buffer of so many bytes in the kernel.
///
/// # Errors
/// As [`open`].
pub(crate) async fn open_with(
    gateway: SocketAddr,
    path: &str,
    origin: Option<&str>,
    number: usize,
    receive_bytes: Option<u32>,
) -> Result<Socket, Error> {
    let opened = timeout(CONNECT_WITHIN, async {
        let stream = tcp(gateway, number, receive_bytes).await?;
        stream.set_nodelay(true)?;
        let request = request(gateway, path, origin)?;
        let (socket, _) = client_async_with_config(request, stream, Some(config())).await?;
        Ok(socket)
    });
    opened.await.unwrap_or_else(|_| Err(Error::Io(io::ErrorKind::TimedOut.into())))
}

fn request(gateway: SocketAddr, path: &str, origin: Option<&str>) -> Result<Request, Error> {
    // A service knows a page of its own by an origin that equals the host that was asked.
    let own = gateway.to_string();
    let host = origin.and_then(|origin| origin.split_once("://")).map_or(own.as_str(), |(_, host)| host);
    let mut request = format!("ws://{host}{path}").into_client_request()?;
    let headers = request.headers_mut();
    headers.insert("Sec-WebSocket-Protocol", HeaderValue::from_static(SUBPROTOCOL));
    if let Some(origin) = origin {
        headers.insert("Origin", HeaderValue::from_str(origin)?);
    }
    Ok(request)
}

async fn tcp(gateway: SocketAddr, number: usize, receive_bytes: Option<u32>) -> io::Result<TcpStream> {
    let socket = match gateway {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    if let IpAddr::V4(address) = gateway.ip()
        && address.is_loopback()
    {
        let last = 2 + u8::try_from(number % usize::from(SOURCES)).unwrap_or(0);
        socket.bind((Ipv4Addr::new(127, 0, 0, last), 0).into())?;
    }
    if let Some(bytes) = receive_bytes {
        socket.set_recv_buffer_size(bytes)?;
    }
    socket.connect(gateway).await
}
