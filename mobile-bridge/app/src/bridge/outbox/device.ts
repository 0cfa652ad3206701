// Who this phone is, or speaks for: one row.
import type { AlertId, Seq } from '@protocol';
import type { Rows, Table, Tx } from './db';
import type { Identity } from './types';

export async function row(tx: Tx): Promise<Rows['device']> {
  return (await tx.all('device'))[0] ?? { last_seq: 0 };
}

export async function setIdentity(tx: Tx, identity: Identity): Promise<void> {
  const { has_pin, ...before } = await row(tx);
  const same = before.identity?.worker.worker_id === identity.worker.worker_id;
  await tx.put('device', { ...before, ...(same && has_pin && { has_pin }), identity });
}

export async function setCredential(tx: Tx, credential: string): Promise<boolean> {
  const device = await row(tx);
  if (!device.identity || device.identity.credential === credential) return false;
  await tx.put('device', { ...device, identity: { ...device.identity, credential } });
  return true;
}

export async function setKeys(tx: Tx, keys: CryptoKeyPair): Promise<CryptoKeyPair> {
  const device = await row(tx);
  if (device.keys) return device.keys;
  await tx.put('device', { ...device, keys });
  return keys;
}

export async function setHasPin(tx: Tx): Promise<void> {
  await change(tx, { has_pin: true });
}

/** Writes some of it anew; the rest stays. */
export async function change(tx: Tx, some: Partial<Rows['device']>): Promise<void> {
  await tx.put('device', { ...(await row(tx)), ...some });
}

/** Moves the place in the ledger that this phone has dealt with. */
export async function advanceSeq(tx: Tx, seq: Seq): Promise<void> {
  const device = await row(tx);
  if (seq > device.last_seq) await tx.put('device', { ...device, last_seq: seq });
}

/** The PIN was asked for with the card: there is one. */
export async function borrow(tx: Tx, identity: Identity, keys: CryptoKeyPair): Promise<void> {
  await tx.put('device', { ...(await row(tx)), identity, keys, has_pin: true });
}

export async function forgetBorrowed(tx: Tx): Promise<boolean> {
  const { identity, keys: _keys, has_pin: _has_pin, ...rest } = await row(tx);
  const since = identity?.borrowed_at_ms;
  if (since === undefined) return false;
  await tx.put('device', rest);
  const waiting = new Set((await tx.all('alert_queue')).map((queued) => queued.alert_id));
  const known = await tx.all('alert');
  const gone = new Set(known.filter((alert) => alert.pressed_at_ms >= since && !waiting.has(alert.alert_id)).map((alert) => alert.alert_id));
  for (const table of OF_ALERTS) await removeOf(tx, table, gone);
  return true;
}

const OF_ALERTS = ['alert', 'receipt', 'message', 'cancel_queue', 'message_queue', 'fix_queue', 'delivered_queue'] as const satisfies Table[];

async function removeOf(tx: Tx, table: (typeof OF_ALERTS)[number], alerts: ReadonlySet<AlertId>): Promise<void> {
  for (const { n, alert_id } of await tx.all(table)) if (n !== undefined && alerts.has(alert_id)) await tx.removeRow(table, n);
}
