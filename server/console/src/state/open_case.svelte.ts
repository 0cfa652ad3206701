import type { CaseDetail, CaseId, CaseSummary, FixView, Me, TimelineEntry, UnixMs } from '@protocol';
import type { Api } from '../lib/api';
import { mergeFixes } from '../lib/cases/fixes';
import { mayWork } from '../lib/cases/may';
import { laterFix } from '../lib/cases/position';
import { addEntry } from '../lib/cases/timeline';
import type { News } from '../lib/feed/state';
import { ApiError, isPassing } from '../lib/http/problem';
import type { Clock } from '../lib/time/clock';
import { retry, type RetryPolicy } from '../lib/time/retry';

const LOAD: RetryPolicy = { attempts_max: 4, base_ms: 400, max_ms: 4_000, worthwhile: isPassing };
/** A case that was on the screen for less than this was passed by, not seen. */
export const SEEN_DWELL_MS = 1_000;
/** Entries that came while the detail was being loaded; more than these are in the next load. */
const EARLY_MAX = 1_000;

export type CaseTab = 'chat' | 'ask' | 'timeline' | 'profile' | 'near' | 'escalation';
export type OpenStatus = 'none' | 'loading' | 'ready' | 'failed' | 'gone';

export interface OpenCaseDeps {
  api: Api;
  clock: Clock;
  random: () => number;
  me: () => Me | null;
  /** The case as the feed has it. */
  live: (id: CaseId | null) => CaseSummary | null;
  isVisible: () => boolean;
  /** What happened in the case before it was opened here. */
  onLoaded?: (id: CaseId, timeline: readonly TimelineEntry[]) => void;
  onError: (error: unknown) => void;
}

/** The case on the right: its history and fixes, kept up to date by the feed. */
export class OpenCase {
  id = $state<CaseId | null>(null);
  status = $state<OpenStatus>('none');
  detail = $state.raw<CaseDetail | null>(null);
  tab = $state<CaseTab>('chat');

  readonly #deps: OpenCaseDeps;
  #openedAt: UnixMs = 0;
  #early: TimelineEntry[] = [];
  #loading = false;
  #seenOnce = false;
  #seenUnderway = false;

  constructor(deps: OpenCaseDeps) {
    this.#deps = deps;
  }

  /** The later of what the feed and the detail know. */
  get summary(): CaseSummary | null {
    const live = this.#deps.live(this.id);
    const loaded = this.detail?.case ?? null;
    if (!live || !loaded) return live ?? loaded;
    const later = loaded.last_seq > live.last_seq ? loaded : live;
    return { ...later, position: laterFix(later.position, this.detail?.fixes[0] ?? null) };
  }

  open(id: CaseId): void {
    if (id === this.id && this.status !== 'failed') return;
    this.id = id;
    this.detail = null;
    this.status = 'loading';
    this.#early = [];
    this.#openedAt = this.#deps.clock.now();
    this.#seenOnce = false;
    this.#loading = false;
    this.tab = 'chat';
    void this.reload();
  }

  close(): void {
    this.id = null;
    this.detail = null;
    this.status = 'none';
  }

  async reload(): Promise<void> {
    const { id } = this;
    if (!id || this.#loading) return;
    this.#loading = true;
    const { api, clock, random } = this.#deps;
    try {
      const detail = await retry(() => api.caseDetail(id), LOAD, clock, random);
      if (id === this.id) this.#loaded(detail);
    } catch (error) {
      this.#deps.onError(error);
      if (id === this.id) this.#loadFailed(error);
    } finally {
      if (id === this.id) this.#loading = false;
    }
  }

  hear(news: readonly News[]): void {
    const fixes: FixView[] = [];
    for (const item of news) {
      if (item.kind === 'snapshot' || item.kind === 'caught_up') void this.reload();
      else if (item.caseId !== this.id) continue;
      else if (item.kind === 'event') this.#hearEntry(item.entry);
      else fixes.push(...item.fixes);
    }
    // Together: each merge sorts all that is known, and in a flood many come at once.
    if (fixes.length > 0 && this.detail) this.detail = { ...this.detail, fixes: mergeFixes(this.detail.fixes, fixes) };
  }

  /** Once a second: tells the service that the case was seen, once it truly was. */
  tick(): void {
    if (this.#seenIsDue()) void this.see();
  }

  /** An officer looks at it: also silences a press that came after the claim. */
  async see(): Promise<void> {
    const { id } = this;
    if (!id || this.#seenUnderway) return;
    this.#seenUnderway = true;
    try {
      await this.#deps.api.seen(id);
      if (id === this.id) this.#seenOnce = true;
    } catch (error) {
      this.#deps.onError(error);
      // A refusal stands; anything passing is tried again at the next tick.
      if (id === this.id && !isPassing(error)) this.#seenOnce = true;
    } finally {
      this.#seenUnderway = false;
    }
  }

  #loaded(detail: CaseDetail): void {
    const early = this.#early;
    this.#early = [];
    const known = this.detail?.timeline ?? [];
    const timeline = [...known, ...early].reduce(addEntry, detail.timeline);
    this.detail = { ...detail, timeline, fixes: mergeFixes(detail.fixes, this.detail?.fixes ?? []) };
    this.status = 'ready';
    this.#deps.onLoaded?.(detail.case.case_id, timeline);
  }

  #loadFailed(error: unknown): void {
    if (error instanceof ApiError && error.code === 'not_found') this.status = 'gone';
    else if (!this.detail) this.status = 'failed';
  }

  #hearEntry(entry: TimelineEntry): void {
    if (this.detail) this.detail = { ...this.detail, timeline: addEntry(this.detail.timeline, entry) };
    else this.#early = [...this.#early, entry].slice(-EARLY_MAX);
  }

  #seenIsDue(): boolean {
    const summary = this.summary;
    const me = this.#deps.me();
    if (this.status !== 'ready' || !summary || !me || !mayWork(me, summary) || !this.#deps.isVisible()) return false;
    if (!this.#seenOnce) return this.#deps.clock.now() - this.#openedAt >= SEEN_DWELL_MS;
    // A second press must be answered by hand, not by the case lying open on the screen.
    const pressedSince = summary.state === 'claimed' && summary.ringing;
    return summary.unread > 0 && this.tab === 'chat' && !pressedSince;
  }
}
