import type { Texts } from './vi';

/** Why a notification failed, in plain words; a newer service may name a reason that this console does not know. */
export function describeFault(fault: string | null | undefined, t: Texts): string {
  const words: Record<string, string> = t.shiftWork.escalation.fault;
  return (fault && Object.hasOwn(words, fault) ? words[fault] : null) ?? t.shiftWork.escalation.fault.other;
}
