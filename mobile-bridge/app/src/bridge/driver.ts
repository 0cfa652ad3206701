// Hands events to the machine and does what it answers.
import { FOLLOW_MAX, type Alert, type AlertId, type PhoneFrame, type Receipt } from '@protocol';
import type { Clock } from './ambient';
import { alertStatus, ending, postAlert, proofFor, withItsAge, type Fetch } from './calls';
import type { Holder } from './holder';
import { mayForget, replaces } from './ladder';
import { Machine } from './machine/machine';
import type { Below, BridgeEvent, Input, Output } from './machine/types';
import { EMPTY_QUEUE, type AlertState, type Queue, type Write } from './outbox/types';
import { helloText } from './proof';
import { Line, type OpenSocket } from './socket';

/** Longest sleep, and the sleep when nothing is planned, in milliseconds. */
const NAP_MS_MAX = 60_000;
/** Shortest sleep, whatever the machine asks for, in milliseconds. */
const NAP_MS_MIN = 5;
/** Things that wait for the machine; a further one is dropped: what the service said it says again. */
const INPUTS_MAX = 1_000;
/** Presses held in memory while the disk refuses them; a further one drops the oldest. */
const UNSAVED_MAX = 20;
/** Steps remembered of such a press. */
const RECEIPTS_HELD_MAX = 20;

/** A press that the disk did not take, and what was said of it: there is no other place for that. */
export interface Held {
  alert: Alert;
  state: AlertState;
}

export interface DriverParts {
  holder: Holder;
  openSocket: OpenSocket;
  fetch: Fetch;
  clock: Clock;
  below: Below;
  app_version: string;
  /** Something to show. */
  tell: (event: BridgeEvent) => void;
  /** What is in the outbox may be other than before. */
  changed: () => void;
}

export class Driver {
  readonly #parts: DriverParts;
  readonly #machine: Machine;
  readonly #line: Line;
  readonly #inputs: Input[] = [];
  #running = false;
  #cancelNap: () => void = () => {};
  #queue: Queue = EMPTY_QUEUE;
  /** It is as the next step needs it. */
  #read = false;
  readonly #unsaved = new Map<AlertId, Held>();

  constructor(parts: DriverParts) {
    this.#parts = parts;
    this.#machine = new Machine(parts.below);
    this.#line = new Line(parts.openSocket, (input) => this.take(input));
  }

  /** The newest press that is not on disk. */
  get newestUnsaved(): Held | null {
    return [...this.#unsaved.values()].at(-1) ?? null;
  }

  /** A press that the disk refused: it is sent from memory and offered to the disk again. */
  hold(alert: Alert): void {
    const oldest = this.#unsaved.keys().next().value;
    if (this.#unsaved.size >= UNSAVED_MAX && oldest !== undefined) this.#unsaved.delete(oldest);
    const { alert_id, device_time_ms } = alert;
    const pressed_at_ms = device_time_ms ?? this.#parts.clock.now();
    const state: AlertState = { alert_id, pressed_at_ms, queued: true, receipt: null, history: [], cancel: 'none', cancelled_at_ms: null };
    this.#unsaved.set(alert_id, { alert, state });
  }

  /** A press that is on disk: it goes out before the outbox is read again, which takes a slow phone its time. */
  pressed(alert: Alert): void {
    if (!this.#running && !alert.drill && this.#queue.alerts.every((queued) => queued.alert.alert_id !== alert.alert_id)) {
      this.#queue = { ...this.#queue, alerts: [...this.#queue.alerts, { alert, received: false }] };
      this.#read = true;
    }
    this.take({ kind: 'acted' });
  }

  take(input: Input): void {
    if (this.#inputs.length < INPUTS_MAX) this.#inputs.push(input);
    if (!this.#running) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    this.#cancelNap();
    try {
      for (let input = this.#inputs.shift(); input; input = this.#inputs.shift()) await this.#step(input);
    } finally {
      this.#running = false;
      const at = this.#machine.wakeAt(this.#queue);
      const wait = at === null ? NAP_MS_MAX : at - this.#parts.clock.steady();
      this.#cancelNap = this.#parts.clock.after(Math.min(Math.max(wait, NAP_MS_MIN), NAP_MS_MAX), () => this.take({ kind: 'tick' }));
    }
  }

  /** Gives one input to the machine and does what it answers; what follows from that comes before anything else. */
  async #step(first: Input): Promise<void> {
    const inputs: Input[] = [first];
    for (let input = inputs.shift(); input; input = inputs.shift()) {
      if (!this.#read) await this.#refresh();
      this.#read = false;
      const flight: PhoneFrame[] = [];
      let kept = false;
      for (const output of this.#machine.handle(this.#parts.clock.steady(), input, this.#queue)) {
        kept = (await this.#perform(output, flight)) || kept;
      }
      if (kept) inputs.push({ kind: 'queue_changed' });
      if (!this.#line.send(flight)) {
        this.#line.close();
        inputs.push({ kind: 'disconnected' });
      }
      if (kept) this.#parts.changed();
    }
  }

  /** Tells whether the outbox was changed. */
  async #perform(output: Output, flight: PhoneFrame[]): Promise<boolean> {
    switch (output.kind) {
      case 'connect':
        this.#line.connect();
        return false;
      case 'close':
        flight.length = 0;
        this.#line.close();
        return false;
      case 'hello':
        flight.push(await this.#hello(output.nonce));
        return false;
      case 'send':
        flight.push(output.frame.type === 'alert' ? { type: 'alert', alert: this.#aged(output.frame.alert) } : output.frame);
        return false;
      case 'post':
        this.#post(output.alert);
        return false;
      case 'poll':
        this.#poll(output.alert_id);
        return false;
      case 'keep':
        await this.#keep(output.write);
        return true;
      case 'emit':
        this.#parts.tell(output.event);
        return false;
    }
  }

  #aged(alert: Alert): Alert {
    return withItsAge(alert, this.#parts.clock.now());
  }

  async #hello(nonce: string): Promise<PhoneFrame> {
    const outbox = await this.#parts.holder.orNull();
    const proof = await proofFor(outbox, helloText(nonce));
    const last_seq = (await outbox?.lastSeq().catch(() => 0)) ?? 0;
    const follow = (await outbox?.alerts(FOLLOW_MAX).catch(() => [])) ?? [];
    return { type: 'hello', ...proof, last_seq, follow, app_version: this.#parts.app_version };
  }

  #post(alert: Alert): void {
    const { fetch, holder } = this.#parts;
    const post = holder.orNull().then((outbox) => postAlert(fetch, outbox, this.#aged(alert)));
    void ending(post).then((result) => this.take({ kind: 'http', alert_id: alert.alert_id, call: 'post', result }));
  }

  #poll(alert_id: AlertId): void {
    void ending(alertStatus(this.#parts.fetch, alert_id)).then((result) => this.take({ kind: 'http', alert_id, call: 'poll', result }));
  }

  async #keep(write: Write): Promise<void> {
    const receipt = write.kind === 'receipt' || write.kind === 'asked' ? write.receipt : null;
    if (receipt) this.#unsavedMovedOn(receipt);
    let news = true;
    try {
      news = await this.#parts.holder.use((outbox) => outbox.apply(write));
      if (receipt && mayForget(receipt.stage)) this.#unsaved.delete(receipt.alert_id);
    } catch {
      // What could not be stored will be said again: the service is not told that it was.
    }
    if (news && write.kind === 'located') this.#parts.tell({ kind: 'locate' });
  }

  #unsavedMovedOn(receipt: Receipt): void {
    const held = this.#unsaved.get(receipt.alert_id);
    if (!held || !replaces(held.state.receipt, receipt)) return;
    const queued = held.state.queued && !mayForget(receipt.stage);
    held.state = { ...held.state, queued, receipt, history: [...held.state.history, receipt].slice(-RECEIPTS_HELD_MAX) };
  }

  /** Reads the outbox again; presses that the disk refused are offered to it once more and sent in any case. */
  async #refresh(): Promise<void> {
    const { holder, clock } = this.#parts;
    for (const { alert, state } of [...this.#unsaved.values()]) {
      if (!state.queued) continue;
      try {
        await holder.use((outbox) => outbox.press(alert, alert.device_time_ms ?? clock.now()));
        this.#unsaved.delete(alert.alert_id);
        this.#parts.changed();
      } catch {
        // Still refused.
        break;
      }
    }
    // Going on with what was read before is better than not going on.
    const queue = await holder.use((outbox) => outbox.queue()).catch(() => this.#queue);
    const known = new Set(queue.alerts.map((queued) => queued.alert.alert_id));
    const held = [...this.#unsaved.values()].filter(({ alert, state }) => state.queued && !known.has(alert.alert_id));
    const waiting = held.map(({ alert, state }) => ({ alert, received: state.receipt !== null }));
    this.#queue = { ...queue, alerts: [...queue.alerts, ...waiting] };
  }
}
