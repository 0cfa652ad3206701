//! A gateway that does what a test says: WebSocket and HTTP on one port.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use sos_protocol::{GatewayFrame, PhoneFrame, Receipt, SUBPROTOCOL, SessionId, Stage, UnixMs, Unverified};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::{WebSocketStream, accept_hdr_async};

/// Far above anything that is waited for; a test that gets there has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

type Answers = Arc<Mutex<HashMap<String, Box<dyn Fn(&[u8]) -> (u16, String) + Send>>>>;

pub(crate) struct Gateway {
    pub(crate) address: SocketAddr,
    sockets: mpsc::Receiver<Conversation>,
    answers: Answers,
}

impl Gateway {
    pub(crate) async fn start() -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").await.unwrap(), true)
    }

    /// Refuses WebSockets, as some networks do.
    pub(crate) async fn without_sockets() -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").await.unwrap(), false)
    }

    /// On a port that was chosen before.
    pub(crate) async fn at(address: SocketAddr) -> Self {
        Self::on(TcpListener::bind(address).await.unwrap(), true)
    }

    fn on(listener: TcpListener, with_sockets: bool) -> Self {
        let address = listener.local_addr().unwrap();
        let (sender, sockets) = mpsc::channel(16);
        let answers = Answers::default();
        let shared = Arc::clone(&answers);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, sender.clone(), Arc::clone(&shared), with_sockets));
            }
        });
        Self { address, sockets, answers }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What a call of `line` (`POST /api/enrol`) is answered.
    pub(crate) fn answer(&self, line: &str, with: impl Fn(&[u8]) -> (u16, String) + Send + 'static) {
        self.answers.lock().unwrap().insert(line.to_owned(), Box::new(with));
    }

    pub(crate) async fn phone(&mut self) -> Conversation {
        timeout(PATIENCE, self.sockets.recv()).await.expect("a phone calls").unwrap()
    }
}

async fn serve(stream: TcpStream, sockets: mpsc::Sender<Conversation>, answers: Answers, with_sockets: bool) {
    let mut start = [0; 10];
    while stream.peek(&mut start).await.unwrap() < start.len() {
        stream.readable().await.unwrap();
    }
    if with_sockets && &start == b"GET /phone" {
        let socket = accept_hdr_async(stream, accept_subprotocol).await.unwrap();
        drop(sockets.send(Conversation(socket)).await);
    } else {
        answer_call(stream, &answers).await;
    }
}

#[allow(clippy::result_large_err, clippy::unnecessary_wraps, reason = "the library's signature")]
fn accept_subprotocol(
    request: &Request,
    mut response: Response,
) -> Result<Response, tokio_tungstenite::tungstenite::handshake::server::ErrorResponse> {
    let asked = request.headers().get("sec-websocket-protocol").cloned();
    assert_eq!(asked.as_ref().and_then(|v| v.to_str().ok()), Some(SUBPROTOCOL));
    response.headers_mut().insert("sec-websocket-protocol", asked.unwrap());
    Ok(response)
}

async fn answer_call(mut stream: TcpStream, answers: &Answers) {
    let mut request = Vec::new();
    loop {
        if stream.read_buf(&mut request).await.unwrap() == 0 {
            return;
        }
        let Some(head_end) = request.windows(4).position(|w| w == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&request[..head_end]).to_lowercase();
        let length = head.split("content-length: ").nth(1).and_then(|l| l.lines().next()?.parse().ok());
        if request.len() >= head_end + 4 + length.unwrap_or(0) {
            let first = String::from_utf8_lossy(&request[..head_end]).into_owned();
            let line = first.lines().next().unwrap().rsplit_once(' ').unwrap().0.to_owned();
            let (status, body) = match answers.lock().unwrap().get(&line) {
                Some(answer) => answer(&request[head_end + 4..]),
                None => (503, String::new()),
            };
            let length = body.len();
            let answer = format!(
                "HTTP/1.1 {status} x\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
            );
            stream.write_all(answer.as_bytes()).await.unwrap();
            return;
        }
    }
}

/// One phone's socket, seen from the gateway.
pub(crate) struct Conversation(WebSocketStream<TcpStream>);

impl Conversation {
    pub(crate) async fn say(&mut self, frame: &GatewayFrame) {
        self.0.send(Message::text(serde_json::to_string(frame).unwrap())).await.unwrap();
    }

    /// The phone's next frame; its pings are answered on the way.
    pub(crate) async fn hear(&mut self) -> PhoneFrame {
        loop {
            let message = timeout(PATIENCE, self.0.next()).await.expect("the phone says something");
            match message.expect("the phone is still there").unwrap() {
                Message::Text(json) => match serde_json::from_str(&json).unwrap() {
                    PhoneFrame::Ping {} => self.say(&GatewayFrame::Pong { server_time_ms: UnixMs(1) }).await,
                    frame => return frame,
                },
                other => panic!("not a frame: {other:?}"),
            }
        }
    }

    pub(crate) async fn challenge(&mut self, nonce: &str) -> PhoneFrame {
        self.say(&GatewayFrame::Challenge { nonce: nonce.into(), server_time_ms: UnixMs(1) }).await;
        self.hear().await
    }

    pub(crate) async fn welcome(&mut self, verified: bool) {
        self.say(&GatewayFrame::Welcome {
            session_id: SessionId(uuid::Uuid::from_u128(1)),
            verified,
            unverified: (!verified).then_some(Unverified::NoCredential),
            credential: None,
            server_time_ms: UnixMs(1),
        })
        .await;
    }

    pub(crate) async fn receipt(&mut self, alert_id: sos_protocol::AlertId, stage: Stage, seq: i64) {
        self.say(&GatewayFrame::Receipt { receipt: receipt(alert_id, stage, seq) }).await;
    }
}

pub(crate) fn receipt(alert_id: sos_protocol::AlertId, stage: Stage, seq: i64) -> Receipt {
    Receipt {
        case_no: None,
        alert_id,
        stage,
        at_ms: UnixMs(1_700_000_000_000),
        case_id: None,
        desk_name: None,
        by: None,
        disposition: None,
        seq: (seq > 0).then_some(sos_protocol::Seq(seq)),
    }
}
