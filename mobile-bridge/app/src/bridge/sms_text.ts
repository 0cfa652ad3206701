// An SOS as the text of one SMS: the same bits as `protocol/src/sms.rs`, where the layout is described. The phone only
// writes it; the service reads it.
import type { Alert, EmergencyKind } from '@protocol';

/** Longest text, in characters: one SMS. */
export const SMS_CHARS_MAX = 160;

const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const KINDS: readonly EmergencyKind[] = ['injured', 'attacked', 'held', 'other'];
const STEPS = 100_000;
const ACCURACY_M_MAX = 1_000_000;
const CHECK_BITS = 32;

/** The text to send; values that cannot be are left out. */
export function smsText(alert: Alert, deviceId: string | null): string {
  const position = placeOf(alert);
  const battery = inRange(alert.battery_pct, 100);
  const bits = new Bits();
  bits.push(1, 4);
  bits.pushId(alert.alert_id);
  if (bits.pushHas(deviceId !== null) && deviceId !== null) bits.pushId(deviceId);
  bits.pushMaybe(seconds(alert.device_time_ms), 32);
  bits.push(alert.kind ? KINDS.indexOf(alert.kind) + 1 : 0, 3);
  bits.pushMaybe(battery, 7);
  if (bits.pushHas(position !== null) && position !== null) {
    bits.push(position.lat, 25);
    bits.push(position.lon, 26);
    bits.pushMaybe(position.accuracy_m, 20);
    bits.pushMaybe(position.fix_time_s, 32);
  }
  while ((bits.length + CHECK_BITS) % 5 !== 0) bits.push(0, 1);
  bits.push(crc32(bits.bytes()), CHECK_BITS);
  const place = position === null ? '' : ` ${degrees(position.lat, 90)},${degrees(position.lon, 180)}${about(position.accuracy_m)}`;
  return `SOS${place}${battery === null ? '' : ` ${battery}%`} #${bits.digits()}`;
}

interface Place {
  lat: number;
  lon: number;
  accuracy_m: number | null;
  fix_time_s: number | null;
}

function placeOf({ position }: Alert): Place | null {
  if (!position) return null;
  const lat = inRange(rounded((position.lat + 90) * STEPS), 180 * STEPS);
  const lon = inRange(rounded((position.lon + 180) * STEPS), 360 * STEPS);
  if (lat === null || lon === null) return null;
  const accuracy = position.accuracy_m == null ? null : inRange(Math.ceil(position.accuracy_m), ACCURACY_M_MAX);
  return { lat, lon, accuracy_m: accuracy, fix_time_s: seconds(position.fix_time_ms) };
}

/** Half away from zero, as the service rounds. */
function rounded(value: number): number {
  return Math.sign(value) * Math.round(Math.abs(value));
}

function about(accuracy_m: number | null): string {
  return accuracy_m === null ? '' : ` +-${accuracy_m}m`;
}

/** Degrees with five decimals, in whole numbers throughout. */
function degrees(steps: number, zero: number): string {
  const value = steps - zero * STEPS;
  const whole = Math.floor(Math.abs(value) / STEPS);
  const rest = String(Math.abs(value) % STEPS).padStart(5, '0');
  return `${value < 0 ? '-' : ''}${whole}.${rest}`;
}

function seconds(ms: number | null | undefined): number | null {
  return ms == null ? null : inRange(Math.floor(ms / 1000), 0xffff_ffff);
}

function inRange(value: number | null | undefined, max: number): number | null {
  return value != null && value >= 0 && value <= max ? value : null;
}

class Bits {
  private readonly bits: number[] = [];

  get length(): number {
    return this.bits.length;
  }

  /** By division: shifts in JavaScript end at 32 bits. */
  push(value: number, width: number): void {
    for (let place = width - 1; place >= 0; place -= 1) this.bits.push(Math.floor(value / 2 ** place) % 2);
  }

  pushId(id: string): void {
    for (const digit of id.replaceAll('-', '')) this.push(Number.parseInt(digit, 16), 4);
  }

  pushHas(has: boolean): boolean {
    this.bits.push(has ? 1 : 0);
    return has;
  }

  pushMaybe(value: number | null, width: number): void {
    if (this.pushHas(value !== null) && value !== null) this.push(value, width);
  }

  bytes(): number[] {
    return this.grouped(8);
  }

  digits(): string {
    return this.grouped(5)
      .map((value) => DIGITS[value])
      .join('');
  }

  /** The last group is filled up with zeros. */
  private grouped(width: number): number[] {
    const groups: number[] = [];
    for (let at = 0; at < this.bits.length; at += width) {
      let value = 0;
      for (let i = 0; i < width; i += 1) value = value * 2 + (this.bits[at + i] ?? 0);
      groups.push(value);
    }
    return groups;
  }
}

/** IEEE 802.3. */
function crc32(bytes: number[]): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let i = 0; i < 8; i += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb8_8320 : crc >>> 1;
  }
  return (crc ^ 0xffff_ffff) >>> 0;
}
