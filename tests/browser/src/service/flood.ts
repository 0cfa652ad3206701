// Many phones at once, without a process for each.
import { randomUUID, webcrypto } from 'node:crypto';
import { SUBPROTOCOL, type Alert, type AlertId, type AlertStatus, type CaseId, type Enrolled, type Fix, type GatewayFrame, type PhoneFrame } from '@protocol';
import { until } from '../wait';
import { BareSocket } from './bare_socket';
import type { EnrolmentCode } from './people';
import type { Spot } from './phone';
import type { ServiceInfo } from './service';

/** HTTP calls under way at once; more only wait in the service's queue of connections. */
const CALLS_MAX = 16;
/** Of every flood, how many press close together, and within how far of each other, in metres: a fire in a dormitory. */
export const TOGETHER = 14;
const TOGETHER_M = 600;
const TAIPEI: Spot = { lat: 25.0478, lon: 121.517 };
/** The rest are spread over the city, in degrees around it. */
const CITY_DEG = 0.25;
const METRES_PER_DEGREE = 111_320;
const KEY = { name: 'ECDSA', namedCurve: 'P-256' } as const;

/** An id as phones make it: UUIDv7, the time of the press first. */
export function newId(): string {
  const time = Date.now().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

/** Where the phone number `i` of a flood is; the same in each run. */
export function spotOf(i: number): Spot {
  const angle = i * 2.399963;
  const reach = i < TOGETHER ? (TOGETHER_M / 2 / METRES_PER_DEGREE) * Math.sqrt(i / TOGETHER) : CITY_DEG * Math.sqrt(((i * 0.754878) % 1) + 0.01);
  return { lat: TAIPEI.lat + reach * Math.sin(angle), lon: TAIPEI.lon + reach * Math.cos(angle) };
}

export function fixAt(spot: Spot, age_ms = 0): Fix {
  return { fix_id: newId(), ...spot, accuracy_m: 12, fix_time_ms: Date.now() - age_ms, source: 'gps' };
}

/** One press, and the case that it is in. */
export interface Pressed {
  alert_id: AlertId;
  case_id: CaseId;
}

/** A phone without a process: presses over plain HTTP. */
export class FloodPhone {
  private constructor(
    readonly info: ServiceInfo,
    readonly spot: Spot,
    readonly identity: { credential: string; keys: webcrypto.CryptoKeyPair } | null,
  ) {}

  static unknown(info: ServiceInfo, spot: Spot): FloodPhone {
    return new FloodPhone(info, spot, null);
  }

  static async enrolled(info: ServiceInfo, { code }: EnrolmentCode, spot: Spot): Promise<FloodPhone> {
    const keys = (await webcrypto.subtle.generateKey(KEY, false, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
    const public_key = Buffer.from(await webcrypto.subtle.exportKey('raw', keys.publicKey)).toString('base64url');
    const plain = code.replace(/[^A-Za-z0-9]/g, '').toUpperCase();
    const signature = await sign(keys, `enrol\n${plain}\n${public_key}`);
    const { credential } = await post<Enrolled>(info, '/api/enrol', { code: plain, public_key, signature });
    return new FloodPhone(info, spot, { credential, keys });
  }

  /** Presses; the service has it when this returns. A second press is a new alert in the same case, of an enrolled phone. */
  async press(more: Partial<Alert> = {}): Promise<AlertId> {
    const alert: Alert = { alert_id: newId(), device_time_ms: Date.now(), position: fixAt(this.spot), trigger: 'hold', battery_pct: 60, ...more };
    const proof = this.identity && { credential: this.identity.credential, signature: await sign(this.identity.keys, `alert\n${alert.alert_id}`) };
    await post<AlertStatus>(this.info, '/api/alerts', { alert, ...proof });
    return alert.alert_id;
  }
}

/**
 * `n` phones that nobody knows press, spread evenly over `over_ms` or as fast as they can: those of a flood from its phone number
 * `from` on, the first of which are close together. Returns when all are on record.
 */
export async function presses(info: ServiceInfo, n: number, more: { over_ms?: number; from?: number } = {}): Promise<Pressed[]> {
  const { over_ms = 0, from = 0 } = more;
  const phones = Array.from({ length: n }, (_, i) => FloodPhone.unknown(info, spotOf(from + i)));
  const begun = performance.now();
  const alerts = await atOnce(phones, async (phone, i) => {
    const early_ms = begun + (over_ms * i) / n - performance.now();
    if (early_ms > 0) await new Promise((done) => setTimeout(done, early_ms));
    return phone.press();
  });
  return onRecord(info, alerts);
}

/** Waits until all of these are cases. */
export function onRecord(info: ServiceInfo, alerts: AlertId[], limit_ms = 60_000): Promise<Pressed[]> {
  return atOnce(alerts, (alert_id) =>
    until(`${alert_id} on record`, () => recorded(info, alert_id), limit_ms),
  );
}

/** Does `work` for each of them, a few at a time; the answers are in their order. */
export async function atOnce<T, R>(all: readonly T[], work: (one: T, i: number) => Promise<R>): Promise<R[]> {
  const answers: R[] = [];
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < all.length; i = next++) answers[i] = await work(all[i] as T, i);
  };
  await Promise.all(Array.from({ length: CALLS_MAX }, worker));
  return answers;
}

/** A connection over which fixes and messages of many alerts go: what belongs to an alert is taken from whoever knows its id. */
export class Carrier {
  /** What the desk wrote, by the alert that it was written to. */
  readonly messages = new Map<AlertId, string[]>();
  /** Frames that were answered, and errors. */
  answered = 0;
  readonly errors: string[] = [];
  readonly #socket: BareSocket;

  private constructor(socket: BareSocket) {
    this.#socket = socket;
  }

  /** `follow`: alerts of phones that nobody knows, whose receipts and messages come here too. */
  static async connected(info: ServiceInfo, follow: AlertId[] = []): Promise<Carrier> {
    let carrier: Carrier | undefined;
    let welcomed = false;
    const socket = await BareSocket.open(info.url, '/phone', SUBPROTOCOL, (text) => {
      const frame = JSON.parse(text) as GatewayFrame;
      if (frame.type === 'welcome') welcomed = true;
      if (carrier) carrier.#hear(frame);
    });
    carrier = new Carrier(socket);
    carrier.say({ type: 'hello', last_seq: 0, follow });
    await until('welcome', () => welcomed);
    return carrier;
  }

  say(frame: PhoneFrame): void {
    this.#socket.send(JSON.stringify(frame));
  }

  fixes(alert_id: AlertId, fixes: Fix[]): void {
    this.say({ type: 'fixes', alert_id, fixes });
  }

  message(alert_id: AlertId, text: string): void {
    this.say({ type: 'message', message_id: newId(), alert_id, text });
  }

  close(): void {
    this.#socket.close();
  }

  #hear(frame: GatewayFrame): void {
    if (frame.type === 'fixes_accepted' || frame.type === 'accepted') this.answered++;
    if (frame.type === 'message') this.messages.set(frame.alert_id, [...(this.messages.get(frame.alert_id) ?? []), frame.text]);
    if (frame.type === 'error') this.errors.push(frame.code);
  }
}

async function recorded(info: ServiceInfo, alert_id: AlertId): Promise<Pressed | null> {
  const answer = await fetch(`${info.url}/api/alerts/${alert_id}`);
  if (!answer.ok) return null;
  const { receipts } = (await answer.json()) as AlertStatus;
  const case_id = receipts.find((receipt) => receipt.case_id)?.case_id;
  return case_id ? { alert_id, case_id } : null;
}

async function post<T>(info: ServiceInfo, path: string, body: object): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${info.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}

async function sign(keys: webcrypto.CryptoKeyPair, text: string): Promise<string> {
  const bytes = new TextEncoder().encode(`${SUBPROTOCOL}\n${text}`);
  return Buffer.from(await webcrypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, keys.privateKey, bytes)).toString('base64url');
}
