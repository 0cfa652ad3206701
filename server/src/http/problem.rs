//! The one place where errors become answers (RFC 9457).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sos_core::frames::FrameError;
use sos_protocol::{ErrorCode, Problem};

use crate::admin::AdminError;
use crate::cases::CaseError;
use crate::figures::FiguresError;
use crate::store::StoreError;

/// A problem on its way out.
#[derive(Debug)]
pub(super) struct Failed(Box<Problem>);

/// What a handler gives.
pub(super) type Answer<T> = Result<T, Failed>;

impl Failed {
    pub(super) fn code(code: ErrorCode) -> Self {
        Self(Box::new(Problem::new(code)))
    }

    pub(super) fn because(code: ErrorCode, detail: &str) -> Self {
        Self(Box::new(Problem::new(code).detail(detail)))
    }
}

impl From<Box<Problem>> for Failed {
    fn from(problem: Box<Problem>) -> Self {
        Self(problem)
    }
}

impl From<CaseError> for Failed {
    fn from(error: CaseError) -> Self {
        Self(Box::new(error.into()))
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self(Box::new(error.into()))
    }
}

impl From<FiguresError> for Failed {
    fn from(error: FiguresError) -> Self {
        Self(Box::new(error.into()))
    }
}

impl From<AdminError> for Failed {
    fn from(error: AdminError) -> Self {
        Self(Box::new(error.into()))
    }
}

impl From<FrameError> for Failed {
    fn from(error: FrameError) -> Self {
        Self(Box::new(error.into()))
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&*self.0).unwrap_or_default();
        let kind = HeaderValue::from_static("application/problem+json");
        let mut response = (status, [(header::CONTENT_TYPE, kind)], body).into_response();
        if matches!(self.0.code, ErrorCode::Unavailable | ErrorCode::RateLimited) {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        response
    }
}

pub(super) async fn method_not_allowed() -> Failed {
    Failed::code(ErrorCode::MethodNotAllowed)
}
