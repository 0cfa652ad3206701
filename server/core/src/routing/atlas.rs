//! Where countries are.

use std::io::{self, Read};

use flate2::read::GzDecoder;
use serde::Deserialize;
use sos_protocol::{CountryCode, RoutingBasis};

use super::areas::Area;
use super::geojson::{Collection, GeometryError, Position, Rings};
use super::index::{ClaimId, Coast, Index, Point, Reach, Shapes};
use super::place::Place;

/// Furthest that a coast is looked for from a position at sea, in metres.
pub const OFFSHORE_M_MAX: f64 = 400_000.0;
/// How far the polygons themselves may be wrong, in metres: added to the uncertainty of every fix (3% of places
/// 200 m from a border lie on its wrong side), and a gap of this width between polygons is not called sea.
pub const MAP_ERROR_M: f64 = 200.0;

/// Largest unpacked file of countries, in bytes; the one in use has 12 million.
const UNPACKED_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// A border point may lie in, or near, that many countries and not more.
const COUNTRIES_MAX: usize = 8;

/// Why the data cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AtlasError {
    /// Not gzip, or cut short.
    #[error("cannot unpack the file of countries")]
    Unpack(#[from] io::Error),
    /// More than a file of countries can be.
    #[error("the file of countries unpacks to more than {UNPACKED_BYTES_MAX} bytes")]
    TooLarge,
    /// Not the GeoJSON that is expected: features with the property `iso`.
    #[error("cannot read the file of countries")]
    Countries(#[source] GeometryError),
    /// The outline of one country is unusable.
    #[error("cannot use the outline of {country}")]
    Country {
        /// Which.
        country: CountryCode,
        /// Why.
        source: GeometryError,
    },
    /// Not the GeoJSON that is expected.
    #[error("cannot read the file of special sea areas")]
    Areas(#[source] GeometryError),
    /// Without a country every SOS would go to the ministry.
    #[error("the file of countries is empty, or has more than 65,000")]
    Count,
}

/// What is known of a position.
#[derive(Debug, Clone, PartialEq)]
pub struct Located {
    /// What the answer rests on.
    pub basis: RoutingBasis,
    /// Most likely first; empty when nothing is near. At most eight.
    pub countries: Vec<CountryCode>,
    /// How many of `countries`, from the first on, contain the position. More than one where claims overlap:
    /// then none is more likely than the other, and the smallest country comes first.
    pub inside: usize,
    /// Distance in kilometres to the territorial sea of the first country (that is, up to 22 km less than to
    /// its coast), when offshore.
    pub offshore_km: Option<f64>,
    /// Name of the special sea area.
    pub special_area: Option<String>,
}

/// Where countries are; see [`Atlas::locate`]. Built once, about 20 MB.
pub struct Atlas {
    index: Index,
    claims: Vec<Claim>,
    areas: Vec<Area>,
}

/// Whose polygons they are: those of a country, or those that a special area took over.
struct Claim {
    country: CountryCode,
    area: Option<usize>,
}

#[derive(Deserialize)]
struct Properties {
    iso: CountryCode,
}

impl Atlas {
    /// Reads the countries (GeoJSON, gzip; one feature a country with the property `iso`, out to the limit of
    /// the territorial sea) and the special sea areas (GeoJSON; see `server/data/README.md`).
    ///
    /// # Errors
    /// [`AtlasError`] where a file is not what it should be. Meant for start-up: a service with half a map
    /// must not start.
    pub fn load(countries_geojson_gz: &[u8], special_areas_geojson: &[u8]) -> Result<Self, AtlasError> {
        let areas = Area::read(special_areas_geojson).map_err(AtlasError::Areas)?;
        let outlines = read_countries(&unpack(countries_geojson_gz)?)?;
        if outlines.is_empty() || outlines.len() + areas.len() > usize::from(ClaimId::MAX) {
            return Err(AtlasError::Count);
        }
        let mut claims = Vec::with_capacity(outlines.len() + areas.len());
        let mut shapes: Vec<Shapes> = Vec::with_capacity(outlines.len() + areas.len());
        let mut absorbed: Vec<Shapes> = areas.iter().map(|_| Vec::new()).collect();
        for (country, outline) in outlines {
            let mut own = Vec::with_capacity(outline.len());
            for rings in outline {
                match areas.iter().position(|area| area.absorbs(country, &rings[0])) {
                    Some(area) => absorbed[area].push(rings),
                    None => own.push(rings),
                }
            }
            claims.push(Claim { country, area: None });
            shapes.push(own);
        }
        for (area, rings) in absorbed.into_iter().enumerate() {
            claims.push(Claim { country: areas[area].country, area: Some(area) });
            shapes.push(rings);
        }
        Ok(Self { index: Index::build(&shapes), claims, areas })
    }

    /// Which countries `place` is in, or near.
    ///
    /// - In a special area, unless the coast of another state reaches there: `SpecialArea`, its state alone.
    /// - In one country and further from all others than the fix (and the map, [`MAP_ERROR_M`]) may be wrong:
    ///   `Polygon`. In several, or nearer than that: `Border`, those that contain it first, then by distance.
    /// - At sea: `Offshore`, the nearest, then others that may be as near for a fix so uncertain.
    /// - No coast within [`OFFSHORE_M_MAX`], or not a place on the globe: `Nothing`.
    ///
    /// Never panics, whatever the numbers.
    #[must_use]
    pub fn locate(&self, place: Place) -> Located {
        if !place.is_on_globe() {
            return Located::nothing();
        }
        let point = Point::from_degrees(place.lat, place.lon);
        let doubt_m = place.doubt_m() + MAP_ERROR_M;
        let mut countries = Vec::with_capacity(2);
        let mut area = None;
        for claim in self.index.containing(point).map(|id| &self.claims[usize::from(id)]) {
            match claim.area {
                Some(absorbing) => area = Some(absorbing),
                None => add(&mut countries, claim.country),
            }
        }
        let area = area.or_else(|| self.areas.iter().position(|area| area.contains(point)));
        if let Some(area) = area.map(|area| &self.areas[area])
            && countries.iter().all(|&country| country == area.country)
        {
            return Located::special(area);
        }
        if countries.is_empty() {
            self.at_sea(point, doubt_m)
        } else {
            self.on_land(point, doubt_m, countries)
        }
    }

    fn on_land(&self, point: Point, doubt_m: f64, mut countries: Vec<CountryCode>) -> Located {
        let inside = countries.len();
        let reach = Reach { max_m: doubt_m, beyond_nearest_m: f64::INFINITY };
        let near = self.coasts(point, reach, |country| countries[..inside].contains(&country));
        for coast in near {
            add(&mut countries, self.country(coast));
        }
        Located::among(countries, inside)
    }

    fn at_sea(&self, point: Point, doubt_m: f64) -> Located {
        let reach = Reach { max_m: OFFSHORE_M_MAX, beyond_nearest_m: 2.0 * doubt_m };
        let coasts = self.coasts(point, reach, |_| false);
        let Some(nearest) = coasts.first() else { return Located::nothing() };
        let nearest_m = nearest.distance_m;
        let mut countries = Vec::with_capacity(coasts.len());
        if nearest_m <= MAP_ERROR_M {
            // A crack between two polygons, not the sea.
            for &coast in coasts.iter().filter(|coast| coast.distance_m <= doubt_m) {
                add(&mut countries, self.country(coast));
            }
            return Located::among(countries, 0);
        }
        for &coast in &coasts {
            add(&mut countries, self.country(coast));
        }
        let offshore_km = Some(nearest_m / 1_000.0);
        Located { basis: RoutingBasis::Offshore, countries, offshore_km, ..Located::nothing() }
    }

    fn coasts(&self, point: Point, reach: Reach, skip: impl Fn(CountryCode) -> bool) -> Vec<Coast> {
        self.index.coasts(point, reach, |id| skip(self.claims[usize::from(id)].country))
    }

    fn country(&self, coast: Coast) -> CountryCode {
        self.claims[usize::from(coast.claim)].country
    }
}

impl Located {
    fn nothing() -> Self {
        Self {
            basis: RoutingBasis::Nothing,
            countries: Vec::new(),
            inside: 0,
            offshore_km: None,
            special_area: None,
        }
    }

    fn special(area: &Area) -> Self {
        let special_area = Some(area.name.clone());
        Self {
            basis: RoutingBasis::SpecialArea,
            countries: vec![area.country],
            special_area,
            ..Self::nothing()
        }
    }

    fn among(countries: Vec<CountryCode>, inside: usize) -> Self {
        let basis = if countries.len() == 1 { RoutingBasis::Polygon } else { RoutingBasis::Border };
        Self { basis, countries, inside, ..Self::nothing() }
    }
}

fn add(countries: &mut Vec<CountryCode>, country: CountryCode) {
    if countries.len() < COUNTRIES_MAX && !countries.contains(&country) {
        countries.push(country);
    }
}

fn unpack(gz: &[u8]) -> Result<Vec<u8>, AtlasError> {
    let mut json = Vec::new();
    GzDecoder::new(gz).take(UNPACKED_BYTES_MAX + 1).read_to_end(&mut json)?;
    if json.len() as u64 > UNPACKED_BYTES_MAX { Err(AtlasError::TooLarge) } else { Ok(json) }
}

/// Outlines by country, the smallest first: that is the order in which an index names those that overlap.
fn read_countries(json: &[u8]) -> Result<Vec<(CountryCode, Shapes)>, AtlasError> {
    let collection: Collection<'_, Properties> =
        serde_json::from_slice(json).map_err(|e| AtlasError::Countries(e.into()))?;
    let mut outlines = Vec::with_capacity(collection.features.len());
    for feature in collection.features {
        let country = feature.properties.iso;
        let polygons =
            feature.geometry.polygons().map_err(|source| AtlasError::Country { country, source })?;
        outlines.push((size(&polygons), country, polygons.iter().map(shape).collect()));
    }
    outlines.sort_by(|a: &(f64, _, Shapes), b| a.0.total_cmp(&b.0));
    Ok(outlines.into_iter().map(|(_, country, shapes)| (country, shapes)).collect())
}

fn shape(rings: &Rings) -> Vec<Vec<Point>> {
    rings.iter().map(|ring| ring.iter().map(|p| Point::from_degrees(p.lat, p.lon)).collect()).collect()
}

/// The area within the outer rings in square degrees; enough to compare countries that overlap.
fn size(polygons: &[Rings]) -> f64 {
    let twice = |ring: &[Position]| {
        let parts = ring.windows(2).map(|w| w[0].lon * w[1].lat - w[1].lon * w[0].lat);
        parts.sum::<f64>().abs()
    };
    polygons.iter().map(|rings| twice(&rings[0]) / 2.0).sum()
}
