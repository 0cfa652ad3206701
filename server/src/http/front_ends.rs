//! The files of the two front ends, out of the binary: the officers' console at `/`, the workers' app at `/app/`.

use axum::body::Body;
use axum::http::{HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect};
use rust_embed::{EmbeddedFile, RustEmbed};
use sos_protocol::ErrorCode;

use super::problem::Failed;

#[derive(RustEmbed)]
#[folder = "console/dist"]
#[allow_missing = true]
struct ConsoleFiles;

#[derive(RustEmbed)]
#[folder = "../mobile-bridge/app/dist"]
#[allow_missing = true]
struct AppFiles;

const CONSOLE_NOT_BUILT: &str = "<!doctype html><html lang=\"vi\"><meta charset=\"utf-8\"><title>SOS</title>\
    <p>Bảng điều phối chưa được dựng. Hãy chạy <code>ops/up</code>.\
    <p>The dispatch console is not built. Run <code>ops/up</code>.</html>";
const APP_NOT_BUILT: &str = "<!doctype html><html lang=\"vi\"><meta charset=\"utf-8\"><title>SOS</title>\
    <p>Ứng dụng chưa được dựng. Hãy chạy <code>ops/up</code>.\
    <p>The app is not built. Run <code>ops/up</code>.</html>";

/// What pages of the app may load and where they may call: only here.
const APP_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; \
     worker-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
);

/// Whether the console's files are here.
#[must_use]
pub fn console_is_built() -> bool {
    ConsoleFiles::get("index.html").is_some()
}

/// Whether the app's files are here.
#[must_use]
pub fn app_is_built() -> bool {
    AppFiles::get("index.html").is_some()
}

/// Everything that no other route takes.
pub(super) async fn console_file(method: Method, uri: Uri, request: Request<Body>) -> Response<Body> {
    let path = uri.path().trim_start_matches('/');
    if method != Method::GET && method != Method::HEAD || path.starts_with("api/") {
        return Failed::code(ErrorCode::NotFound).into_response();
    }
    serve::<ConsoleFiles>(path, CONSOLE_NOT_BUILT, &request)
}

/// The app's address as people write it; what stands behind `#` in it stays with the browser.
pub(super) async fn app_root() -> Redirect {
    Redirect::permanent("/app/")
}

pub(super) async fn app_file(uri: Uri, request: Request<Body>) -> Response<Body> {
    let path = uri.path().strip_prefix("/app/").unwrap_or_default();
    let mut response = serve::<AppFiles>(path, APP_NOT_BUILT, &request);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, APP_POLICY);
    response
}

/// A file; every path without a dot is the page.
fn serve<Files: RustEmbed>(path: &str, not_built: &'static str, request: &Request<Body>) -> Response<Body> {
    let is_page = path.is_empty() || !path.contains('.');
    let path = if is_page { "index.html" } else { path };
    match Files::get(path) {
        Some(file) => answer(path, file, request),
        None if is_page => {
            let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
            (StatusCode::SERVICE_UNAVAILABLE, kind, not_built).into_response()
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
        "json" | "geojson" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "woff" => "font/woff",
        _ => "application/octet-stream",
    }
}
