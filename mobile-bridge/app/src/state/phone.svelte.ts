// The phone as the screens see it: the outbox's view, the link, the position.
import { CANCEL_WINDOW_S, type AlertId, type Trigger, type UnixMs } from '@protocol';
import { Bridge, type Position } from '../bridge/bridge';
import type { LinkState, BridgeEvent } from '../bridge/machine/types';
import type { AlertState, ChatMessage, Identity } from '../bridge/outbox/types';
import { CLOSED_SHOWN_MS } from './card';
import type { Platform } from './platform';
import type { Settings } from './settings.svelte';
import { armSound, play, ScreenLight, vibrate, watchBattery } from './signals';
import { Tracker, type TrackerState } from './tracker';

/** After this long unsent, CALL and SMS grow, in milliseconds. */
const HELP_GROWS_MS = 20_000;

export class Phone {
  alert = $state.raw<AlertState | null>(null);
  /** The newest press is on disk. */
  saved = $state(true);
  link = $state.raw<LinkState>({ link: 'offline', retry_in_ms: 0 });
  /** The press of which an attempt has failed, and when the next one begins. */
  failed = $state<AlertId | null>(null);
  retry_at_ms = $state<UnixMs | null>(null);
  messages = $state.raw<ChatMessage[]>([]);
  refused = $state.raw<ReadonlySet<string>>(new Set());
  identity = $state.raw<Identity | null>(null);
  /** The outbox was read at least once. */
  ready = $state(false);
  has_network = $state(true);
  battery_pct = $state<number | null>(null);
  position = $state.raw<Position | null>(null);
  tracking = $state<TrackerState>('off');
  paused = $state(false);
  /** Messages of the desk up to this one were on the screen. */
  #seen = $state(0);
  now_ms = $state(0);

  readonly #bridge: Bridge;
  readonly #tracker: Tracker;
  readonly #light = new ScreenLight();
  readonly #settings: Settings;
  readonly #platform: Platform;
  #reading: Promise<void> | null = null;
  #stale = false;
  /** What went out with the newest press. */
  #pressedAt: Position | null = null;

  /** An SOS is under way. */
  readonly open = $derived(this.alert !== null && this.alert.receipt?.stage !== 'closed');
  readonly unsent = $derived(this.alert !== null && this.alert.receipt === null);
  readonly #waited_ms = $derived(this.alert ? this.now_ms - this.alert.pressed_at_ms : 0);
  readonly helpGrown = $derived(this.unsent && this.#waited_ms >= HELP_GROWS_MS);
  /** Seconds for which "pressed by mistake" is offered. */
  readonly cancelLeftS = $derived.by(() => {
    if (!this.alert || this.alert.cancel !== 'none' || !this.open) return 0;
    return Math.max(0, CANCEL_WINDOW_S - Math.floor(Math.max(0, this.#waited_ms) / 1000));
  });
  readonly unread = $derived(this.messages.filter((message) => message.from_officer !== null).length - this.#seen);

  constructor(platform: Platform, settings: Settings) {
    this.#platform = platform;
    this.#settings = settings;
    this.now_ms = platform.clock.now();
    this.has_network = platform.hasNetwork();
    this.#bridge = new Bridge({ ...platform.bridge, tell: (event) => this.#tell(event), changed: () => this.#changed() });
    this.#tracker = new Tracker({
      geolocation: platform.geolocation,
      clock: platform.clock,
      battery: () => this.battery_pct,
      send: (position) => this.#bridge.sendFixes([position]),
      changed: () => this.#tracked(),
    });
  }

  start(): void {
    this.#bridge.start();
    void this.read();
    void watchBattery((percent) => (this.battery_pct = percent));
    void this.#platform.mayTrack().then((may) => may && this.#tracker.start());
    this.#platform.onNetwork(() => {
      this.has_network = this.#platform.hasNetwork();
      this.#bridge.networkChanged();
    });
    this.#platform.onVisible((visible) => this.#visible(visible));
    this.#platform.onOutboxChanged(() => {
      this.#bridge.outboxChanged();
      void this.read();
    });
  }

  /** Once a second, while the screen is looked at. */
  tick(): void {
    this.now_ms = this.#platform.clock.now();
  }

  async press(trigger: Trigger): Promise<void> {
    if (!this.#settings.silent) {
      armSound();
      play('pressed');
      vibrate([80, 60, 200]);
    }
    const { latest } = this.#tracker;
    this.failed = null;
    this.#pressedAt = latest;
    await this.#bridge.press({ trigger, position: latest, battery_pct: this.battery_pct });
    await this.read();
    this.#platform.askForBackgroundSync();
  }

  async cancel(): Promise<void> {
    if (this.alert) await this.#bridge.cancel(this.alert.alert_id);
    await this.read();
  }

  async write(text: string): Promise<void> {
    await this.#bridge.write(text);
    await this.read();
  }

  async enrol(code: string): Promise<Identity> {
    const identity = await this.#bridge.enrol(code);
    await this.read();
    return identity;
  }

  /** The worker wants the position on: the browser asks. */
  track(): void {
    this.#tracker.start();
  }

  messagesSeen(): void {
    this.#seen = this.messages.filter((message) => message.from_officer !== null).length;
  }

  /** Reads what is in the outbox; a change while it is being read is read once more. */
  read(): Promise<void> {
    this.#stale = true;
    this.#reading ??= this.#readAll().finally(() => (this.#reading = null));
    return this.#reading;
  }

  async #readAll(): Promise<void> {
    while (this.#stale) {
      this.#stale = false;
      try {
        const [{ state, saved }, messages, identity] = await Promise.all([
          this.#bridge.newestAlert(),
          this.#bridge.messages().catch(() => this.messages),
          this.#bridge.identity().catch(() => this.identity),
        ]);
        this.saved = saved;
        this.#show(state);
        this.messages = messages;
        this.identity = identity;
        if (!this.ready) this.messagesSeen();
      } catch {
        // Without storage there is nothing to show but what is in memory.
      }
      this.ready = true;
    }
  }

  #show(state: AlertState | null): void {
    this.now_ms = this.#platform.clock.now();
    const before = this.alert;
    const ended = state?.receipt?.stage === 'closed' && this.now_ms - state.receipt.at_ms > CLOSED_SHOWN_MS;
    this.alert = ended ? null : state;
    this.#tracker.follow(this.open && this.alert ? this.alert.pressed_at_ms : null, this.#pressedAt);
    this.#light.want(this.open);
    const stage = this.alert?.receipt?.stage;
    const moved = before !== null && before.alert_id === this.alert?.alert_id && before.receipt?.stage !== stage;
    if (moved && stage && !this.#settings.silent) {
      play(stage);
      if (stage === 'received' || stage === 'claimed') vibrate(stage === 'claimed' ? [200, 100, 200] : 120);
    }
  }

  #tell(event: BridgeEvent): void {
    switch (event.kind) {
      case 'link':
        this.link = event.state;
        if (event.state.link !== 'offline') this.retry_at_ms = null;
        return;
      case 'not_sent_yet':
        this.failed = event.alert_id;
        this.retry_at_ms = this.#platform.clock.now() + event.retry_in_ms;
        this.tick();
        return;
      case 'refused':
        this.refused = new Set([...this.refused, event.id]);
        return;
      case 'cleaned':
      case 'unverified':
        // The SOS went through; there is nothing that the worker could do about the rest.
        return;
    }
  }

  #changed(): void {
    void this.read();
    this.#platform.tellOthers();
  }

  #tracked(): void {
    this.position = this.#tracker.latest;
    this.tracking = this.#tracker.state;
    this.paused = this.#tracker.paused;
  }

  #visible(visible: boolean): void {
    if (visible) {
      this.tick();
      this.#bridge.networkChanged();
      this.#tracker.shown();
      void this.#light.renew();
      void this.read();
    } else {
      this.#tracker.hidden();
    }
  }
}
