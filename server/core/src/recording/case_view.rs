//! A case as consoles see it.

use serde::Deserialize;
use sos_protocol::case::{Closing, Offer, Owner};
use sos_protocol::{CaseSummary, UnixMs};

use super::CaseRecord;

/// A case with the names that go with it: a row of `case_views`.
#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs, reason = "the columns, as the migration describes them")]
pub struct CaseView {
    #[serde(flatten)]
    pub record: CaseRecord,
    pub worker_name: Option<String>,
    pub owner_name: Option<String>,
    pub assigned_name: Option<String>,
    pub employer: Option<String>,
    pub address: Option<String>,
    pub closed_by_name: Option<String>,
    pub last_by_name: Option<String>,
    pub desk_name: String,
}

impl CaseView {
    /// As consoles see it.
    #[must_use]
    pub fn summary(self) -> CaseSummary {
        let ringing = self.record.case().ringing();
        let record = self.record;
        let owner = record.owner_id.map(|staff_id| Owner {
            staff_id,
            name: self.owner_name.unwrap_or_default(),
            since_ms: record.owner_since_ms.unwrap_or(record.last_at_ms),
        });
        let assigned = record.assigned_id.zip(record.assigned_ms).map(|(staff_id, since_ms)| Owner {
            staff_id,
            name: self.assigned_name.unwrap_or_default(),
            since_ms,
        });
        let offer = record.offered_to.zip(record.offered_ms).map(|(to, at_ms)| Offer { to, at_ms });
        let latest_fix = record.position.as_ref().map(|fix| fix.server_time_ms);
        let closing = record.closed_ms.zip(record.disposition).map(|(at_ms, disposition)| Closing {
            at_ms,
            by: self.closed_by_name.unwrap_or_default(),
            disposition,
            summary: record.summary.unwrap_or_default(),
        });
        CaseSummary {
            case_id: record.case_id,
            case_no: case_no(record.case_no, record.opened_ms),
            version: record.version,
            last_seq: record.last_seq,
            state: record.state,
            priority: record.priority,
            ringing,
            desk_id: record.desk_id,
            watchers: record.watchers,
            routing: record.routing,
            worker_id: record.worker_id,
            worker_name: self.worker_name,
            unverified: record.unverified,
            kind: record.kind,
            opened_at_ms: record.opened_ms,
            pressed_at_ms: record.pressed_ms,
            waited_ms: record.waited_ms,
            presses: record.presses,
            claim_due_ms: record.claim_due_ms,
            rang_at_ms: record.rang_ms,
            seen_at_ms: record.seen_ms,
            cancelled_at_ms: record.cancelled_ms,
            duress_at_ms: record.duress_ms,
            drill: record.drill,
            owner,
            assigned,
            offer,
            helpers: record.helpers,
            tags: record.tags,
            links: record.links,
            escalated_at_ms: record.escalated_ms,
            nobody_told: record.nobody_told,
            fix_asked_at_ms: record.fix_asked_ms.filter(|asked| latest_fix.is_none_or(|fix| fix < *asked)),
            employer: self.employer,
            address: self.address,
            unread: record.unread,
            position: record.position,
            battery_pct: record.battery_pct,
            closing,
        }
    }
}

impl CaseRecord {
    /// Its number, for people: `2026-000123`.
    #[must_use]
    pub fn number(&self) -> String {
        case_no(self.case_no, self.opened_ms)
    }
}

/// `2026-000123`: the year (UTC) of the opening and the running number.
#[must_use]
pub fn case_no(number: i64, opened: UnixMs) -> String {
    const DAY_MS: i64 = 24 * 3600 * 1000;
    // Civil year of a day count (proleptic Gregorian), after the usual era arithmetic with years from 1 March.
    let days = opened.0.div_euclid(DAY_MS) + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let january_or_february = i64::from(day_of_year >= 306);
    format!("{}-{number:06}", era * 400 + year_of_era + january_or_february)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_number_carries_the_year_it_was_opened_in() {
        for (ms, year) in [
            (0, 1970),
            (951_782_400_000, 2000),   // 29 February 2000
            (1_798_761_599_999, 2026), // last moment of 2026
            (1_798_761_600_000, 2027),
        ] {
            assert_eq!(case_no(7, UnixMs(ms)), format!("{year}-000007"), "{ms}");
        }
    }
}
