import type { CaseId, FigureCases, FigureCasesQuery, Figures, FiguresQuery, Me } from '@protocol';
import { getContext, setContext } from 'svelte';
import { Amounts } from '../../lib/figures/amounts';
import { leadText } from '../../lib/figures/lead_words';
import type { Lead } from '../../lib/figures/leads';
import type { PeriodFault } from '../../lib/figures/periods';
import { FIRST_FILTERS, isNarrowed, loadFilters, queryOf, saveFilters, zoneOf, type Filters } from '../../lib/figures/query';
import type { FigureWords } from '../../lib/figures/words';
import { loadWorld, type World } from '../../lib/figures/world';
import { en } from '../../lib/i18n/figures/en';
import { vi, type FiguresTexts } from '../../lib/i18n/figures/vi';
import { HANOI } from '../../lib/i18n/format';
import { Shelf } from '../admin/shelf.svelte';
import type { Console } from '../console.svelte';
import { Loaded } from '../loaded.svelte';

/** What draws charts. It is large, and comes after the numbers. */
export type Engine = Pick<typeof import('../../lib/figures/engine'), 'drawIn' | 'svgOf'>;

/** What somebody looks at the cases of. */
export interface Behind {
  lead: Lead;
  /** Those that the number stands in. */
  figures: Figures;
  cases: Loaded<FigureCases>;
}

/** The figures: what was asked for, and what came. */
export class FiguresRoom {
  readonly console: Console;
  readonly me: Me;
  filters = $state.raw<Filters>(FIRST_FILTERS);
  /** What is wrong with the period; the figures are those of before. */
  fault = $state.raw<PeriodFault | null>(null);
  behind = $state.raw<Behind | null>(null);
  world = $state.raw<World | null>(null);
  mapFailed = $state(false);
  /** What draws; none while it is being loaded. */
  engine = $state.raw<Engine | null>(null);
  engineFailed = $state(false);
  readonly shelf: Shelf<Figures>;
  readonly t: FiguresTexts = $derived.by(() => (this.console.settings.language === 'en' ? en : vi));
  readonly words: FigureWords = $derived.by(() => {
    const { settings, countries } = this.console;
    return {
      f: this.t,
      t: settings.t,
      format: settings.format,
      amounts: new Amounts(settings.language),
      countryName: countries.name,
    };
  });
  readonly #getEngine: () => Promise<Engine>;
  #query: FiguresQuery | null = null;

  constructor(console: Console, me: Me, getEngine: () => Promise<Engine>) {
    this.#getEngine = getEngine;
    this.console = console;
    this.me = me;
    this.shelf = new Shelf(() => console.api.request<Figures>('POST', '/api/figures', this.#query), this.onError);
    this.filters = loadFilters(console.storage, me.staff_id);
  }

  onError = (error: unknown): void => this.console.session.noticeError(error);

  /** The one desk whose cases they see; none: they may choose. */
  get ownDesk(): string | null {
    return this.me.role === 'supervisor' ? (this.me.desk?.desk_id ?? null) : null;
  }

  /** The desk that is asked for, as far as it is known. */
  get desk() {
    const id = this.ownDesk ?? this.filters.desk;
    const { list } = this.console.desks;
    return list.find((desk) => desk.desk_id === id) ?? (this.me.desk?.desk_id === id ? this.me.desk : null);
  }

  /** The desk whose clock can be chosen beside Hà Nội's: the one asked for, else the officer's own. */
  get clockDesk() {
    const desk = this.desk ?? (this.filters.desk === null ? (this.me.desk ?? null) : null);
    return desk?.time_zone && desk.time_zone !== HANOI ? desk : null;
  }

  get zone(): string {
    return zoneOf(this.filters.clock, this.clockDesk?.time_zone);
  }

  get isNarrowed(): boolean {
    return isNarrowed(this.filters);
  }

  choose = (change: Partial<Filters>): void => {
    this.filters = { ...this.filters, ...change };
    saveFilters(this.console.storage, this.me.staff_id, this.filters);
    void this.load();
  };

  clear = (): void => this.choose({ desk: null, country: null, kind: null, disposition: null });

  load = async (): Promise<void> => {
    const query = queryOf({ ...this.filters, desk: this.ownDesk ?? this.filters.desk }, this.console.now.read(), this.zone);
    this.fault = typeof query === 'string' ? query : null;
    if (typeof query === 'string') return;
    this.#query = query;
    await this.shelf.load();
  };

  loadEngine = async (): Promise<void> => {
    this.engineFailed = false;
    try {
      this.engine = await this.#getEngine();
    } catch {
      this.engineFailed = true;
    }
  };

  loadMap = async (fetcher: typeof fetch): Promise<void> => {
    try {
      this.world = await loadWorld(fetcher);
      this.mapFailed = false;
    } catch {
      this.mapFailed = true;
    }
  };

  /** The cases of the figures that are on the screen, which need not be those last asked for. */
  look = (lead: Lead): void => {
    const figures = this.shelf.value;
    if (!figures) return;
    const { api, clock, random } = this.console;
    const asked: FigureCasesQuery = { query: figures.query, ...lead };
    const cases = new Loaded<FigureCases>({
      ask: () => api.request<FigureCases>('POST', '/api/figures/cases', asked),
      clock,
      random,
      onError: this.onError,
    });
    this.behind = { lead, figures, cases };
    void cases.load();
  };

  /** Which cases a number on the screen leads to. */
  says = (lead: Lead): string => (this.shelf.value ? leadText(lead, this.shelf.value, this.words) : '');

  lookAway = (): void => {
    this.behind = null;
  };

  open = (id: CaseId): void => {
    this.behind = null;
    this.console.showFromFigures(id);
  };
}

const KEY = Symbol('figures');

export function provideFigures(room: FiguresRoom): FiguresRoom {
  return setContext(KEY, room);
}

export function useFigures(): FiguresRoom {
  return getContext<FiguresRoom>(KEY);
}
