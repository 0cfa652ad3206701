//! What becomes of an escalation when something happens in its case.

use sos_protocol::{CaseEvent, Priority, StaffId, UnixMs};

use super::Policy;
use super::escalation::{CaseFacts, Escalation, Resume, start, watch};
use super::reach::Cover;
use super::{ROUND_APART_MS, STEP_APART_MS};

/// What an event means for the escalation of its case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing: it goes on.
    GoesOn,
    /// It goes on with the plan for this priority.
    GoesOnAs(Priority),
    /// It is over.
    Stops,
    /// It begins at step one, by the policy of the desk that now holds the case.
    Begins,
    /// The first step comes again, and nothing that is still to come gets later by it.
    BeginsAgain,
    /// The next step comes at once.
    Hastens,
    /// An officer is at work: it begins only if nothing happens for the policy's `silent_s`.
    Waits,
}

/// What `event`, done by `by` (none: the worker or the service), means for a case that now is as `case` says.
///
/// Looking is answering only where the owner looks: others look at what they have been told of and leave it.
#[must_use]
pub fn effect_of(event: &CaseEvent, by: Option<StaffId>, case: &CaseFacts) -> Effect {
    if case.drill || case.is_closed {
        return Effect::Stops;
    }
    let at_work = if case.owner.is_some() { Effect::Waits } else { Effect::GoesOn };
    match event {
        CaseEvent::Opened { .. }
        | CaseEvent::Released { .. }
        | CaseEvent::Reopened { .. }
        | CaseEvent::Transferred { .. } => Effect::Begins,
        CaseEvent::PressedAgain { .. } | CaseEvent::Duress { .. } => Effect::BeginsAgain,
        // The worker may have been made to do it: it is still answered, only less urgently.
        CaseEvent::Cancelled { .. } | CaseEvent::Prioritised { .. } => Effect::GoesOnAs(case.priority),
        CaseEvent::Raised { .. } => Effect::Hastens,
        CaseEvent::Claimed {} => at_work,
        CaseEvent::Closed { .. } => Effect::Stops,
        CaseEvent::Message { .. } | CaseEvent::Note { .. } if by.is_some() => at_work,
        CaseEvent::Assigned { .. }
        | CaseEvent::Offered { .. }
        | CaseEvent::Declined { .. }
        | CaseEvent::Withdrawn { .. }
        | CaseEvent::Shared { .. }
        | CaseEvent::Tagged { .. }
        | CaseEvent::Answered { .. }
        | CaseEvent::Linked { .. }
        | CaseEvent::Unlinked { .. }
        | CaseEvent::FixAsked {} => at_work,
        CaseEvent::Seen { .. } if by.is_some() && by == case.owner => at_work,
        CaseEvent::Message { .. }
        | CaseEvent::Note { .. }
        | CaseEvent::Seen { .. }
        | CaseEvent::Attachment { .. }
        | CaseEvent::Escalated { .. }
        | CaseEvent::Rang { .. }
        | CaseEvent::Delivered { .. }
        | of_review!() => Effect::GoesOn,
    }
}

/// The escalation to keep for a case after `event`; none: none is kept. `running` is the one that was kept, `policy` that
/// of the desk that holds the case now.
#[must_use]
pub fn follow(
    running: Option<&Escalation>,
    event: &CaseEvent,
    by: Option<StaffId>,
    case: &CaseFacts,
    policy: &Policy,
    cover: &Cover,
    now: UnixMs,
) -> Option<Escalation> {
    // A case without one, which came about before there were escalations, gets one with whatever happens next.
    let first = || match case.owner {
        None => start(policy, case, cover, now),
        Some(_) => watch(policy, case, now),
    };
    match effect_of(event, by, case) {
        Effect::GoesOn => running.cloned().or_else(first),
        Effect::GoesOnAs(_) => running.map(|running| as_urgent_as(running, case)).or_else(first),
        Effect::Stops => None,
        Effect::Hastens => running.cloned().or_else(first).map(|running| running.hastened(now)),
        Effect::Begins => start(policy, case, cover, now),
        Effect::BeginsAgain => begin_again(running, start(policy, case, cover, now)?, case),
        Effect::Waits => watch(policy, case, now),
    }
}

/// The same at the same place, by the plan for the case's priority. With another plan it is another run, since its steps
/// are others under the same numbers.
fn as_urgent_as(running: &Escalation, case: &CaseFacts) -> Escalation {
    let same = Escalation { priority: case.priority, ..running.clone() };
    if same.plan() == running.plan() {
        return same;
    }
    let plan = same.plan();
    let resume = running.resume.map(|resume| Resume { at: resume.at.within(plan), ..resume });
    Escalation { run: case.runs.saturating_add(1), at: running.at.within(plan), resume, ..same.clone() }
}

/// Puts the first step of `fresh` before what `running` still has to do. Somebody who presses again and again must
/// neither put off the next step nor fill the telephones of those who have just been told.
fn begin_again(running: Option<&Escalation>, fresh: Escalation, case: &CaseFacts) -> Option<Escalation> {
    let Some(running) = running.filter(|run| run.desk == fresh.desk && run.owner == fresh.owner) else {
        return Some(fresh);
    };
    let Some(told_at) = running.told_at else {
        let due = fresh.due.min(running.due);
        return Some(Escalation { due, ..fresh });
    };
    let due = fresh.due.max(told_at.plus_ms(ROUND_APART_MS));
    if running.resume.is_some() || due.plus_ms(STEP_APART_MS) >= running.due {
        return Some(as_urgent_as(running, case));
    }
    let resume = Resume { at: running.at.within(fresh.plan()), due: running.due };
    Some(Escalation { due, told_at: Some(told_at), resume: Some(resume), ..fresh })
}

#[cfg(test)]
#[path = "follow_histories.rs"]
mod histories;
#[cfg(test)]
#[path = "follow_tests.rs"]
mod tests;
