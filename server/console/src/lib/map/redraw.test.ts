import type { CaseSummary } from '@protocol';
import { beforeEach, expect, it } from 'vitest';
import { aCase, aFix, NOON } from '../../testing/samples';
import { marksOf } from './marks';
import { CASES_INTERVAL_MS, Redraw } from './redraw';

let redraw: Redraw;
beforeEach(() => (redraw = new Redraw()));

const at = (case_id: string, lat: number) => aCase({ case_id, position: aFix({ lat }) });
const marks = (cases: CaseSummary[], chosen: CaseSummary | null = null) =>
  marksOf({ cases, alerts: [], chosen, fixes: [], now: NOON, nameOf: ({ case_id }) => case_id });
const filled = (of: ReturnType<Redraw['due']>) => of.fill.map(([source]) => source);

it('fills every source once, and nothing while nothing changes', () => {
  expect(filled(redraw.due(marks([at('c1', 25)]), NOON))).toContain('cases');
  const again = redraw.due(marks([at('c1', 25)]), NOON + 10);
  expect(again).toEqual({ fill: [], waits: false });
});

it('lets the other cases wait, and draws them when their time has come', () => {
  redraw.due(marks([at('c1', 25)]), NOON);
  expect(redraw.due(marks([at('c1', 26)]), NOON + 200)).toEqual({ fill: [], waits: true });
  expect(filled(redraw.due(marks([at('c1', 26)]), NOON + CASES_INTERVAL_MS))).toEqual(['cases']);
});

it('draws the chosen case at once', () => {
  redraw.due(marks([at('c1', 25), at('c2', 25)], at('c2', 25)), NOON);
  const moved = redraw.due(marks([at('c1', 26), at('c2', 26)], at('c2', 26)), NOON + 200);
  expect(filled(moved)).toContain('chosen');
  expect(filled(moved)).not.toContain('cases');
});

it('takes a case that is chosen from among the others in the same moment', () => {
  redraw.due(marks([at('c1', 25), at('c2', 25)]), NOON);
  const chosen = redraw.due(marks([at('c1', 25), at('c2', 25)], at('c2', 25)), NOON + 200);
  expect(filled(chosen)).toEqual(expect.arrayContaining(['cases', 'chosen']));
});

it('fills all of them again when the map has forgotten them', () => {
  redraw.due(marks([at('c1', 25)]), NOON);
  redraw.forget();
  expect(filled(redraw.due(marks([at('c1', 25)]), NOON + 10))).toContain('cases');
});
