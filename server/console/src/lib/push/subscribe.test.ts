import { describe, expect, it } from 'vitest';
import { askedCase, shownCase } from './asked';
import { base64url, fromBase64url, PushRefused, subscribe, type PushBrowser, type SubscriptionLike } from './subscribe';

const KEY = base64url(Uint8Array.from({ length: 65 }, (_, i) => i).buffer);

function subscription(key: string, ended: string[] = []): SubscriptionLike {
  return {
    endpoint: 'https://push.example/1',
    getKey: (name) => (name === 'auth' ? Uint8Array.of(1, 2).buffer : Uint8Array.of(251, 255).buffer),
    unsubscribe: async () => (ended.push(key), true),
    options: { applicationServerKey: fromBase64url(key).buffer },
  };
}

function browser(change: Partial<PushBrowser> = {}, known: SubscriptionLike | null = null): PushBrowser {
  const manager = { getSubscription: async () => known, subscribe: async () => subscription(KEY) };
  return { permission: () => 'default', ask: async () => 'granted', manager: async () => manager, ...change };
}

const refusal = async (one: PushBrowser) => {
  const error: unknown = await subscribe(one, KEY).catch((caught: unknown) => caught);
  return error instanceof PushRefused ? error.reason : error;
};

describe('this browser', () => {
  it('says where it can be told', async () => {
    expect(await subscribe(browser(), KEY)).toEqual({ kind: 'web', endpoint: 'https://push.example/1', p256dh: '-_8', auth: 'AQI' });
  });

  it('keeps a subscription with the key of the service, and ends one with an earlier key', async () => {
    const ended: string[] = [];
    await subscribe(browser({}, subscription(KEY, ended)), KEY);
    expect(ended).toEqual([]);
    const earlier = base64url(new Uint8Array(65).buffer);
    await subscribe(browser({}, subscription(earlier, ended)), KEY);
    expect(ended).toEqual([earlier]);
  });

  it('says why not: it cannot, it may not, or its push service does not answer', async () => {
    expect(await refusal(browser({ permission: () => null }))).toBe('impossible');
    expect(await refusal(browser({ ask: async () => 'denied' }))).toBe('blocked');
    expect(await refusal(browser({ manager: () => Promise.reject(new Error('x')) }))).toBe('failed');
  });
});

describe('the case that a notice is about', () => {
  const id = '01890a5d-ac96-774b-bcce-b302099a8057';

  it('is read from the address and from what the worker says, and nothing else is', () => {
    expect(askedCase(`#case=${id}`)).toBe(id);
    expect(shownCase({ show: id })).toBe(id);
    for (const other of ['', '#case=', '#case=../x', `#case=${id}/x`]) expect(askedCase(other)).toBeNull();
    for (const other of [null, 'x', {}, { show: null }, { show: 7 }]) expect(shownCase(other)).toBeNull();
  });
});
