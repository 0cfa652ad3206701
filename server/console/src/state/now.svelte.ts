import type { UnixMs } from '@protocol';
import type { Clock } from '../lib/time/clock';

/** The time as the screen shows it: the server's, moving on once a second. */
export class Now {
  /** The server's clock, to the second. */
  ms = $state<UnixMs>(0);
  /** How far the server's clock is ahead of this computer's. */
  #offset_ms = 0;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.tick();
  }

  /** The server's clock, exactly. */
  read(): UnixMs {
    return this.#clock.now() + this.#offset_ms;
  }

  tick(): void {
    this.ms = this.read();
  }

  heardServer(server_time_ms: UnixMs): void {
    this.#offset_ms = server_time_ms - this.#clock.now();
    this.tick();
  }
}
