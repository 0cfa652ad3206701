// How often a phone with an open SOS measures and sends its position; the same as in the Rust core.

/** Between two fixes right after the press, in seconds. */
export const INTERVAL_FIRST_S = 10;
/** For how long after the press that holds, in seconds. */
export const FIRST_PHASE_S = 600;
/** Between two fixes after that, in seconds. */
export const INTERVAL_LATER_S = 60;
/** Between two fixes on a battery that is nearly empty, in seconds. */
export const INTERVAL_LOW_BATTERY_S = 300;
/** Charge under which a battery counts as nearly empty, in percent. */
export const LOW_BATTERY_PCT = 15;

/** Seconds until the next fix, `since_press_s` seconds after the press. An unknown charge counts as enough. */
export function intervalS(since_press_s: number, battery_pct: number | null): number {
  if (battery_pct !== null && battery_pct < LOW_BATTERY_PCT) return INTERVAL_LOW_BATTERY_S;
  return since_press_s < FIRST_PHASE_S ? INTERVAL_FIRST_S : INTERVAL_LATER_S;
}
