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
    let circles: Vec<_> = known
        .iter()
        .map(|(figure, _, place)| {
            let (x, y) = view.units(*place);
            (x, y, (RADIUS * (f64::from(figure.cases) / f64::from(most)).sqrt()).max(2.5))
        })
        .collect();
    // Words upon each other cannot be read, and upon another circle they say what is not so.
    let mut taken: Vec<Patch> = vec![];
    for spot in ARCHIPELAGOS.iter() {
        let (x, y) = view.units(spot.at);
        if view.holds((x, y)) {
            let text = spot.name(format.lang).to_owned();
            taken.push(Patch::of_words(x, y, &text));
            labels.push(Label { x: x / WIDTH, y: y / view.height, text, look: "archipelago" });
        }
    }
    for (x, y, r) in &circles {
        let _ = write!(
            svg,
            r##"<circle cx="{x:.1}" cy="{y:.1}" r="{r:.1}" fill="#1f4e79" fill-opacity="0.55" stroke="#ffffff" stroke-width="1.2"/>"##
        );
        taken.push(Patch { left: x - r, top: y - r, right: x + r, bottom: y + r });
    }
    for ((figure, name, _), (x, y, r)) in known.iter().zip(&circles).take(NAMES_MAX) {
        let text = format!("{name} {}", format.count(figure.cases));
        let long = Patch::of_words(0.0, 0.0, &text).right;
        // Right of its circle, left of it, below, above, or not at all.
        let places = [
            (x + r + 4.0, *y),
            (x - r - 4.0 - long, *y),
            (x - long / 2.0, y + r + 12.0),
            (x - long / 2.0, y - r - 12.0),
        ];
        let fits = |at: &(f64, f64)| {
            let words = Patch::of_words(at.0, at.1, &text);
            words.left > 0.0 && words.right < WIDTH && taken.iter().all(|other| !other.meets(&words))
        };
        if let Some((left, middle)) = places.into_iter().find(fits) {
            taken.push(Patch::of_words(left, middle, &text));
            labels.push(Label { x: left / WIDTH, y: middle / view.height, text, look: "circle" });
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

/// What something takes of the drawing, in units.
struct Patch {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

impl Patch {
    /// About what a label takes that begins at `left`.
    fn of_words(left: f64, middle: f64, text: &str) -> Self {
        const CHARACTER: f64 = 8.6;
        const HALF: f64 = 9.0;
        let right = left + text.chars().count() as f64 * CHARACTER;
        Self { left, top: middle - HALF, right, bottom: middle + HALF }
    }

    fn meets(&self, other: &Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }
}
