//! Where a case was: a close map of the way, and one that shows in which part of the world that is.

use std::fmt::Write;

use sos_protocol::case::FixView;

use super::base::{ARCHIPELAGOS, Place, STATES, Spot, TOWNS};
use super::view::{View, WIDTH, round_number};
use crate::block::{Label, Map, Scale};
use crate::bounds::WAY_POINTS_MAX;
use crate::format::Format;

const RATIO: f64 = 0.6;
/// A close map is at least this wide: closer is no more exact.
const CLOSE_MIN_M: f64 = 1_500.0;
/// A close map that is wider than this shows all there is to see.
const CLOSE_MAX_M: f64 = 500_000.0;
const FAR_M: f64 = 1_600_000.0;
/// The way fills this part of the width.
const FILLED: f64 = 0.7;
/// Names of towns on a map.
const TOWNS_MAX: usize = 7;

/// The maps of these fixes, none where there are none.
pub(crate) fn maps(fixes: &[FixView], format: &Format) -> Vec<Map> {
    let mut fixes: Vec<&FixView> = fixes.iter().collect();
    // After an outage the newest comes first: the way is in the order of measuring.
    fixes.sort_by_key(|fix| (fix.fix.fix_time_ms.unwrap_or(fix.server_time_ms), fix.server_time_ms));
    let (Some(first), Some(last)) = (fixes.first(), fixes.last()) else { return vec![] };
    let turned = |fix: &FixView| {
        let lon = fix.fix.lon + ((first.fix.lon - fix.fix.lon) / 360.0).round() * 360.0;
        [lon, fix.fix.lat]
    };
    let places: Vec<Place> = fixes.iter().map(|fix| turned(fix)).collect();
    let (middle, spread_m) = extent(&places);
    let circle_m = last.fix.accuracy_m.unwrap_or(0.0).clamp(0.0, 50_000.0) * 2.2;
    let close_m = (spread_m / FILLED).max(circle_m).max(CLOSE_MIN_M);
    let mut maps = vec![draw(&View::around(middle, close_m, RATIO), &places, last, format, true)];
    if close_m < CLOSE_MAX_M {
        maps.push(draw(&View::around(middle, FAR_M, RATIO), &places, last, format, false));
    }
    maps
}

/// The middle of places, and how wide a map of `RATIO` that just holds them is, in metres.
fn extent(places: &[Place]) -> (Place, f64) {
    let (mut low, mut high) = ([f64::MAX; 2], [f64::MIN; 2]);
    for place in places {
        for i in 0..2 {
            low[i] = low[i].min(place[i]);
            high[i] = high[i].max(place[i]);
        }
    }
    let middle = [f64::midpoint(low[0], high[0]), f64::midpoint(low[1], high[1])];
    let narrow = middle[1].to_radians().cos();
    let wide = (high[0] - low[0]) * narrow;
    let high = (high[1] - low[1]) / RATIO;
    (middle, wide.max(high) * super::view::DEGREE_M)
}

fn draw(view: &View, places: &[Place], last: &FixView, format: &Format, is_close: bool) -> Map {
    let mut labels = vec![];
    let mut svg = view.ground();
    grid(view, format, &mut svg, &mut labels);
    if is_close {
        way(view, places, last, &mut svg);
    }
    mark(view, places, is_close, &mut svg);
    names(view, format, is_close, &mut svg, &mut labels);
    if is_close {
        ends(view, places, format, &mut labels);
    }
    let wide = format.distance(view.width_m());
    let key = if is_close { "map.close" } else { "map.far" };
    let n = format.count(places.len() as u64);
    let caption = format.lang.with(key, &[("n", &n), ("wide", &wide)]);
    Map {
        alt: caption.clone(),
        svg: wrapped(view, &svg),
        ratio: view.height / WIDTH,
        labels,
        scale: Some(scale(view, format)),
        caption,
    }
}

pub(super) fn wrapped(view: &View, svg: &str) -> String {
    let height = view.height;
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height:.1}" viewBox="0 0 {WIDTH} {height:.1}">{svg}</svg>"#
    )
}

pub(super) fn scale(view: &View, format: &Format) -> Scale {
    let metres = round_number(view.width_m() / 4.0);
    Scale { part: metres / view.width_m(), text: format.distance(metres) }
}

fn grid(view: &View, format: &Format, svg: &mut String, labels: &mut Vec<Label>) {
    let step = round_number((view.north() - view.south) / 2.0);
    let places = if step < 1.0 { (-step.log10().floor()).clamp(0.0, 4.0) } else { 0.0 };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 4")]
    let places = places as usize;
    let lang = format.lang;
    let mut add = |place: Place, is_lon: bool| {
        let (x, y) = view.units(place);
        let line =
            if is_lon { format!("M{x:.1} 0V{:.1}", view.height) } else { format!("M0 {y:.1}H{WIDTH}") };
        let _ = write!(svg, r##"<path d="{line}" stroke="#c9d0d5" stroke-width="0.8" fill="none"/>"##);
        let turned = (place[0] + 540.0).rem_euclid(360.0) - 180.0;
        let (value, side) = match is_lon {
            true => (turned, lang.say(if turned < 0.0 { "map.west" } else { "map.east" })),
            false => (place[1], lang.say(if place[1] < 0.0 { "map.south" } else { "map.north" })),
        };
        let text = format!("{}° {side}", format.decimal(value.abs(), places));
        let (x, y) = if is_lon { (x / WIDTH, 1.0) } else { (0.0, y / view.height) };
        labels.push(Label { x, y, text, look: if is_lon { "grid_lon" } else { "grid_lat" } });
    };
    let lines = |from: f64, to: f64| {
        let first = (from / step).ceil();
        (0..24_u8).map(move |i| (first + f64::from(i)) * step).take_while(move |at| *at < to)
    };
    for lat in lines(view.south, view.north()) {
        add([f64::midpoint(view.west, view.east()), lat], false);
    }
    for lon in lines(view.west, view.east()) {
        add([lon, view.south], true);
    }
}

/// The way, every fix on it, and how exact the last one is.
fn way(view: &View, places: &[Place], last: &FixView, svg: &mut String) {
    let mut every = 1;
    while places.len() / every > WAY_POINTS_MAX {
        every *= 2;
    }
    let kept = places.iter().enumerate().filter(|(i, _)| i % every == 0 || i + 1 == places.len());
    let points: Vec<_> = kept.map(|(_, place)| view.units(*place)).collect();
    if let (Some(metres), Some((x, y))) = (last.fix.accuracy_m, points.last()) {
        let r = metres * view.units_a_metre();
        let _ = write!(
            svg,
            r##"<circle cx="{x:.1}" cy="{y:.1}" r="{r:.1}" fill="#b3261e" fill-opacity="0.10" stroke="#b3261e" stroke-opacity="0.5" stroke-width="1"/>"##
        );
    }
    let line: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1} {y:.1}")).collect();
    let _ = write!(
        svg,
        r##"<polyline points="{}" fill="none" stroke="#1f4e79" stroke-width="3" stroke-linejoin="round" stroke-linecap="round" stroke-opacity="0.75"/>"##,
        line.join(" ")
    );
    for (x, y) in &points {
        let _ = write!(svg, r##"<circle cx="{x:.1}" cy="{y:.1}" r="3.4" fill="#1f4e79"/>"##);
    }
}

/// Where it began, and, over it, where it was last.
fn mark(view: &View, places: &[Place], is_close: bool, svg: &mut String) {
    if let (Some(first), true) = (places.first(), is_close && places.len() > 1) {
        let (x, y) = view.units(*first);
        let _ = write!(
            svg,
            r##"<circle cx="{x:.1}" cy="{y:.1}" r="8" fill="#ffffff" stroke="#1f4e79" stroke-width="3"/>"##
        );
    }
    if let Some(last) = places.last() {
        let (x, y) = view.units(*last);
        let _ = write!(
            svg,
            r##"<circle cx="{x:.1}" cy="{y:.1}" r="9" fill="#b3261e" stroke="#ffffff" stroke-width="2.5"/>"##
        );
    }
}

fn ends(view: &View, places: &[Place], format: &Format, labels: &mut Vec<Label>) {
    let mut add = |place: &Place, key| {
        let (x, y) = view.units(*place);
        let text = format.lang.say(key).to_owned();
        labels.push(Label { x: x / WIDTH, y: y / view.height, text, look: "mark" });
    };
    let Some(last) = places.last() else { return };
    add(last, "map.last");
    let Some(first) = places.first() else { return };
    let (from, to) = (view.units(*first), view.units(*last));
    // Two words upon each other cannot be read.
    if (from.0 - to.0).abs() > 130.0 || (from.1 - to.1).abs() > 34.0 {
        add(first, "map.first");
    }
}

/// Names of towns on a close map, of countries and archipelagos too on the other one.
fn names(view: &View, format: &Format, is_close: bool, svg: &mut String, labels: &mut Vec<Label>) {
    let inside = |spot: &Spot| {
        let at = view.units(spot.at);
        let margin = 60.0;
        let fits =
            at.0 > margin && at.0 < WIDTH - margin && at.1 > margin / 2.0 && at.1 < view.height - margin;
        (view.holds(at) && fits).then_some(at)
    };
    let mut taken: Vec<(f64, f64)> = vec![];
    let mut towns: Vec<_> = TOWNS.iter().filter_map(|town| inside(town).map(|at| (town, at))).collect();
    towns.sort_by(|a, b| a.0.rank.total_cmp(&b.0.rank).then_with(|| a.0.at[0].total_cmp(&b.0.at[0])));
    let mut add = |at: (f64, f64), text: &str, look| {
        let is_free =
            taken.iter().all(|other| (other.0 - at.0).abs() > 190.0 || (other.1 - at.1).abs() > 36.0);
        if is_free {
            taken.push(at);
            labels.push(Label { x: at.0 / WIDTH, y: at.1 / view.height, text: text.to_owned(), look });
        }
        is_free
    };
    if !is_close {
        let mut states: Vec<_> =
            STATES.values().filter_map(|state| inside(state).map(|at| (state, at))).collect();
        states.sort_by(|a, b| a.0.rank.total_cmp(&b.0.rank).then_with(|| a.0.iso.cmp(&b.0.iso)));
        for spot in ARCHIPELAGOS.iter() {
            if let Some(at) = inside(spot) {
                add(at, spot.name(format.lang), "archipelago");
            }
        }
        for (state, at) in states {
            add(at, state.name(format.lang), "country");
        }
    }
    for (town, at) in towns.into_iter().take(TOWNS_MAX) {
        if add(at, town.name(format.lang), "town") {
            let _ = write!(svg, r##"<circle cx="{:.1}" cy="{:.1}" r="4" fill="#4a4a4a"/>"##, at.0, at.1);
        }
    }
}
