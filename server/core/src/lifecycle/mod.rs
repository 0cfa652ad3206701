//! The life of a case: a pure function from state, command and officer to events or a refusal, and one from
//! state and event to the next state.

mod apply;
mod command;
mod decide;
#[cfg(test)]
mod histories;
mod pair;
#[cfg(test)]
mod tests;

use sos_protocol::{AlertId, CaseId, CaseState, DeskId, Disposition, Priority, StaffId, UnixMs};

use crate::access::CaseDesks;

pub use command::{Command, Refusal};
pub use decide::{ASKED_AGAIN_AFTER_MS, decide};
pub use pair::{Pairing, decide_pair};

/// The part of a case that decisions rest on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Identity.
    pub id: CaseId,
    /// Counts the steps that officers took (claim, release, assign, offer, decline, withdraw, transfer, close, reopen); a
    /// command names the one it saw. What the worker does in between is no reason to refuse an officer.
    pub version: u32,
    /// Where it stands.
    pub status: Status,
    /// How urgent it is.
    pub priority: Priority,
    /// A test of the path: it rings once and ends by itself.
    pub drill: bool,
    /// Pressed again, or nothing done for too long, since an officer last looked, wrote or claimed.
    pub unanswered_press: bool,
    /// The desk that holds it.
    pub desk: DeskId,
    /// Desks that are shown it.
    pub watchers: Vec<DeskId>,
    /// Those of them that may write in it.
    pub helpers: Vec<DeskId>,
    /// Who was asked to take it, and when.
    pub assigned: Option<(StaffId, UnixMs)>,
    /// The desk that it is offered to, and since when.
    pub offer: Option<(DeskId, UnixMs)>,
    /// When its phone was last asked for its position.
    pub fix_asked: Option<UnixMs>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// Cases that belong to it.
    pub links: Vec<CaseId>,
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

impl Case {
    /// The desks that it concerns.
    #[must_use]
    pub fn desks(&self) -> CaseDesks<'_> {
        CaseDesks {
            holder: &self.desk,
            watchers: &self.watchers,
            helpers: &self.helpers,
            offered_to: self.offer.as_ref().map(|(desk, _)| desk),
        }
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

    fn is_assigned_to(&self, staff: StaffId) -> bool {
        self.assigned.is_some_and(|(to, _)| to == staff)
    }

    fn is_claimed_by(&self, staff: StaffId) -> bool {
        matches!(&self.status, Status::Claimed { by, .. } if *by == staff)
    }
}
