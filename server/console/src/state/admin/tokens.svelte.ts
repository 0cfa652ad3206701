import type { TokenMade, TokenView } from '@protocol';
import type { Held, Office } from './office.svelte';

/** Tokens of other systems: making one, which is shown once, and revoking one. */
export class TokenWork implements Held {
  made = $state.raw<TokenMade | null>(null);
  /** What is under way; nothing else is begun meanwhile. */
  busy = $state<'make' | 'revoke' | null>(null);
  /** What failed last. */
  failed = $state<'make' | 'revoke' | null>(null);
  error = $state.raw<unknown>(null);
  readonly #office: Office;

  constructor(office: Office) {
    this.#office = office;
  }

  /** A token on the screen is lost with it. */
  get dirty(): boolean {
    return this.made !== null || this.busy === 'make';
  }

  get warning(): Held['warning'] {
    const { leaveTitle: title, leaveLead: lead, leaveGo: go } = this.#office.t.tokens;
    return { title, lead, go };
  }

  discard = (): void => {
    this.made = null;
    this.failed = null;
    this.error = null;
  };

  /** A request that was not answered is not made again: a token may have been made by it. */
  make(body: { name: string; desk?: string; purposes: TokenView['purposes']; days: number }): Promise<boolean> {
    return this.#do('make', async () => {
      this.made = await this.#office.api.makeToken(body);
    });
  }

  revoke(id: string): Promise<boolean> {
    return this.#do('revoke', () => this.#office.api.revokeToken(id));
  }

  async #do(what: 'make' | 'revoke', work: () => Promise<unknown>): Promise<boolean> {
    if (this.busy !== null) return false;
    this.busy = what;
    this.discard();
    try {
      await work();
      return true;
    } catch (error) {
      this.error = error;
      this.failed = what;
      this.#office.onError(error);
      return false;
    } finally {
      this.busy = null;
      void this.#office.tokens.load();
    }
  }
}
