//! Points and edges on a whole-number lattice, where every question has an exact answer.

/// Lattice steps in a degree. Coordinates are whole micro-degrees (11 cm) times two: even numbers, so that the
/// odd lines of the grid never run through a corner.
pub(super) const STEPS_PER_DEGREE: i32 = 2_000_000;
/// Longitude of the antimeridian, in steps.
pub(super) const X_MAX: i32 = 180 * STEPS_PER_DEGREE;
/// Latitude of the pole, in steps.
pub(super) const Y_MAX: i32 = 90 * STEPS_PER_DEGREE;

/// A place on the lattice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::routing) struct Point {
    /// Longitude.
    pub(in crate::routing) x: i32,
    /// Latitude.
    pub(in crate::routing) y: i32,
}

impl Point {
    /// The lattice point next to a position in degrees; what lies off the globe is moved to its edge.
    pub(in crate::routing) fn from_degrees(lat: f64, lon: f64) -> Self {
        Self { x: steps(lon, X_MAX), y: steps(lat, Y_MAX) }
    }
}

#[allow(clippy::cast_possible_truncation, reason = "clamped to the lattice; a NaN becomes 0")]
fn steps(degrees: f64, max: i32) -> i32 {
    ((degrees * 1e6).round().clamp(-1e9, 1e9) as i32).saturating_mul(2).clamp(-max, max)
}

/// From one corner of a ring to the next; the inside of an outer ring is on its left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::routing) struct Edge {
    pub(in crate::routing) a: Point,
    pub(in crate::routing) b: Point,
}

impl Edge {
    /// The edges along a line of points, without those of no length.
    pub(in crate::routing) fn along(points: &[Point]) -> impl Iterator<Item = Self> + '_ {
        points.windows(2).filter(|w| w[0] != w[1]).map(|w| Self { a: w[0], b: w[1] })
    }

    /// Whether the latitude `y` runs between the two ends; one that runs through an end counts as just above it.
    pub(super) const fn straddles_y(self, y: i32) -> bool {
        (self.a.y <= y) != (self.b.y <= y)
    }

    /// The same for the meridian `x`, just west of an end that it runs through.
    pub(super) const fn straddles_x(self, x: i32) -> bool {
        (self.a.x < x) != (self.b.x < x)
    }

    /// Whether `q` is on the left of the line through this edge. A point on the line counts as moved a little
    /// to the west, and by far less to the north: then it is on one side, and all edges agree where it went.
    pub(super) fn has_on_left(self, q: Point) -> bool {
        let (dx, dy) = (span(self.a.x, self.b.x), span(self.a.y, self.b.y));
        let turn = dx * span(self.a.y, q.y) - dy * span(self.a.x, q.x);
        if turn == 0 { dy > 0 || (dy == 0 && dx > 0) } else { turn > 0 }
    }

    /// Change of the winding number on the way from `from` to `to`, given that the way, where it crosses the
    /// line through this edge, crosses the edge itself.
    pub(super) fn turn_between(self, from: Point, to: Point) -> i32 {
        i32::from(self.has_on_left(to)) - i32::from(self.has_on_left(from))
    }
}

/// Differences are below 2^30 and their products below 2^60.
fn span(from: i32, to: i32) -> i64 {
    i64::from(to) - i64::from(from)
}

/// How often closed rings run around `point` (counter-clockwise counts up); for short lists of edges.
pub(in crate::routing) fn winding(edges: &[Edge], point: Point) -> i32 {
    edges
        .iter()
        .filter(|edge| edge.straddles_y(point.y))
        .map(|edge| match (edge.b.y > edge.a.y, edge.has_on_left(point)) {
            // Crossed by the ray that runs west from the point.
            (true, false) => -1,
            (false, true) => 1,
            _ => 0,
        })
        .sum()
}
