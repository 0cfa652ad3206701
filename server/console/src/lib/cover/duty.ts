import type { CoverView, DeskId, RotaView, ShiftView, StaffId, UnixMs } from '@protocol';

/** Gaps are spoken of this long before they come. */
export const GAPS_AHEAD_MS = 7 * 86_400_000;

/** What a rota comes to, as far as an officer needs it. */
export interface Duty {
  id: string;
  /** What people call the rota. */
  name: string;
  zone: string;
  /** Who is on call at this moment; none: nobody. */
  now: { staff: StaffId[]; until_ms: UnixMs } | null;
  /** The next shift that somebody has. */
  next: { staff: StaffId[]; from_ms: UnixMs } | null;
  /** Times of the next days in which nobody is on call: from and to. */
  gaps: [UnixMs, UnixMs][];
}

/** The rotas of `desk`, or of all desks where it is null. */
export function dutiesOf(cover: CoverView, desk: DeskId | null, now: UnixMs): Duty[] {
  const own = cover.rotas.filter(({ rota }) => desk === null || rota.desk === desk);
  return own.map((view) => dutyOf(view, now));
}

function dutyOf({ rota, shifts, gaps }: RotaView, now: UnixMs): Duty {
  const sorted = shifts.filter(({ staff }) => staff.length > 0).sort((a, b) => a.from_ms - b.from_ms);
  const current = sorted.filter((shift) => shift.from_ms <= now && now < shift.to_ms);
  const next = sorted.find((shift) => shift.from_ms > now);
  return {
    id: rota.id,
    name: rota.name,
    zone: rota.time_zone,
    now: current.length > 0 ? { staff: staffOf(current), until_ms: Math.min(...current.map(({ to_ms }) => to_ms)) } : null,
    next: next ? { staff: next.staff, from_ms: next.from_ms } : null,
    gaps: gaps.filter(([from, to]) => to > now && from < now + GAPS_AHEAD_MS),
  };
}

function staffOf(shifts: readonly ShiftView[]): StaffId[] {
  return [...new Set(shifts.flatMap(({ staff }) => staff))];
}
