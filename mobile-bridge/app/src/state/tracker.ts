// Where the worker is: measured while the app is in front, sent while an SOS is open.
import type { UnixMs } from '@protocol';
import type { Clock } from '../bridge/ambient';
import type { Position } from '../bridge/bridge';
import { intervalS } from '../bridge/fix_rate';

/** Longest wait for one measurement, in milliseconds. */
const MEASURE_MS_MAX = 30_000;
/** A measurement of this age counts as one of now, in milliseconds. */
const FRESH_MS = 5_000;

/** `off`: not asked for; `waiting`: no measurement yet; `none`: this phone has no such thing. */
export type TrackerState = 'off' | 'waiting' | 'on' | 'denied' | 'none';
export type GeolocationLike = Pick<Geolocation, 'watchPosition' | 'clearWatch' | 'getCurrentPosition'>;

export interface TrackerParts {
  geolocation: GeolocationLike | null;
  clock: Clock;
  battery: () => number | null;
  send: (position: Position) => Promise<void>;
  changed: () => void;
}

/** The SOS that positions belong to. */
interface OpenAlert {
  pressed_at_ms: UnixMs;
  sent_time_ms: UnixMs | null;
  /** The desk has asked, and nothing was measured since. */
  asked: boolean;
  cancel: () => void;
}

export class Tracker {
  state: TrackerState;
  /** The newest measurement. */
  latest: Position | null = null;
  /** The page was in the background while an SOS was open, and nothing was measured since. */
  paused = false;
  readonly #parts: TrackerParts;
  #watch: number | null = null;
  #open: OpenAlert | null = null;

  constructor(parts: TrackerParts) {
    this.#parts = parts;
    this.state = parts.geolocation ? 'off' : 'none';
  }

  /** Asks the platform to measure; the first time the browser asks the worker. */
  start(): void {
    const { geolocation } = this.#parts;
    if (!geolocation || this.#watch !== null) return;
    if (this.state !== 'on') this.#become('waiting');
    const options = { enableHighAccuracy: true, maximumAge: FRESH_MS, timeout: MEASURE_MS_MAX };
    this.#watch = geolocation.watchPosition((measured) => this.#take(measured), (error) => this.#failed(error), options);
  }

  stop(): void {
    if (this.#watch !== null) this.#parts.geolocation?.clearWatch(this.#watch);
    this.#watch = null;
  }

  /** An SOS is open since then, or none is. `sent`: what went out with the press itself. */
  follow(pressed_at_ms: UnixMs | null, sent: Position | null = null): void {
    if (pressed_at_ms === (this.#open?.pressed_at_ms ?? null)) return;
    this.#open?.cancel();
    this.#open = null;
    if (pressed_at_ms === null) {
      this.paused = false;
      this.#parts.changed();
      return;
    }
    this.#open = { pressed_at_ms, sent_time_ms: sent && this.#isFresh(sent) ? sent.fix_time_ms : null, asked: false, cancel: () => {} };
    this.start();
    if (this.latest && this.#isFresh(this.latest)) this.#sendLatest();
    this.#plan();
  }

  /** The desk asks: the next measurement goes out at once, and is made now. */
  locate(): void {
    if (!this.#open) return;
    this.#open.asked = true;
    this.#measure();
  }

  hidden(): void {
    this.stop();
    if (!this.#open) return;
    this.#open.cancel();
    this.paused = true;
    this.#parts.changed();
  }

  shown(): void {
    if (this.state !== 'off' && this.state !== 'none') this.start();
    if (this.#open) this.#measure();
  }

  #take(measured: GeolocationPosition): void {
    const { latitude, longitude, accuracy, speed, heading } = measured.coords;
    this.latest = {
      lat: latitude,
      lon: longitude,
      accuracy_m: accuracy,
      fix_time_ms: Math.round(measured.timestamp),
      source: null,
      speed_mps: speed,
      heading_deg: heading === null || Number.isNaN(heading) ? null : heading,
      battery_pct: this.#parts.battery(),
    };
    this.paused = false;
    this.#become('on');
    // The first one of an SOS does not wait for its turn, nor one that the desk asked for.
    if (this.#open && (this.#open.sent_time_ms === null || this.#open.asked)) this.#sendLatest();
  }

  #failed(error: GeolocationPositionError): void {
    if (error.code === error.PERMISSION_DENIED) {
      this.stop();
      this.#become('denied');
    }
  }

  #become(state: TrackerState): void {
    this.state = state;
    this.#parts.changed();
  }

  #isFresh(position: Position): boolean {
    return position.fix_time_ms !== null && Math.abs(this.#parts.clock.now() - position.fix_time_ms) < FRESH_MS * 2;
  }

  #sendLatest(): void {
    const { latest } = this;
    if (!this.#open || !latest || latest.fix_time_ms === this.#open.sent_time_ms) return;
    this.#open.sent_time_ms = latest.fix_time_ms;
    this.#open.asked = false;
    // Where the disk refuses it, the next one takes its place.
    this.#parts.send(latest).catch(() => {});
  }

  #plan(): void {
    const open = this.#open;
    if (!open) return;
    open.cancel();
    const since_press_s = (this.#parts.clock.now() - open.pressed_at_ms) / 1000;
    open.cancel = this.#parts.clock.after(intervalS(since_press_s, this.#parts.battery()) * 1000, () => this.#measure());
  }

  /** Sends what the phone has told by itself since; one that lies still tells nothing, and is asked. */
  #measure(): void {
    const open = this.#open;
    if (open && !open.asked && this.latest && this.latest.fix_time_ms !== open.sent_time_ms) {
      this.#sendLatest();
      this.#plan();
      return;
    }
    const done = () => {
      if (this.#open !== open) return;
      this.#sendLatest();
    };
    const options = { enableHighAccuracy: true, maximumAge: open?.asked ? 0 : FRESH_MS, timeout: MEASURE_MS_MAX };
    this.#parts.geolocation?.getCurrentPosition(
      (measured) => {
        this.#take(measured);
        done();
      },
      (error) => this.#failed(error),
      options,
    );
    this.#plan();
  }
}
