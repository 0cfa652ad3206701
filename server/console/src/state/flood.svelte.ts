import type { AlertId, CaseId, CaseSummary, DeskId, ProvisionalAlert } from '@protocol';
import { untrack } from 'svelte';
import { FLOOD_WINDOW_MS } from '../lib/alarm/plan';
import { isDrill } from '../lib/cases/drill';
import { groupsOf, type CaseGroup } from '../lib/cases/groups';
import type { Now } from './now.svelte';

export interface FloodDeps {
  cases: () => ReadonlyMap<CaseId, CaseSummary>;
  provisional: () => ReadonlyMap<AlertId, ProvisionalAlert>;
  now: Now;
  /** Whether the officer answers for this desk. */
  isOwn: (desk: DeskId) => boolean;
}

/** Many cases at once, as a whole. Looked at once a second, however many events come. */
export class Flood {
  readonly #deps: FloodDeps;

  /** Cases that may be one matter. */
  readonly groups: CaseGroup[] = $derived.by(() => {
    void this.#deps.now.ms;
    return untrack(() => groupsOf(this.#deps.cases().values()));
  });

  /** How many real cases came within the window of a flood. */
  readonly recent: number = $derived.by(() => {
    const since = this.#deps.now.ms - FLOOD_WINDOW_MS;
    return untrack(() => {
      let n = 0;
      for (const c of this.#deps.cases().values()) if (c.opened_at_ms > since && this.#counts(c)) n++;
      for (const alert of this.#deps.provisional().values()) if (alert.received_at_ms > since && this.#counts(alert)) n++;
      return n;
    });
  });

  constructor(deps: FloodDeps) {
    this.#deps = deps;
  }

  #counts(item: CaseSummary | ProvisionalAlert): boolean {
    return !isDrill(item) && this.#deps.isOwn(item.desk_id);
  }
}
