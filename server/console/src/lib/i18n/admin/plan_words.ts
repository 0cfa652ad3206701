import type { PolicyStep, Target } from '@protocol';
import type { AdminTexts } from './vi';

/** What plans name by id, in words. */
export interface Names {
  t: AdminTexts['policies'];
  staff: (id: string) => string;
  desk: (id: string) => string;
  /** None: there is no such thing any more. */
  rota: (id: string) => string | undefined;
  webhook: (id: string) => string | undefined;
  span: (ms: number) => string;
}

export function sayTarget(target: Target, { t, ...names }: Names): string {
  switch (target.kind) {
    case 'consoles':
      return t.consoles;
    case 'supervisors':
      return t.supervisors;
    case 'on_call':
      return t.onCall(names.rota(target.rota) ?? t.goneRota);
    case 'staff':
      return t.staff(names.staff(target.staff));
    case 'desk':
      return t.desk(names.desk(target.desk));
    case 'webhook':
      return t.webhook(names.webhook(target.webhook) ?? t.goneWebhook);
  }
}

/** "người đang trực và trưởng bàn" */
export function sayTargets(targets: readonly Target[], names: Names): string {
  if (targets.length === 0) return names.t.noTarget;
  const said = targets.map((target) => sayTarget(target, names));
  const last = said.at(-1) ?? '';
  return said.length === 1 ? last : `${said.slice(0, -1).join(', ')}${names.t.and}${last}`;
}

/** "Sau 30 giây: báo trưởng bàn." */
export function sayStep({ delay_s, targets }: PolicyStep, isFirst: boolean, names: Names): string {
  const who = sayTargets(targets, names);
  if (delay_s > 0) return names.t.sentence(sayDelay(delay_s, names), who);
  return isFirst ? names.t.sentenceNow(who) : names.t.sentenceNext(who);
}

/** Exact, unlike a span: "1 phút 30 giây". */
export function sayDelay(s: number, { span }: Pick<Names, 'span'>): string {
  const parts = [Math.floor(s / 3600) * 3600, Math.floor((s % 3600) / 60) * 60, s % 60].filter((part) => part > 0);
  return parts.map((part) => span(part * 1000)).join(' ') || span(0);
}
