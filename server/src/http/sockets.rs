//! The way into the sockets.

use axum::body::Body;
use axum::extract::State;
use axum::http::{Request, Response};
use sos_protocol::ErrorCode;

use super::Shared;
use super::problem::{Answer, Failed};
use super::session::is_same_origin;
use crate::ws::socket::upgrade;

/// Anybody may come in: who it is, the session finds out, and an SOS it takes from everybody.
pub(super) async fn phone(State(parts): State<Shared>, mut request: Request<Body>) -> Answer<Response<Body>> {
    let (response, socket) = upgrade(&mut request)?;
    let shutdown = parts.shutdown.clone();
    let phones = parts.phones.clone();
    parts.sockets.spawn(async move {
        if let Some(socket) = socket.await {
            phones.serve(socket, shutdown).await;
        }
    });
    Ok(response)
}

/// Only pages of this service; the ticket comes as the first frame, where no log sees it.
pub(super) async fn feed(State(parts): State<Shared>, mut request: Request<Body>) -> Answer<Response<Body>> {
    if is_same_origin(request.headers()) != Some(true) {
        return Err(Failed::code(ErrorCode::ForeignOrigin));
    }
    let (response, socket) = upgrade(&mut request)?;
    let shutdown = parts.shutdown.clone();
    let feeds = parts.feeds.clone();
    parts.sockets.spawn(async move {
        if let Some(socket) = socket.await {
            feeds.serve(socket, shutdown).await;
        }
    });
    Ok(response)
}
