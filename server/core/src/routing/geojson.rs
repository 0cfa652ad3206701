//! Reads GeoJSON (RFC 7946) polygons, as far as countries, sea areas and districts need it.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// A list of features with the properties `P`.
#[derive(Deserialize)]
pub(super) struct Collection<'a, P> {
    #[serde(borrow = "'a", bound(deserialize = "P: Deserialize<'de>"))]
    pub(super) features: Vec<Feature<'a, P>>,
}

/// A geometry and what is known of it.
#[derive(Deserialize)]
pub(super) struct Feature<'a, P> {
    pub(super) properties: P,
    #[serde(borrow)]
    pub(super) geometry: Geometry<'a>,
}

/// A geometry whose coordinates are not read yet: their shape depends on the type beside them.
#[derive(Deserialize)]
pub(super) struct Geometry<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    coordinates: &'a RawValue,
}

/// Degrees, longitude first; further numbers (altitude) are dropped.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Position {
    pub(super) lon: f64,
    pub(super) lat: f64,
}

/// Closed: the first position again at the end.
pub(super) type Ring = Vec<Position>;
/// The outer ring, then the holes.
pub(super) type Rings = Vec<Ring>;

/// Why a geometry cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum GeometryError {
    /// Not JSON, or not the shape that GeoJSON prescribes.
    #[error("not GeoJSON")]
    Json(#[from] serde_json::Error),
    /// Only areas are of use.
    #[error("a {0} where a Polygon or MultiPolygon is expected")]
    NotAnArea(String),
    /// Latitude beyond 90 or longitude beyond 180 degrees.
    #[error("position {lon}, {lat} is not on the globe (longitude first, degrees)")]
    OffGlobe {
        /// Degrees.
        lon: f64,
        /// Degrees.
        lat: f64,
    },
    /// A ring ends where it began.
    #[error("ring {ring} of polygon {polygon} is not closed")]
    Open {
        /// Counted from 0.
        polygon: usize,
        /// Counted from 0; 0 is the outer one.
        ring: usize,
    },
    /// A ring has at least three corners.
    #[error("ring {ring} of polygon {polygon} has fewer than four positions")]
    TooShort {
        /// Counted from 0.
        polygon: usize,
        /// Counted from 0; 0 is the outer one.
        ring: usize,
    },
    /// No polygon, or one without a ring.
    #[error("an empty geometry")]
    Empty,
}

impl Geometry<'_> {
    /// The polygons, every ring closed and on the globe.
    pub(super) fn polygons(&self) -> Result<Vec<Rings>, GeometryError> {
        let polygons: Vec<Rings> = match self.kind.as_ref() {
            "Polygon" => vec![serde_json::from_str(self.coordinates.get())?],
            "MultiPolygon" => serde_json::from_str(self.coordinates.get())?,
            other => return Err(GeometryError::NotAnArea(other.chars().take(40).collect())),
        };
        if polygons.is_empty() || polygons.iter().any(Vec::is_empty) {
            return Err(GeometryError::Empty);
        }
        for (polygon, rings) in polygons.iter().enumerate() {
            for (ring, positions) in rings.iter().enumerate() {
                check_ring(positions, polygon, ring)?;
            }
        }
        Ok(polygons)
    }
}

fn check_ring(positions: &Ring, polygon: usize, ring: usize) -> Result<(), GeometryError> {
    if positions.len() < 4 {
        return Err(GeometryError::TooShort { polygon, ring });
    }
    if positions.first() != positions.last() {
        return Err(GeometryError::Open { polygon, ring });
    }
    match positions.iter().find(|p| p.lat.abs() > 90.0 || p.lon.abs() > 180.0) {
        Some(p) => Err(GeometryError::OffGlobe { lon: p.lon, lat: p.lat }),
        None => Ok(()),
    }
}

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Numbers;

        impl<'de> Visitor<'de> for Numbers {
            type Value = Position;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a position: [longitude, latitude]")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Position, A::Error> {
                let lon = seq.next_element()?.ok_or_else(|| A::Error::invalid_length(0, &self))?;
                let lat = seq.next_element()?.ok_or_else(|| A::Error::invalid_length(1, &self))?;
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Position { lon, lat })
            }
        }

        d.deserialize_seq(Numbers)
    }
}
