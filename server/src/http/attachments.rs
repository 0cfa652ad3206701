//! Photos and voice notes: from the phone in parts, to officers as they may be passed on.

use std::time::Duration;

use axum::extract::{FromRequest, Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sos_core::access::{self, Access, Action};
use sos_core::media;
use sos_protocol::case::Media;
use sos_protocol::http::{AttachmentState, NewAttachment};
use sos_protocol::limits::ATTACHMENT_PART_BYTES_MAX;
use sos_protocol::{AttachmentId, DeviceId, ErrorCode};

use super::cases::case_id;
use super::device::{SignedDevice, signer};
use super::problem::{Answer, Failed};
use super::range::{Asked, range};
use super::session::SignedIn;
use super::{Shared, body};
use crate::attachments::AttachmentError;
use crate::store::attachments::AttachmentRecord;

/// Longest time for a part to come in: the largest takes 13 s on a bad 2G link.
const PART_WITHIN: Duration = Duration::from_secs(60);
/// What a browser may do with a file that a phone made: show it, and nothing else, whatever is in it.
const POLICY: HeaderValue = HeaderValue::from_static("sandbox; default-src 'none'");

type StateJson = Answer<axum::Json<AttachmentState>>;

impl From<AttachmentError> for Failed {
    fn from(error: AttachmentError) -> Self {
        Self::from(Box::new(error.into()))
    }
}

/// A part that a device signed.
pub(super) struct SignedPart {
    device_id: DeviceId,
    bytes: Vec<u8>,
}

impl FromRequest<Shared> for SignedPart {
    type Rejection = Failed;

    async fn from_request(request: Request, shared: &Shared) -> Answer<Self> {
        let (head, body) = request.into_parts();
        let late = |_| Failed::because(ErrorCode::Unavailable, "the part did not come in within a minute");
        let bytes = body::whole(body, ATTACHMENT_PART_BYTES_MAX);
        let bytes = tokio::time::timeout(PART_WITHIN, bytes).await.map_err(late)??;
        let device_id = signer(&head, &bytes, shared).await?.device_id;
        Ok(Self { device_id, bytes })
    }
}

/// A path without an attachment is a path to nothing.
fn attachment_id(text: &str) -> Answer<AttachmentId> {
    text.parse().map_err(|_| Failed::code(ErrorCode::NotFound))
}

pub(super) async fn begin(State(parts): State<Shared>, request: SignedDevice<NewAttachment>) -> StateJson {
    Ok(axum::Json(parts.attachments.begin(request.device_id, &request.body).await?))
}

pub(super) async fn state(
    State(parts): State<Shared>,
    Path(id): Path<String>,
    request: SignedDevice<()>,
) -> StateJson {
    Ok(axum::Json(parts.attachments.state(request.device_id, attachment_id(&id)?).await?))
}

pub(super) async fn append(
    State(parts): State<Shared>,
    Path((id, offset)): Path<(String, String)>,
    part: SignedPart,
) -> StateJson {
    let id = attachment_id(&id)?;
    let offset = offset.parse().map_err(|_| Failed::code(ErrorCode::NotFound))?;
    Ok(axum::Json(parts.attachments.append(part.device_id, id, offset, part.bytes).await?))
}

/// The file as it may be passed on, or the part of it that is asked for.
pub(super) async fn passed_on(
    State(parts): State<Shared>,
    signed_in: SignedIn,
    Path((case, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer<Response> {
    let (officer, case, id) = (signed_in.officer(), case_id(&case)?, attachment_id(&id)?);
    let view = parts.cases.visible(&officer, case).await?;
    if access::may(&officer, Action::ReadMedia, Some(view.record.desks())) != Access::Allowed {
        return Err(Failed::because(ErrorCode::Forbidden, "this account is not shown who workers are"));
    }
    let nothing = || Failed::code(ErrorCode::NotFound);
    let found = parts.store.attachment_of_case(&access::scope(&officer), case, id).await?;
    let (record, key) = found.ok_or_else(nothing)?;
    let bytes = parts.attachments.open(id, key).await?.ok_or_else(nothing)?;
    Ok(file(&record, bytes, &headers))
}

fn file(record: &AttachmentRecord, bytes: Vec<u8>, asked: &HeaderMap) -> Response {
    let what = match record.media {
        Media::Photo => "photo",
        Media::Voice => "voice",
    };
    let (id, extension) = (record.attachment_id, media::extension(&record.content_type));
    let headers = [
        (header::CONTENT_TYPE, record.content_type.clone()),
        (header::CONTENT_DISPOSITION, format!("inline; filename=\"{what}-{id}.{extension}\"")),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
    ];
    let length = bytes.len();
    let mut response = match range(asked, length, None) {
        Asked::All => (headers, bytes).into_response(),
        Asked::Part(range) => {
            let place = format!("bytes {}-{}/{length}", range.start, range.end - 1);
            let part = bytes[range].to_vec();
            (StatusCode::PARTIAL_CONTENT, headers, [(header::CONTENT_RANGE, place)], part).into_response()
        }
        Asked::Nothing => {
            let whole = [(header::CONTENT_RANGE, format!("bytes */{length}"))];
            (StatusCode::RANGE_NOT_SATISFIABLE, whole).into_response()
        }
    };
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, POLICY);
    response
}
