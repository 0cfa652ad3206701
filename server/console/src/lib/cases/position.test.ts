import { describe, expect, it } from 'vitest';
import { aFix, NOON } from '../../testing/samples';
import { mergeFixes } from './fixes';
import { ageMs, freshness, measuredAt } from './position';

describe('the age of a position', () => {
  it.each([
    [0, 'fresh'],
    [59_999, 'fresh'],
    [60_000, 'aging'],
    [300_000, 'aging'],
    [300_001, 'old'],
  ] as const)('after %s ms it is %s', (age, expected) => {
    expect(freshness(aFix(), NOON + age)).toBe(expected);
  });

  it('is that of the measurement, not of its arrival', () => {
    const late = aFix({ fix_time_ms: NOON - 720_000, server_time_ms: NOON });
    expect(ageMs(late, NOON)).toBe(720_000);
  });

  it('does not believe that something was measured after it came', () => {
    expect(measuredAt(aFix({ fix_time_ms: Date.UTC(2090, 0), server_time_ms: NOON }))).toBe(NOON);
  });

  it('falls back on the arrival where nothing was measured', () => {
    expect(measuredAt(aFix({ fix_time_ms: null, server_time_ms: NOON }))).toBe(NOON);
  });
});

describe('fixes of a case', () => {
  it('are there once each, newest first, whatever order they came in', () => {
    const fix = (id: string, s: number) => aFix({ fix_id: id, fix_time_ms: NOON + s * 1000, server_time_ms: NOON + 99_000 });
    const merged = mergeFixes([fix('b', 2), fix('a', 1)], [fix('d', 4), fix('b', 2), fix('c', 3)]);
    expect(merged.map((f) => f.fix_id)).toEqual(['d', 'c', 'b', 'a']);
  });
});
