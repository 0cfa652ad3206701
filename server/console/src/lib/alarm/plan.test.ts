import type { Priority } from '@protocol';
import { describe, expect, it } from 'vitest';
import { aCase, aDrill, aDuressCase, aProvisional, NOON } from '../../testing/samples';
import {
  DRILL_AFTER_MS,
  FLOOD_ALARMS,
  FLOOD_WINDOW_MS,
  MUTE_MS,
  muteAlarm,
  planAlarm,
  provisionalRingsOf,
  quietAlarm,
  ringsOf,
  unheard,
  type AlarmMemory,
  type Ring,
} from './plan';

const ring = (id: string, priority: Priority = 'p1'): Ring => ({ key: `${id}/1`, caseId: id, priority });
const drill = (id = 'd'): Ring => ({ ...ring(id, 'p3'), drill: true });

/** Looks every second, and notes at which second what was played. */
function listen(memory: AlarmMemory, seconds: number, rings: (s: number) => Ring[], lost: (s: number) => boolean = () => false) {
  const played: string[] = [];
  for (let s = 0; s <= seconds; s++) {
    const looked = planAlarm(memory, { rings: rings(s), linkLost: lost(s), now: NOON + s * 1000 });
    memory = looked.memory;
    if (looked.plan.play) played.push(`${s}:${looked.plan.play}`);
  }
  return { memory, played };
}

describe('the alarm', () => {
  it('rings for a P1 every 5 seconds for as long as it is unclaimed', () => {
    const { played } = listen(quietAlarm, 20, (s) => (s < 13 ? [ring('a')] : []));
    expect(played).toEqual(['0:p1', '5:p1', '10:p1']);
  });

  it('rings for a P2 every 30 seconds and for a P3 once', () => {
    expect(listen(quietAlarm, 65, () => [ring('a', 'p2')]).played).toEqual(['0:p2', '30:p2', '60:p2']);
    expect(listen(quietAlarm, 65, () => [ring('a', 'p3')]).played).toEqual(['0:p3']);
  });

  it('rings at once for a new case, in the middle of the pause', () => {
    const { played } = listen(quietAlarm, 8, (s) => (s < 2 ? [ring('a')] : [ring('a'), ring('b')]));
    expect(played).toEqual(['0:p1', '2:p1', '7:p1']);
  });

  it('lets the loudest reason speak, and goes on with the next when that one is answered', () => {
    const { played } = listen(quietAlarm, 8, (s) => (s < 6 ? [ring('b', 'p2'), ring('a')] : [ring('b', 'p2')]));
    expect(played).toEqual(['0:p1', '5:p1', '6:p2']);
  });

  it('does not repeat a P3 after something louder has stopped', () => {
    const { played } = listen(quietAlarm, 9, (s) => (s === 3 ? [ring('a'), ring('c', 'p3')] : [ring('c', 'p3')]));
    expect(played).toEqual(['0:p3', '3:p1']);
  });

  it('rings again when a case is released', () => {
    const { played } = listen(quietAlarm, 4, (s) => (s === 1 || s === 2 ? [] : [ring('a')]));
    expect(played).toEqual(['0:p1', '3:p1']);
  });

  it('has another sound for a lost link, below a P1 and above a P2', () => {
    expect(listen(quietAlarm, 12, () => [], () => true).played).toEqual(['0:link', '10:link']);
    expect(listen(quietAlarm, 0, () => [ring('a', 'p2')], () => true).played).toEqual(['0:link']);
    expect(listen(quietAlarm, 0, () => [ring('a')], () => true).played).toEqual(['0:p1']);
  });

  it('is silent for a minute when muted, then rings again', () => {
    const input = { rings: [ring('a')], linkLost: false, now: NOON };
    const { memory } = planAlarm(quietAlarm, input);
    const { played } = listen(muteAlarm(memory, input), 66, () => [ring('a')]);
    expect(played).toEqual([`${MUTE_MS / 1000}:p1`, `${MUTE_MS / 1000 + 5}:p1`]);
  });

  it('does not let a mute swallow a new press, nor the loss of the link', () => {
    const input = { rings: [ring('a')], linkLost: false, now: NOON };
    const muted = muteAlarm(planAlarm(quietAlarm, input).memory, input);
    expect(listen(muted, 9, (s) => (s < 4 ? [ring('a')] : [ring('a'), ring('b')])).played).toEqual(['4:p1', '9:p1']);
    expect(listen(muted, 3, () => [ring('a')], (s) => s >= 2).played).toEqual(['2:link']);
  });

  it('takes a flood together: no new start for every case, one sound that goes on', () => {
    const flood = (s: number) => Array.from({ length: FLOOD_ALARMS + 1 + s }, (_, i) => ring(`c${i}`));
    const first = planAlarm(quietAlarm, { rings: flood(0), linkLost: false, now: NOON });
    expect(first.plan.grouped).toBe(true);
    expect(listen(quietAlarm, 10, flood).played).toEqual(['0:p1', '5:p1', '10:p1']);
  });

  it('counts alarms over ten minutes only', () => {
    const ten = Array.from({ length: FLOOD_ALARMS }, (_, i) => ring(`c${i}`));
    const { memory, plan } = planAlarm(quietAlarm, { rings: ten, linkLost: false, now: NOON });
    expect(plan.grouped).toBe(false);
    const soon = { rings: [ring('late')], linkLost: false, now: NOON + 1000 };
    expect(planAlarm(memory, soon).plan.grouped).toBe(true);
    const later = { ...soon, now: NOON + FLOOD_WINDOW_MS };
    expect(planAlarm(memory, later).plan.grouped).toBe(false);
  });
});

describe('a drill', () => {
  it('rings once, softly, and is no reason to mute', () => {
    expect(listen(quietAlarm, 65, () => [drill()]).played).toEqual(['0:drill']);
    expect(planAlarm(quietAlarm, { rings: [drill()], linkLost: false, now: NOON }).plan.wanted).toBeNull();
  });

  it('neither masks nor delays anything real: that rings as if there were no drill', () => {
    for (const sound of ['p1', 'p2', 'p3'] as const) {
      for (const at of [0, 2, 5, 7]) {
        const real = (s: number) => (s >= at ? [ring('a', sound)] : []);
        const alone = listen(quietAlarm, 40, real).played;
        const among = listen(quietAlarm, 40, (s) => [...(s >= 2 ? [drill()] : []), ...real(s)]).played;
        expect(among.filter((played) => !played.endsWith('drill'))).toEqual(alone);
      }
    }
  });

  it('waits for as long as a P1 rings or the link is lost, then rings once', () => {
    const withP1 = listen(quietAlarm, 20, (s) => (s < 12 ? [ring('a'), drill()] : [drill()]));
    expect(withP1.played).toEqual(['0:p1', '5:p1', '10:p1', '13:drill']);
    expect(listen(quietAlarm, 8, () => [drill()], (s) => s < 5).played).toEqual(['0:link', '5:drill']);
  });

  it('rings in the pause of a P2, at a distance from its sound', () => {
    const { played } = listen(quietAlarm, 35, () => [ring('a', 'p2'), drill()]);
    expect(played).toEqual(['0:p2', `${DRILL_AFTER_MS / 1000}:drill`, '30:p2']);
  });

  it('does not break through a mute that knew of it', () => {
    const input = { rings: [ring('a'), drill()], linkLost: false, now: NOON };
    const muted = muteAlarm(planAlarm(quietAlarm, input).memory, input);
    expect(listen(muted, 50, () => [ring('a'), drill()]).played).toEqual([]);
  });

  it('is tried again when it could not be heard', () => {
    const input = { rings: [drill()], linkLost: false, now: NOON };
    const { memory } = planAlarm(quietAlarm, input);
    expect(listen(unheard(quietAlarm, memory), 5, () => [drill()]).played).toEqual(['0:drill']);
  });

  it('does not make a flood', () => {
    const drills = Array.from({ length: FLOOD_ALARMS + 5 }, (_, i) => drill(`d${i}`));
    const { plan } = planAlarm(quietAlarm, { rings: [...drills, ring('a')], linkLost: false, now: NOON });
    expect(plan.grouped).toBe(false);
  });
});

describe('what rings here', () => {
  const desks = new Set(['tw-taipei']);

  it('is a ringing case of the own desk, claimed or not', () => {
    expect(ringsOf([aCase(), aCase({ case_id: 'c2', state: 'claimed' })], desks)).toHaveLength(2);
  });

  it('is neither a case of another desk, nor one that was answered, nor a closed one', () => {
    const cases = [
      aCase({ desk_id: 'jp-tokyo', watchers: ['tw-taipei'] }),
      aCase({ ringing: false }),
      aCase({ state: 'closed' }),
    ];
    expect(ringsOf(cases, desks)).toEqual([]);
  });

  it('is something new with every press', () => {
    const [first] = ringsOf([aCase()], desks);
    const [second] = ringsOf([aCase({ presses: 2 })], desks);
    expect(first?.key).not.toBe(second?.key);
  });

  it('is a drill as such, whatever priority the case has', () => {
    expect(ringsOf([aDrill({ priority: 'p1' })], desks)).toMatchObject([{ priority: 'p3', drill: true }]);
    const alert = aProvisional(1, { alert: { alert_id: 'a1', drill: true } });
    expect(provisionalRingsOf([alert], desks)).toMatchObject([{ priority: 'p3', drill: true }]);
  });

  it('is something new under duress, also in the middle of a mute', () => {
    const input = { rings: ringsOf([aCase()], desks), linkLost: false, now: NOON };
    const muted = muteAlarm(planAlarm(quietAlarm, input).memory, input);
    expect(listen(muted, 3, (s) => ringsOf([s < 2 ? aCase() : aDuressCase()], desks)).played).toEqual(['2:p1']);
  });

  it('is an alert of the own desk that waits to be recorded, like an unclaimed P1', () => {
    const alerts = [aProvisional(1), aProvisional(2, { desk_id: 'jp-tokyo', watchers: ['tw-taipei'] })];
    expect(provisionalRingsOf(alerts, desks)).toMatchObject([{ caseId: 'ca1', priority: 'p1', alertId: 'a1' }]);
    const elsewhere = [{ ...aProvisional(3), desk_id: 'jp-tokyo', watchers: ['ministry'] }];
    expect(provisionalRingsOf(elsewhere, new Set(['ministry']), true)).toHaveLength(1);
    expect(provisionalRingsOf(elsewhere, new Set(['ministry']))).toEqual([]);
  });

  it('does not start over when the alert becomes its case, and a mute holds on', () => {
    const waiting = provisionalRingsOf([aProvisional(1)], desks);
    const recorded = ringsOf([aCase({ case_id: 'ca1' })], desks);
    expect(listen(quietAlarm, 8, (s) => (s < 3 ? waiting : recorded)).played).toEqual(['0:p1', '5:p1']);
    const input = { rings: waiting, linkLost: false, now: NOON };
    const muted = muteAlarm(planAlarm(quietAlarm, input).memory, input);
    expect(listen(muted, 9, () => recorded).played).toEqual([]);
  });
});
