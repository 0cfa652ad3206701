import type { AlertId, CaseId, CaseSummary, DeskId, ProvisionalAlert, StaffId } from '@protocol';
import { drillsLast } from '../lib/cases/drill';
import { countTabs, heldOrder, provisionalOf, queueOf, type QueueQuery, type Tab, type TabCount } from '../lib/cases/queue';

export interface QueueDeps {
  cases: () => ReadonlyMap<CaseId, CaseSummary>;
  provisional: () => ReadonlyMap<AlertId, ProvisionalAlert>;
  me: () => StaffId;
  desk: () => DeskId | null;
  searchable: QueueQuery['searchable'];
}

/** What a row shows: a case, or an alert that waits to be recorded and will open the case of this id. */
export type Queued =
  | { id: CaseId; summary: CaseSummary; alert?: undefined }
  | { id: CaseId; alert: ProvisionalAlert; summary?: undefined };

export type QueueRow = Queued & {
  /** Out of this console's sight, and drawn only because the pointer rests on the list. */
  gone: boolean;
};

/** The list on the left: which tab, which search, and in what order rows are drawn. */
export class QueueView {
  tab = $state<Tab>('unclaimed');
  search = $state('');
  readonly #deps: QueueDeps;
  /** Rows as they lay when the pointer came; null while it is elsewhere. */
  #held = $state.raw<Queued[] | null>(null);

  readonly counts: Record<Tab, TabCount> = $derived.by(() => {
    const { cases, provisional, me } = this.#deps;
    return countTabs(cases().values(), provisional().values(), me());
  });

  readonly #wanted: Queued[] = $derived.by(() => {
    const query: QueueQuery = {
      tab: this.tab,
      me: this.#deps.me(),
      desk: this.#deps.desk(),
      search: this.search,
      searchable: this.#deps.searchable,
    };
    const rows: Queued[] = [
      ...provisionalOf(this.#deps.provisional().values(), query).map((alert) => ({ id: alert.case_id, alert })),
      ...queueOf(this.#deps.cases().values(), query).map((summary) => ({ id: summary.case_id, summary })),
    ];
    // A drill that waits to be recorded also comes behind every real case.
    return rows.sort((a, b) => drillsLast(shownBy(a), shownBy(b)));
  });

  readonly rows: QueueRow[] = $derived.by(() => {
    const held = this.#held;
    if (!held) return this.#wanted.map((item) => ({ ...item, gone: false }));
    return held.map((old) => {
      const item = this.#present(old);
      return item ? { ...item, gone: false } : { ...old, gone: true };
    });
  });

  /** Rows that belong into the list and wait for the pointer to leave. */
  readonly waiting: Queued[] = $derived.by(() => {
    if (!this.#held) return [];
    const { waiting } = heldOrder(idsOf(this.#held), idsOf(this.#wanted));
    return this.#wanted.filter(({ id }) => waiting.includes(id));
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
    const ids = idsOf(this.rows);
    const at = from === null ? -1 : ids.indexOf(from);
    if (at < 0) return ids[0] ?? null;
    return ids[Math.min(ids.length - 1, Math.max(0, at + step))] ?? null;
  }

  /** An alert that was recorded meanwhile is its case now, in the same place. */
  #present({ id, alert }: Queued): Queued | null {
    const summary = this.#deps.cases().get(id);
    if (summary) return { id, summary };
    return alert && this.#deps.provisional().has(alert.alert.alert_id) ? { id, alert } : null;
  }
}

/** What a row shows. */
export function shownBy(item: Queued): CaseSummary | ProvisionalAlert {
  return item.alert ?? item.summary;
}

function idsOf(items: readonly Queued[]): CaseId[] {
  return items.map(({ id }) => id);
}
