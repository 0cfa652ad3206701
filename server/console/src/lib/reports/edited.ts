import {
  LABEL_CHARS_MAX,
  REPORT_MEASURES_MAX,
  REPORT_TEXT_CHARS_MAX,
  TEXT_CHARS_MAX,
  type MeasureId,
  type ReportView,
  type SaveReport,
  type StaffId,
} from '@protocol';

/** The three texts that a desk writes. */
export const PASSAGES = ['cause', 'done', 'lessons'] as const;
export type Passage = (typeof PASSAGES)[number];

/** A measure as it stands in the fields. */
export interface EditedMeasure {
  measure_id: MeasureId;
  text: string;
  owner: string;
  owner_id: StaffId | null;
  /** `2026-12-31`, or what of it is chosen. */
  due: string;
  /** As the service has it; it stays in the report. */
  isDone: boolean;
}

/** What people write of a report, as it stands in the fields. */
export interface Edited extends Record<Passage, string> {
  measures: EditedMeasure[];
  /** By the number of the question. */
  answers: Record<number, string>;
}

/** What is wrong with a report, so that it is not saved. */
export type Fault =
  | { in: 'passage'; passage: Passage }
  | { in: 'answer'; question: number }
  | { in: 'measure'; n: number; what: 'text' | 'owner' | 'due' | 'long' }
  | { in: 'measures' };

/** What is missing from a report, so that it is not submitted. */
export type Lack = Passage | 'answers';

export const NOTHING_WRITTEN: Edited = { cause: '', done: '', lessons: '', measures: [], answers: {} };

/** How long the service counts a text to be. */
export function lengthOf(text: string): number {
  return Array.from(text).length;
}

export function editedOf({ cause, done, lessons, measures, questions }: ReportView): Edited {
  return {
    cause,
    done,
    lessons,
    measures: measures.map(({ measure_id, text, owner, owner_id, due, done_at_ms }) => ({
      measure_id,
      text,
      owner,
      owner_id: owner_id ?? null,
      due,
      isDone: done_at_ms != null,
    })),
    answers: Object.fromEntries(questions.flatMap(({ question, answer }) => (answer ? [[question, answer]] : []))),
  };
}

/** As the service takes it. */
export function bodyOf({ cause, done, lessons, measures, answers }: Edited, version: number): SaveReport {
  return {
    version,
    cause,
    done,
    lessons,
    measures: measures.map(({ measure_id, text, owner, owner_id, due }) => ({
      measure_id,
      text,
      owner,
      due,
      ...(owner_id && { owner_id }),
    })),
    answers: Object.entries(answers).flatMap(([question, text]) => (text.trim() ? [{ question: Number(question), text }] : [])),
  };
}

/** Whether saving one in place of the other would change nothing. */
export function isSame(one: Edited, other: Edited): boolean {
  return JSON.stringify(bodyOf(one, 0)) === JSON.stringify(bodyOf(other, 0));
}

/** What the service would refuse to save. */
export function faultsOf(edited: Edited): Fault[] {
  const faults: Fault[] = PASSAGES.filter((passage) => lengthOf(edited[passage]) > REPORT_TEXT_CHARS_MAX).map((passage) => ({ in: 'passage', passage }));
  for (const [question, text] of Object.entries(edited.answers)) {
    if (lengthOf(text) > TEXT_CHARS_MAX) faults.push({ in: 'answer', question: Number(question) });
  }
  edited.measures.forEach(({ text, owner, due }, i) => {
    const n = i + 1;
    if (!text.trim()) faults.push({ in: 'measure', n, what: 'text' });
    if (!owner.trim()) faults.push({ in: 'measure', n, what: 'owner' });
    if (!isDay(due)) faults.push({ in: 'measure', n, what: 'due' });
    if (lengthOf(text) > TEXT_CHARS_MAX || lengthOf(owner) > LABEL_CHARS_MAX) faults.push({ in: 'measure', n, what: 'long' });
  });
  if (edited.measures.length > REPORT_MEASURES_MAX) faults.push({ in: 'measures' });
  return faults;
}

/** What has to be there before it is submitted. */
export function lacksOf(edited: Edited, { questions }: Pick<ReportView, 'questions'>): Lack[] {
  const lacks: Lack[] = PASSAGES.filter((passage) => !edited[passage].trim());
  if (questions.some(({ question }) => !edited.answers[question]?.trim())) lacks.push('answers');
  return lacks;
}

/** A day of this century that there is. */
export function isDay(text: string): boolean {
  if (!/^20\d\d-\d\d-\d\d$/.test(text)) return false;
  const at = new Date(`${text}T00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}
