//! Files that officers take away.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sos_protocol::export::{ExportFormat, ExportList, ExportView, NewExport};
use sos_protocol::{ErrorCode, ExportId};

use super::Shared;
use super::body::Json;
use super::problem::{Answer, Failed};
use super::range::{Asked, range};
use super::session::SignedIn;
use crate::exports::ExportError;

impl From<ExportError> for Failed {
    fn from(error: ExportError) -> Self {
        Self::from(Box::new(error.into()))
    }
}

/// A path without an export is a path to nothing.
fn export_id(text: &str) -> Answer<ExportId> {
    text.parse().map_err(|_| Failed::code(ErrorCode::NotFound))
}

pub(super) async fn ask(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Json(wanted): Json<NewExport>,
) -> Answer<axum::Json<ExportView>> {
    let by = (&signed_in.officer(), signed_in.me.name.as_str());
    Ok(axum::Json(parts.exports.ask(by, &wanted).await?))
}

pub(super) async fn list(State(parts): State<Shared>, signed_in: SignedIn) -> Answer<axum::Json<ExportList>> {
    Ok(axum::Json(parts.exports.list(&signed_in.officer()).await?))
}

pub(super) async fn view(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(id): Path<String>,
) -> Answer<axum::Json<ExportView>> {
    Ok(axum::Json(parts.exports.view(&signed_in.officer(), export_id(&id)?).await?))
}

pub(super) async fn remove(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(id): Path<String>,
) -> Answer<StatusCode> {
    parts.exports.remove(&signed_in.officer(), export_id(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The file, or the part of it that is asked for: whoever has some of it goes on from there.
pub(super) async fn file(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(id): Path<String>,
    asked: HeaderMap,
) -> Answer<Response> {
    let fetched = parts.exports.fetch(&signed_in.officer(), export_id(&id)?).await?;
    let view = fetched.view();
    let etag = format!("\"{}\"", view.sha256.as_deref().unwrap_or_default());
    let length = usize::try_from(view.bytes).map_err(|_| Failed::code(ErrorCode::Internal))?;
    let headers = [
        (header::CONTENT_TYPE, content_type(view.format).to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", view.file_name)),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
        (header::ETAG, etag.clone()),
    ];
    let (status, range) = match range(&asked, length, Some(&etag)) {
        Asked::All => (StatusCode::OK, 0..length),
        Asked::Part(range) => (StatusCode::PARTIAL_CONTENT, range),
        Asked::Nothing => {
            let whole = [(header::CONTENT_RANGE, format!("bytes */{length}"))];
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, whole).into_response());
        }
    };
    let place = format!("bytes {}-{}/{length}", range.start, range.end.saturating_sub(1));
    let size = [(header::CONTENT_LENGTH, range.len().to_string())];
    let mut response = (status, headers, size, Body::from_stream(fetched.bytes(range))).into_response();
    if status == StatusCode::PARTIAL_CONTENT
        && let Ok(place) = place.parse()
    {
        response.headers_mut().insert(header::CONTENT_RANGE, place);
    }
    Ok(response)
}

const fn content_type(format: ExportFormat) -> &'static str {
    match format {
        ExportFormat::Csv => "text/csv; charset=utf-8",
        ExportFormat::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ExportFormat::Pdf => "application/pdf",
    }
}
