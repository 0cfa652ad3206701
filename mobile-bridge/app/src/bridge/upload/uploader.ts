// Hands the machine of attachments what happened and does what it answers.
import type { AttachmentId, AttachmentState, NewAttachment } from '@protocol';
import type { Clock } from '../ambient';
import { CallError, type Fetch } from '../calls';
import { deviceRequest, type DeviceRequest } from '../device_request';
import type { Holder } from '../holder';
import type { Below } from '../machine/types';
import type { KeptAttachment } from '../outbox/attachments';
import { UploadMachine, type Answer, type Input, type Output, type View } from './machine';

/** Shortest sleep, whatever the machine asks for, in milliseconds. */
const NAP_MS_MIN = 5;
const PATH = '/api/device/attachments';

export interface UploadParts {
  holder: Holder;
  fetch: Fetch;
  clock: Clock;
  below: Below;
  /** An SOS is unsent; also one that the disk refused. */
  unsent: () => boolean;
  /** What is in the outbox may be other than before. */
  changed: () => void;
}

export class Uploader {
  readonly #parts: UploadParts;
  readonly #machine: UploadMachine;
  readonly #inputs: Input[] = [];
  #running = false;
  #cancelNap: () => void = () => {};
  #view: View = { blocked: false, next: null };
  #next: KeptAttachment | null = null;
  /** The bytes of the attachment that is on its way. */
  #data: { attachment_id: AttachmentId; data: ArrayBuffer } | null = null;
  #calledOff = new AbortController();

  constructor(parts: UploadParts) {
    this.#parts = parts;
    this.#machine = new UploadMachine(parts.below);
  }

  /** The network is another one, or the worker did something: what waits is tried at once. */
  nudge(): void {
    this.#take({ kind: 'nudged' });
  }

  /** Something else is in the outbox: a press above all, which goes first. */
  changed(): void {
    this.#take({ kind: 'tick' });
  }

  /** One of a kind is enough; answers come one at a time. */
  #take(input: Input): void {
    if (input.kind === 'answered' || !this.#inputs.some(({ kind }) => kind === input.kind)) this.#inputs.push(input);
    if (!this.#running) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    this.#cancelNap();
    try {
      for (let input = this.#inputs.shift(); input; input = this.#inputs.shift()) await this.#step(input);
    } finally {
      this.#running = false;
      const at = this.#machine.wakeAt(this.#view);
      if (at !== null) {
        const wait = Math.max(at - this.#parts.clock.steady(), NAP_MS_MIN);
        this.#cancelNap = this.#parts.clock.after(wait, () => this.#take({ kind: 'tick' }));
      }
    }
  }

  async #step(input: Input): Promise<void> {
    await this.#look();
    let kept = false;
    for (const output of this.#machine.handle(this.#parts.clock.steady(), input, this.#view)) {
      kept = (await this.#perform(output)) || kept;
    }
    if (!kept) return;
    this.#parts.changed();
    this.#take({ kind: 'tick' });
  }

  async #look(): Promise<void> {
    const { holder, unsent } = this.#parts;
    try {
      const [queue, next] = await holder.use((outbox) => Promise.all([outbox.queue(), outbox.attachments.next()]));
      const blocked = unsent() || queue.alerts.some(({ received }) => !received);
      this.#next = queue.enrolled ? next : null;
      this.#view = { blocked, next: this.#next };
    } catch {
      // Without storage there is nothing to send; what was being sent is not given up.
      this.#view = { blocked: unsent(), next: null };
    }
  }

  /** Tells whether the outbox was changed. */
  async #perform(output: Output): Promise<boolean> {
    const { holder } = this.#parts;
    switch (output.kind) {
      case 'begin':
      case 'put':
        void this.#call(output).then((answer) => this.#take({ kind: 'answered', n: output.n, answer }));
        return false;
      case 'call_off':
        this.#calledOff.abort();
        return false;
      case 'received': {
        const { attachment_id, received_bytes, complete } = output;
        // What the disk refuses the service says again.
        await holder.use((outbox) => outbox.attachments.received(attachment_id, received_bytes, complete)).catch(() => {});
        if (complete) this.#data = null;
        return true;
      }
      case 'refused':
        await holder.use((outbox) => outbox.attachments.refused(output.attachment_id, output.code)).catch(() => {});
        this.#data = null;
        return true;
    }
  }

  async #call(output: Extract<Output, { kind: 'begin' | 'put' }>): Promise<Answer> {
    const { holder, fetch } = this.#parts;
    this.#calledOff = new AbortController();
    const { signal } = this.#calledOff;
    try {
      const request = output.kind === 'begin' ? this.#begin() : await this.#part(output);
      if (!request) return { code: 'content_refused' };
      const outbox = await holder.use((opened) => Promise.resolve(opened));
      const state = await deviceRequest<AttachmentState>(fetch, outbox, { ...request, signal });
      return isOf(state, output.attachment_id) ? { state } : { code: null };
    } catch (error) {
      return { code: error instanceof CallError ? error.code : null };
    }
  }

  #begin(): DeviceRequest | null {
    if (!this.#next) return null;
    const { attachment_id, alert_id, media, bytes, sha256 } = this.#next;
    const json: NewAttachment = { attachment_id, alert_id, media, bytes, sha256 };
    return { method: 'POST', path: PATH, json };
  }

  /** Null: its bytes are no longer on this phone. */
  async #part({ attachment_id, offset, bytes }: Extract<Output, { kind: 'put' }>): Promise<DeviceRequest | null> {
    if (this.#data?.attachment_id !== attachment_id) {
      const data = await this.#parts.holder.use((outbox) => outbox.attachments.data(attachment_id));
      if (!data) return null;
      this.#data = { attachment_id, data };
    }
    return { method: 'PUT', path: `${PATH}/${attachment_id}/${offset}`, bytes: new Uint8Array(this.#data.data, offset, bytes) };
  }
}

function isOf({ attachment_id, received_bytes }: AttachmentState, id: AttachmentId): boolean {
  return attachment_id === id && Number.isInteger(received_bytes) && received_bytes >= 0;
}
