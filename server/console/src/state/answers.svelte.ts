import type { CaseAnswer, CaseId } from '@protocol';
import type { Api } from '../lib/api';
import { isPassing } from '../lib/http/problem';
import type { Clock } from '../lib/time/clock';
import { retry, type RetryPolicy } from '../lib/time/retry';

/** The same answer twice says the same; after this many the officer decides. */
const SEND: RetryPolicy = { attempts_max: 3, base_ms: 500, max_ms: 3_000, worthwhile: isPassing };

/** An answer on its way. */
export interface SentAnswer {
  caseId: CaseId;
  question: string;
  text: string;
  /** `recorded`: the service has it, and the feed has not brought it yet. */
  state: 'sending' | 'recorded' | 'failed';
  error: unknown;
}

export interface AnswersDeps {
  api: Api;
  clock: Clock;
  random: () => number;
  onAnswer: (answer: CaseAnswer) => void;
  onError: (error: unknown) => void;
}

/** Answers to guided questions on their way: shown at once, one a question. */
export class Answers {
  #sent = $state.raw<readonly SentAnswer[]>([]);
  readonly #deps: AnswersDeps;

  constructor(deps: AnswersDeps) {
    this.#deps = deps;
  }

  of(caseId: CaseId, question: string): SentAnswer | null {
    return this.#sent.find((sent) => sent.caseId === caseId && sent.question === question) ?? null;
  }

  async send(caseId: CaseId, question: string, text: string): Promise<void> {
    const sent: SentAnswer = { caseId, question, text, state: 'sending', error: null };
    this.#sent = [...this.#without(caseId, question), sent];
    const { api, clock, random } = this.#deps;
    try {
      const answer = await retry(() => api.answer(caseId, { question, text }), SEND, clock, random);
      this.#change(sent, { ...sent, state: 'recorded' });
      this.#deps.onAnswer(answer);
    } catch (error) {
      this.#change(sent, { ...sent, state: 'failed', error });
      this.#deps.onError(error);
    }
  }

  discard(caseId: CaseId, question: string): void {
    this.#sent = this.#without(caseId, question);
  }

  /** The feed brought an answer: what it says holds, unless another one is on its way. */
  settle(caseId: CaseId, question: string, text: string): void {
    const sent = this.of(caseId, question);
    if (sent && (sent.state === 'recorded' || sent.text === text)) this.discard(caseId, question);
  }

  #without(caseId: CaseId, question: string): SentAnswer[] {
    return this.#sent.filter((sent) => sent.caseId !== caseId || sent.question !== question);
  }

  /** A later answer to the same question has taken the place of this one meanwhile, or the feed was faster. */
  #change(from: SentAnswer, to: SentAnswer): void {
    this.#sent = this.#sent.map((sent) => (sent === from ? to : sent));
  }
}
