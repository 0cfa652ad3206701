import { ApiError } from '../../lib/http/problem';

export type Outcome = 'none' | 'saving' | 'saved' | 'removed' | 'failed' | 'stale';

export interface NounDeps<Item, Body> {
  items: () => readonly Item[];
  reload: () => Promise<void>;
  idOf: (item: Item) => string;
  /** What is edited and sent: the item, and what goes with it. */
  bodyOf: (item: Item) => Body;
  put: (body: Body) => Promise<unknown>;
  remove?: (item: Item) => Promise<unknown>;
  /** What is missing or wrong, in words; nothing is sent while there is any. */
  faults: (body: Body) => string[];
  onError: (error: unknown) => void;
}

/** Things of one kind: a list of them, and one that is open in the editor. */
export class Noun<Item, Body> {
  id = $state<string | null>(null);
  isNew = $state(false);
  body = $state<Body | null>(null);
  outcome = $state<Outcome>('none');
  error = $state.raw<unknown>(null);
  /** Saving was tried: from then on it is said what is missing. */
  tried = $state(false);
  readonly #deps: NounDeps<Item, Body>;
  #kept = $state('');

  readonly dirty: boolean = $derived.by(() => this.body !== null && JSON.stringify(this.body) !== this.#kept);
  readonly faults: readonly string[] = $derived.by(() => (this.body === null ? [] : this.#deps.faults(this.body as Body)));

  constructor(deps: NounDeps<Item, Body>) {
    this.#deps = deps;
  }

  get items(): readonly Item[] {
    return this.#deps.items();
  }

  /** The item that is open, as the service last gave it; none: it is new, or gone. */
  get item(): Item | null {
    return this.items.find((item) => this.#deps.idOf(item) === this.id) ?? null;
  }

  idOf(item: Item): string {
    return this.#deps.idOf(item);
  }

  get removable(): boolean {
    return this.#deps.remove !== undefined && this.item !== null;
  }

  open = (id: string): void => {
    const item = this.items.find((other) => this.#deps.idOf(other) === id);
    if (item) this.#show(id, this.#deps.bodyOf(item), false);
  };

  create(id: string, body: Body): void {
    this.#show(id, body, true);
    // Something new is unsaved from the start.
    this.#kept = '';
  }

  close = (): void => {
    this.id = null;
    this.body = null;
    this.outcome = 'none';
  };

  discard = (): void => {
    if (this.item && this.id !== null) this.open(this.id);
    else this.close();
  };

  /** Loads the list, and with it the open item, as they are now. What was changed here is lost. */
  reload = async (): Promise<void> => {
    const { id } = this;
    await this.#deps.reload();
    if (this.id === id) this.discard();
  };

  save = async (): Promise<boolean> => {
    this.tried = true;
    if (this.body === null || this.faults.length > 0 || this.outcome === 'saving') return false;
    const body = $state.snapshot(this.body) as Body;
    return this.#send(() => this.#deps.put(body), 'saved');
  };

  remove = async (): Promise<boolean> => {
    const { item } = this;
    const { remove } = this.#deps;
    if (!item || !remove || this.outcome === 'saving') return false;
    return this.#send(() => remove(item), 'removed');
  };

  async #send(work: () => Promise<unknown>, outcome: 'saved' | 'removed'): Promise<boolean> {
    const { id } = this;
    this.outcome = 'saving';
    this.error = null;
    try {
      await work();
    } catch (error) {
      this.error = error;
      this.outcome = error instanceof ApiError && error.code === 'stale_version' ? 'stale' : 'failed';
      this.#deps.onError(error);
      return false;
    }
    // It is done: that the list cannot be read again afterwards is another matter, and said beside the list.
    this.#kept = JSON.stringify(this.body);
    await this.#deps.reload();
    if (this.id === id) this.discard();
    this.outcome = outcome;
    return true;
  }

  #show(id: string, body: Body, isNew: boolean): void {
    this.id = id;
    this.isNew = isNew;
    this.body = JSON.parse(JSON.stringify(body)) as Body;
    this.#kept = JSON.stringify(this.body);
    this.tried = false;
    this.outcome = 'none';
    this.error = null;
  }
}
