//! How far the telling has got for one case, and what happens when the next step is due.

use serde::{Deserialize, Serialize};
use sos_protocol::{CaseId, DeskId, Priority, StaffId, UnixMs};

use super::place::{Place, again_ms, delay_ms, last_step, steps};
use super::policy::{SILENT_S_MAX, SILENT_S_MIN};
use super::reach::{Cover, Tell, Told};
use super::{Plan, Policy, ROUND_APART_MS, Reach, STEP_APART_MS};
use crate::lifecycle::{Case, Status};

/// What escalation needs to know of a case, as it is after what has just happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFacts {
    /// Which.
    pub case: CaseId,
    /// The desk that holds it.
    pub desk: DeskId,
    /// How urgent it is.
    pub priority: Priority,
    /// A drill never escalates.
    pub drill: bool,
    /// Closed cases neither.
    pub is_closed: bool,
    /// Who has claimed it.
    pub owner: Option<StaffId>,
    /// The largest [`Escalation::run`] that this case ever had; 0 before the first. Kept with the case, also while
    /// nothing runs: it is what makes a step of one run another one than that of the next.
    pub runs: u32,
}

impl CaseFacts {
    /// What matters of `case`.
    #[must_use]
    pub fn of(case: &Case, runs: u32) -> Self {
        let (owner, is_closed) = match case.status {
            Status::Open => (None, false),
            Status::Claimed { by, .. } => (Some(by), false),
            Status::Closed { .. } => (None, true),
        };
        Self {
            case: case.id,
            desk: case.desk.clone(),
            priority: case.priority,
            drill: case.drill,
            is_closed,
            owner,
            runs,
        }
    }
}

/// A running escalation: what the store keeps, one for a case at most.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalation {
    /// Of which case.
    pub case: CaseId,
    /// The desk that holds it.
    pub desk: DeskId,
    /// Grows whenever it begins anew, through the life of the case.
    pub run: u32,
    /// The policy as it was when this run began. Changes of it do not touch a run; whom its targets mean does.
    pub policy: Policy,
    /// Which of its plans.
    pub priority: Priority,
    /// Who has claimed the case and is told before everybody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<StaffId>,
    /// The step that comes next …
    pub at: Place,
    /// … and when.
    pub due: UnixMs,
    /// When somebody was last told; none: nobody since this alarm began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_at: Option<UnixMs>,
    /// The worker pressed again in the middle of it: the first step comes once more, and then it goes on from here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume: Option<Resume>,
}

/// Where an escalation goes on, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resume {
    /// The step.
    pub at: Place,
    /// When it would have come, had nothing come between.
    pub due: UnixMs,
}

/// Makes a step unlike any other. With the recipient it is the key under which a notification is kept, so that each is
/// sent once however often the step is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StepKey {
    /// The case.
    pub case: CaseId,
    /// Which time that its escalation began.
    pub run: u32,
    /// The step.
    pub at: Place,
}

/// A step was due: what to do now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fired {
    /// The step that was taken.
    pub key: StepKey,
    /// How many milliseconds after its time.
    pub late_ms: i64,
    /// Steps before it that came to nobody and were passed over.
    pub passed: Vec<Place>,
    /// Who is told now; nobody twice. Empty only where `reach` is [`Reach::Later`].
    pub tell: Vec<Tell>,
    /// How far it came.
    pub reach: Reach,
    /// The last repeat is over: the last step goes on alone until a person answers.
    pub is_past_repeats: bool,
    /// What to keep in place of the escalation. There is always a next step.
    pub next: Escalation,
}

/// The escalation of a case that begins now: an unclaimed one, or a claimed one whose worker pressed again, and then its
/// owner is told first. None for a drill and for a closed case.
///
/// With nobody signed in at the desk nobody hears its consoles, so the first step does not wait for its delay.
#[must_use]
pub fn start(policy: &Policy, case: &CaseFacts, cover: &Cover, now: UnixMs) -> Option<Escalation> {
    let delay_ms = match steps(policy.plan(case.priority)).first() {
        Some(first) if case.owner.is_none() && !cover.is_deserted(&case.desk) => delay_ms(first),
        _ => 0,
    };
    begin(policy, case, now.plus_ms(delay_ms))
}

/// What waits beside a claimed case: if no officer does anything for `silent_s`, it begins with the owner, and then at step
/// one. To be made anew by everything that an officer does. None unless the case is claimed, and for a drill.
#[must_use]
pub fn watch(policy: &Policy, case: &CaseFacts, now: UnixMs) -> Option<Escalation> {
    case.owner?;
    let silent_s = policy.silent_s.clamp(SILENT_S_MIN, SILENT_S_MAX);
    begin(policy, case, now.plus_ms(1_000 * i64::from(silent_s)))
}

fn begin(policy: &Policy, case: &CaseFacts, due: UnixMs) -> Option<Escalation> {
    (!case.drill && !case.is_closed).then(|| Escalation {
        case: case.case,
        desk: case.desk.clone(),
        run: case.runs.saturating_add(1),
        policy: policy.clone(),
        priority: case.priority,
        owner: case.owner,
        at: Place::first(case.owner.is_some()),
        due,
        told_at: None,
        resume: None,
    })
}

/// What happens at `now`; none before the next step is due. The same escalation gives the same step however often it is
/// asked, and `next` never gives it again.
///
/// A step that comes to nobody is passed over at the same moment. A late one is taken once, and those behind it keep
/// their distance from when it was taken. Behind the last repeat the last step, or the last one that comes to anybody, and
/// the ministry desk are told again and again, every [`super::AGAIN_MS_MIN`] to [`super::AGAIN_MS_MAX`].
#[must_use]
pub fn due(escalation: &Escalation, cover: &Cover, now: UnixMs) -> Option<Fired> {
    if now < escalation.due {
        return None;
    }
    let plan = escalation.plan();
    let mut passed = vec![];
    let mut at = escalation.at;
    // Every step is looked at once, and the owner before them.
    for _ in 0..=last_step(plan) {
        if at.round != escalation.at.round
            && let Some(earliest) = escalation.told_at.map(|told_at| told_at.plus_ms(ROUND_APART_MS))
            && now < earliest
        {
            return Some(escalation.later(at, passed, now, earliest));
        }
        let (told, reach) = escalation.told(at, cover, now);
        if !told.is_nobody() || at.is_past_repeats(plan) {
            let next = escalation.behind(at, now);
            return Some(escalation.fired(at, passed, now, told, reach, next));
        }
        passed.push(at);
        at = at.next(plan);
    }
    let (told, reach) = escalation.told_at_last(Told::default(), cover);
    let next = escalation.with(escalation.at.next_round(plan), now.plus_ms(again_ms(plan)), Some(now));
    Some(escalation.fired(escalation.at, passed, now, told, reach, next))
}

impl Escalation {
    /// The plan that it follows.
    #[must_use]
    pub const fn plan(&self) -> &Plan {
        self.policy.plan(self.priority)
    }

    /// The same with its next step at once: an officer asks for it, or the last one who heard the console has left.
    #[must_use]
    pub fn hastened(&self, now: UnixMs) -> Self {
        let earliest = self.told_at.map_or(now, |told_at| now.max(told_at.plus_ms(STEP_APART_MS)));
        Self { due: self.due.min(earliest), ..self.clone() }
    }

    /// Whom the step at `at` comes to.
    fn told(&self, at: Place, cover: &Cover, now: UnixMs) -> (Told, Reach) {
        let plan = self.plan();
        let mut told = Told::default();
        if at.is_past_repeats(plan) {
            for step in steps(plan).iter().rev() {
                if told.is_nobody() {
                    told.add_targets(&step.targets, &self.desk, cover, now);
                }
            }
            return self.told_at_last(told, cover);
        }
        match at.step_of(plan) {
            Some(step) => told.add_targets(&step.targets, &self.desk, cover, now),
            None => self.owner.iter().for_each(|owner| told.add_officer(*owner, cover)),
        }
        (told, Reach::Targets)
    }

    /// Adds the ministry desk, where all ends.
    fn told_at_last(&self, mut told: Told, cover: &Cover) -> (Told, Reach) {
        let has_targets = !told.is_nobody();
        told.add_desk(&cover.ministry, &self.desk, cover);
        let reach = match (has_targets, told.is_nobody()) {
            (true, _) => Reach::Targets,
            (false, false) => Reach::Ministry,
            (false, true) => Reach::Nobody,
        };
        if reach == Reach::Nobody {
            told.show(&cover.ministry, &self.desk);
        }
        (told, reach)
    }

    /// What comes behind the step at `at`, taken now.
    fn behind(&self, at: Place, now: UnixMs) -> Self {
        if let Some(resume) = self.resume.filter(|resume| resume.at > at) {
            return self.with(resume.at, resume.due.max(now.plus_ms(STEP_APART_MS)), Some(now));
        }
        let next = at.next(self.plan());
        self.with(next, now.plus_ms(next.after_ms(at, self.plan())), Some(now))
    }

    fn with(&self, at: Place, due: UnixMs, told_at: Option<UnixMs>) -> Self {
        Self { at, due, told_at, resume: None, ..self.clone() }
    }

    fn later(&self, at: Place, passed: Vec<Place>, now: UnixMs, earliest: UnixMs) -> Fired {
        let next = Self { resume: self.resume, ..self.with(at, earliest, self.told_at) };
        self.fired(self.at, passed, now, Told::default(), Reach::Later, next)
    }

    fn fired(
        &self,
        at: Place,
        passed: Vec<Place>,
        now: UnixMs,
        told: Told,
        reach: Reach,
        next: Self,
    ) -> Fired {
        Fired {
            key: StepKey { case: self.case, run: self.run, at },
            late_ms: now.since_ms(self.due),
            passed,
            tell: told.into_list(),
            reach,
            is_past_repeats: at.is_past_repeats(self.plan()),
            next,
        }
    }
}

#[cfg(test)]
#[path = "escalation_properties.rs"]
mod properties;
#[cfg(test)]
#[path = "escalation_tests.rs"]
mod tests;
