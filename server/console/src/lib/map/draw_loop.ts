import type { FeatureCollection } from 'geojson';
import type { Clock } from '../time/clock';
import type { Marks } from './marks';
import { Redraw } from './redraw';

/** Marks are drawn again at most this often, in milliseconds. */
const DRAW_INTERVAL_MS = 200;

export type Fill = [source: keyof Marks, data: FeatureCollection][];

/** Asks for the marks from time to time, and hands on those that are to be drawn anew. */
export class DrawLoop {
  readonly #clock: Clock;
  readonly #isReady: () => boolean;
  readonly #fill: (fill: Fill) => void;
  readonly #redraw = new Redraw();
  #marks: (() => Marks) | null = null;
  #callOff: (() => void) | null = null;

  constructor(clock: Clock, isReady: () => boolean, fill: (fill: Fill) => void) {
    this.#clock = clock;
    this.#isReady = isReady;
    this.#fill = fill;
  }

  set(marks: () => Marks): void {
    this.#marks = marks;
    this.#plan();
  }

  /** The map holds something else by now. */
  again(): void {
    this.#redraw.forget();
    this.#plan();
  }

  stop(): void {
    this.#callOff?.();
    this.#marks = null;
  }

  #plan(): void {
    this.#callOff ??= this.#clock.after(DRAW_INTERVAL_MS, () => {
      this.#callOff = null;
      this.#draw();
    });
  }

  #draw(): void {
    if (!this.#marks) return;
    if (!this.#isReady()) return this.#plan();
    const { fill, waits } = this.#redraw.due(this.#marks(), this.#clock.now());
    if (fill.length > 0) this.#fill(fill);
    if (waits) this.#plan();
  }
}
