import type { NumberEntry } from '@protocol';
import type { Words } from './describe';

/** How far a telephone number can be trusted, as far as it is known and no further. */
export function describeNumberStatus({ status, verified_at_ms, verified_by }: NumberEntry, w: Words): string {
  const t = w.t.work.near;
  if (status === 'doubtful') return t.doubtful;
  if (status !== 'verified') return t.unverified;
  if (verified_at_ms == null) return t.verified;
  const time = w.format.date(verified_at_ms);
  return verified_by ? t.verifiedBy(time, verified_by) : t.verifiedAt(time);
}
