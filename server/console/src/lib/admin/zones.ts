import type { UnixMs } from '@protocol';

/** `2026-11-22`, a day of some zone's calendar. */
export type Day = string;

const DAY_MS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether this browser knows the zone. */
export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return zone !== '';
  } catch {
    return false;
  }
}

/** All zones that this browser knows. */
export function zones(): string[] {
  return Intl.supportedValuesOf('timeZone');
}

/** The zone of this computer. */
export function ownZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** What clocks and calendars of `zone` show, as though it were UTC. */
function wallMs(at: UnixMs, zone: string): number {
  const parts = formatOf(zone).formatToParts(at);
  const part = (type: string) => Number(parts.find((other) => other.type === type)?.value);
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
}

/** `2026-11-22` */
export function dayOf(at: UnixMs, zone: string): Day {
  return new Date(wallMs(at, zone)).toISOString().slice(0, 10);
}

/** `2026-11-22T08:00`, as a field for date and time takes it. */
export function localOf(at: UnixMs, zone: string): string {
  return new Date(wallMs(at, zone)).toISOString().slice(0, 16);
}

/** The moment at which `zone` shows `2026-11-22T08:00`; of a time that comes twice the first, of one left out the moment after. */
export function momentOf(local: string, zone: string): UnixMs | null {
  const wall = Date.parse(`${local}Z`);
  if (Number.isNaN(wall)) return null;
  const offsets = [wall - DAY_MS, wall + DAY_MS].map((at) => wallMs(at, zone) - at);
  const fitting = offsets.map((offset) => wall - offset).filter((at) => wallMs(at, zone) === wall);
  return fitting.length > 0 ? Math.min(...fitting) : wall - Math.min(...offsets);
}

/** The day `n` days after `day`. */
export function addDays(day: Day, n: number): Day {
  return new Date(Date.parse(`${day}T00:00Z`) + n * DAY_MS).toISOString().slice(0, 10);
}

/** 0 is Monday. */
export function weekdayOf(day: Day): number {
  return (new Date(`${day}T00:00Z`).getUTCDay() + 6) % 7;
}

/** Whether both show the same time at that moment. */
export function sameClock(at: UnixMs, a: string, b: string): boolean {
  return wallMs(at, a) === wallMs(at, b);
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone: isZone(zone) ? zone : 'UTC',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  formats.set(zone, made);
  return made;
}
