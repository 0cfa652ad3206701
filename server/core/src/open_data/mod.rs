//! Open statistics: what of a month's figures may be said to everybody. No SQL, no clock.
//!
//! A month is published as one number of all its cases, a partition of them by country in which every part is of [`FEWEST`] cases
//! or more ([`part`]), and one by kind if every kind is ([`all_or_none`]); no number of cases of any other group is. Why nobody can compute a group of 1
//! to 4 from that, also not with this source at hand, is in `ops/docs/open-data.md`.

mod month;
mod parting;
mod share;

#[cfg(test)]
mod tests;

pub use month::{Day, DueMonth, changes_too_little, open_rows};
pub use parting::{Parted, all_or_none, part};
pub use share::share;

/// Fewest cases of a group that is shown.
pub const FEWEST: u32 = 5;
