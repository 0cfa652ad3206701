//! Desks.

use axum::extract::{Path, State};
use sos_core::figures::DEFAULT_TARGETS;
use sos_protocol::admin::{DeskSettings, DeskSettingsList};

use super::administrator;
use crate::admin::{AdminError, desks};
use crate::http::Shared;
use crate::http::body::Json;
use crate::http::problem::{Answer, Failed};
use crate::http::session::SignedIn;

/// Largest desk, in bytes of JSON: a district has about 40,000 corners then.
const DESK_BYTES_MAX: usize = 1024 * 1024;

pub(in crate::http) async fn list(
    State(parts): State<Shared>,
    signed_in: SignedIn,
) -> Answer<axum::Json<DeskSettingsList>> {
    administrator(&parts, &signed_in)?;
    let desks = desks::settings(&parts.store).await?;
    Ok(axum::Json(DeskSettingsList { desks, common_targets: DEFAULT_TARGETS.to_vec() }))
}

pub(in crate::http) async fn put(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    Json(settings): Json<DeskSettings, DESK_BYTES_MAX>,
) -> Answer<axum::Json<DeskSettingsList>> {
    let by = administrator(&parts, &signed_in)?;
    if settings.desk_id.as_str() != id {
        let other = AdminError::Invalid { field: "desk_id".into(), detail: "the id of the address".into() };
        return Err(Failed::from(other));
    }
    desks::put(&parts.store, by, settings).await?;
    // The other nodes read the desks again every few seconds.
    if let Err(error) = parts.dispatch.refresh(&parts.store).await {
        tracing::warn!(%error, "desks not read again at once");
    }
    list(State(parts), signed_in).await
}
