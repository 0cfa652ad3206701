import type { CaseId, Me, ReportCounts, ReportList, ReportRow, UnixMs } from '@protocol';
import { getContext, setContext } from 'svelte';
import { en } from '../../lib/i18n/reports/en';
import { vi, type ReportsTexts } from '../../lib/i18n/reports/vi';
import { firstAsked, pathOf, type Asked } from '../../lib/reports/lists';
import type { ReportWording } from '../../lib/reports/words';
import type { Console } from '../console.svelte';
import { OpenReport } from './open_report.svelte';

export type ListStatus = 'loading' | 'more' | 'ready' | 'failed';

/** The reports: the list that is looked at, and the report that is open. */
export class ReportsRoom {
  readonly console: Console;
  readonly me: Me;
  asked = $state.raw<Asked>({ of: 'missing', desk: null });
  rows = $state.raw<ReportRow[]>([]);
  counts = $state.raw<ReportCounts | null>(null);
  /** Where the next page begins; none: there is none. */
  next = $state.raw<number | null>(null);
  at_ms = $state.raw<UnixMs | null>(null);
  /** The report that was open last. */
  lastOpened: CaseId | null = null;
  status = $state<ListStatus>('loading');
  error = $state.raw<unknown>(null);
  readonly t: ReportsTexts = $derived.by(() => (this.console.settings.language === 'en' ? en : vi));
  readonly words: ReportWording = $derived.by(() => ({ r: this.t, t: this.console.settings.t, format: this.console.settings.format }));
  /** Counts the requests, so that a slow old answer does not come over a newer one. */
  #requests = 0;

  constructor(console: Console, me: Me) {
    this.console = console;
    this.me = me;
    this.asked = console.screen.reportsAsked ?? firstAsked(me);
  }

  /** The list anew, as far down as it was shown. */
  load = async (): Promise<void> => {
    const request = ++this.#requests;
    const wanted = this.rows.length;
    this.status = 'loading';
    await this.#work(request, async () => {
      let page = await this.#page(null);
      const rows = [...page.reports];
      while (rows.length < wanted && page.next != null) {
        page = await this.#page(page.next);
        rows.push(...page.reports);
      }
      return { page, rows };
    });
  };

  more = async (): Promise<void> => {
    const { next, rows } = this;
    if (next === null || this.status === 'more') return;
    const request = ++this.#requests;
    this.status = 'more';
    await this.#work(request, async () => {
      const page = await this.#page(next);
      return { page, rows: [...rows, ...page.reports] };
    });
  };

  choose = (change: Partial<Asked>): void => {
    this.asked = { ...this.asked, ...change };
    this.console.screen.reportsAsked = this.asked;
    this.rows = [];
    this.next = null;
    void this.load();
  };

  /** Brings reports to the ministry: what nobody has saved yet is saved on the way. */
  get maySubmitFirst(): boolean {
    return this.me.role === 'supervisor' || this.me.role === 'duty_officer';
  }

  /** The report of a case, with what this officer wrote there and did not save. */
  open(id: CaseId): OpenReport {
    return this.console.keptReports.open(this.me.staff_id, id, () => new OpenReport(this.console, id));
  }

  leave(id: CaseId): void {
    this.console.keptReports.leave(this.me.staff_id, id);
  }

  isUnsaved = (id: CaseId): boolean => this.console.keptReports.has(this.me.staff_id, id);

  #page(after: number | null): Promise<ReportList> {
    return this.console.api.request<ReportList>('GET', pathOf(this.asked, after));
  }

  async #work(request: number, work: () => Promise<{ page: ReportList; rows: ReportRow[] }>): Promise<void> {
    try {
      const { page, rows } = await work();
      if (request !== this.#requests) return;
      this.rows = rows;
      this.next = page.next ?? null;
      this.counts = page.counts;
      this.at_ms = page.at_ms;
      this.status = 'ready';
      this.error = null;
    } catch (error) {
      this.console.session.noticeError(error);
      if (request !== this.#requests) return;
      this.status = 'failed';
      this.error = error;
    }
  }
}

const KEY = Symbol('reports');

export function provideReports(room: ReportsRoom): ReportsRoom {
  return setContext(KEY, room);
}

export function useReports(): ReportsRoom {
  return getContext<ReportsRoom>(KEY);
}
