//! Of officers: who they are, and where they work.

use sos_core::access::Action;

use super::{Guard, Route, route};

pub(super) const ROUTES: &[Route] = &[
    route(
        "POST",
        "/api/session",
        Guard::Public,
        Some("SignIn"),
        Some("Me"),
        "Sign in; sets the session cookie.",
    ),
    route("GET", "/api/session", Guard::SignedIn, None, Some("Me"), "Who is signed in."),
    route("DELETE", "/api/session", Guard::SignedIn, None, None, "Sign out; ends the shift."),
    route("POST", "/api/shift", Guard::Role(Action::Shift), None, Some("Me"), "Begin the shift."),
    route("DELETE", "/api/shift", Guard::Role(Action::Shift), None, Some("Me"), "End the shift."),
    route(
        "POST",
        "/api/feed-ticket",
        Guard::Role(Action::ListCases),
        None,
        Some("FeedTicket"),
        "A single-use ticket for the feed's socket.",
    ),
    route("GET", "/api/desks", Guard::Role(Action::ListDesks), None, Some("Desks"), "All desks."),
];
