import type { CaseId, CoverView, Found, Surroundings, Texts } from '@protocol';
import type { Api } from '../lib/api';
import type { Clock } from '../lib/time/clock';
import { Loaded } from './loaded.svelte';

/** An administrator changes texts now and then; an officer has them at the latest with the next case after this. */
export const TEXTS_FRESH_MS = 10 * 60_000;

export interface LookupDeps {
  api: Api;
  clock: Clock;
  random: () => number;
  onError: (error: unknown) => void;
}

/** What officers look up while they work a case. */
export class Lookups {
  /** Phrases, questions and tags. */
  readonly texts: Loaded<Texts>;
  /** Colleagues, and who of them is on shift. */
  readonly cover: Loaded<CoverView>;
  readonly #deps: LookupDeps;

  constructor(deps: LookupDeps) {
    this.#deps = deps;
    this.texts = this.#loaded(() => deps.api.texts());
    this.cover = this.#loaded(() => deps.api.cover());
  }

  /** Who is near the case. */
  surroundings(id: CaseId): Loaded<Surroundings> {
    return this.#loaded(() => this.#deps.api.surroundings(id));
  }

  /** Cases of any age by these words. */
  search(text: string): Loaded<Found> {
    return this.#loaded(() => this.#deps.api.search({ text }));
  }

  #loaded<T>(ask: () => Promise<T>): Loaded<T> {
    const { clock, random, onError } = this.#deps;
    return new Loaded({ ask, clock, random, onError });
  }
}
