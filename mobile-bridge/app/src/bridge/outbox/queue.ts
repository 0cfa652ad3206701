// What waits to be sent.
import type { Alert, AlertId, Fix, FixId, MessageId, Pin, UnixMs } from '@protocol';
import type { Tx } from './db';
import {
  ALERTS_QUEUED_MAX,
  FIXES_QUEUED_MAX,
  MESSAGES_QUEUED_MAX,
  OPEN_VIEW_MAX,
  QUEUE_VIEW_MAX,
  type Queue,
  type QueuedMessage,
} from './types';

/** The queue of messages is full (`MESSAGES_QUEUED_MAX`), or that of alerts and this one is a drill. */
export class FullError extends Error {
  override readonly name = 'FullError';
}

export async function press(tx: Tx, alert: Alert, pressed_at_ms: UnixMs): Promise<AlertId> {
  const { alert_id } = alert;
  if ((await tx.count('alert_queue')) >= ALERTS_QUEUED_MAX) {
    if (alert.drill) throw new FullError('too many alerts wait');
    // An SOS is never told under a drill.
    const [newest] = await tx.newest('alert_queue', 1, (row) => !row.alert.drill);
    if (newest) return newest.alert_id;
  }
  await tx.addNew('alert', { alert_id, pressed_at_ms, receipt: null, closed: false, cancel: 'none', ...(alert.drill && { drill: true }) });
  await tx.addNew('alert_queue', { alert_id, alert });
  return alert_id;
}

export async function cancel(tx: Tx, alert_id: AlertId, device_time_ms: UnixMs, pin?: Pin): Promise<boolean> {
  const row = await tx.find('alert', alert_id);
  if (!row || row.cancel !== 'none') return false;
  await tx.put('alert', { ...row, cancel: 'queued' });
  await tx.add('cancel_queue', { alert_id, device_time_ms, ...(pin !== undefined && { pin }) });
  return true;
}

export async function cancelRefused(tx: Tx, alert_id: AlertId): Promise<boolean> {
  const waited = await tx.remove('cancel_queue', alert_id);
  const row = waited && (await tx.find('alert', alert_id));
  if (row) await tx.put('alert', { ...row, cancel: 'none' });
  return waited;
}

export async function writeMessage(tx: Tx, message: QueuedMessage): Promise<void> {
  if ((await tx.count('message_queue')) >= MESSAGES_QUEUED_MAX) throw new FullError('too many messages wait');
  const { message_id, alert_id, text, device_time_ms } = message;
  await tx.add('message_queue', { message_id, alert_id, text, device_time_ms });
  const line = { message_id, alert_id, text, from_officer: null, at_ms: device_time_ms, accepted_at_ms: null };
  await tx.add('message', line);
}

export async function addFixes(tx: Tx, alert_id: AlertId, fixes: Fix[]): Promise<void> {
  for (const fix of fixes) await tx.addNew('fix_queue', { fix_id: fix.fix_id, alert_id, fix });
  await tx.keepNewest('fix_queue', FIXES_QUEUED_MAX);
}

export async function accepted(tx: Tx, id: string, at_ms: UnixMs): Promise<boolean> {
  const cancelled = await tx.remove('cancel_queue', id);
  const alert = cancelled && (await tx.find('alert', id));
  // A drill ends with it; nobody has to close it.
  if (alert) await tx.put('alert', { ...alert, cancel: 'accepted', cancelled_at_ms: at_ms, closed: alert.closed || alert.drill === true });
  const written = await tx.remove('message_queue', id);
  const message = written && (await tx.find('message', id));
  if (message) await tx.put('message', { ...message, accepted_at_ms: at_ms });
  return cancelled || written;
}

export function removeFixes(tx: Tx, ids: FixId[]): Promise<boolean> {
  return removeAll(tx, 'fix_queue', ids);
}

export function removeMarks(tx: Tx, ids: MessageId[]): Promise<boolean> {
  return removeAll(tx, 'delivered_queue', ids);
}

async function removeAll(tx: Tx, table: 'fix_queue' | 'delivered_queue', ids: string[]): Promise<boolean> {
  let any = false;
  for (const id of ids) any = (await tx.remove(table, id)) || any;
  return any;
}

export async function view(tx: Tx): Promise<Queue> {
  const [device] = await tx.all('device');
  const known = await tx.all('alert');
  const received = new Set(known.filter((row) => row.receipt).map((row) => row.alert_id));
  const open = known.filter((row) => row.receipt && !row.closed).reverse();
  // Drills last: they take no SOS its place.
  const in_order = [...open.filter((row) => !row.drill), ...open.filter((row) => row.drill)].slice(0, OPEN_VIEW_MAX);
  const messages = await tx.oldest('message_queue', QUEUE_VIEW_MAX);
  return {
    enrolled: device?.identity !== undefined,
    alerts: (await tx.all('alert_queue')).map(({ alert_id, alert }) => ({ alert, received: received.has(alert_id) })),
    cancels: (await tx.all('cancel_queue')).map(({ n: _, ...cancel }) => cancel),
    messages: messages.map(({ message_id, alert_id, text, device_time_ms }) => ({ message_id, alert_id, text, device_time_ms })),
    fixes: (await tx.newest('fix_queue', QUEUE_VIEW_MAX)).map(({ alert_id, fix }) => ({ alert_id, fix })),
    delivered: (await tx.oldest('delivered_queue', QUEUE_VIEW_MAX)).map(({ message_id, alert_id }) => ({ message_id, alert_id })),
    open: in_order.map((row) => row.alert_id),
  };
}
