// What must not be lost, in one IndexedDB database.
//
// The rule of the file: a row leaves a queue only when the service has confirmed it. An alert goes when a receipt says
// `recorded` or later, a cancellation or message when it was `accepted`, fixes when they were `fixes_accepted`. Queueing
// and the confirmation's effects are one transaction each, and every commit is on disk before the call returns.
// `mobile-bridge/contract/outbox.json` tells the same of this store and of the Rust core's.
import type { Alert, AlertId, Fix, Pin, Receipt, Seq, UnixMs } from '@protocol';
import { Attachments, forgetAttachments, trimAttachments } from './attachments';
import { CheckIns } from './check_ins';
import { openDatabase, read, write, type PushRow, type Rows, type Tx } from './db';
import * as device from './device';
import * as queue from './queue';
import * as record from './record';
import type { AlertState, ChatMessage, Identity, Queue, QueuedMessage, Write } from './types';

export class Outbox {
  readonly #db: IDBDatabase;
  readonly attachments: Attachments;
  readonly checkIns: CheckIns;

  private constructor(db: IDBDatabase) {
    this.#db = db;
    this.attachments = new Attachments(db);
    this.checkIns = new CheckIns(db);
  }

  /** Opens the database, or makes it; fails with a `StorageError`. */
  static async open(factory: IDBFactory, name: string): Promise<Outbox> {
    const outbox = new Outbox(await openDatabase(factory, name));
    // A disk that is full must not keep what waits in it from being sent.
    await outbox.#write(record.trim).catch(() => {});
    await trimAttachments(outbox.#db).catch(() => {});
    return outbox;
  }

  close(): void {
    this.#db.close();
  }

  /**
   * Keeps a press. When this returns it is on disk. The answer is the id under which it will reach the service: its own,
   * or with `ALERTS_QUEUED_MAX` waiting already, that of the newest waiting press (which says the same).
   */
  press(alert: Alert, pressed_at_ms: UnixMs): Promise<AlertId> {
    return this.#write((tx) => queue.press(tx, alert, pressed_at_ms));
  }

  /**
   * Keeps that the worker took a press back, with the PIN if one was typed, as long as that waits. A repeat, or one for a
   * press that is not known here, changes nothing.
   */
  cancel(alert_id: AlertId, device_time_ms: UnixMs, pin?: Pin): Promise<boolean> {
    return this.#write((tx) => queue.cancel(tx, alert_id, device_time_ms, pin));
  }

  /** Keeps a message of the worker, in the queue and in the chat; fails with `FullError` when too many wait. */
  writeMessage(message: QueuedMessage): Promise<void> {
    return this.#write((tx) => queue.writeMessage(tx, message));
  }

  /** Keeps fixes, oldest first, and lets go of the oldest over `FIXES_QUEUED_MAX`. */
  addFixes(alert_id: AlertId, fixes: Fix[]): Promise<void> {
    return this.#write((tx) => queue.addFixes(tx, alert_id, fixes));
  }

  /** Keeps what the service said, with all its effects. Tells whether it was news: a repeat changes nothing. */
  apply(said: Write): Promise<boolean> {
    return this.#write((tx) => apply(tx, said));
  }

  /** What can be sent next. */
  queue(): Promise<Queue> {
    return read(this.#db, queue.view);
  }

  alertState(alert_id: AlertId): Promise<AlertState | null> {
    return read(this.#db, (tx) => record.alertState(tx, alert_id));
  }

  /** The alerts that this phone knows, newest first, at most `count_max`. */
  async alerts(count_max: number): Promise<AlertId[]> {
    return (await read(this.#db, (tx) => tx.newest('alert', count_max))).map((row) => row.alert_id);
  }

  /** The newest alert that is no drill. */
  async newestAlert(): Promise<AlertId | null> {
    return (await read(this.#db, (tx) => tx.newest('alert', 1, (row) => !row.drill)))[0]?.alert_id ?? null;
  }

  /** The newest alert that is not closed, whether it got through or not; never a drill. */
  async openAlert(): Promise<AlertId | null> {
    const known = await read(this.#db, (tx) => tx.all('alert'));
    return known.reverse().find((row) => !row.closed && !row.drill)?.alert_id ?? null;
  }

  /** Drills that nobody has ended yet: the app was closed in the middle of one. */
  async drillsLeft(): Promise<AlertId[]> {
    const known = await read(this.#db, (tx) => tx.all('alert'));
    return known.filter((row) => row.drill && !row.closed && row.cancel === 'none').map((row) => row.alert_id);
  }

  /** The chat, oldest first. */
  messages(): Promise<ChatMessage[]> {
    return read(this.#db, record.messages);
  }

  /** The receipt that holds for an alert. */
  async receipt(alert_id: AlertId): Promise<Receipt | null> {
    return (await read(this.#db, (tx) => tx.find('alert', alert_id)))?.receipt ?? null;
  }

  /** The largest place in the ledger that this phone has dealt with. */
  lastSeq(): Promise<Seq> {
    return read(this.#db, async (tx) => (await device.row(tx)).last_seq);
  }

  /** Who this phone is, or speaks for; null before enrolment. */
  identity(): Promise<Identity | null> {
    return read(this.#db, async (tx) => (await device.row(tx)).identity ?? null);
  }

  /** Keeps who this phone is from now on. */
  setIdentity(identity: Identity): Promise<void> {
    return this.#write((tx) => device.setIdentity(tx, identity));
  }

  /** The device key; its secret half cannot be taken out. */
  keys(): Promise<CryptoKeyPair | null> {
    return read(this.#db, async (tx) => (await device.row(tx)).keys ?? null);
  }

  /** Keeps the device key unless there is one; the answer is the one that is kept. */
  setKeys(keys: CryptoKeyPair): Promise<CryptoKeyPair> {
    return this.#write((tx) => device.setKeys(tx, keys));
  }

  /** The worker is known to have a PIN. */
  hasPin(): Promise<boolean> {
    return read(this.#db, async (tx) => (await device.row(tx)).has_pin === true);
  }

  /** What is kept of this phone beside its key and its name. */
  async about(): Promise<Pick<Rows['device'], 'service' | 'push' | 'manner'>> {
    const { service, push, manner } = await read(this.#db, device.row);
    return { ...(service && { service }), ...(push && { push }), ...(manner && { manner }) };
  }

  /** Keeps some of that anew. */
  setAbout(change: Pick<Rows['device'], 'service' | 'manner'>): Promise<void> {
    return this.#write((tx) => device.change(tx, change));
  }

  /** Keeps what the worker wants of push, or what the service was told of it; the other stays. */
  setPush(change: Partial<PushRow>): Promise<void> {
    return this.#write(async (tx) => {
      const { push } = await device.row(tx);
      await device.change(tx, { push: { wanted: false, told: null, ...push, ...change } });
    });
  }

  /** Keeps that the worker has a PIN, and nothing else of it. */
  setHasPin(): Promise<void> {
    return this.#write(device.setHasPin);
  }

  /** Somebody else's phone speaks for a worker from now on, with a key of its own. */
  borrow(identity: Identity, keys: CryptoKeyPair): Promise<void> {
    return this.#write((tx) => device.borrow(tx, identity, keys));
  }

  /**
   * Forgets the worker whose card it was: name, key, and every alert, message, photo and check-in since then. What belongs to an
   * SOS that no store has yet stays until it is out. Tells whether there was one.
   */
  async forgetBorrowed(): Promise<boolean> {
    const was = await this.#write(device.forgetBorrowed);
    if (was) {
      await forgetAttachments(this.#db);
      await this.checkIns.forget();
    }
    return was;
  }

  #write<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return write(this.#db, work);
  }
}

async function apply(tx: Tx, said: Write): Promise<boolean> {
  switch (said.kind) {
    case 'receipt': {
      const news = await record.receipt(tx, said.receipt);
      if (said.receipt.seq != null) await device.advanceSeq(tx, said.receipt.seq);
      return news;
    }
    case 'asked':
      return record.receipt(tx, said.receipt);
    case 'message':
      return record.deskMessage(tx, said.message);
    case 'located':
      return record.located(tx, said);
    case 'accepted':
      return queue.accepted(tx, said.id, said.at_ms);
    case 'cancel_refused': {
      const news = await queue.cancelRefused(tx, said.alert_id);
      if (news) await device.setHasPin(tx);
      return news;
    }
    case 'fixes_accepted':
      return queue.removeFixes(tx, said.fix_ids);
    case 'delivered_read':
      return queue.removeMarks(tx, said.message_ids);
    case 'credential':
      return device.setCredential(tx, said.credential);
  }
}
