import type { CaseSummary } from '@protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { aCase, aFix, NOON } from '../../../testing/samples';
import { marksOf, type Marks } from '../marks';
import { CaseOverlay } from './case_overlay';
import { Lettering } from './lettering';
import { pixelOf, spotOf, type Camera, type Pixel } from './mercator';
import { Placing } from './placing';
import type { Scene } from './stage';

const SIZE = { width: 800, height: 600 };
const LETTER_PX = 7;
const context = { font: '', measureText: (text: string) => ({ width: text.length * LETTER_PX }) } as unknown as CanvasRenderingContext2D;
const camera: Camera = { ...spotOf([121, 25]), zoom: 12 };
/** A case that is drawn so many pixels beside the middle. */
const beside = (dx: number, dy: number, change: Partial<CaseSummary>) =>
  aCase({ ...change, position: aFix({ lon: 121 + (dx / 2097152) * 360, lat: 25 - dy * 0.0001556 }) });

let overlay: CaseOverlay;
let placing: Placing;
beforeEach(() => {
  overlay = new CaseOverlay();
  placing = new Placing();
});

function arrange(cases: CaseSummary[], chosen: CaseSummary | null = null, at: Camera = camera): void {
  const marks = marksOf({ cases, alerts: [], chosen, fixes: [], now: NOON, nameOf: ({ case_id }) => `Worker ${case_id}` });
  for (const source of Object.keys(marks) as (keyof Marks)[]) overlay.fill(source, marks[source]);
  overlay.arrange({ camera: at, size: SIZE, ratio: 1, theme: 'dark', context, placing, lettering: new Lettering(context) } satisfies Scene);
}
const middle: Pixel = [400, 300];

describe('what lies under the pointer', () => {
  it('is the nearest mark, and nothing where there is none', () => {
    arrange([beside(0, 0, { case_id: 'a' }), beside(30, 0, { case_id: 'b' })]);
    expect(overlay.targetAt([402, 301])).toEqual({ kind: 'case', id: 'a' });
    expect(overlay.targetAt([425, 300])).toEqual({ kind: 'case', id: 'b' });
    expect(overlay.targetAt([100, 100])).toBeNull();
  });

  it('is what is urgent, where several lie in one place', () => {
    const there = { lat: 25, lon: 121 };
    const cases = [
      aCase({ case_id: 'urgent', priority: 'p1', state: 'open', position: aFix(there) }),
      aCase({ case_id: 'other', priority: 'p3', state: 'claimed', position: aFix(there) }),
    ];
    arrange(cases);
    expect(overlay.targetAt(middle)).toEqual({ kind: 'case', id: 'urgent' });
  });

  it('is a case also where its name stands', () => {
    arrange([beside(0, 0, { case_id: 'a' })]);
    expect(overlay.targetAt([425, 322])).toEqual({ kind: 'case', id: 'a' });
  });

  it('is cases drawn as one, seen from further off', () => {
    arrange([beside(0, 0, { case_id: 'a' }), beside(30, 0, { case_id: 'b' })], null, { ...camera, zoom: 9 });
    expect(overlay.targetAt(middle)).toMatchObject({ kind: 'cluster', cluster: { count: 2 } });
  });

  it('is the copy of a case that is nearest to the middle', () => {
    const dateline: Camera = { ...spotOf([-179.9, 25]), zoom: 8 };
    const position = aFix({ lat: 25, lon: 179.9 });
    arrange([aCase({ case_id: 'a', position })], null, dateline);
    const [x] = pixelOf({ ...spotOf([179.9 - 360, 25]) }, dateline, SIZE);
    expect(x).toBeGreaterThan(200);
    expect(overlay.targetAt([x, 300])).toEqual({ kind: 'case', id: 'a' });
  });
});

describe('names', () => {
  const nameAt = (dx: number) => ({ left: 400 + dx - 5, right: 400 + dx + 5, top: 318, bottom: 326 });
  const isFree = (dx: number) => placing.take(nameAt(dx));

  it('of what is urgent have their place first', () => {
    const cases = [
      beside(0, 0, { case_id: 'calm', priority: 'p3', state: 'claimed' }),
      beside(30, 0, { case_id: 'urgent', priority: 'p1', state: 'open' }),
    ];
    arrange(cases);
    expect(isFree(30 + 35)).toBe(false);
    expect(isFree(-35)).toBe(true);
  });

  it('of the chosen case are always there', () => {
    const chosen = beside(0, 0, { case_id: 'chosen', priority: 'p3' });
    arrange([chosen, beside(25, 12, { case_id: 'b', priority: 'p1', state: 'open' })], chosen);
    // Under the ring, and so lower than others; where it ends, the other would go on.
    expect(placing.take({ left: 375, right: 385, top: 326, bottom: 338 })).toBe(false);
    expect(placing.take({ left: 449, right: 454, top: 326, bottom: 338 })).toBe(true);
  });
});
