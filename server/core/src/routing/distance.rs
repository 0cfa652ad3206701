//! Distances over ground.

/// Mean radius of the earth (IUGG), in kilometres: on a sphere of it no distance is off by more than 0.6 %.
const EARTH_KM: f64 = 6_371.008_8;

/// The shortest way over ground between two places (latitude, longitude in WGS 84 degrees), in kilometres.
#[must_use]
pub fn great_circle_km(from: (f64, f64), to: (f64, f64)) -> f64 {
    let (lat, other_lat) = (from.0.to_radians(), to.0.to_radians());
    let half = |degrees: f64| (degrees.to_radians() / 2.0).sin().powi(2);
    let chord = half(to.0 - from.0) + lat.cos() * other_lat.cos() * half(to.1 - from.1);
    // Rounding may carry the chord of opposite places over 1.
    2.0 * EARTH_KM * chord.clamp(0.0, 1.0).sqrt().asin()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_about(km: f64, wanted: f64) -> bool {
        (km - wanted).abs() < 0.5
    }

    #[test]
    fn known_distances_come_out() {
        let quarter = EARTH_KM * std::f64::consts::FRAC_PI_2;
        assert!(is_about(great_circle_km((0.0, 0.0), (0.0, 90.0)), quarter));
        assert!(
            is_about(great_circle_km((90.0, 12.0), (0.0, 77.0)), quarter),
            "from a pole everything is as far"
        );
        assert!(is_about(great_circle_km((0.0, 0.0), (0.0, 180.0)), 2.0 * quarter), "the other side");
        assert!(great_circle_km((25.0, 121.5), (25.0, 121.5)).abs() < 1e-9);
        // Taipei to Tokyo: 2,100 km by any atlas.
        assert!((great_circle_km((25.033, 121.565), (35.682, 139.759)) - 2_100.0).abs() < 15.0);
    }

    #[test]
    fn the_date_line_is_no_wall() {
        assert!(is_about(great_circle_km((0.0, 179.5), (0.0, -179.5)), 111.195));
        assert!(is_about(
            great_circle_km((10.0, -170.0), (-10.0, 170.0)),
            great_circle_km((10.0, 0.0), (-10.0, 20.0))
        ));
    }
}
