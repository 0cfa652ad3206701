//! What may be wrong with a rota.

use std::fmt;

use jiff::civil::Time;

use super::local::Local;
use super::{Change, Every, Layer, Override, Rota, Turns, WeeklyShift};

/// Longest name, in Unicode scalar values: one line of a list.
pub const NAME_CHARS_MAX: usize = 80;
/// Most layers: first and second on call, an arrangement to follow each, and one for holidays.
pub const LAYERS_MAX: usize = 5;
/// Most officers in turn: more than a desk has.
pub const IN_TURN_MAX: usize = 50;
/// Most weekly shifts of a layer: four a day. With the other limits it bounds how long it takes to lay a rota out.
pub const WEEKLY_MAX: usize = 28;
/// Most officers of one weekly shift.
pub const SHIFT_STAFF_MAX: usize = 5;
/// Most overrides that are kept: more than anybody plans ahead. Those that are over can go.
pub const OVERRIDES_MAX: usize = 200;
/// Longest turn, in days or weeks.
pub const EVERY_MAX: u16 = 60;

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{part}: {fault}")]
pub struct RotaProblem {
    /// Where.
    pub part: RotaPart,
    /// What.
    pub fault: RotaFault,
}

/// A part of a rota; numbers count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RotaPart {
    /// All of it.
    Whole,
    /// A layer.
    Layer(usize),
    /// A weekly shift of a layer.
    WeeklyShift {
        /// Which layer.
        layer: usize,
        /// Which of its shifts.
        shift: usize,
    },
    /// An override.
    Override(usize),
}

impl fmt::Display for RotaPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => f.write_str("rota"),
            Self::Layer(layer) => write!(f, "layer {layer}"),
            Self::WeeklyShift { layer, shift } => write!(f, "layer {layer}, shift {shift}"),
            Self::Override(number) => write!(f, "override {number}"),
        }
    }
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RotaFault {
    /// It has no name, or one that is too long.
    #[error("the name has 1 to {NAME_CHARS_MAX} characters")]
    Name,
    /// The zone is not in the time zone database.
    #[error("no such time zone")]
    TimeZone,
    /// No layers, or too many.
    #[error("a rota has 1 to {LAYERS_MAX} layers")]
    Layers,
    /// Too many overrides.
    #[error("a rota has at most {OVERRIDES_MAX} overrides")]
    Overrides,
    /// It is over before it begins.
    #[error("it ends before it begins")]
    Over,
    /// Nobody in turn, or too many.
    #[error("1 to {IN_TURN_MAX} officers take turns")]
    InTurn,
    /// A turn is too short or too long.
    #[error("a turn is 1 to {EVERY_MAX} days or weeks")]
    Every,
    /// Clocks are read to the minute.
    #[error("a local time is a whole minute")]
    Minute,
    /// No shifts, or too many.
    #[error("a layer has 1 to {WEEKLY_MAX} weekly shifts")]
    Weekly,
    /// Nobody on a shift, or too many.
    #[error("a shift has 1 to {SHIFT_STAFF_MAX} officers")]
    ShiftStaff,
    /// Somebody stands in for himself.
    #[error("nobody stands in for himself")]
    Himself,
}

/// Looks a rota through.
///
/// # Errors
/// All that is wrong, in the order of its parts.
pub fn check(rota: &Rota) -> Result<(), Vec<RotaProblem>> {
    let mut problems = vec![];
    let mut unless = |fine: bool, part: RotaPart, fault: RotaFault| {
        if !fine {
            problems.push(RotaProblem { part, fault });
        }
    };
    let name_chars = rota.name.trim().chars().count();
    unless((1..=NAME_CHARS_MAX).contains(&name_chars), RotaPart::Whole, RotaFault::Name);
    unless(Local::named(&rota.time_zone).is_some(), RotaPart::Whole, RotaFault::TimeZone);
    unless((1..=LAYERS_MAX).contains(&rota.layers.len()), RotaPart::Whole, RotaFault::Layers);
    unless(rota.overrides.len() <= OVERRIDES_MAX, RotaPart::Whole, RotaFault::Overrides);
    for (layer, number) in rota.layers.iter().zip(1..).take(LAYERS_MAX) {
        check_layer(layer, number, &mut unless);
    }
    for (exception, number) in rota.overrides.iter().zip(1..).take(OVERRIDES_MAX) {
        check_override(exception, RotaPart::Override(number), &mut unless);
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

type Unless<'a> = dyn FnMut(bool, RotaPart, RotaFault) + 'a;

fn check_layer(layer: &Layer, number: usize, unless: &mut Unless<'_>) {
    let part = RotaPart::Layer(number);
    unless(layer.valid_until.is_none_or(|until| until > layer.valid_from), part, RotaFault::Over);
    match &layer.turns {
        Turns::InTurn { staff, every, handover } => {
            let (Every::Days(count) | Every::Weeks(count)) = every;
            unless((1..=IN_TURN_MAX).contains(&staff.len()), part, RotaFault::InTurn);
            unless((1..=EVERY_MAX).contains(count), part, RotaFault::Every);
            unless(is_whole_minute(*handover), part, RotaFault::Minute);
        }
        Turns::Weekly { shifts } => {
            unless((1..=WEEKLY_MAX).contains(&shifts.len()), part, RotaFault::Weekly);
            for (shift, place) in shifts.iter().zip(1..).take(WEEKLY_MAX) {
                let part = RotaPart::WeeklyShift { layer: number, shift: place };
                check_shift(shift, part, unless);
            }
        }
    }
}

fn check_shift(shift: &WeeklyShift, part: RotaPart, unless: &mut Unless<'_>) {
    unless((1..=SHIFT_STAFF_MAX).contains(&shift.staff.len()), part, RotaFault::ShiftStaff);
    unless(is_whole_minute(shift.from) && is_whole_minute(shift.to), part, RotaFault::Minute);
}

fn check_override(exception: &Override, part: RotaPart, unless: &mut Unless<'_>) {
    unless(exception.from < exception.to, part, RotaFault::Over);
    match exception.change {
        Change::Instead { of, by } => unless(of != by, part, RotaFault::Himself),
        Change::Also { .. } | Change::Nobody => {}
    }
}

fn is_whole_minute(time: Time) -> bool {
    time.second() == 0 && time.subsec_nanosecond() == 0
}

#[cfg(test)]
#[path = "rota_check_tests.rs"]
mod tests;
