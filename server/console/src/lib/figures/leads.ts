import type { FigureGroup, FigureOf, Times } from '@protocol';

export type TargetOf = 'within' | 'not_within';
/** What is counted of drills. */
export type DrillOf = 'cases' | 'rang' | 'not_rung' | 'claimed' | 'not_claimed';
/** What is counted of all cases, and of those of one line. */
export type CasesOf = Exclude<FigureOf, TargetOf>;

/** Where a number of cases leads: what is asked beside the question that the figures answer. */
export type Lead = { of: CasesOf; group?: FigureGroup } | { of: TargetOf; within_s: number } | { of: DrillOf; drills: true };

/** The cases that a time is counted over, and those without it. */
export const TIMED = {
  receive: { over: 'received', without: 'not_received' },
  ring: { over: 'rang', without: 'not_rung' },
  claim: { over: 'claimed', without: 'not_claimed' },
  close: { over: 'closed', without: 'open' },
} as const satisfies Record<keyof Times, Record<'over' | 'without', CasesOf>>;
