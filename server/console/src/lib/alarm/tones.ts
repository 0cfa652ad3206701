import type { Sound } from './plan';

/** One pulse of a pattern. */
export interface Tone {
  /** From the start of the pattern, in milliseconds. */
  at_ms: number;
  length_ms: number;
  frequency_hz: number;
  /** Share of the full loudness; absent: all of it. */
  loudness?: number;
}

/** A drill is heard by who sits near, and startles nobody. */
const DRILL_LOUDNESS = 0.35;

/**
 * The patterns follow those of medical alarms: three and two rising pulses for the highest priority, three for the
 * next, one for the last, the same but softly for a drill; a lost link falls instead, so that nobody takes it for an SOS.
 */
export const PATTERNS: Record<Sound | 'test', readonly Tone[]> = {
  p1: [
    ...pulses(0, 170, 200, [659, 784, 988]),
    ...pulses(820, 170, 200, [988, 1319]),
  ],
  p2: pulses(0, 200, 280, [523, 659, 784]),
  p3: pulses(0, 260, 0, [523]),
  drill: pulses(0, 260, 0, [523]).map((tone) => ({ ...tone, loudness: DRILL_LOUDNESS })),
  link: pulses(0, 420, 480, [392, 294]),
  test: pulses(0, 180, 220, [523, 659, 784]),
};

function pulses(start_ms: number, length_ms: number, every_ms: number, frequencies: number[]): Tone[] {
  return frequencies.map((frequency_hz, i) => ({ at_ms: start_ms + i * every_ms, length_ms, frequency_hz }));
}
