import { POSITION_OLD_S, type FixView, type UnixMs } from '@protocol';
import { measuredAt } from '../cases/position';
import type { LonLat } from './geodesy';

/** A stretch between two fixes that follow each other closely enough to be joined by a line. */
export interface TrailLeg {
  from: LonLat;
  to: LonLat;
  /** 1: now, down to `TRAIL_STRENGTH_MIN`: an hour ago and more. */
  strength: number;
}

export const TRAIL_FADE_MS = 60 * 60 * 1000;
export const TRAIL_STRENGTH_MIN = 0.15;

/** The way the worker took: legs between measured fixes, none across a gap, since nobody knows what lay in it. */
export function trailLegs(newestFirst: readonly FixView[], now: UnixMs): TrailLeg[] {
  const legs: TrailLeg[] = [];
  for (let i = 0; i + 1 < newestFirst.length; i++) {
    const later = newestFirst[i] as FixView;
    const earlier = newestFirst[i + 1] as FixView;
    if (measuredAt(later) - measuredAt(earlier) > POSITION_OLD_S * 1000) continue;
    legs.push({ from: lonLat(earlier), to: lonLat(later), strength: trailStrength(later, now) });
  }
  return legs;
}

export function trailStrength(fix: FixView, now: UnixMs): number {
  const age = Math.max(0, now - measuredAt(fix));
  return Math.max(TRAIL_STRENGTH_MIN, 1 - (1 - TRAIL_STRENGTH_MIN) * (age / TRAIL_FADE_MS));
}

export function lonLat(fix: FixView): LonLat {
  return [fix.lon, fix.lat];
}
