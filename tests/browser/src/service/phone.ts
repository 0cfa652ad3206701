import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Stage } from '@protocol';
import { Lines } from './lines';
import type { EnrolmentCode } from './people';
import { OPS, run, TOP } from './programs';
import type { ServiceInfo } from './service';

export interface Spot {
  lat: number;
  lon: number;
}

/** A receipt, as `sos-ops phone … --json` prints it. */
export interface ReceiptLine {
  stage: Stage;
  at: string;
  alert_id: string;
  case_id: string | null;
  by: string | null;
}

/** A simulated phone with its own data. */
export class Phone {
  readonly #place: string[];

  private constructor(info: ServiceInfo) {
    this.#place = ['--server', info.url, '--data', mkdtempSync(join(tmpdir(), 'sos-phone-'))];
  }

  static async enrolled(info: ServiceInfo, { code }: EnrolmentCode): Promise<Phone> {
    const phone = new Phone(info);
    await run(OPS, ['phone', 'enrol', '--code', code, ...phone.#place], {});
    return phone;
  }

  /** A phone that nobody knows. */
  static unknown(info: ServiceInfo): Phone {
    return new Phone(info);
  }

  /** A press over plain HTTP by a phone that nobody knows, which had kept it for some days. */
  static async late(info: ServiceInfo, press: { at: Spot; days: number }): Promise<void> {
    const alert = {
      alert_id: randomUUID(),
      waited_ms: press.days * 24 * 3600 * 1000,
      position: { fix_id: randomUUID(), ...press.at },
    };
    const body = JSON.stringify({ alert });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${info.url}/api/alerts`, { method: 'POST', headers, body });
    if (!answer.ok) throw new Error(`the press was not taken: ${answer.status}`);
  }

  /** Presses, and waits until the SOS has got as far as `stage`. */
  async press(stage: Stage, more: { at?: Spot; kind?: string; text?: string } = {}): Promise<ReceiptLine> {
    const args = ['phone', 'press', '--json', '--until', stage, ...this.#place];
    if (more.at) args.push('--lat', String(more.at.lat), '--lon', String(more.at.lon));
    if (more.kind) args.push('--kind', more.kind);
    if (more.text) args.push('--text', more.text);
    const lines = (await run(OPS, args, {})).trim().split('\n');
    return JSON.parse(lines.at(-1) ?? '') as ReceiptLine;
  }

  async write(text: string): Promise<void> {
    await run(OPS, ['phone', 'write', '--text', text, ...this.#place], {});
  }

  /** Goes on with the open SOS while walking away from `from`; what is said to it goes to the desk. */
  walk(from: Spot, more: { seconds: number; everyS: number }): PhoneInHand {
    const args = ['phone', 'move', '--json', '--lat', String(from.lat), '--lon', String(from.lon)];
    args.push('--for', String(more.seconds), '--every', String(more.everyS), '--speed', '15', ...this.#place);
    return new PhoneInHand(spawn(OPS, args, { cwd: TOP }));
  }
}

/** A phone that stays connected. */
export class PhoneInHand {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #receipts: Lines;
  readonly #told: Lines;

  constructor(process: ChildProcessWithoutNullStreams) {
    this.#process = process;
    this.#receipts = new Lines(process.stdout);
    this.#told = new Lines(process.stderr);
  }

  say(text: string): void {
    this.#process.stdin.write(`${text}\n`);
  }

  hears(text: string): Promise<true> {
    return this.#told.first(`"${text}" on the phone`, (line) => line.includes(text));
  }

  /** The receipt of a stage; where `by` is given, the one that names this officer. */
  reaches(stage: Stage, by?: string): Promise<ReceiptLine> {
    return this.#receipts.first(`the receipt ${stage}`, (line) => {
      const receipt = JSON.parse(line) as ReceiptLine;
      return receipt.stage === stage && (by === undefined || receipt.by === by) && receipt;
    });
  }

  async putAway(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exit = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    await exit;
  }
}

/** When the worker pressed: an alert's id is made at the press and begins with the time. */
export function pressedAtMs(alertId: string): number {
  return Number.parseInt(alertId.replaceAll('-', '').slice(0, 12), 16);
}
