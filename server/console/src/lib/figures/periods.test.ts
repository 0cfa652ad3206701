import { describe, expect, it } from 'vitest';
import { dayOf } from '../admin/zones';
import { addMonths, isDay, periodFault, periodOf } from './periods';

describe('a named period', () => {
  it.each([
    ['this_month', '2026-11-22', '2026-11-01', '2026-11-22'],
    ['this_month', '2026-11-01', '2026-11-01', '2026-11-01'],
    ['last_month', '2026-03-31', '2026-02-01', '2026-02-28'],
    ['last_month', '2028-03-01', '2028-02-01', '2028-02-29'],
    ['last_month', '2026-01-15', '2025-12-01', '2025-12-31'],
    ['this_quarter', '2026-11-22', '2026-10-01', '2026-11-22'],
    ['this_quarter', '2026-03-31', '2026-01-01', '2026-03-31'],
    ['this_quarter', '2026-04-01', '2026-04-01', '2026-04-01'],
    ['this_year', '2026-12-31', '2026-01-01', '2026-12-31'],
    ['last_12_months', '2026-11-22', '2025-11-23', '2026-11-22'],
    ['last_12_months', '2028-02-29', '2027-03-01', '2028-02-29'],
    ['last_12_months', '2027-02-28', '2026-03-01', '2027-02-28'],
  ] as const)('%s on %s is from %s to %s', (preset, today, from, to) => {
    expect(periodOf(preset, today)).toEqual({ from, to });
  });

  it('begins with the day that the clock of its zone shows, around the end of a month', () => {
    const at = Date.UTC(2026, 9, 31, 17, 30);
    const month = (zone: string) => periodOf('this_month', dayOf(at, zone)).from;
    expect(month('Asia/Ho_Chi_Minh')).toBe('2026-11-01');
    expect(month('Europe/Berlin')).toBe('2026-10-01');
    expect(month('America/Los_Angeles')).toBe('2026-10-01');
  });

  it('is right on the days on which clocks are set', () => {
    // In Berlin the 25th of October 2026 has 25 hours: its last one is not the 26th.
    expect(dayOf(Date.UTC(2026, 9, 25, 22, 59), 'Europe/Berlin')).toBe('2026-10-25');
    expect(periodOf('last_month', dayOf(Date.UTC(2026, 9, 31, 23, 30), 'Europe/Berlin'))).toEqual({ from: '2026-10-01', to: '2026-10-31' });
  });
});

describe('months', () => {
  it('are added by the calendar, and end on their last day', () => {
    expect(addMonths('2026-01-31', 1)).toBe('2026-02-28');
    expect(addMonths('2028-01-31', 1)).toBe('2028-02-29');
    expect(addMonths('2026-12-31', 1)).toBe('2027-01-31');
    expect(addMonths('2026-01-31', -2)).toBe('2025-11-30');
  });
});

describe('a period of one’s own', () => {
  it.each([
    [{ from: '', to: '2026-11-22' }, 'missing'],
    [{ from: '2026-02-30', to: '2026-11-22' }, 'missing'],
    [{ from: '2026-11-22', to: '2026-11-21' }, 'backwards'],
    [{ from: '2026-11-23', to: '2026-11-24' }, 'future'],
    [{ from: '2020-01-01', to: '2026-11-22' }, 'long'],
    [{ from: '2026-11-22', to: '2026-11-22' }, null],
    [{ from: '2021-11-18', to: '2026-11-22' }, null],
  ] as const)('%o: %s', (period, fault) => {
    expect(periodFault(period, '2026-11-22')).toBe(fault);
  });

  it('is of days that there are', () => {
    expect(['2028-02-29', '2026-02-29', '2026-13-01', '26-01-01'].map(isDay)).toEqual([true, false, false, false]);
  });
});
