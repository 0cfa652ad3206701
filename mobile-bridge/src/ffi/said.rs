//! What an app says.

use sos_protocol::UnixMs;

use crate::bridge::Position;

/// What set an alert off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Trigger {
    /// The SOS button, held.
    Hold,
    /// A key of the phone or of a wearable.
    Hardware,
    /// The button, pressed and confirmed (keyboard or switch).
    Confirm,
}

impl From<Trigger> for sos_protocol::Trigger {
    fn from(trigger: Trigger) -> Self {
        match trigger {
            Trigger::Hold => Self::Hold,
            Trigger::Hardware => Self::Hardware,
            Trigger::Confirm => Self::Confirm,
        }
    }
}

/// What happened, in the four words the worker can choose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum EmergencyKind {
    /// Bị thương.
    Injured,
    /// Bị đánh.
    Attacked,
    /// Bị giữ.
    Held,
    /// Khác.
    Other,
}

impl From<EmergencyKind> for sos_protocol::EmergencyKind {
    fn from(kind: EmergencyKind) -> Self {
        match kind {
            EmergencyKind::Injured => Self::Injured,
            EmergencyKind::Attacked => Self::Attacked,
            EmergencyKind::Held => Self::Held,
            EmergencyKind::Other => Self::Other,
        }
    }
}

/// What measured a fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum FixSource {
    /// Satellites.
    Gps,
    /// Wi-Fi or cell towers, as the phone's system reports them with an accuracy.
    Network,
    /// The worker put a pin on a map.
    Manual,
}

impl From<FixSource> for sos_protocol::FixSource {
    fn from(source: FixSource) -> Self {
        match source {
            FixSource::Gps => Self::Gps,
            FixSource::Network => Self::Network,
            FixSource::Manual => Self::Manual,
        }
    }
}

/// A measured location, as the platform gives it. Values that cannot be are left out.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Fix {
    /// Latitude, WGS 84 degrees.
    pub lat: f64,
    /// Longitude, WGS 84 degrees.
    pub lon: f64,
    /// Radius of the circle that holds the true place with 68% probability, in metres.
    #[uniffi(default = None)]
    pub accuracy_m: Option<f64>,
    /// When it was measured; never the time of the call, if it is an old one.
    #[uniffi(default = None)]
    pub fix_time_ms: Option<i64>,
    /// What measured it.
    #[uniffi(default = None)]
    pub source: Option<FixSource>,
    /// Speed over ground, in metres a second.
    #[uniffi(default = None)]
    pub speed_mps: Option<f64>,
    /// Course over ground, degrees from north, 0 to 360.
    #[uniffi(default = None)]
    pub heading_deg: Option<f64>,
    /// Charge of the battery, 0 to 100.
    #[uniffi(default = None)]
    pub battery_pct: Option<i32>,
}

impl From<Fix> for Position {
    fn from(fix: Fix) -> Self {
        Self {
            lat: fix.lat,
            lon: fix.lon,
            accuracy_m: fix.accuracy_m,
            fix_time_ms: fix.fix_time_ms.map(UnixMs),
            source: fix.source.map(Into::into),
            speed_mps: fix.speed_mps,
            heading_deg: fix.heading_deg,
            battery_pct: charge(fix.battery_pct),
        }
    }
}

/// A charge as the platform reports it, where -1 and the like say that it is not known.
pub(super) fn charge(battery_pct: Option<i32>) -> Option<u8> {
    battery_pct.and_then(|pct| u8::try_from(pct).ok()).filter(|pct| *pct <= 100)
}
