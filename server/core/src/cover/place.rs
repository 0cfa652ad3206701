//! Where an escalation is in its plan, and how far apart things are.

use serde::{Deserialize, Serialize};

use super::policy::{DELAY_S_MAX, STEPS_MAX};
use super::{Plan, PolicyStep};

/// Shortest time between two steps that tell somebody: two at one moment would be one step. A `delay_s` of 0 means this.
pub const STEP_APART_MS: i64 = 1_000;
/// Shortest time before a round is begun again: nobody has picked up a phone in less.
pub const ROUND_APART_MS: i64 = 30_000;
/// How long the owner of a claimed case has for himself before step one.
pub const OWNER_FIRST_MS: i64 = 30_000;
/// After the last repeat the last step comes again at its own delay, but not more often than this: it goes on until
/// somebody answers, and must stay bearable.
pub const AGAIN_MS_MIN: i64 = 60_000;
/// And not less often than this.
pub const AGAIN_MS_MAX: i64 = 900_000;

/// A step of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// 0 is the first time through, then the repeats. A larger one than the plan repeats: the last step alone goes on.
    pub round: u32,
    /// Counted from 1; 0 stands for the owner, who is told before the first step.
    pub step: u8,
}

/// The steps of a plan that count.
pub(super) fn steps(plan: &Plan) -> &[PolicyStep] {
    &plan.steps[..plan.steps.len().min(STEPS_MAX)]
}

/// How many steps a plan has.
pub(super) fn last_step(plan: &Plan) -> u8 {
    u8::try_from(steps(plan).len()).unwrap_or(u8::MAX)
}

impl Place {
    /// Before the first step, or at the owner.
    pub(super) const fn first(has_owner: bool) -> Self {
        Self { round: 0, step: if has_owner { 0 } else { 1 } }
    }

    /// The step behind this one, in `plan`.
    pub(super) fn next(self, plan: &Plan) -> Self {
        if !self.is_past_repeats(plan) && self.step < last_step(plan) {
            return Self { step: self.step + 1, ..self };
        }
        self.next_round(plan)
    }

    /// The beginning of the next round.
    pub(super) fn next_round(self, plan: &Plan) -> Self {
        let next = Self { round: self.round.saturating_add(1), step: 1 };
        if next.is_past_repeats(plan) { Self { step: last_step(plan).max(1), ..next } } else { next }
    }

    /// Whether the plan is over and only its last step goes on.
    pub(super) fn is_past_repeats(self, plan: &Plan) -> bool {
        self.round > u32::from(plan.repeats)
    }

    /// What `plan` says of this step; none for the owner, and behind the last one.
    pub(super) fn step_of(self, plan: &Plan) -> Option<&PolicyStep> {
        steps(plan).get(usize::from(self.step).checked_sub(1)?)
    }

    /// The same place in another plan, or its last step, if that one is shorter.
    pub(super) fn within(self, plan: &Plan) -> Self {
        Self { step: self.step.min(last_step(plan).max(1)), ..self }
    }

    /// Milliseconds from a step that told somebody to this one, in `plan`.
    pub(super) fn after_ms(self, before: Self, plan: &Plan) -> i64 {
        if self.is_past_repeats(plan) {
            return again_ms(plan);
        }
        let apart = match before {
            Self { step: 0, .. } => OWNER_FIRST_MS,
            Self { round, .. } if round != self.round => ROUND_APART_MS,
            _ => STEP_APART_MS,
        };
        self.step_of(plan).map_or(0, delay_ms).max(apart)
    }
}

/// Milliseconds between two times that the last step goes on alone, and before a plan that came to nobody is tried again.
pub(super) fn again_ms(plan: &Plan) -> i64 {
    steps(plan).last().map_or(AGAIN_MS_MAX, delay_ms).clamp(AGAIN_MS_MIN, AGAIN_MS_MAX)
}

/// The delay of a step in milliseconds.
pub(super) fn delay_ms(step: &PolicyStep) -> i64 {
    1_000 * i64::from(step.delay_s.min(DELAY_S_MAX))
}
