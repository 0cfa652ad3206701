//! Checkpoints of the ledger.

use axum::Json;
use axum::extract::State;
use sos_protocol::ErrorCode;
use sos_protocol::ledger::{Checkpoint, LedgerKey};

use super::Shared;
use super::problem::{Answer, Failed};

pub(super) async fn key(State(parts): State<Shared>) -> Json<LedgerKey> {
    Json(parts.signer.public().clone())
}

pub(super) async fn checkpoint(State(parts): State<Shared>) -> Answer<Json<Checkpoint>> {
    let latest = parts.store.latest_checkpoint().await?;
    Ok(Json(latest.ok_or_else(|| Failed::code(ErrorCode::NotFound))?))
}
