// Photos and voice notes: what waits to be sent, how far it has got, and the bytes themselves.
import type { AlertId, AttachmentId, ErrorCode, Media, UnixMs } from '@protocol';
import { read, write, type Rows, type Table, type Tx } from './db';
import { FullError } from './queue';

const TABLES: Table[] = ['attachment', 'attachment_data'];
/** Attachments that wait at once; a further one is refused to the caller. */
export const ATTACHMENTS_WAITING_MAX = 10;
/** Attachments kept for the screen; older ones that no longer wait are forgotten. */
export const ATTACHMENTS_KEPT_MAX = 200;

/** A photo or voice note, without its bytes. */
export type KeptAttachment = Omit<Rows['attachment'], 'n'>;

export interface NewFile {
  attachment_id: AttachmentId;
  alert_id: AlertId;
  media: Media;
  content_type: string;
  /** Hex in lower case. */
  sha256: string;
  created_at_ms: UnixMs;
  data: ArrayBuffer;
}

export class Attachments {
  readonly #db: IDBDatabase;

  constructor(db: IDBDatabase) {
    this.#db = db;
  }

  /** Keeps one for sending, on disk when this returns; fails with `FullError` when too many wait. */
  async add({ data, ...file }: NewFile): Promise<void> {
    const after = (await read(this.#db, (tx) => tx.newest('message', 1)))[0]?.message_id ?? null;
    await write(this.#db, async (tx) => {
      const waiting = (await tx.all('attachment')).filter((row) => row.state === 'waiting');
      if (waiting.length >= ATTACHMENTS_WAITING_MAX) throw new FullError('too many attachments wait');
      await tx.add('attachment', { ...file, bytes: data.byteLength, after, received_bytes: 0, state: 'waiting', code: null });
      await tx.add('attachment_data', { attachment_id: file.attachment_id, data });
    }, TABLES);
  }

  /** All, oldest first. */
  async all(): Promise<KeptAttachment[]> {
    return (await read(this.#db, (tx) => tx.all('attachment'), TABLES)).map(({ n: _, ...row }) => row);
  }

  /** The oldest that waits. */
  async next(): Promise<KeptAttachment | null> {
    return (await this.all()).find((row) => row.state === 'waiting') ?? null;
  }

  /** The bytes; null when they are no longer kept. */
  async data(attachment_id: AttachmentId): Promise<ArrayBuffer | null> {
    return (await read(this.#db, (tx) => tx.find('attachment_data', attachment_id), TABLES))?.data ?? null;
  }

  /** The service has so much of it. */
  received(attachment_id: AttachmentId, received_bytes: number, complete: boolean): Promise<void> {
    return this.#change(attachment_id, { received_bytes, state: complete ? 'done' : 'waiting' });
  }

  /** The service will never take it. */
  refused(attachment_id: AttachmentId, code: ErrorCode): Promise<void> {
    return this.#change(attachment_id, { state: 'refused', code });
  }

  #change(attachment_id: AttachmentId, change: Partial<KeptAttachment>): Promise<void> {
    return write(this.#db, async (tx) => {
      const row = await tx.find('attachment', attachment_id);
      // What is done stays done: a late answer changes nothing.
      if (row?.state === 'waiting') await tx.put('attachment', { ...row, ...change });
    }, TABLES);
  }
}

/** Lets go of bytes that nobody needs any more, and of old history; nothing that waits to be sent. */
export async function trimAttachments(db: IDBDatabase): Promise<void> {
  if ((await read(db, (tx) => tx.count('attachment'), TABLES)) === 0) return;
  const closed = new Map((await read(db, (tx) => tx.all('alert'))).map((row) => [row.alert_id, row.closed]));
  await write(db, (tx) => trim(tx, closed), TABLES);
}

/** Forgets every one whose alert is not known here any more, also one that waits. */
export async function forgetAttachments(db: IDBDatabase): Promise<void> {
  const known = new Set((await read(db, (tx) => tx.all('alert'))).map((row) => row.alert_id));
  await write(db, async (tx) => {
    for (const row of await tx.all('attachment')) {
      if (known.has(row.alert_id)) continue;
      await tx.remove('attachment_data', row.attachment_id);
      await tx.removeRow('attachment', row.n as number);
    }
  }, TABLES);
}

async function trim(tx: Tx, closed: ReadonlyMap<AlertId, boolean>): Promise<void> {
  const rows = await tx.all('attachment');
  const newest = new Set(rows.slice(-ATTACHMENTS_KEPT_MAX));
  for (const row of rows) {
    if (row.state === 'waiting') continue;
    if (closed.get(row.alert_id) !== false) await tx.remove('attachment_data', row.attachment_id);
    if (closed.has(row.alert_id) && newest.has(row)) continue;
    await tx.remove('attachment_data', row.attachment_id);
    await tx.removeRow('attachment', row.n as number);
  }
}
