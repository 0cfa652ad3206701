//! The life of a case: a pure function from state, command and officer to events or a refusal, and one from
//! state and event to the next state.

use sos_protocol::http::Role;
use sos_protocol::{
    AlertId, CaseEvent, CaseId, CaseState, DeskId, Disposition, MessageId, NoteId, Priority, StaffId, UnixMs,
};

use crate::access::{self, Access, Action, CaseDesks, Officer};

/// The part of a case that decisions rest on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Identity.
    pub id: CaseId,
    /// Counts the steps that officers took (claim, release, transfer, close, reopen); a command names the one it
    /// saw. What the worker does in between is no reason to refuse an officer.
    pub version: u32,
    /// Where it stands.
    pub status: Status,
    /// How urgent it is.
    pub priority: Priority,
    /// A test of the path: it rings once and ends by itself.
    pub drill: bool,
    /// Pressed again since an officer last looked or claimed.
    pub unanswered_press: bool,
    /// The desk that holds it.
    pub desk: DeskId,
    /// Desks that are shown it.
    pub watchers: Vec<DeskId>,
    /// Alerts that have not rung yet.
    pub unrung: Vec<AlertId>,
    /// Alerts that no officer has seen yet.
    pub unseen: Vec<AlertId>,
    /// Messages of the worker since an officer last looked or wrote.
    pub unread: u32,
    /// The last step of an officer, or the opening.
    pub last_step: Step,
}

/// Where a case stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// Nobody has taken it.
    Open,
    /// An officer works on it.
    Claimed {
        /// Who.
        by: StaffId,
        /// Since when.
        since: UnixMs,
    },
    /// Done with.
    Closed {
        /// Who closed it; none: it ended by itself, as drills do.
        by: Option<StaffId>,
        /// When.
        at: UnixMs,
        /// Why.
        disposition: Disposition,
        /// In words.
        summary: String,
    },
}

impl Status {
    /// The word on the wire.
    #[must_use]
    pub const fn state(&self) -> CaseState {
        match self {
            Self::Open => CaseState::Open,
            Self::Claimed { .. } => CaseState::Claimed,
            Self::Closed { .. } => CaseState::Closed,
        }
    }
}

/// Who brought a case where it is, for the loser of a race.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Kind of the event.
    pub did: String,
    /// Which officer, where it was one.
    pub by: Option<StaffId>,
    /// When.
    pub at: UnixMs,
}

/// What an officer wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Take it.
    Claim,
    /// Give it back.
    Release {
        /// Why.
        reason: Option<String>,
    },
    /// Give it to another desk.
    Transfer {
        /// Which.
        to: DeskId,
        /// Why.
        reason: Option<String>,
    },
    /// Be done with it.
    Close {
        /// Why.
        disposition: Disposition,
        /// In words.
        summary: String,
    },
    /// Open it again.
    Reopen {
        /// Why.
        reason: Option<String>,
    },
    /// Write to the worker.
    Message {
        /// Identity.
        message_id: MessageId,
        /// The words.
        text: String,
    },
    /// Write down something that only officers see.
    Note {
        /// Identity.
        note_id: NoteId,
        /// The words.
        text: String,
    },
    /// A console drew and rang it.
    Rang,
    /// An officer opened it.
    Seen,
}

/// Why a command does nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// They may not know of the case.
    #[error("no such case")]
    Hidden,
    /// They may not do this.
    #[error("the role does not allow it")]
    Forbidden,
    /// Another officer was faster.
    #[error("the case has changed")]
    Stale,
    /// It makes no sense in this state.
    #[error("not possible while the case is {0:?}")]
    Illegal(CaseState),
    /// It is there already.
    #[error("the case is at that desk")]
    SameDesk,
}

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
    let desks = CaseDesks { holder: &case.desk, watchers: &case.watchers };
    match access::may(officer, Action::WorkCase, Some(desks)) {
        Access::Allowed => {}
        Access::Forbidden => return Err(Refusal::Forbidden),
        Access::Hidden => return Err(Refusal::Hidden),
    }
    if already_so(case, &command, officer) {
        return Ok(vec![]);
    }
    if version.is_some_and(|seen| seen != case.version) {
        return Err(Refusal::Stale);
    }
    let illegal = Err(Refusal::Illegal(case.status.state()));
    match (command, &case.status) {
        (Command::Claim, Status::Open) => Ok(vec![CaseEvent::Claimed {}]),
        (Command::Claim, Status::Claimed { .. } | Status::Closed { .. }) => illegal,

        (Command::Release { reason }, Status::Claimed { by, .. }) => {
            own(officer, *by)?;
            Ok(vec![CaseEvent::Released { reason }])
        }
        (Command::Release { .. }, Status::Open | Status::Closed { .. }) => illegal,

        (Command::Transfer { to, .. }, Status::Open | Status::Claimed { .. }) if to == case.desk => {
            Err(Refusal::SameDesk)
        }
        (Command::Transfer { to, reason }, status @ (Status::Open | Status::Claimed { .. })) => {
            if let Status::Claimed { by, .. } = status {
                own(officer, *by)?;
            }
            Ok(vec![CaseEvent::Transferred { from: case.desk.clone(), to, reason }])
        }
        (Command::Transfer { .. }, Status::Closed { .. }) => illegal,

        (Command::Close { disposition, summary }, Status::Claimed { by, .. }) => {
            own(officer, *by)?;
            Ok(vec![CaseEvent::Closed { disposition, summary }])
        }
        (Command::Close { .. }, Status::Open | Status::Closed { .. }) => illegal,

        (Command::Reopen { reason }, Status::Closed { .. }) => Ok(vec![CaseEvent::Reopened { reason }]),
        (Command::Reopen { .. }, Status::Open | Status::Claimed { .. }) => illegal,

        (Command::Message { message_id, text }, _) => Ok(vec![CaseEvent::Message { message_id, text }]),
        (Command::Note { note_id, text }, _) => Ok(vec![CaseEvent::Note { note_id, text }]),
        (Command::Rang, _) => Ok(vec![CaseEvent::Rang { alert_ids: case.unrung.clone() }]),
        (Command::Seen, _) => Ok(vec![CaseEvent::Seen { alert_ids: case.unseen.clone() }]),
    }
}

/// A repeat whose first answer was lost, or something that the first console reported already.
fn already_so(case: &Case, command: &Command, officer: &Officer) -> bool {
    match (command, &case.status) {
        (Command::Claim, Status::Claimed { by, .. }) => *by == officer.id,
        (Command::Rang, _) => case.unrung.is_empty(),
        (Command::Seen, _) => case.unseen.is_empty() && case.unread == 0 && !case.unanswered_press,
        _ => false,
    }
}

/// The officer who has the case, or one who answers for the desk.
fn own(officer: &Officer, owner: StaffId) -> Result<(), Refusal> {
    match officer.role {
        Role::Supervisor | Role::DutyOfficer => Ok(()),
        Role::Dispatcher | Role::Reviewer | Role::Administrator if officer.id == owner => Ok(()),
        Role::Dispatcher | Role::Reviewer | Role::Administrator => Err(Refusal::Forbidden),
    }
}

impl Case {
    /// The state after `event`, done by `by` (none: the worker or the service) at `at`.
    pub fn apply(&mut self, event: &CaseEvent, by: Option<StaffId>, at: UnixMs) {
        match (event, by) {
            (CaseEvent::Opened { alert, .. }, _) => {
                self.pressed(alert.alert_id);
                self.drill = alert.drill;
                self.priority = if self.drill { Priority::P3 } else { Priority::P1 };
            }
            (CaseEvent::PressedAgain { alert, .. }, _) => {
                self.pressed(alert.alert_id);
                self.priority = if self.drill { Priority::P3 } else { Priority::P1 };
                self.unanswered_press = true;
            }
            // Somebody is made to try it out: it ends as any drill does on the phone, and goes on here.
            (CaseEvent::Cancelled { .. }, _) if self.drill && self.priority == Priority::P1 => {}
            (CaseEvent::Cancelled { .. }, _) if self.drill => {
                let summary = String::new();
                self.status = Status::Closed { by: None, at, disposition: Disposition::Test, summary };
                self.unanswered_press = false;
            }
            // The worker may have been made to do it: it is still answered, only less urgently.
            (CaseEvent::Cancelled { .. }, _) => self.priority = Priority::P2,
            // Also when somebody believed the cancellation, or a false alarm, and has closed it since.
            (CaseEvent::Duress { .. }, _) => {
                self.priority = Priority::P1;
                self.unanswered_press = true;
                if matches!(self.status, Status::Closed { .. }) {
                    self.status = Status::Open;
                }
            }
            (CaseEvent::Attachment { .. }, _) => self.unread += 1,
            (CaseEvent::Rang { alert_ids }, _) => self.unrung.retain(|id| !alert_ids.contains(id)),
            (CaseEvent::Seen { alert_ids }, _) => {
                self.unseen.retain(|id| !alert_ids.contains(id));
                self.unread = 0;
                self.unanswered_press = false;
            }
            (CaseEvent::Message { .. }, None) => self.unread += 1,
            (CaseEvent::Message { .. }, Some(_)) => self.unread = 0,
            (CaseEvent::Delivered { .. } | CaseEvent::Note { .. }, _) => {}
            (CaseEvent::Claimed {}, Some(by)) => {
                self.status = Status::Claimed { by, since: at };
                self.unanswered_press = false;
                self.unseen.clear();
            }
            (CaseEvent::Released { .. } | CaseEvent::Reopened { .. }, _) => self.status = Status::Open,
            (CaseEvent::Transferred { from, to, .. }, _) => {
                self.status = Status::Open;
                self.desk = to.clone();
                self.watchers.retain(|desk| desk != to);
                self.watchers.push(from.clone());
            }
            (CaseEvent::Closed { disposition, summary }, Some(by)) => {
                self.status =
                    Status::Closed { by: Some(by), at, disposition: *disposition, summary: summary.clone() };
                self.unanswered_press = false;
            }
            // Only officers claim and close: `decide` makes no such event for anybody else.
            (CaseEvent::Claimed {} | CaseEvent::Closed { .. }, None) => return,
        }
        if is_step(event) {
            self.version += 1;
            self.last_step = Step { did: event.kind().to_owned(), by, at };
        }
    }

    fn pressed(&mut self, alert: AlertId) {
        self.unrung.push(alert);
        self.unseen.push(alert);
    }

    /// It rings until somebody answers.
    #[must_use]
    pub const fn ringing(&self) -> bool {
        match self.status {
            Status::Open => true,
            Status::Claimed { .. } => self.unanswered_press,
            Status::Closed { .. } => false,
        }
    }
}

const fn is_step(event: &CaseEvent) -> bool {
    match event {
        CaseEvent::Claimed {}
        | CaseEvent::Released { .. }
        | CaseEvent::Transferred { .. }
        | CaseEvent::Closed { .. }
        | CaseEvent::Reopened { .. } => true,
        CaseEvent::Opened { .. }
        | CaseEvent::PressedAgain { .. }
        | CaseEvent::Cancelled { .. }
        | CaseEvent::Duress { .. }
        | CaseEvent::Attachment { .. }
        | CaseEvent::Rang { .. }
        | CaseEvent::Seen { .. }
        | CaseEvent::Message { .. }
        | CaseEvent::Delivered { .. }
        | CaseEvent::Note { .. } => false,
    }
}

#[cfg(test)]
#[path = "lifecycle_histories.rs"]
mod histories;
#[cfg(test)]
#[path = "lifecycle_tests.rs"]
mod tests;
