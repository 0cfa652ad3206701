import { LATE_AFTER_S } from '@protocol';
import type { CaseSummary, Conflict, DroppedField, ProvisionalAlert, RoutingView } from '@protocol';
import { isDrill } from '../cases/drill';
import { ApiError } from '../http/problem';
import type { Format } from './format';
import type { Texts } from './vi';

export interface Words {
  t: Texts;
  format: Format;
  countryName: (code: string) => string;
}

/** Why this desk holds the case, in one or more lines. */
export function describeRouting(routing: RoutingView, w: Words): string[] {
  const lines = [describeBasis(routing, w)];
  if (routing.no_desk_for_country) lines.push(w.t.routing.noDesk);
  return lines;
}

function describeBasis(routing: RoutingView, w: Words): string {
  const r = w.t.routing;
  switch (routing.basis) {
    case 'polygon':
      return r.polygon(countryOf(routing, w));
    case 'border': {
      const codes = [routing.country, ...(routing.others ?? [])].filter((code) => code != null);
      return r.border(codes.map(w.countryName).join(', '));
    }
    case 'offshore':
      return routing.offshore_km == null
        ? r.offshoreUnknown
        : r.offshore(w.format.number(routing.offshore_km, routing.offshore_km < 10 ? 1 : 0));
    case 'special_area':
      return r.special_area(routing.special_area ?? '');
    case 'contract_country':
      return r.contract_country;
    case 'nothing':
      return r.nothing;
    default:
      // A page can be older than the service it talks to.
      routing.basis satisfies never;
      return countryOf(routing, w);
  }
}

function countryOf(routing: RoutingView, w: Words): string {
  return routing.country ? w.countryName(routing.country) : w.t.case.unknownCountry;
}

/** The place in a few words, for a row of the queue and what is read aloud. */
export function describePlace({ routing }: { routing: RoutingView }, w: Words): string {
  if (routing.basis === 'special_area') return routing.special_area ?? w.t.routing.offshoreUnknown;
  const country = countryOf(routing, w);
  if (routing.basis === 'border') return [country, ...(routing.others ?? []).map(w.countryName)].join(' / ');
  return country;
}

/** A press that had waited on the phone before it could be sent, e.g. without a network. */
export function isLate({ waited_ms }: { waited_ms?: number | null }): boolean {
  return waited_ms != null && waited_ms >= LATE_AFTER_S * 1000;
}

/** How long ago the latest press was, however long it was on its way. */
export function pressedAgo(c: Pick<CaseSummary, 'pressed_at_ms' | 'waited_ms'>, now: number): number {
  return Math.max(0, now - c.pressed_at_ms) + (c.waited_ms ?? 0);
}

/** When the latest press was, in a few words, for a row of the queue. */
export function describePressed(c: CaseSummary, now: number, w: Words): string {
  const ago = pressedAgo(c, now);
  return isLate(c) ? w.t.queue.late(w.format.span(ago)) : w.format.ago(ago);
}

export function describeName(summary: CaseSummary, w: Words): string {
  return summary.worker_name?.trim() || w.t.case.unknownWorker;
}

/** The name in a case; who pressed is not known to the console before there is one. A drill says so first. */
export function describeTitle(item: CaseSummary | ProvisionalAlert, w: Words): string {
  const title = 'alert' in item ? w.t.provisional.badge : describeName(item, w);
  return isDrill(item) ? `${w.t.drill.badge} · ${title}` : title;
}

/** "Minh đã nhận ca này lúc 14:03:12" */
export function describeConflict(conflict: Conflict, w: Words): string {
  const { somebody, other, again: _, ...lifecycle } = w.t.conflict;
  const steps: Record<string, typeof other | undefined> = { ...lifecycle, ...w.t.work.conflict };
  const say = Object.hasOwn(steps, conflict.did) ? steps[conflict.did] : undefined;
  return (say ?? other)(conflict.by ?? somebody, w.format.clock(conflict.at_ms));
}

/** What went wrong with a request, and what to do about it. */
export function describeError(error: unknown, w: Words): { text: string; hint: string | null } {
  if (!(error instanceof ApiError)) return { text: w.t.problem.internal, hint: null };
  if (error.conflict) return { text: describeConflict(error.conflict, w), hint: w.t.conflict.again };
  const { failure } = error;
  if (failure.kind !== 'problem') return { text: w.t.failure[failure.kind], hint: null };
  // A newer service may use a code that this console does not know.
  const text: string | undefined = w.t.problem[failure.problem.code];
  return { text: text ?? w.t.problem.internal, hint: null };
}

/** "position.lat: sai" */
export function describeDropped(dropped: DroppedField, t: Texts): string {
  const { code } = dropped;
  const known = code === 'missing_field' || code === 'invalid_field' || code === 'too_large';
  return `${dropped.field}: ${t.dropCode[known ? code : 'other']}`;
}
