//! Cover and escalation: who answers for a desk at which time, and who is told in which order while nobody does.
//!
//! A [`Rota`] says who is on call, a [`Policy`] who is told when, an [`Escalation`] is how far the telling has got for
//! one case. Everything is a pure function of what is handed in: whoever calls keeps rows, waits and sends.
//!
//! 1. An unclaimed case is told step by step, round by round, and after the last round again and again, at least every
//!    [`AGAIN_MS_MAX`]: it never falls silent by itself.
//! 2. A step that comes to nobody never waits; where every step comes to nobody the ministry desk is told.
//! 3. A claimed case in which no officer does anything for `silent_s` is told again, its owner first.
//! 4. A drill never escalates.

mod direct;
mod escalation;
#[cfg(test)]
mod fixtures;
mod follow;
mod local;
mod place;
mod policy;
mod reach;
mod rota_check;
mod shifts;

pub use direct::told_of;
pub use escalation::{CaseFacts, Escalation, Fired, Resume, StepKey, due, start, watch};
pub use follow::{Effect, effect_of, follow};
pub use local::{is_time_zone, local_day};
pub use place::{AGAIN_MS_MAX, AGAIN_MS_MIN, OWNER_FIRST_MS, Place, ROUND_APART_MS, STEP_APART_MS};
pub use policy::{
    DELAY_S_MAX, PolicyFault, PolicyProblem, REPEATS_MAX, SILENT_S_MAX, SILENT_S_MIN, STEPS_MAX, TARGETS_MAX,
    unset, validate,
};
pub use reach::{Channel, Cover, DeskStaff, Tell};
pub use rota_check::{
    EVERY_MAX, IN_TURN_MAX, LAYERS_MAX, NAME_CHARS_MAX, OVERRIDES_MAX, RotaFault, RotaPart, RotaProblem,
    SHIFT_STAFF_MAX, WEEKLY_MAX, check,
};
pub use shifts::{FAR_MS, SPAN_MS_MAX, Shift, gaps, on_call, shifts};
pub use sos_protocol::cover::{
    Change, Every, Layer, Override, Plan, Policy, PolicyStep, Reach, Rota, Target, Turns, Weekday,
    WeeklyShift,
};
pub use sos_protocol::{PolicyId, RotaId, WebhookId};
