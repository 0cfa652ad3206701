import { describe, expect, it } from 'vitest';
import { distanceM } from './geodesy';
import { fitPadding, isOffMiddle, sightOf } from './engine';
import { rampAt, stepAt } from './look';

describe('a followed case', () => {
  it('moves the map only when it leaves the middle', () => {
    expect(isOffMiddle(400, 300, 800, 600)).toBe(false);
    expect(isOffMiddle(630, 470, 800, 600)).toBe(false);
    expect(isOffMiddle(650, 300, 800, 600)).toBe(true);
    expect(isOffMiddle(400, 110, 800, 600)).toBe(true);
  });
});

it('shows some way around a case, and the way it took', () => {
  const sight = sightOf([121, 25], [[122, 26]]);
  expect(sight).toHaveLength(5);
  for (const corner of sight.slice(0, 4)) expect(distanceM([121, 25], corner)).toBeCloseTo(25_000, 0);
});

it('leaves some of the smallest map free', () => {
  const { top, right, bottom, left } = fitPadding(320, 300);
  expect(left + right).toBeLessThan(320 / 2);
  expect(top + bottom).toBeLessThan(300);
});

it('reads steps and ramps as MapLibre does', () => {
  const steps = [1, 4, 3, 5, 6];
  expect([2, 3.9, 4, 4.9, 5, 12].map((zoom) => stepAt(steps, zoom))).toEqual([1, 1, 3, 3, 6, 6]);
  expect([0, 1, 3.5, 6, 9].map((zoom) => rampAt([1, 10, 6, 20], zoom))).toEqual([10, 10, 15, 20, 20]);
});
