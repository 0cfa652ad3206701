import { ApiError } from '../../http/problem';
import type { Words } from '../describe';
import type { AdminTexts } from './vi';

export interface Said {
  lead: string;
  text: string;
  /** What is there now has to be looked at before it is tried again. */
  look: boolean;
}

/** What became of a change that was not plainly saved. */
export function describeSaving(error: unknown, t: AdminTexts, words: Words): Said {
  if (!(error instanceof ApiError)) return { lead: t.notSaved, text: words.t.problem.internal, look: false };
  const { failure } = error;
  // Without an answer it may be done all the same.
  if (failure.kind !== 'problem') return { lead: '', text: t.unsure, look: true };
  const { code, field, detail } = failure.problem;
  const known: string | undefined = words.t.problem[code];
  const where = [field, detail].filter(Boolean).join(': ');
  const text = [known ?? words.t.problem.internal, where && t.field(where)].filter(Boolean).join(' ');
  return { lead: t.notSaved, text, look: code === 'not_found' };
}
