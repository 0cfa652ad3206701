//! Of cases.

use sos_core::access::Action;

use super::{BYTES, Guard, Route, route};

const READ: Guard = Guard::Case(Action::ReadCase);
const MEDIA: Guard = Guard::Case(Action::ReadMedia);
const WORK: Guard = Guard::Case(Action::WorkCase);
const HELP: Guard = Guard::Case(Action::HelpCase);
const TAKE: Guard = Guard::Case(Action::TakeCase);
const CASE: Option<&str> = Some("CaseAnswer");

pub(super) const ROUTES: &[Route] = &[
    route(
        "GET",
        "/api/cases",
        Guard::Role(Action::ListCases),
        None,
        Some("CaseList"),
        "The queue: live cases and the latest closed ones.",
    ),
    route("GET", "/api/cases/{case_id}", READ, None, Some("CaseDetail"), "Everything about a case."),
    route(
        "GET",
        "/api/cases/{case_id}/attachments/{attachment_id}",
        MEDIA,
        None,
        Some(BYTES),
        "A photo or voice note of the worker, without metadata.",
    ),
    route("POST", "/api/cases/{case_id}/claim", WORK, Some("Claim"), CASE, "Take a case."),
    route("POST", "/api/cases/{case_id}/release", WORK, Some("WithReason"), CASE, "Give a case back."),
    route(
        "POST",
        "/api/cases/{case_id}/transfer",
        WORK,
        Some("Transfer"),
        CASE,
        "Offer a case to another desk; the holder holds it until that desk takes it.",
    ),
    route("POST", "/api/cases/{case_id}/close", WORK, Some("Close"), CASE, "Close a case."),
    route("POST", "/api/cases/{case_id}/reopen", WORK, Some("WithReason"), CASE, "Open a case again."),
    route("POST", "/api/cases/{case_id}/messages", HELP, Some("PostMessage"), CASE, "Write to the worker."),
    route("POST", "/api/cases/{case_id}/notes", HELP, Some("PostNote"), CASE, "Write a note for officers."),
    route("POST", "/api/cases/{case_id}/rang", WORK, None, CASE, "A console drew and rang it."),
    route("POST", "/api/cases/{case_id}/seen", WORK, None, CASE, "An officer opened it."),
    route(
        "GET",
        "/api/cases/{case_id}/escalation",
        READ,
        None,
        Some("EscalationView"),
        "Who was told of a case that nobody answers, and when the next ones are.",
    ),
    route(
        "POST",
        "/api/cases/{case_id}/told",
        READ,
        None,
        CASE,
        "The officer's console showed what waited for it in this case.",
    ),
    route("POST", "/api/cases/{case_id}/assign", WORK, Some("Assign"), CASE, "Ask an officer to take it."),
    route("POST", "/api/cases/{case_id}/transfer/take", TAKE, Some("Claim"), CASE, "Take what is offered."),
    route(
        "POST",
        "/api/cases/{case_id}/transfer/decline",
        TAKE,
        Some("WithReason"),
        CASE,
        "Decline an offer.",
    ),
    route("POST", "/api/cases/{case_id}/transfer/withdraw", WORK, Some("Claim"), CASE, "Take an offer back."),
    route("POST", "/api/cases/{case_id}/share", WORK, Some("Share"), CASE, "Show it to another desk."),
    route("POST", "/api/cases/{case_id}/priority", WORK, Some("Prioritise"), CASE, "Say how urgent it is."),
    route("POST", "/api/cases/{case_id}/tags", HELP, Some("SetTags"), CASE, "Set its tags."),
    route(
        "POST",
        "/api/cases/{case_id}/answers",
        HELP,
        Some("PostAnswer"),
        CASE,
        "Answer a guided question.",
    ),
    route("POST", "/api/cases/{case_id}/links", WORK, Some("Link"), CASE, "Another case belongs to it."),
    route("POST", "/api/cases/{case_id}/unlink", WORK, Some("Link"), CASE, "It does not, after all."),
    route(
        "POST",
        "/api/cases/{case_id}/merge",
        WORK,
        Some("Merge"),
        CASE,
        "It is the same matter as another case.",
    ),
    route("POST", "/api/cases/{case_id}/ask-fix", HELP, None, CASE, "Ask the phone for its position."),
    route(
        "POST",
        "/api/cases/{case_id}/raise",
        WORK,
        Some("WithReason"),
        CASE,
        "Have the next ones told at once.",
    ),
    route(
        "GET",
        "/api/cases/{case_id}/surroundings",
        READ,
        None,
        Some("Surroundings"),
        "Emergency numbers and missions near the newest position.",
    ),
    route(
        "POST",
        "/api/cases/batch",
        Guard::Role(Action::ListCases),
        Some("Batch"),
        Some("BatchAnswer"),
        "One command on many cases; each is answered for itself.",
    ),
    route(
        "POST",
        "/api/search",
        Guard::Role(Action::ListCases),
        Some("Search"),
        Some("Found"),
        "Find cases by words.",
    ),
];
