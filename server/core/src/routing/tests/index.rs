//! The index against the slow way.

use std::collections::BTreeSet;
use std::io::Read;

use geo::{Contains, Coord, Distance, Haversine, LineString, MultiPolygon, Point as GeoPoint, Polygon};
use sos_protocol::RoutingBasis;
use sos_protocol::ambient::{Entropy, SeededEntropy};

use super::{ATLAS, COUNTRIES, at};
use crate::routing::district_from_geojson;
use crate::routing::index::{Index, Point, Reach, Shapes};

/// In degrees, longitude first.
type Ring = Vec<(f64, f64)>;

/// An index of claims, each a list of polygons, each a list of rings.
fn index_of(claims: &[Vec<Vec<Ring>>]) -> Index {
    let point = |&(lon, lat): &(f64, f64)| Point::from_degrees(lat, lon);
    let shapes: Vec<Shapes> = claims
        .iter()
        .map(|polygons| {
            polygons
                .iter()
                .map(|rings| rings.iter().map(|ring| ring.iter().map(point).collect()).collect())
                .collect()
        })
        .collect();
    Index::build(&shapes)
}

fn inside(index: &Index, lat: f64, lon: f64) -> Vec<u16> {
    index.containing(Point::from_degrees(lat, lon)).collect()
}

fn uniform(entropy: &impl Entropy, from: f64, to: f64) -> f64 {
    from + (to - from) * entropy.below(1 << 52) as f64 / (1_u64 << 52) as f64
}

/// A star with corners at random distances from its middle, at whole hundredths of a degree so that many
/// corners and edges fall onto lines of the grid.
fn star(entropy: &impl Entropy, lon: f64, lat: f64, radius: f64) -> Vec<(f64, f64)> {
    let corners = 3 + entropy.below(40);
    let mut ring: Vec<(f64, f64)> = (0..corners)
        .map(|i| {
            let angle = i as f64 / corners as f64 * std::f64::consts::TAU;
            let r = uniform(entropy, 0.1, 1.0) * radius;
            let round = |x: f64| (x * 100.0).round() / 100.0;
            (round(lon + r * angle.cos()), round(lat + r * angle.sin()))
        })
        .collect();
    ring.push(ring[0]);
    ring
}

#[test]
fn random_stars_contain_what_they_contain() {
    let entropy = SeededEntropy::new(7);
    let mut checked = 0;
    for _ in 0..100 {
        let radius = uniform(&*entropy, 0.05, 4.0);
        let (lon, lat) = (uniform(&*entropy, -175.0, 175.0), uniform(&*entropy, -84.0, 84.0));
        let mut ring = star(&*entropy, lon, lat, radius);
        if entropy.below(2) == 0 {
            ring.reverse();
        }
        let slow = Polygon::new(ring.iter().map(|&(x, y)| Coord { x, y }).collect::<LineString>(), vec![]);
        let index = index_of(&[vec![vec![ring]]]);
        for _ in 0..300 {
            let (x, y) = (
                (lon + uniform(&*entropy, -1.2, 1.2) * radius).clamp(-180.0, 180.0),
                (lat + uniform(&*entropy, -1.2, 1.2) * radius).clamp(-90.0, 90.0),
            );
            let expected = slow.contains(&Coord { x, y });
            assert_eq!(!inside(&index, y, x).is_empty(), expected, "{x} {y} in {slow:?}");
            checked += usize::from(expected);
        }
    }
    assert!(checked > 3_000, "only {checked} points were inside");
}

#[test]
fn neighbours_that_share_a_border_leave_no_gap_and_no_overlap() {
    // Corners and borders on the lines of the grid, and a diagonal through its crossings.
    let lower = vec![(10.0, 10.0), (12.0, 10.0), (12.0, 12.0), (10.0, 10.0)];
    let upper = vec![(10.0, 10.0), (12.0, 12.0), (10.0, 12.0), (10.0, 10.0)];
    let index = index_of(&[vec![vec![lower]], vec![vec![upper]]]);
    for i in 1..200 {
        for j in 1..200 {
            let (lon, lat) = (10.0 + f64::from(i) * 0.01, 10.0 + f64::from(j) * 0.01);
            assert_eq!(inside(&index, lat, lon).len(), 1, "{lon} {lat}");
        }
    }
}

#[test]
fn holes_are_outside_and_overlapping_parts_inside() {
    let square = |x0: f64, x1: f64| vec![(x0, x0), (x1, x0), (x1, x1), (x0, x1), (x0, x0)];
    let index = index_of(&[
        vec![vec![square(0.0, 10.0), square(4.0, 6.0)]],
        vec![vec![square(20.0, 25.0)], vec![square(24.0, 30.0)]],
    ]);
    assert_eq!(inside(&index, 1.0, 1.0), [0]);
    assert!(inside(&index, 5.0, 5.0).is_empty());
    assert_eq!(inside(&index, 24.5, 24.5), [1]);
    assert_eq!(inside(&index, 29.0, 29.0), [1]);
}

#[test]
fn distances_are_those_on_the_globe() {
    let entropy = SeededEntropy::new(11);
    for _ in 0..150 {
        // One short edge; the nearest place on it by brute force.
        let (lon, lat) = (uniform(&*entropy, -180.0, 180.0), uniform(&*entropy, -78.0, 78.0));
        let (to_lon, to_lat) =
            ((lon + uniform(&*entropy, -0.4, 0.4)).clamp(-180.0, 180.0), lat + uniform(&*entropy, -0.4, 0.4));
        let thin = vec![(lon, lat), (to_lon, to_lat), (to_lon, to_lat), (lon, lat)];
        let index = index_of(&[vec![vec![thin]]]);
        let from = GeoPoint::new(
            wrapped(lon + uniform(&*entropy, -4.0, 4.0)),
            (lat + uniform(&*entropy, -4.0, 4.0)).clamp(-90.0, 90.0),
        );
        let expected = (0..=1_000)
            .map(|i| f64::from(i) / 1_000.0)
            .map(|t| GeoPoint::new(lon + t * (to_lon - lon), lat + t * (to_lat - lat)))
            .map(|on_edge| Haversine.distance(from, on_edge))
            .fold(f64::INFINITY, f64::min);
        let reach = Reach { max_m: 400_000.0, beyond_nearest_m: 0.0 };
        let found = index.coasts(Point::from_degrees(from.y(), from.x()), reach, |_| false);
        match found.first() {
            Some(coast) => {
                let error = (coast.distance_m - expected).abs();
                assert!(error <= 60.0 + 0.005 * expected, "{} for {expected}", coast.distance_m);
            }
            None => assert!(expected > 398_000.0, "not found at {expected}"),
        }
    }
}

fn wrapped(lon: f64) -> f64 {
    (lon + 540.0).rem_euclid(360.0) - 180.0
}

#[test]
fn a_skipped_claim_does_not_hide_another() {
    let square = |x0: f64| vec![(x0, 0.0), (x0 + 1.0, 0.0), (x0 + 1.0, 1.0), (x0, 1.0), (x0, 0.0)];
    let index = index_of(&[vec![vec![square(0.0)]], vec![vec![square(2.0)]]]);
    let reach = Reach { max_m: 300_000.0, beyond_nearest_m: f64::INFINITY };
    let point = Point::from_degrees(0.5, 1.2);
    let claims = |skip: u16| -> Vec<u16> {
        index.coasts(point, reach, |claim| claim == skip).iter().map(|coast| coast.claim).collect()
    };
    assert_eq!((claims(9), claims(0), claims(1)), (vec![0, 1], vec![1], vec![0]));
}

#[test]
fn a_coast_little_further_than_the_nearest_is_found_too() {
    let square = |x0: f64| vec![(x0, 0.0), (x0 + 0.2, 0.0), (x0 + 0.2, 0.2), (x0, 0.2), (x0, 0.0)];
    let index = index_of(&[vec![vec![square(0.0)]], vec![vec![square(1.1)]], vec![vec![square(5.0)]]]);
    // 44 km from the first, 56 km from the second.
    let reach = Reach { max_m: 400_000.0, beyond_nearest_m: 20_000.0 };
    let coasts = index.coasts(Point::from_degrees(0.1, 0.6), reach, |_| false);
    assert_eq!(coasts.iter().map(|coast| coast.claim).collect::<Vec<_>>(), [0, 1]);
}

/// The countries as `geo` has them, with their codes.
fn the_map() -> Vec<(String, MultiPolygon)> {
    let mut json = String::new();
    flate2::read::GzDecoder::new(COUNTRIES).read_to_string(&mut json).unwrap();
    let file: serde_json::Value = serde_json::from_str(&json).unwrap();
    let country = |f: &serde_json::Value| {
        let polygons = district_from_geojson(&f["geometry"].to_string()).unwrap();
        (f["properties"]["iso"].as_str().unwrap().to_owned(), polygons)
    };
    file["features"].as_array().unwrap().iter().map(country).collect()
}

#[test]
fn the_whole_map_is_as_the_slow_way_reads_it() {
    let map = the_map();
    let entropy = SeededEntropy::new(3);
    let corners: Vec<Coord> =
        map.iter().flat_map(|(_, p)| &p.0).flat_map(|p| p.exterior().0.iter().copied()).collect();
    let mut on_several = 0;
    for _ in 0..300 {
        let corner = corners[usize::try_from(entropy.below(corners.len() as u64)).unwrap()];
        let place = at(
            (corner.y + uniform(&*entropy, -0.01, 0.01)).clamp(-90.0, 90.0),
            (corner.x + uniform(&*entropy, -0.01, 0.01)).clamp(-180.0, 180.0),
        );
        let located = ATLAS.locate(place);
        if located.basis == RoutingBasis::SpecialArea {
            continue;
        }
        let quick: BTreeSet<&str> = located.countries[..located.inside].iter().map(|c| c.as_str()).collect();
        let point = GeoPoint::new(place.lon, place.lat);
        let slow: BTreeSet<&str> =
            map.iter().filter(|(_, p)| p.contains(&point)).map(|(code, _)| code.as_str()).collect();
        assert_eq!(quick, slow, "{place:?}");
        on_several += usize::from(quick.len() > 1);
    }
    assert!(on_several > 0);
}
