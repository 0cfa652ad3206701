//! A month: when it may be published, and what of its figures.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use sos_protocol::figures::{Figures, Took};
use sos_protocol::open_data::{OpenBy, OpenRow};
use sos_protocol::{EmergencyKind, UnixMs};

use super::{FEWEST, all_or_none, part, share};

/// A day of the calendar.
pub type Day = Date;

/// A month is published so many days after its end: what is closed late is in it, and it is never changed.
const DAYS_AFTER: i64 = 7;

/// The month that is published next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueMonth {
    /// Its first day.
    pub first: Date,
    /// Its last day.
    pub last: Date,
    /// When it may be published.
    pub due: UnixMs,
}

impl DueMonth {
    /// The month that `day` is in. None: outside of the calendar.
    #[must_use]
    pub fn of(day: Date, zone: &TimeZone) -> Option<Self> {
        let (first, last) = (day.first_of_month(), day.last_of_month());
        let begins = last.checked_add(Span::new().days(1 + DAYS_AFTER)).ok()?.to_zoned(zone.clone()).ok()?;
        Some(Self { first, last, due: UnixMs(begins.timestamp().as_millisecond()) })
    }

    /// The one behind it.
    #[must_use]
    pub fn next(&self, zone: &TimeZone) -> Option<Self> {
        Self::of(self.last.checked_add(Span::new().days(1)).ok()?, zone)
    }

    /// The first one of a service whose first case was at `at`: January of that year. That of the case itself would say that
    /// there was one in it.
    #[must_use]
    pub fn first_of(at: UnixMs, zone: &TimeZone) -> Option<Self> {
        let day = zone.to_datetime(Timestamp::from_millisecond(at.0).ok()?).date();
        Self::of(day.first_of_year(), zone)
    }

    /// `2026-01`
    #[must_use]
    pub fn name(&self) -> String {
        self.first.strftime("%Y-%m").to_string()
    }
}

/// What may be said of a month with these figures.
#[must_use]
pub fn open_rows(figures: &Figures) -> Vec<OpenRow> {
    let countries: Vec<_> = figures.by_country.iter().map(|of| (of.country, of.cases)).collect();
    let kinds: Vec<_> = figures.by_kind.iter().map(|of| (kind(of.kind), of.cases)).collect();
    // There are 250 countries, and five kinds with the one that was not said.
    let Some(by_country) = part(countries, FEWEST) else { return vec![row(OpenBy::All, "all", None)] };
    let by_kind = all_or_none(kinds, FEWEST).unwrap_or_default();
    let range = share(figures.on_time);
    let mut rows = vec![OpenRow {
        claim_median_s: median(&figures.times.claim, 1_000),
        close_median_min: median(&figures.times.close, 60_000),
        on_time_from_pct: range.map(|(from, _)| from),
        on_time_to_pct: range.map(|(_, to)| to),
        ..row(OpenBy::All, "all", Some(by_country.total))
    }];
    for (country, cases) in by_country.groups {
        let name = country.map_or_else(|| "unknown".to_owned(), |iso| iso.to_string());
        rows.push(row(OpenBy::Country, &name, Some(cases)));
    }
    if by_country.rest > 0 {
        rows.push(row(OpenBy::Country, "rest", Some(by_country.rest)));
    }
    rows.extend(by_kind.into_iter().map(|(kind, cases)| row(OpenBy::Kind, kind, Some(cases))));
    rows
}

/// Whether the difference between two versions of a month would tell of a small group: their rows are not of the same groups, or
/// one differs by fewer than [`FEWEST`] cases.
#[must_use]
pub fn changes_too_little(before: &[OpenRow], after: &[OpenRow]) -> bool {
    let same = |a: &&OpenRow, b: &OpenRow| a.by == b.by && a.group == b.group;
    let pair = |a: &OpenRow| after.iter().find(|b| same(b, a)).map(|b| (a.cases, b.cases));
    before.len() != after.len()
        || before.iter().map(pair).any(|pair| match pair {
            Some((Some(before), Some(after))) => (1..FEWEST).contains(&before.abs_diff(after)),
            Some((None, None)) => false,
            _ => true,
        })
}

const fn kind(kind: Option<EmergencyKind>) -> &'static str {
    match kind {
        Some(EmergencyKind::Injured) => "injured",
        Some(EmergencyKind::Attacked) => "attacked",
        Some(EmergencyKind::Held) => "held",
        Some(EmergencyKind::Other) => "other",
        None => "unknown",
    }
}

fn row(by: OpenBy, group: &str, cases: Option<u32>) -> OpenRow {
    OpenRow {
        by,
        group: group.to_owned(),
        cases,
        claim_median_s: None,
        close_median_min: None,
        on_time_from_pct: None,
        on_time_to_pct: None,
    }
}

/// Rounded to whole `unit_ms`; none over fewer than [`FEWEST`] cases.
fn median(took: &Took, unit_ms: i64) -> Option<u32> {
    let ms = took.p50_ms.filter(|_| took.over >= FEWEST)?;
    u32::try_from((ms + unit_ms / 2) / unit_ms).ok()
}
