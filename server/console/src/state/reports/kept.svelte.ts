import type { CaseId, StaffId } from '@protocol';
import { SvelteMap } from 'svelte/reactivity';
import type { OpenReport } from './open_report.svelte';

interface Kept {
  report: OpenReport;
  end: () => void;
}

/**
 * Reports with text that is not saved. They outlive the page on which they are written: an SOS that is gone to, or a
 * session that ends, takes nothing away. Only in memory: it is about people.
 */
export class KeptReports {
  readonly #kept = new SvelteMap<string, Kept>();

  /** The report as this officer left it, else as `make` begins it. */
  open(staff: StaffId, id: CaseId, make: () => OpenReport): OpenReport {
    const key = keyOf(staff, id);
    const kept = this.#kept.get(key);
    if (kept) return kept.report;
    // What it derives must not end with the page that opens it.
    let report: OpenReport | undefined;
    const end = $effect.root(() => {
      report = make();
    });
    report ??= make();
    this.#kept.set(key, { report, end });
    return report;
  }

  /** The page is left: what is saved need not be kept. */
  leave(staff: StaffId, id: CaseId): void {
    const key = keyOf(staff, id);
    const kept = this.#kept.get(key);
    if (!kept || kept.report.unsaved) return;
    this.#kept.delete(key);
    kept.end();
  }

  has(staff: StaffId, id: CaseId): boolean {
    return this.#kept.get(keyOf(staff, id))?.report.unsaved ?? false;
  }

  /** How many this officer has. */
  count(staff: StaffId): number {
    let n = 0;
    for (const [key, { report }] of this.#kept) if (report.unsaved && key.startsWith(`${staff}/`)) n++;
    return n;
  }

  /** Anybody at all has unsaved text here. */
  get any(): boolean {
    for (const { report } of this.#kept.values()) if (report.unsaved) return true;
    return false;
  }
}

function keyOf(staff: StaffId, id: CaseId): string {
  return `${staff}/${id}`;
}
