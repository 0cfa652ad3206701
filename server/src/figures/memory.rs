//! The measures as a node keeps them.

use sos_core::figures::{Counted, DEFAULT_TARGETS, DeskOf, Kept};
use sos_protocol::{DeskId, Seq};

use super::{CASES_MAX, FiguresError};
use crate::store::Store;
use crate::store::measures::Page;

/// Measures read at a time: a megabyte or two of rows.
const PAGE: usize = 5_000;

/// All measures, as of some place in the ledger.
#[derive(Default)]
pub(super) struct Memory {
    /// None were read yet in any other era.
    era: Option<i32>,
    /// The last change that was read.
    changed: Seq,
    up_to: Seq,
    cases: Kept,
    /// At the places by which the cases name them.
    desks: Vec<DeskId>,
}

impl Memory {
    pub(super) const fn cases(&self) -> &Kept {
        &self.cases
    }

    /// 0 before anything was read.
    pub(super) fn era(&self) -> i32 {
        self.era.unwrap_or(0)
    }

    pub(super) const fn up_to(&self) -> Seq {
        self.up_to
    }

    /// Reads what changed. Whoever breaks off in the middle leaves what was read, and the next one goes on from there.
    pub(super) async fn read_on(&mut self, store: &Store) -> Result<(), FiguresError> {
        loop {
            let page = store.measures_after(self.era.unwrap_or(-1), self.changed, PAGE).await?;
            let (read, up_to) = (page.changed.len(), page.up_to);
            self.take(page)?;
            if read < PAGE {
                self.up_to = up_to;
                return Ok(());
            }
        }
    }

    fn take(&mut self, page: Page) -> Result<(), FiguresError> {
        if self.era != Some(page.era) {
            *self = Self { era: Some(page.era), ..Self::default() };
        }
        if usize::try_from(page.cases).is_ok_and(|cases| cases > CASES_MAX) {
            return Err(FiguresError::TooMany);
        }
        for placed in page.changed {
            let desk = self.place_of(&placed.measure.desk_id);
            let place = usize::try_from(placed.place).ok().filter(|place| *place < CASES_MAX);
            if let Some(place) = place {
                self.cases.put(place, Counted::of(&placed.measure, desk));
            }
            self.changed = placed.changed;
        }
        Ok(())
    }

    fn place_of(&mut self, desk: &DeskId) -> u16 {
        let place = self.desks.iter().position(|known| known == desk).unwrap_or_else(|| {
            self.desks.push(desk.clone());
            self.desks.len() - 1
        });
        u16::try_from(place).unwrap_or(u16::MAX)
    }

    /// The desks of the cases at their places, then the other known ones.
    pub(super) fn with_names(&self, mut known: Vec<DeskOf>) -> Vec<DeskOf> {
        let mut named: Vec<DeskOf> = Vec::with_capacity(known.len());
        for desk in &self.desks {
            let place = known.iter().position(|of| of.desk_id == *desk);
            named.push(place.map_or_else(|| nameless(desk), |place| known.swap_remove(place)));
        }
        named.extend(known);
        named
    }
}

/// A desk that is there no more.
fn nameless(desk: &DeskId) -> DeskOf {
    DeskOf { desk_id: desk.clone(), name: desk.to_string(), targets: DEFAULT_TARGETS.to_vec() }
}
