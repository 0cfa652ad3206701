//! The local time of a desk: which moment a clock time on a day is, by the time zone database that is built in.

use jiff::civil::{Date, Time, date};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use sos_protocol::UnixMs;

const EPOCH: Date = date(1970, 1, 1);

/// A time zone.
pub(super) struct Local(TimeZone);

impl Local {
    /// The zone with this IANA name; none where there is none.
    pub(super) fn named(name: &str) -> Option<Self> {
        TimeZone::get(name).ok().filter(|zone| !zone.is_unknown()).map(Self)
    }

    /// The local day that `at` falls on, in days since 1970-01-01; none outside the years -9999 to 9999.
    pub(super) fn day_of(&self, at: UnixMs) -> Option<i64> {
        let at = Timestamp::from_millisecond(at.0).ok()?;
        Some(day_number(self.0.to_datetime(at).date()))
    }

    /// When clocks show `time` on `day`. A time that comes twice is taken the first time; one that is left out, because
    /// clocks go forward over it, is the moment at which they do. So a later local time is never an earlier moment, and
    /// shifts that meet on the clock meet in truth.
    pub(super) fn moment(&self, day: i64, time: Time) -> Option<UnixMs> {
        let hours = day.checked_mul(24)?;
        let date = EPOCH.checked_add(SignedDuration::try_from_hours(hours)?).ok()?;
        let ambiguous = self.0.to_ambiguous_timestamp(date.to_datetime(time));
        let is_left_out = matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. });
        let at = ambiguous.earlier().ok()?;
        let jump = is_left_out.then(|| self.0.following(at).next()).flatten();
        Some(UnixMs(jump.map_or(at, |jump| jump.timestamp()).as_millisecond()))
    }
}

/// Whether there is a time zone with this IANA name.
#[must_use]
pub fn is_time_zone(name: &str) -> bool {
    Local::named(name).is_some()
}

/// The local day of the zone `name` at `at`; none where there is no such zone, or no such day.
#[must_use]
pub fn local_day(name: &str, at: UnixMs) -> Option<Date> {
    let at = Timestamp::from_millisecond(at.0).ok()?;
    Local::named(name).map(|zone| zone.0.to_datetime(at).date())
}

/// Days since 1970-01-01.
pub(super) fn day_number(date: Date) -> i64 {
    date.duration_since(EPOCH).as_hours() / 24
}

/// Which day of the week a day is, Monday being 0.
pub(super) fn weekday_number(day: i64) -> i64 {
    // 1970-01-01 was a Thursday.
    (day + 3).rem_euclid(7)
}
