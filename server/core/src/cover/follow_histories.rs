//! Any history of a case, with its escalation beside it.

use std::collections::BTreeSet;

use proptest::prelude::*;
use sos_protocol::{CaseId, Disposition};
use uuid::Uuid;

use super::super::fixtures::*;
use super::super::{DELAY_S_MAX, Fired, Place, Plan, Reach, StepKey, Target, due};
use super::tests::{cancelled, duress, message, note, pressed_again, raised, seen};
use super::*;
use crate::lifecycle::{Case, Status, Step};

/// Something happens, so many seconds after what happened before.
#[derive(Debug, Clone)]
struct Happens {
    event: CaseEvent,
    by: Option<StaffId>,
    after_s: i64,
}

fn any_event() -> impl Strategy<Value = Happens> {
    let by = || (1..4_u128).prop_map(|n| Some(staff(n)));
    let nobody = || Just(None);
    let closed = CaseEvent::Closed { disposition: Disposition::Resolved, summary: String::new() };
    let to = |to: &str, from: &str| CaseEvent::Transferred { from: from.into(), to: to.into(), reason: None };
    let event = prop_oneof![
        4 => (Just(pressed_again()), nobody().boxed()),
        2 => (Just(duress()), nobody().boxed()),
        2 => (Just(cancelled()), nobody().boxed()),
        2 => (Just(message()), nobody().boxed()),
        4 => (Just(CaseEvent::Claimed {}), by().boxed()),
        2 => (Just(CaseEvent::Released { reason: None }), by().boxed()),
        1 => (Just(closed), by().boxed()),
        2 => (Just(CaseEvent::Reopened { reason: None }), by().boxed()),
        1 => (Just(to("ministry", "tw")), by().boxed()),
        1 => (Just(to("tw", "ministry")), by().boxed()),
        1 => (Just(message()), by().boxed()),
        1 => (Just(note()), by().boxed()),
        2 => (Just(raised()), by().boxed()),
        2 => (Just(seen()), by().boxed()),
        1 => (Just(CaseEvent::Rang { alert_ids: vec![] }), by().boxed()),
    ];
    let after_s = prop_oneof![Just(0), 0..5_i64, 0..120_i64, 0..2_000_i64];
    (event, after_s).prop_map(|((event, by), after_s)| Happens { event, by, after_s })
}

fn any_plan() -> impl Strategy<Value = Plan> {
    let target =
        prop_oneof![Just(Target::Consoles), Just(Target::Supervisors), Just(officer(4)), Just(officer(99))];
    let step = (prop_oneof![Just(0), 0..60_u32, 0..=DELAY_S_MAX], target)
        .prop_map(|(delay_s, target)| step(delay_s, &[target]));
    (prop::collection::vec(step, 1..5), 0..3_u8).prop_map(|(steps, repeats)| Plan { steps, repeats })
}

fn opened() -> Case {
    Case {
        id: CaseId(Uuid::from_u128(7)),
        version: 1,
        status: Status::Open,
        priority: Priority::P1,
        drill: false,
        unanswered_press: false,
        desk: tw(),
        watchers: vec![],
        helpers: vec![],
        assigned: None,
        offer: None,
        fix_asked: None,
        tags: vec![],
        links: vec![],
        unrung: vec![],
        unseen: vec![],
        unread: 0,
        last_step: Step { did: "opened".into(), by: None, at: NOW },
    }
}

/// Whether the rules of the case let it happen.
fn is_possible(case: &Case, event: &CaseEvent) -> bool {
    match (event, &case.status) {
        (CaseEvent::Claimed {}, status) => *status == Status::Open,
        (CaseEvent::Released { .. } | CaseEvent::Closed { .. }, status) => {
            matches!(status, Status::Claimed { .. })
        }
        (CaseEvent::Reopened { .. }, status) => matches!(status, Status::Closed { .. }),
        (CaseEvent::Transferred { from, .. }, status) => {
            *from == case.desk && !matches!(status, Status::Closed { .. })
        }
        (CaseEvent::PressedAgain { .. }, Status::Closed { .. }) => false,
        _ => true,
    }
}

struct History {
    case: Case,
    policy: Policy,
    kept: Option<Escalation>,
    runs: u32,
    now: UnixMs,
    keys: BTreeSet<StepKey>,
    last_told: Option<UnixMs>,
}

impl History {
    fn facts(&self) -> CaseFacts {
        CaseFacts::of(&self.case, self.runs)
    }

    fn passes(&mut self, seconds: i64) -> Result<(), TestCaseError> {
        let until = self.now.plus_ms(seconds * S);
        while let Some(kept) = self.kept.clone().filter(|kept| kept.due <= until) {
            let fired = due(&kept, &cover(), kept.due).unwrap();
            self.fires(fired, kept.due)?;
        }
        self.now = until;
        Ok(())
    }

    fn fires(&mut self, fired: Fired, at: UnixMs) -> Result<(), TestCaseError> {
        if fired.reach != Reach::Later {
            prop_assert!(self.keys.insert(fired.key), "told twice: {:?}", fired.key);
            self.last_told = Some(at);
        }
        prop_assert!(fired.next.due > at);
        self.kept = Some(fired.next);
        Ok(())
    }

    fn happens(&mut self, what: &Happens) -> Result<(), TestCaseError> {
        self.passes(what.after_s)?;
        if !is_possible(&self.case, &what.event) {
            return Ok(());
        }
        let was_closed = matches!(self.case.status, Status::Closed { .. });
        self.case.apply(&what.event, what.by, self.now);
        let facts = self.facts();
        let before = self.kept.take();
        let after = follow(before.as_ref(), &what.event, what.by, &facts, &self.policy, &cover(), self.now);
        prop_assert_eq!(
            after.is_some(),
            !facts.is_closed,
            "as long as it is not closed there is a next step"
        );
        if let Some(after) = &after {
            self.runs = self.runs.max(after.run);
            prop_assert_eq!(
                (after.owner, &after.desk, after.priority),
                (facts.owner, &facts.desk, facts.priority)
            );
            prop_assert!(after.due.since_ms(self.now) <= 1_000 * i64::from(DELAY_S_MAX), "and it comes");
        }
        if let (Some(before), Some(after), None, false) = (&before, &after, what.by, was_closed) {
            Self::is_not_put_off(before, after)?;
        }
        if let (Some(before), Some(after), CaseEvent::Raised { .. }) = (&before, &after, &what.event) {
            self.is_hastened(before, after)?;
        }
        self.kept = after;
        Ok(())
    }

    /// The next step comes as soon as may be, and is the one that would have come.
    fn is_hastened(&self, before: &Escalation, after: &Escalation) -> Result<(), TestCaseError> {
        prop_assert_eq!(&Escalation { due: after.due, ..before.clone() }, after);
        prop_assert!(after.due <= before.due && after.due.since_ms(self.now) <= STEP_APART_MS);
        Ok(())
    }

    /// Whatever a worker does, the next step comes no later, and the steps behind it are not forgotten.
    fn is_not_put_off(before: &Escalation, after: &Escalation) -> Result<(), TestCaseError> {
        prop_assert!(after.due <= before.due);
        if before.told_at.is_none() {
            return Ok(());
        }
        let waits =
            |kept: &Escalation| kept.resume.map_or((kept.at, kept.due), |resume| (resume.at, resume.due));
        let steps = u8::try_from(after.plan().steps.len()).unwrap();
        let (at, due) = waits(before);
        prop_assert_eq!(waits(after), (Place { step: at.step.min(steps), ..at }, due));
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn in_any_history_no_step_comes_twice_and_none_is_lost(
        common in any_plan(),
        p2 in prop::option::of(any_plan()),
        history in prop::collection::vec(any_event(), 1..40),
    ) {
        let policy = Policy { common, p2, ..policy(0, vec![]) };
        let mut told = History {
            kept: start(&policy, &CaseFacts::of(&opened(), 0), &cover(), NOW),
            case: opened(),
            policy,
            runs: 1,
            now: NOW,
            keys: BTreeSet::new(),
            last_told: None,
        };
        for what in &history {
            told.happens(what)?;
        }
        // An hour and a half without anybody doing anything tells somebody, unless all is done.
        let (until, is_closed) = (told.now, told.facts().is_closed);
        told.passes(5_400)?;
        prop_assert!(is_closed || told.last_told.is_some_and(|at| at > until));
    }
}
