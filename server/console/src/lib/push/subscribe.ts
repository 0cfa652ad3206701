import { PUSH_TARGET_CHARS_MAX, type PushTarget } from '@protocol';

/** The service worker that shows notices, and what it may answer for: the whole console. */
export const WORKER_URL = '/sw.js';
export const WORKER_SCOPE = '/';
/** A browser that has not installed the worker by then does not do it, in milliseconds. */
const READY_MS_MAX = 10_000;

/** Why this browser cannot be told. `impossible`: it has no Web Push, or the page is not secure. */
export type PushRefusal = 'impossible' | 'blocked' | 'failed';

export class PushRefused extends Error {
  constructor(readonly reason: PushRefusal) {
    super(reason);
  }
}

/** What of the browser is used. */
export interface PushBrowser {
  /** Null where the browser has no Web Push. */
  permission: () => NotificationPermission | null;
  /** The browser asks the officer; to be called in a click. */
  ask: () => Promise<NotificationPermission>;
  manager: () => Promise<PushManagerLike>;
}

export type SubscriptionLike = Pick<PushSubscription, 'endpoint' | 'getKey' | 'unsubscribe'> & {
  readonly options: Pick<PushSubscriptionOptions, 'applicationServerKey'>;
};

export interface PushManagerLike {
  getSubscription(): Promise<SubscriptionLike | null>;
  subscribe(options: { userVisibleOnly: boolean; applicationServerKey: BufferSource }): Promise<SubscriptionLike>;
}

/** Where this browser can be told. Asks for permission, so it has to be called in a click. Fails with `PushRefused`. */
export async function subscribe(browser: PushBrowser, key: string): Promise<PushTarget> {
  if (browser.permission() === null) throw new PushRefused('impossible');
  if ((await browser.ask().catch(() => 'denied' as const)) !== 'granted') throw new PushRefused('blocked');
  try {
    const target = targetOf(await subscribed(await browser.manager(), key));
    if (target) return target;
  } catch {
    // The push service of the browser does not answer, or takes no such key.
  }
  throw new PushRefused('failed');
}

/** What this browser has subscribed; a channel that was removed is not told any more, whoever still knows of it. */
export async function unsubscribe(browser: PushBrowser): Promise<void> {
  if (browser.permission() !== 'granted') return;
  await (await (await browser.manager()).getSubscription())?.unsubscribe();
}

export function browserPush(): PushBrowser {
  const { Notification, PushManager } = window as Partial<Pick<typeof window, 'Notification' | 'PushManager'>>;
  const workers = (navigator as Partial<Navigator>).serviceWorker;
  return {
    permission: () => (Notification && PushManager && workers ? Notification.permission : null),
    ask: async () => Notification?.requestPermission() ?? 'denied',
    manager: async () => {
      if (!workers) throw new PushRefused('impossible');
      await workers.register(WORKER_URL, { scope: WORKER_SCOPE });
      return (await soon(workers.ready)).pushManager;
    },
  };
}

function soon<T>(work: Promise<T>): Promise<T> {
  const late = new Promise<T>((_, fail) => setTimeout(() => fail(new PushRefused('failed')), READY_MS_MAX));
  return Promise.race([work, late]);
}

/** The subscription with this key; one with an earlier key of the service is of no use any more. */
async function subscribed(manager: PushManagerLike, key: string): Promise<SubscriptionLike> {
  const known = await manager.getSubscription();
  const its_key = known?.options.applicationServerKey;
  if (known && (!its_key || base64url(its_key) === key)) return known;
  await known?.unsubscribe();
  return manager.subscribe({ userVisibleOnly: true, applicationServerKey: fromBase64url(key) });
}

function targetOf(subscription: SubscriptionLike): PushTarget | null {
  const { endpoint } = subscription;
  const [p256dh, auth] = [subscription.getKey('p256dh'), subscription.getKey('auth')];
  if (!p256dh || !auth || endpoint.length > PUSH_TARGET_CHARS_MAX) return null;
  return { kind: 'web', endpoint, p256dh: base64url(p256dh), auth: base64url(auth) };
}

export function base64url(bytes: ArrayBuffer): string {
  const text = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

export function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}
