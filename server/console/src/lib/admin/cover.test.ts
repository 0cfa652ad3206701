import type { Plan } from '@protocol';
import { describe, expect, it } from 'vitest';
import { aPolicy, aRota, aRotaView } from '../../testing/office';
import { NOON } from '../../testing/samples';
import { en } from '../i18n/admin/en';
import { sayStep, type Names } from '../i18n/admin/plan_words';
import { vi } from '../i18n/admin/vi';
import { Format } from '../i18n/format';
import { vi as words } from '../i18n/vi';
import { calendarOf } from './calendar';
import { faultsOfPolicy, faultsOfRota } from './cover_faults';
import { againEvery, unanswered, unsetFor } from './escalation';
import { coverDesk, roomsOf } from './rooms';
import { addDays, dayOf, localOf, momentOf, weekdayOf } from './zones';

describe('a zone', () => {
  it('turns moments into local times and back', () => {
    expect(localOf(NOON, 'Asia/Taipei')).toBe('2026-11-22T13:00');
    expect(momentOf('2026-11-22T13:00', 'Asia/Taipei')).toBe(NOON);
    expect(dayOf(Date.UTC(2026, 10, 22, 17), 'Asia/Taipei')).toBe('2026-11-23');
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
    expect(weekdayOf('2026-11-22')).toBe(6);
    expect(momentOf('', 'Asia/Taipei')).toBeNull();
  });

  it('takes a time that comes twice the first time, and one that is left out as the moment after', () => {
    expect(momentOf('2026-10-25T02:30', 'Europe/Berlin')).toBe(Date.UTC(2026, 9, 25, 0, 30));
    expect(momentOf('2026-03-29T02:30', 'Europe/Berlin')).toBe(Date.UTC(2026, 2, 29, 1, 30));
  });
});

describe('the calendar of a rota', () => {
  it('shows gaps before they come, by the days of the rota, with its holidays', () => {
    const holidays = [
      { day: '2026-11-23', name: 'Lễ', desk: 'tw-taipei' },
      { day: '2026-11-23', name: 'Lễ khác', desk: 'jp-tokyo' },
    ];
    const days = calendarOf(aRotaView(), holidays, NOON);
    expect(days).toHaveLength(28);
    expect(days[0]).toMatchObject({ day: '2026-11-22', weekday: 6, holidays: [] });
    expect(days[0]?.stretches).toEqual([{ from_ms: NOON, to_ms: Date.UTC(2026, 10, 22, 16), staff: ['s2'] }]);
    expect(days[1]?.holidays).toEqual(['Lễ']);
    expect(days[1]?.stretches.map(({ staff }) => staff)).toEqual([['s2'], []]);
  });
});

describe('a plan', () => {
  const plan = aPolicy().common;
  const at = (of: Plan) => unanswered(of).map(({ at_s }) => at_s);

  it('says when who is told if nobody answers, round by round', () => {
    expect(at(plan)).toEqual([0, 30, 60, 90, 120, 150]);
    expect(againEvery(plan)).toBe(60);
    expect(againEvery({ steps: [{ delay_s: 3000, targets: [] }], repeats: 0 })).toBe(900);
    expect(at({ steps: [{ delay_s: 0, targets: [] }, { delay_s: 0, targets: [] }], repeats: 1 })).toEqual([0, 1, 31, 32]);
  });

  it('ends with the ministry, but for the ministry itself', () => {
    const kinds = (desk: string, unset = aPolicy()) =>
      unsetFor(desk, unset, 'ministry').common.steps.map(({ targets }) => targets[0]?.kind);
    expect(kinds('jp-tokyo')).toEqual(['consoles', 'supervisors', 'desk']);
    expect(kinds('ministry')).toEqual(['consoles', 'supervisors']);
    const ofMinistry = unsetFor('ministry', aPolicy(), 'ministry');
    expect(kinds('tw-taipei', ofMinistry)).toEqual(['consoles', 'supervisors', 'desk']);
  });

  it('is read as sentences', () => {
    const format = new Format('vi', words);
    const names: Names = {
      t: vi.policies,
      staff: (id) => id,
      desk: (id) => id,
      rota: () => undefined,
      webhook: (id) => id,
      span: (ms) => format.span(ms),
    };
    expect(sayStep({ delay_s: 30, targets: [{ kind: 'supervisors' }] }, false, names)).toBe('Sau 30 giây: báo trưởng bàn.');
    expect(sayStep({ delay_s: 0, targets: [{ kind: 'consoles' }] }, true, names)).toBe(
      'Ngay khi bấm SOS: báo màn hình trực của bàn.',
    );
    const both = { delay_s: 90, targets: [{ kind: 'on_call' as const, rota: 'x' }, { kind: 'staff' as const, staff: 'Lan' }] };
    expect(sayStep(both, false, names)).toBe('Sau 1 phút 30 giây: báo người đang trực theo “lịch đã xoá” và Lan.');
  });
});

describe('what is said before it is sent', () => {
  it('names the layer, the shift and the exception that are wrong', () => {
    expect(faultsOfRota(aRota(), vi)).toEqual([]);
    const weekly = { kind: 'weekly' as const, shifts: [{ day: 'monday' as const, from: '08:00', to: '', staff: [] }] };
    const wrong = aRota({
      time_zone: 'Asia/Nowhere',
      layers: [{ valid_from: '2026-11-02', valid_until: '2026-11-01', turns: weekly }],
      overrides: [{ from: 2, to: 1, change: { kind: 'instead', of: 's1', by: 's1' } }],
    });
    expect(faultsOfRota(wrong, en)).toEqual([
      'There is no such time zone.',
      'Layer 1: it ends before it begins.',
      'Layer 1: a time is missing.',
      'Layer 1, shift 1: it needs 1 to 5 officers.',
      'Exception 1: it ends before it begins.',
      'Exception 1: nobody stands in for himself.',
    ]);
  });

  it('names the plan and step of a policy that are wrong', () => {
    expect(faultsOfPolicy(aPolicy(), vi)).toEqual([]);
    const wrong = aPolicy({ p1: { steps: [{ delay_s: 4000, targets: [] }], repeats: 0 }, silent_s: 5 });
    expect(faultsOfPolicy(wrong, en)).toEqual([
      'Plan of P1, step 1: wait 0 to 3600 seconds.',
      'Plan of P1, step 1: it needs 1 to 10 to tell.',
      'The silence is 60 to 86400 seconds.',
    ]);
  });
});

it('opens the rooms that the service would let them into', () => {
  expect(roomsOf({ role: 'dispatcher' })).toEqual(['rotas']);
  expect(roomsOf({ role: 'supervisor' })).toEqual(['rotas', 'policies', 'webhooks', 'holidays']);
  expect(roomsOf({ role: 'duty_officer' })).toEqual(roomsOf({ role: 'supervisor' }));
  expect(roomsOf({ role: 'administrator' })).toHaveLength(11);
  expect(roomsOf({ role: 'reviewer' })).toEqual([]);
  const desk = { desk_id: 'tw', name: '', on_duty: 0 };
  expect(coverDesk({ role: 'supervisor', desk })).toBe('tw');
  expect(coverDesk({ role: 'duty_officer', desk })).toBeNull();
});
