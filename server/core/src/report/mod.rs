//! The life of an incident report: what its case's ledger makes of it, and a pure function from report, command and
//! officer to events or a refusal. The ledger alone is the report; all else is made from it.

mod decide;
mod draft;
mod duty;
#[cfg(test)]
mod histories;
mod record;
#[cfg(test)]
mod tests;

use sos_protocol::limits::REPORT_WITHIN_H;
use sos_protocol::report::{MeasurePlan, ReportMay, ReportState, Written};
use sos_protocol::{CaseEvent, MeasureId, StaffId, UnixMs};

pub use decide::{ReportCommand, ReportRefusal, decide};
pub use draft::{Line, draft, times};
pub use duty::{Outcome, reasons};
pub use record::{DUTY_KINDS, ReportRecord};

use crate::access::{self, Access, Action, CaseDesks, Officer};

/// How long a desk has, see [`REPORT_WITHIN_H`].
const WITHIN_MS: i64 = REPORT_WITHIN_H as i64 * 3600 * 1000;

/// A report as the ledger of its case has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Where it stands.
    pub state: ReportState,
    /// Counts the steps below; 0: nobody has saved anything yet.
    pub version: u32,
    /// Since when the case is closed; none: it is not.
    pub closed: Option<UnixMs>,
    /// Of a drill there is no report.
    pub drill: bool,
    /// The words.
    pub written: Written,
    /// What is to follow up.
    pub measures: Vec<Measure>,
    /// Questions of the ministry: number 1 first.
    pub questions: Vec<Asked>,
    /// How many times it was returned.
    pub rounds: u32,
    /// Who brought it to the ministry the last time.
    pub submitted_by: Option<StaffId>,
    /// Who accepted it.
    pub accepted_by: Option<StaffId>,
    /// When it was last returned.
    pub returned: Option<UnixMs>,
    /// The last step.
    pub last_step: Option<Step>,
}

/// A measure of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure {
    /// Its plan, as it is now.
    pub plan: MeasurePlan,
    /// When somebody said that it is done, and who.
    pub done: Option<(UnixMs, Option<StaffId>)>,
}

/// A question of the ministry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Which return it came with, from 1.
    pub round: u32,
    /// When.
    pub at: UnixMs,
    /// Who asked.
    pub by: Option<StaffId>,
    /// The question; empty where it was erased.
    pub text: String,
}

/// A step of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Kind of the event.
    pub did: &'static str,
    /// Which officer, where it was one.
    pub by: Option<StaffId>,
    /// When.
    pub at: UnixMs,
}

impl Report {
    /// Before the first entry of the case.
    #[must_use]
    pub fn new(drill: bool) -> Self {
        Self {
            state: ReportState::Draft,
            version: 0,
            closed: None,
            drill,
            written: Written::default(),
            measures: vec![],
            questions: vec![],
            rounds: 0,
            submitted_by: None,
            accepted_by: None,
            returned: None,
            last_step: None,
        }
    }

    /// The report after `entries` of its case, oldest first; entries of other kinds than [`KINDS`] change nothing.
    pub fn of<'a>(
        drill: bool,
        entries: impl IntoIterator<Item = (&'a CaseEvent, Option<StaffId>, UnixMs)>,
    ) -> Self {
        let mut report = Self::new(drill);
        for (event, by, at) in entries {
            report.apply(event, by, at);
        }
        report
    }

    /// The report after `event`, done by `by` (none: the worker or the service) at `at`.
    pub fn apply(&mut self, event: &CaseEvent, by: Option<StaffId>, at: UnixMs) {
        match event {
            CaseEvent::Closed { .. } => {
                self.closed = Some(at);
                return;
            }
            CaseEvent::Reopened { .. } | CaseEvent::Duress { .. } if self.closed.take().is_some() => {
                if self.version == 0 {
                    return;
                }
                self.state = ReportState::Draft;
            }
            CaseEvent::ReportSaved { plan, written } => self.saved(plan, written),
            CaseEvent::ReportSubmitted {} => {
                self.state = ReportState::Submitted;
                self.submitted_by = by;
            }
            CaseEvent::ReportReturned { asked, questions } => self.returned(*asked, questions, by, at),
            CaseEvent::ReportAccepted {} => {
                self.state = ReportState::Accepted;
                self.accepted_by = by;
            }
            CaseEvent::MeasureDone { measure_id } => {
                if let Some(measure) = self.measure_mut(*measure_id) {
                    measure.done = Some((at, by));
                }
            }
            CaseEvent::MeasureRedated { measure_id, due } => {
                if let Some(measure) = self.measure_mut(*measure_id) {
                    measure.plan.due.clone_from(due);
                }
            }
            _ => return,
        }
        self.version += 1;
        self.last_step = Some(Step { did: event.kind(), by, at });
    }

    /// What is done stays so, whatever is saved.
    fn saved(&mut self, plan: &[MeasurePlan], written: &Written) {
        let measures = plan.iter().map(|plan| {
            let before = self.measure(plan.measure_id);
            Measure { plan: plan.clone(), done: before.and_then(|measure| measure.done) }
        });
        self.measures = measures.collect();
        self.written = written.clone();
    }

    fn returned(&mut self, asked: u32, questions: &[String], by: Option<StaffId>, at: UnixMs) {
        self.state = ReportState::Returned;
        self.returned = Some(at);
        self.rounds += 1;
        let round = self.rounds;
        let text = |n: u32| questions.get(n as usize).cloned().unwrap_or_default();
        self.questions.extend((0..asked).map(|n| Asked { round, at, by, text: text(n) }));
    }

    /// One of its measures.
    #[must_use]
    pub fn measure(&self, id: MeasureId) -> Option<&Measure> {
        self.measures.iter().find(|measure| measure.plan.measure_id == id)
    }

    fn measure_mut(&mut self, id: MeasureId) -> Option<&mut Measure> {
        self.measures.iter_mut().find(|measure| measure.plan.measure_id == id)
    }

    /// The answer to question `number`, from 1; empty: there is none.
    #[must_use]
    pub fn answer(&self, number: u32) -> &str {
        let answer = self.written.answers.iter().find(|answer| answer.question == number);
        answer.map_or("", |answer| &answer.text)
    }

    /// By when the desk owes it, where it `must` be; none: it does not now.
    #[must_use]
    pub fn due(&self, must: bool) -> Option<UnixMs> {
        let closed = self.closed?;
        match self.state {
            ReportState::Draft => must.then(|| closed.plus_ms(WITHIN_MS)),
            ReportState::Returned => self.returned.map(|at| at.max(closed).plus_ms(WITHIN_MS)),
            ReportState::Submitted | ReportState::Accepted => None,
        }
    }

    /// What `officer` may do with it now.
    #[must_use]
    pub fn may(&self, officer: &Officer, desks: CaseDesks<'_>) -> ReportMay {
        let may = |action| access::may(officer, action, Some(desks)) == Access::Allowed;
        let is_open = self.closed.is_some() && !self.drill;
        let is_at_desk = is_open && matches!(self.state, ReportState::Draft | ReportState::Returned);
        ReportMay {
            write: is_at_desk && may(Action::WriteReport),
            submit: is_at_desk && self.version > 0 && may(Action::SubmitReport),
            judge: is_open && self.state == ReportState::Submitted && may(Action::JudgeReport),
            follow_up: is_open
                && self.measures.iter().any(|measure| measure.done.is_none())
                && may(Action::WriteReport),
        }
    }
}

/// Kinds of entries that a report is made from.
pub const KINDS: [&str; 9] = [
    "closed",
    "reopened",
    "duress",
    "report_saved",
    "report_submitted",
    "report_returned",
    "report_accepted",
    "measure_done",
    "measure_redated",
];

/// The day that `text` names, `2026-12-31`; none: there is no such day in this century.
#[must_use]
pub fn day(text: &str) -> Option<jiff::civil::Date> {
    let is_plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let day: jiff::civil::Date = text.parse().ok().filter(|_| is_plain)?;
    (2000..2100).contains(&day.year()).then_some(day)
}
