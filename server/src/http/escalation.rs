//! Escalation of a case, for officers.

use axum::extract::{Path, State};
use sos_protocol::cover::EscalationView;
use sos_protocol::http::CaseAnswer;

use super::Shared;
use super::cases::case_id;
use super::problem::Answer;
use super::session::SignedIn;

pub(super) async fn view(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(id): Path<String>,
) -> Answer<axum::Json<EscalationView>> {
    let id = case_id(&id)?;
    parts.cases.visible(&signed_in.officer(), id).await?;
    Ok(axum::Json(parts.store.escalation_view(id).await?))
}

pub(super) async fn told(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(id): Path<String>,
) -> Answer<axum::Json<CaseAnswer>> {
    let (id, officer) = (case_id(&id)?, signed_in.officer());
    let view = parts.cases.visible(&officer, id).await?;
    parts.store.told_at_console(id, officer.id, parts.clock.now()).await?;
    Ok(axum::Json(CaseAnswer { case: view.summary() }))
}
