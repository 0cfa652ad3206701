import type { CaseGroup, GroupReason } from '../cases/groups';
import type { Words } from './describe';

/** Distances within a group are said in steps of this many metres: the positions are no more exact. */
const STEP_M = 50;

/** Why cases are offered together: "14 ca trong vòng 600 m". */
export function describeReason(reason: GroupReason, n: number, { t, format }: Words): string {
  const words = t.shiftWork.flood;
  if (reason.kind === 'near') return words.near(n, format.distance(Math.max(STEP_M, Math.ceil(reason.radius_m / STEP_M) * STEP_M)));
  return words[reason.kind](n, reason.name);
}

/** The first reason, for a title. */
export function describeGroup({ reasons, cases }: CaseGroup, w: Words): string {
  return reasons[0] ? describeReason(reasons[0], cases.length, w) : '';
}
