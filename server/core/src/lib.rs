//! The rules of the service, without tokio, sqlx or redis: what may happen to a case, who may do it, where an
//! alert goes, what is written down, and what figures say of it.

/// Every event of a review, as a pattern. None of them changes anything of a case but its report and what is on record of who
/// looked. A match over all events is still complete with it: what is new must be decided everywhere.
macro_rules! of_review {
    () => {
        ::sos_protocol::CaseEvent::ReportSaved { .. }
            | ::sos_protocol::CaseEvent::ReportSubmitted {}
            | ::sos_protocol::CaseEvent::ReportReturned { .. }
            | ::sos_protocol::CaseEvent::ReportAccepted {}
            | ::sos_protocol::CaseEvent::MeasureDone { .. }
            | ::sos_protocol::CaseEvent::MeasureRedated { .. }
            | ::sos_protocol::CaseEvent::LookedAt {}
            | ::sos_protocol::CaseEvent::Exported { .. }
    };
}

pub mod access;
pub mod admin_ledger;
pub mod case_file;
pub mod cover;
pub mod entry;
pub mod figures;
pub mod folding;
pub mod frames;
pub mod ledger;
pub mod lifecycle;
pub mod media;
pub mod merkle;
pub mod open_data;
pub mod pseudonym;
pub mod push;
pub mod recording;
pub mod report;
pub mod routing;
pub mod session;
