import { describe, expect, it } from 'vitest';
import { aCase, anOfficer, NOON } from '../../testing/samples';
import { mayClaim, mayClose, mayReopen, mayTransfer, mayWork } from './may';

const lans = aCase({ state: 'claimed', owner: { staff_id: 'lan', name: 'Lan', since_ms: NOON } });

describe('what an officer is offered', () => {
  it('is nothing for a case that the desk only watches', () => {
    const theirs = aCase({ desk_id: 'jp-tokyo', watchers: ['tw-taipei'] });
    expect(mayWork(anOfficer(), theirs)).toBe(false);
    expect(mayWork(anOfficer({ role: 'duty_officer', desk: null }), theirs)).toBe(true);
  });

  it('is nothing for those who only read', () => {
    expect(mayClaim(anOfficer({ role: 'reviewer' }), aCase())).toBe(false);
  });

  it("leaves a colleague's case to the colleague, and to who answers for the desk", () => {
    expect(mayClose(anOfficer(), lans)).toBe(false);
    expect(mayTransfer(anOfficer(), lans)).toBe(false);
    expect(mayClose(anOfficer({ staff_id: 'lan' }), lans)).toBe(true);
    expect(mayClose(anOfficer({ role: 'supervisor' }), lans)).toBe(true);
  });

  it('follows the state of the case', () => {
    expect(mayClaim(anOfficer(), aCase())).toBe(true);
    expect(mayClaim(anOfficer(), lans)).toBe(false);
    expect(mayClose(anOfficer({ role: 'supervisor' }), aCase())).toBe(false);
    expect(mayTransfer(anOfficer(), aCase())).toBe(true);
    expect(mayReopen(anOfficer(), aCase({ state: 'closed' }))).toBe(true);
  });
});
