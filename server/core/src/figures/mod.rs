//! Figures for reviewers: from the entries of a case to its measure, and from the measures of many to what is asked. No
//! SQL, no clock. What the figures mean is said at [`sos_protocol::figures`].

mod behind;
mod compact;
mod count;
mod groups;
mod kept;
mod measure;
mod period;
mod spread;

#[cfg(test)]
mod tests;

pub use behind::{Behind, selected};
pub use compact::Counted;
pub use count::{DeskOf, Measures, count};
pub use kept::Kept;
pub use measure::{Before, CaseMeasure, Entry, matters};
pub use period::{BadQuery, Period};

use sos_protocol::DeskId;
use sos_protocol::figures::{AnswerTarget, FiguresQuery};

/// What holds for desks that have no targets of their own: NENA-STA-020.1, 90% within 15 s and 95% within 20 s.
pub const DEFAULT_TARGETS: [AnswerTarget; 2] =
    [AnswerTarget { within_s: 15, wanted_pct: 90 }, AnswerTarget { within_s: 20, wanted_pct: 95 }];

/// Seconds that a target may have.
pub const ANSWER_WITHIN_S: std::ops::RangeInclusive<u32> = 1..=3_600;

/// A question that can be answered.
#[derive(Debug, Clone)]
pub struct Question {
    query: FiguresQuery,
    period: Period,
    desk: Option<DeskId>,
}

impl Question {
    /// `query` of somebody who sees the cases of `desk`; none: of all.
    ///
    /// # Errors
    /// Which field of it makes no sense.
    pub fn of(query: FiguresQuery, desk: Option<DeskId>) -> Result<Self, BadQuery> {
        let period = Period::of(&query)?;
        let desk = query.desk.clone().or(desk);
        Ok(Self { query, period, desk })
    }

    /// The desk whose cases are counted; none: all.
    #[must_use]
    pub const fn desk(&self) -> Option<&DeskId> {
        self.desk.as_ref()
    }
}
