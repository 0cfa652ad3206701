//! The monthly report: on the first of each month, in the morning of the ministry's time zone, the figures of the month before.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sos_core::access::Officer;
use sos_protocol::export::{ExportFormat, ExportLanguage, ExportOf, NewExport};
use sos_protocol::figures::FiguresQuery;
use sos_protocol::http::Role;
use sos_protocol::{ExportId, StaffId, UnixMs};
use uuid::Uuid;

use super::names;

/// When it is made, by the clocks of the ministry.
const HOUR: i8 = 6;
/// As what.
pub(super) const FORMATS: [ExportFormat; 2] = [ExportFormat::Xlsx, ExportFormat::Pdf];
/// Stands in the file's name in the place of who asked.
const WHO: &str = "by-schedule";

/// A month whose report is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Month {
    first: Date,
    last: Date,
}

impl Month {
    /// The latest one whose report is due at `now`.
    pub(super) fn due(now: UnixMs, zone: &TimeZone) -> Option<Self> {
        let local = names::local(now, zone);
        let this = local.date().first_of_month();
        let due = this.at(HOUR, 0, 0, 0).to_zoned(zone.clone()).ok()?;
        let after = if local >= due { this } else { this.checked_sub(1.month()).ok()? };
        Some(Self { first: after.checked_sub(1.month()).ok()?, last: after.yesterday().ok()? })
    }

    /// Whether it was over before `at`: there was nothing to report of it then.
    pub(super) fn is_before(&self, at: UnixMs, zone: &TimeZone) -> bool {
        names::local(at, zone).date() > self.last
    }

    /// What makes its report the only one.
    pub(super) fn key(&self, format: ExportFormat) -> String {
        format!("monthly/{}/{}", self.first.strftime("%Y-%m"), format.ending())
    }

    /// What is asked for, and how the file is called.
    pub(super) fn wanted(
        &self,
        id: Uuid,
        format: ExportFormat,
        (zone, zone_name, now): (&TimeZone, &str, UnixMs),
    ) -> (NewExport, String) {
        let (from, to) = (self.first.to_string(), self.last.to_string());
        let name = names::file(&["figures", &from, &to, zone_name], WHO, (now, zone), format);
        let query = FiguresQuery {
            from,
            to,
            zone: zone_name.to_owned(),
            desk: None,
            country: None,
            kind: None,
            disposition: None,
        };
        let of = ExportOf::Figures { query };
        (NewExport { export_id: ExportId(id), of, format, language: ExportLanguage::Both }, name)
    }
}

/// Whose eyes it is made with: those of a reviewer of the ministry.
pub(super) const fn reader() -> Officer {
    Officer { id: StaffId(Uuid::nil()), role: Role::Reviewer, desk: None, names: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_due_from_six_in_the_morning_of_the_first_day_after_it() {
        let zone = names::zone("Asia/Ho_Chi_Minh");
        let due = |at: &str| {
            let at = at.parse::<jiff::Timestamp>().unwrap().as_millisecond();
            Month::due(UnixMs(at), &zone).unwrap().key(ExportFormat::Xlsx)
        };
        // Six in Hà Nội is 23 of the day before by UTC.
        assert_eq!(due("2026-10-31T22:59:59Z"), "monthly/2026-09/xlsx");
        assert_eq!(due("2026-10-31T23:00:00Z"), "monthly/2026-10/xlsx");
        assert_eq!(due("2026-11-30T22:00:00Z"), "monthly/2026-10/xlsx");
        assert_eq!(due("2026-12-31T23:00:00Z"), "monthly/2026-12/xlsx");
        let month = Month::due(UnixMs(1_772_323_200_000), &zone).unwrap();
        assert_eq!(
            (month.first.to_string(), month.last.to_string()),
            ("2026-02-01".into(), "2026-02-28".into())
        );
        assert!(month.is_before(UnixMs(1_772_323_200_000), &zone));
        assert!(!month.is_before(UnixMs(1_770_000_000_000), &zone));
    }
}
