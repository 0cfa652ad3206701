import { expect, it } from 'vitest';
import { callsOf } from '../lib/alarm/calls';
import { provisionalRingsOf, ringsOf, type Ring } from '../lib/alarm/plan';
import type { AlarmPlayer } from '../lib/alarm/player';
import type { Api } from '../lib/api';
import { ApiError } from '../lib/http/problem';
import { ManualClock, settle } from '../testing/manual_clock';
import { aCase, aDrill, aProvisional, NOON } from '../testing/samples';
import { Alarms } from './alarms.svelte';

const desks = new Set(['tw-taipei']);

it('reports that it rang only once there is a case to report it for', async () => {
  const clock = new ManualClock();
  const reported: string[] = [];
  const played: string[] = [];
  let rings: Ring[] = provisionalRingsOf([aProvisional(1)], desks);
  const alarms = new Alarms({
    api: { rang: async (id: string) => void reported.push(id) } as unknown as Api,
    clock,
    random: () => 0.5,
    player: { state: 'running', play: (sound: string) => played.push(sound), hush() {} } as unknown as AlarmPlayer,
    input: () => ({ rings, linkLost: false, now: clock.now() }),
    drawn: async () => {},
    onFresh: () => {},
  });
  alarms.look();
  await settle();
  expect(played).toEqual(['p1']);
  expect(reported).toEqual([]);
  rings = ringsOf([aCase({ case_id: 'ca1' })], desks);
  await clock.advance(5_000);
  alarms.look();
  await settle();
  expect(reported).toEqual(['ca1']);
});

it('says that it rang for a drill when the drill was heard, and not for the sound of something else', async () => {
  const clock = new ManualClock(NOON);
  const reported: string[] = [];
  const played: string[] = [];
  let cases = [aCase(), aDrill()];
  const alarms = new Alarms({
    api: { rang: async (id: string) => void reported.push(id) } as unknown as Api,
    clock,
    random: () => 0.5,
    player: { state: 'running', play: (sound: string) => played.push(sound), hush() {} } as unknown as AlarmPlayer,
    input: () => ({ rings: ringsOf(cases, desks), linkLost: false, now: clock.now() }),
    drawn: async () => {},
    onFresh: () => {},
  });
  alarms.look();
  await settle();
  expect(reported).toEqual(['c1']);
  cases = [aDrill()];
  await clock.advance(5_000);
  alarms.look();
  await settle();
  expect(played).toEqual(['p1', 'drill']);
  expect(reported).toEqual(['c1', 'drill']);
  alarms.look();
  await settle();
  expect(reported).toHaveLength(2);
});

it('reports a drill that was heard before it had a case', async () => {
  const clock = new ManualClock(NOON);
  const reported: string[] = [];
  let rings: Ring[] = provisionalRingsOf([aProvisional(1, { alert: { alert_id: 'a1', drill: true } })], desks);
  const alarms = new Alarms({
    api: { rang: async (id: string) => void reported.push(id) } as unknown as Api,
    clock,
    random: () => 0.5,
    player: { state: 'running', play: () => true, hush() {} } as unknown as AlarmPlayer,
    input: () => ({ rings, linkLost: false, now: clock.now() }),
    drawn: async () => {},
    onFresh: () => {},
  });
  alarms.look();
  rings = ringsOf([aDrill({ case_id: 'ca1' })], desks);
  alarms.look();
  await settle();
  expect(reported).toEqual(['ca1']);
});

it('says that the officer was told once the console rang, again after an outage, and never again after a refusal', async () => {
  const clock = new ManualClock(NOON);
  const answers: (ApiError | null)[] = [];
  const asked: string[] = [];
  const played: string[] = [];
  const hearer = { me: 's1', desks, calls: new Map([['c1', 7]]), opened: new Set<string>() };
  const cases = [aCase({ desk_id: 'jp-tokyo' })];
  let audible = false;
  const told = async (id: string) => {
    asked.push(id);
    const failed = answers.shift();
    if (failed) throw failed;
  };
  const alarms = new Alarms({
    api: { told } as unknown as Api,
    clock,
    random: () => 0,
    player: { state: 'running', play: (sound: string) => audible && played.push(sound), hush() {} } as unknown as AlarmPlayer,
    input: () => ({ rings: callsOf(cases, hearer), linkLost: false, now: clock.now() }),
    drawn: async () => {},
    onFresh: () => {},
  });
  const look = async () => {
    alarms.look();
    await clock.advance(5_000);
  };
  await look();
  expect(asked).toEqual([]);
  audible = true;
  const away = new ApiError({ kind: 'unreachable' });
  answers.push(away, away, away, away);
  await look();
  expect(asked).toHaveLength(4);
  await look();
  expect(asked).toHaveLength(5);
  await look();
  expect(asked).toHaveLength(5);
  hearer.calls = new Map([['c1', 9]]);
  answers.push(new ApiError({ kind: 'problem', problem: { type: '', title: '', status: 403, code: 'forbidden' } }));
  await look();
  await look();
  expect(asked).toHaveLength(6);
});
