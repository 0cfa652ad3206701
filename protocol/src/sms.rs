//! An SOS as the text of one SMS, for a phone without data: at most 160 characters of the GSM 7-bit alphabet, readable for a
//! person, exact for the service.
//!
//! ```text
//! SOS 25.04780,121.51700 +-20m 80% #0G6J2…
//! ```
//!
//! What counts is the code behind `#`: the fields of [`SmsAlert`] as bits, most significant first, and a CRC-32 of them, in
//! Crockford's base 32. What stands before it repeats some of them for people, and is made from the code again when the
//! text is read: a text with any other character in it is refused.
//!
//! | bits | field |
//! |---|---|
//! | 4 | version, 1 |
//! | 128 | `alert_id` |
//! | 1, then 128 | device known, `device_id` |
//! | 1, then 32 | time known, phone's clock at the press, in seconds since 1970 |
//! | 3 | kind: 0 none, 1 injured, 2 attacked, 3 held, 4 other |
//! | 1, then 7 | battery known, percent |
//! | 1, then 25, 26 | position known, latitude + 90 and longitude + 180 in 1/100,000 degree |
//! | 1, then 20 | with a position: accuracy known, in metres |
//! | 1, then 32 | with a position: its time known, in seconds since 1970 |
//! | 0 to 4 | zeros, up to a multiple of 5 with the checksum |
//! | 32 | CRC-32 (IEEE) of all bits before it, as bytes filled up with zeros |

use uuid::Uuid;

use crate::{Alert, AlertId, DeviceId, EmergencyKind, Fix, FixId, UnixMs};

/// Longest text, in characters; one SMS.
pub const SMS_CHARS_MAX: usize = 160;

const VERSION: u64 = 1;
/// Crockford's: no I, L, O, U.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Steps of one degree.
const STEPS: f64 = 100_000.0;
const ACCURACY_M_MAX: f64 = 1_000_000.0;
const CHECK_BITS: usize = 32;

/// What fits into one SMS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmsAlert {
    /// The press.
    pub alert_id: AlertId,
    /// The phone, as it says.
    pub device_id: Option<DeviceId>,
    /// Its clock at the press, in seconds since 1970.
    pub device_time_s: Option<u32>,
    /// What happened.
    pub kind: Option<EmergencyKind>,
    /// Charge of the battery, 0 to 100.
    pub battery_pct: Option<u8>,
    /// Where.
    pub position: Option<SmsPosition>,
}

/// Where, in steps of 1/100,000 degree (about a metre).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SmsPosition {
    /// Latitude + 90 degrees, 0 to 18,000,000.
    pub lat_steps: u32,
    /// Longitude + 180 degrees, 0 to 36,000,000.
    pub lon_steps: u32,
    /// Radius, in metres, at most 1,000,000.
    pub accuracy_m: Option<u32>,
    /// When it was measured, in seconds since 1970.
    pub fix_time_s: Option<u32>,
}

/// The text is not one that a phone made: a character is wrong, missing or too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnSos;

impl SmsAlert {
    /// What of `alert` fits; broken values are left out.
    #[must_use]
    pub fn of(alert: &Alert, device_id: Option<DeviceId>) -> Self {
        Self {
            alert_id: alert.alert_id,
            device_id,
            device_time_s: alert.device_time_ms.and_then(seconds),
            kind: alert.kind,
            battery_pct: alert.battery_pct.filter(|pct| *pct <= 100),
            position: alert.position.as_ref().and_then(SmsPosition::of),
        }
    }

    /// The alert that it stands for. Its position has an id made from the alert's.
    #[must_use]
    pub fn alert(&self) -> Alert {
        Alert {
            alert_id: self.alert_id,
            device_time_ms: self.device_time_s.map(milliseconds),
            waited_ms: None,
            position: self.position.map(|position| position.fix(self.alert_id)),
            trigger: None,
            kind: self.kind,
            text: None,
            battery_pct: self.battery_pct,
            drill: false,
        }
    }

    /// The text to send.
    #[must_use]
    pub fn text(&self) -> String {
        let mut bits = Bits::default();
        self.write(&mut bits);
        while !(bits.0.len() + CHECK_BITS).is_multiple_of(5) {
            bits.push(0, 1);
        }
        bits.push(u64::from(bits.check()), CHECK_BITS);
        format!("{}{}", self.words(), bits.digits())
    }

    /// Reads a text; space around it does not count.
    ///
    /// # Errors
    /// [`NotAnSos`]
    pub fn read(text: &str) -> Result<Self, NotAnSos> {
        let text = text.trim();
        if text.len() > SMS_CHARS_MAX {
            return Err(NotAnSos);
        }
        let (_, digits) = text.split_once('#').ok_or(NotAnSos)?;
        let mut bits = Bits::of_digits(digits).ok_or(NotAnSos)?;
        let check = bits.split_off(CHECK_BITS).ok_or(NotAnSos)?;
        if check != bits.check() {
            return Err(NotAnSos);
        }
        let sms = Self::take(&mut Reader { bits: &bits.0, at: 0 }).ok_or(NotAnSos)?;
        if sms.text() == text { Ok(sms) } else { Err(NotAnSos) }
    }

    fn words(&self) -> String {
        let position = self.position.map_or(String::new(), SmsPosition::words);
        let battery = self.battery_pct.map_or(String::new(), |pct| format!(" {pct}%"));
        format!("SOS{position}{battery} #")
    }

    fn write(&self, bits: &mut Bits) {
        bits.push(VERSION, 4);
        bits.push_id(self.alert_id.0);
        if bits.push_has(self.device_id.is_some()) {
            bits.push_id(self.device_id.unwrap_or(DeviceId(Uuid::nil())).0);
        }
        bits.push_maybe(self.device_time_s, 32);
        bits.push(kind_number(self.kind), 3);
        bits.push_maybe(self.battery_pct.map(u32::from), 7);
        if bits.push_has(self.position.is_some())
            && let Some(position) = self.position
        {
            bits.push(u64::from(position.lat_steps), 25);
            bits.push(u64::from(position.lon_steps), 26);
            bits.push_maybe(position.accuracy_m, 20);
            bits.push_maybe(position.fix_time_s, 32);
        }
    }

    fn take(bits: &mut Reader<'_>) -> Option<Self> {
        if bits.take(4)? != VERSION {
            return None;
        }
        let sms = Self {
            alert_id: AlertId(bits.take_id()?),
            device_id: if bits.take(1)? == 1 { Some(DeviceId(bits.take_id()?)) } else { None },
            device_time_s: bits.take_maybe(32)?,
            kind: kind_of(bits.take(3)?)?,
            battery_pct: bits.take_maybe(7)?.map(u8::try_from).transpose().ok()?,
            position: if bits.take(1)? == 1 {
                Some(SmsPosition {
                    lat_steps: u32::try_from(bits.take(25)?).ok()?,
                    lon_steps: u32::try_from(bits.take(26)?).ok()?,
                    accuracy_m: bits.take_maybe(20)?,
                    fix_time_s: bits.take_maybe(32)?,
                })
            } else {
                None
            },
        };
        sms.is_in_range().then_some(sms)
    }

    fn is_in_range(&self) -> bool {
        // The nil id tells nothing apart: the next phone's alert would count as a repeat of this one.
        !self.alert_id.0.is_nil()
            && self.battery_pct.is_none_or(|pct| pct <= 100)
            && self.position.is_none_or(|p| {
                p.lat_steps <= 18_000_000
                    && p.lon_steps <= 36_000_000
                    && p.accuracy_m.is_none_or(|m| f64::from(m) <= ACCURACY_M_MAX)
            })
    }
}

impl SmsPosition {
    fn of(fix: &Fix) -> Option<Self> {
        Some(Self {
            lat_steps: steps(fix.lat, 90.0)?,
            lon_steps: steps(fix.lon, 180.0)?,
            accuracy_m: fix.accuracy_m.and_then(|m| whole(m.ceil(), ACCURACY_M_MAX)),
            fix_time_s: fix.fix_time_ms.and_then(seconds),
        })
    }

    fn fix(self, alert: AlertId) -> Fix {
        Fix {
            fix_id: FixId(Uuid::new_v5(&alert.0, b"sms")),
            lat: f64::from(self.lat_steps) / STEPS - 90.0,
            lon: f64::from(self.lon_steps) / STEPS - 180.0,
            accuracy_m: self.accuracy_m.map(f64::from),
            fix_time_ms: self.fix_time_s.map(milliseconds),
            source: None,
            speed_mps: None,
            heading_deg: None,
            battery_pct: None,
        }
    }

    fn words(self) -> String {
        let place = format!(" {},{}", degrees(self.lat_steps, 90), degrees(self.lon_steps, 180));
        place + &self.accuracy_m.map_or(String::new(), |m| format!(" +-{m}m"))
    }
}

/// Degrees with five decimals, in whole numbers throughout: every phone writes the same.
fn degrees(steps: u32, zero: i64) -> String {
    let steps = i64::from(steps) - zero * 100_000;
    let sign = if steps < 0 { "-" } else { "" };
    let steps = steps.abs();
    format!("{sign}{}.{:05}", steps / 100_000, steps % 100_000)
}

fn steps(degrees: f64, zero: f64) -> Option<u32> {
    whole(((degrees + zero) * STEPS).round(), 2.0 * zero * STEPS)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and `max`, below 2^26")]
fn whole(value: f64, max: f64) -> Option<u32> {
    (0.0..=max).contains(&value).then_some(value as u32)
}

fn seconds(at: UnixMs) -> Option<u32> {
    u32::try_from(at.0.div_euclid(1_000)).ok()
}

fn milliseconds(seconds: u32) -> UnixMs {
    UnixMs(i64::from(seconds) * 1_000)
}

const KINDS: [EmergencyKind; 4] =
    [EmergencyKind::Injured, EmergencyKind::Attacked, EmergencyKind::Held, EmergencyKind::Other];

fn kind_number(kind: Option<EmergencyKind>) -> u64 {
    KINDS.iter().zip(1..).find(|(known, _)| Some(**known) == kind).map_or(0, |(_, number)| number)
}

/// None: no such kind.
fn kind_of(number: u64) -> Option<Option<EmergencyKind>> {
    match usize::try_from(number).ok()? {
        0 => Some(None),
        number => KINDS.get(number - 1).map(|kind| Some(*kind)),
    }
}

#[derive(Default)]
struct Bits(Vec<bool>);

impl Bits {
    fn push(&mut self, value: u64, width: usize) {
        self.0.extend((0..width).rev().map(|bit| value >> bit & 1 == 1));
    }

    fn push_id(&mut self, id: Uuid) {
        id.as_bytes().iter().for_each(|byte| self.push(u64::from(*byte), 8));
    }

    fn push_has(&mut self, has: bool) -> bool {
        self.0.push(has);
        has
    }

    fn push_maybe(&mut self, value: Option<u32>, width: usize) {
        self.0.push(value.is_some());
        if let Some(value) = value {
            self.push(u64::from(value), width);
        }
    }

    fn check(&self) -> u32 {
        let mut crc = crc32fast::Hasher::new();
        let byte =
            |bits: &[bool]| bits.iter().zip((0..8).rev()).map(|(bit, place)| u8::from(*bit) << place).sum();
        crc.update(&self.0.chunks(8).map(byte).collect::<Vec<u8>>());
        crc.finalize()
    }

    /// The last `width` bits, taken off.
    fn split_off(&mut self, width: usize) -> Option<u32> {
        let tail = self.0.split_off(self.0.len().checked_sub(width)?);
        Some(tail.iter().fold(0, |value, bit| value << 1 | u32::from(*bit)))
    }

    fn digits(&self) -> String {
        let digit = |bits: &[bool]| bits.iter().fold(0, |value, bit| value << 1 | usize::from(*bit));
        self.0.chunks(5).map(|bits| char::from(DIGITS[digit(bits)])).collect()
    }

    fn of_digits(digits: &str) -> Option<Self> {
        let mut bits = Self::default();
        for digit in digits.bytes() {
            let value = DIGITS.iter().position(|known| *known == digit)?;
            bits.push(u64::try_from(value).ok()?, 5);
        }
        Some(bits)
    }
}

struct Reader<'a> {
    bits: &'a [bool],
    at: usize,
}

impl Reader<'_> {
    fn take(&mut self, width: usize) -> Option<u64> {
        let bits = self.bits.get(self.at..self.at + width)?;
        self.at += width;
        Some(bits.iter().fold(0, |value, bit| value << 1 | u64::from(*bit)))
    }

    fn take_id(&mut self) -> Option<Uuid> {
        Some(Uuid::from_u64_pair(self.take(64)?, self.take(64)?))
    }

    /// None: there are not that many bits.
    fn take_maybe(&mut self, width: usize) -> Option<Option<u32>> {
        if self.take(1)? == 0 {
            return Some(None);
        }
        Some(Some(u32::try_from(self.take(width)?).ok()?))
    }
}

#[cfg(test)]
#[path = "sms_tests.rs"]
mod tests;
