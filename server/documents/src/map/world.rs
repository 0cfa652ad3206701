//! Cases by country: circles on the part of the world where there are any.

use std::fmt::Write;

use sos_protocol::figures::CountryFigure;

use super::base::{ARCHIPELAGOS, Place, STATES};
use super::case::wrapped;
use super::view::{DEGREE_M, View, WIDTH};
use crate::block::{Label, Map};
use crate::format::Format;

const RATIO: f64 = 0.52;
/// The largest circle, in units.
const RADIUS: f64 = 34.0;
/// The map is at least as wide as this, in degrees at the equator.
const DEGREES_MIN: f64 = 70.0;
const DEGREES_MAX: f64 = 320.0;
/// Countries that are named: the ones with the most cases.
const NAMES_MAX: usize = 8;

/// A map with a circle for each country that the base map knows; none without any.
pub(crate) fn map(countries: &[CountryFigure], format: &Format, alt: String, caption: String) -> Option<Map> {
    let known: Vec<(&CountryFigure, &str, Place)> = countries
        .iter()
        .filter_map(|figure| {
            let code = figure.country.as_ref()?;
            let state = STATES.get(code.as_str())?;
            Some((figure, state.name(format.lang), state.at))
        })
        .collect();
    let most = known.iter().map(|(figure, ..)| figure.cases).max().filter(|most| *most > 0)?;
    let view = around(&known.iter().map(|(.., at)| *at).collect::<Vec<_>>());
    let mut svg = view.ground();
    let mut labels = vec![];
    for spot in ARCHIPELAGOS.iter() {
        let at = view.units(spot.at);
        if view.holds(at) {
            let text = spot.name(format.lang).to_owned();
            labels.push(Label { x: at.0 / WIDTH, y: at.1 / view.height, text, look: "archipelago" });
        }
    }
    let mut named: Vec<(f64, f64)> = vec![];
    for (i, (figure, name, place)) in known.iter().enumerate() {
        let (x, y) = view.units(*place);
        let r = RADIUS * (f64::from(figure.cases) / f64::from(most)).sqrt();
        let _ = write!(
            svg,
            r##"<circle cx="{x:.1}" cy="{y:.1}" r="{:.1}" fill="#1f4e79" fill-opacity="0.55" stroke="#ffffff" stroke-width="1.2"/>"##,
            r.max(2.5)
        );
        let is_free = named.iter().all(|other| (other.0 - x).abs() > 170.0 || (other.1 - y).abs() > 30.0);
        if i < NAMES_MAX && is_free && x < WIDTH - 120.0 {
            named.push((x, y));
            let text = format!("{name} {}", format.count(figure.cases));
            labels.push(Label { x: (x + r + 4.0) / WIDTH, y: y / view.height, text, look: "circle" });
        }
    }
    Some(Map { alt, svg: wrapped(&view, &svg), ratio: RATIO, labels, scale: None, caption })
}

fn around(places: &[Place]) -> View {
    let (mut low, mut high) = ([180.0_f64, 60.0], [-180.0_f64, -40.0]);
    for place in places {
        for i in 0..2 {
            low[i] = low[i].min(place[i]);
            high[i] = high[i].max(place[i]);
        }
    }
    // Room for circles and names.
    let lon = f64::midpoint(low[0], high[0]);
    let lat = f64::midpoint(low[1], high[1]).clamp(-10.0, 25.0);
    let narrow = lat.to_radians().cos();
    let wide = (high[0] - low[0] + 36.0) * narrow;
    let high = (high[1] - low[1] + 20.0) / RATIO;
    let degrees = wide.max(high).clamp(DEGREES_MIN, DEGREES_MAX);
    View::around([lon, lat], degrees * DEGREE_M, RATIO)
}
