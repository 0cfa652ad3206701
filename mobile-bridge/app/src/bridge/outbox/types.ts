import type { Alert, AlertId, CaseId, Enrolled, Fix, FixId, MessageId, Pin, Receipt, Seq, UnixMs } from '@protocol';

/** Alerts that wait at once. A further press is folded into the newest waiting one, see `Outbox.press`. */
export const ALERTS_QUEUED_MAX = 200;
/** Messages of the worker that wait at once; a further one is refused to the caller. */
export const MESSAGES_QUEUED_MAX = 500;
/** Fixes that wait at once; a further one drops the oldest. */
export const FIXES_QUEUED_MAX = 2_000;
/** Delivery marks that wait at once; a further one drops the oldest. */
export const DELIVERED_QUEUED_MAX = 1_000;
/** Alerts whose history is kept for the screen; older ones that no longer wait are forgotten. */
export const ALERTS_KEPT_MAX = 500;
/** Receipts kept of one alert; older ones are forgotten. */
export const RECEIPTS_KEPT_MAX = 200;
/** Chat messages kept for the screen; older ones that no longer wait are forgotten. */
export const MESSAGES_KEPT_MAX = 5_000;
/** Messages, fixes and delivery marks that `Outbox.queue` hands out at once. */
export const QUEUE_VIEW_MAX = 50;
/** Open alerts that `Outbox.queue` hands out, the newest. */
export const OPEN_VIEW_MAX = 5;

/** What enrolment gave the phone, or a worker's card somebody else's phone. */
export interface Identity extends Enrolled {
  /** Of a card: since when, by this phone's clock, which may be wrong; the end is counted from here. */
  borrowed_at_ms?: UnixMs;
}

/** An alert that is not on record yet. */
export interface QueuedAlert {
  alert: Alert;
  /** The service said `received`. */
  received: boolean;
}

/** A cancellation that was not accepted yet. */
export interface QueuedCancel {
  alert_id: AlertId;
  /** When the worker took it back, by the phone's clock. */
  device_time_ms: UnixMs;
  /** As it was typed, of a worker who has one. */
  pin?: Pin;
}

/** A message that was not accepted yet. */
export interface QueuedMessage {
  message_id: MessageId;
  /** The alert whose case it belongs to. */
  alert_id: AlertId;
  text: string;
  /** When it was written, by the phone's clock. */
  device_time_ms: UnixMs;
}

/** A fix that was not accepted yet. */
export interface QueuedFix {
  alert_id: AlertId;
  fix: Fix;
}

/** A message of the desk that is stored, but not marked so to the service. */
export interface QueuedMark {
  message_id: MessageId;
  alert_id: AlertId;
}

/** What waits to be sent, as far as it can be sent next. */
export interface Queue {
  /** The phone was enrolled. */
  enrolled: boolean;
  /** Alerts not on record yet, oldest first; all of them (at most `ALERTS_QUEUED_MAX`). */
  alerts: QueuedAlert[];
  /** Cancellations not accepted yet, oldest first. */
  cancels: QueuedCancel[];
  /** Messages not accepted yet, the oldest `QUEUE_VIEW_MAX`. */
  messages: QueuedMessage[];
  /** Fixes not accepted yet, the newest `QUEUE_VIEW_MAX`, newest first. */
  fixes: QueuedFix[];
  /** Delivery marks, the oldest `QUEUE_VIEW_MAX`. */
  delivered: QueuedMark[];
  /** Alerts that got through and are not closed, the newest `OPEN_VIEW_MAX`, newest first. */
  open: AlertId[];
}

export const EMPTY_QUEUE: Queue = { enrolled: false, alerts: [], cancels: [], messages: [], fixes: [], delivered: [], open: [] };

/** A message of the desk. */
export interface DeskMessage {
  seq: Seq;
  case_id: CaseId;
  /** The latest alert of this phone in that case. */
  alert_id: AlertId;
  message_id: MessageId;
  text: string;
  /** Name of the officer. */
  from: string;
  at_ms: UnixMs;
}

/** What the service said, to be kept. */
export type Write =
  /** A receipt. From `recorded` on it takes the alert out of the queue. */
  | { kind: 'receipt'; receipt: Receipt }
  /** The same, asked for over HTTP: it tells nothing of what lies before it in the ledger, so the phone does not resume behind it. */
  | { kind: 'asked'; receipt: Receipt }
  /** A message of the desk. Puts its delivery mark into the queue. */
  | { kind: 'message'; message: DeskMessage }
  /** The desk asks where the phone is. */
  | { kind: 'located'; seq: Seq; alert_id: AlertId; at_ms: UnixMs }
  /** The message or cancellation with this id is safe: out of the queue. */
  | { kind: 'accepted'; id: string; at_ms: UnixMs }
  /** The press was not taken back, because the PIN was wrong or missing: out of the queue, with the PIN, and can be tried again. */
  | { kind: 'cancel_refused'; alert_id: AlertId }
  /** These fixes were dealt with: out of the queue. */
  | { kind: 'fixes_accepted'; fix_ids: FixId[] }
  /** The gateway has read these delivery marks: out of the queue. */
  | { kind: 'delivered_read'; message_ids: MessageId[] }
  /** A newer credential. */
  | { kind: 'credential'; credential: string };

/** Whether a press was taken back: not, not known to the service yet, known to it. */
export type CancelState = 'none' | 'queued' | 'accepted';

/** How far an alert has got, as far as this phone knows. */
export interface AlertState {
  alert_id: AlertId;
  /** By the phone's clock. */
  pressed_at_ms: UnixMs;
  /** Still kept here for sending: it is not on record yet. */
  queued: boolean;
  /** What holds now; null while nobody has it. */
  receipt: Receipt | null;
  /** Every receipt so far, in the order of their arrival (the latest `RECEIPTS_KEPT_MAX`). */
  history: Receipt[];
  cancel: CancelState;
  /** When the service kept that it was taken back, by its clock; null while it has not. */
  cancelled_at_ms: UnixMs | null;
  /** When the desk last asked where the phone is, by the server's clock. */
  located_at_ms?: UnixMs;
}

/** A line of the chat. */
export interface ChatMessage {
  message_id: MessageId;
  alert_id: AlertId;
  /** Name of the officer; null for the worker's own. */
  from_officer: string | null;
  text: string;
  /** When it was recorded (desk) or written (worker, by the phone's clock). */
  at_ms: UnixMs;
  /** When the service had it safe; null while it waits here. */
  accepted_at_ms: UnixMs | null;
}
