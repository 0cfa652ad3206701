//! Of the review afterwards.

use sos_core::access::Action;

use super::{BYTES, Guard, Route, route};

pub(super) const ROUTES: &[Route] = &[
    route(
        "GET",
        "/api/cases/{case_id}/file",
        Guard::Case(Action::ExportCase),
        None,
        Some(BYTES),
        "Everything about a case as a signed file.",
    ),
    route(
        "GET",
        "/api/cases/{case_id}/cap.xml",
        Guard::Case(Action::ExportCase),
        None,
        Some(BYTES),
        "A case as a message of the Common Alerting Protocol 1.2, with its latest position.",
    ),
    route(
        "POST",
        "/api/case-files/check",
        Guard::SignedIn,
        Some(BYTES),
        Some("CaseFileCheck"),
        "Whether a case file is whole and from this service.",
    ),
];
