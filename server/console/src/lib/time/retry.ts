import type { Clock } from './clock';

export interface Backoff {
  /** Upper end of the first wait, in milliseconds; it doubles with each attempt. */
  base_ms: number;
  /** Upper end of every wait, in milliseconds. */
  max_ms: number;
}

/** Full jitter: anything between nothing and the upper end, so that consoles do not come back all at once. */
export function jitteredWait(attempt: number, backoff: Backoff, random: () => number): number {
  const upper = Math.min(backoff.max_ms, backoff.base_ms * 2 ** Math.min(attempt, 16));
  return Math.floor(random() * upper);
}

export function wait(clock: Clock, ms: number): Promise<void> {
  return new Promise((done) => clock.after(ms, done));
}

export interface RetryPolicy extends Backoff {
  /** How many times it is tried in all. */
  attempts_max: number;
  /** Whether another attempt could help. */
  worthwhile: (error: unknown) => boolean;
}

/** Tries `work` until it succeeds, is refused for good, or was tried often enough. */
export async function retry<T>(
  work: () => Promise<T>,
  policy: RetryPolicy,
  clock: Clock,
  random: () => number,
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt + 1 >= policy.attempts_max || !policy.worthwhile(error)) throw error;
      await wait(clock, jitteredWait(attempt, policy, random));
    }
  }
}
