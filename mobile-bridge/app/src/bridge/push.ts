// Keeps the push service, this phone and the SOS service of one mind about whether the worker is told of things while the
// app is closed. The page and the service worker do the same, as often as they like.
import { PUSH_TARGET_CHARS_MAX, type PushTarget } from '@protocol';
import { CallError, type Fetch } from './calls';
import { deviceRequest, isFinal } from './device_request';
import type { Holder } from './holder';
import type { Outbox } from './outbox/outbox';
import { base64url } from './proof';

const PATH = '/api/device/push';

export type SubscriptionLike = Pick<PushSubscription, 'endpoint' | 'getKey' | 'unsubscribe'> & {
  readonly options: Pick<PushSubscriptionOptions, 'applicationServerKey'>;
};

/** What of a browser's `PushManager` is used. */
export interface PushManagerLike {
  getSubscription(): Promise<SubscriptionLike | null>;
  subscribe(options: { userVisibleOnly: boolean; applicationServerKey: BufferSource }): Promise<SubscriptionLike>;
}

export interface PushParts {
  holder: Holder;
  fetch: Fetch;
  manager: PushManagerLike;
  /** The browser may show notices; it is not asked here. */
  allowed: () => boolean;
}

/**
 * `on`: the service has the target; `pending`: it is wanted, and not done yet; `blocked`: the browser shows no notices;
 * `refused`: the service takes no such target.
 */
export type PushState = 'off' | 'on' | 'pending' | 'blocked' | 'refused';

/** Does what is still to be done. Where it cannot be done now: `pending`, and to be called again. */
export async function syncPush(parts: PushParts): Promise<PushState> {
  const outbox = await parts.holder.use((opened) => Promise.resolve(opened));
  const [{ push, service }, identity] = await Promise.all([outbox.about(), outbox.identity()]);
  const told = push?.told ?? null;
  if (!push?.wanted || !parts.allowed()) {
    await (await parts.manager.getSubscription())?.unsubscribe();
    if (told !== null) await takeBack(parts.fetch, outbox);
    return push?.wanted ? 'blocked' : 'off';
  }
  const key = service?.settings.web_push_key;
  if (!key || !identity) return 'pending';
  const target = targetOf(await subscribed(parts.manager, key));
  if (!target) return 'refused';
  const tells = `${identity.device_id} ${target.endpoint} ${target.p256dh}`;
  return tells === told ? 'on' : tell(parts.fetch, outbox, target, tells);
}

async function tell(fetch: Fetch, outbox: Outbox, target: PushTarget, tells: string): Promise<PushState> {
  try {
    await deviceRequest(fetch, outbox, { method: 'PUT', path: PATH, json: target });
    await outbox.setPush({ told: tells });
    return 'on';
  } catch (error) {
    return error instanceof CallError && isFinal(error.code) ? 'refused' : 'pending';
  }
}

/** Where the service does not hear of it now, it is told the next time. */
async function takeBack(fetch: Fetch, outbox: Outbox): Promise<void> {
  try {
    await deviceRequest(fetch, outbox, { method: 'DELETE', path: PATH });
  } catch (error) {
    if (!(error instanceof CallError && isFinal(error.code))) return;
  }
  await outbox.setPush({ told: null });
}

/** The subscription with this key; one with another key of the service is of no use any more. */
async function subscribed(manager: PushManagerLike, key: string): Promise<SubscriptionLike> {
  const known = await manager.getSubscription();
  const its_key = known?.options.applicationServerKey;
  if (known && (!its_key || base64url(its_key) === key)) return known;
  await known?.unsubscribe();
  return manager.subscribe({ userVisibleOnly: true, applicationServerKey: fromBase64url(key) });
}

function targetOf(subscription: SubscriptionLike): Extract<PushTarget, { kind: 'web' }> | null {
  const { endpoint } = subscription;
  const [p256dh, auth] = [subscription.getKey('p256dh'), subscription.getKey('auth')];
  if (!p256dh || !auth || endpoint.length > PUSH_TARGET_CHARS_MAX) return null;
  return { kind: 'web', endpoint, p256dh: base64url(p256dh), auth: base64url(auth) };
}

function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
}
