//! The grid of cells that lies over the lattice.

use super::plane::{Edge, Point, X_MAX, Y_MAX};

/// Side of a cell in lattice steps: a quarter of a degree, 28 km from south to north.
pub(super) const CELL: i32 = 500_000;
/// The grid lines are odd (see [`super::plane`]): the first lies one step outside the globe.
const WEST: i32 = -X_MAX - 1;
const SOUTH: i32 = -Y_MAX - 1;
/// One more than the globe has quarter degrees, for the last meridian itself.
pub(super) const COLS: usize = 1441;
/// The same for the pole.
pub(super) const ROWS: usize = 721;

pub(super) fn col(x: i32) -> usize {
    usize::try_from((x.clamp(-X_MAX, X_MAX) - WEST) / CELL).unwrap_or(0)
}

pub(super) fn row(y: i32) -> usize {
    usize::try_from((y.clamp(-Y_MAX, Y_MAX) - SOUTH) / CELL).unwrap_or(0)
}

pub(super) fn cell(col: usize, row: usize) -> usize {
    row * COLS + col
}

/// West edge of a column.
#[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "a column is below 1,441")]
pub(super) fn west_of(col: usize) -> i32 {
    WEST + col as i32 * CELL
}

/// South edge of a row.
#[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "a row is below 721")]
pub(super) fn south_of(row: usize) -> i32 {
    SOUTH + row as i32 * CELL
}

/// The south-west corner of a cell, from which winding numbers inside it are counted.
pub(super) fn corner(col: usize, row: usize) -> Point {
    Point { x: west_of(col), y: south_of(row) }
}

/// Calls `visit` with every cell that `edge` runs through; now and then with a neighbour that it only nears.
pub(super) fn cells_along(edge: Edge, mut visit: impl FnMut(usize)) {
    let cell_of = |point: Point| cell(col(point.x), row(point.y));
    if cell_of(edge.a) == cell_of(edge.b) {
        return visit(cell_of(edge.a));
    }
    let (west, east) = (edge.a.x.min(edge.b.x), edge.a.x.max(edge.b.x));
    for row in row(edge.a.y.min(edge.b.y))..=row(edge.a.y.max(edge.b.y)) {
        let south = f64::from(south_of(row));
        let (x0, x1) = (x_at(edge, south), x_at(edge, south + f64::from(CELL)));
        // The divisions may be off by a step.
        let (from, to) = ((x0.min(x1) - 2).max(west), (x0.max(x1) + 2).min(east));
        (col(from)..=col(to)).for_each(|col| visit(cell(col, row)));
    }
}

/// Longitude at which the edge reaches a latitude; at its end, if it does not reach that far.
#[allow(clippy::cast_possible_truncation, reason = "between the ends of the edge")]
fn x_at(edge: Edge, y: f64) -> i32 {
    let (ay, by) = (f64::from(edge.a.y), f64::from(edge.b.y));
    let along = ((y - ay) / (by - ay)).clamp(0.0, 1.0);
    (f64::from(edge.a.x) + along * (f64::from(edge.b.x) - f64::from(edge.a.x))) as i32
}
