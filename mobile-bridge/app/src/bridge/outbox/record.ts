// What the service said, and the screen's view of it.
import type { AlertId, Receipt } from '@protocol';
import { mayForget, replaces } from '../ladder';
import type { Tx } from './db';
import { advanceSeq } from './device';
import {
  ALERTS_KEPT_MAX,
  DELIVERED_QUEUED_MAX,
  MESSAGES_KEPT_MAX,
  RECEIPTS_KEPT_MAX,
  type AlertState,
  type ChatMessage,
  type DeskMessage,
  type Write,
} from './types';

/** Keeps a receipt with its effects; tells whether it was news. */
export async function receipt(tx: Tx, fresh: Receipt): Promise<boolean> {
  const { alert_id, stage } = fresh;
  await tx.addNew('alert', { alert_id, pressed_at_ms: fresh.at_ms, receipt: null, closed: false, cancel: 'none' });
  const news = await tx.addNew('receipt', { key: `${alert_id} ${stage} ${fresh.seq ?? 0}`, alert_id, receipt: fresh });
  const row = await tx.find('alert', alert_id);
  if (row && replaces(row.receipt, fresh)) {
    const ended = row.drill === true && row.cancel === 'accepted';
    await tx.put('alert', { ...row, receipt: fresh, closed: stage === 'closed' || ended });
  }
  if (mayForget(stage)) await tx.remove('alert_queue', alert_id);
  if (news) await keepNewestReceipts(tx, alert_id);
  return news;
}

async function keepNewestReceipts(tx: Tx, alert_id: AlertId): Promise<void> {
  const of_alert = (await tx.all('receipt')).filter((row) => row.alert_id === alert_id);
  for (const row of of_alert.slice(0, -RECEIPTS_KEPT_MAX)) await tx.removeRow('receipt', row.n as number);
}

/** Keeps a message of the desk; tells whether it was news. */
export async function deskMessage(tx: Tx, message: DeskMessage): Promise<boolean> {
  const { message_id, alert_id, text, from, at_ms } = message;
  const line = { message_id, alert_id, from_officer: from, text, at_ms, accepted_at_ms: at_ms };
  const news = await tx.addNew('message', line);
  // A repeat means that the service has not read the mark: it goes out again.
  await tx.addNew('delivered_queue', { message_id, alert_id });
  await tx.keepNewest('delivered_queue', DELIVERED_QUEUED_MAX);
  await advanceSeq(tx, message.seq);
  return news;
}

/** A repeat, and a question about an alert that is closed or not known here, ask for nothing: false. */
export async function located(tx: Tx, { seq, alert_id, at_ms }: Extract<Write, { kind: 'located' }>): Promise<boolean> {
  await advanceSeq(tx, seq);
  const row = await tx.find('alert', alert_id);
  if (!row || row.closed || seq <= (row.located?.seq ?? 0)) return false;
  await tx.put('alert', { ...row, located: { seq, at_ms } });
  return true;
}

/** How far an alert has got; null if this phone does not know it. */
export async function alertState(tx: Tx, alert_id: AlertId): Promise<AlertState | null> {
  const row = await tx.find('alert', alert_id);
  if (!row) return null;
  const of_alert = (await tx.all('receipt')).filter((other) => other.alert_id === alert_id);
  return {
    alert_id,
    pressed_at_ms: row.pressed_at_ms,
    queued: await tx.has('alert_queue', alert_id),
    receipt: row.receipt,
    history: of_alert.map((other) => other.receipt),
    cancel: row.cancel,
    cancelled_at_ms: row.cancelled_at_ms ?? null,
    ...(row.located && { located_at_ms: row.located.at_ms }),
  };
}

export async function messages(tx: Tx): Promise<ChatMessage[]> {
  return (await tx.all('message')).map(({ message_id, alert_id, from_officer, text, at_ms, accepted_at_ms }) => ({
    message_id,
    alert_id,
    from_officer,
    text,
    at_ms,
    accepted_at_ms,
  }));
}

/** Lets go of old history; nothing that waits to be sent. */
export async function trim(tx: Tx): Promise<void> {
  const alerts = await tx.all('alert');
  for (const row of alerts.slice(0, -ALERTS_KEPT_MAX)) {
    const waits = (await tx.has('alert_queue', row.alert_id)) || (await tx.has('cancel_queue', row.alert_id));
    if (!waits) await tx.removeRow('alert', row.n as number);
  }
  const known = new Set((await tx.all('alert')).map((row) => row.alert_id));
  for (const row of await tx.all('receipt')) if (!known.has(row.alert_id)) await tx.removeRow('receipt', row.n as number);
  for (const row of (await tx.all('message')).slice(0, -MESSAGES_KEPT_MAX)) {
    if (!(await tx.has('message_queue', row.message_id))) await tx.removeRow('message', row.n as number);
  }
}
