import type {
  AlertId,
  CaseId,
  CaseSummary,
  DutyOfficer,
  FeedFrame,
  FixView,
  ProvisionalAlert,
  Seq,
  TimelineEntry,
} from '@protocol';
import { laterFix } from '../cases/position';
import {
  clearProvisional,
  countHeartbeat,
  isToldAlready,
  takeProvisional,
  takeRecorded,
  type ProvisionalState,
} from './provisional';

/** What the console knows through its feed. */
export interface FeedState extends ProvisionalState {
  /** A snapshot has come: `cases` is the whole queue. */
  readonly synced: boolean;
  readonly cases: ReadonlyMap<CaseId, CaseSummary>;
  /** Parts of a snapshot whose last part is not there yet. */
  readonly parts: readonly CaseSummary[];
  /** The largest `seq` among the frames that were applied; frames up to here are repeats. */
  readonly applied: Seq;
  /**
   * Where to resume from. Runs ahead of `applied` only when the service, asked again, had nothing more: the entries
   * in between belong to other desks.
   */
  readonly cursor: Seq;
  /** The head of the ledger, as last heard. */
  readonly head: Seq;
  /** What was asked for and is being answered; the next heartbeat ends it. */
  readonly replaying: 'hello' | 'resume' | null;
  readonly onDuty: readonly DutyOfficer[];
}

/** What a frame brought, for those who follow one case or the alarms. */
export type News =
  | { kind: 'snapshot' }
  | { kind: 'event'; caseId: CaseId; entry: TimelineEntry }
  | { kind: 'positions'; caseId: CaseId; fixes: FixView[] }
  /** Connected anew, and up to date: what is not in the ledger (positions) may have been missed meanwhile. */
  | { kind: 'caught_up' };

export const emptyFeed: FeedState = {
  synced: false,
  cases: new Map(),
  parts: [],
  provisional: new Map(),
  untold: new Map(),
  recorded: new Map(),
  applied: 0,
  cursor: 0,
  head: 0,
  replaying: null,
  onDuty: [],
};

/** The state while an answer to `hello` or `resume` is awaited. */
export function asked(state: FeedState, by: 'hello' | 'resume'): FeedState {
  return { ...state, parts: [], replaying: by };
}

/** Whether the ledger has moved on past what this console has dealt with. */
export function isBehind(state: FeedState): boolean {
  return state.synced && state.head > state.cursor;
}

/** The state after `frames`, in the order they came, and what they brought. */
export function reduce(state: FeedState, frames: readonly FeedFrame[]): { state: FeedState; news: News[] } {
  // During an outage nearly all frames are repeats: the same state again means that nothing is drawn anew.
  if (frames.every((frame) => frame.type === 'provisional' && isToldAlready(state, frame.alert))) {
    return { state, news: [] };
  }
  const work: Work = {
    ...state,
    cases: new Map(state.cases),
    provisional: new Map(state.provisional),
    untold: new Map(state.untold),
    recorded: new Map(state.recorded),
  };
  const news: News[] = [];
  for (const frame of frames) {
    const item = applyFrame(work, frame);
    if (item) news.push(item);
  }
  return { state: work, news };
}

type Work = { -readonly [K in keyof FeedState]: FeedState[K] } & {
  cases: Map<CaseId, CaseSummary>;
  provisional: Map<AlertId, ProvisionalAlert>;
  untold: Map<AlertId, number>;
  recorded: Map<AlertId, CaseId>;
};

function applyFrame(work: Work, frame: FeedFrame): News | null {
  switch (frame.type) {
    case 'snapshot':
      work.parts = [...work.parts, ...frame.cases];
      return frame.more ? null : applySnapshot(work, frame.head_seq);
    case 'event':
      return applyEvent(work, frame.entry, frame.case);
    case 'positions':
      applyPositions(work, frame.case_id, frame.fixes);
      return { kind: 'positions', caseId: frame.case_id, fixes: frame.fixes };
    case 'provisional':
      takeProvisional(work, frame.alert);
      return null;
    case 'heartbeat':
      countHeartbeat(work);
      return applyHeartbeat(work, frame.head_seq, frame.on_duty);
    case 'presence':
      // Neither in the ledger nor in the queue: see state/presence.
    case 'error':
      return null;
    default:
      // A page can be older than the service it talks to.
      frame satisfies never;
      return null;
  }
}

function applySnapshot(work: Work, head: Seq): News {
  work.cases = new Map(work.parts.map((summary) => [summary.case_id, summary]));
  work.parts = [];
  clearProvisional(work);
  work.applied = head;
  work.cursor = head;
  work.head = head;
  work.synced = true;
  return { kind: 'snapshot' };
}

function applyEvent(work: Work, entry: TimelineEntry, summary: CaseSummary): News | null {
  takeRecorded(work, entry, summary.case_id);
  if (!advance(work, entry.seq)) return null;
  const known = work.cases.get(summary.case_id);
  if (!known || summary.last_seq >= known.last_seq) {
    work.cases.set(summary.case_id, { ...summary, position: laterFix(known?.position, summary.position) });
  }
  return { kind: 'event', caseId: summary.case_id, entry };
}

function applyPositions(work: Work, caseId: CaseId, fixes: FixView[]): void {
  const known = work.cases.get(caseId);
  if (!known) return;
  const position = fixes.reduce(laterFix, known.position ?? null);
  if (position !== known.position) {
    work.cases.set(caseId, { ...known, position, battery_pct: position?.battery_pct ?? known.battery_pct });
  }
}

function applyHeartbeat(work: Work, head: Seq, onDuty: DutyOfficer[]): News | null {
  work.head = Math.max(work.head, head);
  work.onDuty = onDuty;
  const answered = work.replaying;
  if (!answered) return null;
  work.replaying = null;
  work.cursor = Math.max(work.cursor, head);
  return answered === 'hello' ? { kind: 'caught_up' } : null;
}

/** Takes note of `seq`; false when that entry was dealt with before. */
function advance(work: Work, seq: Seq): boolean {
  if (seq <= work.applied) return false;
  work.applied = seq;
  work.cursor = Math.max(work.cursor, seq);
  work.head = Math.max(work.head, seq);
  return true;
}
