//! Reads the district of a desk, as an administrator hands it in.

use geo::{Coord, LineString, MultiPolygon, Polygon};
use serde::Deserialize;
use serde_json::Value;

use super::geojson::{Collection, Feature, Geometry, GeometryError, Ring, Rings};

/// Largest district that is read, in bytes of GeoJSON: about 150,000 corners.
pub const DISTRICT_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Why a district was refused.
#[derive(Debug, thiserror::Error)]
pub enum DistrictError {
    /// Larger than [`DISTRICT_BYTES_MAX`].
    #[error("a district of {bytes} bytes; at most {DISTRICT_BYTES_MAX} are read")]
    TooLarge {
        /// Size of the text.
        bytes: usize,
    },
    /// Not the area that a district is.
    #[error(transparent)]
    Geometry(#[from] GeometryError),
}

/// Reads a `Polygon` or `MultiPolygon`, bare or as a `Feature` or the features of a `FeatureCollection`
/// (their polygons taken together). Draw districts out to sea: a position outside every district goes to the
/// principal desk of its country.
///
/// # Errors
/// [`DistrictError`] where it is too large, not GeoJSON, not an area, off the globe, or has an open ring.
pub fn district_from_geojson(text: &str) -> Result<MultiPolygon, DistrictError> {
    if text.len() > DISTRICT_BYTES_MAX {
        return Err(DistrictError::TooLarge { bytes: text.len() });
    }
    let polygons = polygons(text)?.into_iter().map(polygon).collect();
    Ok(MultiPolygon::new(polygons))
}

#[derive(Deserialize)]
struct Typed {
    #[serde(rename = "type")]
    kind: String,
}

fn polygons(text: &str) -> Result<Vec<Rings>, GeometryError> {
    let typed: Typed = serde_json::from_str(text)?;
    match typed.kind.as_str() {
        "Feature" => serde_json::from_str::<Feature<'_, Value>>(text)?.geometry.polygons(),
        "FeatureCollection" => {
            let collection: Collection<'_, Value> = serde_json::from_str(text)?;
            let mut all = Vec::new();
            for feature in &collection.features {
                all.extend(feature.geometry.polygons()?);
            }
            if all.is_empty() { Err(GeometryError::Empty) } else { Ok(all) }
        }
        _ => serde_json::from_str::<Geometry<'_>>(text)?.polygons(),
    }
}

fn polygon(rings: Rings) -> Polygon {
    let mut lines = rings.into_iter().map(line);
    let outer = lines.next().unwrap_or_else(|| LineString::new(Vec::new()));
    Polygon::new(outer, lines.collect())
}

fn line(ring: Ring) -> LineString {
    ring.into_iter().map(|p| Coord { x: p.lon, y: p.lat }).collect()
}
