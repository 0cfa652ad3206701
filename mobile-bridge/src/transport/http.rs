//! The calls over plain HTTP.

use std::time::Duration;

use reqwest::{RequestBuilder, StatusCode};
use serde::de::DeserializeOwned;
use sos_protocol::http::{AlertPost, AlertStatus, EnrolRequest, Enrolled};
use sos_protocol::{AlertId, ErrorCode, Problem};

use super::{Endpoints, TransportError, install_crypto};

/// Name look-up, TCP and TLS.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(8);
/// A whole call.
const CALL_TIMEOUT: Duration = Duration::from_secs(15);
/// Of an answer, the largest that is read, in bytes.
const ANSWER_BYTES_MAX: u64 = 256 * 1024;

/// Calls the service over HTTP.
#[derive(Debug, Clone)]
pub struct HttpClient {
    client: reqwest::Client,
    endpoints: Endpoints,
}

impl HttpClient {
    /// A client for one service.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(endpoints: Endpoints) -> Result<Self, TransportError> {
        install_crypto();
        let mut builder = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(CALL_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy();
        if let Some(trust) = &endpoints.trust {
            builder = builder.tls_backend_preconfigured(trust.client_config());
        }
        let client = builder.build().map_err(|e| TransportError::Unreachable(e.to_string()))?;
        Ok(Self { client, endpoints })
    }

    /// `POST /api/enrol`
    ///
    /// # Errors
    /// As for every call; a refusal carries `code_unknown`, `code_used`, `code_expired` or `proof_invalid`.
    pub async fn enrol(&self, request: &EnrolRequest) -> Result<Enrolled, TransportError> {
        call(self.client.post(self.endpoints.http("api/enrol")?).json(request)).await
    }

    /// `POST /api/alerts`
    ///
    /// # Errors
    /// As for every call.
    pub async fn post_alert(&self, post: &AlertPost) -> Result<AlertStatus, TransportError> {
        call(self.client.post(self.endpoints.http("api/alerts")?).json(post)).await
    }

    /// `GET /api/alerts/{alert_id}`
    ///
    /// # Errors
    /// As for every call; `not_found` if the service does not know the alert.
    pub async fn alert_status(&self, alert_id: AlertId) -> Result<AlertStatus, TransportError> {
        call(self.client.get(self.endpoints.http(&format!("api/alerts/{alert_id}"))?)).await
    }
}

async fn call<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, TransportError> {
    let unreachable = |e: reqwest::Error| TransportError::Unreachable(e.without_url().to_string());
    let answer = request.send().await.map_err(unreachable)?;
    let status = answer.status();
    if answer.content_length().is_some_and(|bytes| bytes > ANSWER_BYTES_MAX) {
        return Err(TransportError::Answer("too long".into()));
    }
    let body = answer.bytes().await.map_err(unreachable)?;
    if status.is_success() {
        return serde_json::from_slice(&body).map_err(|e| unreadable(&e));
    }
    Err(match serde_json::from_slice::<Problem>(&body) {
        Ok(problem) => TransportError::Refused(Box::new(problem)),
        Err(_) if status == StatusCode::NOT_FOUND => {
            TransportError::Refused(Box::new(Problem::new(ErrorCode::NotFound)))
        }
        Err(_) => TransportError::Answer(format!("HTTP {}", status.as_u16())),
    })
}

/// Where the answer went wrong; not its text, which may quote a name.
fn unreadable(error: &serde_json::Error) -> TransportError {
    TransportError::Answer(format!("{:?} error at byte {}", error.classify(), error.column()))
}
