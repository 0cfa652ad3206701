import type { CaseId, EscalationView, UnixMs } from '@protocol';
import type { Api } from '../lib/api';
import type { News } from '../lib/feed/state';
import type { Clock } from '../lib/time/clock';

/** While a notification waits, how far it got is asked again this often. */
export const WAITING_REFRESH_MS = 5_000;

export interface EscalationDeps {
  api: Api;
  clock: Clock;
  /** The server's clock. */
  now: () => UnixMs;
  onError: (error: unknown) => void;
}

/** Who is told of one case while nobody answers it; followed while an officer looks at it. */
export class CaseEscalation {
  view = $state.raw<EscalationView | null>(null);
  failed = $state(false);
  readonly #deps: EscalationDeps;
  #id: CaseId | null = null;
  #askedAt: UnixMs = 0;
  #underway = false;
  /** Something happened while an answer was on its way, which may not know of it. */
  #again = false;

  constructor(deps: EscalationDeps) {
    this.#deps = deps;
  }

  /** The returned function ends it. */
  follow(id: CaseId): () => void {
    this.#id = id;
    this.view = null;
    this.failed = false;
    this.#underway = false;
    void this.load();
    return () => {
      if (this.#id === id) this.#id = null;
    };
  }

  hear(news: readonly News[]): void {
    const changed = news.some((item) => item.kind === 'snapshot' || item.kind === 'caught_up' || (item.kind === 'event' && item.caseId === this.#id));
    if (changed && this.#id) void this.load();
  }

  /** Once a second. */
  tick(): void {
    if (!this.#id || this.#deps.clock.now() - this.#askedAt < WAITING_REFRESH_MS) return;
    if (this.failed || this.#waits()) void this.load();
  }

  async load(): Promise<void> {
    const id = this.#id;
    if (!id) return;
    if (this.#underway) {
      this.#again = true;
      return;
    }
    this.#underway = true;
    this.#again = false;
    this.#askedAt = this.#deps.clock.now();
    try {
      const view = await this.#deps.api.escalation(id);
      if (id !== this.#id) return;
      this.view = view;
      this.failed = false;
    } catch (error) {
      this.#deps.onError(error);
      if (id === this.#id) this.failed = true;
    } finally {
      if (id === this.#id) this.#underway = false;
    }
    if (this.#again && id === this.#id) void this.load();
  }

  #waits(): boolean {
    const { view } = this;
    if (!view) return false;
    const overdue = view.next_due_ms != null && view.next_due_ms <= this.#deps.now();
    return overdue || view.notifications.some(({ state }) => state === 'waiting');
  }
}
