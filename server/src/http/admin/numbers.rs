//! Telephone numbers.

use axum::extract::State;
use sos_protocol::admin::{NumberEntry, Numbers};

use super::administrator;
use crate::admin::numbers;
use crate::directory::Directory;
use crate::http::Shared;
use crate::http::body::Json;
use crate::http::problem::Answer;
use crate::http::session::SignedIn;

pub(in crate::http) async fn list(
    State(parts): State<Shared>,
    signed_in: SignedIn,
) -> Answer<axum::Json<Numbers>> {
    administrator(&parts, &signed_in)?;
    let numbers = Directory::read(&parts.store).await?.all().cloned().collect();
    Ok(axum::Json(Numbers { numbers }))
}

pub(in crate::http) async fn put(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Json(entry): Json<NumberEntry>,
) -> Answer<axum::Json<Numbers>> {
    let by = administrator(&parts, &signed_in)?;
    numbers::put(&parts.store, by, &signed_in.me.name, entry).await?;
    list(State(parts), signed_in).await
}
