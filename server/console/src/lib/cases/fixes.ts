import { DETAIL_FIXES_MAX, type FixView } from '@protocol';
import { measuredAt } from './position';

/** Both lists as one: each fix once, newest first, at most as many as a case detail holds. */
export function mergeFixes(known: FixView[], more: FixView[]): FixView[] {
  const byId = new Map(known.map((fix) => [fix.fix_id, fix]));
  for (const fix of more) byId.set(fix.fix_id, fix);
  return [...byId.values()].sort((a, b) => measuredAt(b) - measuredAt(a)).slice(0, DETAIL_FIXES_MAX);
}
