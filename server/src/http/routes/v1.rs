//! Of other systems.

use sos_core::access::Action;
use sos_protocol::api_v1::TokenPurpose;

use super::{Guard, Route, route};

const KEEP: Guard = Guard::Role(Action::Administer);
const TOKENS: Option<&str> = Some("Tokens");
const REPORTS: Guard = Guard::Token(TokenPurpose::Reports);

pub(super) const ROUTES: &[Route] = &[
    route("GET", "/api/admin/tokens", KEEP, None, TOKENS, "All tokens of other systems."),
    route(
        "POST",
        "/api/admin/tokens",
        KEEP,
        Some("MakeToken"),
        Some("TokenMade"),
        "A new token, shown once.",
    ),
    route("DELETE", "/api/admin/tokens/{token_id}", KEEP, None, TOKENS, "Revoke a token."),
    route(
        "GET",
        "/api/v1/figures",
        Guard::Token(TokenPurpose::Figures),
        None,
        Some("Figures"),
        "Figures of a period: ?from=2026-01-01&to=2026-01-31&zone=Asia/Ho_Chi_Minh, see FiguresQuery.",
    ),
    route(
        "GET",
        "/api/v1/reports",
        REPORTS,
        None,
        Some("ReportList"),
        "Reports of closed cases, the latest case first: ?of=accepted&desk=tw-taipei&after=123, see ReportsOf.",
    ),
    route(
        "GET",
        "/api/v1/reports/{case_id}",
        REPORTS,
        None,
        Some("ReportOut"),
        "A report without names; words in Vietnamese or with ?language=en in English.",
    ),
];
