import type { CodesMade, CreateCodes, WorkersFound } from '@protocol';
import { listFault, type ListFault } from '../../lib/admin/codes';
import type { Held, Office } from './office.svelte';

export type Way = 'one' | 'all' | 'list';
export type Making = 'none' | 'making' | 'failed' | 'bad_rows' | 'made';

/** Enrolment codes: for whom they are made, and those that were made, which nobody sees again. */
export class Codes implements Held {
  way = $state<Way>('one');
  text = $state('');
  found = $state.raw<WorkersFound | null>(null);
  searching = $state(false);
  list = $state.raw<{ name: string; csv: string } | null>(null);
  state = $state<Making>('none');
  result = $state.raw<CodesMade | null>(null);
  error = $state.raw<unknown>(null);
  readonly #office: Office;

  readonly fault: ListFault | null = $derived.by(() => (this.list ? listFault(this.list.csv) : null));
  readonly listed: number = $derived.by(() =>
    this.list ? Math.max(0, this.list.csv.trim().split(/\r?\n/).length - 1) : 0,
  );

  constructor(office: Office) {
    this.#office = office;
  }

  /** Codes on the screen are lost with it. */
  get dirty(): boolean {
    return this.state === 'making' || (this.state === 'made' && (this.result?.codes.length ?? 0) > 0);
  }

  get warning(): Held['warning'] {
    const { leaveTitle: title, leaveLead: lead, leaveGo: go } = this.#office.t.codes;
    return { title, lead, go };
  }

  discard = (): void => {
    this.result = null;
    this.state = 'none';
    this.error = null;
  };

  choose = (way: Way): void => {
    this.way = way;
    this.discard();
  };

  take = (name: string, csv: string): void => {
    this.discard();
    this.list = { name, csv };
  };

  async search(): Promise<void> {
    if (this.searching) return;
    this.searching = true;
    this.error = null;
    try {
      this.found = await this.#office.api.searchWorkers(this.text.trim());
    } catch (error) {
      this.error = error;
      this.#office.onError(error);
    } finally {
      this.searching = false;
    }
  }

  /** A request that was not answered is not made again: codes may have been made by it. */
  async make(body: CreateCodes): Promise<void> {
    if (this.state === 'making') return;
    this.state = 'making';
    this.error = null;
    try {
      this.result = await this.#office.api.createCodes(body);
      this.state = this.result.bad_rows.length > 0 ? 'bad_rows' : 'made';
    } catch (error) {
      this.error = error;
      this.state = 'failed';
      this.#office.onError(error);
    }
  }
}
