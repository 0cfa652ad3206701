import type { DeskId, Me, ReportCounts, ReportsOf } from '@protocol';

/** A list of reports that is asked for. */
export type ListName = ReportsOf | 'all';

/** Which reports are looked at. */
export interface Asked {
  of: ListName;
  /** None: those of all desks that the officer sees. */
  desk: DeskId | null;
}

/** In the order in which somebody has to do something about them. */
export const LISTS = [
  'overdue',
  'missing',
  'draft',
  'returned',
  'submitted',
  'open_measures',
  'overdue_measures',
  'accepted',
  'all',
] as const satisfies readonly ListName[];

/** What an officer has to see to first. */
export function firstAsked(me: Pick<Me, 'role'>): Asked {
  return { of: me.role === 'reviewer' ? 'submitted' : 'missing', desk: null };
}

/** How many a list has; none: it is not counted. */
export function countOf(list: ListName, counts: ReportCounts): number | null {
  return list === 'accepted' || list === 'all' ? null : counts[list];
}

/** Lists that should be empty. */
export function isLate(list: ListName): boolean {
  return list === 'overdue' || list === 'overdue_measures';
}

export function pathOf({ of, desk }: Asked, after: number | null): string {
  const query = new URLSearchParams({
    ...(of !== 'all' && { of }),
    ...(desk !== null && { desk }),
    ...(after !== null && { after: String(after) }),
  }).toString();
  return query ? `/api/reports?${query}` : '/api/reports';
}

/** Officers of a desk see the reports of that desk; the others may choose. */
export function mayChooseDesk(me: Pick<Me, 'role'>): boolean {
  return me.role === 'duty_officer' || me.role === 'reviewer';
}
