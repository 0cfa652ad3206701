import type { CaseId, CaseSummary, DeskId, Priority, Seq, StaffId, TimelineEntry } from '@protocol';
import { isDrill } from '../cases/drill';
import type { Ring } from './plan';

/** Cases of which it is remembered that a step told this officer; older ones ring by their state as before. */
export const CALLS_MAX = 500;

/** For whom a console rings. */
export interface Hearer {
  me: StaffId;
  desks: ReadonlySet<DeskId>;
  /** The latest step of each case that told this officer by name. */
  calls: ReadonlyMap<CaseId, Seq>;
  /** What was asked of this officer and is on the screen since, as [`askedOf`] names it. */
  opened: ReadonlySet<string>;
}

/** The calls after `entry`: a step of the escalation may tell this officer. */
export function hearCall(calls: ReadonlyMap<CaseId, Seq>, caseId: CaseId, entry: TimelineEntry, me: StaffId): ReadonlyMap<CaseId, Seq> {
  const { event, seq } = entry;
  if (event.kind !== 'escalated' || (calls.get(caseId) ?? 0) >= seq) return calls;
  if (!event.step.told.some((to) => to.kind === 'staff' && to.staff_id === me)) return calls;
  const next = new Map(calls);
  next.delete(caseId);
  next.set(caseId, seq);
  const oldest = next.keys().next();
  if (next.size > CALLS_MAX && !oldest.done) next.delete(oldest.value);
  return next;
}

/**
 * What rings because this officer or desk is meant, beside what rings at the desk that holds it: a step that told the
 * officer, a case that a step has shown to the desk, one that is assigned to the officer or offered to the desk. Nothing of
 * it for drills: nobody is called by them.
 */
export function callsOf(cases: Iterable<CaseSummary>, hearer: Hearer): Ring[] {
  const rings: Ring[] = [];
  for (const c of cases) {
    if (c.state === 'closed' || isDrill(c)) continue;
    const add = (key: string, priority: Priority) => rings.push({ key: `${c.case_id}/${key}`, caseId: c.case_id, priority, told: true });
    const call = hearer.calls.get(c.case_id);
    if (call !== undefined && c.ringing) add(`told${call}`, c.priority);
    else if (c.ringing && isShownByStep(c, hearer.desks)) add(`shown${c.escalated_at_ms}`, c.priority);
    const asked = askedOf(c, hearer.me);
    if (asked && !hearer.opened.has(asked)) rings.push({ key: asked, caseId: c.case_id, priority: 'p2', told: true });
    if (c.offer && hearer.desks.has(c.offer.to)) add(`offer${c.offer.at_ms}`, 'p2');
  }
  return rings;
}

/** What a ring of [`callsOf`] is about. */
export function callKind(key: string): 'told' | 'assigned' | 'offer' {
  const about = key.slice(key.indexOf('/') + 1);
  if (about.startsWith('assigned')) return 'assigned';
  return about.startsWith('offer') ? 'offer' : 'told';
}

/** Which asking of `me` to take `c` is open; null: none. */
export function askedOf(c: CaseSummary, me: StaffId): string | null {
  if (c.assigned?.staff_id !== me || c.owner?.staff_id === me) return null;
  return `${c.case_id}/assigned${c.assigned.since_ms}`;
}

/** Shown to the desk because nobody answered: a desk that helps in it was shown it by hand. */
function isShownByStep(c: CaseSummary, desks: ReadonlySet<DeskId>): boolean {
  if (c.escalated_at_ms == null || desks.has(c.desk_id)) return false;
  return c.watchers.some((desk) => desks.has(desk) && !c.helpers?.includes(desk));
}
