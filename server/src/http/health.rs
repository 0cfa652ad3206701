//! How the node is doing.

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use sos_protocol::http::Readiness;

use super::{Shared, console_is_built};

pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// 200 if alerts can be taken and both stores answer, else 503; the body says which is away.
pub(super) async fn ready(State(parts): State<Shared>) -> (StatusCode, axum::Json<Readiness>) {
    let (postgres, redis) = tokio::join!(parts.store.is_up(), parts.queue.is_up());
    let readiness =
        Readiness { takes_alerts: postgres || redis, postgres, redis, console: console_is_built() };
    let status = if postgres && redis { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, axum::Json(readiness))
}

pub(super) async fn metrics(State(parts): State<Shared>) -> String {
    parts.metrics.render()
}

/// Counts and logs a request by its route, never by its address: addresses hold ids.
pub(super) async fn count(State(parts): State<Shared>, request: Request, next: Next) -> Response<Body> {
    let started_us = parts.clock.monotonic_us();
    let route = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str).to_owned();
    let method = request.method().to_string();
    let response = next.run(request).await;
    let (status, took_us) = (response.status().as_u16(), parts.clock.monotonic_us() - started_us);
    let labels = [("route", route.clone()), ("method", method.clone()), ("status", status.to_string())];
    metrics::counter!("sos_http_requests_total", &labels).increment(1);
    #[allow(clippy::cast_precision_loss, reason = "microseconds of one request")]
    metrics::histogram!("sos_http_seconds", "route" => route.clone()).record(took_us as f64 / 1e6);
    tracing::debug!(method, route, status, took_us, "request");
    response
}
