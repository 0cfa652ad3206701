// How long to wait before the next attempt.
import { RECONNECT_MAX_S } from '@protocol';
import type { Below } from './types';

/** Waits between attempts to get an SOS out, in milliseconds; the last one repeats. Half to all of it is waited. */
const SOS_MS = [500, 1_000, 2_000, 5_000] as const;
/** Upper end of the first wait for anything else, in milliseconds; it doubles up to `RECONNECT_MAX_S`. */
const FIRST_MAX_MS = 2_000;
/** Past this many doublings every wait is at its upper end. */
const DOUBLINGS_MAX = 16;

/** Before attempt `failures + 1` for an SOS, in milliseconds. */
export function sosMs(below: Below, failures: number): number {
  const step = Math.min(Math.max(failures - 1, 0), SOS_MS.length - 1);
  const half = (SOS_MS[step] ?? 5_000) / 2;
  return half + below(half + 1);
}

/** Before attempt `failures + 1` for anything else: full jitter, so that the phones of a country do not come at once. */
export function calmMs(below: Below, failures: number): number {
  const doublings = Math.min(Math.max(failures - 1, 0), DOUBLINGS_MAX);
  const upper = Math.min(FIRST_MAX_MS * 2 ** doublings, RECONNECT_MAX_S * 1_000);
  return below(upper + 1);
}
