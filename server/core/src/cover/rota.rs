//! An on-call rota, as an administrator keeps it.

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};
use sos_protocol::{DeskId, StaffId, UnixMs};

use super::RotaId;

/// Who is on call for a desk, and when. [`super::check`] says what is wrong with one; one that is wrong is followed as
/// far as it can be, with nobody on call for the rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rota {
    /// Identity.
    pub id: RotaId,
    /// The desk.
    pub desk: DeskId,
    /// What people call it.
    pub name: String,
    /// IANA name of the zone whose clocks it goes by, e.g. `Asia/Taipei`. A local time that comes twice, when clocks go
    /// back, is taken the first time; one that is left out is the moment at which clocks go forward.
    pub time_zone: String,
    /// On call together: with a layer for the first and one for the second, both are; the first layer's come first.
    pub layers: Vec<Layer>,
    /// Exceptions. Where several hold at a time, each is applied to what those before it leave.
    #[serde(default)]
    pub overrides: Vec<Override>,
}

/// One arrangement of a rota, from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layer {
    /// The first local day: of the first turn, or of the first weekly shift that may begin.
    pub valid_from: Date,
    /// The local day on which another arrangement takes over: turns end at their handover on it, and no weekly shift
    /// begins on it or later. None: it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
    /// How it goes.
    pub turns: Turns,
}

/// How a layer goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Turns {
    /// Officers in turn, one at a time. The first one begins at the handover on `valid_from`.
    InTurn {
        /// In this order, and then again.
        staff: Vec<StaffId>,
        /// How long a turn is.
        every: Every,
        /// Local time of the handover.
        handover: Time,
    },
    /// The same shifts every week.
    Weekly {
        /// In any order; they may overlap.
        shifts: Vec<WeeklyShift>,
    },
}

/// How long a turn is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Every {
    /// So many days.
    Days(u16),
    /// So many weeks.
    Weeks(u16),
}

impl Every {
    /// In days, at least one.
    #[must_use]
    pub fn days(self) -> i64 {
        match self {
            Self::Days(days) => i64::from(days.max(1)),
            Self::Weeks(weeks) => 7 * i64::from(weeks.max(1)),
        }
    }
}

/// A shift of every week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeeklyShift {
    /// The local day on which it begins.
    pub day: Weekday,
    /// Local time.
    pub from: Time,
    /// Local time; on the next day, unless it is later than `from`.
    pub to: Time,
    /// Who is on call, first to last.
    pub staff: Vec<StaffId>,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the days of the week")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Weekday {
    /// All of them, in order.
    pub const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];
}

/// An exception for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// From …
    pub from: UnixMs,
    /// … until just before.
    pub to: UnixMs,
    /// What is different.
    pub change: Change,
}

/// What an override changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// One officer stands in for another, whenever that one would be on call.
    Instead {
        /// Who is away.
        of: StaffId,
        /// Who stands in.
        by: StaffId,
    },
    /// One more officer is on call.
    Also {
        /// Who.
        staff: StaffId,
    },
    /// Nobody is on call.
    Nobody,
}
