// When to begin an attachment, which part to send next, when to send it again, when to give it up: a machine without I/O,
// in the manner of the one for the socket. One attachment at a time, one call at a time.
import { ATTACHMENT_PART_BYTES_MAX, type AttachmentId, type AttachmentState, type ErrorCode } from '@protocol';
import { isFinal } from '../device_request';
import { calmMs, sosMs } from '../machine/backoff';
import { isPassing } from '../machine/outgoing';
import type { Below } from '../machine/types';

/** Size of a part at first, in bytes: about three seconds on 2G. */
export const PART_BYTES_FIRST = 16 * 1024;
/** Size of a part on a network that carried none in the time of a call, in bytes. */
export const PART_BYTES_MIN = 4 * 1024;
/** A part that took less than this lets the next one be twice as large, in milliseconds. */
const QUICK_MS = 2_000;

/** What is on disk at this moment. */
export interface View {
  /** An SOS is unsent: nothing else goes out beside it. */
  blocked: boolean;
  /** The oldest attachment that waits. */
  next: { attachment_id: AttachmentId; bytes: number } | null;
}

export type Answer =
  | { state: AttachmentState }
  /** Refused; null: no answer. */
  | { code: ErrorCode | null };

export type Input =
  /** Time went on, or something else is on disk. */
  | { kind: 'tick' }
  /** The phone has another network, or the worker is here: try at once. */
  | { kind: 'nudged' }
  /** The call with this number ended. */
  | { kind: 'answered'; n: number; answer: Answer };

export type Output =
  /** Name the attachment to the service; it says what it has of it. */
  | { kind: 'begin'; n: number; attachment_id: AttachmentId }
  /** Send `bytes` of it from `offset` on. */
  | { kind: 'put'; n: number; attachment_id: AttachmentId; offset: number; bytes: number }
  /** Give up the call that is under way. */
  | { kind: 'call_off' }
  /** Keep how far it has got … */
  | { kind: 'received'; attachment_id: AttachmentId; received_bytes: number; complete: boolean }
  /** … or that it never will. */
  | { kind: 'refused'; attachment_id: AttachmentId; code: ErrorCode };

interface Call {
  n: number;
  attachment_id: AttachmentId;
  /** Of the part; null: it was to begin. */
  offset: number | null;
  since: number;
}

export class UploadMachine {
  readonly #below: Below;
  #call: Call | null = null;
  /** What the service said that it has of the attachment that was begun. */
  #begun: { attachment_id: AttachmentId; offset: number } | null = null;
  #finished: AttachmentId | null = null;
  #calls = 0;
  #part_bytes = PART_BYTES_FIRST;
  /** Calls without progress since the last one with it. */
  #failures = 0;
  #due = 0;

  constructor(below: Below) {
    this.#below = below;
  }

  /** Deals with one input at `now`, in milliseconds on a clock that never jumps. */
  handle(now: number, input: Input, view: View): Output[] {
    const out: Output[] = [];
    if (input.kind === 'nudged') this.#due = now;
    if (input.kind === 'answered' && input.n === this.#call?.n) this.#answered(now, this.#call, input.answer, out);
    // What was kept since is in the next view: then the machine is asked again.
    if (out.length === 0) this.#plan(now, view, out);
    return out;
  }

  /** When a `tick` is wanted next; null if nothing is to be done by itself. */
  wakeAt({ blocked, next }: View): number | null {
    return this.#call || blocked || !next ? null : this.#due;
  }

  #plan(now: number, { blocked, next }: View, out: Output[]): void {
    if (blocked) {
      if (this.#call) out.push({ kind: 'call_off' });
      this.#call = null;
      return;
    }
    if (this.#call || !next || this.#due > now) return;
    const { attachment_id, bytes } = next;
    if (attachment_id === this.#finished) {
      // The disk did not take that it is finished.
      this.#finished = null;
      this.#later(now, null);
      return;
    }
    if (this.#begun?.attachment_id === attachment_id && this.#begun.offset >= bytes) {
      // All of it is there, and it is not whole: the service is asked anew.
      this.#begun = null;
      this.#later(now, null);
      return;
    }
    const n = ++this.#calls;
    if (this.#begun?.attachment_id === attachment_id) {
      const { offset } = this.#begun;
      this.#call = { n, attachment_id, offset, since: now };
      out.push({ kind: 'put', n, attachment_id, offset, bytes: Math.min(this.#part_bytes, bytes - offset) });
    } else {
      this.#call = { n, attachment_id, offset: null, since: now };
      out.push({ kind: 'begin', n, attachment_id });
    }
  }

  #answered(now: number, call: Call, answer: Answer, out: Output[]): void {
    this.#call = null;
    const { attachment_id } = call;
    if ('state' in answer) {
      const { received_bytes, complete } = answer.state;
      out.push({ kind: 'received', attachment_id, received_bytes, complete });
      if (complete) this.#finish(attachment_id);
      else this.#goOn(now, call, received_bytes);
    } else if (answer.code !== null && isFinal(answer.code)) {
      out.push({ kind: 'refused', attachment_id, code: answer.code });
      this.#finish(attachment_id);
    } else {
      const half = Math.max(Math.floor(this.#part_bytes / 2), PART_BYTES_MIN);
      this.#part_bytes = answer.code === null ? Math.min(half, PART_BYTES_FIRST) : PART_BYTES_FIRST;
      this.#later(now, answer.code);
    }
  }

  #finish(attachment_id: AttachmentId): void {
    this.#begun = null;
    this.#finished = attachment_id;
  }

  #goOn(now: number, { attachment_id, offset, since }: Call, received_bytes: number): void {
    this.#begun = { attachment_id, offset: received_bytes };
    if (offset === null) return;
    if (received_bytes <= offset) return this.#later(now, null);
    this.#failures = 0;
    const quick = now - since < QUICK_MS;
    this.#part_bytes = quick ? Math.min(this.#part_bytes * 2, ATTACHMENT_PART_BYTES_MAX) : Math.min(this.#part_bytes, PART_BYTES_FIRST);
  }

  #later(now: number, code: ErrorCode | null): void {
    this.#failures++;
    const passing = code !== null && isPassing(code);
    this.#due = now + (passing ? sosMs(this.#below, this.#failures) : calmMs(this.#below, this.#failures));
  }
}
