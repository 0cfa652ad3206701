//! What officers and workers do, and what becomes of the escalation.

use sos_protocol::{AlertId, Disposition, MessageId, NoteId};
use uuid::Uuid;

use super::super::fixtures::*;
use super::super::{Place, Plan, Target, due};
use super::*;

pub(super) fn pressed_again() -> CaseEvent {
    let alert = sos_protocol::Alert {
        alert_id: AlertId(Uuid::from_u128(2)),
        device_time_ms: None,
        waited_ms: None,
        position: None,
        trigger: None,
        kind: None,
        text: None,
        battery_pct: None,
        drill: false,
    };
    CaseEvent::PressedAgain {
        alert,
        received_at_ms: NOW,
        unverified: None,
        sms_from: None,
        dropped: vec![],
        emergency: None,
        waited_ms: None,
    }
}

pub(super) fn duress() -> CaseEvent {
    CaseEvent::Duress { alert_id: AlertId(Uuid::from_u128(1)) }
}

pub(super) fn cancelled() -> CaseEvent {
    CaseEvent::Cancelled { alert_id: AlertId(Uuid::from_u128(1)) }
}

pub(super) fn message() -> CaseEvent {
    CaseEvent::Message { message_id: MessageId(Uuid::nil()), text: "a".into() }
}

pub(super) fn note() -> CaseEvent {
    CaseEvent::Note { note_id: NoteId(Uuid::nil()), text: "b".into() }
}

pub(super) fn raised() -> CaseEvent {
    CaseEvent::Raised { reason: None }
}

pub(super) fn seen() -> CaseEvent {
    CaseEvent::Seen { alert_ids: vec![] }
}

/// Consoles at once, officer 4 after a minute, the ministry after ten.
fn plain() -> Policy {
    policy(1, vec![step(0, &[Target::Consoles]), step(60, &[officer(4)]), step(540, &[ministry()])])
}

fn claimed() -> CaseFacts {
    CaseFacts { owner: Some(staff(1)), ..case() }
}

/// One case, from event to event and step to step.
struct Story {
    kept: Option<Escalation>,
    case: CaseFacts,
    policy: Policy,
    now: UnixMs,
}

impl Story {
    /// A press, and whoever is told by it.
    fn begins() -> Self {
        let kept = start(&plain(), &case(), &cover(), NOW);
        let mut story = Self { kept, case: case(), policy: plain(), now: NOW };
        assert_eq!(story.told_until(0), [(0, vec![1, 2])]);
        story
    }

    fn happens(&mut self, event: &CaseEvent, by: Option<u128>) {
        self.case.runs = self.case.runs.max(self.kept.as_ref().map_or(0, |kept| kept.run));
        let by = by.map(staff);
        self.kept = follow(self.kept.as_ref(), event, by, &self.case, &self.policy, &cover(), self.now);
    }

    /// Lets time pass until so many seconds after the press; who is told meanwhile, and when.
    fn told_until(&mut self, second: i64) -> Vec<(i64, Vec<u128>)> {
        let until = NOW.plus_ms(second * S);
        let mut told = vec![];
        while let Some(kept) = self.kept.clone().filter(|kept| kept.due <= until) {
            let fired = due(&kept, &cover(), kept.due).unwrap();
            told.push((kept.due.since_ms(NOW) / S, officers(&fired)));
            self.kept = Some(fired.next);
        }
        self.now = until;
        told
    }

    fn run(&self) -> u32 {
        self.kept.as_ref().unwrap().run
    }
}

#[test]
fn a_claim_stops_it_and_silence_begins_it_with_the_owner() {
    let mut story = Story::begins();
    story.now = NOW.plus_ms(30 * S);
    story.case = claimed();
    story.happens(&CaseEvent::Claimed {}, Some(1));
    assert_eq!(story.told_until(629), []);
    assert_eq!(story.told_until(660), [(630, vec![1]), (660, vec![1, 2])]);
}

#[test]
fn whatever_an_officer_does_puts_off_the_silence_what_the_worker_does_not() {
    for (event, by, is_work) in [
        (message(), Some(3), true),
        (note(), Some(9), true),
        (seen(), Some(1), true),
        (seen(), Some(2), false),
        (message(), None, false),
        (CaseEvent::Rang { alert_ids: vec![] }, Some(1), false),
        (CaseEvent::Delivered { message_ids: vec![] }, None, false),
    ] {
        let mut story = Story::begins();
        story.case = claimed();
        story.happens(&CaseEvent::Claimed {}, Some(1));
        assert_eq!(story.told_until(400), []);
        story.happens(&event, by);
        let told = story.told_until(601);
        assert_eq!(told.is_empty(), is_work, "{event:?} by {by:?}");
    }
}

#[test]
fn what_is_said_in_an_unclaimed_case_stops_nothing() {
    for event in [message(), note(), seen()] {
        let mut story = Story::begins();
        story.happens(&event, Some(2));
        assert_eq!(story.told_until(60), [(60, vec![4])]);
    }
}

#[test]
fn closing_ends_it_reopening_and_releasing_begin_it_anew_as_another_run() {
    for event in [CaseEvent::Released { reason: None }, CaseEvent::Reopened { reason: None }] {
        let mut story = Story::begins();
        story.case = CaseFacts { is_closed: true, runs: story.case.runs, ..case() };
        story.happens(
            &CaseEvent::Closed { disposition: Disposition::Resolved, summary: String::new() },
            Some(1),
        );
        assert_eq!((story.kept.as_ref(), story.case.runs), (None, 1));
        assert_eq!(story.told_until(1_000), []);
        story.case.is_closed = false;
        story.happens(&event, Some(1));
        assert_eq!(story.run(), 2);
        assert_eq!(story.told_until(1_060), [(1_000, vec![1, 2]), (1_060, vec![4])]);
    }
}

#[test]
fn a_drill_stops_whatever_happens() {
    let mut story = Story::begins();
    story.case.drill = true;
    story.happens(&pressed_again(), None);
    assert_eq!(story.kept, None);
}

#[test]
fn cancelled_it_goes_on_under_duress_it_comes_again_first() {
    let mut story = Story::begins();
    story.now = NOW.plus_ms(10 * S);
    story.case.priority = Priority::P2;
    story.happens(&cancelled(), None);
    assert_eq!((story.kept.as_ref().unwrap().priority, story.run()), (Priority::P2, 1));
    assert_eq!(story.told_until(60), [(60, vec![4])]);
    story.now = NOW.plus_ms(100 * S);
    story.case.priority = Priority::P1;
    story.happens(&duress(), None);
    assert_eq!(story.told_until(700), [(100, vec![1, 2]), (600, vec![9]), (630, vec![1, 2]), (690, vec![4])]);
}

#[test]
fn a_cancelled_one_goes_on_by_the_plan_for_its_new_priority_under_other_keys() {
    let mut story = Story::begins();
    let p2 = Plan { steps: vec![step(0, &[officer(5)]), step(300, &[officer(6)])], repeats: 0 };
    story.policy.p2 = Some(p2.clone());
    story.kept.as_mut().unwrap().policy.p2 = Some(p2);
    assert_eq!(story.told_until(60), [(60, vec![4])]);
    story.case.priority = Priority::P2;
    story.happens(&cancelled(), None);
    assert_eq!((story.run(), story.kept.as_ref().unwrap().at), (2, Place { round: 0, step: 2 }));
    assert_eq!(story.told_until(600), [(600, vec![6])]);
}

#[test]
fn a_transfer_begins_the_policy_of_the_new_desk_at_once() {
    let mut story = Story::begins();
    story.now = NOW.plus_ms(10 * S);
    story.case.desk = "ministry".into();
    story.policy = crate::cover::unset("ministry".into(), "ministry".into());
    story
        .happens(&CaseEvent::Transferred { from: "tw".into(), to: "ministry".into(), reason: None }, Some(1));
    assert_eq!(story.told_until(60), [(30, vec![9]), (60, vec![9, 10])]);
}

#[test]
fn pressing_again_rings_again_and_puts_nothing_off() {
    let mut story = Story::begins();
    let mut told = vec![];
    for second in (10..700).step_by(10) {
        told.extend(story.told_until(second));
        story.happens(&pressed_again(), None);
    }
    let when =
        |officer: u128| told.iter().find(|(_, officers)| officers.contains(&officer)).map(|told| told.0);
    assert_eq!((when(4), when(9)), (Some(60), Some(600)), "in their time, however often it is pressed");
    let apart = told.windows(2).all(|pair| pair[1].0 > pair[0].0);
    let consoles = told.iter().filter(|(_, officers)| *officers == [1, 2]).count();
    assert!(apart && (10..=25).contains(&consoles), "again and again, but bearably: {told:?}");
}

#[test]
fn raised_the_next_step_comes_at_once_and_the_others_keep_their_distance() {
    let mut story = Story::begins();
    assert_eq!(story.told_until(10), []);
    story.happens(&raised(), Some(2));
    assert_eq!(story.told_until(549), [(10, vec![4])]);
    assert_eq!((story.told_until(550), story.run()), (vec![(550, vec![9])], 1));
}

#[test]
fn however_often_it_is_raised_two_steps_are_not_one() {
    let mut story = Story::begins();
    for _ in 0..3 {
        story.happens(&raised(), Some(2));
    }
    assert_eq!(story.told_until(0), []);
    assert_eq!(story.told_until(540), [(1, vec![4])]);
}

#[test]
fn a_claimed_case_that_is_raised_is_told_to_its_owner_at_once() {
    let mut story = Story::begins();
    story.case = claimed();
    story.happens(&CaseEvent::Claimed {}, Some(1));
    assert_eq!(story.told_until(100), []);
    story.happens(&raised(), Some(3));
    assert_eq!(story.told_until(130), [(100, vec![1]), (130, vec![1, 2])]);
}

#[test]
fn a_case_that_has_none_is_raised_from_its_first_step_and_a_closed_one_is_not() {
    let policy = policy(0, vec![step(20, &[officer(4)])]);
    let raise = |case: &CaseFacts| follow(None, &raised(), Some(staff(2)), case, &policy, &cover(), NOW);
    assert_eq!(raise(&case()).map(|kept| (kept.due, kept.at)), Some((NOW, Place { round: 0, step: 1 })));
    assert_eq!(raise(&claimed()).map(|kept| (kept.due, kept.at)), Some((NOW, Place { round: 0, step: 0 })));
    assert_eq!(raise(&CaseFacts { is_closed: true, ..case() }), None);
    assert_eq!(raise(&CaseFacts { drill: true, ..case() }), None);
}

#[test]
fn before_the_first_step_a_second_press_brings_nothing_later() {
    let policy = policy(0, vec![step(20, &[officer(4)])]);
    let first = start(&policy, &case(), &cover(), NOW).unwrap();
    let facts = CaseFacts { runs: 1, ..case() };
    let again = follow(Some(&first), &pressed_again(), None, &facts, &policy, &cover(), NOW.plus_ms(15 * S));
    assert_eq!(again.unwrap().due, first.due);
}

#[test]
fn a_press_in_a_claimed_case_rings_for_the_owner_at_once_and_goes_on_from_there() {
    let mut story = Story::begins();
    story.case = claimed();
    story.happens(&CaseEvent::Claimed {}, Some(1));
    assert_eq!(story.told_until(100), []);
    story.happens(&pressed_again(), None);
    assert_eq!(story.told_until(130), [(100, vec![1]), (130, vec![1, 2])]);
    // The owner answers.
    story.happens(&seen(), Some(1));
    assert_eq!(story.told_until(729), []);
}

#[test]
fn a_case_that_has_none_gets_one_with_whatever_happens_next() {
    let policy = plain();
    let next =
        |case: &CaseFacts| follow(None, &message(), None, case, &policy, &cover(), NOW).map(|kept| kept.due);
    assert_eq!(next(&case()), Some(NOW));
    assert_eq!(next(&claimed()), Some(NOW.plus_ms(600 * S)));
    assert_eq!(next(&CaseFacts { is_closed: true, ..case() }), None);
    assert_eq!(next(&CaseFacts { drill: true, ..case() }), None);
}
