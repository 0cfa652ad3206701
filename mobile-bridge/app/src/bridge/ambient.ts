// Where time and randomness come from. Passed in, so that tests move time by hand.
import type { Below } from './machine/types';

export interface Clock {
  /** Milliseconds since 1970, by this phone's clock, which may be wrong. */
  now(): number;
  /** Milliseconds that never jump, from some beginning. */
  steady(): number;
  /** Runs `fn` once after `ms`; the returned function calls it off. */
  after(ms: number, fn: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  steady: () => Math.floor(performance.now()),
  after(ms, fn) {
    const timer = setTimeout(fn, ms);
    return () => clearTimeout(timer);
  },
};

export const below: Below = (bound) => Math.floor(Math.random() * bound);

/** A UUIDv7 of the moment `now_ms`: ids sort by time. */
export function newId(now_ms: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const time = Math.max(0, Math.floor(now_ms)).toString(16).padStart(12, '0').slice(-12);
  for (let i = 0; i < 6; i++) bytes[i] = Number.parseInt(time.slice(i * 2, i * 2 + 2), 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** What `work` gives, or a failure after `ms`. */
export function within<T>(ms: number, work: Promise<T>): Promise<T> {
  return new Promise((done, failed) => {
    const timer = setTimeout(() => failed(new Error(`no answer within ${ms} ms`)), ms);
    work.then(done, failed).finally(() => clearTimeout(timer));
  });
}
