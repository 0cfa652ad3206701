//! How often a phone with an open SOS measures and sends its position.

/// Between two fixes right after the press, in seconds.
pub const INTERVAL_FIRST_S: u32 = 10;
/// For how long after the press that holds, in seconds.
pub const FIRST_PHASE_S: u32 = 600;
/// Between two fixes after that, in seconds.
pub const INTERVAL_LATER_S: u32 = 60;
/// Between two fixes on a battery that is nearly empty, in seconds.
pub const INTERVAL_LOW_BATTERY_S: u32 = 300;
/// Until the fix that the desk has asked for, in seconds. Not 0: an app whose measurements fail would spin.
pub const INTERVAL_ASKED_S: u32 = 1;
/// Charge under which a battery counts as nearly empty, in percent.
pub const LOW_BATTERY_PCT: u8 = 15;

/// Seconds until the next fix, `since_press_s` seconds after the press. An unknown charge counts as enough.
#[must_use]
pub const fn interval_s(since_press_s: u32, battery_pct: Option<u8>) -> u32 {
    match battery_pct {
        Some(charge) if charge < LOW_BATTERY_PCT => INTERVAL_LOW_BATTERY_S,
        _ if since_press_s < FIRST_PHASE_S => INTERVAL_FIRST_S,
        _ => INTERVAL_LATER_S,
    }
}

#[cfg(test)]
mod tests {
    use super::interval_s;

    #[test]
    fn often_at_first_then_each_minute_and_seldom_on_an_empty_battery() {
        assert_eq!(interval_s(0, Some(80)), 10);
        assert_eq!(interval_s(599, None), 10);
        assert_eq!(interval_s(600, Some(15)), 60);
        assert_eq!(interval_s(0, Some(14)), 300);
    }
}
