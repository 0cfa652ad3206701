import type { Recipient, StepTaken } from '@protocol';
import { describe, expect, it } from 'vitest';
import { aCase, aDrill, anEntry, NOON } from '../../testing/samples';
import { askedOf, callsOf, CALLS_MAX, hearCall, type Hearer } from './calls';
import { FLOOD_ALARMS, planAlarm, quietAlarm, ringsOf } from './plan';

const step = (told: Recipient[]): StepTaken => ({ run: 1, round: 0, step: 1, claimed: false, reach: 'targets', told, is_past_repeats: false });
const escalated = (seq: number, told: Recipient[]) => anEntry(seq, { kind: 'escalated', step: step(told) });
const staff = (staff_id: string): Recipient => ({ kind: 'staff', staff_id, name: 'Minh', personal: false });
const hearer = (change: Partial<Hearer> = {}): Hearer => ({ me: 's1', desks: new Set(['tw-taipei']), calls: new Map(), opened: new Set(), ...change });
const since_ms = NOON + 1000;

describe('a step of the escalation', () => {
  it('calls the officers it names, and nobody else', () => {
    expect([...hearCall(new Map(), 'c1', escalated(5, [staff('s1')]), 's1')]).toEqual([['c1', 5]]);
    expect(hearCall(new Map(), 'c1', escalated(5, [staff('s2'), { kind: 'desk', desk_id: 'tw-taipei' }]), 's1').size).toBe(0);
    expect(hearCall(new Map(), 'c1', anEntry(5), 's1').size).toBe(0);
  });

  it('is the latest one, and only so many are remembered', () => {
    let calls = hearCall(new Map(), 'c1', escalated(5, [staff('s1')]), 's1');
    expect(hearCall(calls, 'c1', escalated(4, [staff('s1')]), 's1')).toBe(calls);
    for (let i = 0; i < CALLS_MAX; i++) calls = hearCall(calls, `x${i}`, escalated(10 + i, [staff('s1')]), 's1');
    expect(calls.size).toBe(CALLS_MAX);
    expect(calls.has('c1')).toBe(false);
  });

  it('rings at the called officer, wherever the case is held, for as long as nobody answers', () => {
    const elsewhere = aCase({ desk_id: 'jp-tokyo', escalated_at_ms: NOON });
    const calls = new Map([['c1', 5]]);
    expect(callsOf([elsewhere], hearer({ calls }))).toMatchObject([{ key: 'c1/told5', priority: 'p1', told: true }]);
    expect(callsOf([{ ...elsewhere, ringing: false }], hearer({ calls }))).toEqual([]);
    expect(callsOf([elsewhere], hearer())).toEqual([]);
  });

  it('rings at a desk that it shows the case, and not at one that was asked to help', () => {
    const shown = aCase({ desk_id: 'jp-tokyo', watchers: ['tw-taipei'], escalated_at_ms: NOON });
    expect(callsOf([shown], hearer())).toMatchObject([{ key: `c1/shown${NOON}`, told: true }]);
    expect(callsOf([{ ...shown, helpers: ['tw-taipei'] }], hearer())).toEqual([]);
    expect(callsOf([{ ...shown, escalated_at_ms: null }], hearer())).toEqual([]);
  });
});

describe('a claimed case', () => {
  const desks = new Set(['tw-taipei']);
  const owner = { staff_id: 's2', name: 'Lan', since_ms };
  const silent = aCase({ state: 'claimed', owner, escalated_at_ms: NOON + 600_000 });

  it('that is left alone rings at its owner, and at no other console of the desk', () => {
    expect(ringsOf([silent], desks, 's2')).toHaveLength(1);
    expect(ringsOf([silent], desks, 's1')).toEqual([]);
  });

  it('rings at the whole desk when it was pressed, or under duress, since it was claimed', () => {
    expect(ringsOf([{ ...silent, pressed_at_ms: since_ms + 1 }], desks, 's1')).toHaveLength(1);
    expect(ringsOf([{ ...silent, duress_at_ms: since_ms + 1 }], desks, 's1')).toHaveLength(1);
  });

  it('is something new each time that it is left alone', () => {
    const [first] = ringsOf([silent], desks, 's2');
    const [second] = ringsOf([{ ...silent, escalated_at_ms: NOON + 900_000 }], desks, 's2');
    expect(first?.key).not.toBe(second?.key);
  });
});

describe('what is asked', () => {
  const assigned = aCase({ ringing: false, assigned: { staff_id: 's1', name: 'Minh', since_ms } });

  it('of this officer rings softly until it is opened or taken', () => {
    expect(callsOf([assigned], hearer())).toMatchObject([{ priority: 'p2', told: true }]);
    const key = askedOf(assigned, 's1') ?? '';
    expect(callsOf([assigned], hearer({ opened: new Set([key]) }))).toEqual([]);
    expect(callsOf([{ ...assigned, state: 'claimed', owner: { staff_id: 's1', name: 'Minh', since_ms } }], hearer())).toEqual([]);
  });

  it('of another officer does not ring', () => {
    expect(callsOf([assigned], hearer({ me: 's2' }))).toEqual([]);
  });

  it('of the desk rings softly until somebody takes or declines it', () => {
    const offered = aCase({ ringing: false, desk_id: 'jp-tokyo', offer: { to: 'tw-taipei', at_ms: NOON } });
    expect(callsOf([offered], hearer())).toMatchObject([{ key: `c1/offer${NOON}`, priority: 'p2' }]);
    expect(callsOf([offered], hearer({ desks: new Set(['jp-tokyo']) }))).toEqual([]);
    expect(callsOf([{ ...offered, offer: null }], hearer())).toEqual([]);
  });

  it('never rings for a drill or a closed case', () => {
    const change = { assigned: assigned.assigned, offer: { to: 'tw-taipei', at_ms: NOON } };
    expect(callsOf([aDrill(change), aCase({ ...change, state: 'closed' })], hearer())).toEqual([]);
  });
});

it('tells further officers of a case without making a flood of it', () => {
  const cases = Array.from({ length: FLOOD_ALARMS }, (_, i) => aCase({ case_id: `c${i}` }));
  const desks = new Set(['tw-taipei']);
  const rings = ringsOf(cases, desks);
  const { memory } = planAlarm(quietAlarm, { rings, linkLost: false, now: NOON });
  const calls = new Map(cases.map(({ case_id }) => [case_id, 9]));
  const more = [...rings, ...callsOf(cases, hearer({ calls }))];
  const { plan } = planAlarm(memory, { rings: more, linkLost: false, now: NOON + 1000 });
  expect(plan.fresh).toHaveLength(FLOOD_ALARMS);
  expect(plan.grouped).toBe(false);
});
