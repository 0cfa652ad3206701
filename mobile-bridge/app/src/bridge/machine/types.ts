import type { Alert, AlertId, AlertStatus, DroppedField, ErrorCode, GatewayFrame, MessageId, PhoneFrame, Unverified } from '@protocol';
import type { Queue, Write } from '../outbox/types';

/** The two calls of the HTTP fallback: `POST /api/alerts` and `GET /api/alerts/{alert_id}`. */
export type HttpCall = 'post' | 'poll';
/** Why an HTTP call failed: the service does not know the alert, or there was no answer or another one. */
export type HttpFailure = 'not_found' | 'other';
export type HttpResult = { status: AlertStatus } | { failure: HttpFailure };

/** What happened. */
export type Input =
  /** Time went on; nothing else. */
  | { kind: 'tick' }
  /** The socket that was asked for is open. */
  | { kind: 'connected' }
  /** It could not be opened, or it is closed. */
  | { kind: 'disconnected' }
  | { kind: 'frame'; frame: GatewayFrame }
  /** The gateway gave a sign of life that says nothing to us. */
  | { kind: 'heard' }
  | { kind: 'queue_changed' }
  /** The worker did something in the app, just now. */
  | { kind: 'acted' }
  /** The phone was enrolled: `hello` says something else from now on. */
  | { kind: 'enrolled' }
  /** The phone moved to another network, or the app came to the front. */
  | { kind: 'network_changed' }
  /** An HTTP call ended. */
  | { kind: 'http'; alert_id: AlertId; call: HttpCall; result: HttpResult };

export type CancelRefusal = Extract<ErrorCode, 'pin_needed' | 'pin_wrong' | 'rate_limited'>;

/** How the link is. */
export type LinkState =
  /** No connection; until the next attempt, in milliseconds. */
  | { link: 'offline'; retry_in_ms: number }
  /** An attempt is under way. */
  | { link: 'connecting' }
  /** The gateway answered; does it know this phone, and why not. */
  | { link: 'online'; verified: boolean; unverified: Unverified | null };

/** Something the app shows, beside what is in the outbox. */
export type BridgeEvent =
  | { kind: 'link'; state: LinkState }
  /** The desk asks where the phone is: a fix as soon as there is one, whatever the rate. Told once for each question. */
  | { kind: 'locate' }
  /** An SOS did not get out; it is kept here and tried again. */
  | { kind: 'not_sent_yet'; alert_id: AlertId; retry_in_ms: number }
  /** Parts of an alert could not be read by the service; the alert itself went through. */
  | { kind: 'cleaned'; alert_id: AlertId; dropped: DroppedField[] }
  /** An alert went through, but is not known to come from its worker. */
  | { kind: 'unverified'; alert_id: AlertId; reason: Unverified }
  /**
   * The press was not taken back: the PIN is needed or was wrong, and the worker may try again; or it was tried too often,
   * and the machine does so later (`rate_limited`). The SOS stays open.
   */
  | { kind: 'cancel_refused'; alert_id: AlertId; code: CancelRefusal }
  /** The service will not take this as it is. It stays here and is offered again over the next connection. */
  | { kind: 'refused'; id: string; code: ErrorCode };

/** What to do, in this order. */
export type Output =
  /** Open a socket; then `connected` or `disconnected`. */
  | { kind: 'connect' }
  /** Give the socket up, whatever its state; nothing is to be heard of it any more. */
  | { kind: 'close' }
  /** Sign the nonce and say `hello`. */
  | { kind: 'hello'; nonce: string }
  | { kind: 'send'; frame: PhoneFrame }
  /** Sign the alert and post it over HTTP. */
  | { kind: 'post'; alert: Alert }
  /** Ask over HTTP how far the alert has got. */
  | { kind: 'poll'; alert_id: AlertId }
  /** Keep this in the outbox, then come back with `queue_changed`. */
  | { kind: 'keep'; write: Write }
  /** Tell the app. */
  | { kind: 'emit'; event: BridgeEvent };

/** A whole number from 0 up to but without `bound`. */
export type Below = (bound: number) => number;

export interface Up {
  /** The gateway said `welcome`. */
  welcomed: boolean;
  heard_at: number;
  /** Counts the signs of life. */
  heard_n: number;
  /** A ping went out since the last sign of life. */
  pinged: boolean;
  /** Without a sign of life until then the socket is dead. */
  probe_by: number | null;
  /** For each ping on the way: the delivery marks sent before it. */
  marks: MessageId[][];
}

export type Link =
  | { at: 'down'; retry_at: number | null }
  /** The socket was asked for, or is open and the `challenge` has not come. */
  | { at: 'opening'; give_up_at: number }
  | ({ at: 'up' } & Up);

/** Of one thing that is answered: what was sent of it over the present connection. */
export interface Sent {
  what: 'alert' | 'cancel' | 'message' | 'fixes' | 'delivered';
  /** Of the thing; empty for fixes, of which one frame is on the way at a time. */
  id: string;
  /** When to send it again; null: not over this connection. */
  due: number | null;
  tries: number;
  /** Signs of life up to then. */
  heard_n: number;
  /** With `fixes`. */
  fix_ids: string[];
}

export interface Call {
  alert_id: AlertId;
  call: HttpCall;
  due: number;
  tries: number;
  in_flight: boolean;
}

/** What the machine knows. Times are milliseconds on a clock that never jumps. */
export interface State {
  below: Below;
  link: Link;
  /** Connections lost or not made since the gateway last said something that counts. */
  failures: number;
  /** When the latest attempt began. */
  attempt_at: number | null;
  /** Another connection of this device took over: until then it is left alone, but for an SOS. */
  yield_until: number;
  /** The newest unsent press that was seen, to know a new one. */
  newest_press: AlertId | null;
  sent: Map<string, Sent>;
  calls: Map<string, Call>;
}

/** One input being dealt with. */
export class Step {
  readonly out: Output[] = [];

  constructor(
    readonly now: number,
    readonly queue: Queue,
  ) {}

  emit(event: BridgeEvent): void {
    this.out.push({ kind: 'emit', event });
  }

  keep(write: Write): void {
    this.out.push({ kind: 'keep', write });
  }

  send(frame: PhoneFrame): void {
    this.out.push({ kind: 'send', frame });
  }

  /** The newest press that no store of the service has yet. */
  newestUnsent(): Alert | null {
    return [...this.queue.alerts].reverse().find((queued) => !queued.received)?.alert ?? null;
  }

  /** An SOS is under way: unsent, sent, or in the desk's hands. */
  sosOpen(): boolean {
    return this.queue.alerts.length > 0 || this.queue.open.length > 0;
  }

  /** A phone that nobody enrolled has nothing to talk about but its SOS and what still waits to be sent. */
  wantsLink(): boolean {
    const { enrolled, cancels, messages, fixes, delivered } = this.queue;
    return enrolled || this.sosOpen() || cancels.length + messages.length + fixes.length + delivered.length > 0;
  }
}
