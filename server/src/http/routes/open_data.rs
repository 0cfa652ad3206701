//! Of open statistics.

use super::{BYTES, Guard, Route, route};

pub(super) const ROUTES: &[Route] = &[
    route(
        "GET",
        "/open-data",
        Guard::Public,
        None,
        Some(BYTES),
        "Open statistics as a page, in Vietnamese or with ?language=en in English.",
    ),
    route("GET", "/open-data/cases.csv", Guard::Public, None, Some(BYTES), "The same as CSV (UTF-8)."),
    route("GET", "/open-data/cases.json", Guard::Public, None, Some("OpenCases"), "The same as JSON."),
    route(
        "GET",
        "/open-data/fields.json",
        Guard::Public,
        None,
        Some("OpenFields"),
        "What each field means, the licence, the time zone, and how small groups are kept from being known.",
    ),
];
