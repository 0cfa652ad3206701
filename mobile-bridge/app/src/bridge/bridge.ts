// What the screens ask for. It is in the outbox, on disk, before the call returns; getting it to the service is the
// driver's business.
import {
  ACCURACY_M_MAX,
  ALERT_TEXT_CHARS_MAX,
  TEXT_CHARS_MAX,
  type Alert,
  type AlertId,
  type EmergencyKind,
  type Fix,
  type FixSource,
  type Pin,
  type SetPins,
  type Trigger,
  type UnixMs,
} from '@protocol';
import { newId } from './ambient';
import { borrow } from './borrow';
import { enrol } from './calls';
import { CheckInSender } from './check_in';
import { NotEnrolled } from './device_request';
import { Driver, type DriverParts } from './driver';
import type { KeptCheckIn } from './outbox/check_ins';
import type { AlertState, ChatMessage, Identity } from './outbox/types';
import { setPins } from './pins';
import { enrolText, makeKeys, normalCode, publicKey, sign } from './proof';

/** A measured location, as the platform gives it. */
export interface Position {
  lat: number;
  lon: number;
  accuracy_m: number | null;
  /** When it was measured; never the time of the call, if it is an old one. */
  fix_time_ms: UnixMs | null;
  source: FixSource | null;
  speed_mps: number | null;
  heading_deg: number | null;
  battery_pct: number | null;
}

/** What is known at a press. Nothing of it is needed. */
export interface PressDetails {
  position?: Position | null;
  trigger?: Trigger;
  kind?: EmergencyKind;
  text?: string;
  battery_pct?: number | null;
  /** A test of the path that the worker asked for, marked as such everywhere. */
  drill?: boolean;
}

/** A press, and whether it is safe here. If not, it is being sent from memory: say so on the screen. */
export interface Pressed {
  alert_id: AlertId;
  saved: boolean;
}

/** The text is empty or too long, or there is no alert that it could belong to. */
export class RefusedText extends Error {
  constructor(readonly reason: 'text' | 'no_alert') {
    super(reason);
  }
}

export class Bridge {
  readonly #parts: DriverParts;
  readonly #driver: Driver;
  readonly #checkIns: CheckInSender;

  constructor(parts: DriverParts) {
    this.#parts = parts;
    this.#driver = new Driver(parts);
    this.#checkIns = new CheckInSender(parts);
  }

  /** Begins to send what waits. */
  start(): void {
    this.#driver.take({ kind: 'queue_changed' });
    this.#checkIns.nudge();
  }

  /**
   * SOS. When this returns the alert is on disk (or `saved` is false), and is on its way. Works without enrolment as
   * well: then the case is marked *unverified*. A drill that cannot be saved fails instead.
   */
  async press(details: PressDetails): Promise<Pressed> {
    const now = this.#parts.clock.now();
    const alert = intoAlert(details, now);
    try {
      const alert_id = await this.#parts.holder.use((outbox) => outbox.press(alert, now));
      if (alert_id === alert.alert_id) this.#driver.pressed(alert);
      else await this.#fold(alert_id, alert, now).finally(() => this.#driver.take({ kind: 'acted' }));
      return { alert_id, saved: true };
    } catch (error) {
      if (alert.drill) throw error;
      this.#driver.hold(alert);
      this.#driver.take({ kind: 'acted' });
      return { alert_id: alert.alert_id, saved: false };
    }
  }

  /** Takes a press back, with the worker's PIN if there is one. It stays an alert; the desk decides what that means. */
  async cancel(alert_id: AlertId, pin?: Pin): Promise<void> {
    const now = this.#parts.clock.now();
    await this.#parts.holder.use((outbox) => outbox.cancel(alert_id, now, pin));
    this.#driver.take({ kind: 'acted' });
  }

  /** Ends the drills that were left when the app was closed in the middle of one. */
  async endDrills(): Promise<void> {
    for (const alert_id of await this.#parts.holder.use((outbox) => outbox.drillsLeft())) await this.cancel(alert_id);
  }

  /** How far an alert has got, a drill as well; null if this phone does not know it. */
  alertState(alert_id: AlertId): Promise<AlertState | null> {
    return this.#parts.holder.use((outbox) => outbox.alertState(alert_id));
  }

  /** Keeps measured locations for the open alert and sends them. Places that are not on earth are left out. */
  async sendFixes(positions: Position[]): Promise<void> {
    const now = this.#parts.clock.now();
    const fixes = positions.flatMap((position) => intoFix(position, now) ?? []);
    await this.#parts.holder.use(async (outbox) => {
      const alert_id = await outbox.openAlert();
      if (alert_id !== null) await outbox.addFixes(alert_id, fixes);
    });
    this.#driver.take({ kind: 'queue_changed' });
  }

  /** Writes to the desk, in the case of the newest alert. */
  async write(words: string): Promise<void> {
    const text = cleanText(words);
    if (text.trim() === '' || [...text].length > TEXT_CHARS_MAX) throw new RefusedText('text');
    const now = this.#parts.clock.now();
    await this.#parts.holder.use(async (outbox) => {
      const alert_id = await outbox.newestAlert();
      if (alert_id === null) throw new RefusedText('no_alert');
      await outbox.writeMessage({ message_id: newId(now), alert_id, text, device_time_ms: now });
    });
    this.#driver.take({ kind: 'acted' });
  }

  /** Enrols this phone with a single-use code. The same code may be tried again after a failure. */
  async enrol(typed: string): Promise<Identity> {
    const { holder, fetch } = this.#parts;
    await holder.use((outbox) => outbox.forgetBorrowed());
    const keys = (await holder.use((outbox) => outbox.keys())) ?? (await this.#newKeys());
    const public_key = await publicKey(keys);
    const code = normalCode(typed);
    const signature = await sign(keys, enrolText(code, public_key));
    const identity = await enrol(fetch, { code, public_key, signature, device_model: deviceModel() });
    await holder.use((outbox) => outbox.setIdentity(identity));
    this.#driver.take({ kind: 'enrolled' });
    this.#checkIns.nudge();
    return identity;
  }

  /** "Tôi ổn": kept until the service has it. Fails with `NotEnrolled` where nobody could tell who is well. */
  async checkIn(position: Position | null): Promise<void> {
    const now = this.#parts.clock.now();
    await this.#parts.holder.use(async (outbox) => {
      if (!(await outbox.identity())) throw new NotEnrolled('this phone is not enrolled');
      await outbox.checkIns.add(newId(now), now, position && intoFix(position, now));
    });
    this.#checkIns.nudge();
  }

  newestCheckIn(): Promise<KeptCheckIn | null> {
    return this.#parts.holder.use((outbox) => outbox.checkIns.newest());
  }

  identity(): Promise<Identity | null> {
    return this.#parts.holder.use((outbox) => outbox.identity());
  }

  /**
   * Speaks for a worker on somebody else's phone, with the code on the worker's card and a PIN. The key is made for this
   * and goes with the name, see `forgetBorrowed`.
   */
  async borrow(typed: string, pin: Pin): Promise<Identity> {
    const { holder, fetch, clock } = this.#parts;
    const identity = await borrow(fetch, holder, typed, pin, clock.now());
    this.#driver.take({ kind: 'enrolled' });
    return identity;
  }

  /** Forgets whose card it was, and the key, and what they wrote; an SOS that is not out yet stays until it is. */
  async forgetBorrowed(): Promise<void> {
    const forgot = await this.#parts.holder.use((outbox) => outbox.forgetBorrowed());
    if (forgot) this.#driver.take({ kind: 'enrolled' });
  }

  /** Sets the worker's PINs; fails with a `CallError`. The phone keeps that there are some, and none of them. */
  setPins(pins: SetPins): Promise<void> {
    return setPins(this.#parts.fetch, this.#parts.holder, pins);
  }

  /** The worker is known to have a PIN. */
  hasPin(): Promise<boolean> {
    return this.#parts.holder.use((outbox) => outbox.hasPin());
  }

  /** The newest alert and how far it has got, and whether it is on disk; never a drill. */
  async newestAlert(): Promise<{ state: AlertState | null; saved: boolean }> {
    const held = this.#driver.newestUnsaved?.state ?? null;
    try {
      const state = await this.#parts.holder.use(async (outbox) => {
        const alert_id = await outbox.newestAlert();
        return alert_id === null ? null : outbox.alertState(alert_id);
      });
      if (!held || (state && state.pressed_at_ms > held.pressed_at_ms)) return { state, saved: true };
    } catch (error) {
      if (!held) throw error;
    }
    return { state: held, saved: false };
  }

  messages(): Promise<ChatMessage[]> {
    return this.#parts.holder.use((outbox) => outbox.messages());
  }

  /** The phone has another network, or the app came to the front. */
  networkChanged(): void {
    this.#driver.take({ kind: 'network_changed' });
    this.#checkIns.nudge();
  }

  /** Somebody else changed the outbox: the service worker, or this app in another window. */
  outboxChanged(): void {
    this.#driver.take({ kind: 'queue_changed' });
  }

  async #newKeys(): Promise<CryptoKeyPair> {
    const keys = await makeKeys();
    return this.#parts.holder.use((outbox) => outbox.setKeys(keys));
  }

  /** So many presses wait that this one only adds to the newest of them: where it was. */
  async #fold(into: AlertId, alert: Alert, now: UnixMs): Promise<void> {
    const { position, text } = alert;
    await this.#parts.holder
      .use(async (outbox) => {
        if (position) await outbox.addFixes(into, [position]);
        if (text) await outbox.writeMessage({ message_id: alert.alert_id, alert_id: into, text, device_time_ms: now });
      })
      .catch(() => {});
  }
}

/** Without control characters; tabs and line ends stay. */
export function cleanText(text: string): string {
  return [...text].filter((char) => char === '\n' || char === '\t' || !/\p{Cc}/u.test(char)).join('');
}

function within(value: number | null | undefined, least: number, most: number): number | undefined {
  return value != null && value >= least && value <= most ? value : undefined;
}

function percent(value: number | null | undefined): number | undefined {
  const fits = within(value, 0, 100);
  return fits === undefined ? undefined : Math.round(fits);
}

/** The fix on the wire; null if there is no such place on earth. Other values that cannot be are left out. */
export function intoFix(position: Position, now: UnixMs): Fix | null {
  const lat = within(position.lat, -90, 90);
  const lon = within(position.lon, -180, 180);
  if (lat === undefined || lon === undefined) return null;
  return withoutHoles({
    fix_id: newId(now),
    lat,
    lon,
    accuracy_m: within(position.accuracy_m, 0, ACCURACY_M_MAX),
    fix_time_ms: position.fix_time_ms ?? undefined,
    source: position.source ?? undefined,
    speed_mps: within(position.speed_mps, 0, 1_000),
    heading_deg: within(position.heading_deg, 0, 360),
    battery_pct: percent(position.battery_pct),
  });
}

export function intoAlert(details: PressDetails, now: UnixMs): Alert {
  const text = details.text === undefined ? '' : [...cleanText(details.text)].slice(0, ALERT_TEXT_CHARS_MAX).join('');
  return withoutHoles({
    alert_id: newId(now),
    device_time_ms: now,
    position: (details.position && intoFix(details.position, now)) ?? undefined,
    trigger: details.trigger,
    kind: details.kind,
    text: text.trim() === '' ? undefined : text,
    battery_pct: percent(details.battery_pct),
    drill: details.drill || undefined,
  });
}

/** Members that are not there are left out, as they would be from JSON. */
function withoutHoles<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}

/** Kind of phone, for the worker's profile, at most 80 characters. */
function deviceModel(): string {
  const { userAgent = '' } = globalThis.navigator ?? {};
  const inside = /\(([^)]*)\)/.exec(userAgent)?.[1] ?? userAgent;
  return [...inside].slice(0, 80).join('');
}
