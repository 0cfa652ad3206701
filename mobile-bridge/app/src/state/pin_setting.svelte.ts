// Setting the two PINs, step by step. They live here until they are sent, and nowhere else.
import type { Pin, SetPins } from '@protocol';
import { CallError } from '../bridge/calls';

export type TypedStep = 'old' | 'pin' | 'pin_again' | 'other' | 'other_again';
export type PinStep = TypedStep | 'saving' | 'failed' | 'done';
export type PinProblem = 'differ' | 'same' | 'old_wrong' | 'old_needed' | 'often' | 'no_answer' | 'refused' | 'storage';

export class PinSetting {
  step = $state<PinStep>('pin');
  problem = $state<PinProblem | null>(null);
  readonly #save: (pins: SetPins) => Promise<void>;
  #typed: Partial<Record<TypedStep, Pin>> = {};

  /** `has_pin`: the old one is asked for first. */
  constructor(has_pin: boolean, save: (pins: SetPins) => Promise<void>) {
    this.#save = save;
    this.step = has_pin ? 'old' : 'pin';
  }

  async take(pin: Pin): Promise<void> {
    const { step } = this;
    if (step === 'saving' || step === 'failed' || step === 'done') return;
    this.problem = null;
    const { pin: first, other } = this.#typed;
    if (step === 'pin_again' && pin !== first) return this.#back('pin', 'differ');
    if (step === 'other' && pin === first) return this.#back('other', 'same');
    if (step === 'other_again' && pin !== other) return this.#back('other', 'differ');
    this.#typed[step] = pin;
    const next = { old: 'pin', pin: 'pin_again', pin_again: 'other', other: 'other_again', other_again: null } as const;
    // Asked for the old one at the end: the new ones are there already.
    const to = step === 'old' && this.#typed.other_again ? null : next[step];
    if (to) this.step = to;
    else await this.save();
  }

  /** Also once more, after no answer. */
  async save(): Promise<void> {
    const { pin, other, old } = this.#typed;
    if (pin === undefined || other === undefined) return;
    this.step = 'saving';
    this.problem = null;
    try {
      await this.#save({ pin, other_pin: other, ...(old !== undefined && { old_pin: old }) });
      this.#typed = {};
      this.step = 'done';
    } catch (error) {
      this.#failed(error, old !== undefined);
    }
  }

  #failed(error: unknown, had_old: boolean): void {
    const code = error instanceof CallError ? error.code : undefined;
    if (code === 'pin_wrong' || code === 'pin_needed') return this.#back('old', had_old && code === 'pin_wrong' ? 'old_wrong' : 'old_needed');
    if (code === undefined) return this.#back('failed', 'storage');
    this.#back('failed', code === 'rate_limited' ? 'often' : code === null || code === 'unavailable' || code === 'internal' ? 'no_answer' : 'refused');
  }

  #back(step: PinStep, problem: PinProblem): void {
    this.step = step;
    this.problem = problem;
  }
}
