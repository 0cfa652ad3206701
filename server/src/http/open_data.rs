//! Open statistics, for everybody: out of memory, so that it costs nobody else anything.

use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sos_protocol::report::ReportQuery;
use sos_protocol::{ErrorCode, UnixMs};

use super::Shared;
use super::problem::{Answer, Failed};
use super::reports::Asked;
use crate::open_data::{File, Files};

/// Answers with a body in one second, of one node: each is compressed anew. Caches and browsers that have it ask with its tag
/// and are not counted.
const ANSWERS_A_SECOND: u32 = 50;
/// For how long others may keep it, in seconds; then they ask with its tag.
const KEPT: HeaderValue = HeaderValue::from_static("public, max-age=3600");

/// Answers of this second.
#[derive(Default)]
pub struct OpenRate(Mutex<(i64, u32)>);

impl OpenRate {
    fn allows(&self, now: UnixMs) -> bool {
        let mut count = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let second = now.0.div_euclid(1_000);
        if count.0 != second {
            *count = (second, 0);
        }
        count.1 += 1;
        count.1 <= ANSWERS_A_SECOND
    }
}

fn send(parts: &Shared, headers: &HeaderMap, choose: impl Fn(&Files) -> &File) -> Answer<Response> {
    let files: Arc<Files> = parts.open_data.files().ok_or_else(|| Failed::code(ErrorCode::Unavailable))?;
    let file = choose(&files);
    let etag = HeaderValue::from_str(&file.etag).map_err(|_| Failed::code(ErrorCode::Internal))?;
    let any = HeaderValue::from_static("*");
    let about =
        [(header::ETAG, etag), (header::CACHE_CONTROL, KEPT), (header::ACCESS_CONTROL_ALLOW_ORIGIN, any)];
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|tags| tags.to_str().ok());
    if known.flat_map(|tags| tags.split(',')).any(|tag| tag.trim() == file.etag) {
        return Ok((StatusCode::NOT_MODIFIED, about).into_response());
    }
    if !parts.open_rate.allows(parts.clock.now()) {
        return Err(Failed::because(
            ErrorCode::RateLimited,
            "too many of these at once; ask again in a moment",
        ));
    }
    let kind = HeaderValue::from_static(file.kind);
    Ok((about, [(header::CONTENT_TYPE, kind)], file.bytes.clone()).into_response())
}

pub(super) async fn page(
    State(parts): State<Shared>,
    headers: HeaderMap,
    Asked(query): Asked<ReportQuery>,
) -> Answer<Response> {
    send(&parts, &headers, |files| files.page(query.language))
}

pub(super) async fn csv(State(parts): State<Shared>, headers: HeaderMap) -> Answer<Response> {
    send(&parts, &headers, |files| &files.csv)
}

pub(super) async fn json(State(parts): State<Shared>, headers: HeaderMap) -> Answer<Response> {
    send(&parts, &headers, |files| &files.json)
}

pub(super) async fn fields(State(parts): State<Shared>, headers: HeaderMap) -> Answer<Response> {
    send(&parts, &headers, |files| &files.fields)
}
