//! What a command brings about.

use std::collections::HashSet;

use sos_protocol::limits::REPORT_QUESTIONS_ALL_MAX;
use sos_protocol::report::{MeasurePlan, ReportState, Written};
use sos_protocol::{CaseEvent, MeasureId};

use super::Report;
use crate::access::{self, Access, Action, CaseDesks, Officer};

/// What an officer wants with a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReportCommand {
    /// Save what people write; it takes the place of what was there.
    Save {
        /// What is to follow up.
        plan: Vec<MeasurePlan>,
        /// The words.
        written: Written,
    },
    /// Bring it to the ministry.
    Submit,
    /// Give it back with questions.
    Return {
        /// One at least.
        questions: Vec<String>,
    },
    /// Be done with it.
    Accept,
    /// Say what became of a measure.
    Measure {
        /// Which.
        id: MeasureId,
        /// It is done.
        done: bool,
        /// It has another day, `2026-12-31`.
        due: Option<String>,
    },
}

impl ReportCommand {
    /// What it takes to give it.
    #[must_use]
    pub const fn action(&self) -> Action {
        match self {
            Self::Save { .. } | Self::Measure { .. } => Action::WriteReport,
            Self::Submit => Action::SubmitReport,
            Self::Return { .. } | Self::Accept => Action::JudgeReport,
        }
    }
}

/// Why a command does nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReportRefusal {
    /// They may not know of the case.
    #[error("no such case")]
    Hidden,
    /// They may not do this.
    #[error("the role does not allow it")]
    Forbidden,
    /// Another officer was faster.
    #[error("the report has changed")]
    Stale,
    /// There is none of a case that is not closed, nor of a drill.
    #[error("there is no report while the case is not closed, nor of a drill")]
    NoReport,
    /// It makes no sense in this state.
    #[error("not possible while the report is {0:?}")]
    Illegal(ReportState),
    /// Something is missing that has to be there before it is submitted: the field.
    #[error("empty: {0}")]
    Incomplete(&'static str),
    /// A question or a measure that there is not, or the same measure twice: the field.
    #[error("no such thing, or twice: {0}")]
    Unfit(&'static str),
    /// It has as many questions as it can have.
    #[error("too many questions")]
    TooMany,
    /// There is no such measure.
    #[error("no such measure")]
    NoSuchMeasure,
}

/// What `command` of `officer`, who saw `version` of the report, brings about. No events and no refusal: it is so already,
/// by this officer.
///
/// # Errors
/// A [`ReportRefusal`] when it may not or cannot be.
pub fn decide(
    report: &Report,
    desks: CaseDesks<'_>,
    command: ReportCommand,
    officer: &Officer,
    version: u32,
) -> Result<Vec<CaseEvent>, ReportRefusal> {
    match access::may(officer, command.action(), Some(desks)) {
        Access::Allowed => {}
        Access::Forbidden => return Err(ReportRefusal::Forbidden),
        Access::Hidden => return Err(ReportRefusal::Hidden),
    }
    if report.closed.is_none() || report.drill {
        return Err(ReportRefusal::NoReport);
    }
    if is_so_already(report, &command, officer) {
        return Ok(vec![]);
    }
    if version != report.version {
        return Err(ReportRefusal::Stale);
    }
    match command {
        ReportCommand::Save { plan, written } => save(report, plan, written),
        ReportCommand::Submit => submit(report),
        ReportCommand::Return { questions } => give_back(report, questions),
        ReportCommand::Accept => {
            in_state(report, &[ReportState::Submitted])?;
            Ok(vec![CaseEvent::ReportAccepted {}])
        }
        ReportCommand::Measure { id, done, due } => measure(report, id, done, due),
    }
}

/// A repeat whose first answer was lost.
fn is_so_already(report: &Report, command: &ReportCommand, officer: &Officer) -> bool {
    let last = report.last_step.filter(|step| step.by == Some(officer.id)).map(|step| step.did);
    match command {
        ReportCommand::Save { plan, written } => {
            let planned = report.measures.iter().map(|measure| &measure.plan);
            last == Some("report_saved") && report.written == *written && plan.iter().eq(planned)
        }
        ReportCommand::Submit => {
            report.state == ReportState::Submitted && report.submitted_by == Some(officer.id)
        }
        ReportCommand::Return { questions } => {
            let asked = report.questions.iter().filter(|asked| asked.round == report.rounds);
            last == Some("report_returned") && asked.map(|asked| &asked.text).eq(questions)
        }
        ReportCommand::Accept => {
            report.state == ReportState::Accepted && report.accepted_by == Some(officer.id)
        }
        ReportCommand::Measure { id, done, due } => report.measure(*id).is_some_and(|measure| {
            (!*done || measure.done.is_some()) && due.as_ref().is_none_or(|due| *due == measure.plan.due)
        }),
    }
}

fn save(report: &Report, plan: Vec<MeasurePlan>, written: Written) -> Result<Vec<CaseEvent>, ReportRefusal> {
    in_state(report, &[ReportState::Draft, ReportState::Returned])?;
    let mut seen = HashSet::new();
    if !plan.iter().all(|measure| seen.insert(measure.measure_id)) {
        return Err(ReportRefusal::Unfit("measures"));
    }
    // What is done is on record: it is not taken out of the report.
    let mut done = report.measures.iter().filter(|measure| measure.done.is_some());
    if !done.all(|measure| seen.contains(&measure.plan.measure_id)) {
        return Err(ReportRefusal::Unfit("measures"));
    }
    let mut answered = HashSet::new();
    let fits = |number: u32| number >= 1 && number as usize <= report.questions.len();
    if !written.answers.iter().all(|answer| fits(answer.question) && answered.insert(answer.question)) {
        return Err(ReportRefusal::Unfit("answers"));
    }
    Ok(vec![CaseEvent::ReportSaved { plan, written }])
}

/// It says why, what was done and what is to be learnt, and every question has its answer.
fn submit(report: &Report) -> Result<Vec<CaseEvent>, ReportRefusal> {
    in_state(report, &[ReportState::Draft, ReportState::Returned])?;
    let Written { cause, done, lessons, .. } = &report.written;
    for (text, field) in [(cause, "cause"), (done, "done"), (lessons, "lessons")] {
        if text.trim().is_empty() {
            return Err(ReportRefusal::Incomplete(field));
        }
    }
    let answered = (1..).zip(&report.questions).all(|(n, _)| !report.answer(n).trim().is_empty());
    if !answered {
        return Err(ReportRefusal::Incomplete("answers"));
    }
    Ok(vec![CaseEvent::ReportSubmitted {}])
}

fn give_back(report: &Report, questions: Vec<String>) -> Result<Vec<CaseEvent>, ReportRefusal> {
    in_state(report, &[ReportState::Submitted])?;
    if questions.is_empty() {
        return Err(ReportRefusal::Incomplete("questions"));
    }
    if report.questions.len() + questions.len() > REPORT_QUESTIONS_ALL_MAX {
        return Err(ReportRefusal::TooMany);
    }
    let asked = u32::try_from(questions.len()).unwrap_or(u32::MAX);
    Ok(vec![CaseEvent::ReportReturned { asked, questions }])
}

fn measure(
    report: &Report,
    id: MeasureId,
    done: bool,
    due: Option<String>,
) -> Result<Vec<CaseEvent>, ReportRefusal> {
    let measure = report.measure(id).ok_or(ReportRefusal::NoSuchMeasure)?;
    if measure.done.is_some() {
        return Err(ReportRefusal::Illegal(report.state));
    }
    let due = due.filter(|due| *due != measure.plan.due);
    let redated = due.map(|due| CaseEvent::MeasureRedated { measure_id: id, due });
    let done = done.then_some(CaseEvent::MeasureDone { measure_id: id });
    Ok(redated.into_iter().chain(done).collect())
}

fn in_state(report: &Report, states: &[ReportState]) -> Result<(), ReportRefusal> {
    if states.contains(&report.state) { Ok(()) } else { Err(ReportRefusal::Illegal(report.state)) }
}
