import { describe, expect, it } from 'vitest';
import { ManualClock, settle } from '../testing/manual_clock';
import { Api, REQUEST_TIMEOUT_MS } from './api';
import { ApiError, isPassing } from './http/problem';

function answering(response: () => Promise<Response>) {
  const clock = new ManualClock();
  const calls: { path: string; init: RequestInit }[] = [];
  const fetch = (async (path: string, init: RequestInit) => {
    calls.push({ path, init });
    return response();
  }) as unknown as typeof globalThis.fetch;
  return { api: new Api({ fetch, clock }), clock, calls };
}

const failure = (promise: Promise<unknown>) => promise.then(() => null, (error: unknown) => error as ApiError);

describe('the HTTP interface', () => {
  it('sends commands as JSON, and only those that have something to say', async () => {
    const { api, calls } = answering(async () => Response.json({ case: {} }));
    await api.claim('c1', { version: 3 });
    await api.seen('c1');
    expect(calls[0]).toMatchObject({ path: '/api/cases/c1/claim', init: { method: 'POST', body: '{"version":3}' } });
    expect(calls[1]?.init.body).toBeUndefined();
  });

  it('turns a problem document into an error with its code and conflict', async () => {
    const conflict = { did: 'claimed', by: 'Lan', at_ms: 5, version: 2 };
    const { api } = answering(async () => Response.json({ code: 'stale_version', status: 409, conflict }, { status: 409 }));
    const error = await failure(api.claim('c1', { version: 1 }));
    expect(error?.code).toBe('stale_version');
    expect(error?.conflict).toEqual(conflict);
    expect(isPassing(error)).toBe(false);
  });

  it('copes with an error page that is no problem document', async () => {
    const { api } = answering(async () => new Response('<html>Bad Gateway</html>', { status: 502 }));
    const error = await failure(api.desks());
    expect(error?.code).toBe('unavailable');
    expect(isPassing(error)).toBe(true);
  });

  it('tells no answer from an answer that did not come in time', async () => {
    const gone = answering(() => Promise.reject(new TypeError('Failed to fetch')));
    expect((await failure(gone.api.me()))?.failure.kind).toBe('unreachable');

    const clock = new ManualClock();
    const hanging = ((_: string, init: RequestInit) =>
      new Promise((_, reject) => init.signal?.addEventListener('abort', () => reject(new Error('aborted'))))) as typeof fetch;
    const waiting = failure(new Api({ fetch: hanging, clock }).me());
    await settle();
    await clock.advance(REQUEST_TIMEOUT_MS);
    expect((await waiting)?.failure.kind).toBe('timeout');
  });

  it('takes an empty answer for done', async () => {
    const { api } = answering(async () => new Response(null, { status: 204 }));
    await expect(api.signOut()).resolves.toBeUndefined();
  });
});
