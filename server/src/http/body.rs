//! Bodies of requests.

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;
use sos_core::frames;
use sos_protocol::ErrorCode;
use sos_protocol::limits::FRAME_BYTES_MAX;

use super::problem::Failed;

/// A JSON body of at most [`FRAME_BYTES_MAX`], read strictly.
pub(super) struct Json<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Failed;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failed> {
        let (head, whole) = head(request.into_body()).await?;
        if !whole {
            return Err(Failed::because(ErrorCode::TooLarge, "the body is too large"));
        }
        Ok(Self(frames::from_slice(&head)?))
    }
}

/// The first [`FRAME_BYTES_MAX`] bytes of a body, and whether that is all of it.
pub(super) async fn head(mut body: Body) -> Result<(Vec<u8>, bool), Failed> {
    let mut head = vec![];
    while let Some(frame) = body.frame().await {
        let broken = |_| Failed::because(ErrorCode::MalformedJson, "the body broke off");
        let Ok(data) = frame.map_err(broken)?.into_data() else { continue };
        let room = FRAME_BYTES_MAX - head.len();
        head.extend_from_slice(&data[..data.len().min(room)]);
        if data.len() > room {
            return Ok((head, false));
        }
    }
    Ok((head, true))
}
