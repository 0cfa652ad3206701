import type { CaseSummary, Me } from '@protocol';

/** What the signed-in officer is offered for a case. The service decides; this only leaves out what it would refuse. */

export function mayWork(me: Me, summary: CaseSummary): boolean {
  if (me.role === 'duty_officer') return true;
  return isDeskOfficer(me) && me.desk?.desk_id === summary.desk_id;
}

export function mayClaim(me: Me, summary: CaseSummary): boolean {
  return summary.state === 'open' && mayWork(me, summary);
}

export function mayRelease(me: Me, summary: CaseSummary): boolean {
  return summary.state === 'claimed' && mayWork(me, summary) && answersFor(me, summary);
}

export function mayTransfer(me: Me, summary: CaseSummary): boolean {
  if (!mayWork(me, summary)) return false;
  return summary.state === 'open' || (summary.state === 'claimed' && answersFor(me, summary));
}

export function mayClose(me: Me, summary: CaseSummary): boolean {
  return mayRelease(me, summary);
}

export function mayReopen(me: Me, summary: CaseSummary): boolean {
  return summary.state === 'closed' && mayWork(me, summary);
}

/** Works cases at all, and so has shifts and alarms. */
export function worksCases(me: Me): boolean {
  return me.role === 'duty_officer' || isDeskOfficer(me);
}

function isDeskOfficer(me: Me): boolean {
  return me.role === 'dispatcher' || me.role === 'supervisor';
}

/** The owner, or somebody who answers for the desk. */
function answersFor(me: Me, summary: CaseSummary): boolean {
  return me.role !== 'dispatcher' || summary.owner?.staff_id === me.staff_id;
}
