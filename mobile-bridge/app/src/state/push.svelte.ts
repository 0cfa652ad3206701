// Whether the worker is told of things while the app is closed, and switching it. Loaded when it is first wanted.
import { within } from '../bridge/ambient';
import type { Fetch } from '../bridge/calls';
import type { Holder } from '../bridge/holder';
import { syncPush, type PushManagerLike, type PushState } from '../bridge/push';

/** How long to wait for the service worker, in milliseconds: it is installed behind the first screen. */
const READY_MS_MAX = 10_000;

export interface PushSwitchParts {
  holder: Holder;
  fetch: Fetch;
  /** Null where the browser has no push; fails where no service worker runs yet. */
  manager: () => Promise<PushManagerLike | null>;
  permission: () => NotificationPermission;
  /** The browser asks the worker; to be called in a gesture. */
  ask: () => Promise<NotificationPermission>;
}

export class PushSwitch {
  /** `unknown`: not looked at yet; `impossible`: this browser cannot. */
  state = $state<PushState | 'impossible' | 'unknown'>('unknown');
  /** The browser was not asked yet, so that it can be offered. */
  unasked = $state(false);
  readonly #parts: PushSwitchParts;
  #turn: Promise<void> = Promise.resolve();

  constructor(parts: PushSwitchParts) {
    this.#parts = parts;
  }

  /** To be called in a tap: the browser asks. */
  async turnOn(): Promise<void> {
    const permission = await this.#parts.ask().catch(() => 'denied' as const);
    // Somebody who put the question away is not blocked, and may be asked again.
    if (permission !== 'default') {
      await this.#want(true);
      this.state = 'pending';
    }
    await this.sync();
  }

  async turnOff(): Promise<void> {
    await this.#want(false);
    this.state = 'off';
    await this.sync();
  }

  /** Does what is still to be done, one after the other. */
  sync(): Promise<void> {
    const mine = this.#turn.then(() => this.#sync());
    this.#turn = mine;
    return mine;
  }

  async #sync(): Promise<void> {
    const { holder, fetch, manager, permission } = this.#parts;
    try {
      const found = await manager();
      this.unasked = found !== null && permission() === 'default';
      this.state = found ? await syncPush({ holder, fetch, manager: found, allowed: () => permission() === 'granted' }) : 'impossible';
    } catch {
      // The push service or the storage does not answer: the next time.
      if (this.state === 'on' || this.state === 'refused') this.state = 'pending';
    }
  }

  #want(wanted: boolean): Promise<void> {
    return this.#parts.holder.use((outbox) => outbox.setPush({ wanted }));
  }
}

export function browserPush(holder: Holder, fetch: Fetch): PushSwitch {
  const { Notification, PushManager } = window as Partial<Pick<typeof window, 'Notification' | 'PushManager'>>;
  return new PushSwitch({
    holder,
    fetch,
    manager: async () => {
      if (!Notification || !PushManager || !navigator.serviceWorker) return null;
      return (await within(READY_MS_MAX, navigator.serviceWorker.ready)).pushManager;
    },
    permission: () => Notification?.permission ?? 'denied',
    ask: () => Promise.resolve(Notification?.requestPermission() ?? 'denied'),
  });
}
