//! Who is on call when: a rota laid out in time.

use std::collections::BTreeSet;

use sos_protocol::{StaffId, UnixMs};

use super::local::{Local, day_number, weekday_number};
use super::rota_check::{LAYERS_MAX, OVERRIDES_MAX, SHIFT_STAFF_MAX, WEEKLY_MAX};
use super::{Change, Layer, Rota, Turns, Weekday, WeeklyShift};

/// Longest time that is laid out at once: three years and some days, of which a year is shown. It bounds how long that takes.
pub const SPAN_MS_MAX: i64 = 1_100 * 86_400_000;
/// From 2200-01-01 on nobody is on call, nor before 1970: that far a moment can only be a mistake.
pub const FAR_MS: UnixMs = UnixMs(7_258_118_400_000);
/// What began so many local days before may still go on: a shift lasts a day, and zones have left out or repeated one.
const BACK_DAYS: i64 = 3;

/// A time in which the same officers are on call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// From …
    pub from: UnixMs,
    /// … until just before.
    pub to: UnixMs,
    /// Who, first to last; never nobody, nobody twice.
    pub staff: Vec<StaffId>,
}

/// Who is on call at `at`, first to last.
#[must_use]
pub fn on_call(rota: &Rota, at: UnixMs) -> Vec<StaffId> {
    shifts(rota, at, at.plus_ms(1)).pop().map_or_else(Vec::new, |shift| shift.staff)
}

/// The shifts between `from` and just before `to`, in order; those at the ends are cut there. At most [`SPAN_MS_MAX`]
/// from `from` on, and nothing before 1970 or from [`FAR_MS`] on.
#[must_use]
pub fn shifts(rota: &Rota, from: UnixMs, to: UnixMs) -> Vec<Shift> {
    let (from, to) = window(from, to);
    let mut duties = duties(rota, from, to);
    let mut edges: Vec<UnixMs> = duties.iter().flat_map(|duty| [duty.from, duty.to]).collect();
    edges.retain(|edge| from < *edge && *edge < to);
    edges.extend([from, to]);
    edges.sort_unstable();
    edges.dedup();

    duties.sort_by_key(|duty| duty.from);
    let mut coming = duties.into_iter().peekable();
    let mut present: Vec<Duty<'_>> = vec![];
    let mut shifts: Vec<Shift> = vec![];
    for pair in edges.windows(2) {
        let [from, to] = [pair[0], pair[1]];
        while let Some(duty) = coming.next_if(|duty| duty.from <= from) {
            let place = present.partition_point(|other| other.rank < duty.rank);
            present.insert(place, duty);
        }
        present.retain(|duty| duty.to > from);
        let staff = staff_of(&present);
        match shifts.last_mut() {
            Some(last) if last.to == from && last.staff == staff => last.to = to,
            _ if staff.is_empty() => {}
            _ => shifts.push(Shift { from, to, staff }),
        }
    }
    shifts
}

/// The times between `from` and just before `to` in which nobody is on call, in order; with the bounds of [`shifts`].
#[must_use]
pub fn gaps(rota: &Rota, from: UnixMs, to: UnixMs) -> Vec<(UnixMs, UnixMs)> {
    let (mut free_from, to) = window(from, to);
    let mut gaps = vec![];
    for shift in shifts(rota, free_from, to) {
        gaps.push((free_from, shift.from));
        free_from = shift.to;
    }
    gaps.push((free_from, to));
    gaps.retain(|(from, to)| from < to);
    gaps
}

fn window(from: UnixMs, to: UnixMs) -> (UnixMs, UnixMs) {
    let from = from.clamp(UnixMs(0), FAR_MS);
    (from, to.clamp(from, from.plus_ms(SPAN_MS_MAX).min(FAR_MS)))
}

/// Something that holds from … to.
struct Duty<'a> {
    from: UnixMs,
    to: UnixMs,
    /// Of two at a time, the one with the smaller rank comes first.
    rank: usize,
    what: What<'a>,
}

enum What<'a> {
    OnCall(&'a [StaffId]),
    Change(Change),
}

fn staff_of(present: &[Duty<'_>]) -> Vec<StaffId> {
    let mut staff: Vec<StaffId> = vec![];
    for duty in present {
        match duty.what {
            What::OnCall(officers) => staff.extend(officers),
            What::Change(Change::Instead { of, by }) => {
                staff.iter_mut().filter(|officer| **officer == of).for_each(|officer| *officer = by);
            }
            What::Change(Change::Also { staff: officer }) => staff.push(officer),
            What::Change(Change::Nobody) => staff.clear(),
        }
    }
    let mut seen = BTreeSet::new();
    staff.retain(|officer| seen.insert(*officer));
    staff
}

/// All that touches the window: what layers say, in their order, then overrides in theirs.
fn duties(rota: &Rota, from: UnixMs, to: UnixMs) -> Vec<Duty<'_>> {
    let mut duties = Duties { from, to, list: vec![] };
    let zone = Local::named(&rota.time_zone);
    if let Some((zone, first, last)) =
        zone.and_then(|zone| zone.day_of(from).zip(zone.day_of(to)).map(|(first, last)| (zone, first, last)))
    {
        let days = Days { first: first - BACK_DAYS, last: last + 1 };
        for layer in rota.layers.iter().take(LAYERS_MAX) {
            lay_out(layer, &zone, days, &mut duties);
        }
    }
    for exception in rota.overrides.iter().take(OVERRIDES_MAX) {
        duties.add(exception.from, exception.to, What::Change(exception.change));
    }
    duties.list
}

struct Duties<'a> {
    from: UnixMs,
    to: UnixMs,
    list: Vec<Duty<'a>>,
}

impl<'a> Duties<'a> {
    fn add(&mut self, from: UnixMs, to: UnixMs, what: What<'a>) {
        if from < to && from < self.to && to > self.from {
            self.list.push(Duty { from, to, rank: self.list.len(), what });
        }
    }
}

/// Local days, the last one included.
#[derive(Clone, Copy)]
struct Days {
    first: i64,
    last: i64,
}

fn lay_out<'a>(layer: &'a Layer, zone: &Local, days: Days, duties: &mut Duties<'a>) {
    let begins = day_number(layer.valid_from);
    let until = layer.valid_until.map(day_number);
    match &layer.turns {
        Turns::InTurn { staff, every, handover } => {
            let every = every.days();
            let mut turn = (days.first - begins).div_euclid(every).max(0);
            loop {
                let day = begins + turn * every;
                if day > days.last || until.is_some_and(|until| day >= until) {
                    break;
                }
                let end = until.map_or(day + every, |until| until.min(day + every));
                let officer = usize::try_from(turn).unwrap_or(0) % staff.len().max(1);
                if let (Some(from), Some(to), Some(officer)) =
                    (zone.moment(day, *handover), zone.moment(end, *handover), staff.get(officer..=officer))
                {
                    duties.add(from, to, What::OnCall(officer));
                }
                turn += 1;
            }
        }
        Turns::Weekly { shifts } => {
            let last = until.map_or(days.last, |until| days.last.min(until - 1));
            for day in days.first.max(begins)..=last {
                for shift in shifts.iter().take(WEEKLY_MAX).filter(|shift| is_on(shift.day, day)) {
                    lay_out_shift(shift, zone, day, duties);
                }
            }
        }
    }
}

fn lay_out_shift<'a>(shift: &'a WeeklyShift, zone: &Local, day: i64, duties: &mut Duties<'a>) {
    let last = if shift.to > shift.from { day } else { day + 1 };
    if let (Some(from), Some(to)) = (zone.moment(day, shift.from), zone.moment(last, shift.to)) {
        let staff = &shift.staff[..shift.staff.len().min(SHIFT_STAFF_MAX)];
        duties.add(from, to, What::OnCall(staff));
    }
}

fn is_on(weekday: Weekday, day: i64) -> bool {
    usize::try_from(weekday_number(day)).is_ok_and(|number| Weekday::ALL.get(number) == Some(&weekday))
}

#[cfg(test)]
#[path = "shifts_properties.rs"]
mod properties;
#[cfg(test)]
#[path = "shifts_tests.rs"]
mod tests;
