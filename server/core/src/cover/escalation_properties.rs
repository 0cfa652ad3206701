//! Any policy over any cover that changes under it.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::super::fixtures::*;
use super::super::{AGAIN_MS_MAX, Channel, DELAY_S_MAX, DeskStaff, Every, PolicyStep, Target};
use super::*;

fn any_target() -> impl Strategy<Value = Target> {
    prop_oneof![
        3 => Just(Target::Consoles),
        2 => (1..4_u128).prop_map(|n| Target::OnCall { rota: rota_id(n) }),
        2 => (1..12_u128).prop_map(officer),
        2 => Just(Target::Supervisors),
        1 => Just(ministry()),
        1 => Just(Target::Desk { desk: "jp".into() }),
        1 => (1..3_u128).prop_map(|n| Target::Webhook { webhook: webhook(n) }),
    ]
}

fn any_step() -> impl Strategy<Value = PolicyStep> {
    let delay_s = prop_oneof![Just(0), 0..10_u32, 0..=DELAY_S_MAX];
    (delay_s, prop::collection::vec(any_target(), 1..=10))
        .prop_map(|(delay_s, targets)| PolicyStep { delay_s, targets })
}

fn any_policy() -> impl Strategy<Value = Policy> {
    (0..=9_u8, prop::collection::vec(any_step(), 1..=10)).prop_map(|(repeats, steps)| policy(repeats, steps))
}

fn any_desk() -> impl Strategy<Value = DeskStaff> {
    let officers = || prop::collection::btree_set(1..12_u128, 0..4);
    (officers(), officers()).prop_map(|(signed_in, supervisors)| DeskStaff {
        signed_in: signed_in.into_iter().map(staff).collect(),
        supervisors: supervisors.into_iter().map(staff).collect(),
    })
}

fn any_cover() -> impl Strategy<Value = Cover> {
    let desks = (any_desk(), any_desk(), any_desk());
    let rotas = prop::collection::btree_map(1..4_u128, prop::collection::vec(1..12_u128, 1..4), 0..3);
    let numbers = |max: u128| prop::collection::btree_set(1..max, 0..6);
    let alone = prop_oneof![3 => Just(false), 1 => Just(true)];
    (desks, rotas, numbers(12), numbers(3), alone).prop_map(
        |((tw, jp, ministry), rotas, personal, webhooks, alone)| {
            if alone {
                return nobody();
            }
            let layer = |officers: &Vec<u128>| in_turn("2026-01-01", Every::Days(1), "08:00", officers);
            Cover {
                ministry: "ministry".into(),
                desks: [("tw".into(), tw), ("jp".into(), jp), ("ministry".into(), ministry)].into(),
                rotas: rotas
                    .iter()
                    .map(|(n, officers)| (rota_id(*n), rota("UTC", vec![layer(officers)])))
                    .collect(),
                personal: personal.into_iter().map(staff).collect(),
                webhooks: webhooks.into_iter().map(webhook).collect(),
            }
        },
    )
}

fn any_case() -> impl Strategy<Value = CaseFacts> {
    prop::option::of(1..12_u128).prop_map(|owner| CaseFacts { owner: owner.map(staff), ..case() })
}

/// Whether a step, by itself, comes to anybody: in other words than the rules.
fn comes_to_anybody(step: &PolicyStep, cover: &Cover, now: UnixMs) -> bool {
    let at_console = |staff: &StaffId| cover.desks.values().any(|desk| desk.signed_in.contains(staff));
    let hears = |staff: &StaffId| cover.personal.contains(staff) || at_console(staff);
    step.targets.iter().any(|target| match target {
        Target::Consoles => !cover.desks[&tw()].signed_in.is_empty(),
        Target::OnCall { rota } => {
            cover.rotas.get(rota).is_some_and(|rota| super::super::on_call(rota, now).iter().any(hears))
        }
        Target::Staff { staff } => hears(staff),
        Target::Supervisors => cover.desks[&tw()].supervisors.iter().any(hears),
        Target::Desk { desk } => cover
            .desks
            .get(desk)
            .is_some_and(|desk| !desk.signed_in.is_empty() || desk.supervisors.iter().any(hears)),
        Target::Webhook { webhook } => cover.webhooks.contains(webhook),
    })
}

/// Nobody twice, nobody by what does not reach them.
fn is_sound(fired: &Fired, cover: &Cover) -> Result<(), TestCaseError> {
    let mut seen = BTreeSet::new();
    for tell in &fired.tell {
        let recipient = match tell {
            Tell::Staff { staff, .. } => format!("{staff}"),
            Tell::Desk { desk } => format!("{desk}"),
            Tell::Webhook { webhook } => format!("{webhook:?}"),
        };
        prop_assert!(seen.insert(recipient), "told twice: {:?}", tell);
        let fine = match tell {
            Tell::Staff { staff, channel: Channel::Console } => {
                cover.desks.values().any(|desk| desk.signed_in.contains(staff))
            }
            Tell::Staff { staff, channel: Channel::Personal } => cover.personal.contains(staff),
            Tell::Desk { desk } => *desk != tw(),
            Tell::Webhook { webhook } => cover.webhooks.contains(webhook),
        };
        prop_assert!(fine, "{tell:?} off duty, or by nothing");
    }
    prop_assert_eq!(fired.tell.is_empty(), fired.reach == Reach::Later);
    Ok(())
}

/// What it said of how far it came is so.
fn is_true(before: &Escalation, fired: &Fired, cover: &Cover, now: UnixMs) -> Result<(), TestCaseError> {
    let comes: Vec<bool> =
        before.plan().steps.iter().map(|step| comes_to_anybody(step, cover, now)).collect();
    for passed in &fired.passed {
        let is_owner = passed.step == 0;
        prop_assert!(is_owner || !comes[usize::from(passed.step) - 1], "passed over {passed:?}");
    }
    let at = usize::from(fired.key.at.step);
    match fired.reach {
        Reach::Targets if fired.is_past_repeats => prop_assert!(comes.contains(&true)),
        Reach::Targets => prop_assert!(at == 0 || comes[at - 1]),
        Reach::Ministry | Reach::Nobody => prop_assert!(!comes.contains(&true)),
        Reach::Later => prop_assert!(before.told_at.is_some_and(|told| now.since_ms(told) < ROUND_APART_MS)),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn it_goes_on_step_by_step_and_never_falls_silent(
        policy in any_policy(),
        case in any_case(),
        covers in prop::collection::vec((any_cover(), prop_oneof![4 => Just(0_i64), 1 => 0..3 * HOUR]), 1..20),
    ) {
        let begun = start(&policy, &case, &covers[0].0, NOW).unwrap();
        prop_assert!(begun.due.since_ms(NOW) <= 1_000 * i64::from(DELAY_S_MAX));
        let mut escalation = begun;
        let mut keys = BTreeSet::new();
        let mut told_at: Option<UnixMs> = None;
        // Round after round, over all that may happen to the desk.
        for (cover, late_ms) in covers.iter().cycle().take(60) {
            let now = escalation.due.plus_ms(*late_ms);
            prop_assert_eq!(due(&escalation, cover, escalation.due.plus_ms(-1)), None);
            let fired = due(&escalation, cover, now).unwrap();
            prop_assert_eq!(Some(fired.clone()), due(&escalation, cover, now));
            prop_assert_eq!(fired.late_ms, *late_ms);
            prop_assert!(fired.passed.len() <= 1 + escalation.plan().steps.len(), "bounded");
            is_sound(&fired, cover)?;
            is_true(&escalation, &fired, cover, now)?;
            if fired.reach != Reach::Later {
                prop_assert!(told_at.is_none_or(|told| now.since_ms(told) >= STEP_APART_MS), "two at one time");
                prop_assert!(keys.insert(fired.key), "the same step twice");
                told_at = Some(now);
            }
            let wait_ms = fired.next.due.since_ms(now);
            let longest_ms = if fired.is_past_repeats { AGAIN_MS_MAX } else { 1_000 * i64::from(DELAY_S_MAX) };
            prop_assert!((1..=longest_ms).contains(&wait_ms), "the next one comes, and not at the same time");
            prop_assert!(fired.next.at > escalation.at, "forward");
            let kept = serde_json::to_string(&fired.next).unwrap();
            escalation = serde_json::from_str(&kept).unwrap();
        }
    }

    #[test]
    fn whatever_a_row_holds_a_step_comes_of_it(
        mut policy in any_policy(),
        case in any_case(),
        cover in any_cover(),
        at in (any::<u32>(), any::<u8>()),
        steps in 0..30_usize,
        delay_s in any::<u32>(),
        now in any::<i64>(),
    ) {
        let endless = step(delay_s, &[Target::Supervisors]);
        policy.common.steps.resize(steps, endless);
        let mut escalation = start(&policy, &case, &cover, UnixMs(now)).unwrap();
        escalation.at = Place { round: at.0, step: at.1 };
        escalation.due = UnixMs(now);
        let fired = due(&escalation, &cover, UnixMs(now)).unwrap();
        prop_assert!(fired.passed.len() <= 11);
        is_sound(&fired, &cover)?;
        prop_assert!(fired.next.due >= UnixMs(now));
    }
}
