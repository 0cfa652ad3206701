//! Enrolment codes, and the workers they are for.

use axum::extract::State;
use sos_protocol::admin::{CodesMade, CreateCodes, WorkersFound};
use sos_protocol::http::Search;
use sos_protocol::limits::{CODES_BYTES_MAX, LABEL_CHARS_MAX};

use super::administrator;
use crate::admin::codes;
use crate::app::Ambient;
use crate::http::Shared;
use crate::http::body::Json;
use crate::http::problem::Answer;
use crate::http::session::SignedIn;

pub(in crate::http) async fn create(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Json(which): Json<CreateCodes, CODES_BYTES_MAX>,
) -> Answer<axum::Json<CodesMade>> {
    let by = administrator(&parts, &signed_in)?;
    let ambient = Ambient { clock: parts.clock.clone(), entropy: parts.entropy.clone() };
    Ok(axum::Json(codes::create(&parts.store, &ambient, by, which).await?))
}

pub(in crate::http) async fn search(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Json(search): Json<Search>,
) -> Answer<axum::Json<WorkersFound>> {
    administrator(&parts, &signed_in)?;
    let text: String = search.text.trim().chars().take(LABEL_CHARS_MAX).collect();
    Ok(axum::Json(parts.store.search_workers(&text).await?))
}
