import type { AlertId, CaseId, CaseSummary, DeskId, ProvisionalAlert, StaffId } from '@protocol';
import { drillsLast } from '../lib/cases/drill';
import { countTabs, heldOrder, provisionalOf, queueOf, type QueueQuery, type Tab, type TabCount } from '../lib/cases/queue';

export interface QueueDeps {
  cases: () => ReadonlyMap<CaseId, CaseSummary>;
  provisional: () => ReadonlyMap<AlertId, ProvisionalAlert>;
  me: () => StaffId;
  desk: () => DeskId | null;
  /** The case that an alert has become, where that is known. */
  caseOf: (alert: ProvisionalAlert) => CaseId | null;
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
  /** Only the cases of a group are listed, under this name. */
  group = $state.raw<{ name: string; only: ReadonlySet<CaseId> } | null>(null);
  readonly #deps: QueueDeps;
  /** Rows as they lay when the pointer came; null while it is elsewhere. */
  #held = $state.raw<Queued[] | null>(null);

  readonly counts: Record<Tab, TabCount> = $derived.by(() => {
    const { cases, provisional, me, desk } = this.#deps;
    return countTabs(cases().values(), provisional().values(), me(), desk());
  });

  readonly #wanted: QueueRow[] = $derived.by(() => {
    const query: QueueQuery = {
      tab: this.tab,
      me: this.#deps.me(),
      desk: this.#deps.desk(),
      search: this.search,
      searchable: this.#deps.searchable,
      only: this.group?.only ?? null,
    };
    const rows: QueueRow[] = [
      ...provisionalOf(this.#deps.provisional().values(), query).map(rowOf),
      ...queueOf(this.#deps.cases().values(), query).map(rowOf),
    ];
    // A drill that waits to be recorded also comes behind every real case.
    return rows.sort((a, b) => drillsLast(shownBy(a), shownBy(b)));
  });

  readonly rows: QueueRow[] = $derived.by(() => {
    const held = this.#held;
    if (!held) return this.#wanted;
    return held.map((old) => {
      const item = this.#present(old);
      return item ?? { ...old, gone: true };
    });
  });

  /** Rows that belong into the list and wait for the pointer to leave. */
  readonly waiting: Queued[] = $derived.by(() => {
    if (!this.#held) return [];
    const waiting = new Set(heldOrder(idsOf(this.#held), idsOf(this.#wanted)).waiting);
    return this.#wanted.filter(({ id }) => waiting.has(id));
  });

  /** The pointer rests on the list. */
  get isHeld(): boolean {
    return this.#held !== null;
  }

  constructor(deps: QueueDeps) {
    this.#deps = deps;
  }

  hold(): void {
    this.#held ??= this.#wanted;
  }

  /**
   * Rows of alerts that were recorded in another case, a press again, make room: their case has a row of its own. Above the row
   * `under` the pointer they stay, for it must not move; over one of them the list closes up.
   */
  closeUp(under: CaseId | null): void {
    const held = this.#held;
    if (!held) return;
    const isElsewhere = ({ id, alert }: Queued) => alert !== undefined && (this.#deps.caseOf(alert) ?? id) !== id;
    const at = held.findIndex((row) => row.id === under && !isElsewhere(row));
    const kept = held.filter((row, i) => i < at || !isElsewhere(row));
    if (kept.length < held.length) this.#held = kept;
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

  /** Lists the cases of a group only; null: all again. */
  showGroup(group: { name: string; cases: readonly CaseSummary[] } | null): void {
    this.group = group && { name: group.name, only: new Set(group.cases.map((c) => c.case_id)) };
    if (group) {
      this.search = '';
      this.tab = group.cases.some((c) => c.state === 'open') ? 'unclaimed' : 'claimed';
    }
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
  #present({ id, alert }: Queued): QueueRow | null {
    const summary = this.#deps.cases().get(id);
    if (summary) return rowOf(summary);
    return alert && this.#deps.provisional().has(alert.alert.alert_id) ? rowOf(alert) : null;
  }
}

const ROWS = new WeakMap<CaseSummary | ProvisionalAlert, QueueRow>();

/** The same row for as long as what it shows is the same: only rows that changed are drawn anew. */
function rowOf(item: CaseSummary | ProvisionalAlert): QueueRow {
  const known = ROWS.get(item);
  if (known) return known;
  const made = 'alert' in item ? { id: item.case_id, alert: item, gone: false } : { id: item.case_id, summary: item, gone: false };
  ROWS.set(item, made);
  return made;
}

/** What a row shows. */
export function shownBy(item: Queued): CaseSummary | ProvisionalAlert {
  return item.alert ?? item.summary;
}

function idsOf(items: readonly Queued[]): CaseId[] {
  return items.map(({ id }) => id);
}
