//! Whatever comes in, somebody answers.

use proptest::prelude::*;

use super::*;

fn any_number() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => -180.0..=180.0,
        2 => any::<f64>(),
        1 => prop_oneof![
            Just(f64::NAN), Just(f64::INFINITY), Just(f64::NEG_INFINITY), Just(90.0), Just(-90.0),
            Just(180.0), Just(-180.0), Just(-0.0), Just(f64::MIN_POSITIVE), Just(180.000_000_1),
        ],
    ]
}

fn any_country() -> impl Strategy<Value = CountryCode> {
    "[A-Z]{2}".prop_map(|code| iso(&code))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_numbers_reach_a_desk_of_the_table(
        lat in prop_oneof![any_number(), -90.0..=90.0],
        lon in any_number(),
        accuracy_m in proptest::option::of(prop_oneof![any_number(), 0.0..60_000.0]),
        contract in proptest::option::of(any_country()),
    ) {
        let routing = route(&ATLAS, &DESKS, Some(Place { lat, lon, accuracy_m }), contract);
        let known = |id: &DeskId| DESKS.desks().iter().any(|desk| desk.id == *id);
        prop_assert!(known(&routing.desk));
        prop_assert!(routing.watchers.iter().all(|id| known(id) && *id != routing.desk));
        let mut distinct = routing.watchers.clone();
        distinct.sort_unstable();
        distinct.dedup();
        prop_assert_eq!(distinct.len(), routing.watchers.len());
        prop_assert!(!routing.view.country.is_some_and(|country| routing.view.others.contains(&country)));
        if let Some(km) = routing.view.offshore_km {
            prop_assert!((0.0..=400.0).contains(&km));
        }
    }

    #[test]
    fn a_surer_fix_never_names_more_countries(
        lat in -90.0..=90.0, lon in -180.0..=180.0, accuracy_m in 0.0..60_000.0,
    ) {
        let (sure, unsure) = (ATLAS.locate(at(lat, lon)), ATLAS.locate(within(accuracy_m, lat, lon)));
        prop_assert_eq!(sure.countries.first(), unsure.countries.first());
        prop_assert!(unsure.countries.len() == 8
            || sure.countries.iter().all(|country| unsure.countries.contains(country)));
    }
}

#[test]
fn where_two_coasts_meet_at_the_nearest_point_the_order_does_not_depend_on_the_accuracy() {
    // West of the mouth of the Kunene, where Angola and Namibia meet.
    let (lat, lon) = (-17.245_386_195_248_035, 10.167_875_383_331_23);
    let sure = ATLAS.locate(at(lat, lon)).countries;
    assert_eq!(sure.first(), ATLAS.locate(within(24_091.7, lat, lon)).countries.first());
}
