//! Many cases at once: a batch, a search.

use axum::extract::State;
use sos_core::access::Action;
use sos_core::folding::Wanted;
use sos_core::frames::{label, words};
use sos_protocol::ErrorCode;
use sos_protocol::http::{Batch, BatchAnswer, BatchCommand, Found, Search};
use sos_protocol::limits::BATCH_CASES_MAX;

use super::super::Shared;
use super::super::body::Json;
use super::super::problem::{Answer, Failed};
use super::super::session::SignedIn;

/// Largest batch, in bytes: 200 cases have about 150 each, the text of a message 24 KB when every character is escaped.
const BATCH_BYTES_MAX: usize = 64 * 1024;

pub(in super::super) async fn batch(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Json(mut batch): Json<Batch, BATCH_BYTES_MAX>,
) -> Answer<axum::Json<BatchAnswer>> {
    let officer = signed_in.may(Action::ListCases)?;
    if batch.cases.len() > BATCH_CASES_MAX {
        return Err(Failed::because(ErrorCode::TooMany, "too many cases"));
    }
    if let BatchCommand::Message { text } = &mut batch.command {
        *text = words(text, "text")?;
    }
    Ok(axum::Json(parts.cases.batch(&officer, batch).await))
}

pub(in super::super) async fn search(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Json(search): Json<Search>,
) -> Answer<axum::Json<Found>> {
    let officer = signed_in.may(Action::ListCases)?;
    let nothing = || Failed::because(ErrorCode::InvalidField, "text: empty");
    let wanted = Wanted::of(&label(&search.text, "text")?).ok_or_else(nothing)?;
    Ok(axum::Json(parts.cases.search(&officer, &wanted).await?))
}
