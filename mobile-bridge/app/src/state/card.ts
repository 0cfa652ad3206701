// How far the SOS has truly got, in words: the only place that decides what the worker is told.
import type { Receipt, UnixMs } from '@protocol';
import { rank } from '../bridge/ladder';
import type { AlertState } from '../bridge/outbox/types';
import type { CardText, Texts } from '../text/vi';

export type CardKind = 'idle' | 'unsaved' | 'saved' | 'sending' | 'retrying' | 'received' | 'rang' | 'seen' | 'claimed' | 'closed' | 'cancelling' | 'cancelled';

export interface Card extends CardText {
  kind: CardKind;
  /** That the desk has asked where the phone is. */
  asked?: string;
  /** Under which number the closed case is on record, and since when. */
  record?: string;
}

export interface Situation {
  /** The newest press; null: there is none that still matters. */
  alert: AlertState | null;
  /** It is on this phone's disk. */
  saved: boolean;
  /** The phone sees a network of some kind. */
  has_network: boolean;
  /** An attempt to send it has failed. */
  failed: boolean;
  /** When the next attempt begins; null: one is under way. */
  retry_at_ms: UnixMs | null;
  enrolled: boolean;
  /** The service answers. */
  online: boolean;
  /** It was taken back with too many wrong PINs before. */
  too_often: boolean;
  /** Nobody else is to see what comes. */
  silent: boolean;
  now_ms: UnixMs;
}

/** For this long after its end a case is shown; then the screen is ready again. */
export const CLOSED_SHOWN_MS = 12 * 3600 * 1000;

/** Whether an alert still matters on the screen. One that was taken back ended then, whatever happens to its case. */
export function isShown(alert: AlertState, now_ms: UnixMs): boolean {
  const { cancelled_at_ms, receipt } = alert;
  const ended_at_ms = cancelled_at_ms ?? (receipt?.stage === 'closed' ? receipt.at_ms : null);
  return ended_at_ms === null || now_ms - ended_at_ms <= CLOSED_SHOWN_MS;
}

/** `hourMinute` is the time of day as the worker reads it on this phone. */
export function cardOf(situation: Situation, t: Texts, hourMinute: (at: UnixMs) => string): Card {
  const { alert, enrolled } = situation;
  if (!alert) return { kind: 'idle', ...(enrolled ? t.card.idle : t.card.idleUnknown) };
  if (alert.cancel !== 'none') return takenBack(situation, alert, t, hourMinute);
  if (!alert.receipt) return unsent(situation, t);
  const asked_at_ms = situation.silent || alert.receipt.stage === 'closed' ? undefined : alert.located_at_ms;
  const record = situation.silent ? null : recordOf(alert.receipt, t, hourMinute);
  return {
    ...reached(alert, alert.receipt, t, hourMinute),
    ...(asked_at_ms && { asked: t.card.asked(hourMinute(asked_at_ms)) }),
    ...(record !== null && { record }),
  };
}

/** Only what the service says: a place in the ledger, and the number that the case has there. */
function recordOf({ stage, seq, case_no, at_ms }: Receipt, t: Texts, hourMinute: (at: UnixMs) => string): string | null {
  return stage === 'closed' && seq != null && case_no ? t.card.record(case_no, hourMinute(at_ms)) : null;
}

function reached(alert: AlertState, { stage, at_ms, desk_name, by }: Receipt, t: Texts, hourMinute: (at: UnixMs) => string): Card {
  // An officer had it open before: "nobody has seen it" would no longer be true.
  const again = alert.history.some((other) => rank(other.stage) >= rank('seen') && other.stage !== 'closed');
  switch (stage) {
    case 'received':
    case 'recorded': {
      const words = again ? t.card.receivedAgain : t.card.received;
      return { kind: 'received', ...words(hourMinute(at_ms)) };
    }
    case 'rang': {
      const words = again ? t.card.rangAgain : t.card.rang;
      return { kind: 'rang', ...words(desk_name ?? t.card.ourDesk) };
    }
    case 'seen':
      return { kind: 'seen', ...t.card.seen(hourMinute(at_ms)) };
    case 'claimed':
      return { kind: 'claimed', ...t.card.claimed((by ?? t.card.anOfficer).toLocaleUpperCase('vi')) };
    case 'closed':
      return { kind: 'closed', ...t.card.closed };
  }
}

/**
 * From here on the ladder says nothing: the phone does not know which of the worker's two PINs was typed, and somebody may
 * be looking on.
 */
function takenBack({ online, too_often, now_ms }: Situation, alert: AlertState, t: Texts, hourMinute: (at: UnixMs) => string): Card {
  if (alert.cancel === 'accepted') return { kind: 'cancelled', ...t.card.cancelled(hourMinute(alert.cancelled_at_ms ?? now_ms)) };
  if (too_often) return { kind: 'cancelling', ...t.card.cancelOften };
  return { kind: 'cancelling', ...(online ? t.card.cancelling : t.card.cancelUnsent) };
}

function unsent({ saved, has_network, failed, retry_at_ms, now_ms }: Situation, t: Texts): Card {
  if (!saved) return { kind: 'unsaved', ...t.card.unsaved };
  if (!has_network) return { kind: 'saved', ...t.card.saved };
  if (!failed) return { kind: 'sending', ...t.card.sending };
  const left_ms = retry_at_ms === null ? 0 : retry_at_ms - now_ms;
  return { kind: 'retrying', ...t.card.retrying(left_ms > 0 ? Math.ceil(left_ms / 1000) : null) };
}
