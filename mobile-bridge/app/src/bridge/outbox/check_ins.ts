// Safe check-ins ("Tôi ổn"): those that wait, and the latest one that the service has.
import type { CheckInId, Fix, UnixMs } from '@protocol';
import { read, write, type Table } from './db';

const TABLES: Table[] = ['check_in'];
/** Check-ins that wait at once; a further one drops the oldest: the latest is what counts. */
export const CHECK_INS_WAITING_MAX = 20;

export interface KeptCheckIn {
  check_in_id: CheckInId;
  /** By the phone's clock. */
  at_ms: UnixMs;
  position: Fix | null;
  /** The service has it. */
  accepted: boolean;
}

export class CheckIns {
  readonly #db: IDBDatabase;

  constructor(db: IDBDatabase) {
    this.#db = db;
  }

  add(check_in_id: CheckInId, at_ms: UnixMs, position: Fix | null): Promise<void> {
    return write(this.#db, async (tx) => {
      await tx.addNew('check_in', { check_in_id, at_ms, position, accepted: false });
      const waiting = (await tx.all('check_in')).filter((row) => !row.accepted);
      for (const row of waiting.slice(0, -CHECK_INS_WAITING_MAX)) await tx.removeRow('check_in', row.n as number);
    }, TABLES);
  }

  /** The oldest that waits. */
  async next(): Promise<KeptCheckIn | null> {
    return (await read(this.#db, (tx) => tx.all('check_in'), TABLES)).find((row) => !row.accepted) ?? null;
  }

  /** The newest, whether the service has it or not. */
  async newest(): Promise<KeptCheckIn | null> {
    return (await read(this.#db, (tx) => tx.newest('check_in', 1), TABLES))[0] ?? null;
  }

  /** The service has it; of those that it has the newest is kept. */
  accepted(check_in_id: CheckInId): Promise<void> {
    return write(this.#db, async (tx) => {
      const row = await tx.find('check_in', check_in_id);
      if (!row) return;
      await tx.put('check_in', { ...row, accepted: true });
      const has = (await tx.all('check_in')).filter((other) => other.accepted);
      for (const older of has.slice(0, -1)) await tx.removeRow('check_in', older.n as number);
    }, TABLES);
  }

  /** Forgets all of them: they were of somebody else. */
  forget(): Promise<void> {
    return write(this.#db, (tx) => tx.keepNewest('check_in', 0), TABLES);
  }

  /** The service will never take it. */
  drop(check_in_id: CheckInId): Promise<boolean> {
    return write(this.#db, (tx) => tx.remove('check_in', check_in_id), TABLES);
  }
}
