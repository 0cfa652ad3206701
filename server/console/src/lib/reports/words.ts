import {
  REPORT_MEASURES_MAX,
  type Drafted,
  type DraftedLine,
  type DraftedPart,
  type MajorReason,
  type ReportState,
  type ReportStep,
  type ReportView,
  type UnixMs,
} from '@protocol';
import { HANOI, type Format } from '../i18n/format';
import type { ReportsTexts } from '../i18n/reports/vi';
import type { Texts } from '../i18n/vi';
import { editedOf, PASSAGES, type Edited, type Fault } from './edited';

/** What reports are put into words with. */
export interface ReportWording {
  /** Of the pages of reports. */
  r: ReportsTexts;
  /** Of the whole console. */
  t: Texts;
  format: Format;
}

/** `14:03 22/11/2026` */
export function momentText(at: UnixMs, zone: string, { format }: Pick<ReportWording, 'format'>): string {
  return `${format.hourMinute(at, zone)} ${format.date(at, zone)}`;
}

/** `14:03:09 22/11/2026` */
export function exactText(at: UnixMs, zone: string, { format }: Pick<ReportWording, 'format'>): string {
  return `${format.clock(at, zone)} ${format.date(at, zone)}`;
}

/** `31/12/2026`, or nothing of what is no day. */
export function dayText(day: string, { format }: Pick<ReportWording, 'format'>): string {
  const at = Date.parse(`${day}T00:00Z`);
  return Number.isNaN(at) ? day : format.date(at, 'UTC');
}

/** `giờ Hà Nội (Asia/Ho_Chi_Minh)`, `UTC` */
export function zoneText(zone: string, { r }: Pick<ReportWording, 'r'>): string {
  if (zone === 'UTC') return zone;
  return r.zone(zone === HANOI ? r.hanoi : r.local, zone);
}

/** Where a report stands. */
export function stateText({ state, version }: { state: ReportState; version: number }, { r }: Pick<ReportWording, 'r'>): string {
  return version === 0 ? r.missing : r.state[state];
}

/** Why it must be; empty: it need not. */
export function reasonsText(required: readonly MajorReason[], { t }: Pick<ReportWording, 't'>): string {
  return required.map((reason) => t.report.reason[reason]).join(', ');
}

/** By when it is owed; none: it is not, now. */
export function dueText(
  { due_ms, overdue }: Pick<ReportView, 'due_ms' | 'overdue'>,
  now: UnixMs,
  zone: string,
  w: ReportWording,
): { text: string; isLate: boolean } | null {
  if (due_ms == null) return null;
  const by = momentText(due_ms, zone, w);
  return overdue ? { text: w.r.overdue(w.format.span(now - due_ms), by), isLate: true } : { text: w.r.due(by), isLate: false };
}

/** Who did what, without the moment. */
export function stepText({ did, by }: Pick<ReportStep, 'did' | 'by'>, { r }: Pick<ReportWording, 'r'>): string {
  const steps: Record<string, (name: string) => string> = r.steps.did;
  const say = Object.hasOwn(steps, did) ? steps[did] : undefined;
  return (say ?? r.steps.other)(by ?? r.steps.service);
}

/** Lines of one day, of which each has its time of day. */
export interface DraftedDay {
  day: string;
  lines: (DraftedLine & { time: string })[];
}

/** The lines of a part, by days. */
export function daysOf({ lines }: Drafted, part: DraftedPart): DraftedDay[] {
  const days: DraftedDay[] = [];
  for (const line of lines) {
    if (line.part !== part) continue;
    const [time = '', day = ''] = line.at.split(' ');
    const last = days.at(-1);
    if (last?.day === day) last.lines.push({ ...line, time });
    else days.push({ day, lines: [{ ...line, time }] });
  }
  return days;
}

/** A line `what: how long` in two. */
export function timeParts(said: string): { what: string; took: string } {
  const at = said.indexOf(': ');
  return at < 0 ? { what: said, took: '' } : { what: said.slice(0, at), took: said.slice(at + 2) };
}

/** The case was opened again after it was closed, so that nothing can be written now. */
export function isOpenAgain({ drafted }: Pick<ReportView, 'drafted'>): boolean {
  const kinds = drafted.lines.filter(({ part }) => part === 'course').map(({ kind }) => kind);
  const closed = kinds.lastIndexOf('closed');
  return closed >= 0 && kinds.slice(closed).some((kind) => kind === 'reopened' || kind === 'duress');
}

/** The last step of a kind. */
export function lastStep({ steps }: Pick<ReportView, 'steps'>, did: string): ReportStep | undefined {
  return steps.findLast((step) => step.did === did);
}

/** What is wrong, where it is to be put right. */
export function faultText(fault: Fault, { r, format }: ReportWording): string {
  switch (fault.in) {
    case 'passage':
      return r.write.long(r.write[fault.passage]);
    case 'answer':
      return r.write.long(r.questions.answer(format.number(fault.question)));
    case 'measure':
      return r.measures.fault[fault.what](format.number(fault.n));
    case 'measures':
      return r.measures.full(format.number(REPORT_MEASURES_MAX));
  }
}

/** What is in the fields and not on record, to be copied. */
export function unsavedText(edited: Edited, view: ReportView, w: ReportWording): string {
  const { r, format } = w;
  const saved = editedOf(view);
  const parts = PASSAGES.filter((passage) => edited[passage] !== saved[passage]).map((passage) => `${r.write[passage]}:\n${edited[passage]}`);
  for (const [question, answer] of Object.entries(edited.answers)) {
    if (answer !== (saved.answers[Number(question)] ?? '')) parts.push(`${r.questions.answer(format.number(Number(question)))}:\n${answer}`);
  }
  edited.measures.forEach((measure, i) => {
    const before = saved.measures.find(({ measure_id }) => measure_id === measure.measure_id);
    if (before && before.text === measure.text && before.owner === measure.owner && before.due === measure.due) return;
    parts.push(`${r.measures.number(format.number(i + 1))}:\n${measure.text}\n${r.measures.by(measure.owner, dayText(measure.due, w))}`);
  });
  return parts.join('\n\n');
}
