//! What administrators hand in: districts and lists of missions.

use std::error::Error;

use sos_core::routing::missions::{first_desks, read_desk_countries, read_missions};
use sos_core::routing::{Desk, DeskTable, DistrictError, Place, district_from_geojson};
use sos_protocol::CountryCode;

/// The longest message that an error may have, in bytes: it says what is wrong and repeats no text of any length.
const MESSAGE_BYTES_MAX: usize = 300;

/// The district of a desk, as GeoJSON.
///
/// # Panics
/// Where an area that is none, or not on the globe, is taken for a district.
pub fn district(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let district = match district_from_geojson(text) {
        Ok(district) => district,
        Err(error) => return is_short::<DistrictError>(&error),
    };
    assert!(!district.0.is_empty(), "a district without an area");
    for polygon in &district {
        for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
            assert!(ring.0.len() >= 4 && ring.is_closed(), "an open ring");
            assert!(ring.0.iter().all(|c| c.x.abs() <= 180.0 && c.y.abs() <= 90.0), "not on the globe");
        }
    }
    let corner = district.0[0].exterior().0[0];
    let desk = |name: &str, district| Desk {
        id: name.into(),
        countries: CountryCode::parse("TW").into_iter().collect(),
        is_ministry: name == "ministry",
        principal: name == "principal",
        district,
    };
    let desks = vec![desk("ministry", None), desk("principal", None), desk("district", Some(district))];
    let home = CountryCode::parse("VN").expect("a code");
    let table = DeskTable::new(desks, home).expect("one ministry, one principal");
    let taiwan = CountryCode::parse("TW").expect("a code");
    let at = |lat, lon| Place { lat, lon, accuracy_m: None };
    let answers = table.desk_for(taiwan, Some(at(corner.y, corner.x))).map(|desk| desk.id.as_str());
    assert!(matches!(answers, Some("district" | "principal")), "{answers:?}");
    for place in [at(25.0, 121.5), at(90.0, 180.0), at(-90.0, -180.0), at(0.0, 0.0)] {
        assert!(table.desk_for(taiwan, Some(place)).is_some(), "nobody answers at {place:?}");
    }
}

/// The lists that a new installation begins with.
///
/// # Panics
/// Where a mission that is not on the globe is let through, or one has no desk.
pub fn missions(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let more = read_desk_countries(text).unwrap_or_else(|error| {
        is_short(&error);
        vec![]
    });
    let missions = read_missions(text).unwrap_or_else(|error| {
        is_short(&error);
        vec![]
    });
    for mission in &missions {
        assert!(mission.lat.abs() <= 90.0 && mission.lon.abs() <= 180.0, "not on the globe: {mission:?}");
    }
    let desks = first_desks(&missions, &more, "ministry".into());
    assert!(desks.len() <= missions.len() + 1);
    assert_eq!(desks.iter().filter(|desk| desk.is_ministry).count(), 1);
    assert!(desks.iter().all(|desk| desk.is_ministry || !desk.countries.is_empty()));
    if let Err(error) = DeskTable::new(desks, CountryCode::parse("VN").expect("a code")) {
        // An id of a list may stand in the message, and be as long as a list.
        drop(error);
    }
}

fn is_short<E: Error>(error: &E) {
    let message = error.to_string();
    assert!(message.len() <= MESSAGE_BYTES_MAX, "{} bytes: {message}", message.len());
}
