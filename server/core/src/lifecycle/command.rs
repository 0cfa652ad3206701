//! What an officer wants, and why it may not be.

use sos_protocol::{CaseId, CaseState, DeskId, Disposition, MessageId, NoteId, Priority, StaffId, UnixMs};

use super::Case;
use crate::access::{Action, Officer};

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
    /// Ask an officer of the desk to take it; oneself: take it.
    Assign {
        /// Whom.
        to: StaffId,
        /// Name to show.
        name: String,
    },
    /// Take what is offered to the officer's desk; the ministry's duty officer takes it on its behalf.
    Take,
    /// Refuse what is offered to the officer's desk.
    Decline {
        /// Why.
        reason: Option<String>,
    },
    /// Take the offer back.
    Withdraw,
    /// Show it to another desk.
    Share {
        /// Which.
        desk: DeskId,
        /// It may write in it as well.
        help: bool,
        /// Why.
        reason: Option<String>,
    },
    /// Say how urgent it is.
    Prioritise {
        /// How urgent.
        to: Priority,
        /// Why.
        reason: Option<String>,
    },
    /// Set its tags.
    Tag {
        /// All of them.
        tags: Vec<String>,
    },
    /// Write down the answer to a guided question.
    Answer {
        /// Id of the question.
        question: String,
        /// The answer.
        text: String,
    },
    /// Another case belongs to it.
    Link {
        /// Which.
        case_id: CaseId,
        /// Its number.
        case_no: String,
    },
    /// It does not, after all.
    Unlink {
        /// Which.
        case_id: CaseId,
        /// Its number.
        case_no: String,
    },
    /// It is the same matter as another case: linked with it, and closed.
    Merge {
        /// That case.
        into: CaseId,
        /// Its number.
        into_no: String,
        /// In words.
        summary: String,
    },
    /// Ask the phone for its position.
    AskFix {
        /// When; a phone that was asked just now is not asked again.
        at: UnixMs,
    },
    /// Have the next ones told at once.
    Raise {
        /// Why.
        reason: Option<String>,
    },
    /// Offer it to another desk.
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
    /// It cannot be linked with itself.
    #[error("it is the same case")]
    SameCase,
    /// It has as many of these as it can have.
    #[error("too many")]
    TooMany,
}

impl Command {
    /// What it takes to give it. Who has taken or declined an offer may hear so again, when the first answer was lost.
    pub(super) fn action(&self, case: &Case, officer: &Officer) -> Action {
        match self {
            Self::Take if case.offer.is_none() && case.is_claimed_by(officer.id) => Action::WorkCase,
            Self::Decline { .. } if was_declined_by(case, officer) => Action::ReadCase,
            Self::Take | Self::Decline { .. } => Action::TakeCase,
            Self::Message { .. }
            | Self::Note { .. }
            | Self::Tag { .. }
            | Self::Answer { .. }
            | Self::AskFix { .. } => Action::HelpCase,
            Self::Claim
            | Self::Release { .. }
            | Self::Assign { .. }
            | Self::Transfer { .. }
            | Self::Withdraw
            | Self::Share { .. }
            | Self::Prioritise { .. }
            | Self::Link { .. }
            | Self::Unlink { .. }
            | Self::Merge { .. }
            | Self::Raise { .. }
            | Self::Close { .. }
            | Self::Reopen { .. }
            | Self::Rang
            | Self::Seen => Action::WorkCase,
        }
    }

    /// A repeat whose first answer was lost, or something that the first console reported already.
    pub(super) fn is_so_already(&self, case: &Case, officer: &Officer) -> bool {
        match self {
            Self::Claim => case.is_claimed_by(officer.id),
            Self::Rang => case.unrung.is_empty(),
            Self::Seen => case.unseen.is_empty() && case.unread == 0 && !case.unanswered_press,
            Self::Assign { to, .. } if case.is_claimed_by(*to) => case.assigned.is_none(),
            Self::Assign { to, .. } => case.is_assigned_to(*to),
            Self::Transfer { to, .. } => case.offer.as_ref().is_some_and(|(desk, _)| desk == to),
            Self::Take => case.offer.is_none() && case.is_claimed_by(officer.id),
            Self::Decline { .. } => was_declined_by(case, officer),
            Self::Share { desk, help, .. } => {
                case.watchers.contains(desk) && case.helpers.contains(desk) == *help
            }
            Self::Prioritise { to, .. } => *to == case.priority,
            Self::Tag { tags } => *tags == case.tags,
            Self::Link { case_id, .. } => case.links.contains(case_id),
            Self::Unlink { case_id, .. } => !case.links.contains(case_id),
            Self::AskFix { at } => {
                case.fix_asked.is_some_and(|asked| at.since_ms(asked) < super::ASKED_AGAIN_AFTER_MS)
            }
            Self::Release { .. }
            | Self::Withdraw
            | Self::Answer { .. }
            | Self::Merge { .. }
            | Self::Raise { .. }
            | Self::Close { .. }
            | Self::Reopen { .. }
            | Self::Message { .. }
            | Self::Note { .. } => false,
        }
    }
}

fn was_declined_by(case: &Case, officer: &Officer) -> bool {
    case.offer.is_none() && case.last_step.did == "declined" && case.last_step.by == Some(officer.id)
}
