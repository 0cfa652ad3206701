import { describe, expect, it } from 'vitest';
import { broken } from './lettering';
import { Placing } from './placing';
import { scaleOf } from './scale';
import { pathOf, thin } from './shapes';
import { cutToSheet, sheetOf, traceEdge, traceLine, type Pen } from './trace';
import { spotOf } from './mercator';

const SIZE = { width: 400, height: 300 };

describe('words', () => {
  const box = (left: number, top: number) => ({ left, top, right: left + 50, bottom: top + 15 });

  it('lie where there is room, and who comes first has it', () => {
    const placing = new Placing();
    expect(placing.take(box(100, 120))).toBe(true);
    // Across the border of the squares by which they are found.
    expect(placing.take(box(140, 130))).toBe(false);
    expect(placing.take(box(151, 120))).toBe(true);
    placing.occupy(box(300, 300));
    expect(placing.take(box(310, 310))).toBe(false);
  });

  it('are broken where they are too long, into lines of about the same length', () => {
    const measure = (line: string) => line.length;
    expect(broken('Lan', 12, measure)).toEqual(['Lan']);
    expect(broken('Nguyễn Thị Thanh Hương', 12, measure)).toEqual(['Nguyễn Thị', 'Thanh Hương']);
    expect(broken('Vươngquốcliênhiệp', 5, measure)).toEqual(['Vươngquốcliênhiệp']);
  });
});

describe('shapes', () => {
  it('are thinned to what can be seen, and keep their ends', () => {
    const path = pathOf([[0, 0], [0.01, 0], [0.02, 0.01], [10, 0], [10.01, 0]]);
    const { points } = thin(path, 1 / 512);
    expect(points).toHaveLength(6);
    expect(points[2]).toBeCloseTo(spotOf([10, 0]).x, 6);
    expect(points[4]).toBeCloseTo(spotOf([10.01, 0]).x, 6);
  });

  it('are cut off outside of the picture', () => {
    const huge = [-1e7, -1e7, 1e7, -1e7, 1e7, 1e7, -1e7, 1e7];
    const cut = cutToSheet(huge, SIZE);
    const xs = cut.filter((_, i) => i % 2 === 0);
    const ys = cut.filter((_, i) => i % 2 === 1);
    expect([Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]).toEqual([-8, 408, -8, 308]);
    expect(cutToSheet([-50, -50, -20, -50, -20, -20], SIZE)).toEqual([]);
  });

  it('are not traced where they are out of sight', () => {
    const drawn: string[] = [];
    const pen: Pen = { moveTo: () => drawn.push('to'), lineTo: () => drawn.push('line'), closePath: () => drawn.push('close') };
    const sheet = sheetOf({ ...spotOf([121, 25]), zoom: 8 }, SIZE, 0);
    expect(traceEdge(pen, pathOf([[0, 0], [1, 0], [1, 1], [0, 0]]), sheet)).toBe(false);
    expect(traceEdge(pen, pathOf([[120, 24], [122, 24], [121, 26], [120, 24]]), sheet)).toBe(true);
    expect(drawn.at(-1)).toBe('close');
    drawn.length = 0;
    // There and away again: what lies far off is left out.
    traceLine(pen, pathOf([[121, 25], [121.1, 25], [150, 25], [151, 60], [120.9, 60.2], [120.9, 25]]), sheet);
    expect(drawn).toEqual(['to', 'line', 'line', 'to', 'line']);
  });
});

describe('the scale', () => {
  it.each([
    [0, 2.6, '1000 km'],
    [60, 9, '5 km'],
    [25, 14, '300 m'],
    [25, 17, '50 m'],
  ])('at %s degrees, from zoom %s, is %s long', (lat, zoom, text) => {
    const scale = scaleOf({ ...spotOf([121, lat]), zoom });
    expect(scale.text).toBe(text);
    expect(scale.width_px).toBeLessThanOrEqual(110);
    expect(scale.width_px).toBeGreaterThan(110 / 2.6);
  });
});
