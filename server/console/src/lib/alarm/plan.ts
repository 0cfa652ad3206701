import type { AlertId, CaseId, CaseSummary, Priority, ProvisionalAlert, UnixMs } from '@protocol';

/** What the console plays. `link`: the service has not been heard for too long. */
export type Sound = Priority | 'link';

/** A pattern is played again after this long, while its reason lasts; absent: once. In milliseconds. */
export const REPEAT_MS: Partial<Record<Sound, number>> = { p1: 5_000, p2: 30_000, link: 10_000 };
/** More alarms than this … */
export const FLOOD_ALARMS = 10;
/** … within this time are a flood, and shown as one. */
export const FLOOD_WINDOW_MS = 10 * 60_000;
export const MUTE_MS = 60_000;

/** One reason to ring: a case, and which of its presses. */
export interface Ring {
  key: string;
  caseId: CaseId;
  priority: Priority;
  /** The alert, while it waits to be recorded: there is no case yet that could be told that it rang. */
  alertId?: AlertId;
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
  readonly mutedUntil: UnixMs;
  /** What the mute is about; anything else rings all the same. */
  readonly mutedKeys: ReadonlySet<string>;
}

export interface AlarmPlan {
  /** To be started now. */
  play: Sound | null;
  /** The sound whose reason lasts, muted or not. */
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
  mutedUntil: 0,
  mutedKeys: new Set(),
};

const LINK_KEY = 'link';

/** Which of `cases` ring at a console that answers for `desks`. */
export function ringsOf(cases: Iterable<CaseSummary>, desks: ReadonlySet<string>): Ring[] {
  const rings: Ring[] = [];
  for (const summary of cases) {
    if (!summary.ringing || summary.state === 'closed' || !desks.has(summary.desk_id)) continue;
    rings.push({
      key: `${summary.case_id}/${summary.presses}`,
      caseId: summary.case_id,
      priority: summary.priority,
    });
  }
  return rings;
}

/** Which of `alerts`, in no case yet, ring at a console that answers for `desks`: each like an unclaimed P1. */
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
    rings.push({ key: `${case_id}/1`, caseId: case_id, priority: 'p1', alertId: alert.alert_id });
  }
  return rings;
}

/** Looks at what there is to ring for, and says what to play now. Called on every change and every second. */
export function planAlarm(memory: AlarmMemory, input: AlarmInput): { memory: AlarmMemory; plan: AlarmPlan } {
  const { rings, now } = input;
  const fresh = rings.filter((ring) => !memory.since.has(ring.key));
  const since = new Map(rings.map((ring) => [ring.key, memory.since.get(ring.key) ?? now]));
  const begun = [...memory.begun, ...fresh.map(() => now)]
    .filter((at) => now - at < FLOOD_WINDOW_MS)
    .slice(-(FLOOD_ALARMS + 1));
  const grouped = begun.length > FLOOD_ALARMS;

  const wanted = loudest(rings, input.linkLost);
  const audible = loudestAudible(memory, input);
  const play = audible !== null && isDue(memory.last, audible, fresh, grouped, now) ? audible : null;
  return {
    memory: { ...memory, since, begun, last: play ? { sound: play, at: now } : memory.last },
    plan: { play, wanted, muted: wanted !== null && audible === null, grouped, fresh },
  };
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
function loudestAudible({ mutedUntil, mutedKeys }: AlarmMemory, { rings, linkLost, now }: AlarmInput): Sound | null {
  const muted = (key: string) => now < mutedUntil && mutedKeys.has(key);
  return loudest(
    rings.filter((ring) => !muted(ring.key)),
    linkLost && !muted(LINK_KEY),
  );
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
  const rank: Record<Sound, number> = { p1: 0, link: 1, p2: 2, p3: 3 };
  return rank[a] < rank[b];
}
