//! Real places for simulated presses.

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use sos_protocol::ambient::Entropy;

const PLACES: &str = include_str!("../../demo-data/places.csv");
/// Where presses come from: three desks with many workers.
const COUNTRIES: [&str; 3] = ["JP", "KR", "TW"];
/// A phone is within this many degrees of its place (about 500 m), in steps of a millionth.
const SPREAD_MICRODEGREES: u64 = 10_000;

#[derive(Debug, Deserialize)]
struct Place {
    country: String,
    lat: f64,
    lon: f64,
}

/// Towns, ports and industrial areas in Japan, Korea and Taiwan.
pub(crate) struct Places(Vec<Place>);

impl Places {
    pub(crate) fn load() -> Result<Self> {
        let reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(PLACES.as_bytes());
        let places: Vec<Place> =
            reader.into_deserialize().collect::<Result<_, _>>().context("ops/demo-data/places.csv")?;
        let places: Vec<Place> =
            places.into_iter().filter(|place| COUNTRIES.contains(&place.country.as_str())).collect();
        ensure!(!places.is_empty(), "no places in ops/demo-data/places.csv");
        Ok(Self(places))
    }

    /// Latitude and longitude of somewhere.
    pub(crate) fn spot(&self, entropy: &dyn Entropy) -> (f64, f64) {
        let drawn = entropy.below(u64::try_from(self.0.len()).unwrap_or(1));
        let place = &self.0[usize::try_from(drawn).unwrap_or(0)];
        let off = || {
            let steps = u32::try_from(entropy.below(SPREAD_MICRODEGREES)).unwrap_or(0);
            (f64::from(steps) - 5_000.0) / 1_000_000.0
        };
        (place.lat + off(), place.lon + off())
    }
}
