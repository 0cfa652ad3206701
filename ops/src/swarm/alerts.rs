//! What simulated phones send.

use sos_protocol::ambient::{Clock, Entropy};
use sos_protocol::{Alert, AlertId, EmergencyKind, Fix, FixId, FixSource, PhoneFrame, Trigger, UnixMs};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::places::Places;

const KINDS: [EmergencyKind; 4] =
    [EmergencyKind::Injured, EmergencyKind::Attacked, EmergencyKind::Held, EmergencyKind::Other];

/// A press with a position, what happened and the battery's charge, and the frame that carries it. `device_time`
/// is what the phone takes for the time.
pub(crate) fn alert(
    places: &Places,
    entropy: &dyn Entropy,
    clock: &dyn Clock,
    device_time: UnixMs,
) -> (AlertId, Utf8Bytes) {
    let alert_id = AlertId(entropy.uuid_v7(clock.now()));
    let position = fix(places, entropy, clock);
    let kind = KINDS[usize::try_from(entropy.below(4)).unwrap_or(0)];
    let alert = Alert {
        alert_id,
        device_time_ms: Some(device_time),
        waited_ms: None,
        battery_pct: position.battery_pct,
        position: Some(position),
        trigger: Some(Trigger::Hold),
        kind: Some(kind),
        text: None,
        drill: false,
    };
    (alert_id, encode(&PhoneFrame::Alert { alert }))
}

/// Where a phone is now.
pub(crate) fn fix(places: &Places, entropy: &dyn Entropy, clock: &dyn Clock) -> Fix {
    let now = clock.now();
    let (lat, lon) = places.spot(entropy);
    Fix {
        fix_id: FixId(entropy.uuid_v7(now)),
        lat,
        lon,
        accuracy_m: Some(12.0),
        fix_time_ms: Some(now),
        source: Some(FixSource::Gps),
        speed_mps: None,
        heading_deg: None,
        battery_pct: Some(u8::try_from(5 + entropy.below(95)).unwrap_or(50)),
    }
}

/// As it goes over the wire.
pub(crate) fn encode(frame: &PhoneFrame) -> Utf8Bytes {
    // Maps with keys that are not strings are all that JSON cannot hold; no frame has one.
    serde_json::to_string(frame).unwrap_or_default().into()
}
