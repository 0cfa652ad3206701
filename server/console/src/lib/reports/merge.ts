import type { MeasureId } from '@protocol';
import { PASSAGES, type Edited, type EditedMeasure, type Passage } from './edited';

/** Where two people wrote different things: what the other one wrote. */
export interface Differing {
  passages: Partial<Record<Passage, string>>;
  /** By the number of the question. */
  answers: Record<number, string>;
  measures: Record<MeasureId, EditedMeasure>;
}

export const NO_DIFFERENCE: Differing = { passages: {}, answers: {}, measures: {} };

/**
 * What one officer has in the fields after another one has saved. Both began from `base`. What only one of them changed is
 * taken; where both did, `mine` stays and theirs is told beside it. Nothing that was written is left out.
 */
export function merge(base: Edited, mine: Edited, theirs: Edited): { edited: Edited; differing: Differing } {
  const differing: Differing = { passages: {}, answers: {}, measures: {} };
  const edited: Edited = { ...mine, answers: {}, measures: [] };
  for (const passage of PASSAGES) {
    const text = pick(base[passage], mine[passage], theirs[passage]);
    edited[passage] = text.kept;
    if (text.differs) differing.passages[passage] = theirs[passage];
  }
  for (const question of new Set([...Object.keys(mine.answers), ...Object.keys(theirs.answers)].map(Number))) {
    const said = (of: Edited) => of.answers[question] ?? '';
    const text = pick(said(base), said(mine), said(theirs));
    edited.answers[question] = text.kept;
    if (text.differs) differing.answers[question] = said(theirs);
  }
  mergeMeasures(base, mine, theirs, edited, differing);
  return { edited, differing };
}

/** What of `differing` still is so. */
export function stillDiffering(differing: Differing, mine: Edited, theirs: Edited): Differing {
  const left: Differing = { passages: {}, answers: {}, measures: {} };
  for (const passage of PASSAGES) {
    if (passage in differing.passages && mine[passage] !== theirs[passage]) left.passages[passage] = theirs[passage];
  }
  for (const question of Object.keys(differing.answers).map(Number)) {
    const said = theirs.answers[question] ?? '';
    if ((mine.answers[question] ?? '') !== said) left.answers[question] = said;
  }
  for (const id of Object.keys(differing.measures)) {
    const [one, other] = [find(mine, id), find(theirs, id)];
    if (one && other && !isSameMeasure(one, other)) left.measures[id] = other;
  }
  return left;
}

export function differs({ passages, answers, measures }: Differing): boolean {
  return [passages, answers, measures].some((part) => Object.keys(part).length > 0);
}

function pick(base: string, mine: string, theirs: string): { kept: string; differs: boolean } {
  if (mine === base) return { kept: theirs, differs: false };
  return { kept: mine, differs: theirs !== base && theirs !== mine };
}

function mergeMeasures(base: Edited, mine: Edited, theirs: Edited, edited: Edited, differing: Differing): void {
  for (const other of theirs.measures) {
    const [before, own] = [find(base, other.measure_id), find(mine, other.measure_id)];
    if (!own) {
      // One that was taken out here comes back where the other one did something with it.
      const isOut = before && isSameMeasure(before, other) && !other.isDone;
      if (!isOut) edited.measures.push(other);
    } else if (before && isSameMeasure(before, own)) {
      edited.measures.push(other);
    } else {
      edited.measures.push({ ...own, isDone: other.isDone });
      const isUnchanged = (before && isSameMeasure(before, other)) || isSameMeasure(own, other);
      if (!isUnchanged) differing.measures[other.measure_id] = other;
    }
  }
  for (const own of mine.measures) {
    if (find(theirs, own.measure_id)) continue;
    const before = find(base, own.measure_id);
    if (!before || !isSameMeasure(before, own)) edited.measures.push(own);
  }
}

function find({ measures }: Edited, id: MeasureId): EditedMeasure | undefined {
  return measures.find(({ measure_id }) => measure_id === id);
}

function isSameMeasure(one: EditedMeasure, other: EditedMeasure): boolean {
  return one.text === other.text && one.owner === other.owner && one.due === other.due && (one.owner_id ?? '') === (other.owner_id ?? '');
}
