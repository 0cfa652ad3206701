import type { CaseId, CaseSummary, DeskId, ProvisionalAlert, StaffId } from '@protocol';
import { compareAlerts } from '../feed/provisional';
import { drillsLast, isDrill } from './drill';
import { foldText } from './search';

export type Tab = 'unclaimed' | 'mine' | 'claimed' | 'closed';
export const TABS: readonly Tab[] = ['unclaimed', 'mine', 'claimed', 'closed'];

export function inTab(summary: CaseSummary, tab: Tab, me: StaffId): boolean {
  switch (tab) {
    case 'unclaimed':
      return summary.state === 'open';
    case 'mine':
      return summary.state === 'claimed' && summary.owner?.staff_id === me;
    case 'claimed':
      return summary.state === 'claimed';
    case 'closed':
      return summary.state === 'closed';
  }
}

/**
 * Drills behind everything real; then unclaimed first, then the ones that ring, then by priority, then the oldest;
 * closed ones the latest first.
 */
export function compareCases(a: CaseSummary, b: CaseSummary): number {
  const drills = drillsLast(a, b);
  if (drills !== 0) return drills;
  if (a.state === 'closed' && b.state === 'closed') {
    return (b.closing?.at_ms ?? 0) - (a.closing?.at_ms ?? 0) || compareIds(a, b);
  }
  return (
    stateRank(a) - stateRank(b) ||
    Number(b.ringing) - Number(a.ringing) ||
    a.priority.localeCompare(b.priority) ||
    a.opened_at_ms - b.opened_at_ms ||
    compareIds(a, b)
  );
}

function stateRank(summary: CaseSummary): number {
  return { open: 0, claimed: 1, closed: 2 }[summary.state];
}

function compareIds(a: CaseSummary, b: CaseSummary): number {
  return a.case_id < b.case_id ? -1 : Number(a.case_id > b.case_id);
}

export interface QueueQuery {
  tab: Tab;
  me: StaffId;
  /** Cases of this desk come before those that it only watches; null: every desk is one's own. */
  desk: DeskId | null;
  /** Words that must all occur in what the row shows. */
  search: string;
  /** Everything of the case or alert that can be searched for. */
  searchable: (item: CaseSummary | ProvisionalAlert) => string;
}

export function queueOf(cases: Iterable<CaseSummary>, query: QueueQuery): CaseSummary[] {
  const matches = matcher(query);
  return [...cases]
    .filter((summary) => inTab(summary, query.tab, query.me) && matches(summary))
    .sort((a, b) => drillsLast(a, b) || watched(a, query) - watched(b, query) || compareCases(a, b));
}

/** Alerts in no case yet: unclaimed, whatever else they are, and the oldest first, drills last. */
export function provisionalOf(alerts: Iterable<ProvisionalAlert>, query: QueueQuery): ProvisionalAlert[] {
  if (query.tab !== 'unclaimed') return [];
  return [...alerts]
    .filter(matcher(query))
    .sort((a, b) => drillsLast(a, b) || watched(a, query) - watched(b, query) || compareAlerts(a, b));
}

function matcher({ search, searchable }: QueueQuery): (item: CaseSummary | ProvisionalAlert) => boolean {
  const words = foldText(search).split(/\s+/).filter(Boolean);
  return (item) => {
    if (words.length === 0) return true;
    const text = foldText(searchable(item));
    return words.every((word) => text.includes(word));
  };
}

function watched({ desk_id }: { desk_id: DeskId }, { desk }: QueueQuery): number {
  return Number(desk !== null && desk_id !== desk);
}

/** How many rows of a tab are real, and how many are drills. */
export interface TabCount {
  real: number;
  drills: number;
}

export function countTabs(
  cases: Iterable<CaseSummary>,
  alerts: Iterable<ProvisionalAlert>,
  me: StaffId,
): Record<Tab, TabCount> {
  const none = () => ({ real: 0, drills: 0 });
  const counts: Record<Tab, TabCount> = { unclaimed: none(), mine: none(), claimed: none(), closed: none() };
  const count = (tab: Tab, item: CaseSummary | ProvisionalAlert) => counts[tab][isDrill(item) ? 'drills' : 'real']++;
  for (const alert of alerts) count('unclaimed', alert);
  for (const summary of cases) {
    for (const tab of TABS) if (inTab(summary, tab, me)) count(tab, summary);
  }
  return counts;
}

/** Rows as drawn while the pointer rests on them: what is there stays where it is, what is new waits. */
export function heldOrder(drawn: readonly CaseId[], wanted: readonly CaseId[]): { order: CaseId[]; waiting: CaseId[] } {
  const present = new Set(drawn);
  return { order: [...drawn], waiting: wanted.filter((id) => !present.has(id)) };
}
