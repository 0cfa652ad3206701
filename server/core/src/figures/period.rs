//! The days that are asked for, in their time zone, and the parts that they are shown in.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use sos_protocol::figures::{FiguresQuery, SpanLength};
use sos_protocol::limits::FIGURES_DAYS_MAX;

/// Up to so many days, each has a part of its own: two months.
const DAYS_SHOWN_MAX: usize = 62;
/// Up to so many days, each week has: two years. Beyond that each month.
const DAYS_BY_WEEK_MAX: usize = 732;
const DAY_MS: i64 = 86_400_000;
const HOUR_MS: i64 = 3_600_000;
/// Clocks differ from UTC by less than this, in milliseconds.
const OFFSET_MAX_MS: i64 = 2 * DAY_MS;

/// What about a question makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {why}")]
pub struct BadQuery {
    /// Which field.
    pub field: &'static str,
    /// Why, in English.
    pub why: &'static str,
}

/// Days in a time zone.
#[derive(Debug, Clone)]
pub struct Period {
    first: Date,
    /// The first day, in days since 1970-01-01.
    first_number: i64,
    days: usize,
    /// From when on, in milliseconds since 1970, clocks are by how many milliseconds ahead of UTC.
    offsets: Vec<(i64, i64)>,
    length: SpanLength,
    /// The first day of each part.
    spans: Vec<Date>,
    /// The part of each day.
    span_of: Vec<usize>,
}

impl Period {
    /// The days of `query`.
    ///
    /// # Errors
    /// Which field makes no sense.
    pub fn of(query: &FiguresQuery) -> Result<Self, BadQuery> {
        let first = day(&query.from, "from")?;
        let last = day(&query.to, "to")?;
        let zone = zone(&query.zone)?;
        let after = last.duration_since(first).as_hours() / 24;
        let after =
            usize::try_from(after).map_err(|_| BadQuery { field: "to", why: "before the first day" })?;
        if after > FIGURES_DAYS_MAX as usize {
            return Err(BadQuery { field: "to", why: "too long after the first day" });
        }
        let days = after + 1;
        let first_number = first.duration_since(Date::constant(1970, 1, 1)).as_hours() / 24;
        let length = if days <= DAYS_SHOWN_MAX {
            SpanLength::Day
        } else if days <= DAYS_BY_WEEK_MAX {
            SpanLength::Week
        } else {
            SpanLength::Month
        };
        let (spans, span_of) = spans(first, days, length);
        let offsets = offsets(&zone, first_number, days)
            .ok_or(BadQuery { field: "from", why: "outside of what is counted" })?;
        Ok(Self { first, first_number, days, offsets, length, spans, span_of })
    }

    /// The day, counted from the first one, and the hour that clocks show at `at_ms`; none: on no day of these.
    pub(super) fn day_and_hour(&self, at_ms: i64) -> Option<(usize, usize)> {
        let after = self.offsets.partition_point(|(from, _)| *from <= at_ms);
        let (_, ahead) = self.offsets.get(after.checked_sub(1)?)?;
        let local = at_ms.checked_add(*ahead)?;
        let day = usize::try_from(local.div_euclid(DAY_MS) - self.first_number).ok()?;
        let hour = usize::try_from(local.rem_euclid(DAY_MS) / HOUR_MS).ok()?;
        (day < self.days).then_some((day, hour))
    }

    /// Which day of the week a day is, Monday being 0.
    pub(super) fn weekday(&self, day: usize) -> usize {
        let first = usize::try_from(self.first.weekday().to_monday_zero_offset()).unwrap_or(0);
        (first + day) % 7
    }

    pub(super) const fn length(&self) -> SpanLength {
        self.length
    }

    pub(super) fn spans(&self) -> &[Date] {
        &self.spans
    }

    pub(super) fn span_of(&self, day: usize) -> usize {
        self.span_of.get(day).copied().unwrap_or(0)
    }
}

/// A day as `2026-01-31` and in no other way.
fn day(text: &str, field: &'static str) -> Result<Date, BadQuery> {
    let date: Option<Date> = text.parse().ok();
    date.filter(|date| date.to_string() == text).ok_or(BadQuery { field, why: "not a day like 2026-01-31" })
}

fn zone(name: &str) -> Result<TimeZone, BadQuery> {
    let zone = TimeZone::get(name).ok().filter(|zone| !zone.is_unknown());
    zone.ok_or(BadQuery { field: "zone", why: "not a time zone like Asia/Ho_Chi_Minh" })
}

fn spans(first: Date, days: usize, length: SpanLength) -> (Vec<Date>, Vec<usize>) {
    let (mut spans, mut span_of) = (vec![], Vec::with_capacity(days));
    for date in first.series(jiff::Span::new().days(1)).take(days) {
        let begins = match length {
            SpanLength::Day => true,
            SpanLength::Week => date.weekday() == Weekday::Monday,
            SpanLength::Month => date.day() == 1,
        };
        if begins || spans.is_empty() {
            spans.push(date);
        }
        span_of.push(spans.len() - 1);
    }
    (spans, span_of)
}

/// How far clocks are ahead of UTC during the days, and for a while before and after.
fn offsets(zone: &TimeZone, first: i64, days: usize) -> Option<Vec<(i64, i64)>> {
    let days = i64::try_from(days).ok()?;
    let begin = Timestamp::from_millisecond(first.checked_mul(DAY_MS)? - OFFSET_MAX_MS).ok()?;
    let end = begin.checked_add(SignedDuration::from_millis(days * DAY_MS + 2 * OFFSET_MAX_MS)).ok()?;
    let ahead = |offset: jiff::tz::Offset| i64::from(offset.seconds()) * 1000;
    let changes = zone.following(begin).take_while(|change| change.timestamp() < end);
    let changes = changes.map(|change| (change.timestamp().as_millisecond(), ahead(change.offset())));
    Some(std::iter::once((begin.as_millisecond(), ahead(zone.to_offset(begin)))).chain(changes).collect())
}
