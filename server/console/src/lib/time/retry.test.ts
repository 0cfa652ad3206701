import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../testing/manual_clock';
import { forEachLimited } from './limited';
import { jitteredWait, retry } from './retry';

const policy = { attempts_max: 3, base_ms: 100, max_ms: 1000, worthwhile: (error: unknown) => error !== 'final' };

describe('a retry', () => {
  it('goes on until it succeeds', async () => {
    const clock = new ManualClock();
    let tries = 0;
    const work = async () => (++tries < 3 ? Promise.reject('again') : 'done');
    const result = retry(work, policy, clock, () => 0.5);
    await clock.advance(5000);
    await expect(result).resolves.toBe('done');
  });

  it('ends with a refusal, and with the last attempt', async () => {
    const clock = new ManualClock();
    let tries = 0;
    const failing = (error: string) => () => (tries++, Promise.reject(error));
    await expect(retry(failing('final'), policy, clock, Math.random)).rejects.toBe('final');
    expect(tries).toBe(1);
    tries = 0;
    const result = retry(failing('again'), policy, clock, () => 0.5).catch((error: unknown) => error);
    await clock.advance(5000);
    expect(await result).toBe('again');
    expect(tries).toBe(3);
  });

  it('waits anything up to a bound', () => {
    const backoff = { base_ms: 500, max_ms: 8000 };
    expect(jitteredWait(0, backoff, () => 0)).toBe(0);
    expect(jitteredWait(2, backoff, () => 0.5)).toBe(1000);
    expect(jitteredWait(1000, backoff, () => 1)).toBe(8000);
  });
});

it('does a few things at once, and no more', async () => {
  let [running, most] = [0, 0];
  const done: number[] = [];
  await forEachLimited([1, 2, 3, 4, 5, 6, 7], 3, async (n) => {
    most = Math.max(most, ++running);
    await Promise.resolve();
    running--;
    done.push(n);
  });
  expect(most).toBe(3);
  expect(done.sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
});
