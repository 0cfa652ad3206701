//! Texts that officers work with.

use axum::extract::State;
use sos_protocol::admin::Texts;

use super::administrator;
use crate::admin::texts;
use crate::http::Shared;
use crate::http::body::Json;
use crate::http::problem::Answer;
use crate::http::session::SignedIn;

/// Largest texts, in bytes of JSON: all of them at about half their greatest length.
const TEXTS_BYTES_MAX: usize = 512 * 1024;

/// For whoever is signed in: administrators change what dispatchers read.
pub(in crate::http) async fn get(State(parts): State<Shared>, _: SignedIn) -> Answer<axum::Json<Texts>> {
    Ok(axum::Json(texts::texts(&parts.store).await?))
}

pub(in crate::http) async fn put(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Json(body): Json<Texts, TEXTS_BYTES_MAX>,
) -> Answer<axum::Json<Texts>> {
    let by = administrator(&parts, &signed_in)?;
    texts::put(&parts.store, by, body).await?;
    get(State(parts), signed_in).await
}
