//! What a command brings about.

use sos_protocol::http::Role;
use sos_protocol::limits::LINKS_MAX;
use sos_protocol::{CaseEvent, CaseId, DeskId, Disposition, StaffId};

use super::{Case, Command, Refusal, Status};
use crate::access::{self, Access, Officer};

/// A phone is asked for its position once in this time, in milliseconds: an answer that comes at all is there by then.
pub const ASKED_AGAIN_AFTER_MS: i64 = 10_000;

/// What `command` of `officer`, who saw `version` (none for commands that race with nobody), brings about.
/// No events and no refusal: it is so already.
///
/// # Errors
/// A [`Refusal`] when it may not or cannot be.
pub fn decide(
    case: &Case,
    command: Command,
    officer: &Officer,
    version: Option<u32>,
) -> Result<Vec<CaseEvent>, Refusal> {
    match access::may(officer, command.action(case, officer), Some(case.desks())) {
        Access::Allowed => {}
        Access::Forbidden => return Err(Refusal::Forbidden),
        Access::Hidden => return Err(Refusal::Hidden),
    }
    if command.is_so_already(case, officer) {
        return Ok(vec![]);
    }
    if version.is_some_and(|seen| seen != case.version) {
        return Err(Refusal::Stale);
    }
    brings(case, command, officer)
}

fn brings(case: &Case, command: Command, officer: &Officer) -> Result<Vec<CaseEvent>, Refusal> {
    let event = match command {
        Command::Claim => claim(case, officer)?,
        Command::Assign { to, name } => assign(case, officer, to, name)?,
        Command::Release { reason } => {
            owned(case, officer)?;
            CaseEvent::Released { reason }
        }
        Command::Transfer { to, reason } => return offer(case, officer, to, reason),
        Command::Take => return take(case),
        Command::Decline { reason } => CaseEvent::Declined { desk: offered_to(case)?, reason },
        Command::Withdraw => {
            own(case, officer)?;
            CaseEvent::Withdrawn { desk: offered_to(case)? }
        }
        Command::Share { desk, .. } if desk == case.desk => return Err(Refusal::SameDesk),
        Command::Share { desk, help, reason } => CaseEvent::Shared { desk, help, reason },
        // A drill is no matter of urgency, unless its worker says so by the PIN for it.
        Command::Prioritise { .. } if case.drill => return Err(illegal(case)),
        Command::Prioritise { to, reason } => live(case, CaseEvent::Prioritised { to, reason })?,
        Command::Raise { reason } => live(case, CaseEvent::Raised { reason })?,
        Command::AskFix { .. } => live(case, CaseEvent::FixAsked {})?,
        Command::Tag { tags } => CaseEvent::Tagged { tags },
        Command::Answer { question, text } => CaseEvent::Answered { question, text },
        Command::Link { case_id, case_no } => link(case, case_id, case_no)?,
        Command::Unlink { case_id, case_no } => CaseEvent::Unlinked { case_id, case_no },
        Command::Merge { into, into_no, summary } => return merge(case, officer, (into, into_no), summary),
        Command::Close { disposition, summary } => {
            owned(case, officer)?;
            CaseEvent::Closed { disposition, summary }
        }
        Command::Reopen { reason } => match case.status {
            Status::Closed { .. } => CaseEvent::Reopened { reason },
            Status::Open | Status::Claimed { .. } => return Err(illegal(case)),
        },
        Command::Message { message_id, text } => CaseEvent::Message { message_id, text },
        Command::Note { note_id, text } => CaseEvent::Note { note_id, text },
        Command::Rang => CaseEvent::Rang { alert_ids: case.unrung.clone() },
        Command::Seen => CaseEvent::Seen { alert_ids: case.unseen.clone() },
    };
    Ok(vec![event])
}

/// Whoever was asked to take it takes it over.
fn claim(case: &Case, officer: &Officer) -> Result<CaseEvent, Refusal> {
    match case.status {
        Status::Open => Ok(CaseEvent::Claimed {}),
        Status::Claimed { .. } if case.is_assigned_to(officer.id) => Ok(CaseEvent::Claimed {}),
        Status::Claimed { .. } | Status::Closed { .. } => Err(illegal(case)),
    }
}

fn assign(case: &Case, officer: &Officer, to: StaffId, name: String) -> Result<CaseEvent, Refusal> {
    let takes = to == officer.id && !case.is_claimed_by(to);
    if takes && let Ok(claimed) = claim(case, officer) {
        return Ok(claimed);
    }
    own(case, officer)?;
    live(case, if takes { CaseEvent::Claimed {} } else { CaseEvent::Assigned { to, name } })
}

fn offer(
    case: &Case,
    officer: &Officer,
    to: DeskId,
    reason: Option<String>,
) -> Result<Vec<CaseEvent>, Refusal> {
    if to == case.desk {
        return Err(Refusal::SameDesk);
    }
    own(case, officer)?;
    let offered = live(case, CaseEvent::Offered { to, reason })?;
    let before = case.offer.iter().map(|(desk, _)| CaseEvent::Withdrawn { desk: desk.clone() });
    Ok(before.chain([offered]).collect())
}

fn take(case: &Case) -> Result<Vec<CaseEvent>, Refusal> {
    let (from, to) = (case.desk.clone(), offered_to(case)?);
    let transferred = live(case, CaseEvent::Transferred { from, to, reason: None })?;
    Ok(vec![transferred, CaseEvent::Claimed {}])
}

fn merge(
    case: &Case,
    officer: &Officer,
    (into, into_no): (CaseId, String),
    summary: String,
) -> Result<Vec<CaseEvent>, Refusal> {
    own(case, officer)?;
    let linked = (!case.links.contains(&into)).then(|| link(case, into, into_no)).transpose()?;
    let closed = live(case, CaseEvent::Closed { disposition: Disposition::Duplicate, summary })?;
    Ok(linked.into_iter().chain([closed]).collect())
}

fn link(case: &Case, case_id: CaseId, case_no: String) -> Result<CaseEvent, Refusal> {
    if case_id == case.id {
        return Err(Refusal::SameCase);
    }
    if case.links.len() >= LINKS_MAX {
        return Err(Refusal::TooMany);
    }
    Ok(CaseEvent::Linked { case_id, case_no })
}

fn illegal(case: &Case) -> Refusal {
    Refusal::Illegal(case.status.state())
}

/// Only while it is not closed.
fn live(case: &Case, event: CaseEvent) -> Result<CaseEvent, Refusal> {
    match case.status {
        Status::Open | Status::Claimed { .. } => Ok(event),
        Status::Closed { .. } => Err(illegal(case)),
    }
}

fn offered_to(case: &Case) -> Result<DeskId, Refusal> {
    case.offer.as_ref().map(|(desk, _)| desk.clone()).ok_or_else(|| illegal(case))
}

/// Of a case that somebody has: that officer, or one who answers for the desk.
fn own(case: &Case, officer: &Officer) -> Result<(), Refusal> {
    match (&case.status, officer.role) {
        (Status::Claimed { .. }, Role::Supervisor | Role::DutyOfficer) => Ok(()),
        (Status::Claimed { by, .. }, _) if officer.id != *by => Err(Refusal::Forbidden),
        (Status::Open | Status::Claimed { .. } | Status::Closed { .. }, _) => Ok(()),
    }
}

/// The same, and somebody has it.
fn owned(case: &Case, officer: &Officer) -> Result<(), Refusal> {
    match case.status {
        Status::Claimed { .. } => own(case, officer),
        Status::Open | Status::Closed { .. } => Err(illegal(case)),
    }
}
