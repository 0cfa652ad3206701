import type { CaseId, CaseSummary, Me } from '@protocol';
import { isDrill } from './drill';
import { isOffered } from './may';
import { compareCases } from './queue';

/** What to turn to next: what waits for the desk to claim or take it, then the officer's own. Drills are never urgent. */
export function nextCase(cases: Iterable<CaseSummary>, me: Me, but: CaseId | null): CaseSummary | null {
  const ranked: { summary: CaseSummary; rank: number }[] = [];
  for (const summary of cases) {
    const rank = summary.case_id === but || isDrill(summary) ? null : rankOf(summary, me);
    if (rank !== null) ranked.push({ summary, rank });
  }
  ranked.sort((a, b) => a.rank - b.rank || compareCases(a.summary, b.summary));
  return ranked[0]?.summary ?? null;
}

function rankOf(summary: CaseSummary, me: Me): number | null {
  const ours = me.desk ? me.desk.desk_id === summary.desk_id : me.role === 'duty_officer';
  if (summary.state === 'closed') return null;
  if (summary.state === 'open' && ours) return 0;
  if (isOffered(me, summary)) return 1;
  return summary.owner?.staff_id === me.staff_id || summary.assigned?.staff_id === me.staff_id ? 2 : null;
}
