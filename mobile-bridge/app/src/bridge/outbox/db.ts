// IndexedDB with promises, and the tables of the outbox.
import type { Alert, AlertId, AttachmentId, CheckInId, ErrorCode, Fix, FixId, Media, MessageId, PhoneSettings, Pin, Receipt, Seq, UnixMs } from '@protocol';
import type { CancelState, Identity } from './types';

/** How long to wait for the database to open, in milliseconds: some browsers have been seen never to answer. */
const OPEN_MS_MAX = 5_000;

/** Rows carry `n`, counted up by the database in the order of arrival. */
export interface Rows {
  device: {
    n?: number;
    keys?: CryptoKeyPair;
    identity?: Identity;
    /** The worker is known to have a PIN. */
    has_pin?: boolean;
    last_seq: number;
    /** What the service says of itself, and when it was asked. */
    service?: { asked_at_ms: UnixMs; settings: PhoneSettings };
    push?: PushRow;
    /** How the worker wants to be told things while no page is open. */
    manner?: Manner;
  };
  alert_queue: { n?: number; alert_id: AlertId; alert: Alert };
  cancel_queue: { n?: number; alert_id: AlertId; device_time_ms: UnixMs; pin?: Pin };
  message_queue: { n?: number; message_id: MessageId; alert_id: AlertId; text: string; device_time_ms: UnixMs };
  fix_queue: { n?: number; fix_id: FixId; alert_id: AlertId; fix: Fix };
  delivered_queue: { n?: number; message_id: MessageId; alert_id: AlertId };
  alert: {
    n?: number;
    alert_id: AlertId;
    pressed_at_ms: UnixMs;
    receipt: Receipt | null;
    closed: boolean;
    cancel: CancelState;
    cancelled_at_ms?: UnixMs;
    /** When, and where in the ledger, the desk last asked where the phone is. */
    located?: { seq: Seq; at_ms: UnixMs };
    /** A test of the path, not an SOS. */
    drill?: boolean;
  };
  receipt: { n?: number; key: string; alert_id: AlertId; receipt: Receipt };
  message: {
    n?: number;
    message_id: MessageId;
    alert_id: AlertId;
    from_officer: string | null;
    text: string;
    at_ms: UnixMs;
    accepted_at_ms: UnixMs | null;
  };
  check_in: { n?: number; check_in_id: CheckInId; at_ms: UnixMs; position: Fix | null; accepted: boolean };
  attachment: {
    n?: number;
    attachment_id: AttachmentId;
    alert_id: AlertId;
    media: Media;
    content_type: string;
    bytes: number;
    sha256: string;
    created_at_ms: UnixMs;
    /** The message that was the last of the chat when it was added. */
    after: MessageId | null;
    received_bytes: number;
    state: 'waiting' | 'done' | 'refused';
    /** Why it was refused. */
    code: ErrorCode | null;
  };
  /** The bytes beside it: what is read often stays small. */
  attachment_data: { n?: number; attachment_id: AttachmentId; data: ArrayBuffer };
}

/** Whether the worker wants to be told by push, and what the service was told of it. */
export interface PushRow {
  wanted: boolean;
  /** The device and the target that the service has; null: none. */
  told: string | null;
}

export interface Manner {
  /** No sound, no words. */
  silent: boolean;
  language: 'vi' | 'en';
}

export type Table = keyof Rows;

/** The column that no two rows share. */
const UNIQUE: Record<Exclude<Table, 'device'>, string> = {
  alert_queue: 'alert_id',
  cancel_queue: 'alert_id',
  message_queue: 'message_id',
  fix_queue: 'fix_id',
  delivered_queue: 'message_id',
  alert: 'alert_id',
  receipt: 'key',
  message: 'message_id',
  check_in: 'check_in_id',
  attachment: 'attachment_id',
  attachment_data: 'attachment_id',
};
const TABLES: Table[] = ['device', ...(Object.keys(UNIQUE) as Exclude<Table, 'device'>[])];
/** What an SOS and its chat need: a transaction over these waits for no photo that is being written. */
const SOS_TABLES: Table[] = ['device', 'alert_queue', 'cancel_queue', 'message_queue', 'fix_queue', 'delivered_queue', 'alert', 'receipt', 'message'];
/** What each version of the database added. Steps that were released never change. */
const ADDED: Table[][] = [SOS_TABLES, ['check_in', 'attachment', 'attachment_data']];

/** The phone's storage refused: it is full, or cannot be used. */
export class StorageError extends Error {
  constructor(readonly reason: 'full' | 'newer' | 'broken', options?: ErrorOptions) {
    super(`the phone's storage: ${reason}`, options);
  }

  static of(cause: unknown): StorageError {
    if (cause instanceof StorageError) return cause;
    const name = (cause as { name?: string } | null)?.name;
    const reason = name === 'QuotaExceededError' ? 'full' : name === 'VersionError' ? 'newer' : 'broken';
    return new StorageError(reason, { cause });
  }
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(StorageError.of(request.error));
  });
}

/**
 * Opens the database, or makes it. One that a later version of this app has changed is used as it is, if it has all that
 * this one needs: a page that was open meanwhile must be able to save a press.
 */
export async function openDatabase(factory: IDBFactory, name: string): Promise<IDBDatabase> {
  try {
    return await openAs(factory, name, ADDED.length);
  } catch (error) {
    if (!(error instanceof StorageError && error.reason === 'newer')) throw error;
    const db = await openAs(factory, name);
    if (TABLES.every((table) => db.objectStoreNames.contains(table))) return db;
    db.close();
    throw error;
  }
}

function openAs(factory: IDBFactory, name: string, version?: number): Promise<IDBDatabase> {
  return new Promise((done, failed) => {
    const timer = setTimeout(() => failed(new StorageError('broken')), OPEN_MS_MAX);
    const end = (error: unknown) => {
      clearTimeout(timer);
      failed(StorageError.of(error));
    };
    try {
      const request = factory.open(name, version);
      request.onupgradeneeded = (event) => addTables(request.result, event.oldVersion);
      request.onerror = () => end(request.error);
      request.onsuccess = () => {
        clearTimeout(timer);
        // A later version of the app wants to change the tables.
        request.result.onversionchange = () => request.result.close();
        done(request.result);
      };
    } catch (error) {
      // Browsers that forbid storage throw here.
      end(error);
    }
  });
}

function addTables(db: IDBDatabase, from_version: number): void {
  for (const table of ADDED.slice(from_version).flat()) {
    const store = db.createObjectStore(table, { keyPath: 'n', autoIncrement: true });
    if (table !== 'device') store.createIndex(UNIQUE[table], UNIQUE[table], { unique: true });
  }
}

/** One transaction. Waits for nothing but its own requests, or the browser would end it. */
export class Tx {
  readonly #tx: IDBTransaction;

  constructor(tx: IDBTransaction) {
    this.#tx = tx;
  }

  /** In the order of arrival. */
  all<T extends Table>(table: T): Promise<Rows[T][]> {
    return answer(this.#tx.objectStore(table).getAll() as IDBRequest<Rows[T][]>);
  }

  /** The oldest rows in their order, at most `count`. */
  oldest<T extends Table>(table: T, count: number): Promise<Rows[T][]> {
    return answer(this.#tx.objectStore(table).getAll(null, count) as IDBRequest<Rows[T][]>);
  }

  /** The newest rows that fit, the newest first, at most `count`. */
  newest<T extends Table>(table: T, count: number, fits: (row: Rows[T]) => boolean = () => true): Promise<Rows[T][]> {
    return new Promise((done, failed) => {
      const rows: Rows[T][] = [];
      const request = this.#tx.objectStore(table).openCursor(null, 'prev');
      request.onerror = () => failed(StorageError.of(request.error));
      request.onsuccess = () => {
        const cursor = request.result;
        if (cursor && rows.length < count) {
          const row = cursor.value as Rows[T];
          if (fits(row)) rows.push(row);
          cursor.continue();
        } else done(rows);
      };
    });
  }

  count(table: Table): Promise<number> {
    return answer(this.#tx.objectStore(table).count());
  }

  /** The row with this id. */
  find<T extends Exclude<Table, 'device'>>(table: T, id: string): Promise<Rows[T] | undefined> {
    return answer(this.#tx.objectStore(table).index(UNIQUE[table]).get(id) as IDBRequest<Rows[T] | undefined>);
  }

  async has(table: Exclude<Table, 'device'>, id: string): Promise<boolean> {
    return (await this.#key(table, id)) !== undefined;
  }

  /** Adds a row; one with the same id that is there already makes the transaction fail. */
  async add<T extends Table>(table: T, row: Rows[T]): Promise<void> {
    await answer(this.#tx.objectStore(table).add(row));
  }

  /** Adds a row unless its id is there; tells whether it did. */
  async addNew<T extends Exclude<Table, 'device'>>(table: T, row: Rows[T]): Promise<boolean> {
    if (await this.has(table, (row as unknown as Record<string, string>)[UNIQUE[table]] as string)) return false;
    await this.add(table, row);
    return true;
  }

  /** Writes a row that was read back. */
  async put<T extends Table>(table: T, row: Rows[T]): Promise<void> {
    await answer(this.#tx.objectStore(table).put(row));
  }

  /** Tells whether it was there. */
  async remove(table: Exclude<Table, 'device'>, id: string): Promise<boolean> {
    const key = await this.#key(table, id);
    if (key === undefined) return false;
    await this.removeRow(table, key as number);
    return true;
  }

  async removeRow(table: Table, n: number): Promise<void> {
    await answer(this.#tx.objectStore(table).delete(n));
  }

  /** Lets go of the oldest rows over `count`. */
  async keepNewest(table: Table, count: number): Promise<void> {
    const over = (await this.count(table)) - count;
    if (over <= 0) return;
    const keys = await answer(this.#tx.objectStore(table).getAllKeys(null, over));
    const last = keys.at(-1);
    if (last !== undefined) await answer(this.#tx.objectStore(table).delete(IDBKeyRange.upperBound(last)));
  }

  #key(table: Exclude<Table, 'device'>, id: string): Promise<IDBValidKey | undefined> {
    return answer(this.#tx.objectStore(table).index(UNIQUE[table]).getKey(id));
  }
}

/** Reads in one transaction: what it sees belongs together. */
export async function read<T>(db: IDBDatabase, work: (tx: Tx) => Promise<T>, tables: Table[] = SOS_TABLES): Promise<T> {
  try {
    return await work(new Tx(db.transaction(tables, 'readonly')));
  } catch (error) {
    throw StorageError.of(error);
  }
}

/** Writes in one transaction. When this returns it is on disk, or nothing of it is. */
export async function write<T>(db: IDBDatabase, work: (tx: Tx) => Promise<T>, tables: Table[] = SOS_TABLES): Promise<T> {
  let tx: IDBTransaction;
  try {
    tx = db.transaction(tables, 'readwrite', { durability: 'strict' });
  } catch (error) {
    throw StorageError.of(error);
  }
  const committed = new Promise<void>((done, failed) => {
    tx.oncomplete = () => done();
    tx.onabort = () => failed(StorageError.of(tx.error));
  });
  // Also where nobody waits for it any more.
  committed.catch(() => {});
  let result: T;
  try {
    result = await work(new Tx(tx));
  } catch (error) {
    abort(tx);
    throw error instanceof Error && error.name === 'FullError' ? error : StorageError.of(error);
  }
  await committed;
  return result;
}

function abort(tx: IDBTransaction): void {
  try {
    tx.abort();
  } catch {
    // A failed request has aborted it already.
  }
}
