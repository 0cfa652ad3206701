import type { EmergencyKind, Question, TimelineEntry, UnixMs } from '@protocol';

/** The answer that holds: the latest. */
export interface KeptAnswer {
  text: string;
  /** Name of the officer. */
  by: string;
  atMs: UnixMs;
}

export function answersOf(timeline: readonly TimelineEntry[]): ReadonlyMap<string, KeptAnswer> {
  const answers = new Map<string, KeptAnswer>();
  for (const { event, actor, at_ms } of timeline) {
    if (event.kind !== 'answered') continue;
    answers.set(event.question, { text: event.text, by: actor.role === 'staff' ? actor.name : '', atMs: at_ms });
  }
  return answers;
}

/** The questions for `kind`, in the order they are asked; those for all emergencies where nobody knows the kind. */
export function questionsFor(questions: readonly Question[], kind: EmergencyKind | null): Question[] {
  return questions.filter(({ kinds }) => kinds.length === 0 || (kind !== null && kinds.includes(kind)));
}
