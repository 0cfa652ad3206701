import type { CaseId, CaseSummary, Me } from '@protocol';
import { distanceM } from '../map/geodesy';
import { mayWork } from './may';
import { foldText } from './search';

/** Cases shown to choose from; past that the officer types more. */
export const CANDIDATES_MAX = 20;

/** A case that may be the same matter, and why one would think so. */
export interface Candidate {
  summary: CaseSummary;
  sameWorker: boolean;
  linked: boolean;
  /** From newest position to newest position; null where one is not known. */
  distance_m: number | null;
}

export interface CandidateQuery {
  me: Me;
  /** Words that must all occur. */
  search: string;
  /** What of a case can be searched for. */
  searchable: (summary: CaseSummary) => string;
  /** Only cases that can go on. */
  open: boolean;
}

/** Cases that belong together with `summary`, the likeliest first: same worker, linked, nearest, latest. */
export function candidatesFor(
  summary: CaseSummary,
  cases: Iterable<CaseSummary>,
  { me, search, searchable, open }: CandidateQuery,
): Candidate[] {
  const words = foldText(search).split(/\s+/).filter(Boolean);
  const found = new Map<CaseId, Candidate>();
  for (const other of cases) {
    if (other.case_id === summary.case_id || !mayWork(me, other) || (open && other.state === 'closed')) continue;
    const text = foldText(searchable(other));
    if (words.every((word) => text.includes(word))) found.set(other.case_id, compare(summary, other));
  }
  return [...found.values()].sort(byLikelihood);
}

function compare(summary: CaseSummary, other: CaseSummary): Candidate {
  const [here, there] = [summary.position, other.position];
  return {
    summary: other,
    sameWorker: summary.worker_id != null && summary.worker_id === other.worker_id,
    linked: (summary.links ?? []).includes(other.case_id),
    distance_m: here && there ? distanceM([here.lon, here.lat], [there.lon, there.lat]) : null,
  };
}

function byLikelihood(a: Candidate, b: Candidate): number {
  return (
    Number(b.sameWorker) - Number(a.sameWorker) ||
    Number(b.linked) - Number(a.linked) ||
    Number(a.summary.state === 'closed') - Number(b.summary.state === 'closed') ||
    (a.distance_m ?? Infinity) - (b.distance_m ?? Infinity) ||
    b.summary.opened_at_ms - a.summary.opened_at_ms ||
    0
  );
}
