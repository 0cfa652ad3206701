import { PRESENCE_GONE_S, PRESENCE_SAY_S, type CaseId, type PresentOfficer, type UnixMs } from '@protocol';
import type { Clock } from '../lib/time/clock';

/** Who has not changed the text for this long is not writing any more. */
export const TYPING_MS = 5_000;
/** Cases of which it is remembered who looks; far more than officers are on shift. */
const CASES_MAX = 200;

export interface PresenceDeps {
  clock: Clock;
  /** The case that is open here and looked at; null: none. */
  looking: () => CaseId | null;
  say: (caseId: CaseId | null, typing: boolean) => void;
}

interface Seen {
  officers: PresentOfficer[];
  at: UnixMs;
}

/** Who looks at which case, and that this officer does. */
export class Presence {
  #seen = $state.raw<ReadonlyMap<CaseId, Seen>>(new Map());
  readonly #deps: PresenceDeps;
  #typed: { caseId: CaseId; at: UnixMs } | null = null;
  #said: { caseId: CaseId | null; typing: boolean; at: UnixMs } = { caseId: null, typing: false, at: 0 };

  constructor(deps: PresenceDeps) {
    this.#deps = deps;
  }

  of(caseId: CaseId): readonly PresentOfficer[] {
    return this.#seen.get(caseId)?.officers ?? [];
  }

  hear(caseId: CaseId, officers: PresentOfficer[]): void {
    const seen = new Map(this.#seen);
    seen.delete(caseId);
    if (officers.length > 0) seen.set(caseId, { officers, at: this.#deps.clock.now() });
    const oldest = seen.keys().next();
    if (seen.size > CASES_MAX && !oldest.done) seen.delete(oldest.value);
    this.#seen = seen;
  }

  /** The text to the worker has changed; an empty one is not being written. */
  typed(caseId: CaseId, text: string): void {
    this.#typed = text.trim() ? { caseId, at: this.#deps.clock.now() } : null;
    this.#say();
  }

  /** Once a second. */
  tick(): void {
    this.#forget();
    this.#say();
  }

  /** Says it when it has changed, and again before the others take the officer for gone; of no case it is said once. */
  #say(): void {
    const now = this.#deps.clock.now();
    const caseId = this.#deps.looking();
    const typed = this.#typed;
    const typing = typed !== null && typed.caseId === caseId && now - typed.at < TYPING_MS;
    const said = this.#said;
    const changed = said.caseId !== caseId || said.typing !== typing;
    const due = caseId !== null && now - said.at >= PRESENCE_SAY_S * 1000;
    if (!changed && !due) return;
    this.#said = { caseId, typing, at: now };
    this.#deps.say(caseId, typing);
  }

  #forget(): void {
    const now = this.#deps.clock.now();
    const here = [...this.#seen].filter(([, { at }]) => now - at < PRESENCE_GONE_S * 1000);
    if (here.length < this.#seen.size) this.#seen = new Map(here);
  }
}
