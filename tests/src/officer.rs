//! An officer with a session, and a console's feed.

use futures_util::{SinkExt, StreamExt};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sos_protocol::case::TimelineEntry;
use sos_protocol::feed::{ConsoleFrame, FeedFrame};
use sos_protocol::http::{CaseAnswer, Claim, Close, FeedTicket, SignIn};
use sos_protocol::{CaseDetail, CaseEvent, CaseId, CaseSummary, Disposition, Problem, SUBPROTOCOL, Seq};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::Service;
use crate::service::PASSWORD;
use crate::wait::LIMIT;

/// An officer who is signed in.
pub struct Officer {
    http: reqwest::Client,
    base: String,
    host: String,
}

impl Officer {
    pub(crate) async fn sign_in(service: &Service, login: &str) -> Self {
        let http = reqwest::Client::builder().cookie_store(true).build().expect("a client");
        let officer = Self { http, base: service.url(""), host: service.address.to_string() };
        let sign_in = SignIn { login: login.to_owned(), password: PASSWORD.to_owned() };
        let answer = officer.send("POST", "/api/session", Some(&sign_in)).await;
        assert_eq!(answer.status(), 200);
        officer
    }

    /// What carries the session.
    #[must_use]
    pub const fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// The address of `path`.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Sends anything.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn send(&self, method: &str, path: &str, body: Option<&impl Serialize>) -> reqwest::Response {
        let method = method.parse().expect("a method");
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(body) = body {
            request = request.json(body);
        }
        request.send().await.expect("an answer")
    }

    /// Sends a command on a case: the case then, or the problem.
    ///
    /// # Errors
    /// The problem that the service answers with.
    ///
    /// # Panics
    /// When it answers with neither.
    pub async fn command(
        &self,
        id: CaseId,
        command: &str,
        body: &impl Serialize,
    ) -> Result<CaseSummary, Box<Problem>> {
        let answer = self.send("POST", &format!("/api/cases/{id}/{command}"), Some(body)).await;
        if answer.status() == 200 {
            let CaseAnswer { case } = answer.json().await.expect("a case");
            return Ok(case);
        }
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        Err(answer.json().await.expect("a problem"))
    }

    /// Takes a case.
    ///
    /// # Errors
    /// As [`Self::command`].
    pub async fn claim(&self, id: CaseId, version: u32) -> Result<CaseSummary, Box<Problem>> {
        self.command(id, "claim", &Claim { version }).await
    }

    /// Closes a case as resolved.
    ///
    /// # Errors
    /// As [`Self::command`].
    pub async fn close(&self, id: CaseId, version: u32) -> Result<CaseSummary, Box<Problem>> {
        let close =
            Close { version, disposition: Disposition::Resolved, summary: "Đã an toàn".to_owned() };
        self.command(id, "close", &close).await
    }

    /// GET of something the officer may see.
    ///
    /// # Panics
    /// When it is not answered with it.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> T {
        let answer = self.send("GET", path, None::<&()>).await;
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.expect("JSON of that type")
    }

    /// Everything about a case.
    pub async fn detail(&self, id: CaseId) -> CaseDetail {
        self.get(&format!("/api/cases/{id}")).await
    }

    /// What was done in a case, oldest first: without the steps of its escalation, which the service takes by itself, and
    /// without who looked.
    pub async fn history(&self, id: CaseId) -> Vec<TimelineEntry> {
        let is_done = |entry: &TimelineEntry| {
            !matches!(entry.event, CaseEvent::Escalated { .. } | CaseEvent::LookedAt {})
        };
        self.detail(id).await.timeline.into_iter().filter(is_done).collect()
    }

    /// A feed from `after` on, or with a snapshot, which the service has then read: what happens next comes as an event.
    ///
    /// # Panics
    /// When the service does not let it in.
    pub async fn feed(&self, after_seq: Option<Seq>) -> Feed {
        let answer = self.send("POST", "/api/feed-ticket", None::<&()>).await;
        let FeedTicket { ticket } = answer.json().await.expect("a ticket");
        let mut feed = Feed::connect(&self.host, &self.base).await;
        feed.say(&ConsoleFrame::Hello { ticket, after_seq }).await;
        if after_seq.is_none() {
            feed.first = Some(feed.next().await);
        }
        feed
    }
}

/// A console's feed.
pub struct Feed {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Heard already.
    first: Option<Option<FeedFrame>>,
}

impl Feed {
    /// Connects as a page of `origin` would.
    ///
    /// # Panics
    /// When the service does not let it in.
    pub async fn connect(host: &str, origin: &str) -> Self {
        let mut request = format!("ws://{host}/feed").into_client_request().expect("a request");
        let headers = request.headers_mut();
        headers.insert("Sec-WebSocket-Protocol", HeaderValue::from_static(SUBPROTOCOL));
        headers.insert("Origin", HeaderValue::from_str(origin).expect("an origin"));
        let (socket, _) = tokio_tungstenite::connect_async(request).await.expect("a connection");
        Self { socket, first: None }
    }

    /// Sends a frame.
    ///
    /// # Panics
    /// When the connection is gone.
    pub async fn say(&mut self, frame: &ConsoleFrame) {
        let text = serde_json::to_string(frame).expect("JSON");
        self.socket.send(Message::text(text)).await.expect("a connection");
    }

    /// The next frame; none when the service closed.
    ///
    /// # Panics
    /// When none comes in time.
    pub async fn next(&mut self) -> Option<FeedFrame> {
        if let Some(first) = self.first.take() {
            return first;
        }
        loop {
            match tokio::time::timeout(LIMIT, self.socket.next()).await.expect("a frame in time") {
                Some(Ok(Message::Text(text))) => return Some(serde_json::from_str(&text).expect("a frame")),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    /// Frames until one is wanted.
    ///
    /// # Panics
    /// When none comes in time.
    pub async fn until<T>(&mut self, what: &str, mut wanted: impl FnMut(&FeedFrame) -> Option<T>) -> T {
        let hear = async {
            loop {
                let frame = self.next().await.unwrap_or_else(|| panic!("closed before: {what}"));
                if let Some(found) = wanted(&frame) {
                    return found;
                }
            }
        };
        tokio::time::timeout(LIMIT, hear).await.unwrap_or_else(|_| panic!("waited in vain for: {what}"))
    }

    /// Waits until the service closes it.
    ///
    /// # Panics
    /// When it does not in time.
    pub async fn closes(&mut self) {
        let hear = async { while self.next().await.is_some() {} };
        tokio::time::timeout(LIMIT, hear).await.expect("closed in time");
    }

    /// Waits for an event of this kind.
    pub async fn event(&mut self, kind: &str) -> (Seq, CaseSummary) {
        self.until(kind, |frame| match frame {
            FeedFrame::Event { entry, case } if entry.event.kind() == kind => Some((entry.seq, case.clone())),
            _ => None,
        })
        .await
    }
}
