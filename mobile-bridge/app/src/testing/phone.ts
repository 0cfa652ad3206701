// A phone for the stories of the machine: its outbox is real, its network is the story, its time is moved by hand.
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import type { AlertId, AlertStatus, ErrorCode, GatewayFrame, PhoneFrame, Receipt, Stage } from '@protocol';
import { Machine } from '../bridge/machine/machine';
import type { HttpResult, Input, Output } from '../bridge/machine/types';
import { Outbox } from '../bridge/outbox/outbox';

globalThis.IDBKeyRange = IDBKeyRange;

/** Numbers that look random and are the same in each run. */
export function seeded(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

export const numbered = (n: number) => `00000000-0000-0000-0000-${n.toString(16).padStart(12, '0')}`;

export class Phone {
  readonly machine = new Machine(seeded(7));
  now = 1_000_000;
  #ids = 100;

  private constructor(readonly outbox: Outbox) {}

  static async nobody(): Promise<Phone> {
    return new Phone(await Outbox.open(new IDBFactory(), 'outbox'));
  }

  static async enrolled(): Promise<Phone> {
    const phone = await Phone.nobody();
    const worker = { worker_id: numbered(2), name: 'Nguyễn Thị Hoa', language: 'vi' };
    await phone.outbox.setIdentity({ device_id: numbered(1), credential: 'credential', credential_expires_ms: 9, worker });
    return phone;
  }

  /** Hands an input over; keeps what is to be kept, as the driver does. */
  async on(first: Input): Promise<Output[]> {
    const all: Output[] = [];
    for (let inputs = [first]; inputs[0]; ) {
      const outputs = this.machine.handle(this.now, inputs[0], await this.outbox.queue());
      inputs = [];
      for (const output of outputs) {
        if (output.kind !== 'keep') continue;
        await this.outbox.apply(output.write);
        inputs = [{ kind: 'queue_changed' }];
      }
      all.push(...outputs);
    }
    return all;
  }

  hears(frame: GatewayFrame): Promise<Output[]> {
    return this.on({ kind: 'frame', frame });
  }

  /** Moves time to the machine's next wish, at most `ms` on. */
  async wait(ms: number): Promise<Output[]> {
    const end = this.now + ms;
    const all: Output[] = [];
    for (let turns = 0; ; turns++) {
      const at = this.machine.wakeAt(await this.outbox.queue());
      if (at === null || at > end) break;
      if (turns > 1_000) throw new Error('the machine asks to be woken for nothing');
      this.now = Math.max(this.now, at);
      all.push(...(await this.on({ kind: 'tick' })));
    }
    this.now = end;
    return [...all, ...(await this.on({ kind: 'tick' }))];
  }

  newId(): string {
    return numbered(this.#ids++);
  }

  async press(): Promise<[AlertId, Output[]]> {
    const alert_id = this.newId();
    await this.outbox.press({ alert_id }, 0);
    return [alert_id, await this.on({ kind: 'acted' })];
  }

  async welcomed(): Promise<Output[]> {
    return [...(await this.on({ kind: 'connected' })), ...(await this.hears(challenge)), ...(await this.hears(welcome))];
  }

  /** From down to a connection that was welcomed. */
  async connect(): Promise<Output[]> {
    let outputs = await this.on({ kind: 'tick' });
    while (!kinds(outputs).includes('connect')) {
      this.now = this.machine.wakeAt(await this.outbox.queue()) ?? Number.NaN;
      outputs = await this.on({ kind: 'tick' });
    }
    return [...outputs, ...(await this.welcomed())];
  }

  async onRecord(): Promise<AlertId> {
    const [id] = await this.press();
    await this.welcomed();
    await this.hears(receipt(id, 'received'));
    await this.hears(receipt(id, 'recorded', 2));
    return id;
  }

  async write(alert_id: AlertId, text: string): Promise<string> {
    const message_id = this.newId();
    await this.outbox.writeMessage({ message_id, alert_id, text, device_time_ms: 2 });
    return message_id;
  }

  measure(alert_id: AlertId, count: number): Promise<void> {
    return this.outbox.addFixes(alert_id, Array.from({ length: count }, () => ({ fix_id: this.newId(), lat: 25, lon: 121.5 })));
  }

  async ended(alert_id: AlertId, call: 'post' | 'poll', result: HttpResult): Promise<Output[]> {
    return this.on({ kind: 'http', alert_id, call, result });
  }
}

export const challenge: GatewayFrame = { type: 'challenge', nonce: 'n', server_time_ms: 0 };
export const welcome: GatewayFrame = { type: 'welcome', session_id: numbered(0), verified: true, server_time_ms: 0 };
export const pong: GatewayFrame = { type: 'pong', server_time_ms: 0 };
export const replaced: GatewayFrame = { type: 'error', code: 'session_replaced', detail: '' };

export const reached = (alert_id: AlertId, stage: Stage, seq?: number): Receipt => ({ alert_id, stage, at_ms: 5, ...(seq ? { seq } : {}) });
export const receipt = (alert_id: AlertId, stage: Stage, seq?: number): GatewayFrame => ({ type: 'receipt', receipt: reached(alert_id, stage, seq) });
export const refusal = (code: ErrorCode, id: string): GatewayFrame => ({ type: 'error', code, detail: '', id });
export const status = (alert_id: AlertId, receipts: Receipt[]): { status: AlertStatus } => ({ status: { alert_id, receipts } });
export const deskMessage = (alert_id: AlertId, seq: number): GatewayFrame => ({
  type: 'message',
  seq,
  case_id: numbered(0),
  alert_id,
  message_id: numbered(99),
  text: 'Bạn ở đâu?',
  from: 'Lan',
  at_ms: 4,
});

export const locate = (alert_id: AlertId, seq: number, at_ms: number): GatewayFrame => ({ type: 'locate', seq, alert_id, at_ms });

export const kinds = (outputs: Output[]) => outputs.map((output) => output.kind);
export const count = (outputs: Output[], kind: Output['kind']) => outputs.filter((output) => output.kind === kind).length;
export const sentFrames = (outputs: Output[]): PhoneFrame[] => outputs.flatMap((output) => (output.kind === 'send' ? [output.frame] : []));
export const types = (outputs: Output[]) => sentFrames(outputs).map((frame) => frame.type);
export const alertsSent = (outputs: Output[]) => types(outputs).filter((type) => type === 'alert').length;
export const fixesOf = (outputs: Output[]) => sentFrames(outputs).flatMap((frame) => (frame.type === 'fixes' ? frame.fixes.map((fix) => fix.fix_id) : []));
