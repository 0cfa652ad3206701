//! What other systems read with a token: the console's figures and reports, without names.

use axum::extract::{Path, State};
use sos_protocol::ErrorCode;
use sos_protocol::api_v1::{ReportOut, TokenPurpose};
use sos_protocol::figures::{Figures, FiguresQuery};
use sos_protocol::report::{ReportList, ReportQuery, ReportsQuery};

use super::Shared;
use super::bearer::Bearer;
use super::cases::case_id;
use super::problem::{Answer, Failed};
use super::reports::Asked;

pub(super) async fn figures(
    State(parts): State<Shared>,
    bearer: Bearer,
    Asked(query): Asked<FiguresQuery>,
) -> Answer<axum::Json<Figures>> {
    let officer = bearer.may(TokenPurpose::Figures)?;
    Ok(axum::Json(parts.figures.figures(&officer, query).await?))
}

pub(super) async fn reports(
    State(parts): State<Shared>,
    bearer: Bearer,
    Asked(query): Asked<ReportsQuery>,
) -> Answer<axum::Json<ReportList>> {
    let officer = bearer.may(TokenPurpose::Reports)?;
    if officer.desk.is_some() && query.desk.is_some() && query.desk != officer.desk {
        return Err(Failed::because(ErrorCode::Forbidden, "desk: the token is of another"));
    }
    Ok(axum::Json(parts.cases.reports(&officer, query).await?))
}

pub(super) async fn report(
    State(parts): State<Shared>,
    bearer: Bearer,
    Path(id): Path<String>,
    Asked(query): Asked<ReportQuery>,
) -> Answer<axum::Json<ReportOut>> {
    let officer = bearer.may(TokenPurpose::Reports)?;
    Ok(axum::Json(parts.cases.report_out(&officer, case_id(&id)?, query.language).await?))
}
