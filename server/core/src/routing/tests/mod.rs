//! Routing with the data that the service ships with.

use std::sync::LazyLock;

use sos_protocol::{CountryCode, DeskId, RoutingBasis};

use super::missions::{first_desks, read_desk_countries, read_missions};
use super::{Atlas, Desk, DeskTable, Located, Place, Routing, route};

mod desks;
mod district;
mod index;
mod load;
mod points;
mod robust;
mod rules;

const COUNTRIES: &[u8] = include_bytes!("../../../../data/countries/countries_osm_12nm_100m.geojson.gz");
const SPECIAL_AREAS: &[u8] = include_bytes!("../../../../data/vn_special_sea_areas.geojson");
const POINTS: &str = include_str!("../../../../data/routing_points.csv");
const MISSIONS: &str = include_str!("../../../../data/vn_missions.csv");
const DESK_COUNTRIES: &str = include_str!("../../../../data/desk_countries.csv");

const MINISTRY: &str = "ministry";

static ATLAS: LazyLock<Atlas> = LazyLock::new(|| Atlas::load(COUNTRIES, SPECIAL_AREAS).unwrap());
static DESKS: LazyLock<DeskTable> = LazyLock::new(|| DeskTable::new(mission_desks(), iso("VN")).unwrap());

fn mission_desks() -> Vec<Desk> {
    let more = read_desk_countries(DESK_COUNTRIES).unwrap();
    first_desks(&read_missions(MISSIONS).unwrap(), &more, DeskId::from(MINISTRY))
}

fn iso(code: &str) -> CountryCode {
    CountryCode::parse(code).unwrap()
}

fn at(lat: f64, lon: f64) -> Place {
    Place { lat, lon, accuracy_m: None }
}

fn within(accuracy_m: f64, lat: f64, lon: f64) -> Place {
    Place { lat, lon, accuracy_m: Some(accuracy_m) }
}

fn codes(located: &Located) -> Vec<&str> {
    located.countries.iter().map(CountryCode::as_str).collect()
}

fn route_from(place: Place) -> Routing {
    route(&ATLAS, &DESKS, Some(place), None)
}

fn watchers(routing: &Routing) -> Vec<&str> {
    routing.watchers.iter().map(DeskId::as_str).collect()
}
