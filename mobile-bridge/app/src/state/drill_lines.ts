// What a drill has shown so far: the only place that decides what works.
import type { Stage } from '@protocol';
import { rank } from '../bridge/ladder';
import type { Setup } from './setup';
import type { TrackerState } from './tracker';

/** How long a step may take before it counts as failed, in milliseconds. */
export const STEP_MS_MAX = 60_000;
/** The same for a position, which may need the sky, … */
export const POSITION_MS_MAX = 30_000;
/** … and for the notice after it rang. */
export const NOTICE_MS_MAX = 30_000;
/** Charge under which a phone does not last, in percent. */
const BATTERY_LOW_PCT = 20;

export const LINES = [
  'saved',
  'kept',
  'network',
  'enrolled',
  'received',
  'recorded',
  'rang',
  'position',
  'push',
  'notice',
  'battery',
  'installed',
  'pin',
  'sound',
] as const;
export type LineId = (typeof LINES)[number];

/** `untested`: something before it failed, or the drill was ended first. */
export type LineState = 'waiting' | 'ok' | 'failed' | 'untested';

export interface Line {
  id: LineId;
  state: LineState;
}

export interface Facts {
  /** Since the beginning, in milliseconds on a clock that never jumps. */
  since_ms: number;
  /** Since the bell was reported, likewise; null: not yet. */
  since_rang_ms: number | null;
  over: boolean;
  /** On this phone's disk; null: not known yet. */
  saved: boolean | null;
  online: boolean;
  enrolled: boolean;
  /** The highest step that it has reached. */
  stage: Stage | null;
  tracking: TrackerState;
  has_position: boolean;
  notice: boolean;
  battery_pct: number | null;
  has_pin: boolean;
  silent: boolean;
  /** Null: not asked yet. */
  setup: Setup | null;
}

export function linesOf(facts: Facts): Line[] {
  return LINES.map((id) => {
    const state = STATES[id](facts);
    return { id, state: state === 'waiting' && facts.over ? 'untested' : state };
  });
}

const known = (fact: boolean | null | undefined): LineState => (fact == null ? 'waiting' : fact ? 'ok' : 'failed');
const until = (done: boolean, facts: Facts, ms_max: number): LineState => (done ? 'ok' : facts.since_ms < ms_max ? 'waiting' : 'failed');

function reached(stage: Stage): (facts: Facts) => LineState {
  return (facts) => {
    if (facts.saved === false) return 'untested';
    return until(facts.stage !== null && rank(facts.stage) >= rank(stage), facts, STEP_MS_MAX);
  };
}

const STATES: Record<LineId, (facts: Facts) => LineState> = {
  saved: (facts) => known(facts.saved),
  kept: ({ setup }) => known(setup?.persisted),
  // What the service has received came over some network.
  network: (facts) => until(facts.online || facts.stage !== null, facts, STEP_MS_MAX),
  enrolled: ({ enrolled }) => known(enrolled),
  received: reached('received'),
  recorded: reached('recorded'),
  rang: reached('rang'),
  position: (facts) => {
    if (facts.tracking === 'denied' || facts.tracking === 'none') return 'failed';
    return until(facts.has_position, facts, POSITION_MS_MAX);
  },
  push: ({ setup }) => known(setup && setup.notices === 'granted' && setup.push),
  notice: (facts) => {
    if (facts.notice) return 'ok';
    if (STATES.push(facts) === 'failed' || ['failed', 'untested'].includes(STATES.rang(facts))) return 'untested';
    return facts.since_rang_ms !== null && facts.since_rang_ms >= NOTICE_MS_MAX ? 'failed' : 'waiting';
  },
  // A phone that does not tell is no fault.
  battery: ({ battery_pct }) => (battery_pct === null ? 'untested' : known(battery_pct >= BATTERY_LOW_PCT)),
  installed: ({ setup }) => known(setup?.installed),
  pin: ({ has_pin }) => known(has_pin),
  sound: ({ silent }) => known(!silent),
};

/** Nothing is waited for any more. */
export function settled(lines: Line[]): boolean {
  return lines.every(({ state }) => state !== 'waiting');
}
