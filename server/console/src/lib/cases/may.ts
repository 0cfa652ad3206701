import type { CaseSummary, DeskId, Me } from '@protocol';
import { isDrill } from './drill';

/** What the signed-in officer is offered for a case. The service decides; this only leaves out what it would refuse. */

/** Brings it further: officers of the desk that holds it, and the ministry's. */
export function mayWork(me: Me, summary: CaseSummary): boolean {
  if (me.role === 'duty_officer') return true;
  return isDeskOfficer(me) && me.desk?.desk_id === summary.desk_id;
}

/** Writes in it: also officers of a desk that it was shared with to help. */
export function mayHelp(me: Me, summary: CaseSummary): boolean {
  return mayWork(me, summary) || (isDeskOfficer(me) && isOneOf(me, summary.helpers));
}

export function mayClaim(me: Me, summary: CaseSummary): boolean {
  if (!mayWork(me, summary)) return false;
  if (summary.state === 'open') return true;
  return summary.state === 'claimed' && summary.assigned?.staff_id === me.staff_id;
}

export function mayRelease(me: Me, summary: CaseSummary): boolean {
  return summary.state === 'claimed' && mayWork(me, summary) && answersFor(me, summary);
}

/** While it is in somebody's hands, they decide; while it is in nobody's, everybody who works it does. */
export function mayTransfer(me: Me, summary: CaseSummary): boolean {
  if (!mayWork(me, summary)) return false;
  return summary.state === 'open' || (summary.state === 'claimed' && answersFor(me, summary));
}

export const mayAssign = mayTransfer;
export const mayMerge = mayTransfer;

export function mayWithdraw(me: Me, summary: CaseSummary): boolean {
  return summary.offer != null && mayWork(me, summary);
}

/** Refuses what is offered to the own desk; the ministry's duty officer for any. */
export function mayDecline(me: Me, summary: CaseSummary): boolean {
  if (!summary.offer) return false;
  return me.role === 'duty_officer' || isOffered(me, summary);
}

export function mayTake(me: Me, summary: CaseSummary): boolean {
  return summary.state !== 'closed' && mayDecline(me, summary);
}

/** It is offered to the officer's own desk. */
export function isOffered(me: Me, summary: CaseSummary): boolean {
  const works = isDeskOfficer(me) || me.role === 'duty_officer';
  return works && summary.offer != null && me.desk?.desk_id === summary.offer.to;
}

export function mayClose(me: Me, summary: CaseSummary): boolean {
  return mayRelease(me, summary);
}

export function mayReopen(me: Me, summary: CaseSummary): boolean {
  return summary.state === 'closed' && mayWork(me, summary);
}

export const mayShare = mayWork;
export const mayLink = mayWork;

export function mayPrioritise(me: Me, summary: CaseSummary): boolean {
  return summary.state !== 'closed' && mayWork(me, summary);
}

/** Nobody is told of a drill, so there is nobody to be told at once. */
export function mayRaise(me: Me, summary: CaseSummary): boolean {
  return mayPrioritise(me, summary) && !isDrill(summary);
}

export const mayTag = mayHelp;
export const mayAnswer = mayHelp;

export function mayAskFix(me: Me, summary: CaseSummary): boolean {
  return summary.state !== 'closed' && mayHelp(me, summary);
}

/** Works cases at all, and so has shifts and alarms. */
export function worksCases(me: Me): boolean {
  return me.role === 'duty_officer' || isDeskOfficer(me);
}

/** Answers for who can be told, at the desk or everywhere. */
export function answersForCover(me: Me): boolean {
  return me.role === 'supervisor' || me.role === 'duty_officer';
}

/** Takes files of cases away at all. */
export function mayTakeAway(me: Pick<Me, 'role'>): boolean {
  return me.role === 'supervisor' || me.role === 'duty_officer' || me.role === 'reviewer';
}

/** Takes the file of this case away: a supervisor that of a case of the own desk. */
export function mayExport(me: Me, summary: CaseSummary): boolean {
  if (me.role === 'supervisor') return me.desk?.desk_id === summary.desk_id;
  return mayTakeAway(me);
}

/** Sees figures over the cases of their scope. */
export function maySeeFigures(me: Pick<Me, 'role'>): boolean {
  return me.role === 'supervisor' || me.role === 'duty_officer' || me.role === 'reviewer';
}

/** Sees lists of reports over the cases of their scope. */
export function maySeeReports(me: Pick<Me, 'role'>): boolean {
  return me.role !== 'administrator';
}

/** There is a report of every closed case that is no drill. */
export function hasReport(summary: CaseSummary): boolean {
  return summary.state === 'closed' && !isDrill(summary);
}

function isDeskOfficer(me: Me): boolean {
  return me.role === 'dispatcher' || me.role === 'supervisor';
}

function isOneOf(me: Me, desks: readonly DeskId[] | undefined): boolean {
  return me.desk != null && (desks ?? []).includes(me.desk.desk_id);
}

/** The owner, or somebody who answers for the desk. */
function answersFor(me: Me, summary: CaseSummary): boolean {
  return me.role !== 'dispatcher' || summary.owner?.staff_id === me.staff_id;
}
