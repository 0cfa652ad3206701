//! Special sea areas: parts of the sea where the deploying ministry's position counts more than the polygons.

use serde::Deserialize;
use sos_protocol::CountryCode;

use super::geojson::{Collection, GeometryError};
use super::index::{Edge, Point, winding};

/// One area and whose polygons it sets aside.
pub(super) struct Area {
    pub(super) name: String,
    pub(super) country: CountryCode,
    overrides: Vec<CountryCode>,
    absorbs_islands: bool,
    edges: Vec<Edge>,
}

#[derive(Deserialize)]
struct Properties {
    iso: CountryCode,
    name: String,
    /// States whose polygons count for nothing here, with all of a polygon that merely touches the area.
    overrides: Vec<CountryCode>,
    /// Whether a polygon of any other state that lies wholly inside counts for nothing either.
    absorbs_islands: bool,
}

impl Area {
    /// Reads the areas of a `FeatureCollection`.
    pub(super) fn read(geojson: &[u8]) -> Result<Vec<Self>, GeometryError> {
        let collection: Collection<'_, Properties> = serde_json::from_slice(geojson)?;
        let mut areas = Vec::with_capacity(collection.features.len());
        for feature in collection.features {
            let mut edges = Vec::new();
            for ring in feature.geometry.polygons()?.iter().flatten() {
                let points: Vec<Point> = ring.iter().map(|p| Point::from_degrees(p.lat, p.lon)).collect();
                edges.extend(Edge::along(&points));
            }
            let Properties { iso, name, overrides, absorbs_islands } = feature.properties;
            areas.push(Self { name, country: iso, overrides, absorbs_islands, edges });
        }
        Ok(areas)
    }

    pub(super) fn contains(&self, point: Point) -> bool {
        winding(&self.edges, point) != 0
    }

    /// Whether `outline`, the outer ring of a polygon of `country`, counts as part of this area instead.
    pub(super) fn absorbs(&self, country: CountryCode, outline: &[Point]) -> bool {
        if country == self.country {
            false
        } else if self.overrides.contains(&country) {
            self.touches(outline)
        } else {
            self.absorbs_islands && outline.iter().all(|&p| self.contains(p))
        }
    }

    fn touches(&self, outline: &[Point]) -> bool {
        if outline.iter().any(|&p| self.contains(p)) {
            return true;
        }
        let outline: Vec<Edge> = Edge::along(outline).collect();
        self.edges.iter().any(|edge| winding(&outline, edge.a) != 0)
    }
}
