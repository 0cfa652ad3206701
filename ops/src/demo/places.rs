//! Where demo workers are: real places, countries as often as `demo_load_weights.csv` says.

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use sos_protocol::CountryCode;
use sos_protocol::ambient::Entropy;

const PLACES: &str = include_str!("../../demo-data/places.csv");
const WEIGHTS: &str = include_str!("../../../server/data/demo_load_weights.csv");
/// Weights are drawn with this many steps.
const STEPS: f64 = 1_000_000.0;
/// A worker is within this many degrees of the place (about 500 m).
const SPREAD_DEG: f64 = 0.005;

/// A town, port or industrial area.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Place {
    country: CountryCode,
    pub(super) place: String,
    lat: f64,
    lon: f64,
}

#[derive(Debug, Deserialize)]
struct Weight {
    iso: CountryCode,
    weight: f64,
}

/// All of them.
pub(super) struct Places {
    places: Vec<Place>,
    weights: Vec<Weight>,
}

impl Places {
    pub(super) fn load() -> Result<Self> {
        let places = rows(PLACES).context("ops/demo-data/places.csv")?;
        let weights = rows(WEIGHTS).context("server/data/demo_load_weights.csv")?;
        ensure!(!places.is_empty() && !weights.is_empty(), "the demo has no places");
        Ok(Self { places, weights })
    }

    /// A place in `country`, or anywhere by weight if there is none there.
    pub(super) fn draw(&self, country: Option<CountryCode>, entropy: &dyn Entropy) -> &Place {
        let there = |country| self.places.iter().filter(move |p| p.country == country).collect::<Vec<_>>();
        let known = country.map(there).filter(|places| !places.is_empty());
        let candidates = known.unwrap_or_else(|| there(self.country(entropy)));
        let count = u64::try_from(candidates.len()).unwrap_or(1);
        let drawn = usize::try_from(entropy.below(count)).unwrap_or(0);
        candidates.get(drawn).copied().unwrap_or(&self.places[0])
    }

    fn country(&self, entropy: &dyn Entropy) -> CountryCode {
        let total: f64 = self.weights.iter().map(|w| w.weight).sum();
        let mut left = unit(entropy) * total;
        let drawn = self.weights.iter().find(|w| {
            left -= w.weight;
            left < 0.0
        });
        drawn.unwrap_or(&self.weights[0]).iso
    }
}

impl Place {
    /// Somewhere about here.
    pub(super) fn spot(&self, entropy: &dyn Entropy) -> (f64, f64) {
        let off = || (unit(entropy) * 2.0 - 1.0) * SPREAD_DEG;
        (self.lat + off(), self.lon + off())
    }
}

/// From 0 (included) to 1 (excluded).
pub(super) fn unit(entropy: &dyn Entropy) -> f64 {
    u32::try_from(entropy.below(1_000_000)).map_or(0.0, f64::from) / STEPS
}

fn rows<T: serde::de::DeserializeOwned>(text: &str) -> Result<Vec<T>> {
    let reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    Ok(reader.into_deserialize().collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sos_protocol::ambient::SeededEntropy;

    #[test]
    fn every_country_of_the_weights_has_a_place_and_places_are_on_earth() {
        let places = Places::load().unwrap();
        for weight in &places.weights {
            assert!(places.places.iter().any(|p| p.country == weight.iso), "{}", weight.iso);
        }
        assert!(places.places.iter().all(|p| p.lat.abs() <= 90.0 && p.lon.abs() <= 180.0));
    }

    #[test]
    fn countries_come_as_often_as_their_weight_says() {
        let (places, entropy) = (Places::load().unwrap(), SeededEntropy::new(3));
        let drawn: Vec<_> = (0..2_000).map(|_| places.draw(None, &*entropy).country).collect();
        let japan = drawn.iter().filter(|c| c.as_str() == "JP").count();
        assert!((700..980).contains(&japan), "{japan} of 2000, expected about 838");
        let known = CountryCode::parse("KR");
        assert_eq!(Some(places.draw(known, &*entropy).country), known);
    }
}
