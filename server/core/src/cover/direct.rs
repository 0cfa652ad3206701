//! Who is told of an entry by itself, whatever the escalation of its case does.

use sos_protocol::{CaseEvent, DeskId};

use super::reach::{Cover, Tell, Told};

/// Who is told of `event` in a case that `holder` holds, nobody twice: the officer who is asked to take it, also where
/// nothing reaches them now, so that it is on record; at the desk that it is offered to whoever is signed in there, and
/// where nobody is, those who answer for it.
#[must_use]
pub fn told_of(event: &CaseEvent, holder: &DeskId, cover: &Cover) -> Vec<Tell> {
    let mut told = Told::default();
    match event {
        CaseEvent::Assigned { to, .. } => told.add_asked(*to),
        CaseEvent::Offered { to, .. } => told.add_desk(to, holder, cover),
        CaseEvent::Opened { .. }
        | CaseEvent::PressedAgain { .. }
        | CaseEvent::Cancelled { .. }
        | CaseEvent::Duress { .. }
        | CaseEvent::Attachment { .. }
        | CaseEvent::Rang { .. }
        | CaseEvent::Seen { .. }
        | CaseEvent::Claimed {}
        | CaseEvent::Released { .. }
        | CaseEvent::Declined { .. }
        | CaseEvent::Withdrawn { .. }
        | CaseEvent::Shared { .. }
        | CaseEvent::Transferred { .. }
        | CaseEvent::Closed { .. }
        | CaseEvent::Reopened { .. }
        | CaseEvent::Message { .. }
        | CaseEvent::Delivered { .. }
        | CaseEvent::Note { .. }
        | CaseEvent::Prioritised { .. }
        | CaseEvent::Tagged { .. }
        | CaseEvent::Answered { .. }
        | CaseEvent::Linked { .. }
        | CaseEvent::Unlinked { .. }
        | CaseEvent::FixAsked {}
        | CaseEvent::Raised { .. }
        | CaseEvent::Escalated { .. }
        | of_review!() => {}
    }
    told.into_list()
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::*;

    fn offered(to: &str) -> CaseEvent {
        CaseEvent::Offered { to: to.into(), reason: None }
    }

    #[test]
    fn whoever_is_asked_to_take_a_case_is_told_by_all_there_is() {
        let asked = CaseEvent::Assigned { to: staff(5), name: "Năm".into() };
        for cover in [cover(), night(), nobody()] {
            assert_eq!(told_of(&asked, &tw(), &cover), [personal(5)]);
        }
    }

    #[test]
    fn an_offer_is_told_to_whoever_is_signed_in_there_or_to_those_who_answer_for_it() {
        let there = Tell::Desk { desk: "ministry".into() };
        assert_eq!(told_of(&offered("ministry"), &tw(), &cover()), [console(9), there.clone()]);
        assert_eq!(told_of(&offered("ministry"), &tw(), &night()), [personal(9), personal(10), there]);
        assert_eq!(told_of(&offered("ministry"), &tw(), &nobody()), []);
    }

    #[test]
    fn of_everything_else_nobody_is_told_by_itself() {
        assert_eq!(told_of(&CaseEvent::Claimed {}, &tw(), &cover()), []);
        assert_eq!(told_of(&CaseEvent::Raised { reason: None }, &tw(), &cover()), []);
    }
}
