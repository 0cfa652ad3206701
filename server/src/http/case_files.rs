//! Electronic case files: made, and checked.

use axum::extract::{FromRequest, Path, Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use sos_core::access::{self, Access, Action};
use sos_core::case_file::sha256_hex;
use sos_protocol::ErrorCode;
use sos_protocol::case::Exported;
use sos_protocol::case_file::CaseFileCheck;
use sos_protocol::limits::CASE_FILE_BYTES_MAX;

use super::Shared;
use super::body;
use super::cases::case_id;
use super::problem::{Answer, Failed};
use super::session::SignedIn;
use crate::cap;
use crate::case_file;

/// The file of a case.
pub(super) async fn file(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(id): Path<String>,
) -> Answer<Response> {
    let (officer, id) = (signed_in.officer(), case_id(&id)?);
    let view = parts.cases.visible(&officer, id).await?;
    if access::may(&officer, Action::ExportCase, Some(view.record.desks())) != Access::Allowed {
        return Err(Failed::code(ErrorCode::Forbidden));
    }
    let now = parts.clock.now();
    let mask = parts.pseudonyms.for_export(&officer, parts.entropy.uuid_v7(now));
    let by = (&officer, signed_in.me.name.as_str(), mask);
    let made = case_file::make(&parts.cases, &parts.store, &parts.signer, by, id, now).await?;
    parts.cases.note_export(&officer, id, Exported::CaseFile, sha256_hex(&made.bytes)).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"sos-{}.json\"", made.case_no)),
    ];
    Ok((headers, made.bytes).into_response())
}

/// A case as a CAP message.
pub(super) async fn cap(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path(id): Path<String>,
) -> Answer<Response> {
    let (officer, id) = (signed_in.officer(), case_id(&id)?);
    let view = parts.cases.visible(&officer, id).await?;
    if access::may(&officer, Action::ExportCase, Some(view.record.desks())) != Access::Allowed {
        return Err(Failed::code(ErrorCode::Forbidden));
    }
    let xml = cap::of_case(&parts.sender, &view).map_err(|_| Failed::code(ErrorCode::Internal))?;
    parts.cases.note_export(&officer, id, Exported::Cap, sha256_hex(xml.as_bytes())).await?;
    let name = format!("attachment; filename=\"sos-{}.cap.xml\"", view.record.number());
    Ok(([(header::CONTENT_TYPE, cap::TYPE.to_owned()), (header::CONTENT_DISPOSITION, name)], xml)
        .into_response())
}

/// A file that somebody brings.
pub(super) struct Brought(Vec<u8>);

impl FromRequest<Shared> for Brought {
    type Rejection = Failed;

    async fn from_request(request: Request, _: &Shared) -> Answer<Self> {
        Ok(Self(body::whole(request.into_body(), CASE_FILE_BYTES_MAX).await?))
    }
}

pub(super) async fn check(
    State(parts): State<Shared>,
    _: SignedIn,
    Brought(file): Brought,
) -> Answer<axum::Json<CaseFileCheck>> {
    let key = parts.signer.public().clone();
    // Hashing 32 MB takes longer than what else this thread does may wait.
    let checked = tokio::task::spawn_blocking(move || case_file::check(&file, &key)).await;
    Ok(axum::Json(checked.map_err(|_| Failed::code(ErrorCode::Internal))?))
}
