import type { UnixMs } from '@protocol';
import { isPassing } from '../lib/http/problem';
import type { Clock } from '../lib/time/clock';
import { retry, type RetryPolicy } from '../lib/time/retry';

/** Each attempt ends by itself; after two somebody is told, and decides. */
const LOAD: RetryPolicy = { attempts_max: 2, base_ms: 400, max_ms: 2_000, worthwhile: isPassing };

export interface LoadedDeps<T> {
  ask: () => Promise<T>;
  clock: Clock;
  random: () => number;
  onError: (error: unknown) => void;
}

/** Something of the service that is asked for when it is first needed. What is there stays while it is asked for anew. */
export class Loaded<T> {
  value = $state.raw<T | null>(null);
  loading = $state(false);
  error = $state.raw<unknown>(null);
  /** When `value` came. */
  at = $state.raw<UnixMs | null>(null);
  readonly #deps: LoadedDeps<T>;

  constructor(deps: LoadedDeps<T>) {
    this.#deps = deps;
  }

  /** Asks for it; where that is under way already, nothing more. */
  async load(): Promise<void> {
    if (this.loading) return;
    this.loading = true;
    this.error = null;
    const { ask, clock, random, onError } = this.#deps;
    try {
      this.value = await retry(ask, LOAD, clock, random);
      this.at = clock.now();
    } catch (error) {
      this.error = error;
      onError(error);
    } finally {
      this.loading = false;
    }
  }

  /** Asks for it unless it is there and no older than `maxAge_ms`. */
  ensure(maxAge_ms: number): void {
    if (this.at === null || this.#deps.clock.now() - this.at > maxAge_ms) void this.load();
  }
}
