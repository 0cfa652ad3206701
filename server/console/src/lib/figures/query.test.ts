import { beforeEach, describe, expect, it } from 'vitest';
import { NOON } from '../../testing/samples';
import { FIRST_FILTERS, isNarrowed, loadFilters, queryOf, saveFilters, zoneOf } from './query';

const HANOI = 'Asia/Ho_Chi_Minh';

class Kept implements Pick<Storage, 'getItem' | 'setItem'> {
  readonly items = new Map<string, string>();
  getItem = (key: string) => this.items.get(key) ?? null;
  setItem = (key: string, value: string) => void this.items.set(key, value);
}

describe('the question', () => {
  it('names only what was chosen', () => {
    expect(queryOf(FIRST_FILTERS, NOON, HANOI)).toEqual({ from: '2026-11-01', to: '2026-11-22', zone: HANOI });
  });

  it('names all that was chosen', () => {
    const filters = { ...FIRST_FILTERS, desk: 'tw-taipei', country: 'TW', kind: 'held', disposition: 'resolved' } as const;
    expect(queryOf(filters, NOON, 'Asia/Taipei')).toEqual({
      from: '2026-11-01',
      to: '2026-11-22',
      zone: 'Asia/Taipei',
      desk: 'tw-taipei',
      country: 'TW',
      kind: 'held',
      disposition: 'resolved',
    });
  });

  it('is of the days of its own zone', () => {
    const late = Date.UTC(2026, 10, 30, 16, 30);
    expect(queryOf(FIRST_FILTERS, late, 'Asia/Ho_Chi_Minh')).toMatchObject({ from: '2026-11-01', to: '2026-11-30' });
    expect(queryOf(FIRST_FILTERS, late, 'Asia/Tokyo')).toMatchObject({ from: '2026-12-01', to: '2026-12-01' });
  });

  it('is not asked while the period is wrong', () => {
    expect(queryOf({ ...FIRST_FILTERS, preset: 'own', from: '2026-11-02', to: '2026-11-01' }, NOON, HANOI)).toBe('backwards');
  });
});

describe('the clock', () => {
  it('is Hà Nội’s where the desk has none, or a misspelt one', () => {
    expect(zoneOf('desk', 'Asia/Taipei')).toBe('Asia/Taipei');
    expect([zoneOf('hanoi', 'Asia/Taipei'), zoneOf('desk', null), zoneOf('desk', 'Asia/Nowhere')]).toEqual([HANOI, HANOI, HANOI]);
  });
});

describe('what was chosen', () => {
  let kept: Kept;
  const load = (staff: string) => loadFilters(kept as unknown as Storage, staff);
  beforeEach(() => (kept = new Kept()));

  it('is there again for the same officer, and for nobody else', () => {
    const filters = { ...FIRST_FILTERS, preset: 'own', from: '2026-01-01', to: '2026-01-31', clock: 'desk', desk: 'jp-tokyo', kind: 'held' } as const;
    saveFilters(kept as unknown as Storage, 's1', filters);
    expect(load('s1')).toEqual(filters);
    expect(load('s2')).toEqual(FIRST_FILTERS);
    expect(isNarrowed(load('s1'))).toBe(true);
    expect(isNarrowed(load('s2'))).toBe(false);
  });

  it('is left out where it makes no sense', () => {
    kept.setItem('sos.console.figures', JSON.stringify({ staff: 's1', preset: 'always', desk: 7, kind: 'hungry', clock: 'moon' }));
    expect(load('s1')).toEqual(FIRST_FILTERS);
    kept.setItem('sos.console.figures', '{');
    expect(load('s1')).toEqual(FIRST_FILTERS);
    expect(loadFilters(null, 's1')).toEqual(FIRST_FILTERS);
  });
});
