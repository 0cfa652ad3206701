import type { CaseId } from '@protocol';
import type { FeatureCollection } from 'geojson';
import type { Marks } from './marks';

/**
 * The marks of the cases nobody looks at are drawn again at most this often, in milliseconds: all of them and their names are
 * laid out anew for each that moved.
 */
export const CASES_INTERVAL_MS = 1_000;

/** Which sources of the map are to be filled anew: each that is filled is laid out and drawn again. */
export class Redraw {
  /** What lies in each source by now, as text. */
  readonly #drawn = new Map<string, string>();
  #casesAt = Number.NEGATIVE_INFINITY;
  #chosen: CaseId | null = null;

  /** Sources that differ from `marks` and are due at `now`; `waits`: some are not due yet. */
  due(marks: Marks, now: number): { fill: [source: keyof Marks, data: FeatureCollection][]; waits: boolean } {
    const { cases, ...few } = marks;
    // A case that is chosen, or no longer, goes from one source into the other: both at once, or the map has it twice or not at all.
    const chosen = few.chosen.features[0]?.properties.id ?? null;
    const waits = chosen === this.#chosen && now - this.#casesAt < CASES_INTERVAL_MS;
    const wanted = Object.entries(waits ? few : marks) as [keyof Marks, FeatureCollection][];
    const fill = wanted.filter(([source, data]) => this.#isNew(source, data));
    if (!waits) this.#chosen = chosen;
    if (fill.some(([source]) => source === 'cases')) this.#casesAt = now;
    return { fill, waits: waits && JSON.stringify(cases) !== this.#drawn.get('cases') };
  }

  /** The sources hold something else by now. */
  forget(): void {
    this.#drawn.clear();
    this.#casesAt = Number.NEGATIVE_INFINITY;
  }

  #isNew(source: string, data: FeatureCollection): boolean {
    const text = JSON.stringify(data);
    if (this.#drawn.get(source) === text) return false;
    this.#drawn.set(source, text);
    return true;
  }
}
