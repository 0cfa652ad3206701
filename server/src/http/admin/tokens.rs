//! Tokens of other systems.

use axum::extract::{Path, State};
use sos_protocol::ErrorCode;
use sos_protocol::api_v1::{MakeToken, TokenMade, Tokens};

use super::administrator;
use crate::admin::tokens;
use crate::http::Shared;
use crate::http::body::Json;
use crate::http::problem::{Answer, Failed};
use crate::http::session::SignedIn;

pub(in crate::http) async fn list(
    State(parts): State<Shared>,
    signed_in: SignedIn,
) -> Answer<axum::Json<Tokens>> {
    administrator(&parts, &signed_in)?;
    Ok(axum::Json(Tokens { tokens: parts.store.tokens().await? }))
}

pub(in crate::http) async fn make(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Json(make): Json<MakeToken>,
) -> Answer<axum::Json<TokenMade>> {
    let by = administrator(&parts, &signed_in)?;
    Ok(axum::Json(tokens::make(&parts.store, &*parts.entropy, by, make).await?))
}

pub(in crate::http) async fn revoke(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(id): Path<String>,
) -> Answer<axum::Json<Tokens>> {
    let by = administrator(&parts, &signed_in)?;
    let id = id.parse().map_err(|_| Failed::code(ErrorCode::NotFound))?;
    tokens::revoke(&parts.store, by, id).await?;
    list(State(parts), signed_in).await
}
