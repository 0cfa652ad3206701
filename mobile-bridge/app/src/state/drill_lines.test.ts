import { expect, it } from 'vitest';
import { linesOf, NOTICE_MS_MAX, POSITION_MS_MAX, settled, STEP_MS_MAX, type Facts, type LineId } from './drill_lines';

const good: Facts = {
  since_ms: 2_000,
  since_rang_ms: 1_000,
  over: false,
  saved: true,
  online: true,
  enrolled: true,
  stage: 'rang',
  tracking: 'on',
  has_position: true,
  notice: true,
  battery_pct: 80,
  has_pin: true,
  silent: false,
  setup: { persisted: true, installed: true, notices: 'granted', push: true },
};
const states = (change: Partial<Facts>) => Object.fromEntries(linesOf({ ...good, ...change }).map(({ id, state }) => [id, state])) as Record<LineId, string>;
const except = (change: Partial<Facts>) => Object.fromEntries(Object.entries(states(change)).filter(([, state]) => state !== 'ok'));

it('everything works', () => {
  expect(except({})).toEqual({});
  expect(settled(linesOf(good))).toBe(true);
});

it.each<[Partial<Facts>, object]>([
  [{ saved: null }, { saved: 'waiting' }],
  [{ setup: null, notice: false }, { kept: 'waiting', push: 'waiting', notice: 'waiting', installed: 'waiting' }],
  [{ stage: 'received', since_rang_ms: null, notice: false }, { recorded: 'waiting', rang: 'waiting', notice: 'waiting' }],
  [{ stage: 'recorded', since_rang_ms: null, notice: false, since_ms: STEP_MS_MAX }, { rang: 'failed', notice: 'untested' }],
  [{ stage: 'claimed' }, {}],
  [{ online: false, stage: null, since_rang_ms: null, notice: false, since_ms: STEP_MS_MAX }, { network: 'failed', received: 'failed', recorded: 'failed', rang: 'failed', notice: 'untested' }],
  [{ online: false }, {}],
  [{ saved: false, stage: null, since_rang_ms: null, notice: false }, { saved: 'failed', received: 'untested', recorded: 'untested', rang: 'untested', notice: 'untested' }],
  [{ has_position: false, tracking: 'waiting' }, { position: 'waiting' }],
  [{ has_position: false, tracking: 'waiting', since_ms: POSITION_MS_MAX }, { position: 'failed' }],
  [{ has_position: false, tracking: 'denied' }, { position: 'failed' }],
  [{ notice: false, since_rang_ms: NOTICE_MS_MAX - 1 }, { notice: 'waiting' }],
  [{ notice: false, since_rang_ms: NOTICE_MS_MAX }, { notice: 'failed' }],
  [{ notice: false, setup: { persisted: false, installed: false, notices: 'denied', push: false } }, { kept: 'failed', installed: 'failed', push: 'failed', notice: 'untested' }],
  [{ battery_pct: 19 }, { battery: 'failed' }],
  [{ battery_pct: null }, { battery: 'untested' }],
  [{ has_pin: false, silent: true, enrolled: false }, { enrolled: 'failed', pin: 'failed', sound: 'failed' }],
])('%o', (change, expected) => expect(except(change)).toEqual(expected));

it('what was still waited for at the end was not tested', () => {
  expect(except({ stage: 'received', since_rang_ms: null, notice: false, over: true })).toEqual({ recorded: 'untested', rang: 'untested', notice: 'untested' });
});
