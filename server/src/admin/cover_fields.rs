//! Where in a body a fault of a rota or policy is. Places in lists count from 0.

use sos_core::cover::{PolicyFault, PolicyProblem, RotaFault, RotaPart, RotaProblem};
use sos_protocol::Priority;
use sos_protocol::cover::{Rota, Turns};

/// The field of a rota that `problem` is about.
pub(super) fn of_rota(rota: &Rota, problem: &RotaProblem) -> String {
    let last = match problem.fault {
        RotaFault::Name => "name",
        RotaFault::TimeZone => "time_zone",
        RotaFault::Layers => "layers",
        RotaFault::Overrides => "overrides",
        RotaFault::Over if matches!(problem.part, RotaPart::Override(_)) => "to",
        RotaFault::Over => "valid_until",
        RotaFault::InTurn | RotaFault::ShiftStaff => "staff",
        RotaFault::Every => "every",
        RotaFault::Minute => minute(rota, problem.part),
        RotaFault::Weekly => "shifts",
        RotaFault::Himself => "by",
    };
    let from_0 = |number: usize| number.saturating_sub(1);
    match problem.part {
        RotaPart::Whole => last.to_owned(),
        RotaPart::Layer(layer) => format!("layers[{}].{last}", from_0(layer)),
        RotaPart::WeeklyShift { layer, shift } => {
            format!("layers[{}].shifts[{}].{last}", from_0(layer), from_0(shift))
        }
        RotaPart::Override(number) => format!("overrides[{}].{last}", from_0(number)),
    }
}

/// Which of the local times of a part is no whole minute.
fn minute(rota: &Rota, part: RotaPart) -> &'static str {
    let RotaPart::WeeklyShift { layer, shift } = part else { return "handover" };
    let from = rota.layers.get(layer.saturating_sub(1)).and_then(|layer| match &layer.turns {
        Turns::Weekly { shifts } => shifts.get(shift.saturating_sub(1)).map(|shift| shift.from),
        Turns::InTurn { .. } => None,
    });
    let is_whole = from.is_some_and(|from| from.second() == 0 && from.subsec_nanosecond() == 0);
    if is_whole { "to" } else { "from" }
}

/// The field of a policy that `problem` is about.
pub(super) fn of_policy(problem: &PolicyProblem) -> String {
    let plan = match problem.plan {
        None => "common",
        Some(Priority::P1) => "p1",
        Some(Priority::P2) => "p2",
        Some(Priority::P3) => "p3",
    };
    let last = match problem.fault {
        PolicyFault::Silent => return "silent_s".to_owned(),
        PolicyFault::Steps => "steps",
        PolicyFault::Repeats => "repeats",
        PolicyFault::Delay => "delay_s",
        PolicyFault::Targets | PolicyFault::TargetTwice | PolicyFault::OwnDesk => "targets",
    };
    match problem.step {
        None => format!("{plan}.{last}"),
        Some(step) => format!("{plan}.steps[{}].{last}", step.saturating_sub(1)),
    }
}
