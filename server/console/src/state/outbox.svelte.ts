import type { CaseAnswer, CaseId } from '@protocol';
import type { Api } from '../lib/api';
import { newId } from '../lib/ids';
import { isPassing } from '../lib/http/problem';
import type { Clock } from '../lib/time/clock';
import { retry, type RetryPolicy } from '../lib/time/retry';

/** Sent again under the same id, so a repeat is harmless; after this many the officer decides. */
const SEND: RetryPolicy = { attempts_max: 3, base_ms: 500, max_ms: 3_000, worthwhile: isPassing };
/** Cases whose unfinished text is kept; the one left longest ago is forgotten first. */
const DRAFTS_MAX = 100;

export type Kind = 'message' | 'note';

export interface Outgoing {
  id: string;
  caseId: CaseId;
  kind: Kind;
  text: string;
  /** `recorded`: the service has it, and the feed has not brought it yet. */
  state: 'sending' | 'recorded' | 'failed';
  error: unknown;
}

export interface OutboxDeps {
  api: Api;
  clock: Clock;
  random: () => number;
  onAnswer: (answer: CaseAnswer) => void;
  onError: (error: unknown) => void;
}

/** Messages and notes on their way, and text that is not sent yet. */
export class Outbox {
  list = $state.raw<Outgoing[]>([]);
  #drafts = new Map<string, string>();
  readonly #deps: OutboxDeps;

  constructor(deps: OutboxDeps) {
    this.#deps = deps;
  }

  of(caseId: CaseId, kind: Kind): Outgoing[] {
    return this.list.filter((item) => item.caseId === caseId && item.kind === kind);
  }

  /** Sends what was typed; a phrase (`apart`) leaves what is being typed as it is. */
  send(caseId: CaseId, kind: Kind, text: string, apart = false): void {
    const item: Outgoing = { id: newId(), caseId, kind, text, state: 'sending', error: null };
    this.list = [...this.list, item];
    if (!apart) this.saveDraft(caseId, kind, '');
    void this.#post(item);
  }

  again(item: Outgoing): void {
    this.#change(item.id, { state: 'sending', error: null });
    void this.#post(item);
  }

  discard(id: string): void {
    this.list = this.list.filter((item) => item.id !== id);
  }

  draft(caseId: CaseId, kind: Kind): string {
    return this.#drafts.get(`${caseId}/${kind}`) ?? '';
  }

  saveDraft(caseId: CaseId, kind: Kind, text: string): void {
    const key = `${caseId}/${kind}`;
    this.#drafts.delete(key);
    if (text) this.#drafts.set(key, text);
    const oldest = this.#drafts.keys().next();
    if (this.#drafts.size > DRAFTS_MAX && !oldest.done) this.#drafts.delete(oldest.value);
  }

  async #post({ id, caseId, kind, text }: Outgoing): Promise<void> {
    const { api, clock, random } = this.#deps;
    const post = () =>
      kind === 'message'
        ? api.postMessage(caseId, { message_id: id, text })
        : api.postNote(caseId, { note_id: id, text });
    try {
      const answer = await retry(post, SEND, clock, random);
      this.#change(id, { state: 'recorded' });
      this.#deps.onAnswer(answer);
    } catch (error) {
      this.#change(id, { state: 'failed', error });
      this.#deps.onError(error);
    }
  }

  /** The feed brought these: they are part of the history now. */
  settle(ids: ReadonlySet<string>): void {
    if (this.list.some((item) => ids.has(item.id))) this.list = this.list.filter((item) => !ids.has(item.id));
  }

  #change(id: string, change: Partial<Outgoing>): void {
    this.list = this.list.map((item) => (item.id === id ? { ...item, ...change } : item));
  }
}
