//! What an app hands over, brought into the form of the protocol.

use sos_protocol::ambient::Entropy;
use sos_protocol::limits::{ACCURACY_M_MAX, ALERT_TEXT_CHARS_MAX};
use sos_protocol::{Alert, AlertId, EmergencyKind, Fix, FixId, FixSource, Trigger, UnixMs, lenient};

/// A measured location, as the platform gives it.
#[derive(Debug, Clone, PartialEq)]
pub struct Position {
    /// Latitude, WGS 84 degrees.
    pub lat: f64,
    /// Longitude, WGS 84 degrees.
    pub lon: f64,
    /// Radius of the circle that holds the true place with 68% probability, in metres.
    pub accuracy_m: Option<f64>,
    /// When it was measured; never the time of the call, if it is an old one.
    pub fix_time_ms: Option<UnixMs>,
    /// What measured it.
    pub source: Option<FixSource>,
    /// Speed over ground, in metres a second.
    pub speed_mps: Option<f64>,
    /// Course over ground, degrees from north, 0 to 360.
    pub heading_deg: Option<f64>,
    /// Charge of the battery, 0 to 100.
    pub battery_pct: Option<u8>,
}

impl Position {
    /// A place and nothing else.
    #[must_use]
    pub const fn at(lat: f64, lon: f64) -> Self {
        Self {
            lat,
            lon,
            accuracy_m: None,
            fix_time_ms: None,
            source: None,
            speed_mps: None,
            heading_deg: None,
            battery_pct: None,
        }
    }

    /// The fix on the wire; none if there is no such place on earth. Other values that cannot be are left out.
    pub(super) fn into_fix(self, entropy: &dyn Entropy, now: UnixMs) -> Option<Fix> {
        let on_earth = (-90.0..=90.0).contains(&self.lat) && (-180.0..=180.0).contains(&self.lon);
        on_earth.then(|| Fix {
            fix_id: FixId(entropy.uuid_v7(now)),
            lat: self.lat,
            lon: self.lon,
            accuracy_m: self.accuracy_m.filter(|m| (0.0..=ACCURACY_M_MAX).contains(m)),
            fix_time_ms: self.fix_time_ms,
            source: self.source,
            speed_mps: self.speed_mps.filter(|v| (0.0..=1_000.0).contains(v)),
            heading_deg: self.heading_deg.filter(|d| (0.0..=360.0).contains(d)),
            battery_pct: self.battery_pct.filter(|pct| *pct <= 100),
        })
    }
}

/// What is known at a press. Nothing of it is needed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PressDetails {
    /// Where the worker is, if it is known already. An SOS never waits for it.
    pub position: Option<Position>,
    /// What set it off.
    pub trigger: Option<Trigger>,
    /// What happened.
    pub kind: Option<EmergencyKind>,
    /// Words of the worker; cut at [`ALERT_TEXT_CHARS_MAX`].
    pub text: Option<String>,
    /// Charge of the battery, 0 to 100.
    pub battery_pct: Option<u8>,
    /// A test of the whole path that the worker asked for.
    pub drill: bool,
}

impl PressDetails {
    pub(super) fn into_alert(self, entropy: &dyn Entropy, now: UnixMs) -> Alert {
        let text = self.text.map(|t| lenient::text(&t, ALERT_TEXT_CHARS_MAX).0);
        Alert {
            alert_id: AlertId(entropy.uuid_v7(now)),
            device_time_ms: Some(now),
            waited_ms: None,
            position: self.position.and_then(|p| p.into_fix(entropy, now)),
            trigger: self.trigger,
            kind: self.kind,
            text: text.filter(|t| !t.trim().is_empty()),
            battery_pct: self.battery_pct.filter(|pct| *pct <= 100),
            drill: self.drill,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sos_protocol::ambient::SeededEntropy;

    #[test]
    fn a_press_goes_out_whatever_the_platform_says() {
        let details = PressDetails {
            position: Some(Position::at(f64::NAN, 121.5)),
            text: Some("\u{0} ".into()),
            battery_pct: Some(255),
            ..PressDetails::default()
        };
        let alert = details.into_alert(&*SeededEntropy::new(1), UnixMs(5));
        assert_eq!((alert.position, alert.text, alert.battery_pct), (None, None, None));
        assert_eq!(alert.device_time_ms, Some(UnixMs(5)));
    }

    #[test]
    fn a_fix_keeps_its_place_and_loses_what_cannot_be() {
        let mut position = Position::at(25.05, 121.52);
        position.accuracy_m = Some(-1.0);
        position.heading_deg = Some(90.0);
        position.speed_mps = Some(f64::INFINITY);
        let fix = position.into_fix(&*SeededEntropy::new(1), UnixMs(5)).unwrap();
        assert_eq!((fix.lat, fix.lon, fix.accuracy_m), (25.05, 121.52, None));
        assert_eq!((fix.heading_deg, fix.speed_mps), (Some(90.0), None));
    }
}
