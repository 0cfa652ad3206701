//! Of files that officers take away. Who may have which is decided by what it is of, in `exports`.

use super::{BYTES, Guard, Route, route};

const EXPORT: &str = "/api/exports/{export_id}";

pub(super) const ROUTES: &[Route] = &[
    route(
        "POST",
        "/api/exports",
        Guard::SignedIn,
        Some("NewExport"),
        Some("ExportView"),
        "Ask for a file; it is made meanwhile. The same id again is the same file.",
    ),
    route(
        "GET",
        "/api/exports",
        Guard::SignedIn,
        None,
        Some("ExportList"),
        "One's own files, the newest first; for reviewers also those by schedule.",
    ),
    route("GET", EXPORT, Guard::SignedIn, None, Some("ExportView"), "How far a file is."),
    route("DELETE", EXPORT, Guard::SignedIn, None, None, "Remove one of one's own."),
    route(
        "GET",
        "/api/exports/{export_id}/file",
        Guard::SignedIn,
        None,
        Some(BYTES),
        "The file. ETag is its SHA-256; a Range goes on with one that broke off.",
    ),
];
