//! The calls over plain HTTP.

use std::time::Duration;

use reqwest::{Method, RequestBuilder, StatusCode, header};
use serde::de::DeserializeOwned;
use sos_protocol::http::{AlertPost, AlertStatus, EnrolRequest, Enrolled};
use sos_protocol::proof::{CREDENTIAL_HEADER, SIGNATURE_HEADER};
use sos_protocol::{AlertId, ErrorCode, Problem};

use super::{Endpoints, TransportError, install_crypto};

/// Name look-up, TCP and TLS.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(8);
/// A whole call.
const CALL_TIMEOUT: Duration = Duration::from_secs(15);
/// Of an answer, the largest that is read, in bytes.
const ANSWER_BYTES_MAX: u64 = 256 * 1024;

/// A request with the proof of who sends it. `path` has no slash in front.
pub struct DeviceCall {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) credential: String,
    pub(crate) signature: String,
    pub(crate) body: Vec<u8>,
}

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

    /// A request of an enrolled device that is answered with nothing.
    ///
    /// # Errors
    /// As for every call.
    pub async fn device(&self, device: DeviceCall) -> Result<(), TransportError> {
        let DeviceCall { method, path, credential, signature, body } = device;
        let method = Method::from_bytes(method.as_bytes()).unwrap_or_default();
        let request = self
            .client
            .request(method, self.endpoints.http(path)?)
            .header(CREDENTIAL_HEADER, credential)
            .header(SIGNATURE_HEADER, signature)
            .header(header::CONTENT_TYPE, "application/json")
            .body(body);
        answer(request).await.map(drop)
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
    serde_json::from_slice(&answer(request).await?).map_err(|e| unreadable(&e))
}

async fn answer(request: RequestBuilder) -> Result<Vec<u8>, TransportError> {
    let unreachable = |e: reqwest::Error| TransportError::Unreachable(e.without_url().to_string());
    let answer = request.send().await.map_err(unreachable)?;
    let status = answer.status();
    if answer.content_length().is_some_and(|bytes| bytes > ANSWER_BYTES_MAX) {
        return Err(TransportError::Answer("too long".into()));
    }
    let body = answer.bytes().await.map_err(unreachable)?;
    if status.is_success() {
        return Ok(body.into());
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
