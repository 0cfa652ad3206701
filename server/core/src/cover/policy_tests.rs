use super::super::fixtures::*;
use super::*;

fn faults_of(policy: &Policy) -> Vec<(Option<Priority>, Option<usize>, PolicyFault)> {
    validate(policy).err().into_iter().flatten().map(|p| (p.plan, p.step, p.fault)).collect()
}

#[test]
fn the_policy_of_a_desk_without_one_is_fine_also_at_the_ministry() {
    assert_eq!(validate(&unset("tw".into(), "ministry".into())), Ok(()));
    let ministry = unset("ministry".into(), "ministry".into());
    assert_eq!(validate(&ministry), Ok(()));
    assert_eq!(ministry.common.steps.len(), 2);
}

#[test]
fn every_problem_is_named_with_its_plan_and_step() {
    let mut policy = policy(
        REPEATS_MAX + 1,
        vec![
            step(DELAY_S_MAX + 1, &[]),
            step(0, &[Target::Consoles, Target::Supervisors, Target::Consoles]),
            step(60, &[Target::Desk { desk: "tw".into() }]),
        ],
    );
    policy.silent_s = SILENT_S_MIN - 1;
    policy.p2 = Some(Plan { steps: vec![], repeats: 0 });
    policy.p3 = Some(Plan { steps: vec![step(0, &[Target::Consoles]); STEPS_MAX + 1], repeats: 0 });
    assert_eq!(
        faults_of(&policy),
        [
            (None, None, PolicyFault::Silent),
            (None, None, PolicyFault::Repeats),
            (None, Some(1), PolicyFault::Delay),
            (None, Some(1), PolicyFault::Targets),
            (None, Some(2), PolicyFault::TargetTwice),
            (None, Some(3), PolicyFault::OwnDesk),
            (Some(Priority::P2), None, PolicyFault::Steps),
            (Some(Priority::P3), None, PolicyFault::Steps),
        ]
    );
    let said: Vec<String> = validate(&policy).unwrap_err().iter().map(ToString::to_string).collect();
    assert_eq!(said[2], "step 1: a delay is at most 3600 s");
    assert_eq!(said[6], "P2, policy: a plan has 1 to 10 steps");
}

#[test]
fn the_ends_of_what_is_allowed_are_allowed() {
    let targets: Vec<Target> = (1..=10).map(officer).collect();
    let mut policy = policy(REPEATS_MAX, vec![step(DELAY_S_MAX, &targets); STEPS_MAX]);
    for silent_s in [SILENT_S_MIN, SILENT_S_MAX] {
        policy.silent_s = silent_s;
        assert_eq!(validate(&policy), Ok(()));
    }
    let eleven: Vec<Target> = (1..=11).map(officer).collect();
    policy.common.steps[9].targets = eleven;
    assert_eq!(faults_of(&policy), [(None, Some(10), PolicyFault::Targets)]);
}

#[test]
fn a_priority_without_a_plan_of_its_own_follows_the_common_one() {
    let mut policy = policy(1, vec![step(0, &[Target::Consoles])]);
    let own = Plan { steps: vec![step(5, &[Target::Supervisors])], repeats: 0 };
    policy.p2 = Some(own.clone());
    assert_eq!(policy.plan(Priority::P1), &policy.common);
    assert_eq!(policy.plan(Priority::P2), &own);
    assert_eq!(policy.plan(Priority::P3), &policy.common);
}

#[test]
fn a_policy_comes_back_from_json_as_it_went() {
    let mut policy = policy(3, vec![step(0, &[Target::Consoles, officer(4), ministry()])]);
    policy.common.steps.push(step(
        60,
        &[Target::OnCall { rota: rota_id(1) }, Target::Supervisors, Target::Webhook { webhook: webhook(1) }],
    ));
    let json = serde_json::to_string(&policy).unwrap();
    assert_eq!(serde_json::from_str::<Policy>(&json).unwrap(), policy);
}
