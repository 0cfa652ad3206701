// "Tôi ổn": a check-in, or words in the chat while an SOS is open.
export type WellStep = 'none' | 'asking' | 'told' | 'checked_in' | 'not_enrolled' | 'failed';

export interface WellParts {
  /** An SOS is under way. */
  open: () => boolean;
  enrolled: () => boolean;
  write: () => Promise<void>;
  checkIn: () => Promise<void>;
}

export class WellBeing {
  #step = $state<WellStep>('none');
  readonly #parts: WellParts;

  constructor(parts: WellParts) {
    this.#parts = parts;
  }

  /** What is on the screen: what was asked or said without an SOS goes when there is one, and the other way round. */
  get step(): WellStep {
    if (this.#step === 'failed') return 'failed';
    return this.#parts.open() === (this.#step === 'told') ? this.#step : 'none';
  }

  /** The tile was tapped. */
  async tapped(): Promise<void> {
    if (this.#parts.open()) await this.#do(this.#parts.write, 'told');
    else this.#step = this.#parts.enrolled() ? 'asking' : 'not_enrolled';
  }

  async confirmed(): Promise<void> {
    await this.#do(this.#parts.checkIn, 'checked_in');
  }

  /** SOS was pressed: what was said before it does not come back after it. */
  pressed(): void {
    if (this.#step !== 'told') this.#step = 'none';
  }

  close(): void {
    this.#step = 'none';
  }

  async #do(work: () => Promise<void>, then: WellStep): Promise<void> {
    try {
      await work();
      this.#step = then;
    } catch {
      this.#step = 'failed';
    }
  }
}
