import { FIGURES_DAYS_MAX } from '@protocol';
import { addDays, type Day } from '../admin/zones';

/** Periods that can be chosen by name; `own` is given by its first and last day. */
export const PRESETS = ['this_month', 'last_month', 'this_quarter', 'this_year', 'last_12_months', 'own'] as const;
export type Preset = (typeof PRESETS)[number];

/** From the first day to the last, both of them in it. */
export interface Period {
  from: Day;
  to: Day;
}

export type PeriodFault = 'missing' | 'backwards' | 'long' | 'future';

/** The days that a named period means when it is `today`. One that is still under way ends today: days to come have no cases. */
export function periodOf(preset: Exclude<Preset, 'own'>, today: Day): Period {
  const month = firstOfMonth(today);
  switch (preset) {
    case 'this_month':
      return { from: month, to: today };
    case 'last_month':
      return { from: addMonths(month, -1), to: addDays(month, -1) };
    case 'this_quarter':
      return { from: addMonths(month, -((monthOf(today) - 1) % 3)), to: today };
    case 'this_year':
      return { from: `${today.slice(0, 4)}-01-01`, to: today };
    case 'last_12_months':
      return { from: addDays(addMonths(today, -12), 1), to: today };
  }
}

/** What is wrong with a period that somebody gave. */
export function periodFault({ from, to }: Period, today: Day): PeriodFault | null {
  if (!isDay(from) || !isDay(to)) return 'missing';
  if (to < from) return 'backwards';
  if (from > today) return 'future';
  return to > addDays(from, FIGURES_DAYS_MAX) ? 'long' : null;
}

/** The same day `n` months later, or the last one of that month where it has no such day. */
export function addMonths(day: Day, n: number): Day {
  const months = Number(day.slice(0, 4)) * 12 + monthOf(day) - 1 + n;
  const first = `${String(Math.floor(months / 12)).padStart(4, '0')}-${String((months % 12) + 1).padStart(2, '0')}-01`;
  const wanted = addDays(first, Number(day.slice(8)) - 1);
  return wanted.slice(0, 7) === first.slice(0, 7) ? wanted : addDays(wanted, -Number(wanted.slice(8)));
}

/** Whether the calendar has such a day. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const at = Date.parse(`${text}T00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

function firstOfMonth(day: Day): Day {
  return `${day.slice(0, 7)}-01`;
}

function monthOf(day: Day): number {
  return Number(day.slice(5, 7));
}
