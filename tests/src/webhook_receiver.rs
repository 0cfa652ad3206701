//! What receives the calls of webhooks.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use tokio::net::TcpListener;

/// A call, whatever was answered.
#[derive(Clone)]
pub struct Hook {
    /// Headers.
    pub headers: HeaderMap,
    /// Body, byte for byte.
    pub body: String,
    /// What was answered; 0: nothing.
    pub status: u16,
}

#[derive(Default)]
struct Inner {
    /// What is answered next, by name; then the last one again and again. 0: never anything.
    answers: HashMap<String, VecDeque<u16>>,
    hooks: Vec<(String, Hook)>,
}

/// Receives webhooks. Everything is taken unless said otherwise.
pub struct WebhookReceiver {
    origin: String,
    inner: Arc<Mutex<Inner>>,
}

impl WebhookReceiver {
    /// Starts it.
    ///
    /// # Panics
    /// When there is no free port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        let inner: Arc<Mutex<Inner>> = Arc::default();
        let router = Router::new().route("/{name}", post(called)).with_state(inner.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { origin, inner }
    }

    /// The address of the webhook with this name.
    #[must_use]
    pub fn url(&self, name: &str) -> String {
        format!("{}/{name}", self.origin)
    }

    /// What is answered to calls of `name`, in this order; the last one again and again. 0: never anything. 429 comes with
    /// `Retry-After: 300`.
    pub fn answer(&self, name: &str, statuses: impl IntoIterator<Item = u16>) {
        lock(&self.inner).answers.insert(name.to_owned(), statuses.into_iter().collect());
    }

    /// All calls of `name`.
    #[must_use]
    pub fn calls(&self, name: &str) -> Vec<Hook> {
        let inner = lock(&self.inner);
        inner.hooks.iter().filter(|(to, _)| to == name).map(|(_, hook)| hook.clone()).collect()
    }

    /// Those that were taken.
    #[must_use]
    pub fn taken(&self, name: &str) -> Vec<Hook> {
        self.calls(name).into_iter().filter(|hook| hook.status == 200).collect()
    }
}

fn lock(inner: &Mutex<Inner>) -> MutexGuard<'_, Inner> {
    inner.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn called(
    State(inner): State<Arc<Mutex<Inner>>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let status = {
        let mut inner = lock(&inner);
        let status = match inner.answers.get_mut(&name) {
            Some(answers) if answers.len() > 1 => answers.pop_front(),
            Some(answers) => answers.front().copied(),
            None => None,
        };
        let status = status.unwrap_or(200);
        inner.hooks.push((name, Hook { headers, body, status }));
        status
    };
    if status == 0 {
        std::future::pending::<()>().await;
    }
    let code = StatusCode::from_u16(status).expect("a status");
    if status == 429 { (code, [(header::RETRY_AFTER, "300")]).into_response() } else { code.into_response() }
}
