import type { Me } from '@protocol';
import type { Api } from '../lib/api';
import { ApiError, isPassing } from '../lib/http/problem';
import type { Clock } from '../lib/time/clock';
import { retry, type RetryPolicy } from '../lib/time/retry';

/** Until the service answers: without it the console has nothing to show, so it does not give up for a long time. */
const FIRST_LOOK: RetryPolicy = { attempts_max: 1_000, base_ms: 1_000, max_ms: 5_000, worthwhile: isPassing };

export type SessionState = 'unknown' | 'unreachable' | 'out' | 'in';

/** Who is signed in. */
export class Session {
  state = $state<SessionState>('unknown');
  me = $state.raw<Me | null>(null);
  /** The session ended by itself, not by signing out. */
  ended = $state(false);
  readonly #api: Api;
  readonly #clock: Clock;
  readonly #random: () => number;

  constructor(deps: { api: Api; clock: Clock; random: () => number }) {
    this.#api = deps.api;
    this.#clock = deps.clock;
    this.#random = deps.random;
  }

  /** Looks whether a session is open already. */
  async look(): Promise<void> {
    try {
      this.#entered(await retry(() => this.#lookOnce(), FIRST_LOOK, this.#clock, this.#random));
    } catch {
      this.state = 'out';
    }
  }

  async #lookOnce(): Promise<Me> {
    try {
      return await this.#api.me();
    } catch (error) {
      if (isPassing(error)) this.state = 'unreachable';
      throw error;
    }
  }

  async signIn(login: string, password: string): Promise<void> {
    this.#entered(await this.#api.signIn({ login, password }));
  }

  async signOut(): Promise<void> {
    await this.#api.signOut();
    this.#left(false);
  }

  async startShift(): Promise<void> {
    this.me = await this.#api.startShift();
  }

  async endShift(): Promise<void> {
    this.me = await this.#api.endShift();
  }

  /** To be told of every refused request: the service may end a session at any time. */
  noticeError(error: unknown): void {
    if (this.state === 'in' && error instanceof ApiError && error.code === 'not_signed_in') this.#left(true);
  }

  noticeSignedOut(): void {
    if (this.state === 'in') this.#left(true);
  }

  #entered(me: Me): void {
    this.me = me;
    this.ended = false;
    this.state = 'in';
  }

  #left(ended: boolean): void {
    this.me = null;
    this.ended = ended;
    this.state = 'out';
  }
}
