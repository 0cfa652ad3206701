import type { Me } from '@protocol';
import { describe, expect, it } from 'vitest';
import { aCase, aDrill, anOfficer, NOON } from '../../testing/samples';
import { actionsOf, MAIN_ACTIONS, MORE_ACTIONS, type CaseAction } from './actions';
import { isOffered, mayAskFix, mayAssign, mayClaim, mayClose, mayDecline, mayHelp, mayMerge, mayRaise, mayReopen, maySeeFigures, mayTag, mayTake, mayTransfer, mayWithdraw, mayWork } from './may';

const lan = { staff_id: 'lan', name: 'Lan', since_ms: NOON };
const lans = aCase({ state: 'claimed', owner: lan });
const tokyo = { desk_id: 'jp-tokyo', name: 'Tokyo', country: 'JP', time_zone: 'Asia/Tokyo', on_duty: 1 };
const inTokyo = anOfficer({ staff_id: 'hà', desk: tokyo });
const duty = anOfficer({ role: 'duty_officer', desk: null });
const ALL: readonly CaseAction[] = [...MAIN_ACTIONS, ...MORE_ACTIONS, 'take', 'decline', 'withdraw'];
const offered = (me: Me, summary = aCase()) => actionsOf(ALL, me, summary);

describe('what an officer is offered', () => {
  it('is nothing for a case that the desk only watches', () => {
    const theirs = aCase({ desk_id: 'jp-tokyo', watchers: ['tw-taipei'] });
    expect(offered(anOfficer(), theirs)).toEqual([]);
    expect(mayWork(duty, theirs)).toBe(true);
  });

  it('is nothing for those who only read', () => {
    for (const state of ['open', 'claimed', 'closed'] as const) {
      const summary = aCase({ state, offer: { to: 'tw-taipei', at_ms: NOON } });
      expect(offered(anOfficer({ role: 'reviewer' }), summary)).toEqual([]);
      expect(offered(anOfficer({ role: 'reviewer', desk: null }), summary)).toEqual([]);
      expect(offered(anOfficer({ role: 'administrator', desk: null }), summary)).toEqual([]);
    }
  });

  it("leaves a colleague's case to the colleague, and to who answers for the desk", () => {
    for (const may of [mayClose, mayTransfer, mayAssign, mayMerge]) {
      expect(may(anOfficer(), lans)).toBe(false);
      expect(may(anOfficer({ staff_id: 'lan' }), lans)).toBe(true);
      expect(may(anOfficer({ role: 'supervisor' }), lans)).toBe(true);
      expect(may(duty, lans)).toBe(true);
    }
  });

  it('follows the state of the case', () => {
    expect(mayClaim(anOfficer(), aCase())).toBe(true);
    expect(mayClaim(anOfficer(), lans)).toBe(false);
    expect(mayClose(anOfficer({ role: 'supervisor' }), aCase())).toBe(false);
    expect(mayTransfer(anOfficer(), aCase())).toBe(true);
    expect(mayReopen(anOfficer(), aCase({ state: 'closed' }))).toBe(true);
    expect(offered(anOfficer(), aCase({ state: 'closed' }))).toEqual(['reopen', 'tags', 'share', 'link']);
  });

  it('lets a case be claimed by whom it was assigned to, though somebody has it', () => {
    const assigned = { ...lans, assigned: { staff_id: 's1', name: 'Minh', since_ms: NOON } };
    expect(mayClaim(anOfficer(), assigned)).toBe(true);
    expect(mayClaim(anOfficer({ staff_id: 's3' }), assigned)).toBe(false);
  });

  it('lets a helping desk write, and no more', () => {
    const helped = aCase({ watchers: ['jp-tokyo'], helpers: ['jp-tokyo'] });
    expect(mayHelp(inTokyo, helped)).toBe(true);
    expect(offered(inTokyo, helped)).toEqual(['askFix', 'tags']);
    expect(mayTag(inTokyo, aCase({ watchers: ['jp-tokyo'] }))).toBe(false);
    expect(mayHelp(anOfficer({ role: 'reviewer', desk: tokyo }), helped)).toBe(false);
  });

  it('gives an offer to the desk that it is made to, and taking it back to the other', () => {
    const case_ = aCase({ watchers: ['jp-tokyo'], offer: { to: 'jp-tokyo', at_ms: NOON } });
    expect(offered(inTokyo, case_)).toEqual(['take', 'decline']);
    expect(isOffered(inTokyo, case_)).toBe(true);
    expect(mayTake(anOfficer(), case_)).toBe(false);
    expect(mayWithdraw(anOfficer(), case_)).toBe(true);
    expect(mayWithdraw(inTokyo, case_)).toBe(false);
    expect(mayWithdraw(anOfficer(), aCase())).toBe(false);
    expect(mayDecline(inTokyo, aCase())).toBe(false);
    expect(mayTake(inTokyo, { ...case_, state: 'closed' })).toBe(false);
  });

  it('is everything for the duty officer of the ministry', () => {
    const case_ = aCase({ state: 'claimed', owner: lan, offer: { to: 'jp-tokyo', at_ms: NOON } });
    expect(offered(duty, case_)).toEqual(ALL.filter((action) => action !== 'claim' && action !== 'reopen'));
    expect(isOffered(duty, case_)).toBe(false);
  });

  it('tells nobody at once of a drill, and asks no phone of a closed case', () => {
    expect(mayRaise(anOfficer(), aCase())).toBe(true);
    expect(mayRaise(anOfficer(), aDrill())).toBe(false);
    expect(mayAskFix(anOfficer(), aCase({ state: 'closed' }))).toBe(false);
  });
});

describe('figures', () => {
  it('are seen by those who answer for others, and by those who review', () => {
    const roles = ['dispatcher', 'supervisor', 'duty_officer', 'reviewer', 'administrator'] as const;
    expect(roles.filter((role) => maySeeFigures({ role }))).toEqual(['supervisor', 'duty_officer', 'reviewer']);
  });
});
