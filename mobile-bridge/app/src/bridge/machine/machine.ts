// When to connect, send, resend, ping and give way: a machine without I/O, the same as the Rust core's
// (`mobile-bridge/src/machine`).
//
// It is handed what happened, the time, and the outbox's queue; it answers what to do and when it wants to be woken. It
// keeps no copy of what must be sent: the outbox alone says that, so that the two can never disagree.
import type { Queue } from '../outbox/types';
import * as http from './http_path';
import * as incoming from './incoming';
import * as link from './link';
import * as outgoing from './outgoing';
import { Step, type Below, type Input, type Output, type State } from './types';

export class Machine {
  readonly #state: State;

  /** A machine that is not connected. `below` spreads the reconnects of many phones. */
  constructor(below: Below) {
    this.#state = {
      below,
      link: { at: 'down', retry_at: null },
      failures: 0,
      attempt_at: null,
      yield_until: 0,
      newest_press: null,
      sent: new Map(),
      calls: new Map(),
    };
  }

  /** Deals with one input at `now`; `queue` is the outbox's view of this moment. */
  handle(now: number, input: Input, queue: Queue): Output[] {
    const step = new Step(now, queue);
    this.#take(step, input);
    link.pressConnectsAtOnce(this.#state, step);
    link.timers(this.#state, step);
    outgoing.sendWhatIsDue(this.#state, step);
    http.calls(this.#state, step);
    return step.out;
  }

  /** When a `tick` is wanted next, whatever else happens; null if nothing is to be done by itself. */
  wakeAt(queue: Queue): number | null {
    const m = this.#state;
    const wishes = [link.wake(m, new Step(0, queue)), outgoing.wake(m), http.wake(m)];
    const times = wishes.filter((at) => at !== null);
    return times.length > 0 ? Math.min(...times) : null;
  }

  #take(step: Step, input: Input): void {
    const m = this.#state;
    switch (input.kind) {
      case 'tick':
        return;
      case 'connected':
        return link.connected(m, step);
      case 'disconnected':
        return link.disconnected(m, step);
      case 'frame':
        return incoming.frame(m, step, input.frame);
      case 'heard':
        return link.heard(m, step);
      case 'queue_changed':
        return outgoing.forgetAnswered(m, step);
      case 'acted':
        return link.acted(m, step);
      case 'enrolled':
        return link.enrolled(m, step);
      case 'network_changed':
        return link.networkChanged(m, step);
      case 'http':
        return http.ended(m, step, input.alert_id, input.call, input.result);
    }
  }
}
