import { ROTA_DAYS_SHOWN, type Holiday, type RotaView, type StaffId, type UnixMs } from '@protocol';
import { addDays, dayOf, momentOf, weekdayOf, type Day } from './zones';

/** A part of a day in which the same officers are on call, or nobody. */
export interface Stretch {
  from_ms: UnixMs;
  to_ms: UnixMs;
  /** First to last; empty: nobody, a gap. */
  staff: readonly StaffId[];
}

export interface CalendarDay {
  day: Day;
  /** 0 is Monday. */
  weekday: number;
  stretches: Stretch[];
  /** Names of the holidays on it. */
  holidays: string[];
}

/** The days that the service has laid out, from that of `now` on, by the calendar of the rota's zone. */
export function calendarOf(view: RotaView, holidays: readonly Holiday[], now: UnixMs): CalendarDay[] {
  const zone = view.rota.time_zone;
  const first = dayOf(now, zone);
  const all = stretchesOf(view);
  return Array.from({ length: ROTA_DAYS_SHOWN }, (_, i) => {
    const day = addDays(first, i);
    return {
      day,
      weekday: weekdayOf(day),
      stretches: all.flatMap((stretch) => within(stretch, startOf(day, zone), startOf(addDays(day, 1), zone))),
      holidays: holidays
        .filter((other) => other.day === day && (other.desk == null || other.desk === view.rota.desk))
        .map(({ name }) => name),
    };
  });
}

/** Whether anybody is missing before the laid-out days are over. */
export function hasGaps(view: RotaView): boolean {
  return view.gaps.length > 0;
}

function stretchesOf(view: RotaView): Stretch[] {
  const gaps = view.gaps.map(([from_ms, to_ms]) => ({ from_ms, to_ms, staff: [] }));
  // A stretch with nobody in it may stand among the shifts as well.
  const shifts = view.shifts.filter(({ staff }) => staff.length > 0);
  return [...shifts, ...gaps].sort((a, b) => a.from_ms - b.from_ms);
}

function within(stretch: Stretch, from: UnixMs, to: UnixMs): Stretch[] {
  const from_ms = Math.max(stretch.from_ms, from);
  const to_ms = Math.min(stretch.to_ms, to);
  return from_ms < to_ms ? [{ ...stretch, from_ms, to_ms }] : [];
}

function startOf(day: Day, zone: string): UnixMs {
  return momentOf(`${day}T00:00`, zone) ?? 0;
}
