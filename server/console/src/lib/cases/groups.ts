import type { CaseId, CaseSummary } from '@protocol';
import { distanceM } from '../map/geodesy';
import { lonLat } from '../map/trail';
import { isDrill } from './drill';
import { foldText } from './search';

/** Cases no further than this from the first one are close, in metres. */
export const NEAR_M = 1_000;
/** And opened no later than this after it. */
export const NEAR_MS = 30 * 60_000;
/** Fewer than this are no group: they are worked one by one as fast. */
export const GROUP_MIN = 3;
/** Names whose folded form is remembered, at most: more than open cases have. */
const FOLDED_MAX = 5_000;

/** Why cases may be one matter. `near`: all within `radius_m` of the first one. */
export type GroupReason =
  | { kind: 'near'; radius_m: number }
  | { kind: 'employer'; name: string }
  | { kind: 'address'; name: string };

/** Cases that may be one matter: offered together, never joined by themselves. */
export interface CaseGroup {
  /** The same for as long as its first case and its reason are. */
  id: string;
  reasons: GroupReason[];
  /** The oldest first. */
  cases: CaseSummary[];
  unclaimed: number;
}

/**
 * The groups among `cases`, those with most unclaimed cases first. The same cases in any order give the same groups. Closed
 * cases and drills are in none; a case may be in one group of each kind.
 */
export function groupsOf(cases: Iterable<CaseSummary>): CaseGroup[] {
  const live = [...cases].filter((c) => c.state !== 'closed' && !isDrill(c)).sort(byAge);
  const groups = [
    ...nearGroups(live),
    ...sharedGroups(live, 'employer', ({ employer }) => employer),
    ...sharedGroups(live, 'address', ({ address }) => address),
  ];
  return joinSame(groups).sort((a, b) => b.unclaimed - a.unclaimed || b.cases.length - a.cases.length || order(a.id, b.id));
}

/** The oldest case not in a group yet gathers those around it. */
function nearGroups(live: readonly CaseSummary[]): CaseGroup[] {
  const grid = new Grid();
  for (const c of live) if (isPlaced(c)) grid.add(c);
  const groups: CaseGroup[] = [];
  for (const first of live) {
    if (!grid.has(first)) continue;
    const members = grid.around(first).filter((c) => c.opened_at_ms - first.opened_at_ms <= NEAR_MS && apartM(first, c) <= NEAR_M);
    // One that gathers too few is the oldest there is: no later one could gather it either.
    grid.remove(members.length >= GROUP_MIN ? members : [first]);
    if (members.length < GROUP_MIN) continue;
    const radius_m = Math.max(...members.map((c) => apartM(first, c)));
    groups.push(groupOf([{ kind: 'near', radius_m }], members));
  }
  return groups;
}

function sharedGroups(
  live: readonly CaseSummary[],
  kind: 'employer' | 'address',
  nameOf: (c: CaseSummary) => string | null | undefined,
): CaseGroup[] {
  const byName = new Map<string, CaseSummary[]>();
  for (const c of live) {
    const name = folded(nameOf(c) ?? '');
    if (!name) continue;
    const known = byName.get(name);
    if (known) known.push(c);
    else byName.set(name, [c]);
  }
  return [...byName.values()]
    .filter((members) => members.length >= GROUP_MIN)
    .map((members) => groupOf([{ kind, name: nameOf(members[0] as CaseSummary)?.trim() ?? '' }], members));
}

/** Groups of exactly the same cases are one, with several reasons. */
function joinSame(groups: readonly CaseGroup[]): CaseGroup[] {
  const byMembers = new Map<string, CaseGroup>();
  for (const group of groups) {
    const members = group.cases.map((c) => c.case_id).join();
    const same = byMembers.get(members);
    if (same) same.reasons.push(...group.reasons);
    else byMembers.set(members, group);
  }
  return [...byMembers.values()];
}

function groupOf(reasons: GroupReason[], members: readonly CaseSummary[]): CaseGroup {
  const cases = [...members].sort(byAge);
  const unclaimed = cases.filter((c) => c.state === 'open').length;
  return { id: `${reasons[0]?.kind}/${cases[0]?.case_id}`, reasons, cases, unclaimed };
}

/** A position that may be off by more than the group is wide says nothing about who is close. */
function isPlaced({ position }: CaseSummary): boolean {
  return position != null && (position.accuracy_m ?? 0) <= NEAR_M;
}

function apartM(a: CaseSummary, b: CaseSummary): number {
  return a.position && b.position ? distanceM(lonLat(a.position), lonLat(b.position)) : Infinity;
}

/** Degrees of latitude that are `NEAR_M` long, and a little more. */
const CELL_DEG = (NEAR_M / 111_000) * 1.01;

/** Cases by the square they lie in, so that only neighbours are measured against each other. */
class Grid {
  readonly #cells = new Map<string, Map<CaseId, CaseSummary>>();

  add(c: CaseSummary): void {
    const key = keyOf(...cellOf(c));
    const cell = this.#cells.get(key) ?? new Map();
    this.#cells.set(key, cell.set(c.case_id, c));
  }

  has(c: CaseSummary): boolean {
    return isPlaced(c) && this.#cells.get(keyOf(...cellOf(c)))?.has(c.case_id) === true;
  }

  remove(members: readonly CaseSummary[]): void {
    for (const c of members) this.#cells.get(keyOf(...cellOf(c)))?.delete(c.case_id);
  }

  /** Everything that may lie within `NEAR_M`: a square in each of the three rows of squares around it. */
  around(c: CaseSummary): CaseSummary[] {
    const { lat, lon } = c.position ?? { lat: 0, lon: 0 };
    const found = new Map<CaseId, CaseSummary>();
    const [row] = cellOf(c);
    for (const next of [row - 1, row, row + 1]) {
      const width = columnDeg(next);
      const reach = CELL_DEG / Math.max(0.01, Math.cos(((Math.abs(lat) + CELL_DEG) * Math.PI) / 180));
      for (let column = Math.floor((lon - reach) / width); column <= Math.floor((lon + reach) / width); column++) {
        for (const [id, other] of this.#cells.get(keyOf(next, column)) ?? []) found.set(id, other);
      }
    }
    return [...found.values()];
  }
}

function cellOf({ position }: CaseSummary): [row: number, column: number] {
  const { lat, lon } = position ?? { lat: 0, lon: 0 };
  const row = Math.floor(lat / CELL_DEG);
  return [row, Math.floor(lon / columnDeg(row))];
}

/** Width of the squares of a row: about as wide as they are high. */
function columnDeg(row: number): number {
  const lat = (Math.min(Math.abs(row), Math.abs(row + 1)) * CELL_DEG * Math.PI) / 180;
  return CELL_DEG / Math.max(0.01, Math.cos(lat));
}

function keyOf(row: number, column: number): string {
  return `${row}/${column}`;
}

const FOLDED = new Map<string, string>();

/** The same words are the same name, however they are written. Remembered: it is asked for again every second. */
function folded(name: string): string {
  const known = FOLDED.get(name);
  if (known !== undefined) return known;
  if (FOLDED.size >= FOLDED_MAX) FOLDED.clear();
  const made = foldText(name).replace(/[\s.,]+/g, ' ').trim();
  FOLDED.set(name, made);
  return made;
}

function byAge(a: CaseSummary, b: CaseSummary): number {
  return a.opened_at_ms - b.opened_at_ms || order(a.case_id, b.case_id);
}

function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
