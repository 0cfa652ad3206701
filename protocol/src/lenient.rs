//! Reading an alert out of whatever arrives: a broken field is dropped and noted, the alert goes through.

mod cut_off;

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::limits::{ACCURACY_M_MAX, ALERT_TEXT_CHARS_MAX, CLOCK_AHEAD_MS_MAX, WAITED_MS_MAX};
use crate::phone::DroppedField;
use crate::{Alert, AlertId, ErrorCode, Fix, FixId, UnixMs};

pub use cut_off::close_truncated;

/// What was read, and what had to be left out.
#[derive(Debug, Clone, PartialEq)]
pub struct Cleaned<T> {
    /// The readable part.
    pub value: T,
    /// The rest.
    pub dropped: Vec<DroppedField>,
}

/// Reads an alert. An alert without a usable `alert_id` gets one made from its own bytes (`raw`), so that a
/// repeat of the same bytes is the same alert.
#[must_use]
pub fn alert(value: &Value, raw: &[u8], now: UnixMs) -> Cleaned<Alert> {
    let empty = Map::new();
    let mut fields =
        Fields { map: value.as_object().unwrap_or(&empty), path: String::new(), dropped: vec![] };
    let alert_id = fields.uuid("alert_id").unwrap_or_else(|| Uuid::new_v5(&Uuid::NAMESPACE_OID, raw));
    let position = fields.take("position", |v, dropped| {
        let Cleaned { value, dropped: inner } = fix(v, "position", raw, now);
        dropped.extend(inner);
        value
    });
    let alert = Alert {
        alert_id: AlertId(alert_id),
        device_time_ms: fields.get("device_time_ms", |v| moment(v, now)),
        waited_ms: fields.get("waited_ms", |v| v.as_i64().filter(|ms| (0..=WAITED_MS_MAX).contains(ms))),
        position: position.flatten(),
        trigger: fields.parse("trigger"),
        kind: fields.parse("kind"),
        text: fields.text("text", ALERT_TEXT_CHARS_MAX),
        battery_pct: fields.battery(),
        drill: fields.get("drill", Value::as_bool).unwrap_or(false),
    };
    Cleaned { value: alert, dropped: fields.dropped }
}

/// Reads a fix; none if there is no place on earth in it. `path` is where it stands, for the notes; `raw` stands
/// in for a missing `fix_id`.
#[must_use]
pub fn fix(value: &Value, path: &str, raw: &[u8], now: UnixMs) -> Cleaned<Option<Fix>> {
    let Some(map) = value.as_object() else {
        return Cleaned {
            value: None,
            dropped: vec![DroppedField { field: path.to_owned(), code: ErrorCode::InvalidField }],
        };
    };
    let mut fields = Fields { map, path: format!("{path}."), dropped: vec![] };
    let lat = fields.required("lat", |v| in_range(v, -90.0, 90.0));
    let lon = fields.required("lon", |v| in_range(v, -180.0, 180.0));
    let fix_id = fields.uuid("fix_id").unwrap_or_else(|| Uuid::new_v5(&Uuid::NAMESPACE_OID, raw));
    let rest = (
        fields.get("accuracy_m", |v| in_range(v, 0.0, ACCURACY_M_MAX)),
        fields.get("fix_time_ms", |v| moment(v, now)),
        fields.parse("source"),
        fields.get("speed_mps", |v| in_range(v, 0.0, 1_000.0)),
        fields.get("heading_deg", |v| in_range(v, 0.0, 360.0)),
        fields.battery(),
    );
    let (accuracy_m, fix_time_ms, source, speed_mps, heading_deg, battery_pct) = rest;
    let value = lat.zip(lon).map(|(lat, lon)| Fix {
        fix_id: FixId(fix_id),
        lat,
        lon,
        accuracy_m,
        fix_time_ms,
        source,
        speed_mps,
        heading_deg,
        battery_pct,
    });
    Cleaned { value, dropped: fields.dropped }
}

/// Takes characters out of a text that no screen shows and no store takes (NUL and other controls but line ends
/// and tabs), and cuts it at `chars_max`. The second part says whether it was cut.
#[must_use]
pub fn text(text: &str, chars_max: usize) -> (String, bool) {
    let mut chars = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t'));
    let kept: String = chars.by_ref().take(chars_max).collect();
    (kept, chars.next().is_some())
}

fn in_range(v: &Value, min: f64, max: f64) -> Option<f64> {
    v.as_f64().filter(|x| (min..=max).contains(x))
}

/// A time that a clock may show. Beyond it are times that no calendar of a console can print.
fn moment(v: &Value, now: UnixMs) -> Option<UnixMs> {
    v.as_i64().map(UnixMs).filter(|at| at.0 > 0 && *at <= now.plus_ms(CLOCK_AHEAD_MS_MAX))
}

struct Fields<'a> {
    map: &'a Map<String, Value>,
    path: String,
    dropped: Vec<DroppedField>,
}

impl Fields<'_> {
    fn note(&mut self, name: &str, code: ErrorCode) {
        self.dropped.push(DroppedField { field: format!("{}{name}", self.path), code });
    }

    fn take<T>(&mut self, name: &str, read: impl FnOnce(&Value, &mut Vec<DroppedField>) -> T) -> Option<T> {
        let value = self.map.get(name).filter(|v| !v.is_null())?;
        Some(read(value, &mut self.dropped))
    }

    fn get<T>(&mut self, name: &str, read: impl FnOnce(&Value) -> Option<T>) -> Option<T> {
        let value = self.map.get(name).filter(|v| !v.is_null())?;
        let read = read(value);
        if read.is_none() {
            self.note(name, ErrorCode::InvalidField);
        }
        read
    }

    fn required<T>(&mut self, name: &str, read: impl FnOnce(&Value) -> Option<T>) -> Option<T> {
        if self.map.get(name).is_none_or(Value::is_null) {
            self.note(name, ErrorCode::MissingField);
            return None;
        }
        self.get(name, read)
    }

    fn uuid(&mut self, name: &str) -> Option<Uuid> {
        self.required(name, |v| v.as_str().and_then(|s| Uuid::parse_str(s).ok()).filter(|id| !id.is_nil()))
    }

    fn parse<T: serde::de::DeserializeOwned>(&mut self, name: &str) -> Option<T> {
        self.get(name, |v| T::deserialize(v).ok())
    }

    fn battery(&mut self) -> Option<u8> {
        self.get("battery_pct", |v| in_range(v, 0.0, 100.0).map(percent))
    }

    fn text(&mut self, name: &str, chars_max: usize) -> Option<String> {
        let given = self.get(name, |v| v.as_str().map(str::to_owned))?;
        let (kept, cut) = text(&given, chars_max);
        if cut {
            self.note(name, ErrorCode::TooLarge);
        }
        (!kept.trim().is_empty()).then_some(kept)
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100, checked before")]
fn percent(x: f64) -> u8 {
    x.round() as u8
}

#[cfg(test)]
mod tests;
