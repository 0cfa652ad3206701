// Which of two receipts of an alert holds.
import type { Receipt, Stage } from '@protocol';

const STEPS: readonly Stage[] = ['received', 'recorded', 'rang', 'seen', 'claimed', 'closed'];

/** A step's place on the ladder. */
export function rank(stage: Stage): number {
  return STEPS.indexOf(stage);
}

/**
 * Whether `fresh` replaces `current` as what is true of the alert now.
 *
 * The ledger's order decides: a larger `seq` wins even if the stage is lower (a claim was given up). A receipt
 * without a `seq` was made before the ledger knew the alert, so it only ever adds to one without.
 */
export function replaces(current: Receipt | null, fresh: Receipt): boolean {
  if (!current) return true;
  const [old_seq, new_seq] = [current.seq ?? null, fresh.seq ?? null];
  if (old_seq !== null && new_seq === null) return false;
  if (old_seq !== null && new_seq !== null && old_seq !== new_seq) return new_seq > old_seq;
  if (old_seq === null && new_seq !== null) return rank(fresh.stage) >= rank(current.stage);
  return rank(fresh.stage) > rank(current.stage);
}

/** Whether the phone may forget an alert that got to `stage`: it is in the ledger. */
export function mayForget(stage: Stage): boolean {
  return rank(stage) >= rank('recorded');
}
