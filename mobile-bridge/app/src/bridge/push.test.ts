import { expect, it } from 'vitest';
import { enrolledHolder, FakeService, nothing, problem } from '../testing/device';
import { PushSwitch } from '../state/push.svelte';
import { base64url } from './proof';
import { syncPush, type PushManagerLike, type SubscriptionLike } from './push';

const key = (n: number) => base64url(Uint8Array.from({ length: 65 }, () => n).buffer);

/** A browser's push service: the endpoint changes with each subscription. */
class Manager implements PushManagerLike {
  current: SubscriptionLike | null = null;
  made = 0;

  getSubscription(): Promise<SubscriptionLike | null> {
    return Promise.resolve(this.current);
  }

  subscribe({ applicationServerKey }: { applicationServerKey: BufferSource }): Promise<SubscriptionLike> {
    const bytes = applicationServerKey as Uint8Array<ArrayBuffer>;
    this.made++;
    this.current = {
      endpoint: `https://push.example/${this.made}`,
      getKey: (name) => new TextEncoder().encode(name).buffer,
      unsubscribe: () => Promise.resolve((this.current = null) === null),
      options: { applicationServerKey: bytes.buffer },
    };
    return Promise.resolve(this.current);
  }
}

async function world() {
  const service = new FakeService();
  service.answer = nothing;
  const manager = new Manager();
  const holder = await enrolledHolder();
  let allowed = true;
  const parts = { holder, fetch: service.fetch, manager, allowed: () => allowed };
  const setKey = (web_push_key: string) => holder.use((outbox) => outbox.setAbout({ service: { asked_at_ms: 1, settings: { web_push_key } } }));
  const want = (wanted: boolean) => holder.use((outbox) => outbox.setPush({ wanted }));
  await setKey(key(4));
  return {
    service,
    manager,
    holder,
    setKey,
    want,
    forbid: () => (allowed = false),
    sync: () => syncPush(parts),
    said: () => service.asked.splice(0).map(({ method, path, body }) => [method, path, body && (JSON.parse(body) as { endpoint: string }).endpoint]),
  };
}

const PATH = '/api/device/push';

it('asks nothing of anybody until it is wanted', async () => {
  const w = await world();
  expect([await w.sync(), w.manager.made, w.said()]).toEqual(['off', 0, []]);
});

it('tells the service its target once, signed, and again only when it changes', async () => {
  const w = await world();
  await w.want(true);
  expect(await w.sync()).toBe('on');
  expect(w.service.asked[0]?.headers.get('sos-signature')).toMatch(/^[\w-]{86}$/);
  expect(JSON.parse(w.service.asked[0]?.body ?? '')).toEqual({ kind: 'web', endpoint: 'https://push.example/1', p256dh: 'cDI1NmRo', auth: 'YXV0aA' });
  expect(w.said()).toHaveLength(1);
  expect([await w.sync(), w.said()]).toEqual(['on', []]);
  // The push service took the subscription away.
  w.manager.current = null;
  expect([await w.sync(), w.said()]).toEqual(['on', [['PUT', PATH, 'https://push.example/2']]]);
  // The service has another key.
  await w.setKey(key(5));
  expect([await w.sync(), w.said()]).toEqual(['on', [['PUT', PATH, 'https://push.example/3']]]);
  // The phone was enrolled for somebody else: that is another device.
  await w.holder.use(async (outbox) => outbox.setIdentity({ ...(await outbox.identity())!, device_id: 'other' }));
  expect([await w.sync(), w.said()]).toEqual(['on', [['PUT', PATH, 'https://push.example/3']]]);
});

it('takes the target back when it is switched off, and goes on trying', async () => {
  const w = await world();
  await w.want(true);
  await w.sync();
  w.said();
  await w.want(false);
  w.service.answer = () => null;
  expect([await w.sync(), w.manager.current, w.said().length]).toEqual(['off', null, 1]);
  w.service.answer = nothing;
  expect([await w.sync(), w.said()]).toEqual(['off', [['DELETE', PATH, '']]]);
  expect([await w.sync(), w.said()]).toEqual(['off', []]);
});

it('takes the target back when the browser forbids notices', async () => {
  const w = await world();
  await w.want(true);
  await w.sync();
  w.said();
  w.forbid();
  expect([await w.sync(), w.said()]).toEqual(['blocked', [['DELETE', PATH, '']]]);
});

it('says what is not done yet, and what the service does not take', async () => {
  const w = await world();
  await w.want(true);
  w.service.answer = () => null;
  expect(await w.sync()).toBe('pending');
  w.service.answer = () => problem(400, 'invalid_field');
  expect(await w.sync()).toBe('refused');
  w.service.answer = nothing;
  expect(await w.sync()).toBe('on');
});

it('a switch asks the browser first, and remembers a no', async () => {
  const w = await world();
  let permission: NotificationPermission = 'default';
  let answer: NotificationPermission = 'default';
  const parts = { holder: w.holder, fetch: w.service.fetch, manager: () => Promise.resolve(w.manager), permission: () => permission };
  const push = new PushSwitch({ ...parts, ask: () => Promise.resolve((permission = answer)) });
  await push.sync();
  expect([push.state, push.unasked]).toEqual(['off', true]);
  await push.turnOn();
  expect([push.state, push.unasked]).toEqual(['off', true]);
  answer = 'denied';
  await push.turnOn();
  expect([push.state, push.unasked]).toEqual(['blocked', false]);
  answer = 'granted';
  await push.turnOn();
  expect([push.state, w.said().length]).toEqual(['on', 1]);
  await push.turnOff();
  expect([push.state, w.said()]).toEqual(['off', [['DELETE', PATH, '']]]);
  const none = new PushSwitch({ ...parts, manager: () => Promise.resolve(null), ask: () => Promise.resolve('denied') });
  await none.sync();
  expect(none.state).toBe('impossible');
});
