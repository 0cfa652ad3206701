import type { ChannelId, Channels, NotificationId, NotificationView, WebhookId } from '@protocol';
import type { Api } from '../lib/api';
import { newId } from '../lib/ids';
import { PushRefused, subscribe, unsubscribe, type PushBrowser, type PushRefusal } from '../lib/push/subscribe';
import type { Clock } from '../lib/time/clock';

/** While a test is on its way, how far it got is asked this often … */
export const POLL_MS = 1_000;
/** … and no more than this many times: a push service that does not answer by then has failed for a call at night. */
export const POLLS_MAX = 90;
/** What a test goes to. */
export type Tested = ChannelId | WebhookId;
const STORAGE_KEY = 'sos.console.channels';

/** `mine`: of the officer; `desk`: of all officers of the desk, for those who answer for it. */
export type ChannelsOf = 'mine' | 'desk';

export interface ChannelDeps {
  api: Api;
  clock: Clock;
  push: PushBrowser;
  storage: Storage | null;
  me: () => string;
  onError: (error: unknown) => void;
}

/** Where officers can be told away from the console. */
export class OfficerChannels {
  view = $state.raw<Channels | null>(null);
  /** What is being done: a channel's id, `load`, `browser`, `mail` or `all`. */
  busy = $state<string | null>(null);
  error = $state.raw<unknown>(null);
  /** Why this browser could not be added. */
  refused = $state<PushRefusal | null>(null);
  /** Tests whose end is being waited for, by what they go to. */
  testing = $state.raw<ReadonlySet<Tested>>(new Set());
  /** Tests whose end did not come in time, by what they went to. */
  unsettled = $state.raw<ReadonlySet<Tested>>(new Set());
  readonly of: ChannelsOf;
  readonly #deps: ChannelDeps;
  #generation = 0;
  #callOff: () => void = () => {};
  #awaited: ReadonlyMap<Tested, NotificationId> = new Map();

  constructor(of: ChannelsOf, deps: ChannelDeps) {
    this.of = of;
    this.#deps = deps;
  }

  /** The channel of this browser, where this officer has one here. */
  get here(): ChannelId | null {
    const id = this.#remembered()[this.#deps.me()];
    return this.view?.channels.some((channel) => channel.channel_id === id) ? (id ?? null) : null;
  }

  get canPush(): boolean {
    return this.#deps.push.permission() !== null;
  }

  load = (): Promise<void> => this.#do('load', async () => this.#show(await this.#get()));

  addBrowser = (label: string): Promise<void> =>
    this.#do('browser', async () => {
      const key = this.view?.web_push_key;
      if (!key) return;
      const target = await subscribe(this.#deps.push, key);
      const id = this.#remembered()[this.#deps.me()] ?? newId();
      await this.#deps.api.putChannel(id, { label, target: { kind: 'push', target } });
      this.#remember(id);
      this.#show(await this.#get());
    });

  addMail = (label: string, address: string): Promise<void> =>
    this.#do('mail', async () => {
      await this.#deps.api.putChannel(newId(), { label, target: { kind: 'mail', address } });
      this.#show(await this.#get());
    });

  remove = (id: ChannelId): Promise<void> =>
    this.#do(id, async () => {
      const here = id === this.here;
      await this.#deps.api.removeChannel(id);
      if (here) {
        this.#remember(null);
        await unsubscribe(this.#deps.push).catch(() => {});
      }
      this.#show(await this.#get());
    });

  test = (id: ChannelId): Promise<void> =>
    this.#do(id, async () => this.#follow(await this.#deps.api.testChannel(id), [id]));

  testAll = (): Promise<void> =>
    this.#do('all', async () => {
      const view = await this.#deps.api.testDeskChannels();
      this.#follow(view, [...lastOf(view).keys()]);
    });

  /** Nobody looks any more. */
  stop(): void {
    this.#generation++;
    this.#callOff();
    this.testing = new Set();
    this.error = null;
    this.refused = null;
  }

  #get(): Promise<Channels> {
    return this.of === 'mine' ? this.#deps.api.channels() : this.#deps.api.deskChannels();
  }

  /** Asks until the tests of `ids` are settled. */
  #follow(answer: Channels, ids: readonly Tested[]): void {
    this.#show(answer);
    const started = new Map(this.testing.size > 0 ? this.#awaited : []);
    const all = lastOf(answer);
    for (const id of ids) {
      const last = all.get(id);
      if (last?.state === 'waiting') started.set(id, last.notification_id);
    }
    this.#awaited = started;
    this.testing = new Set(started.keys());
    this.unsettled = new Set([...this.unsettled].filter((id) => !ids.includes(id)));
    this.#callOff();
    if (started.size > 0) this.#poll(this.#generation, POLLS_MAX);
  }

  #poll(generation: number, left: number): void {
    this.#callOff = this.#deps.clock.after(POLL_MS, () => void this.#look(generation, left));
  }

  async #look(generation: number, left: number): Promise<void> {
    try {
      const view = await this.#get();
      if (generation !== this.#generation) return;
      this.#show(view);
    } catch (error) {
      this.#deps.onError(error);
      if (generation !== this.#generation) return;
    }
    const all = lastOf(this.view);
    const open = [...this.#awaited].filter(([id, test]) => waits(all.get(id), test));
    this.#awaited = new Map(open);
    this.testing = new Set(this.#awaited.keys());
    if (open.length === 0) return;
    if (left > 1) this.#poll(generation, left - 1);
    else {
      this.unsettled = new Set([...this.unsettled, ...this.testing]);
      this.testing = new Set();
    }
  }

  #show(view: Channels): void {
    this.view = view;
  }

  async #do(what: string, work: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = what;
    this.error = null;
    this.refused = null;
    try {
      await work();
    } catch (error) {
      if (error instanceof PushRefused) this.refused = error.reason;
      else {
        this.error = error;
        this.#deps.onError(error);
      }
    } finally {
      this.busy = null;
    }
  }

  /** By officer: several may use this browser. */
  #remembered(): Record<string, ChannelId> {
    try {
      return JSON.parse(this.#deps.storage?.getItem(STORAGE_KEY) ?? '{}') as Record<string, ChannelId>;
    } catch {
      return {};
    }
  }

  #remember(id: ChannelId | null): void {
    const { [this.#deps.me()]: _, ...others } = this.#remembered();
    try {
      this.#deps.storage?.setItem(STORAGE_KEY, JSON.stringify(id ? { ...others, [this.#deps.me()]: id } : others));
    } catch {
      // Storage is full or forbidden: the browser is one channel of several then.
    }
  }
}

type Last = NotificationView | null | undefined;

/** The latest notification by each channel and webhook. */
function lastOf(view: Channels | null): Map<Tested, Last> {
  return new Map([
    ...(view?.channels ?? []).map(({ channel_id, last }): [Tested, Last] => [channel_id, last]),
    ...(view?.webhooks ?? []).map(({ webhook_id, last }): [Tested, Last] => [webhook_id, last]),
  ]);
}

/** A later notification stands in the place of the test: that one is not shown any more, so it is not waited for. */
function waits(last: Last, test: NotificationId): boolean {
  return last?.notification_id === test && last.state === 'waiting';
}
