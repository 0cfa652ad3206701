// Sends safe check-ins: the oldest that waits first, one at a time, until each is answered.
import type { CheckIn } from '@protocol';
import type { Clock } from './ambient';
import { CallError, waitedMs, type Fetch } from './calls';
import { deviceRequest, isFinal } from './device_request';
import type { Holder } from './holder';
import { calmMs } from './machine/backoff';
import type { Below } from './machine/types';

export interface CheckInParts {
  holder: Holder;
  fetch: Fetch;
  clock: Clock;
  below: Below;
  /** What is in the outbox may be other than before. */
  changed: () => void;
}

export class CheckInSender {
  readonly #parts: CheckInParts;
  #running = false;
  #again = false;
  #failures = 0;
  #cancelWait: () => void = () => {};

  constructor(parts: CheckInParts) {
    this.#parts = parts;
  }

  /** Sends what waits, now. */
  nudge(): void {
    this.#again = true;
    if (!this.#running) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running = true;
    this.#cancelWait();
    while (this.#again) {
      this.#again = false;
      while (await this.#sendNext()) this.#failures = 0;
    }
    this.#running = false;
  }

  /** Tells whether there may be more to send at once. */
  async #sendNext(): Promise<boolean> {
    const { holder, fetch, clock } = this.#parts;
    try {
      const outbox = await holder.use((opened) => Promise.resolve(opened));
      const next = await outbox.checkIns.next();
      // It goes out once the phone is enrolled: that nudges.
      if (!next || !(await outbox.identity())) return false;
      const { check_in_id, at_ms, position } = next;
      const waited_ms = waitedMs(at_ms, clock.now());
      const json: CheckIn = { check_in_id, ...(waited_ms !== undefined && { waited_ms }), ...(position && { position }) };
      try {
        await deviceRequest(fetch, outbox, { method: 'POST', path: '/api/device/check-ins', json });
        await outbox.checkIns.accepted(check_in_id);
      } catch (error) {
        if (!(error instanceof CallError && isFinal(error.code))) throw error;
        await outbox.checkIns.drop(check_in_id);
      }
      this.#parts.changed();
      return true;
    } catch {
      this.#failures++;
      this.#cancelWait = clock.after(calmMs(this.#parts.below, this.#failures), () => this.nudge());
      return false;
    }
  }
}
