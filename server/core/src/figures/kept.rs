//! The measures of all cases in memory.

use super::Counted;

/// Cases that are kept in one piece: more come without those that are there being moved.
const PIECE: usize = 8_192;

/// Measures at their places, from 0.
#[derive(Debug, Default)]
pub struct Kept(Vec<Box<[Counted]>>);

impl Kept {
    /// Keeps `case` at `place`. Places before it that nobody has kept anything at are blank.
    pub fn put(&mut self, place: usize, case: Counted) {
        while self.0.len() <= place / PIECE {
            self.0.push(vec![Counted::BLANK; PIECE].into_boxed_slice());
        }
        if let Some(kept) = self.0.get_mut(place / PIECE).and_then(|piece| piece.get_mut(place % PIECE)) {
            *kept = case;
        }
    }

    pub(super) fn get(&self, place: usize) -> Option<&Counted> {
        self.0.get(place / PIECE)?.get(place % PIECE)
    }

    /// In the order of their places, blank ones among them.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Counted> {
        self.0.iter().flatten()
    }
}

impl FromIterator<Counted> for Kept {
    fn from_iter<I: IntoIterator<Item = Counted>>(cases: I) -> Self {
        let mut kept = Self::default();
        cases.into_iter().enumerate().for_each(|(place, case)| kept.put(place, case));
        kept
    }
}
