//! A measured position.

/// Largest uncertainty of a fix that counts, in metres. A phone that is less sure than this names so many
/// countries that naming them helps nobody.
pub const ACCURACY_COUNTED_M_MAX: f64 = 50_000.0;

/// Where somebody is, as far as is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Latitude, WGS 84 degrees, -90 to 90.
    pub lat: f64,
    /// Longitude, WGS 84 degrees, -180 to 180.
    pub lon: f64,
    /// Radius of uncertainty, in metres; `None` where the phone gave none.
    pub accuracy_m: Option<f64>,
}

impl Place {
    /// Whether the coordinates are numbers on the globe. Anything else is treated as no position.
    #[must_use]
    pub fn is_on_globe(&self) -> bool {
        self.lat.abs() <= 90.0 && self.lon.abs() <= 180.0
    }

    /// Radius of uncertainty in metres, 0 to [`ACCURACY_COUNTED_M_MAX`]. A missing, negative or absurd
    /// accuracy counts as 0: it is no evidence of another country, and the map's own error is added anyway.
    pub(super) fn doubt_m(&self) -> f64 {
        match self.accuracy_m {
            Some(m) if m > 0.0 => m.min(ACCURACY_COUNTED_M_MAX),
            _ => 0.0,
        }
    }
}
