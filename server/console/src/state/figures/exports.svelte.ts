import type { ExportFormat, ExportId, ExportLanguage, ExportList, ExportOf, NewExport } from '@protocol';
import { isUnderWay } from '../../lib/figures/exports';
import { newId } from '../../lib/ids';
import { Shelf } from '../admin/shelf.svelte';
import type { Console } from '../console.svelte';

/** How often it is looked how far a file is, in milliseconds. */
const LOOK_MS = 1_000;

/** Files that are taken away. The service has them all: nothing is lost with this page. */
export class Exports {
  readonly shelf: Shelf<ExportList>;
  asking = $state(false);
  error = $state.raw<unknown>(null);
  readonly #console: Console;
  /** What was asked for and not answered: asked again it is the same. */
  #unanswered: NewExport | null = null;
  #callOff: (() => void) | null = null;
  #watched = false;

  constructor(console: Console, onError: (error: unknown) => void) {
    this.#console = console;
    this.shelf = new Shelf(() => console.api.request<ExportList>('GET', '/api/exports'), onError);
  }

  /** Looks how far the files are for as long as one is under way. */
  watch = (): (() => void) => {
    this.#watched = true;
    void this.look();
    return () => {
      this.#watched = false;
      this.#callOff?.();
    };
  };

  look = async (): Promise<void> => {
    this.#callOff?.();
    await this.shelf.load();
    const goesOn = this.shelf.status === 'failed' || (this.shelf.value?.exports.some(isUnderWay) ?? false);
    if (this.#watched && goesOn) this.#callOff = this.#console.clock.after(LOOK_MS, () => void this.look());
  };

  /** Asks for a file; which it is, once the service has heard of it. */
  ask = async (of: ExportOf, format: ExportFormat, language: ExportLanguage): Promise<ExportId | null> => {
    let id: ExportId | null = null;
    await this.#do(async () => {
      const last = this.#unanswered;
      const isSame = last && JSON.stringify([last.of, last.format, last.language]) === JSON.stringify([of, format, language]);
      const wanted = isSame ? last : { export_id: newId(), of, format, language };
      this.#unanswered = wanted;
      await this.#console.api.request('POST', '/api/exports', wanted);
      this.#unanswered = null;
      id = wanted.export_id;
    });
    return id;
  };

  remove = (id: ExportId): Promise<void> => this.#do(() => this.#console.api.request('DELETE', `/api/exports/${id}`));

  async #do(work: () => Promise<unknown>): Promise<void> {
    this.asking = true;
    this.error = null;
    try {
      await work();
    } catch (error) {
      this.error = error;
    } finally {
      this.asking = false;
    }
    await this.look();
  }
}
