import { describe, expect, it } from 'vitest';
import { aCase, aDrill, aFix, aProvisional, NOON } from '../../testing/samples';
import { marksOf, type MarksInput } from './marks';
import { trailLegs, TRAIL_STRENGTH_MIN } from './trail';

const MIN = 60_000;
const fixAt = (min: number) => aFix({ fix_id: `f${min}`, lon: 121 + min / 100, fix_time_ms: NOON - min * MIN, server_time_ms: NOON });
const input = (change: Partial<MarksInput>): MarksInput => ({
  cases: [],
  alerts: [],
  chosen: null,
  fixes: [],
  now: NOON,
  nameOf: () => '',
  ...change,
});

describe('a trail', () => {
  it('joins measured fixes, and is broken where more than five minutes lie between two', () => {
    const legs = trailLegs([0, 1, 6, 12, 13].map(fixAt), NOON);
    expect(legs.map((leg) => leg.to[0])).toEqual([121, 121.01, 121.12]);
  });

  it('fades with age, and never to nothing', () => {
    const strengths = trailLegs([0, 1, 30, 31, 90, 91].map(fixAt), NOON).map((leg) => leg.strength);
    expect(strengths[0]).toBe(1);
    expect(strengths[1]).toBeLessThan(1);
    expect(strengths[2]).toBe(TRAIL_STRENGTH_MIN);
  });
});

describe('marks on the map', () => {
  it('show how old a position is', () => {
    const cases = [
      aCase({ case_id: 'a', position: fixAt(0) }),
      aCase({ case_id: 'b', position: fixAt(3), priority: 'p2' }),
      aCase({ case_id: 'c', position: fixAt(12), priority: 'p3' }),
    ];
    const icons = marksOf(input({ cases })).cases.features.map((f) => f.properties?.icon);
    expect(icons).toEqual(['p1-fresh', 'p2-aging', 'p3-old']);
  });

  it('leave out closed cases and those without a position', () => {
    const cases = [aCase({ position: null }), aCase({ state: 'closed', position: fixAt(0) })];
    expect(marksOf(input({ cases })).cases.features).toEqual([]);
  });

  it('draw the chosen case apart, with its circle; no circle where the accuracy is unknown', () => {
    const chosen = aCase({ position: fixAt(0) });
    const marks = marksOf(input({ cases: [chosen], chosen }));
    expect(marks.cases.features).toHaveLength(0);
    expect(marks.chosen.features).toHaveLength(1);
    expect(marks.uncertainty.features).toHaveLength(1);
    const vague = aCase({ position: { ...fixAt(0), accuracy_m: null } });
    expect(marksOf(input({ chosen: vague })).uncertainty.features).toHaveLength(0);
  });

  it('draw a drill as such, beneath everything real and urgent to nobody', () => {
    const alert = aProvisional(1, { alert: { alert_id: 'a1', position: fixAt(0), drill: true } });
    const cases = [aDrill({ position: fixAt(0) }), aCase({ position: fixAt(0), priority: 'p3', state: 'claimed' })];
    const marks = marksOf(input({ cases, alerts: [alert] })).cases.features.map((f) => f.properties);
    expect(marks).toMatchObject([
      { icon: 'drill-fresh', urgent: 0, real: 0 },
      { icon: 'p3-fresh', urgent: 0, real: 1 },
      { icon: 'drill-fresh-provisional', urgent: 0, real: 0 },
    ]);
    expect(marks[0]?.rank).toBeLessThan(marks[1]?.rank ?? 0);
  });

  it('draw what waits to be recorded like an unclaimed P1, and tell it apart', () => {
    const alert = aProvisional(1, { alert: { alert_id: 'a1', position: fixAt(3) } });
    const nowhere = aProvisional(2);
    const { features } = marksOf(input({ alerts: [alert, nowhere] })).cases;
    expect(features.map((f) => f.properties)).toMatchObject([{ id: 'ca1', icon: 'p1-aging-provisional', urgent: 1, rank: 9 }]);
    const chosen = marksOf(input({ alerts: [alert], chosen: alert }));
    expect(chosen.cases.features).toHaveLength(0);
    expect(chosen.chosen.features).toHaveLength(1);
    expect(chosen.uncertainty.features).toHaveLength(1);
  });
});
