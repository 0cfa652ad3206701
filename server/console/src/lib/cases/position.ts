import { POSITION_FRESH_S, POSITION_OLD_S, type CaseSummary, type FixView, type ProvisionalAlert, type UnixMs } from '@protocol';

/** How much a position can be relied on, by its age. */
export type Freshness = 'fresh' | 'aging' | 'old';

/**
 * When a fix was measured: by the positioning system where it says so, but never later than the service had it.
 * A phone that comes back from a gap sends its newest fix first and the backlog after it, so the time of arrival
 * alone would draw the past as the present.
 */
export function measuredAt(fix: FixView): UnixMs {
  return Math.min(fix.fix_time_ms ?? fix.server_time_ms, fix.server_time_ms);
}

export function ageMs(fix: FixView, now: UnixMs): number {
  return Math.max(0, now - measuredAt(fix));
}

export function freshness(fix: FixView, now: UnixMs): Freshness {
  const age_s = ageMs(fix, now) / 1000;
  if (age_s < POSITION_FRESH_S) return 'fresh';
  return age_s <= POSITION_OLD_S ? 'aging' : 'old';
}

/** The later measured of two fixes; the first where they are equal. */
export function laterFix<T extends FixView | null | undefined>(a: T, b: T): T {
  if (!a) return b;
  if (!b) return a;
  return measuredAt(b) > measuredAt(a) ? b : a;
}

/** The position that came with an alert. */
export function alertFix({ alert, received_at_ms }: ProvisionalAlert): FixView | null {
  return alert.position ? { ...alert.position, server_time_ms: received_at_ms } : null;
}

export function alertBattery({ alert }: ProvisionalAlert): number | null {
  return alert.battery_pct ?? alert.position?.battery_pct ?? null;
}

/** Since when the phone is asked for a position and none has come; null: it is not. */
export function fixAwaitedSince({ fix_asked_at_ms, position }: CaseSummary): UnixMs | null {
  if (fix_asked_at_ms == null) return null;
  return position && position.server_time_ms > fix_asked_at_ms ? null : fix_asked_at_ms;
}
