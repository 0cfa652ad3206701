//! Edges near a point: distances to borders and coasts.
//!
//! Distances are great-circle ones on a sphere. The nearest place on an edge is looked for on a local flat
//! map, so distances up to a few hundred kilometres are good to 1% (below 80 degrees of latitude; nearer the
//! poles, where a long edge may be measured to another place than its nearest, somewhat less).

use super::grid::{self, CELL};
use super::plane::{Edge, Point, STEPS_PER_DEGREE, X_MAX};
use super::{ClaimId, Index};

/// Mean radius of the Earth, in metres.
const EARTH_M: f64 = 6_371_008.8;
const RADIANS_PER_STEP: f64 = std::f64::consts::PI / 180.0 / STEPS_PER_DEGREE as f64;
const METRES_PER_STEP: f64 = EARTH_M * RADIANS_PER_STEP;
/// Nearer to a pole than this (72 degrees) the flat map is not used to turn edges away; elsewhere, if its square
/// of a distance is by this factor too large.
const FLAT_COS_MIN: f64 = 0.31;
const FLAT_SHARE: f64 = 0.9;
/// How far to look for the nearest coast before looking as far as asked, in metres.
const NEARER_M: [f64; 2] = [50_000.0, 150_000.0];

/// How near a claim comes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::routing) struct Coast {
    pub(in crate::routing) claim: ClaimId,
    /// To its nearest edge, in metres.
    pub(in crate::routing) distance_m: f64,
}

/// How far to look.
#[derive(Debug, Clone, Copy)]
pub(in crate::routing) struct Reach {
    /// Not further than this, in metres.
    pub(in crate::routing) max_m: f64,
    /// And not further than this beyond the nearest, in metres.
    pub(in crate::routing) beyond_nearest_m: f64,
}

/// What was found so far, and so how far it is still worth looking.
struct Found {
    reach: Reach,
    coasts: Vec<Coast>,
    limit_m: f64,
}

/// The point that distances are measured from; on the far side of the antimeridian it is seen twice.
#[derive(Clone, Copy)]
struct Vantage {
    /// In steps; beyond the globe where cells are looked at from the other side.
    x: f64,
    y: f64,
    sin: f64,
    cos: f64,
}

/// A cell worth looking into.
struct Candidate {
    /// Its least distance, as the square of the sine of half the angle.
    at_least: f64,
    cell: usize,
    from: Vantage,
}

impl Index {
    /// The claims with an edge within `reach` of `point`, nearest first, without those that `skip` names.
    pub(in crate::routing) fn coasts(
        &self,
        point: Point,
        reach: Reach,
        skip: impl Fn(ClaimId) -> bool,
    ) -> Vec<Coast> {
        let from = Vantage::at(point);
        if reach.beyond_nearest_m.is_finite() {
            // Most boats are not far from a coast.
            for max_m in NEARER_M.into_iter().filter(|&max_m| max_m < reach.max_m) {
                let found = self.coasts_within(from, Reach { max_m, ..reach }, &skip);
                if found.first().is_some_and(|c| c.distance_m + reach.beyond_nearest_m <= max_m) {
                    return found;
                }
            }
        }
        self.coasts_within(from, reach, &skip)
    }

    fn coasts_within(&self, from: Vantage, reach: Reach, skip: &impl Fn(ClaimId) -> bool) -> Vec<Coast> {
        let mut found = Found { reach, coasts: Vec::new(), limit_m: reach.max_m };
        let mut candidates = self.cells_within(from, reach.max_m);
        candidates.sort_unstable_by(|a, b| a.at_least.total_cmp(&b.at_least));
        for candidate in &candidates {
            if candidate.at_least > haversine(found.limit_m) {
                break;
            }
            for entry in self.entries_of(candidate.cell) {
                if !skip(entry.claim) {
                    found.look_at(entry.claim, self.edges_of(entry), candidate.from);
                }
            }
        }
        found.finish()
    }

    /// Cells with edges that may lie within `reach_m`.
    fn cells_within(&self, from: Vantage, reach_m: f64) -> Vec<Candidate> {
        let mut candidates = Vec::new();
        let dy = reach_m / METRES_PER_STEP;
        for row in grid::row(steps(from.y - dy))..=grid::row(steps(from.y + dy)) {
            let band = from.band(row);
            let Some(dx) = band.half_width(reach_m) else { continue };
            for seen in [from, from.shifted(1.0), from.shifted(-1.0)] {
                let (west, east) = (seen.x - dx, seen.x + dx);
                if east < -f64::from(X_MAX) || west > f64::from(X_MAX) {
                    continue;
                }
                let cols = grid::col(steps(west))..=grid::col(steps(east));
                candidates.extend(self.edge_cols_within(row, cols).map(|col| Candidate {
                    at_least: band.at_least(seen.gap_to_col(col)),
                    cell: grid::cell(col, row),
                    from: seen,
                }));
            }
        }
        candidates
    }

    fn edge_cols_within(
        &self,
        row: usize,
        cols: std::ops::RangeInclusive<usize>,
    ) -> impl Iterator<Item = usize> + '_ {
        let of_row = &self.edge_cols[self.edge_rows[row] as usize..self.edge_rows[row + 1] as usize];
        let first = of_row.partition_point(|&col| usize::from(col) < *cols.start());
        of_row[first..].iter().map(|&col| usize::from(col)).take_while(move |col| col <= cols.end())
    }
}

impl Found {
    fn look_at(&mut self, claim: ClaimId, edges: &[Edge], from: Vantage) {
        let at = self.coasts.iter().position(|c| c.claim == claim);
        let mut best_m = at.map_or(self.limit_m, |at| self.coasts[at].distance_m.min(self.limit_m));
        let mut nearer = false;
        for &edge in edges {
            if let Some(distance_m) = from.distance_m(edge, best_m) {
                (best_m, nearer) = (distance_m, true);
            }
        }
        if nearer {
            match at {
                Some(at) => self.coasts[at].distance_m = best_m,
                None => self.coasts.push(Coast { claim, distance_m: best_m }),
            }
            self.limit_m = self.limit_m.min(best_m + self.reach.beyond_nearest_m);
        }
    }

    fn finish(mut self) -> Vec<Coast> {
        self.coasts.retain(|c| c.distance_m <= self.limit_m);
        // Two that meet at the nearest point are equally near, whichever way the last digits were rounded.
        let centimetres = |coast: &Coast| (coast.distance_m * 100.0).round();
        self.coasts.sort_unstable_by(|a, b| {
            centimetres(a).total_cmp(&centimetres(b)).then_with(|| a.claim.cmp(&b.claim))
        });
        self.coasts
    }
}

/// A row of cells as seen from a point.
struct Band {
    /// Square of the sine of half the difference in latitude, at the near side of the row.
    north_south: f64,
    /// Product of the cosines of the latitudes, at the side of the row nearer the pole.
    cosines: f64,
}

impl Band {
    /// Half the width in steps of what lies within `reach_m`; `None` where nothing does.
    fn half_width(&self, reach_m: f64) -> Option<f64> {
        let room = haversine(reach_m) - self.north_south;
        if room < 0.0 {
            return None;
        }
        let sine = (room / self.cosines.max(f64::MIN_POSITIVE)).sqrt().min(1.0);
        Some(2.0 * sine.asin() / RADIANS_PER_STEP)
    }

    /// Haversine of the least distance of anything in the row that is `gap` steps of longitude away or more.
    fn at_least(&self, gap: f64) -> f64 {
        if gap == 0.0 {
            return self.north_south;
        }
        let sine = (gap * RADIANS_PER_STEP / 2.0).sin();
        self.north_south + self.cosines * sine * sine
    }
}

impl Vantage {
    fn at(point: Point) -> Self {
        let y = f64::from(point.y);
        let (sin, cos) = (y * RADIANS_PER_STEP).sin_cos();
        Self { x: f64::from(point.x), y, sin, cos }
    }

    fn shifted(self, turns: f64) -> Self {
        Self { x: self.x + turns * 2.0 * f64::from(X_MAX), ..self }
    }

    fn band(&self, row: usize) -> Band {
        let south = f64::from(grid::south_of(row));
        let north = south + f64::from(CELL);
        let gap = (south - self.y).max(self.y - north).max(0.0);
        let poleward = (south.abs().max(north.abs()) * RADIANS_PER_STEP).min(std::f64::consts::FRAC_PI_2);
        Band {
            north_south: (gap * RADIANS_PER_STEP / 2.0).sin().powi(2),
            cosines: (self.cos * poleward.cos()).max(0.0),
        }
    }

    fn gap_to_col(&self, col: usize) -> f64 {
        let west = f64::from(grid::west_of(col));
        let gap = (west - self.x).max(self.x - west - f64::from(CELL)).max(0.0);
        gap.min(f64::from(X_MAX))
    }

    /// Distance to `edge` in metres; `None` where it is `limit_m` or more.
    fn distance_m(&self, edge: Edge, limit_m: f64) -> Option<f64> {
        let (ax, ay) = (f64::from(edge.a.x) - self.x, f64::from(edge.a.y) - self.y);
        let (bx, by) = (f64::from(edge.b.x) - self.x, f64::from(edge.b.y) - self.y);
        // Cosine of the latitude half-way to the middle of the edge.
        let cos = self.cos - self.sin * (ay + by) * RADIANS_PER_STEP / 4.0;
        let (ux, uy) = ((bx - ax) * cos, by - ay);
        let along = (-(ax * cos * ux + ay * uy) / (ux * ux + uy * uy).max(1.0)).clamp(0.0, 1.0);
        let (dx, dy) = (ax + along * (bx - ax), ay + along * (by - ay));
        let limit = limit_m / METRES_PER_STEP;
        let flat = (dx * cos * dx * cos + dy * dy) * FLAT_SHARE;
        if dy * dy >= limit * limit || (self.cos > FLAT_COS_MIN && flat >= limit * limit) {
            return None;
        }
        let distance_m = self.great_circle_m(dx, dy);
        (distance_m < limit_m).then_some(distance_m)
    }

    /// Haversine distance to the place `dx` steps east and `dy` north of here.
    fn great_circle_m(&self, dx: f64, dy: f64) -> f64 {
        let other_cos = ((self.y + dy) * RADIANS_PER_STEP).cos();
        let (north, east) = ((dy * RADIANS_PER_STEP / 2.0).sin(), (dx * RADIANS_PER_STEP / 2.0).sin());
        arc_m(north * north + self.cos * other_cos * east * east)
    }
}

/// The square of the sine of half the angle that a length on the globe spans: grows with the length and needs
/// no arc sine.
fn haversine(arc_m: f64) -> f64 {
    (arc_m / (2.0 * EARTH_M)).sin().powi(2)
}

/// The length on the globe, in metres, of which [`haversine`] is known.
fn arc_m(haversine: f64) -> f64 {
    2.0 * EARTH_M * haversine.clamp(0.0, 1.0).sqrt().asin()
}

#[allow(clippy::cast_possible_truncation, reason = "a float beyond the lattice becomes its edge")]
fn steps(x: f64) -> i32 {
    x as i32
}
