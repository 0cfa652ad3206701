import type { CaseAnswer, CaseId, CaseSummary, FeedFrame, PresentOfficer, ProvisionalAlert, UnixMs } from '@protocol';
import type { Api } from '../lib/api';
import { laterFix } from '../lib/cases/position';
import { linkState, type Link } from '../lib/feed/link';
import { FeedSocket, type SocketLike } from '../lib/feed/socket';
import { asked, emptyFeed, isBehind, reduce, type FeedState, type News } from '../lib/feed/state';
import type { Clock } from '../lib/time/clock';
import type { Now } from './now.svelte';

/** Frames that come faster than this are drawn together, in milliseconds; the first one is drawn at once. */
const DRAW_INTERVAL_MS = 50;
/** Most frames that wait to be drawn; past it they are drawn at once. */
const WAITING_FRAMES_MAX = 2_000;
/** A console that has been behind for this long asks again. */
const BEHIND_MS = 2_000;

export interface FeedDeps {
  api: Api;
  clock: Clock;
  now: Now;
  random: () => number;
  openSocket: (subprotocol: string) => SocketLike;
  onNews: (news: News[]) => void;
  onPresence: (caseId: CaseId, officers: PresentOfficer[]) => void;
  onSignedOut: () => void;
}

/** The live queue. */
export class Feed {
  state = $state.raw<FeedState>(emptyFeed);
  link = $state<Link>('connecting');
  /** Last word of the service, by the console's clock shifted to the server's. */
  heardAt = $state.raw<UnixMs | null>(null);

  readonly #deps: FeedDeps;
  readonly #socket: FeedSocket;
  #startedAt: UnixMs = 0;
  #heardLocal: UnixMs | null = null;
  #waiting: FeedFrame[] = [];
  #drawnAt = 0;
  #drawPlanned = false;
  #callOffResume: (() => void) | null = null;

  constructor(deps: FeedDeps) {
    this.#deps = deps;
    this.#socket = new FeedSocket({
      clock: deps.clock,
      random: deps.random,
      openSocket: deps.openSocket,
      getTicket: async () => (await deps.api.feedTicket()).ticket,
      cursor: () => (this.state.synced ? this.state.cursor : null),
      onHello: () => {
        this.state = asked(this.state, 'hello');
      },
      onFrame: (frame, at) => this.#hear(frame, at),
      onSignedOut: deps.onSignedOut,
    });
  }

  start(): void {
    this.#startedAt = this.#deps.clock.now();
    this.#heardLocal = null;
    this.state = emptyFeed;
    this.#socket.start();
    this.tick();
  }

  stop(): void {
    this.#socket.stop();
    this.#callOffResume?.();
    this.#callOffResume = null;
    this.#waiting = [];
    this.state = emptyFeed;
  }

  /** Says which case is open here. */
  look(caseId: CaseId | null, typing: boolean): void {
    this.#socket.look(caseId, typing);
  }

  hurry(): void {
    this.#socket.hurry();
  }

  tick(): void {
    this.link = linkState(this.#heardLocal, this.#startedAt, this.#deps.clock.now());
  }

  get silentMs(): number {
    return this.#deps.clock.now() - (this.#heardLocal ?? this.#startedAt);
  }

  get lostSince(): UnixMs {
    return this.heardAt ?? this.#startedAt;
  }

  case(id: CaseId | null): CaseSummary | null {
    return (id && this.state.cases.get(id)) || null;
  }

  /** The alert that waits to be recorded and will open the case `id`. */
  alert(id: CaseId): ProvisionalAlert | null {
    return [...this.state.provisional.values()].find((alert) => alert.case_id === id) ?? null;
  }

  /** The answer to a command may be here before the feed's event of it. */
  learn(answer: CaseAnswer): void {
    const known = this.state.cases.get(answer.case.case_id);
    if (!known || answer.case.last_seq < known.last_seq) return;
    const cases = new Map(this.state.cases);
    cases.set(answer.case.case_id, { ...answer.case, position: laterFix(known.position, answer.case.position) });
    this.state = { ...this.state, cases };
  }

  #hear(frame: FeedFrame, at: UnixMs): void {
    this.#heardLocal = at;
    if (frame.type === 'snapshot' || frame.type === 'heartbeat') this.#deps.now.heardServer(frame.server_time_ms);
    this.heardAt = this.#deps.now.read();
    this.tick();
    if (frame.type === 'presence') return this.#deps.onPresence(frame.case_id, frame.officers);
    this.#waiting.push(frame);
    const soon = this.#drawnAt + DRAW_INTERVAL_MS - at;
    if (soon <= 0 || this.#waiting.length >= WAITING_FRAMES_MAX) this.#draw();
    else this.#planDraw(soon);
  }

  #planDraw(ms: number): void {
    if (this.#drawPlanned) return;
    this.#drawPlanned = true;
    this.#deps.clock.after(ms, () => {
      this.#drawPlanned = false;
      this.#draw();
    });
  }

  #draw(): void {
    if (this.#waiting.length === 0) return;
    this.#drawnAt = this.#deps.clock.now();
    const { state, news } = reduce(this.state, this.#waiting);
    this.#waiting = [];
    this.state = state;
    if (isBehind(state)) this.#askAgainSoon();
    this.#deps.onNews(news);
  }

  #askAgainSoon(): void {
    this.#callOffResume ??= this.#deps.clock.after(BEHIND_MS, () => {
      this.#callOffResume = null;
      if (!isBehind(this.state)) return;
      this.state = asked(this.state, 'resume');
      this.#socket.resume(this.state.cursor);
    });
  }
}
