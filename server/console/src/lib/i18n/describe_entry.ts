import type { Alert, Attachment, DeskId, TimelineEntry, UnixMs } from '@protocol';
import { describeDropped, isLate, type Words } from './describe';
import { describeTaken } from './describe_taken';
import { describeStep, describeWork } from './describe_work';

type Timeline = Words['t']['timeline'];

export interface EntryWords {
  words: Words;
  /** Name of the worker. */
  worker: string;
  deskName: (id: DeskId) => string;
  /** The words of a guided question; its id where the question is not known (any more). */
  question?: (id: string) => string;
}

export interface SaidEntry {
  /** Null where nobody in particular did it. */
  who: string | null;
  what: string;
  /** In the words of whoever wrote them. */
  words: string | null;
}

/** A clock of a phone that is further off than this is worth a word, in milliseconds. */
const CLOCK_OFF_MS = 60_000;
/** So is an alert that took longer than this from the gateway to the ledger. */
const LATE_MS = 5_000;

export function describeEntry(entry: TimelineEntry, w: EntryWords): SaidEntry {
  const t = w.words.t.timeline;
  const who = whoDid(entry, w);
  const { event } = entry;
  switch (event.kind) {
    case 'rang':
      return { who: null, what: t.rang, words: null };
    case 'delivered':
      return { who: null, what: t.delivered(event.message_ids.length), words: null };
    case 'transferred':
      return { who, what: t.transferred(w.deskName(event.from), w.deskName(event.to)), words: event.reason ?? null };
    case 'closed':
      return {
        ...closedBy(entry, who, w.words.t.disposition[event.disposition], t),
        words: event.summary || null,
      };
    case 'attachment':
      return { who, what: t.attachment(nameOf(event.attachment, w.words), w.words.format.fileSize(event.attachment.bytes)), words: null };
    case 'released':
    case 'reopened':
      return { who, what: t[event.kind], words: event.reason ?? null };
    case 'message':
      return { who, what: toWhom(entry, w), words: event.text };
    case 'note':
      return { who, what: t.note, words: event.text };
    case 'opened':
    case 'pressed_again':
      return { who, what: pressOf(event.kind, event.alert, t), words: event.alert.text ? t.said(event.alert.text) : null };
    case 'cancelled':
    case 'duress':
    case 'seen':
    case 'claimed':
      return { who, what: t[event.kind], words: null };
    case 'escalated':
      return { who: null, what: describeStep(event.step, w), words: null };
    default:
      return describeWork(event, who, w) ?? { who, what: t.other, words: null };
  }
}

/** What the worker writes goes to the desk; what the desk writes is told with whom it goes to. */
function toWhom({ actor }: TimelineEntry, w: EntryWords): string {
  const { t } = w.words;
  return actor.role === 'staff' ? t.work.timeline.messageTo(w.worker) : t.timeline.message;
}

/** The times and gaps of a press, as far as they are known and no further; what a photo says about itself. */
export function detailsOf(entry: TimelineEntry, w: Words): string[] {
  const { event } = entry;
  if (event.kind === 'escalated') return event.step.is_past_repeats ? [w.t.work.timeline.pastRepeats] : [];
  if (event.kind === 'attachment') return describeTaken(event.taken, null, entry.at_ms, w);
  if (event.kind !== 'opened' && event.kind !== 'pressed_again') return [];
  const t = w.t.timeline;
  const lines = [
    [t.received(w.format.clock(event.received_at_ms)), ...howOf(event.alert, w)].join(', '),
    positionOf(event.alert, event.received_at_ms, w),
    ...(isLate(event.alert) ? [t.waited(w.format.span(event.alert.waited_ms ?? 0))] : []),
    ...clockOf(event.alert, event.received_at_ms, w),
  ];
  const late_ms = entry.at_ms - event.received_at_ms;
  if (late_ms > LATE_MS) lines.push(t.late(w.format.span(late_ms)));
  if (event.sms_from) lines.push(t.smsFrom(event.sms_from));
  if (event.unverified) lines.push(w.t.unverified[event.unverified]);
  for (const field of event.dropped ?? []) lines.push(`${t.dropped}: ${describeDropped(field, w.t)}`);
  return lines;
}

function pressOf(kind: 'opened' | 'pressed_again', { drill }: Alert, t: Timeline): string {
  if (!drill) return t[kind];
  return kind === 'opened' ? t.openedDrill : t.pressedAgainDrill;
}

/** A drill may end without anybody's doing. */
function closedBy({ actor }: TimelineEntry, who: string, disposition: string, t: Timeline): Omit<SaidEntry, 'words'> {
  return actor.role === 'service' ? { who: null, what: t.endedItself(disposition) } : { who, what: t.closed(disposition) };
}

function nameOf({ media }: Attachment, w: Words): string {
  // A newer service may take a kind that this console does not know.
  const name: string | undefined = w.t.timeline.attachmentOf[media];
  return name ?? w.t.timeline.attachmentUnknown;
}

function whoDid({ actor }: TimelineEntry, w: EntryWords): string {
  switch (actor.role) {
    case 'staff':
      return actor.name;
    case 'worker':
      return w.worker;
    case 'service':
      return w.words.t.timeline.service;
  }
}

function howOf(alert: Alert, w: Words): string[] {
  const how = alert.trigger ? [w.t.timeline.how(w.t.trigger[alert.trigger])] : [];
  return alert.kind ? [...how, w.t.kind[alert.kind]] : how;
}

function positionOf(alert: Alert, received: UnixMs, w: Words): string {
  const t = w.t.timeline;
  if (!alert.position) return t.withoutPosition;
  const measured = alert.position.fix_time_ms;
  return t.withPosition(measured == null ? w.t.map.notMeasured : w.format.ago(Math.max(0, received - measured)));
}

function clockOf(alert: Alert, received: UnixMs, w: Words): string[] {
  if (alert.device_time_ms == null) return [];
  const t = w.t.timeline;
  const off_ms = Math.abs(received - (alert.waited_ms ?? 0) - alert.device_time_ms);
  if (off_ms < CLOCK_OFF_MS) return [];
  return [`${t.deviceTimeOff(w.format.span(off_ms))}: ${t.deviceTime(w.format.moment(alert.device_time_ms, received))}`];
}
