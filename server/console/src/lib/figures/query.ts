import type { Disposition, EmergencyKind, FiguresQuery, UnixMs } from '@protocol';
import { dayOf, isZone } from '../admin/zones';
import { HANOI } from '../i18n/format';
import { periodFault, periodOf, PRESETS, type Period, type PeriodFault, type Preset } from './periods';

export const KINDS = ['injured', 'attacked', 'held', 'other'] as const satisfies readonly EmergencyKind[];
export const DISPOSITIONS = [
  'resolved',
  'referred',
  'false_alarm',
  'cancelled_by_worker',
  'duplicate',
  'unable_to_contact',
  'test',
] as const satisfies readonly Disposition[];

/** What somebody chose to see figures of. Nothing in it is about a person. */
export interface Filters {
  preset: Preset;
  /** Of a period of one's own. */
  from: string;
  to: string;
  /** By whose clock days and hours are meant: Hà Nội's, or the desk's. */
  clock: 'hanoi' | 'desk';
  desk: string | null;
  country: string | null;
  kind: EmergencyKind | null;
  disposition: Disposition | null;
}

export const FIRST_FILTERS: Filters = {
  preset: 'this_month',
  from: '',
  to: '',
  clock: 'hanoi',
  desk: null,
  country: null,
  kind: null,
  disposition: null,
};

const STORAGE_KEY = 'sos.console.figures';

/** The zone that is meant; without a desk's own, Hà Nội's. */
export function zoneOf(clock: Filters['clock'], deskZone: string | null | undefined): string {
  return clock === 'desk' && deskZone && isZone(deskZone) ? deskZone : HANOI;
}

/** The days that are meant, by the calendar of `zone`. */
export function daysOf(filters: Filters, now: UnixMs, zone: string): Period {
  return filters.preset === 'own' ? { from: filters.from, to: filters.to } : periodOf(filters.preset, dayOf(now, zone));
}

/** The question as the service takes it, or what is wrong with the period. */
export function queryOf(filters: Filters, now: UnixMs, zone: string): FiguresQuery | PeriodFault {
  const days = daysOf(filters, now, zone);
  const fault = periodFault(days, dayOf(now, zone));
  if (fault) return fault;
  const { desk, country, kind, disposition } = filters;
  return {
    ...days,
    zone,
    ...(desk && { desk }),
    ...(country && { country }),
    ...(kind && { kind }),
    ...(disposition && { disposition }),
  };
}

/** Whether cases of the period are left out by anything else. */
export function isNarrowed({ desk, country, kind, disposition }: Pick<Filters, 'desk' | 'country' | 'kind' | 'disposition'>): boolean {
  return [desk, country, kind, disposition].some((choice) => choice !== null);
}

/** What this officer had chosen on this computer; another one begins anew. */
export function loadFilters(storage: Storage | null, staffId: string): Filters {
  try {
    const saved = JSON.parse(storage?.getItem(STORAGE_KEY) ?? '{}') as Record<string, unknown>;
    if (saved.staff !== staffId) return FIRST_FILTERS;
    return {
      preset: oneOf(PRESETS, saved.preset) ?? FIRST_FILTERS.preset,
      from: text(saved.from) ?? '',
      to: text(saved.to) ?? '',
      clock: saved.clock === 'desk' ? 'desk' : 'hanoi',
      desk: text(saved.desk),
      country: text(saved.country),
      kind: oneOf(KINDS, saved.kind),
      disposition: oneOf(DISPOSITIONS, saved.disposition),
    };
  } catch {
    return FIRST_FILTERS;
  }
}

export function saveFilters(storage: Storage | null, staffId: string, filters: Filters): void {
  try {
    storage?.setItem(STORAGE_KEY, JSON.stringify({ ...filters, staff: staffId }));
  } catch {
    // Storage is full or forbidden: the choice holds for this page only.
  }
}

function oneOf<T extends string>(all: readonly T[], value: unknown): T | null {
  return all.find((other) => other === value) ?? null;
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
