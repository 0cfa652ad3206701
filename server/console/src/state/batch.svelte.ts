import { BATCH_CASES_MAX, type BatchCase, type BatchCommand, type BatchResult, type CaseId, type CaseSummary } from '@protocol';
import type { Api } from '../lib/api';
import { newId } from '../lib/ids';

export interface BatchDeps {
  api: Api;
  onCase: (summary: CaseSummary) => void;
  onError: (error: unknown) => void;
}

/** What became of a case, as it was when the officer chose; without a result the service has not said. */
export type Outcome = { case: CaseSummary; result: BatchResult | null };

/** The same done to many cases, each by itself; what became of each stays to be read until the next one. */
export class BatchRun {
  busy = $state(false);
  command = $state.raw<BatchCommand | null>(null);
  outcomes = $state.raw<Outcome[]>([]);
  /** Why the service did not answer for the rest. */
  error = $state.raw<unknown>(null);
  readonly #deps: BatchDeps;
  #waiting = $state.raw<{ summary: CaseSummary; item: BatchCase }[]>([]);
  /** Cases of one link belong together, also where they do not fit into one request. */
  #anchor: BatchCase | null = null;

  constructor(deps: BatchDeps) {
    this.#deps = deps;
  }

  async run(command: BatchCommand, cases: readonly CaseSummary[]): Promise<void> {
    if (this.busy) return;
    this.command = command;
    this.outcomes = [];
    this.#waiting = cases.map((summary) => ({ summary, item: itemOf(command, summary) }));
    this.#anchor = command.kind === 'link' ? (this.#waiting[0]?.item ?? null) : null;
    await this.again();
  }

  /** Goes on with those the service did not answer for: messages keep their ids, so none is sent twice. */
  async again(): Promise<void> {
    const { command } = this;
    if (this.busy || !command) return;
    this.busy = true;
    this.error = null;
    try {
      while (this.#waiting.length > 0) await this.#step(command);
    } catch (error) {
      this.error = error;
      this.#deps.onError(error);
    } finally {
      this.busy = false;
    }
  }

  get left(): number {
    return this.#waiting.length;
  }

  forget(): void {
    if (this.busy) return;
    this.command = null;
    this.outcomes = [];
    this.error = null;
    this.#waiting = [];
  }

  async #step(command: BatchCommand): Promise<void> {
    const anchor = this.#anchor;
    const apart = anchor && this.#waiting[0]?.item !== anchor ? [anchor] : [];
    const part = this.#waiting.slice(0, BATCH_CASES_MAX - apart.length);
    const { results } = await this.#deps.api.batch({ cases: [...apart, ...part.map(({ item }) => item)], command });
    const byId = new Map<CaseId, BatchResult>(results.map((result) => [result.case_id, result]));
    this.#waiting = this.#waiting.slice(part.length);
    this.outcomes = [...this.outcomes, ...part.map(({ summary, item }) => ({ case: summary, result: byId.get(item.case_id) ?? null }))];
    for (const { case: after } of results) if (after) this.#deps.onCase(after);
  }
}

function itemOf(command: BatchCommand, { case_id, version }: CaseSummary): BatchCase {
  return { case_id, version, ...(command.kind === 'message' ? { message_id: newId() } : {}) };
}
