//! A piece of the world on paper: degrees become units of a drawing that is 1,000 wide.

use std::fmt::Write;

use super::base::{LAND, Place, Shape, WATER};

/// Width of every drawing, in its own units.
pub(super) const WIDTH: f64 = 1_000.0;
/// Metres of a degree of latitude.
pub(super) const DEGREE_M: f64 = 111_195.0;
/// Corners closer together than this are one, in units.
const CORNER: f64 = 0.7;
/// Shapes smaller than this in both directions are left out, in units.
const SPECK: f64 = 0.9;

/// From west to east and south to north; `east` may be past 180.
#[derive(Debug, Clone, Copy)]
pub(super) struct View {
    pub(super) west: f64,
    pub(super) south: f64,
    /// Units a degree of longitude.
    lon_units: f64,
    /// Units a degree of latitude.
    lat_units: f64,
    /// Height in units.
    pub(super) height: f64,
}

impl View {
    /// Around a place, `width_m` wide, `ratio` times as high; true to scale in the middle.
    pub(super) fn around([lon, lat]: Place, width_m: f64, ratio: f64) -> Self {
        let narrow = lat.to_radians().cos().max(0.05);
        let lat_units = WIDTH / (width_m / DEGREE_M);
        let lon_units = lat_units * narrow;
        let height = WIDTH * ratio;
        Self {
            west: lon - WIDTH / lon_units / 2.0,
            south: lat - height / lat_units / 2.0,
            lon_units,
            lat_units,
            height,
        }
    }

    /// Metres of its width.
    pub(super) fn width_m(&self) -> f64 {
        WIDTH / self.lat_units * DEGREE_M
    }

    /// Units a metre.
    pub(super) fn units_a_metre(&self) -> f64 {
        self.lat_units / DEGREE_M
    }

    pub(super) fn east(&self) -> f64 {
        self.west + WIDTH / self.lon_units
    }

    pub(super) fn north(&self) -> f64 {
        self.south + self.height / self.lat_units
    }

    /// Where a place is, in units from the left and the top; a longitude is taken as the one that is closest to the middle.
    pub(super) fn units(&self, place: Place) -> (f64, f64) {
        self.shifted(place, self.turn(place[0]))
    }

    fn turn(&self, lon: f64) -> f64 {
        let middle = f64::midpoint(self.west, self.east());
        ((middle - lon) / 360.0).round() * 360.0
    }

    fn shifted(&self, [lon, lat]: Place, turn: f64) -> (f64, f64) {
        ((lon + turn - self.west) * self.lon_units, self.height - (lat - self.south) * self.lat_units)
    }

    pub(super) fn holds(&self, (x, y): (f64, f64)) -> bool {
        (0.0..=WIDTH).contains(&x) && (0.0..=self.height).contains(&y)
    }

    /// Sea, land and lakes.
    pub(super) fn ground(&self) -> String {
        let mut svg = format!(r##"<rect width="{WIDTH}" height="{:.1}" fill="#e9f0f5"/>"##, self.height);
        svg += &format!(
            r##"<path d="{}" fill="#f7f5ef" stroke="#9aa5ad" stroke-width="1.2" stroke-linejoin="round" fill-rule="evenodd"/>"##,
            self.outlines(&LAND)
        );
        svg += &format!(
            r##"<path d="{}" fill="#e9f0f5" stroke="#b7c6d1" stroke-width="0.8" fill-rule="evenodd"/>"##,
            self.outlines(&WATER)
        );
        svg
    }

    fn outlines(&self, shapes: &[Shape]) -> String {
        let mut path = String::new();
        for shape in shapes {
            // A shape may be seen once more a whole turn away.
            for turn in [-360.0, 0.0, 360.0] {
                self.outline(shape, turn, &mut path);
            }
        }
        path
    }

    fn outline(&self, shape: &Shape, turn: f64, path: &mut String) {
        let Some(outer) = shape.rings.first() else { return };
        let (mut low, mut high) = ((f64::MAX, f64::MAX), (f64::MIN, f64::MIN));
        for place in outer {
            let (x, y) = self.shifted(*place, turn);
            low = (low.0.min(x), low.1.min(y));
            high = (high.0.max(x), high.1.max(y));
        }
        let is_away = high.0 < 0.0 || low.0 > WIDTH || high.1 < 0.0 || low.1 > self.height;
        let is_speck = high.0 - low.0 < SPECK && high.1 - low.1 < SPECK && !shape.is_whole;
        if is_away || is_speck {
            return;
        }
        for ring in &shape.rings {
            let corners = ring.iter().map(|place| self.shifted(*place, turn)).collect();
            let corners = thinned(clipped(corners, WIDTH, self.height));
            if corners.len() > 2 {
                for (i, (x, y)) in corners.iter().enumerate() {
                    let _ = write!(path, "{}{x:.1} {y:.1}", if i == 0 { 'M' } else { 'L' });
                }
                path.push('Z');
            }
        }
    }
}

/// Leaves out corners that lie upon each other.
fn thinned(corners: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    let mut kept: Vec<(f64, f64)> = vec![];
    for corner in corners {
        if kept.last().is_none_or(|last| (last.0 - corner.0).abs() + (last.1 - corner.1).abs() > CORNER) {
            kept.push(corner);
        }
    }
    kept
}

/// A ring inside of the drawing and a little beyond it (Sutherland and Hodgman), so that its edge is not seen.
fn clipped(mut ring: Vec<(f64, f64)>, width: f64, height: f64) -> Vec<(f64, f64)> {
    const BEYOND: f64 = 4.0;
    // Inside is where a*x + b*y + c >= 0.
    for (a, b, c) in
        [(1.0, 0.0, BEYOND), (-1.0, 0.0, width + BEYOND), (0.0, 1.0, BEYOND), (0.0, -1.0, height + BEYOND)]
    {
        let side = |(x, y): (f64, f64)| a * x + b * y + c;
        let mut kept = Vec::with_capacity(ring.len());
        let Some(mut before) = ring.last().copied() else { return ring };
        for corner in ring {
            let (from, to) = (side(before), side(corner));
            if (from >= 0.0) != (to >= 0.0) {
                let part = from / (from - to);
                kept.push((before.0 + (corner.0 - before.0) * part, before.1 + (corner.1 - before.1) * part));
            }
            if to >= 0.0 {
                kept.push(corner);
            }
            before = corner;
        }
        ring = kept;
    }
    ring
}

/// 1, 2 or 5 times a power of ten, at most `most`.
pub(super) fn round_number(most: f64) -> f64 {
    let power = 10_f64.powf(most.log10().floor());
    [5.0, 2.0].into_iter().map(|n| n * power).find(|n| *n <= most).unwrap_or(power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_is_cut_at_the_edge_of_the_paper() {
        let square = vec![(-100.0, -100.0), (100.0, -100.0), (100.0, 100.0), (-100.0, 100.0)];
        let cut = clipped(square, 50.0, 50.0);
        assert!(cut.iter().all(|(x, y)| (-4.0..=54.0).contains(x) && (-4.0..=54.0).contains(y)), "{cut:?}");
        assert_eq!(cut.len(), 4);
        assert!(clipped(vec![(60.0, 60.0), (70.0, 60.0), (70.0, 70.0)], 50.0, 50.0).is_empty());
    }

    #[test]
    fn a_map_over_the_date_line_has_land_on_both_sides() {
        let fiji = View::around([179.9, -17.0], 600_000.0, 0.6);
        let (x, _) = fiji.units([-179.9, -17.0]);
        assert!((500.0..540.0).contains(&x), "{x}");
        assert!(fiji.outlines(&LAND).len() > 100);
    }

    #[test]
    fn scales_are_round() {
        for (most, round) in [(137.0, 100.0), (250.0, 200.0), (999.0, 500.0), (1.0, 1.0), (0.07, 0.05)] {
            assert!((round_number(most) - round).abs() < 1e-9, "{most}");
        }
    }
}
