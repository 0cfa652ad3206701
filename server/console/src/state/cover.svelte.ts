import type { Colleague, CoverView, StaffId, UnixMs } from '@protocol';
import type { Api } from '../lib/api';
import type { Clock } from '../lib/time/clock';

/** What is on call changes by the plan of people; looked at again this often while nobody asks. */
export const COVER_REFRESH_MS = 10 * 60_000;

/** Who answers for the desk: rotas, policies, colleagues. */
export class Cover {
  view = $state.raw<CoverView | null>(null);
  failed = $state(false);
  readonly #api: Api;
  readonly #clock: Clock;
  readonly #names = $derived(new Map((this.view?.colleagues ?? []).map((one) => [one.staff_id, one.name])));
  #askedAt: UnixMs = 0;
  #underway = false;

  constructor(deps: { api: Api; clock: Clock }) {
    this.#api = deps.api;
    this.#clock = deps.clock;
  }

  name(id: StaffId): string | null {
    return this.#names.get(id) ?? null;
  }

  /** Who can be given a case of `desk` now: on shift there, and not `me`. */
  onShift(desk: string, me: StaffId): Colleague[] {
    const there = (one: Colleague) => one.on_shift && one.staff_id !== me && one.desk_id === desk;
    return (this.view?.colleagues ?? []).filter(there).sort((a, b) => a.name.localeCompare(b.name));
  }

  /** Another officer may have signed in; nobody sees what the one before was shown. */
  forget(): void {
    this.view = null;
    this.failed = false;
    this.#askedAt = 0;
  }

  /** Once a second: what was looked at once is kept up to date. */
  tick(): void {
    if (this.#askedAt > 0 && this.#clock.now() - this.#askedAt >= COVER_REFRESH_MS) void this.load();
  }

  async load(): Promise<void> {
    if (this.#underway) return;
    this.#underway = true;
    this.#askedAt = this.#clock.now();
    try {
      this.view = await this.#api.cover();
      this.failed = false;
    } catch {
      this.failed = true;
    } finally {
      this.#underway = false;
    }
  }
}
