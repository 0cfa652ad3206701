import type { ProvisionalAlert, UnixMs } from '@protocol';
import type { Clock } from '../lib/time/clock';

/** What was not told again for this long after a snapshot cleared it waits no longer: it is told every 2 s. */
const GONE_AFTER_MS = 5_000;

export interface OpenAlertDeps {
  clock: Clock;
  /** Whether it still waits to be recorded, as far as this console has heard. */
  waits: (alert: ProvisionalAlert) => boolean;
}

/** The alert on the right, in place of a case that does not exist yet. */
export class OpenAlert {
  alert = $state.raw<ProvisionalAlert | null>(null);
  /** It waits no longer, and in which case it was recorded is not known here. */
  gone = $state(false);
  readonly #deps: OpenAlertDeps;
  #missedAt: UnixMs | null = null;

  constructor(deps: OpenAlertDeps) {
    this.#deps = deps;
  }

  open(alert: ProvisionalAlert): void {
    this.alert = alert;
    this.gone = false;
    this.#missedAt = null;
  }

  close(): void {
    this.alert = null;
  }

  /** Once a second. */
  tick(): void {
    if (!this.alert) return;
    const now = this.#deps.clock.now();
    this.#missedAt = this.#deps.waits(this.alert) ? null : (this.#missedAt ?? now);
    this.gone = this.#missedAt !== null && now - this.#missedAt >= GONE_AFTER_MS;
  }
}
