//! The console's files, out of the binary.

use axum::body::Body;
use axum::http::{Method, Request, Response, StatusCode, Uri, header};
use axum::response::IntoResponse;
use rust_embed::{EmbeddedFile, RustEmbed};
use sos_protocol::ErrorCode;

use super::problem::Failed;

#[derive(RustEmbed)]
#[folder = "console/dist"]
#[allow_missing = true]
struct Files;

const NOT_BUILT: &str = "<!doctype html><html lang=\"vi\"><meta charset=\"utf-8\"><title>SOS</title>\
    <p>Bảng điều phối chưa được dựng. Hãy chạy <code>ops/up</code>.\
    <p>The dispatch console is not built. Run <code>ops/up</code>.</html>";

/// Whether the console's files are here.
#[must_use]
pub fn console_is_built() -> bool {
    Files::get("index.html").is_some()
}

pub(super) async fn serve_file(method: Method, uri: Uri, request: Request<Body>) -> Response<Body> {
    let path = uri.path().trim_start_matches('/');
    let is_page = path.is_empty() || !path.contains('.');
    if method != Method::GET && method != Method::HEAD || path.starts_with("api/") {
        return Failed::code(ErrorCode::NotFound).into_response();
    }
    match Files::get(if is_page { "index.html" } else { path }) {
        Some(file) => answer(if is_page { "index.html" } else { path }, file, &request),
        None if is_page => {
            let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
            (StatusCode::SERVICE_UNAVAILABLE, kind, NOT_BUILT).into_response()
        }
        None => Failed::code(ErrorCode::NotFound).into_response(),
    }
}

fn answer(path: &str, file: EmbeddedFile, request: &Request<Body>) -> Response<Body> {
    let hash: String = file.metadata.sha256_hash()[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("\"{hash}\"");
    // Names under assets/ carry a hash of the contents.
    let keep = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = [
        (header::CONTENT_TYPE, content_type(path).to_owned()),
        (header::CACHE_CONTROL, keep.to_owned()),
        (header::ETAG, tag.clone()),
    ];
    if request.headers().get(header::IF_NONE_MATCH).is_some_and(|seen| seen.as_bytes() == tag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, Body::from(file.data.into_owned())).into_response()
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "geojson" | "webmanifest" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "woff" => "font/woff",
        _ => "application/octet-stream",
    }
}
