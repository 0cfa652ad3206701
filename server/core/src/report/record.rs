//! A report in the list of reports: what there is to look for, without a word of it.

use serde::{Deserialize, Serialize};
use sos_protocol::cover::Reach;
use sos_protocol::report::{MajorReason, ReportState};
use sos_protocol::{CaseEvent, CaseId, StaffId, UnixMs};

use super::{Outcome, Report, reasons};
use crate::recording::CaseRecord;

/// A row of `reports`: made anew from the ledger with every entry that changes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the columns, as the migration describes them")]
pub struct ReportRecord {
    pub case_id: CaseId,
    pub case_no: i64,
    pub state: ReportState,
    pub version: u32,
    pub required: Vec<MajorReason>,
    pub closed_ms: Option<UnixMs>,
    pub due_ms: Option<UnixMs>,
    pub open_due: Vec<String>,
}

/// Kinds of entries that the duty rests on, beside those of the report.
pub const DUTY_KINDS: [&str; 2] = ["claimed", "escalated"];

impl ReportRecord {
    /// Whether `event` may change the record of its case.
    #[must_use]
    pub fn moves(event: &CaseEvent) -> bool {
        super::KINDS.contains(&event.kind())
    }

    /// The record of `case` after `entries` of its ledger; none: it needs none, and nobody has written one.
    #[must_use]
    pub fn of(case: &CaseRecord, entries: &[(CaseEvent, Option<StaffId>, UnixMs)]) -> Option<Self> {
        let report = Report::of(case.drill, entries.iter().map(|(event, by, at)| (event, *by, *at)));
        let required = Self::required(case, entries);
        let measures = report.measures.iter().filter(|measure| measure.done.is_none());
        (report.version > 0 || !required.is_empty()).then(|| Self {
            case_id: case.case_id,
            case_no: case.case_no,
            state: report.state,
            version: report.version,
            closed_ms: report.closed,
            due_ms: report.due(!required.is_empty()),
            required,
            open_due: measures.map(|measure| measure.plan.due.clone()).collect(),
        })
    }

    /// Why `case` must have a report, by the claims and escalations among `entries`.
    #[must_use]
    pub fn required(case: &CaseRecord, entries: &[(CaseEvent, Option<StaffId>, UnixMs)]) -> Vec<MajorReason> {
        let claimed = entries.iter().find(|(event, ..)| matches!(event, CaseEvent::Claimed {}));
        let is_far = |event: &CaseEvent| match event {
            CaseEvent::Escalated { step } => matches!(step.reach, Reach::Ministry | Reach::Nobody),
            _ => false,
        };
        reasons(&Outcome {
            drill: case.drill,
            disposition: case.disposition,
            kind: case.kind,
            duress: case.duress_ms.is_some(),
            escalated: entries.iter().any(|(event, ..)| is_far(event)),
            late: claimed.is_none_or(|(.., at)| *at > case.claim_due_ms),
        })
    }
}
