use super::super::fixtures::*;
use super::super::{Every, Override};
use super::*;

/// From, to and officers, as people would read them.
fn told(shifts: &[Shift]) -> Vec<(String, String, Vec<u128>)> {
    let text = |at: UnixMs| jiff::Timestamp::from_millisecond(at.0).unwrap().to_string();
    let officers = |shift: &Shift| shift.staff.iter().map(|staff| staff.0.as_u128()).collect();
    shifts.iter().map(|shift| (text(shift.from), text(shift.to), officers(shift))).collect()
}

fn line(from: &str, to: &str, officers: &[u128]) -> (String, String, Vec<u128>) {
    (from.into(), to.into(), officers.to_vec())
}

#[test]
fn officers_take_turns_from_the_first_day_at_the_local_time_of_handover() {
    let rota = rota("Asia/Taipei", vec![in_turn("2026-11-23", Every::Days(2), "08:00", &[1, 2, 3])]);
    let [from, to] = [at("2026-11-22T00:00:00Z"), at("2026-12-01T00:00:00Z")];
    assert_eq!(
        told(&shifts(&rota, from, to)),
        [
            line("2026-11-23T00:00:00Z", "2026-11-25T00:00:00Z", &[1]),
            line("2026-11-25T00:00:00Z", "2026-11-27T00:00:00Z", &[2]),
            line("2026-11-27T00:00:00Z", "2026-11-29T00:00:00Z", &[3]),
            line("2026-11-29T00:00:00Z", "2026-12-01T00:00:00Z", &[1]),
        ]
    );
    assert_eq!(gaps(&rota, from, to), [(from, at("2026-11-23T00:00:00Z"))]);
    assert_eq!(on_call(&rota, at("2026-11-24T23:59:59.999Z")), [staff(1)]);
    assert_eq!(on_call(&rota, at("2026-11-25T00:00:00Z")), [staff(2)]);
    assert_eq!(on_call(&rota, at("2026-11-22T23:59:59.999Z")), []);
}

#[test]
fn a_week_on_call_is_an_hour_shorter_or_longer_when_clocks_change() {
    let rota = rota("Europe/Berlin", vec![in_turn("2026-03-23", Every::Weeks(1), "08:00", &[1, 2])]);
    let hours = |from: &str, to: &str| {
        let shifts = shifts(&rota, at(from), at(to));
        shifts.iter().map(|shift| shift.to.since_ms(shift.from) / HOUR).collect::<Vec<_>>()
    };
    assert_eq!(hours("2026-03-23T07:00:00Z", "2026-04-06T06:00:00Z"), [167, 168]);
    assert_eq!(hours("2026-10-19T06:00:00Z", "2026-11-02T07:00:00Z"), [169, 168]);
}

#[test]
fn a_local_time_that_is_left_out_is_the_moment_at_which_clocks_go_forward() {
    // In Berlin 2026-03-29 02:00 becomes 03:00, at 01:00 UTC.
    let shifts_of_the_night: &[(Weekday, &str, &str, &[u128])] = &[
        (Weekday::Saturday, "22:00", "02:30", &[1]),
        (Weekday::Sunday, "02:30", "03:00", &[2]),
        (Weekday::Sunday, "03:00", "06:00", &[3]),
    ];
    let rota = rota("Europe/Berlin", vec![weekly("2026-01-01", shifts_of_the_night)]);
    assert_eq!(
        told(&shifts(&rota, at("2026-03-28T12:00:00Z"), at("2026-03-29T12:00:00Z"))),
        [
            line("2026-03-28T21:00:00Z", "2026-03-29T01:00:00Z", &[1]),
            line("2026-03-29T01:00:00Z", "2026-03-29T04:00:00Z", &[3]),
        ]
    );
}

#[test]
fn a_local_time_that_comes_twice_is_taken_the_first_time() {
    // In New York 2026-11-01 02:00 becomes 01:00, at 06:00 UTC; 01:30 is at 05:30 and at 06:30.
    let night: &[(Weekday, &str, &str, &[u128])] =
        &[(Weekday::Saturday, "22:00", "01:30", &[1]), (Weekday::Sunday, "01:30", "03:00", &[2])];
    let rota = rota("America/New_York", vec![weekly("2026-01-01", night)]);
    assert_eq!(
        told(&shifts(&rota, at("2026-10-31T12:00:00Z"), at("2026-11-01T12:00:00Z"))),
        [
            line("2026-11-01T02:00:00Z", "2026-11-01T05:30:00Z", &[1]),
            line("2026-11-01T05:30:00Z", "2026-11-01T08:00:00Z", &[2]),
        ]
    );
}

#[test]
fn shifts_of_a_week_may_overlap_end_the_next_day_and_last_a_day() {
    let week: &[(Weekday, &str, &str, &[u128])] = &[
        (Weekday::Monday, "08:00", "16:00", &[1]),
        (Weekday::Monday, "14:00", "02:00", &[2, 1]),
        (Weekday::Wednesday, "08:00", "08:00", &[3]),
    ];
    let rota = rota("UTC", vec![weekly("2026-11-23", week)]);
    assert_eq!(
        told(&shifts(&rota, at("2026-11-23T00:00:00Z"), at("2026-11-30T00:00:00Z"))),
        [
            line("2026-11-23T08:00:00Z", "2026-11-23T14:00:00Z", &[1]),
            line("2026-11-23T14:00:00Z", "2026-11-23T16:00:00Z", &[1, 2]),
            line("2026-11-23T16:00:00Z", "2026-11-24T02:00:00Z", &[2, 1]),
            line("2026-11-25T08:00:00Z", "2026-11-26T08:00:00Z", &[3]),
        ]
    );
}

#[test]
fn an_arrangement_takes_over_from_another_at_the_handover() {
    let mut old = in_turn("2026-11-23", Every::Weeks(1), "08:00", &[1, 2]);
    old.valid_until = Some(day("2026-11-26"));
    let new = in_turn("2026-11-26", Every::Weeks(1), "08:00", &[3]);
    let mut third = weekly("2026-11-23", &[(Weekday::Friday, "20:00", "04:00", &[4])]);
    third.valid_until = Some(day("2026-12-04"));
    let rota = rota("UTC", vec![old, new, third]);
    assert_eq!(
        told(&shifts(&rota, at("2026-11-23T08:00:00Z"), at("2026-12-06T00:00:00Z"))),
        [
            line("2026-11-23T08:00:00Z", "2026-11-26T08:00:00Z", &[1]),
            line("2026-11-26T08:00:00Z", "2026-11-27T20:00:00Z", &[3]),
            line("2026-11-27T20:00:00Z", "2026-11-28T04:00:00Z", &[3, 4]),
            line("2026-11-28T04:00:00Z", "2026-12-06T00:00:00Z", &[3]),
        ]
    );
}

#[test]
fn overrides_put_one_in_place_of_another_add_one_or_leave_nobody() {
    let mut rota = rota("UTC", vec![in_turn("2026-11-23", Every::Days(1), "00:00", &[1, 2])]);
    let exception = |from: &str, to: &str, change| Override { from: at(from), to: at(to), change };
    rota.overrides = vec![
        exception(
            "2026-11-23T06:00:00Z",
            "2026-11-24T06:00:00Z",
            Change::Instead { of: staff(1), by: staff(5) },
        ),
        exception("2026-11-23T12:00:00Z", "2026-11-23T18:00:00Z", Change::Also { staff: staff(6) }),
        exception("2026-11-24T20:00:00Z", "2026-11-25T02:00:00Z", Change::Nobody),
        exception("2026-11-25T00:00:00Z", "2026-11-25T01:00:00Z", Change::Also { staff: staff(7) }),
    ];
    let [from, to] = [at("2026-11-23T00:00:00Z"), at("2026-11-26T00:00:00Z")];
    assert_eq!(
        told(&shifts(&rota, from, to)),
        [
            line("2026-11-23T00:00:00Z", "2026-11-23T06:00:00Z", &[1]),
            line("2026-11-23T06:00:00Z", "2026-11-23T12:00:00Z", &[5]),
            line("2026-11-23T12:00:00Z", "2026-11-23T18:00:00Z", &[5, 6]),
            line("2026-11-23T18:00:00Z", "2026-11-24T00:00:00Z", &[5]),
            line("2026-11-24T00:00:00Z", "2026-11-24T20:00:00Z", &[2]),
            line("2026-11-25T00:00:00Z", "2026-11-25T01:00:00Z", &[7]),
            line("2026-11-25T02:00:00Z", "2026-11-26T00:00:00Z", &[1]),
        ]
    );
    assert_eq!(
        gaps(&rota, from, to),
        [
            (at("2026-11-24T20:00:00Z"), at("2026-11-25T00:00:00Z")),
            (at("2026-11-25T01:00:00Z"), at("2026-11-25T02:00:00Z")),
        ]
    );
}

#[test]
fn one_officer_alone_has_one_shift_however_many_turns_it_is() {
    let rota = rota("UTC", vec![in_turn("2020-01-01", Every::Days(1), "08:00", &[1])]);
    assert_eq!(shifts(&rota, NOW, NOW.plus_ms(90 * DAY)).len(), 1);
}

#[test]
fn in_a_zone_that_does_not_exist_nobody_is_on_call_but_who_was_added() {
    let mut rota = rota("Asia/Nowhere", vec![in_turn("2020-01-01", Every::Days(1), "08:00", &[1])]);
    assert_eq!(on_call(&rota, NOW), []);
    assert_eq!(gaps(&rota, NOW, NOW.plus_ms(DAY)), [(NOW, NOW.plus_ms(DAY))]);
    rota.overrides =
        vec![Override { from: NOW, to: NOW.plus_ms(1), change: Change::Also { staff: staff(2) } }];
    assert_eq!(on_call(&rota, NOW), [staff(2)]);
}

#[test]
fn far_dates_and_spans_are_bounded() {
    let turns = in_turn("-009999-01-01", Every::Days(1), "08:00", &[1, 2]);
    let rota = rota("America/New_York", vec![turns]);
    let all = [UnixMs(i64::MIN), UnixMs(-1), UnixMs(0), NOW, FAR_MS, UnixMs(i64::MAX)];
    for from in all {
        assert_eq!(on_call(&rota, from).is_empty(), from < UnixMs(0) || from >= FAR_MS, "{from:?}");
        for to in all {
            let shifts = shifts(&rota, from, to);
            let (Some(first), Some(last)) = (shifts.first(), shifts.last()) else { continue };
            assert!(first.from >= UnixMs(0) && last.to <= FAR_MS);
            assert!(last.to.since_ms(first.from) <= SPAN_MS_MAX && shifts.len() <= 1_102);
        }
    }
    let mut rota = rota;
    rota.layers[0].valid_from = day("9999-12-31");
    assert_eq!(on_call(&rota, NOW), []);
}

#[test]
fn a_day_that_a_zone_left_out_leaves_no_gap() {
    // Samoa went over the date line and had no 2011-12-30.
    let rota = rota("Pacific/Apia", vec![in_turn("2011-12-01", Every::Days(1), "08:00", &[1, 2])]);
    let [from, to] = [at("2011-12-28T00:00:00Z"), at("2012-01-03T00:00:00Z")];
    assert_eq!(gaps(&rota, from, to), []);
}

#[test]
fn the_largest_rota_that_is_allowed_is_laid_out_over_the_longest_span() {
    let layer = |layer: u128| {
        let shift = |n: usize| WeeklyShift {
            day: Weekday::ALL[n % 7],
            from: time("08:00").saturating_add(jiff::SignedDuration::from_mins(i64::try_from(n).unwrap())),
            to: time("07:00"),
            staff: (0..5).map(|officer| staff(10 * layer + officer)).collect(),
        };
        let turns = Turns::Weekly { shifts: (0..WEEKLY_MAX).map(shift).collect() };
        Layer { valid_from: day("2026-01-01"), valid_until: None, turns }
    };
    let mut rota = rota("Europe/Berlin", (0..LAYERS_MAX as u128).map(layer).collect());
    let change = Change::Instead { of: staff(1), by: staff(2) };
    rota.overrides = vec![Override { from: NOW, to: FAR_MS, change }; OVERRIDES_MAX];
    assert_eq!(super::super::check(&rota), Ok(()));
    let shifts = shifts(&rota, NOW, UnixMs(i64::MAX));
    assert_eq!(shifts.last().map(|shift| shift.to), Some(NOW.plus_ms(SPAN_MS_MAX)));
    assert!(shifts.len() <= 8 * 1_101, "no more than begin and end: {}", shifts.len());
}
