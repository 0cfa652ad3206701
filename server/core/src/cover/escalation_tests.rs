//! Escalations as stories, with time moved by hand.

use super::super::fixtures::*;
use super::super::{AGAIN_MS_MAX, AGAIN_MS_MIN, Channel, Every, OWNER_FIRST_MS, PolicyStep, Target};
use super::*;

fn running(repeats: u8, steps: Vec<PolicyStep>, cover: &Cover) -> Escalation {
    start(&policy(repeats, steps), &case(), cover, NOW).unwrap()
}

/// What fires at the moment that it is due, and not a millisecond before.
fn fires(escalation: &Escalation, cover: &Cover) -> Fired {
    assert_eq!(due(escalation, cover, escalation.due.plus_ms(-1)), None);
    due(escalation, cover, escalation.due).unwrap()
}

fn place(round: u32, step: u8) -> Place {
    Place { round, step }
}

#[test]
fn steps_come_in_their_time_and_are_repeated() {
    let cover = cover();
    let steps = vec![step(5, &[Target::Consoles]), step(60, &[officer(4)]), step(120, &[ministry()])];
    let mut escalation = running(1, steps, &cover);
    let mut seen = vec![];
    for _ in 0..6 {
        let fired = fires(&escalation, &cover);
        seen.push((
            fired.key.at.round,
            fired.key.at.step,
            escalation.due.since_ms(NOW) / S,
            officers(&fired),
        ));
        assert_eq!((fired.late_ms, fired.reach, fired.is_past_repeats), (0, Reach::Targets, false));
        escalation = fired.next;
    }
    assert_eq!(
        seen,
        [
            (0, 1, 5, vec![1, 2]),
            (0, 2, 65, vec![4]),
            (0, 3, 185, vec![9]),
            // A round is not begun again before anybody can have picked up the phone.
            (1, 1, 215, vec![1, 2]),
            (1, 2, 275, vec![4]),
            (1, 3, 395, vec![9]),
        ]
    );
}

#[test]
fn after_the_last_repeat_the_last_step_and_the_ministry_go_on() {
    let cover = cover();
    for (delay_s, apart_ms) in [(0, AGAIN_MS_MIN), (200, 200 * S), (3_600, AGAIN_MS_MAX)] {
        let steps = vec![step(0, &[Target::Consoles]), step(delay_s, &[officer(4)])];
        let mut escalation = fires(&fires(&running(0, steps, &cover), &cover).next, &cover).next;
        for round in 1..40 {
            let due_at = escalation.due;
            let fired = fires(&escalation, &cover);
            assert_eq!(fired.key.at, place(round, 2));
            assert!(fired.is_past_repeats);
            assert_eq!(officers(&fired), [4, 9]);
            assert!(fired.tell.contains(&Tell::Desk { desk: "ministry".into() }));
            assert_eq!(fired.next.due.since_ms(due_at), apart_ms);
            escalation = fired.next;
        }
    }
}

#[test]
fn with_nobody_signed_in_the_consoles_are_passed_over_at_once() {
    let mut cover = cover();
    cover.desks.get_mut(&tw()).unwrap().signed_in.clear();
    let escalation = running(0, vec![step(20, &[Target::Consoles]), step(60, &[officer(4)])], &cover);
    assert_eq!(escalation.due, NOW);
    let fired = fires(&escalation, &cover);
    assert_eq!((fired.passed.as_slice(), fired.key.at), ([place(0, 1)].as_slice(), place(0, 2)));
    assert_eq!(fired.tell, [personal(4)]);
}

#[test]
fn a_step_that_comes_to_nobody_never_waits() {
    let mut cover = cover();
    cover.rotas.insert(rota_id(1), rota("UTC", vec![in_turn("2027-01-01", Every::Days(1), "00:00", &[5])]));
    let steps = vec![
        step(0, &[Target::Consoles]),
        step(60, &[Target::OnCall { rota: rota_id(1) }, Target::OnCall { rota: rota_id(2) }]),
        step(60, &[Target::Webhook { webhook: webhook(2) }, officer(99)]),
        step(600, &[Target::Supervisors]),
    ];
    let escalation = fires(&running(0, steps, &cover), &cover).next;
    assert_eq!(escalation.due, NOW.plus_ms(60 * S));
    let fired = fires(&escalation, &cover);
    assert_eq!(fired.passed, [place(0, 2), place(0, 3)]);
    assert_eq!((fired.key.at, officers(&fired)), (place(0, 4), vec![3]));
}

#[test]
fn a_policy_that_comes_to_nobody_goes_to_the_ministry_and_says_so() {
    let mut cover = cover();
    cover.desks.get_mut(&tw()).unwrap().signed_in.clear();
    let steps = vec![step(0, &[Target::Consoles]), step(60, &[officer(99)])];
    let fired = fires(&running(3, steps, &cover), &cover);
    assert_eq!((fired.reach, fired.passed.len()), (Reach::Ministry, 3));
    assert_eq!(fired.tell, [console(9), Tell::Desk { desk: "ministry".into() }]);
    assert_eq!(fired.next.due, NOW.plus_ms(60 * S), "and is tried again");

    // Nobody sits at the ministry: whoever answers for it is told at home.
    cover.desks.get_mut(&DeskId::from("ministry")).unwrap().signed_in.clear();
    let fired = fires(&fired.next, &cover);
    assert_eq!((fired.reach, officers(&fired)), (Reach::Ministry, vec![9, 10]));

    let fired = fires(&fired.next, &nobody());
    assert_eq!((fired.reach, fired.tell), (Reach::Nobody, vec![Tell::Desk { desk: "ministry".into() }]));
    assert_eq!(fired.next.due, NOW.plus_ms(180 * S));
}

#[test]
fn somebody_who_signs_in_is_told_by_the_next_try() {
    let escalation = fires(&running(1, vec![step(0, &[Target::Consoles])], &nobody()), &nobody()).next;
    assert_eq!(fires(&escalation, &cover()).tell, [console(1), console(2)]);
}

#[test]
fn nobody_is_told_twice_in_a_step_nor_off_duty_at_a_console() {
    let mut cover = cover();
    let on_call = rota("UTC", vec![in_turn("2026-01-01", Every::Days(1), "00:00", &[1])]);
    cover.rotas.insert(rota_id(1), on_call);
    cover.personal.remove(&staff(2));
    let all = [
        Target::Consoles,
        Target::OnCall { rota: rota_id(1) },
        officer(1),
        officer(2),
        officer(9),
        Target::Supervisors,
        ministry(),
        Target::Webhook { webhook: webhook(1) },
    ];
    let fired = fires(&running(0, vec![step(0, &all)], &cover), &cover);
    assert_eq!(
        fired.tell,
        [
            personal(1),
            console(2),
            personal(3),
            personal(9),
            Tell::Desk { desk: "ministry".into() },
            Tell::Webhook { webhook: webhook(1) },
        ]
    );
    let fired = fires(&running(0, vec![step(0, &[Target::Consoles, officer(5)])], &cover), &cover);
    assert_eq!(fired.tell, [console(1), console(2), personal(5)]);
}

#[test]
fn a_shift_that_changes_between_two_steps_tells_the_one_who_came() {
    let mut cover = cover();
    let night = in_turn("2026-11-22", Every::Days(1), "00:01", &[4, 5]);
    cover.rotas.insert(rota_id(1), rota("UTC", vec![night]));
    let on_call = [Target::OnCall { rota: rota_id(1) }];
    let first = fires(&running(0, vec![step(0, &on_call), step(60, &on_call)], &cover), &cover);
    assert_eq!(officers(&first), [4]);
    assert_eq!(officers(&fires(&first.next, &cover)), [5]);
}

#[test]
fn a_policy_edited_meanwhile_changes_no_delay_but_the_people_are_those_of_the_moment() {
    let mut cover = cover();
    let before = policy(0, vec![step(0, &[Target::Consoles]), step(60, &[Target::Supervisors])]);
    let escalation = fires(&start(&before, &case(), &cover, NOW).unwrap(), &cover).next;
    // Kept in a row, whatever becomes of the policy.
    let kept = serde_json::to_string(&escalation).unwrap();
    let escalation: Escalation = serde_json::from_str(&kept).unwrap();
    cover.desks.get_mut(&tw()).unwrap().supervisors = vec![staff(6)];
    let fired = fires(&escalation, &cover);
    assert_eq!((escalation.due, officers(&fired)), (NOW.plus_ms(60 * S), vec![6]));
}

#[test]
fn a_step_that_is_late_comes_once_and_the_others_keep_their_distance_from_it() {
    let cover = cover();
    let steps = vec![step(0, &[Target::Consoles]), step(60, &[officer(4)]), step(90, &[officer(5)])];
    let escalation = fires(&running(0, steps, &cover), &cover).next;
    let back = NOW.plus_ms(HOUR);
    let fired = due(&escalation, &cover, back).unwrap();
    assert_eq!((officers(&fired), fired.late_ms), (vec![4], HOUR - 60 * S));
    assert_eq!(due(&fired.next, &cover, back), None);
    assert_eq!(fired.next.due, back.plus_ms(90 * S));
}

#[test]
fn the_same_step_asked_twice_is_the_same_step() {
    let cover = cover();
    let escalation = running(0, vec![step(0, &[Target::Consoles]), step(60, &[officer(4)])], &cover);
    let first = due(&escalation, &cover, NOW).unwrap();
    let second = due(&escalation, &cover, NOW.plus_ms(700)).unwrap();
    assert_eq!((first.key, &first.tell), (second.key, &second.tell));
    assert_ne!(fires(&first.next, &cover).key, first.key);
}

#[test]
fn two_steps_without_a_delay_come_a_second_apart() {
    let cover = cover();
    let escalation = running(0, vec![step(0, &[Target::Consoles]), step(0, &[officer(4)])], &cover);
    assert_eq!(fires(&escalation, &cover).next.due, NOW.plus_ms(STEP_APART_MS));
}

#[test]
fn a_round_whose_rest_comes_to_nobody_is_not_begun_again_at_once() {
    let cover = cover();
    let steps = vec![step(0, &[Target::Consoles]), step(0, &[officer(99)]), step(600, &[officer(98)])];
    let told = fires(&running(9, steps, &cover), &cover);
    let later = fires(&told.next, &cover);
    assert_eq!((later.reach, later.tell.as_slice()), (Reach::Later, [].as_slice()));
    assert_eq!(later.passed, [place(0, 2), place(0, 3)]);
    let again = fires(&later.next, &cover);
    assert_eq!((again.key.at, officers(&again)), (place(1, 1), vec![1, 2]));
    assert_eq!(later.next.due, NOW.plus_ms(ROUND_APART_MS));
}

#[test]
fn a_claimed_case_that_is_silent_rings_for_its_owner_and_then_from_step_one() {
    let cover = cover();
    let mut policy = policy(0, vec![step(0, &[Target::Consoles]), step(60, &[ministry()])]);
    policy.silent_s = 600;
    let claimed = CaseFacts { owner: Some(staff(4)), ..case() };
    assert_eq!(watch(&policy, &case(), NOW), None, "nobody has it");
    let escalation = watch(&policy, &claimed, NOW).unwrap();
    assert_eq!(escalation.due, NOW.plus_ms(600 * S));
    let owner = fires(&escalation, &cover);
    assert_eq!((owner.key.at, owner.tell.as_slice()), (place(0, 0), [personal(4)].as_slice()));
    let first = fires(&owner.next, &cover);
    assert_eq!((owner.next.due, officers(&first)), (NOW.plus_ms(600 * S + OWNER_FIRST_MS), vec![1, 2]));
    assert_eq!(officers(&fires(&first.next, &cover)), [9]);
}

#[test]
fn an_owner_whom_nothing_reaches_is_passed_over() {
    let mut cover = cover();
    cover.personal.remove(&staff(4));
    let claimed = CaseFacts { owner: Some(staff(4)), ..case() };
    let fired = fires(&watch(&policy(0, vec![step(600, &[officer(5)])]), &claimed, NOW).unwrap(), &cover);
    assert_eq!((fired.passed.as_slice(), officers(&fired)), ([place(0, 0)].as_slice(), vec![5]));
    // At a console the owner is reached without a phone.
    cover.desks.get_mut(&tw()).unwrap().signed_in.push(staff(4));
    let fired = fires(&watch(&policy(0, vec![]), &claimed, NOW).unwrap(), &cover);
    assert_eq!(fired.tell, [Tell::Staff { staff: staff(4), channel: Channel::Console }]);
}

#[test]
fn drills_and_closed_cases_never_escalate() {
    let policy = policy(0, vec![step(0, &[Target::Consoles])]);
    for owner in [None, Some(staff(1))] {
        for (drill, is_closed) in [(true, false), (false, true)] {
            let case = CaseFacts { drill, is_closed, owner, ..case() };
            assert_eq!(start(&policy, &case, &cover(), NOW), None);
            assert_eq!(watch(&policy, &case, NOW), None);
        }
    }
}

#[test]
fn the_next_step_can_be_brought_forward_and_never_back() {
    let cover = cover();
    let escalation = running(0, vec![step(60, &[officer(4)])], &cover);
    assert_eq!(escalation.hastened(NOW.plus_ms(S)).due, NOW.plus_ms(S));
    assert_eq!(escalation.hastened(NOW.plus_ms(HOUR)).due, escalation.due);
}

#[test]
fn a_policy_without_steps_goes_to_the_ministry() {
    let fired = fires(&running(0, vec![], &cover()), &cover());
    assert_eq!((fired.reach, officers(&fired)), (Reach::Ministry, vec![9]));
    assert_eq!(fired.next.due, NOW.plus_ms(AGAIN_MS_MAX));
}
