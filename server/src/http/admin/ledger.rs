//! The administration's ledger.

use axum::extract::State;
use sos_protocol::admin::AdminLedger;

use super::administrator;
use crate::http::Shared;
use crate::http::problem::Answer;
use crate::http::session::SignedIn;

pub(in crate::http) async fn latest(
    State(parts): State<Shared>,
    signed_in: SignedIn,
) -> Answer<axum::Json<AdminLedger>> {
    administrator(&parts, &signed_in)?;
    Ok(axum::Json(AdminLedger { entries: parts.store.admin_entries().await? }))
}
