//! The base map: what is land, what are lakes, how places are called.

use std::collections::HashMap;
use std::io::Read;
use std::sync::LazyLock;

use flate2::read::GzDecoder;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::words::Lang;

/// Longitude and latitude, WGS 84 degrees.
pub(super) type Place = [f64; 2];

static COUNTRIES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/countries.geojson.gz"));
static LAKES: &str = include_str!("../../../console/public/basemap/lakes_50m.geojson");
static LABELS: &str = include_str!("../../../console/public/basemap/country_labels_vi.geojson");
static CITIES: &str = include_str!("../../../console/public/basemap/cities_50m_vi.geojson");
static ISLANDS: &str = include_str!("../../../console/public/basemap/vn_island_labels.geojson");

#[derive(Deserialize)]
struct Collection<P, G> {
    features: Vec<Feature<P, G>>,
}

#[derive(Deserialize)]
struct Feature<P, G> {
    properties: P,
    geometry: G,
}

#[derive(Deserialize)]
#[serde(tag = "type", content = "coordinates")]
enum Area {
    Polygon(Vec<Vec<Place>>),
    MultiPolygon(Vec<Vec<Vec<Place>>>),
}

#[derive(Deserialize)]
struct Point {
    coordinates: Place,
}

#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    iso: Option<String>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    vi: Option<String>,
    /// Rank of a label: the smallest one says where the country is.
    #[serde(default)]
    lr: f64,
    /// Rank of a city: the smallest one is the most prominent.
    #[serde(default)]
    sr: f64,
}

/// A shape: its outer ring, then its holes.
pub(super) struct Shape {
    pub(super) rings: Vec<Vec<Place>>,
    /// Drawn however small it is: the home country keeps every island.
    pub(super) is_whole: bool,
}

/// A point with a name.
pub(super) struct Spot {
    pub(super) at: Place,
    pub(super) rank: f64,
    pub(super) iso: String,
    vi: String,
    en: String,
}

impl Spot {
    pub(super) fn name(&self, lang: Lang) -> &str {
        match lang {
            Lang::Vi if !self.vi.is_empty() => &self.vi,
            _ => &self.en,
        }
    }
}

pub(super) static LAND: LazyLock<Vec<Shape>> = LazyLock::new(|| {
    let mut json = String::new();
    match GzDecoder::new(COUNTRIES).read_to_string(&mut json) {
        Ok(_) => shapes(&json),
        Err(_) => vec![],
    }
});
pub(super) static WATER: LazyLock<Vec<Shape>> = LazyLock::new(|| shapes(LAKES));
pub(super) static TOWNS: LazyLock<Vec<Spot>> = LazyLock::new(|| spots(CITIES));
pub(super) static ARCHIPELAGOS: LazyLock<Vec<Spot>> = LazyLock::new(|| spots(ISLANDS));

/// By code; of several labels of one country the most prominent one.
pub(super) static STATES: LazyLock<HashMap<String, Spot>> = LazyLock::new(|| {
    let mut states = HashMap::<String, Spot>::new();
    for spot in spots(LABELS) {
        if states.get(&spot.iso).is_none_or(|known| spot.rank < known.rank) {
            states.insert(spot.iso.clone(), spot);
        }
    }
    states
});

/// What a country is called; its code where the base map knows none.
pub(crate) fn country_name(code: &str, lang: Lang) -> &str {
    STATES.get(code).map_or(code, |state| state.name(lang))
}

/// A file that cannot be read has no features; tests read all of them.
fn features<P: DeserializeOwned, G: DeserializeOwned>(json: &str) -> Vec<Feature<P, G>> {
    serde_json::from_str::<Collection<P, G>>(json).map_or_else(|_| vec![], |all| all.features)
}

fn shapes(json: &str) -> Vec<Shape> {
    let mut shapes = vec![];
    for Feature { properties, geometry } in features::<Named, Area>(json) {
        let home = properties.iso.as_deref() == Some("VN");
        let is_whole = home || properties.vi.is_some_and(|name| name.contains("Việt Nam"));
        let polygons = match geometry {
            Area::Polygon(rings) => vec![rings],
            Area::MultiPolygon(polygons) => polygons,
        };
        shapes.extend(polygons.into_iter().map(|rings| Shape { rings, is_whole }));
    }
    shapes
}

fn spots(json: &str) -> Vec<Spot> {
    let named = |Feature { properties, geometry }: Feature<Named, Point>| {
        let Named { iso, name, vi, lr, sr } = properties;
        let vi = vi.unwrap_or_default();
        let en = name.filter(|name| !name.is_empty()).unwrap_or_else(|| vi.clone());
        Spot { at: geometry.coordinates, rank: lr.max(sr), iso: iso.unwrap_or_default(), vi, en }
    };
    features::<Named, Point>(json).into_iter().map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_map_can_be_read() {
        assert!(LAND.len() > 2_000 && LAND.iter().any(|shape| shape.is_whole), "{}", LAND.len());
        assert!(WATER.len() > 300 && TOWNS.len() > 1_000);
        assert_eq!(ARCHIPELAGOS.len(), 2);
        assert_eq!(country_name("JP", Lang::Vi), "Nhật Bản");
        assert_eq!(country_name("JP", Lang::En), "Japan");
        assert_eq!(country_name("ZZ", Lang::En), "ZZ");
    }
}
