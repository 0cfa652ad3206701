//! The table of addresses: what the OpenAPI document and the test of permissions are made from.

use sos_core::access::Action;

/// Who may call an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Anybody.
    Public,
    /// A program that signs with a key of its own.
    Signed,
    /// A verified phone that signs the request.
    Device,
    /// Any officer who is signed in.
    SignedIn,
    /// Officers whose role allows this, whatever the case.
    Role(Action),
    /// Officers who may do this to the case in the address.
    Case(Action),
}

/// An address.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// HTTP method.
    pub method: &'static str,
    /// Path, with parameters in braces.
    pub path: &'static str,
    /// What it does, in English.
    pub summary: &'static str,
    /// Who may call it.
    pub guard: Guard,
    /// Name of the body's type in the protocol.
    pub body: Option<&'static str>,
    /// Name of the answer's type in the protocol.
    pub answer: Option<&'static str>,
}

const fn route(
    method: &'static str,
    path: &'static str,
    guard: Guard,
    body: Option<&'static str>,
    answer: Option<&'static str>,
    summary: &'static str,
) -> Route {
    Route { method, path, summary, guard, body, answer }
}

const READ: Guard = Guard::Case(Action::ReadCase);
const WORK: Guard = Guard::Case(Action::WorkCase);
const CASE: Option<&str> = Some("CaseAnswer");
/// In place of a type: the bytes of a file.
pub const BYTES: &str = "bytes";

/// All addresses under `/api` but the document itself.
pub const ROUTES: &[Route] = &[
    route(
        "POST",
        "/api/enrol",
        Guard::Public,
        Some("EnrolRequest"),
        Some("Enrolled"),
        "Enrol a phone with a single-use code.",
    ),
    route(
        "POST",
        "/api/alerts",
        Guard::Public,
        Some("AlertPost"),
        Some("AlertStatus"),
        "Send an SOS. Taken whatever else is wrong.",
    ),
    route(
        "GET",
        "/api/alerts/{alert_id}",
        Guard::Public,
        None,
        Some("AlertStatus"),
        "How far an alert has got.",
    ),
    route(
        "PUT",
        "/api/device/push",
        Guard::Device,
        Some("PushTarget"),
        None,
        "Where this phone can be told something while its app sleeps; takes the place of an earlier one.",
    ),
    route("DELETE", "/api/device/push", Guard::Device, None, None, "No push to this phone any more."),
    route(
        "POST",
        "/api/device/attachments",
        Guard::Device,
        Some("NewAttachment"),
        Some("AttachmentState"),
        "Begin to send a photo or a voice note.",
    ),
    route(
        "GET",
        "/api/device/attachments/{attachment_id}",
        Guard::Device,
        None,
        Some("AttachmentState"),
        "How much of it the service has.",
    ),
    route(
        "PUT",
        "/api/device/attachments/{attachment_id}/{offset}",
        Guard::Device,
        Some(BYTES),
        Some("AttachmentState"),
        "The part that begins at this byte.",
    ),
    route(
        "PUT",
        "/api/device/pins",
        Guard::Device,
        Some("SetPins"),
        None,
        "The worker's PINs, for all of their phones. Not with a borrowed phone.",
    ),
    route(
        "POST",
        "/api/device/check-ins",
        Guard::Device,
        Some("CheckIn"),
        None,
        "The worker is safe. The same id again is the same check-in.",
    ),
    route(
        "POST",
        "/api/card",
        Guard::Public,
        Some("CardRequest"),
        Some("Enrolled"),
        "Somebody else's phone speaks for a worker for a day, with the worker's card and a PIN.",
    ),
    route(
        "GET",
        "/api/settings",
        Guard::Public,
        None,
        Some("PhoneSettings"),
        "What a phone has to know of this service.",
    ),
    route(
        "POST",
        "/api/sms",
        Guard::Signed,
        None,
        Some("SmsTaken"),
        "Webhook of an SMS gateway, signed with its key.",
    ),
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
        READ,
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
        "Give a case to another desk.",
    ),
    route("POST", "/api/cases/{case_id}/close", WORK, Some("Close"), CASE, "Close a case."),
    route("POST", "/api/cases/{case_id}/reopen", WORK, Some("WithReason"), CASE, "Open a case again."),
    route("POST", "/api/cases/{case_id}/messages", WORK, Some("PostMessage"), CASE, "Write to the worker."),
    route("POST", "/api/cases/{case_id}/notes", WORK, Some("PostNote"), CASE, "Write a note for officers."),
    route("POST", "/api/cases/{case_id}/rang", WORK, None, CASE, "A console drew and rang it."),
    route("POST", "/api/cases/{case_id}/seen", WORK, None, CASE, "An officer opened it."),
];
