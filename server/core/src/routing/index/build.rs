//! Builds the index, once, at start-up.

use std::collections::HashMap;

use super::grid::{self, CELL, COLS, ROWS};
use super::plane::{Edge, Point};
use super::{ClaimId, Entry, Index, Shapes};

/// A claim reaching into a cell: its winding number at the cell's south-west corner.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Corner {
    col: usize,
    claim: ClaimId,
    winding: i32,
}

/// An edge crossing the south line of a row, between the corners of `col - 1` and `col`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Crossing {
    claim: ClaimId,
    col: usize,
    turn: i32,
}

impl Index {
    /// Indexes the polygons of each claim; the place in `claims` is its [`ClaimId`].
    #[must_use]
    pub(in crate::routing) fn build(claims: &[Shapes]) -> Self {
        let owned = owned_edges(claims);
        let by_cell = ByCell::sort(&owned);
        let mut index = Self {
            cells: Vec::with_capacity(COLS * ROWS),
            lists: Vec::new(),
            entries: Vec::new(),
            edges: Vec::new(),
            edge_cols: Vec::new(),
            edge_rows: vec![0],
        };
        let mut shared = SharedLists::default();
        for (row, crossings) in crossings_by_row(&owned).into_iter().enumerate() {
            let corners = corners_of_row(crossings);
            let mut rest = corners.as_slice();
            for col in 0..COLS {
                let (here, later) = rest.split_at(rest.iter().take_while(|c| c.col == col).count());
                rest = later;
                index.push_cell(col, here, by_cell.range(grid::cell(col, row)), &by_cell, &mut shared);
            }
            index.edge_rows.push(small(index.edge_cols.len()));
        }
        index.edges = by_cell.edges;
        index
    }

    fn push_cell(
        &mut self,
        col: usize,
        corners: &[Corner],
        (from, to): (u32, u32),
        by_cell: &ByCell,
        shared: &mut SharedLists,
    ) {
        if from == to {
            let list = shared.find(corners.iter().map(|c| c.claim), |inside| {
                let entries = inside.iter().map(|&claim| Entry { claim, corner: 1, edges: (0, 0) });
                push_list(&mut self.lists, &mut self.entries, entries)
            });
            self.cells.push(list);
            return;
        }
        let mut entries: Vec<Entry> = by_cell.runs(from, to);
        for corner in corners {
            let winding = i16::try_from(corner.winding).unwrap_or(i16::MAX);
            match entries.binary_search_by_key(&corner.claim, |e| e.claim) {
                Ok(at) => entries[at].corner = winding,
                Err(at) => {
                    entries.insert(at, Entry { claim: corner.claim, corner: winding, edges: (0, 0) });
                }
            }
        }
        self.cells.push(push_list(&mut self.lists, &mut self.entries, entries));
        self.edge_cols.push(u16::try_from(col).unwrap_or(u16::MAX));
    }
}

/// The lists of cells without edges, which are few and much repeated.
#[derive(Default)]
struct SharedLists {
    known: HashMap<Vec<ClaimId>, u32>,
    /// The neighbour's, which is mostly the same.
    last: Option<(Vec<ClaimId>, u32)>,
}

impl SharedLists {
    fn find(
        &mut self,
        inside: impl Iterator<Item = ClaimId> + Clone,
        make: impl FnOnce(&[ClaimId]) -> u32,
    ) -> u32 {
        if let Some((claims, list)) = &self.last
            && claims.iter().copied().eq(inside.clone())
        {
            return *list;
        }
        let inside: Vec<ClaimId> = inside.collect();
        let list = *self.known.entry(inside.clone()).or_insert_with_key(|inside| make(inside));
        self.last = Some((inside, list));
        list
    }
}

/// The edges of every cell, cell after cell, each cell's by claim.
struct ByCell {
    /// Where a cell begins; one more for the end.
    starts: Vec<u32>,
    edges: Vec<Edge>,
    claims: Vec<ClaimId>,
}

impl ByCell {
    /// A counting sort: `owned` is in the order of claims and stays so within a cell.
    fn sort(owned: &[(ClaimId, Edge)]) -> Self {
        let mut starts = vec![0_u32; COLS * ROWS + 1];
        for &(_, edge) in owned {
            grid::cells_along(edge, |cell| starts[cell + 1] += 1);
        }
        for cell in 0..COLS * ROWS {
            starts[cell + 1] += starts[cell];
        }
        let total = starts[COLS * ROWS] as usize;
        let nowhere = Point { x: 0, y: 0 };
        let mut edges = vec![Edge { a: nowhere, b: nowhere }; total];
        let mut claims = vec![0; total];
        let mut next = starts.clone();
        for &(claim, edge) in owned {
            grid::cells_along(edge, |cell| {
                let at = next[cell] as usize;
                (edges[at], claims[at]) = (edge, claim);
                next[cell] += 1;
            });
        }
        Self { starts, edges, claims }
    }

    fn range(&self, cell: usize) -> (u32, u32) {
        (self.starts[cell], self.starts[cell + 1])
    }

    /// One entry for each claim with edges in the range, as if its winding number were 0.
    fn runs(&self, from: u32, to: u32) -> Vec<Entry> {
        let mut start = from;
        self.claims[from as usize..to as usize]
            .chunk_by(PartialEq::eq)
            .map(|run| {
                let edges = (start, start + small(run.len()));
                start = edges.1;
                Entry { claim: run[0], corner: 0, edges }
            })
            .collect()
    }
}

/// All edges, claim after claim, outer rings turned counter-clockwise and holes clockwise.
fn owned_edges(claims: &[Shapes]) -> Vec<(ClaimId, Edge)> {
    let rings = claims.iter().flatten().flatten();
    let mut owned = Vec::with_capacity(rings.map(Vec::len).sum());
    for (claim, shapes) in (0..).zip(claims) {
        for rings in shapes {
            for (ring, points) in rings.iter().enumerate() {
                let turn_round = (doubled_area(points) > 0) != (ring == 0);
                let turned = |e: Edge| if turn_round { Edge { a: e.b, b: e.a } } else { e };
                owned.extend(Edge::along(points).map(|edge| (claim, turned(edge))));
            }
        }
    }
    owned
}

/// Positive where the ring runs counter-clockwise; in square steps.
fn doubled_area(ring: &[Point]) -> i128 {
    Edge::along(ring)
        .map(|e| i128::from(e.a.x) * i128::from(e.b.y) - i128::from(e.b.x) * i128::from(e.a.y))
        .sum()
}

fn crossings_by_row(owned: &[(ClaimId, Edge)]) -> Vec<Vec<Crossing>> {
    let mut rows = vec![Vec::new(); ROWS];
    for &(claim, edge) in owned {
        let (south, north) = (grid::row(edge.a.y.min(edge.b.y)), grid::row(edge.a.y.max(edge.b.y)));
        for (row, crossings) in (south..).zip(&mut rows[south..=north]) {
            let y = grid::south_of(row);
            if edge.straddles_y(y) {
                // East of an edge that runs down is the inside.
                let turn = if edge.b.y < edge.a.y { 1 } else { -1 };
                crossings.push(Crossing { claim, col: first_col_east_of(edge, y), turn });
            }
        }
    }
    rows
}

/// The first column whose west line is east of the place where `edge` crosses the latitude `y`.
fn first_col_east_of(edge: Edge, y: i32) -> usize {
    let [ax, ay, bx, by, y] = [edge.a.x, edge.a.y, edge.b.x, edge.b.y, y].map(i64::from);
    let (run, rise) = if by > ay { (bx - ax, by - ay) } else { (ax - bx, ay - by) };
    let x = ax + ((y - ay) * run).div_euclid(rise);
    let steps = x - i64::from(grid::west_of(0));
    usize::try_from(steps.div_euclid(i64::from(CELL)) + 1).unwrap_or(0)
}

/// Winding numbers other than 0 at the corners of a row, by column and claim.
fn corners_of_row(mut crossings: Vec<Crossing>) -> Vec<Corner> {
    crossings.sort_unstable();
    let mut corners = Vec::new();
    for run in crossings.chunk_by(|a, b| a.claim == b.claim) {
        let mut winding = 0;
        for pair in run.windows(2) {
            winding += pair[0].turn;
            if winding != 0 {
                corners.extend((pair[0].col..pair[1].col).map(|col| Corner {
                    col,
                    claim: pair[0].claim,
                    winding,
                }));
            }
        }
    }
    corners.sort_unstable();
    corners
}

fn push_list(
    lists: &mut Vec<(u32, u32)>,
    entries: &mut Vec<Entry>,
    new: impl IntoIterator<Item = Entry>,
) -> u32 {
    let from = small(entries.len());
    entries.extend(new);
    lists.push((from, small(entries.len())));
    small(lists.len() - 1)
}

/// Counts here stay far below 2^32: the file that they come from is bounded.
fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
