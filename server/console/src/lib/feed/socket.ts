import { SUBPROTOCOL, type CaseId, type ConsoleFrame, type FeedFrame, type Seq, type UnixMs } from '@protocol';
import { ApiError } from '../http/problem';
import type { Clock } from '../time/clock';
import { jitteredWait, type Backoff } from '../time/retry';

/** A connection that has been silent for this long is given up: two heartbeats and a half. */
export const DEAD_AFTER_MS = 25_000;
/** A connection that is not open by then is given up. */
export const OPEN_TIMEOUT_MS = 8_000;
/** Waits before the next attempt; without an upper end of seconds a desk would stay deaf after an outage. */
export const RECONNECT: Backoff = { base_ms: 500, max_ms: 8_000 };

/** The part of a browser's WebSocket that is used. */
export interface SocketLike {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
  readonly readyState: number;
  send(text: string): void;
  close(): void;
}

export interface FeedSocketDeps {
  clock: Clock;
  random: () => number;
  openSocket: (subprotocol: string) => SocketLike;
  getTicket: () => Promise<string>;
  /** Where to resume from; null for a fresh snapshot. */
  cursor: () => Seq | null;
  onHello: () => void;
  onFrame: (frame: FeedFrame, at: UnixMs) => void;
  onSignedOut: () => void;
}

/**
 * Keeps one connection to the feed, for as long as it is wanted. A shell around the browser's socket: what frames
 * mean is decided in `state.ts`.
 */
export class FeedSocket {
  readonly #deps: FeedSocketDeps;
  #socket: SocketLike | null = null;
  #wanted = false;
  #attempt = 0;
  /** Tells answers to an earlier attempt apart. */
  #generation = 0;
  #callOffWait: () => void = () => {};
  #callOffDeath: () => void = () => {};

  constructor(deps: FeedSocketDeps) {
    this.#deps = deps;
  }

  start(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#attempt = 0;
    void this.#connect();
  }

  stop(): void {
    this.#wanted = false;
    this.#drop();
  }

  /** Connects at once instead of waiting, e.g. because the computer is on the network again. */
  hurry(): void {
    if (!this.#wanted || this.#socket) return;
    this.#callOffWait();
    this.#attempt = 0;
    void this.#connect();
  }

  resume(afterSeq: Seq): void {
    this.#send({ type: 'resume', after_seq: afterSeq });
  }

  /** Says which case is open here, for the other officers. Lost while there is no connection: it is said again soon. */
  look(caseId: CaseId | null, typing: boolean): void {
    this.#send({ type: 'looking', ...(caseId === null ? {} : { case_id: caseId }), typing });
  }

  async #connect(): Promise<void> {
    const generation = ++this.#generation;
    let ticket: string;
    try {
      ticket = await this.#deps.getTicket();
    } catch (error) {
      if (generation !== this.#generation || !this.#wanted) return;
      if (error instanceof ApiError && error.code === 'not_signed_in') this.#deps.onSignedOut();
      else this.#again();
      return;
    }
    if (generation === this.#generation && this.#wanted) this.#open(ticket);
  }

  #open(ticket: string): void {
    const socket = this.#deps.openSocket(SUBPROTOCOL);
    this.#socket = socket;
    this.#dieAfter(OPEN_TIMEOUT_MS);
    socket.onopen = () => {
      this.#dieAfter(DEAD_AFTER_MS);
      const after_seq = this.#deps.cursor();
      this.#deps.onHello();
      this.#send({ type: 'hello', ticket, ...(after_seq === null ? {} : { after_seq }) });
    };
    socket.onmessage = (event) => this.#receive(event.data);
    socket.onclose = () => {
      if (socket === this.#socket) this.#again();
    };
  }

  #receive(data: unknown): void {
    this.#dieAfter(DEAD_AFTER_MS);
    const frame = parseFrame(data);
    if (!frame) return;
    this.#deps.onFrame(frame, this.#deps.clock.now());
    if (frame.type === 'error' && frame.code === 'ticket_invalid') this.#again();
    else if (frame.type !== 'error') this.#attempt = 0;
  }

  #send(frame: ConsoleFrame): void {
    const OPEN = 1;
    if (this.#socket?.readyState === OPEN) this.#socket.send(JSON.stringify(frame));
  }

  #dieAfter(ms: number): void {
    this.#callOffDeath();
    this.#callOffDeath = this.#deps.clock.after(ms, () => this.#again());
  }

  #again(): void {
    this.#drop();
    if (!this.#wanted) return;
    const ms = jitteredWait(this.#attempt++, RECONNECT, this.#deps.random);
    this.#callOffWait = this.#deps.clock.after(ms, () => void this.#connect());
  }

  #drop(): void {
    this.#generation++;
    this.#callOffWait();
    this.#callOffDeath();
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }
}

/** Frames of a later version of the protocol are passed over, not fatal. */
function parseFrame(data: unknown): FeedFrame | null {
  if (typeof data !== 'string') return null;
  try {
    const frame: unknown = JSON.parse(data);
    return typeof frame === 'object' && frame !== null && 'type' in frame ? (frame as FeedFrame) : null;
  } catch {
    return null;
  }
}
