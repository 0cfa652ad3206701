//! A compact index over many polygons: which of them contain a point, and which have an edge near it.
//!
//! The globe is cut into cells of a quarter degree. A cell that no edge runs through is wholly inside or
//! outside of each polygon, and only the list of those it is inside of is kept (shared between cells). In any
//! other cell, each polygon concerned has the few edges that run through the cell, and its winding number at
//! the south-west corner; from there to a point, the edges crossed are counted. All of this is whole-number
//! arithmetic and exact, so that no point falls between two polygons that share a border. Winding numbers
//! rather than odd and even, because simplified polygons may overlap themselves.

mod build;
mod grid;
mod near;
mod plane;

pub(super) use near::{Coast, Reach};
pub(super) use plane::{Edge, Point, winding};

use plane::X_MAX;

/// Number of the claim that a polygon belongs to, in the order of the caller's list.
pub(super) type ClaimId = u16;

/// Polygons of one claim: for each the outer ring, then its holes, all closed.
pub(super) type Shapes = Vec<Vec<Vec<Point>>>;

/// What one claim has in one cell.
#[derive(Debug, Clone, Copy)]
struct Entry {
    claim: ClaimId,
    /// Winding number at the south-west corner of the cell.
    corner: i16,
    /// Range in [`Index::edges`]; empty where the whole cell is inside.
    edges: (u32, u32),
}

/// See the module.
pub(super) struct Index {
    /// For each cell, its place in `lists`.
    cells: Vec<u32>,
    /// Ranges in `entries`.
    lists: Vec<(u32, u32)>,
    entries: Vec<Entry>,
    edges: Vec<Edge>,
    /// Columns of the cells with edges, row after row.
    edge_cols: Vec<u16>,
    /// For each row, where it begins in `edge_cols`; one more for the end.
    edge_rows: Vec<u32>,
}

impl Index {
    /// The claims that contain `point`, in ascending order.
    pub(super) fn containing(&self, point: Point) -> impl Iterator<Item = ClaimId> + '_ {
        // On the antimeridian itself, which is one place with two longitudes, the polygons have an edge.
        let point = Point { x: point.x.clamp(2 - X_MAX, X_MAX - 2), y: point.y };
        let (col, row) = (grid::col(point.x), grid::row(point.y));
        let corner = grid::corner(col, row);
        self.entries_of(grid::cell(col, row))
            .iter()
            .filter(move |entry| {
                let edges = self.edges_of(entry);
                edges.is_empty() || i32::from(entry.corner) + turns(edges, corner, point) != 0
            })
            .map(|entry| entry.claim)
    }

    fn entries_of(&self, cell: usize) -> &[Entry] {
        let (from, to) = self.lists[self.cells[cell] as usize];
        &self.entries[from as usize..to as usize]
    }

    fn edges_of(&self, entry: &Entry) -> &[Edge] {
        &self.edges[entry.edges.0 as usize..entry.edges.1 as usize]
    }
}

/// Change of the winding number on the way from `corner` north to the latitude of `point`, then east to it.
fn turns(edges: &[Edge], corner: Point, point: Point) -> i32 {
    let bend = Point { x: corner.x, y: point.y };
    edges
        .iter()
        .map(|edge| {
            let north = if edge.straddles_x(corner.x) { edge.turn_between(corner, bend) } else { 0 };
            let east = if edge.straddles_y(point.y) { edge.turn_between(bend, point) } else { 0 };
            north + east
        })
        .sum()
}
