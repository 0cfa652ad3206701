import type { CaseId, CaseSummary, DeskId } from '@protocol';
import { getContext, setContext, tick } from 'svelte';
import { ringsOf, type AlarmInput, type Ring } from '../lib/alarm/plan';
import { AlarmPlayer } from '../lib/alarm/player';
import { Api } from '../lib/api';
import { worksCases } from '../lib/cases/may';
import type { SocketLike } from '../lib/feed/socket';
import type { News } from '../lib/feed/state';
import { describeName, describePlace, type Words } from '../lib/i18n/describe';
import { ApiError } from '../lib/http/problem';
import type { Clock } from '../lib/time/clock';
import { Alarms } from './alarms.svelte';
import { Commands } from './commands.svelte';
import { Countries } from './countries.svelte';
import { Desks } from './desks.svelte';
import { Feed } from './feed.svelte';
import { Now } from './now.svelte';
import { OpenCase } from './open_case.svelte';
import { Outbox } from './outbox.svelte';
import { QueueView } from './queue_view.svelte';
import { Screen } from './screen.svelte';
import { Session } from './session.svelte';
import { Settings } from './settings.svelte';

/** What the console takes from the browser. */
export interface Platform {
  fetch: typeof fetch;
  clock: Clock;
  random: () => number;
  openSocket: (subprotocol: string) => SocketLike;
  isVisible: () => boolean;
  storage: Storage | null;
}

/** The one place where the parts of the console are put together. */
export class Console {
  readonly settings: Settings;
  readonly countries: Countries;
  readonly now: Now;
  readonly session: Session;
  readonly desks: Desks;
  readonly feed: Feed;
  readonly alarms: Alarms;
  readonly open: OpenCase;
  readonly commands: Commands;
  readonly outbox: Outbox;
  readonly queue: QueueView;
  readonly screen = new Screen();
  /** Read aloud by screen readers. */
  announcement = $state('');

  readonly words: Words;

  constructor(platform: Platform) {
    const { clock, random } = platform;
    const api = new Api(platform);
    this.settings = new Settings(platform.storage);
    this.countries = new Countries(this.settings);
    this.words = this.#wordsOfSettings();
    this.now = new Now(clock);
    this.session = new Session({ api, clock, random });
    this.desks = new Desks(api);
    this.feed = new Feed({
      api,
      clock,
      random,
      now: this.now,
      openSocket: platform.openSocket,
      onNews: (news) => this.#hear(news),
      onSignedOut: () => this.session.noticeSignedOut(),
    });
    this.open = new OpenCase({
      api,
      clock,
      random,
      me: () => this.session.me,
      live: (id) => this.feed.case(id),
      isVisible: platform.isVisible,
      onError: (error) => this.session.noticeError(error),
    });
    const onAnswer = this.feed.learn.bind(this.feed);
    this.commands = new Commands({ api, onAnswer, onError: (error) => this.#commandFailed(error) });
    this.outbox = new Outbox({ api, clock, random, onAnswer, onError: (error) => this.session.noticeError(error) });
    this.queue = new QueueView({
      cases: () => this.feed.state.cases,
      me: () => this.session.me?.staff_id ?? '',
      desk: () => this.session.me?.desk?.desk_id ?? null,
      searchable: (summary) => this.#searchable(summary),
    });
    this.alarms = new Alarms({
      api,
      clock,
      random,
      player: new AlarmPlayer(),
      input: () => this.#alarmInput(),
      drawn: tick,
      onFresh: (fresh, grouped) => this.#announce(fresh, grouped),
    });
  }

  /** Once a second. */
  tick(): void {
    this.now.tick();
    this.feed.tick();
    this.open.tick();
    this.alarms.tick();
  }

  /** Cases of P1 that nobody has claimed, at the desks of this console. */
  get urgent(): CaseSummary[] {
    const desks = this.#ownDesks();
    return [...this.feed.state.cases.values()].filter(
      (c) => c.state === 'open' && c.priority === 'p1' && (desks.size === 0 || desks.has(c.desk_id)),
    );
  }

  show(id: CaseId): void {
    this.commands.dismiss();
    this.open.open(id);
    this.screen.pane = 'case';
  }

  leaveCase(): void {
    this.open.close();
    this.screen.pane = 'queue';
  }

  async signOut(): Promise<void> {
    await this.session.signOut();
    this.leaveCase();
    await this.alarms.disarm();
  }

  async endShift(): Promise<void> {
    await this.session.endShift();
    await this.alarms.disarm();
  }

  #hear(news: News[]): void {
    this.open.hear(news);
    const settled = new Set<string>();
    for (const item of news) {
      if (item.kind !== 'event') continue;
      const { event } = item.entry;
      if (event.kind === 'message') settled.add(event.message_id);
      else if (event.kind === 'note') settled.add(event.note_id);
    }
    if (settled.size > 0) this.outbox.settle(settled);
    this.alarms.look();
  }

  #commandFailed(error: unknown): void {
    this.session.noticeError(error);
    if (error instanceof ApiError && error.conflict) void this.open.reload();
  }

  #alarmInput(): AlarmInput {
    const { me } = this.session;
    const onShift = me !== null && worksCases(me) && me.on_shift_since_ms != null;
    return {
      rings: onShift ? ringsOf(this.feed.state.cases.values(), this.#ownDesks()) : [],
      linkLost: this.session.ended || (onShift && this.feed.link === 'red'),
      now: this.now.read(),
    };
  }

  /** The desk of the officer; the ministry's (which are in no country) for a duty officer without one. */
  #ownDesks(): Set<DeskId> {
    const { me } = this.session;
    if (me?.desk) return new Set([me.desk.desk_id]);
    if (me?.role !== 'duty_officer') return new Set();
    return new Set(this.desks.list.filter((desk) => !desk.country).map((desk) => desk.desk_id));
  }

  #announce(fresh: readonly Ring[], grouped: boolean): void {
    const { t } = this.settings;
    if (grouped) {
      this.announcement = t.alarm.grouped(this.urgent.length);
      return;
    }
    this.announcement = fresh
      .flatMap((ring) => this.feed.case(ring.caseId) ?? [])
      .map((c) => {
        const name = describeName(c, this.words);
        return c.presses > 1 ? t.alarm.pressedAgain(name) : t.alarm.newOne(name, describePlace(c, this.words));
      })
      .join('. ');
  }

  #searchable(c: CaseSummary): string {
    return [c.worker_name, c.case_no, describePlace(c, this.words), c.owner?.name].filter(Boolean).join(' ');
  }

  #wordsOfSettings(): Words {
    const { settings, countries } = this;
    return {
      get t() {
        return settings.t;
      },
      get format() {
        return settings.format;
      },
      countryName: countries.name,
    };
  }
}

const KEY = Symbol('console');

export function provideConsole(console: Console): Console {
  return setContext(KEY, console);
}

export function useConsole(): Console {
  return getContext<Console>(KEY);
}
