//! Files that are not what they should be.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;
use crate::routing::AtlasError;

fn gz(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn load(countries: &[u8], areas: &[u8]) -> AtlasError {
    Atlas::load(countries, areas).err().expect("refused")
}

const NO_AREAS: &[u8] = br#"{"features":[]}"#;

/// A file of countries: code and ring of each.
fn countries(all: &[(&str, &str)]) -> String {
    let feature = |(code, ring): &(&str, &str)| {
        let geometry = format!(r#"{{"type":"Polygon","coordinates":[{ring}]}}"#);
        format!(r#"{{"properties":{{"iso":"{code}"}},"geometry":{geometry}}}"#)
    };
    format!(r#"{{"features":[{}]}}"#, all.iter().map(feature).collect::<Vec<_>>().join(","))
}

/// Square with its south-west corner at `lon`, on the equator; one degree.
fn square_at(lon: f64) -> String {
    let east = lon + 1.0;
    format!("[[{lon},0],[{lon},1],[{east},1],[{east},0],[{lon},0]]")
}

#[test]
fn a_broken_file_stops_the_start_and_says_which() {
    assert!(matches!(load(b"not gzip", NO_AREAS), AtlasError::Unpack(_)));
    assert!(matches!(load(&COUNTRIES[..COUNTRIES.len() / 2], NO_AREAS), AtlasError::Unpack(_)));
    assert!(matches!(load(&gz("{}"), NO_AREAS), AtlasError::Countries(_)));
    assert!(matches!(load(&gz(r#"{"features":[]}"#), NO_AREAS), AtlasError::Count));
    let open = countries(&[("AA", "[[0,0],[1,0],[1,1],[0,1]]")]);
    assert!(matches!(load(&gz(&open), NO_AREAS), AtlasError::Country { .. }));
    assert!(matches!(load(COUNTRIES, b"[]"), AtlasError::Areas(_)));
}

#[test]
fn an_area_must_say_whose_claims_it_overrides() {
    let area = r#"{"features":[{"properties":{"iso":"VN","name":"x"},
        "geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}}]}"#;
    assert!(matches!(load(COUNTRIES, area.as_bytes()), AtlasError::Areas(_)));
}

#[test]
fn any_map_will_do() {
    let atlas = Atlas::load(&gz(&countries(&[("AA", &square_at(-1.0))])), NO_AREAS).unwrap();
    assert_eq!(codes(&atlas.locate(at(0.5, -0.5))), ["AA"]);
    let off = atlas.locate(at(0.5, 1.0));
    assert_eq!(off.basis, RoutingBasis::Offshore);
    assert!((off.offshore_km.unwrap() - 111.2).abs() < 0.2, "{off:?}");
}

#[test]
fn a_crack_between_two_countries_is_not_the_sea() {
    let map = countries(&[("AA", &square_at(0.0)), ("BB", &square_at(1.002))]);
    let atlas = Atlas::load(&gz(&map), NO_AREAS).unwrap();
    let crack = atlas.locate(at(0.5, 1.000_9));
    assert_eq!((crack.basis, codes(&crack)), (RoutingBasis::Border, vec!["AA", "BB"]));
    assert_eq!((crack.inside, crack.offshore_km), (0, None));
}

#[test]
fn at_most_eight_countries_are_named() {
    let squares: Vec<(String, String)> =
        (0..12_u8).map(|i| (format!("A{}", char::from(b'A' + i)), square_at(0.01 * f64::from(i)))).collect();
    let map: Vec<(&str, &str)> = squares.iter().map(|(code, ring)| (code.as_str(), ring.as_str())).collect();
    let atlas = Atlas::load(&gz(&countries(&map)), NO_AREAS).unwrap();
    let located = atlas.locate(at(0.5, 0.5));
    assert_eq!((located.countries.len(), located.inside), (8, 8));
}
