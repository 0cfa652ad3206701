// The outbox of this browser, opened when it is first needed and again when the browser has closed it.
import { within } from './ambient';
import { StorageError } from './outbox/db';
import { Outbox } from './outbox/outbox';

/** How long anything may wait for the storage, in milliseconds: an SOS does not hang on it. */
const STORAGE_MS_MAX = 2_000;
export const DATABASE = 'sos';

export class Holder {
  readonly #factory: IDBFactory;
  readonly #name: string;
  #opening: Promise<Outbox> | null = null;

  constructor(factory: IDBFactory, name: string = DATABASE) {
    this.#factory = factory;
    this.#name = name;
  }

  /** Does `work` with the outbox; fails in time. */
  use<T>(work: (outbox: Outbox) => Promise<T>, ms_max: number = STORAGE_MS_MAX): Promise<T> {
    return within(ms_max, this.#try(work));
  }

  /** The outbox, or null where it cannot be used. */
  orNull(): Promise<Outbox | null> {
    return this.use((outbox) => Promise.resolve(outbox)).catch(() => null);
  }

  close(): void {
    void this.#opening?.then((outbox) => outbox.close()).catch(() => {});
    this.#opening = null;
  }

  async #try<T>(work: (outbox: Outbox) => Promise<T>): Promise<T> {
    const outbox = await this.#open();
    try {
      return await work(outbox);
    } catch (error) {
      if (!closed(error)) throw error;
      this.#opening = null;
      return work(await this.#open());
    }
  }

  #open(): Promise<Outbox> {
    this.#opening ??= Outbox.open(this.#factory, this.#name).catch((error) => {
      this.#opening = null;
      throw error;
    });
    return this.#opening;
  }
}

/** The browser has closed the database behind our back, as some do in the background. */
function closed(error: unknown): boolean {
  return error instanceof StorageError && (error.cause as { name?: string } | undefined)?.name === 'InvalidStateError';
}
