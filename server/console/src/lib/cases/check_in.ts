import { LATE_AFTER_S, type CaseSummary, type CheckInView, type FixView, type UnixMs } from '@protocol';

/** A check-in that had waited on the phone before it could be sent. */
export function arrivedLate({ at_ms, received_at_ms }: CheckInView): boolean {
  return received_at_ms - at_ms >= LATE_AFTER_S * 1000;
}

/** Whether the worker said it after the SOS began. It ends nothing: a case is closed by an officer. */
export function saidSinceSos({ at_ms }: CheckInView, summary: CaseSummary): boolean {
  return at_ms >= sosBeganAt(summary);
}

/** The first press. How long it waited on its phone is known only while it is also the latest. */
function sosBeganAt({ opened_at_ms, presses, waited_ms }: CaseSummary): UnixMs {
  return opened_at_ms - (presses === 1 ? (waited_ms ?? 0) : 0);
}

export function positionOfCheckIn({ position, received_at_ms }: CheckInView): FixView | null {
  return position ? { ...position, server_time_ms: received_at_ms } : null;
}
