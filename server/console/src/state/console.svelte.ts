import type { CaseEvent, CaseId, CaseSummary, DeskId, ProvisionalAlert, Seq, TimelineEntry } from '@protocol';
import { getContext, setContext, tick } from 'svelte';
import { askedOf, callKind, callsOf, hearCall } from '../lib/alarm/calls';
import { provisionalRingsOf, ringsOf, type AlarmInput, type Ring } from '../lib/alarm/plan';
import { AlarmPlayer } from '../lib/alarm/player';
import { Api } from '../lib/api';
import type { RoomName } from '../lib/admin/rooms';
import { isDrill } from '../lib/cases/drill';
import { worksCases } from '../lib/cases/may';
import { caseOfAlert } from '../lib/feed/provisional';
import type { SocketLike } from '../lib/feed/socket';
import type { News } from '../lib/feed/state';
import { describeName, describePlace, type Words } from '../lib/i18n/describe';
import { ApiError } from '../lib/http/problem';
import type { PushBrowser } from '../lib/push/subscribe';
import type { Clock } from '../lib/time/clock';
import { Alarms } from './alarms.svelte';
import { Answers } from './answers.svelte';
import { Attachments } from './attachments';
import { BatchRun } from './batch.svelte';
import { OfficerChannels } from './channels.svelte';
import { Commands } from './commands.svelte';
import { Countries } from './countries.svelte';
import { Cover } from './cover.svelte';
import { Desks } from './desks.svelte';
import { CaseEscalation } from './escalation.svelte';
import { Feed } from './feed.svelte';
import { Lookups } from './lookups.svelte';
import { Flood } from './flood.svelte';
import { HandOver } from './hand_over.svelte';
import { Now } from './now.svelte';
import { OpenAlert } from './open_alert.svelte';
import { OpenCase } from './open_case.svelte';
import { Outbox } from './outbox.svelte';
import { Presence } from './presence.svelte';
import { QueueView } from './queue_view.svelte';
import { KeptReports } from './reports/kept.svelte';
import { Screen } from './screen.svelte';
import { ServiceSearch } from './service_search.svelte';
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
  /** Left out where the browser cannot be told of anything. */
  push?: PushBrowser;
}

/** The one place where the parts of the console are put together. */
export class Console {
  readonly api: Api;
  readonly clock: Clock;
  readonly random: () => number;
  readonly storage: Storage | null;
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
  readonly answers: Answers;
  readonly lookups: Lookups;
  readonly presence: Presence;
  readonly queue: QueueView;
  readonly cover: Cover;
  readonly escalation: CaseEscalation;
  readonly search: ServiceSearch;
  readonly flood: Flood;
  readonly batch: BatchRun;
  readonly handOver: HandOver;
  readonly channels: OfficerChannels;
  readonly deskChannels: OfficerChannels;
  readonly screen = new Screen();
  readonly keptReports = new KeptReports();
  /** Read aloud by screen readers. */
  announcement = $state('');

  readonly words: Words;
  /** Steps that told this officer by name, and what was asked of them and is on the screen since. */
  #calls: ReadonlyMap<CaseId, Seq> = new Map();
  readonly #opened = new Set<string>();

  constructor(platform: Platform) {
    const { clock, random } = platform;
    const api = new Api(platform);
    this.api = api;
    this.clock = clock;
    this.random = random;
    this.storage = platform.storage;
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
      onPresence: (id, officers) => this.presence.hear(id, officers),
      onSignedOut: () => this.session.noticeSignedOut(),
    });
    this.open = new OpenCase({
      api,
      clock,
      random,
      me: () => this.session.me,
      live: (id) => this.feed.case(id),
      isVisible: platform.isVisible,
      onLoaded: (id, timeline) => this.#hearCalls(id, timeline),
      onError: (error) => this.session.noticeError(error),
    });
    this.openAlert = new OpenAlert({
      clock,
      waits: (alert) => this.feed.state.provisional.has(alert.alert.alert_id),
    });
    const onAnswer = this.feed.learn.bind(this.feed);
    this.commands = new Commands({ api, onAnswer, onError: (error) => this.#commandFailed(error) });
    this.outbox = new Outbox({ api, clock, random, onAnswer, onError: (error) => this.session.noticeError(error) });
    const onError = (error: unknown) => this.session.noticeError(error);
    this.attachments = new Attachments({ api, onError });
    this.answers = new Answers({ api, clock, random, onAnswer, onError });
    this.lookups = new Lookups({ api, clock, random, onError });
    this.presence = new Presence({
      clock,
      looking: () => (platform.isVisible() && this.open.status === 'ready' ? this.open.id : null),
      say: (id, typing) => this.feed.look(id, typing),
    });
    this.queue = new QueueView({
      cases: () => this.feed.state.cases,
      provisional: () => this.feed.state.provisional,
      me: () => this.session.me?.staff_id ?? '',
      desk: () => this.session.me?.desk?.desk_id ?? null,
      caseOf: (alert) => caseOfAlert(this.feed.state, alert),
      searchable: (item) => this.searchable(item),
    });
    this.cover = new Cover({ api, clock });
    this.escalation = new CaseEscalation({ api, clock, now: () => this.now.read(), onError });
    this.search = new ServiceSearch({ api, clock, onError });
    this.flood = new Flood({
      cases: () => this.feed.state.cases,
      provisional: () => this.feed.state.provisional,
      now: this.now,
      isOwn: (desk) => this.#isOwnDesk(desk),
    });
    this.batch = new BatchRun({ api, onCase: (summary) => onAnswer({ case: summary }), onError });
    this.handOver = new HandOver({ api, onAnswer, onError });
    const push = platform.push ?? NO_PUSH;
    const channels = { api, clock, push, storage: platform.storage, me: () => this.session.me?.staff_id ?? '', onError };
    this.channels = new OfficerChannels('mine', channels);
    this.deskChannels = new OfficerChannels('desk', channels);
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
    this.presence.tick();
    this.alarms.tick();
    this.escalation.tick();
    this.cover.tick();
  }

  /** How many P1 nobody has claimed, at the desks of this console; those in no case yet are among them, drills not. */
  readonly urgent: number = $derived.by(() => {
    const desks = this.#ownDesks();
    const counts = (item: CaseSummary | ProvisionalAlert) =>
      !isDrill(item) && (desks.size === 0 || desks.has(item.desk_id));
    const { cases, provisional } = this.feed.state;
    let n = 0;
    for (const c of cases.values()) if (c.state === 'open' && c.priority === 'p1' && counts(c)) n++;
    for (const alert of provisional.values()) if (counts(alert)) n++;
    return n;
  });

  /** What rings at this console and is no drill, the most urgent first. */
  get ringing(): Ring[] {
    const real = this.#alarmInput().rings.filter((ring) => !ring.drill);
    return [...new Map(real.map((ring) => [ring.caseId, ring])).values()].sort((a, b) => a.priority.localeCompare(b.priority));
  }

  /** One ring in words: who, and where. */
  sayRing(ring: Ring): string {
    return this.#sayRing(ring) ?? this.settings.t.alarm.grouped(1);
  }

  /** Opens a room of the office. A case on the screen is left: nobody looks at it meanwhile. */
  openRoom(room: RoomName): void {
    this.leaveCase();
    this.screen.figures = false;
    this.screen.reports = null;
    this.screen.room = room;
  }

  leaveOffice(): void {
    this.screen.room = null;
  }

  /** Opens the figures. A case on the screen is left: nobody looks at it meanwhile. */
  openFigures(): void {
    this.leaveCase();
    this.screen.room = null;
    this.screen.reports = null;
    this.screen.figures = true;
  }

  leaveFigures(): void {
    this.screen.figures = false;
    this.screen.fromFigures = false;
  }

  /** A case behind a figure; from it there is a way back. */
  showFromFigures(id: CaseId): void {
    this.show(id);
    this.screen.fromFigures = true;
  }

  /** Opens the list of reports, or the report of a case. A case on the screen is left: nobody looks at it meanwhile. */
  openReports(report: CaseId | null = null): void {
    const fromCase = report !== null && this.open.id === report && this.screen.fromReport === null;
    this.leaveCase();
    this.screen.room = null;
    this.leaveFigures();
    this.screen.reports = { report, fromCase };
  }

  /** One of the list, or the list again. */
  openReport(report: CaseId | null): void {
    this.screen.reports = { report, fromCase: false };
  }

  leaveReports(): void {
    this.screen.reports = null;
    this.screen.fromReport = null;
  }

  /** The case of a report; from it there is a way back. */
  showFromReport(id: CaseId): void {
    this.show(id);
    this.screen.fromReport = id;
  }

  /** The case on the right, or the one that the alert there will open. */
  get shown(): CaseId | null {
    return this.openAlert.alert?.case_id ?? this.open.id;
  }

  /** Shows a case, or the alert that will open it. */
  show(id: CaseId): void {
    const alert = this.feed.case(id) ? null : this.feed.alert(id);
    this.commands.dismiss();
    this.screen.justClosed = null;
    if (alert) {
      this.open.close();
      this.openAlert.open(alert);
    } else {
      this.openAlert.close();
      this.open.open(id);
    }
    this.#answerAsked(id);
    this.screen.pane = 'case';
    this.screen.room = null;
    this.leaveFigures();
    this.leaveReports();
  }

  leaveCase(): void {
    this.screen.justClosed = null;
    this.screen.fromFigures = false;
    this.screen.fromReport = null;
    this.open.close();
    this.openAlert.close();
    this.screen.pane = 'queue';
  }

  async signOut(): Promise<void> {
    await this.session.signOut();
    this.leaveCase();
    this.leaveOffice();
    this.leaveFigures();
    this.leaveReports();
    this.screen.reportsAsked = null;
    this.cover.forget();
    this.#calls = new Map();
    await this.alarms.disarm();
  }

  async endShift(): Promise<void> {
    await this.session.endShift();
    await this.alarms.disarm();
  }

  #hear(news: News[]): void {
    this.open.hear(news);
    this.escalation.hear(news);
    const me = this.session.me?.staff_id ?? '';
    const settled = new Set<string>();
    for (const item of news) {
      if (item.kind !== 'event') continue;
      const { event } = item.entry;
      this.#announceOffer(item.caseId, event);
      this.#calls = hearCall(this.#calls, item.caseId, item.entry, me);
      if (event.kind === 'message') settled.add(event.message_id);
      else if (event.kind === 'note') settled.add(event.note_id);
      else if (event.kind === 'answered') this.answers.settle(item.caseId, event.question, event.text);
    }
    if (settled.size > 0) this.outbox.settle(settled);
    this.#followAlert();
    this.alarms.look();
  }

  /** Steps of before this page was opened, or loaded anew, that told this officer by name. */
  #hearCalls(id: CaseId, timeline: readonly TimelineEntry[]): void {
    const me = this.session.me?.staff_id ?? '';
    this.#calls = timeline.reduce((calls, entry) => hearCall(calls, id, entry, me), this.#calls);
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
    const hearer = { me: me?.staff_id ?? '', desks, calls: this.#calls, opened: this.#opened };
    return [
      ...ringsOf(cases.values(), desks, hearer.me),
      ...provisionalRingsOf(provisional.values(), desks, ministry),
      ...callsOf(cases.values(), hearer),
    ];
  }

  /** What was asked of the officer is on the screen now. */
  #answerAsked(id: CaseId): void {
    const c = this.feed.case(id);
    const asked = c && this.session.me && askedOf(c, this.session.me.staff_id);
    if (asked) this.#opened.add(asked);
  }

  #isOwnDesk(desk: DeskId): boolean {
    const desks = this.#ownDesks();
    return desks.size === 0 || desks.has(desk);
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

  /** The case was offered to this officer's desk, or assigned to this officer. */
  #announceOffer(id: CaseId, event: CaseEvent): void {
    const { me } = this.session;
    const c = this.feed.case(id);
    if (!me || !c) return;
    const { offer, assigned } = this.settings.t.work;
    const said =
      event.kind === 'offered' && event.to === me.desk?.desk_id
        ? offer.ours(this.desks.name(c.desk_id))
        : event.kind === 'assigned' && event.to === me.staff_id && assigned.you(this.settings.format.clock(this.now.read()));
    if (said) this.announcement = `${describeName(c, this.words)}. ${said}`;
  }

  #sayRing({ key, caseId, alertId, told }: Ring): string | null {
    const { alarm } = this.settings.t;
    const alert = alertId && this.feed.state.provisional.get(alertId);
    if (alert) return alarm.newUnrecorded(describePlace(alert, this.words));
    const c = this.feed.case(caseId);
    if (!c) return null;
    const name = describeName(c, this.words);
    if (told) return this.settings.t.shiftWork.alarm[callKind(key)](name);
    if (c.duress_at_ms != null) return alarm.duress(name);
    return c.presses > 1 ? alarm.pressedAgain(name) : alarm.newOne(name, describePlace(c, this.words));
  }

  /** Everything of a case or alert that can be searched for. */
  searchable(item: CaseSummary | ProvisionalAlert): string {
    const { t } = this.settings;
    const place = describePlace(item, this.words);
    const drill = isDrill(item) && t.drill.badge;
    if ('alert' in item) return [drill, t.provisional.badge, place, item.alert.text].filter(Boolean).join(' ');
    const duress = item.duress_at_ms != null && t.duress.badge;
    const { worker_name, case_no, owner, employer, address } = item;
    return [drill, duress, worker_name, case_no, place, owner?.name, employer, address, ...(item.tags ?? [])]
      .filter(Boolean)
      .join(' ');
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

const NO_PUSH: PushBrowser = {
  permission: () => null,
  ask: async () => 'denied',
  manager: () => Promise.reject(new Error('no push')),
};

const KEY = Symbol('console');

export function provideConsole(console: Console): Console {
  return setContext(KEY, console);
}

export function useConsole(): Console {
  return getContext<Console>(KEY);
}
