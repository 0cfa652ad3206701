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
    // Where words begin and end, and their middle from the top: words upon each other cannot be read.
    let mut taken: Vec<(f64, f64, f64)> = vec![];
    for spot in ARCHIPELAGOS.iter() {
        let at = view.units(spot.at);
        if view.holds(at) {
            let text = spot.name(format.lang).to_owned();
            taken.push((at.0, at.0 + wide(&text), at.1));
            labels.push(Label { x: at.0 / WIDTH, y: at.1 / view.height, text, look: "archipelago" });
        }
    }
    for (i, (figure, name, place)) in known.iter().enumerate() {
        let (x, y) = view.units(*place);
        let r = (RADIUS * (f64::from(figure.cases) / f64::from(most)).sqrt()).max(2.5);
        let _ = write!(
            svg,
            r##"<circle cx="{x:.1}" cy="{y:.1}" r="{r:.1}" fill="#1f4e79" fill-opacity="0.55" stroke="#ffffff" stroke-width="1.2"/>"##
        );
        let text = format!("{name} {}", format.count(figure.cases));
        let long = wide(&text);
        // Beside its circle, or below it, or not at all.
        let beside = (x + r + 4.0, y, "circle");
        let below = (x - long / 2.0, y + r + 14.0, "below");
        let fits = |(from, middle, _): &(f64, f64, &str)| {
            let is_free = taken.iter().all(|(left, right, other)| {
                from + long < *left || *from > *right || (other - middle).abs() > 24.0
            });
            is_free && *from > 0.0 && from + long < WIDTH
        };
        if let Some((from, middle, look)) = [beside, below].into_iter().find(fits).filter(|_| i < NAMES_MAX) {
            taken.push((from, from + long, middle));
            labels.push(Label { x: from / WIDTH, y: middle / view.height, text, look });
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

/// About how wide a label is, in units.
fn wide(text: &str) -> f64 {
    text.chars().count() as f64 * 8.6
}
