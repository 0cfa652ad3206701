import { LABEL_CHARS_MAX, type CaseSummary, type UnixMs } from '@protocol';
import type { Api } from '../lib/api';
import type { Clock } from '../lib/time/clock';

/** The service is asked when nothing was typed for this long. */
export const PAUSE_MS = 600;
/** Shorter words are in nearly every case. */
export const SEARCH_CHARS_MIN = 2;

export type SearchStatus = 'idle' | 'waiting' | 'searching' | 'found' | 'failed';

export interface ServiceSearchDeps {
  api: Api;
  clock: Clock;
  onError: (error: unknown) => void;
}

/** Search beyond what this console has loaded: by the service, in all cases that the officer may see. */
export class ServiceSearch {
  status = $state<SearchStatus>('idle');
  cases = $state.raw<CaseSummary[]>([]);
  more = $state(false);
  /** Messages and notes were looked through back to here; null: all of them. */
  since = $state.raw<UnixMs | null>(null);
  readonly #deps: ServiceSearchDeps;
  #text = '';
  /** Tells answers to earlier words apart. */
  #generation = 0;
  #callOff: () => void = () => {};

  constructor(deps: ServiceSearchDeps) {
    this.#deps = deps;
  }

  /** To be told of every change of what is typed. */
  type(text: string): void {
    const wanted = text.trim().slice(0, LABEL_CHARS_MAX);
    if (wanted === this.#text) return;
    this.#clear(wanted);
    if (wanted.length < SEARCH_CHARS_MIN) return;
    this.status = 'waiting';
    this.#callOff = this.#deps.clock.after(PAUSE_MS, () => void this.now());
  }

  /** Does not wait for a pause, e.g. for Enter. */
  async now(): Promise<void> {
    if (this.#text.length < SEARCH_CHARS_MIN || this.status === 'searching') return;
    this.#callOff();
    const generation = this.#generation;
    this.status = 'searching';
    try {
      const found = await this.#deps.api.search({ text: this.#text });
      if (generation !== this.#generation) return;
      this.cases = found.cases;
      this.more = found.more;
      this.since = found.texts_since_ms ?? null;
      this.status = 'found';
    } catch (error) {
      this.#deps.onError(error);
      if (generation === this.#generation) this.status = 'failed';
    }
  }

  #clear(text: string): void {
    this.#callOff();
    this.#generation++;
    this.#text = text;
    this.status = 'idle';
    this.cases = [];
    this.more = false;
    this.since = null;
  }
}
