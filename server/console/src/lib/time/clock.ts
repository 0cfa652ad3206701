/** Where time and waiting come from. Passed in, so that tests move it by hand. */
export interface Clock {
  /** Milliseconds since 1970, by this computer's clock. */
  now(): number;
  /** Runs `fn` once after `ms`; the returned function calls it off. */
  after(ms: number, fn: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, fn) {
    const timer = setTimeout(fn, ms);
    return () => clearTimeout(timer);
  },
};
