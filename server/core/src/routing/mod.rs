//! Which desk answers: position -> countries -> desk.
//!
//! [`Atlas`] knows where countries are, [`DeskTable`] which desk answers for them, [`route`] joins the two by
//! the rules below. Everything is data handed in: no country, desk or polygon is named in the code.
//!
//! 1. In a special sea area: its state, and nobody else.
//! 2. In one or more countries, or so near a border that the fix may be wrong about it: the most likely one's
//!    desk holds the case, the others' desks watch.
//! 3. In none: the nearest coast within [`OFFSHORE_M_MAX`].
//! 4. No position: the country of the worker's contract.
//! 5. Nothing at all: the ministry desk, which also holds what no desk answers for.

mod areas;
mod assign;
mod atlas;
mod desks;
mod distance;
mod district;
mod geojson;
mod index;
pub mod missions;
mod place;
#[cfg(test)]
mod tests;

pub use assign::{Routing, route};
pub use atlas::{Atlas, AtlasError, Located, MAP_ERROR_M, OFFSHORE_M_MAX};
pub use desks::{Desk, DeskTable, DeskTableError};
pub use distance::great_circle_km;
pub use district::{DISTRICT_BYTES_MAX, DistrictError, district_from_geojson};
pub use geojson::GeometryError;
pub use place::{ACCURACY_COUNTED_M_MAX, Place};
