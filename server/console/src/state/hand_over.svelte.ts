import type { CaseAnswer, CaseId, CaseSummary, StaffId } from '@protocol';
import type { Api } from '../lib/api';
import { newId } from '../lib/ids';

/** What becomes of a case at the end of a shift. */
export type Choice = { kind: 'give'; to: StaffId } | { kind: 'release' } | { kind: 'keep' };
export type Done = 'doing' | 'done' | 'failed';

export interface HandOverDeps {
  api: Api;
  onAnswer: (answer: CaseAnswer) => void;
  onError: (error: unknown) => void;
}

/** Hands over the cases of an officer whose shift ends: one after the other, each with the note for those who come. */
export class HandOver {
  busy = $state(false);
  /** How far each case came. */
  done = $state.raw<ReadonlyMap<CaseId, Done>>(new Map());
  errors = $state.raw<ReadonlyMap<CaseId, unknown>>(new Map());
  readonly #deps: HandOverDeps;
  /** Of the note in each case: the same id again is the same note. */
  #notes = new Map<CaseId, { text: string; id: string }>();

  constructor(deps: HandOverDeps) {
    this.#deps = deps;
  }

  begin(): void {
    this.done = new Map();
    this.errors = new Map();
    this.#notes.clear();
  }

  /** Whether all of it was done. What was done before is not done again. */
  async run(cases: readonly CaseSummary[], choices: ReadonlyMap<CaseId, Choice>, note: string): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.errors = new Map();
    for (const c of cases) {
      const choice = choices.get(c.case_id);
      if (choice && this.done.get(c.case_id) !== 'done') await this.#one(c, choice, note.trim());
    }
    this.busy = false;
    return cases.every((c) => this.done.get(c.case_id) === 'done');
  }

  async #one(c: CaseSummary, choice: Choice, note: string): Promise<void> {
    const id = c.case_id;
    this.#mark(id, 'doing');
    try {
      const { api } = this.#deps;
      if (note) this.#deps.onAnswer(await api.postNote(id, { note_id: this.#noteId(id, note), text: note }));
      const { version } = c;
      const answer =
        choice.kind === 'give' ? await api.assign(id, { version, to: choice.to })
        : choice.kind === 'release' ? await api.release(id, { version })
        : null;
      if (answer) this.#deps.onAnswer(answer);
      this.#mark(id, 'done');
    } catch (error) {
      this.errors = new Map(this.errors).set(id, error);
      this.#mark(id, 'failed');
      this.#deps.onError(error);
    }
  }

  #noteId(id: CaseId, text: string): string {
    const known = this.#notes.get(id);
    if (known?.text === text) return known.id;
    const made = { text, id: newId() };
    this.#notes.set(id, made);
    return made.id;
  }

  #mark(id: CaseId, how: Done): void {
    this.done = new Map(this.done).set(id, how);
  }
}
