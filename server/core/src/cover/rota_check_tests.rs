use super::super::Weekday;
use super::super::fixtures::*;
use super::*;

#[test]
fn a_sound_rota_has_no_problems() {
    let mut rota = rota(
        "Asia/Taipei",
        vec![
            in_turn("2026-01-05", Every::Weeks(1), "08:00", &[1, 2, 1]),
            weekly("2026-01-05", &[(Weekday::Friday, "22:00", "06:00", &[3, 4])]),
        ],
    );
    rota.overrides.push(Override { from: NOW, to: NOW.plus_ms(1), change: Change::Nobody });
    assert_eq!(check(&rota), Ok(()));
}

#[test]
fn every_problem_is_named_with_its_part() {
    let mut first = in_turn("2026-01-05", Every::Days(0), "08:00:30", &[]);
    first.valid_until = Some(day("2026-01-05"));
    let second = weekly("2026-01-05", &[(Weekday::Monday, "08:00", "09:00", &[])]);
    let mut rota = rota("Asia/Nowhere", vec![first, second, weekly("2026-01-05", &[])]);
    rota.name = "  ".into();
    let change = Change::Instead { of: staff(1), by: staff(1) };
    rota.overrides.push(Override { from: NOW, to: NOW, change });
    let found: Vec<_> = check(&rota).unwrap_err().into_iter().map(|p| (p.part, p.fault)).collect();
    assert_eq!(
        found,
        [
            (RotaPart::Whole, RotaFault::Name),
            (RotaPart::Whole, RotaFault::TimeZone),
            (RotaPart::Layer(1), RotaFault::Over),
            (RotaPart::Layer(1), RotaFault::InTurn),
            (RotaPart::Layer(1), RotaFault::Every),
            (RotaPart::Layer(1), RotaFault::Minute),
            (RotaPart::WeeklyShift { layer: 2, shift: 1 }, RotaFault::ShiftStaff),
            (RotaPart::Layer(3), RotaFault::Weekly),
            (RotaPart::Override(1), RotaFault::Over),
            (RotaPart::Override(1), RotaFault::Himself),
        ]
    );
}

#[test]
fn too_many_of_anything_is_a_problem() {
    let layer = in_turn("2026-01-05", Every::Weeks(EVERY_MAX + 1), "08:00", &[1; IN_TURN_MAX + 1]);
    let mut rota = rota("UTC", vec![layer; LAYERS_MAX + 1]);
    rota.name = "x".repeat(NAME_CHARS_MAX + 1);
    let nobody = Override { from: NOW, to: NOW.plus_ms(1), change: Change::Nobody };
    rota.overrides = vec![nobody; OVERRIDES_MAX + 1];
    let found = check(&rota).unwrap_err();
    for fault in
        [RotaFault::Name, RotaFault::Layers, RotaFault::Overrides, RotaFault::InTurn, RotaFault::Every]
    {
        assert!(found.iter().any(|problem| problem.fault == fault), "{fault:?}");
    }
    assert_eq!(found.len(), 3 + 2 * LAYERS_MAX);
}
