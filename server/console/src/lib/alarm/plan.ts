import type { AlertId, CaseId, CaseSummary, Priority, ProvisionalAlert, StaffId, UnixMs } from '@protocol';
import { isDrill } from '../cases/drill';

/** What the console plays. `link`: the service has not been heard for too long. `drill`: once, and softly. */
export type Sound = Priority | 'link' | 'drill';

/** A pattern is played again after this long, while its reason lasts; absent: once. In milliseconds. */
export const REPEAT_MS: Partial<Record<Sound, number>> = { p1: 5_000, p2: 30_000, link: 10_000 };
/** More alarms than this … */
export const FLOOD_ALARMS = 10;
/** … within this time are a flood, and shown as one. */
export const FLOOD_WINDOW_MS = 10 * 60_000;
export const MUTE_MS = 60_000;
/** A drill keeps this far behind a real sound: longer than any pattern lasts, so that it cuts none short. */
export const DRILL_AFTER_MS = 3_000;

/** One reason to ring: a case, and which of its presses. */
export interface Ring {
  key: string;
  caseId: CaseId;
  priority: Priority;
  /** The alert, while it waits to be recorded: there is no case yet that could be told that it rang. */
  alertId?: AlertId;
  /** A test of the path: it sounds once, and never in place of anything real. */
  drill?: boolean;
  /** The officer is meant in person, or the desk by name: that is reported as told, not as rung. */
  told?: boolean;
}

export interface AlarmInput {
  /** Cases that ring at this console. */
  rings: readonly Ring[];
  linkLost: boolean;
  now: UnixMs;
}

/** What is remembered from one look to the next. */
export interface AlarmMemory {
  /** When each present ring was first met. */
  readonly since: ReadonlyMap<string, UnixMs>;
  /** When rings began, within the last `FLOOD_WINDOW_MS`; no more of them than it takes to tell a flood. */
  readonly begun: readonly UnixMs[];
  readonly last: { sound: Sound; at: UnixMs } | null;
  /** Drills among the present rings that have sounded. */
  readonly drillsHeard: ReadonlySet<string>;
  readonly mutedUntil: UnixMs;
  /** What the mute is about; anything else rings all the same. */
  readonly mutedKeys: ReadonlySet<string>;
}

export interface AlarmPlan {
  /** To be started now. */
  play: Sound | null;
  /** The real sound whose reason lasts, muted or not. */
  wanted: Sound | null;
  muted: boolean;
  /** Too many to be announced one by one. */
  grouped: boolean;
  /** Rings that began with this look. */
  fresh: Ring[];
}

export const quietAlarm: AlarmMemory = {
  since: new Map(),
  begun: [],
  last: null,
  drillsHeard: new Set(),
  mutedUntil: 0,
  mutedKeys: new Set(),
};

const LINK_KEY = 'link';

/**
 * Which of `cases` ring at a console that answers for `desks` and is worked by `me`. One that its owner left alone rings
 * there alone; a press, or duress, since it was claimed rings at the whole desk.
 */
export function ringsOf(cases: Iterable<CaseSummary>, desks: ReadonlySet<string>, me: StaffId | null = null): Ring[] {
  const rings: Ring[] = [];
  for (const summary of cases) {
    if (!summary.ringing || summary.state === 'closed' || !desks.has(summary.desk_id)) continue;
    if (isLeftAlone(summary) && summary.owner?.staff_id !== me) continue;
    // Duress is something new to ring for, whatever was muted before.
    const duress = summary.duress_at_ms == null ? '' : '/duress';
    rings.push({
      key: `${summary.case_id}/${summary.presses}${duress}${silence(summary)}`,
      caseId: summary.case_id,
      ...loudnessOf(isDrill(summary), summary.priority),
    });
  }
  return rings;
}

/** Which of `alerts`, in no case yet, ring at a console that answers for `desks`: each like an unclaimed P1, or a drill. */
export function provisionalRingsOf(
  alerts: Iterable<ProvisionalAlert>,
  desks: ReadonlySet<string>,
  ministry = false,
): Ring[] {
  const rings: Ring[] = [];
  for (const { alert, case_id, desk_id, watchers } of alerts) {
    // The ministry, which is always among those who are shown it, hears what nobody can claim yet.
    const hears = desks.has(desk_id) || (ministry && watchers.some((desk) => desks.has(desk)));
    if (!hears) continue;
    // The key of the case's first press: being recorded is nothing new to ring for, and a mute holds on.
    const loudness = loudnessOf(alert.drill === true, 'p1');
    rings.push({ key: `${case_id}/1`, caseId: case_id, ...loudness, alertId: alert.alert_id });
  }
  return rings;
}

/** Claimed, and ringing only because nothing has happened in it since. */
function isLeftAlone({ state, owner, pressed_at_ms, duress_at_ms, escalated_at_ms }: CaseSummary): boolean {
  if (state !== 'claimed' || !owner || escalated_at_ms == null) return false;
  return Math.max(pressed_at_ms, duress_at_ms ?? 0) < owner.since_ms;
}

/** Each time that it is left alone is something new to ring for. */
function silence(summary: CaseSummary): string {
  return isLeftAlone(summary) ? `/silent${summary.escalated_at_ms}` : '';
}

/** Looks at what there is to ring for, and says what to play now. Called on every change and every second. */
export function planAlarm(memory: AlarmMemory, input: AlarmInput): { memory: AlarmMemory; plan: AlarmPlan } {
  const { rings, now } = input;
  const fresh = rings.filter((ring) => !memory.since.has(ring.key));
  const since = new Map(rings.map((ring) => [ring.key, memory.since.get(ring.key) ?? now]));
  const freshReal = fresh.filter(isReal);
  const begun = [...memory.begun, ...newCases(memory, rings, freshReal).map(() => now)]
    .filter((at) => now - at < FLOOD_WINDOW_MS)
    .slice(-(FLOOD_ALARMS + 1));
  const grouped = begun.length > FLOOD_ALARMS;

  // What is real is planned as if there were no drills.
  const real = { ...input, rings: rings.filter(isReal) };
  const wanted = loudest(real.rings, input.linkLost);
  const audible = loudestAudible(memory, real);
  const due = audible !== null && isDue(memory.last, audible, freshReal, grouped, now);
  const drills = due || leavesNoPause(audible, memory.last, now) ? [] : drillsToHear(memory, input);
  return {
    memory: {
      ...memory,
      since,
      begun,
      last: due ? { sound: audible, at: now } : memory.last,
      drillsHeard: new Set([...memory.drillsHeard, ...drills].filter((key) => since.has(key))),
    },
    plan: {
      play: due ? audible : drills.length > 0 ? 'drill' : null,
      wanted,
      muted: wanted !== null && audible === null,
      grouped,
      fresh,
    },
  };
}

/** What is remembered when nothing of the plan could be heard: it is tried again at the next look. */
export function unheard(before: AlarmMemory, after: AlarmMemory): AlarmMemory {
  return { ...after, last: before.last, drillsHeard: before.drillsHeard };
}

/** Silences what rings now; a new press of anybody breaks through. */
export function muteAlarm(memory: AlarmMemory, input: AlarmInput): AlarmMemory {
  const keys = input.rings.map((ring) => ring.key);
  if (input.linkLost) keys.push(LINK_KEY);
  return { ...memory, mutedUntil: input.now + MUTE_MS, mutedKeys: new Set(keys) };
}

function loudest(rings: readonly Ring[], linkLost: boolean): Sound | null {
  const priority = rings.map((ring) => ring.priority).sort()[0];
  if (priority === 'p1') return 'p1';
  return linkLost ? 'link' : (priority ?? null);
}

/** The same of what the mute is not about. */
function loudestAudible(memory: AlarmMemory, { rings, linkLost, now }: AlarmInput): Sound | null {
  return loudest(
    rings.filter((ring) => !isMuted(memory, ring.key, now)),
    linkLost && !isMuted(memory, LINK_KEY, now),
  );
}

function isMuted({ mutedUntil, mutedKeys }: AlarmMemory, key: string, now: UnixMs): boolean {
  return now < mutedUntil && mutedKeys.has(key);
}

/** Drills that nobody could hear yet, all of them in one sound. */
function drillsToHear(memory: AlarmMemory, { rings, now }: AlarmInput): string[] {
  const keys = rings.filter((ring) => !isReal(ring)).map((ring) => ring.key);
  return keys.filter((key) => !memory.drillsHeard.has(key) && !isMuted(memory, key, now));
}

/** Whether a drill would sound into something real, or be taken for a part of it. */
function leavesNoPause(audible: Sound | null, last: AlarmMemory['last'], now: UnixMs): boolean {
  if (audible === 'p1' || audible === 'link') return true;
  return last !== null && now - last.at < DRILL_AFTER_MS;
}

/** A case that rings already and tells somebody else in addition is no further alarm. */
function newCases({ since }: AlarmMemory, rings: readonly Ring[], fresh: readonly Ring[]): CaseId[] {
  const known = new Set(rings.filter(({ key }) => since.has(key)).map(({ caseId }) => caseId));
  return [...new Set(fresh.map(({ caseId }) => caseId))].filter((id) => !known.has(id));
}

function isReal(ring: Ring): boolean {
  return ring.drill !== true;
}

function loudnessOf(drill: boolean, priority: Priority): Pick<Ring, 'priority' | 'drill'> {
  return drill ? { priority: 'p3', drill } : { priority };
}

function isDue(
  last: AlarmMemory['last'],
  wanted: Sound,
  fresh: readonly Ring[],
  grouped: boolean,
  now: UnixMs,
): boolean {
  if (!last) return true;
  // In a flood a new case no longer starts the sound over: it plays on as one.
  if (!grouped && fresh.some((ring) => ring.priority === wanted)) return true;
  const repeat = REPEAT_MS[wanted];
  if (last.sound !== wanted) return isHigher(wanted, last.sound) || repeat !== undefined;
  return repeat !== undefined && now - last.at >= repeat;
}

function isHigher(a: Sound, b: Sound): boolean {
  const rank: Record<Sound, number> = { p1: 0, link: 1, p2: 2, p3: 3, drill: 4 };
  return rank[a] < rank[b];
}
