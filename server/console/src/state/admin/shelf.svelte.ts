export type ShelfStatus = 'empty' | 'loading' | 'ready' | 'failed';

/** What was loaded from one route. It stays while it is loaded again, and when that fails. */
export class Shelf<T> {
  value = $state.raw<T | null>(null);
  status = $state<ShelfStatus>('empty');
  error = $state.raw<unknown>(null);
  readonly #get: () => Promise<T>;
  readonly #onError: (error: unknown) => void;
  /** Counts the requests, so that a slow old answer does not come over a newer one. */
  #asked = 0;

  constructor(get: () => Promise<T>, onError: (error: unknown) => void) {
    this.#get = get;
    this.#onError = onError;
  }

  load = async (): Promise<void> => {
    const asked = ++this.#asked;
    this.status = 'loading';
    try {
      const value = await this.#get();
      if (asked !== this.#asked) return;
      this.value = value;
      this.status = 'ready';
      this.error = null;
    } catch (error) {
      this.#onError(error);
      if (asked !== this.#asked) return;
      this.status = 'failed';
      this.error = error;
    }
  };
}
