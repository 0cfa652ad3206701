import type { AlertId, CaseId, CaseSummary, ProvisionalAlert, TimelineEntry } from '@protocol';

/** Alerts that wait to be recorded, at most; of more the oldest are left out: nobody works down a longer list. */
export const PROVISIONAL_MAX = 500;
/** Recorded alerts that are remembered, at most: a frame sent just before the recording is seconds late, not hours. */
export const RECORDED_MAX = 1_000;
/**
 * An alert that was not told again for this many heartbeats waits no longer: it was recorded in a case that this
 * console is not shown, so no event takes its place. Counted in heartbeats, a lost link ends nothing.
 */
export const UNTOLD_HEARTBEATS_MAX = 6;

/** SOS that are safe but in no case yet. */
export interface ProvisionalState {
  readonly provisional: ReadonlyMap<AlertId, ProvisionalAlert>;
  /** Heartbeats since an alert was last told, where there were any. */
  readonly untold: ReadonlyMap<AlertId, number>;
  /** The latest alerts that an entry has recorded, and in which case. */
  readonly recorded: ReadonlyMap<AlertId, CaseId>;
}

interface Work {
  cases: ReadonlyMap<CaseId, CaseSummary>;
  provisional: Map<AlertId, ProvisionalAlert>;
  untold: Map<AlertId, number>;
  recorded: Map<AlertId, CaseId>;
}

type Known = ProvisionalState & Pick<Work, 'cases'>;

/** The case that `alert` has become, as far as this console has heard. */
export function caseOfAlert(state: Known, alert: ProvisionalAlert): CaseId | null {
  return state.recorded.get(alert.alert.alert_id) ?? (state.cases.has(alert.case_id) ? alert.case_id : null);
}

/** Whether a frame with `alert` says nothing new. */
export function isToldAlready(state: Known, alert: ProvisionalAlert): boolean {
  const id = alert.alert.alert_id;
  if (caseOfAlert(state, alert) !== null) return true;
  return state.provisional.has(id) && !state.untold.has(id);
}

export function takeProvisional(work: Work, alert: ProvisionalAlert): void {
  if (isToldAlready(work, alert)) return;
  const id = alert.alert.alert_id;
  work.untold.delete(id);
  if (work.provisional.has(id)) return;
  work.provisional.set(id, alert);
  if (work.provisional.size > PROVISIONAL_MAX) forget(work, oldest(work.provisional.values()));
}

/** An entry tells of what is recorded even when it is a repeat. */
export function takeRecorded(work: Work, { event }: TimelineEntry, caseId: CaseId): void {
  if (event.kind !== 'opened' && event.kind !== 'pressed_again') return;
  const id = event.alert.alert_id;
  forget(work, id);
  work.recorded.set(id, caseId);
  const first = work.recorded.keys().next();
  if (work.recorded.size > RECORDED_MAX && !first.done) work.recorded.delete(first.value);
}

/** What still waits is told again shortly. */
export function clearProvisional(work: Work): void {
  work.provisional.clear();
  work.untold.clear();
}

export function countHeartbeat(work: Work): void {
  for (const id of work.provisional.keys()) {
    const untold = (work.untold.get(id) ?? 0) + 1;
    if (untold > UNTOLD_HEARTBEATS_MAX) forget(work, id);
    else work.untold.set(id, untold);
  }
}

export function compareAlerts(a: ProvisionalAlert, b: ProvisionalAlert): number {
  return a.received_at_ms - b.received_at_ms || (a.alert.alert_id < b.alert.alert_id ? -1 : 1);
}

function oldest(alerts: Iterable<ProvisionalAlert>): AlertId {
  return [...alerts].reduce((a, b) => (compareAlerts(b, a) < 0 ? b : a)).alert.alert_id;
}

function forget(work: Work, id: AlertId): void {
  work.provisional.delete(id);
  work.untold.delete(id);
}
