//! Of incident reports.

use sos_core::access::Action;

use super::{Guard, Route, route};

const READ: Guard = Guard::Case(Action::ReadReport);
const WRITE: Guard = Guard::Case(Action::WriteReport);
const SUBMIT: Guard = Guard::Case(Action::SubmitReport);
const JUDGE: Guard = Guard::Case(Action::JudgeReport);
const REPORT: Option<&str> = Some("ReportView");

pub(super) const ROUTES: &[Route] = &[
    route(
        "GET",
        "/api/reports",
        Guard::Role(Action::ListReports),
        None,
        Some("ReportList"),
        "Reports of closed cases, the latest case first: ?of=missing&desk=tw-taipei&after=123, see ReportsOf.",
    ),
    route(
        "GET",
        "/api/cases/{case_id}/report",
        READ,
        None,
        REPORT,
        "The report of a case: what the ledger says, in Vietnamese or with ?language=en in English, and what people wrote.",
    ),
    route(
        "POST",
        "/api/cases/{case_id}/report",
        WRITE,
        Some("SaveReport"),
        REPORT,
        "Save what people write.",
    ),
    route(
        "POST",
        "/api/cases/{case_id}/report/submit",
        SUBMIT,
        Some("ReportVersion"),
        REPORT,
        "Submit a report to the ministry.",
    ),
    route(
        "POST",
        "/api/cases/{case_id}/report/return",
        JUDGE,
        Some("ReturnReport"),
        REPORT,
        "Return a report with questions.",
    ),
    route(
        "POST",
        "/api/cases/{case_id}/report/accept",
        JUDGE,
        Some("ReportVersion"),
        REPORT,
        "Accept a report.",
    ),
    route(
        "POST",
        "/api/cases/{case_id}/report/measures/{measure_id}",
        WRITE,
        Some("ChangeMeasure"),
        REPORT,
        "Say that a measure is done, or give it another day.",
    ),
];
