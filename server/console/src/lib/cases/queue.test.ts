import type { CaseSummary, ProvisionalAlert } from '@protocol';
import { describe, expect, it } from 'vitest';
import { aCase, aDrill, aProvisional, NOON } from '../../testing/samples';
import { compareCases, countTabs, heldOrder, provisionalOf, queueOf, type QueueQuery, type Tab } from './queue';

const owner = (staff_id: string) => ({ staff_id, name: staff_id, since_ms: NOON });
const ids = (cases: CaseSummary[]) => cases.map((c) => c.case_id);
const query = (tab: Tab, search = ''): QueueQuery => ({
  tab,
  me: 'me',
  desk: 'tw-taipei',
  search,
  searchable: (item) => `${'alert' in item ? 'chưa ghi sổ' : item.worker_name} Đài Loan`,
});
const find = (cases: CaseSummary[], tab: Tab, search = '') => ids(queueOf(cases, query(tab, search)));

describe('the order of the queue', () => {
  it('is unclaimed first, then priority, then the oldest', () => {
    const cases = [
      aCase({ case_id: 'claimed', state: 'claimed', ringing: false, opened_at_ms: 1 }),
      aCase({ case_id: 'p2', priority: 'p2', opened_at_ms: 2 }),
      aCase({ case_id: 'p1-new', opened_at_ms: 9 }),
      aCase({ case_id: 'p1-old', opened_at_ms: 3 }),
    ];
    expect(ids(cases.sort(compareCases))).toEqual(['p1-old', 'p1-new', 'p2', 'claimed']);
  });

  it('puts a claimed case that was pressed again before the other claimed ones', () => {
    const cases = [
      aCase({ case_id: 'quiet', state: 'claimed', ringing: false, opened_at_ms: 1 }),
      aCase({ case_id: 'again', state: 'claimed', ringing: true, opened_at_ms: 5 }),
    ];
    expect(ids(cases.sort(compareCases))).toEqual(['again', 'quiet']);
  });

  it('shows the latest closed case first', () => {
    const closing = (at_ms: number) => ({ at_ms, by: 'x', disposition: 'resolved' as const, summary: '' });
    const cases = [
      aCase({ case_id: 'a', state: 'closed', closing: closing(1) }),
      aCase({ case_id: 'b', state: 'closed', closing: closing(2) }),
    ];
    expect(find(cases, 'closed')).toEqual(['b', 'a']);
  });

  it('puts what the desk only watches behind what it holds', () => {
    const cases = [aCase({ case_id: 'theirs', desk_id: 'jp-tokyo', opened_at_ms: 1 }), aCase({ case_id: 'ours' })];
    expect(find(cases, 'unclaimed')).toEqual(['ours', 'theirs']);
  });
});

describe('the tabs', () => {
  const cases = [
    aCase({ case_id: 'open' }),
    aCase({ case_id: 'mine', state: 'claimed', owner: owner('me') }),
    aCase({ case_id: 'lan', state: 'claimed', owner: owner('lan') }),
    aCase({ case_id: 'closed', state: 'closed', owner: owner('me') }),
  ];

  it('divide the cases', () => {
    expect(find(cases, 'unclaimed')).toEqual(['open']);
    expect(find(cases, 'mine')).toEqual(['mine']);
    expect(find(cases, 'claimed')).toEqual(['lan', 'mine']);
    expect(find(cases, 'closed')).toEqual(['closed']);
    expect(countTabs(cases, [], 'me')).toEqual({
      unclaimed: { real: 1, drills: 0 },
      mine: { real: 1, drills: 0 },
      claimed: { real: 2, drills: 0 },
      closed: { real: 1, drills: 0 },
    });
  });
});

describe('what waits to be recorded', () => {
  const wait = (alerts: ProvisionalAlert[], tab: Tab, search = '') =>
    provisionalOf(alerts, query(tab, search)).map((alert) => alert.case_id);
  const theirs = aProvisional(1, { desk_id: 'jp-tokyo' });

  it('is unclaimed, the oldest first, and what the desk only watches last', () => {
    expect(wait([aProvisional(3), theirs, aProvisional(2)], 'unclaimed')).toEqual(['ca2', 'ca3', 'ca1']);
    expect(wait([theirs], 'claimed')).toEqual([]);
    expect(countTabs([aCase()], [aProvisional(1), theirs], 'me').unclaimed).toEqual({ real: 3, drills: 0 });
  });

  it('is found like a case', () => {
    expect(wait([theirs], 'unclaimed', 'chua ghi dai')).toEqual(['ca1']);
    expect(wait([theirs], 'unclaimed', 'Hương')).toEqual([]);
  });
});

describe('drills', () => {
  const drill = aDrill({ opened_at_ms: 1 });
  const provisional = aProvisional(1, { alert: { alert_id: 'a1', drill: true } });

  it('come behind everything real, also behind what the desk only watches, and are counted apart', () => {
    const theirs = aCase({ case_id: 'theirs', desk_id: 'jp-tokyo', priority: 'p3' });
    expect(find([drill, theirs, aCase()], 'unclaimed')).toEqual(['c1', 'theirs', 'drill']);
    const claimed = aCase({ case_id: 'claimed', state: 'claimed', ringing: false });
    expect(ids([drill, claimed].sort(compareCases))).toEqual(['claimed', 'drill']);
    expect(provisionalOf([provisional, aProvisional(2)], query('unclaimed')).map((a) => a.case_id)).toEqual(['ca2', 'ca1']);
    expect(countTabs([drill, aCase()], [provisional], 'me').unclaimed).toEqual({ real: 1, drills: 2 });
  });

  it('are in the closed list', () => {
    expect(find([{ ...drill, state: 'closed' }], 'closed')).toEqual(['drill']);
  });
});

describe('the search', () => {
  const cases = [aCase({ case_id: 'a', worker_name: 'Đặng Thuỳ Trâm' }), aCase({ case_id: 'b', worker_name: 'Lý A Páo' })];

  it('does without marks, and wants every word', () => {
    expect(find(cases, 'unclaimed', 'dang tram')).toEqual(['a']);
    expect(find(cases, 'unclaimed', 'ĐÀI LOAN páo')).toEqual(['b']);
    expect(find(cases, 'unclaimed', 'dang pao')).toEqual([]);
    expect(find(cases, 'unclaimed', '  ')).toHaveLength(2);
  });
});

it('keeps drawn rows where they are while new ones wait', () => {
  expect(heldOrder(['b', 'a'], ['c', 'a', 'd'])).toEqual({ order: ['b', 'a'], waiting: ['c', 'd'] });
});
