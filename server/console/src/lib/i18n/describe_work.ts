import type { CaseEvent, Recipient, StepTaken } from '@protocol';
import type { EntryWords, SaidEntry } from './describe_entry';

type Told = Pick<SaidEntry, 'what'> & { words?: string | null | undefined };

/** What officers did with a case between claiming and closing it; null for anything else. */
export function describeWork(event: Exclude<CaseEvent, Described>, who: string, w: EntryWords): SaidEntry | null {
  const told = tell(event, w);
  return told && { who, what: told.what, words: told.words ?? null };
}

/** Kinds that are described elsewhere. */
type Described = {
  kind:
    | 'opened'
    | 'pressed_again'
    | 'cancelled'
    | 'duress'
    | 'attachment'
    | 'rang'
    | 'seen'
    | 'claimed'
    | 'released'
    | 'transferred'
    | 'closed'
    | 'reopened'
    | 'message'
    | 'delivered'
    | 'note'
    | 'escalated';
};

function tell(event: Exclude<CaseEvent, Described>, w: EntryWords): Told | null {
  const t = w.words.t.work.timeline;
  switch (event.kind) {
    case 'assigned':
      return { what: t.assigned(event.name) };
    case 'offered':
      return { what: t.offered(w.deskName(event.to)), words: event.reason };
    case 'declined':
      return { what: t.declined(w.deskName(event.desk)), words: event.reason };
    case 'withdrawn':
      return { what: t.withdrawn(w.deskName(event.desk)) };
    case 'shared':
      return { what: (event.help ? t.sharedHelp : t.shared)(w.deskName(event.desk)), words: event.reason };
    case 'prioritised':
      return { what: t.prioritised(w.words.t.priority[event.to]), words: event.reason };
    case 'tagged':
      return { what: event.tags.length > 0 ? t.tagged(event.tags.join(', ')) : t.untagged };
    case 'answered':
      return { what: t.answered(w.question?.(event.question) ?? event.question), words: event.text };
    case 'linked':
    case 'unlinked':
      return { what: t[event.kind](event.case_no) };
    case 'fix_asked':
      return { what: t.fix_asked };
    case 'raised':
      return { what: t.raised, words: event.reason };
    case 'report_saved':
    case 'report_submitted':
    case 'report_accepted':
      return { what: t[event.kind] };
    case 'report_returned':
      return { what: t.report_returned(event.asked), words: event.questions.join('\n') };
    case 'measure_done':
      return { what: t.measure_done };
    case 'measure_redated':
      return { what: t.measure_redated(dayOf(event.due)) };
    case 'looked_at':
      return { what: t.looked_at };
    case 'exported':
      return { what: t.exported[event.what] ?? t.exported.case_file, words: `SHA-256 ${event.sha256}` };
    default:
      // A page can be older than the service it talks to.
      event satisfies never;
      return null;
  }
}

/** `31/12/2026`. */
function dayOf(due: string): string {
  return due.split('-').reverse().join('/');
}

/** Whom a step of the escalation tells. That they are told does not mean that they know of it yet. */
export function describeStep(step: StepTaken, w: EntryWords): string {
  const t = w.words.t.work.timeline;
  const names = step.told.map((recipient) => nameOf(recipient, w)).join(', ');
  switch (step.reach) {
    case 'ministry':
      return t.ministry(names);
    case 'nobody':
      return t.nobody;
    case 'later':
      return t.later;
    default:
      return (step.claimed ? t.toldClaimed : t.told)(placeOf(step, w), names);
  }
}

function placeOf({ step, round }: StepTaken, w: EntryWords): string {
  const t = w.words.t.work.timeline;
  if (step === 0) return t.owner;
  return round === 0 ? t.step(step) : t.stepAgain(step, round + 1);
}

function nameOf(recipient: Recipient, w: EntryWords): string {
  switch (recipient.kind) {
    case 'staff':
      return recipient.personal ? recipient.name : w.words.t.work.timeline.consoleOnly(recipient.name);
    case 'desk':
      return w.deskName(recipient.desk_id);
    case 'webhook':
      return recipient.name;
  }
}
