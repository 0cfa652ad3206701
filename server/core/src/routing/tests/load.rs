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

fn country(ring: &str) -> String {
    format!(
        r#"{{"features":[{{"properties":{{"iso":"AA"}},"geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}]}}"#
    )
}

#[test]
fn a_broken_file_stops_the_start_and_says_which() {
    assert!(matches!(load(b"not gzip", NO_AREAS), AtlasError::Unpack(_)));
    assert!(matches!(load(&COUNTRIES[..COUNTRIES.len() / 2], NO_AREAS), AtlasError::Unpack(_)));
    assert!(matches!(load(&gz("{}"), NO_AREAS), AtlasError::Countries(_)));
    assert!(matches!(load(&gz(r#"{"features":[]}"#), NO_AREAS), AtlasError::Count));
    let open = country("[[0,0],[1,0],[1,1],[0,1]]");
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
    let square = country("[[-1,-1],[-1,1],[1,1],[1,-1],[-1,-1]]");
    let atlas = Atlas::load(&gz(&square), NO_AREAS).unwrap();
    assert_eq!(codes(&atlas.locate(at(0.5, 0.5))), ["AA"]);
    let off = atlas.locate(at(0.0, 2.0));
    assert_eq!(off.basis, RoutingBasis::Offshore);
    assert!((off.offshore_km.unwrap() - 111.2).abs() < 0.2, "{off:?}");
}
