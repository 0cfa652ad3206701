// What the console works out about a case at work.
import { describe, expect, it } from 'vitest';
import { aCase, aColleague, aDrill, aFix, anEntry, anOfficer, NOON, someTexts } from '../../testing/samples';
import { answersOf, questionsFor } from './answers';
import { candidatesFor } from './candidates';
import { colleaguesFor } from './colleagues';
import { writeCoordinates } from './coordinates';
import { linkNumbers } from './links';
import { nextCase } from './next';
import { fixAwaitedSince } from './position';
import { countTabs, inTab } from './queue';

const byMinh = { role: 'staff' as const, staff_id: 's1', name: 'Minh' };

describe('coordinates', () => {
  it.each([
    ['decimal', '25.05000, 121.52000'],
    ['minutes', '25°03.0000′N 121°31.2000′E'],
    ['seconds', '25°03′00.0″N 121°31′12.0″E'],
    ['geo', 'geo:25.050000,121.520000'],
    ['map', 'https://www.openstreetmap.org/?mlat=25.050000&mlon=121.520000#map=17/25.05000/121.52000'],
  ] as const)('are written as %s', (form, text) => expect(writeCoordinates(form, 25.05, 121.52)).toBe(text));

  it('name the side of the Earth instead of a sign', () => {
    expect(writeCoordinates('seconds', -0.5, -70.25)).toBe('00°30′00.0″S 070°15′00.0″W');
  });

  it('never write sixty minutes or seconds', () => {
    expect(writeCoordinates('minutes', 9.9999999999, 0)).toBe('10°00.0000′N 000°00.0000′E');
    expect(writeCoordinates('seconds', 9.99999999, 179.99999999)).toBe('10°00′00.0″N 180°00′00.0″E');
  });
});

describe('answers', () => {
  const answered = (seq: number, text: string) => ({ ...anEntry(seq, { kind: 'answered', question: 'safe', text }), actor: byMinh });

  it('are the latest, with who wrote them and when', () => {
    const answers = answersOf([answered(1, 'Không'), anEntry(2), answered(3, 'Có')]);
    expect([...answers]).toEqual([['safe', { text: 'Có', by: 'Minh', atMs: NOON + 3 }]]);
  });

  it('are asked for by what happened, and only in general where nobody knows', () => {
    const { questions } = someTexts();
    const ids = (...args: [Parameters<typeof questionsFor>[1]]) => questionsFor(questions, ...args).map(({ id }) => id);
    expect(ids('injured')).toEqual(['safe', 'hurt']);
    expect(ids('held')).toEqual(['safe', 'door']);
    expect(ids(null)).toEqual(['safe']);
  });
});

describe('a case that may be the same matter', () => {
  const query = { me: anOfficer(), search: '', searchable: (c: { case_no: string }) => c.case_no, open: true };
  const here = aCase({ worker_id: 'w1', position: aFix(), links: ['linked'] });
  const others = [
    here,
    aCase({ case_id: 'far', position: aFix({ lat: 22 }), case_no: '2026-000077' }),
    aCase({ case_id: 'near', position: aFix({ lat: 25.06 }) }),
    aCase({ case_id: 'linked' }),
    aCase({ case_id: 'same', worker_id: 'w1' }),
    aCase({ case_id: 'closed', state: 'closed' }),
    aCase({ case_id: 'theirs', desk_id: 'jp-tokyo' }),
  ];
  const ids = (change = {}) => candidatesFor(here, others, { ...query, ...change }).map(({ summary }) => summary.case_id);

  it('is of the same worker, or linked, or near; never itself, or one that the officer does not work', () => {
    expect(ids()).toEqual(['same', 'linked', 'near', 'far']);
  });

  it('is found by number, and may be closed where it only gets a link', () => {
    expect(ids({ search: '77' })).toEqual(['far']);
    expect(ids({ open: false })).toContain('closed');
  });

  it('is as far away as it is, where both places are known', () => {
    const [same, , near] = candidatesFor(here, others, query);
    expect(near?.distance_m).toBeCloseTo(1112, -1);
    expect(same).toMatchObject({ sameWorker: true, distance_m: null });
  });
});

describe('the next case', () => {
  const me = anOfficer();
  const next = (...cases: Parameters<typeof aCase>[0][]) => nextCase(cases.map((c) => aCase(c)), me, 'closed')?.case_id ?? null;

  it('is what waits for the desk, then what is offered to it, then one’s own', () => {
    const own = { case_id: 'own', state: 'claimed' as const, owner: { staff_id: 's1', name: 'Minh', since_ms: NOON } };
    const offer = { case_id: 'offered', state: 'claimed' as const, desk_id: 'jp-tokyo', offer: { to: 'tw-taipei', at_ms: NOON } };
    const waiting = { case_id: 'waiting', priority: 'p3' as const };
    expect(next(own, offer, waiting)).toBe('waiting');
    expect(next(own, offer)).toBe('offered');
    expect(next(own)).toBe('own');
  });

  it('is none that was just closed, that another desk holds, or that is a drill', () => {
    expect(next({ case_id: 'closed' }, { case_id: 'theirs', desk_id: 'jp-tokyo' })).toBeNull();
    expect(nextCase([aDrill()], me, null)).toBeNull();
  });
});

it('colleagues are those of the desk, on shift first, without whoever has the case', () => {
  const lans = aCase({ owner: { staff_id: 's2', name: 'Lan', since_ms: NOON } });
  const all = [
    aColleague({ staff_id: 's5', name: 'An', on_shift: false }),
    aColleague({ staff_id: 's4', name: 'Đức' }),
    aColleague(),
    aColleague({ staff_id: 's6', desk_id: 'jp-tokyo' }),
    aColleague({ staff_id: 's7', role: 'administrator' }),
  ];
  expect(colleaguesFor(lans, all, '').map(({ staff_id }) => staff_id)).toEqual(['s4', 's5']);
  expect(colleaguesFor(lans, all, 'duc').map(({ staff_id }) => staff_id)).toEqual(['s4']);
});

it('a position is awaited until one comes after it was asked for', () => {
  const asked = aCase({ fix_asked_at_ms: NOON + 1000 });
  expect(fixAwaitedSince(aCase())).toBeNull();
  expect(fixAwaitedSince(asked)).toBe(NOON + 1000);
  expect(fixAwaitedSince({ ...asked, position: aFix() })).toBe(NOON + 1000);
  expect(fixAwaitedSince({ ...asked, position: aFix({ server_time_ms: NOON + 2000 }) })).toBeNull();
});

it('a case that is offered to the desk waits there, whoever has it', () => {
  const offer = aCase({ state: 'claimed', desk_id: 'jp-tokyo', offer: { to: 'tw-taipei', at_ms: NOON } });
  expect(inTab(offer, 'unclaimed', 's1', 'tw-taipei')).toBe(true);
  expect(inTab(offer, 'unclaimed', 's1', 'jp-tokyo')).toBe(false);
  expect(countTabs([offer], [], 's1', 'tw-taipei').unclaimed.real).toBe(1);
});

it('a case that an officer is asked to take waits for that one, whoever has it', () => {
  const owner = { staff_id: 's2', name: 'Lan', since_ms: NOON };
  const asked = aCase({ state: 'claimed', owner, assigned: { staff_id: 's1', name: 'Minh', since_ms: NOON } });
  expect(inTab(asked, 'unclaimed', 's1', 'tw-taipei')).toBe(true);
  expect(inTab(asked, 'unclaimed', 's2', 'tw-taipei')).toBe(false);
});

it('numbers of linked cases are those of the history', () => {
  expect(linkNumbers([anEntry(1, { kind: 'linked', case_id: 'c2', case_no: '2026-000002' })]).get('c2')).toBe('2026-000002');
});
