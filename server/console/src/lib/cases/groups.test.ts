import type { CaseSummary } from '@protocol';
import { describe, expect, it } from 'vitest';
import { aCase, aDrill, aFix, NOON } from '../../testing/samples';
import { destination, distanceM } from '../map/geodesy';
import { lonLat } from '../map/trail';
import { GROUP_MIN, groupsOf, NEAR_M, NEAR_MS } from './groups';

const HOME: [number, number] = [121.52, 25.05];
const at = (id: string, distance_m: number, bearing: number, change: Partial<CaseSummary> = {}, home = HOME): CaseSummary => {
  const [lon, lat] = destination(home, distance_m, bearing);
  return aCase({ case_id: id, position: aFix({ lat, lon }), ...change });
};
const ids = (cases: readonly CaseSummary[]) => cases.map(({ case_id }) => case_id);

/** Numbers that look random and are the same in every run. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function crowd(seed: number, n: number): CaseSummary[] {
  const roll = dice(seed);
  const centres = Array.from({ length: 6 }, (): [number, number] => [-180 + roll() * 360, -85 + roll() * 170]);
  return Array.from({ length: n }, (_, i) => {
    const home = centres[Math.floor(roll() * centres.length)] as [number, number];
    return at(`c${String(i).padStart(3, '0')}`, roll() * 6_000, roll() * 360, {
      opened_at_ms: NOON + Math.floor(roll() * 3 * NEAR_MS),
      state: roll() < 0.3 ? 'claimed' : 'open',
      employer: roll() < 0.4 ? `Công ty ${Math.floor(roll() * 5)}` : null,
      address: roll() < 0.3 ? `Ký túc xá ${Math.floor(roll() * 5)}` : null,
    }, home);
  });
}

describe('a group', () => {
  it('is of cases close in place and time, and says how close', () => {
    const [group, ...more] = groupsOf([at('a', 0, 0), at('b', 600, 90), at('c', 400, 200), at('far', 5_000, 0)]);
    expect(more).toEqual([]);
    expect(ids(group?.cases ?? [])).toEqual(['a', 'b', 'c']);
    const [reason] = group?.reasons ?? [];
    expect(reason?.kind === 'near' && Math.round(reason.radius_m)).toBe(600);
    const late = at('c', 400, 200, { opened_at_ms: NOON + NEAR_MS + 1 });
    expect(groupsOf([at('a', 0, 0), at('b', 600, 90), late])).toEqual([]);
  });

  it('is of one employer, or of one address, however it is written', () => {
    const names = ['Công ty Đại Phát', 'CONG TY DAI PHAT', ' công ty  Đại Phát. '];
    const [group] = groupsOf(names.map((employer, i) => aCase({ case_id: `c${i}`, employer })));
    expect(group?.reasons).toEqual([{ kind: 'employer', name: 'Công ty Đại Phát' }]);
    expect(groupsOf(names.map((address, i) => aCase({ case_id: `c${i}`, address })))[0]?.reasons[0]?.kind).toBe('address');
    expect(groupsOf(['', ' ', null].map((employer, i) => aCase({ case_id: `c${i}`, employer })))).toEqual([]);
  });

  it('of the same cases for several reasons is one', () => {
    const same = { employer: 'Đại Phát', address: 'Ký túc xá 2' };
    const groups = groupsOf([at('a', 0, 0, same), at('b', 10, 90, same), at('c', 20, 0, same)]);
    expect(groups).toHaveLength(1);
    expect(groups[0]?.reasons.map(({ kind }) => kind)).toEqual(['near', 'employer', 'address']);
  });

  it('has no drill, no closed case, and none whose place is not known well enough', () => {
    const position = aFix({ accuracy_m: 5_000 });
    const odd = [aDrill({ position: aFix() }), at('d', 0, 0, { state: 'closed' }), aCase({ case_id: 'e', position }), aCase({ case_id: 'f' })];
    expect(groupsOf([at('a', 0, 0), at('b', 5, 0), ...odd])).toEqual([]);
    expect(groupsOf([at('a', 0, 0), at('b', 5, 0), at('g', 9, 0), ...odd]).map((group) => ids(group.cases))).toEqual([['a', 'b', 'g']]);
  });

  it('counts who is unclaimed, and most of them comes first', () => {
    const claimed = [0, 1, 2, 3].map((i) => aCase({ case_id: `x${i}`, employer: 'X', state: i ? 'claimed' : 'open' }));
    const open = [0, 1, 2].map((i) => aCase({ case_id: `y${i}`, employer: 'Y' }));
    expect(groupsOf([...claimed, ...open]).map(({ unclaimed }) => unclaimed)).toEqual([3, 1]);
  });
});

describe('for whatever cases there are', () => {
  const crowds = Array.from({ length: 25 }, (_, seed) => crowd(seed + 1, 40 + seed * 8));

  it('groups are the same whatever order the cases come in', () => {
    for (const cases of crowds) expect(groupsOf([...cases].reverse())).toEqual(groupsOf(cases));
  });

  it('a group holds what it says: enough cases, each once, each as close as said', () => {
    for (const cases of crowds) {
      for (const group of groupsOf(cases)) {
        expect(group.cases.length).toBeGreaterThanOrEqual(GROUP_MIN);
        expect(new Set(ids(group.cases)).size).toBe(group.cases.length);
        expect(group.unclaimed).toBe(group.cases.filter((c) => c.state === 'open').length);
        const [first] = group.cases;
        for (const reason of group.reasons) {
          if (reason.kind !== 'near') continue;
          expect(reason.radius_m).toBeLessThanOrEqual(NEAR_M);
          for (const c of group.cases) {
            if (!first?.position || !c.position) throw new Error('no position');
            expect(distanceM(lonLat(first.position), lonLat(c.position))).toBeLessThanOrEqual(reason.radius_m);
            expect(c.opened_at_ms - first.opened_at_ms).toBeLessThanOrEqual(NEAR_MS);
          }
        }
      }
    }
  });

  it('the squares leave nobody out: every close group is what measuring each pair gives', () => {
    for (const cases of crowds) {
      const left = [...cases].sort((a, b) => a.opened_at_ms - b.opened_at_ms || (a.case_id < b.case_id ? -1 : 1));
      const expected: string[][] = [];
      while (left.length > 0) {
        const first = left[0] as CaseSummary;
        const near = left.filter((c) => {
          if (!first.position || !c.position || c.opened_at_ms - first.opened_at_ms > NEAR_MS) return false;
          return distanceM(lonLat(first.position), lonLat(c.position)) <= NEAR_M;
        });
        const gone = near.length >= GROUP_MIN ? near : [first];
        if (near.length >= GROUP_MIN) expected.push(ids(near));
        for (const c of gone) left.splice(left.indexOf(c), 1);
      }
      const found = groupsOf(cases.map((c) => ({ ...c, employer: null, address: null }))).map((group) => ids(group.cases));
      expect(found.sort()).toEqual(expected.sort());
    }
  });

  it('five hundred cases at one place are one group', () => {
    const roll = dice(7);
    const all = Array.from({ length: 500 }, (_, i) => at(`c${String(i).padStart(3, '0')}`, roll() * 450, roll() * 360, { opened_at_ms: NOON + i }));
    const groups = groupsOf(all);
    expect(groups).toHaveLength(1);
    expect(groups[0]?.cases).toHaveLength(500);
  });
});
