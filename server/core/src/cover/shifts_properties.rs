//! Rotas over two years: no overlap, nothing left out, and the same answer from either side.

use jiff::civil::Time;
use proptest::prelude::*;

use super::super::fixtures::*;
use super::super::{Every, Override};
use super::*;

const ZONES: [&str; 3] = ["Europe/Berlin", "Asia/Ho_Chi_Minh", "America/New_York"];

fn any_time() -> impl Strategy<Value = Time> {
    (0..24_i8, prop_oneof![Just(0), Just(30), 0..60_i8])
        .prop_map(|(hour, minute)| Time::constant(hour, minute, 0, 0))
}

fn any_staff() -> impl Strategy<Value = StaffId> {
    (1..6_u128).prop_map(staff)
}

fn any_layer() -> impl Strategy<Value = Layer> {
    let every = prop_oneof![(1..10_u16).prop_map(Every::Days), (1..4_u16).prop_map(Every::Weeks)];
    let in_turn = (prop::collection::vec(any_staff(), 1..5), every, any_time())
        .prop_map(|(staff, every, handover)| Turns::InTurn { staff, every, handover });
    let shift = (0..7_usize, any_time(), any_time(), prop::collection::vec(any_staff(), 1..3))
        .prop_map(|(day, from, to, staff)| WeeklyShift { day: Weekday::ALL[day], from, to, staff });
    let weekly = prop::collection::vec(shift, 1..8).prop_map(|shifts| Turns::Weekly { shifts });
    let until = prop::option::weighted(0.2, 1..500_i64);
    (prop_oneof![in_turn, weekly], -400..400_i64, until).prop_map(|(turns, from, lasts)| {
        let day = |n: i64| day("2026-01-01").checked_add(jiff::SignedDuration::from_hours(24 * n)).unwrap();
        Layer { valid_from: day(from), valid_until: lasts.map(|lasts| day(from + lasts)), turns }
    })
}

fn any_override() -> impl Strategy<Value = Override> {
    let change = prop_oneof![
        (any_staff(), any_staff()).prop_map(|(of, by)| Change::Instead { of, by }),
        any_staff().prop_map(|staff| Change::Also { staff }),
        Just(Change::Nobody),
    ];
    (0..730 * DAY, 1..20 * DAY, change).prop_map(|(from, lasts, change)| {
        let from = start().plus_ms(from);
        Override { from, to: from.plus_ms(lasts), change }
    })
}

fn any_rota() -> impl Strategy<Value = Rota> {
    let layers = prop::collection::vec(any_layer(), 1..4);
    (0..ZONES.len(), layers, prop::collection::vec(any_override(), 0..6))
        .prop_map(|(zone, layers, overrides)| Rota { overrides, ..rota(ZONES[zone], layers) })
}

fn start() -> UnixMs {
    at("2026-01-01T00:00:00Z")
}

fn end() -> UnixMs {
    at("2028-01-01T00:00:00Z")
}

/// Whose turn it is, read from the clock on the wall instead of from the moments of handovers.
fn by_the_wall(layer: &Layer, zone: &str, at: UnixMs) -> Vec<StaffId> {
    let zone = jiff::tz::TimeZone::get(zone).unwrap();
    let wall = zone.to_datetime(jiff::Timestamp::from_millisecond(at.0).unwrap());
    let today = day_number(wall.date());
    let Turns::InTurn { staff, every, handover } = &layer.turns else { panic!("turns only") };
    let handed_over = if wall.time() >= *handover { today } else { today - 1 };
    if handed_over < day_number(layer.valid_from) {
        return vec![];
    }
    let turn = usize::try_from((handed_over - day_number(layer.valid_from)) / every.days()).unwrap();
    vec![staff[turn % staff.len()]]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn shifts_and_gaps_are_the_whole_time_once(rota in any_rota(), instants in prop::collection::vec(0..730 * DAY, 40)) {
        let (from, to) = (start(), end());
        let shifts = shifts(&rota, from, to);
        let gaps = gaps(&rota, from, to);
        let mut parts: Vec<(UnixMs, UnixMs)> = shifts.iter().map(|shift| (shift.from, shift.to)).collect();
        parts.extend(&gaps);
        parts.sort_unstable();
        prop_assert_eq!(parts.first().unwrap().0, from);
        prop_assert_eq!(parts.last().unwrap().1, to);
        prop_assert!(parts.windows(2).all(|pair| pair[0].1 == pair[1].0), "each begins where the last one ends");
        prop_assert!(parts.iter().all(|(from, to)| from < to));
        prop_assert_eq!(parts.iter().map(|(from, to)| to.since_ms(*from)).sum::<i64>(), to.since_ms(from));
        let meet = |pair: &[Shift]| pair[0].to == pair[1].from && pair[0].staff == pair[1].staff;
        prop_assert!(!shifts.windows(2).any(meet), "the same officers one after the other are one shift");
        for shift in &shifts {
            let distinct: std::collections::BTreeSet<_> = shift.staff.iter().collect();
            prop_assert!(!shift.staff.is_empty() && distinct.len() == shift.staff.len());
            prop_assert_eq!(&on_call(&rota, shift.from), &shift.staff);
            prop_assert_eq!(&on_call(&rota, shift.to.plus_ms(-1)), &shift.staff);
        }
        for (from, to) in gaps {
            prop_assert!(on_call(&rota, from).is_empty() && on_call(&rota, to.plus_ms(-1)).is_empty());
        }
        for instant in instants {
            let at = from.plus_ms(instant);
            let there = shifts.iter().find(|shift| shift.from <= at && at < shift.to);
            prop_assert_eq!(on_call(&rota, at), there.map_or_else(Vec::new, |shift| shift.staff.clone()));
        }
    }

    #[test]
    fn turns_follow_the_clock_on_the_wall(
        zone in 0..ZONES.len(),
        // Not in the hours in which these zones change their clocks: what holds there is told in stories.
        hour in 4..24_i8,
        every in 1..10_u16,
        officers in prop::collection::vec(any_staff(), 1..5),
        instants in prop::collection::vec(0..730 * DAY, 60),
    ) {
        let turns = Turns::InTurn { staff: officers, every: Every::Days(every), handover: Time::constant(hour, 0, 0, 0) };
        let layer = Layer { valid_from: day("2026-02-01"), valid_until: None, turns };
        let rota = rota(ZONES[zone], vec![layer]);
        for instant in instants {
            let at = start().plus_ms(instant);
            prop_assert_eq!(on_call(&rota, at), by_the_wall(&rota.layers[0], ZONES[zone], at));
        }
    }

    #[test]
    fn any_window_shows_a_part_of_the_same_rota(rota in any_rota(), begins in 0..660 * DAY, lasts in 1..60 * DAY) {
        let (from, to) = (start().plus_ms(begins), start().plus_ms(begins + lasts));
        let mut cut: Vec<Shift> = shifts(&rota, start(), end());
        for shift in &mut cut {
            (shift.from, shift.to) = (shift.from.max(from), shift.to.min(to));
        }
        cut.retain(|shift| shift.from < shift.to);
        prop_assert_eq!(shifts(&rota, from, to), cut);
    }
}
