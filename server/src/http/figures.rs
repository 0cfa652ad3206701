//! Figures for reviewers.

use axum::extract::State;
use sos_core::access::Action;
use sos_protocol::figures::{FigureCases, FigureCasesQuery, Figures, FiguresQuery};

use super::Shared;
use super::body::Json;
use super::problem::Answer;
use super::session::SignedIn;

pub(super) async fn figures(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Json(query): Json<FiguresQuery>,
) -> Answer<axum::Json<Figures>> {
    let officer = signed_in.may(Action::SeeFigures)?;
    Ok(axum::Json(parts.figures.figures(&officer, query).await?))
}

pub(super) async fn cases(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Json(wanted): Json<FigureCasesQuery>,
) -> Answer<axum::Json<FigureCases>> {
    let officer = signed_in.may(Action::SeeFigures)?;
    Ok(axum::Json(parts.figures.cases(&officer, wanted).await?))
}
