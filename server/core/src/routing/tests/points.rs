//! The hard points: `server/data/routing_points.csv`.

use super::*;

/// Countries of the points that none of the missions answers for.
const WITHOUT_MISSION: [&str; 2] = ["IQ", "OM"];

#[derive(serde::Deserialize)]
struct HardPoint {
    name: String,
    lat: f64,
    lon: f64,
    expected_iso: String,
    class: String,
    accept: String,
}

impl HardPoint {
    fn accepts(&self, country: CountryCode) -> bool {
        self.expected_iso == country.as_str() || self.accept.split('|').any(|code| code == country.as_str())
    }

    fn locate(&self) -> Located {
        ATLAS.locate(at(self.lat, self.lon))
    }

    fn route(&self) -> Routing {
        route_from(at(self.lat, self.lon))
    }
}

fn hard_points(class: impl Fn(&str) -> bool) -> Vec<HardPoint> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(POINTS.as_bytes());
    let all: Vec<HardPoint> = reader.deserialize().collect::<Result<_, _>>().unwrap();
    assert_eq!(all.len(), 70);
    all.into_iter().filter(|point| class(&point.class)).collect()
}

#[test]
fn every_point_on_land_or_coast_is_in_its_country_or_the_nearest_of_it() {
    let points = hard_points(|class| !matches!(class, "policy" | "highsea"));
    assert_eq!(points.len(), 66);
    let wrong: Vec<String> = points
        .iter()
        .map(|point| (point, point.locate()))
        .filter(|(point, located)| !located.countries.first().is_some_and(|&c| point.accepts(c)))
        .map(|(point, located)| format!("{}: {located:?}", point.name))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_polygons_know_all_of_them_and_none_is_called_offshore() {
    for point in hard_points(|class| !matches!(class, "policy" | "highsea")) {
        let located = point.locate();
        assert!(located.inside > 0, "{}: {located:?}", point.name);
        assert!(matches!(located.basis, RoutingBasis::Polygon | RoutingBasis::Border), "{}", point.name);
    }
}

#[test]
fn every_point_reaches_a_desk_of_its_country_where_there_is_one() {
    for point in hard_points(|class| !matches!(class, "policy" | "highsea")) {
        let Routing { desk, view, .. } = point.route();
        if WITHOUT_MISSION.contains(&point.expected_iso.as_str()) {
            assert_eq!((desk.as_str(), view.no_desk_for_country), (MINISTRY, true), "{}", point.name);
        } else if point.expected_iso == "VN" {
            assert_eq!((desk.as_str(), view.no_desk_for_country), (MINISTRY, false), "{}", point.name);
        } else {
            let held_by = DESKS.desks().iter().find(|d| d.id == desk).unwrap();
            assert!(held_by.countries.iter().any(|&c| point.accepts(c)), "{}: {desk}", point.name);
            assert!(!view.no_desk_for_country, "{}", point.name);
        }
    }
}

#[test]
fn the_high_seas_are_nobodys_and_the_ministry_answers() {
    let points = hard_points(|class| class == "highsea");
    assert_eq!(points.len(), 1);
    let routing = points[0].route();
    assert_eq!((routing.desk.as_str(), routing.view.basis), (MINISTRY, RoutingBasis::Nothing));
    assert!(routing.view.country.is_none() && routing.watchers.is_empty());
}

#[test]
fn points_of_policy_reach_the_vietnamese_side_and_nobody_elses_desk() {
    let points = hard_points(|class| class == "policy");
    assert_eq!(points.len(), 3);
    for point in points {
        for accuracy_m in [None, Some(20.0), Some(3_000.0), Some(50_000.0), Some(1e12)] {
            let place = Place { lat: point.lat, lon: point.lon, accuracy_m };
            let routing = route_from(place);
            assert_eq!(routing.desk.as_str(), MINISTRY, "{}", point.name);
            assert_eq!(routing.view.basis, RoutingBasis::SpecialArea, "{}", point.name);
            assert_eq!(routing.view.country, Some(iso("VN")), "{}", point.name);
            assert!(routing.watchers.is_empty() && !routing.view.no_desk_for_country, "{}", point.name);
        }
    }
}
