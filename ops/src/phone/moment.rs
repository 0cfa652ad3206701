//! Moments as text.

use sos_protocol::UnixMs;

const DAY_MS: i64 = 24 * 3600 * 1000;
/// Hà Nội is this far ahead of UTC; it has no summer time.
const HANOI_MS: i64 = 7 * 3600 * 1000;

/// RFC 3339, UTC, with milliseconds.
pub(crate) fn rfc3339(at: UnixMs) -> String {
    let (year, month, day) = date(at.0.div_euclid(DAY_MS));
    let (hour, minute, second) = time(at.0);
    let ms = at.0.rem_euclid(1_000);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{ms:03}Z")
}

/// Hours, minutes and seconds in Hà Nội.
pub(crate) fn clock(at: UnixMs) -> String {
    let (hour, minute, second) = time(at.plus_ms(HANOI_MS).0);
    format!("{hour:02}:{minute:02}:{second:02}")
}

fn time(ms: i64) -> (i64, i64, i64) {
    let seconds = ms.rem_euclid(DAY_MS) / 1_000;
    (seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// The Gregorian date of a day counted from 1970-01-01. Years are counted from March, so that the leap day is the
/// last of its year, in eras of 400 years (146,097 days).
fn date(days: i64) -> (i64, i64, i64) {
    let since_0000_03_01 = days + 719_468;
    let (era, day_of_era) = (since_0000_03_01.div_euclid(146_097), since_0000_03_01.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_around_leap_days_and_before_1970() {
        for (ms, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_709_251_199_999, "2024-02-29T23:59:59.999Z"),
            (1_709_251_200_000, "2024-03-01T00:00:00.000Z"),
            (1_795_330_920_123, "2026-11-22T07:02:00.123Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        ] {
            assert_eq!(rfc3339(UnixMs(ms)), text);
        }
        assert_eq!(clock(UnixMs(1_795_330_920_123)), "14:02:00");
    }
}
