//! Bodies of requests.

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;
use sos_core::frames;
use sos_protocol::ErrorCode;
use sos_protocol::limits::FRAME_BYTES_MAX;

use super::problem::Failed;

/// A JSON body of at most `BYTES_MAX`, read strictly.
pub(super) struct Json<T, const BYTES_MAX: usize = FRAME_BYTES_MAX>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync, const BYTES_MAX: usize> FromRequest<S> for Json<T, BYTES_MAX> {
    type Rejection = Failed;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failed> {
        Ok(Self(frames::from_slice(&whole(request.into_body(), BYTES_MAX).await?)?))
    }
}

/// A body of at most `bytes_max`.
pub(super) async fn whole(body: Body, bytes_max: usize) -> Result<Vec<u8>, Failed> {
    match up_to(body, bytes_max).await? {
        (body, true) => Ok(body),
        (_, false) => Err(Failed::because(ErrorCode::TooLarge, "the body is too large")),
    }
}

/// The first [`FRAME_BYTES_MAX`] bytes of a body, and whether that is all of it.
pub(super) async fn head(body: Body) -> Result<(Vec<u8>, bool), Failed> {
    up_to(body, FRAME_BYTES_MAX).await
}

async fn up_to(mut body: Body, bytes_max: usize) -> Result<(Vec<u8>, bool), Failed> {
    let mut head = vec![];
    while let Some(frame) = body.frame().await {
        let broken = |_| Failed::because(ErrorCode::MalformedJson, "the body broke off");
        let Ok(data) = frame.map_err(broken)?.into_data() else { continue };
        let room = bytes_max - head.len();
        head.extend_from_slice(&data[..data.len().min(room)]);
        if data.len() > room {
            return Ok((head, false));
        }
    }
    Ok((head, true))
}
