//! What EXIF says about a photo: which way is up, where and when it was taken.
//!
//! Read by hand, the six fields only: of the libraries for it, the common one (kamadak-exif 0.6) lists every entry of every
//! directory first, and 64 KiB in which 2,700 entries each point to a directory of 2,700 entries make it list millions.

use sos_protocol::UnixMs;
use sos_protocol::case::Taken;

use super::reading::array;

/// Entries of a directory that are looked at; cameras write some dozens.
const ENTRIES_MAX: usize = 512;
/// A date and time as EXIF writes it, e.g. `2026:11:22 14:03:59`.
const DATE_TIME: &[u8; 19] = b"____:__:__ __:__:__";
/// An offset from UTC, e.g. `+07:00`.
const OFFSET: &[u8; 6] = b"___:__";
const DAY_S: i64 = 24 * 3600;

mod tag {
    pub(super) const ORIENTATION: u16 = 0x0112;
    pub(super) const EXIF: u16 = 0x8769;
    pub(super) const GPS: u16 = 0x8825;
    pub(super) const DATE_TIME_ORIGINAL: u16 = 0x9003;
    pub(super) const OFFSET_TIME_ORIGINAL: u16 = 0x9011;
    pub(super) const GPS_LATITUDE_REF: u16 = 1;
    pub(super) const GPS_LATITUDE: u16 = 2;
    pub(super) const GPS_LONGITUDE_REF: u16 = 3;
    pub(super) const GPS_LONGITUDE: u16 = 4;
    pub(super) const GPS_STATUS: u16 = 9;
}

mod kind {
    pub(super) const ASCII: u16 = 2;
    pub(super) const SHORT: u16 = 3;
    pub(super) const LONG: u16 = 4;
    pub(super) const RATIONAL: u16 = 5;
}

/// What is read of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Exif {
    /// 1 to 8, as EXIF counts them; 1 is as it lies in the file.
    pub(super) orientation: u8,
    pub(super) taken: Option<Taken>,
}

impl Exif {
    /// Of a photo that says nothing.
    pub(super) const NOTHING: Self = Self { orientation: 1, taken: None };

    /// Reads a TIFF structure, as far as it can be read.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let Some((tiff, first)) = Tiff::of(bytes) else { return Self::NOTHING };
        let orientation = tiff.find(first, tag::ORIENTATION).and_then(|entry| tiff.short(entry));
        let orientation = orientation.and_then(|it| u8::try_from(it).ok()).filter(|it| (1..=8).contains(it));
        let directory = |pointer| tiff.find(first, pointer).and_then(|entry| tiff.long(entry));
        let place = directory(tag::GPS).and_then(|gps| tiff.place(gps));
        let at_ms = directory(tag::EXIF).and_then(|exif| tiff.moment(exif));
        let (lat, lon) = place.unzip();
        let taken = (lat.is_some() || at_ms.is_some()).then_some(Taken { lat, lon, at_ms });
        Self { orientation: orientation.unwrap_or(1), taken }
    }

    /// EXIF that holds the way up and nothing else; none where that need not be said.
    pub(super) fn minimal(self) -> Option<[u8; 26]> {
        (self.orientation != 1).then(|| {
            let mut tiff = *b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0_\0\0\0\0\0\0";
            tiff[19] = self.orientation;
            tiff
        })
    }
}

/// A directory: where its entries begin, and how many are looked at.
type Directory = (usize, usize);

/// A field: its type, how many values it has, and where they are.
#[derive(Clone, Copy)]
struct Entry {
    kind: u16,
    count: usize,
    at: usize,
}

struct Tiff<'a> {
    bytes: &'a [u8],
    little: bool,
}

impl<'a> Tiff<'a> {
    /// With its first directory.
    fn of(bytes: &'a [u8]) -> Option<(Self, Directory)> {
        let little = match bytes.get(..4)? {
            b"II\x2a\0" => true,
            b"MM\0\x2a" => false,
            _ => return None,
        };
        let tiff = Self { bytes, little };
        let first = tiff.directory(tiff.u32(4)?)?;
        Some((tiff, first))
    }

    fn u16(&self, at: usize) -> Option<u16> {
        let two = array(self.bytes, at)?;
        Some(if self.little { u16::from_le_bytes(two) } else { u16::from_be_bytes(two) })
    }

    fn u32(&self, at: usize) -> Option<u32> {
        let four = array(self.bytes, at)?;
        Some(if self.little { u32::from_le_bytes(four) } else { u32::from_be_bytes(four) })
    }

    fn directory(&self, offset: u32) -> Option<Directory> {
        let at = usize::try_from(offset).ok()?;
        Some((at.checked_add(2)?, usize::from(self.u16(at)?).min(ENTRIES_MAX)))
    }

    fn find(&self, (first, count): Directory, tag: u16) -> Option<Entry> {
        let at = (0..count).map(|i| first + 12 * i).find(|at| self.u16(*at) == Some(tag))?;
        let (kind, count) = (self.u16(at + 2)?, usize::try_from(self.u32(at + 4)?).ok()?);
        let bytes_each = match kind {
            kind::ASCII => 1,
            kind::SHORT => 2,
            kind::LONG => 4,
            kind::RATIONAL => 8,
            _ => return None,
        };
        let fits = count.checked_mul(bytes_each)? <= 4;
        let at = if fits { at + 8 } else { usize::try_from(self.u32(at + 8)?).ok()? };
        Some(Entry { kind, count, at })
    }

    fn short(&self, entry: Entry) -> Option<u16> {
        if entry.kind == kind::SHORT && entry.count == 1 { self.u16(entry.at) } else { None }
    }

    /// Where a pointer leads.
    fn long(&self, entry: Entry) -> Option<Directory> {
        let offset = (entry.kind == kind::LONG && entry.count == 1).then(|| self.u32(entry.at))??;
        self.directory(offset)
    }

    fn text(&self, entry: Entry) -> Option<&'a [u8]> {
        let end = entry.at.checked_add(entry.count)?;
        if entry.kind == kind::ASCII { self.bytes.get(entry.at..end) } else { None }
    }

    /// Latitude and longitude in degrees, if they are a place on earth that the camera did not mark as unsure.
    fn place(&self, gps: Directory) -> Option<(f64, f64)> {
        let letter = |tag| self.text(self.find(gps, tag)?)?.first().copied();
        if letter(tag::GPS_STATUS) == Some(b'V') {
            return None;
        }
        let lat = self.degrees(self.find(gps, tag::GPS_LATITUDE)?)?;
        let lon = self.degrees(self.find(gps, tag::GPS_LONGITUDE)?)?;
        let lat = match letter(tag::GPS_LATITUDE_REF)? {
            b'N' => lat,
            b'S' => -lat,
            _ => return None,
        };
        let lon = match letter(tag::GPS_LONGITUDE_REF)? {
            b'E' => lon,
            b'W' => -lon,
            _ => return None,
        };
        ((-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon)).then_some((lat, lon))
    }

    /// Degrees, minutes, seconds.
    fn degrees(&self, entry: Entry) -> Option<f64> {
        if entry.kind != kind::RATIONAL || entry.count != 3 {
            return None;
        }
        let part = |i: usize| {
            let at = entry.at.checked_add(8 * i)?;
            let (above, below) = (self.u32(at)?, self.u32(at.checked_add(4)?)?);
            (below != 0).then(|| f64::from(above) / f64::from(below))
        };
        Some(part(0)? + part(1)? / 60.0 + part(2)? / 3600.0)
    }

    fn moment(&self, exif: Directory) -> Option<UnixMs> {
        let local = self.text(self.find(exif, tag::DATE_TIME_ORIGINAL)?)?;
        let offset = self.text(self.find(exif, tag::OFFSET_TIME_ORIGINAL)?)?;
        moment(local.first_chunk()?, offset.first_chunk()?)
    }
}

fn moment(local: &[u8; 19], offset: &[u8; 6]) -> Option<UnixMs> {
    if !has_form(local, DATE_TIME) || !has_form(offset, OFFSET) {
        return None;
    }
    let (year, month, day) = (digits(&local[..4])?, digits(&local[5..7])?, digits(&local[8..10])?);
    let (hour, minute, second) = (digits(&local[11..13])?, digits(&local[14..16])?, digits(&local[17..])?);
    let (offset_h, offset_min) = (digits(&offset[1..3])?, digits(&offset[4..])?);
    let is_moment = year >= 1 && hour < 24 && minute < 60 && second < 60 && offset_h <= 14 && offset_min < 60;
    let east_s = match offset[0] {
        _ if !is_moment => return None,
        b'+' => offset_h * 3600 + offset_min * 60,
        b'-' => -(offset_h * 3600 + offset_min * 60),
        _ => return None,
    };
    let seconds = days(year, month, day)? * DAY_S + hour * 3600 + minute * 60 + second - east_s;
    Some(UnixMs(seconds * 1000))
}

/// Whether the signs that are not `_` in `form` stand where they should.
fn has_form(text: &[u8], form: &[u8]) -> bool {
    text.iter().zip(form).all(|(byte, sign)| *sign == b'_' || byte == sign)
}

fn digits(text: &[u8]) -> Option<i64> {
    let digit = |number: i64, byte: &u8| byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0'));
    text.iter().try_fold(0, digit)
}

/// Days since 1970-01-01; none if there is no such day. After the usual arithmetic with years from 1 March.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days_of_month = match month {
        2 => 28 + i64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=days_of_month).contains(&day) {
        return None;
    }
    let year = year - i64::from(month <= 2);
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_its_offset_and_is_one_that_was() {
        let at = |local: &[u8; 19], offset| moment(local, offset).map(|at| at.0);
        assert_eq!(at(b"1970:01:01 00:00:00", b"+00:00"), Some(0));
        assert_eq!(at(b"2026:11:22 14:03:59", b"+07:00"), Some(1_795_331_039_000));
        assert_eq!(at(b"2024:02:29 23:30:00", b"-01:30"), Some(1_709_254_800_000));
        for (local, offset) in [
            (b"2026:02:29 14:03:59", b"+07:00"),
            (b"2026:13:01 14:03:59", b"+07:00"),
            (b"2026:11:22 24:03:59", b"+07:00"),
            (b"2026:11:22 14:03:5x", b"+07:00"),
            (b"2026-11-22 14:03:59", b"+07:00"),
            (b"0000:00:00 00:00:00", b"+07:00"),
            (b"2026:11:22 14:03:59", b"      "),
            (b"2026:11:22 14:03:59", b"+15:00"),
        ] {
            assert_eq!(at(local, offset), None);
        }
    }
}
