import { expect, it } from 'vitest';
import { circleRing, distanceM } from './geodesy';

it.each([
  [[121.5, 25], 50],
  [[0, 0], 2_000],
  [[25, 69.5], 10_000],
  [[179.999, -17], 5_000],
] as const)('a circle around %s has its radius of %s metres everywhere', (centre, radius) => {
  const ring = circleRing([...centre], radius);
  expect(ring[0]).toEqual(ring.at(-1));
  for (const corner of ring) expect(Math.abs(distanceM([...centre], corner) - radius)).toBeLessThan(radius / 1000);
});
