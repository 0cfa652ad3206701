// The phone as the screens see it: the outbox's view, the link, the position.
import { BORROWED_H, CANCEL_WINDOW_S, POSITION_FRESH_S, type AlertId, type PhoneSettings, type Pin, type SetPins, type Trigger, type UnixMs } from '@protocol';
import { Bridge, type Position } from '../bridge/bridge';
import type { LinkState, BridgeEvent } from '../bridge/machine/types';
import type { Manner } from '../bridge/outbox/db';
import type { AlertState, ChatMessage, Identity } from '../bridge/outbox/types';
import { serviceSettings } from '../bridge/service_settings';
import type { Attachments } from './attachments.svelte';
import { Cancelling } from './cancelling.svelte';
import { isShown } from './card';
import { Drill } from './drill.svelte';
import type { Platform } from './platform';
import type { Settings } from './settings.svelte';
import { armSound, play, ScreenLight, vibrate, watchBattery } from './signals';
import { Tracker, type TrackerState } from './tracker';

/** After this long unsent, CALL and SMS grow, in milliseconds. */
const HELP_GROWS_MS = 20_000;
/** How long a borrowed phone keeps the name, in milliseconds, counted by the phone itself: its clock may be wrong. */
const BORROWED_MS = BORROWED_H * 3_600_000;

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
  #trackerPaused = $state(false);
  /** Messages of the desk up to this one were on the screen. */
  #seen = $state(0);
  now_ms = $state(0);
  /** What the service says of itself, as last heard. */
  service = $state.raw<PhoneSettings>({});
  /** The latest "Tôi ổn", and when it was pressed. */
  checkIn_state = $state<'none' | 'waiting' | 'accepted'>('none');
  checkIn_at_ms = $state<UnixMs | null>(null);
  /** Photos and voice notes; null until the chat was opened or some wait. */
  attachments = $state.raw<Attachments | null>(null);

  readonly #bridge: Bridge;
  readonly #tracker: Tracker;
  readonly #light = new ScreenLight();
  readonly #settings: Settings;
  readonly #platform: Platform;
  #reading: Promise<void> | null = null;
  #stale = false;
  #asking: Promise<void> | null = null;
  /** What went out with the newest press. */
  #pressedAt: Position | null = null;

  /** An SOS is under way, as far as the screen knows: one that was taken back is not, whatever its case does. */
  readonly open = $derived(this.alert !== null && this.alert.cancel !== 'accepted' && this.alert.receipt?.stage !== 'closed');
  readonly unsent = $derived(this.open && this.alert?.receipt === null);
  /** Positions are missing, and that is to be shown. */
  readonly paused = $derived(this.#trackerPaused && this.open);
  readonly cancelling = new Cancelling({
    alert: () => this.alert,
    open: () => this.open,
    cancel: (alert_id, pin) => this.#cancel(alert_id, pin),
  });
  readonly drill: Drill;
  readonly #waited_ms = $derived(this.alert ? this.now_ms - this.alert.pressed_at_ms : 0);
  readonly helpGrown = $derived(this.unsent && this.#waited_ms >= HELP_GROWS_MS);
  /** Seconds for which "pressed by mistake" is offered. */
  readonly cancelLeftS = $derived.by(() => {
    if (!this.alert || this.alert.cancel !== 'none' || !this.open) return 0;
    return Math.max(0, CANCEL_WINDOW_S - Math.floor(Math.max(0, this.#waited_ms) / 1000));
  });
  /** Somebody else's phone, with a worker's card: until then; null on an own phone. */
  readonly borrowed_until_ms = $derived.by(() => {
    const since = this.identity?.borrowed_at_ms;
    return since === undefined ? null : since + BORROWED_MS;
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
    this.drill = new Drill({ bridge: this.#bridge, platform, track: () => this.#tracker.start(), phone: () => this, silent: () => settings.silent });
  }

  start(): void {
    this.#bridge.start();
    void this.read();
    this.#askService();
    void this.#sendAttachments();
    void watchBattery((percent) => (this.battery_pct = percent));
    void this.#bridge.endDrills().catch(() => {});
    void this.#platform.mayTrack().then((may) => {
      if (!may) return;
      this.#tracker.start();
      void this.read();
    });
    this.#platform.onNetwork(() => {
      this.has_network = this.#platform.hasNetwork();
      this.#bridge.networkChanged();
      this.attachments?.nudge();
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
    this.drill.tick();
    void this.#forgetInTime();
  }

  async press(trigger: Trigger): Promise<void> {
    const { latest } = this.#tracker;
    this.failed = null;
    this.#pressedAt = latest;
    // Before anything else, the sound as well.
    const pressed = this.#bridge.press({ trigger, position: latest, battery_pct: this.battery_pct });
    if (!this.#settings.silent) {
      armSound();
      play('pressed');
      vibrate([80, 60, 200]);
    }
    await pressed;
    await this.read();
    this.#platform.askForBackgroundSync();
  }

  async #cancel(alert_id: AlertId, pin?: Pin): Promise<void> {
    await this.#bridge.cancel(alert_id, pin);
    await this.read();
  }

  /** Sets the worker's PINs; fails with a `CallError`. */
  async setPins(pins: SetPins): Promise<void> {
    try {
      await this.#bridge.setPins(pins);
    } finally {
      await this.read();
    }
  }

  /** Speaks for the worker with this card, on somebody else's phone; fails with a `CallError`. */
  async borrow(card: string, pin: Pin): Promise<void> {
    await this.#bridge.borrow(card, pin);
    await this.read();
  }

  async forgetBorrowed(): Promise<void> {
    await this.#bridge.forgetBorrowed();
    await this.read();
  }

  /** After its time a borrowed name goes by itself; an SOS under way keeps it for as long again, at most. */
  async #forgetInTime(): Promise<void> {
    const until_ms = this.borrowed_until_ms;
    if (until_ms === null || this.now_ms < until_ms + (this.open ? BORROWED_MS : 0)) return;
    // Where the disk refuses it, the next tick tries again.
    await this.forgetBorrowed().catch(() => {});
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

  /** "Tôi ổn", with the position if it is known now. */
  async checkIn(): Promise<void> {
    const { latest } = this.#tracker;
    const age_ms = this.#platform.clock.now() - (latest?.fix_time_ms ?? Number.NaN);
    await this.#bridge.checkIn(age_ms < POSITION_FRESH_S * 1000 ? latest : null);
    await this.read();
  }

  /** How a push is to be shown while no page is open. */
  keepManner(manner: Manner): Promise<void> {
    return this.#platform.bridge.holder.use((outbox) => outbox.setAbout({ manner }));
  }

  /** The worker wants the position on: the browser asks. */
  track(): void {
    this.#tracker.start();
  }

  /** Photos and voice notes, from now on kept up with. */
  async loadAttachments(): Promise<Attachments> {
    const { Attachments } = await import('./attachments.svelte');
    const { bridge } = this.#platform;
    this.attachments ??= new Attachments({ ...bridge, unsent: () => this.unsent, changed: () => this.#changed() });
    await this.attachments.read();
    return this.attachments;
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
        const [{ state, saved }, messages, identity, has_pin, checkIn] = await Promise.all([
          this.#bridge.newestAlert(),
          this.#bridge.messages().catch(() => this.messages),
          this.#bridge.identity().catch(() => this.identity),
          this.#bridge.hasPin().catch(() => this.cancelling.has_pin),
          this.#bridge.newestCheckIn().catch(() => undefined),
        ]);
        this.cancelling.has_pin = has_pin;
        this.saved = saved;
        this.#show(state);
        this.messages = messages;
        this.identity = identity;
        if (checkIn !== undefined) {
          this.checkIn_state = checkIn ? (checkIn.accepted ? 'accepted' : 'waiting') : 'none';
          this.checkIn_at_ms = checkIn?.at_ms ?? null;
        }
        if (!this.ready) this.messagesSeen();
        await this.drill.read();
      } catch {
        // Without storage there is nothing to show but what is in memory.
      }
      this.ready = true;
      void this.attachments?.read();
    }
  }

  #show(state: AlertState | null): void {
    this.now_ms = this.#platform.clock.now();
    const before = this.alert;
    this.alert = state && isShown(state, this.now_ms) ? state : null;
    if (this.open) void this.drill.end();
    this.#follow(state);
    this.#light.want(this.open);
    const stage = this.alert?.receipt?.stage;
    const moved = before !== null && before.alert_id === this.alert?.alert_id && before.receipt?.stage !== stage;
    if (moved && stage && this.alert?.cancel === 'none' && !this.#settings.silent) {
      play(stage);
      if (stage === 'received' || stage === 'claimed') vibrate(stage === 'claimed' ? [200, 100, 200] : 120);
    }
  }

  /**
   * Positions go until the case is closed, also of a press that was taken back: the desk decides. For that one the worker is
   * not asked for them anew, which would show that the case is still open.
   */
  #follow(state: AlertState | null): void {
    const under_way = state !== null && state.receipt?.stage !== 'closed';
    const asks = this.#tracker.state === 'off' && state?.cancel === 'accepted';
    this.#tracker.follow(under_way && !asks ? state.pressed_at_ms : null, this.#pressedAt);
  }

  #tell(event: BridgeEvent): void {
    switch (event.kind) {
      case 'link':
        this.link = event.state;
        if (event.state.link !== 'offline') this.retry_at_ms = null;
        if (event.state.link === 'online') this.#askService();
        return;
      case 'not_sent_yet':
        this.failed = event.alert_id;
        this.retry_at_ms = this.#platform.clock.now() + event.retry_in_ms;
        this.tick();
        return;
      case 'locate':
        this.#tracker.locate();
        return;
      case 'cancel_refused':
        this.cancelling.refused(event);
        void this.read();
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

  /** What was left waiting when the app was closed. */
  async #sendAttachments(): Promise<void> {
    const waiting = await this.#platform.bridge.holder.use((outbox) => outbox.attachments.next()).catch(() => null);
    if (waiting) await this.loadAttachments().catch(() => {});
  }

  #askService(): void {
    this.#asking ??= serviceSettings(this.#platform.bridge)
      .then((settings) => void (this.service = settings))
      .finally(() => (this.#asking = null));
  }

  #changed(): void {
    void this.read();
    this.#platform.tellOthers();
  }

  #tracked(): void {
    this.position = this.#tracker.latest;
    this.tracking = this.#tracker.state;
    this.#trackerPaused = this.#tracker.paused;
  }

  #visible(visible: boolean): void {
    if (visible) {
      this.tick();
      this.#bridge.networkChanged();
      this.attachments?.nudge();
      this.#tracker.shown();
      void this.#light.renew();
      void this.read();
    } else {
      this.#tracker.hidden();
    }
  }
}
