import type { CaseId, CaseSummary, DeskId, StaffId } from '@protocol';
import { countTabs, heldOrder, queueOf, type Tab } from '../lib/cases/queue';

export interface QueueDeps {
  cases: () => ReadonlyMap<CaseId, CaseSummary>;
  me: () => StaffId;
  desk: () => DeskId | null;
  searchable: (summary: CaseSummary) => string;
}

export interface QueueRow {
  summary: CaseSummary;
  /** Out of this console's sight, and drawn only because the pointer rests on the list. */
  gone: boolean;
}

/** The list on the left: which tab, which search, and in what order rows are drawn. */
export class QueueView {
  tab = $state<Tab>('unclaimed');
  search = $state('');
  readonly #deps: QueueDeps;
  /** Rows as they lay when the pointer came; null while it is elsewhere. */
  #held = $state.raw<CaseSummary[] | null>(null);

  readonly counts: Record<Tab, number> = $derived.by(() => countTabs(this.#deps.cases().values(), this.#deps.me()));

  readonly #wanted: CaseSummary[] = $derived.by(() =>
    queueOf(this.#deps.cases().values(), {
      tab: this.tab,
      me: this.#deps.me(),
      desk: this.#deps.desk(),
      search: this.search,
      searchable: this.#deps.searchable,
    }),
  );

  readonly rows: QueueRow[] = $derived.by(() => {
    const held = this.#held;
    if (!held) return this.#wanted.map((summary) => ({ summary, gone: false }));
    const cases = this.#deps.cases();
    return held.map((old) => {
      const summary = cases.get(old.case_id);
      return summary ? { summary, gone: false } : { summary: old, gone: true };
    });
  });

  /** Cases that belong into the list and wait for the pointer to leave. */
  readonly waiting: CaseSummary[] = $derived.by(() => {
    if (!this.#held) return [];
    const ids = (list: CaseSummary[]) => list.map((summary) => summary.case_id);
    const { waiting } = heldOrder(ids(this.#held), ids(this.#wanted));
    return this.#wanted.filter((summary) => waiting.includes(summary.case_id));
  });

  constructor(deps: QueueDeps) {
    this.#deps = deps;
  }

  hold(): void {
    this.#held ??= this.#wanted;
  }

  release(): void {
    this.#held = null;
  }

  /** Draws what waits, with the pointer still there: the officer asked for it. */
  showWaiting(): void {
    if (this.#held) this.#held = this.#wanted;
  }

  choose(tab: Tab): void {
    this.tab = tab;
    this.showWaiting();
  }

  find(text: string): void {
    this.search = text;
    this.showWaiting();
  }

  /** The row `step` away from `from`; the first one when `from` is not in the list. */
  neighbour(from: CaseId | null, step: 1 | -1): CaseId | null {
    const ids = this.rows.map(({ summary }) => summary.case_id);
    const at = from === null ? -1 : ids.indexOf(from);
    if (at < 0) return ids[0] ?? null;
    return ids[Math.min(ids.length - 1, Math.max(0, at + step))] ?? null;
  }
}
