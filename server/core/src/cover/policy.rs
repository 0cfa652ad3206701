//! An escalation policy: who is told when, as long as nobody answers.

use std::fmt;

use sos_protocol::cover::{Plan, Policy, PolicyStep, Target};
use sos_protocol::{DeskId, PolicyId, Priority};
use uuid::Uuid;

/// Most steps of a plan: whoever has not answered by then does not answer.
pub const STEPS_MAX: usize = 10;
/// Most targets of a step.
pub const TARGETS_MAX: usize = 10;
/// Longest delay of a step: an hour without anybody told is no escalation.
pub const DELAY_S_MAX: u32 = 3_600;
/// Most repeats of a plan.
pub const REPEATS_MAX: u8 = 9;
/// Shortest time in which a claimed case may be silent: an officer on the telephone types nothing for a minute.
pub const SILENT_S_MIN: u32 = 60;
/// Longest one: what nobody looked at for a day is forgotten.
pub const SILENT_S_MAX: u32 = 86_400;

/// What holds for a desk to which nobody has given a policy. Its consoles ring anyway; when nobody has claimed the case after
/// 20 seconds, the target of most desks, its officers are told, after half a minute those who answer for it, after another
/// half the ministry; twice more, and a claimed case may be silent for ten minutes.
#[must_use]
pub fn unset(desk: DeskId, ministry: DeskId) -> Policy {
    let step = |delay_s, target| PolicyStep { delay_s, targets: vec![target] };
    let mut steps = vec![step(20, Target::Consoles), step(30, Target::Supervisors)];
    if desk != ministry {
        steps.push(step(30, Target::Desk { desk: ministry }));
    }
    let common = Plan { steps, repeats: 2 };
    Policy {
        id: PolicyId(Uuid::nil()),
        desk,
        version: 0,
        common,
        p1: None,
        p2: None,
        p3: None,
        silent_s: 600,
    }
}

/// One thing that is wrong with a policy, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyProblem {
    /// In the plan of this priority; none: in the common one, or in the policy as a whole.
    pub plan: Option<Priority>,
    /// In this step, counted from 1; none: in the plan as a whole.
    pub step: Option<usize>,
    /// What.
    pub fault: PolicyFault,
}

impl fmt::Display for PolicyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(priority) = self.plan {
            write!(f, "{priority:?}, ")?;
        }
        match self.step {
            Some(step) => write!(f, "step {step}: {}", self.fault),
            None => write!(f, "policy: {}", self.fault),
        }
    }
}

impl std::error::Error for PolicyProblem {}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PolicyFault {
    /// No steps, or too many.
    #[error("a plan has 1 to {STEPS_MAX} steps")]
    Steps,
    /// Too long a delay.
    #[error("a delay is at most {DELAY_S_MAX} s")]
    Delay,
    /// No targets, or too many.
    #[error("a step has 1 to {TARGETS_MAX} targets")]
    Targets,
    /// The same target twice in a step.
    #[error("a target stands in a step once")]
    TargetTwice,
    /// "Another desk" is the desk itself.
    #[error("the other desk is this desk")]
    OwnDesk,
    /// Too many repeats.
    #[error("a plan is repeated at most {REPEATS_MAX} times")]
    Repeats,
    /// Too short or too long a silence.
    #[error("a claimed case may be silent for {SILENT_S_MIN} to {SILENT_S_MAX} s")]
    Silent,
}

/// Looks a policy through. Whether the rotas, officers, desks and webhooks that it names exist is for the store to say.
///
/// # Errors
/// All that is wrong, in the order of its plans and steps.
pub fn validate(policy: &Policy) -> Result<(), Vec<PolicyProblem>> {
    let mut problems = vec![];
    if !(SILENT_S_MIN..=SILENT_S_MAX).contains(&policy.silent_s) {
        problems.push(PolicyProblem { plan: None, step: None, fault: PolicyFault::Silent });
    }
    let plans = [
        (None, Some(&policy.common)),
        (Some(Priority::P1), policy.p1.as_ref()),
        (Some(Priority::P2), policy.p2.as_ref()),
        (Some(Priority::P3), policy.p3.as_ref()),
    ];
    for (plan, steps) in plans {
        let found = steps.map_or_else(Vec::new, |steps| faults(steps, &policy.desk));
        problems.extend(found.into_iter().map(|(step, fault)| PolicyProblem { plan, step, fault }));
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

fn faults(plan: &Plan, desk: &DeskId) -> Vec<(Option<usize>, PolicyFault)> {
    let mut faults = vec![];
    if !(1..=STEPS_MAX).contains(&plan.steps.len()) {
        faults.push((None, PolicyFault::Steps));
    }
    if plan.repeats > REPEATS_MAX {
        faults.push((None, PolicyFault::Repeats));
    }
    for (step, number) in plan.steps.iter().zip(1..).take(STEPS_MAX) {
        faults.extend(faults_of_step(step, desk).into_iter().map(|fault| (Some(number), fault)));
    }
    faults
}

fn faults_of_step(step: &PolicyStep, desk: &DeskId) -> Vec<PolicyFault> {
    let mut distinct: Vec<&Target> = step.targets.iter().take(TARGETS_MAX).collect();
    distinct.sort_unstable();
    distinct.dedup();
    let is_own = |target: &Target| matches!(target, Target::Desk { desk: other } if other == desk);
    [
        (step.delay_s > DELAY_S_MAX, PolicyFault::Delay),
        (!(1..=TARGETS_MAX).contains(&step.targets.len()), PolicyFault::Targets),
        (distinct.len() < step.targets.len().min(TARGETS_MAX), PolicyFault::TargetTwice),
        (step.targets.iter().any(is_own), PolicyFault::OwnDesk),
    ]
    .into_iter()
    .filter_map(|(is_so, fault)| is_so.then_some(fault))
    .collect()
}

#[cfg(test)]
#[path = "policy_tests.rs"]
mod tests;
