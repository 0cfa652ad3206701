// What goes over the socket, and when it goes again.
import { FIXES_PER_FRAME_MAX, FRAME_BYTES_MAX, RESEND_AFTER_S, type AlertId, type ErrorCode, type Fix, type PhoneFrame } from '@protocol';
import type { Queue } from '../outbox/types';
import { sosMs } from './backoff';
import { lost, ping } from './link';
import type { Sent, State, Step } from './types';

/** Wait for an answer before a frame is sent again, in milliseconds. */
const RESEND_MS = RESEND_AFTER_S * 1_000;
/**
 * After `received`, before the alert is sent again because `recorded` has not come, in milliseconds. The phone is the
 * second copy until then.
 */
export const RERECORD_MS = 30_000;
/** Of a frame's bytes, how many its fixes may fill; the rest is for the frame around them. */
const FIXES_BYTES_MAX = FRAME_BYTES_MAX - 512;
/** The same again later may work. */
const PASSING: readonly ErrorCode[] = ['not_yet_recorded', 'unavailable', 'internal', 'rate_limited'];

export function isPassing(code: ErrorCode): boolean {
  return PASSING.includes(code);
}

const key = (what: Sent['what'], id: string) => `${what} ${id}`;

export function sendWhatIsDue(m: State, step: Step): void {
  if (m.link.at !== 'up') return;
  if (sosMetSilence(m, step)) {
    step.out.push({ kind: 'close' });
    lost(m, step);
    return;
  }
  const { queue } = step;
  for (const { alert, received } of queue.alerts) {
    send(m, step, 'alert', alert.alert_id, received ? RERECORD_MS : RESEND_MS, { type: 'alert', alert });
  }
  for (const cancel of queue.cancels) {
    if (gotThrough(queue, cancel.alert_id)) send(m, step, 'cancel', cancel.alert_id, RESEND_MS, { type: 'cancel', ...cancel });
  }
  for (const message of queue.messages) {
    if (gotThrough(queue, message.alert_id)) send(m, step, 'message', message.message_id, RESEND_MS, { type: 'message', ...message });
  }
  sendFixes(m, step);
  sendDelivered(m, step);
}

/**
 * An alert's answer is overdue and nothing at all came since it was sent: the socket is taken for dead, long before the
 * pings would say so.
 */
function sosMetSilence(m: State, step: Step): boolean {
  if (m.link.at !== 'up') return false;
  const { heard_n } = m.link;
  return step.queue.alerts.some(({ alert, received }) => {
    const sent = m.sent.get(key('alert', alert.alert_id));
    return !received && sent !== undefined && sent.due !== null && sent.due <= step.now && sent.heard_n === heard_n;
  });
}

function sendFixes(m: State, step: Step): void {
  if (!isDue(m, step, 'fixes', '')) return;
  const sendable = step.queue.fixes.filter((queued) => gotThrough(step.queue, queued.alert_id));
  const alert_id = sendable[0]?.alert_id;
  if (alert_id === undefined) return;
  let bytes = 0;
  const fixes: Fix[] = [];
  for (const queued of sendable) {
    if (queued.alert_id !== alert_id) continue;
    // Numbers, ids and plain words only: a character is a byte.
    bytes += JSON.stringify(queued.fix).length + 1;
    if (fixes.length >= FIXES_PER_FRAME_MAX || bytes > FIXES_BYTES_MAX) break;
    fixes.push(queued.fix);
  }
  mark(m, step, 'fixes', '', RESEND_MS).fix_ids = fixes.map((fix) => fix.fix_id);
  step.send({ type: 'fixes', alert_id, fixes });
}

/** Delivery marks are not answered: a ping right behind them is, and shows that they were read. */
function sendDelivered(m: State, step: Step): void {
  const unsent = (id: string) => {
    const sent = m.sent.get(key('delivered', id));
    return sent === undefined || (sent.due !== null && sent.due <= step.now);
  };
  for (;;) {
    const first = step.queue.delivered.find((waiting) => unsent(waiting.message_id));
    if (!first) return;
    const { alert_id } = first;
    const of_alert = step.queue.delivered.filter((waiting) => waiting.alert_id === alert_id).map((waiting) => waiting.message_id);
    const message_ids = of_alert.filter(unsent);
    for (const id of message_ids) {
      const sent = entry(m, 'delivered', id);
      sent.due = null;
      sent.tries++;
    }
    step.send({ type: 'delivered', alert_id, message_ids });
    ping(m, step, message_ids);
  }
}

/** The desk asks for positions: those that wait go out at once, also after a refusal. */
export function fixesAgain(m: State): void {
  m.sent.delete(key('fixes', ''));
}

function send(m: State, step: Step, what: Sent['what'], id: string, wait_ms: number, frame: PhoneFrame): void {
  if (!isDue(m, step, what, id)) return;
  mark(m, step, what, id, wait_ms);
  step.send(frame);
}

function isDue(m: State, step: Step, what: Sent['what'], id: string): boolean {
  const sent = m.sent.get(key(what, id));
  return sent === undefined || (sent.due !== null && sent.due <= step.now);
}

function entry(m: State, what: Sent['what'], id: string): Sent {
  const known = m.sent.get(key(what, id));
  if (known) return known;
  const made: Sent = { what, id, due: null, tries: 0, heard_n: 0, fix_ids: [] };
  m.sent.set(key(what, id), made);
  return made;
}

function mark(m: State, step: Step, what: Sent['what'], id: string, wait_ms: number): Sent {
  const sent = entry(m, what, id);
  sent.due = step.now + wait_ms;
  sent.tries++;
  sent.heard_n = m.link.at === 'up' ? m.link.heard_n : 0;
  return sent;
}

/** `received` came: the answer is there, what follows is `recorded`. */
export function alertReceived(m: State, step: Step, alert_id: AlertId): void {
  const first = step.queue.alerts.some((queued) => !queued.received && queued.alert.alert_id === alert_id);
  const sent = m.sent.get(key('alert', alert_id));
  if (!sent) return;
  sent.due = step.now + RERECORD_MS;
  if (first) sent.tries = 1;
}

/** Sent again by the service: the mark did not reach it, so it goes out once more. */
export function markAgain(m: State, message_id: string): void {
  m.sent.delete(key('delivered', message_id));
}

/** Drops the marks of what has left the outbox, so that the next fixes go out at once. */
export function forgetAnswered(m: State, step: Step): void {
  const { queue } = step;
  const waits: Record<Sent['what'], (sent: Sent) => boolean> = {
    alert: ({ id }) => queue.alerts.some((queued) => queued.alert.alert_id === id),
    cancel: ({ id }) => queue.cancels.some((queued) => queued.alert_id === id),
    message: ({ id }) => queue.messages.some((queued) => queued.message_id === id),
    fixes: ({ fix_ids }) => queue.fixes.some((queued) => fix_ids.includes(queued.fix.fix_id)),
    delivered: ({ id }) => queue.delivered.some((queued) => queued.message_id === id),
  };
  for (const [name, sent] of m.sent) if (!waits[sent.what](sent)) m.sent.delete(name);
}

/**
 * The gateway could not deal with what bears `id`. A passing trouble: later again; otherwise not over this connection.
 * An SOS is never given up.
 */
export function refused(m: State, step: Step, code: ErrorCode, id: string): void {
  const passing = isPassing(code);
  let held = false;
  for (const sent of m.sent.values()) {
    const bears = sent.what === 'fixes' ? step.queue.fixes[0]?.alert_id === id : sent.id === id;
    if (!bears || sent.due === null) continue;
    const sos = sent.what === 'alert';
    held ||= !passing && !sos;
    if (sent.what === 'cancel' && code === 'rate_limited') step.emit({ kind: 'cancel_refused', alert_id: id, code });
    sent.due = passing || sos ? step.now + sosMs(m.below, sent.tries) : null;
  }
  if (held) step.emit({ kind: 'refused', id, code });
}

/**
 * The gateway did not take an alert back for want of the right PIN. That is no fault of the alert, which stays open. The mark
 * stays until the outbox has let the cancellation go, so that the wrong PIN is not sent again.
 */
export function cancelRefused(m: State, step: Step, code: 'pin_needed' | 'pin_wrong', alert_id: AlertId): void {
  if (!step.queue.cancels.some((waiting) => waiting.alert_id === alert_id)) return;
  const sent = m.sent.get(key('cancel', alert_id));
  if (sent) sent.due = null;
  step.keep({ kind: 'cancel_refused', alert_id });
  step.emit({ kind: 'cancel_refused', alert_id, code });
}

/** The marks that are on their way were not taken, or it is not known which. */
export function sendMarksAgain(m: State, step: Step): void {
  for (const sent of m.sent.values()) {
    if (sent.what === 'delivered' && sent.due === null) sent.due = step.now + sosMs(m.below, sent.tries);
  }
}

export function wake(m: State): number | null {
  const due = [...m.sent.values()].flatMap((sent) => (sent.due === null ? [] : [sent.due]));
  return due.length > 0 ? Math.min(...due) : null;
}

/** How often the alert was sent over this connection in vain. */
export function sentInVain(m: State, alert_id: AlertId): number {
  return Math.max(0, (m.sent.get(key('alert', alert_id))?.tries ?? 0) - 1);
}

/** A store of the service has the alert: what belongs to it may follow. */
function gotThrough(queue: Queue, alert_id: AlertId): boolean {
  return queue.alerts.every((queued) => queued.received || queued.alert.alert_id !== alert_id);
}
