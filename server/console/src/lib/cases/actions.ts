import type { CaseSummary, Me } from '@protocol';
import {
  mayAskFix,
  mayAssign,
  mayClaim,
  mayClose,
  mayDecline,
  mayLink,
  mayMerge,
  mayPrioritise,
  mayRaise,
  mayRelease,
  mayReopen,
  mayShare,
  mayTag,
  mayTake,
  mayTransfer,
  mayWithdraw,
} from './may';

/** What can be done to a case, and who may. */
const MAY = {
  claim: mayClaim,
  take: mayTake,
  decline: mayDecline,
  withdraw: mayWithdraw,
  assign: mayAssign,
  transfer: mayTransfer,
  raise: mayRaise,
  close: mayClose,
  reopen: mayReopen,
  release: mayRelease,
  share: mayShare,
  priority: mayPrioritise,
  tags: mayTag,
  link: mayLink,
  merge: mayMerge,
  askFix: mayAskFix,
} satisfies Record<string, (me: Me, summary: CaseSummary) => boolean>;

export type CaseAction = keyof typeof MAY;

export function mayDo(action: CaseAction, me: Me, summary: CaseSummary): boolean {
  return MAY[action](me, summary);
}

/** Always in sight, where they may be done; what concerns an offer stands with the offer. */
export const MAIN_ACTIONS: readonly CaseAction[] = ['claim', 'reopen', 'close', 'assign', 'transfer', 'raise'];

/** In the menu behind them. */
export const MORE_ACTIONS: readonly CaseAction[] = ['askFix', 'priority', 'tags', 'share', 'link', 'merge', 'release'];

export function actionsOf(all: readonly CaseAction[], me: Me, summary: CaseSummary): CaseAction[] {
  return all.filter((action) => mayDo(action, me, summary));
}
