import type { CaseId, ChangeMeasure, MeasureId, ReportLanguage, ReportStep, ReportView, UnixMs } from '@protocol';
import { ApiError } from '../../lib/http/problem';
import { newId } from '../../lib/ids';
import {
  bodyOf,
  editedOf,
  faultsOf,
  isSame,
  lacksOf,
  NOTHING_WRITTEN,
  type Edited,
  type EditedMeasure,
  type Fault,
  type Lack,
  type Passage,
} from '../../lib/reports/edited';
import { merge, NO_DIFFERENCE, stillDiffering, type Differing } from '../../lib/reports/merge';
import type { Console } from '../console.svelte';

export type ReportVerb = 'save' | 'submit' | 'giveBack' | 'accept' | 'measure';

/** The report of one case: as the service has it, and what is in the fields. */
export class OpenReport {
  readonly id: CaseId;
  view = $state.raw<ReportView | null>(null);
  edited = $state<Edited>(structuredClone(NOTHING_WRITTEN));
  /** Where somebody else wrote something different meanwhile. */
  differing = $state.raw<Differing>(NO_DIFFERENCE);
  /** The step of somebody else that came in between, until it is seen. */
  other = $state.raw<ReportStep | null>(null);
  /** Who wrote what differs. */
  differingBy = $state.raw<string | null>(null);
  /** Questions that the ministry is about to ask. */
  questions = $state<string[]>(['']);
  loading = $state(false);
  /** Why it could not be loaded; what was there is still there. */
  loadError = $state.raw<unknown>(null);
  busy = $state<ReportVerb | null>(null);
  /** Why the last command failed. */
  failed = $state.raw<{ verb: ReportVerb; error: unknown } | null>(null);
  savedAt = $state.raw<UnixMs | null>(null);
  /** Saving, or submitting, was tried: from then on it is said what is wrong, or missing. */
  tried = $state.raw<'save' | 'submit' | null>(null);
  /** Chosen for the drafted part; none: that of the console. */
  chosen = $state<ReportLanguage | null>(null);
  readonly #console: Console;
  #base = $state.raw<Edited>(NOTHING_WRITTEN);
  /** Counts the requests, so that a slow old answer does not come over a newer one. */
  #asked = 0;

  readonly unsaved: boolean = $derived.by(() => !isSame(this.edited, this.#base) || this.questions.some((text) => text.trim() !== ''));
  /** What is in the fields of the report differs from what is saved. */
  readonly dirty: boolean = $derived.by(() => !isSame(this.edited, this.#base));
  readonly faults: Fault[] = $derived.by(() => faultsOf(this.edited));
  readonly lacks: Lack[] = $derived.by(() => (this.view ? lacksOf(this.edited, this.view) : []));

  constructor(console: Console, id: CaseId) {
    this.#console = console;
    this.id = id;
  }

  get language(): ReportLanguage {
    return this.chosen ?? this.#console.settings.language;
  }

  /** That of the console is not chosen: it goes on with the console. */
  speak = (language: ReportLanguage): void => {
    this.chosen = language === this.#console.settings.language ? null : language;
  };

  load = async (): Promise<void> => {
    const asked = ++this.#asked;
    const { language } = this;
    this.loading = true;
    try {
      const view = await this.#console.api.request<ReportView>('GET', this.#path('', language));
      if (asked === this.#asked) this.#take(view);
      this.loadError = null;
    } catch (error) {
      this.#console.session.noticeError(error);
      if (asked === this.#asked) this.loadError = error;
    } finally {
      if (asked === this.#asked) this.loading = false;
    }
  };

  save = (): Promise<boolean> => {
    this.tried = 'save';
    if (this.faults.length > 0) return Promise.resolve(false);
    return this.#run('save', () => this.#save());
  };

  /** Saves what is not saved, and brings it to the ministry. */
  submit = (): Promise<boolean> => {
    this.tried = 'submit';
    if (this.faults.length > 0 || this.lacks.length > 0) return Promise.resolve(false);
    return this.#run('submit', async () => {
      if (this.dirty) await this.#save();
      this.#take(await this.#post('/submit', { version: this.#version }), true);
    });
  };

  giveBack = (): Promise<boolean> => {
    const questions = this.questions.map((text) => text.trim()).filter(Boolean);
    return this.#run('giveBack', async () => {
      this.#take(await this.#post('/return', { version: this.#version, questions }), true);
      this.questions = [''];
    });
  };

  accept = (): Promise<boolean> =>
    this.#run('accept', async () => this.#take(await this.#post('/accept', { version: this.#version }), true));

  followUp = (id: MeasureId, change: Pick<ChangeMeasure, 'done' | 'due'>): Promise<boolean> =>
    this.#run('measure', async () => this.#take(await this.#post(`/measures/${id}`, { version: this.#version, ...change }), true));

  addMeasure = (): void => {
    this.edited.measures.push({ measure_id: newId(), text: '', owner: '', owner_id: null, due: '', isDone: false });
  };

  removeMeasure = (id: MeasureId): void => {
    this.edited.measures = this.edited.measures.filter(({ measure_id }) => measure_id !== id);
  };

  /** Theirs, in place of one's own. */
  takePassage = (passage: Passage): void => {
    this.edited[passage] = this.differing.passages[passage] ?? this.edited[passage];
    this.keepPassage(passage);
  };

  keepPassage = (passage: Passage): void => {
    const { [passage]: _, ...passages } = this.differing.passages;
    this.differing = { ...this.differing, passages };
  };

  takeAnswer = (question: number): void => {
    this.edited.answers[question] = this.differing.answers[question] ?? '';
    this.keepAnswer(question);
  };

  keepAnswer = (question: number): void => {
    const { [question]: _, ...answers } = this.differing.answers;
    this.differing = { ...this.differing, answers };
  };

  takeMeasure = (id: MeasureId): void => {
    const theirs: EditedMeasure | undefined = this.differing.measures[id];
    if (theirs) this.edited.measures = this.edited.measures.map((own) => (own.measure_id === id ? theirs : own));
    this.keepMeasure(id);
  };

  keepMeasure = (id: MeasureId): void => {
    const { [id]: _, ...measures } = this.differing.measures;
    this.differing = { ...this.differing, measures };
  };

  /** What is not saved is given up. */
  discard = (): void => {
    this.edited = structuredClone(this.#base);
    this.questions = [''];
    this.differing = NO_DIFFERENCE;
    this.tried = null;
    this.failed = null;
  };

  #hear(step: ReportStep | undefined): void {
    this.other = step ?? null;
    this.differingBy = step?.by ?? null;
  }

  get #version(): number {
    return this.view?.version ?? 0;
  }

  async #save(): Promise<void> {
    const sent = $state.snapshot(this.edited) as Edited;
    const view = await this.#post('', bodyOf(sent, this.#version));
    // What was written while it was on its way is one's own, not somebody else's.
    this.#base = sent;
    this.#take(view, true);
    this.savedAt = this.#console.now.read();
  }

  async #run(verb: ReportVerb, work: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = verb;
    this.failed = null;
    try {
      await work();
      this.other = null;
      this.tried = null;
      return true;
    } catch (error) {
      this.#console.session.noticeError(error);
      this.failed = { verb, error };
      // Somebody was faster: what they did is fetched, and one's own is kept beside it.
      if (error instanceof ApiError && error.conflict) await this.load();
      return false;
    } finally {
      this.busy = null;
    }
  }

  #post(step: string, body: unknown): Promise<ReportView> {
    // What is being loaded is older than what this brings.
    this.#asked++;
    this.loading = false;
    return this.#console.api.request<ReportView>('POST', this.#path(step, this.language), body);
  }

  #path(step: string, language: ReportLanguage): string {
    return `/api/cases/${this.id}/report${step}?language=${language}`;
  }

  #take(view: ReportView, isOwn = false): void {
    const before = this.view;
    if (before && view.version < before.version) return;
    const theirs = editedOf(view);
    if (before) {
      const mine = $state.snapshot(this.edited) as Edited;
      const { edited, differing } = merge(this.#base, mine, theirs);
      const old = stillDiffering(this.differing, edited, theirs);
      if (!isOwn) {
        this.differing = {
          passages: { ...old.passages, ...differing.passages },
          answers: { ...old.answers, ...differing.answers },
          measures: { ...old.measures, ...differing.measures },
        };
        if (view.version > before.version) this.#hear(view.steps.at(-1));
      } else {
        this.differing = NO_DIFFERENCE;
      }
      this.edited = edited;
    } else {
      this.edited = structuredClone(theirs);
    }
    this.#base = theirs;
    this.view = view;
  }
}
