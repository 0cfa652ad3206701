//! The rules, one by one, at real places.

use super::*;

const TAIPEI: (f64, f64) = (25.0478, 121.517);

#[test]
fn in_one_country_its_desk_holds_the_case() {
    let routing = route_from(within(25.0, TAIPEI.0, TAIPEI.1));
    assert_eq!(routing.desk.as_str(), "tw-taipei");
    assert_eq!(routing.view.basis, RoutingBasis::Polygon);
    assert_eq!((routing.view.country, routing.view.others.len()), (Some(iso("TW")), 0));
    assert!(routing.watchers.is_empty());
}

#[test]
fn a_fix_that_is_unsure_of_the_border_shows_the_case_to_both_sides() {
    // Mae Sot in Thailand, 1.5 km from the river; Myawaddy is across.
    let sure = ATLAS.locate(within(20.0, 16.70, 98.53));
    assert_eq!((sure.basis, codes(&sure)), (RoutingBasis::Polygon, vec!["TH"]));

    let routing = route_from(within(3_000.0, 16.70, 98.53));
    assert_eq!(routing.view.basis, RoutingBasis::Border);
    assert_eq!((routing.desk.as_str(), watchers(&routing)), ("th-bangkok", vec!["mm-yangon"]));
    assert_eq!((routing.view.country, routing.view.others), (Some(iso("TH")), vec![iso("MM")]));

    let across = route_from(within(3_000.0, 16.689, 98.50));
    assert_eq!((across.desk.as_str(), watchers(&across)), ("mm-yangon", vec!["th-bangkok"]));
}

#[test]
fn next_to_a_border_the_map_itself_is_doubted() {
    // The middle of the Johor causeway, without an accuracy.
    let located = ATLAS.locate(at(1.4530, 103.7690));
    assert_eq!(located.basis, RoutingBasis::Border, "{located:?}");
    let mut both = codes(&located);
    both.sort_unstable();
    assert_eq!(both, ["MY", "SG"]);
}

#[test]
fn johor_and_singapore_are_told_apart() {
    let johor = route_from(within(30.0, 1.463, 103.764));
    assert_eq!((johor.desk.as_str(), watchers(&johor).len()), ("my-kuala-lumpur", 0));
    let woodlands = route_from(within(30.0, 1.4370, 103.7865));
    assert_eq!((woodlands.desk.as_str(), watchers(&woodlands).len()), ("sg-singapore", 0));
    let unsure = route_from(within(4_000.0, 1.463, 103.764));
    assert_eq!((unsure.desk.as_str(), watchers(&unsure)), ("my-kuala-lumpur", vec!["sg-singapore"]));
}

#[test]
fn three_countries_meet_in_the_golden_triangle() {
    let located = ATLAS.locate(within(2_000.0, 20.3520, 100.0830));
    assert_eq!(located.basis, RoutingBasis::Border);
    let mut all = codes(&located);
    all.sort_unstable();
    assert_eq!(all, ["LA", "MM", "TH"]);
}

#[test]
fn an_absurd_accuracy_names_neighbours_but_not_the_world() {
    let located = ATLAS.locate(within(1e12, 50.0, 20.0));
    assert!(located.countries.len() <= 8, "{located:?}");
    assert_eq!(codes(&located)[0], "PL");
    assert_eq!(located, ATLAS.locate(within(super::super::ACCURACY_COUNTED_M_MAX, 50.0, 20.0)));
}

#[test]
fn a_fishing_boat_beyond_the_territorial_sea_goes_to_the_nearest_coast() {
    let routing = route_from(within(50.0, 23.4, 119.0));
    assert_eq!((routing.desk.as_str(), routing.view.basis), ("tw-taipei", RoutingBasis::Offshore));
    let km = routing.view.offshore_km.unwrap();
    assert!((5.0..15.0).contains(&km), "{km}");
    // The same boat nearer in is inside the 12 nautical miles, and not called offshore.
    assert_eq!(route_from(within(50.0, 23.4, 119.15)).view.basis, RoutingBasis::Polygon);

    // East of Taiwan, well out; Yonaguni is Japan's and not far.
    let pacific = route_from(within(50.0, 22.5, 124.0));
    assert_eq!((pacific.desk.as_str(), pacific.view.basis), ("jp-tokyo", RoutingBasis::Offshore));
    assert!(pacific.view.offshore_km.unwrap() > 100.0);
}

#[test]
fn far_at_sea_an_unsure_fix_names_the_coasts_that_may_be_nearest() {
    // Half-way between Korea and Japan.
    let sure = ATLAS.locate(within(10.0, 36.5, 132.2));
    assert_eq!((sure.basis, sure.countries.len()), (RoutingBasis::Offshore, 1));
    let unsure = ATLAS.locate(within(40_000.0, 36.5, 132.2));
    let mut both = codes(&unsure);
    both.sort_unstable();
    assert_eq!((unsure.basis, both), (RoutingBasis::Offshore, vec!["JP", "KR"]));
    assert_eq!(unsure.countries[0], sure.countries[0]);
}

#[test]
fn the_antimeridian_is_no_border() {
    for (lat, lon) in [(-16.8, 179.99), (-16.8, -179.99), (-16.8, 180.0), (-16.8, -180.0)] {
        let located = ATLAS.locate(at(lat, lon));
        assert_eq!((located.basis, codes(&located)), (RoutingBasis::Polygon, vec!["FJ"]), "{lat}, {lon}");
        assert_eq!(located.inside, 1, "{lat}, {lon}");
    }
    // Chukotka, on both sides of it.
    for lon in [179.9, 180.0, -180.0, -179.9] {
        assert_eq!(codes(&ATLAS.locate(at(68.0, lon))), ["RU"], "{lon}");
    }
}

#[test]
fn the_nearest_coast_may_be_across_the_antimeridian() {
    // Fiji's polygons end at 177 degrees west; south of them there is nothing near on either side.
    for lon in [179.95, -179.95, 180.0, -180.0] {
        let located = ATLAS.locate(at(-21.5, lon));
        assert_eq!((located.basis, codes(&located)), (RoutingBasis::Offshore, vec!["FJ"]), "{lon}");
        let km = located.offshore_km.unwrap();
        assert!((20.0..250.0).contains(&km), "{lon}: {km}");
    }
    let (west, east) = (ATLAS.locate(at(-21.5, -180.0)), ATLAS.locate(at(-21.5, 180.0)));
    assert!((west.offshore_km.unwrap() - east.offshore_km.unwrap()).abs() < 0.001);
    // The Bering Sea: the nearest land of Russia lies to the west, that of the United States to the east.
    assert_eq!(codes(&ATLAS.locate(at(60.5, -179.0))), ["RU"]);
    assert_eq!(codes(&ATLAS.locate(at(60.5, -174.5))), ["US"]);
}

#[test]
fn at_the_poles_there_is_nobody() {
    for lat in [90.0, -90.0] {
        for lon in [-180.0, -77.0, 0.0, 12.5, 180.0] {
            assert_eq!(ATLAS.locate(within(50_000.0, lat, lon)).basis, RoutingBasis::Nothing, "{lat} {lon}");
        }
    }
    assert_eq!(codes(&ATLAS.locate(at(-75.0, 30.0))), ["AQ"]);
    assert_eq!(codes(&ATLAS.locate(at(86.0, -35.0))), ["GL"]);
}

#[test]
fn where_claims_overlap_a_desk_holds_and_the_other_watches() {
    let simferopol = route_from(at(44.95, 34.10));
    assert_eq!(simferopol.view.basis, RoutingBasis::Border);
    assert_eq!((simferopol.desk.as_str(), watchers(&simferopol)), ("ua-kyiv", vec!["ru-moscow"]));
    // No desk answers for Western Sahara by name, but one does for the state that claims it.
    let laayoune = route_from(at(27.15, -13.20));
    assert_eq!((laayoune.desk.as_str(), laayoune.view.country), ("ma-rabat", Some(iso("MA"))));
    assert_eq!((laayoune.view.others, laayoune.view.no_desk_for_country), (vec![iso("EH")], false));
    // The same for a territory far from its state.
    assert_eq!(route_from(at(-17.65, -149.45)).desk.as_str(), "fr-paris");
}

#[test]
fn a_country_without_a_desk_is_the_ministrys() {
    let muscat = route_from(at(23.59, 58.41));
    assert_eq!((muscat.desk.as_str(), muscat.view.no_desk_for_country), (MINISTRY, true));
    assert_eq!((muscat.view.basis, muscat.view.country), (RoutingBasis::Polygon, Some(iso("OM"))));
}

#[test]
fn a_country_that_a_neighbours_mission_answers_for_is_that_missions() {
    assert_eq!(route_from(at(22.19, 113.545)).desk.as_str(), "hk-hong-kong");
    assert_eq!(route_from(at(31.95, 35.93)).desk.as_str(), "ae-abu-dhabi");
}

#[test]
fn home_is_the_ministrys_and_a_neighbour_watches_at_the_border() {
    let mong_cai = route_from(within(5_000.0, 21.524, 107.966));
    assert_eq!((mong_cai.desk.as_str(), watchers(&mong_cai)), (MINISTRY, vec!["cn-beijing"]));
    assert!(!mong_cai.view.no_desk_for_country);
}

#[test]
fn special_areas_never_go_to_another_states_desk() {
    let islands = [
        ("Phú Lâm", 16.834, 112.338),
        ("Tri Tôn, outside the box but drawn with it", 15.70, 111.20),
        ("open water in the Hoàng Sa box", 16.1, 112.9),
        ("north of it, within the claim", 17.29, 111.7),
        ("Chữ Thập", 9.55, 112.89),
        ("Vành Khăn", 9.90, 115.53),
        ("Ba Bình", 10.377, 114.365),
        ("Thị Tứ", 11.053, 114.284),
        ("Song Tử Đông", 11.452, 114.355),
        ("open water in the Trường Sa box", 9.0, 116.0),
    ];
    for (name, lat, lon) in islands {
        for accuracy_m in [10.0, 40_000.0] {
            let routing = route_from(within(accuracy_m, lat, lon));
            assert_eq!(routing.view.basis, RoutingBasis::SpecialArea, "{name}");
            assert_eq!((routing.desk.as_str(), routing.view.country), (MINISTRY, Some(iso("VN"))), "{name}");
            assert!(routing.watchers.is_empty(), "{name}");
            assert!(routing.view.special_area.is_some(), "{name}");
        }
    }
}

#[test]
fn outside_the_special_areas_the_nearest_of_them_counts_as_home() {
    // West of Hoàng Sa, where the nearest polygon is the one drawn around it for another state.
    let routing = route_from(at(16.0, 110.6));
    assert_eq!((routing.view.basis, routing.view.country), (RoutingBasis::Offshore, Some(iso("VN"))));
    assert_eq!(routing.desk.as_str(), MINISTRY);
}

#[test]
fn a_coast_that_reaches_into_a_special_area_stays_its_states() {
    let palawan = route_from(at(8.35, 117.05));
    assert_eq!((palawan.desk.as_str(), palawan.view.basis), ("ph-manila", RoutingBasis::Polygon));
    let sabah = route_from(at(6.7, 116.55));
    assert_eq!(sabah.desk.as_str(), "my-kuala-lumpur");
}

#[test]
fn without_a_position_the_contract_decides() {
    let routing = route(&ATLAS, &DESKS, None, Some(iso("JP")));
    assert_eq!((routing.desk.as_str(), routing.view.basis), ("jp-tokyo", RoutingBasis::ContractCountry));
    assert_eq!(routing.view.country, Some(iso("JP")));
    let nobody = route(&ATLAS, &DESKS, None, Some(iso("OM")));
    assert_eq!((nobody.desk.as_str(), nobody.view.no_desk_for_country), (MINISTRY, true));
    let broken = route(&ATLAS, &DESKS, Some(at(91.0, f64::NAN)), Some(iso("JP")));
    assert_eq!(broken, routing);
}

#[test]
fn a_position_outweighs_the_contract() {
    let routing = route(&ATLAS, &DESKS, Some(at(TAIPEI.0, TAIPEI.1)), Some(iso("JP")));
    assert_eq!((routing.desk.as_str(), routing.watchers.len()), ("tw-taipei", 0));
}

#[test]
fn with_nothing_to_go_by_the_ministry_answers() {
    let routing = route(&ATLAS, &DESKS, None, None);
    assert_eq!((routing.desk.as_str(), routing.view.basis), (MINISTRY, RoutingBasis::Nothing));
    assert!(!routing.view.no_desk_for_country);
}

#[test]
fn on_the_high_seas_the_desk_of_the_contract_watches() {
    let routing = route(&ATLAS, &DESKS, Some(at(0.0, -140.0)), Some(iso("TW")));
    assert_eq!((routing.desk.as_str(), watchers(&routing)), (MINISTRY, vec!["tw-taipei"]));
    assert_eq!((routing.view.basis, routing.view.country), (RoutingBasis::Nothing, None));
}
