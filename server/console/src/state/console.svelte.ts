import type { CaseId, CaseSummary, DeskId, ProvisionalAlert } from '@protocol';
import { getContext, setContext, tick } from 'svelte';
import { provisionalRingsOf, ringsOf, type AlarmInput, type Ring } from '../lib/alarm/plan';
import { AlarmPlayer } from '../lib/alarm/player';
import { Api } from '../lib/api';
import { isDrill } from '../lib/cases/drill';
import { worksCases } from '../lib/cases/may';
import { caseOfAlert } from '../lib/feed/provisional';
import type { SocketLike } from '../lib/feed/socket';
import type { News } from '../lib/feed/state';
import { describeName, describePlace, type Words } from '../lib/i18n/describe';
import { ApiError } from '../lib/http/problem';
import type { Clock } from '../lib/time/clock';
import { Alarms } from './alarms.svelte';
import { Attachments } from './attachments';
import { Commands } from './commands.svelte';
import { Countries } from './countries.svelte';
import { Desks } from './desks.svelte';
import { Feed } from './feed.svelte';
import { Now } from './now.svelte';
import { OpenAlert } from './open_alert.svelte';
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
  readonly openAlert: OpenAlert;
  readonly commands: Commands;
  readonly outbox: Outbox;
  readonly attachments: Attachments;
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
    this.openAlert = new OpenAlert({
      clock,
      waits: (alert) => this.feed.state.provisional.has(alert.alert.alert_id),
    });
    const onAnswer = this.feed.learn.bind(this.feed);
    this.commands = new Commands({ api, onAnswer, onError: (error) => this.#commandFailed(error) });
    this.outbox = new Outbox({ api, clock, random, onAnswer, onError: (error) => this.session.noticeError(error) });
    this.attachments = new Attachments({ api, onError: (error) => this.session.noticeError(error) });
    this.queue = new QueueView({
      cases: () => this.feed.state.cases,
      provisional: () => this.feed.state.provisional,
      me: () => this.session.me?.staff_id ?? '',
      desk: () => this.session.me?.desk?.desk_id ?? null,
      searchable: (item) => this.#searchable(item),
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
    this.openAlert.tick();
    this.alarms.tick();
  }

  /** How many P1 nobody has claimed, at the desks of this console; those in no case yet are among them, drills not. */
  get urgent(): number {
    const desks = this.#ownDesks();
    const counts = (item: CaseSummary | ProvisionalAlert) =>
      !isDrill(item) && (desks.size === 0 || desks.has(item.desk_id));
    const { cases, provisional } = this.feed.state;
    const unclaimed = [...cases.values()].filter((c) => c.state === 'open' && c.priority === 'p1' && counts(c));
    return unclaimed.length + [...provisional.values()].filter(counts).length;
  }

  /** The case on the right, or the one that the alert there will open. */
  get shown(): CaseId | null {
    return this.openAlert.alert?.case_id ?? this.open.id;
  }

  /** Shows a case, or the alert that will open it. */
  show(id: CaseId): void {
    const alert = this.feed.case(id) ? null : this.feed.alert(id);
    this.commands.dismiss();
    if (alert) {
      this.open.close();
      this.openAlert.open(alert);
    } else {
      this.openAlert.close();
      this.open.open(id);
    }
    this.screen.pane = 'case';
  }

  leaveCase(): void {
    this.open.close();
    this.openAlert.close();
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
    this.#followAlert();
    this.alarms.look();
  }

  /** The alert on the right was recorded: its case takes its place. */
  #followAlert(): void {
    const { alert } = this.openAlert;
    const id = alert && caseOfAlert(this.feed.state, alert);
    if (!id) return;
    this.openAlert.close();
    this.open.open(id);
    this.announcement = this.settings.t.provisional.recorded;
  }

  #commandFailed(error: unknown): void {
    this.session.noticeError(error);
    if (error instanceof ApiError && error.conflict) void this.open.reload();
  }

  #alarmInput(): AlarmInput {
    const { me } = this.session;
    const onShift = me !== null && worksCases(me) && me.on_shift_since_ms != null;
    return {
      rings: onShift ? this.#rings() : [],
      linkLost: this.session.ended || (onShift && this.feed.link === 'red'),
      now: this.now.read(),
    };
  }

  #rings(): Ring[] {
    const { cases, provisional } = this.feed.state;
    const desks = this.#ownDesks();
    const { me } = this.session;
    const ministry = me?.role === 'duty_officer' && !me.desk;
    return [...ringsOf(cases.values(), desks), ...provisionalRingsOf(provisional.values(), desks, ministry)];
  }

  /** The desk of the officer; the ministry's (which are in no country) for a duty officer without one. */
  #ownDesks(): Set<DeskId> {
    const { me } = this.session;
    if (me?.desk) return new Set([me.desk.desk_id]);
    if (me?.role !== 'duty_officer') return new Set();
    return new Set(this.desks.list.filter((desk) => !desk.country).map((desk) => desk.desk_id));
  }

  #announce(fresh: readonly Ring[], grouped: boolean): void {
    const { alarm } = this.settings.t;
    const real = fresh.filter((ring) => !ring.drill);
    const said = grouped && real.length > 0 ? [alarm.grouped(this.urgent)] : real.flatMap((ring) => this.#sayRing(ring) ?? []);
    const drills = fresh.length - real.length;
    if (drills > 0) said.push(alarm.drills(drills));
    this.announcement = said.join('. ');
  }

  #sayRing({ caseId, alertId }: Ring): string | null {
    const { alarm } = this.settings.t;
    const alert = alertId && this.feed.state.provisional.get(alertId);
    if (alert) return alarm.newUnrecorded(describePlace(alert, this.words));
    const c = this.feed.case(caseId);
    if (!c) return null;
    const name = describeName(c, this.words);
    if (c.duress_at_ms != null) return alarm.duress(name);
    return c.presses > 1 ? alarm.pressedAgain(name) : alarm.newOne(name, describePlace(c, this.words));
  }

  #searchable(item: CaseSummary | ProvisionalAlert): string {
    const { t } = this.settings;
    const place = describePlace(item, this.words);
    const drill = isDrill(item) && t.drill.badge;
    if ('alert' in item) return [drill, t.provisional.badge, place, item.alert.text].filter(Boolean).join(' ');
    const duress = item.duress_at_ms != null && t.duress.badge;
    return [drill, duress, item.worker_name, item.case_no, place, item.owner?.name].filter(Boolean).join(' ');
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
