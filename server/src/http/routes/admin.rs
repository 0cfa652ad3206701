//! Of administration.

use sos_core::access::Action;

use super::{Guard, Route, route};

const KEEP: Guard = Guard::Role(Action::Administer);
const DESKS: Option<&str> = Some("DeskSettingsList");
const NUMBERS: Option<&str> = Some("Numbers");
const STAFF: Option<&str> = Some("StaffAccounts");
const TEXTS: Option<&str> = Some("Texts");

pub(super) const ROUTES: &[Route] = &[
    route("GET", "/api/admin/desks", KEEP, None, DESKS, "All desks with everything that can be set."),
    route(
        "PUT",
        "/api/admin/desks/{desk_id}",
        KEEP,
        Some("DeskSettings"),
        DESKS,
        "A new desk, or a change of one.",
    ),
    route("GET", "/api/admin/numbers", KEEP, None, NUMBERS, "All telephone numbers."),
    route(
        "PUT",
        "/api/admin/numbers",
        KEEP,
        Some("NumberEntry"),
        NUMBERS,
        "A new number, or a change of one.",
    ),
    route("GET", "/api/admin/staff", KEEP, None, STAFF, "All accounts."),
    route(
        "PUT",
        "/api/admin/staff/{staff_id}",
        KEEP,
        Some("PutStaff"),
        STAFF,
        "A new account, or a change of one.",
    ),
    route(
        "POST",
        "/api/admin/codes",
        KEEP,
        Some("CreateCodes"),
        Some("CodesMade"),
        "Enrolment codes, shown once. With a bad row in the list nothing is made.",
    ),
    route(
        "POST",
        "/api/admin/workers/search",
        KEEP,
        Some("Search"),
        Some("WorkersFound"),
        "Workers by name, employer or telephone number.",
    ),
    route("GET", "/api/texts", Guard::SignedIn, None, TEXTS, "Phrases, guided questions, tags."),
    route("PUT", "/api/admin/texts", KEEP, Some("Texts"), TEXTS, "All texts anew."),
    route("GET", "/api/admin/ledger", KEEP, None, Some("AdminLedger"), "The latest changes."),
];
