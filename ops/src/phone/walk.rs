//! Somebody on foot, as a positioning system sees them.

use sos_mobile_bridge::Position;
use sos_protocol::ambient::Entropy;

use super::measured;

/// Metres in a degree of latitude.
const METRES_A_DEGREE: f64 = 111_320.0;
/// A walker turns by up to so many degrees at each fix.
const TURN_DEG_MAX: u64 = 40;

/// A walk. Positions follow from time that passed; they are not looked up anywhere.
#[derive(Debug, Clone)]
pub(crate) struct Walk {
    lat: f64,
    lon: f64,
    accuracy_m: f64,
    speed_mps: f64,
    heading_deg: f64,
}

impl Walk {
    /// Standing still.
    pub(crate) fn at(lat: f64, lon: f64, accuracy_m: f64) -> Self {
        Self { lat, lon, accuracy_m, speed_mps: 0.0, heading_deg: 0.0 }
    }

    /// Setting out in some direction.
    pub(crate) fn towards(
        lat: f64,
        lon: f64,
        accuracy_m: f64,
        speed_mps: f64,
        entropy: &dyn Entropy,
    ) -> Self {
        Self { lat, lon, accuracy_m, speed_mps, heading_deg: small(entropy.below(360)) }
    }

    /// `seconds` later.
    pub(crate) fn go(&mut self, seconds: f64, entropy: &dyn Entropy) {
        if self.speed_mps <= 0.0 {
            return;
        }
        let turn = small(entropy.below(2 * TURN_DEG_MAX + 1)) - small(TURN_DEG_MAX);
        self.heading_deg = (self.heading_deg + turn).rem_euclid(360.0);
        let (metres, course) = (self.speed_mps * seconds, self.heading_deg.to_radians());
        self.lat = (self.lat + metres * course.cos() / METRES_A_DEGREE).clamp(-89.9, 89.9);
        let shrink = self.lat.to_radians().cos().max(0.01);
        self.lon =
            (self.lon + metres * course.sin() / (METRES_A_DEGREE * shrink) + 540.0).rem_euclid(360.0) - 180.0;
    }

    /// What the phone measures now.
    pub(crate) fn position(&self, battery_pct: u8) -> Position {
        let mut position = measured(self.lat, self.lon, self.accuracy_m, battery_pct);
        if self.speed_mps > 0.0 {
            position.speed_mps = Some(self.speed_mps);
            position.heading_deg = Some(self.heading_deg);
        }
        position
    }
}

fn small(n: u64) -> f64 {
    u32::try_from(n).map_or(0.0, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sos_protocol::ambient::SeededEntropy;

    #[test]
    fn a_walker_is_where_walking_leads() {
        let entropy = SeededEntropy::new(4);
        let mut walk = Walk::towards(25.05, 121.52, 10.0, 1.4, &*entropy);
        for _ in 0..100 {
            walk.go(10.0, &*entropy);
        }
        let there = walk.position(50);
        let (dy, dx) =
            ((there.lat - 25.05) * METRES_A_DEGREE, (there.lon - 121.52) * METRES_A_DEGREE * 0.906);
        let metres = dy.hypot(dx);
        assert!(metres > 10.0 && metres <= 1_420.0, "{metres}");
    }
}
