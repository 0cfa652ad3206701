import type { CaseSummary, Priority, ProvisionalAlert } from '@protocol';

/** What a case or alert is marked with: how urgent it is, or that it is a drill and urgent to nobody. */
export type Mark = Priority | 'drill';

/** Whether it is a test of the path: marked everywhere, counted nowhere. */
export function isDrill(item: CaseSummary | ProvisionalAlert): boolean {
  return ('alert' in item ? item.alert.drill : item.drill) === true;
}

/** How it is marked; an alert in no case yet is as urgent as an unclaimed P1. */
export function markOf(item: CaseSummary | ProvisionalAlert): Mark {
  if (isDrill(item)) return 'drill';
  return 'alert' in item ? 'p1' : item.priority;
}

/** For sorting: everything real first. */
export function drillsLast(a: CaseSummary | ProvisionalAlert, b: CaseSummary | ProvisionalAlert): number {
  return Number(isDrill(a)) - Number(isDrill(b));
}
