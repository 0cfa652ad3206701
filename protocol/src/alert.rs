//! What a press of SOS carries.

use serde::{Deserialize, Serialize};

use crate::{AlertId, FixId, UnixMs};

/// One press of SOS. Every field but `alert_id` may be missing, and a broken one never stops the alert: see
/// [`crate::lenient`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Alert {
    /// Made on the phone before anything else (UUIDv7); the same id again is the same alert.
    pub alert_id: AlertId,
    /// The phone's clock at the press. Shown, never trusted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_time_ms: Option<UnixMs>,
    /// How long the press had waited on the phone when this was sent, in milliseconds, by the phone's own count: that is
    /// right whatever the phone's clock says. None: it was sent at once, or the phone does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", ts(type = "number | null", optional))]
    pub waited_ms: Option<i64>,
    /// Where the worker is, if it is known already. An SOS never waits for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Fix>,
    /// What set it off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<Trigger>,
    /// What happened, if the worker said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<EmergencyKind>,
    /// Words of the worker, at most [`crate::limits::ALERT_TEXT_CHARS_MAX`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Charge of the battery, 0 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub battery_pct: Option<u8>,
    /// A test of the whole path that the worker asked for: marked everywhere, counted nowhere, and never part of a matter
    /// that is none. Only a plain `true` makes a drill; anything else in its place is an SOS.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "schema", ts(as = "Option<bool>", optional))]
    pub drill: bool,
}

/// A measured location.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
pub struct Fix {
    /// Made on the phone; the same id again is the same fix.
    pub fix_id: FixId,
    /// Latitude, WGS 84 degrees, -90 to 90.
    pub lat: f64,
    /// Longitude, WGS 84 degrees, -180 to 180.
    pub lon: f64,
    /// Radius of the circle that holds the true place with 68% probability, in metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy_m: Option<f64>,
    /// When it was measured, by the positioning system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix_time_ms: Option<UnixMs>,
    /// What measured it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<FixSource>,
    /// Speed over ground, in metres a second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed_mps: Option<f64>,
    /// Course over ground, degrees from north, 0 to 360.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heading_deg: Option<f64>,
    /// Charge of the battery, 0 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub battery_pct: Option<u8>,
}

/// What measured a fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FixSource {
    /// Satellites.
    Gps,
    /// Wi-Fi or cell towers, as the phone's system reports them with an accuracy.
    Network,
    /// The worker put a pin on a map.
    Manual,
}

/// What set an alert off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// The SOS button, held.
    Hold,
    /// A key of the phone or of a wearable.
    Hardware,
    /// The button, pressed and confirmed (keyboard or switch).
    Confirm,
}

/// What happened, in the four words the worker can choose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(ts_rs::TS, utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
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
