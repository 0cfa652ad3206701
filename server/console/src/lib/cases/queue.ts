import type { CaseId, CaseSummary, DeskId, Priority, ProvisionalAlert, StaffId } from '@protocol';
import { compareAlerts } from '../feed/provisional';
import { drillsLast, isDrill } from './drill';
import { foldText } from './search';

export type Tab = 'unclaimed' | 'mine' | 'claimed' | 'closed';
export const TABS: readonly Tab[] = ['unclaimed', 'mine', 'claimed', 'closed'];

export function inTab(summary: CaseSummary, tab: Tab, me: StaffId, desk: DeskId | null = null): boolean {
  switch (tab) {
    case 'unclaimed':
      // What is offered to the desk, or assigned to the officer, waits for somebody there, whoever has it until then.
      return summary.state === 'open' || (summary.state === 'claimed' && (isFor(summary, desk) || isAssigned(summary, me)));
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
    rankOf(a.priority) - rankOf(b.priority) ||
    a.opened_at_ms - b.opened_at_ms ||
    compareIds(a, b)
  );
}

/** Not by the rules of a language: this is asked many thousand times a second in a flood. */
function rankOf(priority: Priority): number {
  return { p1: 0, p2: 1, p3: 2 }[priority];
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
  /** Only these cases; null: all. */
  only?: ReadonlySet<CaseId> | null;
}

export function queueOf(cases: Iterable<CaseSummary>, query: QueueQuery): CaseSummary[] {
  const matches = matcher(query);
  return [...cases]
    .filter((summary) => inTab(summary, query.tab, query.me, query.desk) && matches(summary))
    .sort((a, b) => drillsLast(a, b) || watched(a, query) - watched(b, query) || compareCases(a, b));
}

/** Alerts in no case yet: unclaimed, whatever else they are, and the oldest first, drills last. */
export function provisionalOf(alerts: Iterable<ProvisionalAlert>, query: QueueQuery): ProvisionalAlert[] {
  if (query.tab !== 'unclaimed') return [];
  return [...alerts]
    .filter(matcher(query))
    .sort((a, b) => drillsLast(a, b) || watched(a, query) - watched(b, query) || compareAlerts(a, b));
}

function matcher({ search, searchable, only }: QueueQuery): (item: CaseSummary | ProvisionalAlert) => boolean {
  const words = foldText(search).split(/\s+/).filter(Boolean);
  return (item) => {
    if (only && !only.has(item.case_id)) return false;
    if (words.length === 0) return true;
    const text = foldedOf(item, searchable(item));
    return words.every((word) => text.includes(word));
  };
}

const FOLDED = new WeakMap<object, { text: string; folded: string }>();

/** `text` folded; remembered for as long as the item is the same, so that a flood does not fold it twenty times a second. */
function foldedOf(item: CaseSummary | ProvisionalAlert, text: string): string {
  const known = FOLDED.get(item);
  if (known?.text === text) return known.folded;
  const folded = foldText(text);
  FOLDED.set(item, { text, folded });
  return folded;
}

function watched(item: CaseSummary | ProvisionalAlert, { desk }: QueueQuery): number {
  return Number(desk !== null && item.desk_id !== desk && ('alert' in item || !isFor(item, desk)));
}

/** It is offered to `desk`. */
function isFor({ offer }: CaseSummary, desk: DeskId | null): boolean {
  return offer != null && offer.to === desk;
}

/** `me` was asked to take it. */
function isAssigned({ assigned }: CaseSummary, me: StaffId): boolean {
  return assigned?.staff_id === me;
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
  desk: DeskId | null = null,
): Record<Tab, TabCount> {
  const none = () => ({ real: 0, drills: 0 });
  const counts: Record<Tab, TabCount> = { unclaimed: none(), mine: none(), claimed: none(), closed: none() };
  const count = (tab: Tab, item: CaseSummary | ProvisionalAlert) => counts[tab][isDrill(item) ? 'drills' : 'real']++;
  for (const alert of alerts) count('unclaimed', alert);
  for (const summary of cases) {
    for (const tab of TABS) if (inTab(summary, tab, me, desk)) count(tab, summary);
  }
  return counts;
}

/** Rows as drawn while the pointer rests on them: what is there stays where it is, what is new waits. */
export function heldOrder(drawn: readonly CaseId[], wanted: readonly CaseId[]): { order: CaseId[]; waiting: CaseId[] } {
  const present = new Set(drawn);
  return { order: [...drawn], waiting: wanted.filter((id) => !present.has(id)) };
}
