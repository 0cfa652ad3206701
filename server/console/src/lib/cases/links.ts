import type { CaseId, TimelineEntry } from '@protocol';

/** Numbers of linked cases, as the history of this one says them. */
export function linkNumbers(timeline: readonly TimelineEntry[]): ReadonlyMap<CaseId, string> {
  const numbers = new Map<CaseId, string>();
  for (const { event } of timeline) if (event.kind === 'linked') numbers.set(event.case_id, event.case_no);
  return numbers;
}
