import type { RotaView } from '@protocol';
import { describe, expect, it } from 'vitest';
import { aCover, NOON } from '../../testing/samples';
import { dutiesOf, GAPS_AHEAD_MS } from './duty';

const HOUR = 3_600_000;
const rota = (change: Partial<RotaView> = {}): RotaView => ({
  rota: { id: 'r1', desk: 'tw-taipei', name: 'Ban ngày', time_zone: 'Asia/Taipei', layers: [], overrides: [] },
  version: 1,
  shifts: [
    { from_ms: NOON + 8 * HOUR, to_ms: NOON + 16 * HOUR, staff: ['s2'] },
    { from_ms: NOON - HOUR, to_ms: NOON + 4 * HOUR, staff: ['s1'] },
  ],
  gaps: [[NOON + 4 * HOUR, NOON + 8 * HOUR]],
  ...change,
});
const duty = (view: RotaView, now = NOON) => dutiesOf(aCover({ rotas: [view] }), 'tw-taipei', now)[0];

describe('a rota', () => {
  it('says who is on call, until when, and who is next', () => {
    expect(duty(rota())).toMatchObject({ now: { staff: ['s1'], until_ms: NOON + 4 * HOUR }, next: { staff: ['s2'], from_ms: NOON + 8 * HOUR } });
    expect(duty(rota(), NOON + 4 * HOUR)?.now).toBeNull();
    expect(duty(rota({ shifts: [] }))).toMatchObject({ now: null, next: null });
  });

  it('tells of the gaps of the next seven days, of none that is over and of none further off', () => {
    const gaps: [number, number][] = [[NOON - 2 * HOUR, NOON], [NOON - HOUR, NOON + 1], [NOON + GAPS_AHEAD_MS, NOON + GAPS_AHEAD_MS + 1]];
    expect(duty(rota({ gaps }))?.gaps).toEqual([[NOON - HOUR, NOON + 1]]);
  });

  it('of another desk is left out, but not where every desk is one’s own', () => {
    const cover = aCover({ rotas: [rota()] });
    expect(dutiesOf(cover, 'jp-tokyo', NOON)).toEqual([]);
    expect(dutiesOf(cover, null, NOON)).toHaveLength(1);
  });
});
