//! Districts as an administrator hands them in.

use crate::routing::{DISTRICT_BYTES_MAX, DistrictError, GeometryError, district_from_geojson};

const SQUARE: &str = r#"{"type":"Polygon","coordinates":[[[0,0],[1,0,25.5],[1,1],[0,1],[0,0]]]}"#;

fn refusal(geojson: &str) -> GeometryError {
    match district_from_geojson(geojson) {
        Err(DistrictError::Geometry(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_polygon_is_read_bare_or_as_a_feature() {
    let bare = district_from_geojson(SQUARE).unwrap();
    assert_eq!((bare.0.len(), bare.0[0].exterior().0.len()), (1, 5));
    let feature = format!(r#"{{"type":"Feature","properties":null,"geometry":{SQUARE}}}"#);
    assert_eq!(district_from_geojson(&feature).unwrap(), bare);
    let two = format!(r#"{{"type":"FeatureCollection","features":[{feature},{feature}]}}"#);
    assert_eq!(district_from_geojson(&two).unwrap().0.len(), 2);
}

#[test]
fn holes_and_several_polygons_are_kept() {
    let ring = "[[0,0],[9,0],[9,9],[0,9],[0,0]]";
    let hole = "[[1,1],[2,1],[2,2],[1,2],[1,1]]";
    let text = format!(r#"{{"type":"MultiPolygon","coordinates":[[{ring},{hole}],[{ring}]]}}"#);
    let district = district_from_geojson(&text).unwrap();
    assert_eq!((district.0.len(), district.0[0].interiors().len()), (2, 1));
}

#[test]
fn what_is_not_an_area_on_the_globe_is_refused() {
    let polygon = |ring: &str| format!(r#"{{"type":"Polygon","coordinates":[{ring}]}}"#);
    assert!(matches!(refusal("SELECT 1"), GeometryError::Json(_)));
    assert!(matches!(refusal("{}"), GeometryError::Json(_)));
    assert!(matches!(refusal(&polygon("[[0,0],[\"x\",0],[1,1],[0,0]]")), GeometryError::Json(_)));
    assert!(matches!(refusal(&polygon("[[0],[1,0],[1,1],[0]]")), GeometryError::Json(_)));
    assert!(matches!(refusal(r#"{"type":"Point","coordinates":[0,0]}"#), GeometryError::NotAnArea(_)));
    assert!(matches!(refusal(&polygon("[[0,0],[1,0],[1,1],[0,1]]")), GeometryError::Open { .. }));
    assert!(matches!(refusal(&polygon("[[0,0],[1,0],[0,0]]")), GeometryError::TooShort { .. }));
    assert!(matches!(refusal(&polygon("[[0,0],[181,0],[1,1],[0,0]]")), GeometryError::OffGlobe { .. }));
    assert!(matches!(refusal(&polygon("[[0,0],[0,1e300],[1,1],[0,0]]")), GeometryError::OffGlobe { .. }));
    assert!(matches!(refusal(r#"{"type":"Polygon","coordinates":[]}"#), GeometryError::Empty));
    assert!(matches!(refusal(r#"{"type":"MultiPolygon","coordinates":[[]]}"#), GeometryError::Empty));
    assert!(matches!(refusal(r#"{"type":"FeatureCollection","features":[]}"#), GeometryError::Empty));
    let nested = format!(r#"{{"type":"Polygon","coordinates":{}"#, "[".repeat(200_000));
    assert!(matches!(refusal(&nested), GeometryError::Json(_)));
}

#[test]
fn a_district_of_megabytes_is_refused_unread() {
    let text = " ".repeat(DISTRICT_BYTES_MAX + 1);
    assert!(matches!(district_from_geojson(&text), Err(DistrictError::TooLarge { .. })));
}
